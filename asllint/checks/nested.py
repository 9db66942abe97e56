"""Executions that start executions: whom, under which name, and what they give back."""

import re
from collections.abc import Iterator
from typing import Any

from asllint.facts import calls
from asllint.facts.expressions import JSONATA, Slot, slots
from asllint.facts.integration import (
    SYNC,
    SYNC_2,
    Integration,
    call_of,
    calls_step_functions,
    integration,
    is_account,
)
from asllint.facts.project import LIST, START, START_SYNC, STARTS, Project, can_be_avoided, rings
from asllint.finding import Problem, Related
from asllint.model import arn
from asllint.model.asl import State, has_hole
from asllint.rule import where

# Their result's Output is a text that holds JSON.
TEXT_OUTPUTS = (START_SYNC, "aws-sdk:sfn:describeExecution")
PARENT = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
AWS_ERRORS = ("States.", "StepFunctions.", "Sfn.")


@where(call_of, *STARTS)
def not_a_state_machine_arn(task: State) -> Iterator[Problem]:
    """AWS answers InvalidArn when the task runs."""
    text = calls.literal(task, "StateMachineArn")
    if text is not None and _names_a_machine(text) is False:
        yield Problem(
            task.at(task.parameters_field, "StateMachineArn"),
            f"`{text}` is not the ARN of a state machine: the task fails with InvalidArn",
            help="write `arn:aws:states:<region>:<account>:stateMachine:<name>`",
        )


@where(call_of, *STARTS)
def fixed_execution_name(task: State) -> Iterator[Problem]:
    """The name of a Standard execution is taken for 90 days."""
    called = integration(task)
    text = calls.literal(task, "Name") if called and not called.api.startswith("startSync") else None
    if text and not has_hole(text):
        name = "{% $states.context.Execution.Name %}" if task.is_jsonata else "$$.Execution.Name"
        key = '"Name"' if task.is_jsonata else '"Name.$"'
        yield Problem(
            task.at(task.parameters_field, "Name"),
            f"every execution is to be called `{text}`: the second one fails with ExecutionAlreadyExists",
            help=f'leave `Name` out, or derive it: `{key}: "{name}"`',
        )


@where(call_of, START)
def no_parent_association(task: State) -> Iterator[Problem]:
    if task.parameters is None:
        return
    if "Input" not in task.parameters and not task.is_jsonata and "Input.$" in task.parameters:
        return
    given = task.parameters.get("Input", {})
    if not isinstance(given, dict) or any(key.removesuffix(".$") == PARENT or has_hole(key) for key in given):
        return
    written = '"{% $states.context.Execution.Id %}"' if task.is_jsonata else '"$$.Execution.Id"'
    key = PARENT if task.is_jsonata else f"{PARENT}.$"
    yield Problem(
        task.at(task.parameters_field, *(("Input",) if "Input" in task.parameters else ())),
        "the console will not link the execution to the one that it starts",
        help=f'add `"{key}": {written}` to `Input`',
    )


@where(call_of, START, *TEXT_OUTPUTS)
def string_output_read(task: State) -> Iterator[Problem]:
    """`.sync` gives the child's output as a text, `.sync:2` as JSON."""
    called = integration(task)
    if called is None or not (_is_sync(called) or called.call in TEXT_OUTPUTS) or called.waits_for_token:
        return
    for read in calls.result_reads(task):
        if read.names[:1] == ("Output",) and (len(read.names) > 1 or read.is_deeper):
            yield Problem(
                read.pointer,
                f"`{read.words}` looks into `Output`, which is a text there",
                help=_parsed(task, called),
                span=(read.start, read.end),
            )


@where(call_of, START)
def parse_of_parsed_output(task: State) -> Iterator[Problem]:
    called = integration(task)
    if called is None or called.pattern != SYNC_2:
        return
    for slot in slots(task):
        for start, end in _parses_of_output(slot):
            error = "States.QueryEvaluationError" if task.is_jsonata else "States.IntrinsicFailure"
            yield Problem(
                slot.pointer,
                f"`Output` is JSON already after `.sync:2`: parsing it fails with {error}",
                help="use `$states.result.Output`" if task.is_jsonata else "use `$.Output`",
                span=(start, end),
            )


@where(call_of, START)
def child_error_name(task: State) -> Iterator[Problem]:
    """Whatever fails a child, the task that waits for it fails with States.TaskFailed."""
    called = integration(task)
    if called is None or not called.waits_for_job:
        return
    for handler in (*task.retriers, *task.catchers):
        names = handler.array("ErrorEquals") or []
        if names and all(_is_custom(name) for name in names):
            listed = ", ".join(f"`{name}`" for name in names[:3])
            yield Problem(
                handler.at("ErrorEquals"),
                f"{listed} cannot come here: whatever fails the child, the task fails with States.TaskFailed",
                help="list `States.TaskFailed`; the child's own error is in the Cause",
            )


@where(call_of, *STARTS)
def self_recursion(task: State) -> Iterator[Problem]:
    """To go on in a new execution is a pattern; to do so always, whatever happened, never ends."""
    own = task.definition.settings.arn
    text = calls.literal(task, "StateMachineArn")
    if not own or text is None:
        return
    if (text == own or text.startswith(f"{own}:")) and not can_be_avoided(task):
        yield Problem(
            task.at(task.parameters_field, "StateMachineArn"),
            "every execution of this machine starts another one of it: that never ends by itself",
            help="lead a Choice state around the task for when the work is done",
        )


