"""What is on record of runs, as far as a contract asks for it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trackbook.contract.families import family_of, told_by
from trackbook.contract.rows import DataRow, ModelRow, ParentTagRow
from trackbook.errors import Misused
from trackbook.store import ask, queries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trackbook.contract.contract import Contract
    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.contract")
SHORT = 8
DIGEST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One run."""

    run_id: str
    name: str
    tags: Mapping[str, str] = field(default_factory=dict)
    """A part of a run has those of the whole as well."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    """What each source of tags says; what cannot be told is left out."""
    is_part: bool = False
    """Of another run, as one training of several: it has no name of its own."""

    @property
    def short_id(self) -> str:
        """By what it can be called."""
        return self.run_id[-SHORT:]


def facts_of(store: Store, runs: Sequence[Run]) -> list[Facts]:
    """Return what is on record of some runs, in their order."""
    ids = [run.run_id for run in runs]
    models, data = defaultdict(list), defaultdict(list)
    for model in ask(store, SQL["models_of"], ModelRow, runs=ids):
        models[model.run_id].append(model)
    for one in ask(store, SQL["data_of"], DataRow, runs=ids):
        data[one.run_id].append(one)
    above: dict[str, dict[str, str]] = defaultdict(dict)
    for tag in ask(store, SQL["parents_of"], ParentTagRow, runs=ids):
        above[tag.run_id][tag.name] = tag.value
    return [
        Facts(
            run_id=run.run_id,
            name=run.name,
            tags={**above[run.run_id], **run.tags},
            metrics=run.metrics,
            known=known_of(run, models[run.run_id], data[run.run_id]),
            is_part=run.relation == "child",
        )
        for run in runs
    ]


def known_of(
    run: Run, models: Sequence[ModelRow], data: Sequence[DataRow]
) -> dict[str, str]:
    """Return what each source of tags says of a run."""
    trained = [row for row in data if row.role == "training"] or list(data)
    found = {
        **of_models(run, models),
        "data_version": data_version(trained),
        "feature_version": feature_version(trained),
        "experiment": run.experiment,
        "date": f"{run.started_at:%Y-%m-%d}",
        "run": run.run_id[-SHORT:],
    }
    return {source: value for source, value in found.items() if value}


def of_models(run: Run, models: Sequence[ModelRow]) -> dict[str, str]:
    """Return what the labels of a run's trainings tell, where all of them tell the same."""
    labels = [(row.label, row.library) for row in models]
    if not labels and "model" in run.params:
        labels = [(run.params["model"], "")]
    told = [(told_by(label), library) for label, library in labels]
    several: dict[str, set[str]] = defaultdict(set)
    for one, library in told:
        several["model_type"].add(one.model_type if one else "")
        several["optimization"].add(one.optimization if one else "")
        several["model_family"].add(family_of(one.model_type, library) if one else "")
    return {source: one for source, (one, *more) in several.items() if not more}


def data_version(rows: Sequence[DataRow]) -> str:
    """Return a version of data that is the same for the same values, whatever they are called.

    Empty until all of them have been gone through.
    """
    digests = sorted(row.digest for row in rows if row.digest)
    if not digests or len(digests) < len(rows):
        return ""
    whole = digests[0].partition(":")[2] if len(digests) == 1 else digest_of(digests)
    return whole[:DIGEST_SHOWN]


def feature_version(rows: Sequence[DataRow]) -> str:
    """Return a version of the columns: their number, and a digest of names and types."""
    columns = sorted(
        (name, kind)
        for row in rows
        for name, kind in zip(row.column_names, row.column_types, strict=False)
    )
    if not columns:
        return ""
    return f"{len(columns)}c@{digest_of(map(repr, columns))[:DIGEST_SHOWN]}"


def digest_of(parts: Iterable[str]) -> str:
    """Return one digest of several texts."""
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()


def filled(contract: Contract, facts: Facts) -> dict[str, str]:
    """Return the tags that a run lacks and that can be known.

    From its name, else from what is on record, else as the contract has it where nobody says
    otherwise.
    """
    named = fields_in(contract, facts.name)
    found: dict[str, str] = {}
    for name, rule in contract.tags.items():
        if facts.tags.get(name):
            continue
        value = named.get(name) or facts.known.get(rule.auto) or rule.default
        if value and not rule.fault(value):
            found[name] = value
    return found


def fields_in(contract: Contract, name: str) -> dict[str, str]:
    """Return the tags that a name stands for; none where it is not by the pattern."""
    try:
        return contract.fields_of(name) if contract.names is not None else {}
    except Misused:
        return {}
