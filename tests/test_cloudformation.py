"""CloudFormation templates: values, definitions with their places, and roles."""

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.loader.cfn_functions import NO_VALUE
from asllint.loader.cfn_places import Offsets
from asllint.loader.cfn_values import Template
from asllint.loader.document import DEFINITION, POLICY, TRUST_POLICY, Templated
from asllint.loader.source import Region
from tests.templates import TEMPLATES, definitions, fixture, read_mutations, shown, template

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"

ARN = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
IAM = "arn:${AWS::Partition}:iam::${AWS::AccountId}:%s"
RESOURCES = {
    "Charge": {"Type": "AWS::Lambda::Function"},
    "Named": {
        "Type": "AWS::Lambda::Function",
        "Properties": {"FunctionName": {"Fn::Sub": "${Stage}-charge"}},
    },
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Named"}}},
    "Stack": {
        "Type": "AWS::Lambda::Version",
        "Properties": {"FunctionName": "arn:aws:lambda:eu-west-1:1:function:${AWS::StackName}-pay:live"},
    },
    "Live": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"Name": "live", "FunctionName": {"Fn::GetAtt": "Charge.Arn"}},
    },
    "Published": {"Type": "AWS::Serverless::Function", "Properties": {"AutoPublishAlias": "live"}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "receipts"}},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/pay"}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "pay", "Path": "/flows/"}},
    "Child": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineName": "child"}},
    "Cluster": {"Type": "AWS::ECS::Cluster"},
    "Tasks": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "billing"}},
    "Jobs": {"Type": "AWS::Batch::JobQueue"},
    "Secret": {"Type": "AWS::SecretsManager::Secret"},
    "Key": {"Type": "AWS::KMS::Key"},
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}},
    "Self": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::GetAtt": "Self.TopicName"}}},
    "Custom": {"Type": "Custom::Thing"},
}
MAPPINGS = {"Sizes": {"eu": {"n": "1", "same": "s"}, "us": {"n": "2", "same": "s"}}}

