"""Whether a model has seen in training what it is judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from trackbook.errors import Misused
from trackbook.fingerprint import digest_of_data, look_at
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.dependencies import in_words
from trackbook.gates.evaluation import (
    Evaluation,
    Rows,
    cannot_be_meant,
    column_in,
    named_in,
    no_table,
    rows_of,
    table_named,
)
from trackbook.gates.row_digests import alike, digests_of, moments_of, sort_of
from trackbook.gates.signature import Broken, sides_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate, Used

JUDGED = ("test", "validation")
SHOWN = 10


class Terms(NamedTuple):
    """How much may be seen twice."""

    max_rows: int | None
    max_share: float | None
    max_duplicates: float | None
    time: str


def leakage(
    candidate: Candidate,
    bench: Bench,
    *,
    training: str = "",
    columns: tuple[str, ...] = (),
    max_rows: int | None = None,
    max_share: float | None = None,
    max_duplicates: float | None = None,
    time: str = "",
    evaluation: Evaluation | None = None,
) -> Answer:
    """No row of the evaluation set is one of `training`, a table of the project.

    Rows are equal where the model's inputs and the target are, or the `columns` that are named;
    `max_rows` or a `max_share` of the evaluation set may be. At most a share `max_duplicates` of
    it may be there twice. With `time`, a column, training has to end before evaluation begins.
    Without `training`, what the run recorded of its data tells only whether whole data are equal.
    """
    if not training:
        return by_record(candidate, bench, evaluation)
    if evaluation is None:
        raise Misused("no evaluation set is named: write [evaluation] data, target")
    rows = rows_of(bench, evaluation)
    table, sha256 = table_named(bench, training)
    terms = Terms(max_rows, max_share, max_duplicates, time)
    compared = list(columns) or shared(candidate, rows, table, evaluation)
    pairs = {
        name: (column_in(rows.table, name, rows.source), column_in(table, name, training))
        for name in compared
    }
    seen = {"training": training, "training_sha256": sha256, "training_rows": len(table)}
    return held_up(rows, table, pairs, terms, evaluation.target, seen | rows.facts)


def shared(candidate: Candidate, rows: Rows, table: Any, asked: Evaluation) -> list[str]:
    """Return the columns by which rows are compared: the model's, or all that both have."""
    sides = sides_of(candidate.signature)
    names = list(asked.columns) or (
        [] if isinstance(sides, Broken) else named_in(sides["inputs"])
    )
    there = [str(one) for one in table.columns]
    both = [str(one) for one in rows.table.columns if str(one) in there]
    found = names if names and set(names) <= set(both) else both
    if asked.target in both and asked.target not in found:
        found = [*found, asked.target]
    if not set(found) - {asked.target}:
        raise Misused("training and evaluation have no column in common but the target")
    return found


def held_up(
    rows: Rows,
    table: Any,
    pairs: Mapping[str, tuple[Any, Any]],
    terms: Terms,
    target: str,
    facts: Mapping[str, object],
) -> Answer:
    """Compare two tables row by row, and hold what is found against the terms."""
    import numpy as np
    import pandas as pd

    ours, theirs = digests_of(list(pairs.values()))
    leaked = np.flatnonzero(np.isin(ours, theirs))
    twice = int(pd.Series(ours).duplicated().sum())
    count, share = len(leaked), len(leaked) / len(ours)
    faults = []
    if is_too_much(count, share, terms):
        faults.append(f"{count} of {len(ours)} rows ({share:.2%}) are rows of training too")
    if terms.max_duplicates is not None and twice / len(ours) > terms.max_duplicates:
        faults.append(f"{twice} of {len(ours)} rows are there twice")
    late, times = overlap(rows, table, terms.time) if terms.time else ("", {})
    faults += [late] if late else []
    evidence: dict[str, object] = {
        **facts, **times, "columns": list(pairs), "leaked": count, "share": share,
        "leaked_rows": leaked[:SHOWN].tolist(), "duplicates": twice,
        "training_duplicates": int(pd.Series(theirs).duplicated().sum()),
    }  # fmt: skip
    inputs = [pair for name, pair in pairs.items() if name != target]
    if 0 < len(inputs) < len(pairs):
        first, second = digests_of(inputs)
        evidence["same_inputs"] = int(np.isin(first, second).sum())
    held = {k: v for k, v in terms._asdict().items() if v not in (None, "")} or {
        "max_rows": 0
    }
    if faults:
        return failed("; ".join(faults), count, held, **evidence)
    said = f"{count} of {len(ours)} rows are rows of training" if count else (
        f"none of {len(ours)} rows is one of the {len(theirs)} of training"
    )  # fmt: skip
    more = f", {twice} are there twice" if twice else ""
    after = ", and all are later" if terms.time else ""
    return passed(f"{said}{more}{after}", count, held, **evidence)


