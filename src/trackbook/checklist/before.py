"""Before an experiment: environment, data, code, names, a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.checklist.line import Line, done, lacking, unknown
from trackbook.errors import TrackbookError

if TYPE_CHECKING:
    from trackbook.checklist.evidence import Evidence
    from trackbook.records import Run

MOST_SHOWN = 4
DIGEST = 12


def environment(e: Evidence) -> Line:
    """Environment reproducibility (Docker/Conda)."""
    if e.around is None:
        return not_yet(e, "what was around the run")
    from trackbook.runs import conda_of, docker_of

    if e.around.lock is None:
        return lacking(
            f"environment {e.around.environment.digest[:DIGEST]}, without what was installed",
            "run it again with this trackbook: everything installed is recorded then",
        )
    try:
        sizes = len(docker_of(e.around).splitlines()), len(conda_of(e.around).splitlines())
    except TrackbookError as error:
        return lacking(f"no file can be written that builds it: {error}", "see %track env")
    pinned = len(e.around.lock.packages)
    tried = (
        f"; executed again: {e.run.reproduced}"
        if e.run.reproduced
        else "; that they build was not tried (%track reproduce --env)"
    )
    return done(
        f"environment {e.around.environment.digest[:DIGEST]}, lock"
        f" {e.around.lock.digest[:DIGEST]} of {pinned} packages, Python {e.around.python};"
        f" Dockerfile ({sizes[0]} lines) and conda file ({sizes[1]} lines) are written by"
        f" %track env {e.run_ref} --docker, --conda{tried}"
    )


def not_yet(e: Evidence, what: str) -> Line:
    """Return that something is written when a run ends, and it is not there."""
    if not e.is_over:
        return unknown(f"{what} is written when the run ends", "end the run: %track stop")
    return unknown(
        f"{what} is not on record: its process died first, or an older trackbook ran it",
        "run it again",
    )


def data(e: Evidence) -> Line:
    """Data versioning and validation."""
    if not e.data:
        return lacking(
            "no data are on record of the run",
            "train on a frame or an array, or tell: trackbook.log_input(df)",
        )
    shown = "; ".join(
        f"{one.role} {one.name} {one.digest or one.quick} ({one.row_count} rows,"
        f" {one.column_count} columns)"
        for one in e.data[:MOST_SHOWN]
    )
    shown += f"; and {len(e.data) - MOST_SHOWN} more" if len(e.data) > MOST_SHOWN else ""
    sampled = [one.name for one in e.data if one.digest is None]
    if sampled:
        return unknown(
            f"{shown}; of {', '.join(sampled[:MOST_SHOWN])} only a sample has a fingerprint",
            'setting data = "sketch" or "digest", and run it again',
        )
    held_out = {one.digest for one in e.data if one.role in ("validation", "test")}
    leaked = [
        one.name for one in e.data if one.role == "training" and one.digest in held_out
    ]
    if leaked:
        return lacking(
            f"{shown}; {leaked[0]} was trained on and judged on",
            "judge on data that were held out",
        )
    apart = (
        "what was judged on is other data than what was trained on"
        if held_out
        else "no held out data are on record"
    )
    return done(
        f"{shown}; every value has its fingerprint, every column its type; {apart}; no"
        " expectation of values is declared, so none was checked"
    )


def code(e: Evidence) -> Line:
    """Code version control integration."""
    commit = e.run.git_commit
    if not commit:
        return lacking(
            "its code was in no git commit",
            "git init, git commit, and run it again",
        )
    tree = e.around.checkout if e.around is not None else None
    if tree is None:
        return not_yet(e, f"whether the code was as in commit {commit[:DIGEST]}")
    stray = (
        f"; Python files that git does not know: {', '.join(tree.untracked[:MOST_SHOWN])}"
        if tree.untracked
        else ""
    )
    if not tree.dirty:
        return done(f"commit {commit[:DIGEST]}, nothing tracked differed from it{stray}")
    files = ", ".join(tree.changed[:MOST_SHOWN])
    if tree.diff_is_cut:
        return lacking(
            f"commit {commit[:DIGEST]}, and a difference in {files} too long to be kept",
            "git commit, and run it again",
        )
    return done(
        f"commit {commit[:DIGEST]}, and what differed in {files} is kept"
        f" ({len(tree.diff.splitlines())} lines, checkout {tree.digest[:DIGEST]}){stray}"
    )


def names(e: Evidence) -> Line:
    """Experiment naming conventions."""
    if e.contract is None or e.contract.names is None:
        return lacking(
            f"the run is called {e.run.name!r}, and no pattern for names is declared",
            "trackbook init --template, or [names] in trackbook.contract.toml",
        )
    wrong = [one for one in e.breaches if one.code == "name"]
    if wrong:
        return lacking(wrong[0].words, wrong[0].fix)
    return done(
        f"{e.run.name!r} is by {e.contract.names.text} (contract"
        f" {e.contract.digest[:DIGEST]})"
    )


def baseline(e: Evidence) -> Line:
    """Baseline model establishment."""
    if is_baseline(e):
        if not e.run.metrics:
            return lacking(
                "it is a baseline itself, and nothing was measured", "measure it"
            )
        return done(f"run {e.run.run_id} is tagged as a baseline itself")
    shared = comparable(e)
    if shared:
        other, names_ = shared[0]
        more = f", and {len(shared) - 1} more" if len(shared) > 1 else ""
        return done(
            f"{other.name} (run {other.run_id}) on some of the same data, with"
            f" {', '.join(names_[:MOST_SHOWN])}{more}"
        )
    if e.baselines:
        other = e.baselines[0]
        return lacking(
            f"{other.name} (run {other.run_id}) is a baseline on the same data, and has no"
            " metric that this run has",
            "measure both by the same name",
        )
    return lacking(
        "no run tagged as a baseline used the same data",
        "train a plain model on them, and %track tag experiment_type=baseline --run RUN",
    )


def is_baseline(e: Evidence) -> bool:
    """Tell whether the run is a baseline itself."""
    said = e.run.tags.get("baseline", "false").lower() not in ("false", "no", "0")
    return said or e.run.tags.get("experiment_type") == "baseline"


def comparable(e: Evidence) -> list[tuple[Run, list[str]]]:
    """Return baselines that have metrics of the run's, with those metrics."""
    both = [(one, sorted(set(one.metrics) & set(e.run.metrics))) for one in e.baselines]
    return [(one, names_) for one, names_ in both if names_]
