"""Every text of a state that AWS evaluates: paths, intrinsic functions, JSONata."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from asllint.data.fields import JSONATA as _JSONATA
from asllint.data.fields import OBJECTS, STATES, Field
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, fact
from asllint.model.paths import Path, parse

PATH = "path"
REFERENCE_PATH = "reference-path"
PATH_OR_INTRINSIC = "path-or-intrinsic"
JSONATA = "jsonata"
LITERAL = "literal"
CONSTANT = "constant"

_PATHS = (PATH, REFERENCE_PATH, PATH_OR_INTRINSIC)
_OBJECT = "payload-object"
_PAYLOADS = ("payload", _OBJECT, "items", "condition")
_HOLDING = (str, dict, list)


class Slot(NamedTuple):
    """A text of a state.

    `kind` is `path`, `reference-path`, `path-or-intrinsic` (a `.$` value, ErrorPath, CausePath) or `jsonata`
    for one that is evaluated; `literal` for one that stands where an expression may stand and is none;
    `constant` for one in a field that takes no expression. `field` is the field of the state, catcher or
    Choice Rule that holds it (`Parameters`, `Assign`, `Variable`); `inside` its place in the state; `type`
    what the field takes; `is_whole` says that the text is the field's whole value.
    """

    state: State
    inside: Pointer
    text: str
    kind: str
    field: str
    type: str = ""
    is_whole: bool = True

    @property
    def pointer(self) -> Pointer:
        return (*self.state.pointer, *self.inside)

    @property
    def is_payload(self) -> bool:
        """Whether this is the value of a `.$` key."""
        return self.kind == PATH_OR_INTRINSIC and str(self.inside[-1]).endswith(".$")


class Evaluated(NamedTuple):
    """What AWS evaluates in a state: every such text, those that are worth a closer look, and whether a
    payload template may hold a value that is evaluated though it should not be, or the other way round.
    """

    slots: tuple[Slot, ...]
    unusual: tuple[Slot, ...]
    may_mislead: bool


def slots(state: State) -> tuple[Slot, ...]:
    """Every evaluated text of a state, in the order of its fields, without those of the states inside it."""
    return _evaluated(state).slots


@fact
def texts(state: State) -> tuple[Slot, ...]:
    """Every text of a state, evaluated or not, its comments aside."""
    return tuple(_searched(state, every=True).found)


def telling(state: State) -> tuple[Slot, ...]:
    """The evaluated texts of a state but the plain reads of its input, `$.name[0]`."""
    return _evaluated(state).unusual


def unusual(state: State) -> tuple[Slot, ...]:
    """The same of a JSONPath state, nothing of a JSONata state."""
    return () if state.is_jsonata else _evaluated(state).unusual


def may_mislead(state: State) -> bool:
    """Whether a value of a JSONPath state's payload templates may be evaluated though it should not, or the
    other way round.
    """
    return _evaluated(state).may_mislead


@lru_cache(maxsize=50_000)
def _is_plain(text: str) -> bool:
    path = parse(text)
    return isinstance(path, Path) and path.root == "$" and path.is_reference


@fact
def _evaluated(state: State) -> Evaluated:
    search = _searched(state, every=False)
    found = tuple(search.found)
    if state.is_jsonata:
        return Evaluated(found, found, False)
    return Evaluated(found, tuple([s for s in found if not _is_plain(s.text)]), search.may_mislead)


def _searched(state: State, *, every: bool) -> "_Search":
    search = _Search(state, every)
    if state.type is not None and state.type in STATES:
        search.object(state.value, (), state.type)
    return search


@cache
def _giving(holder: str, language: str, every: bool) -> Mapping[str, Field]:
    """The fields of an object, by the table's name for it, in which texts may stand that are looked for."""
    table = STATES.get(holder) or OBJECTS[holder]
    return {
        name: field
        for name, field in table.items()
        if (not field.language or field.language == language)
        and (every or _is_evaluated(field, language) or any(_may_hold(f, language) for f in _inner(field)))
    }


def _inner(field: Field) -> Iterable[Field]:
    return OBJECTS.get(field.type.removesuffix("[]"), {}).values()


def _may_hold(field: Field, language: str) -> bool:
    return _is_evaluated(field, language) or any(_inner(field))


def _is_evaluated(field: Field, language: str) -> bool:
    kind = field.type.rstrip("?")
    return kind in _PATHS or kind in _PAYLOADS or (field.expression and language == _JSONATA)


