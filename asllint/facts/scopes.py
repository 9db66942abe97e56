"""Which variables exist where: what each state finds when it is entered."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from asllint.facts.flow import cycles
from asllint.facts.variables import Assignment, Read, assigned, everywhere, is_unknown, reads, tested
from asllint.model.asl import Definition, Machine, State, fact
from asllint.record import Record

# "Variable scope", "Evaluation order in an assign field":
# https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html

_CATCHING = ("Task", "Parallel", "Map")


class Entry(Record):
    """What exists whenever a state is entered, and what exists after some way to it: sums of `bits`."""

    always: int
    sometimes: int


# A transition: the state that it leads to, what is assigned on it for certain, and what may be.
_Edge: TypeAlias = tuple[str, int, int]


@fact
def bits(definition: Definition) -> Mapping[str, int]:
    """A bit for each variable, so that sets of them are numbers: a machine may hold thousands."""
    return {name: 1 << i for i, name in enumerate(everywhere(definition))}


def outer(machine: Machine) -> Iterator[Machine]:
    """The scopes around one whose variables it can read, the nearest first."""
    while machine.owner is not None and not machine.is_distributed:
        machine = machine.owner.machine
        yield machine


@fact
def entries(machine: Machine) -> Mapping[str, Entry]:
    """What each reachable state of a scope finds when it is entered, by the state's name."""
    start, first = machine.start, _inherited(machine)
    if start not in machine.states or first is None:
        return {}
    edges = {name: tuple(_edges(state)) for name, state in machine.states.items()}
    order = _order(edges, start)
    sometimes = _sometimes(edges, order, first.sometimes)
    always = _always(edges, order, first.always)
    return {name: Entry(always[name], sometimes[name]) for name in order}


def _inherited(machine: Machine) -> Entry | None:
    """What a scope finds of the scopes around it, None where it is never entered."""
    if machine.owner is None or machine.is_distributed:
        return Entry(0, 0)
    return entries(machine.owner.machine).get(machine.owner.name)


def _order(edges: Mapping[str, tuple[_Edge, ...]], start: str) -> list[str]:
    """The states that are reached, each before those that only it leads to (reverse postorder)."""
    found: list[str] = []
    seen = {start}
    work = [(start, iter(edges[start]))]
    while work:
        name, following = work[-1]
        for target, _, _ in following:
            if target not in seen:
                seen.add(target)
                work.append((target, iter(edges[target])))
                break
        else:
            found.append(name)
            work.pop()
    return found[::-1]


def _sometimes(edges: Mapping[str, tuple[_Edge, ...]], order: list[str], first: int) -> dict[str, int]:
    """One pass will do: what is assigned on a cycle is found by all its states."""
    group: dict[str, str] = {name: name for name in order}
    for cycle in cycles({name: [target for target, _, _ in edges[name]] for name in order}):
        group.update(dict.fromkeys(cycle, min(cycle)))
    found = dict.fromkeys(group.values(), 0)
    found[group[order[0]]] = first
    for name in order:
        for target, _, possible in edges[name]:
            if group[target] == group[name]:
                found[group[name]] |= possible
    for name in order:
        for target, _, possible in edges[name]:
            found[group[target]] |= found[group[name]] | possible
    return {name: found[group[name]] for name in order}


def _always(edges: Mapping[str, tuple[_Edge, ...]], order: list[str], first: int) -> dict[str, int]:
    """A way around a cycle assigns no less than the way to it, so that two passes do for most graphs."""
    found = {order[0]: first}
    changed = True
    while changed:
        changed = False
        for name in order:
            for target, certain, _ in edges[name]:
                here = found[name] | certain
                before = found.get(target)
                if before is None or before & here != before:
                    found[target] = here if before is None else before & here
                    changed = True
    return found


def _sum(definition: Definition, names: Iterable[str]) -> int:
    known = bits(definition)
    total = 0
    for name in names:
        total |= known.get(name, 0)
    return total


def _assigned_by(state: State, holder: Mapping[str, Any]) -> int:
    assign = holder.get("Assign")
    if not isinstance(assign, dict):
        return 0
    return _sum(state.definition, (key.removesuffix(".$") for key in assign))


def _edges(state: State) -> Iterator[_Edge]:
    """The ways out of a state. What a Choice state tests for existence counts as existing after it."""
    states, own = state.machine.states, _assigned_by(state, state.value)
    if state.type == "Choice":
        known = _sum(state.definition, tested(state))
        for rule in state.choice_rules:
            target = rule.text("Next")
            if rule.is_top and target in states:
                # whether the state's own Assign counts where the rule has none is not documented
                assigned = _assigned_by(state, rule.value)
                yield target, assigned | known, assigned if "Assign" in rule else own
        default = state.text("Default")
        if default in states:
            yield default, own | known, own
    elif state.text("Next") in states and not state.is_terminal:
        yield str(state.text("Next")), own, own
    for catcher in state.catchers if "Catch" in state.value and state.type in _CATCHING else ():
        target = catcher.text("Next")
        if target in states:
            assigned = _assigned_by(state, catcher.value)
            yield target, assigned, assigned


def unguarded(state: State) -> Iterator[Read]:
    """The reads of a state, each variable of a text once, without those that it tests for existence."""
    known = reads(state)
    if not known:
        return
    guarded = tested(state)
    told = set()
    for read in known:
        if read.name not in guarded and (read.name, read.slot.pointer) not in told:
            told.add((read.name, read.slot.pointer))
            yield read


def missing(state: State) -> Iterator[Read]:
    """The reads of what is assigned in a scope that is visible, but on no way to the state."""
    entry = entries(state.machine).get(state.name)
    if entry is None or is_unknown(state.definition):
        return
    known = bits(state.definition)
    for read in unguarded(state):
        if not entry.sometimes & known.get(read.name, 0) and visible(state, read.name) is not None:
            yield read


def unassigned(state: State) -> Iterator[Read]:
    """The reads of what no scope assigns that is visible."""
    if state.name not in entries(state.machine) or is_unknown(state.definition):
        return
    for read in unguarded(state):
        if visible(state, read.name) is None:
            yield read


def visible(state: State, name: str) -> Assignment | None:
    for scope in (state.machine, *outer(state.machine)):
        found = assigned(scope).get(name)
        if found is not None:
            return found
    return None


def elsewhere(state: State, name: str) -> Assignment | None:
    """Where a variable is assigned that is not visible: behind a distributed Map's wall at first."""
    for scope in walled(state.machine):
        if name in assigned(scope):
            return assigned(scope)[name]
    return everywhere(state.definition).get(name)


def walled(machine: Machine) -> list[Machine]:
    """The scopes around a distributed Map that its states do not see."""
    seen = [machine, *outer(machine)]
    last = seen[-1]
    found = []
    while last.owner is not None:
        last = last.owner.machine
        found.append(last)
    return found