VALUES = [
    ({"Ref": "Charge"}, "${Charge}"),
    ({"Fn::GetAtt": ["Charge", "Arn"]}, ARN % ("lambda", "function:${Charge}")),
    ({"Fn::GetAtt": "Named.Arn"}, ARN % ("lambda", "function:${Stage}-charge")),
    ({"Ref": "Version"}, ARN % ("lambda", "function:${Stage}-charge:${Version.Version}")),
    ({"Ref": "Stack"}, ARN % ("lambda", "function:${AWS::StackName}-pay:${Stack.Version}")),
    ({"Ref": "Live"}, ARN % ("lambda", "function:${Charge}:live")),
    ({"Ref": "Published.Alias"}, ARN % ("lambda", "function:${Published}:live")),
    ({"Fn::Sub": "${Published.Version}"}, ARN % ("lambda", "function:${Published}:${Published.Version}")),
    ({"Ref": "Queue"}, "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/receipts"),
    ({"Fn::GetAtt": "Queue.Arn"}, ARN % ("sqs", "receipts")),
    ({"Ref": "Topic"}, ARN % ("sns", "${Topic.TopicName}")),
    ({"Fn::GetAtt": "Topic.TopicName"}, "${Topic.TopicName}"),
    ({"Ref": "Table"}, "${Table}"),
    ({"Fn::GetAtt": "Table.Arn"}, ARN % ("dynamodb", "table/${Table}")),
    ({"Fn::Sub": "${Bucket.Arn}/*"}, "arn:${AWS::Partition}:s3:::${Bucket}/*"),
    ({"Fn::GetAtt": "Logs.Arn"}, ARN % ("logs", "log-group:/pay:*")),
    ({"Fn::GetAtt": "Role.Arn"}, IAM % "role/flows/pay"),
    ({"Ref": "Child"}, ARN % ("states", "stateMachine:child")),
    ({"Fn::GetAtt": "Child.Name"}, "child"),
    ({"Fn::GetAtt": "Cluster.Arn"}, ARN % ("ecs", "cluster/${Cluster}")),
    ({"Ref": "Tasks"}, ARN % ("ecs", "task-definition/billing:${Tasks.Revision}")),
    ({"Ref": "Jobs"}, ARN % ("batch", "job-queue/${Jobs}")),
    ({"Ref": "Secret"}, ARN % ("secretsmanager", "secret:${Secret}-${Secret.Suffix}")),
    ({"Fn::GetAtt": "Key.Arn"}, ARN % ("kms", "key/${Key}")),
    ({"Fn::GetAtt": "Bus.Arn"}, ARN % ("events", "event-bus/orders")),
    ({"Ref": "Self"}, ARN % ("sns", "${Self.TopicName}")),
    ({"Fn::GetAtt": ["Custom", "Outputs.Url"]}, "${Custom.Outputs.Url}"),
    ({"Ref": "Stage"}, "${Stage}"),
    ({"Ref": "AWS::Region"}, "${AWS::Region}"),
    ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1, True, {"Ref": "AWS::NoValue"}]]}, "a-${Stage}-1-true"),
    ({"Fn::Join": [",", {"Fn::Split": ["-", "a-b"]}]}, "a,b"),
    ({"Fn::Sub": ["${a}/${Stage}/${!b}", {"a": {"Ref": "Table"}}]}, "${Table}/${Stage}/${b}"),
    ({"Fn::Select": [1, ["a", "b"]]}, "b"),
    ({"Fn::Select": ["2", {"Fn::Split": [":", {"Fn::GetAtt": "Queue.Arn"}]}]}, "sqs"),
    ({"Fn::Select": [3, {"Fn::Split": [":", {"Fn::GetAtt": "Queue.Arn"}]}]}, "${AWS::Region}"),
    ({"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "Stage"}]}]}, "${Fn::Select}"),
    ({"Fn::FindInMap": ["Sizes", "us", "n"]}, "2"),
    ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "n"]}, "${Fn::FindInMap.Sizes}"),
    ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "same"]}, "s"),
    ({"Fn::If": ["IsLive", "a", "b"]}, "${Fn::If.IsLive}"),
    ({"Fn::If": ["IsLive", {"Ref": "Table"}, {"Fn::Sub": "${Table}"}]}, "${Table}"),
    ({"Fn::ImportValue": {"Fn::Sub": "${Stage}-bus"}}, "${Fn::ImportValue.-Stage-bus}"),
    ({"Fn::Base64": "x"}, "${Fn::Base64}"),
    ({"Fn::ToJsonString": {"a": {"Ref": "Table"}}}, '{"a": "${Table}"}'),
    ("{{resolve:ssm:/pay/url}}/v1", "${resolve:ssm:/pay/url}/v1"),
    ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}, 2]}, {"b": [1, 2]}),
    ({"Ref": ["x"]}, "${Ref}"),
    ({"Ref": "a b"}, "${a-b}"),
    ({"Fn::GetAtt": "Alone"}, "${Fn::GetAtt}"),
    ({"Fn::Sub": {"a": 1}}, "${Fn::Sub}"),
    ({"Fn::Join": ["-", {"Ref": "List"}]}, "${Fn::Join}"),
]


@pytest.mark.parametrize(("written", "expected"), VALUES, ids=[json.dumps(value) for value, _ in VALUES])
def test_function_gives_what_the_template_says(written: Any, expected: Any) -> None:
    assert Template(RESOURCES, MAPPINGS).value(written) == expected


def test_no_value_is_not_there() -> None:
    assert Template({}).value({"Ref": "AWS::NoValue"}) is NO_VALUE


def test_two_unknown_expressions_are_two_holes_and_the_same_one_is_itself() -> None:
    first, second = {"Fn::If": ["IsLive", "a", "b"]}, {"Fn::If": ["IsLive", "c", "d"]}
    values = Template({}).value([first, second, first])
    assert values == ["${Fn::If.IsLive}", "${Fn::If.IsLive.2}", "${Fn::If.IsLive}"]


def topic(other: str) -> dict[str, Any]:
    """A topic that is named as another one."""
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::GetAtt": f"{other}.TopicName"}}}


def test_names_in_a_circle_are_holes() -> None:
    assert (
        Template({"A": topic("B"), "B": topic("A")}).value({"Fn::GetAtt": "A.TopicName"}) == "${A.TopicName}"
    )


def test_a_long_chain_of_names_ends_in_a_hole() -> None:
    chain = {
        f"T{i}": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"TopicName": {"Fn::GetAtt": f"T{i + 1}.TopicName"}},
        }
        for i in range(5000)
    }
    assert Template(chain).value({"Fn::GetAtt": "T0.TopicName"}) == "${T40.TopicName}"


