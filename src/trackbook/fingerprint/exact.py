"""How a model is gone through for its identities: exactly, and without what differs by chance.

An object counts by what it holds, whether that is shared with another or a copy.
"""

from __future__ import annotations

import pickle
import sys
import types
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from trackbook.fingerprint.content import Rules, Walk
from trackbook.fingerprint.fields import fields_of
from trackbook.fingerprint.forests import grove
from trackbook.fingerprint.graph_file import GraphFile, Span
from trackbook.fingerprint.learned import is_array, is_scalar
from trackbook.fingerprint.leaves import CATBOOST, graph_file, oblivious, text_booster
from trackbook.fingerprint.marks import MRO_OF, PLAIN, place_of
from trackbook.fingerprint.marks_of_data import contiguous

if TYPE_CHECKING:
    from collections.abc import Callable

BYSTANDERS = frozenset({
    "n_jobs", "verbose", "verbosity", "silent", "nthread", "nthreads", "num_threads",
    "n_threads", "_n_threads", "thread_count", "_sklearn_version", "_stop_words_id",
})  # fmt: skip
"""What changes no prediction: threads, chatter, the version that wrote it, an address."""
SETTINGS = frozenset({"kwargs", "params", "_other_params"})
"""Attributes that hold hyper-parameters by name."""
COMPILED = frozenset({"sklearn", "scipy", "numpy", "pandas", "xgboost", "lightgbm"})
"""Libraries whose compiled objects are asked for what they would pickle."""
COMPILED_FUNCTION = "cython_function_or_method"
"""The type, in a module of each release of Cython, of functions that it compiled."""
HIDING = frozenset({
    "_io", "_ctypes", "ctypes", "_socket", "socket", "_thread", "threading", "mmap",
    "_sqlite3", "sqlite3", "_queue", "queue", "_weakref", "weakref", "subprocess",
})  # fmt: skip
"""Modules of types whose attributes do not tell what they hold."""
WHOLE_LENGTH = 8


def enter(walk: Walk, value: Any) -> None:
    """Take in an object by the digest of what it holds; one that holds itself, by its depth."""
    if is_scalar(type(value)):
        plain = value.item()
        if id(type(plain)) in PLAIN_WITH_LENGTH:
            walk.take(plain)
            return
    known = walk.digests.get(id(value))
    if known is not None:
        walk.hasher.update(known)
        return
    depth = walk.within.get(id(value))
    if depth is not None:
        walk.say("within", len(walk.within) - depth)
        return
    outer, walk.hasher = walk.hasher, blake3()
    walk.within[id(value)] = len(walk.within)
    try:
        walk.open(value)
    finally:
        del walk.within[id(value)]
        inner, walk.hasher = walk.hasher.digest(), outer
    walk.digests[id(value)] = inner
    walk.kept.append(value)
    walk.hasher.update(inner)


def items(walk: Walk, value: Any) -> None:
    """Take in a list or a tuple, in its order."""
    walk.say(type(value).__name__)
    if type(value) is not list or not grove(walk, value):
        walk.items(value)


def mapping(walk: Walk, value: Any) -> None:
    """Take in a dict, whatever its order; how long each part of a search took is left out."""
    pairs = []
    for key, item in list(dict.items(value)):
        if type(key) is str and takes_long(key) and not isinstance(item, int | str):
            continue
        pairs.append(digest_in(walk, (key, item)))
    walk.say("dict", sorted(pairs))


def digest_in(walk: Walk, value: object) -> bytes:
    """Return the digest of a part, gone through within the same walk."""
    outer, walk.hasher = walk.hasher, blake3()
    try:
        walk.items(value)
        return walk.hasher.digest(16)
    finally:
        walk.hasher = outer


def unordered(walk: Walk, value: Any) -> None:
    """Take in a set, whatever its order."""
    walk.say("set", sorted(digest_in(walk, (item,)) for item in value))


def instance(walk: Walk, value: Any) -> None:
    """Take in an object's attributes, unless its type hides what it holds."""
    hiding = [b for b in MRO_OF(type(value)) if place_of(b)[0] in HIDING]
    if hiding:
        walk.miss(f"it holds a {'.'.join(place_of(type(value)))}, whose state is hidden")
    elif place_of(type(value))[1] == COMPILED_FUNCTION:
        walk.say("function", value.__module__, value.__qualname__)
    elif is_array(type(value)):
        import numpy as np

        walk.say("object", place_of(type(value)))
        array(walk, np.asarray(value))
    else:
        walk.instance(value)


