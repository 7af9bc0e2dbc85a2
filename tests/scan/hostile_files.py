"""Hostile files and folders of other kinds than pickles: archives, models, texts, programs."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile

import numpy as np
from scan_bytecode import Harm, call, dumped, field, gguf, node, onnx, pickled, safetensors

FILES = {}
"""By name: what writes a file or folder below a folder, given a shell command; the code to be found."""


def sample(code):
    def keep(write):
        FILES[write.__name__] = (write, code)
        return write

    return keep


def files(code, name, **writers):
    for what, make in writers.items():

        def write(folder, do, make=make):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make(do))
            return path

        FILES[what] = (write, code)


def folders(code, **writers):
    for what, fill in writers.items():

        def write(folder, do, fill=fill):
            (folder / "package").mkdir()
            (folder / "package" / "README.md").write_text("a model")
            fill(folder / "package", do)
            return folder / "package"

        FILES[what] = (write, code)


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def tarred(*members, mode="w"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, data, facts in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            for key, value in facts.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def zip_link():
    member = zipfile.ZipInfo("link")
    member.external_attr = 0o120777 << 16
    return member


def encrypted():
    raw = bytearray(zipped(("a.txt", "secret"), method=zipfile.ZIP_STORED))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def deep_zip(do, levels=9):
    data = dumped(os.system, do)
    for _ in range(levels):
        data = zipped(("model.pkl", data))
    return data


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
files(
    "path-trick", "package.zip",
    zip_slip=lambda do: zipped(("../../marker", do)),
    zip_absolute=lambda do: zipped(("/tmp/marker", do)),
    zip_backslash=lambda do: zipped(("..\\marker", do)),
    zip_drive=lambda do: zipped(("C:marker", do)),
    zip_device=lambda do: zipped(("aux.txt", do)),
    zip_invisible=lambda do: zipped(("model\u202etxt.pkl", do)),
)  # fmt: skip
files("path-trick", "p.tar", tar_slip=lambda do: tarred(("../marker", b"x", {})))
files("link", "p.tar", tar_link=lambda do: tarred(("model.pkl", b"", LINK)))
files("link", "p.tar.gz", tar_device=lambda do: tarred(("d", b"", {"type": tarfile.CHRTYPE}), mode="w:gz"))  # fmt: skip
files("link", "p.zip", zip_with_link=lambda do: zipped((zip_link(), "/etc/passwd")))
files(
    "duplicate-name", "p.zip",
    zip_duplicate=lambda do: zipped(("a.txt", "1"), ("a.txt", "2")),
    zip_case_collision=lambda do: zipped(("model.pkl.txt", "1"), ("Model.PKL.txt", "2")),
)  # fmt: skip
files("pickle-danger", "p.tar.gz", tar_with_pickle=lambda do: tarred(("m.pkl", dumped(os.system, do), {}), mode="w:gz"))  # fmt: skip
files("pickle-danger", "p.zip", zip_with_pickle_called_text=lambda do: zipped(("notes.txt", dumped(os.system, do))))  # fmt: skip
files(
    "inconclusive", "p.zip",
    zip_bomb=lambda do: zipped(("zeros.bin", b"\0" * (80 << 20))),
    zip_encrypted=lambda do: encrypted(),
    zip_behind_a_program=lambda do: b"PK\x03\x04stub" + zipped(("a.txt", "1")),
    zip_with_comment=lambda do: zipped(("a.txt", "1"))[:-2] + b"\x03\x00abc",
    zip_truncated=lambda do: zipped(("a.txt", "1"))[:-30],
    zip_in_zip_in_zip=deep_zip,
)  # fmt: skip
files("inconclusive", "w.npy.gz", gzip_bomb=lambda do: gzip.compress(b"\0" * (80 << 20)))
files("inconclusive", "m.pkl.zst", zstandard=lambda do: b"\x28\xb5\x2f\xfd" + b"\0" * 40)
files("inconclusive", "m.7z", seven_zip=lambda do: b"7z\xbc\xaf\x27\x1c" + b"\0" * 40)
files("inconclusive", "m.bin", unknown_binary=lambda do: bytes(range(128, 256)) * 9)
files(
    "two-faced", "w.npy", numpy_and_zip=lambda do: npy(np.zeros(3)) + zipped(("a.txt", do))
)
files(
    "program", "model/tool.bin",
    elf=lambda do: b"\x7fELF\x02\x01\x01" + b"\0" * 60,
    windows=lambda do: b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0",
    mac=lambda do: b"\xcf\xfa\xed\xfe" + b"\0" * 30,
    java_object=lambda do: b"\xac\xed\x00\x05sr\x00\x11java.util.HashMap",
    r_object=lambda do: b"RDX3\nX\n\0\0",
)  # fmt: skip
files(
    "program",
    "a.pyc",
    compiled_python=lambda do: b"\xcb\x0d\x0d\x0a" + b"\0" * 12 + b"\xe3",
)
files(
    "program", "weights.txt", elf_called_text=lambda do: b"\x7fELF\x02\x01\x01" + b"\0" * 60
)
files("macro", "card.docx", office_macro=lambda do: zipped(
    ("[Content_Types].xml", "<Types/>"), ("word/vbaProject.bin", "x")))  # fmt: skip
files("macro", "card.doc", old_office_macro=lambda do: (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16le") + b"V\0B\0A\0"))  # fmt: skip


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def tree(*children):
    """Return the nodes of a tree as scikit-learn has them, with these to the left and right."""
    kind = [("left_child", "<i8"), ("right_child", "<i8"), ("feature", "<i8")]
    return npy(np.array([(*pair, 0) for pair in children], dtype=kind))


files(
    "tree-node", "nodes.npy",
    tree_led_outside=lambda do: tree((1, 7), (-1, -1)),
    tree_led_before_itself=lambda do: tree((1, -9), (-1, -1)),
    tree_without_end=lambda do: tree((1, 2), (0, 2), (-1, -1)),
)  # fmt: skip


files("tree-node", "m.zip", tree_called_a_forest_in_an_archive=lambda do: zipped(
    ("trees-000-nodes.npy", tree((1, 2), (0, 2), (-1, -1)))))  # fmt: skip


def keras(*layers):
    return json.dumps(
        {"module": "keras", "class_name": "Sequential", "config": {"layers": layers}}
    )


LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"function": ["4wE=", None]},
}
RUN = {"module": "os", "class_name": "system", "config": {}}
CALL = {"module": "builtins", "class_name": "function", "config": "exec"}
FETCH = {"module": "keras.utils", "class_name": "function", "config": "get_file"}
files("keras-code", "m.keras", keras_lambda=lambda do: zipped(
    ("metadata.json", "{}"), ("config.json", keras(LAMBDA))))  # fmt: skip
files("keras-module", "m.keras", keras_module=lambda do: zipped(
    ("metadata.json", "{}"), ("config.json", keras(RUN))))  # fmt: skip
files(
    "keras-module", "config.json",
    keras_function=lambda do: keras(CALL).encode(),
    keras_get_file=lambda do: keras(FETCH).encode(),
)  # fmt: skip
files("keras-code", "m.h5", keras_2_lambda=lambda do: (
    b"\x89HDF\r\n\x1a\n" + b"\0" * 90 + b"model_config\0" + keras(LAMBDA).encode() + b"\0" * 9))  # fmt: skip
EXTERNAL = field(13, field(1, "location") + field(2, "../../etc/passwd")) + field(14, 1)
INNER = field(6, field(1, node("Steal", "com.evil")))
files(
    "onnx-operator", "m.onnx",
    onnx_custom_operator=lambda do: onnx(node("Steal", "com.evil")),
    onnx_custom_operator_in_a_branch=lambda do: onnx(node("If", "", INNER)),
)  # fmt: skip
files("onnx-code", "m.onnx", onnx_python=lambda do: onnx(node("PythonOp", "com.microsoft")))
files("onnx-external", "m.onnx", onnx_weights_elsewhere=lambda do: onnx(node("Add"), tensors=[EXTERNAL]))  # fmt: skip
files("inconclusive", "m.onnx", onnx_without_end=lambda do: onnx(node("Add")) + b"\x3a\xff\xff\xff\x7f")  # fmt: skip


def tensor(start, end, shape=(1,)):
    return {"dtype": "F32", "shape": list(shape), "data_offsets": [start, end]}


files(
    "inconclusive", "w.safetensors",
    safetensors_overlap=lambda do: safetensors(
        json.dumps({"a": tensor(0, 4), "b": tensor(2, 6)}), b"\0" * 6),
    safetensors_outside=lambda do: safetensors(json.dumps({"a": tensor(0, 4)}), b""),
    safetensors_gap=lambda do: safetensors(json.dumps({"a": tensor(8, 12)}), b"\0" * 12),
    safetensors_rest=lambda do: safetensors(json.dumps({"a": tensor(0, 4)}), b"\0" * 99),
    safetensors_shape=lambda do: safetensors(json.dumps({"a": tensor(0, 4, (9, 9))}), b"\0" * 4),
    safetensors_huge_header=lambda do: struct.pack("<Q", 1 << 40) + b'{"a":{}}',
    safetensors_twice=lambda do: safetensors('{"a":{},"a":{}}'),
)  # fmt: skip
TEMPLATE = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
files(
    "template",
    "m.gguf",
    gguf_template=lambda do: gguf(("tokenizer.chat_template", TEMPLATE)),
)
files("inconclusive", "m.gguf", gguf_count=lambda do: gguf(("a", "b"), tensors=1 << 60))
files("template", "tokenizer_config.json", json_template=lambda do: json.dumps(
    {"chat_template": "{{ cycler.__init__.__globals__.os.popen('" + do + "') }}"}).encode())  # fmt: skip


def skops(content, *members):
    schema = {"protocol": 2, "_skops_version": "0.16", **content}
    return zipped(("schema.json", json.dumps(schema)), *members)


def skops_node(module, name, loader, content=None):
    return {
        "__module__": module,
        "__class__": name,
        "__loader__": loader,
        "content": content,
    }


files(
    "skops-danger", "m.skops",
    skops_function=lambda do: skops(skops_node("os", "system", "FunctionNode")),
    skops_type_within=lambda do: skops(skops_node("sklearn.pipeline", "Pipeline", "ObjectNode", {
        "a": skops_node("subprocess", "Popen", "TypeNode")})),
)  # fmt: skip
files("skops-type", "m.skops", skops_own_type=lambda do: skops(skops_node("shop", "Model", "ObjectNode")))  # fmt: skip
files("skops-node", "m.skops", skops_method=lambda do: skops(
    skops_node("sklearn.pipeline", "Pipeline", "MethodNode", {"func": "fit"})))  # fmt: skip
files("pickle-danger", "m.skops", skops_with_pickle=lambda do: skops(
    skops_node("builtins", "list", "ListNode", []), ("a.npy", npy(np.array([Harm(os.system, do)], object)))))  # fmt: skip
files(
    "yaml-object", "MLmodel", yaml=lambda do: b"a: !!python/object/apply:os.system ['x']\n"
)
files(
    "secret", "code/settings.py",
    aws_key=lambda do: b"KEY = 'AKIA" + b"ABCDEFGHIJ234567" + b"'\n",
    private_key=lambda do: b"x = '''-----BEGIN RSA " + b"PRIVATE KEY-----\nMIIE'''",
    address=lambda do: b"DB = 'postgresql://ann:" + b"Sommer2026!@db.example/shop'",
    password=lambda do: b"PASSWORD = 'correct7horse" + b"battery'\n",
)  # fmt: skip
files("secret", "train.ipynb", secret_in_output=lambda do: json.dumps({"cells": [
    {"outputs": [{"text": ["token: gh" + "p_" + "a1B2" * 9]}]}]}).encode())  # fmt: skip
files(
    "graph-code",
    "saved_model.pb",
    tensorflow_runs_python=lambda do: b"\x08\x01\x12\x06PyFunc\0",
)

files("two-faced", "w.npy", numpy_and_zip_with_comment=lambda do: (
    npy(np.zeros(3)) + zipped(("a.txt", do))[:-2] + b"\x03\x00abc"))  # fmt: skip
files("autostart", "lines.pth", path_file=lambda do: b"import os\n")
files("inconclusive", "m.onnx", onnx_graph_missing=lambda do: field(1, 8) + field(2, "x"))
files("inconclusive", "m.tar", tar_with_enormous_header=lambda do: tarred(
    ("x", b"", {"type": tarfile.GNUTYPE_LONGNAME}))[:124] + b"77777777777\0" + tarred(
    ("x", b"", {"type": tarfile.GNUTYPE_LONGNAME}))[136:])  # fmt: skip
folders(
    "link",
    folder_link=lambda folder, do: (folder / "model.pkl").symlink_to("/etc/passwd"),
    folder_link_to_a_folder=lambda folder, do: (folder / "data").symlink_to("/etc"),
    pipe=lambda folder, do: os.mkfifo(folder / "model.pkl"),
)
folders("path-trick", name_right_to_left=lambda folder, do: (
    folder / "model\u202etxt.exe").write_text(do))  # fmt: skip
folders(
    "duplicate-name",
    case_collision=lambda folder, do: (folder / "readme.MD").write_text("b"),
)
folders(
    "shadow",
    stands_in_for_numpy=lambda folder, do: (folder / "numpy.py").write_text(do),
    stands_in_for_sklearn=lambda folder, do: (
        (folder / "code" / "sklearn").mkdir(parents=True),
        (folder / "code" / "sklearn" / "__init__.py").write_text(do)),
)  # fmt: skip
folders("autostart", site_customised=lambda folder, do: (folder / "sitecustomize.py").write_text(do))  # fmt: skip
folders("pickle-danger", deep_in_a_folder=lambda folder, do: (
    (folder / "a" / "b").mkdir(parents=True),
    (folder / "a" / "b" / "model").write_bytes(pickle.dumps(Harm(os.system, do)))))  # fmt: skip
folders("pickle-danger", beside_good_files=lambda folder, do: (
    (folder / "a.pkl").write_bytes(pickle.dumps({"a": 1})),
    (folder / "b.pkl").write_bytes(pickled(call("os", "system", do)))))  # fmt: skip
