"""Calls of Lambda functions: which function, how it is called, what its result is."""

# ruff: noqa: N999 (the category is called so, and is found by its name)

from collections.abc import Iterator

from asllint.facts import calls
from asllint.facts.integration import (
    FUNCTION,
    PATTERNS,
    Integration,
    call_of,
    integration,
    is_account,
    kind_of,
)
from asllint.finding import Problem
from asllint.model.asl import Retrier, State, has_hole
from asllint.record import Record
from asllint.rule import where

INVOKE = "lambda:invoke"
SDK_INVOKE = "aws-sdk:lambda:invoke"
# What the service itself fails with now and then, as opposed to the function.
TRANSIENT = ("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException")
THROTTLED = "Lambda.TooManyRequestsException"
ANY_ERROR = ("States.ALL", "States.TaskFailed")
UNKNOWN, TIMED_OUT = "Lambda.Unknown", "Sandbox.Timedout"
LATEST = "$LATEST"
LONGEST_NAME = 64
_WORD_MARKS = str.maketrans("-_.", "000")


def _has_qualifier(task: State) -> bool:
    return "Qualifier" in (task.parameters or ())


def _has_type(task: State) -> bool:
    return "InvocationType" in (task.parameters or ())


class Function(Record):
    """A function as the Invoke API names it; `qualifier` is a version or an alias, "" for none."""

    name: str
    qualifier: str


@where(call_of, INVOKE, SDK_INVOKE)
def malformed_function_name(task: State) -> Iterator[Problem]:
    """AWS answers: Member must satisfy regular expression pattern."""
    text = _function_name(task)
    if text and _function(text) is None and not _is_placeholder(text):
        message, help, span = _wrong_part(text) or (f"`{text}` names no function", "", None)
        yield Problem(
            task.at(task.parameters_field, "FunctionName"),
            f"{message}: the task fails with a ValidationException",
            help=help or "write the function's name, or `arn:aws:lambda:<region>:<account>:function:<name>`",
            span=span,
        )


@where(_has_qualifier)
def qualifier_given_twice(task: State) -> Iterator[Problem]:
    """AWS answers: The derived qualifier from the function name does not match the specified qualifier."""
    text = _function_name(task)
    qualifier = calls.literal(task, "Qualifier")
    function = _function(text) if text else None
    if function is None or not function.qualifier or not qualifier or has_hole(qualifier):
        return
    if qualifier != function.qualifier:
        yield Problem(
            task.at(task.parameters_field, "Qualifier"),
            f"`Qualifier` is `{qualifier}`, `FunctionName` says `{function.qualifier}`: Lambda refuses that",
            help="give the version or alias in one of them",
        )


@where(_has_type)
def event_result_used(task: State) -> Iterator[Problem]:
    """Lambda answers an Event before the function runs, a DryRun without running it."""
    kind = calls.literal(task, "InvocationType")
    if _invoke(task) is None or kind not in ("Event", "DryRun"):
        return
    for read in calls.result_reads(task):
        if read.names[:1] == ("Payload",):
            yield Problem(
                read.pointer,
                f"`{read.words}` has no value: an invocation of type `{kind}` gives no result",
                help="leave `InvocationType` out to wait for the result, or read none",
                span=(read.start, read.end),
            )


@where(call_of, INVOKE)
def payload_not_unwrapped(task: State) -> Iterator[Problem]:
    called = _invoke(task)
    if called is None or calls.literal(task, "InvocationType") in ("Event", "DryRun"):
        return
    fields = ("Output",) if task.is_jsonata else ("ResultSelector", "OutputPath")
    if any(field in task for field in fields) or task.value.get("ResultPath", "$") is None:
        return
    taken = "{% $states.result.Payload %}" if task.is_jsonata else "$.Payload"
    field = "Output" if task.is_jsonata else "OutputPath"
    way_out = f'add `"{field}": "{taken}"`'
    if "ResultPath" in task:
        way_out = 'add `"ResultSelector": {"payload.$": "$.Payload"}`'
    yield Problem(
        task.pointer,
        "the function's result goes on inside `Payload`, beside headers and metadata of the response",
        help=way_out,
    )


