"""What a machine's own settings need: logging, tracing, encryption with a customer's key."""

from collections.abc import Iterator

from asllint.data import integrations_iam as table
from asllint.data.integrations_iam import OPTIONAL
from asllint.facts.arn_readers import Home
from asllint.facts.arn_templates import Resource, in_place
from asllint.facts.need import Need
from asllint.model.asl import Definition, has_hole, plain

LOGGING, TRACING, ENCRYPTION = "logging", "tracing", "encryption"
CUSTOMER_KEY = "CUSTOMER_MANAGED_KMS_KEY"

# AWS's own policy grants these on `arn:aws:logs:<region>:<account>:*`; a refusal names all log groups so:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
OF_GROUPS = ("logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:PutResourcePolicy")
GROUPS = "arn:{partition}:logs:{region}:{account}:log-group::log-stream:"


def of_settings(definition: Definition, at: Home) -> Iterator[Need]:
    """As far as the settings are known; what may be on is optional."""
    settings = definition.settings
    level = plain(settings.logging).get("level")
    enabled = plain(settings.tracing).get("enabled")
    encryption = plain(settings.encryption)
    if isinstance(level, str) and level != "OFF":
        groups = in_place(GROUPS, at)
        for need in _of_feature(LOGGING, Resource("*", ("*",)), has_hole(level)):
            of_groups = need.action in OF_GROUPS
            yield need._replace(resource=Resource(groups, ("*",))) if of_groups else need
    if enabled is True or isinstance(enabled, str):
        yield from _of_feature(TRACING, Resource("*", ("*",)), enabled is not True)
    if encryption.get("type") == CUSTOMER_KEY:
        yield from _of_feature(ENCRYPTION, _key(encryption.get("kmsKeyId"), at), False, at)


def _key(identity: object, at: Home) -> Resource:
    """A key's ARN or its id; an alias does not say which key it is."""
    text = identity if isinstance(identity, str) else ""
    if text.startswith("arn:") and ":key/" in text:
        return Resource(text, (text,))
    if text and "alias/" not in text and not has_hole(text) and not text.startswith("arn:"):
        key = in_place("arn:{partition}:kms:{region}:{account}:key/", at) + text
        return Resource(key, (key,))
    return Resource(None, (in_place("arn:{partition}:kms:{region}:{account}:key/*", at),), False)


def _of_feature(feature: str, resource: Resource, is_unsure: bool, at: Home | None = None) -> Iterator[Need]:
    for permission in table.feature(feature):
        need = OPTIONAL if is_unsure or permission.when else permission.need
        own = () if at is None else (_own(at),)
        for action in permission.actions:
            yield Need(action, resource, own, permission.tier, need, None, (), feature)


def _own(at: Home) -> tuple[str, str, str]:
    machine = in_place("arn:{partition}:states:{region}:{account}:stateMachine:{self}", at)
    return "StringEquals", "kms:EncryptionContext:aws:states:stateMachineArn", machine
