"""Cards of packages are loaded with trackbook; a session is given others."""

from __future__ import annotations

import sys

import pytest

import trackbook
from trackbook.doors import watching
from trackbook.errors import Misused
from trackbook.libraries import XGBOOST, Library

NET = """
class Net:
    def fit(self, rate):
        return self

    def refit(self, rate):
        return self
"""
CARD = """
from trackbook.libraries import Library, Training

TEXT = "<b>CARD</b>"

def reader(label):
    def read(call):
        yield Training(
            label=label, model=call.given["self"], params={"rate": call.given["rate"]}
        )
    return read

def card(label, method):
    return Library(module="tiny_net", methods={"tiny_net:Net": {method: reader(label)}})

CARD = card("packaged", "fit")
"""
POINTS = """
[trackbook.libraries]
a = tiny_lost:CARD
<b>b</b> = tiny_card:TEXT
c = tiny_quits:CARD
d = tiny_card:CARD
"""
TINY = ("tiny_net", "tiny_card", "tiny_quits")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A library, and a package that offers four cards for it, of which one is any good."""
    site = tmp_path / "site"
    about = site / "tiny-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(POINTS)
    (site / "tiny_net.py").write_text(NET)
    (site / "tiny_card.py").write_text(CARD)
    (site / "tiny_quits.py").write_text("raise SystemExit('no arguments')")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(watching, "given", {})
    yield site
    for name in TINY:
        sys.modules.pop(name, None)


def trained(sheet):
    """Return what each run's training was called, and its rate."""
    labels = "SELECT run_id, label FROM models"
    rates = "SELECT run_id, value FROM params WHERE name = 'rate'"
    return sorted(
        sheet.sql(f"SELECT label, value FROM ({labels}) JOIN ({rates}) USING (run_id)")
    )


def test_a_packages_card_counts_and_each_bad_one_is_said_in_a_line_of_its_own(
    sheet, tiny, capsys
) -> None:
    sheet.ok("%unload_ext trackbook")
    capsys.readouterr()
    sheet.ok("%load_ext trackbook", "%track quiet", "from tiny_net import Net")
    said = capsys.readouterr().err.splitlines()
    sheet.ok("net = Net().fit(rate=0.5)")
    assert trained(sheet) == [("packaged", "0.5")]
    assert len(said) == 3
    text, lost, quits = sorted(said)
    assert "loading the card '<b>b</b>' failed (Misused: 'tiny_card:TEXT' is a" in text
    assert "No module named 'tiny_lost'" in lost
    assert "'tiny_quits:CARD' ends the program when it is imported" in quits
    places = {place for (place,) in sheet.sql("SELECT place FROM faults")}
    assert places == {f"loading the card {name!r}" for name in ("a", "<b>b</b>", "c")}


def test_packages_whose_entry_points_nobody_can_read_do_not_hide_other_cards(tiny) -> None:
    for name, points in (("odd", b"[trackbook.libraries]\nno card"), ("odder", b"\xff")):
        about = tiny / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
        )
        (about / "entry_points.txt").write_bytes(points)
    faults = []
    cards = watching.brought_cards(lambda place, _error: faults.append(place))
    nameless = tiny / "nameless-1.0.dist-info"
    nameless.mkdir()
    (nameless / "entry_points.txt").write_text("[trackbook.libraries]\ne = tiny_card:CARD")
    assert len(watching.brought_cards(lambda *_: None)) == 2
    assert [card.module for card in cards] == ["tiny_net"]
    assert "reading the entry points of 'odd'" in faults
    assert len(faults) == 4


def test_a_card_that_a_session_is_given_counts_from_now_on(sheet, tiny) -> None:
    sheet.ok(
        "import tiny_net, trackbook",
        "from tiny_card import card",
        "tiny_net.Net().fit(rate=1)",
        "trackbook.watch(card('given', 'fit'))",
        "tiny_net.Net().fit(rate=2)",
    )
    assert trained(sheet) == [("given", "2")]


def test_the_last_card_given_for_a_module_counts_in_later_sessions_too(sheet, tiny) -> None:
    sheet.ok("import trackbook", "from tiny_net import Net", "from tiny_card import card")
    sheet.ok("trackbook.watch(card('first', 'fit'))")
    sheet.ok("trackbook.watch(card('second', 'refit'))")
    sheet.ok("net = Net().fit(rate=1).refit(rate=2)")
    sheet.ok("%unload_ext trackbook", "%load_ext trackbook", "%track quiet")
    sheet.ok("net = Net().fit(rate=3).refit(rate=4)")
    assert trained(sheet) == [("second", "2"), ("second", "4")]


def test_what_trackbook_reads_itself_stays_its_own_and_more_can_be_added(
    sheet, tiny
) -> None:
    sheet.ok(
        "import trackbook, xgboost",
        "from trackbook.libraries import Library",
        "from tiny_card import reader",
        "names = {'fit': reader('mine'), 'set_params': lambda call: reader('more')(call)}",
        "trackbook.watch(Library(module='xgboost', methods={'xgboost.sklearn:XGBModel': names}))",
        "model = xgboost.XGBRegressor(n_estimators=1).fit([[0.0], [1.0]], [0, 1])",
    )
    assert sheet.sql("SELECT label FROM models") == [("XGBRegressor",)]
    assert XGBOOST.methods["xgboost.sklearn:XGBModel"].keys() == {"fit"}


def test_what_is_no_card_is_refused_and_the_others_go_on(sheet, tiny) -> None:
    with pytest.raises(Misused, match=r"the card is a builtins\.dict, no trackbook"):
        trackbook.watch({"module": "tiny_net"})
    with pytest.raises(Misused, match="names nothing to watch"):
        trackbook.watch(Library(module="tiny_net"))
    sheet.ok("import trackbook", "from tiny_card import CARD", "from tiny_net import Net")
    sheet.ok("trackbook.watch(CARD)", "net = Net().fit(rate=1)")
    assert trained(sheet) == [("packaged", "1")]
