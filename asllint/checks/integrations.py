"""What a Task's `Resource` names: services, APIs, patterns, partitions; and the errors it can raise."""

import re
from collections.abc import Iterator
from typing import Any

from asllint.data.integrations import CONNECTORS, PARTITIONS, SYNC, api
from asllint.facts.integration import ACTIVITY, OPTIMISED, SDK, integration, kind_of, segments
from asllint.finding import Problem, Related
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, State, error_names
from asllint.rule import mentions, where

ACTIVITY_NAME_LENGTH = 80
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html
_FORBIDDEN = '<>{}[]?*"#%\\^|~`$&,;:/'
REFUSED = "AWS refuses the definition"
ORDINARY = {"States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"}


def _fault(task: State) -> Any:
    """The first fault of a `Resource`. An ordinary call needs no more than a look at the table."""
    called = integration(task)
    if called is not None and called.kind == OPTIMISED and called.partition == "aws" and not called.account:
        found = api(called.call)
        if found is not None and (not called.pattern or called.pattern in found.patterns):
            return None
    from asllint.facts import resources

    return resources.fault(task)


def _kind(task: State) -> str | None:
    """What is wrong with a `Resource`."""
    fault = _fault(task)
    return fault.kind if fault is not None else None


def _of(task: State, *, refused: bool = True) -> Iterator[Problem]:
    fault = _fault(task)
    message = f"{fault.message}: {REFUSED}" if refused else fault.message
    yield Problem(task.at("Resource"), message, help=fault.help, span=fault.span)


@where(_kind, "malformed")
def malformed_resource(task: State) -> Iterator[Problem]:
    """AWS: "The value is not a valid resource ARN"."""
    yield from _of(task)


@where(_kind, "service")
def unknown_service(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "action")
def unknown_action(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "case")
def wrong_case_action(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "sdk service")
def unknown_sdk_service(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "sdk action")
def unknown_sdk_action(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "unlisted")
def integration_not_in_catalogue(task: State) -> Iterator[Problem]:
    """It may be newer than what we know."""
    yield from _of(task, refused=False)


@where(_kind, "retired")
def retired_service(task: State) -> Iterator[Problem]:
    yield from _of(task, refused=False)


