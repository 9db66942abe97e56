"""What every reader gives: plain JSON values and their places, or what is wrong with the text."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, TypeAlias

from asllint.loader.pointer import Pointer
from asllint.record import Record

DEPTH = 200
MERGE_CONFLICT = (
    "a merge conflict is left here",
    "keep one of the two sides, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`",
)

# Key start, key end (-1 without a key), start, end, children: a dict, a list, or None for a scalar.
Node: TypeAlias = Sequence[Any]
Entry: TypeAlias = tuple[int, int, str | int, Node]


class Fault(Record):
    """What is wrong with the text itself: offsets in code points, the end exclusive."""

    kind: str
    start: int
    end: int
    message: str
    pointer: Pointer = ()
    help: str = ""
    related: tuple[tuple[int, int, str], ...] = ()


class Tree:
    """A text as values, with the place of each value. `faults` are those that leave a value."""

    __slots__ = ("_entries", "faults", "text", "value")

    def __init__(self, text: str, value: Any, faults: list[Fault]) -> None:
        self.text = text
        self.value = value
        self.faults = faults
        self._entries: dict[int, tuple[list[int], list[Entry]]] = {}

    @property
    def root(self) -> Node:
        raise NotImplementedError

    def span(self, pointer: Pointer, *, key: bool = False) -> tuple[int, int]:
        """The place of a value, or of its name. A container without a name is shown by its opening.

        A pointer that leads deeper than the text does gives the nearest ancestor: a scalar whole, a container
        by its name.
        """
        return self._span(*self._find(pointer), key=key)

    def shown(self, pointer: Pointer, *, key: bool = False) -> tuple[int, int]:
        """The place that shows a value: an object or an array is shown by its name, a scalar by itself."""
        node, exact = self._find(pointer)
        return self._span(node, exact, key=key or (exact and node[4] is not None))

    def _span(self, node: Node, exact: bool, *, key: bool) -> tuple[int, int]:
        if (exact and not key) or (node[4] is None and (not exact or node[0] < 0)):
            return node[2], self._end(node)
        if node[0] >= 0:
            return node[0], node[1]
        return self._opening(node)

    def _end(self, node: Node) -> int:
        end: int = node[3]
        return end

    def offsets(self, pointer: Pointer) -> Sequence[int] | None:
        """Where each character of a string stands, and where the last one ends; None for no string."""
        node, exact = self._find(pointer)
        return self._characters(node) if exact and node[4] is None else None

    def pointer_at(self, offset: int) -> Pointer:
        """The innermost value at an offset. Between values: the last on its line, or the next one."""
        pointer, inside, _, after = self._descend(offset)
        if inside or self.text[offset : offset + 1] in ("[", "]", "{", "}"):
            return pointer
        line = max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1
        beside = self.text[line:offset].rstrip(" \t,:")
        if not beside:
            return pointer if after is None else after
        last = line + len(beside) - 1
        pointer, inside, before, _ = self._descend(last)
        if inside or before is None or before[0] < line or self.text[last] in "]}":
            return pointer
        return (*pointer, before[2])

    def _find(self, pointer: Pointer) -> tuple[Node, bool]:
        node = self.root
        for key in pointer:
            child = _child(node[4], key)
            if child is None:
                return node, False
            node = child
        return node, True

    def _descend(self, offset: int) -> tuple[Pointer, bool, Entry | None, Pointer | None]:
        """The innermost value around an offset, and whether nothing of it is left to look into; if there is,
        the child before the offset, and the next value after it.
        """
        node = self.root
        pointer: Pointer = ()
        after: Pointer | None = None
        while node[4] is not None:
            starts, entries = self._ordered(node)
            index = bisect_right(starts, offset)
            if index < len(entries):
                after = (*pointer, entries[index][2])
            if not index or entries[index - 1][1] <= offset:
                return pointer, False, entries[index - 1] if index else None, after
            _, _, key, child = entries[index - 1]
            pointer = (*pointer, key)
            if child[0] <= offset < child[1]:
                return pointer, True, None, after
            node = child
        return pointer, bool(pointer) or node[2] <= offset < node[3], None, after

    def _ordered(self, node: Node) -> tuple[list[int], list[Entry]]:
        """The children that stand inside a container, in the text's order; shared ones stand elsewhere."""
        children = node[4]
        known = self._entries.get(id(children))
        if known is None:
            items = children.items() if isinstance(children, dict) else enumerate(children)
            entries = [(*self._extent(child), key, child) for key, child in items]
            entries = [entry for entry in entries if node[2] <= entry[0] <= node[3]]
            entries.sort(key=lambda entry: entry[0])
            known = self._entries[id(children)] = [entry[0] for entry in entries], entries
        return known

    def _extent(self, child: Node) -> tuple[int, int]:
        """From the start of a child's name to the end of its value, if that follows its name."""
        start = child[0] if child[0] >= 0 else child[2]
        return start, max(child[1], child[3]) if child[2] >= start else child[1]

    def _opening(self, node: Node) -> tuple[int, int]:
        return node[2], node[2] + 1

    def _characters(self, node: Node) -> Sequence[int] | None:
        raise NotImplementedError


def _child(children: Any, key: str | int) -> Node | None:
    if isinstance(children, dict):
        found: Node | None = children.get(key)
        return found
    if not isinstance(children, list):
        return None
    if isinstance(key, str):
        if not (key.isascii() and key.isdigit() and len(key) < 10):
            return None
        key = int(key)
    return children[key] if 0 <= key < len(children) else None


def merge_conflict(text: str) -> tuple[int, int] | None:
    """Where the first line stands that a merge left behind, none of which is JSON or YAML."""
    import re

    found = re.search(r"^<{7}(?: [^\r\n]*)?(?=\r?$)", text, re.MULTILINE)
    return found.span() if found else None


def quoted(text: str) -> str:
    """A piece of the user's text for a message: on one line, and short."""
    shown = " ".join(text.split())
    return shown if len(shown) <= 40 else shown[:39] + "…"
