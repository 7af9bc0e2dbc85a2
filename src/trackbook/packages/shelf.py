"""Where packages lie: each in a folder by its digest, which appears whole or not at all.

packages/ab/abcd…/        a package
packages/bytes/ab/abcd…   large files by their SHA-256, once; packages hold links to them
packages/.new-…/          being written; left behind where a process was killed
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from trackbook.artifacts import inside
from trackbook.errors import Misused, TrackbookError
from trackbook.packages.files import (
    AT_ONCE,
    copied,
    discard,
    is_alike,
    seal_of,
    settle,
    sync,
)
from trackbook.packages.manifest import DIGEST, NAME, Entry, digest_of, text_of
from trackbook.packages.verify import CHUNK_BYTES, sha256_of, sha256_of_pieces, verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from trackbook.packages.files import Pieces

LARGE_BYTES = 64 << 10
"""Files from this size on are kept once for all packages."""
UNFINISHED, SPOILT = ".new-", ".damaged-"


class Shelf:
    """A project's packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "packages"

    def place_of(self, digest: str) -> Path:
        """Return the folder of a package, whether or not it is there.

        Raises:
            Misused: it is no digest
        """
        if not DIGEST.fullmatch(digest):
            raise Misused(
                f"{digest[:70]!r} is no package digest: one has 64 hexadecimal digits"
            )
        return self.folder / digest[:2] / digest

    def digests(self) -> Iterator[str]:
        """Yield the digest of every package."""
        for place in self.folder.glob("??/*"):
            if DIGEST.fullmatch(place.name):
                yield place.name

    @contextlib.contextmanager
    def draft(self) -> Iterator[Draft]:
        """Give a folder to write a package into; what was not published of it is removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        folder = self.folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        folder.mkdir()
        try:
            with ThreadPoolExecutor(AT_ONCE) as beside:
                yield Draft(self, folder, beside)
        finally:
            discard(folder)

    def remove(self, digest: str, *, older_than_s: float = 0.0) -> int:
        """Return how many bytes became free by forgetting a package; large ones others have stay.

        Nothing, where it was written within the last `older_than_s`: whoever did that may
        not yet have said whose it is.
        """
        place = self.place_of(digest)
        try:
            if time.time() - (place / NAME).stat().st_mtime <= older_than_s:
                return 0
            # It is gone at once or not at all: what is half deleted would look spoilt.
            gone = self.folder / f"{UNFINISHED}{secrets.token_hex(8)}"
            place.rename(gone)
        except FileNotFoundError:
            return 0
        freed = 0
        for file in gone.rglob("*"):
            facts = file.stat(follow_symlinks=False)
            if file.is_symlink() or not file.is_file():
                continue
            if facts.st_nlink <= 1:
                freed += facts.st_size
            elif facts.st_nlink == 2:  # noqa: PLR2004  this one and the one kept for all
                freed += self._forget(sha256_of(file), facts.st_ino)
        discard(gone)
        return freed

    def _forget(self, digest: str, inode: int) -> int:
        """Return the bytes of what was kept for all packages and is no other's any more."""
        kept = self.folder / "bytes" / digest[:2] / digest
        try:
            facts = kept.stat()
            if facts.st_ino != inode:
                return 0
            kept.unlink()
        except FileNotFoundError:
            return 0
        return facts.st_size

    def clear_unfinished(self, *, older_than_s: float = 86_400) -> int:
        """Return how many packages were removed whose process died over them.

        Large bytes that no package holds any more are freed with them.
        """
        cleared = 0
        for folder in self.folder.glob(f"{UNFINISHED}*"):
            with contextlib.suppress(FileNotFoundError):  # published meanwhile
                if time.time() - folder.stat().st_mtime > older_than_s:
                    discard(folder)
                    cleared += 1
        for kept in self.folder.glob("bytes/??/*"):
            with contextlib.suppress(FileNotFoundError):
                facts = kept.stat()
                if facts.st_nlink == 1 and time.time() - facts.st_mtime > older_than_s:
                    kept.unlink()
        return cleared

    def kept_once(self, file: Path, digest: str) -> None:
        """Let a large file share its bytes with what other packages have alike."""
        kept = self.folder / "bytes" / digest[:2] / digest
        kept.parent.mkdir(parents=True, exist_ok=True)
        file.chmod(0o444)
        try:
            os.link(file, kept)
        except FileExistsError:
            self._share(kept, file, digest)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise

    def _share(self, kept: Path, file: Path, digest: str) -> None:
        """Replace a file by a link to the same bytes; those that were spoilt, by the file."""
        other = file.with_name(f".{secrets.token_hex(8)}")
        try:
            # Linked first: from now on the bytes that are looked at are those that are used.
            os.link(kept, other)
            if sha256_of(other) == digest:
                other.replace(file)
            else:
                os.link(file, other.with_suffix(".new"))
                other.with_suffix(".new").replace(kept)
        except FileNotFoundError:
            return  # cleared away meanwhile: the file stays what it is, whole
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
        finally:
            other.unlink(missing_ok=True)


