"""Why a text is not JSON, told as the slip that was made and at its place."""

import re
from typing import NamedTuple

from asllint.loader.json import HOLE, STRING
from asllint.loader.tree import DEPTH, MERGE_CONFLICT, Fault, merge_conflict, quoted

_SPACE = re.compile(r"[ \t\n\r]*+")
_HOLE = re.compile(HOLE)
_GOOD_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_GOOD_WORD = re.compile(
    rf"{HOLE}|(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]++)?+|true|false|null|NaN|-?Infinity)(?![-+.\w$])"
)
_COMMENT = re.compile(r"//[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}|<%[^\n]*?%>")
_WORD = re.compile(r"[^\s,:\[\]{}\"'`/#]++")
_OTHER_QUOTES = re.compile(r"'(?:[^'\\\n]|\\.)*+'?|`[^`\n]*+`?|“[^”\n]*+”?|‘[^’\n]*+’?")
_LINE = re.compile(r"[^\r\n]*")
_UNCLOSED_NAME = re.compile(r'"([\w.$]+)\s*:\s*"')
_DIGITS = re.compile("[0-9a-fA-F]{0,3}")
_CLOSING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"\s*+(?:[,:}\]]|\Z)', re.DOTALL)
_BRACKET = re.compile(rf'{STRING[:-1]}"?|([\[{{])|([\]}}])', re.DOTALL)

_CLOSES = {"{": "}", "[": "]"}
_WORDS = {
    "True": ("True is Python's word", "write true"),
    "False": ("False is Python's word", "write false"),
    "None": ("None is Python's word", "write null"),
    "undefined": ("undefined is JavaScript's word", "write null, or leave the field out"),
    "nil": ("nil is no word of JSON", "write null"),
    "...": ("the ellipsis stands for something left out", "write it out, or delete it"),
    "…": ("the ellipsis stands for something left out", "write it out, or delete it"),
}


class _Open(NamedTuple):
    bracket: str
    start: int
    name: str


class _Before(NamedTuple):
    """What stands before a place: `after` is one of start, open, comma, colon, name, value."""

    after: str
    start: int
    end: int


def explain(text: str) -> Fault:
    """The first fault of a text that is not JSON."""
    if conflict := merge_conflict(text):
        return _fault(*conflict, *MERGE_CONFLICT)
    stack: list[_Open] = []
    before = _Before("start", 0, 0)
    name = ""
    while True:
        position = _end(_SPACE, text, before.end)
        names = bool(stack) and stack[-1].bracket == "{"
        character = text[position : position + 1]
        if before.after == "value" and not stack:
            return _after_the_end(text, position) or _fault(position, position, "this is not JSON")
        if not character:
            return _cut_off(text, stack, before)
        if character in "]}" and before.after in ("open", "value") and stack:
            if character != _CLOSES[stack[-1].bracket]:
                return _wrong_bracket(position, character, stack[-1])
            stack.pop()
            before = _Before("value", position, position + 1)
        elif before.after == "value":
            if character != ",":
                return _no_comma(text, position, before)
            before = _Before("comma", position, position + 1)
        elif before.after == "name":
            if character != ":":
                return _no_colon(text, position, before)
            before = _Before("colon", position, position + 1)
        elif names and before.after != "colon":
            end = _end(_GOOD_STRING, text, position) if character == '"' else 0
            end = end + 1 if text[end : end + 1] == '"' and end else _end(_HOLE, text, position)
            if end == position:
                return _no_name(text, position, before)
            name = quoted(text[position:end])
            before = _Before("name", position, end)
        elif character in "{[":
            stack.append(_Open(character, position, name if names else ""))
            before = _Before("open", position, position + 1)
        else:
            end = _end(_GOOD_STRING, text, position) if character == '"' else _end(_GOOD_WORD, text, position)
            if character == '"':
                end = end + 1 if text[end : end + 1] == '"' else position
            if end == position:
                return _no_value(text, position, before, name if before.after == "colon" else "")
            before = _Before("value", position, end)


def too_deep(text: str) -> Fault:
    """The fault of a text that nests deeper than we read, at the bracket that goes too far."""
    depth = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found.lastindex == 1 else -1 if found.lastindex == 2 else 0
        if depth > DEPTH:
            break
    message = f"nested deeper than {DEPTH} levels: the text is not read any further"
    return Fault("too-deep", found.start(), found.end(), message, help="flatten it")


def _fault(start: int, end: int, message: str, way_out: str = "", *related: tuple[int, int, str]) -> Fault:
    return Fault("json-syntax", start, end, message, help=way_out, related=related)


