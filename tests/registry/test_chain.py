"""The log is append-only, and whatever was changed behind its back is found and named."""

from __future__ import annotations

import pytest

from trackbook.errors import Damaged, Misused
from trackbook.registry import differences, verify_chain, versions


@pytest.fixture
def told(desk):
    """A desk with a log of eight entries of all kinds."""
    desk.live("a", reason="first")
    desk.staged("b")
    desk.registry.request("churn@1.1.0")
    desk.as_("ben").approve("churn@1.1.0")
    desk.registry.alias("churn@1.0.0", "stable")
    return desk


def found(desk, **more) -> list[tuple[int, str]]:
    return [(one.entry, one.words) for one in verify_chain(desk.store, **more).blemishes]


def test_a_log_that_nobody_touched_is_whole(told) -> None:
    chain = verify_chain(told.store)
    assert chain.is_whole
    assert (chain.count, chain.head.entry) == (8, 8)
    assert differences(told.store) == []


@pytest.mark.parametrize(
    ("edit", "entry", "names"),
    [
        (
            "UPDATE tb.transition SET reason = 'nicer' WHERE entry = 3",
            3,
            "promote of churn, ann",
        ),
        ("UPDATE tb.transition SET actor = 'ben' WHERE entry = 2", 2, "was changed"),
        ("UPDATE tb.transition SET at_us = at_us + 1 WHERE entry = 2", 2, "was changed"),
        (
            "UPDATE tb.transition SET to_states = ['ARCHIVED'] WHERE entry = 3",
            3,
            "was changed",
        ),
        ("UPDATE tb.transition SET forced = true WHERE entry = 5", 5, "was changed"),
        (
            "UPDATE tb.version SET package_digest = 'f' WHERE entry = 1",
            1,
            "of churn@1.0.0, ann",
        ),
        (
            "UPDATE tb.approval SET comment = 'yes' WHERE entry = 7",
            7,
            "approval (approved)",
        ),
        ("DELETE FROM tb.transition WHERE entry = 3", 4, "entry 3 before entry 4"),
        ("DELETE FROM tb.approval", 8, "entries 6 to 7 before entry 8"),
        ("DELETE FROM tb.transition WHERE entry = 8", 8, "entry 8 was written and is gone"),
        (
            "INSERT INTO tb.transition SELECT * FROM tb.transition WHERE entry = 3",
            3,
            "has a number that another entry has too",
        ),
    ],
)
def test_a_silent_edit_is_found_and_named(told, edit, entry, names) -> None:
    told.edit(edit)
    blemishes = found(told)
    assert blemishes[0][0] <= entry
    assert any(at == entry and names in words for at, words in blemishes), blemishes


def test_a_log_that_was_hashed_anew_is_found_by_what_was_noted_beside_it(told) -> None:
    import msgspec

    from trackbook.registry.chain import Head, hash_of
    from trackbook.registry.log import log_of

    told.edit("UPDATE tb.transition SET reason = 'nicer' WHERE entry = 3")
    head = Head()
    for entry in log_of(told.store):
        anew = msgspec.structs.replace(entry, prev_hash=head.hash)
        head = Head(anew.entry, anew.at_us, hash_of(anew))
        told.edit(
            f"UPDATE tb.{entry.kind} SET prev_hash = $prev, hash = $hash WHERE entry = $entry",
            prev=anew.prev_hash, hash=head.hash, entry=anew.entry,
        )  # fmt: skip
    blemishes = found(told)
    assert [at for at, _ in blemishes] == [3, 4, 5, 6, 7, 8]
    assert all("noted beside the log" in words for _, words in blemishes)


def test_a_head_kept_elsewhere_is_looked_for(told) -> None:
    head = verify_chain(told.store).head
    assert verify_chain(told.store, head=f"{head.entry} {head.hash}").is_whole
    assert found(told, head=f"8 {'0' * 64}") == [
        (8, "entry 8 is not the one that was noted beside the log")
    ]
    with pytest.raises(Misused, match="is no head"):
        verify_chain(told.store, head="yesterday's")


def test_half_a_noted_line_spoils_no_other(told) -> None:
    with (told.folder / "registry.anchors").open("ab") as file:
        file.write(b"\n9 abc")
    told.new("c")
    assert verify_chain(told.store).is_whole
    assert "9 " in (told.folder / "registry.anchors").read_text().splitlines()[-1]


def test_what_is_no_longer_in_the_database_is_not_decided_upon_again(told) -> None:
    told.edit("DELETE FROM tb.transition WHERE entry = 8")
    told.new("c")  # takes the number of the entry that is gone
    assert any(at == 8 and "noted beside" in words for at, words in found(told))


def test_views_that_say_something_else_than_the_log_are_found(told) -> None:
    told.edit("UPDATE tb.transition SET slots_after = ['nobody'] WHERE entry = 3")
    assert "entry 3 of the registry (promote of churn)" in differences(told.store)[0]
    with pytest.raises(Damaged, match="verify_chain tells what was changed"):
        told.new("c")
    assert len(versions(told.store)) == 2


def test_times_and_hashes_do_not_hang_on_how_the_machine_writes_numbers(told) -> None:
    from trackbook.registry.log import log_of

    before = [entry.hash for entry in log_of(told.store)]
    told.store.compact()
    assert [entry.hash for entry in log_of(told.store)] == before
    assert verify_chain(told.store).is_whole
