"""Findings that the user has decided to live with: comments in the file, entries of the configuration."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from asllint.config import FileIgnore
from asllint.finding import Finding
from asllint.loader import pointer
from asllint.loader.document import DEFINITION, DEPLOYMENT, Deployment, Document, Reading
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition

MARK = "asllint:"


class Ignore:
    """One directive: the rules it names, none if it is malformed, and what it covers: a place and all in it.

    `unused` are the names that suppressed nothing although they were looked for, `unknown` those that name no
    rule; `known` are the names of all rules and categories.
    """

    def __init__(
        self, names: Sequence[str], document: Document, covers: Pointer, at: Pointer, span: tuple[int, int]
    ) -> None:
        self.names = names
        self.document = document
        self.covers = covers
        self.at = at
        self.span = span
        self.unused: set[str] = set(names)
        self.unknown: list[str] = []
        self.known: Set[str] = frozenset()
        self.text_span: tuple[int, int] | None = None


def directives(text: str) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """Every `asllint: ignore[name, name] reason` of a comment: its names and its stretch of the text. What is
    meant so and written otherwise has no names.
    """
    for match in re.finditer(r"asllint:\s*(?:ignore\[([^\]]*)\]|(?:ignore|disable|allow|skip|noqa)\b)", text):
        names = [name.strip() for name in (match[1] or "").split(",") if name.strip()]
        yield names, match.span()


def ignores(documents: Iterable[Document]) -> Iterator[Ignore]:
    """The directives in `Comment` fields of definitions and in the comments of YAML and HCL."""
    readings: dict[int, list[Document]] = {}
    for document in documents:
        if MARK not in document.reading.text.text:
            continue
        if document.kind == DEFINITION:
            yield from _in_comment_fields(document)
        readings.setdefault(id(document.reading), []).append(document)
    for shared in readings.values():
        yield from _in_comments(shared[0].reading, shared)


def _in_comment_fields(document: Document) -> Iterator[Ignore]:
    definition = Definition(document.value)
    places: list[tuple[Pointer, Any]] = []
    for machine in definition.machines:
        places.append((machine.pointer, machine.value))
        for state in machine.states.values():
            places.append((state.pointer, state.value))
            places += [
                (view.pointer, view.value) for view in (*state.retriers, *state.catchers, *state.choice_rules)
            ]
    for place, value in places:
        comment = value.get("Comment")
        if isinstance(comment, str) and MARK in comment:
            for names, span in directives(comment):
                yield Ignore(names, document, place, (*place, "Comment"), span)


def _in_comments(reading: Reading, documents: Sequence[Document]) -> Iterator[Ignore]:
    tree = reading.tree
    comments = getattr(tree, "comments", None)
    if comments is None or tree is None:
        return
    for start, _end, text in comments():
        for names, span in directives(text):
            # A comment above the first key is about the whole file.
            place = tree.pointer_at(start) if start > tree.span(())[0] else ()
            # it is of use where it is of use to one of the documents
            unused = set(names)
            around = [len(d.prefix) for d in documents if place[: len(d.prefix)] == d.prefix]
            for document in documents:
                prefix = document.prefix
                is_innermost = len(prefix) == max(around, default=0) and place[: len(prefix)] == prefix
                if is_innermost or prefix[: len(place)] == place:
                    ignore = Ignore(names, document, place[len(prefix) :], (), (0, 0))
                    ignore.text_span = (start + span[0], start + span[1])
                    ignore.unused = unused
                    yield ignore


def apply(
    findings: Iterable[Finding], found: Sequence[Ignore], file_ignores: Sequence[FileIgnore], root: str
) -> list[Finding]:
    """The findings, those that an ignore covers marked as suppressed; ignores learn that they were of use.

    `root` is the folder that the globs of `file_ignores` are relative to.
    """
    return [
        finding._replace(suppressed=True)
        if _by_comment(finding, found) or _by_file(finding, file_ignores, root)
        else finding
        for finding in findings
    ]


def _by_comment(finding: Finding, found: Sequence[Ignore]) -> bool:
    covered = False
    for ignore in found:
        whole = not ignore.covers
        if not _is_about(ignore.document, finding, whole):
            continue
        if not whole and not below(finding.pointer, pointer.text(ignore.covers)):
            continue
        for name in (finding.rule, finding.category):
            if name in ignore.names:
                ignore.unused.discard(name)
                covered = True
    return covered


def _is_about(document: Document, finding: Finding, whole: bool) -> bool:
    """Whether a finding is of a document; a resource is answerable for a file that it names."""
    if whole and isinstance(document, Deployment) and finding.machine == document.name:
        return (finding.file, finding.machine) in {(document.file, document.name), *document.definitions}
    machine = document.name if document.kind in (DEFINITION, DEPLOYMENT) else ""
    return finding.file == document.file and finding.machine == machine


def _by_file(finding: Finding, file_ignores: Sequence[FileIgnore], root: str) -> bool:
    named = [i for i in file_ignores if finding.rule in i.names or finding.category in i.names]
    if not named:
        return False
    file = os.path.relpath(finding.file, root or None).replace(os.sep, "/")
    return any(ignore.covers(file, finding.pointer) for ignore in named)


def below(place: str, above: str) -> bool:
    return place == above or place.startswith(above.rstrip("/") + "/")
