"""SAM templates: local definitions with their substitutions, and the roles that SAM makes."""

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.loader.document import DEFINITION, POLICY, Document
from asllint.loader.source import Region
from tests.templates import TEMPLATES, definitions, fixture, read_mutations, shown, template

ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"

TABLE = ARN % ("dynamodb", "table/${Orders}")
NOT_KNOWN = "one of its role's managed policies is not known (`%s`)"


def test_local_definition_is_read_with_its_substitutions() -> None:
    pay = definitions(fixture("sam/template.yaml"))["Pay"]
    states = pay.value["States"]
    assert states["Charge"] == {
        "Type": "Task",
        "Resource": ARN % ("lambda", "function:${Charge}:live"),
        "TimeoutSeconds": 30,
        "Next": "Keep",
    }
    assert states["Keep"]["Parameters"]["TableName"] == "${Orders}"
    assert pay.settings.type == "EXPRESS"
    assert pay.settings.arn == ARN % ("states", "stateMachine:${Pay.Name}")
    assert pay.settings.tracing == {"enabled": True}
    assert pay.reading.faults == ()


def test_finding_in_a_local_definition_stands_in_its_own_file() -> None:
    pay = definitions(fixture("sam/template.yaml"))["Pay"]
    assert Path(pay.file) == TEMPLATES / "sam" / "statemachine" / "pay.asl.json"
    assert pay.region(("States", "Keep", "Next")) == Region(14, 15, 14, 24)
    assert shown(pay, "States", "Charge", "Resource") == '6: "${ChargeArn}"'
    assert shown(pay, "States", "Charge", "TimeoutSeconds") == "7: ${Timeout}"


def test_local_definition_tells_the_template_that_names_it() -> None:
    pay = definitions(fixture("sam/template.yaml"))["Pay"]
    assert pay.named_by is not None
    holder, where, words = pay.named_by
    assert isinstance(holder, Document)
    assert where == ("Resources", "Pay", "Properties", "DefinitionUri")
    assert words == f"named by {TEMPLATES / 'sam' / 'template.yaml'}:Pay"
    assert shown(holder, *where) == "16: statemachine/pay.asl.json"


def test_local_definition_in_yaml_is_read() -> None:
    refund = definitions(fixture("sam/template.yaml"))["Refund"]
    assert refund.value == {"StartAt": "Refund", "States": {"Refund": {"Type": "Pass", "End": True}}}
    assert refund.settings.type == "STANDARD"
    assert shown(refund, "StartAt") == "1: Refund"


def test_role_that_sam_makes_has_templates_statements_and_managed_policies() -> None:
    file = fixture("sam/template.yaml")
    pay = definitions(file)["Pay"]
    assert pay.roles_known
    function = ARN % ("lambda", "function:${Charge}*")
    assert [(p.name, p.value["Statement"][0]) for p in pay.policies[:2]] == [
        (
            "LambdaInvokePolicy",
            {"Action": ["lambda:InvokeFunction"], "Effect": "Allow", "Resource": function},
        ),
        (
            "Pay",
            {
                "Effect": "Allow",
                "Action": "dynamodb:PutItem",
                "Resource": ARN % ("dynamodb", "table/${Orders}"),
            },
        ),
    ]
    assert [p.name for p in pay.policies[2:]] == ["AWSLambdaRole", "AWSXrayWriteOnlyAccess"]
    assert shown(pay.policies[0], "Statement", 0, "Resource") == "24: LambdaInvokePolicy"
    assert shown(pay.policies[1], "Statement", 0, "Action") == '27: "dynamodb:PutItem"'
    assert shown(pay.policies[2], "Statement", 0) == "28: AWSLambdaRole"


def test_only_policies_that_the_template_writes_are_checked_alone() -> None:
    found = [(d.kind, d.name) for d in fixture("sam/template.yaml").documents if d.kind != DEFINITION]
    assert found == [(POLICY, "Pay"), (POLICY, "RefundRole"), ("trust policy", "RefundRole")]


