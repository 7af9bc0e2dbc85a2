"""A short model card in Markdown, from what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackbook.packages.package import Contents
    from trackbook.packages.signature import Field, Signature


def card_of(
    contents: Contents, *, flavour: str, kind: str, signature: Signature | None
) -> str:
    """Return a card: what it is, what it takes and gives, how it did, how it is loaded."""
    parts = [f"# {one_line(contents.name)}", f"A {one_line(kind)}, kept as {flavour}."]
    if signature is not None:
        parts += [
            "## Takes",
            fields(signature.inputs),
            "## Gives",
            fields(signature.outputs),
        ]
        if signature.labels:
            parts.append("Labels: " + ", ".join(map(code, signature.labels)))
    parts += section("Metrics", contents.metrics)
    parts += section("Hyper-parameters", contents.hyperparameters)
    parts += section("Data", contents.data)
    parts += [
        "## Use",
        "```sh\npip install -r requirements.txt\npython code/predict.py rows.json\n```",
    ]
    return "\n\n".join(parts) + "\n"


def section(title: str, values: Mapping[str, object]) -> Iterable[str]:
    """Return a heading and a list of values, or nothing without any."""
    if not values:
        return []
    return [
        f"## {title}",
        "\n".join(f"- {code(name)}: {code(value)}" for name, value in values.items()),
    ]


def fields(found: Iterable[Field]) -> str:
    """Return columns or arrays as a list."""
    return "\n".join(
        f"- {code(one.name) if one.name else 'values'}: {one.dtype}"
        f"{f' {one.shape}' if one.shape else ''}{', may be missing' if one.nullable else ''}"
        for one in found
    )


def code(value: object) -> str:
    """Return a value as code that nothing in it can end."""
    text = one_line(str(value)).replace("`", "'")[:200]
    return f"`{text or ' '}`"


def one_line(text: str) -> str:
    """Return a text on one line."""
    return "".join(c if c.isprintable() else " " for c in text)
