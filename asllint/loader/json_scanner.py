"""Where the values of a JSON text stand; the text has been found readable before."""

import json
import re
from collections.abc import Iterator
from typing import Any

from asllint.loader.json import HOLE, STRING, JsonTree, Members
from asllint.loader.pointer import Pointer
from asllint.loader.tree import Fault, Node, quoted

_SPACE = r"[ \t\n\r]*+"
_SCALAR = rf"({STRING}|{HOLE}|[-+.\w]++)"
_MEMBER = re.compile(
    rf"{_SPACE},?{_SPACE}({STRING}|{HOLE}){_SPACE}:{_SPACE}(?:{_SCALAR}|[\[{{])", re.DOTALL
).match
_ELEMENT = re.compile(rf"{_SPACE},?{_SPACE}(?:{_SCALAR}|[\[{{])", re.DOTALL).match
_NAME = re.compile(rf"{_SPACE},?{_SPACE}({STRING}){_SPACE}:{_SPACE}", re.DOTALL).match
_GAP = re.compile(rf"{_SPACE},?{_SPACE}").match
_CLOSE = re.compile(rf"{_SPACE}[\]}}]").match
_WORD = re.compile(rf"{STRING}|{HOLE}|[-+.\w]++", re.DOTALL)
_CHARACTER = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\.|.", re.DOTALL)

# The value at an offset, and where it ends.
_value = json.JSONDecoder().raw_decode
Repeat = tuple[Pointer, tuple[int, int], tuple[int, int]]


def scan(text: str) -> tuple[Node, list[Repeat]]:
    """The nodes of a text, and its fields written twice: the pointer, both places."""
    repeats: list[Repeat] = []
    top: list[Any] = []
    parent: list[Any] = [-1, -1, 0, 0, top]
    path: list[str | int] = []  # led by the index of the text's value in `top`
    stack: list[list[Any]] = []
    position = 0
    children: Any = top
    while True:
        if type(children) is dict:
            while found := _MEMBER(text, position):
                key_start, key_end = found.span(1)
                key = text[key_start + 1 : key_end - 1]
                if text[key_start] == "$":
                    key = text[key_start:key_end]
                elif "\\" in key:
                    key = json.loads(text[key_start:key_end])
                if key in children:
                    before = children.pop(key)
                    repeats.append(((*path[1:], key), (key_start, key_end), (before[0], before[1])))
                if found.lastindex != 2:
                    break
                start, position = found.span(2)
                children[key] = (key_start, key_end, start, position, None)
            else:
                key = ""
        else:
            while found := _ELEMENT(text, position):
                if found.lastindex != 1:
                    break
                start, position = found.span(1)
                children.append((-1, -1, start, position, None))
        if found:
            position = found.end()
            node: list[Any] = [-1, -1, position - 1, position, {} if text[position - 1] == "{" else []]
            if type(children) is dict:
                node[0], node[1] = key_start, key_end
                children[key] = node
                path.append(key)
            else:
                path.append(len(children))
                children.append(node)
            stack.append(parent)
            parent, children = node, node[4]
        elif stack and (closing := _CLOSE(text, position)):
            position = parent[3] = closing.end()
            path.pop()
            parent = stack.pop()
            children = parent[4]
        else:
            break
    return top[0], repeats


def find(text: str, pointer: Pointer, members: dict[int, Members]) -> tuple[Node, bool]:
    """The place of a value, or of its nearest ancestor, and whether it is the value's own; its end and the
    values inside it are left out. What is on the way is only read as far as it must be; `members` remembers
    it.
    """
    node = _node(text, -1, -1, _GAP(text, 0).end())  # type: ignore[union-attr]
    for key in pointer:
        start = node[2]
        if start not in members:
            members[start] = {}, _members(text, start)
        is_index = text[start] == "[" and isinstance(key, str) and key.isascii() and key.isdigit()
        child = _child(members[start], int(key) if is_index and len(str(key)) < 10 else key)
        if child is None:
            return node, False
        node = child
    return node, True


