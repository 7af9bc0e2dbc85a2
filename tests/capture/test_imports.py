"""Knowing when a module has been imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
import traceback
import zipfile

import pytest

from trackbook.capture.imports import Imports
from trackbook.capture.taps import new_tap


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def watch():
    tap = new_tap()
    told, near = [], []

    def start(*names):
        imports = Imports(
            names,
            lambda module: told.append((module.__name__, dict(vars(module)))),
            near=lambda module: near.append(module.__name__),
        )
        imports.start(
            lambda function, closed: tap.hear(function, opened=None, closed=closed)
        )
        imports.told_near = near
        return imports, told

    yield start
    tap.stop()


def test_a_module_is_told_once_it_is_complete(folder, watch):
    (folder / "alpha.py").write_text("import beta\nname = 1")
    (folder / "beta.py").write_text("")
    _, told = watch("alpha")
    importlib.import_module("alpha")
    [(name, contents)] = told
    assert (name, contents["name"]) == ("alpha", 1)


def test_a_module_that_is_there_already_is_told_at_once(watch):
    _, told = watch("json", "not.there")
    assert [name for name, _ in told] == ["json"]


def test_nothing_is_imported_by_watching(folder, watch):
    (folder / "gamma.py").write_text("")
    watch("gamma")
    assert "gamma" not in sys.modules


def test_a_submodule_is_told_by_its_full_name(folder, watch):
    (folder / "pack").mkdir()
    (folder / "pack" / "part.py").write_text("")
    _, told = watch("pack.part", "part")
    importlib.import_module("pack.part")
    assert [name for name, _ in told] == ["pack.part"]


def test_a_reload_is_told_again(folder, watch):
    (folder / "delta.py").write_text("")
    _, told = watch("delta")
    importlib.reload(importlib.import_module("delta"))
    assert [name for name, _ in told] == ["delta", "delta"]


def test_a_module_in_a_zip_file_is_told(folder, watch, monkeypatch):
    with zipfile.ZipFile(folder / "z.zip", "w") as archive:
        archive.writestr("zipped.py", "x = 1")
    monkeypatch.syspath_prepend(folder / "z.zip")
    _, told = watch("zipped")
    importlib.import_module("zipped")
    assert [name for name, _ in told] == ["zipped"]


def test_a_module_that_fails_is_not_told_and_fails_with_the_same_traceback(folder, watch):
    (folder / "broken.py").write_text("x = 1\nx.nothing")

    def failure():
        try:
            import broken  # noqa: F401
        except AttributeError:
            return traceback.format_exc()

    plain = failure()
    imports, told = watch("broken")
    assert failure() == plain
    imports.catch_up()
    assert told == []


def test_a_module_by_a_foreign_loader_is_told_when_catching_up(folder, watch, monkeypatch):
    from importlib.machinery import ModuleSpec

    class Foreign:
        def find_spec(self, name, path=None, target=None):
            return ModuleSpec(name, self) if name == "foreign" else None

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            module.x = 1

    monkeypatch.setattr(sys, "meta_path", [Foreign(), *sys.meta_path])
    imports, told = watch("foreign")
    importlib.import_module("foreign")
    assert told == []
    imports.catch_up()
    imports.catch_up()
    assert [name for name, _ in told] == ["foreign"]


def test_watching_leaves_the_import_system_as_it_was(folder, watch):
    (folder / "eps.py").write_text("")
    finders, hooks = list(sys.meta_path), list(sys.path_hooks)
    watch("eps")
    module = importlib.import_module("eps")
    assert (sys.meta_path, sys.path_hooks) == (finders, hooks)
    assert "exec_module" not in vars(module.__loader__)


def test_no_ml_library_is_imported_by_the_cards():
    code = (
        "import sys, trackbook.capture.calls, trackbook.libraries\n"
        "print(sorted({'sklearn', 'xgboost', 'numpy', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_other_modules_of_the_package_are_told_apart(folder, watch):
    (folder / "parcel").mkdir()
    for name in ("__init__", "one", "two"):
        (folder / "parcel" / f"{name}.py").write_text("")
    imports, told = watch("parcel.one")
    importlib.import_module("parcel.one")
    importlib.import_module("parcel.two")
    assert [name for name, _ in told] == ["parcel.one"]
    assert imports.told_near == ["parcel", "parcel.two"]
