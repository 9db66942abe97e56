"""What Distributed Map states need: executions of the machine itself, the reader's and writer's buckets.

https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
"""

from collections.abc import Iterator
from typing import Any

from asllint.data import integrations_iam as table
from asllint.data.integrations_iam import CALL, DOCUMENTED, OPTIONAL, REQUIRED
from asllint.facts.arn_readers import Home
from asllint.facts.arn_templates import Resource, expand, in_place
from asllint.facts.given import Given
from asllint.facts.need import MAP, Need
from asllint.model.asl import State, plain

READER, WRITER = "ItemReader", "ResultWriter"
OBJECT = "arn:{partition}:s3:::{Bucket}/{Key}"
LISTED = "arn:{partition}:s3:::{Bucket}"
UNDER_PREFIX = "arn:{partition}:s3:::{Bucket}/{Prefix}*"
RESULTS = "arn:{partition}:s3:::{Bucket}/{Prefix}/*"


def of_map(state: State, at: Home) -> Iterator[Need]:
    """A Map state in DISTRIBUTED mode."""
    place = (*state.processor.pointer, "ProcessorConfig", "Mode") if state.processor else state.pointer
    for permission in table.feature("distributed_map"):
        action = permission.actions[0]
        if action.startswith("states:"):
            yield Need(action, _own(action, at), (), permission.tier, permission.need, state, place, MAP)
    yield from _reading(state, at)
    yield from _writing(state, at)


def _own(action: str, at: Home) -> Resource:
    """The machine itself, and its executions: whether those of a Map Run go by its label is documented
    differently.
    """
    if action == "states:StartExecution":
        own = in_place("arn:{partition}:states:{region}:{account}:stateMachine:{self}", at)
        return Resource(own, (own,))
    executions = in_place("arn:{partition}:states:{region}:{account}:execution:{self}", at)
    return Resource(f"{executions}*", (f"{executions}:*",))


def _reading(state: State, at: Home) -> Iterator[Need]:
    held = state.object(READER)
    if held is None:
        return
    resource = held.get("Resource")
    text = resource if isinstance(resource, str) else ""
    parameters = _parameters(state, READER)
    config = plain(held.get("ReaderConfig"))
    place = state.at(READER, "Resource")

    def need(action: str, template: str, need: str, tier: str = CALL) -> Iterator[Need]:
        for one in expand(template, parameters, at):
            yield Need(action, one, (), tier, need, state, place, READER)

    if text.endswith(":s3:getObject"):
        yield from need("s3:GetObject", OBJECT, REQUIRED)
        if config.get("InputType") == "MANIFEST":
            yield Need("s3:GetObject", Resource(None, (), False), (), CALL, OPTIONAL, state, place, READER)
    elif text.endswith(":s3:listObjectsV2"):
        yield from need("s3:ListBucket", LISTED, REQUIRED)
        is_read = config.get("Transformation") == "LOAD_AND_FLATTEN"
        template = UNDER_PREFIX if parameters.has("Prefix") is not False else f"{LISTED}/*"
        yield from need(
            "s3:GetObject", template, REQUIRED if is_read else OPTIONAL, CALL if is_read else DOCUMENTED
        )


def _writing(state: State, at: Home) -> Iterator[Need]:
    held = state.object(WRITER)
    if held is None or "Resource" not in held:
        return
    parameters = _parameters(state, WRITER)
    template = RESULTS if parameters.has("Prefix") is not False else f"{LISTED}/*"
    place = state.at(WRITER, "Resource")
    for resource in expand(template, parameters, at):
        yield Need("s3:PutObject", resource, (), CALL, REQUIRED, state, place, WRITER)
        for action in ("s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"):
            yield Need(action, resource, (), DOCUMENTED, REQUIRED, state, place, WRITER)
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"):
        unknown = Resource(None, (), False)
        yield Need(action, unknown, (), table.RESOURCE_SETTING, OPTIONAL, state, place, WRITER)


def _parameters(state: State, field: str) -> Given:
    held: dict[str, Any] = state.object(field) or {}
    return Given(
        held.get(state.parameters_field),
        state.at(field, state.parameters_field),
        is_jsonata=state.is_jsonata,
    )
