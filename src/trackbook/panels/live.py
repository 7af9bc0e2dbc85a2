"""How a widget stands in a notebook: alive while a kernel is behind it, else as a picture.

What is displayed, and so saved, is HTML without any widget in it: a class that names
the widget, around a static picture. The widget's own JavaScript finds that class and puts
itself in the picture's place. A reopened notebook, an export or a preview on the web shows
the picture, where a displayed widget would leave `Error displaying widget: model not
found`.
"""

from __future__ import annotations

import os
import re
import sys
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING

from trackbook.clock import new_id
from trackbook.table import escaped

if TYPE_CHECKING:
    import anywidget

Bundle = tuple[dict[str, object], dict[str, object]]
VIEW = "application/vnd.jupyter.widget-view+json"
IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def script(*names: str) -> str:
    """Return ES modules of this folder as the one a widget may have, its own part last."""
    texts = [files(__package__).joinpath(f"{name}.js").read_text("utf-8") for name in names]
    return "\n".join(EXPORT.sub("", IMPORT.sub("", text)) for text in texts)


def style(name: str = "panel") -> str:
    """Return the style that all panels share, or that of one beside it."""
    return files(__package__).joinpath(f"{name}.css").read_text("utf-8")


def keyed() -> dict[str, str]:
    """Return a new name for a widget, by which the page finds both it and its picture."""
    key = new_id().replace("-", "")
    return {"model_id": key, "key": key}


def bundle_of(widget: anywidget.AnyWidget, picture: str, text: str) -> Bundle:
    """Return what to display for a widget: its picture, to be replaced by itself.

    Front ends that know widgets but not of ours until one is displayed get the widget too.
    """
    html = f'<div class="trackbook-live-{escaped(widget.key)}">{picture}</div>'
    bundle: dict[str, object] = {"text/html": html, "text/plain": text}
    if displays_first():
        bundle[VIEW] = {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        }
    return bundle, {}


def displays_first() -> bool:
    """Return whether this front end starts widgets only when it displays one.

    JupyterLab and Notebook start them when the kernel makes one.
    """
    if "google.colab" in sys.modules or "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return True
    in_vs_code = any(name.startswith("VSCODE_") for name in os.environ)
    return in_vs_code and "JPY_SESSION_NAME" not in os.environ


def image_of(svg: str, words: str) -> str:
    """Return SVG as an HTML image, the one form that sanitisers of notebooks keep."""
    data = b64encode(svg.encode("utf-8", "backslashreplace")).decode()
    address = f"data:image/svg+xml;base64,{data}"
    return f'<img src="{address}" alt="{escaped(words)}" style="max-width:100%">'


def hear_while_busy(widget: anywidget.AnyWidget) -> None:
    """Let what a page says be heard in a thread of its own, though the widget's cell still runs.

    JupyterLab 4.4 and newer sends it to a subshell of the kernel, which has one from ipykernel
    7 on; since 7.4 the kernel hands it back to whoever spoke last, which is the busy cell. What
    the widget is asked must then bear another thread. Elsewhere this changes nothing.
    """
    if widget.comm is not None:
        widget.comm._reply_subshell_for = lambda _said, asked: asked  # noqa: SLF001  no other way


def serve_plotly(widget: anywidget.AnyWidget, content: object) -> None:
    """Send the Plotly that pip installed to a page that asks; a page asks once."""
    if isinstance(content, dict) and content.get("ask") == "plotly.js":
        code = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
        widget.send({"kind": "plotly.js"}, buffers=[code])
