"""A cell cut into statements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from trackbook.code import statements_in

transform = TransformerManager().transform_cell


def cut(cell, **more):
    return statements_in(transform(cell), transform, **more)


def last(cell):
    return cut(cell)[-1]


def test_statements_come_in_order_with_their_lines():
    statements = cut("x = 1\n\n@d\ndef f():\n    return x\ny = f(); z = 2")
    assert [(s.line, s.end_line) for s in statements] == [(1, 1), (3, 5), (6, 6), (6, 6)]


def test_each_statement_reads_for_itself():
    first, second = cut("x = 1\ny = x")
    assert (first.sure, second.reads) == ({"x"}, {"x"})


def test_the_body_of_a_timed_cell_is_cut_in_place():
    statements = cut("%%time\nlr = 0.1\n%time acc = f(lr)\n")
    assert [s.nested for s in statements] == [True, True]
    assert [s.line for s in statements] == [1, 1]
    assert statements[0].chosen == {"lr": 0.1}
    assert statements[1].computed == {"acc"}


def test_what_a_captured_cell_is_captured_into_is_bound():
    statements = cut("%%capture out\nx = y")
    assert {name for s in statements for name in s.binds} == {"out", "x"}


def test_an_unknown_cell_magic_binds_nothing_for_sure():
    (statement,) = cut("%%memray_flamegraph\nx = f(y)\nlr = 1")
    assert {"f", "y"} <= statement.reads
    assert statement.binds == {"x", "lr"}
    assert not statement.sure
    assert not statement.chosen


@pytest.mark.parametrize(
    "language", ["bash", "html", "javascript", "latex", "writefile a.py", "sql", "R"]
)
def test_other_languages_are_not_read_as_python(language):
    (statement,) = cut(f"%%{language}\nx = y\n")
    assert (statement.reads, statement.binds) == (set(), set())


def test_a_timing_loop_binds_nothing():
    (statement,) = cut("%timeit -n 3 x = f(y)")
    assert (statement.reads, statement.binds) == ({"f", "y"}, set())


def test_variables_in_shell_lines_are_read():
    (statement,) = cut("!ls $folder {names[0]}")
    assert statement.reads == {"folder", "names"}


@pytest.mark.parametrize(
    ("code", "chosen"),
    [
        ("lr = 0.1", {"lr": 0.1}),
        ("n = -1", {"n": -1}),
        ("n: int = 3", {"n": 3}),
        ("a = b = 1", {"a": 1, "b": 1}),
        ("lr, n = 0.1, 5", {"lr": 0.1, "n": 5}),
        ("lr, model = 0.1, f()", {"lr": 0.1}),
        ("name = 'adam'", {"name": "adam"}),
        ("flag, none = True, None", {"flag": True, "none": None}),
        ("cfg = dict(depth=3, l=[1])", {"cfg": {"depth": 3, "l": [1]}}),
        ("cfg = {'a': (1, {2})}", {"cfg": {"a": (1, {2})}}),
        ("n = 10 * 1000", {"n": 10_000}),
        ("x = 1e-3 / 2", {"x": 0.0005}),
        ("n = 2 ** 10", {"n": 1024}),
        ("n = 1 << 4", {"n": 16}),
        ("x = 1 / 0", {}),
        ("x = 10 ** 10 ** 10", {}),
        ("x = 2.0 ** 5000", {}),
        ("x = (-8) ** 0.5", {}),
        ("z = 1j", {}),
        ("x = []", {}),
        ("x = {}", {}),
        ("x = dict()", {}),
        ("x = {[]: 1}", {}),
        ("x = {**a}", {}),
        ("x = dict(a, b=1)", {}),
        ("x = [y]", {}),
        ("x = 'a' * 10", {}),
        ("x = True + 1", {}),
        ("x[0] = 1", {}),
        ("_x = 1", {}),
        ("x += 1", {}),
        ("if c: x = 1", {}),
    ],
)
def test_a_literal_is_chosen(code, chosen):
    assert last(code).chosen == chosen
    assert not set(chosen) & last(code).computed


@pytest.mark.parametrize(
    ("code", "constants"),
    [
        ("EPOCHS = n * 2", "EPOCHS"),
        ("EPOCHS = 2", ""),
        ("X = f()", ""),
        ("X1, MAX_N = f()", "MAX_N"),
        ("SEEN = []", ""),
    ],
)
def test_capitals_make_a_constant(code, constants):
    assert last(code).constants == set(constants.split())


MEASURED = """acc = model.score(X, y)|m = f(x)|r = np.mean(x)|e = (a - b) / n|b = search.best_score_
|h = hist['acc'][-1]|a = float(m.compute())|a = await f()|a = x @ y|a = round(f(x), 3)|a, _ = f()
|a = len(x) / len(y)|a = n / (time.time() - t0)|a = %time f(x)|losses = [f(i) for i in r]
|with torch.no_grad(): a = f(x)|for i in r: a = f(i)|if (a := f(x)) > 1: pass|a = f(x) if c else 0
|a = {'acc': f(x)}|try: a = f()\nexcept E: a = 0""".replace("\n|", "|").split("|")  # fmt: skip


@pytest.mark.parametrize("code", MEASURED)
def test_what_could_be_measured_is_computed(code):
    assert last(code).computed & {"acc", "m", "r", "e", "b", "h", "a", "losses"}


PLAIN = """a = 1|a = b|a = len(x)|a = x.shape[0]|a, b = X.shape|a = X.size // 2|a = df['c'].nunique()
|a = sum(p.numel() for p in model.parameters())|a = sum(len(x) for x in y)|a = id(x)|a = hash(x)
|a = int(input())|a = time.time()|a = time.perf_counter()|a = datetime.now()|a = datetime.datetime.now()
|a = x > 1|a = not f()|a = x == y|a = isinstance(x, y)|a = lambda: f()|def a(): f()|class a: f()|import a
|for a in f(): pass|with f() as a: pass|_a = f()|a += f()|a = f'{x}'|a = str(f())|a = ', '.join(x)
|a = float('inf')|a = -np.inf|a = []|a = dict()|a = int(0.8 * len(X))|a = !ls|a = x is None
|a = time.time() - t0|a = round(time.perf_counter() - start, 2)|a = -1|a = any(x)|match f():\n case a: pass
|a = b = len(x) * 2|a = open(p)|a = (t1 - time.time()) / 60|a = (datetime.now() - t).total_seconds()
""".replace("\n|", "|").strip().split("|")  # fmt: skip


@pytest.mark.parametrize("code", PLAIN)
def test_what_cannot_be_measured_is_not_computed(code):
    assert not last(code).computed


@pytest.mark.parametrize(
    "code",
    [
        "s = time.time() - t0",
        "t1 = time.time()\ns = t1 - t0",
        "s = round(time.time() - t0, 1)",
        "s = (time.perf_counter() - t0) * 1000",
        "s = (datetime.now() - t0).total_seconds()",
        "d = time.time() - t0\ns = d / 60",
    ],
)
def test_a_difference_of_times_is_a_timing(code):
    assert last(code).timings == {"s"}


@pytest.mark.parametrize(
    ("code", "touches"),
    [
        ("x.append(1)", "x"),
        ("x.a.b[0].fit(y)", "x"),
        ("model.compile(a).fit(b)", "model"),
        ("await x.f()", "x"),
        ("x[i] = 1", "x"),
        ("x.a = 1", "x"),
        ("x[i] += 1", "x"),
        ("del x[i], y.b", "x y"),
        ("x[0], y.a = f()", "x y"),
        ("_ = model.fit(X)", "model"),
        ("y = model.fit(X)", ""),
        ("np.add(a, b, out=c)", "np c"),
        ("for m in models: m.fit(X)", "m models"),
        ("with a:\n  if b:\n    x.f()", "x"),
        ("def f(): x.append(1)", ""),
        ("f(x).g()", ""),
        ("%time x.fit(y)", "x"),
    ],
)
def test_objects_that_may_change_are_touched(code, touches):
    assert last(code).touches == set(touches.split())


@pytest.mark.parametrize(
    ("code", "passed"),
    [
        ("train(model, opt=o)", "model o"),
        ("print(x)", ""),
        ("random.shuffle(x)", "x"),
        ("l = step(model)", "model"),
    ],
)
def test_objects_given_to_functions_are_passed(code, passed):
    assert last(code).passed == set(passed.split())


@pytest.mark.parametrize(
    ("code", "loops", "accumulators"),
    [
        ("for i, (j, k) in r: pass", "i j k", ""),
        ("with open(p) as f: pass", "f", ""),
        ("try: pass\nexcept E as e: pass", "e", ""),
        ("i += 1", "i", "i"),
        ("for i in r: total += f(i)", "i total", "total"),
        ("for i in r: losses.append(f(i))", "i", "losses"),
        ("for i in r:\n  loss = f(i)\n  loss += 1", "i", "loss"),
        ("while c: n = n + 1", "", "n"),
        ("losses.append(1)", "", ""),
    ],
)
def test_loop_targets_and_accumulators_are_told(code, loops, accumulators):
    assert last(code).loops == set(loops.split())
    assert last(code).accumulators == set(accumulators.split())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("model.score(X_test, y_test)", "score_X_test"),
        ("f(y, p)", "f"),
        ("from sklearn import metrics\nmetrics.f1_score(y, p)", "f1_score"),
        ("import sklearn.metrics\nsklearn.metrics.f1_score(y, p)", "f1_score"),
        ("np.mean(scores)", "mean_scores"),
        ("np.mean(y == p)", "mean_y"),
        ("max(losses)", "max_losses"),
        ("scores.mean()", "scores_mean"),
        ("search.best_score_", "best_score"),
        ("loss.item()", "loss"),
        ("round(f1_score(y, p), 3)", "f1_score"),
        ("1 - model.score(X, y)", "value_1_model_score_X_y"),
        ("a - b", "a_b"),
        ("history.history['acc'][-1]", "history_history_acc_1"),
        ("cross_val_score(model, X, y, cv=5, scoring='f1_macro').mean()", "cross_val_score_model_X_y_cv_5_scoring_f"),
        ("%time model.score(X, y)", "score_X"),
        ("%%time\nx = 1\nmodel.score(X, y)", "score_X"),
        ("model.score(X, y)  # é; no", "score_X"),
        ("é = 'ü'; model.score(X, y);", None),
        ("model.score(X, y);", None),
        ("model.score(X, y); # quiet", None),
        ("%%time\nmodel.score(X, y);", None),
        ("%%capture\nmodel.score(X, y)", None),
        ("x", None),
        ("1", None),
        ("len(x)", None),
        ("x.shape", None),
        ("x == y", None),
        ("x[0]", None),
        ("[f(x)]", None),
        ("x, f(y)", None),
        ("print(x)", None),
        ("x = f(y)", None),
        ("!ls", None),
        ("'a'", None),
    ],
)  # fmt: skip
def test_a_shown_value_has_a_name(code, name):
    assert last(code).displayed == name


def test_only_the_last_statement_shows():
    assert [s.displayed for s in cut("f(x)\ng(x)")] == [None, "g"]


def test_modules_known_from_other_cells_are_left_out_of_the_name():
    assert cut("m.f1(y, p)")[-1].displayed == "f1_y"
    assert cut("m.f1(y, p)", modules={"m"})[-1].displayed == "f1"


def test_text_that_is_no_python_reads_every_word():
    (statement,) = statements_in("x = = y\nz")
    assert statement.reads == {"x", "y", "z"}
    assert (statement.line, statement.end_line) == (1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "\r0",
        "x\r\ny;\x0c",
        "(" * 5_000,
        "x = " + "-" * 5_000 + "1",
        "a" + ".b" * 20_000,
        "\ud800",
    ],
)
def test_odd_text_gives_a_cautious_answer(text):
    assert isinstance(statements_in(text), list)


def test_nesting_too_deep_to_read_counts_all_words():
    (statement,) = statements_in("y = " + " + ".join(["x"] * 3_000))
    assert {"x", "y"} <= statement.reads


@given(st.text())
def test_no_text_raises(text):
    statements_in(text, transform)


PIECES = st.sampled_from(
    [
        "x",
        "y",
        "=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ";",
        ",",
        ".",
        "*",
        "**",
        "+",
        "-",
        "/",
        "1",
        "0.5",
        "'a'",
        'f"',
        '"',
        "\n",
        "\n\t",
        "if",
        "for",
        "in",
        "while",
        "def",
        "class",
        "lambda",
        "try:",
        "except",
        "with",
        "as",
        "del",
        "global",
        "import",
        "return",
        "await",
        "async",
        "%time",
        "%%time",
        "!ls",
        "$x",
        "{y}",
        "?",
        "match",
        "case",
        "_",
        ":=",
        "@",
        "#",
    ]
)


@given(st.lists(PIECES, max_size=40))
def test_no_scraps_of_code_raise(pieces):
    statements_in(" ".join(pieces), transform)
    statements_in("".join(pieces))
