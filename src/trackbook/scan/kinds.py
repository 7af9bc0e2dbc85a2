"""Tells what a file is by its first bytes, and what its name says that it is."""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trackbook.scan.reader import Blob

MAGIC: list[tuple[bytes, str]] = [
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"), (b"\x93NUMPY", "npy"), (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"GGUF", "gguf"),
    (b"\x7fELF", "elf"), (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"),
    (b"\xce\xfa\xed\xfe", "macho"), (b"\xcf\xfa\xed\xfe", "macho"), (b"\xca\xfe\xba\xbe", "macho"),
    (b"\xca\xfe\xba\xbf", "macho"), (b"\x00asm", "wasm"), (b"dex\n", "dex"),
    (b"\xac\xed\x00\x05", "java"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"#!", "script"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"), (b"%PDF", "pdf"), (b"PAR1", "parquet"), (b"ARROW1", "arrow"),
    (b"SQLite format 3\x00", "sqlite"), (b"CBM1", "catboost"), (b"!<arch>\n", "ar"),
    (b"ZF0x", "zfile"), (b"RDX", "r"),
    (b"\0\0\0\1Bud1", "finder"), (b"RIFF", "riff"), (b"ORC", "orc"), (b"Obj\x01", "avro"),
]  # fmt: skip
INERT = frozenset(
    {
        "png",
        "jpeg",
        "gif",
        "parquet",
        "arrow",
        "empty",
        "ubjson",
        "catboost",
        "finder",
        "riff",
        "orc",
        "avro",
    }
)
"""Kinds that hold data only."""
ENDINGS: dict[str, frozenset[str]] = {
    ".npz": frozenset({"zip", "npz"}), ".npy": frozenset({"npy"}),
    ".safetensors": frozenset({"safetensors"}), ".skops": frozenset({"skops"}),
    ".h5": frozenset({"hdf5"}), ".hdf5": frozenset({"hdf5"}), ".keras": frozenset({"keras"}),
    ".onnx": frozenset({"onnx"}), ".gguf": frozenset({"gguf"}),
    ".json": frozenset({"json", "text"}), ".ubj": frozenset({"ubjson"}),
    ".txt": frozenset({"text", "json"}), ".md": frozenset({"text"}), ".csv": frozenset({"text"}),
    ".yaml": frozenset({"text", "json"}), ".yml": frozenset({"text", "json"}),
    ".toml": frozenset({"text"}), ".py": frozenset({"text", "script"}),
    ".ipynb": frozenset({"json"}), ".png": frozenset({"png"}), ".jpg": frozenset({"jpeg"}),
    ".jpeg": frozenset({"jpeg"}), ".gif": frozenset({"gif"}), ".parquet": frozenset({"parquet"}),
    ".zip": frozenset({"zip"}), ".gz": frozenset({"gzip"}), ".bz2": frozenset({"bz2"}),
    ".xz": frozenset({"xz"}), ".tar": frozenset({"tar"}), ".sql": frozenset({"text"}),
    ".pkl": frozenset({"torch", "pickle", "gzip", "zlib", "bz2", "xz", "lzma"}),
    ".pickle": frozenset({"pickle", "gzip", "zlib", "bz2", "xz", "lzma"}),
    ".joblib": frozenset({"pickle", "gzip", "zlib", "bz2", "xz", "lzma"}),
    ".pt": frozenset({"torch", "pickle", "safetensors"}),
    ".pth": frozenset({"torch", "pickle", "safetensors"}),
}  # fmt: skip
"""What a file with an ending may be; any other kind is a finding."""
PICKLED = (".pkl", ".pickle", ".joblib", ".p", ".dill", ".cloudpickle")
PROTO = 0x80
NEWEST_PROTO = 5
MOST_IR = 32
"""The newest version of ONNX's format that is believed, with some to come."""
ONNX_FIELDS = frozenset(
    bytes([key]) for key in (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72, 0xA2, 0xCA)
)
TAR_MAGIC = slice(257, 262)
PE_AT = 0x3C
PYC_MAGIC = slice(2, 4)
UBJSON = b"iUIlLdDSCTFZNH[{$#}"
HEADER_AT = 8
LONGEST_WORD = 32
"""Of JSON: a number, true, false or null."""


def kind_of(blob: Blob) -> str:
    """Return what a blob is, in one word: by its bytes, its name only decides between texts."""
    head = blob.head()
    if not head:
        return "empty"
    by_magic = next((kind for magic, kind in MAGIC if head.startswith(magic)), "")
    return by_magic or binary_of(head, blob) or text_of(head, blob)


def binary_of(head: bytes, blob: Blob) -> str:
    """Return the kind of a binary without a magic number at its start, or nothing."""
    ending = suffix(blob.name)
    found = {
        "pickle": head[0] == PROTO and len(head) > 1 and head[1] <= NEWEST_PROTO,
        "tar": head[TAR_MAGIC] == b"ustar",
        "pe": is_pe(head, blob),
        "pyc": ending in {".pyc", ".pyo"} or (head[PYC_MAGIC] == b"\r\n" and b"\0" in head[:16]),
        "safetensors": is_safetensors(head),
        "zlib": is_zlib(head),
        "tensorflow": ending == ".pb",
        "onnx": ending == ".onnx" or is_onnx(head),
        "ubjson": head[:1] == b"{" and head[1:2] in {bytes([c]) for c in UBJSON}
        and b"\0" in head,
    }  # fmt: skip
    return next((kind for kind, is_so in found.items() if is_so), "")


def is_pe(head: bytes, blob: Blob) -> bool:
    """Tell whether this is a program for Windows or DOS."""
    if head[:2] != b"MZ":
        return False
    at = int.from_bytes(head[PE_AT : PE_AT + 4], "little")
    blob.file.seek(min(at, blob.size))
    return blob.file.read(2) in {b"PE", b"NE", b"LE"} or b"\0" in head[:64]


def is_safetensors(head: bytes) -> bool:
    """Tell whether the first eight bytes can be the length of a JSON header behind them."""
    length = int.from_bytes(head[:HEADER_AT], "little")
    return (
        head[HEADER_AT : HEADER_AT + 1] == b"{" and length > 1 and b"\0" in head[:HEADER_AT]
    )


def is_zlib(head: bytes) -> bool:
    """Tell whether this can be unpacked by zlib, which can be made to look like a text."""
    if head[:1] != b"x" or int.from_bytes(head[:2], "big") % 31:
        return False
    try:
        zlib.decompressobj().decompress(head, 64)
    except zlib.error:
        return False
    return True


def is_onnx(head: bytes) -> bool:
    """Tell whether this begins as an ONNX model: its version, then a field of a model."""
    version, field = head[1:2], head[2:3]
    return head[:1] == b"\x08" and field in ONNX_FIELDS and 0 < version[0] <= MOST_IR


def text_of(head: bytes, blob: Blob) -> str:
    """Return the kind of a text, or unknown where it is none."""
    if not printable(head):
        return "unknown"
    if JSON_START.match(head) is None:
        return "text"
    if suffix(blob.name) in {".json", ".ipynb"}:
        return "json"
    text = head.decode("utf-8", errors="ignore").lstrip("\ufeff \t\r\n")
    try:
        json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as fault:
        # The head may end within a JSON text; a fault before its end is one.
        cut = fault.pos >= len(text) - LONGEST_WORD or fault.msg.startswith("Unterminated")
        return "json" if cut and len(head) < blob.size else "text"
    except RecursionError:
        return "text"
    return "json"


def printable(head: bytes) -> bool:
    """Tell whether bytes are the beginning of a text."""
    if CONTROL.search(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as fault:
        # The head may end within a letter.
        return fault.start >= len(head) - 3
    return True


def suffix(name: str) -> str:
    """Return the ending of a file's name, with its dot, in small letters."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot >= 0 else ""


JSON_START = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*[\[{]")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
