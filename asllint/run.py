"""One run: named paths to findings, with what was read, paired, left out and what went wrong."""

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asllint.catalogue import Catalogue, Selection
from asllint.engine import Engine
from asllint.finding import Finding
from asllint.loader import discover, pointer
from asllint.loader.discover import Found, Trouble
from asllint.loader.document import DEFINITION, Document, File, Reading
from asllint.loader.source import Source, Text
from asllint.loader.tree import Fault
from asllint.model.asl import is_unknown, plain
from asllint.outcome import Batch, Outcome, Part
from asllint.project import Known, Project, RefusalError, counted
from asllint.record import Record
from asllint.units import Unit, definition_of, units

if TYPE_CHECKING:
    from asllint.facts.project import Card

IN_CONTENT = ("empty-file", "not-utf8", "binary-file", "too-large")
STDIN_NAME = "<stdin>"


class Settings(Record):
    """What the user chose, as far as it changes what is found."""

    selection: Selection = Selection()
    known: Known = Known()
    file_ignores: tuple[Any, ...] = ()
    root: str = ""
    max_size: int = discover.MAX_SIZE
    use_ignores: bool = True
    stdin_name: str = STDIN_NAME


class Run:
    """The engine with the user's choices, for as many batches of files as there are."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.sources: dict[str, Source] = {}

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.catalogue, self.settings.selection)

    def check(self, found: Iterable[Found]) -> Batch:
        """Read, pair and check files."""
        project, unread, refused, failures = self.read(found)
        known = len(self.engine.failures)
        parts = [Part(os.path.realpath(path), tuple(self.engine.lint((), [bad]))) for path, bad in unread]
        parts += [self.part(path, file, project) for path, file in project.files.items()]
        parts = self.suppressed(parts, project.documents)
        return Batch(tuple(parts), tuple(refused), (*failures, *self._failures(known)))

    def read(
        self, found: Iterable[Found]
    ) -> tuple[Project, list[tuple[str, Reading]], list[str], list[tuple[str, str, str]]]:
        """Files read and paired; beside them readings without a text, lines for the user, our failures."""
        project = Project(self.settings.known, self._load_named)
        refused: list[str] = []
        failures: list[tuple[str, str, str]] = []
        unread: list[tuple[str, Reading]] = []
        for one in found:
            source = self._source(one)
            if isinstance(source, Trouble):
                refused.append(f"{source.path}: {source.message}")
            elif isinstance(source, Reading):
                unread.append((one.path, source))
            elif source is not None:
                path = self.settings.stdin_name if one.path == discover.STDIN else one.path
                try:
                    file = project.add(source, path)
                except Exception as error:
                    failures.append(("(reading)", one.name, _told(error)))
                    continue
                is_told = file.reading.tree is None and not file.notes if one.named else bool(file.notes)
                if file.kind or is_told:
                    continue
                del project.files[os.path.realpath(path)]
                if one.named:
                    refused += [f"{one.name}: {why}" for why in file.notes or [_not_ours(file)]]
        try:
            project.pair()
        except RefusalError as refusal:
            refused.append(str(refusal))
        return project, unread, refused, failures

    def part(self, path: str, file: File, project: Project) -> Part:
        documents = file.documents
        machines, policies = counted(documents)
        made = list(units(documents))
        part = Part(
            path,
            tuple(self.engine.lint(made, file.readings)),
            file.kind == DEFINITION,
            tuple(f"{d.file}: {d.kind}" + (f" {d.name}" if d.name else "") for d in documents),
            machines,
            policies,
            0 if path in project.pairs else sum(map(_is_alone, documents)),
            frozenset(os.path.realpath(d.file) for d in documents if d.named_by is not None) - {path},
            tuple(project.pairs.get(path, ())),
            tuple(f"{file.reading.text.source.name}: {note}" for note in (*file.notes, *_unseen(documents))),
            cards(path, made),
        )
        for unit in made:
            if definition := definition_of(unit):
                definition.release()
        return part

    def outcome(self, batches: Sequence[Batch]) -> Outcome:
        """What all files gave, with what there is to say of their machines together."""
        done = Outcome(batches)
        cards = done.cards
        if any(card.calls for card in cards):
            from asllint.facts.project import Project as Machines

            known = len(self.engine.failures)
            found = list(self.engine.of_project(Machines(cards)))
            if self.settings.use_ignores and self.settings.file_ignores:
                from asllint import suppression

                found = suppression.apply(found, (), self.settings.file_ignores, self.settings.root)
            done.add(found)
            done.failures += self._failures(known)
        return done

    def source(self, name: str) -> Source | None:
        """The text that findings call by a name; read again where another process had read it."""
        if name not in self.sources:
            data = discover.read_bytes(name, self.settings.max_size)
            text = data if isinstance(data, Trouble) else discover.decode(data, name)
            if isinstance(text, Trouble):
                return None
            self.sources[name] = Source(name, text)
        return self.sources[name]

    def suppressed(self, parts: list[Part], documents: Sequence[Document]) -> list[Part]:
        """The parts with what the user has decided to live with marked, and with what there is to say of
        that.
        """
        held = {id(d.deployment): d.deployment for d in documents if d.deployment is not None}
        marked = [d for d in (*documents, *held.values()) if "asllint:" in d.reading.text.text]
        if not self.settings.use_ignores or not (marked or self.settings.file_ignores):
            return parts
        from asllint import suppression

        for document in documents:
            if document.deployment is not None:
                document.deployment.definitions.add((document.file, document.name))
        ignores = list(suppression.ignores(marked))
        for ignore in ignores:
            ignore.known = {*self.catalogue.rules, *self.catalogue.categories}
        done = []
        for part in parts:
            kept = suppression.apply(part.findings, ignores, self.settings.file_ignores, self.settings.root)
            done.append(part._replace(findings=tuple(kept)))
        for ignore in ignores:
            ignore.unknown = [name for name in ignore.names if name not in ignore.known]
            ignore.unused = {name for name in ignore.unused if name in ignore.known and self.engine.ran(name)}
        for card in (card for part in parts for card in part.cards if card.calls):
            own = [i for i in ignores if (i.document.file, i.document.name) == (card.file, card.name)]
            card.ignores = tuple((pointer.text(i.covers), tuple(i.names)) for i in own)
            for ignore in own:
                # whether it is of use to these is known when all files are read
                ignore.unused = {name for name in ignore.unused if not self.engine.is_of_project(name)}
        told = list(self.engine.of_ignores(ignores))
        if told and done:
            done[0] = done[0]._replace(findings=(*done[0].findings, *told))
        return done

    def _failures(self, known: int) -> list[tuple[str, str, str]]:
        """The checks that have raised beside so many known ones: rule, file, trace."""
        return [(f.rule, f.file, _told(f.error)) for f in self.engine.failures[known:]]

    def _load_named(self, path: str) -> Source:
        """The text of a file that an option or the configuration names. Raises RefusalError."""
        name = discover.display_name(path, os.getcwd())
        source = self._source(Found(name, path, True, True))
        if isinstance(source, Trouble):
            raise RefusalError(f"{source.path}: {source.message}")
        if isinstance(source, Reading):
            raise RefusalError(f"{name}: {source.faults[0].message}")
        if source is None:
            raise RefusalError(f"{name}: cannot be read")
        return source

    def _source(self, found: Found) -> "Source | Reading | Trouble | None":
        name = self.settings.stdin_name if found.path == discover.STDIN else found.name
        if found.path == discover.STDIN:
            return self.decoded(name, sys.stdin.buffer.read(self.settings.max_size + 1))
        data = discover.read(found, self.settings.max_size)
        return None if data is None else self.decoded(name, data)

    def decoded(self, name: str, data: bytes | Trouble) -> Source | Reading | Trouble:
        """The text of a file's bytes, or a reading with the one fault that keeps them from being one."""
        if isinstance(data, bytes) and len(data) > self.settings.max_size:
            data = Trouble("too-large", name, f"holds more than {self.settings.max_size:,} bytes")
        text = data if isinstance(data, Trouble) else discover.decode(data, name)
        if isinstance(text, Trouble):
            if text.kind not in IN_CONTENT:
                return text
            return self._unreadable(name, text, data if isinstance(data, bytes) else b"")
        source = self.sources[name] = Source(name, text)
        return source

    def _unreadable(self, name: str, trouble: Trouble, data: bytes) -> Reading:
        """A file without a text to read, as a reading with the one fault that says so."""
        before = data[: trouble.offset].decode("utf-8", "replace")
        after = data[trouble.offset :].decode("utf-8", "replace")
        source = self.sources[name] = Source(name, before + after)
        start = len(before)
        end = start + 1 if after and trouble.offset else start
        return Reading(Text(source), None, (Fault(trouble.kind, start, end, f"{name} {trouble.message}"),))


