"""scikit-learn's models, and estimators of XGBoost and LightGBM inside of them, by skops."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from trackbook.errors import NotFound, Refused
from trackbook.packages.kinds import is_of
from trackbook.packages.loaders import sklearn as loader
from trackbook.packages.reread import Saving, reread
from trackbook.packages.thinned import LARGE_BYTES, MARK_BYTES, Thinned
from trackbook.packages.trees import put_trees

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from trackbook.packages.files import Pieces
    from trackbook.packages.flavours import Loader
    from trackbook.packages.trees import Trees

SCHEMA = "schema.json"
PIECE_BYTES = 1 << 20
"""So few are still in the processor's memory when they were summed up."""
CANNOT = (TypeError, NotImplementedError, RecursionError)
"""What skops raises where it cannot dump something."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


class Sklearn:
    """Estimators and pipelines, in skops' format with a fixed list of types."""

    name = "sklearn"
    is_unsafe = False
    file = loader.FILE
    needs: tuple[str, ...] = ("scikit-learn", "skops")
    tolerance = 1e-7
    loader: Loader = cast("Loader", loader)

    def knows(self, model: object) -> bool:
        """Tell whether a model is an estimator."""
        return is_of(model, "sklearn", "BaseEstimator") or is_of(
            model, "lightgbm", "LGBMModel"
        )

    def save(self, model: object, folder: Path) -> Saving | None:
        """Write model.skops: the same bytes for the same model.

        Returns:
            What writes it, where the model has large arrays.

        Raises:
            Refused: it holds a type that is not on trackbook's list, or cannot be dumped
            NotFound: skops is not installed
        """
        try:
            skops = loader.skops_io()
        except ModuleNotFoundError:
            raise NotFound(
                "no skops to keep a scikit-learn model safely: pip install 'trackbook[register]'"
            ) from None
        try:
            dumped, arrays, trees = dumped_of(model)
        except CANNOT as error:
            raise Refused(
                f"skops cannot keep this {type(model).__name__}: {error}; {otherwise(model)}leave"
                " that part out, or say unsafe_pickle=True, which executes code on loading"
            ) from error
        strange = set(skops.get_untrusted_types(data=dumped)) - loader.trusted()
        if strange:
            raise Refused(
                f"this {type(model).__name__} holds types that are not known to be safe:"
                f" {', '.join(sorted(strange)[:5])}; {otherwise(model)}use scikit-learn's own,"
                " install a flavour for them, or say unsafe_pickle=True, which executes code on"
                " loading"
            )
        file, members = folder / self.file, set[str]()
        finish = partial(put, trees, dumped, file, arrays, members)
        if not arrays and not trees:
            finish()
            return None
        again = partial(reread, file, members)
        size = sum(array.nbytes for array in arrays.values())
        size += sum(one.size_bytes for one in trees)
        return Saving(finish, again, size, is_quiet=not arrays)


def otherwise(model: object) -> str:
    """Return how a search is kept without the distributions or metrics that it tried."""
    has_best = "best_estimator_" in vars(model)
    return "register its .best_estimator_, which predicts the same, " if has_best else ""


def dumped_of(model: object) -> tuple[bytes, dict[bytes, NDArray[Any]], list[Trees]]:
    """Return skops' file of a model, with marks for its large arrays, and these; and its trees."""
    skops = loader.skops_io()
    thinned = Thinned(model)
    dumped: bytes = skops.dumps(thinned.model)
    with zipfile.ZipFile(io.BytesIO(dumped)) as archive:
        large = any(
            member.file_size >= LARGE_BYTES
            for member in archive.infolist()
            if member.filename != SCHEMA
        )
    if (thinned.arrays or thinned.trees) and large:
        # It may be one of the marked, held a second time by what cannot be seen into: a tree
        # over points that lie beside it. In the whole file it is there once.
        return skops.dumps(model), {}, []
    return dumped, thinned.arrays, thinned.trees


def put(trees: list[Trees], dumped: bytes, file: Path, *more: Any) -> dict[str, Pieces]:
    """Write trees, and beside them what else the model is; return the bytes of the trees."""
    found = put_trees(file.parent, trees)
    steady(dumped, file, *more)
    return found


def steady(
    dumped: bytes,
    file: Path,
    arrays: Mapping[bytes, NDArray[Any]],
    members: set[str],
) -> None:
    """Write a skops file with its addresses numbered and its clock stopped.

    The names of the members that hold the arrays are added to `members`.

    As skops writes them, no two files of the same model are alike: what lies at which
    address in memory names the members, and the archive holds the time. The arrays come in
    place of their marks.
    """
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(dumped)) as before:
        schema = json.loads(before.read(SCHEMA))
        renumber(schema, numbers, names)
        with zipfile.ZipFile(file, "x", zipfile.ZIP_STORED) as after:
            for old, new in sorted(names.items(), key=lambda pair: pair[1]):
                about, content = zipfile.ZipInfo(new, FIRST_DAY), before.read(old)
                whole = arrays.get(content[-MARK_BYTES:])
                if whole is None:
                    after.writestr(about, content)
                else:
                    put_array(after, about, whole)
                    members.add(new)
            text = json.dumps(schema, sort_keys=True)
            after.writestr(zipfile.ZipInfo(SCHEMA, FIRST_DAY), text)


def put_array(archive: zipfile.ZipFile, about: zipfile.ZipInfo, array: Any) -> None:
    """Write an array into an archive, in numpy's format."""
    from numpy.lib import format as npy

    about.file_size = array.nbytes
    with archive.open(about, "w") as member:
        lines = array if array.flags.c_contiguous else array.T
        if array.dtype.names or not lines.flags.c_contiguous:
            npy.write_array(member, array, allow_pickle=False)
            return
        # As numpy does, but from where the numbers lie.
        npy.write_array_header_1_0(member, npy.header_data_from_array_1_0(array))
        content = memoryview(lines.reshape(-1).view("u1"))
        for at in range(0, len(content), PIECE_BYTES):
            member.write(content[at : at + PIECE_BYTES])


def renumber(node: Any, numbers: dict[int, int], names: dict[str, str]) -> None:
    """Number objects and members in the order in which they are met."""
    if isinstance(node, list):
        for item in node:
            renumber(item, numbers, names)
    elif isinstance(node, dict):
        if "__loader__" in node and isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if "__loader__" in node and isinstance(node.get("file"), str):
            old = node["file"]
            ending = old.rpartition(".")[2]
            node["file"] = names.setdefault(old, f"{len(names) + 1:06}.{ending}")
        for name in node:
            renumber(node[name], numbers, names)
