"""What a model takes and gives, and whether callers of the old one can call the new one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from trackbook.errors import Damaged
from trackbook.packages import Field, Signature, compatibility_of, signature_of


def fields(rows):
    return [
        (f.name, f.dtype, f.shape, f.nullable) for f in signature_of(rows, [0.5]).inputs
    ]


def test_columns_of_a_table_are_told_by_type_and_by_what_is_missing():
    rows = pd.DataFrame({
        "i": [1, 2], "f": [1.5, np.nan], "b": [True, False], "t": ["a", None],
        "c": pd.Categorical(["x", "y"]), "d": pd.to_datetime(["2026-01-01", None]),
        "n": pd.array([1, None], dtype="Int64"), "o": [{}, {}],
    })  # fmt: skip
    assert fields(rows) == [
        ("i", "int64", (), False), ("f", "float64", (), True), ("b", "bool", (), False),
        ("t", "string", (), True), ("c", "string", (), False),
        ("d", "datetime64[ns]", (), True), ("n", "int64", (), True),
        ("o", "object", (), False),
    ]  # fmt: skip


def test_other_forms_are_told_too():
    assert fields(np.zeros((3, 4), ">f4")) == [("", "float32", (-1, 4), False)]
    assert fields(["a", "b"]) == [("", "string", (), False)]
    assert fields(csr_matrix(np.eye(3))) == [("", "float64", (-1, 3), False)]
    assert fields({"a": np.zeros((2, 3)), "b": np.ones(2, int)}) == [
        ("a", "float64", (-1, 3), False),
        ("b", "int64", (-1,), False),
    ]
    assert fields(pd.Series([1, 2], name="s")) == [("s", "int64", (), False)]


def test_a_signature_comes_back_from_its_text():
    model = LogisticRegression().fit([[0], [1]], ["no", "yes"])
    found = signature_of(np.zeros((2, 1)), model.predict(np.zeros((2, 1))), model=model)
    assert found.labels == ("no", "yes")
    assert found.outputs == (Field(name="", dtype="string", shape=(-1,)),)
    assert Signature.of_text(found.text()) == found


def test_a_name_with_half_a_letter_can_be_written():
    found = signature_of({"\ud800": np.zeros(2)}, [0.5])
    assert found.inputs[0].name == "\\ud800"
    assert Signature.of_text(found.text()) == found


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"form": "pickle"}', "\ud800"])
def test_a_text_that_is_no_signature_is_said(text):
    with pytest.raises(Damaged, match="no signature"):
        Signature.of_text(text)


A, B = Field(name="a", dtype="int64"), Field(name="b", dtype="float32")
OUT = Field(name="", dtype="int64", shape=(-1,))


def one(*inputs, outputs=(OUT,), labels=("0", "1"), form="table"):
    return Signature(form=form, inputs=inputs, outputs=outputs, labels=labels)


def like(field, **other):
    return Field(
        **{n: getattr(field, n) for n in ("name", "dtype", "shape", "nullable")} | other
    )


SQUARE = Field(name="", dtype="float64", shape=(-1, 4))
CHANGES = {
    "nothing": (one(A, B), one(A, B), "same", ""),
    "an input lost": (one(A, B), one(A), "broken", "input 'b' is no longer taken"),
    "an input renamed": (one(A), one(like(A, name="x")), "broken", "no longer taken"),
    "a new input that must be given": (one(A), one(A, B), "broken", "must be given"),
    "a new input that may be missing": (one(A), one(A, like(B, nullable=True)), "extended", "may be missing"),
    "another order": (one(A, B), one(B, A), "broken", "another order"),
    "a wider input": (one(B), one(like(B, dtype="float64")), "extended", "was float32 and is float64"),
    "a narrower input": (one(A), one(like(A, dtype="int32")), "broken", "was int64 and is int32"),
    "whole numbers to exact reals": (one(like(A, dtype="int32")), one(like(A, dtype="float64")), "extended", "is float64"),
    "whole numbers to inexact reals": (one(A), one(like(A, dtype="float64")), "broken", "is float64"),
    "yes or no to a number": (one(like(A, dtype="bool")), one(A), "extended", "was bool"),
    "texts to numbers": (one(like(A, dtype="string")), one(A), "broken", "was string"),
    "a value that may be missing no more": (one(like(A, nullable=True)), one(A), "broken", "no longer be missing"),
    "a value that may be missing now": (one(A), one(like(A, nullable=True)), "extended", "may be missing now"),
    "more columns of an array": (one(SQUARE), one(like(SQUARE, shape=(-1, 5))), "broken", "the shape (-1, 4)"),
    "any number of columns": (one(SQUARE), one(like(SQUARE, shape=(-1, -1))), "extended", "has (-1, -1)"),
    "one axis more": (one(SQUARE), one(like(SQUARE, shape=(-1, 4, 1))), "broken", "had the shape"),
    "another type of output": (one(A), one(A, outputs=(like(OUT, dtype="float64"),)), "broken", "output (without a name) was int64"),
    "an output lost": (one(A, outputs=(OUT, OUT)), one(A), "broken", "no longer given"),
    "an output more": (one(A), one(A, outputs=(OUT, OUT)), "extended", "output (without a name) is new"),
    "a label lost": (one(A), one(A, labels=("0",)), "broken", "lost 1"),
    "a label more": (one(A), one(A, labels=("0", "1", "2")), "broken", "new 2"),
    "labels in another order": (one(A), one(A, labels=("1", "0")), "broken", "their order"),
    "another form": (one(A), one(A, form="arrays"), "broken", "came as table"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_judged_and_named(change):
    old, new, verdict, words = CHANGES[change]
    found = compatibility_of(old.text(), new)
    assert found.verdict == verdict
    assert words in " ".join(found.reasons)


def test_what_breaks_is_named_first():
    found = compatibility_of(one(A, B), one(like(A, nullable=True)))
    assert found.verdict == "broken"
    assert "no longer taken" in found.reasons[0]
    assert len(found.reasons) == 2
