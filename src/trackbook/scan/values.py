"""What stands on the stack while a pickle is followed: names, and objects made from them."""

from __future__ import annotations


class Name:
    """Something that a pickle takes from a module, and what it may be used for."""

    __slots__ = ("full", "use")

    def __init__(self, full: str, use: str) -> None:
        self.full = full
        self.use = use


class Made:
    """An object that a pickle made: of what, from which arguments, with which state."""

    __slots__ = ("args", "full", "state")

    def __init__(self, full: str, args: object = None) -> None:
        self.full = full
        self.args = args
        self.state: object = None