def stranger(walk: Walk, value: Any) -> None:
    """Take in what a known library's compiled object would pickle; miss any other."""
    kind = type(value)
    module, name = place_of(kind)
    if module.partition(".")[0] not in COMPILED:
        walk.miss(f"it holds a {module}.{name}, into which nothing can be seen")
        return
    try:
        given = value.__reduce_ex__(4)
    except (TypeError, pickle.PickleError, NotImplementedError) as error:
        walk.miss(f"it holds a {module}.{name}, which tells no state: {error}")
        return
    walk.kept.append(given)
    for part in given if isinstance(given, tuple) else (given,):
        walk.take(part)


def array(walk: Walk, value: Any) -> None:
    """Take in an array by type, shape and bytes: little-endian, row by row, one NaN for all."""
    import numpy as np

    if value.dtype.names:
        walk.say("array", value.shape)
        fields = fields_of(value)
        for name in value.dtype.names:  # between the fields may lie anything
            walk.say(name)
            array(walk, fields.get(name, value[name]))
        return
    walk.say("array", value.dtype.newbyteorder("<").str, value.shape)
    if value.dtype.hasobject:
        if not grove(walk, value):
            for item in value.ravel().tolist():
                walk.take(item)
        return
    whole: Any = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    if whole.dtype.kind in "fc" and (absent := np.isnan(whole)).any():
        whole = np.where(absent, np.array(np.nan, whole.dtype), whole)
    walk.hasher.update(contiguous(whole))


def function(walk: Walk, value: types.FunctionType) -> None:
    """Take in a function of a module by its place; with its code where it is the user's."""
    if "<" in value.__qualname__:
        walk.miss(f"it holds a function made on the spot, {value.__qualname__}")
        return
    walk.say("function", value.__module__, value.__qualname__)
    if top_of(value.__module__) in COMPILED:
        return
    code = value.__code__
    walk.say(code.co_code, code.co_names)
    for part in (code.co_consts, value.__defaults__, value.__kwdefaults__):
        walk.take(part)


def compiled_code(walk: Walk, value: types.CodeType) -> None:
    """Take in the code of a function inside of a function."""
    walk.say("code", value.co_code, value.co_names)
    walk.take(value.co_consts)


def index(walk: Walk, value: Any) -> None:
    """Take in a table's labels, all of them."""
    import numpy as np

    walk.say("index", value.names)
    walk.take(np.asarray(value))


def onnx_model(walk: Walk, value: Any) -> None:
    """Take in an ONNX graph; the order of its imports depended on the hash seed."""
    onnx_file(walk, GraphFile(value, {}))


def onnx_file(walk: Walk, value: GraphFile) -> None:
    """Take in an ONNX graph in a file."""
    model = value.model
    walk.say("onnx", model.ir_version)
    walk.say(sorted((text(opset.domain), opset.version) for opset in model.opset_import))
    walk.say(sorted((text(entry.key), text(entry.value)) for entry in model.metadata_props))
    for part in (*model.graph.input, *model.graph.output, *model.functions):
        walk.take(part.SerializeToString(deterministic=True))
    walk.take(graph_file(value))


def text(given: str | bytes) -> str:
    """Return a text of a file; protobuf gives bytes where it is none in UTF-8."""
    return given if isinstance(given, str) else given.decode("utf-8", "surrogateescape")


def span(walk: Walk, value: Span) -> None:
    """Take in the numbers of a tensor in a file: bytes like any others."""
    raw(walk, value.view)


def raw(walk: Walk, value: bytes | memoryview) -> None:
    """Take in bytes as they are: where they are many, a copy of them would cost most."""
    walk.say("bytes", len(value))
    walk.hasher.update(value)


def trees(walk: Walk, value: Any) -> None:
    """Take in the trees of LightGBM as it writes them."""
    walk.say(place_of(type(value)))
    walk.take(text_booster(value))


