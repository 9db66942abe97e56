"""What machines need, what roles allow of it, and the findings on the two together."""

import copy
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asllint.checks import permissions as checks
from asllint.data import integrations_iam as table
from asllint.facts.excess import excess
from asllint.facts.least import policy
from asllint.facts.permissions import needs, unknown
from asllint.finding import Problem
from asllint.loader.document import Settings
from asllint.model.asl import Definition, Role
from asllint.model.iam import Policy

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
OWN = "arn:aws:states:eu-west-1:111122223333:stateMachine:own"
ROLE = "arn:aws:iam::111122223333:role/handed-on"
CHECKS = {
    name: check
    for name, check in vars(checks).items()
    if inspect.isfunction(check) and not name.startswith("_") and check.__module__ == checks.__name__
}

# A value for every parameter that a need hangs on.
PARAMETERS: dict[str, Any] = {
    "FunctionName": "pay",
    "StateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:ledger",
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
    "TopicArn": "arn:aws:sns:eu-west-1:111122223333:orders",
    "Entries": [{"EventBusName": "orders"}],
    "TableName": "orders",
    "TaskDefinition": "worker:3",
    "Overrides": {"TaskRoleArn": ROLE, "ExecutionRoleArn": ROLE},
    "JobName": "nightly",
    "JobQueue": "arn:aws:batch:eu-west-1:111122223333:job-queue/jobs",
    "JobDefinition": "worker:3",
    "ProjectName": "site",
    "Name": "thing",
    "Id": "thing",
    "ClusterName": "main",
    "NodegroupName": "workers",
    "NodeRole": ROLE,
    "FargateProfileName": "pods",
    "PodExecutionRoleArn": ROLE,
    "RoleArn": ROLE,
    "Role": ROLE,
    "ServiceRole": ROLE,
    "ExecutionRoleArn": ROLE,
    "TrainingJobDefinition": {"RoleArn": ROLE},
    "WorkGroup": "reports",
    "ClusterId": "j-1",
    "VirtualClusterId": "v1",
    "ApplicationId": "a1",
    "JobRunId": "r1",
    "EndpointName": "scores",
    "EndpointConfigName": "scores",
    "ModelName": "scores",
    "ModelId": "anthropic.claude-v2",
    "BaseModelIdentifier": "amazon.titan-text-express-v1",
    "Input": {"S3Uri": "s3://prompts/in.json"},
    "Output": {"S3Uri": "s3://prompts/out.json"},
    "GuardrailIdentifier": "g1",
    "HarnessArn": "arn:aws:bedrock-agentcore:eu-west-1:111122223333:harness/h1",
    "ApiEndpoint": "abc123.execute-api.eu-west-1.amazonaws.com",
    "AuthType": "IAM_ROLE",
    "Stage": "prod",
    "Method": "GET",
    "Path": "/orders",
    "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:111122223333:connection/shop/1"},
    "Tags": [{"Key": "team", "Value": "shop"}],
    "JobTags": [{"Key": "team", "Value": "shop"}],
    **{f"{kind}JobName": "nightly" for kind in ("Training", "Transform", "Processing", "Labeling")},
    "HyperParameterTuningJobName": "nightly",
}
SUFFIXES = {name: suffix for suffix, name in table.PATTERNS.items()}
CALLS = [
    pytest.param(call, pattern, id=f"{call}{SUFFIXES[pattern]}")
    for call in table.calls()
    for pattern in table.integration(call).patterns  # type: ignore[union-attr]
]


def machine(*tasks: dict[str, Any], settings: Settings | None = None) -> Definition:
    """A machine of Task states `Call`, `Call2`, ... one after the other."""
    states: dict[str, Any] = {}
    for i, task in enumerate(tasks, 1):
        last = {"End": True} if i == len(tasks) else {"Next": _name(i + 1)}
        states[_name(i)] = {"Type": "Task", **task, **last}
    return Definition({"StartAt": "Call", "States": states}, settings or Settings(arn=OWN))


def _name(i: int) -> str:
    return "Call" if i == 1 else f"Call{i}"


def calling(call: str, pattern: str = "rr", **parameters: Any) -> dict[str, Any]:
    return {
        "Resource": f"arn:aws:states:::{call}{SUFFIXES[pattern]}",
        "Parameters": parameters or PARAMETERS,
    }


