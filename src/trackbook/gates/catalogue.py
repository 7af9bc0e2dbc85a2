"""Every check by its name: trackbook's own, and those that packages bring along."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Protocol,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from trackbook.errors import Misused, NotFound
from trackbook.gates import (
    calibrated,
    card,
    compliance,
    custom,
    data_licence,
    data_schema,
    dependencies,
    fairness,
    latency,
    leakage,
    licences,
    loading,
    overfit,
    package,
    performance,
    provenance,
    robustness,
    second_opinion,
    secrets,
    security,
    signature,
    slices,
    soak,
    vulns,
)
from trackbook.plugins import plug_ins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.metadata import EntryPoint

    from trackbook.gates.answer import Answer
    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

GROUP = "trackbook.checks"
"""The group of entry points under which a package offers checks."""


class Check(Protocol):
    """A question to a candidate; its keyword-only parameters are the keys of the policy."""

    def __call__(
        self, candidate: Candidate, bench: Bench, /, *_: Any, **keys: Any
    ) -> Answer:
        """Return what was found; whatever it raises makes the check `errored`."""


OWN: dict[str, Check] = {
    "perf.threshold": performance.threshold,
    "perf.vs_champion": performance.vs_champion,
    "perf.vs_baseline": performance.vs_baseline,
    "perf.slices": slices.slices,
    "perf.overfit": overfit.overfit,
    "perf.calibration": calibrated.calibration,
    "fairness.demographic_parity": fairness.demographic_parity,
    "fairness.equal_opportunity": fairness.equal_opportunity,
    "fairness.equalized_odds": fairness.equalized_odds,
    "fairness.calibration": fairness.calibration,
    "data.leakage": leakage.leakage,
    "data.schema": data_schema.schema,
    "latency.p50": latency.p50,
    "latency.p99": latency.p99,
    "robustness.inputs": robustness.inputs,
    "package.intact": package.intact,
    "size.package": package.size,
    "size.memory": loading.memory,
    "load.clean_process": loading.clean_process,
    "signature.present": signature.present,
    "signature.compatible": signature.compatible,
    "deps.pinned": dependencies.pinned,
    "deps.resolves": dependencies.resolves,
    "deps.licences": licences.licences,
    "deps.vulns": vulns.vulns,
    "security.format": security.safe_format,
    "security.scan": security.scan,
    "security.picklescan": second_opinion.of_picklescan,
    "security.secrets": secrets.no_secrets,
    "compliance.metadata": compliance.metadata,
    "compliance.approvals": compliance.approvals,
    "compliance.card": card.complete,
    "compliance.data_licence": data_licence.allowed,
    "lineage.complete": provenance.complete,
    "repro.verified": provenance.verified,
    "repro.git_clean": provenance.git_clean,
    "soak.time": soak.time,
}
OBJECTIONS: dict[str, Callable[[Mapping[str, object]], str | None]] = {
    "compliance.card": card.no_section,
    "compliance.data_licence": data_licence.no_terms,
    "lineage.complete": provenance.no_part,
    "data.leakage": leakage.unleakable,
    "data.schema": data_schema.no_schema,
    "deps.licences": licences.no_licence,
    "soak.time": soak.no_time,
    "deps.vulns": vulns.unsearchable,
    "security.picklescan": second_opinion.no_count,
    "latency.p50": latency.untimely,
    "latency.p99": latency.untimely,
    "robustness.inputs": robustness.unasked,
    "perf.threshold": performance.no_bound,
    "perf.vs_champion": performance.no_comparison,
    "perf.vs_baseline": performance.no_baseline,
    "perf.slices": slices.no_slices,
    "perf.overfit": overfit.no_gap,
    "perf.calibration": calibrated.no_calibration,
    "fairness.demographic_parity": fairness.unfair,
    "fairness.equal_opportunity": fairness.unfair,
    "fairness.equalized_odds": fairness.unfair,
    "fairness.calibration": fairness.unfair,
}
"""What is wrong with parameters of which each by itself is right."""


RECORDED = {"perf.threshold": ("on", "recorded"), "perf.vs_champion": ("test", "stored")}
"""Checks that look at what a run recorded, unless their key has another value."""


@dataclass(frozen=True, slots=True)
class Param:
    """A key that a check understands."""

    name: str
    hint: object
    is_required: bool


def is_custom(name: str) -> bool:
    """Tell whether a check is a function of the user's, named `module:function`."""
    return ":" in name


