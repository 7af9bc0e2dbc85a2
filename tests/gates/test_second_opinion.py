"""A second scanner is asked, and the worse verdict wins."""

from __future__ import annotations

import importlib.util
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from trackbook.errors import Misused
from trackbook.gates import Gate, ask, evaluate, gates

CHECK = "security.picklescan"


class Calls:
    def __init__(self, function, *given):
        self.what = (function, given)

    def __reduce__(self):
        return self.what


def hostile() -> bytes:
    import os

    return pickle.dumps(Calls(os.system, "true"))


def test_a_package_of_plain_files_passes(packed, judged) -> None:
    found = judged(CHECK)
    assert (found.outcome, found.blocks) == ("passed", False), found.words
    assert json.loads(found.evidence)["files"] == ["data/probe.npz"]


@pytest.mark.parametrize("name", ["model/m.pkl", "model/hidden", "model/m.npy"])
def test_what_would_be_executed_is_found_and_blocks(packed, judged, name) -> None:
    packed.write(name, hostile())
    found = judged(CHECK)
    assert (found.outcome, found.blocks) == ("failed", True), found.words
    assert f"{name} names posix.system" in found.words


def test_archives_are_looked_into(packed, judged) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("archive/data.pkl", hostile())
    packed.write("model/m.pt", out.getvalue())
    assert "model/m.pt names posix.system" in judged(CHECK).words


def test_names_that_it_does_not_know_are_told_and_may_be_refused(packed, judged) -> None:
    packed.write("model/m.pkl", pickle.dumps(Calls(json.dumps, 1)))
    found = judged(CHECK)
    assert (found.outcome, "1 names that it does not know" in found.words) == (
        "passed",
        True,
    )
    assert judged(CHECK, keys={"max_suspicious": 0}).outcome == "failed"


def test_a_pickle_that_is_cut_short_is_not_called_clean(packed, judged) -> None:
    whole = pickle.dumps([Calls(np.dtype, "f8"), list(range(5000))])
    packed.write("model/m.pkl", whole[:-20])
    found = judged(CHECK)
    assert (found.outcome, found.blocks) == ("failed", True)
    assert "cannot be read to the end: model/m.pkl" in found.words


def test_where_it_cannot_read_on_the_gate_is_closed(packed, judged) -> None:
    packed.write("model/m.npy", b"\x93NUMPY\x09\x00 and no more")
    found = judged(CHECK)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "did not come past model/m.npy" in found.words


def test_links_are_not_followed(packed, judged, tmp_path) -> None:
    (tmp_path / "evil.pkl").write_bytes(hostile())
    (packed.folder / "model/link.pkl").symlink_to(tmp_path / "evil.pkl")
    assert judged(CHECK).outcome == "passed"


def test_it_is_stopped_when_its_time_is_over(packed, judged) -> None:
    found = judged(CHECK, keys={"time_limit": "1ms"})
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "no time was left" in found.words


def test_where_it_is_not_installed_the_policy_says_what_that_means(
    packed, monkeypatch
) -> None:
    """The finder is asked as if it were not there: it cannot be taken out of this Python."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    for rule, blocks in ((None, False), ({"security.*": "fail"}, True)):
        policy = gates(Gate("a", [ask(CHECK)], on_skip=rule or ""))
        (found,) = evaluate(packed.candidate(), policy, "a").results
        assert (found.outcome, found.blocks) == ("skipped", blocks)
        assert "trackbook[scan]" in found.words


def test_fewer_than_no_names_cannot_be_asked_for() -> None:
    with pytest.raises(Misused, match="negative"):
        gates(Gate("a", [ask(CHECK, max_suspicious=-1)]))
