"""What a Task state calls: the service, the API and the pattern that its `Resource` names."""

from functools import lru_cache

from asllint.model.asl import State, fact, has_hole
from asllint.record import Record

OPTIMISED = "optimised"
SDK = "sdk"
FUNCTION = "function"
ACTIVITY = "activity"

# The suffixes of https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
REQUEST_RESPONSE = ""
SYNC = ".sync"
SYNC_2 = ".sync:2"
CALLBACK = ".waitForTaskToken"
PATTERNS = (SYNC_2, SYNC, CALLBACK)


class Integration(Record):
    """A parsed `Resource`.

    `kind` is `optimised` (service, api), `sdk` (service and api of the AWS SDK), `function` (a Lambda
    function's own ARN) or `activity`. `call` is `lambda:invoke` or `aws-sdk:dynamodb:query`, ":" for an own
    ARN of a function or an activity. `service` and `api` are as written; `name` is the function's or
    activity's. `pattern` is the suffix, "" for request-response. `at` gives the offsets in the text of
    service, api and pattern.
    """

    kind: str
    text: str
    partition: str
    region: str
    account: str
    service: str = ""
    api: str = ""
    pattern: str = REQUEST_RESPONSE
    name: str = ""
    at: tuple[int, int, int] = (0, 0, 0)
    call: str = ":"

    @property
    def waits_for_job(self) -> bool:
        return self.pattern in (SYNC, SYNC_2)

    @property
    def waits_for_token(self) -> bool:
        return self.pattern == CALLBACK


@fact
def integration(state: State) -> Integration | None:
    """What a Task state calls; None where its `Resource` is no such ARN or is not known."""
    resource = state.text("Resource")
    return parse(resource) if state.type == "Task" and resource else None


def call_of(state: State) -> str | None:
    """The call of a Task state: `lambda:invoke`."""
    called = integration(state)
    return called.call if called is not None else None


def kind_of(state: State) -> str | None:
    called = integration(state)
    return called.kind if called is not None else None


def pattern_of(state: State) -> str | None:
    """The suffix of a Task state's call, "" for request-response."""
    called = integration(state)
    return called.pattern if called is not None else None


def calls_step_functions(state: State) -> bool:
    """Whether a Task state calls Step Functions itself by the AWS SDK."""
    return (call_of(state) or "").startswith("aws-sdk:sfn:")


@lru_cache(maxsize=4096)
def parse(resource: str) -> Integration | None:
    """A `Resource` as an integration, None where it has another form or a hole where the form is decided."""
    parts = segments(resource)
    if parts is None:
        return None
    partition, owner, region, account, rest = parts
    start = len(resource) - len(rest)
    if owner == "lambda":
        name = rest.removeprefix("function:")
        return (
            Integration(FUNCTION, resource, partition, region, account, name=name) if name != rest else None
        )
    if owner != "states":
        return None
    if rest.startswith("activity:"):
        return Integration(ACTIVITY, resource, partition, region, account, name=rest[len("activity:") :])
    is_sdk = rest.startswith("aws-sdk:")
    if is_sdk:
        start += len("aws-sdk:")
        rest = rest[len("aws-sdk:") :]
    service, colon, api = rest.partition(":")
    if (
        not colon
        or has_hole(service)
        or rest.startswith(("stateMachine:", "execution:", "express:", "mapRun:"))
    ):
        return None
    pattern = next((suffix for suffix in PATTERNS if api.endswith(suffix)), REQUEST_RESPONSE)
    api = api[: len(api) - len(pattern)]
    if has_hole(api):
        return None
    at = (start, start + len(service) + 1, start + len(service) + 1 + len(api))
    call = f"aws-sdk:{service}:{api}" if is_sdk else f"{service}:{api}"
    kind = SDK if is_sdk else OPTIMISED
    return Integration(kind, resource, partition, region, account, service, api, pattern, at=at, call=call)


def is_account(text: str) -> bool:
    """Whether a segment may be an account: twelve digits, or what is not known."""
    return not text.isdecimal() or len(text) == 12


def segments(text: str) -> tuple[str, str, str, str, str] | None:
    """Partition, service, Region, account and resource of an ARN; a colon inside a hole splits nothing."""
    if "${" in text:
        from asllint.model import arn

        return arn.parse(text)
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    _, partition, service, region, account, resource = parts
    return partition, service, region, account, resource
