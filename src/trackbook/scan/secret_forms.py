"""Knows secrets by their own form, in any text; the callers may bring a finer rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(
        r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"
    ),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    "a Hugging Face token": re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
    "an API key": re.compile(
        r"\b[spr]k-(?=[\w-]*\d)[A-Za-z0-9_-]{20,}|\b[spr]k_live_\w{10,}"
    ),
    "a Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "a PyPI or npm token": re.compile(r"\bpypi-[\w-]{40,}|\bnpm_[A-Za-z0-9]{36}"),
    "a signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[\w-]+"),
    "a password in an address": re.compile(
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>{}$]{1,80}:[^\s/@\"'<>{}$*]{3,120}@[\w.-]"
    ),
    "a password": re.compile(
        r"(?i)\b(?:password|passwd|secret_key|api_key|auth_token|access_token)[\"']?\s*[:=]\s*"
        r"[\"'](?=[^\"'\n]*\d)[^\s\"'\n$<>{}*]{8,200}[\"']"
    ),
}


def secret_in(text: str, mask: Callable[[str], str] | None) -> str:
    """Return what secret a text holds, with its line, never the secret; empty: none is seen."""
    for what, form in FORMS.items():
        found = form.search(text)
        if found:
            return f"holds {what} in line {text.count(chr(10), 0, found.start()) + 1}"
    if mask is not None:
        masked = mask(text)
        if masked != text:
            same = next(
                (n for n, (a, b) in enumerate(zip(text, masked, strict=False)) if a != b), 0
            )
            return (
                f"holds what looks like a secret in line {text.count(chr(10), 0, same) + 1}"
            )
    return ""
