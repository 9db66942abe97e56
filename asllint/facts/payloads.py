"""Data between states: which fields a state's input or output certainly has, and which reads find nothing."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from asllint.facts.expressions import JSONATA, Slot, slots
from asllint.facts.integration import integration
from asllint.loader.pointer import Pointer
from asllint.model.asl import Catcher, Machine, State, is_unknown
from asllint.model.paths import Path, parse
from asllint.record import Record

MOST_FIELDS = 64  # beyond, an object counts as unknown

# The fields whose paths read a state's input after InputPath. A Choice Rule may ask first what there is.
_READING = frozenset((
    "Parameters", "ItemsPath", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "Credentials",
    "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath", "SecondsPath",
    "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ErrorPath", "CausePath",
))  # fmt: skip


class Known(NamedTuple):
    """An object: its fields as far as they are known, and whether there may be others."""

    fields: "dict[str, Shape]"
    is_open: bool = False


Shape: TypeAlias = Known | None  # None: nothing is known

NOTHING = Known({})
ERROR_OUTPUT = Known({"Error": None, "Cause": None})
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html and the Invoke API
INVOKED = Known(dict.fromkeys((
    "ExecutedVersion", "FunctionError", "LogResult", "Payload", "SdkHttpMetadata", "SdkResponseMetadata",
    "StatusCode",
)))  # fmt: skip


class Absent(Record):
    """A path that selects a field which is not there."""

    pointer: Pointer
    span: tuple[int, int]
    name: str
    present: tuple[str, ...]
    holder: str
    origin: Pointer | None = None


def of_literal(value: Any) -> Shape:
    if not isinstance(value, dict) or is_unknown(value):
        return None
    fields = {k: of_literal(v) if v.__class__ is dict else None for k, v in value.items()}
    return Known(fields, _has_open_name(value))


def of_template(value: Any) -> Shape:
    """What a payload template makes: the fields are known, what a path selects is not."""
    if not isinstance(value, dict) or is_unknown(value):
        return None
    fields: dict[str, Shape] = {}
    for key, held in value.items():
        if key[-2:] == ".$":
            fields[key[:-2]] = None
        else:
            fields[key] = of_template(held) if held.__class__ is dict else None
    return Known(fields, _has_open_name(value))


def _has_open_name(value: dict[str, Any]) -> bool:
    return "${" in "\n".join(value)


def output(state: State, given: Shape) -> Shape:
    """What a state that succeeds hands on."""
    value = state.value
    if state.is_jsonata:
        if "Output" in value:
            return of_literal(value["Output"])
        return given if state.type in ("Pass", "Wait") else None
    return _selected(_combined(state, given), value.get("OutputPath", "$"))


def _combined(state: State, given: Shape) -> Shape:
    """The output before OutputPath."""
    value, effective = state.value, _effective(state, given)
    if state.type not in ("Pass", "Task", "Parallel", "Map"):
        return effective
    if state.type != "Pass":
        has_selector = "ResultSelector" in value
        result = of_template(value["ResultSelector"]) if has_selector else _of_call(state)
    elif "Result" in value:
        result = None if "Parameters" in value else of_literal(value["Result"])
    else:
        result = of_template(value["Parameters"]) if "Parameters" in value else effective
    return _placed(state, given, value.get("ResultPath", "$"), result)


def _of_call(state: State) -> Shape:
    """What a call gives: of Lambda's, an object around what the function gives."""
    called = integration(state)
    return INVOKED if called is not None and called.call == "lambda:invoke" and not called.pattern else None


def caught(state: State, given: Shape, catcher: dict[str, Any]) -> Shape:
    """What a Catcher hands on."""
    if state.is_jsonata:
        return of_literal(catcher["Output"]) if "Output" in catcher else None
    return _placed(state, given, catcher.get("ResultPath", "$"), ERROR_OUTPUT)


