"""Express workflows: what they cannot do, what they do not keep, what runs twice in them."""

from collections.abc import Iterator

from asllint.facts.integration import (
    ACTIVITY,
    CALLBACK,
    SYNC,
    SYNC_2,
    Integration,
    call_of,
    integration,
    kind_of,
    pattern_of,
)
from asllint.finding import Problem, Related
from asllint.model.asl import Definition, Machine, State
from asllint.rule import where

# https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
EXPRESS = "EXPRESS"

# What happens twice if it is called twice, and the parameter that keeps it from doing so.
REPEATED = {
    "batch:submitJob": "",
    "codebuild:startBuild": "IdempotencyToken",
    "ecs:runTask": "ClientToken",
    "elasticmapreduce:addStep": "",
    "elasticmapreduce:createCluster": "",
    "events:putEvents": "",
    "glue:startJobRun": "",
    "sns:publish": "MessageDeduplicationId",
    "sqs:sendMessage": "MessageDeduplicationId",
    "states:startExecution": "Name",
}


@where(pattern_of, SYNC, SYNC_2)
def sync_in_express(task: State) -> Iterator[Problem]:
    """AWS answers SCHEMA_VALIDATION_FAILED: Express state machine does not support '.sync' ..."""
    called = integration(task)
    if called is not None and _is_express(task):
        yield _refused(task, called, "an Express workflow cannot wait for a job")


@where(pattern_of, CALLBACK)
def callback_in_express(task: State) -> Iterator[Problem]:
    """AWS answers SCHEMA_VALIDATION_FAILED: Express state machine does not support '.waitForTaskToken' ..."""
    called = integration(task)
    if called is not None and _is_express(task):
        yield _refused(task, called, "an Express workflow cannot wait for a callback")


@where(kind_of, ACTIVITY)
def activity_in_express(task: State) -> Iterator[Problem]:
    """AWS answers SCHEMA_VALIDATION_FAILED: Express state machine does not support Activity ARN."""
    if _is_express(task):
        yield Problem(
            task.at("Resource"),
            "an Express workflow cannot wait for an activity: AWS refuses its ARN",
            help="call a Lambda function, or make the workflow a Standard one",
        )


def distributed_map_in_express(map_state: State) -> Iterator[Problem]:
    if map_state.is_distributed and _is_express(map_state) and map_state.processor is not None:
        yield Problem(
            (*map_state.processor.pointer, "ProcessorConfig", "Mode"),
            "an Express workflow cannot run a Distributed Map: AWS refuses it",
            help="set `Mode` to `INLINE`, or make the workflow a Standard one",
        )


def _is_in_express_processor(state: State) -> bool:
    return state.machine.owner is not None and state.machine.machine_type == EXPRESS


@where(_is_in_express_processor)
def unsupported_in_express_processor(state: State) -> Iterator[Problem]:
    """The child executions of a Distributed Map whose ExecutionType is EXPRESS are Express workflows too."""
    processor = _processor(state.machine)
    if processor is None:
        return
    place = (*processor.pointer, "ProcessorConfig", "ExecutionType")
    called = integration(state)
    if state.is_distributed and state.processor is not None:
        pointer, what = (*state.processor.pointer, "ProcessorConfig", "Mode"), "run a Distributed Map"
        span = None
    elif called is not None and called.kind == ACTIVITY:
        pointer, what, span = state.at("Resource"), "wait for an activity", None
    elif called is not None and called.pattern:
        what = "wait for a job" if called.waits_for_job else "wait for a callback"
        pointer, span = state.at("Resource"), _suffix(called)
    else:
        return
    yield Problem(
        pointer,
        f"an Express workflow cannot {what}, and each item of this Distributed Map is one",
        help="set `ExecutionType` to `STANDARD`",
        related=(Related(place, "the items run as Express workflows"),),
        span=span,
    )


def express_without_logging(definition: Definition) -> Iterator[Problem]:
    logging = definition.settings.logging
    if definition.settings.type == EXPRESS and isinstance(logging, dict) and logging.get("level") == "OFF":
        yield Problem(
            definition.pointer,
            "nothing is logged, and an Express workflow keeps no history: a failed execution leaves no trace",
            help="set the logging level to `ERROR` at least, with a log group as destination",
        )


@where(call_of, *REPEATED)
def repeatable_call_in_express(task: State) -> Iterator[Problem]:
    """Asynchronous Express executions run at least once, so each of their steps may run twice."""
    called = integration(task)
    if called is None or called.pattern:
        return
    if task.machine.machine_type != EXPRESS:
        return
    guard = REPEATED[called.call]
    given = task.value.get(task.parameters_field, {})
    if not isinstance(given, dict) or guard in given or f"{guard}.$" in given:
        return
    yield Problem(
        task.at("Resource"),
        f"`{called.call}` may run twice: an Express execution runs at least once, not exactly once",
        help=f"give it `{guard}`, so that a second call does nothing" if guard else "use a Standard workflow",
        span=(called.at[0], called.at[2]),
        related=_type_place(task.machine),
    )


def _processor(machine: Machine) -> Machine | None:
    """The item processor, run as child executions, that a scope is part of."""
    scope: Machine | None = machine
    while scope is not None and scope.owner is not None:
        if scope.is_distributed:
            return scope
        scope = scope.owner.machine
    return None


def _is_express(state: State) -> bool:
    """Whether a state runs in an execution of the machine itself, and that is an Express one."""
    return state.definition.settings.type == EXPRESS and _processor(state.machine) is None


def _type_place(machine: Machine) -> tuple[Related, ...]:
    processor = _processor(machine)
    if processor is None:
        return ()
    place = (*processor.pointer, "ProcessorConfig", "ExecutionType")
    return (Related(place, "the items run as Express workflows"),)


def _suffix(called: Integration) -> tuple[int, int]:
    return called.at[2], len(called.text)


def _refused(task: State, called: Integration, message: str) -> Problem:
    way_out = "call it without the suffix"
    if called.call == "states:startExecution" and called.waits_for_job:
        way_out = "run an Express child by `aws-sdk:sfn:startSyncExecution`"
    return Problem(
        task.at("Resource"),
        f"{message}: AWS refuses `{called.pattern}`",
        help=f"{way_out}, or make the workflow a Standard one",
        span=_suffix(called),
    )
