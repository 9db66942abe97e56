"""What is checked together: files as documents, definitions paired with the policies of their roles."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from asllint.loader.document import DEFINITION, POLICY, TRUST_POLICY, Document, File
from asllint.loader.read import read
from asllint.loader.source import Source
from asllint.record import Record

DEFINITION_SUFFIXES = (".asl.json", ".asl.yaml", ".asl.yml", ".asl", ".json", ".yaml", ".yml")
POLICY_SUFFIXES = (".policy.json", ".policy.yaml", ".policy.yml")
TRUST_SUFFIXES = (".trust.json", ".trust.yaml", ".trust.yml")


class Known(Record):
    """What the user says of machines beside their definitions."""

    type: str | None = None
    arn: str | None = None
    policies: tuple[str, ...] = ()
    trust: str | None = None
    define: Mapping[str, str] = {}
    machines: Mapping[str, Any] = {}
    """By the real path of the definition: what the configuration's `[[machine]]` says."""
    beside: bool = True
    """Whether a policy of the same folder and name belongs to a definition, or one of the configuration."""


class RefusalError(Exception):
    """Input that cannot be used, in one line for the user (exit status 2)."""


class Project:
    """Files as they are read, each once."""

    def __init__(self, known: Known, load: Callable[[str], Source]) -> None:
        self.known = known
        self.load = load
        self.files: dict[str, File] = {}
        self._listed: set[int] = set()
        self.pairs: dict[str, list[str]] = {}
        """What was paired with what, by the definition's real path."""

    def add(self, source: Source, path: str) -> File:
        """Read a file, with the substitutions that are known for it."""
        real = os.path.realpath(path)
        if real in self.files:
            return self.files[real]
        machine = self.known.machines.get(real)
        define = {**self.known.define, **(machine.define if machine else {})}
        file = self.files[real] = read(source, path, define or None)
        # files of one Terraform module share the policies of its roles
        file.documents = [document for document in file.documents if id(document) not in self._listed]
        self._listed.update(map(id, file.documents))
        return file

    def named(self, path: str) -> File:
        """A file that an option or the configuration names."""
        real = os.path.realpath(path)
        return self.files[real] if real in self.files else self.add(self.load(path), path)

    def policies(self, path: str, kind: str) -> list[Document]:
        """The policies of a kind in a file that has to have one. Raises RefusalError."""
        file = self.named(path)
        found = [document for document in file.documents if document.kind == kind]
        if found or file.reading.tree is None:
            return found
        if kind == POLICY and any(document.kind == TRUST_POLICY for document in file.documents):
            raise RefusalError(f"{path}: is a trust policy (its statements have a `Principal`): use --trust")
        if kind == TRUST_POLICY and any(document.kind == POLICY for document in file.documents):
            raise RefusalError(f"{path}: is no trust policy (no statement has a `Principal`): use --policy")
        raise RefusalError(f"{path}: is not an IAM policy (it has no `Statement`)")

    def pair(self) -> None:
        """Join each definition whose role is not known with the policies that belong to it."""
        for file in list(self.files.values()):
            for document in file.documents:
                if document.kind == DEFINITION and not document.roles_known:
                    self._pair(file, document)

    def _pair(self, file: File, document: Document) -> None:
        known = self.known
        machine = known.machines.get(os.path.realpath(file.path))
        kind = known.type or (machine.type if machine else None)
        settings = document.settings
        document.settings = settings._replace(
            type=settings.type or (kind.upper() if kind else None),
            arn=settings.arn or known.arn or (machine.arn if machine else None),
        )
        policies, trust, why = self._belonging(file.path, machine)
        if policies:
            document.policies = [found for path in policies for found in self.policies(path, POLICY)]
            unread = [_shown(path) for path in policies if self.named(path).reading.tree is None]
            # A policy that cannot be read may grant anything.
            document.roles_known = not unread
            if unread:
                its = f"{document.name}: " * bool(document.name)
                named = " and ".join(f"policy {path}" for path in unread)
                note = f"{its}its {named} cannot be read, so the permissions were not checked"
                file.notes = (*file.notes, note)
            told = f"{file.reading.text.source.name} with {', '.join(map(_shown, policies))}{why}"
            self.pairs.setdefault(os.path.realpath(file.path), []).append(told)
        if trust:
            document.trust = next(iter(self.policies(trust, TRUST_POLICY)), None)

    def _belonging(self, path: str, machine: Any) -> tuple[Sequence[str], str | None, str]:
        if self.known.policies:
            return self.known.policies, self.known.trust, ""
        if not self.known.beside:
            return (), None, ""
        if machine is not None and machine.policies:
            return machine.policies, machine.trust, " (configuration)"
        base = stem(path)
        beside = [base + suffix for suffix in POLICY_SUFFIXES if os.path.isfile(base + suffix)]
        trust = next((base + suffix for suffix in TRUST_SUFFIXES if os.path.isfile(base + suffix)), None)
        return beside, self.known.trust or trust, " (same folder and name)"

    @property
    def documents(self) -> list[Document]:
        return [document for file in self.files.values() for document in file.documents]


def stem(path: str) -> str:
    """A definition's path without what makes it a definition: `pay` of `pay.asl.json`."""
    for suffix in DEFINITION_SUFFIXES:
        if path.endswith(suffix):
            return path[: -len(suffix)]
    return path


def _shown(path: str) -> str:
    return os.path.relpath(path) if not os.path.relpath(path).startswith("..") else path


def counted(documents: Iterable[Document]) -> tuple[int, int]:
    """How many machines and how many policies."""
    kinds = [document.kind for document in documents]
    machines = kinds.count(DEFINITION)
    return machines, len(kinds) - machines
