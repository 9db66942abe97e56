"""One cause gives one finding, and no other rule tells what follows from it."""

import json
from typing import Any

import pytest

from asllint import lint

ARN = "arn:aws:states:::"


def found(text: Any, policy: Any = None) -> list[tuple[str, str]]:
    text = text if isinstance(text, str) else json.dumps(text)
    findings = lint(text, policy=json.dumps(policy) if policy else None)
    return [(finding.rule, finding.help) for finding in findings]


def machine(*states: Any, **fields: Any) -> dict[str, Any]:
    names = "ABC"
    last = [{"Type": "Succeed"}] if len(states) == 1 else []
    return {**fields, "StartAt": "A", "States": dict(zip(names, [*states, *last], strict=False))}


def task(call: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": ARN + call, "Parameters": parameters, "Next": "B", **fields}


def reading(assign: dict[str, Any]) -> dict[str, Any]:
    read = {"Type": "Pass", "Output": "{% $amount + $amount %}", "End": True}
    return machine({"Type": "Pass", **assign, "Next": "B"}, read, QueryLanguage="JSONata")


@pytest.mark.parametrize(
    ("assign", "rule"),
    [
        ({"Asign": {"amount": 1}}, "unknown-field"),
        ({"Assign": {"$amount": 1}}, "variable-name"),
        ({"Assign": {"states": 1}}, "reserved-variable"),
    ],
)
def test_an_assignment_that_fails_leaves_its_reads_alone(assign: dict[str, Any], rule: str) -> None:
    assert [name for name, _ in found(reading(assign))] == [rule]


def test_a_field_that_is_null_does_not_conflict() -> None:
    state = {"Type": "Pass", "End": True, "Next": None}
    assert found({"StartAt": "A", "States": {"A": state}}) == [("wrong-type", "leave the field out")]


@pytest.mark.parametrize("field", ["ResultSelector", "Assign"])
def test_a_path_in_place_of_an_object_is_told_once(field: str) -> None:
    state = task("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "m"}, **{field: "$.Payload"})
    assert found(machine(state)) == [("wrong-type", 'write an object: `{"name.$": "$.Payload"}`')]


@pytest.mark.parametrize(
    "text",
    [
        """{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B", "Next": "C"},
            "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}""",
        "StartAt: A\nStates: {A: {Type: Pass, Next: B, Next: C}, B: {Type: Succeed}, C: {Type: Succeed}}",
    ],
)
def test_what_a_field_written_twice_leads_to_is_not_unreachable(text: str) -> None:
    assert [rule for rule, _ in found(text)] == ["duplicate-key"]


@pytest.mark.parametrize(
    ("call", "parameters", "way_out"),
    [
        ("aws-sdk:s3:putObject", {"BucketName": "a", "Key": "k"}, "write `Bucket`"),
        ("aws-sdk:s3:putObject", {"BucketName.$": "$.b", "Key": "k"}, "write `Bucket.$`"),
        ("dynamodb:getItem", {"Table": "t", "Key": {"id": {"S": "1"}}}, "write `TableName`"),
    ],
)
def test_an_unknown_parameter_stands_for_the_missing_one(
    call: str, parameters: dict[str, Any], way_out: str
) -> None:
    assert found(machine(task(call, parameters))) == [("unknown-parameter", way_out)]


def test_a_parameter_that_is_there_is_not_stood_for() -> None:
    parameters = {"Bucket": "a", "BucketName": "a", "Key": "k"}
    assert [rule for rule, _ in found(machine(task("aws-sdk:s3:putObject", parameters)))] == [
        "parameter-not-in-catalogue"
    ]


def test_a_state_inside_a_state_is_not_missing() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "J", "J": {"Type": "Succeed"}}}}
    state = {"Type": "Map", "ItemProcessor": inner, "Next": "B", "B": {"Type": "Succeed"}}
    text = {"StartAt": "A", "States": {"A": state}}
    assert found(text) == [("unknown-field", "it reads like a state: move it into `States`")] * 2


def test_a_heartbeat_that_nobody_sends_is_not_compared() -> None:
    call = task("lambda:invoke", {"FunctionName": "f"}, TimeoutSeconds=60, HeartbeatSeconds=90)
    assert found(machine(call)) == [("heartbeat-without-sender", "delete `HeartbeatSeconds`")]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (5, "wrong-parameter-type"),
        ("{% $states.input.bucket %}", "expression-in-jsonpath-state"),
        ("$.bucket", "path-without-suffix"),
        ("$$.Execution.Input", "path-without-suffix"),
        ("States.Format('{}', $.a)", "path-without-suffix"),
    ],
)
def test_no_permission_is_asked_for_what_is_no_name(value: Any, rule: str) -> None:
    state = task("aws-sdk:s3:putObject", {"Bucket": value, "Key": "k"})
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}],
    }
    assert [name for name, _ in found(machine(state), policy)] == [rule]


@pytest.mark.parametrize(
    ("call", "parameters", "action", "resource", "rule"),
    [
        (
            "lambda:invoke",
            {"FunctionName": "arn:aws:lambda:eu-west-1:11112222333:function:pay"},
            "lambda:InvokeFunction",
            "arn:aws:lambda:eu-west-1:111122223333:function:pay",
            "malformed-function-name",
        ),
        (
            "states:startExecution",
            {"StateMachineArn": "arn:aws:states:eu-west-1:11112222333:stateMachine:pay"},
            "states:StartExecution",
            "arn:aws:states:eu-west-1:111122223333:stateMachine:pay",
            "not-a-state-machine-arn",
        ),
    ],
)
def test_no_permission_is_asked_for_in_an_account_that_is_none(
    call: str, parameters: dict[str, Any], action: str, resource: str, rule: str
) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    assert [name for name, _ in found(machine(task(call, parameters)), policy)] == [rule]


def test_a_policy_is_not_to_allow_what_has_no_account() -> None:
    state = task("sns:publish", {"TopicArn": "arn:aws:sns:eu-west-1:11112222333:t", "Message": "m"})
    topic = "arn:aws:sns:eu-west-1:111122223333:t"
    statement = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    way_out = "an account has 12 digits, and `11112222333` has 11: correct it in the definition"
    assert found(machine(state), policy) == [("permission-on-wrong-resource", way_out)]
