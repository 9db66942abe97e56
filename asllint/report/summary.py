"""What a run read, paired and left out, what a reporter is given, and the line that sums it up."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from asllint.finding import Finding, Severity
from asllint.loader.source import Source
from asllint.record import Record
from asllint.rule import Example

NAMED_PAIRS = 3
NAMED_SKIPPED = 3


class RuleInfo(Protocol):
    """The page of a rule, as far as reports show it."""

    @property
    def name(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def rationale(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def sources(self) -> Sequence[str]: ...
    def examples(self, kind: str) -> Sequence[Example]: ...


class Summary(Record):
    """Counts, and phrases to be read after "paired", "skipped" and "failed"; `refused` is what the user named
    and could not be used, said by itself where people read.
    """

    documents: int
    machines: int
    policies: int
    pairs: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    files: int = 0
    failed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


class Report(Record):
    """All that a reporter needs.

    `base` is the absolute folder that file names are relative to, `root` the one that the names in SARIF are
    to be relative to; without `root` they stay as they are.
    """

    findings: Sequence[Finding]
    summary: Summary
    source: Callable[[str], Source | None]
    rule: Callable[[str], RuleInfo | None]
    base: str = ""
    root: str = ""


def line(report: Report) -> str:
    """`2 errors, 1 warning in 3 definitions and 1 policy; paired a with b; skipped permission checks: …`"""
    summary = report.summary
    told = [finding for finding in report.findings if not finding.suppressed]
    suppressed = len(report.findings) - len(told)
    is_empty = bool(summary.skipped) and not summary.documents
    checked = "nothing was checked" if is_empty else f"no findings: {_read(summary)} checked"
    parts = [f"{counts(told)} in {_read(summary)}" if told else checked]
    if suppressed:
        parts.append(f"{number(suppressed, 'finding')} suppressed")
    if summary.pairs:
        parts.append(f"paired {_pairs(summary.pairs)}")
    parts += [f"skipped {phrase}" for phrase in summary.skipped[:NAMED_SKIPPED]]
    if (more := len(summary.skipped) - NAMED_SKIPPED) > 0:
        parts.append(f"skipped {more} more, which `--format json` lists")
    parts += [f"failed {phrase}" for phrase in summary.failed]
    return "; ".join(parts)


def counts(findings: Sequence[Finding]) -> str:
    """`2 errors, 1 warning`: the worst first."""
    by_severity = Counter(finding.severity for finding in findings)
    return ", ".join(
        number(by_severity[severity], severity) for severity in Severity if by_severity[severity]
    )


def number(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def _read(summary: Summary) -> str:
    kinds = [(summary.machines, "definition"), (summary.policies, "policy")]
    read = [number(count, noun) for count, noun in kinds if count]
    return " and ".join(read) or number(summary.files or summary.documents, "file")


def _pairs(pairs: Sequence[str]) -> str:
    more = len(pairs) - NAMED_PAIRS
    if more <= 0:
        return ", ".join(pairs)
    return f"{', '.join(pairs[:NAMED_PAIRS])} and {more} more"
