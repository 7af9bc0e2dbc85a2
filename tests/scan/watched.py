"""Unpicklers that make nothing: they write down what a pickle names, and go on with stand-ins."""

from __future__ import annotations

import _compat_pickle
import io
import pickle

import pytest


class StandIn:
    """What is made instead of anything that is named: it does nothing."""

    def __init__(self, *args, **names):
        pass

    def __call__(self, *args, **names):
        return StandIn()

    def __setstate__(self, state):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass

    def __setitem__(self, key, value):
        pass

    def __hash__(self):
        return 1


class Naming:
    """Writes down what is named, under the name that is imported in the end."""

    def find_class(self, module, name):
        # As the real one does it; the unpickler in C does not tell its protocol.
        if getattr(self, "proto", 3) < 3:
            if (module, name) in _compat_pickle.NAME_MAPPING:
                module, name = _compat_pickle.NAME_MAPPING[module, name]
            else:
                module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        self.named.add(f"{module}.{name}")
        return StandIn

    def persistent_load(self, what):
        raise pickle.UnpicklingError


class InPython(Naming, pickle._Unpickler):
    pass


class InC(Naming, pickle.Unpickler):
    pass


def names_used(raw, how=InPython):
    """Return what the standard library's unpickler takes from modules."""
    unpickler = how(io.BytesIO(raw))
    unpickler.named = set()
    # Whatever stops it, what it took before that is what counts.
    with pytest.raises(BaseException):  # noqa: B017, PT011
        unpickler.load()
        raise EOFError
    return unpickler.named
