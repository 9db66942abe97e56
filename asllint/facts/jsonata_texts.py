"""The texts of JSONata states as their fields see them: expressions, their calls, what they should give."""

import re
from collections.abc import Iterator

from asllint.facts.expressions import JSONATA, LITERAL, Slot, slots, texts
from asllint.facts.jsonata import Expression, parse
from asllint.facts.variables import everywhere
from asllint.model.asl import State, fact

# What does the work of an intrinsic function in JSONata.
INSTEAD = {
    "Array": "`[a, b]`", "ArrayContains": "`value in array`", "ArrayGetItem": "`array[index]`",
    "ArrayLength": "`$count(array)`", "ArrayPartition": "`$partition(array, size)`",
    "ArrayRange": "`$range(first, last, step)`", "ArrayUnique": "`$distinct(array)`",
    "Base64Decode": "`$base64decode(text)`", "Base64Encode": "`$base64encode(text)`",
    "Format": "`&`, which joins texts", "Hash": "`$hash(text, algorithm)`", "JsonMerge": "`$merge([a, b])`",
    "JsonToString": "`$string(value)`", "MathAdd": "`+`", "MathRandom": "`$random()`",
    "StringSplit": "`$split(text, separator)`", "StringToJson": "`$parse(text)`", "UUID": "`$uuid()`",
}  # fmt: skip

# What the types of fields that take an expression want it to give.
WANTED = {
    "integer": (frozenset(["number"]), "a number", "make it one with `$number( )`"),
    "number": (frozenset(["number"]), "a number", "make it one with `$number( )`"),
    "time": (frozenset(["string"]), "a text", "make it one with `$string( )`"),
    "text": (frozenset(["string"]), "a text", "make it one with `$string( )`"),
    "items": (
        frozenset(["array", "object"]),
        "an array or an object",
        "put brackets around it for an array of one",
    ),
    "condition": (
        frozenset(["boolean"]),
        "a boolean",
        "compare it, or ask `$boolean( )` whether it is empty",
    ),
}


@fact
def expressions(state: State) -> tuple[tuple[Slot, Expression], ...]:
    """Every expression of a state."""
    if not state.is_jsonata:
        return ()
    return tuple((slot, parse(slot.text)) for slot in slots(state) if slot.kind == JSONATA)


def literals(state: State) -> Iterator[Slot]:
    """Every text of a JSONata state that stands where an expression may stand, and is none."""
    yield from (slot for slot in texts(state) if slot.kind == LITERAL)


def intrinsic_calls(text: str) -> list[tuple[int, int, str]]:
    """Where a text calls intrinsic functions, which JSONPath has and JSONata has not: start, end, name."""
    if "States." not in text:
        return []
    return [(call.start(), call.end(1), call[1]) for call in re.finditer(r"\bStates\.(\w+)\s*\(", text)]


def hyphenated_names(text: str) -> list[tuple[int, int, str]]:
    """Steps of paths that JSONata reads as subtractions, for want of backticks: start, end, name."""
    return [(name.start(1), name.end(1), name[1]) for name in re.finditer(r"\.(\w+(?:-[^\W\d]\w*)+)", text)]


def named(kind: str) -> str:
    """A kind of value with its article."""
    if kind == "null":
        return kind
    return f"an {kind}" if kind[0] in "ao" else f"a {'text' if kind == 'string' else kind}"


def names_function(slot: Slot, expression: Expression) -> bool:
    """Whether an expression is the name of a function and no more: `{% $sum %}`."""
    text = slot.text[2:-2].strip()
    is_name = any(text == f"${name}" for name, _, _ in expression.function_values)
    return is_name and text[1:] not in everywhere(slot.state.definition)
