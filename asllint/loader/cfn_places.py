"""Where a template's resolved values are written: documents and texts that came of functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from asllint.loader.cfn_functions import VARIABLE, function
from asllint.loader.cfn_values import Piece, Template
from asllint.loader.document import Document, Reading, Settings
from asllint.loader.pointer import Pointer
from asllint.loader.read import substituted
from asllint.loader.source import Region, Text, standing_for
from asllint.loader.tree import Tree


class Resolved(Document):
    """A document of a template, with the value as it is deployed and the functions as they are written.

    `moved` says which parts of the value are written elsewhere below the prefix: the arms of a condition.
    """

    __slots__ = ("moved", "raw", "substitutions", "template")

    def __init__(
        self, kind: str, value: Any, reading: Reading, prefix: Pointer, template: Template, raw: Any, *,
        name: str = "", settings: Settings | None = None, substitutions: Mapping[str, str] | None = None,
        moved: Mapping[Pointer, Pointer] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(kind, value, reading, prefix, name=name, settings=settings)
        self.template = template
        self.raw = raw
        self.substitutions = substitutions or {}
        self.moved = moved or {}

    def region(self, pointer: Pointer, *, key: bool = False, span: tuple[int, int] | None = None) -> Region:
        text, tree = self.reading.text, self.reading.tree
        if tree is None:
            return text.region(0, 0)
        place, raw = self._written(pointer)
        where = (*self.prefix, *place)
        if span is not None and (isinstance(raw, str) or function(raw)):
            whole = replaced(woven(text, tree, self.template.pieces(raw, where)), self.substitutions)
            start, end = span[0], min(max(span[1], span[0] + 1), len(whole.text))
            if start < end:
                return whole.region(start, end)
        if key:
            return text.region(*tree.span(where, key=True))
        return text.region(*_span(tree, raw, where))

    def _written(self, pointer: Pointer) -> tuple[Pointer, Any]:
        """Where a part of the value is written, below the prefix, and what is written there."""
        place: Pointer = ()
        rest = pointer
        for depth in range(len(pointer), 0, -1):
            if pointer[:depth] in self.moved:
                place, rest = self.moved[pointer[:depth]], pointer[depth:]
                break
        raw = self.raw
        for step in place:
            raw = _child(raw, step)
        for i, step in enumerate(rest):
            if function(raw):
                return place, raw
            if isinstance(raw, list) and isinstance(step, int):
                step = self._index(raw, step)
            elif isinstance(raw, dict) and step not in raw:
                step = next((key for key in raw if self._substituted(key) == step), step)
            child = _child(raw, step)
            place = (*place, step)
            if child is None:
                return (*place, *rest[i + 1 :]), None
            raw = child
        return place, raw

    def _index(self, raw: list[Any], index: int) -> int:
        """Which element is the one at an index, when those that are not there are left out."""
        kept = [i for i, element in enumerate(raw) if element != {"Ref": "AWS::NoValue"}]
        return kept[index] if 0 <= index < len(kept) else index

    def _substituted(self, key: str) -> str:
        return substitute(key, self.substitutions) if self.substitutions else key


def _child(raw: Any, step: str | int) -> Any:
    if isinstance(raw, dict):
        return raw.get(str(step))
    if isinstance(raw, list) and isinstance(step, int) and 0 <= step < len(raw):
        return raw[step]
    return None


def _span(tree: Tree, raw: Any, where: Pointer) -> tuple[int, int]:
    """A value's place. What a function gives is shown as what it is given, if that is on one line."""
    name = function(raw)
    if name is None:
        return tree.shown(where)
    is_text = name == "Fn::Sub" and isinstance(raw[name], list)
    start, end = tree.span((*where, name, 0) if is_text else (*where, name))
    return tree.span(where, key=True) if "\n" in tree.text[start:end].rstrip() else (start, end)


class Offsets(Sequence[int]):
    """Offsets that are worked out when somebody asks where a character stands."""

    __slots__ = ("_known", "_work")

    def __init__(self, work: Callable[[], Sequence[int]]) -> None:
        self._work = work
        self._known: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def _all(self) -> Sequence[int]:
        if self._known is None:
            self._known = self._work()
        return self._known


def woven(text: Text, tree: Tree, pieces: Iterable[Piece]) -> Text:
    """The text that pieces make, with the place of every character."""
    listed = list(pieces)
    made = "".join(piece.text for piece in listed)
    return Text(text.source, made, Offsets(lambda: [text.offset(o) for o in _offsets(tree, listed)]))


def _offsets(tree: Tree, pieces: Iterable[Piece]) -> list[int]:
    offsets: list[int] = []
    end = 0
    for piece in pieces:
        size = len(piece.text)
        if piece.path is None:
            offsets += [end] * size
            continue
        start, end = tree.span(piece.path)
        known = tree.offsets(piece.path) if piece.start is not None else None
        if known is not None and piece.start is not None:
            last = piece.start + size if piece.end is None else piece.end
            if last < len(known):
                start, end = known[piece.start], known[last]
                if piece.end is None:
                    offsets += known[piece.start : last]
                    continue
        offsets += standing_for(size, start, end)
    return [*offsets, end]


def replaced(text: Text, substitutions: Mapping[str, str]) -> Text:
    """The text with `DefinitionSubstitutions` made."""
    made = substitute(text.text, substitutions)
    if made == text.text:
        return text
    return Text(text.source, made, Offsets(lambda: substituted(text, substitutions).offsets or ()))


def substitute(value: str, substitutions: Mapping[str, str]) -> str:
    """A text with the substitutions made, when nobody asks where its characters stand."""
    return VARIABLE.sub(lambda m: substitutions.get(m[1].strip(), m[0]), value) if "${" in value else value