def _cut_off(text: str, stack: list[_Open], before: _Before) -> Fault:
    if before.after == "start":
        return _fault(0, 0, "there is no JSON here: the text is empty")
    opened = stack[-1]
    whose = f" of {opened.name}" if opened.name else ""
    message = f"the text ends before the '{opened.bracket}'{whose} is closed"
    place = (opened.start, opened.start + 1, "opened here")
    return _fault(before.end, before.end, message, f"add the missing '{_CLOSES[opened.bracket]}'", place)


def _wrong_bracket(position: int, character: str, opened: _Open) -> Fault:
    whose = f" of {opened.name}" if opened.name else ""
    closing = _CLOSES[opened.bracket]
    message = f"'{character}' where the '{opened.bracket}'{whose} is still open"
    place = (opened.start, opened.start + 1, "opened here")
    return _fault(position, position + 1, message, f"close it with '{closing}' first", place)


def _after_the_end(text: str, position: int) -> Fault | None:
    if position == len(text):
        return None
    if found := _foreign(text, position):
        return found
    character = text[position]
    if character in "]}":
        return _fault(position, position + 1, f"'{character}' closes nothing", "delete it")
    if character == ",":
        return _fault(position, position + 1, "a comma after the end of the document", "delete it")
    if character in "{[":
        message = "a second document starts here: a file holds one"
        return _fault(position, position + 1, message, "put it into a file of its own")
    end = max(_end(_WORD, text, position), position + 1)
    message = f"{quoted(text[position:end])} stands after the end of the document"
    return _fault(position, end, message, "delete it")


def _no_comma(text: str, position: int, before: _Before) -> Fault:
    if found := _foreign(text, position):
        return found
    character = text[position]
    if character in ";:=":
        wrong = "values are separated by ',', not " + f"'{character}'"
        return _fault(position, position + 1, wrong, "write ','")
    last = quoted(text[before.start : before.end])
    if position == before.end and last[0] == '"' and character.isalnum():
        end = _end(_WORD, text, position)
        message = f"{quoted(text[position:end])} follows the closing quote of {last}"
        return _fault(position, end, message, r"write a quote inside a string as \"")
    if character in '"{[$-' or character.isalnum():
        return _fault(before.end, before.end, f"a comma is missing after {last}", "add ','")
    return _unexpected(text, position)


def _no_colon(text: str, position: int, before: _Before) -> Fault:
    if found := _foreign(text, position):
        return found
    name = quoted(text[before.start : before.end])
    if position == before.end and (found_name := _UNCLOSED_NAME.fullmatch(text, before.start, before.end)):
        start, end = found_name.span(1)
        message = f"the closing quote of the field name {found_name[1]} is missing"
        return _fault(start, end, message, f'write "{found_name[1]}"')
    if text[position] == "=":
        return _fault(position, position + 1, f"the value of {name} follows after ':', not '='", "write ':'")
    if text[position] in ",}]":
        return _fault(before.start, before.end, f"the field {name} has no value", "add ':' and a value")
    return _fault(before.end, before.end, f"a colon is missing after the field name {name}", "add ':'")


def _no_name(text: str, position: int, before: _Before) -> Fault:
    if text[position] == "{" and (found := _PLACEHOLDER.match(text, position - 1)):
        return _placeholder(found)
    if found_foreign := _foreign(text, position):
        return found_foreign
    match text[position]:
        case '"':
            return _bad_string(text, position)
        case "}" | "]" if before.after == "comma":
            return _trailing_comma(text, position, before)
        case ",":
            return _stray_comma(position)
        case "{" | "[" | "]":
            return _fault(position, position + 1, f"a field name is missing before '{text[position]}'")
    end = _end(_WORD, text, position)
    if end == position:
        return _unexpected(text, position)
    name = quoted(text[position:end])
    if name in ("...", "…"):
        return _fault(position, end, *_WORDS[name])
    return _fault(position, end, f"the field name {name} is not in double quotes", f'write "{name}"')


def _no_value(text: str, position: int, before: _Before, name: str) -> Fault:
    if found := _foreign(text, position):
        return found
    match text[position]:
        case '"':
            return _bad_string(text, position)
        case "}" | "]" | "," if name:
            return _fault(before.end, before.end, f"the field {name} has no value", "add a value")
        case "}" | "]" if before.after == "comma":
            return _trailing_comma(text, position, before)
        case ",":
            return _stray_comma(position)
        case "}" | "]":
            return _fault(position, position + 1, f"'{text[position]}' closes nothing", "delete it")
    end = _end(_WORD, text, position)
    return _bad_word(text, position, end) if end > position else _unexpected(text, position)