def _unseen(documents: Iterable[Document]) -> Iterator[str]:
    """Of which definitions no state could be looked at."""
    for document in documents:
        if document.kind == DEFINITION and is_unknown(plain(document.value).get("States")):
            which = f"{document.name}: its" if document.name else "its"
            yield f"{which} states are known only when it is deployed, and were not checked"


def cards(path: str, made: Sequence[Unit]) -> "tuple[Card, ...]":
    """A file's machines as those of other files have to know them."""
    found = [(unit.document, definition) for unit in made if (definition := definition_of(unit))]
    if not any(_is_in_company(document) for document, _ in found):
        return ()
    from asllint.facts import project

    return project.cards(path, found)


def _is_alone(document: Document) -> bool:
    """Whether a definition stands outside of a template, and nothing is known of its role."""
    return document.kind == DEFINITION and not document.name and not document.roles_known


def _is_in_company(document: Document) -> bool:
    """Whether a machine may start others, or is known to others by its ARN."""
    text = document.reading.text.text
    return document.settings.arn is not None or "startExecution" in text or "startSyncExecution" in text


def _not_ours(file: File) -> str:
    value = file.reading.tree.value if file.reading.tree else None
    if isinstance(value, Mapping):
        keys = ", ".join(f"`{key}`" for key in list(value)[:3])
        has = f"it has {keys}" if keys else "it is an empty object"
    else:
        has = f"it holds {_type(value)}"
    wanted = "a definition has `StartAt` and `States`, a policy `Statement`"
    return f"is no definition, policy or template ({has}); {wanted}"


