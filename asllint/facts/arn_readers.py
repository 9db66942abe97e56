"""What well-known parameters name: the parts of a queue's URL, of a function's name, of an ARN."""

import re
from collections.abc import Callable, Mapping

from asllint.facts.given import Given, is_one_hole, split
from asllint.facts.integration import is_account
from asllint.model import arn
from asllint.record import Record


class Home(Record):
    """Where a machine lives and its name: literal, or a hole where that is not known."""

    partition: str = "${AWS::Partition}"
    region: str = "${AWS::Region}"
    account: str = "${AWS::AccountId}"
    self: str = "${StateMachineName}"


class Parts(Record):
    """The parts of a value by name ("" is all of it), and where what it names lives.

    `whole` is there if the value is an ARN itself; `shown` is what a policy would say, if not the same.
    """

    texts: Mapping[str, str]
    home: Home
    whole: str | None = None
    shown: str | None = None


ANY_ROLE = "arn:*:iam::*:role/*"

Reader = Callable[[str, Home, Given], Parts | None]


def is_role(path: str) -> bool:
    return path.endswith(("Role", "RoleArn"))


def plain(text: str, at: Home, given: Given) -> Parts:
    """A name, or an ARN in its place."""
    if text.startswith("arn:"):
        return Parts({}, at, text)
    return Parts({"": text, "name": text, "id": text, "lower": _lower(text)}, at)


def _lower(text: str) -> str:
    return "".join(p if p.startswith("${") else p.lower() for p in re.split(r"(\$\{[^}]*\})", text))


def _place(named: arn.Arn, at: Home) -> Home:
    return Home(named.partition, named.region, named.account, at.self)


def _state_machine(text: str, at: Home, given: Given) -> Parts | None:
    """What is authorised is the machine itself, also for the ARN of a version or an alias."""
    named = arn.parse(text)
    if named is None:
        return Parts({}, at, text) if is_one_hole(text) else None
    kind, *rest = split(named.resource, ":")
    if kind != "stateMachine" or not rest or not is_account(named.account):
        return None
    return Parts({"name": rest[0]}, _place(named, at))


def _function(text: str, at: Home, given: Given) -> Parts | None:
    """A name, `name:qualifier`, `account:function:name`, or an ARN with or without a qualifier."""
    qualifiers = given.values("Qualifier") if given.is_known else []
    named = arn.parse(text)
    if named is not None:
        kind, *parts = split(named.resource, ":")
        if kind != "function" or not parts or not is_account(named.account):
            return None
        at = _place(named, at)
    elif is_one_hole(text) and not text.endswith("Name}"):
        return Parts({}, at, text + "".join(f":{one.text or '*'}" for one in qualifiers))
    else:
        parts = split(text, ":")
        if len(parts) > 2 and parts[1] == "function":
            at = at._replace(account=parts[0])
            parts = parts[2:]
    qualifier = parts[1] if len(parts) > 1 else ""
    if qualifiers:
        qualifier = qualifiers[0].text or "*"
    return Parts({"name": parts[0], "qualifier": qualifier and f":{qualifier}"}, at)


def _queue(text: str, at: Home, given: Given) -> Parts | None:
    """`https://sqs.eu-west-1.amazonaws.com/111122223333/name`, and the older forms of the host."""
    parts = split(text, "/")
    if len(parts) != 5 or parts[0] not in ("https:", "http:"):
        return None
    labels = split(parts[2], ".")
    region = "*"
    if len(labels) > 3:
        region = labels[1] if labels[0] == "sqs" else labels[0] if labels[1] == "queue" else "*"
    return Parts({"queue": parts[4]}, at._replace(region=region, account=parts[3]))


def _task_definition(text: str, at: Home, given: Given) -> Parts | None:
    """A family, `family:revision`, or an ARN; a family alone runs its newest revision."""
    if is_one_hole(text):
        return Parts({}, at, text)
    named = arn.parse(text)
    if named is not None:
        at = _place(named, at)
        text = named.resource.removeprefix("task-definition/")
    family, *revision = split(text, ":")
    return Parts({"family": family, "revision": revision[0] if revision else "*"}, at)


def _job_definition(text: str, at: Home, given: Given) -> Parts | None:
    """A name, `name:revision`, or an ARN; whether a name alone is authorised with a revision is not known."""
    if is_one_hole(text):
        return Parts({}, at, text)
    named = arn.parse(text)
    if named is not None:
        at = _place(named, at)
        text = named.resource.removeprefix("job-definition/")
    return Parts({"": text if len(split(text, ":")) > 1 else text + "*"}, at)


def _connection(text: str, at: Home, given: Given) -> Parts | None:
    """The name in the ARN of an EventBridge connection."""
    named = arn.parse(text)
    kind, *rest = split(named.resource, "/") if named else [""]
    return Parts({"name": rest[0]}, _place(named, at)) if named and kind == "connection" and rest else None


def _api(text: str, at: Home, given: Given) -> Parts | None:
    """`abc123.execute-api.eu-west-1.amazonaws.com`: the first label is the API."""
    labels = split(text, ".")
    if len(labels) < 4 or labels[1] != "execute-api":
        return None
    return Parts({"api_id": labels[0]}, at._replace(region=labels[2]))


