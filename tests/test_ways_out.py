"""What findings say: this fault in the user's names, and the way out that mends it."""

import json
from typing import Any

import pytest

from asllint import lint

ARN = "arn:aws:states:::"
TOKEN = '"TaskToken.$": "$$.Task.Token"'
WITHOUT = "or call without `.waitForTaskToken`"


def told(state: dict[str, Any], **fields: Any) -> list[tuple[str, str, str]]:
    """The rule, message and help of each finding of a machine of one state."""
    text = {**fields, "StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}}}
    return [(one.rule, one.message, one.help) for one in lint(json.dumps(text))]


def task(call: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": ARN + call, "Parameters": parameters, "Next": "B", **fields}


def resource(arn: str) -> dict[str, Any]:
    return {"Type": "Task", "Resource": arn, "Parameters": {"FunctionName": "f"}, "Next": "B"}


@pytest.mark.parametrize(
    ("call", "parameters", "way_out"),
    [
        (
            "ecs:runTask",
            {"TaskDefinition": "d"},
            'add `{"Name": "TASK_TOKEN", "Value.$": "$$.Task.Token"}` to '
            f"`Overrides.ContainerOverrides[].Environment`, {WITHOUT}",
        ),
        (
            "aws-sdk:s3:putObject",
            {"Bucket": "b", "Key": "k"},
            f"pass it in a parameter that carries data, {WITHOUT}",
        ),
        (
            "sns:publish",
            {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": "m"},
            f"make `Message` an object that holds it: `{{{TOKEN}}}`, {WITHOUT}",
        ),
        (
            "sqs:sendMessage",
            {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "MessageBody": {"a": 1}},
            f"add `{TOKEN}` to `MessageBody`, {WITHOUT}",
        ),
    ],
)
def test_a_token_goes_where_the_call_has_room(call: str, parameters: dict[str, Any], way_out: str) -> None:
    state = task(f"{call}.waitForTaskToken", parameters, TimeoutSeconds=60)
    assert [help for rule, _, help in told(state) if rule == "callback-only-times-out"] == [way_out]


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("approval", "to put the result into the field `approval` write `$.approval`"),
        ("$.approvals[*]", "name one field: `$.approvals`"),
    ],
)
def test_a_result_path_names_one_field(path: str, way_out: str) -> None:
    ((_, message, help),) = told({"Type": "Pass", "ResultPath": path, "Next": "B"})
    assert "$$" not in message
    assert help == way_out


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("$.a + 1", "write `States.MathAdd($.a, 1)`"),
        ("$.a - 1", "write `States.MathAdd($.a, -1)`"),
        ("$.a + $.b", "write `States.MathAdd($.a, $.b)`"),
        ("$.a * 2", "compute it in a JSONata state: in JSONPath there is `States.MathAdd` alone"),
        ("$.a - $.b", "compute it in a JSONata state: in JSONPath there is `States.MathAdd` alone"),
    ],
)
def test_a_path_computes_nothing(text: str, way_out: str) -> None:
    state = {"Type": "Pass", "Parameters": {"n.$": text}, "Next": "B"}
    message = "`n.$` holds no path, which AWS refuses: a path computes nothing"
    assert told(state) == [("path-syntax", message, way_out)]


def test_where_no_function_can_be_called_the_state_before_computes() -> None:
    way_out = (
        "compute it in the `Parameters` or `Assign` of a state before this one: `States.MathAdd($.a, 1)`"
    )
    ((_, _, help),) = told({"Type": "Pass", "InputPath": "$.a + 1", "Next": "B"})
    assert help == way_out


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("$$.Exection.Id", "the Context Object has no `Exection`"),
        ("$$.Execution.ID", "`$$.Execution` of the Context Object has no `ID`"),
    ],
)
def test_the_context_object_is_called_by_its_name(path: str, message: str) -> None:
    state = {"Type": "Pass", "Parameters": {"x.$": path}, "Next": "B"}
    assert [words for _, words, _ in told(state)] == [message]


def test_a_choice_state_has_no_end() -> None:
    rule = {"Variable": "$.a", "IsPresent": True, "Next": "B"}
    state = {"Type": "Choice", "Choices": [rule], "Default": "C", "End": True}
    text = {"StartAt": "A", "States": {"A": state, "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}
    ((rule_name, help),) = [(one.rule, one.help) for one in lint(json.dumps(text))]
    assert (rule_name, help) == (
        "field-not-allowed-here",
        "a Choice state goes on by its Choice Rules and its `Default`: delete it",
    )


@pytest.mark.parametrize(
    ("arn", "way_out"),
    [
        ("arn:aws:states::lambda:invoke", "write `arn:aws:states:::lambda:invoke`"),
        ("arn:aws:states:lambda:invoke", "write `arn:aws:states:::lambda:invoke`"),
        (
            "arn:aws:states::aws-sdk:lambda:invoke.waitForTaskToken",
            "write `arn:aws:states:::aws-sdk:lambda:invoke.waitForTaskToken`",
        ),
        ("arn:aws:state:::lambda:invoke", "did you mean `states`?"),
        ("arn:aws:lamda:eu-west-1:111122223333:function:f", "did you mean `lambda`?"),
        (
            "arn:aws:states:eu-west-1:111122223333:activites:x",
            "to wait for an activity write `activity:x`",
        ),
    ],
)
def test_a_resource_that_is_nearly_right_is_set_right(arn: str, way_out: str) -> None:
    assert [help for _, _, help in told(resource(arn))] == [way_out]


@pytest.mark.parametrize(
    ("arn", "place", "way_out"),
    [
        ("arn:aws:lambda:eu-west-1:11112222333:function:f", "11112222333", "write all of them"),
        ("arn:aws:lamda:eu-west-1:111122223333:function:f", "lamda", "did you mean `lambda`?"),
        ("arn:aws:lambda:eu-west-1:111122223333:funtion:f", "funtion", "did you mean `function`?"),
        (
            "arn:aws:lambda:eu-west-1:111122223333function:f:live",
            "111122223333function",
            "write `111122223333:function`",
        ),
    ],
)
def test_the_wrong_part_of_a_functions_arn_is_shown(arn: str, place: str, way_out: str) -> None:
    text = json.dumps({"StartAt": "A", "States": {"A": {**task("lambda:invoke", {"FunctionName": arn})}}})
    text = text.replace('"Next": "B"', '"End": true')
    (found,) = lint(text, select=("malformed-function-name",))
    assert text[found.region.start_column - 1 : found.region.end_column - 1] == place
    assert found.help == way_out


def test_a_timeout_above_the_machines_may_raise_that() -> None:
    state = task("lambda:invoke", {"FunctionName": "f"}, TimeoutSeconds=600)
    ((_, _, help),) = told(state, TimeoutSeconds=60)
    assert help == "set it below 60, or raise the machine's `TimeoutSeconds`"


def test_a_control_character_in_a_name_is_shown_as_json_writes_it() -> None:
    text = json.dumps({"StartAt": "Zahlung\n ü\x7f", "States": {"Zahlung\n ü\x7f": {"Type": "Succeed"}}})
    (found,) = lint(text)
    assert found.message == "the name of state `Zahlung\\n ü\\u007f` holds a control character"