def is_too_much(count: int, share: float, terms: Terms) -> bool:
    """Tell whether more rows were seen in training than may be."""
    if terms.max_rows is None and terms.max_share is None:
        return count > 0
    over_rows = terms.max_rows is not None and count > terms.max_rows
    return over_rows or (terms.max_share is not None and share > terms.max_share)


def overlap(rows: Rows, table: Any, name: str) -> tuple[str, dict[str, object]]:
    """Say that training does not end before evaluation begins; nothing where it does."""
    ours = column_in(rows.table, name, rows.source)
    theirs = column_in(table, name, "training")
    if ours.isna().any() or theirs.isna().any():
        raise Misused(f"{name!r} has gaps: when those rows were taken is not known")
    first, second = alike(ours, theirs)
    if sort_of(first) == "text":
        first, second = (times_of(one, name) for one in (ours, theirs))
    least, most = first.to_numpy().argmin(), second.to_numpy().argmax()
    begins, ends = first.iloc[least], second.iloc[most]
    said: dict[str, object] = {
        "evaluation_begins": str(ours.iloc[least]),
        "training_ends": str(theirs.iloc[most]),
    }
    if ends < begins:
        return "", said
    words = (
        f"training goes on until {said['training_ends']},"
        f" evaluation begins at {said['evaluation_begins']} ({name})"
    )
    return words, said


def times_of(column: Any, name: str) -> Any:
    """Return texts as moments, which have an order."""
    read = moments_of(column)
    if read.isna().any():
        raise Misused(f"{name!r} holds what is no time: no order can be told")
    return read.astype("int64")


def by_record(candidate: Candidate, bench: Bench, evaluation: Evaluation | None) -> Answer:
    """Tell from fingerprints whether whole data are equal; single rows nobody has."""
    trained = [one for one in candidate.used if one.role == "training"]
    judged = [one for one in candidate.used if one.role in JUDGED]
    same = [
        f"{one.name} ({one.role}) is {other.name}, on which it was trained"
        for one in judged
        for other in trained
        if one.digest and one.digest == other.digest and not is_column(one)
    ]
    if evaluation is not None and trained:
        rows = rows_of(bench, evaluation)
        same += [
            f"{rows.source} is {one.name}, on which it was trained"
            for one in trained
            if is_same(rows, one, evaluation)
        ]
    evidence = {"training": [one.digest for one in trained],
                "judged": [one.digest for one in judged]}  # fmt: skip
    if same:
        return failed(in_words(same, longest=200), len(same), 0, **evidence)
    need = 'name them: training = "train.parquet"'
    if not trained:
        return skipped(f"no training data are on record, and no rows of them: {need}")
    return skipped(
        f"the run's training and test data are not the same as a whole; single rows cannot be"
        f" compared without those of training: {need}",
        **evidence,
    )


def is_column(one: Used) -> bool:
    """Tell whether data are one column only: labels may well be equal by chance."""
    return len(one.column_names) == 1


def is_same(rows: Rows, one: Used, asked: Evaluation) -> bool:
    """Tell whether an evaluation set is what a model was trained on, by its columns' digests."""
    if one.row_count != len(rows.table) or not one.column_digests or is_column(one):
        return False
    names = [str(name) for name in rows.table.columns]
    recorded = dict(zip(one.column_names, one.column_digests, strict=False))
    both = [name for name in recorded if name in names and name != asked.target]
    if not both:
        return False
    look = look_at(rows.table[both])
    if look is None:
        return False
    found = dict(zip(both, digest_of_data(look.columns).column_digests, strict=False))
    return all(found[name] == recorded[name] for name in both)


def unleakable(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for leakage."""
    training, evaluation = params.get("training", ""), params.get("evaluation")
    row_keys = {
        "columns",
        "max_rows",
        "max_share",
        "max_duplicates",
        "time",
    } & params.keys()
    if not training and row_keys:
        return f'{min(row_keys)} needs rows to compare: training = "train.parquet"'
    if training and not isinstance(evaluation, Evaluation):
        return 'no evaluation set: write [evaluation] data = "eval.parquet", target = "y"'
    wrong = (no_table(training) if training else None) or (
        cannot_be_meant(evaluation) if isinstance(evaluation, Evaluation) else None
    )
    if wrong:
        return wrong
    if isinstance(evaluation, Evaluation) and training == evaluation.data:
        return f"{training!r} is the evaluation set itself"
    for name in ("max_share", "max_duplicates"):
        if not 0 <= (params.get(name) or 0) <= 1:
            return f"{name} is {params[name]}: give a share from 0 to 1"
    return "max_rows cannot be negative" if (params.get("max_rows") or 0) < 0 else None
