"""A file's text, and texts that were taken out of it, with the place of every character."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from asllint.record import Record

# How many characters an escape of JSON or YAML takes at most, by the one after its backslash.
ESCAPES = {"u": 12, "U": 10, "x": 4}


class Region(Record):
    """A stretch of a file: lines and columns from 1, in code points, the end exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Source:
    """One file as decoded text. Lines end at LF, CRLF or CR."""

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The offset at which each line starts."""
        if self._starts is None:
            lines = self.text.splitlines(keepends=True)
            ends = zip(accumulate(map(len, lines)), lines, strict=True)
            self._starts = [0, *(end for end, line in ends if line[-1] in "\r\n")]
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, from 1, without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def region(self, start: int, end: int) -> Region:
        return Region(*self.position(start), *self.position(max(start, end)))


class Text:
    """A text to be read, and where in a file each of its characters stands.

    For a whole file `offsets` is None. For a text taken out of one (a definition held in a string) it gives
    the file's offset of every character, and one more for the end.
    """

    __slots__ = ("offsets", "source", "text")

    def __init__(self, source: Source, text: str | None = None, offsets: Sequence[int] | None = None) -> None:
        self.source = source
        self.text = source.text if text is None else text
        self.offsets = offsets

    def offset(self, index: int) -> int:
        return index if self.offsets is None else self.offsets[min(index, len(self.offsets) - 1)]

    def region(self, start: int, end: int) -> Region:
        """The file's region of the characters from `start` up to `end`."""
        first = self.offset(start)
        if self.offsets is None or end <= start:
            return self.source.region(first, max(first, self.offset(end)))
        last = self.offset(end - 1)
        # the next character may stand in another piece of the file, but an escape is longer than one
        escape = self.source.text[last : last + 2]
        width = ESCAPES.get(escape[1:], 2) if escape[:1] == "\\" else 1
        return self.source.region(first, max(first, last + 1, min(self.offset(end), last + width)))


def standing_for(size: int, start: int, end: int) -> list[int]:
    """The offsets of characters that stand for a stretch of a text: all at its start, the last at its end."""
    return [start] * (size - 1) + [max(start, end - 1)] if size > 1 else [start] * size
