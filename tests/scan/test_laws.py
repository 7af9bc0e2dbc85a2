"""Laws: any bytes are scanned without raising, in time, and no name escapes that a pickle uses."""

from __future__ import annotations

import pickle
import tempfile
import warnings
from pathlib import Path
from time import monotonic

from benign_models import FILES as BENIGN
from hostile_files import FILES
from hostile_pickles import PICKLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scan_bytecode import named, short, text
from watched import InC, InPython, names_used

from trackbook.scan import Limits, Scan, scan_file
from trackbook.scan.allowed import allowed_names, last_names

QUICK = Limits(seconds=2, ops=100_000, unpacked_bytes=8 << 20, free_bytes=1 << 20)
often = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
NAMES = [
    "m.pkl",
    "m.joblib",
    "m.bin",
    "m.onnx",
    "m.npy",
    "m.zip",
    "m.json",
    "m.pb",
    "m.tar",
]
STARTS = [
    b"", b"\x80\x04", b"PK\x03\x04", b"\x1f\x8b\x08", b"x\x9c", b"BZh9", b"\xfd7zXZ\x00",
    b"\x93NUMPY\x01\x00", b"GGUF\x03\0\0\0", b"\x08\x08\x3a", b"\x89HDF\r\n\x1a\n", b"{", b"cos\n",
    b"\x10\0\0\0\0\0\0\0{", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x5d\x00\x00", b"%PDF",
]  # fmt: skip


def scanned(raw, name):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(raw)
        begun = monotonic()
        scan = scan_file(file, limits=QUICK)
        assert monotonic() - begun < QUICK.seconds + 3
        return scan


def samples():
    """Return the bytes of all small samples that are one file."""
    found = [(write("touch marker"), name) for write, name, _ in PICKLES.values()]
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile does not like the samples
        for number, (name, write) in enumerate([*FILES.items(), *BENIGN.items()]):
            place = Path(folder) / str(number)
            place.mkdir()
            if isinstance(write, tuple):
                path = write[0](place, "touch marker")
            else:
                path = place / name
                write(path)
            if path.is_file() and path.stat().st_size < 50_000:
                found.append((path.read_bytes(), path.name))
    return found


SAMPLES = samples()
edits = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["set", "drop", "insert", "swell"]), st.binary(max_size=9)),
    min_size=1,
    max_size=6,
)  # fmt: skip


def mutated(raw, changes):
    for where, how, piece in changes:
        at = int(where * len(raw))
        if how == "set":
            raw = raw[:at] + piece + raw[at + len(piece) :]
        elif how == "drop":
            raw = raw[:at] + raw[at + 1 + len(piece) :]
        elif how == "swell":
            raw = raw[:at] + b"\xff" * len(piece) + raw[at + len(piece) :]
        else:
            raw = raw[:at] + piece + raw[at:]
    return raw


@often
@given(st.sampled_from(STARTS), st.binary(max_size=300), st.sampled_from(NAMES))
def test_any_bytes_are_scanned(start, rest, name):
    scan = scanned(start + rest, name)
    assert isinstance(scan, Scan)
    assert len(scan.files) >= 1 or not scan.is_safe


@often
@given(st.sampled_from(SAMPLES), edits)
def test_any_damaged_file_is_scanned(sample, changes):
    raw, name = sample
    assert isinstance(scanned(mutated(raw, changes), name), Scan)


PLAIN = [raw for raw, _ in SAMPLES if raw[:1] in b"\x80c(" and len(raw) < 5000 and raw]


@often
@given(st.sampled_from(PLAIN), edits)
def test_no_name_escapes_that_the_unpickler_uses(raw, changes):
    raw = mutated(raw, changes)
    # One opcode makes bytes of any length: the unpickler would, the scanner does not.
    used = set() if b"\x96" in raw else names_used(raw)
    if b"NumpyArrayWrapper" in raw:
        # For joblib's reader these are other names: of honest ones only the module may differ.
        used = {name for name in used if name.rpartition(".")[2] not in last_names()}
    if used - set(allowed_names()):
        assert not scanned(raw, "m.pkl").is_safe


OPCODES = [
    named("os", "system"), named("numpy", "dtype"), named("commands", "getoutput"), b"ios\nsystem\n",
    short("os"), short("system"), text("numpy"), b"Vdtype\n", b"U\x02os", b"S'system'\n", b"\x93",
    b"\x93", b"c", b"R", b"R", b"\x81", b"\x92", b"b", b"o", b"(", b"t", b")", b"\x85", b"\x86", b"\x87",
    b"}", b"]", b"N", b"K\x01", b"0", b"1", b"2", b"q\x00", b"q\x01", b"q\x02", b"h\x00", b"h\x01",
    b"h\x02", b"\x94", b"\x94", b"p0\n", b"g1\n", b"u", b"s", b"e", b"a", b"d", b"l", b"\x90", b"\x91",
    b"\x8f", b"\x80\x02", b"\x80\x04", b"\x95\x04" + bytes(7), b"\x95\x09" + bytes(7), b"C\x01a",
    b"I01\n", b"J\x01\0\0\0", b"L1L\n", b"F1\n", b"G" + bytes(8), b"\x8a\x01\x05", b"\x88", b".",
]  # fmt: skip


@often
@given(st.lists(st.sampled_from(OPCODES), max_size=24), st.sampled_from([InPython, InC]))
def test_no_name_escapes_out_of_a_soup_of_opcodes(opcodes, unpickler):
    raw = b"".join(opcodes) + b"."
    if names_used(raw, unpickler) - set(allowed_names()):
        assert not scanned(raw, "m.pkl").is_safe


@often
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
), st.integers(0, 5))  # fmt: skip
def test_plain_values_are_safe_in_every_protocol(value, protocol):
    assert scanned(pickle.dumps(value, protocol), "m.pkl").findings == ()
