"""A rule's page as people read it: each example with all that is known of it."""

import pytest
from report_samples import Page

from asllint.catalogue import built_in
from asllint.report import page
from asllint.rule import Example

MACHINE = '{"StartAt": "A"}'
POLICY = '{"Statement": []}'
OTHER = '{"Statement": [{}]}'
ARN = "arn:aws:states:eu-west-1:111122223333:stateMachine:pay"


def found(*examples: Example) -> str:
    """What stands under "Found"."""
    text = page.markdown(Page(bad=examples, good=()))
    return text.split("## Found\n\n")[1].split("\n\n## Sources")[0]


def json(text: str) -> str:
    return f"```json\n{text}\n```"


def test_an_example_alone_is_its_text() -> None:
    assert found(Example(MACHINE)) == json(MACHINE)


@pytest.mark.parametrize(
    ("example", "line"),
    [
        (Example(MACHINE, type="express"), "As an express machine:"),
        (Example(MACHINE, type="standard", arn=ARN), f"As a standard machine, with the ARN `{ARN}`:"),
        (Example(MACHINE, file="a.asl.json"), "As `a.asl.json`:"),
        (Example(MACHINE, repeat=("A", 20_000)), "With `A` repeated 20,000 times:"),
        (Example(MACHINE, repeat=("  ", 3)), "With 2 blanks repeated 3 times:"),
    ],
)
def test_what_is_beside_an_example_stands_above_it(example: Example, line: str) -> None:
    assert found(example) == f"{line}\n\n{json(MACHINE)}"


def test_the_texts_of_a_role_follow_under_their_names() -> None:
    shown = found(Example(MACHINE, policy=POLICY, trust=OTHER))
    texts = [json(MACHINE), "With the policy:", json(POLICY), "With the trust policy:", json(OTHER)]
    assert shown == "\n\n".join(texts)


@pytest.mark.parametrize(
    ("second", "line"),
    [
        (Example(MACHINE, policy=OTHER), f"The same with the policy:\n\n{json(OTHER)}"),
        (Example(MACHINE, policy=POLICY, arn=ARN), f"The same with the ARN `{ARN}`."),
        (Example(MACHINE), "The same with no policy given."),
        (
            Example(MACHINE, policy=POLICY, trust=OTHER, type="express"),
            f"The same as an express machine, with the trust policy:\n\n{json(OTHER)}",
        ),
    ],
)
def test_of_an_example_with_the_same_text_only_the_difference_is_shown(second: Example, line: str) -> None:
    first = Example(MACHINE, policy=POLICY)
    assert found(first, second) == f"{found(first)}\n\n{line}"


def test_bytes_and_nothing_at_all_are_told() -> None:
    assert found(Example(hex="ff fe", file="a.json")) == "As `a.json`, of the bytes:\n\n```text\nff fe\n```"
    assert found(Example(hex="", file="a.json")) == "As `a.json`, empty."


def test_an_example_with_backticks_stays_inside_its_fence() -> None:
    assert found(Example("a: ```b```\n")) == "````yaml\na: ```b```\n````"


@pytest.mark.parametrize("rule", list(built_in()), ids=lambda rule: rule.name)
def test_no_two_examples_of_a_page_look_alike(rule) -> None:
    text = page.markdown(rule)
    shown = [part for kind in ("bad", "good") for part in rule.examples(kind)]
    assert len(set(shown)) == len(shown)
    for example in shown:
        for known in filter(None, (example.policy, example.trust, example.arn, example.file)):
            assert known.rstrip() in text
