"""What was around a run, written down soon after its end: in the background, each thing once."""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.fingerprint import (
    checkout,
    commit_of,
    computer,
    digest_of,
    environment_hash,
    installed,
    local_modules,
    packages_in_use,
    thread_settings,
)
from trackbook.records import Checkout, Computer, Environment, LocalModule, Lock

if TYPE_CHECKING:
    from trackbook.book.book import Book
    from trackbook.code import Secrets
    from trackbook.fingerprint import Source, Tree
    from trackbook.records import Record

REST = 20
"""After a look, so many times as long as it took, nothing is looked at."""
LONGEST_REST_S = 2.0
MASK = "***"
KEY_BEGINS = re.compile("-----BEGIN [A-Z ]*PRIVATE KEY")
KEY_ENDS = re.compile("-----END [A-Z ]*PRIVATE KEY")


class Surroundings:
    """Knows what of the world around a session is on record already."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._written: set[tuple[str, str]] = set()
        self._in_use: tuple[int, list[str]] = (0, [])
        """The packages in use when this many modules were imported."""
        self._modules: dict[Source, str] = {}
        """The digest of each source that was written."""
        self._last: tuple[object, Environment] | None = None
        """What was found last, and for which modules, folder and commit."""
        self._look_again_at = 0.0
        self._imported: tuple[str, ...] = ()
        in_shell = "IPython" in sys.modules
        self._before = frozenset(sys.modules) if in_shell else frozenset()
        """Modules that were there when the session began; a script begins its own late."""

    def write(self, run_id: str, modules: tuple[str, ...]) -> None:
        """Write what is around a run that ended.

        Many runs may end in a second: what took long is not looked at again at once.

        Args:
            run_id: the run's id
            modules: names of the modules that were imported when it ended
        """
        began = time.monotonic()
        around = len(modules), working_folder(), commit_of()
        if self._last is None or self._last[0] != around or began > self._look_again_at:
            self._last = around, self._environment(modules)
            took = time.monotonic() - began
            self._look_again_at = began + took + min(LONGEST_REST_S, REST * took)
        self._book.journal.put(self._last[1], run_id)

    def imported(self) -> tuple[str, ...]:
        """Return the names of the modules imported now.

        Reading thousands of names takes a millisecond where they lie in no cache: it is
        done where the last one is another, or their number, which is so after each import.
        """
        known = self._imported
        with suppress(RuntimeError):  # another thread imports this moment
            if len(known) == len(sys.modules) and known[-1] == next(reversed(sys.modules)):
                return known
        self._imported = tuple(sys.modules)
        return self._imported

    def look(self, modules: tuple[str, ...]) -> None:
        """Look at what is around now; it counts as long as no other module is imported."""
        self._last = (
            (len(modules), working_folder(), commit_of()),
            self._environment(modules),
        )
        self._look_again_at = float("inf")

    def _environment(self, names: tuple[str, ...]) -> Environment:
        if self._in_use[0] != len(names):
            self._in_use = len(names), packages_in_use(names)
        packages, imported = self._in_use[1], frozenset(names)
        return Environment(
            digest=digest_of(packages),
            packages=packages,
            lock=self._lock(),
            machine=self._machine(),
            checkout=self._tree(),
            modules=[
                self._module(source)
                for source in local_modules(self._before, working_folder())
                if source.name in imported
            ],
            environment_hash=environment_hash(installed().packages),
        )

    def _lock(self) -> str:
        found = installed()
        masked = [self._book.secrets.in_text(origin) for origin in found.origins]
        digest = digest_of([*found.packages, *masked])
        made = Lock(digest=digest, packages=found.packages, origins=masked)
        return self._once(made, digest)

    def _machine(self) -> str:
        seen = computer()
        threads = thread_settings()
        digest = digest_of([repr(seen), *threads])
        made = Computer(digest=digest, threads=threads, **seen._asdict())
        return self._once(made, digest)

    def _tree(self) -> str | None:
        folder = working_folder()
        tree = checkout(folder) if folder is not None else None
        return None if tree is None else self._tree_once(tree)

    def _tree_once(self, tree: Tree) -> str:
        facts = tree._replace(diff=masked_diff(tree.diff, self._book.secrets))
        digest = digest_of([repr(facts)])
        made = Checkout(digest=digest, dirty=bool(tree.changed), **facts._asdict())
        return self._once(made, digest)

    def _module(self, source: Source) -> str:
        if source not in self._modules:
            text = self._book.secrets.of_source(source.text)
            digest = digest_of([repr((source.name, source.path, text))])
            made = LocalModule(
                digest=digest, name=source.name, path=source.path, source=text
            )
            self._modules[source] = self._once(made, digest)
        return self._modules[source]

    def _once(self, record: Record, digest: str) -> str:
        """Write a fact unless this session has; return its digest."""
        if (record.kind, digest) not in self._written:
            self._book.journal.put(record)
            self._written.add((record.kind, digest))
        return digest


def masked_diff(diff: str, secrets: Secrets) -> str:
    """Return a diff with its secrets masked: what stands behind the sign of each line."""
    lines: list[str] = []
    in_key = False
    for line in diff.splitlines():
        in_key |= bool(KEY_BEGINS.search(line))
        lines.append(line[:1] + (MASK if in_key else secrets.by_lines(line[1:])))
        in_key &= not KEY_ENDS.search(line)
    return secrets.in_text("\n".join(lines))


def working_folder() -> str | None:
    """Return where this process works; None where that folder is gone."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return None
