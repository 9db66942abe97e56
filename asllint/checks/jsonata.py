"""JSONata: expressions that AWS refuses, that cannot be evaluated, or that nobody evaluates."""

from collections.abc import Iterator

from asllint.facts.expressions import CONSTANT, JSONATA, LITERAL, Slot, is_expression, texts
from asllint.facts.integration import integration
from asllint.facts.jsonata import Expression, Fault, delimiters
from asllint.facts.jsonata_texts import (
    INSTEAD,
    WANTED,
    expressions,
    hyphenated_names,
    intrinsic_calls,
    literals,
    named,
    names_function,
)
from asllint.finding import Problem, Related
from asllint.model.asl import Definition, State, has_hole, spelled
from asllint.rule import where

REFUSED = "AWS refuses the definition"
FAILS = "the state fails with States.QueryEvaluationError"
INVALID = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"

# These fields have rules of their own, which say as much.
_TOLD_ELSEWHERE = ("Resource", "Label")
# AWS keeps an expression in these as the text that it is.
_NOT_READ = ("ErrorEquals", "CSVHeaders")
TAKES = {"integer": "a number", "number": "a number", "text": "a text", "boolean": "true or false"}
VOLATILE = ("uuid", "now", "millis", "random")
TOKENS = ("clientToken", "clientRequestToken", "idempotencyToken", "messageDeduplicationId")


def _is_jsonata(state: State) -> bool:
    return state.is_jsonata


def _may_be_mistaken(state: State) -> bool:
    """Whether a JSONPath state holds the opening of an expression."""
    return not state.is_jsonata and "{%" in spelled(state)


def _faults(state: State, kind: str, follows: str) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        for fault in expression.faults:
            if fault.kind == kind:
                yield _told(slot, fault, follows)


def _told(slot: Slot, fault: Fault, follows: str) -> Problem:
    """A fault's own words: what is wrong, then what follows; its way out is the help."""
    words, found, way_out = fault.message.partition("; ")
    if not found:
        words, _, way_out = fault.message.partition(": ")
    return Problem(slot.pointer, f"{words}, so {follows}", help=way_out, span=(fault.start, fault.end))


@where(expressions)
def jsonata_syntax(state: State) -> Iterator[Problem]:
    yield from _faults(state, "syntax", f"{REFUSED} ({INVALID})")


@where(expressions)
def newer_jsonata_syntax(state: State) -> Iterator[Problem]:
    yield from _faults(state, "newer-syntax", f"{REFUSED} ({INVALID})")


@where(_is_jsonata)
def jsonata_delimiters(state: State) -> Iterator[Problem]:
    """ "Improperly opening or closing the expression will result in a validation error"."""
    for slot in texts(state):
        fault = delimiters(slot.text) if slot.kind in (LITERAL, JSONATA) and "%" in slot.text else None
        if fault is not None and fault.at_creation and not has_hole(slot.text):
            yield _told(slot, fault, REFUSED)


@where(_is_jsonata)
def embedded_expression(state: State) -> Iterator[Problem]:
    for slot in literals(state):
        fault = delimiters(slot.text) if "{%" in slot.text and not has_hole(slot.text) else None
        if fault is not None and not fault.at_creation and "$" in slot.text[fault.start : fault.end]:
            yield Problem(
                slot.pointer,
                "an expression inside a text is not evaluated: the text is passed on as it is",
                help="let the expression take up the whole text, and join its parts with `&`: "
                "`{% 'Hello ' & $name %}`",
                span=(fault.start, fault.end),
            )


@where(expressions)
def top_level_name(state: State) -> Iterator[Problem]:
    """AWS: "Reference to 'phone' at the top level is not supported."."""
    for slot, expression in expressions(state):
        if not expression.top_level_names:
            continue
        calls = {start for start, _, _ in intrinsic_calls(slot.text)}
        hyphenated = hyphenated_names(slot.text)
        for fault in expression.faults:
            if fault.kind != "top-level-name" or fault.start in calls:
                continue
            told = _told(slot, fault, f"{REFUSED} ({UNSUPPORTED})")
            word = next((word for word in hyphenated if word[0] < fault.start < word[1]), None)
            if word is None:
                yield told
            elif fault.start < word[0] + word[2].index("-") + 2:  # the first part stands for all
                yield told._replace(help=f"quote the name with backticks: `` `{word[2]}` ``")


@where(expressions)
def top_level_context(state: State) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        for fault in expression.faults:
            if fault.kind == "top-level-context":
                follows = f"{REFUSED} ({UNSUPPORTED})" if fault.at_creation else "nothing is read"
                yield _told(slot, fault, follows)


@where(expressions)
def intrinsic_in_jsonata(state: State) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        known = {name.start for name in expression.top_level_names}
        for start, end, name in intrinsic_calls(slot.text):
            if start in known:
                yield Problem(
                    slot.pointer,
                    f"`States.{name}` is no function of JSONata, so {REFUSED} ({UNSUPPORTED})",
                    help=f"use {INSTEAD[name]}" if name in INSTEAD else "",
                    span=(start, end),
                )


