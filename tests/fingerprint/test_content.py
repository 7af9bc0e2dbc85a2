"""What a model has learned has one digest, in this process and in any other."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import warnings
from collections import OrderedDict

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

from trackbook.fingerprint import content_of
from trackbook.fingerprint.content import DIGEST_BYTES, Rules, Walk

FITS = """
import inspect, json, sys, warnings
import numpy as np
warnings.simplefilter("ignore")
from sklearn.datasets import make_classification
from sklearn.utils import all_estimators
from trackbook.fingerprint import content_of
X, y = make_classification(80, 6, random_state=0)
X = abs(X) + 0.1
found = {}
for name, kind in all_estimators():
    takes = inspect.signature(kind.__init__).parameters
    given = {"random_state": 0} if "random_state" in takes else {}
    if "n_estimators" in takes:
        given["n_estimators"] = 5
    try:
        model = kind(**given).fit(X, y)
    except Exception:
        continue
    found[name] = content_of(model).digest
import xgboost
found["XGBClassifier"] = content_of(xgboost.XGBClassifier(n_estimators=3).fit(X, y)).digest
print(json.dumps(found))
"""


def fitted():
    done = subprocess.run(
        [sys.executable, "-c", FITS], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def test_every_estimator_fitted_again_in_another_process_has_the_same_digest() -> None:
    once, again = fitted(), fitted()
    assert len(once) > 150
    assert [name for name in once if once[name] != again[name]] == []


def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, 3)), np.arange(60) % 2


MAKERS = {
    "another seed": (
        lambda: RandomForestClassifier(5, random_state=0),
        lambda: RandomForestClassifier(5, random_state=1),
    ),
    "another param": (lambda: LogisticRegression(C=1), lambda: LogisticRegression(C=2)),
    "another depth": (
        lambda: DecisionTreeClassifier(max_depth=1, random_state=0),
        lambda: DecisionTreeClassifier(max_depth=2, random_state=0),
    ),
}


@pytest.mark.parametrize("what", MAKERS)
def test_another_model_has_another_digest(what) -> None:
    one, other = (make().fit(*data()) for make in MAKERS[what])
    assert content_of(one).digest != content_of(other).digest


def test_how_long_a_search_took_is_not_learned() -> None:
    searches = [
        GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}).fit(
            *data()
        )
        for _ in range(2)
    ]
    one, other = (search.cv_results_["mean_fit_time"].tolist() for search in searches)
    assert one != other
    assert content_of(searches[0]).digest == content_of(searches[1]).digest


def test_the_order_of_a_set_is_no_content() -> None:
    words = [f"w{n}" for n in range(50)]
    backwards = words[::-1]
    assert content_of(set(words)).digest == content_of(set(backwards)).digest


def test_what_cannot_be_seen_into_is_said() -> None:
    assert not content_of([object()]).is_whole
    assert content_of([1, "a", None]).is_whole


def test_a_model_that_holds_itself_is_gone_through_once() -> None:
    held: list[object] = [1]
    held.append(held)
    assert content_of(held).is_whole


class Loud:
    def __init__(self) -> None:
        self.weight = 1.5

    def __repr__(self) -> str:
        raise AssertionError("asked")

    __getstate__ = __reduce_ex__ = __eq__ = __len__ = __hash__ = __getattribute__ = __repr__


def test_nothing_of_the_users_own_is_called() -> None:
    with warnings.catch_warnings():
        assert content_of(Loud()).digest == content_of(Loud()).digest


@pytest.mark.parametrize("kind", ["OLS", "GLM"])
def test_estimates_are_known_again_without_the_rows_they_keep(kind) -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    table = sm.add_constant(pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"]))
    target = table["a"] + rng.normal(size=300)

    fitted = getattr(sm, kind)(target, table).fit()
    before = content_of(fitted)

    assert before.is_whole
    assert content_of(getattr(sm, kind)(target, table).fit()) == before
    assert content_of(getattr(sm, kind)(target + table["b"], table).fit()) != before
    assert content_of(getattr(sm, kind)(target[9:], table[9:]).fit()) != before
    fitted.summary()
    assert content_of(fitted) == before
    assert content_of(pickle.loads(pickle.dumps(fitted))) == before


def test_results_of_a_filter_follow_their_series_and_their_parameters():
    from statsmodels.tsa.arima.model import ARIMA

    walk = np.cumsum(np.random.default_rng(0).normal(size=80))
    results = ARIMA(walk, order=(1, 0, 0)).fit()
    known = content_of(results)
    assert content_of(ARIMA(walk.copy(), order=(1, 0, 0)).fit()) == known
    assert content_of(results.append([3.0])) != known
    assert content_of(ARIMA(walk + 1e-9, order=(1, 0, 0)).smooth(results.params)) != known
    assert content_of(results.model.smooth(results.params + 1e-9)) != known


def test_series_that_foresee_each_other_are_known_again():
    from statsmodels.tsa.api import VAR

    walks = np.cumsum(np.random.default_rng(0).normal(size=(80, 2)), axis=0)
    dates = pd.date_range("2020-01-01", periods=80, freq="MS")
    table = pd.DataFrame(walks, columns=["a", "b"], index=dates)
    known = content_of(VAR(table).fit(2))
    assert known.is_whole
    assert content_of(VAR(table.copy()).fit(2)) == known
    assert content_of(VAR(table.rename(columns={"b": "c"})).fit(2)) != known


def test_of_many_labels_each_counts():
    many = pd.MultiIndex.from_product([range(500), ["a", "b"]])
    other = pd.MultiIndex.from_product([[*range(250), 999, *range(251, 500)], ["a", "b"]])
    assert content_of(many) == content_of(many.copy()) != content_of(other)
    assert content_of(many).is_whole


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("index", ["counted", "dates", "periods"])
@pytest.mark.parametrize("name", ["ARIMA", "AutoReg", "ETSModel", "ExponentialSmoothing"])
def test_a_forecast_is_known_again_by_its_series(name, index):
    import statsmodels.tsa.api as tsa

    walk = pd.Series(np.cumsum(np.random.default_rng(0).normal(size=80)))
    if index == "dates":
        walk.index = pd.date_range("2020-01-01", periods=80, freq="MS")
    elif index == "periods":
        walk.index = pd.period_range("2020-01", periods=80, freq="M")
    more = {"ARIMA": {"order": (1, 1, 0)}, "AutoReg": {"lags": 2}}.get(name, {})

    def fit(series):
        return getattr(tsa, name)(series, **more).fit()

    known = content_of(fit(walk))
    assert known.is_whole
    assert content_of(fit(walk.copy())) == known
    assert content_of(fit(walk + np.linspace(0, 1, 80))) != known
    if index != "counted":
        later = walk.set_axis(walk.index.shift(12))
        assert content_of(fit(later)) != known


def test_mappings_in_order_are_told_apart_by_what_they_hold() -> None:
    marked = OrderedDict()
    marked.note = 1
    held = [{}, OrderedDict(), OrderedDict(a=1), OrderedDict(b=1), marked]
    digests = [content_of([one]).digest for one in held]
    assert len(set(digests)) == len(held)
    assert content_of([OrderedDict()]).digest == digests[1]


def test_empty_mappings_in_order_are_no_special_case() -> None:
    held = [OrderedDict(), [OrderedDict()], OrderedDict(a=OrderedDict())]
    usual = Walk(Rules())
    usual.take(held)
    assert content_of(held).digest == f"m1:{usual.hasher.hexdigest(DIGEST_BYTES)}"