def found(definition: Definition, *documents: Any) -> list[tuple[str, Problem]]:
    """Every problem of the category with its rule."""
    role = Role(definition, tuple(Policy(document) for document in documents))
    return [(name, problem) for name, check in CHECKS.items() for problem in check(role)]


def rules(definition: Definition, *documents: Any) -> list[str]:
    return [name for name, _ in found(definition, *documents)]


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    """The policy with an action taken out of every statement."""
    kept = []
    for statement in copy.deepcopy(document)["Statement"]:
        listed = statement["Action"]
        left = [one for one in ([listed] if isinstance(listed, str) else listed) if one != action]
        if left:
            kept.append({**statement, "Action": left})
    return {**document, "Statement": kept}


def required(definition: Definition) -> Iterator[tuple[str, set[str], set[str | None]]]:
    """Each needed action once, with the tiers and the resources of its needs."""
    asked = [need for need in needs(definition) if need.need == table.REQUIRED]
    for action in dict.fromkeys(need.action for need in asked):
        own = [need for need in asked if need.action == action]
        yield action, {need.tier for need in own}, {need.resource.text for need in own}


def expected(definition: Definition, action: str, tiers: set[str], plain: str) -> str:
    """The rule that tells a need of some tiers that is not allowed."""
    is_watched = any(need.tier == "events" and need.need == table.REQUIRED for need in needs(definition))
    if tiers <= ({"stop", "poll"} if is_watched else {"stop"}):
        return "missing_companion_permission"
    if plain != "denied_permission":
        if action == "execute-api:Invoke":
            return "missing_api_permission"
        if tiers == {"events"}:
            return "missing_managed_rule_permission"
        if tiers == {"passrole"}:
            return "missing_pass_role"
    return plain


@pytest.mark.parametrize(("call", "pattern"), CALLS)
def test_the_generated_policy_leaves_nothing_to_say(call: str, pattern: str) -> None:
    definition = machine(calling(call, pattern))
    assert found(definition, policy(definition)) == []


@pytest.mark.parametrize(("call", "pattern"), CALLS)
def test_each_needed_action_that_is_taken_away_is_found(call: str, pattern: str) -> None:
    definition = machine(calling("aws-sdk:ssm:getParameter", Name="first"), calling(call, pattern))
    document = policy(definition)
    for action, tiers, _ in required(definition):
        problems = found(definition, without(document, action))
        name = "Call" if action == "ssm:GetParameter" else "Call2"
        assert [(rule, problem.pointer[:2]) for rule, problem in problems] == [
            (expected(definition, action, tiers, "missing_permission"), ("States", name))
        ], action
        assert action in problems[0][1].message


@pytest.mark.parametrize(("call", "pattern"), CALLS)
def test_each_needed_action_that_is_denied_is_found(call: str, pattern: str) -> None:
    definition = machine(calling(call, pattern))
    for action, tiers, _ in required(definition):
        document = policy(definition)
        document["Statement"].append({"Effect": "Deny", "Action": action, "Resource": "*"})
        assert rules(definition, document) == [expected(definition, action, tiers, "denied_permission")], (
            action
        )


@pytest.mark.parametrize(("call", "pattern"), CALLS)
def test_each_needed_action_on_another_kind_of_resource_is_found(call: str, pattern: str) -> None:
    definition = machine(calling(call, pattern))
    for action, tiers, resources in required(definition):
        elsewhere = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:iam::111122223333:user/nobody"}
        document = without(policy(definition), action)
        document["Statement"].append(elsewhere)
        told = (
            []
            if resources == {None}
            else [expected(definition, action, tiers, "permission_on_wrong_resource")]
        )
        assert rules(definition, document) == told, action


@pytest.mark.parametrize(("call", "pattern"), CALLS)
def test_an_optional_action_is_neither_missing_nor_unused(call: str, pattern: str) -> None:
    definition = machine(calling(call, pattern))
    actions = sorted({need.action for need in needs(definition) if need.is_optional})
    document = policy(definition)
    document["Statement"] += allow(actions, "*")["Statement"] if actions else []
    role = Role(definition, (Policy(document),))
    assert [one.text for one in excess(role) if not one.needed] == []


