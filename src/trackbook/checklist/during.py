"""During an experiment: params, metrics, what is kept, progress, resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.checklist.before import DIGEST, MOST_SHOWN
from trackbook.checklist.line import Line, counted, done, lacking, unknown
from trackbook.contract import spelled
from trackbook.errors import Damaged, NotFound

if TYPE_CHECKING:
    from trackbook.checklist.evidence import Evidence

SPLITS = ("train", "val", "test")
MOST_BYTES = 256_000_000
"""What is read to see whether it is what was kept."""


def params(e: Evidence) -> Line:
    """Parameter logging (hyperparameters, config)."""
    if not e.counts.params:
        return lacking(
            "no param is on record",
            "bind it to a name (lr = 0.1), or trackbook.log_param('lr', 0.1)",
        )
    shown = ", ".join(f"{n}={v[:20]}" for n, v in list(e.run.params.items())[:MOST_SHOWN])
    return done(
        f"{counted(e.counts.params, 'param')}, {e.counts.params_of_calls} of them as a training was"
        f" given them: {shown}"
    )


def metrics(e: Evidence) -> Line:
    """Metric tracking (train/val/test)."""
    names = list(e.run.metrics)
    if not names:
        return lacking("nothing was measured", "accuracy = model.score(X_test, y_test)")
    declared = e.contract is not None and bool(e.contract.splits)
    splits = e.contract.splits if e.contract is not None and declared else SPLITS
    found = {split: measured_on(names, split) for split in splits}
    wanted = [one for one in e.breaches if one.code.startswith("metric")]
    missing = [split for split, there in found.items() if not there]
    shown = ", ".join(
        f"{split}: {', '.join(there[:MOST_SHOWN])}"
        for split, there in found.items()
        if there
    )
    if wanted:
        return lacking(
            f"{shown or ', '.join(names[:MOST_SHOWN])}; {wanted[0].words}", wanted[0].fix
        )
    if not missing:
        return done(f"{counted(len(names), 'metric')}; {shown}")
    told = {name for there in found.values() for name in there}
    untold = [name for name in names if name not in told]
    if untold:
        return unknown(
            f"of {', '.join(untold[:MOST_SHOWN])} the name does not say on which data it was"
            f" measured{'; ' + shown if shown else ''}",
            f"call it {missing[0]}_{untold[0]}, or the like",
        )
    return lacking(
        f"{shown}; nothing on {', '.join(missing)}", f"measure on {missing[0]} too"
    )


def measured_on(names: list[str], split: str) -> list[str]:
    """Return the metrics whose name says that they were measured on a split."""
    mark = "\0"
    ends = [form.split(mark) for form in spelled(mark, split)]
    return [
        name
        for name in names
        if any(
            name.startswith(before)
            and name.endswith(after)
            and len(name) > len(before) + len(after)
            for before, after in ends
        )
    ]


def kept(e: Evidence) -> Line:
    """Artifact storage (models, plots, data)."""
    if not e.files and not e.packages:
        model = (
            f"{counted(e.counts.models, 'model')} known by digest only; "
            if e.counts.models
            else ""
        )
        return lacking(
            f"{model}no file and no model is kept of the run",
            "trackbook.log_model(model, name), trackbook.log_artifact('plot.png')",
        )
    whole, unread = [], []
    for package in e.packages:
        digest = package.package_digest
        if package.size_bytes > MOST_BYTES:
            unread.append(f"model {package.name} sha256:{digest[:DIGEST]}")
            continue
        fault = package_fault(e, digest)
        if fault:
            return lacking(fault, "restore it from a copy")
        whole.append(f"model {package.name} sha256:{digest[:DIGEST]}")
    for file in e.files:
        if file.size_bytes > MOST_BYTES:
            unread.append(f"{file.path} {file.digest[: DIGEST + 3]}")
        elif not e.book.artifacts.is_whole(file.digest):
            return lacking(
                f"{file.path} {file.digest} is not there, or not what was kept",
                "restore .trackbook/artifacts from a copy",
            )
        else:
            whole.append(f"{file.path} {file.digest[: DIGEST + 3]}")
    data = f"; {counted(len(e.data), 'dataset')} by fingerprint" if e.data else ""
    said = f"{shown(whole)}; every byte as it was kept{data}" if whole else ""
    if unread:
        large = f"{shown(unread)}: too large to be read for this"
        return unknown("; ".join(filter(None, [said, large])), "trackbook gate examines it")
    return done(said)


def shown(things: list[str]) -> str:
    """Return the first of some things."""
    more = f" and {len(things) - MOST_SHOWN} more" if len(things) > MOST_SHOWN else ""
    return ", ".join(things[:MOST_SHOWN]) + more


def package_fault(e: Evidence, digest: str) -> str:
    """Return what is wrong with a package; nothing where every byte is as it was written."""
    from trackbook.packages import verify

    try:
        verify(e.book.models.shelf.place_of(digest), digest)
    except (NotFound, Damaged) as error:
        return str(error)
    return ""


def progress(e: Evidence) -> Line:
    """Progress monitoring and logging."""
    parts = []
    if e.counts.series:
        parts.append(f"{counted(e.counts.series, 'metric')} by step")
    if e.counts.outputs:
        parts.append(f"what {counted(e.counts.outputs, 'execution')} printed")
    if not parts:
        return lacking(
            "nothing was printed, and no metric has more than one point",
            "log_metric(name, value, step=n) in the loop, or print",
        )
    state = f"the run is {e.run.status}"
    return done(f"on record: {' and '.join(parts)}; {state}")


def resources(e: Evidence) -> Line:
    """Resource usage tracking."""
    if e.counts.samples:
        peak = (e.counts.peak_memory_bytes or 0) / 1e6
        return done(
            f"{counted(e.counts.samples, 'sample')}, {peak:,.0f} MB of memory at most"
        )
    if not e.is_over:
        return unknown("it is sampled while the run goes on, and at its end", "let it end")
    return lacking("nothing was sampled", "setting resources = true, and run it again")