class _Search:
    """The texts of a state as they are found: all of them, or those that are evaluated."""

    __slots__ = ("every", "found", "is_jsonata", "language", "may_mislead", "state")

    def __init__(self, state: State, every: bool) -> None:
        self.state = state
        self.language = state.language
        self.is_jsonata = state.is_jsonata
        self.every = every
        self.found: list[Slot] = []
        self.may_mislead = False

    def object(self, value: Any, inside: Pointer, holder: str) -> None:
        giving = _giving(holder, self.language, self.every)
        for name, held in value.items():
            field = giving.get(name)
            if field is not None and held.__class__ in _HOLDING:
                self.field(held, (*inside, name), name, field)

    def field(self, value: Any, inside: Pointer, name: str, field: Field) -> None:
        kind = field.type.rstrip("?")
        if kind == _OBJECT and not isinstance(value, dict):
            self.may_mislead = True
        if kind in _PATHS:
            if isinstance(value, str) and not self.is_jsonata:
                self.found.append(Slot(self.state, inside, value, kind, name, kind))
        elif kind in _PAYLOADS and (kind != _OBJECT or isinstance(value, dict)):
            self.payload(value, inside, name, kind)
        elif kind == "any":
            self.constants(value, inside, name)
        elif isinstance(value, str):
            if field.expression:
                self.payload(value, inside, name, kind)
            elif self.every and name != "Comment":
                self.found.append(Slot(self.state, inside, value, CONSTANT, name, kind))
        elif kind.endswith("[]") and isinstance(value, list):
            inner = kind[:-2]
            if inner not in OBJECTS:
                self.constants(value, inside, name)
            elif inner != "Branch":
                for i, element in enumerate(value):
                    if isinstance(element, dict):
                        self.object(element, (*inside, i), inner)
        elif kind in OBJECTS and kind != "ItemProcessor" and isinstance(value, dict):
            self.object(value, inside, kind)

    def payload(self, value: Any, inside: Pointer, name: str, type_: str) -> None:
        if not self.every and not self.is_jsonata:
            self.template(value, inside, name, type_)
            return
        for text, place in _leaves(value, inside):
            kind = LITERAL
            if self.is_jsonata:
                kind = JSONATA if is_expression(text) else LITERAL
            elif str(place[-1])[-2:] == ".$":
                kind = PATH_OR_INTRINSIC
            if self.every or kind != LITERAL:
                self.found.append(Slot(self.state, place, text, kind, name, type_, place == inside))

    def template(self, value: Any, inside: Pointer, name: str, type_: str) -> None:
        """The texts of `.$` keys. Readers cap the depth of values."""
        if value.__class__ is dict:
            for key, held in value.items():
                if key[-2:] == ".$":
                    if held.__class__ is str:
                        self.found.append(
                            Slot(self.state, (*inside, key), held, PATH_OR_INTRINSIC, name, type_, False)
                        )
                    if held.__class__ is not str or held[:1] != "$" or key[:-2] in value:
                        self.may_mislead = True
                if held.__class__ is dict or held.__class__ is list:
                    self.template(held, (*inside, key), name, type_)
                elif held.__class__ is str and _looks_meant(held) and key[-2:] != ".$":
                    self.may_mislead = True
        elif value.__class__ is list:
            for i, held in enumerate(value):
                self.template(held, (*inside, i), name, type_)
        elif value.__class__ is str and _looks_meant(value):
            self.may_mislead = True

    def constants(self, value: Any, inside: Pointer, name: str) -> None:
        if self.every:
            for text, place in _leaves(value, inside):
                self.found.append(Slot(self.state, place, text, CONSTANT, name, "", place == inside))


def _looks_meant(text: str) -> bool:
    return text[:1] == "$" or text[:7] == "States."


def _leaves(value: Any, inside: Pointer) -> list[tuple[str, Pointer]]:
    """The texts of a value in the order in which they are written."""
    found: list[tuple[str, Pointer]] = []
    waiting: list[tuple[Any, Pointer]] = [(value, inside)]
    while waiting:
        value, inside = waiting.pop()
        if isinstance(value, str):
            found.append((value, inside))
        elif isinstance(value, dict):
            waiting += [(held, (*inside, key)) for key, held in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(held, (*inside, i)) for i, held in reversed(list(enumerate(value)))]
    return found


def is_expression(text: str) -> bool:
    """Whether AWS takes a text of a JSONata state for an expression."""
    return text.startswith("{%") and text.endswith("%}") and len(text) >= 4


def is_delimited(text: str) -> bool:
    """Whether a text, blanks aside, opens or closes as an expression does, so that it is meant as one."""
    text = text.strip()
    return text.startswith("{%") or text.endswith("%}")
