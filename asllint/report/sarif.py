"""SARIF 2.1.0 as GitHub code scanning reads it."""

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from asllint import __version__
from asllint.finding import Finding, Place
from asllint.loader.source import Region
from asllint.report.fingerprint import finding_hash, line_hashes
from asllint.report.json import dumps
from asllint.report.page import markdown, plain
from asllint.report.summary import Report, RuleInfo, number

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://pypi.org/project/asllint/"
# What GitHub takes of each: docs.github.com, "SARIF support for code scanning".
RESULTS = 25_000
RELATED = 100
DESCRIPTION = 1024
PRECISION = {"recommended": "very-high", "strict": "high", "pedantic": "medium"}
PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def render(report: Report, *, color: bool = False, width: int | None = None) -> str:
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run(report)]})


def run(report: Report, limit: int = RESULTS) -> dict[str, Any]:
    kept = worst(report.findings, limit)
    names = sorted({finding.rule for finding in kept})
    index = {name: at for at, name in enumerate(names)}
    hashes = _line_hashes(report, kept)
    return {
        "tool": {
            "driver": {
                "name": "asllint",
                "informationUri": HOME,
                "semanticVersion": __version__,
                "rules": [_rule(name, report.rule(name)) for name in names],
            }
        },
        "automationDetails": {"id": "asllint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not (report.summary.failed or report.summary.refused),
                "toolExecutionNotifications": list(_notifications(report, len(kept))),
            }
        ],
        "results": [_result(finding, index[finding.rule], report, hashes) for finding in kept],
    }


def worst(findings: Sequence[Finding], limit: int) -> list[Finding]:
    """At most so many findings, the worst of them, in their own order."""
    if len(findings) <= limit:
        return list(findings)
    kept = sorted(range(len(findings)), key=lambda at: (findings[at].suppressed, findings[at].severity.rank))
    return [findings[at] for at in sorted(kept[:limit])]


def uri(file: str, report: Report) -> str:
    """A file relative to the root, as a URI reference; never an absolute one, which GitHub refuses."""
    path = posixpath.normpath(PurePath(file).as_posix())
    if report.root:
        start = "/" + PurePath(report.root).as_posix()
        path = posixpath.relpath("/" + PurePath(report.base, file).as_posix(), start)
    return quote(os.fsencode(path.lstrip("/")))


def _result(
    finding: Finding, index: int, report: Report, hashes: dict[tuple[str, int], str]
) -> dict[str, Any]:
    file, line = uri(finding.file, report), (finding.file, finding.region.start_line)
    related = finding.related[:RELATED]
    return _filled(
        {
            "ruleId": finding.rule,
            "ruleIndex": index,
            "level": str(finding.severity),
            "message": {"text": _message(finding, related)},
            "locations": [
                _filled(
                    {
                        "physicalLocation": _physical(file, finding.region),
                        "logicalLocations": _logical(finding),
                    }
                )
            ],
            "relatedLocations": [
                {
                    "id": number,
                    "physicalLocation": _physical(uri(place.file, report), place.region),
                    "message": {"text": _told(place)},
                }
                for number, place in enumerate(related, 1)
            ],
            "partialFingerprints": _filled(
                {
                    "primaryLocationLineHash": hashes.get(line, ""),
                    "asllint/v1": finding_hash(
                        finding.rule, file, finding.machine + finding.pointer, finding.message
                    ),
                }
            ),
            "suppressions": [{"kind": "inSource"}] if finding.suppressed else [],
        }
    )


def _message(finding: Finding, related: Sequence[Place]) -> str:
    """A first sentence that stands alone, then links to the related places, then the way out."""
    links = "; ".join(f"[{_escaped(_told(place))}]({number})" for number, place in enumerate(related, 1))
    parts = [_literal(finding.message), f"See: {links}" if links else "", _literal(finding.help)]
    return " ".join(_sentence(part) for part in parts if part)


def _sentence(text: str) -> str:
    """With a capital letter where a word of English starts it, and a full stop but behind JSON."""
    start = text[0].upper() if re.match(r"[a-z]+[ ,]", text) else text[0]
    return f"{start}{text[1:]}{'' if text.endswith(tuple('.?!…}')) else '.'}"


def _told(place: Place) -> str:
    return place.message or f"{place.file}:{place.region.start_line}"


def _literal(text: str) -> str:
    """Text in which no part is taken for a link."""
    return _escaped(text) if "](" in text else text


def _escaped(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _physical(file: str, region: Region) -> dict[str, Any]:
    names = ("startLine", "startColumn", "endLine", "endColumn")
    return {"artifactLocation": {"uri": file}, "region": dict(zip(names, region, strict=True))}


def _logical(finding: Finding) -> list[dict[str, str]]:
    name = finding.machine + finding.pointer
    return [{"fullyQualifiedName": name, "kind": "value"}] if name else []


def _line_hashes(report: Report, findings: Sequence[Finding]) -> dict[tuple[str, int], str]:
    lines: dict[str, set[int]] = {}
    for finding in findings:
        lines.setdefault(finding.file, set()).add(finding.region.start_line)
    return {
        (file, line): value
        for file, wanted in lines.items()
        if (source := report.source(file)) is not None
        for line, value in line_hashes(source.text, wanted).items()
    }


def _notifications(report: Report, kept: int) -> Iterator[dict[str, Any]]:
    for phrase in report.summary.failed:
        yield _notification("error", f"failed {phrase}")
    for phrase in report.summary.refused:
        yield _notification("error", phrase)
    if dropped := len(report.findings) - kept:
        yield _notification(
            "warning", f"{number(dropped, 'finding')} left out: {kept} is the limit, the worst are kept"
        )
    for phrase in report.summary.skipped:
        yield _notification("note", f"skipped {phrase}")


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": text}}


def _rule(name: str, page: RuleInfo | None) -> dict[str, Any]:
    if page is None:
        text = {"text": name}
        return {"id": name, "name": name, "shortDescription": text, "fullDescription": text, "help": text}
    severity = str(page.severity)
    return _filled(
        {
            "id": name,
            "name": name,
            "shortDescription": {"text": _short(page.title or name)},
            "fullDescription": {"text": _short(page.rationale.strip() or page.title or name)},
            "helpUri": next((source for source in page.sources if source.startswith("https://")), ""),
            "help": {"text": plain(page), "markdown": markdown(page)},
            "defaultConfiguration": {"level": severity},
            "properties": _filled(
                {
                    "tags": [tag for tag in (page.category, "aws", "step-functions") if tag],
                    "precision": PRECISION.get(page.profile, ""),
                    "problem.severity": PROBLEM.get(severity, ""),
                }
            ),
        }
    )


def _short(text: str) -> str:
    return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1] + "…"


def _filled(parts: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: GitHub refuses empty texts."""
    return {name: part for name, part in parts.items() if part not in ("", [], {})}
