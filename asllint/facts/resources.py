"""What is wrong with a Task's `Resource`: no ARN, a service or an API that Step Functions does not call."""

from collections.abc import Iterable

from asllint.data.integrations import CALLS, CONNECTORS, PARTITIONS, SYNC, SYNC_2, TOKEN, api
from asllint.facts.integration import OPTIMISED, SDK, Integration, integration, segments
from asllint.model.asl import State, fact
from asllint.near import slips
from asllint.record import Record

# The kinds of faults.
MALFORMED = "malformed"
SERVICE = "service"
ACTION = "action"
CASE = "case"
SDK_SERVICE = "sdk service"
SDK_ACTION = "sdk action"
RETIRED = "retired"
STREAMING = "streaming"
DEPRECATED = "deprecated"
PATTERN = "pattern"
UNLISTED = "unlisted"

# What people call a connector or a service of the AWS SDK for Java, whose names Step Functions takes.
CONNECTOR_ALIASES = {
    "dynamo": "dynamodb",
    "emr": "elasticmapreduce",
    "emrcontainers": "emr-containers",
    "emrserverless": "emr-serverless",
    "eventbridge": "events",
    "https": "http",
    "sfn": "states",
    "stepfunctions": "states",
}
SDK_ALIASES = {
    "ce": "costexplorer",
    "cloudwatchevents": "eventbridge",
    "cognitoidp": "cognitoidentityprovider",
    "configservice": "config",
    "dms": "databasemigration",
    "ds": "directory",
    "elasticfilesystem": "efs",
    "elasticmapreduce": "emr",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancingv2",
    "es": "elasticsearch",
    "events": "eventbridge",
    "iotdata": "iotdataplane",
    "logs": "cloudwatchlogs",
    "monitoring": "cloudwatch",
    "opensearchservice": "opensearch",
    "states": "sfn",
    "stepfunction": "sfn",
    "stepfunctions": "sfn",
    "tagging": "resourcegroupstaggingapi",
}
# Resources that people name where the call is due, with the call and the parameter that takes the resource.
INSTEAD = {
    "batch": "batch:submitJob",
    "codebuild": "codebuild:startBuild",
    "dynamodb": "dynamodb:putItem",
    "ecs": "ecs:runTask",
    "events": "events:putEvents",
    "glue": "glue:startJobRun",
    "sns": "sns:publish",
    "sqs": "sqs:sendMessage",
}


class Fault(Record):
    """One fault: its kind, its stretch in the text, what is said and what to do."""

    kind: str
    span: tuple[int, int]
    message: str
    help: str = ""


@fact
def fault(task: State) -> Fault | None:
    """The first thing that is wrong with what a Task names."""
    text = task.text("Resource")
    if task.type != "Task" or not text:
        return None
    called = integration(task)
    miscounted = _miscounted(text)
    if miscounted is not None:
        return miscounted
    if called is None:
        return _malformed(text)
    if "${" not in called.partition and called.partition not in PARTITIONS:
        return _partition(called.partition)
    if called.kind == OPTIMISED:
        return _optimised(called)
    return _sdk(called) if called.kind == SDK else None


def _malformed(text: str) -> Fault | None:
    whole = (0, len(text))
    if not text.startswith("arn:"):
        return None if "${" in text else Fault(MALFORMED, whole, f"`{_shown(text)}` is no ARN", _arn(text))
    parts = segments(text)
    if parts is None:
        if "${" in text:
            return None
        count = text.count(":") + 1
        return Fault(
            MALFORMED, whole, f"`{_shown(text)}` is no ARN: it has {count} of six parts", _arn(text[4:])
        )
    partition, owner, region, account, resource = parts
    start = len(f"arn:{partition}:")
    is_whole = "${" not in region or "${" in account or account == "" or account.isdecimal()
    if not is_whole or "${" in owner:
        return None  # a hole may stand for Region and account in one
    if "${" in resource.partition(":")[0] and owner in ("lambda", "states"):
        return None
    if "${" not in partition and partition not in PARTITIONS:
        return _partition(partition)
    end = len(text)
    if owner == "states":
        if resource.startswith(("stateMachine:", "execution:", "express:", "mapRun:")):
            return Fault(
                MALFORMED,
                whole,
                f"a Task cannot name a {resource.partition(':')[0]} as its `Resource`",
                "call `arn:aws:states:::states:startExecution` with this ARN as `StateMachineArn`",
            )
        if resource.removeprefix("aws-sdk:").count(":") == 0:
            return Fault(
                MALFORMED,
                (end - len(resource), end),
                f"`{resource}` names no API to call",
                "name the service and the API, as in `lambda:invoke` or `aws-sdk:s3:getObject`",
            )
        return None  # with a hole where the API stands
    if owner == "lambda":
        if resource.startswith("function:"):
            return None
        return Fault(
            MALFORMED, (end - len(resource), end), f"`{resource}` is no function", "name a function's ARN"
        )
    call = INSTEAD.get(owner)
    meant = next((one for one in ("states", "lambda") if slips(owner, one)), None)
    if meant:
        help = f"did you mean `{meant}`?"
        return Fault(MALFORMED, (start, start + len(owner)), f"a Task cannot call an ARN of `{owner}`", help)
    help = f"call `arn:aws:states:::{call}`" if call else "name a function, an activity or an integration"
    return Fault(MALFORMED, (start, start + len(owner)), f"a Task cannot call an ARN of `{owner}`", help)


