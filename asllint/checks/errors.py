"""Retry and Catch: what they match, what they miss, how long they wait."""

from collections.abc import Iterator, Sequence

from asllint.facts import errors
from asllint.facts.deadline import outlasted
from asllint.facts.errors import ALL, RUNTIME, TASK_FAILED, Reach, span
from asllint.finding import Problem, Related
from asllint.model.asl import Catcher, Retrier, State, error_names, has_hole
from asllint.rule import where

LONG_WAIT = 86_400


def _lists_own(state: State) -> bool:
    """Whether a name that starts with `States.`, in whatever case, is listed."""
    return any(name.casefold().startswith("states.") for name in error_names(state))


def _lists_several(state: State) -> bool:
    return len(error_names(state)) > 1


def _lists_runtime(retrier: Retrier) -> bool:
    return RUNTIME in (retrier.array("ErrorEquals") or ())


def _waits_long(retrier: Retrier) -> bool:
    waits = errors.schedule(retrier)
    return waits is not None and waits.longest > LONG_WAIT


def _has_cap(retrier: Retrier) -> bool:
    return "MaxDelaySeconds" in retrier.value


@where(_lists_own)
def states_all_not_alone(state: State) -> Iterator[Problem]:
    """AWS answers "States.ALL must appear alone and at end of list"."""
    for handler in _handlers(state):
        listed = handler.array("ErrorEquals") or []
        for name, pointer in handler.errors:
            if name == ALL and len(listed) > 1:
                yield Problem(
                    pointer,
                    f"`{ALL}` stands beside other errors in a {_role(handler)} of state `{state.name}`",
                    help=f"leave `{ALL}` alone in its list: it matches the other errors as well",
                )
                break


@where(_lists_own)
def states_all_not_last(state: State) -> Iterator[Problem]:
    """AWS answers "States.ALL must appear alone and at end of list"."""
    for handlers in _lists(state):
        for handler in handlers[:-1]:
            if handler.value.get("ErrorEquals") == [ALL]:
                role = _role(handler)
                yield Problem(
                    handler.at("ErrorEquals", 0),
                    f"`{ALL}` stands before other {role}s of state `{state.name}`, and must be the last",
                    help=f"move this {role} to the end of its list",
                    related=(Related(handlers[-1].pointer, f"this {role} comes after it"),),
                )


@where(_lists_own)
def unknown_states_error(state: State) -> Iterator[Problem]:
    """Names that start with `States.` are Step Functions' own; a Fail state may raise one all the same."""
    for handler in _handlers(state):
        for name, pointer in handler.errors:
            if not name.casefold().startswith("states.") or errors.is_own(name) or has_hole(name):
                continue
            raised = errors.raised(state.definition)
            if name in raised or None in raised:
                continue
            from asllint.near import near

            close = near(name, errors.NAMES)
            if close is None and not name.startswith(errors.PREFIX):
                continue
            yield Problem(
                pointer,
                f"nothing raises `{name}`: this {_role(handler)} of state `{state.name}` never matches it",
                help=f"did you mean `{close}`?"
                if close
                else "names that start with `States.` are Step Functions' own, and this is none of them",
            )


@where(_lists_several)
def unreachable_retrier(state: State) -> Iterator[Problem]:
    """The first retrier that lists an error decides, even when its attempts are used up."""
    yield from _unreachable(errors.reach(state.retriers), "retrier")


@where(_lists_several)
def unreachable_catcher(state: State) -> Iterator[Problem]:
    """The first catcher that lists an error decides."""
    yield from _unreachable(errors.reach(state.catchers), "catcher")


def _unreachable(found: list[Reach], role: str) -> Iterator[Problem]:
    for handler, covered, is_unreachable in found:
        if is_unreachable:
            causes = {one.by_pointer: one.by for one in covered}
            names = " and ".join(f"`{name}`" for name in dict.fromkeys(causes.values()))
            yield Problem(
                handler.pointer,
                f"this {role} of state `{handler.state.name}` is never used: an earlier one lists {names}",
                help=f"remove this {role}, or put it first",
                related=tuple(Related(pointer, "this matches first") for pointer in causes),
            )


@where(_lists_several)
def error_listed_twice(state: State) -> Iterator[Problem]:
    """A name that is matched before, in a list where other names are not."""
    for handlers in _lists(state):
        for handler, covered, is_unreachable in errors.reach(handlers):
            for name, pointer, by, by_pointer in () if is_unreachable else covered:
                message = f"`{name}` is listed" if by == name else f"`{name}` is matched by `{by}`"
                yield Problem(
                    pointer,
                    f"{message} before in {'Retry' if _role(handler) == 'retrier' else 'Catch'} of state "
                    f"`{state.name}`: this one is never used",
                    help="remove it here, or there",
                    related=(Related(by_pointer, "this matches first"),),
                )


@where(_lists_runtime)
def unretriable_error(retrier: Retrier) -> Iterator[Problem]:
    """A States.Runtime error always fails the execution."""
    for name, pointer in retrier.errors:
        if name == RUNTIME:
            yield Problem(
                pointer,
                f"`{RUNTIME}` is never retried: it fails the execution at once",
                help="remove it, and guard what raises it: a path or an expression that finds nothing",
            )


