"""Keeps the user's files as they are while cells are executed again, in whatever way they write.

The text of this file is executed in the fresh kernel, which may lack trackbook: it needs
nothing but Python. Two guards stand behind each other. Python tells of each `open` for
writing before it happens: a link to a file of the user's is then replaced by a copy, and
what lies outside of the folder of links is refused. Libraries that open files in C do not
pass there: for them Linux refuses to write below the folders (Landlock, from Linux 6.2).
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WRITING = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT | os.O_APPEND
SAYS = "reproduce lets no cell change the files of the first time"
BY_PATH = {
    "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr",
    "sqlite3.connect",
}  # fmt: skip
"""Events of what goes through a link to the file behind it; the path stands first."""
BY_NAME = {
    "os.remove": ((0, 1),), "os.rmdir": ((0, 1),), "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)), "os.link": ((1, 3),), "os.symlink": ((1, 2),),
    "shutil.rmtree": ((0, 1),),
}  # fmt: skip
"""Events of what changes a folder: where the path stands, and the folder it starts from."""


def guard(work: str, kept: Sequence[str], free: Sequence[str]) -> bool:
    """Begin to keep folders as they are; return whether Linux does so as well.

    Args:
        work: the folder of links in which the cells are executed
        kept: folders in which nothing may change
        free: folders inside those in which everything may
    """
    sys.addaudithook(Guard(work, kept, free))
    return sys.platform == "linux" and landlocked(kept, [work, *free])


class Guard:
    """Hears of everything that Python is about to open, and sees to it that it may."""

    def __init__(self, work: str, kept: Sequence[str], free: Sequence[str]) -> None:
        self._work = work
        self._kept = [os.path.join(one, "") for one in kept]
        self._free = [os.path.join(one, "") for one in (work, *free)]
        self._busy = threading.local()

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            _, mode, flags = args
            if not flags & WRITING and not (mode and set(mode) & set("wax+")):
                return
            self._alone(self._own, args[0], follow=True)
        elif event in BY_PATH:
            self._alone(self._own, args[0], follow=True)
        elif event in BY_NAME:
            for at, of in BY_NAME[event]:
                start = args[of] if of < len(args) else -1
                self._alone(
                    self._own, args[at], start=start, follow=event == "shutil.rmtree"
                )

    def _alone(self, do: Callable[..., None], path: Any, **how: Any) -> None:
        """Do something that opens files itself, without hearing of those."""
        if getattr(self._busy, "now", False) or not isinstance(
            path, (str, bytes, os.PathLike)
        ):
            return
        self._busy.now = True
        try:
            do(os.fsdecode(path), **how)
        finally:
            self._busy.now = False

    def _own(self, path: str, *, start: Any = -1, follow: bool) -> None:
        """Turn links on the way to a path into folders and files of our own, or refuse."""
        if path.startswith("file:"):
            path = path[5:].partition("?")[0]
        if isinstance(start, int) and start >= 0 and not path.startswith("/"):
            path = os.path.join(os.path.realpath(f"/proc/self/fd/{start}"), path)
        whole = os.path.abspath(path)
        if whole.startswith(os.path.join(self._work, "")):
            step = self._work
            names = os.path.relpath(whole, self._work).split(os.sep)
            for at, name in enumerate(names):
                step = os.path.join(step, name)
                if os.path.islink(step) and (follow or at < len(names) - 1):
                    unlinked(step)
        parent, name = os.path.split(whole)
        real = (
            os.path.realpath(whole)
            if follow
            else os.path.join(os.path.realpath(parent), name)
        )
        if any(real.startswith(one) for one in self._free):
            return
        if any(os.path.join(real, "").startswith(one) for one in self._kept):
            raise PermissionError(13, SAYS, path)


def unlinked(link: str) -> None:
    """Replace a link by a copy of the file, or by a folder of links, that it stands for."""
    aim = os.path.realpath(link)
    fresh = f"{link}.{os.getpid()}.own"
    if os.path.isdir(aim):
        os.mkdir(fresh)
        for name in os.listdir(aim):
            os.symlink(os.path.join(aim, name), os.path.join(fresh, name))
        os.remove(link)
        os.rename(fresh, link)
    elif os.path.exists(aim):
        shutil.copy2(aim, fresh)
        os.replace(fresh, link)
    else:
        os.remove(link)


CREATE, ADD, RESTRICT = 444, 445, 446
"""Linux' numbers of Landlock's system calls, the same on every processor."""
TRUNCATES = 3
"""The version of Landlock from which cutting a file short is watched."""
INTO_FILE = 1 << 1 | 1 << 14
CHANGES = INTO_FILE | 0x1FF0 | 1 << 13
"""Write to, cut; remove, make, and move entries of a folder."""
NO_NEW_PRIVILEGES, BENEATH = 38, 1


def landlocked(kept: Sequence[str], free: Sequence[str]) -> bool:
    """Let Linux refuse this thread, and what it starts, to change what is kept.

    It can only be told where writing is allowed: everywhere beside the way to what is kept.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(CREATE, None, ctypes.c_size_t(0), 1) < TRUNCATES:
        return False
    wanted = ctypes.c_uint64(CHANGES)
    rules = libc.syscall(CREATE, ctypes.byref(wanted), ctypes.c_size_t(8), 0)
    if rules < 0:
        return False
    try:
        for path in [*beside("/", [os.path.join(one, "") for one in kept]), *free]:
            allow(libc, rules, path)
        libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        done: int = libc.syscall(RESTRICT, rules, 0)
        return done == 0
    finally:
        os.close(rules)


def allow(libc: Any, rules: int, path: str) -> None:
    """Allow to change a file, or everything below a folder; links are passed over."""
    try:
        opened = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = CHANGES if os.path.isdir(path) else INTO_FILE
        packed = rights.to_bytes(8, sys.byteorder) + opened.to_bytes(4, sys.byteorder)
        libc.syscall(ADD, rules, BENEATH, ctypes.create_string_buffer(packed), 0)
    finally:
        os.close(opened)


def beside(folder: str, kept: Sequence[str]) -> Iterator[str]:
    """Yield what lies beside the way from a folder to folders, from the top down."""
    here = os.path.join(folder, "")
    if here in kept:
        return
    if not any(one.startswith(here) for one in kept):
        yield folder
        return
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        yield from beside(os.path.join(folder, name), kept)
