"""JSONPath: paths that AWS cannot read, paths that are not read, and what they select."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from asllint.facts.expressions import PATH_OR_INTRINSIC, REFERENCE_PATH, Slot, may_mislead, unusual
from asllint.finding import Problem, Related
from asllint.model.asl import Machine, State, has_hole, is_unknown, type_of
from asllint.model.paths import Fault, Path, parse, reference_fault, shown
from asllint.rule import where

if TYPE_CHECKING:
    from asllint.facts.payloads import Absent
    from asllint.facts.templates import Entry

# AWS answers "Value is not a Reference Path" to the Context Object in these
# (https://github.com/floci-io/floci/issues/3733); a Wait state's SecondsPath takes it.
_WITHOUT_CONTEXT = (
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "MaxItemsPath",
    "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatchPath",
)


@where(unusual)
def path_syntax(state: State) -> Iterator[Problem]:
    """AWS answers "Value must be a valid JSONPath."."""
    for slot in unusual(state):
        if slot.text[:1] != "$" and (slot.is_payload or _is_call(slot)):
            continue
        fault = parse(slot.text)
        if isinstance(fault, Fault):
            yield _of_fault(slot, fault)


def _of_fault(slot: Slot, fault: Fault) -> Problem:
    words = f"`{slot.pointer[-1]}` holds no path, which AWS refuses: {fault.message}"
    way_out = ""
    computing = re.fullmatch(r"(\$[\w.]*)\s*([-+*/])\s*(\$[\w.]*|\d+)", slot.text)
    if computing:
        return Problem(
            slot.pointer,
            f"`{slot.pointer[-1]}` holds no path, which AWS refuses: a path computes nothing",
            help=_computed(slot, *computing.groups()),
            span=(computing.start(2), computing.end(3)),
        )
    if fault.reason == "not-a-path" and slot.field == "ResultPath":
        words = f"`{slot.pointer[-1]}` holds no path, which AWS refuses: a path starts with `$`"
        way_out = f"to put the result into the field `{slot.text}` write `$.{slot.text}`"
    elif fault.reason == "not-a-path" and slot.text[:1] != " ":
        way_out = f"to select the field `{slot.text}` of the input, write `$.{slot.text}`"
        if slot.kind == PATH_OR_INTRINSIC:
            literal = str(slot.pointer[-1]).removesuffix("Path")
            way_out = f"for the text itself use `{literal}`; for a field of the input write `$.{slot.text}`"
    return Problem(slot.pointer, words, help=way_out, span=(fault.start, fault.end))


def _computed(slot: Slot, first: str, operator: str, second: str) -> str:
    """How to compute what somebody wrote into a path."""
    if operator in "*/" or (operator == "-" and not second.isdecimal()):
        return "compute it in a JSONata state: in JSONPath there is `States.MathAdd` alone"
    call = f"States.MathAdd({first}, {'-' if operator == '-' else ''}{second})"
    if slot.kind == PATH_OR_INTRINSIC:
        return f"write `{call}`"
    return f"compute it in the `Parameters` or `Assign` of a state before this one: `{call}`"


def _is_call(slot: Slot) -> bool:
    if not slot.text.startswith("States."):
        return False
    from asllint.model.intrinsics import looks_like_intrinsic

    return looks_like_intrinsic(slot.text)


@where(unusual)
def intrinsic_where_path_is_due(state: State) -> Iterator[Problem]:
    for slot in unusual(state):
        if slot.kind != PATH_OR_INTRINSIC and _is_call(slot):
            yield Problem(
                slot.pointer,
                f"`{slot.field}` takes a path, not an intrinsic function",
                help="call the function in the `Parameters` or `Assign` of a state before this one and"
                " select its result here",
            )


@where(unusual)
def not_a_reference_path(state: State) -> Iterator[Problem]:
    """AWS answers "Value is not a Reference Path"."""
    for slot in unusual(state):
        if slot.kind != REFERENCE_PATH or isinstance(parse(slot.text), Fault):
            continue
        fault = reference_fault(slot.text)
        if fault is not None:
            yield Problem(
                slot.pointer,
                f"`{slot.pointer[-1]}` takes a Reference Path: {fault.message}",
                help=f"name one field: `{slot.text[: fault.start]}`"
                if slot.field == "ResultPath"
                else "select the value in `Parameters`, `ResultSelector` or `Assign` first",
                span=(fault.start, fault.end),
            )


@where(unusual)
def context_path_not_allowed(state: State) -> Iterator[Problem]:
    for slot in unusual(state):
        if slot.kind == REFERENCE_PATH and slot.field in _WITHOUT_CONTEXT and _root(slot) == "$$":
            yield Problem(
                slot.pointer,
                f"`{slot.field}` cannot read the Context Object; of a Map state's paths only `ItemsPath` can",
                help="assign the value to a variable in an earlier state and write `$name`",
                span=(0, 2),
            )


@where(unusual)
def result_path_outside_input(state: State) -> Iterator[Problem]:
    for slot in unusual(state):
        root = _root(slot) if slot.field == "ResultPath" else None
        if root == "$$":
            words = "`ResultPath` cannot write to the Context Object, which is only read"
            yield Problem(slot.pointer, words, help="write into the input, `$.name`", span=(0, 2))
        elif root not in (None, "", "$"):
            words = f"`ResultPath` cannot write to the variable `${root}`"
            way_out = f'assign it: `"Assign": {{"{root}.$": "$"}}`, or write into the input, `$.{root}`'
            yield Problem(slot.pointer, words, help=way_out, span=(0, len(str(root)) + 1))


def _root(slot: Slot) -> str | None:
    path = parse(slot.text)
    return path.root if isinstance(path, Path) else None


@where(may_mislead)
def payload_not_a_path(state: State) -> Iterator[Problem]:
    """AWS: "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call"."""
    from asllint.facts import templates

    for entry in templates.entries(state):
        if not entry.is_evaluated:
            continue
        text = entry.value
        if not isinstance(text, str):
            if not is_unknown(text):
                yield _not_a_text(entry)
        elif text[:1] != "$" and not has_hole(text):
            from asllint.model.intrinsics import looks_like_intrinsic

            if not looks_like_intrinsic(text):
                yield _not_a_path(entry, text)


def _not_a_text(entry: "Entry") -> Problem:
    plain = entry.key.removesuffix(".$")
    kind = {dict: "an object", list: "an array", bool: "a boolean", type(None): "null"}.get(
        type(entry.value), "a number"
    )
    way_out = f"write `{plain}` without `.$`"
    if isinstance(entry.value, (dict, list)):
        way_out += ", and `.$` on the keys inside it that hold paths"
    return Problem(
        entry.pointer,
        f"`{entry.key}` takes the text of a path or an intrinsic function, not {kind}",
        help=way_out,
    )


def _not_a_path(entry: "Entry", text: str) -> Problem:
    plain = entry.key.removesuffix(".$")
    way_out = f"for the text itself write the key as `{plain}`"
    if text.strip() != text:
        way_out = "remove the blank before it" if text.strip()[:1] in ("$", "S") else way_out
    elif "(" in text:
        from asllint.model.functions import FUNCTIONS
        from asllint.near import near

        close = near(text.partition("(")[0].rpartition(".")[2], FUNCTIONS)
        way_out = f"did you mean `States.{close}(...)`?" if close else way_out
    elif text.isidentifier():
        way_out += f"; to select that field of the input write `$.{text}`"
    return Problem(
        entry.pointer,
        f"`{entry.key}` is evaluated, and AWS refuses {shown(text)}: it is no path and no call",
        help=way_out,
    )


@where(may_mislead)
def payload_key_collision(state: State) -> Iterator[Problem]:
    from asllint.facts import templates

    for entry in templates.entries(state):
        if not isinstance(entry.value, dict):
            continue
        for key in entry.value:
            plain = key.removesuffix(".$")
            if plain != key and plain in entry.value:
                yield Problem(
                    (*entry.pointer, key),
                    f"`{plain}` and `{key}` are the same key once `{key}` is evaluated",
                    help="keep one of them",
                    key=True,
                    related=(Related((*entry.pointer, plain), "the other one", key=True),),
                )


@where(may_mislead)
def path_without_suffix(state: State) -> Iterator[Problem]:
    """AWS warns of these as NO_DOLLAR."""
    from asllint.facts import templates

    for entry in templates.literal_paths(state):
        if entry.in_array:
            continue
        is_whole = len(entry.pointer) == len(state.pointer) + 1
        yield Problem(
            entry.pointer,
            f"{shown(entry.value)} is passed on as this text: `{entry.key}` has no `.$`",
            help='write an object: `{"name.$": ...}`' if is_whole else f"write the key as `{entry.key}.$`",
        )


@where(may_mislead)
def path_in_array(state: State) -> Iterator[Problem]:
    from asllint.facts import templates

    for entry in templates.literal_paths(state):
        if entry.in_array:
            key = next(str(k) for k in reversed(entry.pointer) if isinstance(k, str))
            yield Problem(
                entry.pointer,
                f"{shown(entry.value)} is passed on as this text: no text in an array is evaluated",
                help=f'build the array: `"{key}.$": "States.Array(...)"`',
            )


def path_in_result(pass_state: State) -> Iterator[Problem]:
    """AWS warns of these as PASS_RESULT_IS_STATIC."""
    if pass_state.is_jsonata or "Result" not in pass_state:
        return
    from asllint.facts import templates

    root = templates.Entry(pass_state.at("Result"), pass_state.value["Result"], "Result")
    for entry in templates.inside(root):
        text = entry.value if isinstance(entry.value, str) else ""
        if entry.is_evaluated and text[:1] in ("$", "S"):
            words = f"`{entry.key}` stays as it is, key and value: a Pass state's `Result` is not evaluated"
            yield Problem(entry.pointer, words, help="use `Parameters` in place of `Result`", key=True)
        elif text and templates.is_meant(text, pass_state.definition):
            words = f"{shown(text)} is passed on as this text: a Pass state's `Result` is not evaluated"
            way_out = "use `Parameters` in place of `Result`, with `.$` behind the key"
            yield Problem(entry.pointer, words, help=way_out)


@where(type_of, "Fail", "Choice")
def path_in_literal_field(state: State) -> Iterator[Problem]:
    """AWS warns of these as NO_PATH."""
    if state.is_jsonata:
        return
    holders = [(state, ("Error", "Cause"))] if state.type == "Fail" else []
    holders += [(rule, tuple(rule.value)) for rule in state.choice_rules]  # type: ignore[misc]
    for holder, fields in holders:
        for field in fields:
            text = holder.text(field)
            comparing = field in ("Error", "Cause") or (field.startswith("String") and field.endswith("s"))
            if text and comparing and _is_meant(text, state):
                yield Problem(
                    holder.at(field),
                    f"`{field}` takes {shown(text)} as this text",
                    help=f"to use what the path selects, write the field as `{field}Path`",
                )


def _is_meant(text: str, state: State) -> bool:
    if text[:1] != "$" and not text.startswith("States."):
        return False
    from asllint.facts import templates

    return templates.is_meant(text, state.definition)


@where(unusual)
def unknown_context_field(state: State) -> Iterator[Problem]:
    from asllint.model import context

    for slot in unusual(state):
        for path in _reads(slot) if slot.field != "ResultPath" else ():  # one that writes, which is told
            index = context.unknown_member(path.names) if path.root == "$$" else None
            if index is None:
                continue
            segment = path.segments[index]
            close = context.near(path.names)
            known = ".".join(["$$", *path.names[:index]])
            holder = f"`{known}` of the Context Object" if index else "the Context Object"
            yield Problem(
                slot.pointer,
                f"{holder} has no `{path.names[index]}`",
                help=f"did you mean `{close}`?" if close else _members(path.names[:index]),
                span=(segment.start, segment.end),
            )


def _members(names: tuple[str, ...]) -> str:
    from asllint.model import context

    members: context.Members | bool = context.MEMBERS
    for name in names:
        members = members[name] if isinstance(members, dict) else False
    return f"it has {', '.join(members)}" if isinstance(members, dict) else "it is a text or a number"


def _reads(slot: Slot) -> tuple[Path, ...]:
    """Every path that a text reads, in filters and calls as well."""
    if "$" not in slot.text:
        return ()
    if slot.text[0] == "$":
        path = parse(slot.text)
        return path.reads if isinstance(path, Path) else ()
    from asllint.model import intrinsics

    call = intrinsics.parse(slot.text)
    return call.reads if isinstance(call, intrinsics.Call) else ()


@where(unusual)
def map_context_outside_map(state: State) -> Iterator[Problem]:
    if state.type == "Map" or _is_in_map(state.machine):
        return
    for slot in unusual(state):
        for path in _reads(slot):
            if path.root == "$$" and path.names[:1] == ("Map",):
                yield Problem(
                    slot.pointer,
                    "no Map state is around this one, so the Context Object holds no `$$.Map`",
                    help="read it in the `ItemSelector` of a Map state and pass it on to the states inside",
                    span=(path.start, path.end),
                )


def _is_in_map(machine: Machine) -> bool:
    while machine.owner is not None:
        if machine.owner.type == "Map":
            return True
        machine = machine.owner.machine
    return False


def absent_field_read(machine: Machine) -> Iterator[Problem]:
    from asllint.facts.payloads import absent

    for read in absent(machine):
        listed = ", ".join(f"`{name}`" for name in read.present[:5]) or "nothing"
        more = ", ..." if len(read.present) > 5 else ""
        yield Problem(
            read.pointer,
            f"`{read.name}` is not there, and the state fails: {read.holder} holds only {listed}{more}",
            help=_way_out(read),
            span=read.span,
            related=(Related(read.origin, "it is made here"),) if read.origin else (),
        )


def _way_out(read: "Absent") -> str:
    if read.origin and "Catch" in read.origin:
        return 'keep the input beside the error: `"ResultPath": "$.error"`'
    if "SdkHttpMetadata" in read.present:
        return f"what the function gives is in `Payload`: read `$.Payload.{read.name}`"
    from asllint.near import near

    close = near(read.name, read.present)
    if close:
        return f"did you mean `{close}`?"
    return "write it there, or keep the input with a `ResultPath` such as `$.result`" if read.origin else ""
