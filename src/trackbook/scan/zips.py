"""Scans zip archives and everything in them: npz, torch, keras, skops, Office, plain ones."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING

from trackbook.scan.keras import scan_keras_config
from trackbook.scan.limits import Unclear
from trackbook.scan.paths import fold, trick_in
from trackbook.scan.reader import Blob
from trackbook.scan.skops import scan_schema
from trackbook.scan.unwrap import CHUNK, temporary

if TYPE_CHECKING:
    from typing import BinaryIO

    from trackbook.scan.desk import Desk
    from trackbook.scan.limits import Budget

ENCRYPTED = 1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
MOST_DIRECTORY = 1 << 24
END = b"PK\x05\x06"
END_BYTES = 22
MOST_COMMENT = 0xFFFF
END64 = b"PK\x06\x06"
END64_BYTES = 76
"""The end record of large archives, and what points to it."""
TOO_LARGE = 0xFFFFFFFF


def scan_zip(blob: Blob, desk: Desk) -> str:
    """Scan a zip archive and its members; return what kind of one it is."""
    check_directory(blob)
    with zipfile.ZipFile(blob.file) as archive:
        members = archive.infolist()
        desk.budget.spend(len(members))
        kind = kind_of_zip([member.filename for member in members])
        desk.kind(blob, kind)
        check_names(blob, members, desk)
        if kind == "office":
            scan_office(blob, members, desk)
        for member in members:
            scan_member(blob, archive, member, kind, desk)
        return kind


def check_directory(blob: Blob) -> None:
    """Raise if the list of members does not stand where every reader looks for it."""
    end = blob.size - END_BYTES
    tail = bytes_at(blob, end, END_BYTES)
    if not tail.startswith(END):
        raise Unclear("is a zip with a comment, or with bytes behind its end")
    size, offset = (
        int.from_bytes(tail[12:16], "little"),
        int.from_bytes(tail[16:20], "little"),
    )
    large = bytes_at(blob, end - END64_BYTES, END64_BYTES)
    if large.startswith(END64):
        end -= END64_BYTES
        told = (
            int.from_bytes(large[40:48], "little"),
            int.from_bytes(large[48:56], "little"),
        )
        if (size, offset) != told and TOO_LARGE not in {size, offset}:
            raise Unclear("is a zip with two lists of members")
        size, offset = told
    if size > MOST_DIRECTORY:
        raise Unclear("is a zip with an enormous list of members")
    if offset + size != end:
        raise Unclear("is a zip with bytes before its beginning")


def bytes_at(blob: Blob, at: int, count: int) -> bytes:
    """Return bytes at an offset; none where the blob is too short."""
    if at < 0:
        return b""
    blob.file.seek(at)
    return blob.file.read(count)


def kind_of_zip(names: list[str]) -> str:
    """Return what a zip with such members is."""
    last = {name.rpartition("/")[2] for name in names}
    if "schema.json" in names:
        return "skops"
    if "data.pkl" in last or "constants.pkl" in last:
        return "torch"
    if "config.json" in names and ("model.weights.h5" in names or "metadata.json" in names):
        return "keras"
    if "[Content_Types].xml" in names:
        return "office"
    return "npz" if names and all(name.endswith(".npy") for name in names) else "zip"


def check_names(blob: Blob, members: list[zipfile.ZipInfo], desk: Desk) -> None:
    """Tell of names that are there twice, or that differ in case only, or lead elsewhere."""
    seen: dict[str, str] = {}
    for member in members:
        name = member.filename
        trick = trick_in(name)
        if trick:
            desk.error(f"{blob.path}!{name}", "path-trick", trick)
        if member.orig_filename != name and member.orig_filename.replace("\\", "/") != name:
            desk.error(
                f"{blob.path}!{name}", "path-trick", "has a name that ends at a zero byte"
            )
        if is_special(member):
            desk.error(
                f"{blob.path}!{name}", "link", "is a link or a special file in an archive"
            )
        if fold(name) in seen:
            desk.error(
                f"{blob.path}!{name}",
                "duplicate-name",
                "is there twice: readers differ in which one they take",
            )
        seen[fold(name)] = name


def is_special(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is a link, a pipe or the like."""
    return stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}


def scan_member(
    blob: Blob, archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: str, desk: Desk
) -> None:
    """Scan one member."""
    path = f"{blob.path}!{member.filename}"
    name = member.filename.rpartition("/")[2]
    if member.is_dir() and not member.file_size:
        return
    with temporary() as file:
        try:
            size = copy_member(archive, member, file, desk.budget)
        except Unclear as fault:
            desk.unclear(path, str(fault))
            return
        inner = Blob(path, name, file, size, blob.depth + 1, kind)
        if kind == "torch" and is_tensor(member.filename, archive):
            return
        if kind == "skops" and member.filename == "schema.json":
            scan_schema(inner, desk)
        if kind == "keras" and member.filename == "config.json":
            scan_keras_config(inner.whole(desk.budget.limits.json_bytes), path, desk)
        desk.look(inner, desk)


def is_tensor(name: str, archive: zipfile.ZipFile) -> bool:
    """Tell whether a member of a torch file holds the bare numbers of a tensor."""
    folder, _, last = name.rpartition("/")
    is_data = folder.rpartition("/")[2] == "data" and last.isdecimal()
    return is_data and f"{folder}.pkl" in archive.NameToInfo


def copy_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: BinaryIO, budget: Budget
) -> int:
    """Unpack one member into a file within the budget; return how many bytes it has."""
    if member.flag_bits & ENCRYPTED:
        raise Unclear("is encrypted")
    if member.compress_type not in METHODS:
        raise Unclear(
            f"is compressed by a method (number {member.compress_type}) not known here"
        )
    total = 0
    with archive.open(member) as source:
        while piece := source.read(CHUNK * 16):
            total += len(piece)
            budget.grow(len(piece), total, member.compress_size)
            to.write(piece)
    if total != member.file_size:
        raise Unclear("is shorter than the archive says")
    return total


def scan_office(blob: Blob, members: list[zipfile.ZipInfo], desk: Desk) -> None:
    """Tell of macros in an Office document."""
    for member in members:
        if "vbaproject" in member.filename.lower() or "activex" in member.filename.lower():
            desk.error(f"{blob.path}!{member.filename}", "macro", "is an Office macro")


def ends_as_zip(blob: Blob) -> bool:
    """Tell whether a blob of another kind ends with the end of a zip: many readers look there."""
    start = max(0, blob.size - END_BYTES - MOST_COMMENT)
    tail = bytes_at(blob, start, blob.size - start)
    at = tail.rfind(END)
    length = int.from_bytes(tail[at + END_BYTES - 2 : at + END_BYTES], "little")
    return at >= 0 and at + END_BYTES + length == len(tail)
