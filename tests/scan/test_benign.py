"""Real models pass without a false alarm."""

from __future__ import annotations

import zipfile

import pytest
from benign_models import FILES, MODELS, WAYS, model

from trackbook.scan import scan_file, scan_folder


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", MODELS)
def test_a_model_passes(name, way, tmp_path):
    file = tmp_path / WAYS[way]
    way(model(name), file)
    scan = scan_file(file)
    assert scan.findings == ()
    assert scan.is_safe and scan.verdict == "safe"


@pytest.mark.parametrize("name", FILES)
def test_a_file_passes(name, tmp_path):
    FILES[name](tmp_path / name)
    scan = scan_file(tmp_path / name)
    assert [f for f in scan.findings if f.severity != "note"] == []


def test_a_package_passes_as_a_folder_and_as_a_zip(tmp_path):
    package = tmp_path / "package"
    (package / "model").mkdir(parents=True)
    for name, write in FILES.items():
        write(package / "model" / name)
    scan = scan_folder(package)
    assert scan.is_safe, [str(f) for f in scan.findings]
    assert {f"model/{name}" for name in FILES} <= {file.path for file in scan.files}
    packed = tmp_path / "package.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.rglob("*")):
            archive.write(file, file.relative_to(package))
    assert scan_file(packed).is_safe


def test_the_kinds_are_told_by_their_bytes(tmp_path):
    names = [
        "booster.json",
        "booster.ubj",
        "weights.npz",
        "weights.safetensors",
        "net.onnx",
    ]
    kinds = set()
    for name in names:
        FILES[name](tmp_path / name)
        kinds |= scan_file(tmp_path / name).kinds
    assert {"json", "ubjson", "npz", "npy", "safetensors", "onnx"} == kinds
