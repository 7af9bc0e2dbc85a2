"""Scans texts: secrets in them, templates, YAML that makes objects, what notebooks put out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trackbook.scan.finding import shown
from trackbook.scan.jsons import json_of, objects_in
from trackbook.scan.keras import is_keras, scan_keras_config
from trackbook.scan.kinds import suffix
from trackbook.scan.limits import Unclear
from trackbook.scan.secret_forms import secret_in
from trackbook.scan.templates import tell_template

if TYPE_CHECKING:
    from trackbook.scan.desk import Desk
    from trackbook.scan.reader import Blob

YAML_OBJECT = re.compile(
    r"!!python/|!!?(?:py|ruby|java)(?:thon)?[/:]|tag:yaml\.org,2002:python"
)
INDEX = re.compile(
    r"(?im)^[ \t]*(?:--?(?:extra-)?index-url|--trusted-host|--find-links|-f|-i|-e)\b"
    r"|\b(?:git|hg|svn)\+|@\s{0,9}(?:https?|file):|^[ \t]*https?://"
)
LOADER = re.compile(r"(?m)\bloader_module[\"']?:[ \t]{0,9}[\"']?([^\s\"',}#]{1,200})")
ACTIVE = re.compile(r"(?i)<script|<iframe|javascript:|\bon(?:error|load)\s{0,20}=")
TEMPLATED = (".jinja", ".jinja2", ".j2")


def scan_text(blob: Blob, desk: Desk) -> str:
    """Tell what is wrong with a text, and return as much of it as was read."""
    limit = desk.budget.limits.text_bytes
    text = blob.head(limit).decode("utf-8", errors="replace")
    if blob.size > limit:
        desk.tell(
            blob.path, "warning", "text-cut", f"only its first {limit} bytes were read"
        )
    secret = secret_in(text, desk.mask)
    if secret:
        desk.error(blob.path, "secret", secret)
    scan_by_name(text, blob, desk)
    return text


def scan_by_name(text: str, blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with a text of the kind that its name says."""
    ending = suffix(blob.name)
    if ending in TEMPLATED:
        tell_template(text, blob.path, desk)
    if ending in {".yaml", ".yml"} or blob.name == "MLmodel":
        found = YAML_OBJECT.search(text)
        if found:
            desk.error(blob.path, "yaml-object", f"is YAML that makes objects ({found[0]})")
    if blob.name == "MLmodel":
        scan_mlmodel(text, blob, desk)
    if blob.name.startswith("requirements") and INDEX.search(text):
        desk.tell(
            blob.path,
            "warning",
            "index",
            "takes packages from somewhere else than the index",
        )
    if ending in {".html", ".htm", ".svg"} and ACTIVE.search(text):
        desk.tell(blob.path, "warning", "active", "holds a script that a browser runs")
    scan_by_ending(ending, blob, desk)


def scan_by_ending(ending: str, blob: Blob, desk: Desk) -> None:
    """Tell of texts that Python runs."""
    if ending == ".py":
        desk.tell(
            blob.path, "note", "source", "is Python source, which runs when it is imported"
        )
    if ending == ".pth":
        desk.error(
            blob.path, "autostart", "is a path file: Python runs its lines when it starts"
        )


def scan_mlmodel(text: str, blob: Blob, desk: Desk) -> None:
    """Tell who loads an MLflow model, where that is not MLflow itself."""
    for loader in LOADER.findall(text):
        if loader.partition(".")[0] != "mlflow":
            words = f"is loaded by {shown(loader)}, whose code runs then"
            desk.tell(blob.path, "warning", "loader", words)


def scan_json(blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with a JSON text."""
    text = scan_text(blob, desk)
    if blob.inside == "skops" and blob.name == "schema.json":
        return  # looked through already, as what it is
    if blob.size > desk.budget.limits.text_bytes:
        if blob.size > desk.budget.limits.json_bytes:
            return
        text = blob.whole(desk.budget.limits.json_bytes).decode("utf-8", errors="replace")
    try:
        value = json_of(text)
    except Unclear:
        if suffix(blob.name) in {".json", ".ipynb"}:
            desk.tell(blob.path, "warning", "json", "is no JSON that can be read")
        return
    scan_value(value, text, blob, desk)


def scan_value(value: object, text: str, blob: Blob, desk: Desk) -> None:
    """Tell what is wrong with what a JSON text holds."""
    if is_keras(value):
        scan_keras_config(text.encode(), blob.path, desk)
    for item in objects_in(value, desk.budget):
        for key, inner in item.items():
            if "template" in key and isinstance(inner, str):
                tell_template(inner, blob.path, desk)
    if blob.name.endswith(".ipynb"):
        scan_notebook(value, blob, desk)


def scan_notebook(value: object, blob: Blob, desk: Desk) -> None:
    """Tell of scripts in what a notebook put out."""
    for item in objects_in(value, desk.budget):
        html = item.get("text/html", "")
        words = "".join(map(str, html)) if isinstance(html, list) else str(html)
        if "application/javascript" in item or ACTIVE.search(words):
            desk.tell(blob.path, "warning", "active", "holds output that a browser runs")
            return
