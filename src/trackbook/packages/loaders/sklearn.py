"""Loads a scikit-learn model from skops' format, which holds data and names of known types.

The trees of a large forest lie beside it as arrays, and are put back.
Needs scikit-learn and skops; and xgboost or lightgbm, if the model holds one of theirs.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "model.skops"
TREES = "trees.json"
"""What tells of trees that lie beside, as arrays."""
TRUSTED = {
    "collections": "OrderedDict defaultdict",
    "lightgbm.basic": "Booster",
    "lightgbm.sklearn": "LGBMClassifier LGBMRegressor LGBMRanker LGBMModel",
    "numpy": "dtype mean median",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
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
    "sklearn.compose._column_transformer": "make_column_selector",
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
    "sklearn.impute._iterative": "IterativeImputer _ImputerTriplet",
    "sklearn.metrics._classification": "accuracy_score balanced_accuracy_score"
    " brier_score_loss class_likelihood_ratios cohen_kappa_score d2_brier_score"
    " d2_log_loss_score f1_score fbeta_score hamming_loss hinge_loss jaccard_score log_loss"
    " matthews_corrcoef precision_score recall_score zero_one_loss",
    "sklearn.metrics._ranking": "average_precision_score coverage_error dcg_score"
    " label_ranking_average_precision_score label_ranking_loss ndcg_score roc_auc_score"
    " top_k_accuracy_score",
    "sklearn.metrics._regression": "d2_absolute_error_score d2_pinball_score d2_tweedie_score"
    " explained_variance_score max_error mean_absolute_error mean_absolute_percentage_error"
    " mean_gamma_deviance mean_pinball_loss mean_poisson_deviance mean_squared_error"
    " mean_squared_log_error mean_tweedie_deviance median_absolute_error r2_score"
    " root_mean_squared_error root_mean_squared_log_error",
    "sklearn.metrics._scorer": "_CurveScorer _MultimetricScorer _PassthroughScorer _Scorer"
    " negative_likelihood_ratio positive_likelihood_ratio",
    "sklearn.metrics.cluster._supervised": "adjusted_mutual_info_score adjusted_rand_score"
    " completeness_score fowlkes_mallows_score homogeneity_score mutual_info_score"
    " normalized_mutual_info_score rand_score v_measure_score",
    "sklearn.model_selection._search_successive_halving": "HalvingGridSearchCV"
    " HalvingRandomSearchCV _SubsampleMetaSplitter",
    "sklearn.model_selection._split": "GroupKFold KFold LeaveOneOut RepeatedKFold"
    " RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold"
    " StratifiedShuffleSplit TimeSeriesSplit",
    "sklearn.multiclass": "_ConstantPredictor",
    "sklearn.neighbors._ball_tree": "BallTree BallTree32 BallTree64",
    "sklearn.neighbors._kd_tree": "KDTree KDTree32 KDTree64",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.tree._tree": "Tree",
    "sklearn.utils._bunch": "Bunch",
    "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
    "xgboost.core": "Booster",
    "xgboost.sklearn": "XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker"
    " XGBRegressor",
}
"""Types beyond skops' own list, each of which only takes numbers in when it is made anew."""
METHODS = ("predict", "transform", "score_samples")


def skops_io() -> Any:
    """Return the module `skops.io`.

    It asks scikit-learn for all its estimators, which imports every package of its for that:
    those that wrap torch, dask and cupy, too, which take seconds and hold none.
    """
    if "skops.io" not in sys.modules:
        passing = Passing()
        sys.meta_path.insert(0, passing)
        try:
            return import_module("skops.io")
        finally:
            sys.meta_path.remove(passing)
    return sys.modules["skops.io"]


class Passing(MetaPathFinder):
    """Says that there are no wrappers of other libraries, to the thread that made it."""

    def __init__(self) -> None:
        self.thread = get_ident()

    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> None:
        """Raise for a wrapper; all else is found by others."""
        if fullname in WRAPPERS and get_ident() == self.thread:
            raise ModuleNotFoundError(f"{fullname} is passed over", name=fullname)


WRAPPERS = {
    f"sklearn.externals.array_api_compat.{name}" for name in ("cupy", "dask", "torch")
}


def trusted() -> set[str]:
    """Return the full names of the types that a file may hold beyond skops' own list."""
    return {
        f"{module}.{name}" for module, names in TRUSTED.items() for name in names.split()
    }


def load(folder: str) -> Any:
    """Return the model; a file that holds any other type is refused."""
    model = without_trees(folder)
    for told, nodes, values in kept_trees(folder):
        check_trees(told, nodes)
        plant(model, told, nodes, values)
    return model


def without_trees(folder: str) -> Any:
    """Return the model as skops loads it, before its trees are put back."""
    skops = skops_io()
    file = str(Path(folder) / FILE)
    with ZipFile(file) as archive:
        schema = archive.read("schema.json").decode()
    # Only what is named there: for each part of the model, skops goes through the whole list.
    named = [name for name in trusted() if f'"{name.rpartition(".")[2]}"' in schema]
    return skops.load(file, trusted=sorted(named))


