"""What a statement may do besides binding names: change objects, or the world around."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from trackbook.code.magics import magic_of
from trackbook.code.measured import last_name
from trackbook.code.parse import word_set
from trackbook.code.roles import root_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


def risked_by(calls: Iterable[ast.Call]) -> set[str]:
    """Return the names whose objects calls could change in place.

    Receivers and arguments of every call but those known to leave things as they are. It
    matters for what cannot be fingerprinted only: an iterator, a handle into a library.
    """
    found: set[str | None] = set()
    for call in calls:
        if last_name(call.func) in PURE:
            continue
        if type(call.func) is ast.Attribute:
            found.add(root_of(call.func))
        for argument in call.args:
            found.add(root_of(argument))
        for keyword in call.keywords:
            found.add(root_of(keyword.value))
    return {name for name in found if name is not None}


def is_ambient(node: ast.stmt, modules: Collection[str]) -> bool:
    """Tell whether a statement changes what every later cell may rest on.

    `np.random.seed(0)`, `pd.set_option(…)`, `os.environ["X"] = …`, a shell or magic line:
    a call to a module for its effect, or a store into one. What only draws is left out.
    """
    if isinstance(node, ast.Expr):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        return isinstance(call, ast.Call) and is_ambient_call(call, modules)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        for target in targets:
            part = isinstance(target, (ast.Attribute, ast.Subscript))
            if part and root_of(target) in modules:
                return True
        return False
    return any(is_ambient(inner, modules) for inner in bodies_of(node))


def is_ambient_call(call: ast.Call, modules: Collection[str]) -> bool:
    """Tell whether a call made for its effect changes the world around."""
    if isinstance(call.func, ast.Name):
        return call.func.id in AMBIENT
    magic = magic_of(call)
    if magic is not None:
        if magic.name == "track":
            return magic.line.split(" ")[0] in SETTING_VERBS
        return magic.name not in HARMLESS_MAGICS
    root = root_of(call.func)
    return root in modules and root not in DRAWING


def bodies_of(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements inside a compound one, those of functions and classes left out."""
    if isinstance(node, SIMPLE):
        return
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(node, field, ())
    for handler in getattr(node, "handlers", ()):
        yield from handler.body


SIMPLE = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
)  # fmt: skip
"""Statements in which nothing runs that stands in them, or nothing stands."""
PURE = word_set(
    """
    print len repr str type isinstance issubclass id hash hasattr getattr callable dir
    display format round abs int float bool predict predict_proba predict_log_proba
    decision_function score score_samples transform inverse_transform get_params
    head tail describe info mean std var sum min max median quantile corr cov count
    nunique value_counts unique isna isnull notna notnull groupby copy deepcopy to_numpy
    astype keys values items get shape tolist to_list to_dict to_string to_csv to_parquet
    to_json to_markdown agg apply mode idxmax idxmin argmax argmin argsort dot reshape
    nlargest nsmallest sample query filter select train_test_split clone
    accuracy_score f1_score precision_score recall_score roc_auc_score log_loss
    mean_squared_error mean_absolute_error r2_score confusion_matrix
    classification_report cross_val_score cross_validate cross_val_predict
    roc_curve precision_recall_curve silhouette_score permutation_importance
    plot hist bar barh scatter boxplot violinplot imshow show heatmap pairplot lineplot
    histplot countplot scatterplot barplot plot_tree figure subplots title xlabel ylabel
    legend summary parameters named_parameters state_dict eval_score num_boosted_rounds
    """
)
"""Calls that leave what they are given as it was, whatever library they are from."""
SEEDING = word_set("seed set_seed set_state seed_everything manual_seed set_random_seed")
AMBIENT = SEEDING | word_set("filterwarnings simplefilter load_dotenv set_config")
DRAWING = word_set(
    "plt sns px go fig ax axes alt display IPython matplotlib seaborn plotly"
)
SETTING_VERBS = word_set("param metric ignore auto manual on off experiment")
HARMLESS_MAGICS = word_set(
    """
    time timeit capture prun matplotlib pdoc pinfo pinfo2 who whos who_ls lsmagic
    history config_inline precision pwd ls psource page
    """
)
