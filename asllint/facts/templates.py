"""Payload templates: what a JSONPath state writes out as data, and which of its texts are meant as paths."""

from collections.abc import Iterator, Mapping
from typing import Any

from asllint.data.fields import OBJECTS, STATES, Field
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, State, fact
from asllint.model.context import MEMBERS
from asllint.model.paths import Path, parse
from asllint.record import Record

_PAYLOADS = ("payload", "payload-object")


class Entry(Record):
    """A value of a payload template; `field` is the field of the state, catcher or Choice Rule around it."""

    pointer: Pointer
    value: Any
    field: str
    in_array: bool = False

    @property
    def key(self) -> str:
        return str(self.pointer[-1])

    @property
    def is_evaluated(self) -> bool:
        return not self.in_array and _is_evaluated(self.pointer[-1])


@fact
def entries(state: State) -> tuple[Entry, ...]:
    """What there is to judge in the payload templates of a JSONPath state, in the order of the text."""
    table = STATES.get(state.type or "")
    if state.is_jsonata or not table:
        return ()
    return tuple(entry for root in _roots(state.value, state.pointer, table) for entry in inside(root))


def _roots(value: dict[str, Any], pointer: Pointer, table: Mapping[str, Field]) -> Iterator[Entry]:
    for name, held in value.items():
        field = table.get(name)
        if field is None or field.language == "JSONata":
            continue
        place = (*pointer, name)
        if field.type in _PAYLOADS:
            if field.type != "payload-object" or not isinstance(held, str):  # which is told by itself
                yield Entry(place, held, name)
        elif field.type in OBJECTS and field.type != "ItemProcessor" and isinstance(held, dict):
            yield from _roots(held, place, OBJECTS[field.type])
        elif field.type in ("Catcher[]", "ChoiceRule[]") and isinstance(held, list):
            for i, element in enumerate(held):
                if isinstance(element, dict):
                    yield from _roots(element, (*place, i), OBJECTS[field.type[:-2]])


def inside(root: Entry) -> Iterator[Entry]:
    """Of a value and all the values in it those that a rule may have something to say of: what is evaluated,
    what looks as if it were meant to be, and the objects around evaluated values.
    """
    waiting = [(root.pointer, root.value, root.in_array)]
    while waiting:
        pointer, value, in_array = waiting.pop()
        is_evaluated = not in_array and _is_evaluated(pointer[-1])
        if isinstance(value, dict):
            if is_evaluated:  # an object there is a fault of its own
                yield Entry(pointer, value, root.field, in_array)
                continue
            if any(key[-2:] == ".$" for key in value):
                yield Entry(pointer, value, root.field, in_array)
            waiting += [
                ((*pointer, k), v, False) for k, v in reversed(value.items()) if _is_of_interest(k, v)
            ]
        elif isinstance(value, list) and not is_evaluated:
            listed = reversed(list(enumerate(value)))
            waiting += [((*pointer, i), v, True) for i, v in listed if _is_of_interest(i, v)]
        elif is_evaluated or _is_of_interest("", value):
            yield Entry(pointer, value, root.field, in_array)


def _is_evaluated(key: str | int) -> bool:
    return key.__class__ is str and key[-2:] == ".$"


def _is_of_interest(key: str | int, value: Any) -> bool:
    if value.__class__ is str:
        return value[:1] == "$" or value[:7] == "States." or _is_evaluated(key)
    return value.__class__ in (dict, list) or _is_evaluated(key)


@fact
def variables(definition: Definition) -> frozenset[str]:
    """The names of all variables that some state assigns."""
    found: set[str] = set()
    for state in definition.states:
        for holder in (state, *state.catchers, *state.choice_rules):
            found.update(name.removesuffix(".$") for name in holder.object("Assign") or ())
    return frozenset(found)


@fact
def literal_paths(state: State) -> tuple[Entry, ...]:
    """The texts of payload templates that were meant as paths and are passed on as they are."""
    return tuple(_literal_paths(state))


def _literal_paths(state: State) -> Iterator[Entry]:
    for entry in entries(state):
        text = entry.value
        if isinstance(text, str) and not entry.is_evaluated and is_meant(text, state.definition):
            keys = [str(key).casefold() for key in entry.pointer[len(state.pointer) + 1 :]]
            # a service takes a JSONPath there, as EventBridge's InputPath
            if not any("path" in key and key != "path" for key in keys) and not _is_token(state, entry):
                yield entry


def _is_token(state: State, entry: Entry) -> bool:
    """Whether the text stands in place of the token that a task waits for: that is told by itself."""
    if "Task.Token" not in str(entry.value):
        return False
    from asllint.facts.tokens import texts_for_token

    return any(text.pointer == entry.pointer for text in texts_for_token(state))


def is_meant(text: str, definition: Definition) -> bool:
    """Whether a text that AWS passes on as it is was certainly meant as a path or an intrinsic function.

    `$` and `$$` alone, amounts (`$.50`) and names of no variable of this definition are taken for data.
    """
    if text.startswith("States."):
        from asllint.model.functions import FUNCTIONS
        from asllint.model.intrinsics import looks_like_intrinsic

        return looks_like_intrinsic(text) and text[len("States.") : text.index("(")].strip() in FUNCTIONS
    path = parse(text) if text[:1] == "$" and text != "$" else None
    if not isinstance(path, Path) or path.opaque or not _is_plain(path):
        return False
    if path.root == "$$":
        return bool(path.names) and path.names[0] in MEMBERS
    return bool(path.segments) if path.root == "$" else path.root in variables(definition)


def _is_plain(path: Path) -> bool:
    for segment in path.segments:
        value = segment.value
        if segment.kind == "name" and not (str(value)[:1].isalpha() or str(value)[:1] == "_"):
            return False
    return True
