"""What statsmodels' models and their `fit` were given, by name."""

from __future__ import annotations

from inspect import Parameter, signature, unwrap
from types import FunctionType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from trackbook.libraries.given import MISSING, module_of, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.libraries.base import Call

DATA = ("endog", "exog", "groups", "exog_re", "exog_vc", "data")
QUIET = {
    "self", "cls", "disp", "full_output", "callback", "retall", "eval_env",
    "missing_idx", "model_spec", "bounds", "approx_grad", "epsilon",
}  # fmt: skip
"""Arguments that choose nothing of the result, or that statsmodels adds to the user's."""


def arguments_of(call: Call, kind: type, name: str) -> dict[str, object]:
    """Return a call's arguments by name as plain values, those of `**kwargs` too, no data."""
    stars = {n for n, p in _parameters_of(kind, name).items() if p.kind in STARS}
    values: dict[str, Any] = {n: v for n, v in call.given.items() if n not in stars}
    for star in stars:
        more = call.given.get(star)
        values |= more if type(more) is dict else {}
    return {
        n: plain(v)
        for n, v in values.items()
        if n not in QUIET and not is_table(v) and (n not in DATA or type(v) is str)
    }


def apart(
    values: Mapping[str, object], defaults: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return those that differ from the defaults, and those that are as they are."""
    given: dict[str, object] = {}
    kept: dict[str, object] = {}
    for name, value in values.items():
        default = defaults.get(name, MISSING)
        same = default is not MISSING and value == plain(default)
        (kept if same else given)[name] = value
    return given, kept


def defaults_of_method(kind: type, name: str) -> dict[str, object]:
    """Return the defaults of a method's parameters, by name."""
    found = _parameters_of(kind, name).items()
    return {n: p.default for n, p in found if p.default is not Parameter.empty}


def _parameters_of(kind: type, name: str) -> Mapping[str, Parameter]:
    owner = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    owner = owner.__func__ if isinstance(owner, classmethod) else owner
    if not isinstance(owner, FunctionType):
        return {}
    found = PARAMETERS.get(owner)
    if found is None:
        found = PARAMETERS[owner] = signature(unwrap(owner)).parameters
    return found


PARAMETERS: WeakKeyDictionary[FunctionType, Mapping[str, Parameter]] = WeakKeyDictionary()
"""Of each method that was asked for: `inspect` takes a hundred microseconds."""
STARS = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)


def is_table(value: object) -> bool:
    """Tell whether it is data that the model keeps: weights, offsets, groups."""
    return module_of(type(value)).partition(".")[0] in ("numpy", "pandas") and bool(
        getattr(value, "shape", ())
    )
