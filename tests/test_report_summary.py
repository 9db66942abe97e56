"""The line that sums a run up."""

import pytest
from report_samples import DANGLING, WIDE, report

from asllint.finding import Severity
from asllint.report import output
from asllint.report.summary import Summary, line


@pytest.mark.parametrize(
    ("summary", "findings", "expected"),
    [
        (Summary(1, 1, 0), [], "no findings: 1 definition checked"),
        (Summary(3, 0, 3), [], "no findings: 3 policies checked"),
        (Summary(4, 3, 1), [DANGLING, DANGLING, WIDE], "2 errors, 1 warning in 3 definitions and 1 policy"),
        (Summary(1, 0, 0), [DANGLING], "1 error in 1 file"),
        (Summary(0, 0, 0, skipped=("main.tf",), files=1), [], "nothing was checked; skipped main.tf"),
        (Summary(0, 0, 0, files=2), [WIDE._replace(severity=Severity.NOTE)] * 2, "2 notes in 2 files"),
        (
            Summary(1, 1, 0, skipped=("permission checks: no policy given",)),
            [],
            "no findings: 1 definition checked; skipped permission checks: no policy given",
        ),
        (
            Summary(1, 1, 0, skipped=tuple("abcdefgh")),
            [],
            "no findings: 1 definition checked; skipped a; skipped b; skipped c; "
            "skipped 5 more, which `--format json` lists",
        ),
        (
            Summary(
                2,
                1,
                1,
                ("a with b (same folder and stem)", "c with b (--policy)"),
                failed=("endless-loop in a",),
            ),
            [],
            "no findings: 1 definition and 1 policy checked; "
            "paired a with b (same folder and stem), c with b (--policy); failed endless-loop in a",
        ),
        (
            Summary(9, 5, 4, ("a with b", "c with d", "e with f", "g with h", "i with j")),
            [DANGLING._replace(suppressed=True)] * 2,
            "no findings: 5 definitions and 4 policies checked; 2 findings suppressed; "
            "paired a with b, c with d, e with f and 2 more",
        ),
    ],
)
def test_the_line_says_what_was_found_read_paired_and_skipped(summary, findings, expected):
    assert line(report(*findings, summary=summary)) == expected


@pytest.mark.parametrize(
    ("form", "start"), list(zip(output.FORMATS, ("error[", "pay.json:7", "{\n", "{\n"), strict=True))
)
def test_each_format_is_found_by_its_name(form, start):
    assert output.render(report(DANGLING), form, width=80).startswith(start)


@pytest.mark.parametrize("form", output.FORMATS)
def test_quiet_leaves_out_the_summary_of_the_text_and_nothing_else(form):
    whole, quiet = (output.render(report(DANGLING), form, quiet=quiet) for quiet in (False, True))
    assert whole.removeprefix(quiet) == ("1 error in 1 definition and 1 policy\n" if form == "text" else "")
