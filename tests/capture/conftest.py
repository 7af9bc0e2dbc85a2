from __future__ import annotations

import pytest

DATA = """
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier
X, y = load_iris(return_X_y=True)
"""


@pytest.fixture
def iris(sheet):
    """A fresh notebook with the iris data in X and y."""
    sheet.ok(DATA)
    return sheet
