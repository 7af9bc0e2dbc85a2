"""Loads a scikit-learn model from skops' format, which holds data and names of known types.

Needs scikit-learn and skops; and xgboost or lightgbm, if the model holds one of theirs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

FILE = "model.skops"
TRUSTED = {
    "collections": "OrderedDict defaultdict",
    "lightgbm.basic": "Booster",
    "lightgbm.sklearn": "LGBMClassifier LGBMRegressor LGBMRanker LGBMModel",
    "numpy": "dtype mean median",
    "scipy.interpolate._bsplines": "BSpline _BSpline",
    "scipy.interpolate._interpolate": "interp1d",
    "scipy.sparse._csr": "csr_matrix csr_array",
    "scipy.sparse._csc": "csc_matrix csc_array",
    "scipy.sparse._coo": "coo_matrix coo_array",
    "sklearn._loss.link": "HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit",
    "sklearn._loss.loss": "AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss"
    " HalfMultinomialLoss HalfPoissonLoss HalfSquaredError HalfTweedieLoss"
    " HalfTweedieLossIdentity HuberLoss PinballLoss",
    "sklearn.calibration": "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling",
    "sklearn.cluster._bisect_k_means": "_BisectingTree",
    "sklearn.cluster._kmeans": "_kmeans_single_elkan _kmeans_single_lloyd",
    "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_regression r_regression",
    "sklearn.gaussian_process._gpc": "_BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels": "CompoundKernel ConstantKernel DotProduct"
    " ExpSineSquared Exponentiation Matern PairwiseKernel Product RBF RationalQuadratic Sum"
    " WhiteKernel",
    "sklearn.metrics._dist_metrics": "ChebyshevDistance32 ChebyshevDistance64"
    " EuclideanDistance32 EuclideanDistance64 HaversineDistance32 HaversineDistance64"
    " ManhattanDistance32 ManhattanDistance64 MinkowskiDistance32 MinkowskiDistance64",
    "sklearn.metrics._scorer": "_PassthroughScorer",
    "sklearn.model_selection._split": "GroupKFold KFold LeaveOneOut RepeatedKFold"
    " RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold"
    " StratifiedShuffleSplit TimeSeriesSplit",
    "sklearn.neighbors._ball_tree": "BallTree BallTree32 BallTree64",
    "sklearn.neighbors._kd_tree": "KDTree KDTree32 KDTree64",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.tree._tree": "Tree",
    "xgboost.core": "Booster",
    "xgboost.sklearn": "XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker"
    " XGBRegressor",
}
"""Types beyond skops' own list, each of which only takes numbers in when it is made anew."""
METHODS = ("predict", "transform", "score_samples")


def trusted() -> set[str]:
    """Return the full names of the types that a file may hold beyond skops' own list."""
    return {
        f"{module}.{name}" for module, names in TRUSTED.items() for name in names.split()
    }


def load(folder: str) -> Any:
    """Return the model; a file that holds any other type is refused."""
    import skops.io

    file = str(Path(folder) / FILE)
    with ZipFile(file) as archive:
        schema = archive.read("schema.json").decode()
    # Only what is named there: for each part of the model, skops goes through the whole list.
    named = [name for name in trusted() if f'"{name.rpartition(".")[2]}"' in schema]
    return skops.io.load(file, trusted=sorted(named))


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts; of one that only transforms, what it makes of rows."""
    if not hasattr(model, "predict") and hasattr(model, "inplace_predict"):
        raise TypeError("a booster inside skops' format cannot predict by itself")
    method = next(name for name in METHODS if hasattr(model, name))
    return getattr(model, method)(rows)


def scores(model: Any, rows: Any) -> Any:
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None
