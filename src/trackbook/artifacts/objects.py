"""Bytes by their hash: each content is kept once, and never changes."""

from __future__ import annotations

import os
import re
import secrets
import time
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from trackbook.errors import Damaged, Misused, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX = "b3-"
DIGEST = re.compile(r"b3-[0-9a-f]{64}")
CHUNK_BYTES = 1 << 20
UNFINISHED = ".part"
TRIES = 2


class Kept(NamedTuple):
    """What was kept."""

    digest: str
    """`b3-` and the BLAKE3 of the bytes, in hexadecimal digits."""
    size_bytes: int


class Artifacts:
    """One project's files by their content: `objects/ab/<hex>`.

    A file is copied, never linked: a hard link would change with the user's file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "objects"

    def keep(self, file: Path) -> Kept:
        """Return the digest of a file, whose bytes are safely kept from now on.

        Raises:
            NotFound: there is no such file
            Misused: it is no regular file, or somebody is still writing to it
        """
        if not file.exists():
            raise NotFound(f"no file {str(file)!r} to keep as an artifact")
        if not file.is_file():
            raise Misused(f"{str(file)!r} is not a regular file: an artifact is one file")
        for _ in range(TRIES):
            part = self._unfinished()
            try:
                kept = copied(file, part)
                if kept is not None:
                    self._settle(part, kept.digest)
                    return kept
            finally:
                part.unlink(missing_ok=True)
        raise Misused(f"{str(file)!r} changes while it is read: keep it when it is whole")

    def open(self, digest: str) -> BinaryIO:
        """Return the kept bytes as a file to read; not checked against their digest."""
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError:
            raise NotFound(f"no artifact {digest} in {self.folder}") from None

    def copy_to(self, digest: str, path: Path) -> None:
        """Write the kept bytes to a path, where nothing appears unless they are whole.

        Raises:
            Damaged: the bytes are no longer those that were kept
        """
        part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}{UNFINISHED}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.open(digest) as source, part.open("xb") as target:
                found = poured(source, target)
            if found.digest != digest:
                raise Damaged(
                    f"artifact {digest} is damaged: its bytes now are {found.digest};"
                    f" nothing was written to {str(path)!r}"
                )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def is_whole(self, digest: str) -> bool:
        """Tell whether the kept bytes are there, and still those that were kept."""
        from blake3 import blake3

        hasher = blake3()
        try:
            with self.open(digest) as source:
                while chunk := source.read(CHUNK_BYTES):
                    hasher.update(chunk)
        except NotFound:
            return False
        return PREFIX + hasher.hexdigest() == digest

    def size_of(self, digest: str) -> int:
        """Return how many bytes are kept under a digest; 0 where there are none."""
        try:
            return self._place(digest).stat().st_size
        except FileNotFoundError:
            return 0

    def age_s(self, digest: str) -> float:
        """Return the seconds since these bytes were last kept, by whichever run."""
        try:
            return time.time() - self._place(digest).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def remove(self, digest: str, *, older_than_s: float = 0.0) -> int:
        """Return how many bytes became free by forgetting a content.

        Nothing, where a run has kept the same bytes within the last `older_than_s`.
        """
        place, gone = self._place(digest), self._unfinished()
        try:
            place.rename(gone)
        except FileNotFoundError:
            return 0
        # Out of reach now: whoever kept these bytes until here has touched them, and
        # whoever keeps them from now on does not find them and writes them anew.
        facts = gone.stat()
        if time.time() - facts.st_mtime < older_than_s:
            gone.replace(place)
            return 0
        if os.name == "nt":
            gone.chmod(0o644)  # Windows does not delete what is read-only
        gone.unlink()
        return facts.st_size

    def digests(self) -> Iterator[str]:
        """Yield the digest of everything that is kept."""
        for place in self.folder.glob("??/*"):
            if DIGEST.fullmatch(PREFIX + place.name):
                yield PREFIX + place.name

    def clear_unfinished(self, *, older_than_s: float = 86_400) -> int:
        """Return the bytes freed by removing copies whose process died over them."""
        freed = 0
        for part in self.folder.glob(f"*{UNFINISHED}"):
            facts = part.stat()
            if time.time() - facts.st_mtime > older_than_s:
                part.unlink(missing_ok=True)
                freed += facts.st_size
        return freed

    def _place(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise Misused(
                f"{digest!r} is no digest: one looks like b3- and 64 hexadecimal digits"
            )
        name = digest.removeprefix(PREFIX)
        return self.folder / name[:2] / name

    def _unfinished(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{secrets.token_hex(8)}{UNFINISHED}"

    def _settle(self, part: Path, digest: str) -> None:
        """Give whole bytes their name, at which they appear all at once."""
        place = self._place(digest)
        try:
            os.utime(
                place
            )  # kept again: whoever frees unused bytes sees that they are wanted
        except FileNotFoundError:
            place.parent.mkdir(exist_ok=True)
            part.chmod(0o444)
            part.replace(place)
            sync_folder(place.parent)


def copied(file: Path, part: Path) -> Kept | None:
    """Return what was copied; None when the file changed under way."""
    with file.open("rb") as source:
        before = os.fstat(source.fileno())
        with part.open("xb") as target:
            kept = poured(source, target)
            target.flush()
            os.fsync(target.fileno())
        after = os.fstat(source.fileno())
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return kept if same and kept.size_bytes == after.st_size else None


def poured(source: BinaryIO, target: BinaryIO) -> Kept:
    """Copy all bytes, and return their digest and how many they were."""
    from blake3 import blake3

    hasher, size_bytes = blake3(), 0
    while chunk := source.read(CHUNK_BYTES):
        hasher.update(chunk)
        target.write(chunk)
        size_bytes += len(chunk)
    return Kept(PREFIX + hasher.hexdigest(), size_bytes)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut, where the system can promise it."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
