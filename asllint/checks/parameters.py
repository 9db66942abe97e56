"""What a Task hands to the API that it calls."""

from collections.abc import Iterator
from typing import Any

from asllint.data.integrations import WITH_ALTERNATIVES
from asllint.facts import parameters as facts
from asllint.facts.integration import call_of, calls_step_functions, segments
from asllint.facts.parameters import Fault, given, is_opaque, literal
from asllint.finding import Problem, Related
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, spelled
from asllint.rule import mentions, where

REFUSED = "AWS refuses the definition"
# One of them is in every secret that is looked for.
MARKS = ("AKIA", "PRIVATE", "ghp_", "github_pat_", "xox", "sk_live_")
PUT_EVENTS = ("events:putEvents", "aws-sdk:eventbridge:putEvents")
HTTP, GATEWAY = "http:invoke", "apigateway:invoke"
EVENT_FIELDS = ("Source", "DetailType", "Detail")
GROUPED = {
    "sqs:sendMessage": ("QueueUrl", "queue"),
    "aws-sdk:sqs:sendMessage": ("QueueUrl", "queue"),
    "sns:publish": ("TopicArn", "topic"),
    "aws-sdk:sns:publish": ("TopicArn", "topic"),
}

# Parameters that name a resource: the service that its ARN is of ("": it takes none), and what it is.
NAMED = {
    ("batch", "JobDefinition"): ("batch", "a job definition"),
    ("batch", "JobQueue"): ("batch", "a job queue"),
    ("codebuild", "ProjectName"): ("codebuild", "a project"),
    ("dynamodb", "TableName"): ("dynamodb", "a table"),
    ("ecs", "Cluster"): ("ecs", "a cluster"),
    ("ecs", "TaskDefinition"): ("ecs", "a task definition"),
    ("sns", "TopicArn"): ("sns", "a topic"),
    ("sqs", "QueueUrl"): ("", "the URL of a queue"),
}


def _faults(task: State, kind: int) -> Iterator[tuple[Fault, str, str, Pointer]]:
    """Faults of a kind, each with the call, the path to it, and its place."""
    call = call_of(task)
    for fault in facts.faults(task):
        if fault.kind == kind and call is not None:
            yield fault, call, _path(fault.place), task.at(task.parameters_field, *fault.place)


def _path(place: Pointer) -> str:
    """`Tags[0].Key`."""
    path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return path.removeprefix(".")


def _misnamed(task: State) -> list[tuple[str, str, str, str]]:
    """Parameters that hold the ARN of another service's resource: the name, that service, what is due."""
    found = []
    service = (call_of(task) or "").removeprefix("aws-sdk:").partition(":")[0]
    for name, value in (task.parameters or {}).items():
        if isinstance(value, str) and value.startswith("arn:") and (service, name) in NAMED:
            owner, noun = NAMED[service, name]
            parts = segments(value)
            if parts is not None and "${" not in parts[1] and parts[1] != owner:
                found.append((name, parts[1], owner, noun))
    return found


def _has_credentials(task: State) -> bool:
    return "Credentials" in task.value


def _call(task: State) -> tuple[str, dict[str, Any]] | None:
    """The call of a Task and its parameters."""
    call, parameters = call_of(task), task.parameters
    return (call, parameters) if call is not None and parameters is not None else None


@where(facts.is_incomplete)
def required_parameter_missing(task: State) -> Iterator[Problem]:
    """AWS: "The field 'FunctionName' is required but was missing"."""
    for fault, call, path, pointer in _faults(task, facts.MISSING):
        holder = f"`{path}`" if path else f"`{call}`"
        yield Problem(pointer, f"{fault.message} in {holder}: {REFUSED}", help=fault.help)
    alternatives = facts.missing_alternatives(task)
    if alternatives:
        names = " or ".join(f"`{name}`" for name in alternatives)
        yield Problem(
            task.at(task.parameters_field),
            f"{names} is required but missing in `{call_of(task)}`: the call fails",
            help=f"add `{alternatives[0]}`",
        )


@where(call_of, *WITH_ALTERNATIVES, "aws-sdk:sns:publish")
def conflicting_parameters(task: State) -> Iterator[Problem]:
    keys = facts.rivals(task)
    for key in keys[1:]:
        yield Problem(
            task.at(task.parameters_field, key),
            f"`{call_of(task)}` takes `{key.removesuffix('.$')}` or `{keys[0].removesuffix('.$')}`, not both",
            help="keep one of them",
            related=(Related(task.at(task.parameters_field, keys[0]), "the other one", key=True),),
            key=True,
        )