@where(call_of, SDK_INVOKE)
def sdk_invoke(task: State) -> Iterator[Problem]:
    """The optimised integration parses the payload, and fails when the function does."""
    called = integration(task)
    if called is not None and called.call == SDK_INVOKE:
        yield Problem(
            task.at("Resource"),
            "an error of the function does not fail this task, and its `Payload` is a text, not JSON",
            help=f"call `arn:{called.partition}:states:::{INVOKE}{called.pattern}`",
            span=(called.at[0] - len("aws-sdk:"), called.at[2]),
        )


def missing_transient_retry(task: State) -> Iterator[Problem]:
    """Sources: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html"""
    called = integration(task)
    if called is None or not (called.kind == FUNCTION or called.call == INVOKE):
        return
    listed = [retrier.array("ErrorEquals") or [] for retrier in task.retriers if _retries(retrier)]
    names = {name for errors in listed for name in errors if isinstance(name, str)}
    missing = [name for name in TRANSIENT if name not in names]
    if not missing or names & {*ANY_ERROR} or any(has_hole(name) for name in names):
        return
    told = ", ".join(f"`{name}`" for name in missing)
    yield Problem(
        task.at("Retry") if "Retry" in task else task.pointer,
        f"a passing fault of the Lambda service fails `{task.name}` at once: nothing retries {told}",
        help=f"add a retrier for {told}" + (f" and `{THROTTLED}`" if THROTTLED not in names else ""),
    )


def only_lambda_unknown(task: State) -> Iterator[Problem]:
    """Newer runtimes report a time-out as Sandbox.Timedout."""
    called = integration(task)
    if called is None or not (called.kind == FUNCTION or called.call == INVOKE):
        return
    for handlers in (task.retriers, task.catchers):
        all_names = {name for handler in handlers for name, _ in handler.errors}
        if all_names & {TIMED_OUT, *ANY_ERROR} or any(has_hole(name) for name in all_names):
            continue
        for handler in handlers:
            for name, pointer in handler.errors:
                if name == UNKNOWN:
                    yield Problem(
                        pointer,
                        f"`{UNKNOWN}` does not match the time-outs of newer runtimes, `{TIMED_OUT}`",
                        help=f"list `{TIMED_OUT}` beside it",
                    )


@where(kind_of, FUNCTION)
def direct_function_arn(task: State) -> Iterator[Problem]:
    called = integration(task)
    if called is not None and called.kind == FUNCTION and not _suffix(called):
        yield Problem(
            task.at("Resource"),
            "the function is called by its own ARN, the older way: no callback, no asynchronous call",
            help=f"call `arn:{called.partition}:states:::{INVOKE}` with the ARN as `FunctionName`",
        )


@where(kind_of, FUNCTION)
def invoke_parameters_for_direct_arn(task: State) -> Iterator[Problem]:
    """What a direct call is given is the function's event as a whole."""
    called = integration(task)
    if called is None or called.kind != FUNCTION or task.parameters is None:
        return
    names = {key.removesuffix(".$") for key in task.parameters}
    if {"FunctionName", "Payload"} <= names:
        yield Problem(
            task.at(task.parameters_field),
            "the function gets all of this as its event, `FunctionName` and `Payload` included",
            help=f"call `arn:{called.partition}:states:::{INVOKE}`, or leave only what is within `Payload`",
        )


@where(kind_of, FUNCTION)
def function_arn_with_pattern(task: State) -> Iterator[Problem]:
    """A function called by its own ARN can only be waited for."""
    called = integration(task)
    suffix = _suffix(called) if called is not None and called.kind == FUNCTION else ""
    if called is not None and suffix:
        end = len(called.text)
        yield Problem(
            task.at("Resource"),
            f"a function's own ARN takes no `{suffix}`: there is no function of that name",
            help=f"call `arn:{called.partition}:states:::{INVOKE}"
            + (
                f"{suffix}` with the ARN as `FunctionName`"
                if "Token" in suffix
                else "`: it waits for the result"
            ),
            span=(end - len(suffix), end),
        )


