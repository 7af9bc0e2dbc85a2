"""Journals are read right after any accident."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.journal import HEAD, frames_in
from trackbook.journal.frames import MAGIC_BYTES, head_of

payloads = st.lists(st.binary(max_size=200), max_size=12)


def frames(of: list[bytes]) -> list[bytes]:
    return [head_of(payload) + payload for payload in of]


@given(payloads, st.data())
def test_every_whole_frame_before_a_cut_comes_back_and_none_is_invented(
    taken, data
) -> None:
    written = frames(taken)
    whole = b"".join(written)
    cut = data.draw(st.integers(0, len(whole)))
    expected, at = [], 0
    for payload, frame in zip(taken, written, strict=True):
        at += len(frame)
        if at <= cut:
            expected.append(payload)
    found = frames_in(whole[:cut])
    assert [bytes(p) for p in found.payloads] == expected
    assert found.skipped == 0


@given(payloads, st.data())
def test_reading_goes_on_where_a_cut_ended_it(taken, data) -> None:
    whole = b"".join(frames(taken))
    cut = data.draw(st.integers(0, len(whole)))
    first = frames_in(whole[:cut])
    rest = frames_in(whole[first.used :])
    assert [bytes(p) for p in [*first.payloads, *rest.payloads]] == taken


@settings(max_examples=300)
@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=8), st.data())
def test_a_flipped_bit_costs_one_frame_and_no_other(taken, data) -> None:
    written = frames(taken)
    whole = bytearray(b"".join(written))
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    hit, end = 0, len(written[0])
    while end <= at // 8:
        hit += 1
        end += len(written[hit])
    found = [bytes(p) for p in frames_in(bytes(whole)).payloads]
    assert found == taken[:hit] + taken[hit + 1 :]


@given(st.binary(max_size=2000))
def test_garbage_holds_no_frames(garbage) -> None:
    assert frames_in(garbage).payloads == []


def test_garbage_full_of_frame_beginnings_holds_no_frames() -> None:
    assert frames_in(MAGIC_BYTES * 3000).payloads == []


def test_frames_are_found_behind_garbage() -> None:
    rest = random.Random(1).randbytes(5000)
    found = frames_in(rest + b"".join(frames([b"a", b"b"])))
    assert [bytes(p) for p in found.payloads] == [b"a", b"b"]
    assert found.skipped == len(rest)


def test_each_frame_tells_where_it_ends() -> None:
    found = frames_in(b"".join(frames([b"a", b"bcd"])))
    assert found.ends == [HEAD.size + 1, 2 * HEAD.size + 4]
