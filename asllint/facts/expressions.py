"""Every text of a state that AWS evaluates: paths, intrinsic functions, JSONata."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

from asllint.data.fields import JSONATA as _JSONATA
from asllint.data.fields import OBJECTS, STATES, Field
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, fact
from asllint.model.paths import Path, parse
from asllint.record import Record

PATH = "path"
REFERENCE_PATH = "reference-path"
PATH_OR_INTRINSIC = "path-or-intrinsic"
JSONATA = "jsonata"
LITERAL = "literal"
CONSTANT = "constant"

_PATHS = (PATH, REFERENCE_PATH, PATH_OR_INTRINSIC)
_OBJECT = "payload-object"
_PAYLOADS = ("payload", _OBJECT, "items", "condition")


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


def slots(state: State) -> tuple[Slot, ...]:
    """Every evaluated text of a state, in the order of its fields, without those of the states inside it."""
    return _evaluated(state)[0]


@fact
def texts(state: State) -> tuple[Slot, ...]:
    """Every text of a state, evaluated or not, its comments aside."""
    return tuple(_searched(state, every=True).found)


def telling(state: State) -> tuple[Slot, ...]:
    """The evaluated texts of a state but the plain reads of its input, `$.name[0]`."""
    return _evaluated(state)[1]


def unusual(state: State) -> tuple[Slot, ...]:
    """The same of a JSONPath state, nothing of a JSONata state."""
    return () if state.is_jsonata else _evaluated(state)[1]


def may_mislead(state: State) -> bool:
    """Whether a value of a JSONPath state's payload templates may be evaluated though it should not, or the
    other way round.
    """
    return _evaluated(state)[2]


@lru_cache(maxsize=50_000)
def _is_plain(text: str) -> bool:
    path = parse(text)
    return isinstance(path, Path) and path.root == "$" and path.is_reference


@fact
def _evaluated(state: State) -> tuple[tuple[Slot, ...], tuple[Slot, ...], bool]:
    """What AWS evaluates in a state, what of that is telling, and whether a value may mislead."""
    search = _searched(state, every=False)
    found = tuple(search.found)
    if state.is_jsonata:
        return found, found, False
    return found, tuple([slot for slot in found if not _is_plain(slot.text)]), search.may_mislead


def _searched(state: State, *, every: bool) -> "_Search":
    search = _Search(state, every)
    if state.type is not None and state.type in STATES:
        search.object(state.value, (), "", state.type)
    return search


@cache
def _giving(holder: str, language: str, every: bool) -> Mapping[str, "_Place"]:
    """The fields of an object, by the table's name for it, in which texts may stand that are looked for."""
    table = STATES.get(holder) or OBJECTS[holder]
    found = {name: _place(name, field, language, every) for name, field in table.items()}
    return {name: place for name, place in found.items() if place is not None}


def _place(name: str, field: Field, language: str, every: bool) -> "_Place | None":
    kind = field.type.rstrip("?")
    inner = kind.removesuffix("[]")
    if field.language and field.language != language:
        return None
    is_wanted = every or _is_evaluated(field, language) or any(_may_hold(f, language) for f in _inner(field))
    if not is_wanted or (kind in _PATHS and language == _JSONATA):
        return None
    nothing, every_text = _Search.nothing, _Search.constants if every else _Search.nothing
    evaluated = _Search.payload if every or language == _JSONATA else _Search.template
    of_text = evaluated if field.expression else _Search.constant if every and name != "Comment" else nothing
    if kind in _PATHS:
        return _Place(kind, _Search.path, nothing, nothing)
    if kind == _OBJECT:
        return _Place(kind, of_text, nothing, evaluated)
    if kind in _PAYLOADS:
        return _Place(kind, evaluated, evaluated, evaluated)
    if kind == "any":
        return _Place("", every_text, every_text, every_text)
    if inner not in OBJECTS:
        return _Place(kind, of_text, nothing if inner == kind else every_text, nothing)
    if inner in ("Branch", "ItemProcessor"):  # the states inside are others
        return _Place(kind, of_text, nothing, nothing)
    if inner != kind:
        return _Place(kind, of_text, _Search.each, nothing)
    return _Place(kind, of_text, nothing, _Search.object)


