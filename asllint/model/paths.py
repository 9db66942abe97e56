"""AWS's dialect of JSONPath: what a path reads, and where one that AWS cannot read goes wrong."""

import re
from functools import lru_cache
from typing import NamedTuple

from asllint.record import Record

# AWS reads paths with Jayway's JsonPath and adds `$$` and `$variable`
# (https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html).
# What Jayway may read is accepted here; only what no reader of AWS's takes is a fault.

NESTING = 20  # filters within filters; ours, far beyond what anybody writes

_STEP = re.compile(r"\.([\w-]+)|\[(\d{1,9})\]|\['([^'\\]*)'\]")
_NAME = re.compile(r"(?:\\.?|[^.\[\]() \\])+", re.DOTALL)
_INNER_NAME = re.compile(r"(?:\\.?|[^.\[\](),\s=<>!&|\\])+", re.DOTALL)
_CLOSERS = {"(": ")", "[": "]"}
_INNER_ENDS = " \t\r\n),]=<>!&|+*/"


class Segment(NamedTuple):
    """A step of a path: name, index, wildcard, slice, filter, union, descendant or function."""

    kind: str
    value: str | int
    start: int
    end: int


class Fault(Record):
    """Why a text is no path, and the stretch of it (offsets in code points, end exclusive) that shows it."""

    start: int
    end: int
    message: str
    reason: str


class Path(NamedTuple):
    """A path within a text. `root` is "$" for the input, "$$" for the Context Object, or a variable's name.

    `names` are those that it starts with: ("order", "id") for `$.order.id[0]`. `inner` are the paths that its
    filters and functions read. An `opaque` path holds a `${hole}`: nothing is known of it, and it has neither
    root nor segments.
    """

    root: str
    segments: tuple[Segment, ...]
    start: int
    end: int
    inner: tuple["Path", ...] = ()
    opaque: bool = False
    names: tuple[str, ...] = ()

    @property
    def variable(self) -> str | None:
        return None if self.root in ("", "$", "$$") else self.root

    @property
    def is_reference(self) -> bool:
        """Whether it can name one node only; unknown counts as yes."""
        return all(segment.kind in ("name", "index") for segment in self.segments)

    @property
    def reads(self) -> tuple["Path", ...]:
        """This path and those inside its filters, in the order of the text."""
        return () if self.opaque else (self, *self.inner)