def _child(members: Members, key: str | int) -> Node | None:
    known, following = members
    if key not in known:
        for name, node in following:
            known[name] = node
            if name == key:
                break
    return known.get(key)


def _node(text: str, key_start: int, key_end: int, start: int) -> Node:
    return key_start, key_end, start, -1, () if text[start] in "{[" else None


def end(text: str, start: int) -> int:
    """Where a value ends."""
    return _value(text, start)[1]


def _members(text: str, start: int) -> Iterator[tuple[str | int, Node]]:
    """The values of an object or an array: where each starts, and its name. A scalar has none."""
    position, index = start + 1, 0
    while text[start] == "{" and (found := _NAME(text, position)):
        key_start, key_end = found.span(1)
        key = text[key_start + 1 : key_end - 1]
        yield json.loads(found[1]) if "\\" in key else key, _node(text, key_start, key_end, found.end())
        position = _value(text, found.end())[1]
    while text[start] == "[" and (found := _GAP(text, position)) and text[found.end()] != "]":
        yield index, _node(text, -1, -1, found.end())
        position, index = _value(text, found.end())[1], index + 1


def characters(text: str, start: int, end: int) -> list[int] | range | None:
    """Where each character of a string stands, and the end of the last one."""
    if text[start] == "$":
        return range(start, end + 1)
    if text[start] != '"':
        return None
    if text.find("\\", start, end) < 0:
        return range(start + 1, end)
    return [found.start() for found in _CHARACTER.finditer(text, start + 1, end)]


def faults(tree: JsonTree) -> list[Fault]:
    """What is wrong with a text that has a value all the same, in the order of the text."""
    found = [
        Fault(
            "duplicate-key",
            *place,
            f'the field "{quoted(str(pointer[-1]))}" is written twice: only the last one counts',
            pointer,
            "keep one of them",
            ((*before, "first written here"),),
        )
        for pointer, place, before in scan(tree.text)[1]
    ]
    for word in _WORD.finditer(tree.text):
        start, end = word.span()
        for kind, inner_start, inner_end, message, way_out in _word_faults(word[0], start, end):
            pointer = tree.pointer_at(start)
            found.append(Fault(kind, inner_start, inner_end, message, pointer, way_out))
    return sorted(found, key=lambda fault: fault.start)


def _word_faults(word: str, start: int, end: int) -> list[tuple[str, int, int, str, str]]:
    match word[0]:
        case '"':
            return _half_characters(word, start)
        case "$":
            message = f"{quoted(word)} stands outside a string: the text is JSON only once it is substituted"
            return [("unquoted-substitution", start, end, message, "write it in double quotes if it is text")]
        case "t" | "f" | "n":
            return []
    if word.lstrip("-")[0] in "NI":
        message = f"{word} is not a number in JSON"
        return [("non-finite-number", start, end, message, "write null, or the text in double quotes")]
    if float(word) - float(word) == 0:
        return []
    digits = word.removeprefix("-")
    if not digits.isdigit():
        message = f"{quoted(word)} is larger than any number can be"
        return [("non-finite-number", start, end, message, "write a smaller number, or the text in quotes")]
    try:
        int(word)
    except ValueError:
        message = f"a number of {len(digits)} digits is larger than any reader takes"
        return [("huge-number", start, end, message, "write it in double quotes if it is text")]
    return []


def _half_characters(word: str, start: int) -> list[tuple[str, int, int, str, str]]:
    """The surrogates of a string that stand alone."""
    if word.isascii() and "\\u" not in word:
        return []
    return [
        (
            "lone-surrogate",
            start + found.start(),
            start + found.end(),
            f"{found[0] if found[0][0] == chr(92) else f'U+{ord(found[0]):04X}'} is half of a character: "
            "its other half is missing",
            "write the character itself, or both halves",
        )
        for found in _CHARACTER.finditer(word)
        if _is_half(found[0])
    ]


def _is_half(written: str) -> bool:
    if len(written) == 6 and written[1] == "u":
        return "d800" <= written[2:].lower() <= "dfff"
    return "\ud800" <= written <= "\udfff"
