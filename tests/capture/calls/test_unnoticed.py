"""The user's calls do what they did, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.svm import SVC

from trackbook.libraries import LIBRARIES

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


def test_stop_leaves_everything_as_it_was(toy, toy_card, watch_over):
    functions = [toy.work, SVC.fit, threading.Thread.start, BaseEstimator.__init_subclass__]
    functions = [getattr(each, "__wrapped__", each) for each in functions]
    codes = [each.__code__ for each in functions]
    finders = list(sys.meta_path)
    with watch_over(toy_card, *LIBRARIES) as watching:
        toy.work(0)
    toy.work(0)
    SVC().fit(X, Y)
    assert [each.__code__ for each in functions] == codes
    assert sys.meta_path == finders
    assert len(watching.calls) == 1
    if sys.version_info >= (3, 12):
        assert [sys.monitoring.get_tool(slot) for slot in (3, 4)] == [None, None]


def test_a_watch_can_be_started_again(toy, toy_card, watch_over):
    watching = watch_over(toy_card)
    for _ in range(2):
        with watching:
            toy.work(0)
    assert len(watching.calls) == 2


def test_results_are_the_same_bit_by_bit(watch_over):
    def trained():
        forest = RandomForestClassifier(5, random_state=0, n_jobs=2).fit(X, Y)
        line = LogisticRegression().fit(X, Y)
        search = GridSearchCV(SVC(random_state=0), {"C": [1, 2]}, cv=2).fit(X, Y)
        scores = search.cv_results_["mean_test_score"]
        return b"".join(
            each.tobytes() for each in (forest.predict_proba(X), line.coef_, scores)
        )

    plain = trained()
    with watch_over():
        assert trained() == plain


class Nearest(ClassifierMixin, BaseEstimator):
    def __init__(self, shift=0):
        self.shift = shift

    def fit(self, X, y):  # noqa: N803 - its name in scikit-learn
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):  # noqa: N803 - its name in scikit-learn
        return (X[:, 0] > self.shift).astype(int)


def test_a_class_of_the_notebook_travels_to_worker_processes(watching):
    watching.scope.update(
        BaseEstimator=BaseEstimator, ClassifierMixin=ClassifierMixin, np=np
    )
    watching.scope["__name__"] = "__main__"
    watching.cell("""
    class Mine(ClassifierMixin, BaseEstimator):
        def __init__(self, shift=0):
            self.shift = shift
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self
        def predict(self, X):
            return (X[:, 0] > self.shift).astype(int)
    """)
    scores = cross_val_score(watching.scope["Mine"](), X, Y, n_jobs=2)
    assert scores.tolist() == cross_val_score(Nearest(), X, Y).tolist()
    assert watching.labels[0] == "cross_val_score(Mine)"


SCRIPT = """
import sys, traceback
if sys.argv[1] == "watched":
    from trackbook.capture.calls import CallWatch
    from trackbook.libraries import LIBRARIES
    def fault(place, error):
        raise SystemExit(f"fault: {place}")
    watch = CallWatch(LIBRARIES, found=lambda *_: None, fault=fault, cell_globals=dict)
    watch.start()
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.metrics import f1_score
class Own(BaseEstimator):
    def fit(self, X, y=None):
        for row in X:
            self.total = (row + 1
                          + row["x"])
        return self
for act in (
    lambda: make_pipeline(StandardScaler(), SVC(C=-1)).fit([[1.0]], [1]),
    lambda: make_pipeline(StandardScaler(), Own()).fit([[1.0]], [1]),
    lambda: f1_score([1, 2], [1]),
    lambda: type("Wrong", (Own,), {}, key=1),
    lambda: SVC().predict([[1]]),
):
    try:
        act()
    except Exception:
        print(traceback.format_exc())
Own().fit([1])
"""


def test_tracebacks_are_the_same_to_the_letter(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    plain, watched = (
        subprocess.run(
            [sys.executable, script, how], capture_output=True, text=True, check=False
        )
        for how in ("plain", "watched")
    )
    assert "TypeError" in plain.stderr
    assert plain.stdout.count("Traceback") >= 5
    assert (watched.stdout, watched.stderr) == (plain.stdout, plain.stderr)
