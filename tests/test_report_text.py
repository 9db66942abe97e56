"""The text report, whole: what is printed is what is expected here, cell for cell."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from report_samples import DANGLING, DENIED, FAR, WIDE, finding, report

from asllint.finding import Finding, Place, Severity
from asllint.loader.source import Region, Source
from asllint.report import text
from asllint.report.cells import width, wrap
from asllint.report.summary import Report, Summary

AT_80 = """\
note[dangling-transition]: there is no state `nowhere`
 --> mini.json:1:316
  |
1 | …xxxxxxxxxxxxxxxxxxxxxxx","Next":"nowhere","B":"yyyyyyyyyyyyyyyyyyyyyyyyyy…
  |                                  ^^^^^^^^^
1 | {"A":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
  |  --- the first state

error[dangling-transition]: state `Pay` transitions to `Recipt`, which does not
    exist
 --> pay.json:7:15
  |
7 |       "Next": "Recipt"
  |               ^^^^^^^^
  |
  = help: a state named `Receipt` exists

error[missing-permission]: role may not send to the queue of state `Pay`, so
    that the execution fails with `SQS.AccessDenied`
 --> pay.json:6:19
  |
4 |     "Pay": {
  |     -------- the state
5 |       "Type": "Task",
6 |       "Resource": "arn:aws:states:::sqs:sendMessage",
  |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
 ::: role.json:2:14
  |
2 |   {"Action": "sqs:SendMessage",
  |              ----------------- this statement grants it on other queues only
  |
  = help: allow sqs:SendMessage on
          arn:aws:sqs:eu-west-1:111122223333:orders-that-wait-for-their-payment

warning[dangling-transition]: state `日本 😀` transitions to `[/]`,
    [red]which[/red] does not exist
 --> pay.json:9:35
  |
9 |     "日本 😀": {"Type": "Pass", "Next": "[/]"},
  |                                         ^^^^^
  |
  = fix: go to `Last`

2 errors, 1 warning, 1 note in 1 definition and 1 policy
"""

PIPED = """\
error[missing-permission]: role may not send to the queue of state `Pay`, so that the execution fails with \
`SQS.AccessDenied`
 --> pay.json:6:19
  |
4 |     "Pay": {
  |     -------- the state
5 |       "Type": "Task",
6 |       "Resource": "arn:aws:states:::sqs:sendMessage",
  |                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
 ::: role.json:2:14
  |
2 |   {"Action": "sqs:SendMessage",
  |              ----------------- this statement grants it on other queues only
  |
  = help: allow sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:orders-that-wait-for-their-payment

1 error in 1 definition and 1 policy
"""

COLOURED = (
    "\x1b[1;31merror[dangling-transition]\x1b[0m"
    "\x1b[1m: state `Pay` transitions to `Recipt`, which does not exist\x1b[0m\n"
    " \x1b[1;34m-->\x1b[0m pay.json:7:15\n"
    "\x1b[1;34m  |\x1b[0m\n"
    '\x1b[1;34m7 |\x1b[0m       "Next": "Recipt"\n'
    "\x1b[1;34m  |\x1b[0m               \x1b[1;31m^^^^^^^^\x1b[0m\n"
    "\x1b[1;34m  |\x1b[0m\n"
    "  \x1b[1;34m=\x1b[0m \x1b[1mhelp:\x1b[0m a state named `Receipt` exists\n"
    "\n"
)


def snippet(line: str, start: int, end: int, *, wide: int | None = 80) -> list[str]:
    """The source line and its underline as the report draws them, from cell 0."""
    region = Region(1, start + 1, 1, end + 1)
    one = Finding("a.json", region, "r", "flow", Severity.ERROR, "m", "")
    given_report = Report([one], Summary(1, 1, 0), {"a.json": Source("a.json", line)}.get, lambda name: None)
    return [row[4:] for row in text.findings(given_report, width=wide).split("\n")[3:5]]


def test_a_report_as_wide_as_the_terminal_shows_each_finding_in_its_source():
    assert text.render(report(FAR, DANGLING, DENIED, WIDE), width=80) == AT_80


def test_a_report_for_no_terminal_is_not_wrapped():
    assert text.render(report(DENIED)) == PIPED


def test_colours_come_only_when_asked_for():
    assert text.findings(report(DANGLING), color=True) == COLOURED
    assert text.findings(report(DANGLING)) == re.sub("\x1b\\[[0-9;]*m", "", COLOURED)


def test_colours_change_no_text():
    shown = report(FAR, DANGLING, DENIED, WIDE)
    assert re.sub("\x1b\\[[0-9;]*m", "", text.render(shown, color=True, width=80)) == AT_80


def test_no_line_is_wider_than_the_terminal_but_a_word_that_is():
    shown = text.render(report(FAR, DANGLING, DENIED, WIDE), width=60).split("\n")
    (arn,) = [line for line in shown if width(line) > 60]
    assert arn.strip() == "arn:aws:sqs:eu-west-1:111122223333:orders-that-wait-for-their-payment"


STATEMENT = '{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Sid": "a b", "Resource": "*"}'


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("to arn:aws:sqs:::orders", ["to", "arn:aws:sqs:::orders"]),
        (f"add {STATEMENT} to it", ["add", STATEMENT, "to it"]),
        ('in {"a" b c', ['in {"a" b', "c"]),
        (STATEMENT, [STATEMENT]),
        ("  a", ["  a"]),
        ("", [""]),
    ],
)
def test_lines_break_at_blanks_and_never_inside_json(said, lines):
    assert wrap(said, 9) == lines


def test_a_first_word_that_only_fits_on_the_next_line_stands_there():
    assert wrap("abcdef g", 4, 8) == ["", "abcdef g"]
    assert wrap("abcdefghi j", 4, 8) == ["abcdefghi", "j"]


def test_a_clean_run_is_one_line():
    assert text.render(report(summary=Summary(1, 1, 0))) == "no findings: 1 definition checked\n"


def test_a_suppressed_finding_is_only_counted():
    shown = text.render(report(DANGLING._replace(suppressed=True)))
    assert shown == "no findings: 1 definition and 1 policy checked; 1 finding suppressed\n"


def test_a_long_summary_hangs_below_itself():
    summary = Summary(
        2, 2, 1, ("pay.json with role.json (same folder and stem)",), ("permission checks: no policy",)
    )
    assert text.render(report(summary=summary), width=60) == (
        "no findings: 2 definitions and 1 policy checked; paired\n"
        "  pay.json with role.json (same folder and stem); skipped\n"
        "  permission checks: no policy\n"
    )


def test_a_region_of_several_lines_is_marked_to_the_end_of_the_first():
    shown = text.findings(report(finding("pay.json", '"Last": {\n      "Type"', "m"))).split("\n")
    assert shown[3:5] == ['10 |     "Last": {', "   |     ^^^^^^^^^"]


def test_an_empty_region_behind_the_last_character_has_a_mark():
    assert snippet('{"A": 1', 7, 7) == ['{"A": 1', "       ^"]


def test_marks_of_one_file_that_lie_far_apart_are_shown_apart():
    lines = Source("a.json", "\n".join(f'"line {number}"' for number in range(1, 41)))
    one = Finding(
        "a.json",
        Region(30, 1, 30, 10),
        "r",
        "flow",
        Severity.ERROR,
        "m",
        "",
        related=(
            Place("a.json", Region(2, 1, 2, 9), "", "far"),
            Place("a.json", Region(27, 1, 27, 10), "", "near"),
            Place("a.json", Region(30, 2, 30, 6), "", ""),
        ),
    )
    shown = Report([one], Summary(1, 1, 0), {"a.json": lines}.get, lambda name: None)
    assert text.findings(shown) == (
        "error[r]: m\n"
        "  --> a.json:30:1\n"
        "   |\n"
        '27 | "line 27"\n'
        "   | --------- near\n"
        "...\n"
        '30 | "line 30"\n'
        "   | ^^^^^^^^^\n"
        "   |  ----\n"
        "   |\n"
        "  ::: a.json:2:1\n"
        "   |\n"
        ' 2 | "line 2"\n'
        "   | -------- far\n"
        "\n"
    )


def test_a_file_that_cannot_be_shown_is_named_with_what_is_said_of_it():
    gone = Place("gone.json", Region(4, 2, 4, 3), "", "the statement")
    one = DANGLING._replace(file="lost.json", related=(gone,), help="", machine="PayMachine")
    assert text.findings(report(one)) == (
        "error[dangling-transition]: state `Pay` transitions to `Recipt`, which does not exist\n"
        " --> lost.json:7:15 (machine PayMachine)\n"
        "  |\n"
        " ::: gone.json:4:2: the statement\n"
        "\n"
    )


def test_a_region_past_the_end_of_its_file_shows_no_source():
    one = DANGLING._replace(region=Region(900, 1, 900, 2), help="")
    assert text.findings(report(one)).split("\n")[1:] == ["   --> pay.json:900:1", "", ""]


def test_help_of_several_lines_keeps_its_own_indentation():
    one = DANGLING._replace(help='add the statement\n{\n  "Effect": "Allow"\n}')
    assert text.findings(report(one), width=80).split("\n")[-6:] == [
        "  = help: add the statement",
        "          {",
        '            "Effect": "Allow"',
        "          }",
        "",
        "",
    ]


def test_what_would_move_the_cursor_or_reorder_text_is_made_visible():
    one = DANGLING._replace(
        message="\x1b[31mred\x07 \u202eover\u202c \ud800 tab\t.", file="a\nb\udcff.json", help=""
    )
    assert text.findings(report(one)) == (
        "error[dangling-transition]: ␛[31mred␇ <U+202E>over<U+202C> <U+D800> tab␉.\n"
        " --> a␊b<U+DCFF>.json:7:15\n\n"
    )
    assert snippet('{"\x1b": "\x9b\u00a0\x7f"}', 6, 11) == [
        '{"␛": "<U+009B><U+00A0>␡"}',
        "      ^^^^^^^^^^^^^^^^^^^",
    ]


def test_marks_stand_under_wide_and_combining_characters_and_tabs():
    assert snippet("日本 x", 3, 4) == ["日本 x", "     ^"]
    assert snippet("e\u0301 x", 3, 4) == ["e\u0301 x", "  ^"]
    assert snippet("\u1100\u1161 x", 3, 4) == ["\u1100\u1161 x", "   ^"]
    assert snippet("\tab\tx", 4, 5) == ["    ab  x", "        ^"]


def test_a_region_longer_than_the_terminal_is_marked_up_to_the_cut():
    line, marks = snippet('{"A": "' + "x" * 500 + '"}', 6, 508)
    assert line == '{"A": "' + "x" * 67 + "…"
    assert marks == " " * 6 + "^" * 69


COLUMNS = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted)


@given(st.text(st.characters(codec=None, exclude_characters="\r\n"), max_size=300), COLUMNS)
@example("\u0301" * 300, [250, 260])
@example("日" * 300, [250, 260])
@example("\t" * 300, [250, 260])
@example("日" * 300, [0, 300])
def test_no_source_line_overflows_or_loses_its_mark(line, columns):
    start, end = columns
    shown, marks = snippet(line, start, end, wide=50)
    assert width(shown) <= 46
    assert width(marks) <= 46
    assert set(marks.lstrip()) == {"^"}


@given(st.integers(0, 400), st.integers(1, 30))
def test_the_marks_stand_under_exactly_the_region(start, length):
    line = "".join("日a\tb"[i % 4] for i in range(start)) + "X" * length + "b日" * 100
    shown, marks = snippet(line, start, start + length)
    cells = [char for char in shown for _ in range(width(char))]
    assert [char for char, mark in zip(cells, marks, strict=False) if mark == "^"] == ["X"] * length
    assert cells.count("X") == length
