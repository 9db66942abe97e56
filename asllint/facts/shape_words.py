"""What to say of a fault of shape: the fault in the user's names, what it does, and the way out."""

from collections.abc import Callable, Mapping

from asllint.data.fields import COMBINATIONS, JSONATA, JSONPATH, STATES, TYPE
from asllint.facts import shape
from asllint.facts.expressions import is_expression
from asllint.facts.shape import Fault
from asllint.facts.shape_terms import (
    ENDS,
    FILLING,
    IN_JSONATA,
    IN_JSONPATH,
    LACKING,
    TYPES,
    kind_of,
    listed,
    quoted,
    shown,
    subject,
)
from asllint.finding import Problem, Related
from asllint.model.asl import Machine, State
from asllint.near import near

LONGEST_NUMBER = 40


def problem(fault: Fault) -> Problem:
    """The fault as a check tells it."""
    return WORDS[fault.kind](fault)


def _name(fault: Fault) -> str:
    """The field, with the number of the element where the fault is one of a list's."""
    last = fault.pointer[-1]
    return f"`{fault.field}[{last}]`" if isinstance(last, int) else f"`{fault.field}`"


def _of_state(fault: Fault) -> str:
    return f" of state `{fault.view.name}`" if isinstance(fault.view, State) else ""


def _missing(fault: Fault) -> Problem:
    way_out = LACKING.get(fault.names[0], f"add {quoted(fault.names)}")
    if fault.names[0] == "Resource" and fault.holder == "ItemReader":
        way_out = "add `Resource`: `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`"
    if fault.names[0] == "StartAt":
        first = next(iter(fault.view.states), "…") if isinstance(fault.view, Machine) else "…"
        way_out = f'add `"StartAt": "{first}"`, the state to start with'
    return Problem(fault.pointer, f"{subject(fault)} has no {quoted(fault.names, 'and no')}", help=way_out)


def _no_alternative(fault: Fault) -> Problem:
    match fault.names:
        case ["Next", "End"]:
            what = "neither `Next` nor `End`"
            way_out = 'add `"Next": "…"`, the state that follows, or `"End": true` if none does'
        case ["ItemProcessor", *_]:
            what, way_out = "no `ItemProcessor`", "add `ItemProcessor`, an object with `StartAt` and `States`"
        case ["RoleArn", *_]:
            what, way_out = "no `RoleArn`", "add `RoleArn`, the role to call the task with"
        case ["Condition"]:
            what, way_out = "no `Condition`", 'add `"Condition": "{% … %}"`, what must hold for it'
        case _ if fault.holder in ("ChoiceRule", "NestedRule"):
            what, way_out = "nothing to compare with", 'add a comparison, such as `"StringEquals": "…"`'
        case names:
            what = f"none of {quoted(names)}"
            way_out = "say for how long it waits with `Seconds`, or until when with `Timestamp`"
    return Problem(fault.pointer, f"{subject(fault)} has {what}", help=way_out)


def _unknown(fault: Fault) -> Problem:
    what = "a state" if fault.holder == "State" else kind_of(fault.holder)
    way_out = "delete it; a note for readers goes into `Comment`"
    if shape.is_stray(fault):
        way_out = "it reads like a state: move it into `States`"
    elif fault.names:
        way_out = f"did you mean `{fault.names[0]}`?"
    return Problem(fault.pointer, f"`{fault.field}` is not a field of {what}", help=way_out, key=True)


def _not_here(fault: Fault) -> Problem:
    field, holder = fault.field, fault.holder
    takers = [name for name in fault.names if name in STATES]
    others = [kind_of(name) for name in fault.names if name not in STATES]
    if takers:
        others.insert(0, f"a {listed(takers, 'or')} state")
    way_out = f"it is a field of {listed(others, 'or')}: move it there, or delete it"
    if field in ("Next", "End") and holder in ENDS:
        way_out = ENDS[holder]
        if field == "End":
            way_out = f"{way_out.rpartition(':')[0]}: delete it"
    elif field in ("Retry", "Catch"):
        way_out = (
            f"only Task, Parallel and Map states can {field.lower()} errors: move it there, or delete it"
        )
    elif field == "TimeoutSeconds" and holder in ("Parallel", "Map", "Branch", "ItemProcessor"):
        way_out = "give it to the Task states inside, or to the whole machine"
    return Problem(fault.pointer, f"`{field}` is not a field of {kind_of(holder)}", help=way_out, key=True)