@where(facts.faults)
def unknown_parameter(task: State) -> Iterator[Problem]:
    """AWS: 'The field "functionName" is not supported by Step Functions'."""
    for fault, call, path, pointer in _faults(task, facts.MISSPELT):
        yield Problem(pointer, f"`{path}` is no parameter of `{call}`: {REFUSED}", help=fault.help, key=True)


@where(facts.faults)
def parameter_not_in_catalogue(task: State) -> Iterator[Problem]:
    """It may be newer than what we know."""
    for fault, call, path, pointer in _faults(task, facts.UNLISTED):
        from asllint.data import catalog

        yield Problem(
            pointer,
            f"`{path}` is no parameter of `{call}`, as of {catalog.date()}",
            help=f"did you mean `{fault.help}`?" if fault.help else "",
            key=True,
        )


@where(facts.faults)
def wrong_parameter_type(task: State) -> Iterator[Problem]:
    """AWS: "The value for the field 'Payload' must be a STRING"."""
    for fault, call, path, pointer in _faults(task, facts.TYPE):
        yield Problem(pointer, f"`{path}` of `{call}` {fault.message}: the call fails", help=fault.help)


@where(facts.faults)
def unsupported_parameter_value(task: State) -> Iterator[Problem]:
    for fault, call, path, pointer in _faults(task, facts.ENUM):
        if fault.is_own:
            message = f"`{path}` of `{call}` cannot be {fault.message}: the call fails"
            yield Problem(pointer, message, help=fault.help)


@where(facts.faults)
def unknown_parameter_value(task: State) -> Iterator[Problem]:
    """It may be newer than what we know."""
    for fault, call, path, pointer in _faults(task, facts.ENUM):
        if not fault.is_own:
            message = f"{fault.message} is no value of `{path}` of `{call}`: the service refuses the call"
            yield Problem(pointer, message, help=fault.help)


@where(facts.faults)
def parameter_out_of_range(task: State) -> Iterator[Problem]:
    for fault, call, path, pointer in _faults(task, facts.LIMIT):
        yield Problem(pointer, f"`{path}` of `{call}` {fault.message}: the call fails", help=fault.help)


@where(facts.faults)
def malformed_attribute_value(task: State) -> Iterator[Problem]:
    for fault, _, path, pointer in _faults(task, facts.ATTRIBUTE):
        message = f"the attribute value `{path}` {fault.message}: the call fails"
        yield Problem(pointer, message, help=fault.help)


@where(call_of, *GROUPED)
def fifo_without_group(task: State) -> Iterator[Problem]:
    """SQS: "The request must contain the parameter MessageGroupId"."""
    found = _call(task)
    if found is None:
        return
    call, parameters = found
    name, what = GROUPED[call]
    text = literal(parameters, name, jsonata=task.is_jsonata)
    if text is not None and text.endswith(".fifo") and not given(parameters, "MessageGroupId"):
        yield Problem(
            task.at(task.parameters_field, name),
            f"a FIFO {what} takes no message without `MessageGroupId`: the call fails",
            help="add `MessageGroupId`",
        )


@where(call_of, *PUT_EVENTS)
def incomplete_event_entry(task: State) -> Iterator[Problem]:
    """EventBridge: "Parameter Source is not valid. Reason: Source is a required argument"."""
    found = _call(task)
    entries = found[1].get("Entries") if found else None
    if found is None or not isinstance(entries, list):
        return
    happens = "fails with EventBridge.FailedEntry" if found[0][0] == "e" else "succeeds and the event is lost"
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict) or any("${" in key for key in entry):
            continue
        absent = [name for name in EVENT_FIELDS if not given(entry, name)]
        if absent:
            names = " and ".join(f"`{name}`" for name in absent)
            yield Problem(
                task.at(task.parameters_field, "Entries", i),
                f"EventBridge takes no entry without {names}: the call {happens}",
                help=f"add {names}",
            )


@where(call_of, "elasticmapreduce:createCluster")
def cluster_not_kept_alive(task: State) -> Iterator[Problem]:
    found = _call(task)
    instances = found[1].get("Instances") if found else None
    name = "KeepJobFlowAliveWhenNoSteps"
    if not isinstance(instances, dict) or f"{name}.$" in instances or any("${" in key for key in instances):
        return
    value = instances.get(name)
    if value not in (True, "true") and not is_opaque(value, jsonata=task.is_jsonata):
        place = (name,) if name in instances else ()
        yield Problem(
            task.at(task.parameters_field, "Instances", *place),
            f"`elasticmapreduce:createCluster` requires `{name}` to be true: the call fails",
            help=f'write `"{name}": true`; end the cluster with `elasticmapreduce:terminateCluster`',
        )