@where(_is_jsonata)
def undelimited_expression(state: State) -> Iterator[Problem]:
    for slot in literals(state):
        if not slot.text.startswith(("$states.", "$$.", "States.")) or _is_told_elsewhere(slot):
            continue
        if slot.text.startswith("States.") and not intrinsic_calls(slot.text):
            continue
        instead = slot.text.replace("$$.", "$states.context.", 1)
        way_out = f"write `{{% {instead} %}}`"
        calls = intrinsic_calls(slot.text)
        if calls:
            way_out = "write an expression between `{%` and `%}`"
            way_out += f", with {INSTEAD[calls[0][2]]}" if calls[0][2] in INSTEAD else ""
        yield Problem(slot.pointer, "the text is passed on as it is, not evaluated", help=way_out)


def _is_told_elsewhere(slot: Slot) -> bool:
    if slot.is_whole and slot.type in ("integer", "number", "time", "items", "condition"):
        return True
    if any(str(key).endswith(".$") for key in slot.inside):
        return True
    called = integration(slot.state) if "Task.Token" in slot.text else None
    return called is not None and called.waits_for_token


@where(expressions)
def eval_function(state: State) -> Iterator[Problem]:
    yield from _faults(state, "eval", FAILS)


@where(expressions)
def unknown_jsonata_function(state: State) -> Iterator[Problem]:
    """At run time: "T1006: Attempted to invoke a non-function"."""
    for slot, expression in expressions(state):
        names = {start + len("States.") for start, _, _ in intrinsic_calls(slot.text)}
        for fault in expression.faults:
            if fault.kind == "unknown-function" and fault.start not in names:
                yield _told(slot, fault, FAILS)


@where(expressions)
def wrong_argument_count(state: State) -> Iterator[Problem]:
    yield from _faults(state, "arity", FAILS)


@where(expressions)
def aws_function_argument(state: State) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        for fault in expression.faults:
            if fault.kind == "aws-function-argument":
                words, _, way_out = fault.message.partition("; ")
                words += ", and any other value fails the state with States.QueryEvaluationError"
                yield Problem(slot.pointer, words, help=way_out, span=(fault.start, fault.end))


@where(expressions)
def expression_too_deep(state: State) -> Iterator[Problem]:
    for problem in _faults(state, "depth", FAILS):
        yield problem._replace(help="assign parts of it to variables, and read these")


@where(expressions)
def unknown_states_member(state: State) -> Iterator[Problem]:
    yield from _faults(state, "states-member", "nothing is read")


@where(expressions)
def unknown_context_member(state: State) -> Iterator[Problem]:
    yield from _faults(state, "context-member", "nothing is read")


@where(expressions)
def states_result_not_here(state: State) -> Iterator[Problem]:
    """Whether a Pass state has a result is not documented."""
    if state.type == "Pass":
        return
    has_result = state.type in ("Task", "Parallel", "Map")
    for slot, expression in expressions(state):
        if has_result and slot.inside[0] in ("Output", "Assign"):
            continue
        if not has_result:
            way_out = f"a {state.type} state has no result: read `$states.input`"
        elif slot.inside[0] == "Catch":
            way_out = "a catcher reads the error, `$states.errorOutput`"
        else:
            way_out = "the result is there in the state's `Output` and `Assign`"
        yield from _misplaced(slot, expression, "result", way_out)


@where(expressions)
def states_error_output_not_here(state: State) -> Iterator[Problem]:
    way_out = "the error is there in the `Output` and `Assign` of a catcher"
    for slot, expression in expressions(state):
        if slot.inside[0] != "Catch" or slot.field not in ("Output", "Assign"):
            yield from _misplaced(slot, expression, "errorOutput", way_out)


def _misplaced(slot: Slot, expression: Expression, member: str, way_out: str) -> Iterator[Problem]:
    for access in expression.states:
        if access.names[:1] == (member,):
            where = f"`{slot.field}`" + (" of a catcher" if slot.inside[0] == "Catch" else "")
            yield Problem(
                slot.pointer,
                f"`$states.{member}` does not exist in {where} of a {slot.state.type} state, so {REFUSED}",
                help=way_out,
                span=(access.start, access.members[0].end),
            )


@where(_is_jsonata)
def jsonpath_key_in_jsonata(state: State) -> Iterator[Problem]:
    told = set()
    for slot in texts(state):
        for length, key in enumerate(slot.inside, 1):
            place = slot.inside[:length]
            if isinstance(key, str) and key.endswith(".$") and len(key) > 2 and place not in told:
                told.add(place)
                yield Problem(
                    (*state.pointer, *place),
                    f"`{key}` means nothing in JSONata: a field of just this name is passed on",
                    help=f"name it `{key[:-2]}`, with a value between `{{%` and `%}}`",
                    key=True,
                )


