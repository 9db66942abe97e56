"""Why a text is not YAML, told as the slip that was made and at its place."""

import re
from typing import Any

from asllint.loader.tree import MERGE_CONFLICT, Fault, merge_conflict, quoted

_LINE = re.compile(r"[^\r\n]*")
_WORD = re.compile(r"[^\s,\[\]{}]*")
_OPENS = {"[": "]", "{": "}"}


def unreadable_character(found: re.Match[str]) -> Fault:
    """A character that no YAML text may hold."""
    code = ord(found[0])
    if 0xD800 <= code <= 0xDFFF:
        message = f"U+{code:04X} is half of a character: its other half is missing"
        return Fault("lone-surrogate", *found.span(), message, help="write the character itself")
    name = "a NUL character" if code == 0 else "a control character"
    return Fault("yaml-syntax", *found.span(), f"{name} (U+{code:04X})", help="delete it")


def explain(text: str, error: Any) -> Fault:
    """The fault that PyYAML's scanner or parser met: a `MarkedYAMLError`."""
    if conflict := merge_conflict(text):
        return _fault(*conflict, *MERGE_CONFLICT)
    problem = error.problem or ""
    position = min(error.problem_mark.index, len(text))
    opened = error.context_mark.index if error.context_mark else position
    character = text[position : position + 1]
    for pattern, tell in _TABLE:
        if re.search(pattern, problem):
            return tell(text, position, opened)
    if character == "":
        return _fault(position, position, f"the text ends too early: {problem}")
    return _fault(position, position + 1, problem)


def _fault(start: int, end: int, message: str, way_out: str = "", *related: tuple[int, int, str]) -> Fault:
    return Fault("yaml-syntax", start, end, message, help=way_out, related=related)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return max(found.end() if found else position, min(position + 1, len(text)))


def _rest(text: str, position: int) -> int:
    """The end of the line, without the blanks before it."""
    end = _end(_LINE, text, position)
    return max(len(text[:end].rstrip()), min(position + 1, len(text)))


def _indentation(text: str, position: int) -> tuple[str, int]:
    """What stands before a position on its line, and where the line starts."""
    start = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1
    return text[start:position], start


def _tab(text: str, position: int, opened: int) -> Fault:
    found = text.find("\t", position)
    start = found if found >= 0 else position
    end = start + len(text[start:]) - len(text[start:].lstrip("\t"))
    return _fault(start, max(end, start + 1), "a tab where YAML indents with spaces", "write spaces")


def _start_of_value(text: str, position: int, opened: int) -> Fault:
    if text[position : position + 1] == "\t":
        return _tab(text, position, opened)
    if position >= len(text):
        return _fault(position, position, "the text ends where a value is due")
    if text.startswith("{%", position - 1):
        return _expression(text, position - 1)
    return _fault(
        position,
        _end(_WORD, text, position),
        f"a value cannot start with '{text[position]}'",
        "put the value in quotes",
    )


def _expression(text: str, start: int) -> Fault:
    """An expression of JSONata without quotes."""
    closing = text.find("%}", start)
    end = closing + 2 if 0 <= closing < _rest(text, start) else _rest(text, start)
    marks = "single" if '"' in text[start:end] else "double"
    message = "`{` opens a mapping in YAML, so the expression must be quoted"
    return _fault(start, end, message, f"put it in {marks} quotes")


def _colon(text: str, position: int, opened: int) -> Fault:
    before, line = _indentation(text, position)
    key = re.match(r"\s*(?:-\s+)*", before)
    start = line + (key.end() if key else 0)
    if position - start > 1024:
        return _fault(start, position, "a field name of more than 1024 characters")
    if re.search(r":\s", before):
        message = "a second ': ' on the line: a value that holds one must be quoted"
        return _fault(position, position + 1, message, "put the value in quotes")
    above = text[:line].rstrip()
    above_start = _indentation(above, len(above))[1]
    blanks = len(above[above_start:]) - len(above[above_start:].lstrip())
    if above and above_start + blanks < len(above) and blanks >= len(before) - len(before.lstrip()):
        return _no_colon(text, position, above_start + blanks)
    name = quoted(text[start:position])
    message = f"the field {name} is indented below one that has a value already"
    return _fault(start, position, message, "align it with the field above")


def _colon_in_brackets(text: str, position: int, opened: int) -> Fault:
    message = "a ':' inside brackets: a value that holds one must be quoted"
    return _fault(position, position + 1, message, "put the value in quotes")


def _no_colon(text: str, position: int, opened: int) -> Fault:
    end = _rest(text, opened)
    written = text[opened:end]
    name, colon, value = written.partition(":")
    if colon and value and not value.startswith("//"):
        message = f"a blank is missing behind the colon of {quoted(written)}"
        return _fault(opened, end, message, f"write `{name}: {quoted(value)}`")
    return _fault(opened, end, f"a colon is missing after {quoted(written)}", "add ': ' and a value")


