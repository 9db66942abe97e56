"""How text stands in a terminal: what each character takes, what must be made visible, where lines break."""

from collections.abc import Iterator

TAB = 4
JOINERS = "\u200c\u200d\u3000"  # not "printable" to Python, yet at home in emoji and in East Asian text


def visible(text: str) -> str:
    """Nothing that moves the cursor, reorders text or cannot be encoded is left in it."""
    return text if text.isprintable() else "".join(map(_shown, text))


def width(text: str) -> int:
    """Cells of a visible text."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def drawn(text: str) -> tuple[list[str], list[int]]:
    """Each character of a source line as shown, and the cell at which it starts (one more for the end)."""
    pieces, cells = [], [0]
    for char in text:
        piece = " " * (TAB - cells[-1] % TAB) if char == "\t" else visible(char)
        pieces.append(piece)
        cells.append(cells[-1] + width(piece))
    return pieces, cells


def wrap(text: str, first: int | None, rest: int | None = None) -> list[str]:
    """Lines of at most `rest` cells, the first of at most `first`, broken at blanks only: what is longer than
    that overflows, so that it can be copied. None does not wrap.
    """
    if first is None:
        return [text]
    lines: list[str] = []
    line, room = None, first
    after = first if rest is None else rest
    for word in _words(text):
        longer = word if line is None else f"{line} {word}"
        if width(longer) > room and (line or width(word) <= after):
            lines.append(line or "")
            line, room = word, after
        else:
            line = longer
    return [*lines, line or ""]


def _shown(char: str) -> str:
    code = ord(char)
    if char.isprintable() or char in JOINERS:
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"


def _cells(char: str) -> int:
    import unicodedata

    if "\u1160" <= char <= "\u11ff" or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _words(text: str) -> Iterator[str]:
    """What stands between blanks; an object of JSON is one word."""
    start = at = 0
    while at < len(text):
        if text.startswith('{"', at):
            at = _end(text, at)
            continue
        if text[at] == " ":
            yield text[start:at]
            start = at + 1
        at += 1
    yield text[start:]


def _end(text: str, start: int) -> int:
    """Where the JSON that may start here ends."""
    from json import JSONDecoder

    try:
        return JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return start + 1
