"""A real registry with real gates in a folder of its own, as the registry panel asks it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from trackbook.clock import new_id, now_us
from trackbook.code import direction_of
from trackbook.errors import Damaged, NotFound
from trackbook.gates import (
    Candidate,
    Champion,
    Gate,
    ask,
    evaluate,
    gates,
    report_named,
    reports_of,
)
from trackbook.journal import Journal
from trackbook.records import RunEnd, RunStart, Session
from trackbook.registry import (
    Facts,
    Policy,
    Registry,
    Report,
    Who,
    approvals,
    board,
    history,
    version_of,
)
from trackbook.registry.anchor import note
from trackbook.registry.chain import Head, sealed
from trackbook.registry.log import SQL, log_of
from trackbook.scan import scan_folder
from trackbook.store import Store

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
LINEAR = """
import json
from pathlib import Path

import numpy as np


class Linear:
    def __init__(self, weights):
        self.weights = np.asarray(weights)

    def predict(self, rows):
        return np.asarray(rows) @ self.weights


def load_model(folder):
    return Linear(json.loads(Path(folder, "model", "weights.json").read_text()))
"""


def digest_of(folder):
    """A digest of all files in a folder, sorted."""
    whole = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        whole.update(file.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def verify(folder, digest):
    if digest_of(folder) != digest:
        raise Damaged(f"{folder.name} is not what was registered")


PATIENCE = """
import time


def check(facts, *, seconds):
    time.sleep(seconds)
    return {"passed": True, "words": f"waited {seconds} s for {facts['model']}"}