@where(call_of, HTTP, GATEWAY)
def malformed_endpoint(task: State) -> Iterator[Problem]:
    found = _call(task)
    text = literal(found[1], "ApiEndpoint", jsonata=task.is_jsonata) if found else None
    if found is None or text is None:
        return
    from asllint.facts.http_calls import endpoint_fault

    fault = endpoint_fault(found[0], text)
    if fault is not None:
        message, help, span = fault
        pointer = task.at(task.parameters_field, "ApiEndpoint")
        yield Problem(pointer, f"{message}: the call fails", help=help, span=span)


@where(call_of, HTTP, GATEWAY)
def forbidden_header(task: State) -> Iterator[Problem]:
    """States.Runtime, which nothing catches."""
    for call, name, pointer, _ in _headers(task, "Headers"):
        from asllint.facts.http_calls import is_forbidden

        if is_forbidden(call, name):
            is_secret = call == HTTP and "authorization" in name.lower()
            help = "give credentials to the connection" if is_secret else "leave it out"
            end = "fails with States.Runtime, which nothing catches" if call == HTTP else "fails"
            message = f"`{call}` does not take the header `{name}`: the task {end}"
            yield Problem(pointer, message, help=help, key=True)


@where(call_of, GATEWAY)
def header_not_a_list(task: State) -> Iterator[Problem]:
    """AWS: "The value of the field 'Headers' has an invalid format"."""
    for field in ("Headers", "QueryParameters"):
        for call, name, pointer, value in _headers(task, field):
            if not isinstance(value, list) and value is not None:
                if is_opaque(value, jsonata=task.is_jsonata) or pointer[-1] != name:
                    continue
                yield Problem(
                    pointer,
                    f"`{field}` of `{call}` takes lists of texts; this is {facts.word(value)}: "
                    "the task fails with States.Runtime, "
                    "\"The value of the field '" + field + "' has an invalid format\"",
                    help=f'write `["{value}"]`' if isinstance(value, (str, int)) else "write an array",
                )


def _headers(task: State, field: str) -> Iterator[tuple[str, str, Pointer, Any]]:
    found = _call(task)
    headers = found[1].get(field) if found else None
    if found is None or not isinstance(headers, dict):
        return
    for key, value in headers.items():
        name = key if task.is_jsonata else key.removesuffix(".$")
        if "${" not in name:
            yield found[0], name, task.at(task.parameters_field, field, key), value


@where(call_of, GATEWAY)
def body_without_effect(task: State) -> Iterator[Problem]:
    found = _call(task)
    method = literal(found[1], "Method", jsonata=task.is_jsonata) if found else None
    if found is None or method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
        return
    key = next((key for key in ("RequestBody", "RequestBody.$") if found[1].get(key)), None)
    if key is not None:
        yield Problem(
            task.at(task.parameters_field, key),
            f"`apigateway:invoke` sends a body with PATCH, POST and PUT only, not with {method}",
            help="change `Method`, or leave `RequestBody` out",
            key=True,
        )


@where(call_of, HTTP)
def malformed_connection_arn(task: State) -> Iterator[Problem]:
    found = _call(task)
    if found is None:
        return
    for field in ("Authentication", "InvocationConfig"):
        value = found[1].get(field)
        text = literal(value, "ConnectionArn", jsonata=task.is_jsonata) if isinstance(value, dict) else None
        if text is None:
            continue
        from asllint.facts.http_calls import is_connection_arn

        if not is_connection_arn(text):
            yield Problem(
                task.at(task.parameters_field, field, "ConnectionArn"),
                f"`ConnectionArn` is no ARN of a connection: {REFUSED}",
                help="write `arn:aws:events:REGION:ACCOUNT:connection/NAME/ID`",
            )