def test_inline_definition_is_resolved_with_its_settings() -> None:
    inline = definitions(fixture("orders.yaml"))["Inline"]
    assert inline.value == {
        "StartAt": "Charge",
        "States": {
            "Charge": {
                "Type": "Task",
                "Resource": ARN % ("lambda", "function:${Charge}"),
                "TimeoutSeconds": 30,
                "Next": "Receipt",
            },
            "Receipt": {
                "Type": "Task",
                "Resource": "arn:${AWS::Partition}:states:::sqs:sendMessage",
                "Parameters": {
                    "QueueUrl": "to https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Stage}-receipts",
                    "MessageBody.$": "$",
                },
                "End": True,
            },
        },
    }
    assert inline.settings._asdict() == {
        "type": "EXPRESS",
        "arn": ARN % ("states", "stateMachine:${Stage}-orders"),
        "name": "${Stage}-orders",
        "role": IAM % "role/${OrdersRole}",
        "logging": {
            "level": "ERROR",
            "includeExecutionData": False,
            "destinations": [
                {"cloudWatchLogsLogGroup": {"logGroupArn": ARN % ("logs", "log-group:${Logs}:*")}}
            ],
        },
        "tracing": {"enabled": True},
        "encryption": None,
        "template": Templated(
            ("Definition",),
            machines=("Inline", "Written"),
            generated=frozenset(
                f"${{{name}}}"
                for name in (
                    "Charge",
                    "Alerts.TopicName",
                    "ChargeRole",
                    "OrdersRole",
                    "ReceiptsPolicy",
                    "Logs",
                    "Written.Name",
                )
            ),
        ),
    }


def test_inline_definition_is_shown_where_it_is_written() -> None:
    inline = definitions(fixture("orders.yaml"))["Inline"]
    assert shown(inline, "StartAt") == "81: Charge"
    assert shown(inline, "States", "Charge") == "83: Charge"
    assert shown(inline, "States", "Charge", "Next") == '87: "${Last}"'
    assert shown(inline, "States", "Charge", "Resource") == "85: Charge.Arn"
    assert shown(inline, "States", "Charge", "Resource", key=True) == "85: Resource"
    resource = ("States", "Receipt", "Resource")
    assert shown(inline, *resource) == '90: "arn:${AWS::Partition}:states:::sqs:sendMessage"'
    assert shown(inline, *resource, span=(31, 34)) == "90: sqs"
    url = ("States", "Receipt", "Parameters", "QueueUrl")
    assert shown(inline, *url) == '91: "to ${QueueUrl}"'
    assert shown(inline, *url, span=(0, 2)) == "91: to"
    assert shown(inline, *url, span=(3, 99)) == "91: ${QueueUrl}"


def test_definition_put_together_by_sub_is_shown_where_it_is_written() -> None:
    written = definitions(fixture("orders.yaml"))["Written"]
    assert written.value["States"]["Charge"] == {
        "Type": "Task",
        "Resource": ARN % ("lambda", "function:${Charge}"),
        "TimeoutSeconds": "${Fn::FindInMap.Limits}",
        "Parameters": {
            "Url": "https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Stage}-receipts",
            "Kept": "${Stage}",
        },
        "Next": "Nowhere",
    }
    assert written.settings.type == "STANDARD"
    assert written.reading.faults == ()
    assert shown(written, "StartAt") == '102: "Charge"'
    assert shown(written, "States", "Charge", "Next") == '109: "Nowhere"'
    assert shown(written, "States", "Charge", "Resource") == '106: "${Charge.Arn}"'
    assert written.region(("States", "Charge", "Next")) == Region(109, 25, 109, 34)


def test_cdk_definition_of_joined_pieces_is_shown_in_its_piece() -> None:
    file = fixture("cdk.out/Orders.template.json")
    pay = definitions(file)["Pay2D"]
    assert pay.value["States"]["Charge"]["Parameters"]["FunctionName"] == ARN % ("lambda", "function:charge")
    assert shown(pay, "States", "Charge", "Next") == '40: \\"Nowhere\\"'
    assert pay.region(("States", "Charge", "Next")) == Region(40, 66, 40, 77)
    assert shown(pay, "States", "Charge", "Parameters", "Payload.$") == '44: \\"$\\"'
    function = pay.region(("States", "Charge", "Parameters", "FunctionName"))
    assert (function.start_line, function.end_line) == (42, 44)
    assert pay.roles_known
    assert [policy.name for policy in pay.policies] == ["PayRoleDefaultPolicy5B"]


def test_cdk_construct_is_told_beside_its_generated_definition() -> None:
    pay = definitions(fixture("cdk.out/Orders.template.json"))["Pay2D"]
    assert pay.named_by is not None
    holder, where, words = pay.named_by
    assert (where, words) == (("Resources", "Pay2D"), "construct Orders/Pay/Resource")
    assert holder.region(where) == Region(33, 3, 33, 10)  # type: ignore[union-attr]


