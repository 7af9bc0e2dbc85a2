"""What can be done with a run or a version by a button: the verb, its values, what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.doors.lab.shapes import Deed, Field
from trackbook.doors.lab.words import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.records import Run
    from trackbook.registry import ApprovalRow, BoardRow

RISKY = {"rollback", "reject", "archive", "deprecate", "rm"}


def of_run(run: Run) -> list[Deed]:
    """Return what can be done with a run."""
    values: dict[str, str | bool | list[str]] = {"run": run.run_id}
    tags = Field(
        name="tags", label=gettext("Tag"), kind="list", needed=True,
        hint=gettext("owner=ann, or just baseline"),
    )  # fmt: skip
    note = Field(name="words", label=gettext("Note"), kind="words", needed=True)
    again = gettext("Executing {name} again in a fresh kernel…")
    found = [
        ("restore", gettext("Restore as notebook"), gettext("Restore {name}"), [], ""),
        ("reproduce", gettext("Reproduce"), gettext("Reproduce {name}"), [], again),
        ("tag", gettext("Tag…"), gettext("Tag {name}"), [tags], ""),
        ("note", gettext("Note…"), gettext("A note on {name}"), [note], ""),
    ]
    gone = Deed(
        verb="rm", label=gettext("Delete"), title=gettext("Delete {name}").format(name=run.name),
        values={"runs": [run.run_id]}, danger=True,
    )  # fmt: skip
    return [
        *(
            Deed(
                verb=verb, label=label, title=title.format(name=run.name), values=values,
                fields=fields, waits=waits.format(name=run.name),
            )
            for verb, label, title, fields, waits in found
        ),
        gone,
    ]  # fmt: skip


def back_from_trash(runs: list[str]) -> Deed:
    """Return what takes runs out of the trash again."""
    said = gettext("Undo")
    return Deed(verb="rm", label=said, title=said, values={"runs": runs, "undo": True})


def of_version(row: BoardRow, approvals: Sequence[ApprovalRow]) -> list[Deed]:
    """Return what can be decided of a version; what it would come to is shown first."""
    from trackbook.panels import actions_of

    found = []
    for one in actions_of(row, approvals):
        about = {"name": row.model} if one.do == "rollback" else {"version": name_of(row)}
        if one.to and one.do in {"promote", "approve", "reject"}:
            about["to"] = one.to.lower()
        values: dict[str, str | bool | list[str]] = dict(about)
        found.append(decision(one.do, values, state=row.state, why_not=one.why_not))
    past = gettext("History of {name}").format(name=row.model)
    values = {"name": row.model}
    history = Deed(verb="history", label=gettext("History"), title=past, values=values)
    return [*found, history]


def name_of(row: BoardRow) -> str:
    """Return how a version is called."""
    return f"{row.model}@{row.version}"


def decision(
    verb: str,
    values: dict[str, str | bool | list[str]],
    *,
    state: str = "",
    why_not: str = "",
) -> Deed:
    """Return a decision that is to be foretold."""
    to = "" if verb == "rollback" else str(values.get("to", ""))
    label, title = labels(verb, to, state)
    name = values.get("version", values.get("name", ""))
    waits = (
        gettext("Asking the gate for {name}…") if verb in {"promote", "rollback"} else ""
    )
    return Deed(
        verb=verb, label=label, title=title.format(name=name), values=values, foretold=True,
        danger=verb in RISKY, waits=waits.format(name=name), why_not=why_not,
    )  # fmt: skip


def labels(verb: str, to: str, state: str = "") -> tuple[str, str]:
    """Return what a decision's button says, and its dialog."""
    back = {("promote", "ARCHIVED"): "restored", ("demote", "PRODUCTION"): "staging"}
    said, title = LABELS[verb, back.get((verb, state), to)]
    return gettext(said), gettext(title)


LABELS = {
    ("promote", "staging"): (N_("Promote to staging"), N_("Promote {name} to staging")),
    ("promote", "production"): (N_("Promote to production"), N_("Promote {name} to production")),
    ("promote", "restored"): (N_("Restore to staging"), N_("Restore {name} to staging")),
    ("approve", "staging"): (N_("Approve for staging"), N_("Approve {name} for staging")),
    ("approve", "production"): (N_("Approve for production"), N_("Approve {name} for production")),
    ("reject", "staging"): (N_("Reject for staging"), N_("Reject {name} for staging")),
    ("reject", "production"): (N_("Reject for production"), N_("Reject {name} for production")),
    ("demote", "staging"): (N_("Back to staging"), N_("Take {name} back to staging")),
    ("demote", ""): (N_("Back to development"), N_("Take {name} back to development")),
    ("deprecate", ""): (N_("Deprecate"), N_("Deprecate {name}")),
    ("archive", ""): (N_("Archive"), N_("Archive {name}")),
    ("rollback", ""): (N_("Roll back"), N_("Roll {name} back")),
}  # fmt: skip


def asked_for(verb: str) -> list[Field]:
    """Return what a decision asks for before it is made."""
    if verb in {"approve", "reject"}:
        said = gettext("Comment")
        return [Field(name="comment", label=said, kind="words", needed=verb == "reject")]
    found = [Field(name="reason", label=gettext("Reason"), kind="words", needed=True)]
    if verb == "promote":
        also = gettext("Also the champion of")
        found.append(
            Field(name="env", label=also, kind="choice", choices=["dev", "staging"])
        )
    if verb == "deprecate":
        until, instead = gettext("It serves until"), gettext("To use instead")
        found.append(Field(name="sunset", label=until, kind="date", needed=True))
        found.append(Field(name="successor", label=instead, hint="1.3.0"))
    return found
