"""Whether the rows on which a model is judged are of the kind that it takes and learned from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.dependencies import in_words
from trackbook.gates.evaluation import (
    Evaluation,
    cannot_be_meant,
    column_in,
    features_for,
    named_in,
    no_table,
    rows_of,
    table_named,
)
from trackbook.gates.signature import Broken, sides_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate
    from trackbook.gates.evaluation import Rows

SORTS = (
    ("time", re.compile(r"date|time")),
    ("whole", re.compile(r"bool|u?int|long|integer|short|byte")),
    ("number", re.compile(r"float|double|decimal|half")),
    ("text", re.compile(r"str|string|object|category|utf8|enum|categorical")),
)
"""What a type's name says that stands in a column, the first that fits its beginning."""
GOES = {("whole", "number")}
"""What is sent, and as what it goes too."""


class Wanted(NamedTuple):
    """What a column should be."""

    sort: str
    """Empty where the type is none that is known."""
    type: str
    may_be_missing: bool


def schema(
    candidate: Candidate,
    bench: Bench,
    *,
    training: str = "",
    evaluation: Evaluation | None = None,
) -> Answer:
    """The evaluation set has the columns and types that the model takes and was trained on.

    The signature says what it takes; what it was trained on is the table `training` of the
    project, or else the training data that its run recorded.
    """
    if evaluation is None:
        raise Misused("no evaluation set is named: write [evaluation] data, target")
    rows = rows_of(bench, evaluation)
    signature = by_signature(candidate, rows, evaluation)
    learned = by_training(candidate, bench, training)
    if not signature and not learned and tensor_of(candidate) is None:
        return skipped("neither a signature nor training data say what its columns are")
    faults = [*tensor_faults(candidate, rows, evaluation)]
    for wanted, whose in ((signature, "its signature"), (learned, "its training data")):
        faults += faults_of(rows, wanted, whose, evaluation.target)
    known = {*signature, *learned, evaluation.target}
    extra = [str(one) for one in rows.table.columns if str(one) not in known]
    evidence = {
        **rows.facts,
        "columns": {str(k): str(v) for k, v in rows.table.dtypes.items()},
        "signature": {name: one.type for name, one in signature.items()},
        "training": {name: one.type for name, one in learned.items()},
        "not_known": extra,
    }
    if faults:
        return failed(
            in_words(faults, longest=160), len(faults), 0, faults=faults, **evidence
        )
    said = f"{rows.source} has what the model takes"
    also = ", of the types that it was trained on" if learned else ""
    return passed(said + also, 0, 0, **evidence)


def by_signature(candidate: Candidate, rows: Rows, asked: Evaluation) -> dict[str, Wanted]:
    """Return what the signature wants of each column; nothing where it names none."""
    sides = sides_of(candidate.signature)
    inputs = [] if isinstance(sides, Broken) else sides["inputs"]
    if not named_in(inputs):
        return {}
    there = {str(one) for one in rows.table.columns} | set(asked.columns)
    return {
        port.name: Wanted(sort_named(port.type), port.type, not port.required)
        for port in inputs
        if port.required or port.name in there
    }


def by_training(candidate: Candidate, bench: Bench, training: str) -> dict[str, Wanted]:
    """Return of what types the columns were on which the model was trained."""
    if training:
        table, _ = table_named(bench, training)
        names = [str(one) for one in table.columns]
        return {
            name: of_column(column_in(table, name, training), missing=True)
            for name in names
        }
    tables = [
        one
        for one in candidate.used
        if one.role == "training" and len(one.column_names) > 1
    ]
    if not tables:
        return {}
    last = tables[-1]
    return {
        name: Wanted(sort_named(of), of, may_be_missing=True)
        for name, of in zip(last.column_names, last.column_types, strict=False)
        # An array's columns are only counted.
        if not name.isdigit() and not name.startswith("index")
    }


def faults_of(
    rows: Rows, wanted: Mapping[str, Wanted], whose: str, target: str
) -> list[str]:
    """Return in what rows are not what is wanted of them."""
    there = {str(one) for one in rows.table.columns}
    found = []
    for name, one in wanted.items():
        if name == target:
            continue
        if name not in there:
            found.append(f"no column {name!r}, which {whose} has")
            continue
        column = column_in(rows.table, name, rows.source)
        here = of_column(column, missing=False)
        if not goes(column, here.sort, one.sort):
            found.append(f"{name!r} is {here.type}, in {whose} {one.type}")
        gaps = int(column.isna().sum())
        if gaps and not one.may_be_missing:
            found.append(f"{gaps} values of {name!r} are missing, {whose} has none missing")
    return found


def of_column(column: Any, *, missing: bool) -> Wanted:
    """Return what a column is."""
    kind = column.dtype
    inside = column.cat.categories.dtype if str(kind) == "category" else kind
    return Wanted(sort_named(str(inside)), str(kind), missing)


def goes(column: Any, here: str, wanted: str) -> bool:
    """Tell whether values of one sort go where another is wanted."""
    if here == wanted or not here or not wanted or (here, wanted) in GOES:
        return True
    known = column.dropna()
    if (here, wanted) == ("number", "whole"):
        return bool((known == known.round()).all())  # gaps make floats of integers
    return bool(known.empty)


def sort_named(name: str) -> str:
    """Return what stands in a column of a type; empty where the type is not known."""
    plain = name.lower().removeprefix("large_")
    return next((sort for sort, fits in SORTS if fits.match(plain)), "")


def tensor_of(candidate: Candidate) -> int | None:
    """Return how many columns an array has that a model takes; None where it takes none."""
    sides = sides_of(candidate.signature)
    inputs = [] if isinstance(sides, Broken) else sides["inputs"]
    shape = inputs[0].shape if len(inputs) == 1 else None
    return shape[1] if shape is not None and len(shape) == 2 else None  # noqa: PLR2004  rows, columns


def tensor_faults(candidate: Candidate, rows: Rows, asked: Evaluation) -> Sequence[str]:
    """Return in what rows do not make the array that a model takes."""
    width = tensor_of(candidate)
    if width is None:
        return []
    try:
        found = features_for(candidate, rows, asked)
    except Misused as error:
        return [str(error)]
    if width in (-1, found.shape[1]):
        return []
    return [f"{found.shape[1]} columns, the model takes {width}: name them in [evaluation]"]


def no_schema(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for columns and types."""
    evaluation = params.get("evaluation")
    if not isinstance(evaluation, Evaluation):
        return 'no evaluation set: write [evaluation] data = "eval.parquet", target = "y"'
    training = params.get("training", "")
    return cannot_be_meant(evaluation) or (no_table(training) if training else None)