def test_every_call_of_the_table_is_tested_in_each_of_its_patterns() -> None:
    rows = table.facts()["integrations"]
    assert len(CALLS) == sum(len(row["patterns"]) for row in rows) == 106


@pytest.mark.parametrize(
    ("parameters", "resource"),
    [
        ({"FunctionName": "pay"}, "function:pay"),
        ({"FunctionName": "pay:live"}, "function:pay:live"),
        ({"FunctionName": "pay", "Qualifier": "live"}, "function:pay:live"),
        ({"FunctionName": "pay", "Qualifier.$": "$.q"}, "function:pay:*"),
        ({"FunctionName": "111122223333:function:pay"}, "function:pay"),
        ({"FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:pay:7"}, "function:pay:7"),
        ({"FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:pay"}, "function:pay"),
    ],
)
def test_a_function_is_read_in_each_of_its_forms(parameters: dict[str, str], resource: str) -> None:
    definition = machine(calling("lambda:invoke", **parameters))
    assert [need.resource.text for need in needs(definition)] == [
        f"arn:aws:lambda:eu-west-1:111122223333:{resource}"
    ]


@pytest.mark.parametrize(
    ("call", "parameters", "resource"),
    [
        (
            "sqs:sendMessage",
            {"QueueUrl": "https://queue.amazonaws.com/444455556666/orders"},
            "arn:aws:sqs:*:444455556666:orders",
        ),
        (
            "sqs:sendMessage",
            {"QueueUrl": "https://sqs.us-east-2.amazonaws.com/444455556666/orders.fifo"},
            "arn:aws:sqs:us-east-2:444455556666:orders.fifo",
        ),
        ("sqs:sendMessage", {"QueueUrl.$": "$.queue"}, "arn:aws:sqs:*:*:*"),
        ("sns:publish", {"PhoneNumber": "+1555"}, "*"),
        (
            "dynamodb:getItem",
            {"TableName": "arn:aws:dynamodb:us-east-1:444455556666:table/t"},
            "arn:aws:dynamodb:us-east-1:444455556666:table/t",
        ),
        (
            "dynamodb:getItem",
            {"TableName": "${Table}"},
            "arn:aws:dynamodb:eu-west-1:111122223333:table/${Table}",
        ),
        ("ecs:runTask", {"TaskDefinition": "w"}, "arn:aws:ecs:eu-west-1:111122223333:task-definition/w:*"),
        (
            "events:putEvents",
            {"Entries": [{"Source": "a"}]},
            "arn:aws:events:eu-west-1:111122223333:event-bus/default",
        ),
        (
            "aws-sdk:dynamodb:query",
            {"TableName": "t", "IndexName": "i"},
            "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i",
        ),
        ("aws-sdk:s3:getObject", {"Bucket": "b", "Key.$": "$.k"}, "arn:aws:s3:::b/*"),
        ("aws-sdk:s3:listObjectsV2", {"Bucket": "b"}, "arn:aws:s3:::b"),
        (
            "aws-sdk:ssm:getParameter",
            {"Name": "/shop/key"},
            "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/key",
        ),
        (
            "aws-sdk:sfn:startExecution",
            {"StateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:ledger:live"},
            "arn:aws:states:eu-west-1:111122223333:stateMachine:ledger",
        ),
        ("aws-sdk:ec2:describeInstances", {"MaxResults": 5}, None),
    ],
)
def test_the_resource_is_what_the_parameters_name(
    call: str, parameters: dict[str, Any], resource: str | None
) -> None:
    first = needs(machine(calling(call, **parameters)))[0]
    assert first.resource.text == resource