class UnreadableError(Exception):
    """Carries a fault out of the parser; never leaves this package's parsers."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@lru_cache(maxsize=50_000)
def parse(text: str) -> Path | Fault:
    """The path that is all of `text` (trailing blanks aside)."""
    if "${" in text:
        return Path("", (), 0, len(text), opaque=True)
    if text[:1] != "$":
        return Fault(0, len(text), _no_start(text), "not-a-path")
    end = len(text.rstrip()) if text[-1].isspace() else len(text)
    try:
        return scan(text, 0, end)
    except UnreadableError as unreadable:
        return unreadable.fault


def reference_fault(text: str) -> Fault | None:
    """Why `text` is no Reference Path; None if it is one, or if a hole hides what it is."""
    path = parse(text)
    if isinstance(path, Fault):
        return path
    for segment in path.segments:
        if segment.kind not in ("name", "index"):
            message = (
                f"{_MANY[segment.kind]} can select several values or none; a Reference Path names one node"
            )
            return Fault(segment.start, segment.end, message, "not-a-reference-path")
    return None


_MANY = {
    "wildcard": "a wildcard",
    "slice": "a slice",
    "filter": "a filter",
    "union": "a list of keys",
    "descendant": "`..`",
    "function": "a function",
}


def scan(text: str, start: int, stop: int, *, inside: bool = False, depth: int = 0) -> Path:
    """The path at `start`: up to `stop`, or, `inside` an expression, up to what cannot belong to it.

    Raises `UnreadableError`.
    """
    if depth > NESTING:
        raise _refused(start, stop, f"filters are nested more than {NESTING} deep", "too-deep")
    root, position = _root(text, start, stop)
    segments: list[Segment] = []
    inner: list[Path] = []
    while position < stop:
        step = _STEP.match(text, position, stop)
        if step and _is_whole(text, step, stop, inside):
            kind = step.lastindex
            value = int(step[2]) if kind == 2 else step[kind or 0]
            segments.append(Segment("index" if kind == 2 else "name", value, position, step.end()))
            position = step.end()
            continue
        mark = text[position]
        if mark == ".":
            position = _dotted(text, position, stop, inside, depth, segments, inner)
        elif mark == "[":
            position = _bracketed(text, position, stop, depth, segments, inner)
        elif inside and mark in _INNER_ENDS:
            break
        elif segments and not mark.isspace() and mark not in ")]":
            # behind a bracket Jayway reads a name without its dot, `$.all[0]id`
            position = _dotted(text, position - 1, stop, inside, depth, segments, inner)
        else:
            raise _stray(text, position, stop, root)
    return Path(root, tuple(segments), start, position, tuple(inner), names=_names(segments))


def _names(segments: list[Segment]) -> tuple[str, ...]:
    found = []
    for segment in segments:
        if segment.kind != "name":
            break
        found.append(str(segment.value))
    return tuple(found)


def _root(text: str, start: int, stop: int) -> tuple[str, int]:
    after = text[start + 1 : start + 2] if start + 1 < stop else ""
    if after == "$":
        return "$$", start + 2
    if not after or after in ".[" or after in _INNER_ENDS:
        return "$", start + 1
    end = start + 1
    while end < stop and text[end] not in ".[($" and text[end] not in _INNER_ENDS:
        end += 1
    name = text[start + 1 : end]
    if not name.isidentifier():
        message = (
            "`$` is followed by `.`, `[` or a variable's name (a letter or `_`, then letters, digits, `_`)"
        )
        raise _refused(start, max(end, start + 2), message, "variable")
    if name == "states":
        message = "`$states` belongs to JSONata; in JSONPath the input is `$` and the Context Object `$$`"
        raise _refused(start, end, message, "jsonata")
    return name, end


def _is_whole(text: str, step: re.Match[str], stop: int, inside: bool) -> bool:
    """Whether the step ends where it was read to: `$.a:b` and `$.length()` go on."""
    end = step.end()
    return step.lastindex != 1 or end == stop or text[end] in ".[" or (inside and text[end] in _INNER_ENDS)


def _dotted(
    text: str, dot: int, stop: int, inside: bool, depth: int, segments: list[Segment], inner: list[Path]
) -> int:
    position = dot + 1
    if position < stop and text[position] == ".":
        position += 1
        segments.append(Segment("descendant", "..", dot, position))
    if position >= stop or text[position] == "." or (inside and text[position] in " \t\r\n),]"):
        raise _refused(dot, min(position + 1, stop), "a name is missing after the dot", "empty-segment")
    if text[position] == "[":
        return position
    if text[position] == "*":
        segments.append(Segment("wildcard", "*", dot, position + 1))
        return position + 1
    name = (_INNER_NAME if inside else _NAME).match(text, position, stop)
    if not name:
        raise _stray(text, position, stop, "")
    end = name.end()
    if end < stop and text[end] == "(":
        end = _enclosed(text, end, stop, depth, inner)
        segments.append(Segment("function", name[0], dot, end))
        return end
    if not inside and end < stop and text[end] not in ".[":
        raise _stray(text, end, stop, "")
    segments.append(Segment("name", _unescaped(name[0]), dot, end))
    return end


def _bracketed(
    text: str, bracket: int, stop: int, depth: int, segments: list[Segment], inner: list[Path]
) -> int:
    position = _past_blanks(text, bracket + 1, stop)
    mark = text[position : position + 1] if position < stop else ""
    if mark == "]":
        message = "the brackets are empty: they take an index, a quoted name, `*`, a slice or a filter"
        raise _refused(bracket, position + 1, message, "empty-brackets")
    if mark in ("'", '"'):
        names, end = _quoted(text, bracket, position, stop)
        kind = "name" if len(names) == 1 else "union"
        segments.append(Segment(kind, names[0] if kind == "name" else text[bracket:end], bracket, end))
        return end
    if mark and mark in "?(":
        end = _enclosed(text, bracket, stop, depth, inner)
        segments.append(Segment("filter", text[bracket:end], bracket, end))
        return end
    close = text.find("]", position, stop)
    if close < 0:
        raise _unclosed(bracket, stop, "[")
    content = text[position:close].strip()
    if content == "*":
        segments.append(Segment("wildcard", "*", bracket, close + 1))
    elif content.strip("-0123456789:, \t"):
        raise _refused(bracket, close + 1, _no_key(content), "brackets")
    elif ":" in content or "," in content:
        segments.append(Segment("slice" if ":" in content else "union", content, bracket, close + 1))
    else:
        try:
            segments.append(Segment("index", int(content), bracket, close + 1))
        except ValueError:
            raise _refused(bracket, close + 1, f"{shown(content)} is no index", "brackets") from None
    return close + 1


def _quoted(text: str, bracket: int, position: int, stop: int) -> tuple[list[str], int]:
    names = []
    while True:
        close = _closing(text, position, stop)
        names.append(_unescaped(text[position + 1 : close]))
        position = _past_blanks(text, close + 1, stop)
        if position >= stop:
            raise _unclosed(bracket, stop, "[")
        if text[position] == "]":
            return names, position + 1
        if text[position] != ",":
            raise _refused(
                position, position + 1, "after a quoted name comes `]`, or `,` and another one", "brackets"
            )
        position = _past_blanks(text, position + 1, stop)
        if position >= stop:
            raise _unclosed(bracket, stop, "[")
        if text[position] not in "'\"":
            raise _refused(position, position + 1, "a quoted name is missing after the comma", "brackets")


def _enclosed(text: str, opener: int, stop: int, depth: int, inner: list[Path]) -> int:
    """The offset past the bracket that closes the one at `opener`; adds the paths read in between."""
    expected = [(opener, _CLOSERS[text[opener]])]
    position = opener + 1
    while position < stop:
        mark = text[position]
        if mark == "$":
            position = _inner_path(text, position, stop, depth, inner)
            continue
        if mark in "'\"":
            position = _closing(text, position, stop)
        elif mark in _CLOSERS:
            expected.append((position, _CLOSERS[mark]))
        elif mark in ")]":
            if mark != expected.pop()[1]:
                raise _refused(
                    position, position + 1, f"`{mark}` closes no bracket that is open here", "unbalanced"
                )
            if not expected:
                return position + 1
        elif mark == "~" and text[position - 1] == "=":
            regex = _past_blanks(text, position + 1, stop)
            if regex < stop and text[regex] == "/":
                position = _closing(text, regex, stop)
        position += 1
    raise _unclosed(expected[-1][0], stop, text[expected[-1][0]])


def _inner_path(text: str, position: int, stop: int, depth: int, inner: list[Path]) -> int:
    try:
        path = scan(text, position, stop, inside=True, depth=depth + 1)
    except UnreadableError as unreadable:
        if unreadable.fault.reason != "variable":
            raise
        return position + 1  # a dollar sign in a filter's value, as far as we know
    inner.extend(path.reads)
    return path.end


def _closing(text: str, mark: int, stop: int) -> int:
    """The offset of the quote or slash that closes the one at `mark`."""
    position = mark + 1
    while position < stop:
        if text[position] == text[mark]:
            return position
        position += 2 if text[position] == "\\" else 1
    raise _unclosed(mark, stop, text[mark])


def _past_blanks(text: str, position: int, stop: int) -> int:
    while position < stop and text[position].isspace():
        position += 1
    return position


def _unescaped(name: str) -> str:
    return re.sub(r"(?s)\\(.)", r"\1", name) if "\\" in name else name


def _refused(start: int, end: int, message: str, reason: str) -> UnreadableError:
    return UnreadableError(Fault(start, end, message, reason))


def _unclosed(opener: int, stop: int, mark: str) -> UnreadableError:
    return _refused(opener, stop, f"`{mark}` is never closed", "unterminated")


def _stray(text: str, position: int, stop: int, root: str) -> UnreadableError:
    mark = text[position]
    if mark in ")]":
        return _refused(position, position + 1, f"`{mark}` closes no bracket that is open here", "unbalanced")
    if mark.isspace():
        message = "a blank ends the path; quote a name that holds one: ['two words']"
        return _refused(position, stop, message, "blank")
    after = f"`{root}`" if root in ("$", "$$") else "the variable's name" if root else "the step"
    return _refused(position, stop, f"{shown(mark)} cannot follow {after}; `.` or `[` can", "stray")


def _no_start(text: str) -> str:
    if text.lstrip()[:1] == "$":
        return "a path starts with `$`: remove the blank before it"
    return "a path starts with `$` (input), `$$` (Context Object) or `$name` (variable)"


def _no_key(content: str) -> str:
    if "$" in content or "@" in content:
        return "an index cannot be computed in a path: use States.ArrayGetItem"
    return f"{shown(content)} is neither an index nor a quoted name: write ['name']"


def shown(text: str) -> str:
    return f"`{text}`" if len(text) <= 40 else f"`{text[:37]}...`"
