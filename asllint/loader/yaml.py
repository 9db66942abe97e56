"""YAML text to values and places at once; CloudFormation's short tags are written out.

An unknown tag keeps its value unknowable: `!Vault x` is read as `{"!Vault": "x"}`, so nothing is guessed.
"""

import re
from collections.abc import Sequence
from typing import Any

from asllint.loader.pointer import Pointer
from asllint.loader.tree import Fault, Node, Tree

# Most texts are read without them, so they are compiled when they are needed.
_COMMENT = r"(?a)(?<![^\s])\#[^\r\n\x85\u2028\u2029]*"
_DASH = r"(?a)\#[^\r\n]*|(-)(?=\s|\Z)"


class YamlTree(Tree):
    """YAML values. A shared value (alias, merge key) stands where it is written."""

    __slots__ = ("end", "scalars", "start", "top")

    def __init__(self, text: str, start: int) -> None:
        super().__init__(text, None, [])
        self.start = start
        self.end = len(text)
        self.top: Node = (-1, -1, start, start, None, None)
        self.scalars: list[tuple[int, int]] = []

    @property
    def root(self) -> Node:
        return self.top

    def comments(self) -> list[tuple[int, int, str]]:
        """The comments in the order of the text: start, end and text, which starts with '#'."""
        found: list[tuple[int, int, str]] = []
        position = self.start
        for start, end in [*self.scalars, (self.end, self.end)]:
            if start > position:
                found += [
                    (*each.span(), each[0])
                    for each in re.compile(_COMMENT).finditer(self.text, position, start)
                ]
            position = max(position, end)
        return found

    def pointer_at(self, offset: int) -> Pointer:
        """As for every tree; what stands beside a tag's value belongs to the value with its tag."""
        pointer = super().pointer_at(offset)
        if len(pointer) > 1 and pointer[-2] == "Fn::GetAtt" and not self._starts_with(pointer[:-1], "[-"):
            pointer = pointer[:-1]
        while pointer and self._starts_with(pointer[:-1], "!"):
            pointer = pointer[:-1]
        return pointer

    def _starts_with(self, pointer: Pointer, marks: str) -> bool:
        return self.text.startswith(tuple(marks), self._find(pointer)[0][2])

    def _characters(self, node: Node) -> Sequence[int] | None:
        if node[5] is None:
            return None
        from asllint.loader.yaml_scalars import placed

        style, end, value = node[5]
        return placed(self.text, node[2], end, style, value)

    def _ordered(self, node: Node) -> tuple[list[int], list[Any]]:
        """Elements of a block start at their dash."""
        known = id(node[4]) in self._entries
        starts, entries = super()._ordered(node)
        if not known and self.text[node[2] : node[2] + 1] == "-":
            before = node[2]
            for index, (start, end, key, child) in enumerate(entries):
                dashes = (
                    each.start(1)
                    for each in re.compile(_DASH).finditer(self.text, before, start + 1)
                    if each[1]
                )
                starts[index] = next(dashes, start)
                entries[index] = (starts[index], end, key, child)
                before = end
        return starts, entries

    def _opening(self, node: Node) -> tuple[int, int]:
        if self.text[node[2] : node[2] + 1] not in ("[", "{", "-"):
            _, entries = self._ordered(node)
            if entries and entries[0][3][0] >= 0:
                return entries[0][3][0], entries[0][3][1]
        return node[2], node[2] + 1


def read(text: str) -> YamlTree | Fault:
    """The first document of a YAML text (without byte order mark), or why it is unreadable."""
    found = _read(text, 1)
    if isinstance(found, Fault):
        return found
    return found[0] if found else YamlTree(text, 0)


def read_all(text: str) -> list[YamlTree] | Fault:
    """All documents of a YAML text."""
    return _read(text, None)


def _read(text: str, count: int | None) -> list[YamlTree] | Fault:
    import yaml

    from asllint.loader.yaml_builder import Builder, UnreadableError

    if unreadable := yaml.reader.Reader.NON_PRINTABLE.search(text):
        from asllint.loader.yaml_errors import unreadable_character

        return unreadable_character(unreadable)
    # libyaml takes quadratic time over deep nesting: take its events one by one, no further than needed.
    events: Any = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    trees: list[YamlTree] = []
    try:
        for event in events:
            if type(event) is not yaml.DocumentStartEvent:
                continue
            marks: Any = event.start_mark, event.end_mark
            start, end = (mark.index for mark in marks)
            if trees:
                trees[-1].end = start
            if count is not None and len(trees) == count:
                message = "a second document starts here: only the first one is read"
                way_out = "put it into a file of its own"
                trees[0].faults.append(Fault("several-documents", start, end, message, (), way_out))
                break
            trees.append(Builder(YamlTree(text, start if trees else 0)).document(events))
    except yaml.MarkedYAMLError as error:
        from asllint.loader.yaml_errors import explain

        return explain(text, error)
    except UnreadableError as error:
        return error.fault
    finally:
        events.close()
    return trees