def test_each_event_bus_is_needed_once() -> None:
    entries = [{"EventBusName": "a"}, {"EventBusName": "b"}, {"EventBusName": "a"}, {"EventBusName.$": "$.b"}]
    definition = machine(calling("events:putEvents", Entries=entries))
    assert [need.resource.text for need in needs(definition)] == [
        "arn:aws:events:eu-west-1:111122223333:event-bus/a",
        "arn:aws:events:eu-west-1:111122223333:event-bus/b",
        "arn:aws:events:*:*:event-bus/*",
    ]


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("sfn:startExecution", "states:StartExecution"),
        ("cloudwatchlogs:createLogStream", "logs:CreateLogStream"),
        ("eventbridge:putEvents", "events:PutEvents"),
        ("efs:describeFileSystems", "elasticfilesystem:DescribeFileSystems"),
        ("elasticloadbalancingv2:describeTargetHealth", "elasticloadbalancing:DescribeTargetHealth"),
        ("mwaa:getEnvironment", "airflow:GetEnvironment"),
        ("bedrockruntime:converse", "bedrock:InvokeModel"),
        ("s3:listObjectsV2", "s3:ListBucket"),
        ("s3:headObject", "s3:GetObject"),
        ("s3:listBuckets", "s3:ListAllMyBuckets"),
    ],
)
def test_the_iam_action_of_an_sdk_call_is_that_of_iam(call: str, action: str) -> None:
    definition = machine(calling(f"aws-sdk:{call}", Bucket="b"))
    assert [need.action for need in needs(definition) if not need.is_optional] == [action]


def test_a_part_of_a_transaction_needs_its_own_action() -> None:
    items = [{"Put": {"TableName": "t"}}, {"Delete": {"TableName": "t"}}]
    definition = machine(calling("aws-sdk:dynamodb:transactWriteItems", TransactItems=items))
    wanted = {need.action for need in needs(definition) if not need.is_optional}
    assert wanted == {"dynamodb:PutItem", "dynamodb:DeleteItem"}
    assert rules(definition, allow("dynamodb:PutItem", "*")) == ["missing_permission"]
    assert rules(definition, allow(["dynamodb:PutItem", "dynamodb:DeleteItem"], "*")) == []


def test_a_role_in_an_sdk_call_is_passed_on() -> None:
    definition = machine(calling("aws-sdk:scheduler:createSchedule", Name="n", Target={"RoleArn": ROLE}))
    granted = allow("scheduler:CreateSchedule", "*")
    problems = found(definition, granted)
    assert [(rule, p.pointer[-2:]) for rule, p in problems] == [("missing_pass_role", ("Target", "RoleArn"))]
    assert rules(definition, granted, allow("iam:PassRole", ROLE)) == []
    assert rules(definition, granted, allow("iam:PassRole", f"{ROLE}-2")) == ["missing_pass_role"]


def test_an_unknown_call_is_not_judged() -> None:
    definition = machine(calling("aws-sdk:dynamodb:inventedCall"), {"Resource": "${Function}"})
    assert needs(definition) == ()
    assert [one.state.name for one in unknown(definition)] == ["Call", "Call2"]
    assert found(definition, allow("s3:*", "*")) == []


def test_the_role_passed_to_another_service_is_found_with_the_condition() -> None:
    definition = machine(calling("ecs:runTask", TaskDefinition="w", Overrides={"TaskRoleArn": ROLE}))
    run = allow("ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:task-definition/w:*")
    wrong = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    right = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    problems = found(definition, run, allow("iam:PassRole", ROLE, Condition=wrong))
    assert [rule for rule, _ in problems] == ["missing_pass_role"]
    assert "the condition never holds: `iam:PassedToService` is `ecs-tasks.amazonaws.com`" in (
        problems[0][1].message
    )
    assert problems[0][1].related[0].pointer == ("Statement", 0, "Condition")
    assert rules(definition, run, allow("iam:PassRole", ROLE, Condition=right)) == []


def test_the_owners_machine_lacks_the_execution_of_the_other_machine() -> None:
    child = "arn:aws:states:eu-west-1:111122223333:stateMachine:ledger"
    definition = machine(calling("states:startExecution", "sync:2", StateMachineArn=child))
    named = allow(["states:StartExecution", "states:DescribeExecution", "states:StopExecution"], child)
    rule_arn = (
        "arn:aws:events:eu-west-1:111122223333:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
    )
    events = allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], rule_arn)
    ((rule, problem),) = found(definition, named, events)
    assert rule == "permission_on_wrong_kind_of_arn"
    assert "states:DescribeExecution and states:StopExecution on" in problem.message
    assert "its policy names the state machine, and this is about executions" in problem.message
    assert problem.help == (
        'add {"Effect": "Allow", "Action": ["states:DescribeExecution", "states:StopExecution"], "Resource": '
        '"arn:aws:states:eu-west-1:111122223333:execution:ledger:*"}'
    )
    executions = "arn:aws:states:eu-west-1:111122223333:execution:ledger:*"
    granted = allow(["states:DescribeExecution", "states:StopExecution"], executions)
    assert rules(definition, allow("states:StartExecution", child), granted, events) == []


