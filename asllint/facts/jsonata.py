"""What a JSONata expression says: what it reads and calls, what it gives, and what is wrong with it."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from asllint.near import hint
from asllint.record import Record

if TYPE_CHECKING:
    from asllint.facts.jsonata_syntax import Broken
    from asllint.facts.jsonata_walk import Access, Call, Reference, Walk

Place = TypeVar("Place", "Fault", "Reference", "Access", "Call")
OPENING, CLOSING = "{%", "%}"
STATES_MEMBERS = ("input", "result", "errorOutput", "context")
TASK_TOKEN = ("context", "Task", "Token")
# https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
OWN = ("hash", "parse", "partition", "random", "range", "uuid")

# Evaluation goes a hundred levels deep, measured: github.com/floci-io/floci/pull/2783
DEEPEST = 100
# Far beyond what a person writes, and below what would keep a reader waiting.
LONGEST = 100_000


class Fault(Record):
    """What is wrong, and where in the field's text. `at_creation`: AWS refuses it; else it fails later."""

    kind: str
    start: int
    end: int
    message: str
    at_creation: bool


class Expression(Record):
    """All that is known of one expression; places are offsets into the field's whole text, `{%` included.

    `is_known` is false where the text does not parse, be it on account of a substitution (`${Name}`): then
    nothing but `faults` says anything. `calls` are of functions that the expression does not define itself.
    `variables` are read and not bound by the expression. One with the name of a built-in function is among
    `function_values`: the function, unless the machine assigns a variable of that name. Of `result_kinds`,
    `unknown` may be any kind.
    """

    text: str
    faults: "tuple[Fault, ...]" = ()
    variables: "tuple[Reference, ...]" = ()
    function_values: "tuple[Reference, ...]" = ()
    states: "tuple[Access, ...]" = ()
    calls: "tuple[Call, ...]" = ()
    top_level_names: "tuple[Reference, ...]" = ()
    top_level_context: "tuple[Reference, ...]" = ()
    is_constant: bool = False
    value: Any = None
    result_kinds: frozenset[str] = frozenset(["unknown"])
    is_known: bool = False

    @property
    def reads_input(self) -> tuple[tuple[str, ...], ...]:
        """The names that follow each `$states.input`."""
        return tuple(access.names[1:] for access in self.states if access.names[:1] == ("input",))

    @property
    def reads_task_token(self) -> bool:
        """Whether the task token, or something that holds it, is read."""
        return any(access.names[:3] == TASK_TOKEN[: len(access.names)] for access in self.states)

    @property
    def uses_eval(self) -> bool:
        return any(fault.kind == "eval" for fault in self.faults)


def is_expression(value: object) -> bool:
    """Whether a field's value is evaluated: a text between `{%` and `%}`, with or without blanks inside."""
    return (
        isinstance(value, str)
        and len(value) >= len(OPENING + CLOSING)
        and value.startswith(OPENING)
        and value.endswith(CLOSING)
    )


def delimiters(text: str) -> Fault | None:
    """What is wrong with the delimiters of a text that is, or was meant to be, an expression.

    "Improperly opening or closing the expression will result in a validation error":
    docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
    """
    if is_expression(text):
        if text[2:-2].strip():
            return None
        return Fault("empty", 0, len(text), "the expression is empty", at_creation=True)
    opens, closes, trimmed = text.startswith(OPENING), text.endswith(CLOSING), text.strip()
    if len(trimmed) < len(text) and is_expression(trimmed):
        before = len(text) - len(text.lstrip())
        start, end = (0, before) if before else (len(trimmed), len(text))
        return Fault("blank", start, end, "no blank may stand outside `{%` and `%}`", at_creation=True)
    opened, closed = text.find(OPENING), text.rfind(CLOSING)
    if 0 <= opened <= closed - len(OPENING):
        message = "an expression takes up the whole text: join its parts inside `{%` and `%}` with `&`"
        return Fault("embedded", opened, closed + 2, message, at_creation=opens or closes)
    if opens:
        return Fault("unclosed", 0, 2, "the expression is not closed: it ends with `%}`", at_creation=True)
    if closes:
        message = "the expression is not opened: it starts with `{%`"
        return Fault("unopened", len(text) - 2, len(text), message, at_creation=True)
    return None