def kept_trees(folder: str) -> Iterator[tuple[dict[str, Any], Any, Any]]:
    """Yield trees that are kept as arrays: what is told of them, their nodes and values."""
    import numpy as np

    about = Path(folder, TREES)
    told = json.loads(about.read_text(encoding="utf-8")) if about.is_file() else []
    for number, trees in enumerate(told):
        nodes, values = (
            np.asarray(np.load(Path(folder, name), mmap_mode="r", allow_pickle=False))
            for name in trees_files(number)
        )
        yield trees, nodes, values


def trees_files(number: int) -> tuple[str, str]:
    """Return the names of the files that hold the nodes and the values of some trees."""
    return f"trees-{number:03}-nodes.npy", f"trees-{number:03}-values.npy"


def check_trees(told: dict[str, Any], nodes: Any) -> None:
    """Raise where a node leads out of its tree: scikit-learn follows it without a look."""
    import numpy as np

    counts = np.array(told["node_counts"], dtype="i8")
    if counts.min(initial=1) < 1 or counts.sum() != len(nodes):
        raise ValueError("the model's trees have other nodes than it says")
    ends = np.repeat(counts, counts)
    places = np.arange(len(nodes)) - np.repeat(np.cumsum(counts) - counts, counts)
    inner = nodes["left_child"] != -1
    for side in ("left_child", "right_child"):
        child = nodes[side]
        if (inner & ((child <= places) | (child >= ends))).any():
            raise ValueError("a node of the model's trees leads out of its tree")
    used = nodes["feature"][inner]
    if ((used < 0) | (used >= told["n_features"])).any():
        raise ValueError("a node of the model's trees asks for a feature that there is not")


def plant(model: Any, told: dict[str, Any], nodes: Any, values: Any) -> None:
    """Put trees where a model has one as their pattern."""
    import numpy as np

    made = list(grown(pattern_of(model, told), told, nodes, values))
    if told["shape"] is None:
        for way in told["ways"]:
            reached(model, way)[:] = made
        return
    held = np.empty(len(made), dtype=object)
    held[:] = made
    held = held.reshape(told["shape"])
    for *outer, last in told["ways"]:
        holder = reached(model, outer)
        (holder if isinstance(holder, (dict, list)) else vars(holder))[last] = held


def pattern_of(model: Any, told: dict[str, Any]) -> Any:
    """Return the tree without nodes that stands in a model for some trees."""
    (pattern,) = reached(model, told["ways"][0])
    if told["n_features"] != pattern.n_features_in_:
        raise ValueError("the model's trees ask for other features than it takes")
    return pattern


def grown(pattern: Any, told: dict[str, Any], nodes: Any, values: Any) -> Iterator[Any]:
    """Yield trees like a pattern, each with its own nodes."""
    import numpy as np
    from sklearn.tree._tree import Tree

    classes = np.array(told["n_classes"], dtype=np.intp)
    seeds = told["seeds"]
    begin = 0
    pairs = zip(told["node_counts"], told["max_depths"], strict=True)
    for at, (count, depth) in enumerate(pairs):
        end = begin + count
        own = Tree(told["n_features"], classes, told["n_outputs"])
        own.__setstate__(
            {
                "max_depth": depth,
                "node_count": count,
                "nodes": nodes[begin:end],
                "values": values[begin:end],
            }
        )
        tree = object.__new__(type(pattern))
        for name, one in vars(pattern).items():
            vars(tree)[name] = one.copy() if isinstance(one, np.ndarray) else one
        if seeds is not None:
            tree.random_state = seeds[at]
        tree.tree_ = own
        yield tree
        begin = end


def reached(model: Any, way: list[Any]) -> Any:
    """Return what lies in a model at the end of a way of attributes and items."""
    for key in way:
        model = model[key] if isinstance(model, (dict, list, tuple)) else vars(model)[key]
    return model


def predict(model: Any, rows: Any) -> Any:
    """Return what the model predicts; of one that only transforms, what it makes of rows."""
    if not hasattr(model, "predict") and hasattr(model, "inplace_predict"):
        raise TypeError("a booster inside skops' format cannot predict by itself")
    method = next(name for name in METHODS if hasattr(model, name))
    return getattr(model, method)(rows)


def scores(model: Any, rows: Any) -> Any:
    """Return what tells more than labels do, or None."""
    return model.predict_proba(rows) if hasattr(model, "predict_proba") else None


def both(model: Any, rows: Any) -> tuple[Any, Any]:
    """Return predictions and scores; a forest of classes makes the first of the second."""
    if is_forest(type(model)) and model.n_outputs_ == 1:
        found = model.predict_proba(rows)
        return model.classes_.take(found.argmax(axis=1), axis=0), found
    return predict(model, rows), scores(model, rows)


def is_forest(kind: type) -> bool:
    """Tell whether a class asks its trees as scikit-learn's forests of classes do."""
    forests = sys.modules.get("sklearn.ensemble._forest")
    own = getattr(forests, "ForestClassifier", None)
    return own is not None and all(
        getattr(kind, name, None) is getattr(own, name)
        for name in ("predict", "predict_proba")
    )