class Draft:
    """A package while it is written; what takes long is done beside, in other threads."""

    def __init__(self, shelf: Shelf, folder: Path, beside: ThreadPoolExecutor) -> None:
        self.shelf = shelf
        self.folder = folder
        self.beside = beside
        self.sizes: dict[str, int] = {}
        """Of the files that were written so far, by their paths."""
        self._digests: dict[str, Future[str]] = {}
        self._seals: dict[str, tuple[int, ...]] = {}
        """What large files looked like once they were written, before they were hashed."""
        self._ahead: dict[str, tuple[tuple[int, ...], Future[str]]] = {}
        """Digests of files that are not entered yet, and what these looked like."""
        self._safe: list[Future[None]] = []
        self._folders = {folder}

    @property
    def entries(self) -> list[Entry]:
        """The files as the manifest lists them, once their bytes are hashed."""
        return [
            Entry(path, size, self._digests[path].result())
            for path, size in self.sizes.items()
        ]

    def text(self, path: str, text: str) -> None:
        """Write a text as a file, in UTF-8 with line feeds."""
        # Half of a surrogate pair becomes an escape, which is what JSON has for it.
        self.bytes(path, text.encode("utf-8", "backslashreplace"))

    def bytes(self, path: str, content: bytes) -> None:
        """Write bytes as a file."""
        place, path = self._new(path)
        with place.open("xb") as target:
            target.write(content)
        self.sizes[path] = len(content)
        self._digests[path] = found = Future[str]()
        found.set_result(sha256(content).hexdigest())

    def copy(self, path: str, source: Path) -> None:
        """Copy a file, and compare the copy with it.

        Raises:
            Misused: it is no regular file, or changes meanwhile
        """
        if not source.is_file():
            raise Misused(
                f"{str(source)!r} is no regular file: it cannot go into a package"
            )
        place, path = self._new(path)
        with source.open("rb", buffering=0) as origin:
            before = os.fstat(origin.fileno())
            copied(origin, place)
            same = is_alike(origin, place)
            after = os.fstat(origin.fileno())
        changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
        if changed or not same:
            raise Misused(
                f"{str(source)!r} changes while it is read: package it when whole"
            )
        self._enter(path, place)

    def stream(self, path: str, source: BinaryIO) -> None:
        """Write what comes out of an open file, to its end."""
        place, path = self._new(path)
        with place.open("xb") as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
        self._enter(path, place)

    def hash_ahead(self, under: str, known: Mapping[str, Pieces]) -> None:
        """Begin to hash the files in a folder, which are written, and will be adopted.

        Where their bytes are known, these are hashed: what is found on the disk later has to be
        just what was to be written.
        """
        for file in (self.folder / under).iterdir():
            if file.is_file() and not file.is_symlink():
                file.chmod(0o444)
                path, seal = file.relative_to(self.folder).as_posix(), seal_of(file)
                if file.name in known:
                    digest = self.beside.submit(sha256_of_pieces, known[file.name])
                else:
                    digest = self.beside.submit(sha256_of, file)
                self._ahead[path] = seal, digest

    def adopt(self, under: str) -> None:
        """Enter the files that somebody else, a model's library, wrote into a folder."""
        for file in sorted((self.folder / under).rglob("*")):
            path = file.relative_to(self.folder).as_posix()
            if file.is_symlink() or not (file.is_file() or file.is_dir()):
                raise Misused(f"{path!r} is no regular file: it cannot go into a package")
            if file.is_file() and path not in self.sizes:
                self._enter(inside(path), file)

    def publish(self) -> tuple[str, Path]:
        """Return the package's digest and its folder, where it now lies, whole and safe.

        A package of the same digest that is there already is kept, if it is sound.
        """
        entries = self.entries
        digest = digest_of(entries)
        for entry in entries:
            if entry.size_bytes >= LARGE_BYTES:
                self.shelf.kept_once(self.folder / PurePosixPath(entry.path), entry.sha256)
        with (self.folder / NAME).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text_of(entries))
        # While the disk takes the bytes, they are read back and looked at.
        self._safe.append(self.beside.submit(settle, self.folder))
        verify(self.folder, digest, known=self._known())
        for one in self._safe:
            one.result()
        place = self.shelf.place_of(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._appear(place, digest)
        sync(place.parent)
        sync(self.shelf.folder)
        return digest, place

    def _appear(self, place: Path, digest: str) -> None:
        for _ in range(2):
            try:
                self.folder.rename(place)
            except OSError as error:
                if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.EACCES}:
                    raise
            else:
                return
            try:
                verify(place, digest)
            except TrackbookError:
                # What was spoilt is put aside, not deleted: somebody may want to look at it.
                aside = self.shelf.folder / f"{SPOILT}{digest[:12]}-{secrets.token_hex(4)}"
                with contextlib.suppress(FileNotFoundError):
                    place.rename(aside)
            else:
                return
        raise Misused(f"package {digest[:12]} is written by somebody else: try again")

    def _new(self, path: str) -> tuple[Path, str]:
        path = inside(path)
        alike = {known.casefold() for known in self.sizes} | {NAME}
        if path.casefold() in alike:
            raise Misused(f"a package cannot hold two files named {path!r}")
        place = self.folder / PurePosixPath(path)
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        return place, path

    def _enter(self, path: str, file: Path) -> None:
        """Enter a file that was written, by its bytes."""
        self.sizes[path] = file.stat().st_size
        if self.sizes[path] >= LARGE_BYTES:
            file.chmod(0o444)
            self._seals[path] = seal_of(file)
            self._safe.append(self.beside.submit(sync, file))
        seal, digest = self._ahead.pop(path, ((), None))
        if digest is None or seal != seal_of(file):
            digest = self.beside.submit(sha256_of, file)
        self._digests[path] = digest

    def _known(self) -> set[str]:
        """Return the large files that nobody touched since they were written."""
        return {
            path
            for path, seal in self._seals.items()
            if seal_of(self.folder / PurePosixPath(path)) == seal
        }


NO_LINKS = {
    errno.EPERM,
    errno.EXDEV,
    errno.EMLINK,
    errno.ENOTSUP,
    errno.ENOSYS,
    errno.EACCES,
}
"""What systems answer that have no links between files, or no more of them for this one."""
