"""Models are asked what callers send by mistake, in a process of their own."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from trackbook.errors import Misused
from trackbook.gates import Candidate, Gate, ask, evaluate, gates
from trackbook.packages import pinned, verify, write
from trackbook.scan import scan_folder

CHECK = "robustness.inputs"


def guests(count: int = 200) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"age": rng.normal(40, 9, count), "nights": rng.integers(1, 9, count)}
    )
    table["town"] = np.where(rng.random(count) < 0.5, "Rome", "Oslo")
    return table, (table["age"] + 9 * (table["town"] == "Rome") > 44).to_numpy()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Packages of models, some of which stand more than others."""
    folder = tmp_path_factory.mktemp("shelf")
    rows, labels = guests()
    numbers = rows[["age", "nights"]]
    gaps = numbers.where(pd.Series(range(len(rows))) % 7 > 0)

    def encoded(unknown):
        step = OneHotEncoder(handle_unknown=unknown)
        change = make_column_transformer((step, ["town"]), remainder="passthrough")
        return make_pipeline(change, LogisticRegression(max_iter=500)).fit(rows, labels)

    return {
        "careful": write(encoded("ignore"), folder, example=rows),
        "strict": write(encoded("error"), folder, example=rows),
        "trees": write(HistGradientBoostingClassifier(max_iter=5).fit(gaps, labels), folder,
                       example=gaps),
        "array": write(LogisticRegression().fit(numbers.to_numpy(), labels), folder,
                       example=numbers.to_numpy()),
    }  # fmt: skip


@pytest.fixture
def stands(shelf):
    def ask_one(name, **keys):
        package = shelf[name]
        candidate = Candidate(
            model="guests", version="1.0.0", folder=package.folder,
            package_digest=package.package_digest, signature=package.signature,
            verify=verify, scan=scan_folder, probes=pinned,
        )  # fmt: skip
        policy = gates(Gate("a", [ask(CHECK, **keys)]))
        (found,) = evaluate(candidate, policy, "a").results
        return found

    return ask_one


def evidence(found):
    return json.loads(found.evidence)


def test_a_model_that_refuses_in_clear_words_or_answers_stands(stands) -> None:
    found = stands("careful")
    assert (found.outcome, found.blocks) == ("passed", False), found.words
    told = evidence(found)
    assert told["cases"]["extreme"] == 4 and told["cases"]["unseen_category"] == 1
    assert "nothing in 'age'" in told["refused"] and "no row" in told["refused"]
    assert "an unseen value in 'town'" not in told["refused"]
    assert told["not_asked"] == []


def test_an_unseen_category_may_not_crash_it_unless_the_policy_says_so(stands) -> None:
    found = stands("strict", kinds=["unseen_category"])
    assert (found.outcome, found.blocks) == ("failed", True)
    assert "an unseen value in 'town': it raised ValueError" in found.words
    keys = {"kinds": ["unseen_category"], "may_refuse": ["unseen_category"]}
    assert stands("strict", **keys).outcome == "passed"


def test_nothing_where_the_signature_lets_it_be_missing_is_answered(stands) -> None:
    found = stands("trees")
    assert found.outcome == "passed", found.words
    assert not [name for name in evidence(found)["refused"] if name.startswith("nothing")]


def test_an_array_is_changed_too(stands) -> None:
    found = stands("array")
    assert found.outcome == "passed", found.words
    assert set(evidence(found)["cases"]) >= {
        "nulls",
        "extreme",
        "extra_column",
        "wrong_type",
    }


TABLE = {"inputs.a": np.array([1.0, 2, 3]), "inputs.b": np.array([4.0, 5, 6])}


@pytest.mark.parametrize(
    ("code", "kinds", "says"),
    [
        ("rows.to_numpy()[:, 0]", ["column_order"], "columns in another order: 3 of 3 outputs differ"),
        ("rows['a'] - rows['a'].mean()", ["one_row"], "one row: 1 of 1 outputs differ"),
        ("rows['a'] * 2", ["nulls"], "nothing in 'a': 3 of 3 outputs are nan or inf"),
        ("rows['a'] * 1e300 * 1e300", ["as_is"], "as they are: 3 of 3 outputs are nan or inf"),
        ("np.append(rows['a'].to_numpy(), 1)", ["empty"], "no row: it gave 1 outputs for 0 rows"),
        ("rows.dropna()['a']", ["nulls"], "nothing in 'a': it gave 0 outputs for 3 rows"),
        ("rows['a'] / (1 / 0 if len(rows) == 0 else 1)", ["empty"], "does not say what is wrong with them: ZeroDivisionError"),
        ("rows['a'] + (no() if len(rows) == 0 else 1)", ["empty"], "does not say what is wrong"),
        ("rows['a'] if rows['a'].max() < 9 else os.abort()", ["extreme"], "did not survive it"),
        ("rows['a'] if len(rows) else sys.exit(0)", ["empty"], "did not survive it"),
        ("rows.sum(axis=1)", ["extra_column"], "a column too many: 3 of 3 outputs differ"),
    ],
)  # fmt: skip
def test_what_is_no_answer_fails(packed, judged, code, kinds, says) -> None:
    head = "import os, sys\nimport numpy as np\n"
    packed.write(
        "code/predict.py", f"{head}load_model = lambda folder: lambda rows: {code}"
    )
    packed.probes(**TABLE, outputs=np.zeros(3))
    found = judged(CHECK, keys={"kinds": kinds})
    assert (found.outcome, found.blocks) == ("failed", True), found.words
    assert says in found.words, found.words


