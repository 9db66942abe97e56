"""Timeouts, heartbeats and waits: what is without a limit, and which limits have no effect."""

from collections.abc import Iterator

from asllint.facts import deadline as limits
from asllint.facts.deadline import YEAR, has_heartbeat, has_limit, is_bounded
from asllint.facts.integration import (
    ACTIVITY,
    FUNCTION,
    SYNC,
    SYNC_2,
    call_of,
    integration,
    kind_of,
    pattern_of,
)
from asllint.facts.shape import misspelt
from asllint.finding import Problem, Related
from asllint.model.asl import Definition, State
from asllint.rule import where

HTTP_SECONDS = 60
HARNESS_SECONDS = 900
LAMBDA_SECONDS = 900
HTTP_CALLS = ("http:invoke",)
HARNESS_CALLS = ("bedrockagentcore:invokeHarness",)
LAMBDA_CALLS = ("lambda:invoke", "aws-sdk:lambda:invoke")


@where(has_heartbeat)
def heartbeat_not_below_timeout(task: State) -> Iterator[Problem]:
    """The guide: `HeartbeatSeconds` must be less than `TimeoutSeconds`."""
    heartbeat, timeout = limits.seconds(task, "HeartbeatSeconds"), limits.seconds(task, "TimeoutSeconds")
    if heartbeat is not None and timeout is not None and heartbeat >= timeout > 0 and not _is_silent(task):
        yield Problem(
            task.at("HeartbeatSeconds"),
            f"`HeartbeatSeconds` of task `{task.name}` is {heartbeat}, and must be less than "
            f"`TimeoutSeconds`, {timeout}",
            help=f"set `HeartbeatSeconds` below {timeout}, to a few times the interval of the heartbeats",
            related=(Related(task.at("TimeoutSeconds"), "the task times out first"),),
        )


@where(has_heartbeat)
def heartbeat_without_sender(task: State) -> Iterator[Problem]:
    """Heartbeats come with a task token: a worker's, or a callback's."""
    called = integration(task)
    field = next((name for name in ("HeartbeatSeconds", "HeartbeatSecondsPath") if name in task), None)
    if called is None or field is None or not _is_silent(task):
        return
    call = f"`{called.call}`" if called.service else "a Lambda function"
    what = "a job" if called.waits_for_job else call
    yield Problem(
        task.at(field),
        f"{what} sends no heartbeats: task `{task.name}` fails with `States.Timeout` when it takes "
        "longer than that",
        help=f"delete `{field}`" if has_limit(task) else "set `TimeoutSeconds` in its place",
        key=True,
    )


def _is_silent(task: State) -> bool:
    """Whether what a task calls certainly sends no heartbeats."""
    called = integration(task)
    return called is not None and not called.waits_for_token and called.kind != ACTIVITY


@where(limits.waits_for_somebody)
def callback_without_timeout(task: State) -> Iterator[Problem]:
    """A token that is lost holds the execution for up to a year."""
    called = limits.waits_for_somebody(task)
    if called is None or has_limit(task) or has_heartbeat(task) or is_bounded(task.machine):
        return
    from asllint.facts.tokens import passes_token

    if called.waits_for_token and passes_token(task) is False:
        return  # what nobody can answer is the cause
    if {name for place, name in misspelt(task.definition) if place == task.pointer} & limits.FIELDS:
        return
    waits = "an activity's worker" if called.kind == ACTIVITY else "its task token"
    yield Problem(
        task.pointer,
        f"task `{task.name}` waits for {waits} without a limit: one that never answers holds the execution "
        "for up to a year",
        help="set `TimeoutSeconds`, or `HeartbeatSeconds` where heartbeats are sent",
    )


@where(kind_of, ACTIVITY)
def activity_without_machine_timeout(task: State) -> Iterator[Problem]:
    """The task's own timeout starts when a worker has fetched it."""
    called = integration(task)
    if (
        called is not None
        and called.kind == ACTIVITY
        and (has_limit(task) or has_heartbeat(task))
        and not is_bounded(task.machine)
    ):
        yield Problem(
            task.pointer,
            f"the timeout of activity task `{task.name}` starts when a worker fetches it: without workers it "
            "waits for up to a year",
            help="set `TimeoutSeconds` of the state machine as well",
        )


