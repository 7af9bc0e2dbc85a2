"""A model read back from its file just written, with large arrays used where they lie in it.

A library that loads a model copies each array and sums it up; to ask the model once, neither
is needed. Its structure is built by the very loader that stands in the package.
"""

from __future__ import annotations

import mmap
import secrets
import struct
import sys
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile

from trackbook.packages.loaders import sklearn as loader
from trackbook.packages.thinned import MARK_BYTES, array_type, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from zipfile import ZipInfo

    from numpy.typing import NDArray

    from trackbook.packages.files import Pieces

LOCAL_HEADER = struct.Struct("<26x2H")
"""Of a member of an archive, before its name (PKWARE's APPNOTE, 4.3.7): the lengths of this
and of what else is told there are the last two numbers."""


def reread(file: Path, members: Collection[str]) -> object:
    """Return the model in a file of skops', as its loader builds it.

    Args:
        file: as it was written
        members: the arrays in it that are attributes of estimators, or lie in plain lists,
            tuples and dicts of these
    """
    folder = str(file.parent)
    whole = filled(file, members) if members else loader.without_trees(folder)
    if whole is None:
        return loader.load(folder)
    for told, nodes, values in loader.kept_trees(folder):
        holders = [loader.reached(whole, way[:-1]) for way in told["ways"]]
        if not all(takes_turns(type(one)) for one in holders):
            loader.plant(whole, told, nodes, values)
            continue
        trees = Growing(loader.pattern_of(whole, told), told, nodes, values)
        for one, (*_, name) in zip(holders, told["ways"], strict=True):
            setattr(one, name, trees)
    return whole


def takes_turns(kind: type) -> bool:
    """Tell whether a class asks its trees one by one, as scikit-learn's forests do."""
    forests = sys.modules.get("sklearn.ensemble._forest")
    regressor = getattr(forests, "ForestRegressor", None)
    return loader.is_forest(kind) or (
        regressor is not None and getattr(kind, "predict", None) is regressor.predict
    )


class Growing(Sequence[Any]):
    """The trees of a forest, each made of its nodes when it is its turn to be asked.

    All at once they would be in memory a second time.
    """

    def __init__(self, pattern: Any, told: dict[str, Any], nodes: Any, values: Any) -> None:
        self._grown = partial(loader.grown, pattern, told, nodes, values)
        self._count = len(told["node_counts"])

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        return self._grown()

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return list(self)[at]
        return next(islice(self, range(self._count)[at], None))


def filled(file: Path, members: Collection[str]) -> object:
    """Return the model with some of its arrays where they lie in its file; None if it cannot be."""
    with TemporaryDirectory(prefix="trackbook-") as name:
        thin = Path(name, file.name)
        arrays = thin_copy(file, thin, members)
        model = loader.load(name)
    filling = Filling(arrays)
    whole = filling.of(model)
    return None if filling.missing else whole


def thin_copy(file: Path, to: Path, members: Collection[str]) -> dict[bytes, NDArray[Any]]:
    """Write an archive with marks in place of some arrays, and return these by their marks."""
    import numpy as np

    arrays: dict[bytes, NDArray[Any]] = {}
    secret = secrets.token_bytes(MARK_BYTES - 8)
    with file.open("rb") as source, ZipFile(file) as before, ZipFile(to, "x") as after:
        view = memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_COPY))
        for about in before.infolist():
            if about.filename in members and about.compress_type == ZIP_STORED:
                content = secret + len(arrays).to_bytes(8, "little")
                arrays[content] = array_in(view, about)
                with after.open(about.filename, "w") as member:
                    np.lib.format.write_array(member, np.frombuffer(content, "u1"))
            else:
                after.writestr(about.filename, before.read(about))
    return arrays


def array_in(view: memoryview, about: ZipInfo) -> NDArray[Any]:
    """Return an array that lies in an archive, in numpy's format, without a copy of it."""
    import io

    import numpy as np
    from numpy.lib import format as npy

    name, extra = LOCAL_HEADER.unpack_from(view, about.header_offset)
    begin = about.header_offset + LOCAL_HEADER.size + name + extra
    content = view[begin : begin + about.file_size]
    head = io.BytesIO(content[: 1 << 16])
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    shape, by_columns, dtype = read[npy.read_magic(head)](head)
    flat = np.frombuffer(content, dtype, offset=head.tell())
    return flat.reshape(shape, order="F" if by_columns else "C")


class Saving(NamedTuple):
    """How a model's file is written and read back at little cost."""

    finish: Callable[[], Mapping[str, Pieces] | None] | None
    """Writes it, or what is left, and returns the bytes of files that lie in memory, by name.

    The model may be asked meanwhile. None if it is written.
    """
    reread: Callable[[], object]
    """Reads the model back, once it is written, to be asked once or twice."""
    size_bytes: int
    """Of the model's large parts, or of all."""
    graph: object = None
    """What can be told of a graph, which cannot be asked itself, in place of the model."""
    is_quiet: bool = False
    """To read it back, no file is written."""


class Filling:
    """Arrays put back in place of their marks."""

    def __init__(self, arrays: Mapping[bytes, NDArray[Any]]) -> None:
        self._arrays = arrays
        self.missing = set(arrays)
        """Marks that were not met."""
        self._seen: dict[int, object] = {}

    def of(self, value: Any) -> Any:
        """Return what stands for a value; estimators, lists and dicts are changed in place."""
        kind = type(value)
        if kind is array_type():
            return self._array(value)
        if kind is tuple:
            return tuple(self.of(part) for part in value)
        if kind not in {list, dict} and not is_plain(kind):
            return value
        if id(value) not in self._seen:
            self._seen[id(value)] = value
            own = value if kind in {list, dict} else value.__dict__
            for key in range(len(own)) if kind is list else tuple(own):
                own[key] = self.of(own[key])
        return value

    def _array(self, value: NDArray[Any]) -> NDArray[Any]:
        if value.nbytes != MARK_BYTES or value.dtype != "u1":
            return value
        content = value.tobytes()
        self.missing.discard(content)
        return self._arrays.get(content, value)