def unqualified_function(task: State) -> Iterator[Problem]:
    called = integration(task)
    if called is not None and called.kind == FUNCTION and not _suffix(called):
        pointer, text = task.at("Resource"), called.text
    elif called is not None and called.call == INVOKE and task.parameters is not None:
        if "Qualifier" in task.parameters or "Qualifier.$" in task.parameters:
            return
        pointer, text = task.at(task.parameters_field, "FunctionName"), _function_name(task) or ""
    else:
        return
    function = _function(text) if text and not has_hole(text) else None
    if function is not None and function.qualifier in ("", LATEST):
        yield Problem(
            pointer,
            f"`{function.name}` is called in its latest version: an execution may see it change on the way",
            help="name a version or an alias",
        )


def _wrong_part(text: str) -> tuple[str, str, tuple[int, int]] | None:
    """The one part of an ARN that certainly is wrong: what to say of it, the way out, its stretch."""
    from asllint.near import slips

    parts = text.split(":")
    if parts[0] != "arn" or len(parts) < 7 or has_hole(text):
        return None
    service, account, kind = parts[2], parts[4], parts[5]
    if service != "lambda":
        wrong, message = 2, f"`{service}` is not the service of functions"
        help = "did you mean `lambda`?" if slips(service, "lambda") else ""
    elif not is_account(account):
        wrong, message = 4, f"the account has {len(account)} digits, not 12"
        help = "write all of them"
    elif account[:12].isdecimal() and account[12:] == "function":
        wrong, message = 4, "a colon is missing behind the account"
        help = f"write `{account[:12]}:function`"
    elif kind != "function" and slips(kind, "function"):
        wrong, message, help = 5, f"`{kind}` is no kind of resource", "did you mean `function`?"
    else:
        return None
    start = len(":".join(parts[:wrong])) + 1
    return message, help, (start, start + max(len(parts[wrong]), 1))


def _is_placeholder(text: str) -> bool:
    """Whether something is to be put in before deployment: `${Name}`, `{name}`, `<name>`."""
    return any(mark in text for mark in "{}<>")


def _invoke(task: State) -> Integration | None:
    """An optimised call that gives the function's result, not what comes with a token."""
    called = integration(task)
    return called if called is not None and called.call == INVOKE and not called.pattern else None


def _function_name(task: State) -> str | None:
    called = integration(task)
    if called is None or called.call not in (INVOKE, SDK_INVOKE):
        return None
    return calls.literal(task, "FunctionName")


def _function(text: str) -> Function | None:
    """A name, a partial or a whole ARN, each with or without a version or alias; None for another form.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    parts = _name_parts(text)
    if not 0 < len(parts) < 3 or not _is_word(parts[0]) or len(parts[0]) > LONGEST_NAME:
        return None
    if len(parts) == 2 and not _is_word(parts[1].removeprefix("$")):
        return None
    return Function(parts[0], parts[1] if len(parts) == 2 else "")


def _name_parts(text: str) -> list[str]:
    """The name, and the version or alias if there is one; what a `${hole}` stands in is not told apart."""
    parts = text.split(":")
    if parts[0] == "arn":
        if has_hole(text):
            from asllint.model import arn

            found = arn.parse(text)
            parts = ["arn", *found[:4], *found[4].split(":")] if found else []
        if len(parts) < 6 or parts[2] != "lambda" or not is_account(parts[4]):
            return []
        return parts[6:] if parts[5] == "function" else []
    if len(parts) > 1 and len(parts[0]) == 12 and parts[0].isdecimal():
        parts = parts[1:]
    return parts[1:] if len(parts) > 1 and parts[0] == "function" else parts


def _is_word(text: str) -> bool:
    return text.isascii() and text.translate(_WORD_MARKS).isalnum()


def _retries(retrier: Retrier) -> bool:
    return retrier.value.get("MaxAttempts") != 0


def _suffix(called: Integration) -> str:
    return next((suffix for suffix in PATTERNS if called.text.endswith(suffix)), "")
