"""A template is data that leads nowhere but into the project, and overwrites nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from trackbook.contract import read_contract
from trackbook.errors import Damaged, NotFound, Refused
from trackbook.gates import read_policy
from trackbook.templates import (
    make,
    offered,
    planned,
    project_name,
    read_template,
    template_named,
)

MANIFEST = 'version = 1\nsays = "A test"\nfiles = ["a/b.txt"]\nfill = ["a/b.txt"]\n'


def plan(folder, *, name="experiments", project="churn"):
    return planned(template_named(name), folder, project, also=[".trackbook"])


def everything(folder):
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*")}


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """An installed package that brings a template; importing it would be an error."""
    package = tmp_path / "site" / "otherlab"
    folder = package / "starts" / "tiny"
    (folder / "files" / "a").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "template.toml").write_text(MANIFEST)
    (folder / "files" / "a" / "b.txt").write_text("of {{project}}")
    info = tmp_path / "site" / "otherlab-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: otherlab\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[trackbook.templates]\ntiny = otherlab.starts.tiny\nlost = nowhere.to.be.found\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return folder


def test_the_seeds_folders_a_contract_a_policy_and_a_notebook_are_made(tmp_path) -> None:
    make(plan(tmp_path), tmp_path)
    assert {
        ".trackbook", "baseline_models", "feature_engineering_experiments",
        "hyperparameter_optimization", "production_candidates", "trackbook.gates.toml",
        "trackbook.contract.toml", "baseline_models/first_baseline.ipynb",
    } < everything(tmp_path)  # fmt: skip
    assert read_contract(tmp_path).tags["project"].values == ("churn",)
    assert set(read_policy(tmp_path).targets) == {"staging", "production"}
    notebook = nbformat.read(
        tmp_path / "baseline_models/first_baseline.ipynb", as_version=4
    )
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert not any(
        "{{" in file.read_text() for file in tmp_path.rglob("*.*") if file.is_file()
    )


def test_what_is_there_is_never_overwritten_and_then_nothing_is_made(tmp_path) -> None:
    (tmp_path / "baseline_models").mkdir()
    mine = tmp_path / "baseline_models/README.md"
    mine.write_text("mine")
    with pytest.raises(
        Refused, match=r"baseline_models/README\.md in .* would be overwritten"
    ):
        plan(tmp_path)
    assert (mine.read_text(), everything(tmp_path)) == (
        "mine",
        {"baseline_models", "baseline_models/README.md"},
    )


def test_a_folder_with_other_things_keeps_them(tmp_path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "baseline_models").mkdir()
    made = plan(tmp_path)
    assert [one.path for one in made if one.is_there] == ["baseline_models"]
    make(made, tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_project_that_lies_on_another_disk_stays_there(tmp_path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / ".trackbook").symlink_to(tmp_path / "disk")
    make(plan(tmp_path / "churn"), tmp_path / "churn")
    assert everything(tmp_path / "disk") == set()


@pytest.mark.parametrize(
    "what", ["link to a folder", "dangling link", "file", "link for a file"]
)
def test_links_and_files_in_the_way_are_refused(tmp_path, what) -> None:
    root, away = tmp_path / "project", tmp_path / "away"
    root.mkdir()
    away.mkdir()
    place = root / "baseline_models"
    if what == "file":
        place.write_text("")
    elif what == "link for a file":
        (root / "trackbook.gates.toml").symlink_to(away / "stolen")
    else:
        place.symlink_to(away if what == "link to a folder" else tmp_path / "nowhere")
    with pytest.raises(Refused, match="nothing was written"):
        plan(root)
    assert everything(away) == set()


def test_what_comes_up_after_the_plan_is_not_overwritten_and_what_was_made_goes(
    tmp_path,
) -> None:
    root = tmp_path / "new"
    made = plan(root)
    root.mkdir()
    (root / "trackbook.contract.toml").write_text("mine")
    with pytest.raises(Refused, match="nothing was kept"):
        make(made, root)
    assert everything(root) == {"trackbook.contract.toml"}
    assert (root / "trackbook.contract.toml").read_text() == "mine"


def test_a_folder_that_takes_no_files_is_said(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot write to"):
        make(plan(tmp_path / "file" / "new"), tmp_path / "file" / "new")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("churn", "churn"),
        ("Churn model (v2)", "Churn_model_v2"),
        ("日本", "日本"),
        ('"]\nx = """', "x"),
        ("…", "project"),
        ("x" * 200, "x" * 60),
    ],
)
def test_a_project_is_called_as_its_folder_with_nothing_odd_in_it(
    tmp_path, folder, name
) -> None:
    assert project_name(tmp_path / folder) == name
    made = plan(tmp_path / folder, project=name)
    make(made, tmp_path / folder)
    assert read_contract(tmp_path / folder).tags["project"].values == (name,)


def test_a_package_brings_a_template_and_is_not_imported(brought, tmp_path) -> None:
    found = {one.name: one for one in offered()}
    assert (found["tiny"].says, found["tiny"].source) == ("A test", "otherlab.starts.tiny")
    assert "there is no package 'nowhere'" in found["lost"].says
    make(plan(tmp_path / "p", name="tiny"), tmp_path / "p")
    assert (tmp_path / "p/a/b.txt").read_text() == "of churn"
    assert "otherlab" not in sys.modules


def test_a_template_that_is_not_there_is_said() -> None:
    with pytest.raises(NotFound, match="did you mean 'experiments'"):
        template_named("experiment")


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (MANIFEST.replace("a/b.txt", "../b.txt"), "is no path for a template's file"),
        (MANIFEST.replace("a/b.txt", "/etc/passwd"), "is no path"),
        (MANIFEST.replace("a/b.txt", "a//b.txt"), "is no path"),
        (MANIFEST.replace("a/b.txt", ".trackbook/x"), "is no path"),
        (MANIFEST.replace("a/b.txt", ".Git/hooks/pre-commit"), "is no path"),
        (MANIFEST.replace("a/b.txt", "link.txt"), "leads out of the template"),
        (MANIFEST.replace('["a/b.txt"]', '["a/b.txt", "a/B.txt"]', 1), "B.txt|twice"),
        (MANIFEST.replace('fill = ["a/b.txt"]', 'fill = ["c"]'), "no file named 'c'"),
        (MANIFEST + 'opens = "c"', "no file named 'c'"),
        (MANIFEST + "more = 1", "more"),
        (MANIFEST.replace("version = 1", "version = 9"), "reads version 1"),
        ("files = 3", "files"),
        ("[", "template 'tiny'"),
    ],
)
def test_a_hostile_manifest_is_refused_and_lists_as_broken(brought, manifest, says) -> None:
    (brought / "files/link.txt").symlink_to("/etc/hostname")
    (brought / "template.toml").write_text(manifest.replace("\\", "\\\\"))
    with pytest.raises(Damaged, match=says):
        read_template("tiny", brought)
    (broken,) = [one for one in offered() if one.name == "tiny"]
    assert (broken.count, "tiny" in broken.says) == (0, True)


def test_our_own_template_cannot_be_replaced_by_a_package(brought) -> None:
    points = brought.parents[2] / "otherlab-1.0.dist-info/entry_points.txt"
    points.write_text("[trackbook.templates]\nexperiments = otherlab.starts.tiny\n")
    assert len(template_named("experiments").files) > 5
    assert [one.source for one in offered()] == ["trackbook"]
