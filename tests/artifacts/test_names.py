"""An artifact's path stays inside its run, on every system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.artifacts import inside
from trackbook.errors import Refused


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.png", "a.png"),
        ("plots/a.png", "plots/a.png"),
        ("plots//./a.png", "plots/a.png"),
        ("plots/", "plots"),
        ("Größe/図.png", "Größe/図.png"),
        ("..a/b..c", "..a/b..c"),
        ("console/com.txt", "console/com.txt"),
    ],
)
def test_a_decent_path_is_kept(name, kept):
    assert inside(name) == kept


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "/", "/etc/passwd", "//host/share", "~/x", "./~/x", "../x", "a/../../x", "a/..",
        "C:\\x", "c:x", "a\\b", "..\\x", "a\0b", "a\nb", "a:stream", "CON", "nul.txt",
        "a/LPT1.tar.gz", "com¹", "end.", "end ", "x" * 300, "a/" * 600 + "b", "\ud800",
    ],
)  # fmt: skip
def test_a_path_that_could_lead_out_is_refused(name):
    with pytest.raises(Refused, match="cannot keep an artifact as"):
        inside(name)


@given(name=st.text(alphabet="ab./\\:~ \0", max_size=12))
def test_whatever_passes_is_relative_and_stays(name):
    try:
        kept = inside(name)
    except Refused:
        return
    parts = kept.split("/")
    assert inside(kept) == kept
    assert all(part and part not in {".", ".."} for part in parts)
    assert not set(kept) & set("\\:\0")
