"""`asllint policy`: the least policy, its forms, and how a role differs from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from asllint.report.policies import identifier, render
from tests.command import asllint

OWN = "arn:aws:states:eu-west-1:111122223333:stateMachine:shop"
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function"


def task(resource: str, **parameters: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters}


def written(folder: Path, name: str, value: Any) -> str:
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return name


def shop(folder: Path, **states: dict[str, Any]) -> str:
    names = list(states)
    for state, following in zip(names, [*names[1:], None], strict=True):
        states[state] |= {"Next": following} if following else {"End": True}
    return written(folder, "shop.asl.json", {"StartAt": names[0], "States": states})


def test_statements_are_grouped_and_named_by_what_they_are_for(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        **{
            "Read order": task("dynamodb:getItem", TableName="orders"),
            "Charge": task("lambda:invoke", FunctionName="charge"),
            "Refund": task("lambda:invoke", FunctionName="refund"),
            "Note it": task("dynamodb:putItem", TableName="orders"),
            "Work": task(
                "ecs:runTask", TaskDefinition="w", Overrides={"TaskRoleArn": "arn:aws:iam::1:role/w"}
            ),
        },
    )
    done = asllint("policy", "--no-config", "--arn", OWN, name, folder=tmp_path)
    assert done.status == 0
    assert json.loads(done.stdout) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Dynamodb",
                "Effect": "Allow",
                "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
                "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
            },
            {
                "Sid": "InvokeFunction",
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": [f"{FUNCTION}:charge", f"{FUNCTION}:refund"],
            },
            {
                "Sid": "Work",
                "Effect": "Allow",
                "Action": "ecs:RunTask",
                "Resource": "arn:aws:ecs:eu-west-1:111122223333:task-definition/w:*",
            },
            {
                "Sid": "PassRole",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": "arn:aws:iam::1:role/w",
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
        ],
    }
    assert done.stderr == "asllint: state `Work`: the roles in the task definition may need iam:PassRole\n"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    name = shop(tmp_path, A=task("states:startExecution.sync:2", StateMachineArn=OWN), B=task("eks:call"))
    first, second = (asllint("policy", "--no-config", name, folder=tmp_path) for _ in range(2))
    assert first.stdout == second.stdout != ""


def test_what_is_not_known_stands_as_a_hole_and_is_told(tmp_path: Path) -> None:
    name = shop(
        tmp_path, A=task("dynamodb:getItem", TableName="${Table}"), B={"Type": "Task", "Resource": "${F}"}
    )
    done = asllint("policy", "--no-config", name, folder=tmp_path)
    assert json.loads(done.stdout)["Statement"][0]["Resource"] == (
        "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"
    )
    assert done.stderr.splitlines() == [
        "asllint: state `B`: its `Resource` is not known before deployment, so nothing is granted for it",
        "asllint: ${AWS::Region}, ${AWS::AccountId} stand for where the machine lives: --arn fills them in",
        "asllint: ${Table}: not known before deployment; --define NAME=VALUE fills it in",
    ]
    filled = asllint(
        "policy", "--no-config", name, "--arn", OWN,
        "--define", "Table=orders", "--define", f"F={FUNCTION}:pay", folder=tmp_path,
    )  # fmt: skip
    assert [one["Resource"] for one in json.loads(filled.stdout)["Statement"]] == [
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
        f"{FUNCTION}:pay",
    ]
    assert filled.stderr == ""


def test_what_iam_does_not_decide_is_told(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        A=task("eks:runJob.sync", ClusterName="c"),
        B=task("athena:startQueryExecution", QueryString="q"),
    )
    done = asllint("policy", "--no-config", "--arn", OWN, name, folder=tmp_path)
    assert done.stderr.splitlines() == [
        "asllint: state `A`: the cluster's own access entries (RBAC) have to let the role in",
        "asllint: state `B`: its rights to the data (S3, Glue, Lake Formation) hang on the query",
    ]


def test_a_wide_grant_takes_in_the_narrow_ones(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        A=task("lambda:invoke", FunctionName="pay"),
        B=task("lambda:invoke", **{"FunctionName.$": "$.f"}),
    )
    done = asllint("policy", "--no-config", "--arn", OWN, name, folder=tmp_path)
    assert [one["Resource"] for one in json.loads(done.stdout)["Statement"]] == [
        "arn:aws:lambda:*:*:function:*"
    ]
    assert "state `B`: lambda:InvokeFunction on `arn:aws:lambda:*:*:function:*`, since the" in done.stderr


def test_the_difference_says_what_to_add_and_what_to_drop(tmp_path: Path) -> None:
    name = shop(
        tmp_path, A=task("lambda:invoke", FunctionName="pay"), B=task("dynamodb:getItem", TableName="t")
    )
    statements = [
        {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunction", "sqs:SendMessage"],
            "Resource": f"{FUNCTION}:old",
        },
        {
            "Effect": "Allow",
            "Action": "dynamodb:*",
            "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
        },
    ]
    role = written(tmp_path, "role.json", {"Version": "2012-10-17", "Statement": statements})
    done = asllint("policy", "--no-config", "--arn", OWN, name, "--policy", role, folder=tmp_path)
    assert done.status == 0
    assert json.loads(done.stdout) == {
        "add": [
            {
                "Sid": "A",
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": f"{FUNCTION}:pay",
            }
        ],
        "drop": [
            {"file": "role.json", "pointer": "/Statement/0/Action/1", "Action": "sqs:SendMessage"},
            {
                "file": "role.json",
                "pointer": "/Statement/1/Action",
                "Action": "dynamodb:*",
                "instead": ["dynamodb:GetItem"],
            },
            {"file": "role.json", "pointer": "/Statement/0/Action/0", "Action": "lambda:InvokeFunction"},
        ],
    }


def test_nothing_differs_from_the_own_policy(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        A=task("states:startExecution.sync:2", StateMachineArn=OWN),
        B=task("sns:publish", TopicArn="${T}"),
    )
    own = asllint("policy", "--no-config", name, folder=tmp_path).stdout
    (tmp_path / "own.json").write_text(own, encoding="utf-8")
    done = asllint("policy", "--no-config", name, "--policy", "own.json", folder=tmp_path)
    assert json.loads(done.stdout) == {"add": [], "drop": []}
    checked = asllint(
        "check", "--no-config", "--profile", "pedantic", "--select", "permissions", name,
        "--policy", "own.json", "--format", "concise", folder=tmp_path,
    )  # fmt: skip
    assert (checked.stdout, checked.status) == ("", 0)


def test_a_denied_action_is_told_since_no_statement_helps(tmp_path: Path) -> None:
    name = shop(tmp_path, A=task("lambda:invoke", FunctionName="pay"))
    deny = {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}
    role = written(tmp_path, "role.json", {"Version": "2012-10-17", "Statement": [deny]})
    done = asllint("policy", "--no-config", "--arn", OWN, name, "--policy", role, folder=tmp_path)
    assert json.loads(done.stdout) == {"add": [], "drop": []}
    assert done.stderr == "asllint: lambda:InvokeFunction is denied explicitly: no statement helps\n"


def test_cloudformation_fills_in_the_holes(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        A=task("dynamodb:getItem", TableName="${Table}"),
        B=task("sns:publish", TopicArn="arn:aws:sns:a:1:t"),
    )
    done = asllint("policy", "--no-config", "--format", "cloudformation", name, folder=tmp_path)
    assert [one["Resource"] for one in json.loads(done.stdout)["Statement"]] == [
        {"Fn::Sub": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"},
        "arn:aws:sns:a:1:t",
    ]


def test_terraform_gets_a_policy_document() -> None:
    statement = {
        "Sid": "PassRole",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": ["arn:${AWS::Partition}:iam::1:role/${Role}", "${aws_iam_role.w.arn}"],
        "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    }
    assert render({"my-shop": {"Version": "2012-10-17", "Statement": [statement]}}, "terraform") == (
        'data "aws_iam_policy_document" "my_shop" {\n'
        "  statement {\n"
        '    sid       = "PassRole"\n'
        '    actions   = ["iam:PassRole"]\n'
        '    resources = ["arn:${data.aws_partition.current.partition}:iam::1:role/${var.Role}", '
        '"${aws_iam_role.w.arn}"]\n'
        "\n"
        "    condition {\n"
        '      test     = "StringEquals"\n'
        '      variable = "iam:PassedToService"\n'
        '      values   = ["ecs-tasks.amazonaws.com"]\n'
        "    }\n"
        "  }\n"
        "}\n"
        "\n"
        'data "aws_partition" "current" {}\n'
    )


@pytest.mark.parametrize(
    ("name", "expected"), [("pay-2", "pay_2"), ("2pay", "machine_2pay"), ("é", "machine")]
)
def test_terraform_names_are_identifiers(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_several_machines_have_a_policy_each(tmp_path: Path) -> None:
    shop(tmp_path, A=task("sns:publish", TopicArn="arn:aws:sns:a:1:t"))
    written(tmp_path, "two.asl.json", {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}})
    done = asllint("policy", "--no-config", "shop.asl.json", "two.asl.json", folder=tmp_path)
    assert list(json.loads(done.stdout)) == ["shop", "two"]
    assert json.loads(done.stdout)["two"] == {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"Version": "2012-10-17", "Statement": []}', "asllint: no definition in input.json\n"),
        ("{", "asllint: input.json:"),
        (None, "asllint: input.json:"),
    ],
)
def test_what_cannot_be_used_is_status_two(tmp_path: Path, content: str | None, line: str) -> None:
    if content is not None:
        (tmp_path / "input.json").write_text(content, encoding="utf-8")
    done = asllint("policy", "--no-config", "input.json", folder=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(line)


def test_sids_are_letters_and_digits_and_each_stands_once(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        **{
            "Größe!": task("sns:publish", TopicArn="arn:aws:sns:a:1:t"),
            "日本": task("sqs:sendMessage", QueueUrl="https://sqs.a.amazonaws.com/1/q"),
            "ｘ": task("dynamodb:getItem", TableName="t"),
        },
    )
    done = asllint("policy", "--no-config", name, folder=tmp_path)
    sids = [one["Sid"] for one in json.loads(done.stdout)["Statement"]]
    assert sids == ["GrE", "SendMessage", "GetItem"]


def test_a_managed_rule_that_only_older_policies_allow_is_told(tmp_path: Path) -> None:
    name = shop(tmp_path, A=task("elasticmapreduce:addStep.sync", ClusterId="j-1", Step={}))
    done = asllint("policy", "--no-config", "--arn", OWN, name, folder=tmp_path)
    assert "events:" not in done.stdout
    assert done.stderr == (
        "asllint: state `A`: older policies of AWS allow events:PutRule, events:PutTargets and "
        "events:DescribeRule on `arn:aws:events:eu-west-1:111122223333:rule/"
        "StepFunctionsGetEventForEMRAddJobFlowStepsRule`\n"
    )


def test_the_result_may_be_written_where_its_policy_is_looked_for(tmp_path: Path) -> None:
    """The shell empties `shop.policy.json` before the command runs."""
    name = shop(tmp_path, A=task("sns:publish", TopicArn="arn:aws:sns:a:1:t"))
    (tmp_path / "shop.policy.json").write_text("", encoding="utf-8")
    done = asllint("policy", "--no-config", name, folder=tmp_path)
    assert done.status == 0
    assert "shop.policy.json" not in done.stderr
    assert json.loads(done.stdout)["Statement"][0]["Action"] == "sns:Publish"


def test_a_policy_that_cannot_be_read_gives_no_difference(tmp_path: Path) -> None:
    name = shop(tmp_path, A=task("sns:publish", TopicArn="arn:aws:sns:a:1:t"))
    done = asllint("policy", "--no-config", name, "--policy", name, folder=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == "asllint: shop.asl.json: is not an IAM policy (it has no `Statement`)\n"


def test_what_is_said_of_one_of_several_machines_names_it(tmp_path: Path) -> None:
    shop(tmp_path, A=task("athena:startQueryExecution", QueryString="q"))
    written(tmp_path, "two.asl.json", {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}})
    done = asllint("policy", "--no-config", "--arn", OWN, "shop.asl.json", "two.asl.json", folder=tmp_path)
    assert done.stderr.splitlines() == [
        "asllint: shop: state `A`: its rights to the data (S3, Glue, Lake Formation) hang on the query",
        "asllint: two: no permission is needed: IAM takes no policy without a statement",
    ]


@pytest.mark.parametrize("form", ["json", "terraform", "cloudformation"])
def test_every_form_ends_with_a_line_end(tmp_path: Path, form: str) -> None:
    name = shop(tmp_path, A=task("sns:publish", TopicArn="arn:aws:sns:a:1:t"))
    text = (tmp_path / name).read_text(encoding="utf-8")
    done = asllint("policy", "--no-config", "--format", form, "-", folder=tmp_path, stdin=text)
    assert done.status == 0
    assert done.stdout.endswith("}\n")
    assert "sns:Publish" in done.stdout


def test_what_is_not_known_is_told_once_and_is_no_lack_of_needs(tmp_path: Path) -> None:
    name = shop(
        tmp_path,
        A=task("newservice:doIt"),
    )
    done = asllint("policy", "--no-config", name, folder=tmp_path)
    assert json.loads(done.stdout)["Statement"] == []
    assert done.stderr == (
        "asllint: state `A`: the integration `newservice:doIt` is not known, so nothing is granted for it\n"
    )
    name = shop(tmp_path, **{"Work {}": task("ecs:runTask.sync", TaskDefinition="w:1")})
    done = asllint("policy", "--no-config", "--arn", OWN, name, folder=tmp_path)
    assert done.stderr.splitlines()[0] == (
        "asllint: state `Work {}`: ecs:StopTask and ecs:DescribeTasks on "
        "`arn:aws:ecs:eu-west-1:111122223333:task/*`, since the definition does not say on which one"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"StartAt": "A", "States": []}', "pay.asl.json: has no states that can be read"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true,}}}', "pay.asl.json:1:62: "),
    ],
)
def test_what_cannot_be_read_is_not_said_to_need_nothing(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "pay.asl.json").write_text(text, encoding="utf-8")
    done = asllint("policy", "--no-config", "pay.asl.json", folder=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(f"asllint: {told}")