def _inner(field: Field) -> Iterable[Field]:
    return OBJECTS.get(field.type.removesuffix("[]"), {}).values()


def _may_hold(field: Field, language: str) -> bool:
    return _is_evaluated(field, language) or any(_inner(field))


def _is_evaluated(field: Field, language: str) -> bool:
    kind = field.type.rstrip("?")
    return kind in _PATHS or kind in _PAYLOADS or (field.expression and language == _JSONATA)


class _Place(Record):
    """What a field takes, and how it is searched where it holds a text, an array or an object."""

    kind: str
    of_text: "_Way"
    of_array: "_Way"
    of_object: "_Way"


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

    def object(self, value: Any, inside: Pointer, name: str, holder: str) -> None:
        giving = _giving(holder, self.language, self.every)
        for name, held in value.items():
            place = giving.get(name)
            if place is None:
                continue
            kind, of_text, of_array, of_object = place
            if held.__class__ is dict:
                of_object(self, held, (*inside, name), name, kind)
            elif held.__class__ is str:
                of_text(self, held, (*inside, name), name, kind)
                self.may_mislead |= kind == _OBJECT
            elif held.__class__ is list:
                of_array(self, held, (*inside, name), name, kind)
                self.may_mislead |= kind == _OBJECT

    def each(self, value: Any, inside: Pointer, name: str, holders: str) -> None:
        for i, element in enumerate(value):
            if element.__class__ is dict:
                self.object(element, (*inside, i), name, holders[:-2])

    def path(self, value: Any, inside: Pointer, name: str, kind: str) -> None:
        self.found.append(Slot(self.state, inside, value, kind, name, kind))

    def payload(self, value: Any, inside: Pointer, name: str, type_: str) -> None:
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
                kind = held.__class__
                if key[-2:] == ".$":
                    if kind is str:
                        self.found.append(
                            Slot(self.state, (*inside, key), held, PATH_OR_INTRINSIC, name, type_, False)
                        )
                    if kind is not str or not _looks_right(held) or key[:-2] in value:
                        self.may_mislead = True
                elif kind is str and _looks_meant(held):
                    self.may_mislead = True
                if kind is dict or kind is list:
                    self.template(held, (*inside, key), name, type_)
        elif value.__class__ is list:
            for i, held in enumerate(value):
                self.template(held, (*inside, i), name, type_)
        elif value.__class__ is str and _looks_meant(value):
            self.may_mislead = True

    def constant(self, value: Any, inside: Pointer, name: str, kind: str) -> None:
        self.found.append(Slot(self.state, inside, value, CONSTANT, name, kind))

    def constants(self, value: Any, inside: Pointer, name: str, _: str) -> None:
        for text, place in _leaves(value, inside):
            self.found.append(Slot(self.state, place, text, CONSTANT, name, "", place == inside))

    def nothing(self, value: Any, inside: Pointer, name: str, kind: str) -> None:
        """Nothing of such a value is looked for."""


_Way: TypeAlias = Callable[[_Search, Any, Pointer, str, str], None]


def _looks_meant(text: str) -> bool:
    """Whether a text that is not evaluated looks like one that is; a substitution may be anything."""
    return text[:7] == "States." or (text[:1] == "$" and text[:2] != "${")


def _looks_right(text: str) -> bool:
    """Whether a text that is evaluated is a path or a call, if it is well-formed."""
    if text[:7] != "States.":
        return text[:1] == "$"
    from asllint.model.intrinsics import looks_like_intrinsic

    return looks_like_intrinsic(text)


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
