"""Hostile pickles. Each would leave a marker behind if anything executed it."""

from __future__ import annotations

import builtins
import bz2
import functools
import gzip
import importlib
import io
import lzma
import operator
import os
import pickle
import pkgutil
import runpy
import struct
import subprocess
import zipfile
import zlib

import joblib
import numpy as np
from scan_bytecode import (
    MARK,
    REDUCE,
    STOP,
    Harm,
    call,
    dumped,
    named,
    pickled,
    safetensors,
    short,
    stacked,
    text,
)  # fmt: skip


def dtype_state(code, size, offset, inner):
    """Return the opcodes of a dtype with one field, which numpy believes whatever it says."""
    made = named("numpy", "dtype") + MARK + text(code) + b"\x89\x88tR"
    field = (
        named("numpy", "dtype")
        + MARK
        + text(inner)
        + b"\x89\x88tR"
        + b"K"
        + bytes([offset])
        + b"\x86"
    )
    state = b"K\x03" + text("|") + b"N" + text("a") + b"\x85}" + text("a") + field + b"s"
    return made + MARK + state + b"M" + struct.pack("<H", size) + b"K\x01K\x10tb"


PICKLES = {}
"""By name: what writes the bytes, given a shell command; the file's name; the code to be found."""


def sample(code, name="model.pkl"):
    def keep(write):
        PICKLES[write.__name__] = (write, name, code)
        return write

    return keep


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return file.getvalue()


def each(code, name="model.pkl", **writers):
    for what, write in writers.items():
        PICKLES[what] = (write, name, code)


