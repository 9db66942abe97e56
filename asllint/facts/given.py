"""What a definition gives for a parameter of a call: a text, or that only the run decides it."""

from collections.abc import Iterator
from typing import Any

from asllint.facts.calls import EVALUATED
from asllint.loader.pointer import Pointer
from asllint.model.asl import State
from asllint.model.wildcards import tokens
from asllint.record import Record


class Value(Record):
    """One value of a parameter and where it is written; `text` is None where only the run decides.

    A text may hold holes. A boolean is there as JSON writes it; a number names nothing, which is told
    elsewhere.
    """

    text: str | None
    pointer: Pointer


class Given:
    """The parameters of a call. They are not known at all where an expression or the input gives them."""

    __slots__ = ("is_jsonata", "pointer", "value")

    def __init__(self, value: Any, pointer: Pointer, *, is_jsonata: bool) -> None:
        self.value = value
        self.pointer = pointer
        self.is_jsonata = is_jsonata

    @property
    def is_known(self) -> bool:
        return isinstance(self.value, dict)

    def values(self, path: str) -> list[Value]:
        """The values at `Overrides.TaskRoleArn` or `Entries[].EventBusName`; none where it is not given."""
        if not isinstance(self.value, dict):
            return [Value(None, self.pointer)]
        return list(self._at(self.value, path.split("."), self.pointer))

    def elements(self, path: str) -> list["Given"] | None:
        """The objects of a list; None where they are not known."""
        found = [value for value in self._raw(path) if isinstance(value[0], list)]
        if not found:
            return None
        listed, pointer = found[0]
        if not all(isinstance(one, dict) for one in listed):
            return None
        return [Given(one, (*pointer, i), is_jsonata=self.is_jsonata) for i, one in enumerate(listed)]

    def has(self, path: str) -> bool | None:
        """Whether a parameter is given; None where that is not known."""
        return bool(self.values(path)) if self.is_known else None

    def _raw(self, key: str) -> Iterator[tuple[Any, Pointer]]:
        if isinstance(self.value, dict) and key in self.value:
            yield self.value[key], (*self.pointer, key)

    def _at(self, holder: Any, keys: list[str], pointer: Pointer) -> Iterator[Value]:
        if not keys:
            if holder is not None:
                yield Value(self._text(holder), pointer)
            return
        if not isinstance(holder, dict):
            yield Value(None, pointer)
            return
        key, rest = keys[0], keys[1:]
        is_list = key.endswith("[]")
        key = key.removesuffix("[]")
        if key + ".$" in holder and not self.is_jsonata:
            yield Value(None, (*pointer, key + ".$"))
        elif key in holder:
            value, place = holder[key], (*pointer, key)
            if is_list and isinstance(value, list):
                for i, element in enumerate(value):
                    yield from self._at(element, rest, (*place, i))
            elif is_list:
                yield Value(None, place)
            else:
                yield from self._at(value, rest, place)

    def _text(self, value: Any) -> str | None:
        """None for what is evaluated, or was meant to be, which is told elsewhere."""
        if isinstance(value, str):
            return None if value.startswith(EVALUATED) else value
        return str(value).lower() if isinstance(value, bool) else None


def given(state: State) -> Given:
    """The parameters of a Task state."""
    field = state.parameters_field
    value = state.value.get(field)
    pointer = state.at(field) if field in state else state.pointer
    return Given(value, pointer, is_jsonata=state.is_jsonata)


def is_one_hole(text: str) -> bool:
    """Whether a text is a substitution and nothing else."""
    return text.startswith("${") and len(tokens(text, wild=False)) == 1


def split(text: str, mark: str) -> list[str]:
    """Split at a character that is not in a hole."""
    if "${" not in text:
        return text.split(mark)
    parts = [""]
    for token in tokens(text, wild=False):
        if token == mark:
            parts.append("")
        else:
            parts[-1] += token
    return parts
