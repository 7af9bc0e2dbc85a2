"""The cells whose hooks are timed: each case prepares a namespace, and gives cell after cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Case(NamedTuple):
    """One kind of cell."""

    name: str
    cell: Callable[[int], str]
    """Its source, another one each time."""
    prepare: Callable[[bool], str] = lambda _smoke: "import math, random, statistics"
    """The source that fills the namespace; of less for a smoke run."""
    has_goal: bool = False


def one_line(n: int) -> str:
    return f"rate = {n} * 0.001"


def typical(n: int, result: str = "typical") -> str:
    return f"""\
depth = {n % 17}
config = {{"rate": 0.1 + {n} / 1000, "rounds": 20, "layers": [64, 32, 16]}}
samples = [random.random() * depth for _ in range(config["rounds"])]

def smooth(values, weight=0.9):
    kept = values[0]
    for value in values:
        kept = weight * kept + (1 - weight) * value
    return kept

{result} = smooth(samples) / (1 + config["rate"])
spread = statistics.pstdev(samples)
print(f"{{{result}:.3f}} +- {{spread:.3f}}")
"""


def opens_a_run(n: int) -> str:
    return typical(n, "mean_error")


def fifty_lines(n: int) -> str:
    return "".join(
        f"""\
width_{k} = {n} + {k}
layers_{k} = {{"size": width_{k}, "kind": "dense", "rate": {n} / 1000}}
parts_{k} = [math.sqrt(i + width_{k}) for i in range(20)]
def weigh_{k}(values, weight={k} / 10):
    total = 0.0
    for value in values:
        total += weight * value
    return total
result_{k} = weigh_{k}(parts_{k})
print(width_{k}, result_{k})
"""
        for k in range(5)
    )


def ten_thousand_names(_smoke: bool) -> str:
    return """\
import math, random, statistics
for _n in range(2000):
    globals()[f"number_{_n}"] = _n * 0.5
    globals()[f"text_{_n}"] = f"text {_n}"
    globals()[f"list_{_n}"] = list(range(20))
    globals()[f"table_{_n}"] = {"a": _n, "b": [1, 2, 3]}
    exec(f"def function_{_n}(x): return number_{_n} * x", globals())
"""


def uses_many_names(n: int) -> str:
    k = n % 1999
    return (
        f"picked = function_{k}(number_{k + 1}) + table_{k}['a'] + len(list_{k})\n"
        + typical(n)
    )


def big_frame(smoke: bool) -> str:
    rows = 500_000 if smoke else 12_500_000
    return f"""\
import random, statistics
import numpy as np, pandas as pd
df = pd.DataFrame(np.ones(({rows}, 10)), columns=[f"c{{k}}" for k in range(10)])
df["c3"] = np.arange({rows}) % 7
"""


def beside_frame(n: int) -> str:
    return f"rows_seen = len(df)\n{typical(n)}"


def uses_frame(n: int) -> str:
    return f"""\
window = df.iloc[{n}:{n} + 10_000]
df.loc[{n}, "c1"] = {n} * 0.5
grouped = window.groupby("c3")["c1"].mean()
train, test = df.iloc[: 1000 + {n}], df.iloc[1000 + {n} :]
level = float(grouped.abs().mean())
total = df["c2"].sum()
biggest = df["c3"].to_numpy().max()
rows_seen = len(train)
share = train["c1"].mean() / (1 + {n})
print(level, total, biggest, rows_seen, share)
"""


def data_to_learn(_smoke: bool) -> str:
    return """\
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
"""


def trains(n: int) -> str:
    return f"""\
rate = {n} / 100 + 0.01
model = LogisticRegression(C=rate, max_iter=20, tol=0.1)
model.fit(X_train, y_train)
predicted = model.predict(X_test)
acc = accuracy_score(y_test, predicted)
f1 = f1_score(y_test, predicted, average="macro")
print(acc, f1)
"""


CASES = (
    Case("one line", one_line),
    Case("typical, 10 lines", typical, has_goal=True),
    Case("typical, and a metric: a run", opens_a_run, has_goal=True),
    Case("50 lines", fifty_lines),
    Case("namespace of 10,000 names", uses_many_names, ten_thousand_names, has_goal=True),
    Case("frame of 1 GB in the namespace", beside_frame, big_frame, has_goal=True),
    Case("frame of 1 GB, gone through", uses_frame, big_frame),
    Case("trains a small sklearn model", trains, data_to_learn),
)
