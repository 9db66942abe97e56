"""The report that programs read; its schema is `data/schemas/report.schema.json`."""

import json
import re
from collections import Counter
from typing import Any

from asllint import __version__
from asllint.finding import Finding, Fix, Place, Severity
from asllint.loader.source import Region
from asllint.report.summary import Report

SCHEMA_VERSION = 1


def render(report: Report, *, color: bool = False, width: int | None = None) -> str:
    return dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "asllint", "version": __version__},
            "summary": _summary(report),
            "findings": [_finding(finding) for finding in report.findings],
        }
    )


def dumps(value: Any) -> str:
    """JSON that can be encoded and printed: what JSON allows but terminals and UTF-8 do not is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return (
        re.sub("[\x7f-\x9f\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
    )


def _summary(report: Report) -> dict[str, Any]:
    summary = report.summary
    counts = Counter(finding.severity for finding in report.findings if not finding.suppressed)
    return {
        "documents": summary.documents,
        "machines": summary.machines,
        "policies": summary.policies,
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "notes": counts[Severity.NOTE],
        "skipped": [
            *summary.skipped,
            *summary.refused,
            *(f"failed: {phrase}" for phrase in summary.failed),
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "category": finding.category,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "file": finding.file,
        "machine": finding.machine,
        "state": finding.state,
        "pointer": finding.pointer,
        "region": _region(finding.region),
        "related": [_place(place) for place in finding.related],
        "fix": None if finding.fix is None else _fix(finding.fix),
        "suppressed": finding.suppressed,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "safe": fix.safe, "patch": list(fix.patch)}


def _place(place: Place) -> dict[str, Any]:
    return {
        "message": place.message,
        "file": place.file,
        "pointer": place.pointer,
        "region": _region(place.region),
    }


def _region(region: Region) -> dict[str, int]:
    return region._asdict()
