"""Whether those who use an old version of a model can use a new one as they did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.packages.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.packages.signature import Field

Verdict = Literal["same", "extended", "broken"]
Finding = tuple[Verdict, str]
NUMERIC = re.compile(r"(u?int|float)(\d+)")
EXACT_BITS = {"float16": 11, "float32": 24, "float64": 53}
"""Whole numbers of so many bits that each of these holds exactly."""
ORDER: tuple[Verdict, ...] = ("same", "extended", "broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility:
    """What became of a signature."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    """One per change, those that break something first."""


def compatibility_of(old: Signature | str, new: Signature | str) -> Compatibility:
    """Return whether callers of the old signature can call the new one, and why not.

    Broken: an input lost, renamed, moved or narrowed, a new one that must be given, another
    type of output, other labels. Extended: more is taken, or more is given.
    """
    before = Signature.of_text(old) if isinstance(old, str) else old
    after = Signature.of_text(new) if isinstance(new, str) else new
    found = [*forms(before, after), *inputs(before, after), *outputs(before, after)]
    found.sort(key=lambda one: -ORDER.index(one[0]))
    verdict = found[0][0] if found else "same"
    return Compatibility(verdict=verdict, reasons=tuple(why for _, why in found))


def forms(old: Signature, new: Signature) -> Iterator[Finding]:
    """Compare in what the inputs come, and the labels."""
    if old.form != new.form:
        yield "broken", f"inputs came as {old.form}, and now as {new.form}"
    if old.labels != new.labels:
        lost = sorted(set(old.labels or ()) - set(new.labels or ()))
        came = sorted(set(new.labels or ()) - set(old.labels or ()))
        said = [f"lost {shown(lost)}"] * bool(lost) + [f"new {shown(came)}"] * bool(came)
        yield "broken", "the labels changed: " + (", ".join(said) or "their order")


def inputs(old: Signature, new: Signature) -> Iterator[Finding]:
    """Compare what is taken."""
    after = {field.name: field for field in new.inputs}
    before = {field.name: field for field in old.inputs}
    for field in old.inputs:
        if field.name not in after:
            yield "broken", f"input {named(field)} is no longer taken"
        else:
            yield from taken(field, after[field.name])
    for field in new.inputs:
        if field.name not in before:
            if field.nullable:
                yield "extended", f"input {named(field)} is new and may be missing"
            else:
                yield "broken", f"input {named(field)} is new and must be given"
    kept = [field.name for field in new.inputs if field.name in before]
    if kept != [field.name for field in old.inputs if field.name in after]:
        yield "broken", "the inputs come in another order"


def taken(old: Field, new: Field) -> Iterator[Finding]:
    """Compare one input."""
    if old.dtype != new.dtype:
        wider = is_wider(old.dtype, new.dtype)
        verdict: Verdict = "extended" if wider else "broken"
        yield verdict, f"input {named(old)} was {old.dtype} and is {new.dtype}"
    if old.nullable and not new.nullable:
        yield "broken", f"input {named(old)} may no longer be missing"
    if new.nullable and not old.nullable:
        yield "extended", f"input {named(old)} may be missing now"
    if old.shape != new.shape:
        takes_all = len(old.shape) == len(new.shape) and all(
            after in {-1, before}
            for before, after in zip(old.shape, new.shape, strict=True)
        )
        verdict = "extended" if takes_all else "broken"
        yield verdict, f"input {named(old)} had the shape {old.shape} and has {new.shape}"


def outputs(old: Signature, new: Signature) -> Iterator[Finding]:
    """Compare what is given: by name where there are names, else by place."""
    after, before = keyed(new.outputs), keyed(old.outputs)
    for key, field in before.items():
        now = after.get(key)
        if now is None:
            yield "broken", f"output {named(field)} is no longer given"
        elif (field.dtype, field.shape) != (now.dtype, now.shape):
            yield "broken", (f"output {named(field)} was {told(field)} and is {told(now)}")
        elif now.nullable and not field.nullable:
            yield "broken", f"output {named(field)} may be missing now"
    for key, field in after.items():
        if key not in before:
            yield "extended", f"output {named(field)} is new"


def keyed(fields: Sequence[Field]) -> dict[str, Field]:
    """Return fields by their names, nameless ones by their places."""
    return {field.name or f"#{at}": field for at, field in enumerate(fields)}


def is_wider(old: str, new: str) -> bool:
    """Tell whether a numeric type holds every number of another exactly."""
    before, after = NUMERIC.fullmatch(old), NUMERIC.fullmatch(new)
    if before is None or after is None:
        return old == "bool" and after is not None
    (was, bits), (now, room) = before.groups(), after.groups()
    if was == now:
        return int(room) >= int(bits)
    if now == "float":
        return was != "float" and int(bits) <= EXACT_BITS[new]
    return was == "uint" and now == "int" and int(room) > int(bits)


def named(field: Field) -> str:
    """Return a field as a user calls it."""
    return repr(field.name) if field.name else "(without a name)"


def told(field: Field) -> str:
    """Return a field's type and shape in words."""
    return f"{field.dtype} {field.shape}" if field.shape else field.dtype


def shown(labels: list[str]) -> str:
    """Return some labels in words."""
    few = ", ".join(label.partition(":")[2] or label for label in labels[:5])
    return few if len(labels) <= 5 else f"{few} and {len(labels) - 5} more"  # noqa: PLR2004  as many as fit on a line
