"""Finds the end of the arrays that joblib writes in the middle of a pickle.

Behind the state of each `NumpyArrayWrapper` stand one byte, that many bytes of padding and the
array; or, where it holds Python objects, a pickle of its own. A reader who gets the length of
one wrong reads other opcodes than joblib does: what is not exactly known is inconclusive.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from trackbook.scan.allowed import is_dangerous
from trackbook.scan.limits import Unclear
from trackbook.scan.machine import Machine
from trackbook.scan.values import Made, Name

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk

CODE = re.compile(r"([biufcmMOSaUV])([0-9]{1,9})")
WITH_LENGTH = "SaUV"
HAS_OBJECTS = 1
"""The bit in the flags of a dtype that says so."""
LONGEST_PADDING = 16
FIELDS = ("subclass", "shape", "order", "dtype", "allow_mmap")
ALIGNMENT = "numpy_array_alignment_bytes"
MOST_NESTING = 8
FLAGS_AT = 7
"""Where in the state of a structured dtype its flags are."""


def read_array(machine: Machine, wrapper: Made) -> None:
    """Move past the array behind a wrapper, or through the pickle that stands for it."""
    if machine.frame_end and machine.reader.at < machine.frame_end:
        raise Unclear("has an array of joblib inside a frame")
    machine.frame_end = 0
    state = wrapper.state
    if not isinstance(state, dict) or any(name not in state for name in FIELDS):
        raise Unclear("has an array of joblib that does not say its shape and type")
    size, objects = size_of(state["dtype"])
    if objects:
        nested(machine)
    else:
        skip(
            machine,
            count_of(state["shape"]) * size,
            padded=state.get(ALIGNMENT) is not None,
        )
    machine.stack[-1] = Made("numpy.ndarray")


def skip(machine: Machine, size: int, *, padded: bool) -> None:
    """Move past the numbers of an array."""
    reader = machine.reader
    if padded:
        # Plain pickle.load would go on with these bytes as opcodes: no opcode is below 17.
        padding = reader.byte()
        if padding > LONGEST_PADDING:
            raise Unclear("has an array of joblib with padding that joblib does not write")
        reader.skip(padding)
    elif size:
        plainly(machine)
    if size > reader.left:
        raise Unclear("promises an array larger than the file")
    reader.skip(size)


def nested(machine: Machine) -> None:
    """Follow the pickle of an array of objects, as joblib does and as pickle.load would."""
    plainly(machine)
    inner = Machine(machine.reader, machine.desk, machine.path)
    inner.run()
    machine.unlisted += inner.unlisted


def plainly(machine: Machine) -> None:
    """Tell of harm in what pickle.load would do with the bytes that joblib takes for an array."""
    twin = Machine(machine.reader.twin(), quiet(machine.desk), machine.path)
    twin.stack, twin.marks = list(machine.stack), [list(part) for part in machine.marks]
    twin.memo, twin.proto = dict(machine.memo), machine.proto
    twin.names = dict(machine.names)
    with suppress(Unclear):  # pickle.load ends there too: what it did before is what counts
        twin.run()
    for full in twin.unlisted:
        if is_dangerous(full):
            machine.tell_unlisted(full)


def quiet(desk: Desk) -> Desk:
    """Return a desk that spends from the same budget and keeps its findings to itself."""
    return type(desk)(desk.budget, desk.look, allow=desk.allow, mask=desk.mask)


def count_of(shape: object) -> int:
    """Return how many items an array of a shape has."""
    if not isinstance(shape, tuple):
        raise Unclear("has an array whose shape is not written out")
    numbers = [
        n for n in shape if isinstance(n, int) and not isinstance(n, bool) and n >= 0
    ]
    if len(numbers) != len(shape):
        raise Unclear("has an array whose shape is not written out")
    return math.prod(numbers)


def size_of(dtype: object, depth: int = 0) -> tuple[int, bool]:
    """Return how many bytes an item of a dtype has, and whether it holds Python objects."""
    if not isinstance(dtype, Made) or dtype.full != "numpy.dtype" or depth > MOST_NESTING:
        raise Unclear("has an array whose type is not written out")
    code = dtype.args[0] if isinstance(dtype.args, tuple) and dtype.args else None
    match = CODE.fullmatch(code) if isinstance(code, str) else None
    state = dtype.state
    if match is None or not (state is None or isinstance(state, tuple)):
        raise Unclear("has an array whose type is not written out")
    letter, size = match[1], int(match[2])
    structured = isinstance(state, tuple) and any(part is not None for part in state[2:5])
    if not structured:
        check_length(state, letter, size)
        return size * 4 if letter == "U" else size, letter == "O"
    if letter != "V" or not isinstance(state, tuple):
        raise Unclear("has an array of a type with parts that such a type cannot have")
    return size, structured_objects(state, size, depth)


def check_length(state: object, letter: str, size: int) -> None:
    """Raise if the state of a dtype says another length than its name."""
    if not isinstance(state, tuple) or letter not in WITH_LENGTH:
        return
    told = state[5] if len(state) > 5 else -1  # noqa: PLR2004  where numpy writes it
    if told not in {-1, size * 4 if letter == "U" else size}:
        raise Unclear("has an array whose type says two lengths")


def structured_objects(state: tuple[object, ...], size: int, depth: int) -> bool:
    """Tell whether a dtype with fields, of which this is the state, holds Python objects."""
    subarray, _, fields = state[2:5]
    if subarray is not None or not isinstance(fields, dict) or len(state) <= FLAGS_AT:
        raise Unclear("has an array whose type is not written out")
    flags = state[FLAGS_AT]
    within = any(objects_in(field, depth) for field in fields.values())
    if (
        not isinstance(flags, int)
        or bool(flags & HAS_OBJECTS) != within
        or state[5] != size
    ):
        raise Unclear("has an array whose type contradicts itself")
    return within


def objects_in(field: object, depth: int) -> bool:
    """Tell whether one field, a dtype and its offset, holds Python objects."""
    if not isinstance(field, tuple) or not field or isinstance(field[0], Name):
        raise Unclear("has an array whose type is not written out")
    return size_of(field[0], depth + 1)[1]
