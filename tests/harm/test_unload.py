"""`%unload_ext trackbook` leaves a shell and a process as they were."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import warnings
import weakref

import pytest

from trackbook.doors import ipython
from trackbook.doors.session import Current


@pytest.fixture
def shell(tmp_path, shell_in):
    """A fresh IPython shell in a project of its own, without trackbook."""
    with shell_in(tmp_path) as shell:
        yield shell


def run(shell, *cells):
    for cell in cells:
        shell.run_cell(cell, store_history=True).raise_error()


def traces(shell):
    """Return everything that an extension could leave behind, as plain values."""
    import sklearn.base
    import sklearn.metrics
    import sklearn.tree

    watched = (
        sklearn.tree.DecisionTreeClassifier.fit,
        sklearn.base.ClassifierMixin.score,
        sklearn.metrics.accuracy_score,
    )
    monitoring = getattr(sys, "monitoring", None)
    return {
        "events": {name: list(found) for name, found in shell.events.callbacks.items()},
        "line magics": sorted(shell.magics_manager.magics["line"]),
        "cell magics": sorted(shell.magics_manager.magics["cell"]),
        "cleanups": list(shell.input_transformers_cleanup),
        "post": list(shell.input_transformers_post),
        "ast": list(shell.ast_transformers),
        "custom exceptions": shell.custom_exceptions,
        "completers": completers_of(shell),
        "hooks": {name: repr(type(hook)) for name, hook in vars(shell.hooks).items()},
        "display": (type(shell.display_pub), type(shell.displayhook)),
        "traceback": shell.showtraceback.__func__,
        "names": sorted(set(shell.user_ns) - {"_i", "_ii", "_iii"} - numbered(shell)),
        "meta path": list(sys.meta_path),
        "path hooks": list(sys.path_hooks),
        "tools": [monitoring.get_tool(n) for n in range(6)] if monitoring else None,
        "threads": sorted(t.name for t in threading.enumerate()),
        "codes": [f.__code__ for f in watched],
        "starts": threading.Thread.start.__code__,
        "classes": [dict(vars(sklearn.tree.DecisionTreeClassifier)).keys()],
        "streams": (sys.stdout, sys.stderr, sys.excepthook, threading.excepthook),
        "signals": signal.getsignal(signal.SIGINT),
        "garbage": (gc.isenabled(), list(gc.callbacks)),
        "warnings": list(warnings.filters),
        "trace": (sys.gettrace(), sys.getprofile()),
    }


def numbered(shell):
    return {name for name in shell.user_ns if name.startswith("_i") or name[1:].isdigit()}


def completers_of(shell):
    hook = getattr(shell.Completer, "custom_completers", None)
    if hook is None:
        return {}
    return {key: list(chain) for key, chain in hook.strs.items()}


USE = (
    "from sklearn.tree import DecisionTreeClassifier\nfrom sklearn.datasets import load_iris",
    "X, y = load_iris(return_X_y=True)\nmodel = DecisionTreeClassifier(max_depth=1).fit(X, y)\nacc = model.score(X, y)",
    "del DecisionTreeClassifier, load_iris, X, y, model, acc",
)


def test_nothing_is_left_after_unloading(shell, capsys):
    cycle = (
        "%load_ext trackbook",
        "%track quiet",
        *USE,
        "%track runs",
        "%unload_ext trackbook",
    )
    run(shell, *cycle)  # what it imports, DuckDB for one, may leave traces of its own
    before = traces(shell)
    run(shell, *cycle)
    after = traces(shell)
    for what, found in before.items():
        assert after[what] == found, what


def test_the_first_unloading_leaves_no_thread_and_no_tool(shell):
    run(shell, "%load_ext trackbook", "%unload_ext trackbook")
    assert "trackbook" not in {thread.name for thread in threading.enumerate()}
    assert Current.book is None
    if sys.version_info >= (3, 12):
        assert "trackbook" not in {sys.monitoring.get_tool(n) for n in range(6)}


def test_the_book_and_all_that_it_knew_are_let_go(shell):
    run(shell, "%load_ext trackbook", "%track quiet", *USE)
    book, recorder = weakref.ref(Current.book), weakref.ref(Current.book.recorder)
    run(shell, "%unload_ext trackbook")
    gc.collect()
    assert book() is None
    assert recorder() is None


def test_a_magic_of_the_users_own_called_track_comes_back(shell):
    shell.register_magic_function(lambda line: f"mine {line}", "line", "track")
    run(shell, "%load_ext trackbook", "%unload_ext trackbook", "said = %track x")
    assert shell.user_ns["said"] == "mine x"


def test_a_completer_of_the_users_own_stays(shell):
    def mine(_shell, _event):
        return ["%trackmine"]

    shell.set_hook("complete_command", mine, str_key="%track")
    run(shell, "%load_ext trackbook", "%unload_ext trackbook")
    assert [hook.__func__ for _, hook in completers_of(shell)["%track"]] == [mine]


def test_it_records_again_after_unloading(shell):
    run(
        shell,
        "%load_ext trackbook",
        "acc = sum([0.5])",
        "%unload_ext trackbook",
        "loss = sum([0.5])",
    )
    run(shell, "%load_ext trackbook", "%track quiet", "auc = sum([0.5])")
    Current.book.settle()
    rows = Current.book.store.rows("SELECT name FROM metrics ORDER BY name").rows
    assert [name for (name,) in rows] == ["acc", "auc"]


def test_reloading_goes_on_recording(shell, capsys):
    run(
        shell,
        "%load_ext trackbook",
        "%reload_ext trackbook",
        "%track quiet",
        "acc = sum([0.5])",
    )
    assert len(shell.events.callbacks["pre_run_cell"]) == 1
    assert [r.metrics for r in Current.book.recorder.ledger.runs.values()] == [{"acc": 0.5}]
    assert "failed" not in capsys.readouterr().err


def test_loading_twice_is_harmless(shell, capsys):
    run(shell, "%load_ext trackbook", "%track quiet", "%load_ext trackbook")
    ipython.load(shell)
    run(shell, "acc = sum([0.5])")
    assert len(shell.events.callbacks["post_run_cell"]) == 1
    assert len(Current.book.recorder.ledger.runs) == 1
    assert capsys.readouterr().err == ""


def test_unloading_what_is_not_loaded_is_harmless(shell):
    ipython.unload(shell)
    run(shell, "%load_ext trackbook", "%unload_ext trackbook")
    ipython.unload(shell)
    run(shell, "acc = 0.5")


def test_a_run_that_is_open_is_ended_when_unloading(shell):
    run(
        shell,
        "%load_ext trackbook",
        "%track quiet",
        "%track start mine",
        "acc = sum([0.5])",
    )
    recorder = Current.book.recorder
    run(shell, "%unload_ext trackbook")
    assert [r.status for r in recorder.ledger.runs.values()] == ["FINISHED"]


def test_unloading_within_a_cell_that_goes_on_is_harmless(shell):
    run(shell, "%load_ext trackbook", "%track quiet")
    run(
        shell,
        "get_ipython().run_line_magic('unload_ext', 'trackbook')\nacc = 0.5",
        "loss = 1",
    )
    assert shell.user_ns["acc"] == 0.5
