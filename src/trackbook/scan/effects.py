"""What each opcode of a pickle does to the stack and the memo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.scan.limits import Unclear
from trackbook.scan.opcodes import OPAQUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from trackbook.scan.machine import Machine

    Effect = Callable[[Machine, object], None]

NEWEST = 5
"""The newest protocol of pickles that Python has."""


def push(m: Machine, value: object) -> None:
    """Put the argument on the stack."""
    m.stack.append(value)


def push_opaque(m: Machine, _: object) -> None:
    """Put something on the stack that no name can be made from."""
    m.stack.append(OPAQUE)


def constant(value: object) -> Effect:
    """Return what puts one value on the stack."""
    return lambda m, _: m.stack.append(value)


def mark(m: Machine, _: object) -> None:
    """Begin a new stretch of the stack."""
    m.marks.append(m.stack)
    m.stack = []


def pop(m: Machine, _: object) -> None:
    """Drop one item, or the mark where none is left."""
    if m.stack:
        m.stack.pop()
    else:
        m.pop_mark()


def pop_mark(m: Machine, _: object) -> None:
    """Drop all since the mark."""
    m.pop_mark()


def dup(m: Machine, _: object) -> None:
    """Put the last item on the stack once more."""
    m.stack.append(m.stack[-1])


def collected(m: Machine, _: object) -> None:
    """Make a list, set or the like of all since the mark."""
    m.pop_mark()
    m.stack.append(OPAQUE)


def tuple_since_mark(m: Machine, _: object) -> None:
    """Make a tuple of all since the mark."""
    items = m.pop_mark()
    m.stack.append(tuple(items))


def tuple_of(count: int) -> Effect:
    """Return what makes a tuple of so many items."""

    def effect(m: Machine, _: object) -> None:
        if len(m.stack) < count:
            raise IndexError
        items = m.stack[len(m.stack) - count :]
        if m.wraps:
            m.keep_wrapper_apart(items)
        m.stack[len(m.stack) - count :] = [tuple(items)]

    return effect


def empty_dict(m: Machine, _: object) -> None:
    """Put an empty dict on the stack."""
    m.stack.append({})


def dict_since_mark(m: Machine, _: object) -> None:
    """Make a dict of all since the mark."""
    items = m.pop_mark()
    found: dict[str, object] = {}
    put(m, found, items)
    m.stack.append(found)


def set_item(m: Machine, _: object) -> None:
    """Put one value under its key."""
    value, key = m.stack.pop(), m.stack.pop()
    if m.wraps:
        m.keep_wrapper_apart([value, key])
    put(m, m.stack[-1], [key, value])


def set_items(m: Machine, _: object) -> None:
    """Put all since the mark under their keys."""
    items = m.pop_mark()
    put(m, m.stack[-1], items)


def put(m: Machine, target: object, items: list[object]) -> None:
    """Put keys and values, in turn, into a target."""
    if len(items) % 2:
        raise Unclear("has a key without a value")
    if isinstance(target, dict):
        for key, value in zip(items[::2], items[1::2], strict=True):
            if isinstance(key, str):
                target[key] = value
    else:
        m.fill(target)


def append(m: Machine, _: object) -> None:
    """Append one item."""
    item = m.stack.pop()
    if m.wraps:
        m.keep_wrapper_apart([item])
    m.fill(m.stack[-1])


def append_all(m: Machine, _: object) -> None:
    """Append all since the mark."""
    m.pop_mark()
    m.fill(m.stack[-1])


def get(m: Machine, index: object) -> None:
    """Put something from the memo on the stack."""
    if not isinstance(index, int) or index not in m.memo:
        raise Unclear("takes from the memo what was never put there")
    m.stack.append(m.memo[index])


def put_memo(m: Machine, index: object) -> None:
    """Put the last item into the memo."""
    # The unpickler makes room for every index below, whatever the file says.
    if not isinstance(index, int) or not 0 <= index <= m.reader.size:
        raise Unclear("puts something into the memo at a place that makes no sense")
    m.memo[index] = m.stack[-1]


def memoize(m: Machine, _: object) -> None:
    """Put the last item into the memo, at the next place."""
    m.memo[len(m.memo)] = m.stack[-1]


def named(m: Machine, words: object) -> None:
    """Put something that is named by two lines on the stack."""
    module, name = words if isinstance(words, tuple) else ("", "")
    m.stack.append(m.name(module, name))


def named_by_stack(m: Machine, _: object) -> None:
    """Put something on the stack that is named by two texts on it."""
    name, module = m.stack.pop(), m.stack.pop()
    if not isinstance(module, str) or not isinstance(name, str):
        raise Unclear("computes the name of what it imports")
    m.stack.append(m.name(module, name))


def reduce(m: Machine, _: object) -> None:
    """Call something with a tuple of arguments."""
    args, cls = m.stack.pop(), m.stack.pop()
    m.stack.append(m.made_of(cls, args, called=True))


def new_object(m: Machine, _: object) -> None:
    """Make an empty object of a class."""
    args, cls = m.stack.pop(), m.stack.pop()
    m.stack.append(m.made_of(cls, args, called=False))


def new_object_named(m: Machine, _: object) -> None:
    """Make an empty object of a class, with named arguments."""
    m.stack.pop()
    new_object(m, None)


def instance(m: Machine, words: object) -> None:
    """Call what two lines name with all since the mark."""
    args = m.pop_mark()
    module, name = words if isinstance(words, tuple) else ("", "")
    m.stack.append(m.made_of(m.name(module, name), tuple(args), called=bool(args)))


def old_object(m: Machine, _: object) -> None:
    """Call the first item since the mark with the others."""
    # Not by pop_mark: there the wrapper of joblib would be refused, here it never comes.
    items, m.stack = m.stack, m.marks.pop()
    m.stack.append(m.made_of(items[0], tuple(items[1:]), called=len(items) > 1))


def build(m: Machine, _: object) -> None:
    """Give the last object a state."""
    state = m.stack.pop()
    m.build(state)


def proto(m: Machine, version: object) -> None:
    """Tell which protocol follows."""
    if not isinstance(version, int) or version > NEWEST:
        raise Unclear(f"is a pickle of a protocol newer than {NEWEST}")
    m.proto = version


def frame(m: Machine, size: object) -> None:
    """Begin a frame."""
    if m.frame_end:
        raise Unclear("has a frame within a frame")
    if not isinstance(size, int) or size > m.reader.left:
        raise Unclear("has a frame that is longer than the file")
    m.frame_end = m.reader.at + size


def persistent_line(m: Machine, _: object) -> None:
    """Refer to something outside, by a line."""
    m.persistent(OPAQUE)


def persistent(m: Machine, _: object) -> None:
    """Refer to something outside, by the last item."""
    m.persistent(m.stack.pop())


def refused(what: str) -> Effect:
    """Return what ends the walk at something that is never followed."""

    def effect(_: Machine, __: object) -> None:
        raise Unclear(what)

    return effect


NO_EXTENSIONS = refused("uses a registered extension, which only its own program knows")
NO_BUFFERS = refused("needs buffers that lie elsewhere")
EFFECTS: dict[int, Effect] = {
    **{ord(c): push for c in "IJKMLSTUVX"}, 0x8A: push, 0x8B: push, 0x8C: push, 0x8D: push,
    **{ord(c): push_opaque for c in "BCFG"}, 0x8E: push_opaque, 0x96: push_opaque,
    ord("]"): push_opaque, 0x8F: push_opaque,
    ord("N"): constant(None), 0x88: constant(value=True), 0x89: constant(value=False),
    ord("("): mark, ord("0"): pop, ord("1"): pop_mark, ord("2"): dup,
    ord("l"): collected, 0x91: collected, ord("t"): tuple_since_mark, ord(")"): constant(()),
    0x85: tuple_of(1), 0x86: tuple_of(2), 0x87: tuple_of(3),
    ord("}"): empty_dict, ord("d"): dict_since_mark, ord("s"): set_item, ord("u"): set_items,
    ord("a"): append, ord("e"): append_all, 0x90: append_all,
    **{ord(c): get for c in "ghj"}, **{ord(c): put_memo for c in "pqr"}, 0x94: memoize,
    ord("c"): named, 0x93: named_by_stack, ord("R"): reduce, 0x81: new_object,
    0x92: new_object_named, ord("i"): instance, ord("o"): old_object, ord("b"): build,
    0x80: proto, 0x95: frame, ord("P"): persistent_line, ord("Q"): persistent,
    0x82: NO_EXTENSIONS, 0x83: NO_EXTENSIONS, 0x84: NO_EXTENSIONS,
    0x97: NO_BUFFERS, 0x98: NO_BUFFERS,
}  # fmt: skip
"""What each opcode but STOP does."""
