"""A document: plain JSON values, what is known of their deployment, and where each value stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from asllint.loader.pointer import Pointer
from asllint.loader.source import Region, Source, Text
from asllint.loader.tree import Fault, Tree
from asllint.record import Record

DEFINITION = "definition"
POLICY = "policy"
TRUST_POLICY = "trust policy"
DEPLOYMENT = "deployment"


class Unfilled(Record):
    """A `${Name}` that is left in a definition: the text that holds it, and the name."""

    pointer: Pointer
    name: str


class Templated(Record):
    """What a template says of a machine beside its settings.

    `fields` are the properties that give the definition, the one that is read first. `unfilled` is what stays
    `${Name}` when the definition is deployed, `unused` the substitutions that it never names. `unresolved`
    are the names of resources and parameters that it refers to and the template does not have, `machines` the
    names of those it does. `generated` are the holes for names that AWS makes up, no two of them the same.
    `misnamed` is what `Fn::Sub` refuses as the name of a variable: where in the resource, which stretch, the
    text.
    """

    fields: tuple[str, ...] = ()
    is_sam: bool = False
    unfilled: tuple[Unfilled, ...] = ()
    unused: tuple[str, ...] = ()
    unresolved: frozenset[str] = frozenset()
    machines: tuple[str, ...] = ()
    generated: frozenset[str] = frozenset()
    misnamed: tuple[tuple[Pointer, tuple[int, int], str], ...] = ()


class Settings(Record):
    """What is known of a machine beside its definition; None is not known.

    `type` is STANDARD or EXPRESS. `logging`, `tracing` and `encryption` are the configurations as AWS's API
    spells them. `template` is there for a machine that a template deploys.
    """

    type: str | None = None
    arn: str | None = None
    name: str | None = None
    role: str | None = None
    logging: Any = None
    tracing: Any = None
    encryption: Any = None
    template: Templated | None = None


class Reading:
    """A text as it was read: its tree, or the faults that kept it from having one."""

    __slots__ = ("faults", "text", "tree")

    def __init__(self, text: Text, tree: Tree | None, faults: Sequence[Fault]) -> None:
        self.text = text
        self.tree = tree
        self.faults = tuple(faults)


class Document:
    """One definition or policy: a value, and the part of a reading that it was taken from.

    `name` is the logical name inside a template, empty for a file that is nothing else. `value` may have been
    resolved from template functions; a pointer that leads deeper than the text leads to the nearest place in
    it.
    """

    __slots__ = (
        "deployment", "kind", "name", "named_by", "policies", "prefix", "reading", "roles_known", "settings",
        "trust", "value",
    )  # fmt: skip

    def __init__(
        self, kind: str, value: Any, reading: Reading, prefix: Pointer = (), *, name: str = "",
        settings: Settings | None = None,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.value = value
        self.reading = reading
        self.prefix = prefix
        self.name = name
        self.settings = settings or Settings()
        self.policies: list[Document] = []
        self.trust: Document | None = None
        self.roles_known = False
        self.named_by: tuple[Document | Reading, Pointer, str] | None = None
        self.deployment: Deployment | None = None

    def written(self, pointer: Pointer) -> Pointer:
        """Where a value is, as this file spells it."""
        return pointer

    def join(self, role: "RolePolicies | str", gaps: Iterable[str] = ()) -> list[str]:
        """Take over the policies of a role, or why it is not known; `gaps` are of all roles. What keeps the
        role from being known is noted.
        """
        missing = [role] if isinstance(role, str) else [*gaps, *role.gaps]
        if not isinstance(role, str):
            self.policies, self.trust, self.roles_known = role.policies, role.trust, not missing
        return [f"{self.name}: {missing[0]}, so its permissions were not checked"] if missing else []

    @property
    def file(self) -> str:
        return self.reading.text.source.name

    @property
    def source(self) -> Source:
        return self.reading.text.source

    def region(self, pointer: Pointer, *, key: bool = False, span: tuple[int, int] | None = None) -> Region:
        """Where a value stands: an object or array at its key, a scalar at itself, or a stretch of a text."""
        text, tree = self.reading.text, self.reading.tree
        if tree is None:
            return text.region(0, 0)
        place = (*self.prefix, *pointer)
        if span is not None:
            offsets = tree.offsets(place)
            if offsets is not None and span[0] < len(offsets):
                start, last = span[0], min(max(span[1], span[0] + 1), len(offsets) - 1)
                return text.region(offsets[start], max(offsets[last], offsets[start] + 1))
        return text.region(*tree.shown(place, key=key))


class RolePolicies:
    """The policies of one role: `own` are those that its files write, `gaps` say what is not known."""

    def __init__(self) -> None:
        self.policies: list[Document] = []
        self.own: list[Document] = []
        self.trust: Document | None = None
        self.gaps: list[str] = []


def own_policies(roles: "Iterable[RolePolicies | str]") -> Iterator[Document]:
    """The policies that files write for roles, trust policies among them, each once."""
    seen: set[int] = set()
    for role in roles:
        for document in [] if isinstance(role, str) else [*role.own, *([role.trust] if role.trust else [])]:
            if id(document) not in seen:
                seen.add(id(document))
                yield document


class Deployment(Document):
    """What deploys a machine: a resource of a template, or the description of one.

    Pointers into it lead as AWS's API spells the settings, `("logging", "level")`; `spelling` says where each
    setting stands in this file. CloudFormation writes the names in it with a capital. `definitions` are the
    file and the name of what is deployed.
    """

    __slots__ = ("definitions", "spelling")

    def __init__(
        self, value: Any, reading: Reading, prefix: Pointer, spelling: Mapping[str, Pointer],
        *, name: str = "",
    ) -> None:  # fmt: skip
        super().__init__(DEPLOYMENT, value, reading, prefix, name=name)
        self.spelling = spelling
        self.definitions: set[tuple[str, str]] = set()

    def written(self, pointer: Pointer) -> Pointer:
        """The place of a setting as it is spelled here; of one that is absent, the object that lacks it."""
        value, place = self.value, pointer[:0]
        for key in (*self.spelling.get(str(pointer[0]), pointer[:1]), *pointer[1:]) if pointer else ():
            if isinstance(value, dict) and isinstance(key, str) and key not in value:
                key = key[:1].upper() + key[1:]
            value = _child(value, key)
            if value is None:
                break
            place = (*place, key)
        return place

    def region(self, pointer: Pointer, *, key: bool = False, span: tuple[int, int] | None = None) -> Region:
        return super().region(self.written(pointer), key=key, span=span)


def _child(value: Any, key: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(key))
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


class File:
    """One file that was read: its text, and the documents in it."""

    __slots__ = ("documents", "kind", "notes", "path", "reading")

    def __init__(
        self, path: str, reading: Reading, kind: str, documents: list[Document], notes: Sequence[str] = ()
    ) -> None:
        self.path = path
        self.reading = reading
        self.kind = kind
        self.documents = documents
        self.notes = tuple(notes)

    @property
    def readings(self) -> Iterator[Reading]:
        """This file's own reading and those of the texts embedded in it, each once."""
        seen = {id(self.reading)}
        yield self.reading
        for document in self.documents:
            if id(document.reading) not in seen:
                seen.add(id(document.reading))
                yield document.reading
