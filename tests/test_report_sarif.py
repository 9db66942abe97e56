"""SARIF: valid by the schema of OASIS, and as GitHub code scanning wants it."""

import json
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest
from report_samples import DANGLING, DENIED, FAR, SOURCES, WIDE, Page, report

import asllint
from asllint.finding import Severity
from asllint.loader.source import Source
from asllint.report import sarif
from asllint.report.fingerprint import line_hashes
from asllint.report.summary import Report, Summary

SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
ALL = (FAR, DANGLING, DENIED, WIDE)


def run(shown: Report) -> dict:
    """The only run of a report that the schema accepts."""
    log = json.loads(sarif.render(shown))
    VALIDATOR.validate(log)
    assert log["version"] == "2.1.0"
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    (only,) = log["runs"]
    return only


def texts(value: object) -> list[str]:
    match value:
        case dict():
            return [text for part in value.values() for text in texts(part)]
        case list():
            return [text for part in value for text in texts(part)]
        case str():
            return [value]
    return []


def test_a_run_without_findings_has_an_empty_list_of_results():
    assert run(report()) == {
        "tool": {
            "driver": {
                "name": "asllint",
                "informationUri": "https://pypi.org/project/asllint/",
                "semanticVersion": asllint.__version__,
                "rules": [],
            }
        },
        "automationDetails": {"id": "asllint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": []}],
        "results": [],
    }


def test_a_result_links_its_related_places_and_has_fingerprints():
    only = run(report(DENIED))
    assert only["results"] == [
        {
            "ruleId": "missing-permission",
            "ruleIndex": 0,
            "level": "error",
            "message": {
                "text": "Role may not send to the queue of state `Pay`, so that the execution fails with "
                "`SQS.AccessDenied`. See: [this statement grants it on other queues only](1); "
                "[the state](2). Allow sqs:SendMessage on "
                "arn:aws:sqs:eu-west-1:111122223333:orders-that-wait-for-their-payment."
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "pay.json"},
                        "region": {"startLine": 6, "startColumn": 19, "endLine": 6, "endColumn": 53},
                    },
                    "logicalLocations": [{"fullyQualifiedName": "/States/Pay/Resource", "kind": "value"}],
                }
            ],
            "relatedLocations": [
                {
                    "id": 1,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "role.json"},
                        "region": {"startLine": 2, "startColumn": 14, "endLine": 2, "endColumn": 31},
                    },
                    "message": {"text": "this statement grants it on other queues only"},
                },
                {
                    "id": 2,
                    "physicalLocation": {
                        "artifactLocation": {"uri": "pay.json"},
                        "region": {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 13},
                    },
                    "message": {"text": "the state"},
                },
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": line_hashes(SOURCES["pay.json"].text, [6])[6],
                "asllint/v1": sha256(
                    b"missing-permission\0pay.json\0/States/Pay/Resource\0" + DENIED.message.encode()
                ).hexdigest(),
            },
        }
    ]


def test_each_result_names_a_rule_of_the_list():
    only = run(report(*ALL))
    rules = [rule["id"] for rule in only["tool"]["driver"]["rules"]]
    assert rules == ["dangling-transition", "missing-permission"]
    assert [rules[result["ruleIndex"]] for result in only["results"]] == [one.rule for one in ALL]
    assert [result["level"] for result in only["results"]] == ["note", "error", "error", "warning"]


def test_no_text_is_empty():
    bare = DANGLING._replace(help="", pointer="", state="", related=(DENIED.related[0]._replace(message=""),))
    only = run(report(bare, *ALL, summary=Summary(1, 1, 0, (), ("permission checks: no policy given",))))
    assert [text for text in texts(only) if not text.strip()] == []
    assert only["results"][0]["relatedLocations"][0]["message"] == {"text": "role.json:2"}


def test_a_rule_carries_its_page():
    (rule,) = run(report(DANGLING))["tool"]["driver"]["rules"]
    assert rule == {
        "id": "dangling-transition",
        "name": "dangling-transition",
        "shortDescription": {"text": "Transition leads to no state"},
        "fullDescription": {"text": "Creating the state machine is refused."},
        "helpUri": "https://states-language.net/spec.html#transition",
        "help": {
            "text": "dangling-transition: Transition leads to no state\n\n"
            "Creating the state machine is refused.\n\n"
            "https://states-language.net/spec.html#transition",
            "markdown": "# Transition leads to no state\n\n"
            "`dangling-transition` · **error** · flow · profile recommended\n\n"
            "Creating the state machine is refused.\n\n"
            "## Found\n\n```yaml\nStartAt: B\n```\n\n"
            '## Not found\n\n```json\n{"StartAt": "A"}\n```\n\n'
            "## Sources\n\n- <https://states-language.net/spec.html#transition>\n",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["flow", "aws", "step-functions"],
            "precision": "very-high",
            "problem.severity": "error",
        },
    }


def test_a_description_is_as_short_as_github_takes_it():
    long = Page(rationale="why " * 500)
    (rule,) = run(report(DANGLING)._replace(rule=lambda name: long))["tool"]["driver"]["rules"]
    assert len(rule["fullDescription"]["text"]) == 1024
    assert rule["fullDescription"]["text"].endswith("…")


def test_brackets_in_a_message_make_no_link():
    one = DANGLING._replace(
        message="state `[a](1)` is odd", help="", related=(DENIED.related[1]._replace(message="[x]"),)
    )
    (result,) = run(report(one))["results"]
    assert result["message"]["text"] == r"State `\[a\](1)` is odd. See: [\[x\]](1)."


