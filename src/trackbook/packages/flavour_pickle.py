"""Any Python object, by pickle: only where somebody asked for it in so many words."""

from __future__ import annotations

import importlib.util
import pickle
from typing import TYPE_CHECKING, cast

from trackbook.errors import Refused
from trackbook.packages.loaders import pickle as loader

if TYPE_CHECKING:
    from pathlib import Path

    from trackbook.packages.flavours import Loader


class Pickle:
    """Pickled models: whoever writes such a file can execute anything where it is loaded."""

    name = "pickle"
    is_unsafe = True
    file = loader.FILE
    needs: tuple[str, ...] = ()
    tolerance = 1e-7
    loader: Loader = cast("Loader", loader)

    def knows(self, model: object) -> bool:  # noqa: ARG002  the flavours' interface
        """Tell that no model is taken for one to be pickled unasked."""
        return False

    def save(self, model: object, folder: Path) -> None:
        """Write model.pkl; classes of the notebook go along where cloudpickle is installed.

        Raises:
            Refused: it cannot be pickled
        """
        try:
            if importlib.util.find_spec("cloudpickle") is not None:
                import cloudpickle

                dumped = cloudpickle.dumps(model, protocol=5)
            else:
                dumped = pickle.dumps(model, protocol=5)
        except (pickle.PickleError, TypeError, AttributeError, RecursionError) as error:
            raise Refused(
                f"a {type(model).__name__} cannot be pickled: {error}; leave that part out"
            ) from error
        (folder / self.file).write_bytes(dumped)
