"""The graph of a machine's states: what can be entered, what can be left, where it ends."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from asllint.data.fields import STATES
from asllint.facts.integration import ACTIVITY, integration
from asllint.model.asl import Definition, Machine, State, Transition, fact
from asllint.record import Record

CATCHING = ("Task", "Parallel", "Map")


class Lost(Record):
    """States that no execution can enter: the first of them, what can be entered from it alone, and the loop
    that it is in, if any.
    """

    name: str
    followers: tuple[str, ...]
    loop: tuple[str, ...] = ()


def successors(state: State) -> list[str]:
    """The names of the states that a state can go to, those that do not exist included."""
    return [transition.target for transition in state.transitions]


def is_catching(transition: Transition, state: State) -> bool:
    """Whether a transition is one of `Catch`."""
    return transition.pointer[len(state.pointer)] == "Catch"


@fact
def has_unknown_transition(machine: Machine) -> bool:
    """Whether a way out of some state is not known, so that nothing is certainly unreachable or endless: a
    substitution, a name that is not there, a field that is missing, ill-shaped or written twice.
    """
    states, depth = machine.states, len(machine.pointer)
    return (
        machine.start not in states
        or not all(_is_complete(state, states) for state in states.values())
        or any(place[:depth] == machine.pointer for place in machine.definition.doubled)
    )


def _is_complete(state: State, states: Collection[str]) -> bool:
    value = state.value
    if not state.is_known:
        return False
    for transition in state.transitions:
        if transition.target not in states:
            return False
    holders: list[Any] = []
    if state.type == "Choice":
        holders += _elements(value.get("Choices"))
        if "Default" in value and not isinstance(value["Default"], str):
            return False
    elif not state.is_terminal and not isinstance(value.get("Next"), str):
        return False
    if state.type in CATCHING and "Catch" in value:
        holders += _elements(value["Catch"])
    for holder in holders:
        if not isinstance(holder, dict) or not isinstance(holder.get("Next"), str):
            return False
    return True


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) and value else [None]


@fact
def misplaced_names(machine: Machine) -> frozenset[str]:
    """The names of states that stand in fields which their states do not take (`Defualt`, `Catch` of a Pass
    state): there the field is at fault, and not the state that nothing leads to.
    """
    return frozenset(
        text
        for state in machine.states.values()
        for field, value in state.value.items()
        if field not in STATES.get(state.type or "", ())
        for text in _texts(value)
        if text in machine.states
    )


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        held = waiting.pop()
        if isinstance(held, str):
            yield held
        elif isinstance(held, (dict, list)):
            waiting += held.values() if isinstance(held, dict) else held


@fact
def reachable(machine: Machine) -> frozenset[str]:
    """The names of the states that some execution may enter, followed from `StartAt` through Next, Default
    and Catch.
    """
    start = machine.start
    return frozenset(_followed(machine.states, start, ())) if start in machine.states else frozenset()


def _followed(states: Mapping[str, State], start: str | None, known: Collection[str]) -> set[str]:
    """What can be entered from a state, itself included and what is known left out."""
    if start is None:
        return set()
    found = {start}
    waiting = [start]
    while waiting:
        for name in successors(states[waiting.pop()]):
            if name in states and name not in found and name not in known:
                found.add(name)
                waiting.append(name)
    return found


@fact
def unreachable(machine: Machine) -> tuple[Lost, ...]:
    """What no execution can enter: a chain of states stands here once, by its head, and so does a cycle."""
    if has_unknown_transition(machine):
        return ()
    entered = reachable(machine)
    lost = {name: state for name, state in machine.states.items() if name not in entered}
    if not lost:
        return ()
    order = {name: position for position, name in enumerate(lost)}
    pointed_at = {target for state in lost.values() for target in successors(state)}
    heads: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in lost if name not in pointed_at]
    loops = [tuple(sorted(island, key=order.__getitem__)) for island in _islands(lost)]
    heads += sorted(((loop[0], loop) for loop in loops), key=lambda head: order[head[0]])
    told: set[str] = set()
    found = []
    for name, loop in heads:
        group = _followed(lost, name, told)
        told |= group
        found.append(Lost(name, tuple(sorted(group - {name}, key=order.__getitem__)), loop))
    return tuple(found)


def _islands(lost: Mapping[str, State]) -> list[frozenset[str]]:
    """The cycles among some states that none of the others leads to."""
    islands = cycles({name: successors(state) for name, state in lost.items()})
    island_of = {name: island for island in islands for name in island}
    joined = {
        id(island_of[target])
        for name, state in lost.items()
        for target in successors(state)
        if target in island_of and island_of.get(name) is not island_of[target]
    }
    return [island for island in islands if id(island) not in joined]


@fact
def ending(machine: Machine) -> frozenset[str]:
    """The names of the states from which a terminal state can be reached."""
    before: dict[str, list[str]] = {}
    waiting = []
    for name, state in machine.states.items():
        if state.is_terminal:
            waiting.append(name)
        for transition in state.transitions:
            before.setdefault(transition.target, []).append(name)
    found = set(waiting)
    while waiting:
        for name in before.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


@fact
def endless_loops(machine: Machine) -> tuple[tuple[str, ...], ...]:
    """The loops that can be entered and not be left, each in the order of the document.

    Empty where the machine has no terminal state, and where nothing leads to those of a scope: that is told.
    """
    if has_unknown_transition(machine):
        return ()
    entered = reachable(machine)
    caught = entered - ending(machine)
    is_inner = machine.owner is not None and not any(s.is_terminal for s in machine.states.values())
    if len(caught) == len(entered) and not is_inner:
        return ()
    edges = {name: successors(machine.states[name]) for name in machine.states if name in caught}
    closed = [loop for loop in cycles(edges) if all(t in loop for name in loop for t in edges[name])]
    return _in_order(closed, machine)


@fact
def busy_loops(machine: Machine) -> tuple[tuple[str, ...], ...]:
    """The loops in which no state waits for time to pass or for somebody else's work; ways through `Catch`
    left out.
    """
    resting = pausing(machine.definition)
    edges = {
        name: [
            t.target for t in state.transitions if t.target in machine.states and not is_catching(t, state)
        ]
        for name, state in machine.states.items()
        if state.pointer not in resting
    }
    kept = {name: [target for target in targets if target in edges] for name, targets in edges.items()}
    return _in_order(cycles(kept), machine)


def _in_order(loops: list[frozenset[str]], machine: Machine) -> tuple[tuple[str, ...], ...]:
    order = {name: position for position, name in enumerate(machine.states)}
    inside = [tuple(sorted(loop, key=order.__getitem__)) for loop in loops]
    return tuple(sorted(inside, key=lambda loop: order[loop[0]]))


@fact
def pausing(definition: Definition) -> frozenset[Any]:
    """The places of the states in which an execution may rest: Wait states, jobs, callbacks and activities,
    what is not known, and the states around one of these.
    """
    found = set()
    for state in definition.states:
        if _may_pause(state):
            around: State | None = state
            while around is not None and around.pointer not in found:
                found.add(around.pointer)
                around = around.machine.owner
    return frozenset(found)


def _may_pause(state: State) -> bool:
    if state.type != "Task":
        return state.type == "Wait" or not state.is_known
    called = integration(state)
    return called is None or called.kind == ACTIVITY or called.pattern != ""


@fact
def unbroken(machine: Machine) -> Mapping[str, int]:
    """For each state that is in a loop without a Choice state the number of its loop."""
    edges = {name: successors(state) for name, state in machine.states.items() if state.type != "Choice"}
    return {name: number for number, loop in enumerate(cycles(edges)) for name in loop}


def cycles(edges: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """The cycles of a graph: sets of nodes that can reach each other (Tarjan, without recursion). What is no
    node itself is left out.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[frozenset[str]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, following = work[-1]
            for target in following:
                if target not in edges:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(edges[target])))
                    break
                if target in on_stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    group = _popped(stack, name)
                    on_stack.difference_update(group)
                    if len(group) > 1 or name in edges[name]:
                        found.append(frozenset(group))
    return found


def _popped(stack: list[str], until: str) -> list[str]:
    group: list[str] = []
    while not group or group[-1] != until:
        group.append(stack.pop())
    return group
