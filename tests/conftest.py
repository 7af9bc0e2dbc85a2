"""What every room's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write golden files anew, to be read in the diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a text with the golden file of that name, or write it anew."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.is_file(), (
            f"no golden file {name}: run pytest --update-golden and read it"
        )
        assert text == file.read_text(encoding="utf-8")

    return compare
