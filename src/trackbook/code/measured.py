"""Whether an expression could be a measured number, a size, or a reading of the clock."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

from trackbook.code.literals import is_literal
from trackbook.code.parse import word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Sort = Literal["measured", "other", "clock", "duration"]


class Clocks:
    """Names that hold times and durations, learnt statement by statement."""

    __slots__ = ("durations", "times")

    def __init__(self) -> None:
        self.times: set[str] = set()
        self.durations: set[str] = set()

    def learn(self, name: str, sort: Sort) -> None:
        """Keep what a name was last bound to."""
        if self.times or self.durations:
            self.times.discard(name)
            self.durations.discard(name)
        if sort == "clock":
            self.times.add(name)
        elif sort == "duration":
            self.durations.add(name)


def sort_of(node: ast.expr, clocks: Clocks) -> Sort:
    """Return whether a value may be a measurement, is a time, a duration, or neither."""
    kind = type(node)
    if kind in NEVER:
        return "duration" if last_name(node) in clocks.durations else "other"
    if type(node) is ast.Call and last_name(node.func) not in TELLING:
        return "measured"
    if type(node) is ast.Await:
        return sort_of(node.value, clocks)
    if kind in TIMED:
        if is_clock(node, clocks):
            return "clock"
        if is_duration(node, clocks):
            return "duration"
    return "other" if is_never_measured(node) else "measured"


def is_clock(node: ast.expr, clocks: Clocks) -> bool:
    """Tell whether an expression reads the time."""
    if type(node) is ast.Name:
        return node.id in clocks.times
    if type(node) is not ast.Call:
        return False
    called = last_name(node.func)
    if called in CLOCKS:
        return True
    if called in AMBIGUOUS_CLOCKS and type(node.func) is ast.Attribute:
        return last_name(node.func.value) in AMBIGUOUS_CLOCKS[called]
    return called in ROUNDING and bool(node.args) and is_clock(node.args[0], clocks)


def is_duration(node: ast.expr, clocks: Clocks) -> bool:
    """Tell whether an expression is a difference of times, rounded or in other units."""
    if type(node) is ast.Name:
        return node.id in clocks.durations
    if type(node) is ast.BinOp:
        return is_duration_sum(node, clocks)
    if type(node) is ast.Attribute:
        return node.attr in DURATION_PARTS and is_duration(node.value, clocks)
    if type(node) is ast.Call:
        rounded = last_name(node.func) in ROUNDING and bool(node.args)
        method = type(node.func) is ast.Attribute and is_duration(node.func, clocks)
        return method or (rounded and is_duration(node.args[0], clocks))
    return False


def is_duration_sum(node: ast.BinOp, clocks: Clocks) -> bool:
    """Tell whether arithmetic gives a duration; 1000 / seconds is a rate, so measured."""
    if isinstance(node.op, ast.Sub) and (
        is_clock(node.left, clocks) or is_clock(node.right, clocks)
    ):
        return True
    right = not isinstance(node.op, ast.Div) and is_duration(node.right, clocks)
    return right or is_duration(node.left, clocks)


def is_never_measured(node: ast.expr) -> bool:
    """Tell whether an expression cannot be a measurement: literal, size, truth, text."""
    kind = type(node)
    return kind in NEVER or NO_MEASURE.get(kind, is_literal)(node)


def is_plain_operation(node: ast.UnaryOp) -> bool:
    """Tell whether `not x`, or `-x` of what is no measurement."""
    return isinstance(node.op, ast.Not) or is_never_measured(node.operand)


def is_plain_choice(node: ast.BoolOp | ast.IfExp) -> bool:
    """Tell whether none of several arms could be a measurement."""
    arms = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
    return all(is_never_measured(arm) for arm in arms)


def is_plain_attribute(node: ast.Attribute) -> bool:
    """Tell whether an attribute counts, names or describes: `model.n_iter_`, `df.shape`."""
    return node.attr in PLAIN_ATTRIBUTES or node.attr in SIZE_ATTRIBUTES


def is_plain_item(node: ast.Subscript) -> bool:
    """Tell whether an item counts, or is one that a model chose or predicted."""
    inner: ast.expr = node
    while isinstance(inner, ast.Subscript):
        inner = inner.value
    if isinstance(inner, ast.Attribute) and inner.attr in CHOSEN_ATTRIBUTES:
        return True
    predicted = isinstance(inner, ast.Call) and last_name(inner.func) in PREDICTS
    return predicted or is_size(inner)


def is_plain_sum(node: ast.BinOp) -> bool:
    """Tell whether arithmetic is on typed numbers, or on what counts things."""
    return is_size(node) or is_literal(node)


def is_plain_call(node: ast.Call) -> bool:
    """Tell whether a call gives no number, a count, or a typed number: `float("inf")`."""
    called = last_name(node.func)
    if type(node.func) is not ast.Name:
        return called in PLAIN_METHODS or is_size_call(node)
    if called in PLAIN_FUNCTIONS:
        return True
    if (
        called in CONVERSIONS
        and not node.keywords
        and all(map(is_never_measured, node.args))
    ):
        return True
    if called in EMPTY and not node.args and not node.keywords:
        return True
    return is_size_call(node) or is_literal(node)


def is_size(node: ast.expr) -> bool:
    """Tell whether an expression counts things: `len(x)`, `x.shape[0] // 2`."""
    if isinstance(node, ast.Call):
        return is_size_call(node)
    if isinstance(node, ast.Attribute):
        return node.attr in SIZE_ATTRIBUTES
    if isinstance(node, ast.Subscript):
        return is_size(node.value)
    if isinstance(node, ast.BinOp):
        parts = [part for part in (node.left, node.right) if not is_literal(part)]
        # len(right) / len(all) is a rate, and may well be the accuracy.
        rate = isinstance(node.op, ast.Div) and len(parts) > 1
        return not rate and bool(parts) and all(is_size(part) for part in parts)
    return False


def is_size_call(node: ast.Call) -> bool:
    """Tell whether a call counts things, or rounds or adds what counts them."""
    called = last_name(node.func)
    if called in SIZE_CALLS:
        return True
    if called not in SIZE_KEEPING or not node.args:
        return False
    inside = [
        arg.elt if isinstance(arg, (ast.GeneratorExp, ast.ListComp)) else arg
        for arg in node.args
    ]
    sizes = [arg for arg in inside if not is_literal(arg)]
    return bool(sizes) and all(is_size(arg) for arg in sizes)


def is_summary(node: ast.stmt, modules: Collection[str]) -> bool:
    """Tell whether a statement sums up what is there: `df.score.mean()`, `rates[1] - rates[0]`.

    Nothing is compared in it, and no function is called but methods and those of modules.
    """
    value = getattr(node, "value", None) if type(node) in PLAIN_STATEMENTS else None
    if value is None:
        return False
    for part in ast.walk(value):
        kind = type(part)
        if kind is ast.Compare or kind is ast.Await:
            return False
        if kind is ast.Call and last_name(part.func) not in SUMMING:  # type: ignore[attr-defined] # by exact type
            inner: Any = part
            while type(inner) in CHAINED:
                inner = inner.func if type(inner) is ast.Call else inner.value
            bare = type(part.func) is ast.Name  # type: ignore[attr-defined] # by exact type
            if bare or (type(inner) is ast.Name and inner.id in modules):
                return False
    return True


def last_name(node: Any) -> str:
    """Return `f` of `f` and of `a.b.f`, or nothing."""
    kind = type(node)
    if kind is ast.Attribute:
        name: str = node.attr
    else:
        name = node.id if kind is ast.Name else ""
    return name


PLAIN_STATEMENTS = frozenset({ast.Assign, ast.AnnAssign, ast.Expr})
CHAINED = frozenset({ast.Call, ast.Attribute, ast.Subscript})
SUMMING = word_set(
    """
    mean nanmean average median std nanstd var sum nansum min max nanmin nanmax abs round
    float int len sorted corrcoef corr quantile percentile sqrt col lit
    """
)
NEVER = frozenset({
    ast.Name, ast.Constant, ast.Lambda, ast.Compare, ast.JoinedStr, ast.Yield,
    ast.YieldFrom, ast.GeneratorExp,
})  # fmt: skip
CLOCKS = word_set(
    """
    perf_counter perf_counter_ns monotonic monotonic_ns process_time process_time_ns
    time_ns thread_time default_timer utcnow gmtime localtime
    """
)
AMBIGUOUS_CLOCKS = {
    "time": {"time"},
    "timer": {"timeit", "time"},
    "now": {"datetime", "Timestamp", "dt", "pendulum", "arrow"},
    "today": {"datetime", "date", "Timestamp", "dt"},
    "clock": {"time"},
}
ROUNDING = frozenset({"round", "float", "int", "abs", "str", "timedelta"})
DURATION_PARTS = word_set(
    """
    total_seconds seconds microseconds days total_minutes in_seconds item
    """
)
TIMED = frozenset({ast.Call, ast.BinOp, ast.Attribute})
"""No other expression reads a clock."""
SIZE_ATTRIBUTES = word_set("shape size ndim nbytes itemsize")
SIZE_CALLS = word_set(
    """
    argmax argmin idxmax idxmin searchsorted count_nonzero bincount
    len nunique numel id hash count_params getsizeof qsize element_size nelement dim
    getrefcount input cpu_count device_count memory_usage
    """
)
SIZE_KEEPING = word_set("sum int float round max min abs ceil floor prod str")
PLAIN_ATTRIBUTES = word_set(
    """
    intercept_ n_iter_ n_features_in_ best_iteration
    dtype dtypes columns index device name names inf nan pi Inf NaN NINF infty __name__
    __version__ __doc__ __file__ __class__
    """
)
PREDICTS = frozenset({"predict", "transform", "predict_proba"})
CHOSEN_ATTRIBUTES = word_set(
    "best_params_ coef_ intercept_ classes_ feature_importances_ cluster_centers_ labels_"
)
PLAIN_FUNCTIONS = word_set(
    """
    isinstance issubclass bool all any callable hasattr str repr print open range type
    input format ascii chr bin hex oct object super iter enumerate zip map filter
    reversed help dir id hash display slice memoryview bytes bytearray
    """
)
CONVERSIONS = frozenset({"int", "float", "complex", "round", "abs"})
EMPTY = frozenset({"list", "dict", "set", "tuple", "defaultdict", "Counter", "OrderedDict"})
PLAIN_METHODS = word_set(
    """
    exists is_file is_dir is_available startswith endswith join format lower upper strip
    read_text isdigit strftime isoformat getoutput system to_string copy_ getcwd
    """
)
NO_MEASURE: dict[type[ast.expr], Callable[[Any], bool]] = {
    ast.Call: is_plain_call,
    ast.Attribute: is_plain_attribute,
    ast.Subscript: is_plain_item,
    ast.BinOp: is_plain_sum,
    ast.UnaryOp: is_plain_operation,
    ast.BoolOp: is_plain_choice,
    ast.IfExp: is_plain_choice,
}
"""Other expressions are no measurements where they are literals."""
TELLING = frozenset({"dict"}).union(
    CLOCKS, AMBIGUOUS_CLOCKS, ROUNDING, DURATION_PARTS, SIZE_CALLS, SIZE_KEEPING,
    PLAIN_FUNCTIONS, PLAIN_METHODS, CONVERSIONS, EMPTY,
)  # fmt: skip
"""Whatever else is called may well measure."""