def _type(value: Any) -> str:
    names: dict[type, str] = {
        list: "an array",
        str: "a text",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "nothing")


def _told(error: Exception) -> str:
    import traceback

    return "".join(traceback.format_exception(error))


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector, which goes through all that is read again and again and finds nothing:
    models are let go of as soon as they are checked.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def lint_texts(
    texts: Mapping[str, str | None],
    catalogue: Catalogue,
    selection: Selection,
    *,
    name: str,
    machine_type: str | None = None,
    arn: str | None = None,
) -> list[Finding]:
    """The findings of texts that are in no file: the main one under "", those of its role under `policy` and
    `trust`.
    """
    held = {key: Source(key, text) for key, text in texts.items() if key and text is not None}
    policies = ("policy",) if "policy" in held else ()
    known = Known(machine_type, arn, policies, "trust" if "trust" in held else None)
    run = Run(Settings(selection, known=known), catalogue)
    project = Project(known, lambda path: held[path])
    with uncollected():
        project.add(Source(name, texts[""] or ""), name)
        project.pair()
        parts = [run.part(path, file, project) for path, file in project.files.items()]
        outcome = run.outcome([Batch(tuple(run.suppressed(parts, project.documents)))])
    if run.engine.failures:
        raise run.engine.failures[0].error
    return [finding for finding in outcome.findings if not finding.suppressed]


def lint_bytes(data: bytes, catalogue: Catalogue, selection: Selection, *, name: str) -> list[Finding]:
    """The findings of what a file holds, be it text or not."""
    source = Run(Settings(selection), catalogue).decoded(name, data)
    if isinstance(source, Reading):
        return Engine(catalogue, selection).lint((), [source])
    assert isinstance(source, Source)
    return lint_texts({"": source.text}, catalogue, selection, name=name)
