"""Verbs that speak to the session that is recording."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from trackbook.doors.going import running_now
from trackbook.doors.rows import SHORT
from trackbook.doors.session import line_of_cell
from trackbook.errors import Misused
from trackbook.records import Label, Objective
from trackbook.table import Table

if TYPE_CHECKING:
    from trackbook.book import Book
    from trackbook.capture import Recorder
    from trackbook.settings import Mode


def status(book: Book) -> Table:
    """Say what is being recorded, where, in which experiment, and what was not captured."""
    rows: list[tuple[str, object]] = [("project", str(book.project))]
    recorder = book.recorder
    running = [(f"running: {name}", words) for name, words in running_now(book)]
    if recorder is None:
        rows.append(("recording", "nothing in this process: %load_ext trackbook begins"))
        return Table(["about", "now"], [*rows, *running], title="trackbook")
    run = recorder.active
    rows += [
        ("recording", MODES[recorder.mode]),
        ("cards", book.cards),
        ("experiment", recorder.experiment_name),
        (
            "notebook",
            recorder.notebook.path or "not known here (cells are recorded all the same)",
        ),
        ("open run", f"{run.name} ({run.run_id[-8:]})" if run else "none"),
        ("runs so far", len(recorder.ledger.runs)),
        *running,
        ("session", book.session_id),
        *contract_of(book),
    ]
    rules = recorder.measures.rules
    for label, patterns in (
        ("always metrics", rules.metrics),
        ("always params", rules.params),
        ("never captured", rules.ignore),
    ):
        if patterns:
            rows.append((label, ", ".join(patterns)))
    rows += [(f"not captured: {m.name}", m.why) for m in reversed(recorder.missed)]
    rows += [("waiting for disk", words) for words in book.complaints[-1:]]
    rows += [(f"fault in {f.place}", f.message) for f in recorder.faults]
    speaks = warnings(book, recorder)
    note = "\n".join(f"{which}: {words}" for which, words in speaks)  # whole sentences
    face = Table(["about", "now"], rows, title="trackbook", note=note)
    return Table(["about", "now"], [*rows, *speaks], title="trackbook", face=face)


def warnings(book: Book, recorder: Recorder) -> list[tuple[str, object]]:
    """Return what speaks against the last run of this session, and against its best."""
    runs = [r for r in recorder.ledger.runs.values() if r.start.relation != "child"]
    if not runs:
        return []
    last = runs[-1]
    best = next(
        (found for name in last.metrics if (found := book.past.best_of(last, name))), None
    )
    chosen = {"last run": last.run_id, "best run": best or last.run_id}
    if best in (None, last.run_id):
        del chosen["best run"]
    return [
        (f"⚠ {which} {run_id[-SHORT:]}", doubt.words)
        for which, run_id in chosen.items()
        for doubt in book.doubts.of_session(run_id)
    ]


def contract_of(book: Book) -> list[tuple[str, object]]:
    """Return what the project asks of its runs, if it does, and what every run is tagged with."""
    from trackbook.contract import CONTRACT_FILE

    rows: list[tuple[str, object]] = []
    try:
        found = book.contracts.now()
    except Misused as error:
        return [("contract", str(error))]
    if found is not None:
        rows.append(("contract", f"{CONTRACT_FILE}, {found.mode} (%track lint)"))
    if book.recorder is not None and book.recorder.ledger.tags:
        rows.append(("tags of every run", dict(book.recorder.ledger.tags)))
    return rows


MODES = {
    "auto": "auto: runs open by themselves",
    "manual": "manual: only inside runs that you open",
    "off": "off: nothing",
}


def on(book: Book) -> Table:
    """Record again, as before it was turned off."""
    recorder = recording(book)
    return switched(book, recorder.mode_before if recorder.mode == "off" else recorder.mode)


def off(book: Book) -> Table:
    """Record nothing until %track on."""
    return switched(book, "off")


def auto(book: Book) -> Table:
    """Open runs by themselves: when something is trained, or a metric is computed."""
    return switched(book, "auto")


def manual(book: Book) -> Table:
    """Record values only inside runs that you open."""
    return switched(book, "manual")


def switched(book: Book, mode: Mode) -> Table:
    """Change what is recorded from here on."""
    recorder = recording(book)
    if recorder.mode != "off":
        recorder.mode_before = recorder.mode
    recorder.mode = mode
    return Table(["recording"], [(MODES[mode],)])


def quiet(book: Book) -> Table:
    """Show nothing after a run."""
    book.cards = "quiet"
    return Table(["cards"], [("quiet: nothing is shown after a run",)])


def normal(book: Book) -> Table:
    """Show one card after a run."""
    book.cards = "normal"
    return Table(["cards"], [("normal: one card after a run",)])


def verbose(book: Book) -> Table:
    """Show a card after a run, with what was not captured and why."""
    book.cards = "verbose"
    return Table(["cards"], [("verbose: a card, and what was not captured and why",)])


def start(book: Book, name: str | None = None, *, experiment: str | None = None) -> Table:
    """Open a run by hand; %track stop ends it.

    Args:
        name: what to call it
        experiment: the experiment it belongs to
    """
    recorder = recording(book)
    outer = recorder.ledger.by_hand
    if outer is not None:
        raise Misused(f"run {outer.name!r} is still open: %track stop ends it")
    run = recorder.start_run(name, experiment=experiment, line=line_of_cell())
    return Table(["run_id", "name", "now"], [(run.run_id, run.name, "open")])


def stop(book: Book) -> Table:
    """End the run that was opened by hand."""
    recorder = recording(book)
    run = recorder.ledger.pop()
    run.end("FINISHED")
    recorder.bound(line_of_cell())
    return Table(["run_id", "name", "now"], [(run.run_id, run.name, "finished")])


def experiment(
    book: Book,
    name: str,
    *,
    objective: str | None = None,
    description: str | None = None,
) -> Table:
    """Let new runs belong to an experiment, such as churn/baseline; say what it is for.

    Args:
        name: the experiment
        objective: what it is after: 'accuracy on test, higher'; none for nothing any more
        description: a text in Markdown; an empty one takes it away
    """
    rows: list[tuple[str, object]] = [("experiment", name)]
    if objective is None and description is None:
        recording(book)
    if objective is not None:
        aim = after(book, name, objective)
        rows.append(("objective", aim or "none"))
    if description is not None:
        words = book.secrets.in_text(description)
        fact = Label(thing="experiment", subject=name, name="description", value=words)
        book.put(fact)
        rows.append(("description", words))
    if book.recorder is not None:
        book.recorder.experiment = name
    return (
        Table(["experiment", "now"], rows)
        if len(rows) > 1
        else Table(["experiment"], [(name,)])
    )


def after(book: Book, experiment: str, words: str) -> str:
    """Write down what an experiment is after, and say it; empty for nothing."""
    from trackbook.metadata import aim_of, said_of

    book.aims.learn()
    aim = aim_of(words, book.direction)
    if aim is None:
        book.put(Objective(experiment=experiment, metric="", direction="max"))
        book.aims.learn()
        return ""
    fact = Objective(
        experiment=experiment,
        metric=aim.metric,
        direction=aim.direction,
        split=aim.split,
        task=aim.task,
    )
    book.put(fact)
    book.aims.learn()
    return said_of(aim)


def param(book: Book, names: list[str]) -> Table:
    """Always capture these names as params; NAME=VALUE writes one to the open run now.

    Args:
        names: names with * and ?, or NAME=VALUE
    """
    return forced(book, names, "param")


def metric(book: Book, names: list[str]) -> Table:
    """Always capture these names as metrics; NAME=VALUE writes one to the open run now.

    Args:
        names: names with * and ?, or NAME=VALUE
    """
    return forced(book, names, "metric")


def ignore(book: Book, names: list[str]) -> Table:
    """Never capture these names.

    Args:
        names: names with * and ?, such as tmp*
    """
    recorder = recording(book)
    rules = recorder.measures.rules
    recorder.measures.rules = rules._replace(ignore=merged(rules.ignore, names))
    return Table(["never captured"], [(name,) for name in recorder.measures.rules.ignore])


def forced(book: Book, names: list[str], what: str) -> Table:
    """Force names to be captured, and write what can be written now."""
    recorder = recording(book)
    patterns = [name for name in names if "=" not in name]
    rules = recorder.measures.rules
    changed = {f"{what}s": merged(getattr(rules, f"{what}s"), patterns)}
    recorder.measures.rules = rules._replace(**changed)
    main = sys.modules.get("__main__")
    rows: list[tuple[str, str]] = []
    for name in names:
        key, equals, text = name.partition("=")
        if equals:
            write_now(what, key, text)
            rows.append((key, f"{text}, written to the open run"))
            continue
        rows.append((name, f"always a {what} from here on"))
        value = vars(main).get(name) if main is not None else None
        known = recorder.measures.force(name, value, what)
        if known is not None:
            rows[-1] = (name, f"a {what} of {known.name}, and always from here on")
    return Table(["name", "now"], rows)


def write_now(what: str, key: str, text: str) -> None:
    """Write one value that was typed to the open run."""
    from trackbook.doors.rows import typed
    from trackbook.doors.session import active

    run = active()
    value = typed(text)
    if what == "param":
        run.log_param(key, value)
    elif isinstance(value, (int, float)):
        run.log_metric(key, value)
    else:
        raise Misused(f"metric {key!r} is {text!r}: a metric is a number")


def merged(old: object, new: list[str]) -> tuple[str, ...]:
    """Return patterns without repetitions."""
    return tuple(dict.fromkeys([*old, *new]))  # type: ignore[misc]


def recording(book: Book) -> Recorder:
    """Return the session's recorder, or say that there is none."""
    if book.recorder is None:
        raise Misused(
            "nothing records in this process: use it in a notebook, or call start_run()"
        )
    return book.recorder