def _miscounted(text: str) -> Fault | None:
    """What to say of the ARN of an integration that has not its three colons in a row."""
    if ":states:::" in text:
        return None
    import re

    found = re.fullmatch(r"(arn:[\w-]+:states)(::?)((?:aws-sdk:)?[\w-]+:\w+(?:\.sync(?::2)?|\.\w+)?)", text)
    if found is None or not (found[3].startswith("aws-sdk:") or found[3].partition(".")[0] in CALLS):
        return None
    what = "two colons are missing" if len(found[2]) == 1 else "a colon is missing"
    help = f"write `{found[1]}:::{found[3]}`"
    return Fault(MALFORMED, found.span(2), f"{what} before `{found[3]}`", help)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _arn(text: str) -> str:
    call = text.removesuffix(SYNC).removesuffix(SYNC_2).removesuffix(TOKEN)
    if call in CALLS or (text.startswith("aws-sdk:") and text.count(":") == 2):
        return f"write `arn:aws:states:::{text}`"
    if text.startswith(("$", "{%")):
        return "`Resource` is never evaluated: call `arn:aws:states:::lambda:invoke` with `FunctionName`"
    return "name a function, an activity or an integration such as `arn:aws:states:::lambda:invoke`"


def _partition(partition: str) -> Fault:
    return Fault(
        MALFORMED,
        (4, 4 + len(partition)),
        f"`{partition}` is no partition of AWS",
        f"it is one of {', '.join(f'`{one}`' for one in PARTITIONS[:3])}, ...",
    )


def _optimised(called: Integration) -> Fault | None:
    service, (name, odd) = called.service, _split(called)
    at = called.at[0], called.at[0] + len(service)
    if service not in CONNECTORS:
        if called.account and (slips(service, "activity") or slips(service, "activities")):
            said = f"there is no integration of the name `{service}`"
            return Fault(SERVICE, at, said, f"to wait for an activity write `activity:{called.api}`")
        return _service(service, at)
    found = api(f"{service}:{name}")
    if found is not None:
        return _pattern(called, odd, found.patterns)
    span = called.at[1], called.at[1] + len(name)
    known = {call.partition(":")[2] for call in CALLS if call.startswith(f"{service}:")}
    meant = _spelt(name, known)
    if meant is not None:
        return _misspelt(ACTION, name, meant, span, f"the `{service}` integration")
    said = f"the `{service}` integration has no API `{name}`"
    from asllint.data import catalog

    sdk = catalog.service(CONNECTORS[service].sdk)
    operation = _spelt(name, sdk.operations) if sdk else None
    if sdk is not None and (operation or name in sdk.operations):
        return Fault(ACTION, span, said, f"call `aws-sdk:{sdk.token}:{operation or name}`")
    listed = ", ".join(f"`{one}`" for one in sorted(known)[:6]) + (", ..." if len(known) > 6 else "")
    return _unlisted(said, span, f"it has {listed}")


def _service(service: str, at: tuple[int, int]) -> Fault:
    said = f"there is no integration of the name `{service}`"
    alias = CONNECTOR_ALIASES.get(_folded(service)) or _spelt(service, CONNECTORS)
    if alias:
        return Fault(SERVICE, at, said, f"write `{alias}`")
    from asllint.data import catalog

    token = SDK_ALIASES.get(_folded(service)) or _spelt(service, catalog.services())
    token = service if service in catalog.services() else token
    if token:
        return Fault(SERVICE, at, said, f"call it through the AWS SDK integration: `aws-sdk:{token}:...`")
    return _unlisted(said, at, "")