def _open_string(text: str, position: int, opened: int) -> Fault:
    end = _rest(text, opened)
    mark = text[opened]
    return _fault(opened, end, f"the string {quoted(text[opened:end])} is not closed", f"add {mark}")


def _escape(text: str, position: int, opened: int) -> Fault:
    start = position if text[position : position + 1] == "\\" else position - 1
    end = min(start + 2, len(text))
    way_out = r"write a backslash as \\, or the text in single quotes"
    return _fault(start, end, f"YAML has no escape {quoted(text[start:end])}", way_out)


def _code(text: str, position: int, opened: int) -> Fault:
    start = text.rfind("\\", opened, position)
    end = _end(re.compile(r"\\.[0-9a-fA-F]*"), text, start)
    return _fault(start, end, f"{text[start:end]} is no character", "write the character itself")


def _list_on_the_line(text: str, position: int, opened: int) -> Fault:
    message = "a list cannot start on the line of its field's name"
    return _fault(position, position + 1, message, "start it on the next line, or quote the value")


def _nameless(text: str, position: int, opened: int) -> Fault:
    mark = text[opened]
    end = _rest(text, opened)
    what = {"*": "an alias", "&": "an anchor"}.get(mark, "a tag")
    message = f"a value cannot start with '{mark}': YAML takes it for {what}"
    return _fault(opened, end, message, "put the value in quotes")


def _flow(text: str, position: int, opened: int) -> Fault:
    bracket = text[opened]
    closing = _OPENS.get(bracket, "]")
    place = (opened, opened + 1, "opened here")
    if not text[position:].strip():
        end = len(text.rstrip())
        message = f"the text ends before the '{bracket}' is closed"
        return _fault(end, end, message, f"add the missing '{closing}'", place)
    if text[position] in "]}":
        message = f"'{text[position]}' where the '{bracket}' is still open"
        return _fault(position, position + 1, message, f"close it with '{closing}' first", place)
    end = len(text[:position].rstrip())
    return _fault(end, end, f"a ',' or '{closing}' is missing here", "add it, or quote the value", place)


def _block(text: str, position: int, opened: int) -> Fault:
    before = _indentation(text, position)[0]
    end = _rest(text, position)
    if before.strip():
        if before.rstrip()[-1] in "\"'":
            message = f"{quoted(text[position:end])} follows the closing quote"
            return _fault(position, end, message, "put the whole value in quotes")
        return _fault(position, end, f"{quoted(text[position:end])} has no place here")
    if len(before) == opened - _indentation(text, opened)[1]:
        if text[position] == "-":
            return _fault(position, end, "an element of a list among fields", "indent the list, or name it")
        return _fault(position, end, "a field among the elements of a list", "give it a '- ', or indent it")
    message = "the indentation of this line fits none above it"
    return _fault(position, end, message, "align it with the lines it belongs to")


def _header(text: str, position: int, opened: int) -> Fault:
    message = f"{quoted(text[opened : _rest(text, position)])} does not start a block of text"
    return _fault(
        opened, _rest(text, position), message, f"start the text on the line after '{text[opened]}'"
    )


def _after_the_end(text: str, position: int, opened: int) -> Fault:
    return _fault(position, _rest(text, position), "text after the end of the document", "delete it")


def _directive(text: str, position: int, opened: int) -> Fault:
    line = _indentation(text, position)[1]
    return _fault(
        line, _rest(text, line), f"{quoted(text[line : _rest(text, line)])} is not known", "delete it"
    )


def _tag(text: str, position: int, opened: int) -> Fault:
    end = _end(_WORD, text, opened)
    message = f"the tag {quoted(text[opened:end])} is not known"
    return _fault(opened, end, message, "put the value in quotes if it is text")


# What the problem says, in libyaml's words and in PyYAML's own.
_TABLE = (
    (r"tab character", _tab),
    (r"cannot start any token", _start_of_value),
    (r"mapping values are not allowed", _colon),
    (r"could not find expected ':'", _no_colon),
    (r"unexpected end of stream|unexpected document", _open_string),
    (r"unknown escape", _escape),
    (r"hexdecimal|hexadecimal|Unicode character", _code),
    (r"sequence entries are not allowed", _list_on_the_line),
    (r"mapping keys are not allowed|node content", _start_of_value),
    (r"comment or line break|chomping|indentation indicator", _header),
    (r"alphabetic or numeric|whitespace or line break|expected ' '", _nameless),
    (r"unexpected ':'", _colon_in_brackets),
    (r"',' or", _flow),
    (r"expected key|expected '-'|<block end>", _block),
    (r"document start", _after_the_end),
    (r"directive|YAML document|YAML version", _directive),
    (r"tag|'>'|'!'", _tag),
)