def test_a_task_with_credentials_needs_only_the_other_role() -> None:
    task = {**calling("dynamodb:getItem", TableName="t"), "Credentials": {"RoleArn": ROLE}}
    definition = machine(task)
    assert rules(definition, allow("dynamodb:GetItem", "*")) == [
        "missing_assume_role",
        "grant_wider_than_needed",
    ]
    assert rules(definition, allow("sts:AssumeRole", ROLE)) == []


def test_a_need_of_several_states_is_told_once() -> None:
    definition = machine(*[calling("dynamodb:getItem", TableName="t")] * 8)
    ((rule, problem),) = found(definition)
    assert rule == "missing_permission"
    assert problem.pointer == ("States", "Call", "Resource")
    assert [related.pointer[1] for related in problem.related] == [
        "Call2",
        "Call3",
        "Call4",
        "Call5",
        "Call6",
    ]
    assert problem.message.endswith("(so do 7 other states)")


def test_settings_need_what_they_need() -> None:
    settings = Settings(
        arn=OWN,
        logging={"level": "ALL"},
        tracing={"enabled": True},
        encryption={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k1"},
    )
    definition = machine(calling("lambda:invoke"), settings=settings)
    assert rules(definition, allow("lambda:InvokeFunction", "*")) == [
        "missing_log_delivery_permission",
        "missing_tracing_permission",
        "missing_encryption_permission",
        "grant_wider_than_needed",
    ]
    assert rules(definition, policy(definition)) == []
    off = Settings(arn=OWN, logging={"level": "OFF"}, tracing={"enabled": False})
    assert policy(machine(settings=off)) == {"Version": "2012-10-17", "Statement": []}


def test_a_distributed_map_needs_its_own_executions_and_its_buckets() -> None:
    value = {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "End": True,
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "Parameters": {"Bucket": "in", "Key": "list.json"},
                },
                "ResultWriter": {
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Parameters": {"Bucket": "out", "Prefix": "runs/"},
                },
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "One",
                    "States": {"One": {"Type": "Succeed"}},
                },
            }
        },
    }
    definition = Definition(value, Settings(arn=OWN))
    document = policy(definition)
    assert document["Statement"] == [
        {"Sid": "Each", "Effect": "Allow", "Action": "states:StartExecution", "Resource": OWN},
        {
            "Sid": "Each2",
            "Effect": "Allow",
            "Action": "states:DescribeExecution",
            "Resource": "arn:aws:states:eu-west-1:111122223333:execution:own:*",
        },
        {
            "Sid": "Each3",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::in/list.json",
        },
        {
            "Sid": "Each4",
            "Effect": "Allow",
            "Action": [
                "s3:AbortMultipartUpload",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ],
            "Resource": "arn:aws:s3:::out/runs/*",
        },
    ]
    assert rules(definition, document) == []
    for action in ("states:StartExecution", "s3:PutObject"):
        assert rules(definition, without(document, action)) == ["missing_permission"]
    for action in ("states:DescribeExecution", "s3:AbortMultipartUpload"):
        assert rules(definition, without(document, action)) == ["missing_documented_permission"]
    bucket = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::out"}
    on_bucket = without(document, "s3:PutObject")
    on_bucket["Statement"].append(bucket)
    assert rules(definition, on_bucket) == ["permission_on_wrong_kind_of_arn"]


def test_grants_that_nothing_needs_and_grants_too_wide_are_told() -> None:
    definition = machine(calling("dynamodb:getItem", TableName="t"))
    actions = ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Get*"]
    assert [(rule, problem.pointer) for rule, problem in found(definition, allow(actions, "*"))] == [
        ("unused_grant", ("Statement", 0, "Action", 1)),
        ("grant_wider_than_needed", ("Statement", 0, "Action", 2)),
        ("grant_wider_than_needed", ("Statement", 0, "Resource")),
    ]
    tables = ["arn:aws:dynamodb:eu-west-1:111122223333:table/t", "arn:aws:dynamodb:*:*:table/old"]
    assert [problem.pointer for _, problem in found(definition, allow("dynamodb:GetItem", tables))] == [
        ("Statement", 0, "Resource", 1)
    ]
    dynamic = machine(calling("dynamodb:getItem", **{"TableName.$": "$.table"}))
    assert found(dynamic, allow("dynamodb:GetItem", "*")) == []


