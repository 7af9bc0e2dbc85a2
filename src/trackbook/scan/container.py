"""Whether a zip archive is a plain box: what is wrong with it before anything is taken out."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear
from trackbook.scan.paths import fold, trick_in
from trackbook.scan.reader import Blob
from trackbook.scan.zips import check_directory, is_special

if TYPE_CHECKING:
    from typing import BinaryIO

UTF8_NAMES = 0x800


def wrong_in_box(file: BinaryIO, size: int) -> str:
    """Return what is wrong with an archive as a box of plain files; empty for nothing.

    Nothing is unpacked. In a plain box no file is packed, linked, hidden, there twice, or
    leads elsewhere, and all of them together are no larger than the box.
    """
    try:
        check_directory(Blob("bundle", "bundle", file, size, 0, ""))
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except Unclear as fault:
        return str(fault)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OSError,
        struct.error,
    ) as error:
        return f"is no zip archive ({error})"
    found = next((said for one in members if (said := wrong_with(one))), "")
    if found:
        return found
    names = [fold(one.filename) for one in members]
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        return f"holds {twice!r} twice"
    if sum(one.file_size for one in members) > size:
        return "holds more than it is large: a decompression bomb"
    return ""


def wrong_with(member: zipfile.ZipInfo) -> str:
    """Return what is wrong with one file of a plain box."""
    name = member.filename
    trick = trick_in(name)
    checks = {
        f"has a file {name!r} that {trick}": bool(trick),
        f"has a file {name!r} with two names": member.orig_filename != name,
        f"has a folder {name!r} in place of a file": member.is_dir(),
        f"has {name!r}, which is a link or no file": is_special(member),
        f"has {name!r} encrypted or marked": bool(member.flag_bits & ~UTF8_NAMES),
        f"has {name!r} packed": member.compress_type != zipfile.ZIP_STORED
        or member.compress_size != member.file_size,
    }
    return next((words for words, is_so in checks.items() if is_so), "")
