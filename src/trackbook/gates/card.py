"""Whether the model card that lies in a package says something in every section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.compliance import is_empty
from trackbook.gates.dependencies import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

FILE = "CARD.md"
LARGEST, LONGEST = 1_000_000, 2_000
SECTIONS = (
    "Takes | Takes and gives", "Gives | Takes and gives", "Metrics | Evaluation",
    "Data | Training data", "Use | How to load | How to use",
)  # fmt: skip
"""What a card has to say where the policy names nothing: each under one of these headings."""
UNDONE = re.compile(r"\b(TODO|TBD|FIXME|XXX)\b|\[(?i:more information needed)\]")
"""What is left to do; in small letters todo may be a word of another language."""
HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
HIDDEN = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
CODE = re.compile(r"(`+).*?\1")
SAYS_NOTHING = {"not on record", "none are on record"}


class Section(NamedTuple):
    """What stands under a heading, and under those below it."""

    title: str
    lines: list[str]


def complete(
    _candidate: Candidate, bench: Bench, *, sections: tuple[str, ...] = SECTIONS
) -> Answer:
    """The package's CARD.md says something in each section, and nothing is left to do in it.

    A section may have one of several headings: `Intended use | Use`.
    """
    text = text_of(bench.folder)
    if text is None:
        return failed(f"the package has no {FILE} that can be read", 0, len(sections))
    found = sections_of(text)
    missing, empty = [], []
    for wanted in sections:
        titles = titles_in(wanted)
        there = [one for one in found if one.title in titles]
        if not there:
            missing.append(wanted.partition("|")[0].strip())
        elif not any(says_something(one.lines) for one in there):
            empty.append(there[0].title)
    undone = [line.strip()[:80] for line in plain_lines(text) if UNDONE.search(line)]
    faults = [
        *([f"no section {in_words(missing)}"] if missing else []),
        *([f"nothing said in {in_words(empty)}"] if empty else []),
        *([f"left to do: {in_words(undone)}"] if undone else []),
    ]
    count = len(sections) - len(missing) - len(empty)
    evidence = {"sections": [one.title for one in found], "missing": missing,
                "empty": empty, "undone": undone}  # fmt: skip
    if faults:
        return failed("; ".join(faults), count, len(sections), **evidence)
    return passed(f"{count} sections say something", count, len(sections), **evidence)


def text_of(folder: Path) -> str | None:
    """Return a package's card; None where there is none, or it is a link or too large."""
    file = folder / FILE
    if not file.is_file() or file.is_symlink() or file.stat().st_size > LARGEST:
        return None
    return file.read_bytes().decode("utf-8-sig", errors="replace")


def sections_of(text: str) -> list[Section]:
    """Return the sections of a text in Markdown; lower ones are part of those above."""
    found: list[Section] = []
    begun: list[tuple[int, Section]] = []
    is_code = ""
    for line in shown(text).splitlines():
        fence = FENCE.match(line)
        heading = None if is_code else HEADING.match(line[:LONGEST])
        if fence and (not is_code or line.strip() == is_code):
            is_code = "" if is_code else fence[1]
        elif heading:
            # A section ends where one begins that is no lower.
            begun = [one for one in begun if one[0] < len(heading[1])]
            found.append(Section(title_of(heading[2]), []))
            begun.append((len(heading[1]), found[-1]))
        else:
            for _, section in begun:
                section.lines.append(line)
    return found


def shown(text: str) -> str:
    """Return a text without what no reader is shown."""
    return HIDDEN.sub("", FRONT.sub("", text.replace("\r\n", "\n")))


def plain_lines(text: str) -> list[str]:
    """Return the lines of a text that are no code, without the code in them."""
    lines, is_code = [], ""
    for line in shown(text).splitlines():
        fence = FENCE.match(line)
        if fence and (not is_code or line.strip() == is_code):
            is_code = "" if is_code else fence[1]
        elif not is_code:
            lines.append(CODE.sub("", line[:LONGEST]))
    return lines


def says_something(lines: list[str]) -> bool:
    """Tell whether any line does."""
    return any(
        not is_empty(line.strip(" -*_|:.")) and line.strip(" .").lower() not in SAYS_NOTHING
        for line in lines
    )


def titles_in(wanted: str) -> set[str]:
    """Return the headings that go for a section."""
    return {title_of(one) for one in wanted.split("|")}


def title_of(heading: str) -> str:
    """Return a heading so that two ways of writing it are one."""
    return " ".join(re.sub(r"[^\w\s&/-]", " ", heading).lower().split())


def no_section(params: Mapping[str, object]) -> str | None:
    """Say what is wrong with the names of sections."""
    asked = params.get("sections", SECTIONS)
    names = asked if isinstance(asked, (list, tuple)) else ()
    if not names or not all(all(titles_in(str(name))) for name in names):
        return 'sections names none: sections = ["Intended use | Use"]'
    return None
