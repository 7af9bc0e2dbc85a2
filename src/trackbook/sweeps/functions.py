"""A Python function as the target of a sweep."""

from __future__ import annotations

import importlib
import inspect
import sys
import time
from typing import TYPE_CHECKING, Any

from trackbook.capture import attempt
from trackbook.errors import Misused, NotFound
from trackbook.sweeps.gathering import Gathering
from trackbook.sweeps.limits import TooLong, within
from trackbook.sweeps.plan import VALUE, Outcome
from trackbook.sweeps.requests import Pruned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackbook.records import SweepTarget
    from trackbook.sweeps.plan import Task
    from trackbook.sweeps.space import Params


class Function:
    """A function that takes params by name and returns a number, or a dict of metrics."""

    kind: SweepTarget = "function"
    records_itself = own_processes = False

    def __init__(self, function: Callable[..., object], name: str | None = None) -> None:
        self.function = function
        self.name = name or name_of(function)

    def check(self, params: Params) -> None:
        """Refuse names that the function does not take."""
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):
            return  # compiled: it says nothing of itself
        try:
            signature.bind(**params)
        except TypeError as error:
            raise Misused(
                f"{self.name}{signature} does not take the params: {error}"
            ) from None

    def perform(self, task: Task) -> Outcome:
        """Call it once, and carry back what it returned and logged."""
        gathered = Gathering(task)
        begun = time.perf_counter()
        failures: list[BaseException] = []

        def call() -> None:
            with within(task.timeout_s):
                self._log(gathered.run, self.function(**task.params), task.metric)

        with gathered:
            attempt("a trial", call, lambda _place, error: failures.append(error))
        outcome = Outcome(
            state="done",
            wall_s=time.perf_counter() - begun,
            points=gathered.points,
            facts=gathered.facts,
        )
        if failures:
            outcome.state = "pruned" if is_pruned(failures[0]) else "failed"
            outcome.error = said(failures[0])
        return outcome

    def end(self) -> None:
        """Nothing is shared."""

    @staticmethod
    def _log(run: Any, result: object, metric: str | None) -> None:
        if result is None:
            return
        if hasattr(result, "items"):
            run.log_metrics(result)
        else:
            run.log_metric(metric or VALUE, result)


def is_pruned(error: BaseException) -> bool:
    """Tell whether a trial was given up, by us or as Optuna's users do it."""
    optuna = sys.modules.get("optuna")
    own = (Pruned,) if optuna is None else (Pruned, optuna.TrialPruned)
    return isinstance(error, own)


def said(error: BaseException) -> str:
    """Return what an error says, in one line."""
    if isinstance(error, Pruned | TooLong):
        return str(error)
    text = next((line for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {text}"[:500].rstrip(": ")


def name_of(function: Callable[..., object]) -> str:
    """Return what a callable is called."""
    inner = getattr(function, "func", function)  # functools.partial
    name = getattr(inner, "__qualname__", type(inner).__qualname__)
    return f"{getattr(inner, '__module__', '') or ''}:{name}".removeprefix(":")


def function_named(name: str) -> Function:
    """Return the function that `module:function` means, from here or the installed modules.

    Raises:
        NotFound: there is no such module, or it has no such function
    """
    module, _, path = name.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), *path.split("."))):
        raise Misused(f"{name!r} is no module:function")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise NotFound(
            f"no module {module!r} ({error}): run where it can be imported"
        ) from None
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise NotFound(f"module {module!r} has no function {path!r}")
    return Function(found, name)


def plain_metrics(points: Mapping[str, tuple[list[int], list[float]]]) -> dict[str, float]:
    """Return the last value of each metric."""
    return {name: values[-1] for name, (_, values) in points.items() if values}