def test_a_thousand_statements_for_a_thousand_tasks() -> None:
    tasks = [calling("lambda:invoke", FunctionName=f"f{i}") for i in range(1000)]
    definition = machine(*tasks)
    grants = [
        {
            **allow("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:111122223333:function:f{i}")[
                "Statement"
            ][0]
        }
        for i in range(999)
    ]
    ((rule, problem),) = found(definition, {"Version": "2012-10-17", "Statement": grants})
    assert (rule, problem.pointer[1]) == ("permission_on_wrong_resource", "Call1000")


def test_own_policies_of_the_corpus_leave_nothing_to_say() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    from asllint import lint

    judged = 0
    for path in sorted(CORPUS.glob("cases/*/*.json")):
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if not isinstance(value, dict) or not isinstance(value.get("States"), dict):
            continue
        document = policy(Definition(value))
        assert found(Definition(value), document) == [], path
        if document["Statement"]:
            judged += 1
            told = lint(json.dumps(document), name="policy.json", select=("policies",))
            assert [f for f in told if f.severity == "error"] == [], path
    assert judged > 100


def test_a_request_goes_to_the_region_of_its_resource() -> None:
    """A guard that denies other Regions denies what the definition does in one of them."""
    definition = machine(
        calling("lambda:invoke", FunctionName="pay"), calling("aws-sdk:s3:getObject", Bucket="b")
    )
    document = policy(definition)

    def guarded(region: str) -> dict[str, Any]:
        guard = {"Effect": "Deny", "Action": "*", "Resource": "*"}
        guard["Condition"] = {"StringNotEquals": {"aws:RequestedRegion": region}}  # type: ignore[assignment]
        return {**document, "Statement": [*document["Statement"], guard]}

    assert rules(definition, guarded("eu-west-1")) == []
    assert rules(definition, guarded("us-east-1")) == ["denied_permission"]
    only = {"StringEquals": {"AWS:RequestedRegion": ["us-east-1", "us-west-2"]}}
    ((rule, problem),) = found(
        machine(calling("lambda:invoke", FunctionName="pay")),
        allow("lambda:InvokeFunction", "*", Condition=only),
    )
    assert rule == "condition_never_holds"
    assert "the condition never holds, since `aws:RequestedRegion` is `eu-west-1`" in problem.message


def test_the_machine_in_place_of_its_executions_is_told_beside_a_grant_on_others() -> None:
    definition = machine(
        calling("states:startExecution", "sync:2", StateMachineArn=PARAMETERS["StateMachineArn"], Input={})
    )
    document = policy(definition)
    for statement in document["Statement"]:
        if "states:DescribeExecution" in statement["Action"]:
            statement["Resource"] = PARAMETERS["StateMachineArn"]
    other = allow(["states:DescribeExecution"], "arn:aws:states:eu-west-1:111122223333:execution:other:*")
    ((rule, problem),) = [
        one for one in found(definition, other, document) if one[0] not in ("unused_grant",)
    ]
    assert rule == "permission_on_wrong_kind_of_arn"
    assert "states:DescribeExecution and states:StopExecution on" in problem.message
    assert [one.message for one in problem.related] == ["this names the state machine"]


def test_a_task_that_takes_on_the_role_it_has_makes_its_call_with_it() -> None:
    """Whether the role has to be allowed to assume itself is not documented: it may be."""
    task = {**calling("sns:publish", TopicArn=PARAMETERS["TopicArn"]), "Credentials": {"RoleArn": ROLE}}
    definition = machine(task, settings=Settings(arn=OWN, role=ROLE))
    publish = allow("sns:Publish", PARAMETERS["TopicArn"])
    assert policy(definition)["Statement"] == [{"Sid": "Call", **publish["Statement"][0]}]
    assert rules(definition, publish) == []
    assert rules(definition, publish, allow("sts:AssumeRole", ROLE)) == []
    assert rules(definition) == ["missing_permission"]


