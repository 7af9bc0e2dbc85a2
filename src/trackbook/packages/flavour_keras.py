"""Keras models: a description of their layers, their numbers as safetensors beside."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import NotFound, Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import keras as loader

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.packages.flavours import Loader


class Keras:
    """Models of Keras 3 on any backend; what they were compiled with is not kept."""

    name = "keras"
    is_unsafe = False
    file = loader.FILE
    tolerance = 1e-4
    loader: Loader = cast("Loader", loader)

    @property
    def needs(self) -> tuple[str, ...]:
        """Distributions that loading needs, the backend that is in use among them."""
        keras: Any = sys.modules.get("keras")
        return ("keras", "safetensors", *([keras.backend.backend()] if keras else ()))

    def knows(self, model: object) -> bool:
        """Tell whether a model is one of Keras."""
        return is_of(model, "keras", "Model")

    def save(self, model: Any, folder: Path) -> None:
        """Write model.safetensors and config.json.

        Raises:
            NotFound: safetensors is not installed
            Refused: it was not built yet, or holds a layer of the user's own, or code
        """
        try:
            from safetensors.numpy import save_file
        except ModuleNotFoundError:
            raise NotFound(
                "no safetensors to keep a Keras model safely: pip install"
                " 'trackbook[register]'"
            ) from None
        if not model.built:
            raise Refused("the model has no weights yet: fit it, or call it with some rows")
        keras: Any = sys.modules["keras"]
        try:
            described = json.loads(model.to_json())
        except NotImplementedError as error:
            raise Refused(f"{type(model).__name__} cannot be described: {error}") from error
        described.pop("compile_config", None)
        strange = sorted(set(loader.strangers(described)))
        if strange:
            raise Refused(
                f"it holds {', '.join(strange)}, which is not of Keras itself or executes code:"
                " keep it with a flavour of your own, or unsafe_pickle"
            )
        config = {"backend": keras.backend.backend(), "model": described}
        (folder / loader.BESIDE).write_text(
            json.dumps(config, indent=1, sort_keys=True), encoding="utf-8"
        )
        numbers = {f"{at:06d}": each for at, each in enumerate(model.get_weights())}
        save_file(numbers, str(folder / self.file))