def _placed(state: State, given: Shape, place: Any, result: Shape) -> Shape:
    """The input with a result where ResultPath says."""
    if place == "$":
        return result
    base = None if "InputPath" in state.value else given
    if place is None:
        return base
    path = parse(place) if isinstance(place, str) else None
    if not isinstance(path, Path) or path.root != "$" or len(path.names) < len(path.segments):
        return None
    return _inserted(base, path.names, result)


def _inserted(base: Shape, names: tuple[str, ...], result: Shape) -> Shape:
    if not names:
        return result
    if base and len(base.fields) > MOST_FIELDS:
        return None
    fields = dict(base.fields) if base else {}
    fields[names[0]] = _inserted(fields.get(names[0]), names[1:], result)
    return Known(fields, base is None or base.is_open)


def _effective(state: State, given: Shape) -> Shape:
    return given if state.is_jsonata else _selected(given, state.value.get("InputPath", "$"))


def _selected(shape: Shape, text: Any) -> Shape:
    if text == "$" or text is None:
        return shape if text else NOTHING
    path = parse(text) if isinstance(text, str) else None
    if not isinstance(path, Path) or path.root != "$" or len(path.names) < len(path.segments):
        return None
    for name in path.names:
        shape = shape.fields.get(name) if shape else None
    return shape


# One way into a state: its name, what is known of the data on the way, and who hands it on, a state, its
# Catcher, or the state around the scope.
Entry: TypeAlias = tuple[str, Shape, State | Catcher | None]


def absent(machine: Machine) -> Iterator[Absent]:
    """Every read in a scope that certainly finds nothing, each once.

    Data is followed into a state that has one way in; of others each way is looked at by itself.
    """
    told: set[Pointer] = set()
    for read in _of_scope(machine):
        if read.pointer not in told:
            told.add(read.pointer)
            yield read


def _of_scope(machine: Machine) -> Iterator[Absent]:
    states = machine.states
    ways_in: dict[str, int] = {machine.start or "": 1}
    for state in states.values():
        for transition in state.transitions:
            ways_in[transition.target] = ways_in.get(transition.target, 0) + 1
    done: set[str] = set()
    waiting: list[Entry] = [(name, None, None) for name in reversed(states) if ways_in.get(name, 0) != 1]
    waiting.append(_start(machine))
    rest = iter(states)
    while True:
        if not waiting:
            name = next((name for name in rest if name not in done), None)
            if name is None:
                return
            waiting.append((name, None, None))
        name, shape, giver = waiting.pop()
        entered = states.get(name)
        if entered is None:
            continue
        if not entered.is_jsonata:
            yield from reads(entered, shape, giver)
        if name in done or (shape is not None and ways_in.get(name, 0) > 1):
            continue
        done.add(name)
        waiting += [way for way in _ways_out(entered, shape) if way[1] or way[0] not in done]


def _ways_out(state: State, given: Shape) -> list[Entry]:
    """The ways out of a state. Behind a Choice state nothing is known: it may have asked what there is."""
    if state.type == "Choice":
        return [(transition.target, None, None) for transition in state.transitions]
    catchers = state.catchers if "Catch" in state.value else ()
    ways: list[Entry] = [(c.text("Next") or "", caught(state, given, c.value), c) for c in catchers]
    return [*ways, (state.text("Next") or "", output(state, given), state)]


def _start(machine: Machine) -> Entry:
    """The way into a scope: an item that a Map state selects, the parameters of a Parallel state."""
    owner, start = machine.owner, machine.start or ""
    if owner is None or "ItemBatcher" in owner:
        return start, None, None
    written = owner.value.get(_handed_on(owner))
    return start, of_literal(written) if owner.is_jsonata else of_template(written), owner


def _handed_on(owner: State) -> str:
    """The field of a Map or Parallel state that makes what is handed on to the states in it."""
    return next((f for f in ("ItemSelector", "Parameters", "Arguments") if f in owner), "")