def _sdk(called: Integration) -> Fault | None:
    from asllint.data import catalog

    service, (name, odd) = called.service, _split(called)
    at = called.at[0], called.at[0] + len(service)
    found = catalog.service(service)
    if found is None:
        if catalog.is_retired(service):
            return Fault(RETIRED, at, f"AWS has ended the service `{service}`", "remove the task")
        said = f"the AWS SDK integration has no service `{service}`"
        token = SDK_ALIASES.get(_folded(service)) or _spelt(service, catalog.services())
        return Fault(SDK_SERVICE, at, said, f"write `{token}`") if token else _unlisted(said, at, "")
    span = called.at[1], called.at[1] + len(name)
    operation = found.operation(name)
    if operation is None:
        from asllint.near import near

        meant = _spelt(name, found.operations)
        if meant is not None:
            return _misspelt(SDK_ACTION, name, meant, span, f"`{service}`")
        close = near(name, found.operations)
        return _unlisted(
            f"`{service}` has no API `{name}`", span, f"did you mean `{close}`?" if close else ""
        )
    if operation.streaming:
        message = f"Step Functions cannot call `{name}`, which answers with a stream of events"
        other = name.removesuffix("WithResponseStream").removesuffix("Stream")
        help = f"call `{other}`" if other != name and found.operation(other) else "call it from a function"
        return Fault(STREAMING, span, message, help)
    if operation.deprecated and not called.waits_for_job:
        return Fault(DEPRECATED, span, f"AWS has deprecated `{service}:{name}`", _successor(name, found))
    return _pattern(called, odd, (TOKEN,))


def _successor(name: str, service: object) -> str:
    operations: tuple[str, ...] = getattr(service, "operations", ())
    newer = next((one for one in operations if one in (name + "V2", name.removesuffix("Async"))), None)
    return f"call `{newer}`" if newer and newer != name else "see what AWS recommends in its place"


def _split(called: Integration) -> tuple[str, str]:
    """The API, and what stands behind it that is no pattern."""
    name, dot, odd = called.api.partition(".")
    return name, dot + odd


def _pattern(called: Integration, odd: str, patterns: tuple[str, ...]) -> Fault | None:
    end = len(called.text)
    if odd:
        from asllint.near import near

        suffix = odd + called.pattern
        meant = near(suffix, (SYNC, SYNC_2, TOKEN))
        help = f"write `{meant}`" if meant else f"the patterns are `{SYNC}`, `{SYNC_2}` and `{TOKEN}`"
        return Fault(PATTERN, (end - len(suffix), end), f"`{suffix}` is no integration pattern", help)
    if not called.pattern or called.pattern in patterns:
        return None
    own = ", ".join(f"`{one}`" for one in patterns)
    help = f"beside a plain call it takes {own}" if own else "call it without a suffix"
    if called.pattern == SYNC_2 and SYNC in patterns:
        help = f"write `{SYNC}`"
    elif called.kind == SDK and called.waits_for_job:
        optimised = next((n for n, one in CONNECTORS.items() if one.sdk == called.service), "")
        found = api(f"{optimised}:{called.api}")
        is_there = found is not None and called.pattern in found.patterns
        help = (
            f"call `{optimised}:{called.api}{called.pattern}`"
            if is_there
            else "call it without a suffix, and poll until the job is done"
        )
    return Fault(
        PATTERN,
        (end - len(called.pattern), end),
        f"`{called.call}` does not take the pattern `{called.pattern}`",
        help,
    )


def _misspelt(kind: str, name: str, meant: str, span: tuple[int, int], of: str) -> Fault:
    if name.lower() == meant.lower():
        return Fault(CASE, span, f"{of} writes `{name}` as `{meant}`", f"write `{meant}`")
    return Fault(kind, span, f"{of} has no API `{name}`", f"did you mean `{meant}`?")


def _unlisted(said: str, span: tuple[int, int], more: str) -> Fault:
    from asllint.data import catalog

    return Fault(UNLISTED, span, f"{said}, as of {catalog.date()}", more)


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _spelt(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is certainly meant by a name that is none of them."""
    by_folded = {_folded(choice): choice for choice in choices}
    found = by_folded.get(_folded(name))
    if found is None:
        found = next((choice for choice in by_folded.values() if slips(name, choice)), None)
    return found


def may_be_role(text: str) -> bool:
    """Whether a text is the ARN of a role, or may become one."""
    if "${" in text:
        parts = segments(text)
        return parts is None or "${" in parts[1] or parts[1] == "iam"
    import re

    return re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/.+", text) is not None