@lru_cache(maxsize=8192)
def parse(text: str) -> Expression:
    """What is known of a field's value that `is_expression`. Never raises."""
    if not is_expression(text) or not text[2:-2].strip() or len(text) > LONGEST:
        return Expression(text)
    from asllint.facts.jsonata_syntax import Broken, tree
    from asllint.facts.jsonata_values import UNKNOWN, constant, kinds
    from asllint.facts.jsonata_walk import Walk

    source = _without_holes(f"  {text[2:-2]}  ")
    root = tree(source)
    if root is None:
        return Expression(text)
    if isinstance(root, Broken):
        return Expression(text, (_syntax(text, root),) if source[2:-2] == text[2:-2] else ())
    walk = Walk(source, root)
    value = constant(root)
    return Expression(
        text=text,
        faults=_in_order(_faults(text, walk)),
        variables=_in_order(name for name in walk.variables if name.name != "eval"),
        function_values=_in_order(walk.function_values),
        states=_in_order(walk.states),
        calls=_in_order(walk.calls),
        top_level_names=_in_order(walk.top_level_names),
        top_level_context=_in_order(walk.top_level_context),
        is_constant=value is not UNKNOWN,
        value=None if value is UNKNOWN else value,
        result_kinds=kinds(root, walk.bound),
        is_known=True,
    )


def _in_order(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: (place.start, place.end)))


def _without_holes(source: str) -> str:
    """The text with a variable in place of each substitution; `${"a": b}` and `${}` are JSONata's own."""
    if "${" not in source:
        return source
    import re

    from asllint.facts.jsonata_values import HOLE

    hole = re.compile(r"\$\{(?:[^{}:\"'\s]|::)+\}")
    return hole.sub(lambda found: "$" + HOLE * (len(found[0]) - 1), source)


def _syntax(text: str, broken: "Broken") -> Fault:
    if broken.code == "depth":
        return _too_deep(broken.start, broken.end)
    kind = "newer-syntax" if broken.code == "newer" else "syntax"
    way_out = "; one text holds one expression: join its parts with `&`" if CLOSING in text[2:-2] else ""
    return Fault(kind, broken.start, broken.end, broken.message + way_out, at_creation=True)


def _too_deep(start: int, end: int) -> Fault:
    message = f"the expression is nested more than {DEEPEST} levels deep: it is not evaluated"
    return Fault("depth", start, end, message, at_creation=False)


def _faults(text: str, walk: "Walk") -> Iterator[Fault]:
    yield from _context_item(text, walk)
    yield from _calls(text, walk)
    yield from _members(walk.states)
    inner = text[2:-2]
    if walk.deepest > DEEPEST:
        yield _too_deep(2 + len(inner) - len(inner.lstrip()), 2 + len(inner.rstrip()))


def _context_item(text: str, walk: "Walk") -> Iterator[Fault]:
    import re

    called = {reference.start for reference in walk.bare_calls}
    for name, start, end in walk.top_level_names:
        message = f"`{name}` is read from a context item, and there is none at the top level; "
        if start in walk.parameters:
            message = f"`{name}` is read from a context item, and a function has none of its own; "
            message += f"write `${walk.parameters[start]}.{name}`, or `${name}` for a variable"
        elif start in called:
            message += f"a function's name starts with `$`: write `${name}`"
        elif name == "states":
            message += "did you mean `$states`?"
        elif text[start - 1] == "-" and text[start - 2].isalnum():
            word = re.search(r"[\w-]*\Z", text[: start - 1])
            is_variable = word is not None and text[: word.start()].endswith("$")
            message += (
                "a variable's name has no hyphen: write `_`"
                if is_variable
                else f"a name with a hyphen stands in backticks: `` `…-{name}` ``"
            )
        else:
            message += f"write `$states.input.{name}`, or `${name}` for a variable"
        yield Fault("top-level-name", start, end, message, at_creation=True)
    for name, start, end in walk.top_level_context:
        message = f"`${name}` has no value at the top level; write `$states.input`"
        if start in walk.parameters:
            message = f"`${name}` has no value in a function; write `${walk.parameters[start]}`"
        yield Fault("top-level-context", start, end, message, at_creation=True)
    for _, start, end in walk.nested_roots:
        message = "`$$` has no value in Step Functions; write `$states.input`"
        yield Fault("top-level-context", start, end, message, at_creation=False)