@where(call_of, HTTP)
def url_encoding_without_content_type(task: State) -> Iterator[Problem]:
    """The connection may add the header."""
    found = _call(task)
    transform = found[1].get("Transform") if found else None
    if found is None or not isinstance(transform, dict):
        return
    if transform.get("RequestBodyEncoding") != "URL_ENCODED" or "Headers.$" in found[1]:
        return
    from asllint.facts.http_calls import FORM

    headers = found[1].get("Headers", {})
    if not isinstance(headers, dict):
        return
    types = [value for key, value in headers.items() if key.lower().removesuffix(".$") == "content-type"]
    if not types or (isinstance(types[0], str) and "/" in types[0] and FORM not in types[0]):
        if types and is_opaque(types[0], jsonata=task.is_jsonata):
            return
        yield Problem(
            task.at(task.parameters_field, "Transform", "RequestBodyEncoding"),
            "the body is URL-encoded, and no header says so: most APIs read it as JSON",
            help=f'add `"content-type": "{FORM}"` to `Headers`, unless the connection does',
        )


@where(_misnamed)
def resource_of_another_service(task: State) -> Iterator[Problem]:
    """AWS answers that there is no such resource, or that the value is not valid, when the task runs."""
    call = call_of(task) or ""
    for name, service, owner, noun in _misnamed(task):
        yield Problem(
            task.at(task.parameters_field, name),
            f"`{name}` of `{call}` takes {noun}, and this is an ARN of `{service}`: the task fails",
            help=f"name {noun}" if owner else "write `https://sqs.<region>.amazonaws.com/<account>/<name>`",
        )


@where(_has_credentials)
def malformed_role_arn(task: State) -> Iterator[Problem]:
    credentials = task.object("Credentials") or {}
    text = literal(credentials, "RoleArn", jsonata=task.is_jsonata)
    if text is None:
        return
    from asllint.facts.resources import may_be_role

    if not may_be_role(text):
        yield Problem(
            task.at("Credentials", "RoleArn"),
            "this is no ARN of a role: Step Functions has nothing to assume",
            help="write `arn:aws:iam::ACCOUNT:role/NAME`",
        )


@where(call_of, "aws-sdk:sqs:sendMessage")
def sqs_body_not_text(task: State) -> Iterator[Problem]:
    found = _call(task)
    if found is not None and isinstance(found[1].get("MessageBody"), (dict, list)):
        written = "{% $string(...) %}" if task.is_jsonata else "States.JsonToString(...)"
        yield Problem(
            task.at(task.parameters_field, "MessageBody"),
            "`MessageBody` of the AWS SDK is a text: only the optimised `sqs:sendMessage` takes JSON",
            help=f"call `sqs:sendMessage`, or write `{written}`",
        )


@where(calls_step_functions)
def update_without_change(task: State) -> Iterator[Problem]:
    """AWS: "Either the definition, the role ARN, the LoggingConfiguration, ... must be specified"."""
    from asllint.facts import sfn_calls

    if call_of(task) == sfn_calls.UPDATE and sfn_calls.lacks_change(task):
        yield Problem(
            task.at(task.parameters_field),
            "the update changes nothing: the call fails with Sfn.MissingRequiredParameterException",
            help=f"give at least one of {', '.join(f'`{name}`' for name in sfn_calls.CHANGES)}",
        )


@where(calls_step_functions)
def text_without_json(task: State) -> Iterator[Problem]:
    from asllint.facts import sfn_calls

    call = call_of(task) or ""
    name, error = sfn_calls.JSON_TEXTS.get(call, ("", ""))
    fault = sfn_calls.text_without_json(task, name) if name else None
    if fault is not None:
        yield Problem(
            task.at(task.parameters_field, name),
            f"`{name}` of `{call}` has to hold JSON, and this is none ({fault.problem}): the call fails"
            f" with {error}",
            help=f"write `{fault.written}`" if fault.written else "",
        )


@where(calls_step_functions)
def malformed_tag(task: State) -> Iterator[Problem]:
    from asllint.facts import sfn_calls

    for place, fault, way_out in sfn_calls.bad_tags(task) if call_of(task) in sfn_calls.TAGGED else ():
        yield Problem(task.at(task.parameters_field, *place), f"{fault}: the call fails", help=way_out)


def _may_tell(state: State) -> bool:
    written = spelled(state)
    return any(mark in written for mark in MARKS)


@mentions(*MARKS)
@where(_may_tell)
def secret_in_definition(state: State) -> Iterator[Problem]:
    """Whoever may describe the machine, or see its history, reads it."""
    from asllint.facts.expressions import texts

    for slot in texts(state):
        if not any(mark in slot.text for mark in MARKS):
            continue
        from asllint.facts.secrets import secrets

        for span in secrets(slot.text):
            yield Problem(
                slot.pointer,
                "this looks like a secret, and everybody who may read the definition reads it",
                help="revoke it; keep the new one in Secrets Manager, or in a connection",
                span=span,
            )
