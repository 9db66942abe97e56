"""A rule's page as a text to read."""

import re
from collections.abc import Callable, Iterator, Sequence

from asllint.report.cells import visible, wrap
from asllint.report.summary import RuleInfo, number
from asllint.rule import Example

WIDTH = 100
FRAME = 2  # cells around a block of text on a terminal
HANGING = "    "
TYPES = {"standard": "a standard machine", "express": "an express machine"}


def plain(page: RuleInfo) -> str:
    parts = [f"{page.name}: {page.title}", page.rationale.strip(), "\n".join(page.sources)]
    return "\n\n".join(part for part in parts if part)


def markdown(
    page: RuleInfo, told: Callable[[Example], Sequence[str]] = lambda example: (), width: int = WIDTH
) -> str:
    """A rule's page: what it finds, why it matters, what is wrong and what is right; below each bad example
    what is told of it.
    """
    facts = [f"**{page.severity}**", page.category, page.profile and f"profile {page.profile}"]
    parts = [
        f"# {page.title or page.name}",
        f"`{page.name}` · {' · '.join(filter(None, facts))}",
        page.rationale.strip(),
    ]
    before = None
    for heading, kind in (("Found", "bad"), ("Not found", "good")):
        examples = page.examples(kind)
        parts += [f"## {heading}"] * bool(examples)
        for example in examples:
            parts += _example(example, before)
            if kind == "bad" and (lines := told(example)):
                parts.append(_fenced(_wrapped(lines, width - FRAME), "text"))
            before = example
    if page.sources:
        parts += ["## Sources", "\n".join(f"- <{source}>" for source in page.sources)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _example(example: Example, before: Example | None) -> Iterator[str]:
    """The texts of an example, each with a line on what is known of it; where it has the same text as the one
    before, only what differs.
    """
    is_same = before is not None and (example.text, example.hex) == (before.text, before.hex)
    known = before if before is not None and is_same else Example()
    roles = [("policy", example.policy, known.policy), ("trust policy", example.trust, known.trust)]
    others = [(name, text) for name, text, other in roles if text != other]
    words = [*_words(example, known), *(f"with no {name} given" for name, text in others if text is None)]
    texts = [] if is_same else [("", example.hex or example.text)]
    texts += [(f"with the {name}", text) for name, text in others if text is not None]
    (first, main), *more = texts or [("", "")]
    start = ", ".join(filter(None, [*words, first]))
    for label, text in [(f"the same {start}".rstrip() if is_same else start, main), *more]:
        if label:
            yield f"{label[0].upper()}{label[1:]}{':' if text else '.'}"
        if text:
            yield _fenced(text, _language(text, example))


def _words(example: Example, known: Example) -> Iterator[str]:
    """What is known of an example beside its texts, as far as it differs."""
    if example.type != known.type:
        yield f"as {TYPES[example.type]}" if example.type else "with no type given"
    if example.arn != known.arn:
        yield f"with the ARN `{example.arn}`" if example.arn else "with no ARN given"
    if example.file and example.file != known.file:
        yield f"as `{example.file}`"
    if not (example.hex or example.text):
        yield "empty"
    elif example.hex != known.hex:
        yield "of the bytes"
    piece, times = example.repeat
    if piece and example.repeat != known.repeat:
        shown = f"`{piece.strip()}`" if piece.strip() else number(len(piece), "blank")
        yield f"with {shown} repeated {times:,} times"


def _language(text: str, example: Example) -> str:
    if text == example.hex:
        return "text"
    if example.file and example.file.endswith(".tf"):
        return "hcl"
    return "json" if text.lstrip().startswith(("{", "[")) else "yaml"


def _wrapped(lines: Sequence[str], room: int) -> str:
    pieces = (visible(piece) for line in lines for piece in line.split("\n"))
    return "\n".join(f"\n{HANGING}".join(wrap(piece, room, room - len(HANGING))) for piece in pieces)


def _fenced(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def rendered(text: str, width: int = WIDTH) -> str:
    """Markdown for a terminal."""
    from io import StringIO

    from rich.console import Console
    from rich.markdown import Markdown

    written = StringIO()
    Console(file=written, force_terminal=True, width=width).print(Markdown(text))
    return written.getvalue()
