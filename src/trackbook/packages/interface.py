"""What a model takes and gives, in words that programs read: JSON Schema and OpenAPI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trackbook.packages.signature import Field, Signature

DIALECT = "https://json-schema.org/draft/2020-12/schema"
WHOLE = re.compile(r"(?P<unsigned>u?)int(?P<bits>8|16|32|64)")
OF_LABEL = re.compile(r"int:(-?[0-9]+)")
KINDS: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "boolean": {"type": "boolean"},
    "float16": {"type": "number"},
    "float32": {"type": "number"},
    "float64": {"type": "number"},
    "string": {"type": "string"},
    "datetime64[ns]": {"type": "string", "format": "date-time"},
}
Schema = dict[str, Any]


def api_schema_of(signature: Signature) -> Schema:
    """Return a JSON Schema (2020-12) of what a model takes, `inputs`, and gives, `outputs`.

    Rows are objects by column where every column has a name of its own, else lists in the
    order of the columns. What could be missing in the example may be null; the ranges of
    integers are those of their types, in bits. What has no type in JSON may be anything.
    """
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {"inputs": inputs_of(signature), "outputs": outputs_of(signature)},
        "required": ["inputs"],
    }


def openapi_of(signature: Signature, *, title: str, version: str, about: str) -> Schema:
    """Return an OpenAPI 3.1 document of a service that answers with a model's predictions.

    Trackbook runs no such service: the document is for whoever does.

    Args:
        signature: what goes in and comes out
        title: the model's name
        version: its number
        about: what it is for, in Markdown
    """
    parts = {"Rows": inputs_of(signature), "Predictions": outputs_of(signature)}
    wanted, given = (
        {
            "type": "object",
            "properties": {name: {"$ref": f"#/components/schemas/{part}"}},
            "required": [name],
        }
        for name, part in (("inputs", "Rows"), ("outputs", "Predictions"))
    )
    answers = {
        "200": {"description": "One prediction for each row, in order.", **as_json(given)},
        "422": {"description": "The rows are not of this form."},
    }
    post = {
        "operationId": "predict",
        "summary": "Predict",
        "requestBody": {"required": True, **as_json(wanted)},
        "responses": answers,
    }
    info = {"title": title, "version": version} | ({"description": about} if about else {})
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": {"/predict": {"post": post}},
        "components": {"schemas": parts},
    }


def as_json(schema: Schema) -> Schema:
    """Return a body of JSON in OpenAPI's words."""
    return {"content": {"application/json": {"schema": schema}}}


def inputs_of(signature: Signature) -> Schema:
    """Return a schema of the rows."""
    if signature.form == "table":
        return rows_of(signature.inputs)
    if signature.form == "arrays":
        return by_name(signature.inputs)
    return array_of(signature.inputs[0]) if signature.inputs else {}


def outputs_of(signature: Signature) -> Schema:
    """Return a schema of the predictions; labels are told where there is one for each row."""
    fields = signature.outputs
    if not fields:
        return {}
    if len(fields) > 1:
        return by_name(fields) if any(one.shape for one in fields) else rows_of(fields)
    found = array_of(fields[0])
    labels = labels_of(signature, fields[0])
    return found | {"items": {"enum": labels}} if labels else found


def labels_of(signature: Signature, field: Field) -> list[Any]:
    """Return the labels as the predictions hold them; none where these are no labels."""
    if not signature.labels or len(field.shape) > 1:
        return []
    if field.dtype == "string":
        return list(signature.labels)
    found = [OF_LABEL.fullmatch(one) for one in signature.labels]
    is_whole = WHOLE.fullmatch(field.dtype) is not None and all(found)
    return [int(one[1]) for one in found if one] if is_whole else []


def rows_of(fields: Sequence[Field]) -> Schema:
    """Return a schema of a table's rows."""
    names = [one.name for one in fields]
    if len(set(names)) < len(names) or "" in names:
        cells = [value_of(one) for one in fields]
        row = {
            "type": "array",
            "prefixItems": cells,
            "items": False,
            "minItems": len(cells),
        }
    else:
        row = {
            "type": "object",
            "properties": {one.name: value_of(one) for one in fields},
            "required": names,
        }
    return {"type": "array", "items": row}


def by_name(fields: Sequence[Field]) -> Schema:
    """Return a schema of arrays by their names."""
    return {
        "type": "object",
        "properties": {one.name: array_of(one) for one in fields},
        "required": list(dict.fromkeys(one.name for one in fields)),
    }


def array_of(field: Field) -> Schema:
    """Return a schema of an array: lists in lists, any number where its shape says so."""
    found = value_of(field)
    for length in reversed(field.shape[1:] if field.shape else ()):
        found = {"type": "array", "items": found}
        if length >= 0:
            found |= {"minItems": length, "maxItems": length}
    return {"type": "array", "items": found}


def value_of(field: Field) -> Schema:
    """Return a schema of one value."""
    whole = WHOLE.fullmatch(field.dtype.lower())
    if whole:
        bits = int(whole["bits"]) - (0 if whole["unsigned"] else 1)
        least = 0 if whole["unsigned"] else -(2**bits)
        found: Schema = {"type": "integer", "minimum": least, "maximum": 2**bits - 1}
    else:
        found = dict(KINDS.get(field.dtype.lower(), {}))
    if field.nullable and found:
        found["type"] = [found["type"], "null"]
    return found