def _trailing_comma(text: str, position: int, before: _Before) -> Fault:
    message = f"trailing comma: nothing follows it before the '{text[position]}'"
    return _fault(before.start, before.end, message, "delete the comma")


def _stray_comma(position: int) -> Fault:
    return _fault(position, position + 1, "a comma with nothing before it", "delete it")


def _foreign(text: str, position: int) -> Fault | None:
    """What other languages allow at any place: comments, other quotes, placeholders."""
    if found := _COMMENT.match(text, position):
        way_out = 'delete it, or write it as a field: "Comment": "…"'
        return _fault(position, found.start() + len(found[0].rstrip()), "JSON has no comments", way_out)
    if found := _OTHER_QUOTES.match(text, position):
        kind = {"'": "single quotes", "`": "backticks"}.get(found[0][0], "typographic quotes")
        return _fault(*found.span(), f"text in {kind}", "JSON takes only straight double quotes")
    return _placeholder(found) if (found := _PLACEHOLDER.match(text, position)) else None


def _placeholder(found: re.Match[str]) -> Fault:
    message = f"the placeholder {quoted(found[0])} stands outside a string"
    return _fault(*found.span(), message, "write it in double quotes, or fill it in first")


def _bad_word(text: str, start: int, end: int) -> Fault:
    word = text[start:end]
    if word in _WORDS:
        return _fault(start, end, *_WORDS[word])
    if word.lower() in ("true", "false", "null"):
        return _fault(start, end, f"{word} is not written in lower case", f"write {word.lower()}")
    if word.startswith("${"):
        return _fault(start, end, f"the substitution {quoted(word)} is not closed", "close it with '}'")
    if re.match(r"[-+.]?[0-9]|[-+]?\.[0-9]", word):
        return _fault(start, end, f"{quoted(word)} is not a number in JSON", _number_help(word))
    if word[0].isprintable() and not word[0].isspace():
        shown = quoted(word)
        return _fault(start, end, f"the text {shown} is not in double quotes", f'write "{shown}"')
    return _unexpected(text, start)


def _number_help(word: str) -> str:
    digits = word.lstrip("+-")
    if word.startswith("+"):
        return "write it without the plus sign"
    if digits.startswith("."):
        return "write a zero before the point"
    if re.fullmatch("0[0-9]+", digits):
        return "write it without the leading zero"
    if re.fullmatch(r"[0-9]+\.", digits):
        return "write a digit after the point"
    return "write it in double quotes if it is text"


def _bad_string(text: str, start: int) -> Fault:
    position = _end(_GOOD_STRING, text, start)
    character = text[position : position + 1]
    if character in ("", "\n", "\r"):
        # Does the next quote close a string over several lines, or open one of its own?
        if character and _CLOSING.match(text, position):
            return _fault(position, position + 1, "a line break inside a string", r"write it as \n")
        return _fault(start, position, f"the string {quoted(text[start:position])} is not closed", "add '\"'")
    if character == "\\":
        return _bad_escape(text, position)
    if character == "\t":
        return _fault(position, position + 1, "a tab inside a string", r"write it as \t")
    code = f"U+{ord(character):04X}"
    way_out = rf"write it as \u{ord(character):04x}, or delete it"
    return _fault(position, position + 1, f"the control character {code} inside a string", way_out)


def _bad_escape(text: str, position: int) -> Fault:
    escape = text[position : position + 2]
    if escape == "\\u":
        end = _end(_DIGITS, text, position + 2)
        return _fault(position, end, r"\u needs four hexadecimal digits", r"write a backslash as \\")
    if len(escape) == 1 or escape[1] in "\r\n":
        return _fault(
            position, position + 1, "a backslash at the end of the line", r"write a backslash as \\"
        )
    shown = escape if escape.isprintable() else "\\" + f"U+{ord(escape[1]):04X}"
    return _fault(position, position + 2, f"JSON has no escape {shown}", r"write a backslash as \\")


def _unexpected(text: str, position: int) -> Fault:
    character = text[position]
    if character.isprintable() and not character.isspace():
        return _fault(position, position + 1, f"'{character}' has no place here", "delete it")
    code = ord(character)
    known = {0: "a NUL character", 0xA0: "a no-break space", 0xFEFF: "a byte order mark"}
    message = f"{known.get(code, 'a character')} (U+{code:04X}) that JSON does not take for white space"
    return _fault(position, position + 1, message, "delete it")


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where the pattern ends that starts at the position; the position itself when it does not."""
    found = pattern.match(text, position)
    return found.end() if found else position
