"""What assigns the variables of a definition, and what reads them."""

from collections.abc import Iterator, Mapping
from typing import Any

from asllint.facts.expressions import JSONATA, PATH_OR_INTRINSIC, Slot, telling
from asllint.facts.shape import misspelt
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, Machine, State, View, fact, has_hole
from asllint.record import Record

RESERVED = "states"


class Assignment(Record):
    """One variable of one `Assign`; the place is the field that names it."""

    name: str
    state: State
    pointer: Pointer
    value: Any


class Read(Record):
    """A variable where a text reads it. `is_needed`: without it the text has no value and the state fails."""

    name: str
    slot: Slot
    start: int
    end: int
    is_needed: bool


@fact
def of_state(state: State) -> tuple[Assignment, ...]:
    """Every assignment of a state, of its Choice Rules and of its catchers."""
    return tuple(_of_state(state))


@fact
def assignments(machine: Machine) -> tuple[Assignment, ...]:
    """Every assignment in the states of a scope, without those of the scopes inside it."""
    return tuple(found for state in machine.states.values() for found in of_state(state))


@fact
def assigned(machine: Machine) -> Mapping[str, Assignment]:
    """The variables of a scope, each with the first assignment of it."""
    found: dict[str, Assignment] = {}
    for assignment in assignments(machine):
        found.setdefault(assignment.name, assignment)
    return found


@fact
def everywhere(definition: Definition) -> Mapping[str, Assignment]:
    """The variables of all scopes, each with the first assignment of it."""
    found: dict[str, Assignment] = {}
    for machine in definition.machines:
        for name, assignment in assigned(machine).items():
            found.setdefault(name, assignment)
    return found


@fact
def is_unknown(definition: Definition) -> bool:
    """Whether it cannot be told what is assigned on which way: a substitution, a transition to nowhere, a
    misspelt `Assign`, a name that no variable can have.
    """
    return any(
        any(transition.target not in state.machine.states for transition in state.transitions)
        or any(not isinstance(held, dict) for held, _ in _assigns(state))
        or not all(is_name(assignment.name) for assignment in of_state(state))
        for state in definition.states
    ) or any(name == "Assign" for _, name in misspelt(definition))


def is_name(text: str) -> bool:
    """Whether a variable may be called so.

    Python's identifiers are those of Unicode Standard Annex #31, and may start with `_`.
    """
    return text.isidentifier() and text != RESERVED


@fact
def reads(state: State) -> tuple[Read, ...]:
    """Every variable that a state's texts read, as far as they are known; functions of JSONata are none."""
    return tuple(read for slot in telling(state) for read in _reads(slot))


@fact
def read_names(definition: Definition) -> frozenset[str]:
    """Every variable that some text of a definition reads."""
    return frozenset(read.name for state in definition.states for read in reads(state))


@fact
def has_unknown_reads(definition: Definition) -> bool:
    """Whether some text is faulty or holds a substitution, so that it may read any variable."""
    return any(_is_opaque(slot) for state in definition.states for slot in telling(state))


def tested(state: State) -> frozenset[str]:
    """The variables of which a state asks whether they exist."""
    found: set[str] = set()
    for slot in telling(state):
        if slot.kind == JSONATA:
            if "$exists" in slot.text:
                from asllint.facts.jsonata_results import tested

                found |= tested(slot.text)
        elif slot.field == "Variable" and "IsPresent" in _holder(slot):
            found |= {read.name for read in _reads(slot)}
    return frozenset(found)


def _of_state(state: State) -> Iterator[Assignment]:
    for assign, pointer in _assigns(state):
        for key, value in assign.items() if isinstance(assign, dict) else ():
            yield Assignment(key.removesuffix(".$"), state, (*pointer, key), value)


def _assigns(state: State) -> Iterator[tuple[Any, Pointer]]:
    """Every `Assign` of a state, of its Choice Rules and of its catchers."""
    if "Assign" in state and state.type not in ("Succeed", "Fail"):
        yield state.value["Assign"], state.at("Assign")
    parts: list[View] = [rule for rule in state.choice_rules if rule.is_top] if state.type == "Choice" else []
    parts += state.catchers if "Catch" in state.value else ()
    for part in parts:
        if "Assign" in part:
            yield part.value["Assign"], part.at("Assign")


def _reads(slot: Slot) -> Iterator[Read]:
    if "$" not in slot.text or slot.field == "ResultPath":
        return
    if slot.kind == JSONATA:
        yield from _reads_of_expression(slot)
        return
    from asllint.model import intrinsics, paths

    if slot.kind == PATH_OR_INTRINSIC and intrinsics.looks_like_intrinsic(slot.text):
        call = intrinsics.parse(slot.text)
        found = () if isinstance(call, intrinsics.Fault) else call.reads
    else:
        path = paths.parse(slot.text)
        found = () if isinstance(path, paths.Fault) else path.reads
    for path in found:
        if path.variable is not None:
            yield Read(path.variable, slot, path.start, path.start + 1 + len(path.variable), True)


def _reads_of_expression(slot: Slot) -> Iterator[Read]:
    from asllint.facts.jsonata import parse

    expression = parse(slot.text)
    variables = expression.variables
    if expression.function_values:
        known = everywhere(slot.state.definition)
        variables += tuple(reference for reference in expression.function_values if reference.name in known)
    if variables:
        from asllint.facts.jsonata_results import needed

        needs = needed(slot.text)
        for name, start, end in variables:
            yield Read(name, slot, start, end, name in needs)


def _is_opaque(slot: Slot) -> bool:
    if has_hole(slot.text):
        return True
    if slot.kind == JSONATA:
        from asllint.facts.jsonata import parse

        return not parse(slot.text).is_known
    if not slot.text.startswith("States."):
        from asllint.model import paths

        return isinstance(paths.parse(slot.text), paths.Fault)
    from asllint.model import intrinsics

    return isinstance(intrinsics.parse(slot.text), intrinsics.Fault)


def _holder(slot: Slot) -> Mapping[str, Any]:
    """The object that holds a text."""
    value: Any = slot.state.value
    for key in slot.inside[:-1]:
        value = value[key]
    return value if isinstance(value, dict) else {}
