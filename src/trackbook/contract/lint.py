"""What of a run is not as the contract asks, and how to put it right."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trackbook.contract.facts import fields_in
from trackbook.errors import Misused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.contract.contract import Contract, TagRule
    from trackbook.contract.facts import Facts

Code = Literal["tag missing", "tag wrong", "name", "metric missing", "metric wrong"]
SAID = 80
SPELLINGS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "holdout"),
}
"""How metrics call the data that they were measured on."""
FORMS = ("{split}_{metric}", "{metric}_{split}", "{split}/{metric}", "{metric}/{split}",
         "{split}.{metric}", "{metric}.{split}")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One thing that is not as the contract asks."""

    code: Code
    about: str
    """The tag or metric; of a name the field, or nothing."""
    words: str
    fix: str
    """What to type, or to do."""

    @property
    def sentence(self) -> str:
        """All of it, for a card."""
        return f"{self.words}: {self.fix}"


def breaches_of(contract: Contract, facts: Facts, *, door: str = "%track") -> list[Breach]:
    """Return what of a run is not as the contract asks, tags first; nothing where all is.

    Args:
        contract: the project's
        facts: what is on record of the run
        door: what stands before a verb where the answer is read
    """
    return [
        *of_tags(contract, facts, door),
        *of_name(contract, facts, door),
        *of_metrics(contract, facts),
    ]


def of_tags(contract: Contract, facts: Facts, door: str) -> Iterator[Breach]:
    """Yield the tags that are missing or wrong."""
    for name, rule in contract.tags.items():
        value = facts.tags.get(name, "")
        if not value:
            if rule.required:
                yield missing(rule, facts, door)
            continue
        fault = rule.fault(value)
        if fault:
            meant = rule.meant(value)
            near = f"; did you mean {meant!r}?" if meant else ""
            yield Breach(
                code="tag wrong",
                about=name,
                words=f"tag `{name}` {fault}{near}",
                fix=tagging(rule, facts, door, meant),
            )


def missing(rule: TagRule, facts: Facts, door: str) -> Breach:
    """Return that a tag is missing, with the value that it could have where one is known."""
    known = facts.known.get(rule.auto, "")
    if rule.auto and not known:
        why = f", and what the run recorded does not tell its {rule.auto}"
        return Breach(
            code="tag missing",
            about=rule.name,
            words=f"tag `{rule.name}` is missing{why}",
            fix=tagging(rule, facts, door, ""),
        )
    words = f"tag `{rule.name}` is missing"
    fault = rule.fault(known) if known else ""
    if fault:
        words += f", and its {rule.auto} {fault}"
        known = ""
    fix = tagging(rule, facts, door, known or rule.default or rule.meant(""))
    return Breach(code="tag missing", about=rule.name, words=words, fix=fix)


def tagging(rule: TagRule, facts: Facts, door: str, value: str) -> str:
    """Return the command that gives a tag its value; dots where somebody has to say which."""
    given = shlex.quote(f"{rule.name}={value}") if value else f"{rule.name}=…"
    return f"{door} tag {given} --run {facts.short_id}"


def of_name(contract: Contract, facts: Facts, door: str) -> Iterator[Breach]:
    """Yield that the name is not the one that the tags make."""
    if contract.names is None or facts.is_part:
        return
    try:
        name = contract.name_of(facts.tags)
    except Misused as error:
        if not fields_in(contract, facts.name):
            lacks = [field for field in contract.names.fields if not facts.tags.get(field)]
            words = f"name {facts.name[:SAID]!r} is not by {contract.names.text}"
            fix = f"{door} name --run {facts.short_id}, once it has {', '.join(lacks)}"
            yield Breach(
                code="name", about="", words=words, fix=fix if lacks else str(error)
            )
        return
    if name == facts.name:
        return
    says = fields_in(contract, facts.name)
    other = [field for field in says if says[field] != facts.tags[field]]
    words = f"name {facts.name[:SAID]!r} is not by {contract.names.text}"
    if other:
        field = other[0]
        words = (
            f"the name says {field} is {says[field][:SAID]!r}, the tag says"
            f" {facts.tags[field][:SAID]!r}"
        )
    fix = f"{door} name --run {facts.short_id} (gives it {name[:SAID]})"
    yield Breach(code="name", about=other[0] if other else "", words=words, fix=fix)


def of_metrics(contract: Contract, facts: Facts) -> Iterator[Breach]:
    """Yield the metrics that are missing, or no numbers."""
    for metric in contract.metrics:
        for split in contract.splits or ("",):
            names = spelled(metric, split)
            found = [name for name in names if name in facts.metrics]
            called = f"metric `{names[0]}`"
            if not found:
                on = f" on {split} data" if split else ""
                yield Breach(
                    code="metric missing",
                    about=names[0],
                    words=f"{called} was not measured",
                    fix=f"bind it in a cell that measures{on}, {names[0]} = …",
                )
            elif not any(math.isfinite(facts.metrics[name]) for name in found):
                yield Breach(
                    code="metric wrong",
                    about=found[0],
                    words=f"metric `{found[0]}` is {facts.metrics[found[0]]}, no measure",
                    fix="see what the run computed, and run it again",
                )


def spelled(metric: str, split: str) -> Sequence[str]:
    """Return the names that a metric on a split may have, the plainest first."""
    if not split:
        return (metric,)
    return [
        form.format(split=one, metric=metric)
        for one in SPELLINGS.get(split, (split,))
        for form in FORMS
    ]
