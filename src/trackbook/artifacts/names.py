"""Names of files inside a run, which can lead nowhere else on any system."""

from __future__ import annotations

import re

from trackbook.errors import Refused

DRIVE = re.compile(r"[A-Za-z]:")
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"
}
"""Names that Windows takes for machinery, with any ending."""
LONGEST, LONGEST_PART = 1000, 255


def inside(name: str) -> str:
    """Return an artifact's path inside its run, with single forward slashes.

    Raises:
        Refused: the path could lead out of the run, or no system could hold it
    """
    why = refusal(name)
    if why:
        raise Refused(
            f"cannot keep an artifact as {name!r}: {why}; use a path such as plots/a.png"
        )
    return "/".join(part for part in name.split("/") if part not in {"", "."})


def refusal(name: str) -> str:
    """Return what is wrong with a path, or nothing."""
    parts = [part for part in name.split("/") if part not in {"", "."}]
    wrong = {
        "it is empty": not parts,
        "it begins at a root or a home": name.startswith("/")
        or "/".join(parts).startswith("~")
        or bool(DRIVE.match(name)),
        "it has a backslash": "\\" in name,
        "it leads upward with ..": ".." in parts,
        "it has control characters": any(ord(c) < 0x20 or ord(c) == 0x7F for c in name),  # noqa: PLR2004  # the ASCII ones
        "it has a colon": ":" in name,
        "it cannot be written as UTF-8": not is_sound(name),
        "it ends in a blank or a dot": any(part[-1] in " ." for part in parts),
        "it is too long": len(name) > LONGEST
        or any(len(p.encode(errors="replace")) > LONGEST_PART for p in parts),
        "Windows keeps that name for a device": any(
            part.split(".")[0].strip().lower() in DEVICES for part in parts
        ),
    }
    return next((why for why, is_wrong in wrong.items() if is_wrong), "")


def is_sound(text: str) -> bool:
    """Say whether a text has no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode() == text
