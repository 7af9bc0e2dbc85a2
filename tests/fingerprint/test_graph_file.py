"""An ONNX model that is read past protobuf is the model that protobuf reads."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from trackbook.fingerprint import fingerprints_of, graph_in, graph_pieces

RNG = np.random.default_rng(0)
LARGE = RNG.normal(size=(200, 100)).astype("f4")
SMALL = np.arange(6, dtype="i8")


def model_of(*tensors, **given):
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w0"], ["y"])],
        "grün",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 200])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 100])],
        list(tensors),
        doc_string="of a graph",
    )
    model = helper.make_model(graph, producer_name="here", **given)
    helper.set_model_props(model, {"b": "2", "a": "1"})
    return model


def tensor(values, name="w0", doc=""):
    made = numpy_helper.from_array(values, name)
    made.doc_string = doc
    return made


def typed():
    return helper.make_tensor("w0", TensorProto.FLOAT, LARGE.shape, LARGE.ravel().tolist())


def with_functions():
    model = model_of(tensor(LARGE))
    node = helper.make_node("Identity", ["a"], ["b"])
    opsets = [helper.make_opsetid("", 17)]
    model.functions.append(helper.make_function("own", "f", ["a"], ["b"], [node], opsets))
    return model


def with_unknown(place):
    """A model of a later release of onnx: with a field of which this one knows no name."""
    model = model_of(tensor(LARGE))
    later = bytes([0xFA, 0x7D, 2]) + b"ab"
    {"model": model, "graph": model.graph, "tensor": model.graph.initializer[0]}[
        place
    ].MergeFromString(later)
    return model


def with_all_that_a_tensor_has():
    model = model_of(tensor(LARGE, doc="first"))
    one = model.graph.initializer[0]
    one.segment.begin = 3
    one.external_data.add(key="a", value="b")
    one.data_location = 0
    helper.set_model_props(one, {"k": "v"}) if hasattr(one, "metadata_props") else None
    model.graph.quantization_annotation.add()
    model.training_info.add().initialization.SetInParent()
    return model


MODELS = {
    "all fields": with_all_that_a_tensor_has,
    "one": lambda: model_of(tensor(LARGE)),
    "several": lambda: model_of(
        tensor(LARGE, doc="first"), tensor(SMALL, "s"), tensor(LARGE[::-1], "w2", "x" * 999)
    ),
    "small only": lambda: model_of(tensor(SMALL)),
    "numbers in a list": lambda: model_of(typed()),
    "none": model_of,
    "functions": with_functions,
    "empty": onnx.ModelProto,
    "unknown in the model": lambda: with_unknown("model"),
    "unknown in the graph": lambda: with_unknown("graph"),
    "unknown in a tensor": lambda: with_unknown("tensor"),
}
every = pytest.mark.parametrize("name", MODELS)


@every
def test_in_a_file_it_has_the_identities_that_it_has_in_memory(name):
    model = MODELS[name]()
    found = graph_in(memoryview(model.SerializeToString()))
    assert fingerprints_of(found) == fingerprints_of(model)
    large = [t for t in model.graph.initializer if len(t.raw_data) >= 64 << 10]
    assert [bytes(span.view) for span in found.spans.values()] == [
        t.raw_data for t in large
    ]
    assert found.model.ByteSize() < (64 << 10) + sum(
        len(t.float_data) * 4 for t in model.graph.initializer
    )


@every
def test_in_pieces_it_is_what_protobuf_writes(name):
    model = MODELS[name]()
    before = model.SerializeToString(deterministic=True)
    graph, pieces = graph_pieces(model)
    assert b"".join(pieces) == before
    assert fingerprints_of(graph) == fingerprints_of(model)
    assert model.SerializeToString(deterministic=True) == before


def test_one_number_changes_its_identities():
    other = LARGE.copy()
    other[-1, -1] += 1
    one, two = (
        fingerprints_of(graph_in(memoryview(model_of(tensor(w)).SerializeToString())))
        for w in (LARGE, other)
    )
    assert one[0].digest
    assert one[0] != two[0]
    assert one[1] != two[1]


def test_what_is_merged_out_of_two_is_left_to_protobuf():
    one = model_of(tensor(LARGE)).SerializeToString()
    assert graph_in(memoryview(one + one)) is None
    twice = tensor(LARGE).SerializeToString() * 2
    whole = model_of().SerializeToString()
    graph = model_of().graph.SerializeToString()
    again = graph + initializer(twice)
    spliced = whole.replace(framed(graph), framed(again))
    assert onnx.ModelProto.FromString(spliced).graph.initializer[0].raw_data
    assert graph_in(memoryview(spliced)) is None


def initializer(content):
    return b"\x2a" + length(content) + content


def framed(graph):
    return b"\x3a" + length(graph) + graph


def length(content):
    found, left = b"", len(content)
    while left > 127:
        found, left = found + bytes([left & 127 | 128]), left >> 7
    return found + bytes([left])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_that_were_spoilt_are_read_as_protobuf_reads_them_or_not_at_all(data):
    whole = bytearray(model_of(tensor(LARGE), tensor(SMALL, "s")).SerializeToString())
    start = whole.index(LARGE.tobytes())
    places = [*range(start), *range(start + LARGE.nbytes, len(whole))]
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.sampled_from(places))] = data.draw(st.integers(0, 255))
    expected, failed = outcome_of(onnx.ModelProto.FromString, bytes(whole))
    found, refused = outcome_of(graph_in, memoryview(whole))
    assert refused in {None, failed}
    if found is not None:
        assert failed is None
        assert fingerprints_of(found) == fingerprints_of(expected)


def outcome_of(read, given):
    try:
        return read(given), None
    except DecodeError as error:
        return None, type(error)
