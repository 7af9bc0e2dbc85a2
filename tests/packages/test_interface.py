"""What a model takes and gives, as JSON Schema and OpenAPI: rows that fit do, others do not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from trackbook.packages import Field, Signature, api_schema_of, openapi_of, signature_of

HOSTILE = "'</script>\n\x1b$ref"


def fits(signature, inputs, outputs=None):
    schema = api_schema_of(signature)
    Draft202012Validator.check_schema(schema)
    said = {"inputs": inputs} | ({} if outputs is None else {"outputs": outputs})
    return Draft202012Validator(schema).is_valid(said)


TABLE = pd.DataFrame(
    {
        "age": np.array([1, 2], dtype="uint8"),
        "name": ["a", None],
        "paid": [0.5, float("nan")],
        "ok": [True, False],
        "at": pd.to_datetime(["2026-01-01", "2026-01-02"]),
    }
)
ROW = {"age": 3, "name": None, "paid": 1.5, "ok": True, "at": "2026-01-01T00:00:00Z"}


class Sorter:
    classes_ = np.array([0, 1])


def test_rows_of_a_table_are_objects() -> None:
    found = signature_of(TABLE, np.array([0, 1]), model=Sorter())
    assert fits(found, [ROW], [1])
    assert fits(found, [])
    assert not fits(found, [ROW], [2])
    for name, wrong in (("age", 256), ("age", -1), ("age", None), ("ok", 1), ("name", 3)):
        assert not fits(found, [ROW | {name: wrong}]), name
    assert not fits(found, [{"age": 3}])
    assert not fits(found, ROW)


def test_rows_of_the_example_fit_as_pandas_writes_them() -> None:
    found = signature_of(TABLE, np.array([0.5, 1.5]))
    rows = json.loads(TABLE.to_json(orient="records", date_format="iso"))
    assert fits(found, rows, [0.1, 2])
    assert not fits(found, rows, ["a"])


def test_columns_without_names_of_their_own_go_by_their_order() -> None:
    rows = pd.DataFrame([[1, "a"]], columns=["x", "x"])
    found = signature_of(rows, ["yes"])
    assert fits(found, [[1, "a"]], ["yes"])
    assert not fits(found, [["a", 1]])
    assert not fits(found, [[1, "a", 2]])
    assert not fits(found, [[1]])


@pytest.mark.parametrize(
    ("rows", "good", "bad"),
    [
        (np.zeros((2, 3)), [[1, 2, 3]], [[1, 2]]),
        (np.zeros((2, 3, 1), dtype="int64"), [[[1], [2], [3]]], [[[1.5], [2], [3]]]),
        (["a", "b"], ["x"], [1]),
        (pd.Series([1.5], name="x"), [2], ["x"]),
        ({"a": np.zeros(2), "b": np.zeros((2, 2))}, {"a": [1], "b": [[1, 2]]}, {"a": [1]}),
    ],
)
def test_other_forms_are_lists(rows, good, bad) -> None:
    found = signature_of(rows, np.zeros((2, 2)))
    assert fits(found, good, [[0.1, 0.9]])
    assert not fits(found, bad)
    assert not fits(found, good, [[0.1]])


def test_labels_are_told_as_they_are_predicted() -> None:
    class Words:
        classes_ = np.array(["no", "yes"])

    found = signature_of(np.zeros((2, 1)), np.array(["no", "yes"]), model=Words())
    assert fits(found, [[1]], ["yes"])
    assert not fits(found, [[1]], ["maybe"])
    shares = signature_of(np.zeros((2, 1)), np.zeros((2, 2)), model=Words())
    assert fits(shares, [[1]], [[0.5, 0.5]])


DTYPES = ["bool", "boolean", "int8", "Int64", "uint64", "float16", "string", "object",
          "datetime64[ns]", "complex128", "timedelta64[ns]", "weird"]  # fmt: skip
any_field = st.builds(
    Field,
    name=st.sampled_from(["", "a", "b", HOSTILE]),
    dtype=st.sampled_from(DTYPES),
    shape=st.sampled_from([(), (-1,), (-1, 3), (-1, 0, -1)]),
    nullable=st.booleans(),
)
fields = st.lists(any_field, max_size=4).map(tuple)


@given(
    st.builds(
        Signature,
        form=st.sampled_from(["table", "array", "series", "texts", "sparse", "arrays"]),
        inputs=fields,
        outputs=fields,
        labels=st.none() | st.lists(st.text(max_size=3), unique=True).map(tuple),
    )
)
def test_any_signature_gives_documents_that_hold_to_their_own_rules(found) -> None:
    schema = api_schema_of(found)
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    document = openapi_of(found, title=HOSTILE, version="1.0.0", about=HOSTILE)
    OpenAPIV31SpecValidator(document).validate()


def test_a_service_takes_rows_and_gives_predictions() -> None:
    found = signature_of(TABLE, np.array([0.5, 1.5]))
    document = openapi_of(found, title="churn", version="1.2.0", about="")
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"] == {"title": "churn", "version": "1.2.0"}
    post = document["paths"]["/predict"]["post"]
    asked = post["requestBody"]["content"]["application/json"]["schema"]
    assert asked["properties"]["inputs"] == {"$ref": "#/components/schemas/Rows"}
    rows = document["components"]["schemas"]["Rows"]
    assert rows == api_schema_of(found)["properties"]["inputs"]
