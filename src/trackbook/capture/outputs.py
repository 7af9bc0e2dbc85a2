"""What a cell put out, as the notebook format has it: kept within bounds, secrets masked.

ipykernel hands its messages to whoever registers a hook; nothing is replaced. Hooks belong
to a thread: what other threads than that of the cells display is not seen, what they print is.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from trackbook.capture.values import place_of
from trackbook.records import Output

if TYPE_CHECKING:
    from trackbook.code import Secrets

MOST_TEXT, MOST_REST = 64 << 10, 256 << 10
"""Bytes of texts, and of pictures and other data, that are kept of one execution."""
LIVE = "application/vnd.jupyter.widget-view+json"
"""A widget: it needs a kernel, so its text stands for it."""


class Outputs:
    """Hears what a shell puts out, from the beginning of a cell to its end."""

    def __init__(self, shell: Any, secrets: Secrets) -> None:
        self._shell = shell
        self._secrets = secrets
        self._is_open = False
        self._heard: list[dict[str, Any]] = []
        self._ids: dict[str, dict[str, Any]] = {}
        self._text = 0
        displayed, shown = shell.display_pub, getattr(shell, "displayhook", None)
        self._hooks: list[tuple[Any, Any]] = [
            (one, hook)
            for one, hook in ((displayed, self._displayed), (shown, self._result))
            if hasattr(one, "register_hook")
        ]
        self._streams: list[Any] = [
            one
            for one in (sys.stdout, sys.stderr)
            if hasattr(one, "register_hook") and hasattr(one, "pub_thread")
        ]

    def plug_in(self) -> None:
        """Register the hooks; those of what is printed in the thread that sends it."""
        for one, hook in self._hooks:
            one.register_hook(hook)
        for stream in self._streams:
            stream.pub_thread.schedule(partial(stream.register_hook, self._printed))

    def pull_out(self) -> None:
        """Take the hooks out."""
        self._is_open = False
        for one, hook in self._hooks:
            one.unregister_hook(hook)
        for stream in self._streams:
            if stream.pub_thread is not None:
                stream.pub_thread.schedule(partial(stream.unregister_hook, self._printed))

    def begin(self) -> None:
        """A cell begins."""
        self._heard, self._ids, self._text = [], {}, 0
        self._is_open = True

    def end(self, result: Any) -> Output | None:
        """Return what a cell put out; None where that is nothing."""
        for stream in self._streams:
            if getattr(stream, "_flush_pending", True):
                stream.flush()
        self._is_open = False
        heard, self._heard, self._ids = self._heard, [], {}
        count = getattr(result, "execution_count", None)
        if len(self._hooks) < 2 and (text := self._shown(count)) is not None:  # noqa: PLR2004
            heard.append(result_of({"text/plain": text}, {}, count))
        error = getattr(result, "error_before_exec", None) or getattr(
            result, "error_in_exec", None
        )
        if error is not None:
            heard.append(self._error(error))
        if not heard:
            return None
        kept = Kept(self._secrets)
        outputs = [kept.output(one) for one in heard]
        return Output(contents=json.dumps(outputs), left_out=kept.left_out)

    def _displayed(self, message: dict[str, Any]) -> dict[str, Any]:
        content, kind = message.get("content", {}), message.get("msg_type")
        if not self._is_open:
            return message
        if kind == "clear_output":
            self._heard.clear()
        elif kind in ("display_data", "update_display_data"):
            name = (content.get("transient") or {}).get("display_id")
            before = self._ids.get(name) if name is not None else None
            if before is not None:
                before.update(data=content.get("data"), metadata=content.get("metadata"))
            if kind == "display_data":
                fresh = {"output_type": kind, "data": content.get("data")}
                fresh["metadata"] = content.get("metadata")
                self._heard.append(fresh)
                if name is not None:
                    self._ids[name] = fresh
        return message

    def _result(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._is_open:
            content = message.get("content", {})
            shown = result_of(
                content.get("data"), content.get("metadata"), content.get("execution_count")
            )
            self._heard.append(shown)
        return message

    def _printed(self, message: dict[str, Any]) -> dict[str, Any]:
        if self._is_open:
            content = message.get("content", {})
            name, text = content.get("name"), content.get("text")
            last = self._heard[-1] if self._heard else {}
            if last.get("name") == name:
                # a loop that prints for hours: what will be left out is not held
                if self._text <= MOST_TEXT:
                    last["text"] += text
                else:
                    last["more"] += len(text)
            else:
                fresh = {"output_type": "stream", "name": name, "text": text, "more": 0}
                self._heard.append(fresh)
            self._text += len(text)
        return message

    def _shown(self, count: object) -> str | None:
        """Return the text of a cell's value, as IPython keeps it."""
        history = getattr(self._shell, "history_manager", None)
        text = getattr(history, "output_hist_reprs", {}).get(count)
        return text if type(text) is str else None

    def _error(self, error: BaseException) -> dict[str, Any]:
        from trackbook.capture.given import brief

        said = brief(error) or ""
        name = place_of(type(error))[1]
        trace = getattr(self._shell, "_last_traceback", None)
        lines = [line for line in trace if type(line) is str] if type(trace) is list else []
        return {
            "output_type": "error",
            "ename": name,
            "evalue": said.removeprefix(f"{name}: "),
            "traceback": lines,
        }


def result_of(data: Any, metadata: Any, count: Any) -> dict[str, Any]:
    """Return the value of a cell as an output."""
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": metadata,
        "execution_count": count,
    }


class Kept:
    """How much of an execution's outputs is kept, and what is not."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._text, self._rest = MOST_TEXT, MOST_REST
        self.left_out: list[str] = []

    def output(self, heard: dict[str, Any]) -> dict[str, Any]:
        """Return one output as it is written down."""
        if heard["output_type"] == "stream":
            text = heard["text"]
            short = self.text(text[: self._text])
            more = len(text) - len(text[: self._text]) + heard.get("more", 0)
            self._text -= min(self._text, len(text))
            if more:
                self.left_out.append(f"{more} characters of {heard['name']}")
                short += f"\n… {more} more characters were not kept\n"
            return {"output_type": "stream", "name": heard["name"], "text": short}
        if heard["output_type"] == "error":
            lines = [self.text(line)[:MOST_TEXT] for line in heard["traceback"]]
            return heard | {"evalue": self.text(heard["evalue"]), "traceback": lines}
        data = {
            mime: kept
            for mime, value in (heard["data"] or {}).items()
            if mime != LIVE and (kept := self.one(mime, value)) is not None
        }
        metadata = heard["metadata"] if type(heard["metadata"]) is dict else {}
        return heard | {
            "data": data or {"text/plain": "(not kept)"},
            "metadata": json.loads(json.dumps(metadata, default=str)),
        }

    def one(self, mime: str, value: Any) -> Any:
        """Return one form of an output; None where it is too large to be kept."""
        is_text = mime.startswith("text/") or mime == "image/svg+xml"
        text = value if type(value) is str else json.dumps(value, default=str)
        room = self._text if mime.startswith("text/") else self._rest
        if len(text) > room:
            self.left_out.append(f"{mime} of {len(text)} characters")
            return None
        if mime.startswith("text/"):
            self._text -= len(text)
        else:
            self._rest -= len(text)
        if type(value) is str:
            return self.text(value) if is_text else value
        masked = self.text(text)
        return value if masked == text else None

    def text(self, text: str) -> str:
        """Return a text without its secrets."""
        return self._secrets.in_text(text)