def test_definition_string_in_json_keeps_places_behind_escapes() -> None:
    text = json.dumps({"StartAt": "A\u00e4\n", "States": {"é": {"Type": "Pass", "Next": "Nowhere"}}})
    source = '{"Resources": {"Pay": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {\n'
    source += f'"DefinitionString": {json.dumps(text)}}}}}}}}}'
    pay = definitions(template(source, "template.json"))["Pay"]
    assert shown(pay, "States", "é", "Next") == '2: \\"Nowhere\\"'


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("DefinitionString: |\n        {\"StartAt\":\n          \"A\"}", '7: "A"'),
        ("DefinitionString: >-\n        {\"StartAt\":\n        \"A\"}", '7: "A"'),
        ("DefinitionString: '{\"StartAt\": \"A\"}'", '5: "A"'),
        ('DefinitionString: "{\\"StartAt\\": \\"A\\"}"', '5: \\"A\\"'),
        ("DefinitionString: !Join ['', ['{\"StartAt\": ', '\"A\"}']]", '5: "A"'),
        ("DefinitionString: !Join [' ', ['{\"StartAt\":', '\"A\"}']]", '5: "A"'),
        ("DefinitionString: !Sub ['{\"StartAt\": ${a}}', {a: '\"A\"'}]", "5: ${a}"),
        ("DefinitionString: {Fn::ToJsonString: {StartAt: A}}", "5: A"),
        ("DefinitionString: {StartAt: A}", "5: A"),
        ("DefinitionString: !If [X, {StartAt: A}, {StartAt: A}]", "5: A"),
    ],
)  # fmt: skip
def test_every_form_of_a_definition_keeps_its_places(block: str, expected: str) -> None:
    text = f"Resources:\n  Pay:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      {block}\n"
    pay = definitions(template(text))["Pay"]
    assert (pay.value, shown(pay, "StartAt")) == ({"StartAt": "A"}, expected)


def test_both_arms_of_a_chosen_definition_are_read() -> None:
    text = """
Resources:
  Pay:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: !If [IsLive, {StartAt: A, States: {}}, {StartAt: B, States: {}}]
"""
    found = template(text).documents
    assert [(d.name, d.value["StartAt"], shown(d, "StartAt")) for d in found] == [
        ("Pay", "A", "6: A"),
        ("Pay", "B", "6: B"),
    ]


@pytest.mark.parametrize(
    ("definition", "note"),
    [
        ("DefinitionS3Location: {Bucket: b, Key: k}", "Pay: its definition is in S3 and was not read"),
        ("DefinitionString: !Ref Given", "Pay: its definition is not in the template"),
        ("Definition: {Fn::Transform: {Name: AWS::Include}}", "Pay: its definition is not in the template"),
        ("Definition: 7", "Pay: its definition is neither an object nor a text"),
        ("Tags: []", "Pay: its definition is not in the template"),
        (
            "DefinitionUri: missing.asl.json",
            "Pay: its definition missing.asl.json does not exist",
        ),
        ("DefinitionUri: !Sub '${Stage}.json'", "Pay: its definition is at ${Stage}.json and was not read"),
    ],
)
def test_definition_that_is_elsewhere_is_noted(definition: str, note: str) -> None:
    text = "Resources:\n  Pay:\n    Type: AWS::StepFunctions::StateMachine\n    Properties: {RoleArn: x, %s}"
    file = template(text % definition, str(TEMPLATES / "none.yaml"))
    assert (file.documents, file.notes) == ([], (note,))


def test_role_has_its_inline_attached_and_managed_policies() -> None:
    file = fixture("orders.yaml")
    inline, written = definitions(file).values()
    assert [p.name for p in inline.policies] == ["OrdersRole", "AWSXrayWriteOnlyAccess", "ReceiptsPolicy"]
    assert inline.policies == written.policies
    assert inline.roles_known
    assert written.roles_known
    assert inline.trust is not None
    assert (inline.trust.kind, inline.trust.value["Version"]) == (TRUST_POLICY, "2012-10-17")
    assert [(d.kind, d.name) for d in file.documents if d.kind != DEFINITION] == [
        (POLICY, "OrdersRole"),
        (POLICY, "ReceiptsPolicy"),
        (TRUST_POLICY, "OrdersRole"),
    ]
    assert file.notes == ()