each(
    "pickle-danger",
    system_in_protocol_0=lambda do: dumped(os.system, do, proto=0),
    system_in_protocol_2=lambda do: dumped(os.system, do, proto=2),
    system_in_protocol_4=lambda do: dumped(os.system, do, proto=4),
    system_in_protocol_5=lambda do: dumped(os.system, do, proto=5),
    popen=lambda do: dumped(subprocess.Popen, do.split()),
    check_output=lambda do: dumped(subprocess.check_output, do.split()),
    evaluated=lambda do: dumped(eval, f"__import__('os').system({do!r})"),
    executed=lambda do: dumped(exec, f"import os; os.system({do!r})"),
    imported=lambda do: dumped(importlib.import_module, "marker_maker"),
    run_path=lambda do: dumped(runpy.run_path, "marker_maker.py"),
    resolve_name=lambda do: dumped(pkgutil.resolve_name, "os:system"),
    methodcaller=lambda do: dumped(operator.methodcaller, "system", do),
    partial=lambda do: dumped(functools.partial, os.system, do),
    getattr_of_a_module=lambda do: dumped(getattr, Harm(__import__, "os"), "system"),
    opened=lambda do: dumped(open, do.split()[-1], "w"),
    setattr_of_builtins=lambda do: dumped(setattr, Harm(__import__, "builtins"), "len", builtins.eval),
    pip_installs=lambda do: pickled(call("pip._internal", "main", "install")),
    python_2_name=lambda do: pickled(call("commands", "getoutput", do)),
    python_2_builtin=lambda do: pickled(call("__builtin__", "eval", f"open({do.split()[-1]!r},'w')")),
    instance_opcode=lambda do: b"(" + text(do) + b"ios\nsystem\n.",
    object_opcode=lambda do: pickled(MARK + named("os", "system") + text(do) + b"o"),
    new_object=lambda do: pickled(named("subprocess", "Popen") + text(do) + b"\x85\x81"),
    new_object_with_names=lambda do: pickled(
        stacked("subprocess", "Popen") + text(do) + b"\x85}\x92", proto=4
    ),
    names_out_of_the_memo=lambda do: pickled(
        short("os") + b"\x94" + short("system") + b"\x94]h\x00h\x01\x93" + text(do) + b"\x85R", proto=4
    ),
    names_memoised_out_of_order=lambda do: pickled(
        short("system") + b"q\x07" + short("os") + b"q\x02h\x02h\x07\x93" + text(do) + b"\x85R", proto=4
    ),
    unicode_with_escapes=lambda do: pickled(
        b"V\\u006fs\nV\\u0073ystem\n\x93" + text(do) + b"\x85R", proto=4
    ),
    harm_then_nothing=lambda do: b"\x80\x02" + call("os", "system", do),
    harm_then_garbage=lambda do: b"\x80\x02" + call("os", "system", do) + b"\xff\xff\xff",
    in_a_second_stream=lambda do: pickle.dumps({"a": 1}) + pickled(call("os", "system", do)),
    popped_from_the_stack=lambda do: pickled(call("os", "system", do) + b"0K\x01"),
    torch_loads_bytes=lambda do: pickled(call("torch.storage", "_load_from_bytes", do)),
    numpy_runs_strings=lambda do: pickled(call("numpy.testing._private.utils", "runstring", do)),
    globals_by_dots=lambda do: pickled(stacked("os", "system.__globals__") + b"0N", proto=4),
    in_gzip=lambda do: gzip.compress(dumped(os.system, do)),
    in_zlib=lambda do: zlib.compress(dumped(os.system, do)),
    in_bz2=lambda do: bz2.compress(dumped(os.system, do)),
    in_xz=lambda do: lzma.compress(dumped(os.system, do)),
    in_gzip_in_bz2=lambda do: bz2.compress(gzip.compress(dumped(os.system, do))),
    in_the_second_member_of_gzip=lambda do: gzip.compress(b"") + gzip.compress(dumped(os.system, do)),
)  # fmt: skip
each(
    "pickle-name",
    own_class=lambda do: pickled(named("__main__", "Model") + b")\x81}b"),
    lambda_of_cloudpickle=lambda do: pickled(
        call("cloudpickles.fork", "_make_function", do)
    ),
    scipy_compiles_arguments=lambda do: pickled(
        named("scipy.stats._distn_infrastructure", "rv_continuous") + b")\x81}b"
    ),
    attributes_by_dots=lambda do: pickled(
        stacked("collections", "OrderedDict.__init__.__globals__") + b"0N", proto=4
    ),
    legacy_joblib_wrapper=lambda do: pickled(
        named("joblib.numpy_pickle", "NDArrayWrapper") + b")\x81}b"
    ),
    numpy_reads_a_file=lambda do: pickled(call("numpy", "load", "evil.npy")),
    pandas_reads_a_pickle=lambda do: pickled(call("pandas", "read_pickle", "evil.pkl")),
)
each(
    "pickle-call",
    codec_that_is_a_deep_tuple=lambda do: pickled(
        named("_codecs", "encode") + text("a") + b"N" + b"\x85" * 2_000_000 + b"\x86R"
    ),
    class_is_changed=lambda do: pickled(
        named("sklearn.pipeline", "Pipeline") + b"N}" + text("predict") + named("numpy", "sum") + b"s\x86b"
    ),
    result_is_called=lambda do: pickled(call("_codecs", "encode", "a", "latin1") + b")R"),
    estimator_is_called=lambda do: pickled(named("sklearn.pipeline", "Pipeline") + b")R"),
    function_is_called=lambda do: pickled(named("numpy", "max") + b")R"),
    estimator_is_filled=lambda do: pickled(
        named("sklearn.pipeline", "Pipeline") + b")\x81" + MARK + text("a") + text("b") + b"u"
    ),
)  # fmt: skip
each(
    "inconclusive",
    name_is_computed=lambda do: pickled(
        call("_codecs", "encode", "bf", "rot13") + short("system") + b"\x93" + text(do) + b"\x85R", proto=4
    ),
    extension=lambda do: pickled(b"\x82\x01"),
    persistent_line=lambda do: b"Pabc\n.",
    persistent_id=lambda do: pickled(text("abc") + b"Q"),
    bytes_behind_the_end=lambda do: pickle.dumps({"a": 1}) + b"\x00more",
    truncated=lambda do: pickle.dumps(list(range(300)))[:-40],
    memo_bomb=lambda do: pickled(b"Nr\xff\xff\xff\xff"),
    frame_beyond_the_end=lambda do: b"\x80\x04\x95\xff\xff\x00\x00\x00\x00\x00\x00N.",
    frame_across_an_opcode=lambda do: b"\x80\x04\x95\x02" + b"\0" * 7 + short("abc") + b".",
    newer_protocol=lambda do: b"\x80\x06N.",
    out_of_band_buffer=lambda do: pickled(b"\x97", proto=5),
    enormous_bytes=lambda do: b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    dtype_in_a_deep_order=lambda do: pickled(
        named("numpy", "dtype") + MARK + text("f8") + b"\x89\x88tR" + MARK
        + b"K\x03N" + b"\x85" * 2_000_000 + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"),
    dtype_with_a_field_outside=lambda do: pickled(dtype_state("V8", 8, 4, "f8")),
    dtype_of_another_length=lambda do: pickled(dtype_state("V8", 800, 0, "f8")),
    dtype_that_hides_objects=lambda do: pickled(dtype_state("V8", 8, 0, "O8")),
    not_a_pickle_at_all=lambda do: b"hello, this is no pickle",
)  # fmt: skip


@sample("pickle-danger", "model.joblib")
def joblib_list(do):
    file = io.BytesIO()
    joblib.dump([np.arange(9.0), Harm(os.system, do)], file)
    return file.getvalue()


@sample("pickle-danger", "model.joblib")
def joblib_packed(do):
    file = io.BytesIO()
    joblib.dump([np.arange(9.0), Harm(os.system, do)], file, compress=3)
    return file.getvalue()


@sample("pickle-danger", "model.joblib")
def joblib_array_of_objects(do):
    file = io.BytesIO()
    joblib.dump({"a": np.array([1, Harm(os.system, do)], object)}, file)
    return file.getvalue()


def wrapper(dtype="f8", shape=1, flags=b"N"):
    """Return the opcodes that make joblib's wrapper of an array, up to its bytes."""
    made = named("numpy", "dtype") + MARK + text(dtype) + b"\x89\x88tR"
    state = (
        text("subclass") + named("numpy", "ndarray") + text("shape") + b"K" + bytes([shape]) + b"\x85"
        + text("order") + text("C") + text("dtype") + made + text("allow_mmap") + b"\x88"
        + text("numpy_array_alignment_bytes") + flags
    )  # fmt: skip
    return (
        named("joblib.numpy_pickle", "NumpyArrayWrapper") + b")\x81}" + MARK + state + b"ub"
    )


@sample("pickle-danger", "model.joblib")
def joblib_bytes_that_are_opcodes(do):
    """For joblib an array of numbers, for pickle.load the next opcodes."""
    harm = call("os", "system", do) + STOP
    return b"\x80\x02" + wrapper("S" + str(len(harm))) + harm + STOP


@sample("inconclusive", "model.joblib")
def joblib_padding_of_opcodes(do):
    harm = call("os", "system", do) + STOP
    return (
        b"\x80\x02"
        + wrapper("f8", flags=b"K\x10")
        + bytes([len(harm)])
        + harm
        + b"\0" * 8
        + STOP
    )


@sample("inconclusive", "model.joblib")
def joblib_array_in_a_frame(do):
    inner = wrapper("f8", flags=b"K\x10") + b"\x01\xff" + b"\0" * 8 + b"."
    return b"\x80\x04\x95" + struct.pack("<Q", len(inner)) + inner


@sample("inconclusive", "model.joblib")
def joblib_wrapper_handed_around(do):
    parts = (
        named("joblib.numpy_pickle", "NumpyArrayWrapper")
        + named("builtins", "object")
        + b"N\x87"
    )
    return pickled(named("copyreg", "_reconstructor") + parts + REDUCE + b"}b")


@sample("pickle-danger", "model.joblib")
def joblib_memo_that_two_readers_fill_differently(do):
    """In joblib the inner pickle has a memo of its own, for pickle.load it is the outer one."""
    outer = text("os") + b"\x94" + text("system") + b"\x940" * 2
    inner = (
        b"\x80\x04" + short("numpy") + b"\x94" + short("dtype") + b"\x94" + b"h\x00h\x01\x93"
        + text(do) + b"\x85R."
    )  # fmt: skip
    return (
        b"\x80\x04"
        + outer.replace(b"\x940\x940", b"\x94" + b"00")
        + wrapper("O8")
        + inner
        + b"."
    )


@sample("object-array", "weights.npy")
def numpy_array_of_objects(do):
    file = io.BytesIO()
    np.save(file, np.array([Harm(os.system, do)], object))
    return file.getvalue()


@sample("pickle-danger", "weights.npz")
def numpy_archive_of_objects(do):
    file = io.BytesIO()
    np.savez_compressed(file, a=np.zeros(3), b=np.array([Harm(os.system, do)], object))
    return file.getvalue()


each("pickle-danger", "model.pt", torch_archive=lambda do: zipped(
    archive__data_dot_pkl=dumped(os.system, do, proto=2), archive__version="3"))  # fmt: skip
each(
    "pickle-danger",
    "model.bin",
    pickle_without_a_telling_name=lambda do: dumped(os.system, do),
)
each(
    "mismatch",
    "weights.safetensors",
    pickle_called_safetensors=lambda do: dumped(os.system, do),
)
each("mismatch", "weights.npy", pickle_called_npy=lambda do: dumped(os.system, do))
each("mismatch", "notes.txt", pickle_called_text=lambda do: dumped(os.system, do, proto=0))
each(
    "mismatch", "config.json", pickle_called_json=lambda do: dumped(os.system, do, proto=0)
)
each(
    "two-faced",
    "weights.safetensors",
    safetensors_and_pickle=lambda do: safetensors_pickle(do),
)


def safetensors_pickle(do):
    """Return a header whose length, read as opcodes, skips to a pickle inside of it."""
    harm = f"cos\nsystem\n(V{do}\ntR."
    lead = '{"__metadata__":{"a":"'
    # 'C', n: n bytes of a text; they end where the harm begins.
    skipped = 6 + len(lead)
    header = (lead + harm.replace("\n", "\n") + '"}}').ljust((skipped << 8) | ord("C"))
    return safetensors(header)
