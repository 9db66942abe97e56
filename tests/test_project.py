"""Machines that start each other: over a template, over files, over processes."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from asllint.catalogue import Selection, built_in
from asllint.engine import Engine
from asllint.facts.project import Card, Project, cards, rings
from asllint.loader.discover import Found
from asllint.loader.document import DEFINITION
from asllint.model.asl import Definition
from asllint.run import Run, Settings
from tests.command import asllint
from tests.templates import template

SYNC = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
START = "arn:aws:states:::states:startExecution"
ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:%s"
RULES = "start-sync-on-standard-child,mutual-recursion,unknown-child"

PARENT = """
  {name}:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition:
        StartAt: Go
        States:
          Go:
            Type: Task
            Resource: {resource}
            Parameters: {{StateMachineArn: {target}, Input.$: $}}
            End: true
"""
CHILD = """
  {name}:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: {type}
      RoleArn: !GetAtt Role.Arn
      Definition: {{StartAt: Done, States: {{Done: {{Type: Succeed}}}}}}
"""


def parent(name: str, target: str, resource: str = START) -> str:
    return PARENT.format(name=name, target=target, resource=resource)


def child(name: str, type_: str) -> str:
    return CHILD.format(name=name, type=type_)


def described(name: str, type_: str, definition: Any) -> str:
    return json.dumps(
        {
            "stateMachineArn": ARN % name,
            "name": name,
            "type": type_,
            "roleArn": "arn:aws:iam::111122223333:role/states",
            "definition": json.dumps(definition),
        }
    )


def starting(name: str, resource: str = START) -> dict[str, Any]:
    go = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": {"StateMachineArn": ARN % name, "Input.$": "$"},
        "End": True,
    }
    return {"StartAt": "Go", "States": {"Go": go}}


DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")


def found(folder: Path, *options: str) -> list[str]:
    """The findings of the project's rules in a folder, a line each, with their related places."""
    done = asllint(
        "check", "--no-config", "--select", RULES, "--format", "json", *options, ".", folder=folder
    )
    lines = []
    for finding in json.loads(done.stdout)["findings"]:
        region = finding["region"]
        related = [f"{p['file']}:{p['region']['start_line']} {p['pointer']}" for p in finding["related"]]
        lines.append(
            f"{finding['rule']} {finding['file']}:{region['start_line']}:{region['start_column']} "
            f"{finding['machine']}{finding['pointer']} {related}"
        )
    return lines


def machines(text: str) -> tuple[Card, ...]:
    documents = [document for document in template(text).documents if document.kind == DEFINITION]
    return cards("template.yaml", [(d, Definition(d.value, d.settings)) for d in documents])


def test_standard_child_in_the_same_template_is_told_with_its_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        app__yaml="Resources:" + parent("Pay", "!Ref Refund", SYNC) + child("Refund", "STANDARD"),
    )
    assert found(tmp_path) == [
        "start-sync-on-standard-child app.yaml:12:48 Pay/States/Go/Parameters/StateMachineArn "
        "['app.yaml:20 ']"
    ]


@pytest.mark.parametrize("target", ["!GetAtt Refund.Arn", '!Sub "${Refund}"', '!Sub "${Refund}:live"'])
def test_child_is_known_however_it_is_referred_to(tmp_path: Path, target: str) -> None:
    write(tmp_path, app__yaml="Resources:" + parent("Pay", target, SYNC) + child("Refund", "STANDARD"))
    assert len(found(tmp_path)) == 1


def test_logical_names_of_different_templates_are_different_machines(tmp_path: Path) -> None:
    outside = "Parameters:\n  Refund: {Type: String}\nResources:" + parent("Pay", "!Ref Refund", SYNC)
    write(tmp_path, pay__yaml=outside, refund__yaml="Resources:" + child("Refund", "STANDARD"))
    assert found(tmp_path) == []


def test_machines_of_which_the_arn_is_known_find_each_other_over_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__json=described("pay", "STANDARD", starting("refund", SYNC)),
        b__json=described("refund", "STANDARD", DONE),
        c__json=described("settle", "EXPRESS", starting("report", SYNC)),
        d__json=described("report", "EXPRESS", DONE),
    )
    column = described("pay", "STANDARD", starting("refund", SYNC)).index(f'\\"{ARN % "refund"}') + 1
    assert found(tmp_path) == [
        f"start-sync-on-standard-child a.json:1:{column} /States/Go/Parameters/StateMachineArn ['b.json:1 ']"
    ]


def test_machines_of_different_templates_find_each_other_by_the_names_they_are_given(tmp_path: Path) -> None:
    own = '!Sub "arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:%s"'
    named = "Type: AWS::StepFunctions::StateMachine\n    Properties:\n      StateMachineName: %s"
    plain = "Type: AWS::StepFunctions::StateMachine\n    Properties:"
    write(
        tmp_path,
        a__yaml="Resources:" + parent("A", own % "refund", SYNC).replace(plain, named % "pay"),
        b__yaml="Resources:" + child("B", "STANDARD").replace(plain, named % "refund"),
        c__yaml="Resources:" + child("C", "STANDARD").replace(plain, named % "${Stage}-refund"),
    )
    assert found(tmp_path) == [
        "start-sync-on-standard-child a.yaml:13:48 A/States/Go/Parameters/StateMachineArn ['b.yaml:8 ']"
    ]


