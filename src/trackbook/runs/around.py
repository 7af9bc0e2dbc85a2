"""What was around a run: packages, machine, work tree, local modules; and files to build it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackbook.errors import NotFound
from trackbook.fingerprint import pins
from trackbook.records import Checkout, Computer, Environment, LocalModule, Lock
from trackbook.store import queries_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.fingerprint import Pins
    from trackbook.records import Run
    from trackbook.store import Store

SQL = queries_of("trackbook.runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What was around a run when it ended; None for what an older trackbook did not record."""

    run: Run
    python: str
    environment: Environment
    lock: Lock | None
    machine: Computer | None
    checkout: Checkout | None
    modules: Sequence[LocalModule]

    @property
    def origins(self) -> dict[str, str]:
        """Return where packages came from that came from no index, by name."""
        if self.lock is None:
            return {}
        pairs = zip(self.lock.packages, self.lock.origins, strict=True)
        return {package.partition("==")[0]: origin for package, origin in pairs if origin}

    def pins(self, *, full: bool = False, local: bool = True) -> Pins:
        """Return the packages as lines for pip.

        Args:
            full: all that was installed, not only what was in use
            local: whether folders of this machine can be reached where it is built
        """
        if not full:
            return pins(self.environment.packages, self.origins, local=local)
        if self.lock is None:
            raise NotFound(
                f"what was installed for {self.run.name} is not on record: leave out --full"
            )
        return pins(self.lock.packages, self.origins, local=local)

    def requirements(self, *, full: bool = False, local: bool = True) -> str:
        """Return a requirements.txt with which pip builds the environment of the run."""
        of = "installed" if full else "in use"
        head = f"packages {of} when run {self.run.run_id} ({self.run.name}) ended"
        return self.pins(full=full, local=local).text([head, f"Python {self.python}"])


def around(store: Store, run: Run) -> Around:
    """Return what was around a run.

    Raises:
        NotFound: nothing was recorded of it, for it is still open or its process died
    """
    found = store.ask(SQL["environment_of"], Environment, run=run.run_id)
    if not found:
        raise NotFound(
            f"no environment of {run.name} ({run.run_id}) is on record: that is written"
            " when a run ends"
        )
    (environment,) = found
    locks = store.ask(SQL["lock_of"], Lock, digest=environment.lock)
    machines = store.ask(SQL["machine_of"], Computer, digest=environment.machine)
    checkouts = store.ask(SQL["checkout_of"], Checkout, digest=environment.checkout)
    modules = store.ask(SQL["modules_of"], LocalModule, digests=environment.modules)
    ((python,),) = store.rows(SQL["python_of"], run=run.run_id).rows
    return Around(
        run=run,
        python=python,
        environment=environment,
        lock=locks[0] if locks else None,
        machine=machines[0] if machines else None,
        checkout=checkouts[0] if checkouts else None,
        modules=modules,
    )
