"""What the AWS provider makes of resources: names, ARNs and URLs by type, and the defaults of machines.

The authority is the section "Attribute Reference" of each type's page
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs); the forms of ARNs are those of
`cfn_resources`.
"""

from typing import Any, NamedTuple

from asllint.loader.cfn_resources import PLACE, QUEUE_URL

STATE_MACHINE = "aws_sfn_state_machine"

# What a machine that does not say so deploys.
DEFAULTS = {"logging": {"level": "OFF"}, "tracing": {"enabled": False}}

# What gives managed policies to roles: the arguments that name the roles, and the policies.
ATTACHMENTS = {
    "aws_iam_policy_attachment": ("roles", "policy_arn"),
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": ("role_name", "policy_arns"),
}


class Gives(NamedTuple):
    """The argument that gives the name, and the attributes that are worked out.

    `{}` is the resource's name, `{id}` its address, any other `{argument}` the text of that argument.
    """

    name: str
    attributes: dict[str, str]


def _arn(service: str, resource: str) -> str:
    return f"arn:${{AWS::Partition}}:{service}:{PLACE}:{resource}"


def _global(service: str, account: str, resource: str) -> str:
    return f"arn:${{AWS::Partition}}:{service}::{account}:{resource}"


def _named(arn: str, name: str = "name", **attributes: str) -> Gives:
    """A resource whose `id` is its name."""
    return Gives(name, {"arn": arn, "id": "{}", **attributes})


def _told(arn: str, name: str = "name", **attributes: str) -> Gives:
    """A resource whose `id` is its ARN."""
    return Gives(name, {"arn": arn, "id": arn, **attributes})


_FUNCTION = _arn("lambda", "function:{}")
_TASKS = _arn("ecs", "task-definition/{}")
_JOBS = _arn("batch", "job-definition/{}")
_TABLE = _arn("dynamodb", "table/{}")
_KEY = _arn("kms", "key/{}")

RESOURCES: dict[str, Gives] = {
    "aws_athena_workgroup": _named(_arn("athena", "workgroup/{}")),
    "aws_batch_job_definition": _told(_JOBS + ":${{id}.revision}", arn_prefix=_JOBS),
    "aws_batch_job_queue": _told(_arn("batch", "job-queue/{}")),
    "aws_cloudwatch_event_api_destination": _named(_arn("events", "api-destination/{}/${{id}.uuid}")),
    "aws_cloudwatch_event_bus": _named(_arn("events", "event-bus/{}")),
    "aws_cloudwatch_event_connection": _named(_arn("events", "connection/{}/${{id}.uuid}")),
    "aws_cloudwatch_log_group": _named(_arn("logs", "log-group:{}")),
    "aws_codebuild_project": _told(_arn("codebuild", "project/{}")),
    "aws_dynamodb_table": _named(_TABLE, stream_arn=_TABLE + "/stream/${{id}.stream_label}"),
    "aws_ecr_repository": _named(_arn("ecr", "repository/{}")),
    "aws_ecs_cluster": _told(_arn("ecs", "cluster/{}")),
    "aws_ecs_task_definition": Gives(
        "family",
        {"arn": _TASKS + ":${{id}.revision}", "id": "{}", "family": "{}", "arn_without_revision": _TASKS},
    ),
    "aws_glue_crawler": _named(_arn("glue", "crawler/{}")),
    "aws_glue_job": _named(_arn("glue", "job/{}")),
    "aws_iam_policy": _told(_global("iam", "${AWS::AccountId}", "policy{path}{}")),
    "aws_iam_role": _named(_global("iam", "${AWS::AccountId}", "role{path}{}")),
    "aws_kinesis_firehose_delivery_stream": _told(_arn("firehose", "deliverystream/{}")),
    "aws_kinesis_stream": _told(_arn("kinesis", "stream/{}")),
    "aws_kms_key": Gives("key_id", {"arn": _KEY, "id": "{}"}),
    "aws_lambda_alias": Gives("name", {"arn": _arn("lambda", "function:{function_name}:{}")}),
    "aws_lambda_function": _named(_FUNCTION, "function_name", qualified_arn=_FUNCTION + ":${{id}.version}"),
    "aws_s3_bucket": _named(_global("s3", "", "{}"), "bucket", bucket_domain_name="{}.s3.amazonaws.com"),
    "aws_secretsmanager_secret": _told(_arn("secretsmanager", "secret:{}-${{id}.suffix}")),
    "aws_sfn_activity": _told(_arn("states", "activity:{}")),
    STATE_MACHINE: _told(_arn("states", "stateMachine:{}")),
    "aws_sns_topic": _told(_arn("sns", "{}")),
    "aws_sqs_queue": Gives("name", {"arn": _arn("sqs", "{}"), "id": QUEUE_URL, "url": QUEUE_URL}),
}

# What data sources say of where a module is deployed; those that are asked of another place do not.
DATA = {
    ("aws_caller_identity", "account_id"): "${AWS::AccountId}",
    ("aws_caller_identity", "id"): "${AWS::AccountId}",
    ("aws_partition", "dns_suffix"): "${AWS::URLSuffix}",
    ("aws_partition", "id"): "${AWS::Partition}",
    ("aws_partition", "partition"): "${AWS::Partition}",
    ("aws_region", "id"): "${AWS::Region}",
    ("aws_region", "name"): "${AWS::Region}",
    ("aws_region", "region"): "${AWS::Region}",
}


def log_destinations(arn: Any) -> list[dict[str, Any]]:
    """The `log_destination` of a machine as AWS's API spells it."""
    return [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}]