@where(_may_be_mistaken)
def expression_in_jsonpath_state(state: State) -> Iterator[Problem]:
    for slot in texts(state):
        if slot.kind in (LITERAL, CONSTANT) and is_expression(slot.text) and _is_text(slot):
            from asllint.facts.shape import language_of

            if not language_of(state):
                return  # what is wrong is how the query language is written
            yield Problem(
                slot.pointer,
                f"`{state.name}` is a JSONPath state: the expression is passed on as a text, not evaluated",
                help='give the state `"QueryLanguage": "JSONata"`, or write a path, its key ending in `.$`',
            )


def _is_text(slot: Slot) -> bool:
    if slot.kind == LITERAL:
        return slot.type in ("payload", "payload-object", "text")
    return slot.field == "Result" or slot.field.startswith("String")


@where(_is_jsonata)
def expression_in_constant_field(state: State) -> Iterator[Problem]:
    """ "Not all ASL fields accept JSONata"."""
    for slot in texts(state):
        if slot.field in _TOLD_ELSEWHERE or slot.field in _NOT_READ:
            continue
        if slot.kind == CONSTANT and is_expression(slot.text):
            if slot.type == "payload-object":
                words, way_out = "takes an object", "the values in the object may be expressions"
            else:
                words = f"takes {TAKES.get(slot.type, 'a constant')}"
                way_out = "write the value itself: this field is fixed when the state machine is created"
            yield Problem(
                slot.pointer,
                f"`{slot.field}` {words}, not an expression, so {REFUSED}",
                help=way_out,
            )


@where(expressions)
def non_boolean_condition(state: State) -> Iterator[Problem]:
    yield from _of_wrong_kind(state, ("condition",))


@where(expressions)
def wrong_result_kind(state: State) -> Iterator[Problem]:
    yield from _of_wrong_kind(state, ("integer", "number", "time", "text", "items"))


def _of_wrong_kind(state: State, types: tuple[str, ...]) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        kinds = expression.result_kinds
        if slot.type not in types or not slot.is_whole or not kinds or kinds == {"function"}:
            continue
        wanted, words, way_out = WANTED[slot.type]
        if kinds.isdisjoint(wanted | {"unknown"}):
            given = " or ".join(named(kind) for kind in sorted(kinds))
            message = f"`{slot.field}` wants {words}, and the expression gives {given}, so {FAILS}"
            yield Problem(slot.pointer, message, help=way_out)


@where(expressions)
def function_result(state: State) -> Iterator[Problem]:
    """ "returned an unsupported result type", "returned nothing (undefined)"."""
    for slot, expression in expressions(state):
        is_function = expression.result_kinds == {"function"} or names_function(slot, expression)
        if is_function or (expression.is_known and not expression.result_kinds):
            given = "a function" if is_function else "nothing"
            way_out = "call the function" if is_function else "give it a value, `null` at least"
            yield Problem(slot.pointer, f"the expression gives {given}, so {FAILS}", help=way_out)


@where(expressions)
def constant_expression(state: State) -> Iterator[Problem]:
    for slot, expression in expressions(state):
        if expression.is_constant and slot.type != "condition":
            yield Problem(slot.pointer, "the expression is a constant", help="write the value itself in JSON")


def filter_as_items(map_state: State) -> Iterator[Problem]:
    for slot, expression in expressions(map_state):
        if slot.field != "Items" or not slot.is_whole or not expression.is_known:
            continue
        from asllint.facts.jsonata_results import sequence

        given = sequence(slot.text)
        if given is not None:
            name = "a filter" if given == "filter" else f"`{given}`"
            yield Problem(
                slot.pointer,
                f"{name} gives a single value itself, not an array of it, and in place of none nothing",
                help=f"put brackets around it: `{{% [{slot.text[2:-2].strip()}] %}}`",
            )


def retried_idempotency_token(task: State) -> Iterator[Problem]:
    if not task.retriers:
        return
    for slot, expression in expressions(task):
        key = str(slot.inside[-1])
        if slot.field != "Arguments" or key[:1].lower() + key[1:] not in TOKENS:
            continue
        for call in expression.calls:
            if call.name in VOLATILE:
                yield Problem(
                    slot.pointer,
                    f"`${call.name}` may give each retry another `{key}`, so that its work is done twice",
                    help="take it from the execution, `$states.context.Execution.Id`, or assign it before",
                    span=(call.start, call.end),
                )


def mixed_query_languages(definition: Definition) -> Iterator[Problem]:
    first: dict[str, State] = {}
    for state in definition.states:
        if state.is_known:
            first.setdefault(state.language, state)
    if len(first) > 1:
        one, other = first.values()
        yield Problem(
            other.pointer,
            f"`{other.name}` is a {other.language} state, `{one.name}` a {one.language} state",
            help='move all states to JSONata, and write `"QueryLanguage": "JSONata"` once, at the top',
            related=(Related(one.pointer, f"the first {one.language} state"),),
        )
