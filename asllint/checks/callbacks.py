"""Task tokens: passed on where a task waits for one, read only where there is one."""

from collections.abc import Iterator

from asllint.facts import tokens
from asllint.facts.deadline import has_heartbeat, has_limit
from asllint.facts.expressions import telling
from asllint.facts.integration import ACTIVITY, CALLBACK, FUNCTION, SDK, Integration, integration, pattern_of
from asllint.finding import Problem
from asllint.model.asl import State
from asllint.rule import where

# Where the parameters of an API have room for a token.
CARRIERS = {
    "apigateway:invoke": "RequestBody",
    "events:putEvents": "Entries[].Detail",
    "lambda:invoke": "Payload",
    "sns:publish": "Message",
    "sqs:sendMessage": "MessageBody",
    "states:startExecution": "Input",
}


@where(pattern_of, CALLBACK)
def token_not_passed(task: State) -> Iterator[Problem]:
    """Nothing but the token ends the task: without TimeoutSeconds it waits for a year."""
    called = _without_token(task)
    if called is not None and not _is_limited(task):
        yield Problem(
            _payload(task),
            f"`{task.name}` waits for its task token, which it passes to nobody: it hangs for up to a year",
            help=_way_out(task, called),
        )


@where(pattern_of, CALLBACK)
def callback_only_times_out(task: State) -> Iterator[Problem]:
    """The same with a limit of its own: it always ends with States.Timeout."""
    called = _without_token(task)
    if called is not None and _is_limited(task):
        yield Problem(
            _payload(task),
            f"`{task.name}` waits for its task token, which it passes to nobody: it can only fail with "
            "States.Timeout",
            help=_way_out(task, called),
        )


@where(pattern_of, CALLBACK)
def token_as_text(task: State) -> Iterator[Problem]:
    """The words for the token are sent in place of the token."""
    for text in tokens.texts_for_token(task):
        yield Problem(
            text.pointer,
            f"the text `{text.words}` itself is sent, not the task token: nobody can answer `{task.name}`",
            help=_evaluated(task, text),
            span=(text.start, text.end),
        )


@where(telling)
def token_without_callback(state: State) -> Iterator[Problem]:
    """Tokens are there in .waitForTaskToken, in .sync (to end a job early) and in activities."""
    if not state.is_known:
        return
    called = integration(state)
    if state.type == "Task" and (called is None or called.kind == ACTIVITY or called.pattern):
        return
    if called is not None and "." in called.call:
        return  # a pattern that is none, which is told
    for read in tokens.token_reads(state):
        error = "States.QueryEvaluationError" if state.is_jsonata else "States.Runtime"
        why = "does not wait for one" if called else f"is no Task but a {state.type} state"
        yield Problem(
            read.pointer,
            f"`{read.words}` does not exist: `{state.name}` {why}, so it fails with {error}",
            help=_waiting(called) if called else "read the token in the Task state that waits for it",
            span=(read.start, read.end),
        )


@where(pattern_of, CALLBACK)
def token_sent_to_another_account(task: State) -> Iterator[Problem]:
    """Step Functions takes a token back only from principals of the machine's own account."""
    called = integration(task)
    own = _account(task.definition.settings.arn or "")
    if called is None or not own or not tokens.passes_token(task):
        return
    for field in ("QueueUrl", "TopicArn", "TargetArn", "FunctionName", "StateMachineArn"):
        value = (task.parameters or {}).get(field)
        account = _account(value) if isinstance(value, str) else None
        if account and account != own:
            yield Problem(
                task.at(task.parameters_field, field),
                f"the task token goes to account {account}, but only account {own} can send it back",
                help=f"answer from a role in account {own}, or start a machine in account {account}",
            )


def _without_token(task: State) -> Integration | None:
    """What a task calls that certainly does not pass its token, if that has no other cause."""
    called = integration(task)
    if called is None or tokens.passes_token(task) is not False:
        return None
    if tokens.token_texts(task) or tokens.misspells_token(task):
        return None
    from asllint.facts.resources import fault

    return None if fault(task) else called  # what cannot be called so is the cause


def _is_limited(task: State) -> bool:
    return has_limit(task) or has_heartbeat(task)


def _payload(task: State) -> tuple[str | int, ...]:
    field = task.parameters_field
    return task.at(field) if field in task else task.pointer


def _way_out(task: State, called: Integration) -> str:
    carrier = CARRIERS.get(called.call)
    key, value = ("", "{% $states.context.Task.Token %}") if task.is_jsonata else (".$", "$$.Task.Token")
    if called.call == "ecs:runTask":
        variable = f'{{"Name": "TASK_TOKEN", "Value{key}": "{value}"}}'
        way_out = f"add `{variable}` to `Overrides.ContainerOverrides[].Environment`"
    elif carrier is None:
        way_out = "pass it in a parameter that carries data"
    elif isinstance((task.parameters or {}).get(carrier), str):
        way_out = f'make `{carrier}` an object that holds it: `{{"TaskToken{key}": "{value}"}}`'
    else:
        way_out = f'add `"TaskToken{key}": "{value}"` to `{carrier}`'
    return f"{way_out}, or call without `.waitForTaskToken`"


def _evaluated(task: State, text: tokens.Stretch) -> str:
    key = text.pointer[-1]
    if task.is_jsonata:
        return "only a text that is wholly an expression is evaluated: `{% $states.context.Task.Token %}`"
    if isinstance(key, int):
        return "in an array nothing is evaluated: build it with States.Array in a key that ends with `.$`"
    if text.is_whole:
        return f'write `"{key}.$": "$$.Task.Token"`'
    return (
        f"only a key that ends with `.$` is evaluated: write `{key}.$` and States.Format with `$$.Task.Token`"
    )


def _waiting(called: Integration) -> str:
    if called.kind == FUNCTION:
        return "call the function by `arn:aws:states:::lambda:invoke.waitForTaskToken`"
    prefix = "aws-sdk:" if called.kind == SDK else ""
    return f"wait for it with `{prefix}{called.service}:{called.api}.waitForTaskToken`, or send no token"


def _account(text: str) -> str | None:
    """The account in an ARN, a partial function ARN or a queue's URL, if it is written out."""
    parts = text.split("/") if text.startswith("https://") else text.split(":")
    places = (3,) if text.startswith("https://") else (0, 4)
    return next(
        (parts[i] for i in places if i < len(parts) and len(parts[i]) == 12 and parts[i].isdecimal()), None
    )