def test_an_action_that_iam_does_not_have_is_not_told_to_be_unused() -> None:
    definition = machine(calling("sqs:sendMessage", QueueUrl=PARAMETERS["QueueUrl"]))
    misspelt = allow(["sqs:SendMesage", "sqs:PurgeQueue"], "*")
    problems = [(rule, problem.pointer) for rule, problem in found(definition, misspelt)]
    assert problems == [
        ("missing_permission", ("States", "Call", "Resource")),
        ("unused_grant", ("Statement", 0, "Action", 1)),
    ]


def test_a_deny_of_much_is_answered_in_few_words() -> None:
    definition = machine(calling("ecs:runTask", "sync"))
    document = policy(definition)
    document["Statement"].append({"Effect": "Deny", "NotAction": "lambda:*", "Resource": "*"})
    ((_, problem),) = found(definition, document)
    assert problem.help == "make the Deny spare them: no Allow has effect beside it"


def test_an_administrators_statement_is_told_of_the_policy_alone() -> None:
    definition = machine(calling("dynamodb:getItem", TableName="t"))
    assert rules(definition, allow("*", "*")) == []
    assert rules(definition, allow("*", "arn:aws:dynamodb:*")) == ["grant_wider_than_needed"] * 2


def test_the_same_actions_on_several_resources_are_told_together() -> None:
    named = {name: PARAMETERS[name] for name in ("JobName", "JobQueue", "JobDefinition")}
    definition = machine(calling("batch:submitJob", **named))
    ((_, problem),) = found(definition, {"Version": "2012-10-17", "Statement": []})
    assert problem.message == (
        "the role is not authorized to perform: batch:SubmitJob on "
        "`arn:aws:batch:eu-west-1:111122223333:job-definition/worker:3` and "
        "`arn:aws:batch:eu-west-1:111122223333:job-queue/jobs`: state `Call` fails"
    )


def test_a_statement_for_several_services_is_not_named_after_one() -> None:
    definition = machine(calling("batch:submitJob", "sync"), calling("mediaconvert:createJob"))
    shared = [one for one in policy(definition)["Statement"] if one["Resource"] == "*"]
    assert [(one["Sid"], one["Action"]) for one in shared] == [
        ("AnyResource", ["batch:DescribeJobs", "mediaconvert:CreateJob"])
    ]


def test_a_thousand_statements_of_many_kinds_are_held_against_a_thousand_tasks() -> None:
    """Denies, wildcards and NotAction, which no index by action or by beginning narrows down."""
    tasks = [
        calling("dynamodb:getItem", TableName=f"t{i}")
        if i % 2
        else calling("sqs:sendMessage", QueueUrl=f"https://sqs.eu-west-1.amazonaws.com/111122223333/q{i}")
        for i in range(1000)
    ]
    guard = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    statements: list[dict[str, Any]] = []
    for i in range(0, 1000, 4):
        table_arn = f"arn:aws:dynamodb:*:*:table/t{i + 1}"
        statements += [
            {"Effect": "Allow", "Action": ["dynamodb:*Item"], "Resource": [table_arn, f"{table_arn}/*"]},
            {"Effect": "Allow", "Action": "sqs:*", "Resource": f"arn:aws:sqs:*:*:q{i}*"},
            {"Effect": "Deny", "Action": "*", "Resource": f"arn:aws:*:*:*:*x{i}", "Condition": guard},
            {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": f"arn:aws:s3:::b{i}/*"},
        ]
    problems = found(machine(*tasks), {"Version": "2012-10-17", "Statement": statements})
    told = [problem.pointer[1] for rule, problem in problems if rule == "permission_on_wrong_resource"]
    lacking = [i for i in range(1000) if i % 4 == 3 or (i % 4 == 2 and not _is_begun(i))]
    assert told == [_name(i + 1) for i in lacking]


def _is_begun(number: int) -> bool:
    """Whether `q<number>` begins with a queue that is allowed."""
    return any(int(str(number)[:end]) % 4 == 0 for end in range(1, len(str(number))))
