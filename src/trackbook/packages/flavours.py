"""Kinds of models and in what each is kept: one class per flavour, others by entry points.

A flavour of one's own is a class with what `Flavour` asks for, named in its distribution's
entry points: `[project.entry-points."trackbook.flavours"]  mynet = "mynet.tb:MyNet"`.
"""

from __future__ import annotations

import inspect
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from trackbook.errors import Misused, NotFound, Refused
from trackbook.packages.flavour_booster import CatBoost, LightGBM, XGBoost
from trackbook.packages.flavour_graph import Onnx
from trackbook.packages.flavour_keras import Keras
from trackbook.packages.flavour_pickle import Pickle
from trackbook.packages.flavour_sklearn import Sklearn
from trackbook.packages.flavour_torch import Torch
from trackbook.plugins import plug_ins

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint

    from trackbook.packages.reread import Saving

GROUP = "trackbook.flavours"


class Loader(Protocol):
    """A module that loads models of one flavour; its file is copied into packages.

    It imports nothing of trackbook, and its libraries inside its functions.
    """

    def load(self, folder: str) -> object:
        """Return the model that was saved into a folder."""

    def predict(self, model: object, rows: object) -> object:
        """Return a model's predictions for rows."""

    def scores(self, model: object, rows: object) -> object:
        """Return what tells more than predicted labels do, such as probabilities; or None."""


@runtime_checkable
class Flavour(Protocol):
    """How one kind of model is kept."""

    name: str
    is_unsafe: bool
    """Whether loading a file of it may execute what somebody wrote into it."""
    file: str
    """Name of the file that holds the model."""
    tolerance: float
    """How far predictions of the same model may be apart, relative to their size."""
    loader: Loader

    @property
    def needs(self) -> tuple[str, ...]:
        """Distributions that loading needs."""

    def knows(self, model: object) -> bool:
        """Tell whether a model is of this kind; imports nothing that the user has not."""

    def save(self, model: object, folder: Path) -> Saving | None:
        """Write a model into an empty folder.

        Returns:
            None once that is done; or how it is done, and read back, at less cost.

        Raises:
            Refused: it holds something that this format does not keep safely
        """


def own_flavours() -> dict[str, Flavour]:
    """Return trackbook's flavours by name, in the order in which they are asked."""
    made: list[Flavour] = [
        Keras(), Torch(), XGBoost(), LightGBM(), CatBoost(), Onnx(), Sklearn(), Pickle(),
    ]  # fmt: skip
    return {flavour.name: flavour for flavour in made}


def installed_flavours() -> dict[str, Flavour]:
    """Return the flavours that other distributions bring; none of them replaces ours."""
    found: dict[str, Flavour] = {}
    for point in points(tuple((place, changed_at(place)) for place in sys.path)):
        made = point.load()()
        if not isinstance(made, Flavour):
            raise Misused(
                f"the flavour {point.name!r} ({point.value}) lacks something that a flavour"
                " has: see trackbook.packages.Flavour"
            )
        if made.name not in own_flavours():
            found[made.name] = made
    return found


@lru_cache(maxsize=1)
def points(_places: tuple[tuple[str, int], ...]) -> list[EntryPoint]:
    """Return the entry points of flavours, looked for anew when something was installed.

    To ask all distributions takes as long as to hash a large model.
    """
    return plug_ins(GROUP)


def changed_at(place: str) -> int:
    """Return when a folder's names changed last; 0 where there is none."""
    try:
        return Path(place or ".").stat().st_mtime_ns
    except OSError:
        return 0


def flavour_named(name: str) -> Flavour:
    """Return a flavour.

    Raises:
        NotFound: none of that name is installed
    """
    own = own_flavours()
    if name in own:
        return own[name]
    installed = installed_flavours()
    if name not in installed:
        raise NotFound.named("flavour", name, known=[*own, *installed])
    return installed[name]


def flavour_of(
    model: object, *, name: str | None = None, unsafe_pickle: bool = False
) -> Flavour:
    """Return in what flavour a model is kept: a named one, or the first that knows it.

    Raises:
        Refused: only pickle could keep it, and that was not asked for
    """
    if unsafe_pickle and name in {None, Pickle.name}:
        return Pickle()
    if name is not None:
        return allowed(flavour_named(name), unsafe_pickle=unsafe_pickle)
    for flavour in (*installed_flavours().values(), *own_flavours().values()):
        if flavour.knows(model):
            return allowed(flavour, unsafe_pickle=unsafe_pickle)
    kind = type(model)
    raise Refused(
        f"no safe format keeps a {kind.__module__}.{kind.__qualname__}: export it to ONNX,"
        " install a flavour for it, or say unsafe_pickle=True, which executes code on loading"
    )


def loaded_from(
    flavour: Flavour, home: str, build: Callable[..., object] | None = None
) -> object:
    """Return the model in a folder; `build` makes what numbers are loaded into."""
    if build is None:
        return flavour.loader.load(home)
    if "build" not in inspect.signature(flavour.loader.load).parameters:
        raise Refused(f"models kept as {flavour.name} are not built: leave build= out")
    return flavour.loader.load(home, build=build)  # type: ignore[call-arg]  # asked for above


def allowed(flavour: Flavour, *, unsafe_pickle: bool) -> Flavour:
    """Return a flavour, if it may be used."""
    if flavour.is_unsafe and not unsafe_pickle:
        raise Refused(
            f"the flavour {flavour.name!r} executes code on loading: say unsafe_pickle=True"
            " to keep a model so all the same"
        )
    return flavour