def _other_language(fault: Fault) -> Problem:
    state = fault.view
    assert isinstance(state, State)
    if not fault.pointer:
        return _no_language(fault)
    field, language = fault.field, fault.spec.language
    other = JSONATA if language == JSONPATH else JSONPATH
    if language == JSONATA:
        instead = IN_JSONPATH.get(field)
    elif fault.holder in ("ChoiceRule", "NestedRule"):
        instead = '`"Condition": "{% … %}"`'
    elif fault.holder == "Map" and field == "Parameters":
        instead = "`ItemSelector`"
    else:
        instead = IN_JSONATA.get(field) or f"`{field.removesuffix('Path')}` with a `{{% … %}}` expression"
    way_out = f"in {other} it is {instead}" if instead else f"make the state a {language} one"
    root = state.definition
    related: tuple[Related, ...] = ()
    if "QueryLanguage" in state:
        related = (Related(state.at("QueryLanguage"), f"the state is in {other} by this"),)
    elif "QueryLanguage" in root:
        related = (Related(("QueryLanguage",), f"the machine is in {other} by this"),)
    around = state.machine.owner
    if "QueryLanguage" not in state and around is not None and around.language == language:
        way_out = (
            f'add `"QueryLanguage": "{language}"`: that of `{around.name}` does not hold for its inner states'
        )
        related = (Related(around.at("QueryLanguage"), "this holds for the one state only"),)
    elif not related:
        way_out += f'; or add `"QueryLanguage": "{language}"`, as none is written'
    message = f"`{field}` is a field of {language}, but state `{state.name}` is in {other}"
    return Problem(fault.pointer, message, help=way_out, related=related, key=True)


def _no_language(fault: Fault) -> Problem:
    return Problem(
        (),
        "the states are written in JSONata, but no `QueryLanguage` is given: AWS takes them as JSONPath, "
        f"which has no `{fault.field}`, and refuses the definition",
        help='add `"QueryLanguage": "JSONata"`',
        related=(Related(fault.value, "the first field of JSONata", key=True),),
    )


def _conflict(fault: Fault) -> Problem:
    first, second, *_ = fault.names
    message = f"{subject(fault)} has both `{first}` and `{second}`"
    way_out = "keep one of them"
    if fault.names == ("Next", "End") or fault.names == ("End", "Next"):
        way_out = 'a state goes on or ends: delete `"End"` or `"Next"`'
    elif fault.holder in ("ChoiceRule", "NestedRule"):
        way_out = "one rule compares once: write two rules, and combine them with `And` or `Or`"
        if second == "Variable" or {first, second} & COMBINATIONS.keys():
            way_out = f"`{first}` takes whole rules, each with a `Variable` and a comparison of its own"
    elif len(fault.names) > 2:
        message = f"{subject(fault)} has {quoted(fault.names)}, of which one is due"
    place = (*fault.pointer[:-1], first)
    return Problem(
        fault.pointer, message, help=way_out, related=(Related(place, "the first one", key=True),), key=True
    )


def _wrong_type(fault: Fault) -> Problem:
    wanted = _wanted(fault)
    message = f"{_name(fault)}{_of_state(fault)} is {shown(fault.value)}, where {wanted} is due"
    return Problem(fault.pointer, message, help=_type_help(fault, wanted))


def _wanted(fault: Fault) -> str:
    of = fault.spec.type
    if isinstance(fault.pointer[-1], int):
        return "a text" if of == "text[]" else "an object"
    if of in TYPES:
        return TYPES[of]
    return "a list of objects" if of.endswith("[]") else "an object"


def _type_help(fault: Fault, wanted: str) -> str:
    value, spec = fault.value, fault.spec
    if isinstance(value, str):
        text = value.strip()
        if is_expression(text):
            if spec.expression or spec.type in ("condition", "items"):
                return "an expression stands here only in a JSONata state"
            return f"no expression stands here: write {wanted} itself"
        if spec.type == "condition":
            return f"write it as an expression: `{{% {text or '…'} %}}`"
        twin = f"{fault.field}Path"
        if text.startswith("$") and twin in shape.TABLES[fault.holder]:
            return f"a path goes into `{twin}`"
        if spec.type == "payload-object" and text.startswith(("$", "States.")):
            return f'write an object: `{{"name.$": "{text}"}}`'
        if spec.type in ("integer", "number") and _is_number(text):
            return f"write it without quotes: {text}"
        if spec.type == "boolean" and text.lower() in ("true", "false"):
            return f"write it without quotes: {text.lower()}"
        if spec.type == "text[]":
            return f'write it as a list: `["{text}"]`'
    if isinstance(value, dict) and spec.type.endswith("[]") and not isinstance(fault.pointer[-1], int):
        return "put it in brackets: `[ … ]`"
    if value is None and not spec.required:
        return "leave the field out"
    if wanted == "a text" and not isinstance(value, (dict, list)):
        return "write it in quotes"
    return f"write {wanted}"


def _is_number(text: str) -> bool:
    try:
        return float(text) - float(text) == 0
    except ValueError:
        return False


def _out_of_range(fault: Fault) -> Problem:
    low, high = fault.spec.low, fault.spec.high
    if low is not None and fault.value < low:
        bound = f"less than {low:,}, the least that is allowed"
    else:
        bound = f"more than {high:,}, the most that is allowed"
    way_out = (
        f"write a number of {low:,} or more" if high is None else f"write a number from {low:,} to {high:,}"
    )
    written = str(fault.value)
    if len(written) > LONGEST_NUMBER:
        written = f"a number of {len(written):,} digits"
    message = f"{_name(fault)}{_of_state(fault)} is {written}, {bound}"
    return Problem(fault.pointer, message, help=way_out)