def test_machines_that_start_each_other_are_told_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__json=described("a", "STANDARD", starting("b")),
        b__json=described("b", "STANDARD", starting("c")),
        c__json=described("c", "STANDARD", starting("a")),
        d__json=described("d", "STANDARD", starting("a")),
    )
    (line,) = found(tmp_path)
    assert line.startswith("mutual-recursion a.json:1:")
    place = "1 /States/Go/Parameters/StateMachineArn"
    assert line.endswith(f"['b.json:{place}', 'c.json:{place}']")


def test_a_way_around_the_call_breaks_the_ring(tmp_path: Path) -> None:
    choice = {
        "Type": "Choice",
        "Default": "Done",
        "Choices": [{"Variable": "$.left", "BooleanEquals": True, "Next": "Go"}],
    }
    looking = {"StartAt": "Look", "States": {**starting("a")["States"], **DONE["States"], "Look": choice}}
    write(
        tmp_path,
        a__json=described("a", "STANDARD", starting("b")),
        b__json=described("b", "STANDARD", looking),
    )
    assert found(tmp_path) == []


CHOSEN = """
  Pay:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      Definition: !If
        - IsLive
        - {StartAt: Done, States: {Done: {Type: Succeed}}}
        - StartAt: Go
          States:
            Go:
              Type: Task
              Resource: arn:aws:states:::states:startExecution
              Parameters: {StateMachineArn: !Ref Refund}
              End: true
"""


def test_a_condition_that_chooses_the_definition_leaves_the_ring_open() -> None:
    found = machines("Resources:" + CHOSEN + parent("Refund", "!Ref Pay"))
    assert [(card.name, len(card.calls)) for card in found] == [("Pay", 0), ("Pay", 1), ("Refund", 1)]
    assert list(rings(Project(found))) == []


def test_several_processes_find_the_same(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__json=described("a", "STANDARD", starting("b")),
        b__json=described("b", "STANDARD", starting("a")),
        c__yaml="Resources:" + parent("Pay", "!Ref Refund", SYNC) + child("Refund", "STANDARD"),
        d__json=described("d", "EXPRESS", starting("e", SYNC)),
        e__json=described("e", "STANDARD", DONE),
        f__yaml="Resources:" + parent("Pay", "!Ref Pya") + child("Refund", "STANDARD"),
    )
    alone = found(tmp_path, "--jobs", "1")
    assert [line.split()[0] for line in alone] == [
        "mutual-recursion",
        "start-sync-on-standard-child",
        "start-sync-on-standard-child",
        "unknown-child",
    ]
    assert found(tmp_path, "--jobs", "2") == alone
    assert found(tmp_path, "--jobs", "3") == alone


def test_a_card_keeps_its_places_when_it_leaves_its_process() -> None:
    (pay, refund) = machines("Resources:" + parent("Pay", "!Ref Refund") + child("Refund", "EXPRESS"))
    sent = pickle.loads(pickle.dumps(pay))
    (call,) = sent.calls
    assert call == pay.calls[0]
    assert (sent.name, sent.arn, sent.type) == ("Pay", pay.arn, "STANDARD")
    assert sent.region(call.pointer) == pay.region(call.pointer)
    assert Project([sent, refund]).named(sent, call) == [refund]


def test_a_check_that_raises_is_named_and_gives_no_finding() -> None:
    engine = Engine(built_in(), Selection(select=("mutual-recursion",)))
    assert list(engine.of_project(None)) == []
    assert [(f.rule, f.file) for f in engine.failures] == [("mutual-recursion", "the whole project")]


def test_a_definition_in_its_own_file_is_told_there(tmp_path: Path) -> None:
    sam = """Resources:
  Pay:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: pay.asl.json
      DefinitionSubstitutions: {Refund: !Ref Refund}
""" + child("Refund", "STANDARD")
    text = json.dumps(starting("x", SYNC), indent=1).replace(ARN % "x", "${Refund}")
    write(tmp_path, template__yaml=sam, pay__asl__json=text)
    line = next(i for i, each in enumerate(text.splitlines(), 1) if "${Refund}" in each)
    (finding,) = found(tmp_path)
    assert finding.startswith(f"start-sync-on-standard-child pay.asl.json:{line}:")
    assert finding.endswith("['template.yaml:13 ']")


RING = "Resources:" + parent("Pay", "!Ref Refund") + parent("Refund", "!Ref Pay")


def told(folder: Path, *options: str) -> list[str]:
    done = asllint("check", "--no-config", "--format", "json", *options, ".", folder=folder)
    rules = ("mutual-recursion", "unused-ignore")
    return [f["rule"] for f in json.loads(done.stdout)["findings"] if f["rule"] in rules]


