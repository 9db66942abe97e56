"""Intrinsic functions: calls that AWS refuses, calls that fail when they are evaluated, calls of no use."""

from collections.abc import Iterator

from asllint.facts.expressions import PATH_OR_INTRINSIC, Slot, telling
from asllint.finding import Problem
from asllint.model.asl import State, fact
from asllint.model.functions import FUNCTIONS, Argument, Call, Fault, Literal
from asllint.model.intrinsics import looks_like_intrinsic, parse
from asllint.model.paths import Path
from asllint.rule import where

_REFUSED = "AWS refuses the definition"
_FAILS = "the state fails with States.IntrinsicFailure"


@fact
def _calls(state: State) -> tuple[tuple[Slot, Call | Fault], ...]:
    """What a state calls, each with the text that does; what goes wrong in a text is known to its parser."""
    return tuple(
        (slot, parse(slot.text))
        for slot in telling(state)
        if slot.kind == PATH_OR_INTRINSIC and looks_like_intrinsic(slot.text)
    )


def _faults(state: State, kind: str) -> Iterator[Problem]:
    for slot, call in _calls(state):
        for fault in (call,) if isinstance(call, Fault) else call.faults:
            if fault.kind == kind:
                message, _, way_out = fault.message.partition("; ")
                yield Problem(
                    slot.pointer,
                    f"{message}: {_REFUSED if fault.at_creation else _FAILS}",
                    help=f"did you mean `{fault.suggestion}`?"
                    if way_out.startswith("did you mean ")
                    else way_out,
                    span=(fault.start, fault.end),
                )


@where(_calls)
def intrinsic_syntax(state: State) -> Iterator[Problem]:
    """AWS: "must be a valid JSONPath or a valid intrinsic function call"."""
    yield from _faults(state, "syntax")


@where(_calls)
def unknown_intrinsic_function(state: State) -> Iterator[Problem]:
    yield from _faults(state, "unknown-function")


@where(_calls)
def intrinsic_escape(state: State) -> Iterator[Problem]:
    yield from _faults(state, "escape")


@where(_calls)
def intrinsic_arity(state: State) -> Iterator[Problem]:
    yield from _faults(state, "arity")


@where(_calls)
def intrinsic_argument(state: State) -> Iterator[Problem]:
    yield from _faults(state, "argument")


@where(_calls)
def format_placeholders(state: State) -> Iterator[Problem]:
    yield from _faults(state, "format-placeholders")


@where(_calls)
def intrinsic_nesting(state: State) -> Iterator[Problem]:
    yield from _faults(state, "nesting")


def intrinsic_gives_no_string(fail: State) -> Iterator[Problem]:
    """ErrorPath and CausePath take a call only if it gives a string; States.StringToJson, which may give
    anything, is none of those that AWS lists.
    """
    for slot, call in _calls(fail):
        if slot.is_payload or not isinstance(call, Call) or call.opaque:
            continue
        function = FUNCTIONS.get(call.name)
        if function is not None and (function.gives not in ("string", "any") or call.name == PARSER):
            yield Problem(
                slot.pointer,
                f"`{slot.field}` takes a string, but States.{call.name} gives {_A[function.gives]}",
                help="put it into a text: `States.JsonToString(...)`",
                span=(call.start, call.start + len("States.") + len(call.name)),
            )


PARSER = "StringToJson"
_A = {
    "any": "anything",
    "array": "an array",
    "boolean": "a boolean",
    "number": "a number",
    "object": "an object",
}


@where(_calls)
def weak_hash(state: State) -> Iterator[Problem]:
    for slot, call in _all_calls(state):
        algorithm = call.arguments[1] if call.name == "Hash" and len(call.arguments) == 2 else None
        if isinstance(algorithm, Literal) and algorithm.value in ("MD5", "SHA-1"):
            yield Problem(
                slot.pointer,
                f"{algorithm.value} is no safe hash: two texts with the same one can be made",
                help="use 'SHA-256' where anybody might want to deceive you",
                span=(algorithm.start, algorithm.end),
            )


@where(_calls)
def needless_conversion(state: State) -> Iterator[Problem]:
    for slot, call in _all_calls(state):
        message = _needless(call)
        if message:
            yield Problem(slot.pointer, message, help="write the argument alone", span=(call.start, call.end))


def _needless(call: Call) -> str:
    first = call.arguments[0] if call.arguments else None
    if call.name == "StringToJson" and isinstance(first, Call) and first.name == "JsonToString":
        return "States.StringToJson undoes States.JsonToString: the value stays what it was"
    if call.name == "Base64Decode" and isinstance(first, Call) and first.name == "Base64Encode":
        return "States.Base64Decode undoes States.Base64Encode: the text stays what it was"
    is_bare = isinstance(first, Literal) and first.value == "{}" and len(call.arguments) == 2
    if call.name == "Format" and is_bare and _is_text(call.arguments[1]):
        return "States.Format with the template '{}' gives the text that it takes"
    return ""


def _is_text(argument: Argument) -> bool:
    if isinstance(argument, Path):
        return argument.root == "$$" and argument.names[-1:] in (("Id",), ("Name",), ("Token",))
    if isinstance(argument, Call):
        return argument.name in FUNCTIONS and FUNCTIONS[argument.name].gives == "string"
    return argument.kind == "string"


def _all_calls(state: State) -> Iterator[tuple[Slot, Call]]:
    """Every call with those inside it, the inner ones after the one that holds them."""
    for slot, outer in _calls(state):
        waiting: list[Argument | Fault] = [outer]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Call):
                yield slot, part
                waiting += reversed(part.arguments)
