"""What other packages bring along is found, whatever else is installed."""

from __future__ import annotations

import sys

import pytest

from trackbook.book.collecting import installed
from trackbook.gates.catalogue import brought_along as checks
from trackbook.packages.flavours import installed_flavours
from trackbook.plugins import plug_ins
from trackbook.templates.catalogue import brought_along as templates

BROKEN = [
    "[{group}]\nno point at all\n",
    "[{group}]\na = b\n= c\nd\n",
    "a = b:c\n[{group}]\n[\nx",
]


def package(folder, name, points):
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(points)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_package_that_cannot_be_read_takes_nothing_from_the_others(
    tmp_path, monkeypatch, broken
) -> None:
    group = "trackbook.things"
    package(tmp_path / "a", "broken", broken.format(group=group))
    package(
        tmp_path / "b", "whole", f"[{group}]\nthing = whole.things:ONE\n[other]\nx = y\n"
    )
    package(tmp_path / "c", "Whole", f"[{group}]\nthing = whole.old:ONE\n")
    monkeypatch.setattr(sys, "path", [*map(str, sorted(tmp_path.iterdir())), *sys.path])
    with pytest.warns(UserWarning, match="broken's entry points cannot be read"):
        found = plug_ins(group)
    assert [(point.name, point.value) for point in found] == [("thing", "whole.things:ONE")]


def test_packages_without_a_name_offer_something_each(tmp_path, monkeypatch) -> None:
    for name in ("one", "two"):
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\n")
        (about / "entry_points.txt").write_text(f"[trackbook.things]\n{name} = a:B\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {point.name for point in plug_ins("trackbook.things")} == {"one", "two"}


@pytest.mark.parametrize(
    ("group", "ask"),
    [
        ("trackbook.collectors", lambda: installed(tuple(sys.path))),
        ("trackbook.checks", lambda: checks.__wrapped__()),
        ("trackbook.flavours", installed_flavours),
        ("trackbook.templates", templates),
    ],
)
def test_every_kind_of_plug_in_outlives_a_broken_package(
    tmp_path, monkeypatch, group, ask
) -> None:
    before = len(ask())
    package(tmp_path, "broken", f"[{group}]\nno point at all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.warns(UserWarning, match="broken's entry points cannot be read"):
        assert len(ask()) == before
