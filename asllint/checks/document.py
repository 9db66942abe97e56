"""The text of a document, before it means anything, and the ignores that stand in it."""

import re
from collections.abc import Iterator
from typing import Any

from asllint.finding import Problem, Related
from asllint.loader.document import Reading
from asllint.near import near

_WAYS_OUT = {
    "empty-file": "write a definition or policy into it, or delete it",
    "not-utf8": "save it as UTF-8",
    "binary-file": "name the text that it was made from",
    "too-large": "name it in `exclude` of the configuration if it is not meant to be checked",
}


def json_syntax(reading: Reading) -> Iterator[Problem]:
    """AWS answers INVALID_JSON_DESCRIPTION."""
    return _told(reading, "json-syntax")


def yaml_syntax(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "yaml-syntax")


def hcl_syntax(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "hcl-syntax")


def duplicate_key(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "duplicate-key")


def empty_file(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "empty-file")


def not_utf8(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "not-utf8")


def binary_file(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "binary-file")


def file_too_large(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "too-large")


def nested_too_deeply(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "too-deep")


def non_finite_number(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "non-finite-number")


def huge_number(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "huge-number")


def lone_surrogate(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "lone-surrogate")


def alias_bomb(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "alias-bomb")


def several_documents(reading: Reading) -> Iterator[Problem]:
    return _told(reading, "several-documents")


def unquoted_substitution(reading: Reading) -> Iterator[Problem]:
    for problem in _told(reading, "unquoted-substitution"):
        start, end = problem.text_span or (0, 0)
        name = re.fullmatch(r"\$\{\s*([\w.:-]+)\s*\}", reading.text.text[start:end])
        if name:
            way_out = f"give its value with `--define {name[1]}=…`, or quote it if it is text"
            problem = problem._replace(help=way_out)
        yield problem


def _told(reading: Reading, kind: str) -> Iterator[Problem]:
    """The faults of a kind. Their related places are stretches of the text, as they are themselves."""
    for fault in reading.faults:
        if fault.kind == kind:
            related = tuple(Related((start, end), message) for start, end, message in fault.related)
            yield Problem(
                fault.pointer,
                re.sub(f"^{re.escape(reading.text.source.name)} ", "the file ", fault.message),
                help=fault.help or _WAYS_OUT.get(kind, ""),
                related=related,
                text_span=(fault.start, fault.end),
            )


def unused_ignore(ignore: Any) -> Iterator[Problem]:
    for name in ignore.names:
        if name in ignore.unused:
            yield _at(ignore, name, f"nothing that `{name}` finds is suppressed here", "delete the ignore")


def unknown_rule_in_ignore(ignore: Any) -> Iterator[Problem]:
    for name in ignore.unknown:
        close = near(name, ignore.known)
        way_out = (
            f"did you mean `{close}`?" if close else "`asllint rules` lists the rules and their categories"
        )
        yield _at(ignore, name, f"there is no rule `{name}` to ignore", way_out)


def malformed_ignore(ignore: Any) -> Iterator[Problem]:
    if not ignore.names:
        way_out = "write `asllint: ignore[rule-name] reason`"
        yield _at(ignore, "", "this ignore names no rule in brackets: it suppresses nothing", way_out)


def ignore_without_reason(ignore: Any) -> Iterator[Problem]:
    text = _comment(ignore)[0] if ignore.names else "malformed, which is told"
    said = re.sub(r"asllint:\s*ignore\[[^\]]*\]", "", text)
    if not re.search(r"\w", said):
        yield _at(ignore, "", "an ignore without a reason", "say behind it why this may stay")


def _at(ignore: Any, name: str, message: str, way_out: str) -> Problem:
    """A problem at a name of an ignore, or at the whole of it."""
    text, start, (first, last) = _comment(ignore)
    if name and (found := text.find(name, first, last)) >= 0:
        first, last = found, found + len(name)
    if ignore.text_span is None:
        return Problem(ignore.at, message, help=way_out, span=(first, last))
    return Problem(ignore.covers, message, help=way_out, text_span=(start + first, start + last))


def _comment(ignore: Any) -> tuple[str, int, tuple[int, int]]:
    """The comment that an ignore stands in: its text, where that starts, and the ignore's stretch of it."""
    if ignore.text_span is None:
        value = ignore.document.value
        for key in ignore.at:
            value = value[key]
        return value, 0, ignore.span
    whole = ignore.document.reading.text.text
    first, last = ignore.text_span
    start = whole.rfind("#", 0, first)
    end = re.compile(r"[^\r\n]*").match(whole, last)
    return whole[start : end.end() if end else last], start, (first - start, last - start)