def test_statements_of_a_condition_are_shown_where_they_are_written() -> None:
    policy = definitions(fixture("orders.yaml"))["Inline"].policies[0]
    actions = [statement["Action"] for statement in policy.value["Statement"]]
    assert actions == ["lambda:InvokeFunction", "sns:Publish", "xray:PutTraceSegments"]
    assert shown(policy, "Statement", 0, "Resource", 1) == '53: "${Charge.Arn}:*"'
    assert shown(policy, "Statement", 1, "Action") == '56: "sns:Publish"'
    assert shown(policy, "Statement", 1, "Resource") == "56: Alerts"
    assert shown(policy, "Statement", 2, "Action") == '58: "xray:PutTraceSegments"'


ROLE = """
Resources:
  Pay:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: %s
      Definition: {StartAt: A, States: {A: {Type: Succeed}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: pay
      %s
  More:
    Type: AWS::IAM::ManagedPolicy
    %s
"""
ALLOW = "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}"
MANAGED = "one of its role's managed policies is not known (`%s`)"
UNKNOWN = "a statement of its role is not known"
CHOSEN = "a statement that denies depends on a condition"
DENY = "{Effect: Deny, Action: 's3:GetObject', Resource: '*'}"


def role(arn: str = "!GetAtt Role.Arn", properties: str = "Path: /", more: str = "Metadata: {}") -> Any:
    file = template(ROLE % (arn, properties, more))
    pay = definitions(file)["Pay"]
    notes = [
        note.removeprefix("Pay: ").removesuffix(", so its permissions were not checked")
        for note in file.notes
    ]
    return pay.roles_known, [policy.name for policy in pay.policies], notes


@pytest.mark.parametrize(
    "arn",
    [
        "!GetAtt Role.Arn",
        "!Sub '${Role.Arn}'",
        "!Sub 'arn:aws:iam::${AWS::AccountId}:role/${Role}'",
        "!Join ['', ['arn:aws:iam::', !Ref AWS::AccountId, ':role/pay']]",
        "arn:aws:iam::111122223333:role/pay",
    ],
)
def test_role_of_the_template_is_known_however_it_is_written(arn: str) -> None:
    assert role(arn) == (True, [], [])


@pytest.mark.parametrize(
    ("arn", "gap"),
    [
        ("!Ref RoleArn", "its role is not in the template (`${RoleArn}`)"),
        ("!ImportValue PayRole", "its role is not in the template (`${Fn::ImportValue.PayRole}`)"),
        ("!GetAtt Other.Arn", "its role is not in the template (`${Other.Arn}`)"),
        ("arn:aws:iam::1:role/other", "its role is not in the template (`arn:aws:iam::1:role/other`)"),
        ("!If [A, !GetAtt Role.Arn, !Ref R]", "its role is not in the template (`${Fn::If.A}`)"),
        ("{a: 1}", "its role is not known"),
    ],
)  # fmt: skip
def test_role_that_is_not_in_the_template_is_not_known(arn: str, gap: str) -> None:
    assert role(arn) == (False, [], [gap])


@pytest.mark.parametrize(
    ("properties", "names", "gaps"),
    [
        ("ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaRole']", ["AWSLambdaRole"], []),
        ("ManagedPolicyArns: ['arn:aws:iam::1:policy/own']", [], [MANAGED % "arn:aws:iam::1:policy/own"]),
        ("ManagedPolicyArns: !Ref Arns", [], [MANAGED % "${Arns}"]),
        ("ManagedPolicyArns: !If [A, [!Ref More], !Ref AWS::NoValue]", ["More"], []),
        ("Policies: [{PolicyName: a, PolicyDocument: {Statement: ALLOW}}]", ["Role"], []),
        ("Policies: [!If [A, {PolicyDocument: {Statement: [ALLOW]}}, !Ref AWS::NoValue]]", ["Role"], []),
        (
            "Policies: [!If [A, {PolicyDocument: {Statement: [DENY]}}, !Ref 'AWS::NoValue']]",
            ["Role"],
            [CHOSEN],
        ),
        ("Policies: [PolicyDocument: {Statement: [!If [A, DENY, ALLOW]]}]", ["Role"], [CHOSEN]),
        ("Policies: [PolicyDocument: {Statement: [DENY]}]", ["Role"], []),
        (
            "Policies: [PolicyDocument: {Statement: [!Ref S]}]",
            ["Role"],
            ["a statement of its role is not known"],
        ),
        ("Policies: [PolicyDocument: !Ref Whole]", [], ["one of its role's policies is not known"]),
        ("Policies: !Ref All", [], ["one of its role's policies is not known"]),
    ],
)
def test_role_is_known_when_all_of_its_policies_are(
    properties: str, names: list[str], gaps: list[str]
) -> None:
    written = properties.replace("ALLOW", ALLOW).replace("DENY", DENY)
    more = f"Properties: {{PolicyDocument: {{Statement: [{ALLOW}]}}}}"
    assert role(properties=written, more=more) == (not gaps, names, gaps)