@where(_kind, "streaming")
def streaming_action(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(_kind, "deprecated")
def deprecated_action(task: State) -> Iterator[Problem]:
    yield from _of(task, refused=False)


@where(_kind, "pattern")
def unsupported_pattern(task: State) -> Iterator[Problem]:
    yield from _of(task)


@where(kind_of, OPTIMISED, SDK)
def region_in_integration_arn(task: State) -> Iterator[Problem]:
    """AWS writes `:::`; with Region and account it was seen to work as well."""
    called = integration(task)
    if called is None or not (called.region or called.account):
        return
    if _fault(task) is not None:
        return  # perhaps it was to be something else
    start = len(f"arn:{called.partition}:states:")
    written = f"{called.region}:{called.account}"
    yield Problem(
        task.at("Resource"),
        f"the ARN of an integration has no Region and no account, here it has `{written}`",
        help=f"write `arn:{called.partition}:states:::{called.text[start + len(written) + 1 :]}`",
        span=(start, start + len(written)),
    )


@where(kind_of, ACTIVITY)
def malformed_activity_arn(task: State) -> Iterator[Problem]:
    called = integration(task)
    if called is None:
        return
    start = len(f"arn:{called.partition}:states:")
    account, name, end = called.account, called.name, len(called.text)
    at_account = start + len(called.region) + 1
    at_name = end - max(len(name), 1), end
    if not called.region:
        yield _activity(task, "the ARN of an activity names its Region", (start, start + 1))
    elif "${" not in account and not re.fullmatch(r"\d{12}", account):
        yield _activity(task, "an account has twelve digits", (at_account, at_account + max(len(account), 1)))
    elif "${" in name:
        return
    elif not name or any(letter in _FORBIDDEN or letter.isspace() for letter in name):
        yield _activity(task, f"`{name}` is no name of an activity", at_name)
    elif len(name) > ACTIVITY_NAME_LENGTH:
        yield _activity(
            task, f"the name has {len(name)} of at most {ACTIVITY_NAME_LENGTH} characters", at_name
        )


def _activity(task: State, message: str, span: tuple[int, int]) -> Problem:
    form = "`arn:aws:states:REGION:ACCOUNT:activity:NAME`"
    return Problem(task.at("Resource"), f"{message}: {REFUSED}", help=f"write {form}", span=span)


@mentions("arn:aws-")
def mixed_partitions(definition: Definition) -> Iterator[Problem]:
    """Nothing is called across partitions."""
    first: tuple[str, Pointer | None] | None = None
    own = segments(definition.settings.arn or "")
    if own is not None and own[0] in PARTITIONS:
        first = own[0], None
    for task in definition.states:
        if task.type != "Task":
            continue
        for text, place in _arns(task):
            partition = text.split(":", 2)[1]
            if partition not in PARTITIONS or (first is not None and partition == first[0]):
                continue
            pointer = task.at(*place)
            if first is None:
                first = partition, pointer
            else:
                related = (Related(first[1], f"`{first[0]}` here"),) if first[1] else ()
                yield Problem(
                    pointer,
                    f"this ARN is in partition `{partition}`, the machine in `{first[0]}`: the call fails",
                    help=f"name a resource in `{first[0]}`",
                    span=(4, 4 + len(partition)),
                    related=related,
                )


def _arns(task: State) -> Iterator[tuple[str, Pointer]]:
    """The ARNs that a Task calls or hands to a service, each with its place in the Task; not those in what it
    hands on to code.
    """
    resource = task.text("Resource") or ""
    if resource.startswith("arn:"):
        yield resource, ("Resource",)
    called = integration(task)
    parameters = task.parameters
    if parameters is None or called is None or called.kind not in (OPTIMISED, SDK):
        return
    for name, value in parameters.items():
        if value.__class__ is str and value[:4] == "arn:" and name.endswith(("Arn", "FunctionName")):
            yield value, (task.parameters_field, name)


@where(kind_of, SDK)
def sdk_call_with_optimised_integration(task: State) -> Iterator[Problem]:
    called = integration(task)
    if called is None or called.kind != SDK:
        return
    for name, connector in CONNECTORS.items():
        found = api(f"{name}:{called.api}")
        if connector.sdk != called.service or found is None:
            continue
        if called.pattern and called.pattern not in found.patterns:
            continue
        more = ", which can wait for the job" if SYNC in found.patterns else ""
        yield Problem(
            task.at("Resource"),
            f"there is an optimised integration for `{called.call}`{more}",
            help=f"call `{name}:{called.api}{called.pattern}`; its result and its error names differ",
            span=(called.at[0] - len("aws-sdk:"), called.at[2]),
        )


def _wrong_errors(task: State) -> tuple[Any, ...]:
    """The names that retriers and catchers list in vain; what any Task may raise needs no closer look."""
    if ORDINARY.issuperset(error_names(task)):
        return ()
    from asllint.facts import service_errors

    return service_errors.faults(task)


def _of_errors(task: State, kind: str) -> Iterator[Problem]:
    for fault in _wrong_errors(task):
        if fault.kind == kind:
            yield Problem(fault.pointer, fault.message, help=fault.help)


@where(_wrong_errors)
def wrong_error_prefix(task: State) -> Iterator[Problem]:
    yield from _of_errors(task, "prefix")


@where(_wrong_errors)
def sdk_error_without_suffix(task: State) -> Iterator[Problem]:
    yield from _of_errors(task, "suffix")


@where(_wrong_errors)
def misspelt_sdk_error(task: State) -> Iterator[Problem]:
    yield from _of_errors(task, "unknown")


@where(_wrong_errors)
def error_of_other_states(task: State) -> Iterator[Problem]:
    yield from _of_errors(task, "elsewhere")
