"""Finds templates that reach for more than the words they are given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.scan.finding import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trackbook.scan.desk import Desk

REACH = re.compile(
    r"__\w+__|\\x5f|\\u005f|\|\s{0,20}attr\b|\b(?:os|sys|subprocess|popen|builtins|eval|exec|open)\s*[.(]"
    r"|\b(?:lipsum|cycler|joiner|self|request|config|url_for|get_flashed_messages)\s*[.\[|]"
    r"|\.(?:mro|gi_frame|gi_code|cr_frame|f_globals|func_globals|_TemplateReference)\b"
)
MOST_SHOWN = 40


def tell_template(text: str, path: str, desk: Desk) -> None:
    """Tell of a Jinja template that reaches out of its sandbox."""
    for braces in braces_in(text):
        reach = REACH.search(braces)
        if reach is not None:
            desk.error(
                path,
                "template",
                f"has a template that reaches for {shown(reach[0], MOST_SHOWN)!r}: it runs code",
            )
            return


def braces_in(text: str) -> Iterator[str]:
    """Yield what stands between `{{` and `}}` or `{%` and `%}`; what is not closed goes on."""
    at = 0
    while True:
        starts = [found for sign in ("{{", "{%") if (found := text.find(sign, at)) >= 0]
        if not starts:
            return
        start = min(starts)
        end = text.find("%}" if text[start + 1] == "%" else "}}", start + 2)
        at = end + 2 if end >= 0 else len(text)
        yield text[start:at]