def catboost(walk: Walk, value: Any) -> None:
    """Take in a model of CatBoost: its trees, and what it was trained with."""
    walk.say(place_of(type(value)))
    walk.take(oblivious(value))
    # They are of single precision, and one more digit is lost on the way into a file.
    said = {
        name: f"{given:.6g}" if type(given) is float else given
        for name, given in value.get_all_params().items()
    }
    walk.take(dict(sorted(said.items())))


def search_tree(walk: Walk, value: Any) -> None:
    """Take in a tree over points by its points: it counts the searches in it, too."""
    given = value.__getstate__()
    points, order, *_, leaf_size, _, _, _, _, _, _, metric, weights = given
    walk.say(place_of(type(value)), place_of(type(metric)), leaf_size)
    for part in (points, order, weights):
        walk.take(part)


def tensor(walk: Walk, value: Any) -> None:
    """Take in a torch tensor: type, shape, bytes, wherever it lies."""
    import torch

    walk.say("tensor", str(value.dtype), tuple(value.shape))
    if value.is_meta or value.layout is not torch.strided:
        walk.miss("it holds a tensor that is sparse, or has no numbers")
        return
    flat = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
    walk.hasher.update(memoryview(flat.view(torch.uint8).numpy()))


def shown(walk: Walk, value: Any) -> None:
    """Take in a small value that never changes, by what it shows."""
    walk.say(place_of(type(value)), repr(value))


def top_of(module: object) -> str:
    """Return the library of a module."""
    return module.partition(".")[0] if isinstance(module, str) else ""


def takes_long(name: str) -> bool:
    """Tell whether a name says how long something took: refit_time_, mean_fit_time."""
    return name.rstrip("_").endswith(("_time", "_duration", "_elapsed"))


def leaves_out(name: str) -> bool:
    """Tell whether an attribute is no part of the object's identity."""
    return takes_long(name) or name in BYSTANDERS


def trimmed(name: str, value: object) -> object:
    """Return hyper-parameters without those that change no prediction."""
    if name in SETTINGS and type(value) is dict:
        return {key: item for key, item in value.items() if key not in BYSTANDERS}
    return value


def with_length(plain: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Return the bytes of a plain value, which cannot run into the next one's."""

    def told(value: Any) -> bytes:
        found = plain(value)
        return len(found).to_bytes(WHOLE_LENGTH, "little") + found

    return told


def number(value: float) -> bytes:
    """Return a real number's bytes: one for every NaN."""
    return b"f" + (b"nan" if value != value else PLAIN[id(float)](value))  # noqa: PLR0124  only a NaN differs from itself


PLAIN_WITH_LENGTH = {
    kind: with_length(plain) for kind, plain in PLAIN.items() if kind != id(bytes)
} | {
    id(float): with_length(number),
    id(int): with_length(lambda v: b"i%x" % v),
}
EXACT = Rules(
    plain=PLAIN_WITH_LENGTH,
    openers={
        id(bytes): raw,
        id(Span): span,
        id(list): items,
        id(tuple): items,
        id(dict): mapping,
        id(set): unordered,
        id(frozenset): unordered,
        id(types.FunctionType): function,
        id(types.CodeType): compiled_code,
    },
    by_name={
        ("numpy", "ndarray"): array,
        **{
            ("sklearn", f"{name}{bits}"): search_tree
            for name in ("KDTree", "BallTree")
            for bits in ("", "32", "64")
        },
        ("pandas", "Index"): index,
        ("pandas", "RangeIndex"): index,
        ("lightgbm", "Booster"): trees,
        **{("catboost", f"CatBoost{kind}"): catboost for kind in CATBOOST},
        ("onnx", "ModelProto"): onnx_model,
        ("trackbook", "GraphFile"): onnx_file,
        ("torch", "Tensor"): tensor,
        ("torch", "Parameter"): tensor,
        ("datetime", "datetime"): shown,
        ("datetime", "date"): shown,
        ("datetime", "timedelta"): shown,
        ("decimal", "Decimal"): shown,
        ("fractions", "Fraction"): shown,
        ("uuid", "UUID"): shown,
    },
    enter=enter,
    instance=instance,
    stranger=stranger,
    leaves_out=leaves_out,
    trimmed=trimmed,
    most_objects=sys.maxsize,
    most_bytes=sys.maxsize,
)
