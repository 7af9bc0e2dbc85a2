"""Calls that are part of another call, in its own thread and in others."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.svm import SVC

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


def test_fits_inside_cross_validation_are_part_of_it(watching):
    cross_val_score(GridSearchCV(SVC(), {"C": [1, 2]}, cv=2), X, Y, cv=2)
    assert watching.labels == ["cross_val_score(GridSearchCV(SVC))"]


@pytest.mark.parametrize("backend", ["threading", "loky", "multiprocessing"])
def test_fits_by_joblibs_workers_are_part_of_the_call_that_sent_them(watching, backend):
    with joblib.parallel_config(backend, n_jobs=2):
        BaggingClassifier(LogisticRegression(), 6, n_jobs=2).fit(X, Y)
    assert watching.labels == ["BaggingClassifier"]


def test_fits_by_the_users_own_threads_are_all_told(watching):
    barrier = threading.Barrier(2)

    class Slow(LogisticRegression):
        def fit(self, X, y):  # noqa: N803 - its name in scikit-learn
            barrier.wait(timeout=30)  # both run at the same time
            return super().fit(X, y)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda c: Slow(C=c).fit(X, Y), [1, 2]))
    assert watching.labels == ["Slow", "Slow"]


def test_parallel_trainings_of_the_users_own_keep_their_workers_to_themselves(watching):
    def train(c):
        return BaggingClassifier(SVC(C=c), 4, n_jobs=2).fit(X, Y)

    with ThreadPoolExecutor(2) as pool, joblib.parallel_config("threading"):
        list(pool.map(train, [1, 2]))
    joblib.Parallel(2, prefer="threads")(joblib.delayed(train)(c) for c in (3, 4))
    assert watching.labels == ["BaggingClassifier"] * 4


def test_a_thread_started_by_a_worker_belongs_to_the_same_call(toy, toy_watch):
    def in_a_thread(act):
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()

    with toy_watch as watching:
        toy.call(lambda: in_a_thread(lambda: in_a_thread(lambda: toy.work(0))))
        in_a_thread(lambda: toy.work(1))
    assert [call.name for call, _, _ in watching.calls] == ["call", "work"]


def test_a_forked_process_tells_nothing(toy, toy_watch):
    with toy_watch as watching:
        child = os.fork()
        if child == 0:
            toy.work(0)
            os._exit(len(watching.calls))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