def looks_back(name: str, given: Mapping[str, object]) -> bool:
    """Tell whether a check looks at what was recorded, and at no evaluation set."""
    key, usual = RECORDED.get(name, ("", ""))
    return bool(key) and given.get(key, usual) == usual


def check_named(name: str) -> Check:
    """Return a check by its name; a package's is imported only when a policy names it."""
    if is_custom(name):
        return custom.checked_name(name)
    if name in OWN:
        return OWN[name]
    brought = brought_along()
    if name not in brought:
        raise NotFound.named("check", name, known=[*OWN, *brought])
    try:
        found = brought[name].load()
    except (ImportError, AttributeError) as error:
        raise Misused(
            f"check {name!r} cannot be imported from {brought[name].value!r}: {error}"
        ) from error
    if not callable(found):
        raise Misused(f"check {name!r} is {brought[name].value!r}, which is no function")
    function: Check = found
    return function


@cache
def brought_along() -> dict[str, EntryPoint]:
    """Return the checks that installed packages offer; nothing is imported."""
    return {point.name: point for point in plug_ins(GROUP)}


def checks() -> dict[str, str]:
    """Return what every check asks, by its name."""
    says = {name: (check.__doc__ or "").partition("\n")[0] for name, check in OWN.items()}
    return says | {name: f"from {point.value}" for name, point in brought_along().items()}


def all_names() -> list[str]:
    """Return the name of every check that there is."""
    return [*OWN, *brought_along()]


def params_of(check: Check) -> list[Param]:
    """Return the keys that a check understands; `from_` stands for `from`."""
    keys = [
        p for p in inspect.signature(check).parameters.values() if p.kind is p.KEYWORD_ONLY
    ]
    # Only of the keys: what else stands there may be imported for type checkers alone.
    hinted = SimpleNamespace(
        __annotations__={p.name: p.annotation for p in keys if p.annotation is not p.empty}
    )
    found = inspect.unwrap(check)
    function = found if hasattr(found, "__globals__") else type(found).__call__
    hints = get_type_hints(hinted, getattr(function, "__globals__", {}))
    return [
        Param(p.name.rstrip("_"), hints.get(p.name, object), p.default is p.empty)
        for p in keys
    ]


def checked_params(name: str, given: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as a check takes them, or say which one cannot be meant."""
    check = check_named(name)
    if is_custom(name):
        return dict(given)  # what it understands, its own process finds out
    known = {param.name: param for param in params_of(check)}
    for key in given:
        if key not in known:
            raise Misused(f"{name}: {NotFound.named('key', key, known=known)}")
    missing = [p.name for p in known.values() if p.is_required and p.name not in given]
    if missing:
        raise Misused(f"{name} needs {', '.join(missing)}")
    params = {key: converted(name, known[key], value) for key, value in given.items()}
    objection = OBJECTIONS[name](params) if name in OBJECTIONS else None
    if objection:
        raise Misused(f"{name}: {objection}")
    return params


def converted(name: str, param: Param, value: object) -> object:
    """Return a value as its parameter takes it."""
    if get_origin(param.hint) is Literal:
        return one_of(f"{name}: {param.name}", value, get_args(param.hint))
    try:
        found = msgspec.convert(value, param.hint)
    except (msgspec.ValidationError, OverflowError) as error:
        said = str(error)[:1].lower() + str(error)[1:]
        raise Misused(
            f"{name}: {param.name} is {str(value)[:60]!r}, which does not go: {said}"
        ) from None
    if isinstance(found, float) and not math.isfinite(found):
        raise Misused(f"{name}: {param.name} is {found}: it has to be finite")
    return found


def one_of(what: str, value: object, choices: tuple[object, ...]) -> object:
    """Return a value if it is one of the choices, or say which there are."""
    if value in choices:
        return value
    hint = str(NotFound.named("choice", str(value), known=map(str, choices)))
    _, _, near = hint.partition(": ")
    meant = f": {near}" if near else ""
    raise Misused(f"{what} is {value!r}, it can be {', '.join(map(str, choices))}{meant}")


def keywords(params: Mapping[str, object], check: Check) -> dict[str, object]:
    """Return parameters under the names that the check's function gives them."""
    names = {
        p.name.rstrip("_"): p.name
        for p in inspect.signature(check).parameters.values()
        if p.kind is p.KEYWORD_ONLY
    }
    return {names.get(key, key): value for key, value in params.items()}