def _http_path(text: str, at: Home, given: Given) -> Parts:
    return Parts({"": "/" + text.lstrip("/")}, at)


def _role(text: str, at: Home, given: Given) -> Parts:
    """An ARN, or a name: then the role's path is not known."""
    if text.startswith("arn:") or is_one_hole(text):
        return Parts({}, at, text)
    place = f"arn:{at.partition}:iam::{at.account}:role/"
    return Parts({}, at, f"{place}*{text}", f"{place}{text}")


def _instance_profile(text: str, at: Home, given: Given) -> Parts:
    """The role in an instance profile mostly bears its name, and may be called otherwise."""
    role = text.replace(":instance-profile/", ":role/")
    if not role.startswith("arn:") and not is_one_hole(role):
        role = f"arn:{at.partition}:iam::{at.account}:role/{role}"
    return Parts({}, at, ANY_ROLE, role)


def _job_queue(text: str, at: Home, given: Given) -> Parts:
    if text.startswith("arn:") or is_one_hole(text):
        return Parts({}, at, text)
    return Parts({}, at, f"arn:{at.partition}:batch:{at.region}:{at.account}:job-queue/{text}")


def _bare_arn(text: str, at: Home, given: Given) -> Parts | None:
    return Parts({}, at, text) if text.startswith("arn:") or is_one_hole(text) else None


# The providers whose models Bedrock offers as `provider.model`; the id of an inference profile begins with
# the name of a group of Regions instead.
MODEL_PROVIDERS = frozenset((
    "ai21", "amazon", "anthropic", "cohere", "deepseek", "luma", "meta", "mistral", "openai", "qwen",
    "stability", "twelvelabs", "writer",
))  # fmt: skip


def _model(text: str, at: Home, given: Given) -> Parts | None:
    """A model; an inference profile or a router stands for models in several Regions as well."""
    if text.startswith("arn:"):
        is_model = ":foundation-model/" in text or ":provisioned-model/" in text
        return Parts({}, at, text) if is_model else None
    if is_one_hole(text) or text.partition(".")[0] not in MODEL_PROVIDERS:
        return None
    return Parts({}, at, f"arn:{at.partition}:bedrock:{at.region}::foundation-model/{text}")


def _s3_uri(text: str, at: Home, given: Given) -> Parts | None:
    parts = split(text, "/")
    if parts[:2] != ["s3:", ""] or len(parts) < 3:
        return None
    return Parts({"bucket": parts[2], "key": "/".join(parts[3:]) + "*"}, at)


def _bucket(text: str, at: Home, given: Given) -> Parts | None:
    """A bucket's name; for the ARN of an access point other resources are authorised."""
    return None if text.startswith("arn:") else Parts({"": text}, at)


def _prefix(text: str, at: Home, given: Given) -> Parts:
    return Parts({"": text.rstrip("/")}, at)


def _parameter(text: str, at: Home, given: Given) -> Parts:
    """A parameter of Systems Manager: the slash that begins its name is that of the ARN."""
    if text.startswith("arn:"):
        return Parts({}, at, text)
    return Parts({"parameter": split(text.lstrip("/"), ":")[0]}, at)


def _secret(text: str, at: Home, given: Given) -> Parts:
    """A secret by its ARN, with or without the six characters that AWS adds, or by its name."""
    is_full = re.search("-[A-Za-z0-9]{6}$", text) is not None
    if text.startswith("arn:"):
        return Parts({}, at, text + "*", text if is_full else text + "-??????")
    return Parts({"secret": text + "*"}, at, shown=text + "-??????")


def _job_name(text: str, at: Home, given: Given) -> Parts | None:
    """SageMaker writes names in ARNs in lower case; that policies must do so is not documented for jobs."""
    return Parts({"": text}, at) if _lower(text) == text else None


_ROLES = (
    "RoleArn", "Role", "NodeRole", "ServiceRole", "AutoScalingRole", "ExecutionRoleArn",
    "PodExecutionRoleArn", "TrainingJobDefinition.RoleArn", "Overrides.TaskRoleArn",
    "Overrides.ExecutionRoleArn",
)  # fmt: skip
_ARNS = ("HarnessArn", "TopicArn", "TargetArn", "ExecutionArn", "Authentication.ConnectionArn")
_JOBS = ("Training", "Transform", "Processing", "HyperParameterTuning", "Labeling")

READERS: Mapping[str, Reader] = {
    "StateMachineArn": _state_machine,
    "FunctionName": _function,
    "QueueUrl": _queue,
    "TaskDefinition": _task_definition,
    "JobDefinition": _job_definition,
    "JobQueue": _job_queue,
    "ConnectionArn": _connection,
    "ApiEndpoint": _api,
    "Path": _http_path,
    "ModelId": _model,
    "BaseModelIdentifier": _model,
    "Input.S3Uri": _s3_uri,
    "Output.S3Uri": _s3_uri,
    "Bucket": _bucket,
    "Prefix": _prefix,
    "Name.parameter": _parameter,
    "SecretId": _secret,
    "JobFlowRole": _instance_profile,
    **dict.fromkeys(_ROLES, _role),
    **dict.fromkeys(_ARNS, _bare_arn),
    **{f"{kind}JobName": _job_name for kind in _JOBS},
}
