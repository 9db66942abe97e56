"""Rules that are data: what they choose, when they apply, where they speak."""

from pathlib import Path

import pytest

from asllint.assertion import Assertion, check_page
from asllint.catalogue import Catalogue, Selection
from asllint.model.asl import Definition
from asllint.rule import PageError, Rule
from asllint.run import lint_texts

PAGE = """
title = "Something of ours"
severity = "warning"
target = "{target}"
rationale = "We want it so."
[assert]
message = "{message}"
{assertion}
[[good]]
text = "{{}}"
[[bad]]
at = ["1:1 "]
text = "{{}}"
"""
DEFINITION = """{"StartAt": "A", "States": {
  "A": {"Type": "Task", "Resource": "${Fn}", "TimeoutSeconds": 90, "Next": "B", "Parameters": {"States": {}},
        "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 9}]},
  "B": {"Type": "Pass", "End": true, "Result": {"States": {"A": {"Type": "Task"}}}}}}"""
POLICY = """{"Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}]}"""


def rule(tmp_path: Path, assertion: str, target: str = "state", message: str = "no") -> Rule:
    page = tmp_path / "ours.toml"
    page.write_text(PAGE.format(target=target, assertion=assertion, message=message))
    return Rule("ours", "own", str(page), is_own=True)


def found(rule: Rule, text: str = DEFINITION) -> list[str]:
    findings = lint_texts({"": text}, Catalogue([rule]), Selection(), name="x")
    return [f"{f.region.start_line}:{f.region.start_column} {f.pointer} {f.message}" for f in findings]


@pytest.mark.parametrize(
    ("target", "assertion", "places"),
    [
        ("state", "when.properties.Type.const = 'Task'\nschema.required = ['Comment']", ["2:3 /States/A no"]),
        ("task", "schema.properties.TimeoutSeconds.maximum = 60", ["2:64 /States/A/TimeoutSeconds no"]),
        ("pass", "select = '$.Result.States'\nschema = false", ["4:49 /States/B/Result/States no"]),
        ("retrier", "schema.properties.MaxAttempts.maximum = 5", ["3:57 /States/A/Retry/0/MaxAttempts no"]),
        (
            "machine",
            "select = '$.States.*'\nschema.required = ['Comment']",
            ["2:3 /States/A no", "4:3 /States/B no"],
        ),
        (
            "task",
            "select = '$.Retry[*].ErrorEquals[0]'\nschema.const = 'F'",
            ["3:36 /States/A/Retry/0/ErrorEquals/0 no"],
        ),
        ("task", "schema.properties.Resource.pattern = '^arn:'", []),
        ("definition", "schema.required = ['TimeoutSeconds']", ["1:1  no"]),
    ],
)
def test_an_assertion_speaks_where_it_fails(
    tmp_path: Path, target: str, assertion: str, places: list[str]
) -> None:
    assert found(rule(tmp_path, assertion, target)) == places


@pytest.mark.parametrize(
    ("target", "assertion", "places"),
    [
        ("policy", "schema.properties.Version.const = '2008-10-17'", ["1:13 /Version no"]),
        (
            "statement",
            "select = '$.Action[*]'\nschema.not.pattern = '[*]$'",
            ["2:48 /Statement/0/Action/0 no", "2:56 /Statement/0/Action/1 no"],
        ),
    ],
)
def test_policies_can_be_asserted(tmp_path: Path, target: str, assertion: str, places: list[str]) -> None:
    assert found(rule(tmp_path, assertion, target), POLICY) == places


def test_a_message_names_the_state_and_the_value(tmp_path: Path) -> None:
    checked = rule(
        tmp_path, "schema.properties.TimeoutSeconds.maximum = 60", "task", "{state} waits {value} s, {other}"
    )
    assert found(checked) == ["2:64 /States/A/TimeoutSeconds A waits 90 s, {other}"]


@pytest.mark.parametrize("target", ["role", "reading", "ignore", "project"])
def test_what_has_no_value_cannot_be_asserted(tmp_path: Path, target: str) -> None:
    with pytest.raises(PageError, match=rf"ours\.toml:4: `target`: .* a {target} is none"):
        check_page(rule(tmp_path, "schema = false", target))


def test_a_selector_that_is_no_path_is_told(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"`assert\.select` is not a JSONPath"):
        Assertion(rule(tmp_path, "select = '$..['\nschema = false"))


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x", "file:///etc/hosts", "#/nope", "other.json"])
def test_a_reference_out_of_the_schema_is_refused_and_not_fetched(tmp_path: Path, reference: str) -> None:
    with pytest.raises(PageError, match=r"ours.toml:8: `assert.schema`: `\$ref` leads to") as refused:
        check_page(rule(tmp_path, f'schema."$ref" = "{reference}"'))
    assert reference in str(refused.value)


def test_a_reference_within_the_schema_is_followed(tmp_path: Path) -> None:
    schema = 'schema."$ref" = "#/$defs/a"\nschema."$defs".a.required = ["Comment"]'
    assert found(rule(tmp_path, schema)) == ["2:3 /States/A no", "4:3 /States/B no"]


def test_a_placeholder_that_is_misspelt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="did you mean"):
        check_page(rule(tmp_path, "schema.required = ['Comment']", message="{{stat}} has none"))


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    page = rule(tmp_path, "schema.required = ['Comment']")
    with pytest.raises(PageError, match="small words joined by `-`"):
        check_page(Rule("My_Rule", "own", page.path, is_own=True))


def test_any_value_of_a_state_can_be_asserted_of(tmp_path: Path) -> None:
    check = Assertion(rule(tmp_path, "select = '$.Parameters'\nschema.type = 'object'"))
    for value in (None, 1, "x", [], [1], {"a": None}):
        definition = Definition({"StartAt": "A", "States": {"A": {"Type": "Task", "Parameters": value}}})
        assert len(list(check(definition.root.states["A"]))) == (0 if isinstance(value, dict) else 1)