def _not_a_value(fault: Fault) -> Problem:
    values = fault.spec.values
    close = near(str(fault.value), values)
    way_out = f"did you mean `{close}`?" if close else f"write {quoted(values, 'or')}"
    message = f"{_name(fault)}{_of_state(fault)} is `{fault.value}`, none of {listed(values)}"
    return Problem(fault.pointer, message, help=way_out)


def _empty(fault: Fault) -> Problem:
    message = f"`{fault.field}` of {subject(fault)} is empty"
    return Problem(fault.pointer, message, help=FILLING.get(fault.field, "write at least one element"))


def _unknown_type(fault: Fault) -> Problem:
    close = near(fault.value, TYPE.values)
    way_out = f"did you mean `{close}`?" if close else f"write one of {listed(TYPE.values, 'or')}"
    return Problem(fault.pointer, f"{subject(fault)} has the unknown type `{fault.value}`", help=way_out)


def _not_a_state(fault: Fault) -> Problem:
    message = f"{subject(fault)} is {shown(fault.value)}, not an object"
    way_out = "write an object with a `Type`; a note for readers goes into `Comment`, outside of `States`"
    return Problem(fault.pointer, message, help=way_out)


def _not_an_object(fault: Fault) -> Problem:
    message = f"the definition is {shown(fault.value)}, not an object"
    return Problem(fault.pointer, message, help="write an object with `StartAt` and `States`")


def _downgrade(fault: Fault) -> Problem:
    return Problem(
        fault.pointer,
        f"{subject(fault)} is in JSONPath, but the whole machine is in JSONata",
        help="set JSONata for the single states that use it, not for the machine",
        related=(Related(("QueryLanguage",), "the machine is in JSONata by this"),),
    )


def _language_not_here(fault: Fault) -> Problem:
    holder = "a branch" if fault.holder == "Branch" else "an item processor"
    return Problem(
        fault.pointer,
        f"`QueryLanguage` is not a field of {holder}",
        help="set it for the whole machine, or for each state inside",
        key=True,
    )


def _never_evaluated(fault: Fault) -> Problem:
    message = f"`{fault.field}` of a nested Choice Rule is not evaluated"
    return Problem(fault.pointer, message, help="move it to the rule of `Choices` around it", key=True)


def _false_end(fault: Fault) -> Problem:
    next_one = "Next" in fault.view
    message = f"`End` of {subject(fault)} is false, which says nothing"
    way_out = "delete it" if next_one else 'write `"End": true`, or `"Next"` with the state that follows'
    return Problem(fault.pointer, message, help=way_out)


def _bad_time(fault: Fault) -> Problem:
    text = str(fault.value)
    message = f"{_name(fault)}{_of_state(fault)} is `{text}`, which is no RFC 3339 time"
    return Problem(fault.pointer, message, help=_time_help(text))


def _time_help(text: str) -> str:
    import re

    from asllint.data.fields import RFC3339

    if is_expression(text):
        return "an expression stands here only in a JSONata state"
    if text.startswith("$"):
        return "a path goes into the field whose name ends in `Path`"
    for change, way_out in (
        (text.upper(), "write T and Z in upper case"),
        (f"{text}Z", "add the time zone: `Z`, or an offset as `+01:00`"),
        (f"{text}T00:00:00Z", "add the time of day and the time zone: `T00:00:00Z`"),
        (text.replace(" ", "T", 1), "write `T` between the day and the time"),
        (text.replace(" ", "T", 1) + "Z", "write `T` between the day and the time, and the time zone `Z`"),
    ):
        if re.match(RFC3339, change):
            return way_out
    return "write it as `2030-01-31T08:00:00Z`"


WORDS: Mapping[str, Callable[[Fault], Problem]] = {
    shape.MISSING: _missing,
    shape.NO_ALTERNATIVE: _no_alternative,
    shape.UNKNOWN: _unknown,
    shape.NOT_HERE: _not_here,
    shape.OTHER_LANGUAGE: _other_language,
    shape.CONFLICT: _conflict,
    shape.WRONG_TYPE: _wrong_type,
    shape.OUT_OF_RANGE: _out_of_range,
    shape.NOT_A_VALUE: _not_a_value,
    shape.EMPTY: _empty,
    shape.UNKNOWN_TYPE: _unknown_type,
    shape.NOT_A_STATE: _not_a_state,
    shape.NOT_AN_OBJECT: _not_an_object,
    shape.DOWNGRADE: _downgrade,
    shape.LANGUAGE_NOT_HERE: _language_not_here,
    shape.NEVER_EVALUATED: _never_evaluated,
    shape.FALSE_END: _false_end,
    shape.BAD_TIME: _bad_time,
}
