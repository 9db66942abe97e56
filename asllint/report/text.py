"""Findings for people: the source lines, what is wrong under them, and the way out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asllint.finding import Finding
from asllint.loader.source import Region
from asllint.report import summary
from asllint.report.cells import visible, wrap
from asllint.report.summary import Report

if TYPE_CHECKING:
    from asllint.report.snippet import Block, Frame

NARROWEST = 40
UNWRAPPED = 120  # cells at which a source line is cut where the output has no width of its own
HANGING = 4
STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36", "strong": "1", "frame": "1;34"}


def render(report: Report, *, color: bool = False, width: int | None = None) -> str:
    last = _hanging(summary.line(report), 0, 2, _room(width))
    return findings(report, color=color, width=width) + "\n".join(last) + "\n"


def findings(report: Report, *, color: bool = False, width: int | None = None) -> str:
    """The findings without the summary, an empty line after each."""
    told = (finding for finding in report.findings if not finding.suppressed)
    return "".join("\n".join(_lines(finding, report, color, _room(width))) + "\n\n" for finding in told)


def _lines(finding: Finding, report: Report, color: bool, room: int | None) -> Iterator[str]:
    from asllint.report.snippet import Frame, blocks

    paint, tone = _painted if color else _plain, str(finding.severity)
    found = blocks(finding, report.source)
    gutter = len(str(max(mark.line for block in found for mark in block.marks)))
    inside = None if room is None else room - gutter - 3
    frame = Frame(gutter, inside or UNWRAPPED, inside, paint, tone)

    head = f"{tone}[{visible(finding.rule)}]"
    first, *more = _hanging(finding.message, len(head) + 2, HANGING, room)
    yield paint(tone, head) + paint("strong", f": {first}")
    yield from (paint("strong", line) for line in more)

    machine = f" (machine {visible(finding.machine)})" if finding.machine else ""
    sections = [_block(block, "-->", machine, frame) for block in found[:1]]
    sections += [_block(block, ":::", "", frame) for block in found[1:]]
    sections += [list(_remarks(finding, frame, room))]
    for number, section in enumerate(filter(None, sections)):
        if number:
            yield frame.beside("")
        yield from section


def _block(block: "Block", arrow: str, machine: str, frame: "Frame") -> list[str]:
    from asllint.report.snippet import rows

    place = f"{'':{frame.gutter}}{frame.paint('frame', arrow)} {where(block.file, block.region)}{machine}"
    if block.source is None:
        notes = [f"{place}: {visible(mark.message)}" for mark in block.marks if mark.message]
        return notes or [place]
    return [place, frame.beside(""), *rows(block, frame)]


def _remarks(finding: Finding, frame: "Frame", room: int | None) -> Iterator[str]:
    if finding.help:
        yield from _remark("help", finding.help, frame, room)
    if finding.fix is not None:
        yield from _remark("fix", finding.fix.title, frame, room)


def _remark(label: str, message: str, frame: "Frame", room: int | None) -> Iterator[str]:
    """`= help: …`, what does not fit or stands on further lines below its first word."""
    indent = frame.gutter + len(label) + 5
    inside = None if room is None else room - indent
    start, *more = (line for part in message.split("\n") for line in wrap(visible(part), inside))
    sign, name = frame.paint("frame", "="), frame.paint("strong", f"{label}:")
    yield f"{'':{frame.gutter}} {sign} {name} {start}"
    yield from (f"{'':{indent}}{line}" for line in more)


def _hanging(text: str, first: int, rest: int, room: int | None) -> list[str]:
    """Wrapped lines; the first leaves `first` cells to what stands before it, the others are indented."""
    start, *more = [visible(text)] if room is None else wrap(visible(text), room - first, room - rest)
    return [start, *(" " * rest + line for line in more)]


def where(file: str, region: Region) -> str:
    return f"{visible(file)}:{region.start_line}:{region.start_column}"


def _room(width: int | None) -> int | None:
    return None if width is None else max(width, NARROWEST)


def _plain(style: str, text: str) -> str:
    return text


def _painted(style: str, text: str) -> str:
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if text else ""
