"""JSON text to values: `json.loads` for the values, an own scanner for places once one is asked for."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from asllint.loader.pointer import Pointer
from asllint.loader.tree import DEPTH, Fault, Node, Tree

# `${X}` outside a string: substituted before deployment. Both patterns end at once where they cannot match.
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
HOLE = r'\$\{(?:[^{}"\n]|"[^"\n]*"|\{[^{}\n]*\})*+\}'
# An escaped half without its other half; found too often, since a backslash may itself be escaped.
_HALF = r"\\u[dD](?:[89abAB]\w\w(?!\\u[dD][c-fC-F])|[c-fC-F](?<!\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]))"


# The places of an object's or an array's values by key, as far as they are known, and those that follow.
Members: TypeAlias = tuple[dict[str | int, Node], Iterator[tuple[str | int, Node]]]


class JsonTree(Tree):
    """JSON values; their places are found when they are asked for.

    A text is `strict` if a JSON reader takes all of it and no field is written twice: then a place is found
    without those of all other values.
    """

    __slots__ = ("_members", "_root", "strict")

    def __init__(self, text: str, value: Any, *, strict: bool = False) -> None:
        super().__init__(text, value, [])
        self.strict = strict
        self._root: Node | None = None
        self._members: dict[int, Members] = {}

    @property
    def root(self) -> Node:
        if self._root is None:
            from asllint.loader.json_scanner import scan

            self._root = scan(self.text)[0]
        return self._root

    def _find(self, pointer: Pointer) -> tuple[Node, bool]:
        if not self.strict or self._root is not None:
            return super()._find(pointer)
        from asllint.loader.json_scanner import find

        return find(self.text, pointer, self._members)

    def _characters(self, node: Node) -> Sequence[int] | None:
        from asllint.loader.json_scanner import characters

        return characters(self.text, node[2], self._end(node))

    def _end(self, node: Node) -> int:
        if node[3] >= 0:
            return super()._end(node)
        from asllint.loader.json_scanner import end

        return end(self.text, node[2])


def read(text: str) -> JsonTree | Fault:
    """The values of a JSON text (its byte order mark removed), or the one fault that makes it unreadable."""
    odd: list[object] = []
    try:
        value = _values(text, odd)
    except RecursionError:
        return _too_deep(text)
    except ValueError as error:
        # A hole outside a string, or an integer of more digits than Python converts: read past both.
        odd.append(error)
        try:
            value = _values(_with_quoted_holes(text) if "${" in text else text, odd, _lenient_integer)
        except RecursionError:
            return _too_deep(text)
        except ValueError:
            from asllint.loader.json_errors import explain

            return explain(text)
    if text.count("[") + text.count("{") > DEPTH and _depth(value) > DEPTH:
        return _too_deep(text)
    tree = JsonTree(text, value, strict=not odd)
    if odd or _may_hold_half_a_character(text):
        from asllint.loader.json_scanner import faults

        tree.faults = faults(tree)
    return tree


def _values(text: str, odd: list[object], integer: Callable[[str], int | float] | None = None) -> Any:
    """The values; a field written twice or a number without a value goes to `odd`."""

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            odd.append(pairs)
        return made

    def constant(written: str) -> float:
        odd.append(written)
        return float(written)

    def number(written: str) -> float:
        value = float(written)
        if value - value != 0:
            odd.append(written)
        return value

    return json.loads(
        text, object_pairs_hook=fields, parse_constant=constant, parse_float=number, parse_int=integer
    )


def _lenient_integer(written: str) -> int | float:
    try:
        return int(written)
    except ValueError:
        return float(written)


def _with_quoted_holes(text: str) -> str:
    string_to_end = STRING[:-1] + '"?'
    return re.sub(
        rf"{string_to_end}|{HOLE}",
        lambda found: found[0] if found[0][0] == '"' else json.dumps(found[0], ensure_ascii=False),
        text,
        flags=re.DOTALL,
    )


def _depth(value: Any) -> int:
    """How many levels of containers; looks no deeper than it must."""
    depth, level = 0, [value]
    while depth <= DEPTH:
        level = [each for each in level if type(each) is dict or type(each) is list]
        if not level:
            break
        depth += 1
        level = [inner for each in level for inner in (each.values() if type(each) is dict else each)]
    return depth


def _too_deep(text: str) -> Fault:
    from asllint.loader.json_errors import too_deep

    return too_deep(text)


def _may_hold_half_a_character(text: str) -> bool:
    if "\\u" in text and re.search(_HALF, text):
        return True
    return not text.isascii() and re.search("[\ud800-\udfff]", text) is not None