@where(pattern_of, SYNC, SYNC_2)
def job_without_timeout(task: State) -> Iterator[Problem]:
    """A job that hangs holds the execution."""
    if not has_limit(task) and not is_bounded(task.machine):
        yield Problem(
            task.pointer,
            f"task `{task.name}` waits for its job without a limit",
            help="set `TimeoutSeconds` to more than the job ever takes",
        )


def task_without_timeout(task: State) -> Iterator[Problem]:
    """Calls that answer at once as well: the default is 99,999,999 seconds."""
    called = integration(task)
    if has_limit(task) or has_heartbeat(task):
        return
    if called is not None and (called.call == "http:invoke" or called.pattern or called.kind == ACTIVITY):
        return
    yield Problem(
        task.pointer,
        f"task `{task.name}` has no `TimeoutSeconds`",
        help="set `TimeoutSeconds` to more than the call ever takes",
    )


def machine_without_timeout(definition: Definition) -> Iterator[Problem]:
    """By default an execution may last a year."""
    if "TimeoutSeconds" not in definition and not is_bounded(definition.root) and definition.root.states:
        yield Problem(
            (),
            "the state machine has no `TimeoutSeconds`: an execution that hangs does so for up to a year",
            help="set `TimeoutSeconds` beside `StartAt`",
        )


def timeout_above_machine(task: State) -> Iterator[Problem]:
    """The execution ends before the task times out."""
    seconds = limits.seconds(task, "TimeoutSeconds")
    limit = limits.outlasted(task.machine, seconds or 0)
    if limit is not None and limit.seconds < YEAR:
        yield Problem(
            task.at("TimeoutSeconds"),
            f"task `{task.name}` may take {seconds} seconds, but {limit.reason}: no Catch sees that",
            help=f"set it below {limit.seconds}"
            + (", or raise the machine's `TimeoutSeconds`" if limit.pointer else ""),
            related=(Related(limit.pointer, "the limit is here"),) if limit.pointer else (),
        )


@where(call_of, *HTTP_CALLS)
def http_task_timeout_above_60(task: State) -> Iterator[Problem]:
    """HTTP tasks end after 60 seconds whatever is written."""
    yield from _capped(task, HTTP_CALLS, HTTP_SECONDS, "an HTTP task ends after 60 seconds all the same")


@where(call_of, *HARNESS_CALLS)
def harness_timeout_above_900(task: State) -> Iterator[Problem]:
    """The call ends after 15 minutes whatever is written."""
    yield from _capped(
        task, HARNESS_CALLS, HARNESS_SECONDS, "invokeHarness ends after 900 seconds all the same"
    )


def lambda_timeout_above_900(task: State) -> Iterator[Problem]:
    """A function ends after 15 minutes at most."""
    yield from _capped(task, LAMBDA_CALLS, LAMBDA_SECONDS, "a function has 900 at most")


def _capped(task: State, calls: tuple[str, ...], most: int, why: str) -> Iterator[Problem]:
    seconds = limits.seconds(task, "TimeoutSeconds")
    called = integration(task)
    if seconds is None or seconds <= most or called is None or called.pattern:
        return
    if called.call in calls or (called.kind == FUNCTION and calls is LAMBDA_CALLS):
        yield Problem(
            task.at("TimeoutSeconds"),
            f"`TimeoutSeconds` of task `{task.name}` is {seconds}, and {why}",
            help=f"set it to {most} or less",
        )


def wait_too_long(wait: State) -> Iterator[Problem]:
    """An execution lasts a year at most."""
    seconds = limits.seconds(wait, "Seconds")
    if seconds is not None and seconds > YEAR:
        yield Problem(
            wait.at("Seconds"),
            f"Wait state `{wait.name}` waits {seconds} seconds, and an execution ends after a year, "
            f"{YEAR} seconds",
            help="end the execution, and let EventBridge Scheduler start one when the time has come",
        )


def wait_outlasts_execution(wait: State) -> Iterator[Problem]:
    """The machine's own timeout, or that of Express, comes first."""
    seconds = limits.seconds(wait, "Seconds")
    limit = limits.outlasted(wait.machine, seconds or 0)
    if limit is not None and limit.seconds < YEAR and seconds is not None and seconds <= YEAR:
        yield Problem(
            wait.at("Seconds"),
            f"Wait state `{wait.name}` waits {seconds} seconds, and {limit.reason}: nothing gets past it",
            help=f"wait less than {limit.seconds} seconds, or "
            + ("raise `TimeoutSeconds`" if limit.pointer else "make it a Standard workflow"),
            related=(Related(limit.pointer, "the limit is here"),) if limit.pointer else (),
        )
