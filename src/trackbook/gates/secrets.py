"""Whether somebody packed a password, a token or a key along."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from trackbook.code import Secrets
from trackbook.gates.answer import Answer, failed, passed
from trackbook.gates.dependencies import in_words
from trackbook.gates.package import files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trackbook.gates.bench import Bench
    from trackbook.gates.candidate import Candidate

LARGEST = 4_000_000
LOOKED_AT = 8_192
NAMES = (
    ".env", ".env.*", ".netrc", ".pgpass", ".pypirc", "id_rsa", "id_dsa", "id_ecdsa",
    "id_ed25519", "*.pem", "*.pfx", "*.p12", "*.keystore", "credentials", "credentials.json",
    "service_account*.json", ".git-credentials", ".htpasswd",
)  # fmt: skip
"""Files that are there to hold secrets."""
PINNED = re.compile(r"\b[A-Za-z0-9][\w.-]*==[0-9]+(?:\.[\w!+-]+)*(?![\w.])")
"""A package at its version: google-auth==2.63.0 holds no secret."""
SPACED = re.compile(r"[ \t]*=[ \t]*")


def no_secrets(
    _candidate: Candidate,
    bench: Bench,
    *,
    names: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Answer:
    """No text file of the package holds what looks like a secret.

    `names` are further patterns of names whose values are secrets; files that match a
    pattern of `ignore` are left out.
    """
    secrets = Secrets(names)
    found: list[str] = []
    unread: list[str] = []
    looked = 0
    for name, path in files_of(bench.folder):
        if any(fnmatch(name, pattern) for pattern in ignore):
            continue
        if any(fnmatch(path.name.lower(), pattern) for pattern in NAMES):
            found.append(name)
            continue
        text = text_of(path)
        if text is None:
            unread.append(name)
        else:
            looked += 1
            found += [f"{name}:{line}" for line in lines_with_secrets(name, text, secrets)]
    evidence = {"found": found, "not looked into": unread}
    if found:
        return failed(
            f"what looks like a secret in {in_words(found)}: take it out and make it void",
            len(found),
            0,
            **evidence,
        )
    return passed(f"none in {looked} text files", 0, 0, **evidence)


def text_of(path: Path) -> str | None:
    """Return a file's text; None of a link, of bytes, and of what is too large."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return None
    content = path.read_bytes()
    if b"\0" in content[:LOOKED_AT]:
        return None
    return content.decode("utf-8-sig", errors="replace")


def lines_with_secrets(name: str, text: str, secrets: Secrets) -> list[int]:
    """Return the numbers of lines that hold what looks like a secret; never the secret."""
    if name.endswith(".ipynb"):
        return [1] if any(holds(source, secrets) for source in sources_of(text)) else []
    told = text if name.endswith(".py") else SPACED.sub("=", PINNED.sub("pinned", text))
    masked = secrets.of_source(told) if name.endswith(".py") else secrets.in_text(told)
    if masked == told:
        return []
    before, after = told.splitlines(), masked.splitlines()
    differ = [
        at
        for at, pair in enumerate(zip(before, after, strict=False), 1)
        if pair[0] != pair[1]
    ]
    if len(before) != len(after):  # a secret of several lines: those below it have moved
        return differ[:1] or [len(after) + 1]
    return differ


def holds(source: str, secrets: Secrets) -> bool:
    """Tell whether a cell holds a secret."""
    return secrets.of_source(source) != source or secrets.in_text(source) != source


def sources_of(text: str) -> Iterator[str]:
    """Yield the texts in a notebook: cells, and what they put out."""
    try:
        cells = json.loads(text).get("cells", [])
        for cell in cells:
            yield "".join(cell.get("source", ""))
            yield from (json.dumps(one) for one in cell.get("outputs", ()))
    except (ValueError, AttributeError, TypeError, RecursionError):
        yield text
