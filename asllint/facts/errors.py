"""Error names: which Step Functions itself raises, which name covers which, how long a retrier waits.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from asllint.data.fields import MAX_DELAY, MAX_SECONDS
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, Retrier, fact, has_hole
from asllint.record import Record

PREFIX = "States."
ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"

NAMES = (
    ALL,
    TASK_FAILED,
    TIMEOUT,
    HEARTBEAT_TIMEOUT,
    RUNTIME,
    DATA_LIMIT,
    "States.Permissions",
    "States.BranchFailed",
    "States.NoChoiceMatched",
    "States.IntrinsicFailure",
    "States.QueryEvaluationError",
    "States.ParameterPathFailure",
    "States.ResultPathMatchFailure",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
    "States.Http.Socket",
)
# No wildcard matches these. Whether States.TaskFailed matches a missed heartbeat is not said.
BEYOND_ALL = {RUNTIME, DATA_LIMIT}
BEYOND_TASK_FAILED = {ALL, TIMEOUT, HEARTBEAT_TIMEOUT, *BEYOND_ALL}

INTERVAL, ATTEMPTS, BACKOFF = 1, 3, 2.0


def is_own(name: str) -> bool:
    """Whether Step Functions itself raises an error of this name."""
    return name in NAMES or re.fullmatch(r"States\.Http\.StatusCode\.\d{3}", name) is not None


@fact
def raised(definition: Definition) -> frozenset[str | None]:
    """The errors that the Fail states of a definition raise; None stands for what is not known."""
    found: set[str | None] = set()
    for state in definition.states:
        if state.type == "Fail":
            error = state.text("Error")
            if "ErrorPath" in state or has_hole(error) or (state.is_jsonata and "{%" in (error or "")):
                found.add(None)
            elif error is not None:
                found.add(error)
    return frozenset(found)


def covers(listed: str, name: str) -> bool:
    """Whether a name in `ErrorEquals` certainly matches all that another one matches."""
    if listed == ALL:
        return name not in BEYOND_ALL
    if listed == TASK_FAILED:
        return name not in BEYOND_TASK_FAILED
    return listed == name


class Covered(Record):
    """A name in `ErrorEquals` that an earlier one covers."""

    name: str
    pointer: Pointer
    by: str
    by_pointer: Pointer


class Reach(Record):
    """One retrier or catcher, those of its names that are covered earlier, and whether these are all."""

    handler: Retrier
    covered: tuple[Covered, ...]
    is_unreachable: bool


def reach(handlers: Sequence[Retrier]) -> list[Reach]:
    """What is left for each retrier or catcher of a list. What follows `States.ALL` is left out: its place is
    the fault.
    """
    found = []
    wildcard: tuple[str, Pointer] | None = None
    first: dict[str, Pointer] = {}
    for handler in handlers:
        covered = []
        own: dict[str, Pointer] = {}
        for name, pointer in handler.errors:
            if name in first or name in own:
                covered.append(Covered(name, pointer, name, first.get(name) or own[name]))
            elif wildcard is not None and not has_hole(name) and covers(wildcard[0], name):
                covered.append(Covered(name, pointer, *wildcard))
            own.setdefault(name, pointer)
        before = [one for one in covered if one.name in first or one.by != one.name]
        listed = handler.array("ErrorEquals") or []
        found.append(Reach(handler, tuple(covered), 0 < len(listed) == len(before)))
        for name, pointer in own.items():
            first.setdefault(name, pointer)
            if name == TASK_FAILED and wildcard is None:
                wildcard = (name, pointer)
        if ALL in own:
            break
    return found


class Schedule(Record):
    """How a retrier waits, in seconds."""

    longest: float
    total: float
    is_random: bool


@fact
def schedule(retrier: Retrier) -> Schedule | None:
    """The longest wait of a retrier before an attempt, and all of them together; None where a field is not
    known or not allowed.
    """
    interval = _number(retrier, "IntervalSeconds", INTERVAL, 1, MAX_SECONDS)
    attempts = _number(retrier, "MaxAttempts", ATTEMPTS, 0, MAX_SECONDS)
    backoff = _number(retrier, "BackoffRate", BACKOFF, 1, 1e9)
    cap = _number(retrier, "MaxDelaySeconds", float("inf"), 1, MAX_DELAY)
    if interval is None or attempts is None or backoff is None or cap is None:
        return None
    return _schedule(interval, attempts, backoff, cap, retrier.value.get("JitterStrategy", "NONE") != "NONE")


@lru_cache(maxsize=1024)
def _schedule(interval: float, attempts: float, backoff: float, cap: float, is_random: bool) -> Schedule:
    if attempts < 1:
        return Schedule(0, 0, is_random)
    growing = _attempts_below(cap, interval, backoff, attempts)
    longest = interval * _power(backoff, growing - 1) if growing >= attempts else cap
    grown = interval * growing if backoff == 1 else interval * (_power(backoff, growing) - 1) / (backoff - 1)
    waiting = (attempts - growing) * cap if growing < attempts else 0
    return Schedule(longest, grown + waiting, is_random)


def _attempts_below(cap: float, interval: float, backoff: float, attempts: float) -> float:
    """How many of the waits are shorter than the cap."""
    if interval >= cap:
        return 0
    if backoff == 1 or cap == float("inf"):
        return attempts
    from math import ceil, log

    return min(attempts, ceil(log(cap / interval) / log(backoff)))


def _power(base: float, exponent: float) -> float:
    try:
        return float(float(base) ** exponent)
    except OverflowError:
        return float("inf")


def _number(retrier: Retrier, field: str, otherwise: float, low: float, high: float) -> float | None:
    if field not in retrier.value:
        return otherwise
    found = retrier.number(field)
    return float(found) if found is not None and low <= found <= high else None


def span(seconds: float) -> str:
    """A duration as a person says it."""
    for size, unit in ((31_536_000, "year"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            count = seconds / size
            return f"{count:,.0f} {unit}s" if count < 1e6 else f"more than a million {unit}s"
    return f"{seconds:,.0f} seconds"