def _words(giver: State | Catcher | None, machine: Machine) -> str:
    """What a way into a state of a scope is called."""
    if isinstance(giver, Catcher):
        return f"the error output that `Catch` of `{giver.state.name}` hands on"
    if giver is None:
        return ""
    if giver is machine.owner:
        return f"`{_handed_on(giver)}` of `{giver.name}`"
    return f"the output of `{giver.name}`"


def reads(state: State, given: Shape, giver: State | Catcher | None) -> Iterator[Absent]:
    """The paths of a JSONPath state that select what is not in its input, or not in its output."""
    effective = _effective(state, given)
    if given is None and effective is None and "OutputPath" not in state.value:
        return
    for slot in slots(state):
        first = slot.inside[0]
        if first == "OutputPath":
            shape = _combined(state, given)
        elif first == "InputPath":
            shape = given
        else:
            shape = effective if first in _READING or _is_compared_first(slot) else None
        for span, name, present in _missing(slot, shape) if shape is not None else ():
            is_cut_off = state.value.get("InputPath", "") is None
            origin = giver.pointer if given and giver and not is_cut_off else None
            if first == "OutputPath":
                holder = f"the output of `{state.name}`"
            else:
                holder = "the input after `InputPath: null`" if is_cut_off else _words(giver, state.machine)
            yield Absent(slot.pointer, span, name, present, holder, origin)


def _is_compared_first(slot: Slot) -> bool:
    """Whether a Choice state compares a value before anything else, and does not ask what it is."""
    if slot.inside[0] != "Choices" or any(key for key in slot.inside if isinstance(key, int)):
        return False
    rule = slot.state.value
    for key in slot.inside[:-1]:
        rule = rule[key]  # type: ignore[index]
    return not any(test.startswith("Is") for test in rule)


def _missing(slot: Slot, shape: Known) -> Iterator[tuple[tuple[int, int], str, tuple[str, ...]]]:
    """The names that a text reads and an object does not have: where, which, and what it has."""
    for path in _references(slot.text):
        found: Shape = shape
        for segment, name in zip(path.segments, path.names, strict=False):
            if found is None:
                break
            if name not in found.fields:
                if not found.is_open:
                    span = (segment.start, segment.end)
                    yield span, name, tuple(found.fields)
                break
            found = found.fields[name]


@lru_cache(maxsize=50_000)
def _references(text: str) -> tuple[Path, ...]:
    """The Reference Paths into the input that must select something: those in filters need not."""
    if text[:1] == "$":
        parts: list[Any] = [parse(text)]
    else:
        from asllint.model import intrinsics

        parts, waiting = [], [intrinsics.parse(text)]
        while waiting:
            part: Any = waiting.pop()
            if isinstance(part, intrinsics.Call):
                waiting += reversed(part.arguments)  # type: ignore[arg-type]
            else:
                parts.append(part)
    return tuple(part for part in parts if isinstance(part, Path) and part.root == "$" and part.is_reference)


def unbatched_reads(map_state: State) -> Iterator[Absent]:
    """What the first state of an item processor looks for in a batch beside its items and `BatchInput`."""
    batcher, processor = map_state.object("ItemBatcher"), map_state.processor
    first = processor.states.get(processor.start or "") if processor else None
    if batcher is None or first is None:
        return
    names = ("Items", "BatchInput") if {"BatchInput", "BatchInput.$"} & batcher.keys() else ("Items",)
    if first.is_jsonata:
        yield from _of_expressions(first, names)
        return
    for read in reads(first, Known(dict.fromkeys(names)), None):
        if read.present == names:
            yield read


def _of_expressions(first: State, names: tuple[str, ...]) -> Iterator[Absent]:
    import re

    for slot in slots(first):
        if slot.kind == JSONATA:
            for read in re.finditer(r"\$states\.input\.(\w+)", slot.text):
                if read[1] not in names:
                    yield Absent(slot.pointer, read.span(1), read[1], names, "")
