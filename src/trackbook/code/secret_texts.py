"""Finds what looks like a secret in any text, by its own form or by the name before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.code.secret_names import SecretNames

MASK = "***"


def masked(text: str, names: SecretNames) -> str:
    """Return the text with `***` for everything in it that looks like a secret."""
    # Twice as fast as one pattern of all the hints, ten times where the text is long.
    folded = text.casefold()
    if any(hint in folded for hint in FORM_HINTS):
        for form, replacement in FORMS:
            text = form.sub(replacement, text)
    if names.patterns or any(hint in folded for hint in NAME_HINTS):
        text = NAMED.sub(masker(names), text)
    return text


def may_hold_secret(text: str) -> bool:
    """Tell whether a text has a word or a beginning that goes with secrets; most have none."""
    folded = text.casefold()
    return any(hint in folded for hint in HINTS)


def masker(names: SecretNames) -> Callable[[re.Match[str]], str]:
    """Return what replaces one `NAME=value`, `--name value` or `name: value`."""

    def replacement(match: re.Match[str]) -> str:
        name, between, quote, value = match.group("name", "between", "quote", "value")
        verdict = names.verdict(name)
        if verdict == "no" or is_plain(value):
            return match[0]
        if verdict == "perhaps" and not is_random(value):
            # `sorted(x, key=len)` and `token: str` are no secrets; `TOKEN=abc` is one.
            if (
                "key" in name.lower()
                and match.string[match.start() - 1 : match.start()] not in URL
            ):
                return match[0]
            if between.strip(" \t") == ":" or "==" in between:
                return match[0]
        if (
            not quote
            and ":" in between
            and is_prose(value, match.string[match.end() :][:20])
        ):
            return match[0]
        return f"{name}{between}{quote}{MASK}"

    return replacement


def is_prose(value: str, after: str) -> bool:
    """Tell whether a value is a word in a sentence: `password: the user's password`."""
    return (
        value.isalpha() and after[:1] in {" ", "\t"} and after.lstrip(" \t")[:1].isalpha()
    )


def is_plain(value: str) -> bool:
    """Tell whether a value is empty, a number, None or yes or no: never a secret."""
    return not value.strip() or PLAIN.fullmatch(value.strip()) is not None


def is_random(value: str) -> bool:
    """Tell whether a value looks made by a machine: long, no blanks, letters and digits."""
    return (
        len(value) >= RANDOM_CHARS
        and RANDOM.fullmatch(value) is not None
        and any(char.isdigit() for char in value)
        and any(char.isalpha() for char in value)
    )


URL = {"?", "&"}
RANDOM_CHARS = 16
RANDOM = re.compile(r"[A-Za-z0-9+/=_.:~-]+")
PLAIN = re.compile(
    r"(?i)[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|none|null|true|false|nan|"
    r"[+-]?inf|bearer|basic|token|\*+"
)
PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?s:.*?)(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
FORM_HINTS = (
    "akia", "asia", "sk-", "pk-", "rk-", "sk_", "pk_", "rk_", "ghp_", "gho_", "ghu_",
    "ghs_", "ghr_", "github_pat", "xox", "hf_", "glpat", "npm_", "pypi-", "aiza", "eyj",
    "private key", "bearer", "authorization", "://", "secret", "key", "?sig=", "&sig=",
)  # fmt: skip
"""What every one of FORMS has in it, case folded."""
NAME_HINTS = (
    "key",
    "token",
    "pass",
    "pwd",
    "pw",
    "secret",
    "cred",
    "auth",
    "bearer",
    "jwt",
)
"""What names of secrets have in them, case folded."""
HINTS = tuple(dict.fromkeys(NAME_HINTS + FORM_HINTS))
FORMS: list[tuple[re.Pattern[str], str]] = [
    (PEM, MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), MASK),
    (re.compile(r"\b[spr]k-(?=[\w-]*\d)[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\b[spr]k_(?:live|test)_[A-Za-z0-9]{10,}"), MASK),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}"), MASK),
    (re.compile(r"\bgithub_pat_[A-Za-z0-9_]{20,}"), MASK),
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"), MASK),
    (re.compile(r"\bhf_(?=[A-Za-z]*)[A-Za-z0-9]{16,}"), MASK),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\bnpm_[A-Za-z0-9]{20,}"), MASK),
    (re.compile(r"\bpypi-(?=[\w-]*\d)[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\bAIza[0-9A-Za-z_-]{30,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"(hooks\.slack\.com/services/)[A-Za-z0-9/_-]{10,}"), rf"\1{MASK}"),
    (re.compile(r"([?&]sig=)[^\s\"'\\&{}*]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)(authorization[\"']?\s*[:=,]\s*[\"']?(?:bearer|basic|token)\s+)"
            r"[^\s\"'\\{}$*<]+"
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(?i)(\bbearer\s+)(?=[\w.~+/-]*\d)[A-Za-z0-9._~+/-]{8,}=*"),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s:/@\"'\\{}]*:)[^\s/@\"'\\{}$*<][^\s/@\"'\\{}]*@"
        ),
        rf"\1{MASK}@",
    ),
    (
        re.compile(
            r"(?i)((?:secret|key)[\w.-]{0,40}[\"']?\]?\s*[:=,]\s*[\"']?)"
            r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
        ),
        rf"\1{MASK}",
    ),
]
NAMED = re.compile(
    r"(?P<name>(?<![\w$.-])(?P<dashes>--)?[A-Za-z_][\w.-]{0,100})"
    r"(?P<between>[\"']?\]?(?:[ \t]*:[ \t]*|[ \t]*=>[ \t]*|={1,2})|(?(dashes)[ \t]+|(?!)))"
    r"(?P<quote>[\"']?)"
    r"(?P<value>(?:(?<=[\"'])[^\s\"'\\{}$<(*\[%][^\"'\\{}\n]*(?=[\"'])|"
    r"[^\s\"'\\{}$<>(*\[%&;,)=|-](?:[^\s\"'\\&;,){}(\[\]]|\\[^\sntrNxuU0-9\"'{}])*))"
)
