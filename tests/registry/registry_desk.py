"""A registry in a project of its own, and short words to bring versions to where they are needed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from trackbook.clock import new_id
from trackbook.journal import Journal
from trackbook.registry import Facts, Policy, Registry, Report, Who, version_of
from trackbook.store import Store


def digest(word: object) -> str:
    return sha256(str(word).encode()).hexdigest()


def facts(word: object, **more) -> Facts:
    """A package whose bytes go by a word."""
    return Facts(package_digest=digest(word), flavour="sklearn", **more)


class Desk:
    """Somebody at a project."""

    def __init__(
        self, folder: Path, who: str = "ann", policy: Policy | None = None, clock=None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.store = Store(folder)
        self.journal = Journal(folder / "journal", new_id(), complain=print)
        choices = {} if clock is None else {"clock": clock}
        self.registry = Registry(
            self.journal,
            self.store,
            who=Who(name=who, source="given"),
            policy=policy,
            **choices,
        )

    def as_(self, who: str) -> Registry:
        """The same project in the hands of somebody else."""
        return Registry(
            self.journal,
            self.store,
            who=Who(name=who, source="given"),
            policy=self.registry.policy,
        )

    def report(self, reference: str, to: str, **more) -> Report:
        """A gate report that passed."""
        return Report(
            **{
                "report_id": new_id(),
                "verdict": "passed",
                "target": to,
                "package_digest": self.at(reference).package_digest,
                **more,
            }
        )

    def new(self, word: object, model: str = "churn", **more) -> str:
        """Register a package; its `name@number`."""
        return self.registry.register(facts(word, **more), model).name

    def staged(self, word: object, model: str = "churn") -> str:
        """A version in STAGING."""
        name = self.new(word, model)
        self.registry.promote(name, "STAGING", report=self.report(name, "STAGING"))
        return name

    def live(self, word: object, model: str = "churn", **more) -> str:
        """A version that was just made champion of prod."""
        name = self.staged(word, model)
        self.release(name, **more)
        return name

    def release(self, name: str, **more):
        """Make a staged version champion of prod."""
        report = self.report(name, "PRODUCTION")
        return self.registry.promote(name, "PRODUCTION", report=report, **more)

    def at(self, reference: str):
        """The version that is meant."""
        return version_of(self.store, reference)

    def state(self, reference: str) -> str:
        return self.at(reference).state

    def edit(self, sql: str, **values) -> None:
        """Change the database behind everybody's back."""
        with self.store.writing() as db:
            db.execute(sql, values or None)

    def close(self) -> None:
        self.journal.close()
        self.store.close()