@pytest.mark.parametrize(
    ("message", "help", "told"),
    [
        ("state `A` ends", "", "State `A` ends."),
        ("`Next` leads nowhere", "did you mean `B`?", "`Next` leads nowhere. Did you mean `B`?"),
        ("s3:getObject is called", "add `a`, ...", "s3:getObject is called. Add `a`, ..."),
        ("it is missing", 'add {"Effect": "Allow"}', 'It is missing. Add {"Effect": "Allow"}'),
    ],
)
def test_a_message_and_its_help_are_sentences(message, help, told):
    (result,) = run(report(DANGLING._replace(message=message, help=help)))["results"]
    assert result["message"]["text"] == told


@pytest.mark.parametrize(
    ("file", "base", "root", "expected"),
    [
        ("pay.json", "", "", "pay.json"),
        ("./a/../größe 1#?.json", "", "", "gr%C3%B6%C3%9Fe%201%23%3F.json"),
        ("pay.json", "/repo/flows", "/repo", "flows/pay.json"),
        ("../pay.json", "/repo/flows", "/repo", "pay.json"),
        ("/repo/flows/pay.json", "/elsewhere", "/repo", "flows/pay.json"),
        ("/other/pay.json", "/repo", "/repo", "../other/pay.json"),
        ("/tmp/pay.json", "", "", "tmp/pay.json"),
        ("a:b.json", "", "", "a%3Ab.json"),
        ("\udcff.json", "", "", "%FF.json"),
        ("<stdin>", "/repo", "/repo", "%3Cstdin%3E"),
    ],
)
def test_a_uri_is_relative_to_the_root(file, base, root, expected):
    assert sarif.uri(file, report(base=base, root=root)) == expected


def test_a_suppressed_finding_says_so():
    results = run(report(DANGLING._replace(suppressed=True), FAR))["results"]
    assert [result.get("suppressions") for result in results] == [[{"kind": "inSource"}], None]


def test_a_failed_rule_makes_the_run_unsuccessful():
    summary = Summary(
        1, 1, 0, (), ("permission checks: no policy given",), failed=("endless-loop in pay.json",)
    )
    assert run(report(summary=summary))["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {"level": "error", "message": {"text": "failed endless-loop in pay.json"}},
                {"level": "note", "message": {"text": "skipped permission checks: no policy given"}},
            ],
        }
    ]


def test_at_the_limit_the_worst_findings_are_kept_in_their_order():
    findings = [FAR, DANGLING, WIDE, FAR, DENIED]
    assert [one.severity for one in sarif.worst(findings, 3)] == [
        Severity.ERROR,
        Severity.WARNING,
        Severity.ERROR,
    ]
    assert sarif.worst(findings, 5) == findings


def test_the_limit_is_told():
    only = sarif.run(report(FAR, DANGLING, WIDE), limit=1)
    assert [result["level"] for result in only["results"]] == ["error"]
    assert only["invocations"][0]["toolExecutionNotifications"] == [
        {"level": "warning", "message": {"text": "2 findings left out: 1 is the limit, the worst are kept"}}
    ]


def test_a_lone_surrogate_is_escaped():
    shown = sarif.render(report(DANGLING._replace(message="\ud800")))
    assert json.loads(shown.encode())["runs"][0]["results"][0]["message"]["text"].startswith("\ud800")


def test_a_file_that_cannot_be_shown_has_our_fingerprint_only():
    (result,) = run(report(DANGLING._replace(file="gone.json")))["results"]
    assert list(result["partialFingerprints"]) == ["asllint/v1"]


def test_our_fingerprint_survives_moved_lines_and_tells_findings_of_one_line_apart():
    moved = FAR._replace(region=DANGLING.region)
    other = FAR._replace(pointer="/States/Other")
    first, second, third = (
        r["partialFingerprints"]["asllint/v1"] for r in run(report(FAR, moved, other))["results"]
    )
    assert first == second
    assert first != third


# The vectors of github/codeql-action, src/fingerprints.test.ts.
GREETINGS = (
    "e9496ae3ebfced30 fb7c023a8b9ccb3f ce8ba1a563dcdaca e20e36e16fcb0cc8 b3edc88f2938467e c8e28b0b4002a3a0 "
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "c129715d7a2bc9a3"),
        (" a\nb\n  \t\tc\n d", "271789c17abda88f 54703d4cd895b18 180aee12dab6264 a23a3dc5e078b07b"),
        (
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            "8b7cf3e952e7aeb2 b1ae1287ec4718d9 bff680108adb0fcc c6805c5e1288b612 b86d3392aea1be30 "
            "e6ceba753e1a442",
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS + "c129715d7a2bc9a3"),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS + "c129715d7a2bc9a3"),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS + "c129715d7a2bc9a3"),
    ],
)
def test_lines_hash_as_github_hashes_them(text, expected):
    hashes = [f"{value}:1" for value in expected.split()]
    assert line_hashes(text, range(1, 20)) == dict(enumerate(hashes, 1))


def test_equal_lines_are_counted_from_the_top():
    found = line_hashes("Lorem ipsum dolor sit amet.\n" * 10, [6, 7, 8])
    assert found == {6: "a7f2ff13bc495cf2:6", 7: "a7f2ff1481e87703:1", 8: "a9cf91f7bbf1862b:1"}


def test_lines_are_numbered_as_regions_number_them():
    text = "a\r\nb\rc\n\u2028d\x0b\ne"
    assert sorted(line_hashes(text, range(99))) == list(range(1, len(Source("a", text).starts) + 1))


def test_a_character_beyond_the_first_plane_counts_as_two():
    def rolling(text: str) -> int:
        units = memoryview(text.encode("utf-16-le")).cast("H").tolist() + [0xFFFF] + [0] * 100
        value = 0
        for unit in units[:100]:
            value = (value * 37 + unit) % 2**64
        return value

    assert line_hashes("😀é", [1]) == {1: f"{rolling('😀é'):x}:1"}
