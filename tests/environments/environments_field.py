"""A chain of real projects, and short words to bring a version along it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from trackbook.book import Book, Keeping
from trackbook.clock import new_id
from trackbook.environments import CHART_FILE, Wish, promote
from trackbook.records import Dataset, Input, Param, RunEnd, RunStart, Session, Tag

POLICY = """\
version = 1
[targets.staging]
require = ["package.intact", "signature.present"]
checks = [{ check = "perf.threshold", metric = "accuracy", min = 0.9 }]
[targets.production]
extends = "staging"
"""
CHAIN = 'chain = ["dev", "staging", "prod"]'
ENVS = ("dev", "staging", "prod")


def chart(here: str) -> str:
    others = [f'[environments.{env}]\nproject = "../{env}"' for env in ENVS if env != here]
    return "\n".join(["[environments]", CHAIN, *others]) + "\n"


class Field:
    """Three folders that name each other."""

    def __init__(self, root: Path, name: str = "") -> None:
        self.root = root
        self.name = name
        self._open: dict[str, Book] = {}

    def begin(self) -> None:
        """Make the three, and a version in the first."""
        for env in ENVS:
            (self.root / env / ".trackbook").mkdir(parents=True)
            (self.root / env / CHART_FILE).write_text(chart(env))
            (self.root / env / "trackbook.gates.toml").write_text(POLICY)
        self.name = self.register()

    def __getitem__(self, env: str) -> Book:
        if env not in self._open:
            self._open[env] = Book(self.root / env)
        return self._open[env]

    def let_go(self) -> None:
        """Close every project, as another process would find them."""
        for book in self._open.values():
            book.close()
        self._open.clear()

    close = let_go

    def run(self, *, accuracy: float = 0.95) -> str:
        """Write a run with its params, metrics and data; return its id."""
        book, run_id, data = self["dev"], new_id(), new_id()
        put = book.journal.put
        put(
            Session(
                program="script", notebook=None, login="ann", host="desk", pid=1,
                python="3.12", platform="linux", version="0",
            )
        )  # fmt: skip
        put(
            RunStart(
                name="baseline", experiment="iris", origin="auto", parent_run_id=None,
                relation=None, notebook="a.ipynb", git_commit="abc123",
            ),
            run_id,
        )  # fmt: skip
        put(Param(name="C", value="1.0", type="float", origin="literal"), run_id)
        book.journal.put_several(run_id, {"accuracy": accuracy}, step=0, origin="logged")
        put(Tag(name="owner", value="ann"), run_id)
        put(
            Dataset(
                dataset_id=data, name="train", made_by="read_csv", location="train.csv",
                row_count=150, size_bytes=999, column_names=["x"], column_types=["f"],
                quick="fp1:abc",
            )
        )  # fmt: skip
        put(Input(dataset_id=data, role="train"), run_id)
        put(RunEnd(status="FINISHED"), run_id)
        return run_id

    def register(self, *, c: float = 1.0, accuracy: float = 0.95, version=None) -> str:
        """Register a real model of a real run in dev; its `name@number`."""
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression

        book = self["dev"]
        run = book.find(self.run(accuracy=accuracy))
        rows, kinds = load_iris(return_X_y=True, as_frame=True)
        model = LogisticRegression(C=c, max_iter=500).fit(rows, kinds)
        package = book.models.package(
            model, "iris", run=run, keeping=Keeping(example=rows[:5])
        )
        return book.models.register(package, "iris", run=run, version=version).version.name

    def promote(self, env: str, *, at: str | None = None, name: str | None = None, **more):
        """Promote a version from one environment's project into the next."""
        here = at or ENVS[ENVS.index(env) - 1]
        to = {"dev": "development", "staging": "staging", "prod": "production"}[env]
        return promote(self[here], name or self.name, Wish(to=to, env=env, **more))

    def whole(self, name: str | None = None) -> None:
        """Bring a version along the whole chain."""
        self.promote("staging", name=name)
        self.promote("prod", name=name)

    def at(self, env: str, name: str | None = None):
        """The version as it stands in an environment; None where it is not."""
        from trackbook.registry import versions

        rows = [r for r in versions(self[env].store) if r.name == (name or self.name)]
        return rows[0] if rows else None

    def rows(self, env: str, sql: str):
        """Ask one project's views."""
        _ = self[env].journal
        self[env].settle()
        return self[env].store.rows(sql).rows

    def package(self, env: str, name: str | None = None) -> Path:
        return self[env].models.shelf.place_of(self.at("dev", name).package_digest)

    def python(self, code: str, **more) -> subprocess.CompletedProcess:
        """Execute code in a process of its own, with this folder to import from."""
        paths = [str(Path(__file__).parent), *sys.path]
        return subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            **more,
        )
