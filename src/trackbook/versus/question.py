"""What versions are asked: which rows, which measures, how often rows are drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.errors import Misused, TrackbookError
from trackbook.gates import Evaluation, read
from trackbook.statistics import MOST_RESAMPLES, RESAMPLES, metric_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trackbook.gates import Policy, Rows

FEWEST_RESAMPLES = 100
ENDINGS = (".csv", ".parquet")
NO_ROWS = (
    "no evaluation set is named: give --data FILE --target COLUMN, or write [evaluation] data ="
    ' "eval.parquet", target = "y" into trackbook.gates.toml'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What versions are asked."""

    rows: Rows | None
    """None where there are none, and `why` says why."""
    evaluation: Evaluation | None
    why: str = ""
    metrics: Sequence[str] = ()
    """Which measures."""
    is_exact: bool = False
    """Whether these and no others; else those that fit what the versions give are added."""
    slices: Sequence[str] = ()
    """Columns, each value of which is looked at by itself."""
    resamples: int = RESAMPLES
    seed: int = 0

    def dice(self) -> Any:
        """Return the dice, the same for the same seed."""
        import numpy as np

        return np.random.default_rng(self.seed)


def question_of(
    policy: Policy,
    *,
    data: str | None = None,
    target: str | None = None,
    metrics: Sequence[str] = (),
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Question:
    """Return what is to be asked: rows that are given, or else those of the gates' policy.

    Raises:
        TrackbookError: what was given cannot be meant
    """
    if not FEWEST_RESAMPLES <= resamples <= MOST_RESAMPLES:
        raise Misused(
            f"resamples is {resamples}: {FEWEST_RESAMPLES} to {MOST_RESAMPLES} go"
        )
    if seed < 0:
        raise Misused(f"seed is {seed}: it cannot be negative")
    for name in metrics:
        metric_named(name)
    own = policy.evaluation
    rows, evaluation, why = None, None, NO_ROWS
    if data is not None or target is not None:
        rows, evaluation = given(data, target, own, policy.folder)
        why = ""
    elif own is not None:
        evaluation = own
        try:
            rows, why = read(policy.folder, own), ""
        except TrackbookError as error:
            why = str(error)
    return Question(
        rows=rows,
        evaluation=evaluation,
        why=why,
        metrics=tuple(dict.fromkeys(metrics or named_in(policy))),
        is_exact=bool(metrics),
        slices=sliced_in(policy),
        resamples=resamples,
        seed=seed,
    )


def given(
    data: str | None, target: str | None, own: Evaluation | None, project: Path | None
) -> tuple[Rows, Evaluation]:
    """Return the rows of a file that somebody names, from wherever they work."""
    column = target or (own.target if own is not None else None)
    if column is None:
        raise Misused(f"--data {data} needs --target COLUMN: which column is what is true")
    if data is None:
        if own is None:
            raise Misused(
                f"--target {target} needs --data FILE: there is no evaluation set"
            )
        asked = Evaluation(data=own.data, target=column)
        return read(project, asked), asked
    if not data.endswith(ENDINGS):
        raise Misused(f"{data!r} is no table: .csv and .parquet can be read")
    try:
        file = Path(data).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise Misused(f"cannot read {data!r}: {said}") from None
    asked = Evaluation(data=file.name, target=column)
    return read(file.parent, asked)._replace(source=data), asked


def named_in(policy: Policy) -> Iterator[str]:
    """Yield the measures that a policy's checks take on rows, each once."""
    seen = set()
    for target in policy.targets.values():
        for want in target.wants:
            name = want.params.get("metric")
            on_rows = want.params.get("on", "point") != "recorded" and (
                want.params.get("test") != "stored"
            )
            if "evaluation" in want.params and on_rows and isinstance(name, str):
                if name not in seen and name != "*" and is_measure(name):
                    yield name
                seen.add(name)


def is_measure(name: str) -> bool:
    """Tell whether a measure of that name can be taken on rows."""
    try:
        metric_named(name)
    except TrackbookError:
        return False
    return True


def sliced_in(policy: Policy) -> tuple[str, ...]:
    """Return the columns by whose values a policy looks at rows."""
    found = [
        column
        for target in policy.targets.values()
        for want in target.wants
        for column in texts(want.params.get("by"))
    ]
    return tuple(dict.fromkeys(found))


def texts(given: object) -> Sequence[str]:
    """Return a list of texts; nothing for anything else."""
    return [str(one) for one in given] if isinstance(given, (list, tuple)) else ()
