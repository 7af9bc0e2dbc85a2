"""Files that verbs write for the user."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trackbook.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path


def put_file(file: Path, text: str, *, overwrite: bool = False) -> None:
    """Write a file, whole or not at all.

    Raises:
        Refused: it is there already, or cannot be written
    """
    if file.exists() and not overwrite:
        raise Refused(f"{file} is there already: name another, or say --overwrite")
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8", errors="backslashreplace")
        fresh.replace(file)
    except OSError as error:
        raise Refused(f"cannot write {file} ({error.strerror or error})") from error