@pytest.mark.parametrize("name", ["mutual-recursion", "nested"])
def test_a_comment_suppresses_what_is_found_over_files(tmp_path: Path, name: str) -> None:
    write(tmp_path, app__yaml=RING)
    assert told(tmp_path) == ["mutual-recursion"]
    comment = f"            # asllint: ignore[{name}] they take turns\n            Parameters"
    write(tmp_path, app__yaml=RING.replace("            Parameters", comment, 1))
    assert told(tmp_path) == []
    assert told(tmp_path, "--no-ignores") == ["mutual-recursion"]


def test_an_ignore_elsewhere_does_not_suppress_it(tmp_path: Path) -> None:
    comment = "        # asllint: ignore[mutual-recursion] they take turns\n        StartAt: Go"
    write(tmp_path, app__yaml=RING.replace("        StartAt: Go", comment, 1))
    assert told(tmp_path) == ["mutual-recursion"]


def test_configuration_ignores_what_is_found_over_files(tmp_path: Path) -> None:
    write(tmp_path, app__yaml=RING, asllint__toml='[per-file-ignores]\n"app.yaml" = ["mutual-recursion"]\n')
    done = asllint("check", "--select", RULES, "--format", "concise", ".", folder=tmp_path)
    assert (done.stdout, done.status) == ("", 0)


def test_what_was_left_out_is_told_with_its_file(tmp_path: Path) -> None:
    elsewhere = """Resources:
  Pay:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: s3://bucket/key}
"""
    write(tmp_path, a__yaml=elsewhere, b__yaml=elsewhere)
    done = asllint("check", "--no-config", "--format", "json", ".", folder=tmp_path)
    assert json.loads(done.stdout)["summary"]["skipped"] == [
        "a.yaml: Pay: its definition is in S3 and was not read",
        "b.yaml: Pay: its definition is in S3 and was not read",
        "nothing was checked",
    ]
    assert done.status == 2


def test_a_repository_is_searched_whole_and_what_was_read_is_told(tmp_path: Path) -> None:
    def put(place: str, text: str) -> None:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")

    faulty = json.dumps({**DONE, "StartAt": "Gone"})
    for folder in ("node_modules/x", ".terraform/x", ".venv/x", "cdk.out/built", "services/pay/build"):
        put(f"{folder}/pay.asl.json", faulty)
    put(".gitignore", "cdk.out/\nbuild/\n")
    put(".git/HEAD", "ref: refs/heads/main\n")
    put("services/pay/pay.asl.json", json.dumps(starting("x")))
    put("services/refund/refund.json", json.dumps(DONE))
    put(
        "infra/template.yaml", "Resources:" + parent("Pay", "!Ref Refund", SYNC) + child("Refund", "STANDARD")
    )
    put("roles/pay.json", json.dumps({"Version": "2012-10-17", "Statement": []}))
    for i in range(40):
        put(f"src/{i % 4}/values{i}.json", json.dumps({"name": i}))
        put(f"src/{i % 4}/deployment{i}.yaml", f"kind: Deployment\nname: n{i}\n")
    options = ("check", "--no-config", "--select", RULES, "--format", "json", ".")
    done = asllint(*options, folder=tmp_path)
    report = json.loads(done.stdout)
    assert [finding["file"] for finding in report["findings"]] == ["infra/template.yaml"]
    assert (report["summary"]["machines"], report["summary"]["policies"]) == (4, 1)
    assert done.stderr.startswith("1 error in 4 definitions and 1 policy; ")
    assert asllint(*options, "--jobs", "2", folder=tmp_path) == done
    listed = asllint("check", "--no-config", "--list-files", ".", folder=tmp_path).stdout.splitlines()
    assert listed == [
        "infra/template.yaml: definition Pay",
        "infra/template.yaml: definition Refund",
        "roles/pay.json: policy",
        "services/pay/pay.asl.json: definition",
        "services/refund/refund.json: definition",
    ]


def test_a_trust_policy_is_judged_without_the_other_policies(tmp_path: Path) -> None:
    definition, trust = tmp_path / "pay.asl.json", tmp_path / "pay.trust.json"
    definition.write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', encoding="utf-8")
    trust.write_text(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", '
        '"Principal": {"Service": "lambda.amazonaws.com"}}]}',
        encoding="utf-8",
    )
    batch = Run(Settings(), built_in()).check([Found("pay.asl.json", str(definition), True, True)])
    assert [finding.rule for part in batch.parts for finding in part.findings] == [
        "trust-without-step-functions"
    ]


def test_states_that_are_not_known_are_said_not_to_be_checked(tmp_path: Path) -> None:
    (tmp_path / "pay.asl.json").write_text('{"StartAt": "A", "States": "${States}"}', encoding="utf-8")
    done = asllint("check", "--no-config", "--format", "json", "pay.asl.json", folder=tmp_path)
    assert json.loads(done.stdout)["summary"]["skipped"] == [
        "permission checks of 1 definition: no policy given",
        "pay.asl.json: its states are known only when it is deployed, and were not checked",
    ]