def test_after_a_death_the_other_cases_are_still_asked(packed, judged) -> None:
    code = "import os\nload_model = lambda f: lambda rows: rows['a'] if len(rows) else os._exit(3)"
    packed.write("code/predict.py", code)
    packed.probes(**TABLE, outputs=np.zeros(3))
    found = judged(CHECK)
    assert found.outcome == "failed"
    told = evidence(found)
    assert "no row" in told["faults"]
    assert told["not_asked"] == []
    assert told["cases"]["extra_column"] == 1


def test_a_model_that_hangs_over_a_case_is_ended_and_the_case_is_named(
    packed, judged
) -> None:
    code = "import time\nload_model = lambda f: lambda rows: rows['a'] if len(rows) else time.sleep(99)"
    packed.write("code/predict.py", code)
    packed.probes(**TABLE, outputs=np.zeros(3))
    began = time.monotonic()
    found = judged(CHECK, keys={"time_limit": "4s"})
    assert time.monotonic() - began < 20
    assert found.outcome == "failed"
    assert "no row: its process did not survive it (not done after" in found.words
    assert "a column too many" in evidence(found)["not_asked"]


def test_a_model_that_does_not_load_is_an_error(packed, judged) -> None:
    packed.write("code/predict.py", "def load_model(folder):\n    raise OSError('gone')\n")
    found = judged(CHECK)
    assert (found.outcome, found.blocks) == ("errored", True)
    assert "gone" in found.words


def test_texts_are_changed_too(packed, judged) -> None:
    code = "load_model = lambda folder: lambda rows: [len(row) for row in rows]"
    packed.write("code/predict.py", code)
    rows = ["good day", "good night"]
    found = judged(CHECK, probes=lambda _: (rows, np.array([8, 10])))
    assert found.outcome == "passed", found.words
    assert evidence(found)["cases"]["unseen_category"] == 4


def test_without_rows_it_is_skipped(packed, judged) -> None:
    (packed.folder / "data/probe.npz").unlink()
    found = judged(CHECK)
    assert (found.outcome, "give an example" in found.words) == ("skipped", True)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"kinds": []}, "kinds names none"),
        ({"kinds": ["null"]}, "null"),
        ({"rtol": -1}, "negative"),
    ],
)
def test_cases_that_there_are_not_are_refused(keys, says) -> None:
    with pytest.raises(Misused) as told:
        gates(Gate("a", [ask(CHECK, **keys)]))
    assert says in str(told.value)


def test_columns_of_every_type_and_rows_of_every_form_are_changed() -> None:
    import scipy.sparse

    from trackbook.gates.odd_inputs import cases_of

    table = pd.DataFrame({
        "bool": [True, False], "whole": pd.array([1, None], dtype="Int64"),
        "word": pd.Categorical(["x", "y"]), "grade": pd.Categorical([1, 2]),
        "day": pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True), "text": ["a", None],
        "byte": np.array([1, 2], "uint8"), "gap": [None, None], "half": np.array([1, 2], "float16"),
    })  # fmt: skip
    found = cases_of(table, None)
    for name in table.columns:
        assert {"nulls", "wrong_type"} <= {
            c.kind for c in found if f"in {name!r}" in c.name
        }
    for case in found:
        if case.kind == "extreme":
            changed = case.name.split("'")[1]
            assert case.rows[changed].dtype == table[changed].dtype
            assert np.isfinite(case.rows[changed].to_numpy(dtype=float)).all()
    twice = pd.concat([table[["byte"]]] * 2, axis=1)
    for rows in (twice, np.zeros((3, 2), "float32"), np.zeros((3, 2), int), np.zeros(3), ["a", "b"],
                 [1, 2], {"a": np.zeros(3)}, scipy.sparse.csr_matrix(np.eye(3)), table["text"]):  # fmt: skip
        kinds = [one.kind for one in cases_of(rows, None)]
        assert kinds[:3] == ["as_is", "one_row", "empty"]
