"""What a statement may do besides binding names: change objects, or the world around."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from trackbook.code.magics import magic_of
from trackbook.code.parse import word_set
from trackbook.code.roles import root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator


def risked_by(calls: Iterable[ast.Call], called: Iterable[str]) -> frozenset[str]:
    """Return the names whose objects calls could change in place.

    Receivers and arguments of every call but those known to leave things as they are.
    `called` has the last name of what each one calls. It matters for what cannot be
    fingerprinted only: an iterator, a handle into a library.
    """
    found: set[str | None] = set()
    for call, name in zip(calls, called, strict=True):
        if name in PURE:
            continue
        func = call.func
        if type(func) is ast.Attribute:
            found.add(root_of(func))
        for value in call.args:
            if type(value) is ast.Name:
                found.add(value.id)
            elif type(value) is not ast.Constant:
                found.add(root_of(value))
        for keyword in call.keywords:
            value = keyword.value
            if type(value) is not ast.Constant:
                found.add(root_of(value))
    found.discard(None)
    return frozenset(found)  # type: ignore[arg-type] # None is out


def is_ambient(node: ast.stmt, modules: Collection[str]) -> bool:
    """Tell whether a statement changes what every later cell may rest on.

    `np.random.seed(0)`, `pd.set_option(…)`, `os.environ["X"] = …`, a shell or magic line:
    a call to a module for its effect, or a store into one. What only draws is left out.
    """
    kind = type(node)
    if kind in ACTS:
        return ACTS[kind](node, modules)
    return kind not in SIMPLE and any(
        is_ambient(inner, modules) for inner in bodies_of(node)
    )


def calls_ambient(node: ast.Expr, modules: Collection[str]) -> bool:
    """Tell whether a call made for its effect changes the world around."""
    call = node.value
    if type(call) is ast.Await:
        call = call.value
    if type(call) is not ast.Call:
        return False
    func = call.func
    if type(func) is ast.Name:
        return func.id in AMBIENT
    root = root_of(func)
    if root is not None:
        return root in modules and root not in DRAWING
    magic = magic_of(call)
    if magic is None:
        return False
    if magic.name == "track":
        return magic.line.split(" ")[0] in SETTING_VERBS
    return magic.name not in HARMLESS_MAGICS


def stores_ambient(node: ast.Assign | ast.Delete, modules: Collection[str]) -> bool:
    """Tell whether a part of a module is set or deleted."""
    parts = [target for target in node.targets if type(target) in PARTS]
    return bool(parts) and any(root_of(part) in modules for part in parts)


def adds_ambient(node: ast.AugAssign, modules: Collection[str]) -> bool:
    """Tell whether a part of a module is added to."""
    return type(node.target) in PARTS and root_of(node.target) in modules


def bodies_of(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements inside a compound one."""
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(node, field, ())
    for handler in getattr(node, "handlers", ()):
        yield from handler.body


PARTS = frozenset({ast.Attribute, ast.Subscript})
ACTS: dict[type[ast.stmt], Callable[[Any, Collection[str]], bool]] = {
    ast.Expr: calls_ambient,
    ast.Assign: stores_ambient,
    ast.Delete: stores_ambient,
    ast.AugAssign: adds_ambient,
}
SIMPLE = frozenset({
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
    ast.AnnAssign,
})  # fmt: skip
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