def task_failed_misses_timeout(task: State) -> Iterator[Problem]:
    """States.TaskFailed matches every error but States.Timeout."""
    if not any(field in task for field in ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds")):
        return
    for handlers in (task.retriers, task.catchers):
        named = [(name, pointer) for handler in handlers for name, pointer in handler.errors]
        names = {name for name, _ in named}
        if TASK_FAILED in names and not names & {ALL, errors.TIMEOUT}:
            role = _role(handlers[0])
            yield Problem(
                next(pointer for name, pointer in named if name == TASK_FAILED),
                f"`{TASK_FAILED}` does not match `{errors.TIMEOUT}`, and task `{task.name}` may time out",
                help=f"list `{errors.TIMEOUT}` beside it, or use a {role} for `{ALL}`",
            )


def retry_outlasts_execution(retrier: Retrier) -> Iterator[Problem]:
    """The waits alone take longer than the execution may."""
    waits = errors.schedule(retrier)
    if waits is None or waits.is_random:
        return
    limit = outlasted(retrier.state.machine, waits.total)
    if limit is not None:
        yield Problem(
            retrier.pointer,
            f"this retrier of state `{retrier.state.name}` waits {span(waits.total)} in all, "
            f"and {limit.reason}: its last attempts never come",
            help="lower `MaxAttempts`, `IntervalSeconds` or `BackoffRate`, or set `MaxDelaySeconds`",
            related=(Related(limit.pointer, "the limit is here"),) if limit.pointer else (),
        )


@where(_waits_long)
def long_retry(retrier: Retrier) -> Iterator[Problem]:
    """Exponential backoff without a cap."""
    waits = errors.schedule(retrier)
    if waits is None or _has_cap(retrier):
        return
    if retrier.value.get("BackoffRate") == 1 or next(retry_outlasts_execution(retrier), None):
        return
    yield Problem(
        retrier.pointer,
        f"this retrier of state `{retrier.state.name}` waits {span(waits.longest)} before its last attempt",
        help="set `MaxDelaySeconds`, or lower `MaxAttempts` or `BackoffRate`",
    )


@where(_has_cap)
def max_delay_below_interval(retrier: Retrier) -> Iterator[Problem]:
    """The cap is there for waits that grow."""
    interval = retrier.number("IntervalSeconds") if "IntervalSeconds" in retrier else errors.INTERVAL
    delay = retrier.number("MaxDelaySeconds")
    if delay is None or interval is None or not 0 < delay < interval:
        return
    yield Problem(
        retrier.at("MaxDelaySeconds"),
        f"`MaxDelaySeconds` is {delay}, less than `IntervalSeconds`, {interval}: the waits cannot grow",
        help=f"set `MaxDelaySeconds` above {interval}, or leave it out",
    )


def retrier_without_attempts(state: State) -> Iterator[Problem]:
    """`MaxAttempts` 0 keeps errors from a later retrier; with none, it does nothing."""
    retriers = state.retriers
    later: set[str] = set()
    for retrier in reversed(retriers):
        names = [name for name, _ in retrier.errors]
        exempted = any(errors.covers(one, name) for one in later & {ALL, TASK_FAILED} for name in names)
        if retrier.number("MaxAttempts") == 0 and names and not exempted and not later.intersection(names):
            yield Problem(
                retrier.at("MaxAttempts"),
                f"this retrier of state `{state.name}` never retries, and keeps no error from a later one",
                help="remove the retrier, or raise `MaxAttempts`",
            )
        later.update(names)


def retry_without_jitter(retrier: Retrier) -> Iterator[Problem]:
    """What fails together is retried together."""
    if "JitterStrategy" not in retrier and retrier.number("MaxAttempts") != 0:
        yield Problem(
            retrier.pointer,
            f"this retrier of state `{retrier.state.name}` has no jitter: executions that fail together "
            "retry together",
            help='add `"JitterStrategy": "FULL"`',
        )


def catcher_drops_input(catcher: Catcher) -> Iterator[Problem]:
    """The error output stands in place of the state's input."""
    state = catcher.state
    target = state.machine.states.get(catcher.text("Next") or "")
    if target is None or target.type == "Fail" or catcher.value.get("ResultPath", "$") != "$":
        return
    if state.is_jsonata and ("Output" in catcher or "Assign" in catcher):
        return
    way_out = '`"Output"`' if state.is_jsonata else '`"ResultPath": "$.error"`'
    yield Problem(
        catcher.pointer,
        f"state `{target.name}` gets the error alone from this catcher, and not the input of `{state.name}`",
        help=f"add {way_out} to keep the input beside the error",
    )


def catch_loop(catcher: Catcher) -> Iterator[Problem]:
    """An error that stays goes round until the execution times out."""
    from asllint.facts.flow import unbroken

    state = catcher.state
    target = catcher.text("Next") or ""
    loops = unbroken(state.machine)
    if state.name in loops and loops.get(target) == loops[state.name]:
        back = "itself" if target == state.name else f"`{target}`, which leads back to it"
        yield Problem(
            catcher.at("Next"),
            f"when state `{state.name}` fails it goes on with {back}, without a limit: an error that stays "
            "goes round until the history has 25,000 events",
            help="use `Retry` with `MaxAttempts`, or count the turns and leave the loop by a Choice state",
        )


def _lists(state: State) -> tuple[Sequence[Retrier], ...]:
    """What stands in `Retry` and in `Catch` of a state that takes them."""
    return (state.retriers, state.catchers) if state.type in ("Task", "Parallel", "Map") else ()


def _handlers(state: State) -> list[Retrier]:
    return [handler for handlers in _lists(state) for handler in handlers]


def _role(handler: Retrier) -> str:
    return "catcher" if isinstance(handler, Catcher) else "retrier"
