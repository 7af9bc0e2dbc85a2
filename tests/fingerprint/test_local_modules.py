"""Modules that no package brought."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from trackbook.fingerprint import local_modules


def test_a_users_own_module_is_found_with_its_source(tmp_path, monkeypatch) -> None:
    (tmp_path / "own_module_of_test.py").write_text("a = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("own_module_of_test")
    found = {source.name: source for source in local_modules()}
    assert found["own_module_of_test"].text == "a = 1\n"
    assert not {"trackbook", "numpy", "json", "pytest"} & set(found)
    (tmp_path / "own_module_of_test.py").write_text("a = 22\n")
    assert {s.name: s.text for s in local_modules()}["own_module_of_test"] == "a = 22\n"
    del sys.modules["own_module_of_test"]


def test_modules_are_not_asked(monkeypatch) -> None:
    class Hostile(ModuleType):
        def __getattribute__(self, name):
            raise AssertionError(name)

    monkeypatch.setitem(sys.modules, "hostile", Hostile("hostile"))
    monkeypatch.setitem(sys.modules, "no module", object())
    assert "hostile" not in {source.name for source in local_modules()}
