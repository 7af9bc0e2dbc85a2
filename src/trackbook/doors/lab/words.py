"""What the sidebar's buttons say, in the language that JupyterLab was set to."""

from __future__ import annotations


def N_(words: str) -> str:  # noqa: N802  the name by which words are collected for translation
    """Return words as they are; `gettext` says them later."""
    return words


def gettext(words: str) -> str:
    """Return words of ours in the user's language, where a language pack has them."""
    from jupyterlab_server.translation_utils import translator

    return str(translator.load("trackbook").gettext(words))


def ngettext(one: str, many: str, count: int) -> str:
    """Return a count of things in the user's language; `{count}` stands where the number goes."""
    from jupyterlab_server.translation_utils import translator

    said = translator.load("trackbook").ngettext(one, many, count)
    return str(said).format(count=count)