def test_role_that_is_named_is_taken_in_place_of_policies() -> None:
    refund = definitions(fixture("sam/template.yaml"))["Refund"]
    assert (refund.roles_known, [p.name for p in refund.policies]) == (True, ["RefundRole"])
    assert refund.settings.role == "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/workflows/${RefundRole}"


PAY = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Pay:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Succeed}}}
      %s
  Own:
    Type: AWS::IAM::ManagedPolicy
    Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: 'sns:Publish', Resource: '*'}}}
  Charge: {Type: AWS::Serverless::Function}
  %s
"""


def role(properties: str, more: str = "More: {Type: AWS::S3::Bucket}") -> Any:
    file = template(PAY % (properties, more))
    pay = definitions(file)["Pay"]
    gaps = [note[len("Pay: ") : -len(", so its permissions were not checked")] for note in file.notes]
    return pay.roles_known, [policy.name for policy in pay.policies], gaps


@pytest.mark.parametrize(
    ("properties", "names", "gaps"),
    [
        ("Name: pay", [], []),
        ("Policies: AWSLambdaRole", ["AWSLambdaRole"], []),
        ("Policies: arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole", ["AWSLambdaRole"], []),
        ("Policies: !Ref Own", ["Own"], []),
        ("Policies: {SQSSendMessagePolicy: {QueueName: q}}", ["SQSSendMessagePolicy"], []),
        ("Policies: [!If [A, AWSLambdaRole, !Ref AWS::NoValue]]", ["AWSLambdaRole"], []),
        (
            "Policies: [NoSuchPolicy]",
            [],
            [NOT_KNOWN % "NoSuchPolicy"],
        ),
        ("Policies: [!Ref Given]", [], [NOT_KNOWN % "${Given}"]),
        ("Policies: [{NoSuchTemplate: {}}]", [], ["one of its policies is not known"]),
        ("Tracing: {Enabled: true}", ["AWSXrayWriteOnlyAccess"], []),
        ("Tracing: {Enabled: false}", [], []),
        (
            "Role: arn:aws:iam::1:role/pay",
            [],
            ["its role is not in the template (`arn:aws:iam::1:role/pay`)"],
        ),
    ],
)
def test_role_that_sam_makes_is_known_when_its_policies_are(
    properties: str, names: list[str], gaps: list[str]
) -> None:
    assert role(properties) == (not gaps, names, gaps)


def test_policy_of_the_template_may_be_attached_to_the_role_that_sam_makes() -> None:
    more = """Extra:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref PayRole]
      PolicyDocument: {Statement: {Effect: Allow, Action: 'sqs:*', Resource: '*'}}
"""
    assert role("Name: pay", more) == (True, ["Extra"], [])


@pytest.mark.parametrize(
    "connector",
    [
        "Link: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Pay}}}",
        "Link: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: Pay}, Permissions: [Write]}}",
    ],
)
def test_role_that_a_connector_adds_to_is_not_known(connector: str) -> None:
    assert role("Name: pay", connector) == (False, [], ["a connector adds to its role"])


def test_connector_of_the_machine_itself_adds_to_its_role() -> None:
    properties = "Name: pay\n    Connectors: {Link: {Properties: {Destination: {Id: Charge}}}}"
    assert role(properties) == (False, [], ["a connector adds to its role"])


@pytest.mark.parametrize("name", ["sam/template.yaml"])
def test_no_broken_template_raises(name: str) -> None:
    assert read_mutations(name, name + ".json") > 700


def test_definition_file_that_is_broken_is_a_document_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "pay.json").write_text('{"StartAt": }', encoding="utf-8")
    text = json.dumps(
        {
            "Resources": {
                "Pay": {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": "pay.json"}}
            }
        }
    )
    file = template(text, str(tmp_path / "template.json"))
    (pay,) = file.documents
    assert (pay.value, len(pay.reading.faults)) == (None, 1)
    assert [reading.text.source.name for reading in file.readings] == [
        str(tmp_path / "template.json"),
        str(tmp_path / "pay.json"),
    ]
