"""Laws: any bytes are scanned without raising, in time, and no name escapes that a pickle uses."""

from __future__ import annotations

import io
import pickle
import tempfile
from pathlib import Path
from time import monotonic

import pytest
from benign_models import FILES as BENIGN
from hostile_files import FILES
from hostile_pickles import PICKLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackbook.scan import Limits, Scan, scan_file

QUICK = Limits(seconds=2, ops=100_000, unpacked_bytes=8 << 20, free_bytes=1 << 20)
often = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
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
    with tempfile.TemporaryDirectory() as folder:
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


class StandIn:
    """What a watched unpickler makes instead of anything that is named: it does nothing."""

    def __init__(self, *args, **names):
        pass

    def __call__(self, *args, **names):
        return StandIn()

    def __setstate__(self, state):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass

    def __setitem__(self, key, value):
        pass

    def __hash__(self):
        return 1


class Watched(pickle._Unpickler):
    """Unpickles with stand-ins for all that is named, and writes the names down."""

    def __init__(self, file):
        super().__init__(file)
        self.named = set()

    def find_class(self, module, name):
        # As the real one does it: names of Python 2 become those of today.
        if self.proto < 3:
            import _compat_pickle as old

            if (module, name) in old.NAME_MAPPING:
                module, name = old.NAME_MAPPING[module, name]
            else:
                module = old.IMPORT_MAPPING.get(module, module)
        self.named.add(f"{module}.{name}")
        return StandIn

    def persistent_load(self, what):
        raise pickle.UnpicklingError


def names_used(raw):
    """Return what the standard library's unpickler takes from modules, making nothing of it."""
    unpickler = Watched(io.BytesIO(raw))
    # Whatever stops it, what it took before that is what counts.
    with pytest.raises(BaseException):  # noqa: B017, PT011
        unpickler.load()
        raise EOFError
    return unpickler.named


PLAIN = [raw for raw, _ in SAMPLES if raw[:1] in b"\x80c(" and len(raw) < 5000 and raw]


@often
@given(st.sampled_from(PLAIN), edits)
def test_no_name_escapes_that_the_unpickler_uses(raw, changes):
    raw = mutated(raw, changes)
    # One opcode makes bytes of any length: the unpickler would, the scanner does not.
    used = set() if b"\x96" in raw else names_used(raw)
    harmful = used & {"os.system", "posix.system", "builtins.eval", "subprocess.Popen"}
    if harmful:
        scan = scanned(raw, "m.pkl")
        assert not scan.is_safe


@often
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
), st.integers(0, 5))  # fmt: skip
def test_plain_values_are_safe_in_every_protocol(value, protocol):
    assert scanned(pickle.dumps(value, protocol), "m.pkl").findings == ()