@where(call_of, *STARTS)
def unknown_child(task: State) -> Iterator[Problem]:
    """CloudFormation answers: Unresolved resource dependencies [...] in the Resources block."""
    template = task.definition.settings.template
    text = calls.literal(task, "StateMachineArn") if template else None
    name = text[2:-1].partition(".")[0] if text and text.startswith("${") and text.endswith("}") else ""
    if template is None or name not in template.unresolved:
        return
    from asllint.near import near

    close = near(name, template.machines)
    yield Problem(
        task.at(task.parameters_field, "StateMachineArn"),
        f"the template has no `{name}`: CloudFormation refuses it",
        help=f"did you mean `{close}`?" if close else "name a state machine of the template, or a parameter",
    )


@where(calls_step_functions)
def standard_only_call_on_express(task: State) -> Iterator[Problem]:
    """AWS of these actions: "This API action is not supported by EXPRESS state machines"."""
    from asllint.facts import sfn_calls

    call = call_of(task) or ""
    found = sfn_calls.express_target(task, call) if call in sfn_calls.STANDARD_ONLY else None
    if found is None:
        return
    key, own = found
    what = "this workflow is an Express one" if own else "this is an execution of an Express one"
    yield Problem(
        task.at(task.parameters_field, key),
        f"`{call.rpartition(':')[2]}` serves Standard workflows only, and {what}: the call fails",
        help="what Express executions do is in their log group alone"
        if own
        else "start the child with `startSyncExecution`, which gives its result, or make it a Standard one",
    )


def executions_of_express_machine(project: Project) -> Iterator[Problem]:
    """AWS answers: This operation is not supported by this type of state machine."""
    for card in project.cards:
        for call in card.calls:
            machines = project.named(card, call) if call.call == LIST else []
            if machines and all(machine.type == "EXPRESS" for machine in machines):
                machine = machines[0]
                yield Problem(
                    call.pointer,
                    f"`{machine.shown}` is an Express workflow, whose executions are not kept: the task "
                    "fails with Sfn.StateMachineTypeNotSupportedException",
                    help="search its log group, or make it a Standard workflow",
                    related=(Related((), "an Express workflow", machine),),
                    within=card,
                )


def start_sync_on_standard_child(project: Project) -> Iterator[Problem]:
    """AWS answers: This operation is not supported by this type of state machine."""
    for card in project.cards:
        for call in card.calls:
            children = project.named(card, call) if call.call == START_SYNC else []
            if children and all(child.type == "STANDARD" for child in children):
                child = children[0]
                yield Problem(
                    call.pointer,
                    f"`{child.shown}` is a Standard workflow, which `startSyncExecution` cannot run: the "
                    "task fails with StateMachineTypeNotSupported",
                    help="call `states:startExecution.sync:2` from a Standard workflow, or make the child an "
                    "Express one",
                    related=(Related((), "a Standard workflow", child),),
                    within=card,
                )


def mutual_recursion(project: Project) -> Iterator[Problem]:
    """To go on in a new execution is a pattern; to do so always, whatever happened, never ends."""
    for ring in rings(project):
        (first, call), *others = ring
        names = " and ".join(f"`{card.shown}`" for card, _ in others)
        yield Problem(
            call.pointer,
            f"every execution of this machine starts another one of it, by way of {names}: that never ends "
            "by itself",
            help="lead a Choice state around one of the tasks for when the work is done",
            related=tuple(
                Related(other.pointer, f"`{card.shown}` always starts the next one here", card)
                for card, other in others
            ),
            within=first,
        )


def _is_sync(called: Integration) -> bool:
    return called.call == START and called.pattern == SYNC


def _names_a_machine(text: str) -> bool | None:
    """None where a substitution leaves it open."""
    parsed = arn.parse(text)
    if parsed is None:
        return None if has_hole(text) else False
    kind, colon, name = parsed.resource.partition(":")
    if has_hole(parsed.service) or has_hole(kind):
        return None
    is_machine = parsed.service == "states" and kind == "stateMachine" and bool(colon and name)
    return is_machine and is_account(parsed.account)


def _parsed(task: State, called: Integration) -> str:
    if called.call == START:
        return "call `states:startExecution.sync:2`, which gives it as JSON"
    return "use `$parse($states.result.Output)`" if task.is_jsonata else "use `States.StringToJson($.Output)`"


def _parses_of_output(slot: Slot) -> Iterator[tuple[int, int]]:
    if slot.kind == JSONATA:
        from asllint.facts import jsonata

        for call in jsonata.parse(slot.text).calls:
            given = re.match(r"\s*\(\s*\$states\.result\.Output\s*\)", slot.text[call.end :])
            if call.name == "parse" and given and slot.inside[0] in ("Output", "Assign"):
                yield call.start, call.end + given.end()
    elif slot.field == "ResultSelector" and "StringToJson" in slot.text:
        yield from _intrinsic_parses(slot.text)


def _intrinsic_parses(text: str) -> Iterator[tuple[int, int]]:
    from asllint.model import intrinsics
    from asllint.model.paths import Path

    waiting: list[Any] = [intrinsics.parse(text)]
    while waiting:
        call = waiting.pop()
        if not isinstance(call, intrinsics.Call):
            continue
        waiting += call.arguments[::-1]
        given = call.arguments[0] if call.name == "StringToJson" and call.arguments else None
        if isinstance(given, Path) and text[given.start : given.end] in ("$.Output", "$['Output']"):
            yield call.start, call.end


def _is_custom(name: object) -> bool:
    return isinstance(name, str) and not has_hole(name) and not name.startswith(AWS_ERRORS)
