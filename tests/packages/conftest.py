"""Models that the tests of packages share."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from trackbook.packages import Contents, write


def table(rows=120, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, rows),
            "income": rng.normal(3000, 500, rows),
            "town": rng.choice(["Ulm", "Köln", "Bonn"], rows),
        }
    )


def fitted(trees=10, seed=0):
    people = table()
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town"]),
        (StandardScaler(), ["age", "income"]),
    )
    model = make_pipeline(columns, RandomForestClassifier(trees, random_state=seed))
    return model.fit(people, (people.income + 20 * people.age > 3900).astype(int))


@pytest.fixture(scope="session")
def model():
    return fitted()


@pytest.fixture(scope="session")
def people():
    return table()


CONTENTS = Contents(
    name="churn",
    code={"train.py": "model.fit(X, y)\n", "features/town.py": "TOWNS = 3\n"},
    data={"people": {"digest": "fp1:00", "rows": 120}},
    hyperparameters={"n_estimators": 10},
    metrics={"acc": 0.9},
    requirements="scikit-learn==1.9.1\nskops==0.16.0\n",
    lock="numpy==2.5.5\n",
    dockerfile="FROM python:3.12-slim\n",
)


@pytest.fixture(scope="session")
def contents():
    return CONTENTS


@pytest.fixture
def package(model, people, tmp_path):
    return write(model, tmp_path, contents=CONTENTS, example=people)


@pytest.fixture(scope="session")
def makers():
    return SimpleNamespace(table=table, fitted=fitted)
