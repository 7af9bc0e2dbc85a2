"""Whether a model stands what callers send by mistake."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from trackbook.errors import TrackbookError
from trackbook.gates.answer import Answer, failed, passed, skipped
from trackbook.gates.dependencies import in_words
from trackbook.gates.loading import outputs_in
from trackbook.gates.odd_inputs import Case, Kind, cases_of
from trackbook.gates.probes import difference, probes_of
from trackbook.gates.trial import Trial, tried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

SCRIPT = Path(__file__).with_name("robust_probe.py")
KINDS: tuple[Kind, ...] = get_args(Kind)
MAY_REFUSE: tuple[Kind, ...] = (
    "nulls", "infinite", "empty", "column_order", "extra_column", "missing_column",
    "wrong_type",
)  # fmt: skip
"""What a model may say no to where the policy names nothing."""
REFUSALS = (
    "ValueError", "TypeError", "KeyError", "RuntimeError", "LightGBMError",
    "InvalidArgument", "Fail",
)  # fmt: skip
"""Errors by which libraries say that they do not take such rows."""
SLIPS = ("RecursionError", "NotImplementedError", "UnboundLocalError")
"""Kinds of these errors that are slips of a program and no refusals."""
MOST_STARTS = 4
RTOL, ATOL = 1e-4, 1e-7


class Unasked(TrackbookError):
    """A model could not be asked even once."""


class Told(NamedTuple):
    """What became of one case."""

    case: Case
    outputs: Any
    scores: Any
    raised: Sequence[str]
    """The error's class and those that it comes from; empty where there was none."""
    said: str
    died: str
    """How the process ended over it; empty where it lived on."""


def inputs(
    candidate: Candidate,
    bench: Bench,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    may_refuse: tuple[Kind, ...] = MAY_REFUSE,
    refuse_with: tuple[str, ...] = REFUSALS,
    rtol: float = RTOL,
) -> Answer:
    """Odd rows are answered with as many numbers or labels, or refused with a clear error.

    They are the rows that are kept with the package, with nothing in a column, with extreme or
    unseen values, none at all, one alone, columns in another order, one too many or too few,
    texts for numbers. One row alone, and rows with their columns turned round, have to give
    what they gave before, within `rtol`. A dead process, `nan` and `inf` are failures.
    """
    probes = probes_of(bench)
    if probes is None:
        return skipped("no rows are kept with the package to change: give an example")
    wanted = {"as_is", *kinds}
    cases = [c for c in cases_of(probes.rows, candidate.signature) if c.kind in wanted]
    told = all_told(bench, cases)
    faults = {}
    for one in told:
        fault = fault_of(one, told[0], may_refuse, refuse_with, rtol)
        if fault:
            faults[one.case.name] = fault
    refused = [o.case.name for o in told if o.raised and o.case.name not in faults]
    evidence = {
        "cases": dict(Counter(one.case.kind for one in told)),
        "refused": refused,
        "faults": faults,
        "not_asked": [case.name for case in cases[len(told) :]],
        "may_refuse": list(may_refuse),
    }
    if faults:
        named = [f"{name}: {fault}" for name, fault in faults.items()]
        said = (
            f"{len(faults)} of {len(told)} cases not stood: {in_words(named, longest=160)}"
        )
        return failed(said, len(faults), 0, **evidence)
    some = f"{len(refused)} of them refused" if refused else "none refused"
    return passed(f"{len(told)} cases stood, {some}", 0, 0, **evidence)


def all_told(bench: Bench, cases: Sequence[Case]) -> list[Told]:
    """Ask every case; where the process dies over one, those after it in another process.

    After some processes, or when the time is over, those that are left are not asked.

    Raises:
        Unasked: the package was not loaded
    """
    told: dict[int, Told] = {}
    for _ in range(MOST_STARTS):
        left = [(n, case.rows) for n, case in enumerate(cases) if n not in told]
        found = tried(bench, SCRIPT, {"cases": left})
        if found.loaded.told is None or found.loaded.changed:
            raise Unasked(f"it could not be asked: {found.fault}")
        new = [number for number, _ in left if (found.work / f"{number}.begun").exists()]
        told |= {number: read_from(found, number, cases[number]) for number in new}
        if len(told) == len(cases) or bench.seconds_left <= 0:
            break
        if not new:
            raise Unasked(f"its process ended before it was asked: {found.fault}")
    return [told[number] for number in sorted(told)]


def read_from(found: Trial, number: int, case: Case) -> Told:
    """Return what became of a case, from the files that the process wrote."""
    work = found.work
    note = found.note(f"{number}.json")
    raised = note.get("raised", [])
    is_told = (work / f"{number}.json").is_file()
    died = "" if is_told else found.fault or "it ended by itself"
    return Told(
        case,
        outputs_in(work / f"{number}.npy"),
        outputs_in(work / f"{number}-scores.npy"),
        [str(one) for one in raised] if isinstance(raised, list) else [],
        str(note.get("said", "")),
        died,
    )


def fault_of(
    one: Told,
    base: Told,
    may_refuse: Sequence[Kind],
    refuse_with: Sequence[str],
    rtol: float,
) -> str:
    """Say what is wrong with the answer to a case; nothing where all is well."""
    if one.died:
        return f"its process did not survive it ({one.died})"
    if one.raised:
        return unclear(one, may_refuse, refuse_with)
    return odd(one) or other(one, base, rtol)


def unclear(one: Told, may_refuse: Sequence[Kind], refuse_with: Sequence[str]) -> str:
    """Say why an error is no refusal; nothing where it is one, and allowed."""
    error = f"{one.raised[0]}: {one.said}"
    if one.case.is_declared:
        return f"its signature takes them, and it raised {error}"
    if one.case.kind not in may_refuse:
        return f"it raised {error}"
    is_slip = any(name in SLIPS for name in one.raised)
    if is_slip or not any(name in refuse_with for name in one.raised) or not one.said:
        return f"it does not say what is wrong with them: {error}"
    return ""


def odd(one: Told) -> str:
    """Say what is wrong with outputs by themselves."""
    import numpy as np

    found = one.outputs
    if found is None:
        return "it gave nothing that can be read"
    count = found.shape[0] if found.ndim else 1
    if count != one.case.size:
        return f"it gave {count} outputs for {one.case.size} rows"
    for array, what in ((found, "outputs"), (one.scores, "scores")):
        if array is not None and array.dtype.kind in "fc":
            wrong = int(np.sum(~np.isfinite(array)))
            if wrong:
                return f"{wrong} of {array.size} {what} are nan or inf"
    return ""


def other(one: Told, base: Told, rtol: float) -> str:
    """Say in what outputs are others than before, where they have to be the same."""
    if not one.case.is_same or base.outputs is None:
        return ""
    return difference(one.outputs, base.outputs[: one.case.size], rtol, ATOL).words


def unasked(params: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a question for odd rows."""
    if "kinds" in params and not params["kinds"]:
        return f"kinds names none: there are {', '.join(KINDS)}"
    if params.get("rtol", RTOL) < 0:
        return f"rtol is {params['rtol']}: it cannot be negative"
    return None
