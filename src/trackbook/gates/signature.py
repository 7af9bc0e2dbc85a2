"""Whether a model says what goes in and comes out, and whether that still fits its callers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.gates.answer import Answer, failed, passed, skipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Champion

WIDER = {
    ("integer", "long"),
    ("integer", "double"),
    ("float", "double"),
}
"""What MLflow lets pass when it checks an input: the sender's type, the model's."""
MAJOR = re.compile(r"v?(\d+)\.\d+(\.|$)")


class Port(NamedTuple):
    """One column or tensor that goes in or comes out."""

    name: str
    type: str
    required: bool
    shape: tuple[int, ...] | None = None


class Broken(NamedTuple):
    """A signature that cannot be read, and why."""

    why: str


Sides = dict[str, list[Port]]


def present(candidate: Candidate, _bench: Bench) -> Answer:
    """The model says what goes in and what comes out."""
    sides = sides_of(candidate.signature)
    if isinstance(sides, Broken):
        return failed(f"{sides.why}: give an input example when it is packaged")
    counts = {side: len(ports) for side, ports in sides.items()}
    missing = [side for side in ("inputs", "outputs") if not counts[side]]
    if missing:
        return failed(f"the signature has no {' and no '.join(missing)}", counts)
    said = f"inputs: {counts['inputs']}, outputs: {counts['outputs']}"
    return passed(said, counts)


def compatible(
    candidate: Candidate, _bench: Bench, *, major_may_break: bool = True
) -> Answer:
    """What callers of the champion send is still taken, and what they get still comes.

    With `major_may_break` a version whose first number is higher may break with that.
    """
    champion = candidate.champion
    if champion is None:
        return skipped("first version: there is no champion whose callers could break")
    breaks = breaks_of(candidate, champion)
    if isinstance(breaks, Answer):
        return breaks
    if not breaks:
        return passed(f"fits the callers of {champion.version}", 0, 0)
    if major_may_break and major_of(candidate.version) > major_of(champion.version):
        said = f"breaks with {champion.version}, as its first number says: {breaks[0]}"
        return passed(said, len(breaks), breaks=breaks)
    more = f", and {len(breaks) - 1} more" if len(breaks) > 1 else ""
    return failed(
        f"breaks callers of {champion.version}: {breaks[0]}{more}",
        len(breaks),
        0,
        breaks=breaks,
    )


def breaks_of(candidate: Candidate, champion: Champion) -> list[str] | Answer:
    """Return in what a candidate breaks with a champion, or why that cannot be told."""
    ours, theirs = sides_of(candidate.signature), sides_of(champion.signature)
    if isinstance(theirs, Broken):
        return skipped(f"of the champion {champion.version}: {theirs.why}")
    if isinstance(ours, Broken):
        return failed(f"{ours.why}, and the champion {champion.version} has one")
    if candidate.compare is not None and champion.signature and candidate.signature:
        found = candidate.compare(champion.signature, candidate.signature)
        return list(found.reasons) or ["broken"] if found.verdict == "broken" else []
    return [
        *input_breaks(ours["inputs"], theirs["inputs"]),
        *output_breaks(ours["outputs"], theirs["outputs"]),
    ]


def input_breaks(ours: Sequence[Port], theirs: Sequence[Port]) -> list[str]:
    """Return in what inputs of old callers are no longer taken."""
    known = {port.name: port for port in theirs}
    found = []
    for port in ours:
        old = known.get(port.name)
        label = f"input {port.name!r}" if port.name else "the input"
        if old is None:
            if port.required:
                found.append(f"{label} is new and required")
            continue
        if port.required and not old.required:
            found.append(f"{label} is now required")
        if port.type != old.type and (old.type, port.type) not in WIDER:
            found.append(f"{label} was {old.type}, is {port.type}")
        if not takes(port.shape, old.shape):
            found.append(f"{label} was {shaped(old.shape)}, is {shaped(port.shape)}")
    if len(ours) < len(theirs) and not any(port.name for port in theirs):
        found.append(f"{len(theirs)} inputs without names were taken, now {len(ours)}")
    return found


def output_breaks(ours: Sequence[Port], theirs: Sequence[Port]) -> list[str]:
    """Return which outputs old callers no longer get as they were."""
    known = {port.name: port for port in ours}
    found = []
    for old in theirs:
        label = f"output {old.name!r}" if old.name else "the output"
        port = known.get(old.name)
        if port is None:
            found.append(f"{label} is gone")
        elif port.type != old.type:
            found.append(f"{label} was {old.type}, is {port.type}")
        elif port.shape != old.shape:
            found.append(f"{label} was {shaped(old.shape)}, is {shaped(port.shape)}")
    return found


def takes(new: tuple[int, ...] | None, old: tuple[int, ...] | None) -> bool:
    """Tell whether whatever has the old shape has the new one; -1 is any length."""
    if new is None or old is None:
        return new == old
    return len(new) == len(old) and all(
        here in (-1, there) for here, there in zip(new, old, strict=True)
    )


def shaped(shape: tuple[int, ...] | None) -> str:
    """Return a shape as people write it."""
    if shape is None:
        return "a column"
    return "(" + ", ".join("any" if size == -1 else str(size) for size in shape) + ")"


def sides_of(signature: str | None) -> Sides | Broken:
    """Return what goes in and comes out, of a signature of MLflow's or of trackbook's."""
    if not signature:
        return Broken("it has no signature")
    try:
        whole = json.loads(signature)
        sides = {side: inner(whole.get(side)) for side in ("inputs", "outputs")}
        return {side: [port_of(one) for one in ports] for side, ports in sides.items()}
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Broken("its signature cannot be read")


def inner(side: object) -> list[dict[str, object]]:
    """Return one side; MLflow writes it as JSON in a text."""
    found: Any = json.loads(side) if isinstance(side, str) else side
    return [] if found is None else list(found)


def port_of(given: dict[str, object]) -> Port:
    """Return one column, or one tensor."""
    name = str(given.get("name") or "")
    spec: Any = given.get("tensor-spec")
    required = bool(given.get("required", True)) and not given.get("optional", False)
    if spec is not None:
        return Port(name, f"tensor of {spec['dtype']}", required, sizes_of(spec["shape"]))
    if "dtype" in given:
        shape = sizes_of(given.get("shape")) or None
        return Port(name, str(given["dtype"]), not given.get("nullable"), shape)
    deeper = {k: given[k] for k in ("items", "properties") if k in given}
    tail = f" {json.dumps(deeper, sort_keys=True)}" if deeper else ""
    return Port(name, f"{given['type']}{tail}", required)


def sizes_of(shape: Any) -> tuple[int, ...]:
    """Return a shape; of a column none."""
    return tuple(int(size) for size in shape or ())


def major_of(version: str) -> int:
    """Return the first number of a version; -1 where it has no such form."""
    found = MAJOR.match(version)
    return int(found[1]) if found else -1