def _calls(text: str, walk: "Walk") -> Iterator[Fault]:
    from asllint.facts.jsonata_functions import FUNCTIONS

    refused = {reference.start for reference in walk.top_level_names}

    for reference in walk.variables:
        if reference.name == "eval":
            yield _no_eval(reference.start, reference.end)
    for name, start, end in walk.bare_calls:
        if start in refused:
            continue
        message = f"`{name}` is not a function" + (f": write `${name}`" if name in FUNCTIONS else _near(name))
        yield Fault("unknown-function", start, end, message, at_creation=False)
    for call in walk.calls:
        if call.name == "eval":
            yield _no_eval(call.start, call.end)
        elif call.name not in FUNCTIONS:
            message = f"`${call.name}` is not a function{_near(call.name)}"
            yield Fault("unknown-function", call.start, call.end, message, at_creation=False)
        else:
            inner = text[2:-2]
            is_whole = call.start == 2 + len(inner) - len(inner.lstrip()) and inner.rstrip().endswith(")")
            yield from _arguments(call, is_whole and len(walk.calls) == 1)


def _near(name: str) -> str:
    from asllint.facts.jsonata_functions import FUNCTIONS

    return hint(f"${name}", [f"${known}" for known in FUNCTIONS])


def _no_eval(start: int, end: int) -> Fault:
    return Fault("eval", start, end, "`$eval` is not available; `$parse` reads JSON", at_creation=False)


def _arguments(call: "Call", is_whole: bool) -> Iterator[Fault]:
    """What AWS's own functions cannot take gives nothing: a field fails, a larger expression need not."""
    from asllint.facts.jsonata_functions import FUNCTIONS

    function, given = FUNCTIONS[call.name], len(call.arguments)
    is_lenient = call.name in OWN and not is_whole
    if given > function.most or (given < function.fewest and not (call.is_partial or is_lenient)):
        message = f"`${call.name}` takes {function.wants}, not {given}"
        yield Fault("arity", call.start, call.end, message, at_creation=False)
        return
    for index, check in _LITERALS.get(call.name, ()):
        if index >= given or is_lenient:
            continue
        value, start, end = call.arguments[index]
        wrong = check(value) if end else None
        if wrong is not None:
            yield Fault("aws-function-argument", start, end, f"`${call.name}`: {wrong}", at_creation=False)


def _algorithm(value: Any) -> str | None:
    from asllint.facts.jsonata_functions import HASH_ALGORITHMS

    if value in HASH_ALGORITHMS:
        return None
    return f"the algorithm is one of {', '.join(HASH_ALGORITHMS)}{hint(str(value), HASH_ALGORITHMS)}"


def _size(value: Any) -> str | None:
    # rounded towards zero, as AWS does
    return None if _is_number(value) and int(value) > 0 else "the size of a part is a number above 0"


def _step(value: Any) -> str | None:
    return None if _is_number(value) and int(value) != 0 else "the step is a number other than 0"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_LITERALS = {"hash": ((1, _algorithm),), "partition": ((1, _size),), "range": ((2, _step),)}


def _members(states: "Iterable[Access]") -> Iterator[Fault]:
    from asllint.model import context

    for access in states:
        if not access.members:
            continue
        name, start, end = access.members[0]
        if name not in STATES_MEMBERS:
            message = f"`$states` has no member `{name}`{hint(name, STATES_MEMBERS)}"
            yield Fault("states-member", start, end, message, at_creation=False)
        elif name == "context":
            unknown = context.unknown_member(access.names[1:])
            if unknown is not None:
                name, start, end = access.members[unknown + 1]
                meant = context.near(access.names[1:])
                message = f"the Context Object has no member `{'.'.join(access.names[1 : unknown + 2])}`"
                message += f"; did you mean `{meant}`?" if meant else ""
                yield Fault("context-member", start, end, message, at_creation=False)
