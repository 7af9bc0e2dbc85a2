"""Finds the end of the arrays that joblib writes in the middle of a pickle.

Behind the state of each `NumpyArrayWrapper` stand one byte, that many bytes of padding and the
array; or, where it holds Python objects, a pickle of its own. A reader who gets the length of
one wrong reads other opcodes than joblib does: what is not exactly known is inconclusive.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from trackbook.scan.allowed import is_dangerous, last_names
from trackbook.scan.dtypes import count_of, size_of
from trackbook.scan.limits import Unclear
from trackbook.scan.machine import Machine
from trackbook.scan.values import Made

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk

LONGEST_PADDING = 16
FIELDS = ("subclass", "shape", "order", "dtype", "allow_mmap")
ALIGNMENT = "numpy_array_alignment_bytes"


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
        # The two readers fill the memo differently: to pickle.load the `numpy` of an honest
        # `numpy.dtype` may be any text. So a name that is allowed in some module is no alarm.
        if is_dangerous(full) or full.rpartition(".")[2] not in last_names():
            machine.tell_unlisted(full)


def quiet(desk: Desk) -> Desk:
    """Return a desk that spends from the same budget and keeps its findings to itself."""
    return type(desk)(desk.budget, desk.look, allow=desk.allow, mask=desk.mask)
