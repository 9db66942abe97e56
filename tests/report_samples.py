"""Findings to report on, in documents small enough to be read beside the expected reports."""

from collections.abc import Sequence
from typing import NamedTuple

from asllint.finding import Finding, Fix, Place, Severity
from asllint.loader.source import Region, Source
from asllint.report.summary import Report, Summary
from asllint.rule import Example

PAY = """\
{
  "StartAt": "Pay",
  "States": {
    "Pay": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Next": "Recipt"
    },
\t"日本 😀": {"Type":\t"Pass", "Next": "[/]"},
    "Last": {
      "Type": "Succeed"
    }
  }
}
"""
ROLE = '{"Statement": [\n  {"Action": "sqs:SendMessage",\n   "Resource": "*"}\n]}\n'
MINIFIED = '{"A":"' + "x" * 300 + '","Next":"nowhere","B":"' + "y" * 300 + '"}'

SOURCES = {
    name: Source(name, text)
    for name, text in [("pay.json", PAY), ("role.json", ROLE), ("mini.json", MINIFIED)]
}


class Page(NamedTuple):
    name: str = "dangling-transition"
    category: str = "flow"
    severity: str = "error"
    title: str = "Transition leads to no state"
    rationale: str = "Creating the state machine is refused."
    sources: Sequence[str] = ("https://states-language.net/spec.html#transition",)
    good: Sequence[Example] = (Example('{"StartAt": "A"}\n'),)
    bad: Sequence[Example] = (Example("StartAt: B\n"),)
    profile: str = "recommended"

    def examples(self, kind: str) -> Sequence[Example]:
        return self.good if kind == "good" else self.bad


def region(file: str, fragment: str) -> Region:
    start = SOURCES[file].text.index(fragment)
    return SOURCES[file].region(start, start + len(fragment))


def finding(file: str, fragment: str, message: str, **more: object) -> Finding:
    known: dict[str, object] = {
        "rule": "dangling-transition",
        "category": "flow",
        "severity": Severity.ERROR,
        "pointer": "/States/Pay/Next",
    }
    return Finding(file=file, region=region(file, fragment), message=message, **{**known, **more})  # type: ignore[arg-type]


def place(file: str, fragment: str, message: str, pointer: str = "/States") -> Place:
    return Place(file, region(file, fragment), pointer, message)


def report(*findings: Finding, summary: Summary = Summary(2, 1, 1), **more: object) -> Report:  # noqa: B008
    pages = {"dangling-transition": Page()}
    return Report(findings, summary, SOURCES.get, pages.get, **more)  # type: ignore[arg-type]


DANGLING = finding(
    "pay.json",
    '"Recipt"',
    "state `Pay` transitions to `Recipt`, which does not exist",
    state="Pay",
    help="a state named `Receipt` exists",
)
DENIED = finding(
    "pay.json",
    '"arn:aws:states:::sqs:sendMessage"',
    "role may not send to the queue of state `Pay`, so that the execution fails with `SQS.AccessDenied`",
    rule="missing-permission",
    category="permissions",
    pointer="/States/Pay/Resource",
    related=(
        place(
            "role.json",
            '"sqs:SendMessage"',
            "this statement grants it on other queues only",
            "/Statement/0/Action",
        ),
        place("pay.json", '"Pay": {', "the state"),
    ),
    help="allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:orders-that-wait-for-their-payment",
)
WIDE = finding(
    "pay.json",
    '"[/]"',
    "state `日本 😀` transitions to `[/]`, [red]which[/red] does not exist",
    severity=Severity.WARNING,
    pointer="/States/日本 😀/Next",
    fix=Fix("go to `Last`", ({"op": "replace", "path": "/States/日本 😀/Next", "value": "Last"},)),
)
FAR = finding(
    "mini.json",
    '"nowhere"',
    "there is no state `nowhere`",
    severity=Severity.NOTE,
    related=(place("mini.json", '"A"', "the first state"),),
)