def test_policy_resource_is_attached_by_the_roles_it_names() -> None:
    attached = f"Properties: {{Roles: [!Ref Role], PolicyDocument: {{Statement: [{ALLOW}]}}}}"
    assert role(more=attached) == (True, ["More"], [])
    chosen = attached.replace("Properties:", "Condition: A\n    Properties:")
    assert role(more=chosen) == (True, ["More"], [])
    assert role(more=chosen.replace("Allow", "Deny")) == (
        False, ["More"], [CHOSEN],
    )  # fmt: skip
    assert role(more=attached.replace("!Ref Role", "other")) == (True, [], [])
    assert role(more="Properties: {Roles: [pay], PolicyDocument: !Ref Given}") == (
        False, [], ["the policy More of its role is not known"],
    )  # fmt: skip


def test_role_policy_resource_is_attached_by_role_name() -> None:
    text = (
        (ROLE % ("!GetAtt Role.Arn", "Path: /", "Metadata: {}"))
        + f"""
  Single:
    Type: AWS::IAM::RolePolicy
    Properties: {{RoleName: !Ref Role, PolicyDocument: {{Statement: [{ALLOW}]}}}}
"""
    )
    pay = definitions(template(text))["Pay"]
    assert [policy.name for policy in pay.policies] == ["Single"]


def test_policies_that_no_machine_uses_are_not_read() -> None:
    unused = f"Properties: {{PolicyDocument: {{Statement: [{ALLOW}]}}}}"
    text = ROLE % ("!Ref RoleArn", f"Policies: [PolicyDocument: {{Statement: {ALLOW}}}]", unused)
    assert [document.kind for document in template(text).documents] == [DEFINITION]


@pytest.mark.parametrize(
    ("macro", "name"),
    [
        ("Transform: [AWS::LanguageExtensions, Own]\nResources:", "the macro Own"),
        ("Transform: {Name: AWS::Include}\nResources:", "the macro AWS::Include"),
        ("Resources:\n  Fn::Transform: {Name: AWS::Include}", "Fn::Transform"),
        ("Resources:\n  Fn::ForEach::Policies: [a, [b], {}]", "Fn::ForEach::Policies"),
    ],
)
def test_macro_may_make_policies_that_are_not_written(macro: str, name: str) -> None:
    text = ROLE % ("!GetAtt Role.Arn", "Path: /", "Metadata: {}")
    file = template(text.replace("Resources:", macro))
    assert not definitions(file)["Pay"].roles_known
    assert file.notes == (
        f"what {name} makes was not read",
        f"Pay: {name} may add to its role, so its permissions were not checked",
    )


@pytest.mark.parametrize(
    "text", ["{}", "Resources: 7", "Resources: [a]", "Resources: {A: null}", "Resources: {A: {Type: [1]}}"]
)
def test_template_that_is_none_has_no_documents(text: str) -> None:
    assert template(f"AWSTemplateFormatVersion: x\n{text}".replace("\n{}", "")).documents == []


@pytest.mark.parametrize("name", ["orders.yaml", "cdk.out/Orders.template.json"])
def test_no_broken_template_raises(name: str) -> None:
    assert read_mutations(name, name + ".json") > 700


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not here")
def test_every_template_of_the_corpus_gives_its_machines() -> None:
    lines = (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["format"] in ("cfn", "sam")]
    without = []
    for case in cases:
        file = fixture(str(CORPUS / case["path"]))
        found = [d.value for d in definitions(file).values()]
        if not found or not all("StartAt" in value and "States" in value for value in found):
            without.append(case["id"])
    assert len(cases) == 53
    # its definition is in S3
    assert without == ["wfc.emit-and-wait-template"]


def test_places_are_worked_out_only_when_they_are_asked_for() -> None:
    pay = definitions(fixture("cdk.out/Orders.template.json"))["Pay2D"]
    offsets = pay.reading.text.offsets
    assert isinstance(offsets, Offsets)
    assert offsets._known is None
    assert len(offsets) == len(pay.reading.text.text) + 1
