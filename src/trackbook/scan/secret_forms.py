"""Knows secrets by their own form, in any text; the callers may bring a finer rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, tuple[tuple[str, ...], re.Pattern[str]]] = {
    "a private key": (
        ("private key",),
        re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"),
    ),
    "an AWS access key": (("akia", "asia"), re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    "a GitHub token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,255}|\bgithub_pat_[A-Za-z0-9_]{30,255}"),
    ),
    "a GitLab token": (("glpat-",), re.compile(r"\bglpat-[A-Za-z0-9_-]{16,255}")),
    "a Slack token": (("xox",), re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}")),
    "a Hugging Face token": (("hf_",), re.compile(r"\bhf_[A-Za-z0-9]{30,255}")),
    "an API key": (
        ("sk-", "pk-", "rk-", "k_live_"),
        re.compile(r"\b[spr]k-(?=[\w-]{0,40}\d)[\w-]{20,255}|\b[spr]k_live_\w{10,255}"),
    ),
    "a Google key": (("aiza",), re.compile(r"\bAIza[0-9A-Za-z_-]{35}")),
    "a PyPI or npm token": (
        ("pypi-", "npm_"), re.compile(r"\bpypi-[\w-]{40,255}|\bnpm_[A-Za-z0-9]{36}")
    ),
    "a signed token": (
        ("eyj",), re.compile(r"\beyJ[\w-]{8,1000}\.eyJ[\w-]{8,1000}\.[\w-]")
    ),
    "a password in an address": (
        ("://",),
        re.compile(r"://[^\s:/@\"'<>{}$]{1,80}:[^\s/@\"'<>{}$*]{3,120}@[\w.-]"),
    ),
    "a password": (
        ("passw", "secret_key", "api_key", "_token"),
        re.compile(
            r"(?i)(?:password|passwd|secret_key|api_key|auth_token|access_token)[\"']?\s{0,9}[:=]"
            r"\s{0,9}[\"'](?=[^\"'\n]{0,200}\d)[^\s\"'\n$<>{}*]{8,200}[\"']"
        ),
    ),
}  # fmt: skip
"""By what it is: what every such text has in it, in small letters, and its form.

Every repetition is bounded: a text can be made to cost the square of its length otherwise.
"""


def secret_in(text: str, mask: Callable[[str], str] | None) -> str:
    """Return what secret a text holds, with its line, never the secret; empty: none is seen."""
    folded = text.lower()
    for what, (hints, form) in FORMS.items():
        found = form.search(text) if any(hint in folded for hint in hints) else None
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