"""


def policy(folder, *, slow_s=0.0):
    """What a version must pass: real checks, and one that takes its time."""
    (folder / "patience.py").write_text(PATIENCE)
    slow = [ask("patience:check", seconds=slow_s)] if slow_s else []
    checks = [
        "package.intact", "security.scan", ask("size.package", max_mb=5), *slow,
        ask("perf.threshold", metric="accuracy", min=0.8),
        ask("perf.vs_champion", severity="warn"),
        ask("compliance.metadata", severity="warn"),
    ]  # fmt: skip
    return gates(
        Gate("staging", checks),
        Gate("production", ["load.clean_process"], extends="staging"),
        folder=folder,
    )


def head_of(store):
    """The last entry of the log."""
    return Head(*store.rows(SQL["head"]).rows[0])


class Desk:
    """Ann at a registry in `folder`, which she may leave to others for a moment."""

    def __init__(self, folder=None, *, slow_s=0.0, who="ann"):
        home = Path(folder or tempfile.mkdtemp()) / ".trackbook"
        home.mkdir(parents=True, exist_ok=True)
        self.packages = home / "packages"
        self.store = Store(home)
        self.journal = Journal(home / "journal", new_id(), complain=print)
        self.journal.put(
            Session(
                program="notebook", notebook="a.ipynb", login=who, host="desk", pid=1,
                python="3.12", platform="linux", version="0",
            )
        )  # fmt: skip
        self.who = who
        self.slow(slow_s)
        self.verdicts = {}
        self.examined = 0

    def slow(self, slow_s):
        """Let one check of the gates take so long from now on."""
        self.gates = policy(self.packages.parent.parent, slow_s=slow_s)
        self.rules = Policy(digest=self.gates.digest)
        self.registry = self.as_(self.who)

    def as_(self, who):
        return Registry(
            self.journal, self.store, policy=self.rules, who=Who(name=who, source="given")
        )

    def new(self, model="churn", *, metrics=None, description="Who leaves.", **facts):
        """Package, measure and register a version; its `name@number`."""
        run_id = new_id()
        self.journal.put(
            RunStart(name="run", experiment=model, origin="auto", notebook="a.ipynb"),
            run_id,
        )
        measured = {"accuracy": 0.9} if metrics is None else metrics
        if measured:
            self.journal.put_several(run_id, measured, step=0, origin="logged")
        self.journal.put(RunEnd(status="FINISHED"), run_id)
        digest = self.pack(json.dumps([run_id]))
        known = {"size_bytes": 12_345, "flavour": "python", "author": "ann", **facts}
        return self.registry.register(
            Facts(package_digest=digest, run_id=run_id, description=description, **known),
            model,
        ).name

    def pack(self, weights):
        """Write a small package that loads; its digest."""
        import numpy as np

        folder = self.packages / new_id()
        files = {
            "code/predict.py": LINEAR, "model/weights.json": "[0.5, -1.0, 2.0]",
            "model/made_by.json": weights, "environment/requirements.txt": "numpy\n",
        }  # fmt: skip
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        rows = np.arange(12.0).reshape(4, 3)
        (folder / "data").mkdir()
        np.savez(folder / "data/probe.npz", inputs=rows, outputs=rows @ [0.5, -1.0, 2.0])
        digest = digest_of(folder)
        folder.rename(self.packages / digest)
        return digest

    def many(self, count, model="many"):
        """Register versions of which only the facts are known, all in one go."""
        self.registry.register(Facts(package_digest="0" * 64, flavour="python"), model)
        first = log_of(self.store, model)[0]
        head, who = head_of(self.store), Who(name=self.who, source="given")
        for at in range(1, count):
            digest = hashlib.sha256(f"{model}{at}".encode()).hexdigest()
            draft = msgspec.structs.replace(
                first, version_id=new_id(), seq=at + 1, semver=f"1.{at}.0", package_digest=digest
            )  # fmt: skip
            entry = sealed(draft, head, who, now_us())
            self.journal.put(entry)
            head = Head(entry.entry, entry.at_us, entry.hash)
        note(self.store.folder, head)

    def live(self, model="churn", *, metrics=None):
        """A version that was just made champion."""
        name = self.new(model, metrics=metrics)
        for to in ("STAGING", "PRODUCTION"):
            report = self.examine(name, to)
            self.promote(
                name, to, reason="for the test", expected_from=self.at(name).state, report=report
            )  # fmt: skip
        return name

    def at(self, reference):
        return version_of(self.store, reference)

    def request(self, reference, to="PRODUCTION"):
        return self.registry.request(reference, to, comment="please look")

    # what a RegistrySource answers

    def board(self):
        return board(self.store)

    def history(self, model):
        return history(self.store, model)

    def approvals(self, model):
        return approvals(self.store, model)

    def reports(self, version_id):
        return reports_of(self.store, version_id)

    def reproduced(self, run_id):
        return self.verdicts.get(run_id)

    def direction(self, metric):
        return direction_of(metric)

    def examine(self, reference, to, *, progress=lambda _: None, cancel=None):
        self.examined += 1
        row = self.at(reference)
        report = evaluate(
            self.candidate(row), self.gates, to.lower(), progress=progress, cancel=cancel
        )
        for record in report.records():
            self.journal.put(record)
        return report

    def candidate(self, row):
        known = {one.version_id: one for one in self.board().rows}
        mine = known[row.version_id]
        champion = None
        if mine.champion and mine.champion != row.version:
            other = self.at(f"{row.model}@{mine.champion}")
            champion = Champion(
                version=other.version, version_id=other.version_id, metrics=mine.champion_metrics
            )  # fmt: skip
        return Candidate(
            model=row.model, version=row.version, version_id=row.version_id,
            folder=self.packages / row.package_digest, package_digest=row.package_digest,
            flavour=row.flavour, is_unsafe=row.is_unsafe, metrics=mine.metrics,
            champion=champion, author=row.author, verify=verify, scan=scan_folder,
            metadata={"description": row.description, "owner": row.author},
        )  # fmt: skip

    def promote(self, reference, to, *, reason, expected_from, report):
        brought = Report(
            report_id=report.report_id, verdict=report.verdict, target=report.target,
            package_digest=report.package_digest, policy_digest=report.policy_digest,
            champion_id=report.champion or "",
        )  # fmt: skip
        self.registry.promote(
            reference, to, reason=reason, expected_from=expected_from, report=brought
        )
        return f"{reference} is in {to} now"

    def demote(self, reference, *, reason):
        self.registry.demote(reference, reason=reason)
        return f"{reference} is in {self.at(reference).state} now"

    def deprecate(self, reference, *, reason):
        until = datetime.now(UTC) + timedelta(days=30)
        self.registry.deprecate(reference, sunset=until, reason=reason)
        return f"{reference} is deprecated until {until:%Y-%m-%d}"

    def archive(self, reference, *, reason):
        self.registry.archive(reference, reason=reason)
        return f"{reference} is archived"

    def approve(self, reference, to, comment):
        self.registry.approve(reference, to, comment=comment)
        return f"{reference} is approved for {to}"

    def reject(self, reference, to, comment):
        self.registry.reject(reference, to, comment=comment)
        return f"{reference} is rejected for {to}"

    def rollback_plan(self, model):
        try:
            now = self.at(f"{model}@champion")
            back = self.at(f"{model}@prod/last_good")
        except NotFound:
            return None
        return (
            f"{back.name} becomes champion of prod again (it is {back.state})\n"
            f"{now.name} becomes DEPRECATED"
        )

    def rollback(self, model, reason):
        def sound(row):
            verify(self.packages / row.package_digest, row.package_digest)

        self.registry.rollback(model, reason=reason, verify=sound)
        return f"{self.at(f'{model}@champion').name} is champion of prod again"

    def report(self, report_id):
        return report_named(self.store, report_id)

    def close(self):
        self.journal.close()
        self.store.close()


def furnished(folder=None):
    """A desk with what a real one has after some weeks."""
    desk = Desk(folder)
    desk.live("churn", metrics={"accuracy": 0.91, "loss": 0.31, "auc": 0.94})
    desk.live("churn", metrics={"accuracy": 0.925, "loss": 0.28, "auc": 0.95})
    for accuracy, loss in ((0.93, 0.27), (0.918, 0.26), (0.5, 0.9)):
        desk.new(
            "churn", metrics={"accuracy": accuracy, "loss": loss, "auc": 0.95, "n_rows": 7}
        )
    ready = desk.new("churn", metrics={"accuracy": 0.94, "loss": 0.25, HOSTILE: 1.0})
    report = desk.examine(ready, "STAGING")
    desk.promote(
        ready, "STAGING", reason=HOSTILE, expected_from="DEVELOPMENT", report=report
    )  # fmt: skip
    desk.request(ready)
    desk.as_("bob").approve(ready, "PRODUCTION", comment=HOSTILE)
    desk.registry.deploy(ready, "staging", "champion", reason="to try it")
    desk.registry.deploy(ready, "prod", "canary", traffic=5, reason="to try it")
    desk.verdicts[desk.at(ready).run_id] = "identical"
    desk.new("fraud/cards", metrics={"f1": 0.7}, is_unsafe=True, flavour="pickle")
    forced = desk.new("fraud/cards", metrics={"f1": 0.71})
    desk.registry.move(forced, "STAGING", force=True, reason="the fire brigade asked")
    gone = desk.new("fraud/cards", metrics={})
    desk.registry.archive(gone, reason="never used")
    return desk
