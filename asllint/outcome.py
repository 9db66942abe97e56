"""What a run gives: a part for each file, and all of them together."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from asllint.engine import order
from asllint.finding import Finding
from asllint.record import Record

if TYPE_CHECKING:
    from asllint.facts.project import Card


class Part(Record):
    """What one file gave. Paths are real ones.

    `documents` says what is in it, `unpaired` how many of its definitions have no policies (of those in a
    template notes say so), `covers` which files were read through it: a definition that a template names is
    judged as the template deploys it, not by itself. `cards` are its machines as those of other files have to
    know them.
    """

    path: str
    findings: tuple[Finding, ...]
    is_bare: bool = False
    documents: tuple[str, ...] = ()
    machines: int = 0
    policies: int = 0
    unpaired: int = 0
    covers: frozenset[str] = frozenset()
    pairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    cards: "tuple[Card, ...]" = ()


class Batch(Record):
    """What some of the files gave: `refused` are lines for the user, `failures` (rule, file, trace) ours."""

    parts: tuple[Part, ...] = ()
    refused: tuple[str, ...] = ()
    failures: tuple[tuple[str, str, str], ...] = ()


class Outcome:
    """What all files gave: every file once, and none by itself that a template has read."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        parts: dict[str, Part] = {}
        for batch in batches:
            for part in batch.parts:
                parts.setdefault(part.path, part)
        covered = {path for part in parts.values() for path in part.covers}
        self.parts = [part for part in parts.values() if not (part.is_bare and part.path in covered)]
        self.refused = _each(line for batch in batches for line in batch.refused)
        self.failures = [failure for batch in batches for failure in batch.failures]
        self.findings: list[Finding] = []
        self.add(finding for part in self.parts for finding in part.findings)

    def add(self, findings: Iterable[Finding]) -> None:
        """Put findings where they belong among the others, each once."""
        found = {finding[:7]: finding for finding in (*self.findings, *findings)}
        self.findings = sorted(found.values(), key=order)

    @property
    def cards(self) -> "list[Card]":
        """The machines of all files that have to know of each other."""
        return [card for part in self.parts for card in part.cards]

    @property
    def documents(self) -> list[str]:
        return [document for part in self.parts for document in part.documents]

    @property
    def machines(self) -> int:
        return sum(part.machines for part in self.parts)

    @property
    def policies(self) -> int:
        return sum(part.policies for part in self.parts)

    @property
    def pairs(self) -> tuple[str, ...]:
        return tuple(pair for part in self.parts for pair in part.pairs)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What was not checked, and why: said, so that a clean report is not misread."""
        unpaired = sum(part.unpaired for part in self.parts)
        told = [f"permission checks of {_definitions(unpaired)}: no policy given"] if unpaired else []
        return (*told, *_each(note for part in self.parts for note in part.notes))


def _each(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _definitions(count: int) -> str:
    return "1 definition" if count == 1 else f"{count} definitions"
