"""How much a definition makes at least, in bytes of payload and events of history, and where it loops."""

import re
from collections.abc import Iterator
from typing import Any

from asllint.facts.expressions import is_expression
from asllint.facts.flow import cycles, successors
from asllint.model.asl import Machine, State, fact

PAYLOAD_BYTES = 262_144
HISTORY_EVENTS = 25_000

# What is written into a payload as it stands.
_LITERALS = ("Result", "Parameters", "Arguments", "Output", "Assign", "ItemSelector", "ResultSelector")
_RANGE = re.compile(r"\{%\s*\[\s*(\d{1,9})\s*\.\.\s*(\d{1,9})\s*\]\s*%\}")


def large_literals(state: State) -> Iterator[tuple[str, int]]:
    """The fields of a state whose literal part alone passes the payload quota, with its bytes."""
    for field in _LITERALS:
        # No character takes more bytes than four: most literals are far too small to look at each value.
        if field in state.value and len(repr(state.value[field])) * 4 > PAYLOAD_BYTES:
            size = least_bytes(state.value[field], state.is_jsonata)
            if size > PAYLOAD_BYTES:
                yield field, size


def least_bytes(value: Any, is_jsonata: bool) -> int:
    """The bytes of a payload in JSON without what an expression, a path or a substitution will give."""
    total, waiting = 0, [value]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            total += 2 + max(len(held) - 1, 0)
            for key, inner in held.items():
                is_path = not is_jsonata and key.endswith(".$")
                total += 3 + _bytes(key.removesuffix(".$") if is_path else key)
                if not is_path:
                    waiting.append(inner)
        elif isinstance(held, list):
            total += 2 + max(len(held) - 1, 0)
            waiting += held
        elif isinstance(held, str):
            if not (is_jsonata and is_expression(held)):
                total += 2 + _bytes(re.sub(r"\$\{[^}]*\}", "", held))
        else:
            total += 4 if held is None or isinstance(held, bool) else len(str(held))
    return total


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def item_count(map_state: State) -> int | None:
    """How many items a JSONata Map state goes through, where its `Items` say so by themselves."""
    items = map_state.value.get("Items")
    if isinstance(items, (list, dict)):
        return len(items)
    span = _RANGE.fullmatch(items) if isinstance(items, str) else None
    return max(int(span[2]) - int(span[1]) + 1, 0) if span else None


@fact
def least_events(machine: Machine) -> int:
    """The fewest events of one way through a scope that succeeds: two for a state, three more for a task."""
    from heapq import heappop, heappush

    done: set[str] = set()
    waiting = [(0, machine.start or "")]
    while waiting:
        before, name = heappop(waiting)
        state = machine.states.get(name)
        if state is None or name in done:
            continue
        done.add(name)
        cost = before + (5 if state.type == "Task" else 1 if state.type == "Fail" else 2)
        if state.is_terminal:
            return cost
        for target in successors(state):
            heappush(waiting, (cost, target))
    return 0


@fact
def loops(machine: Machine) -> list[frozenset[str]]:
    """The sets of states that can reach each other."""
    return cycles(
        {name: [t for t in successors(s) if t in machine.states] for name, s in machine.states.items()}
    )
