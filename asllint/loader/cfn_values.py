"""A template's values as plain JSON: functions resolved, with holes in one form for what is not known."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from asllint.loader.cfn_functions import (
    FUNCTIONS,
    NO_VALUE,
    VARIABLE,
    function,
    join_parts,
    sub_parts,
    written,
)
from asllint.loader.cfn_resources import RETURNS
from asllint.loader.pointer import Pointer
from asllint.record import Record

# How deep values are resolved, and how deep names of resources are followed.
DEPTH = 220
NAMES = 40

_NAMEABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/-")
_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w*)\}")


class Piece(Record):
    """A stretch of a text that functions put together, and where it is written.

    `path` leads from the value to what gave it; a piece without one is a delimiter. It stands for the whole
    of that, or from `start` for a stretch of that string: itself, or what is written up to `end`.
    """

    text: str
    path: Pointer | None
    start: int | None = None
    end: int | None = None


class Template:
    """The resources of one template, and the values of everything in it.

    `aliases` are other names of resources (the Serverless Framework's functions), `sites` their places.
    """

    # What is filled into a literal text at deployment: a dynamic reference. The mark is what one starts with.
    mark = "{{resolve:"
    filled_in = r"\{\{resolve:[^{}]*\}\}"

    def __init__(
        self, resources: Mapping[str, Any], mappings: Any = None, *,
        aliases: Mapping[str, str] | None = None, sites: Mapping[str, Pointer] | None = None,
    ) -> None:  # fmt: skip
        self.resources = {k: v for k, v in resources.items() if isinstance(v, dict)}
        self.mappings = mappings if isinstance(mappings, dict) else {}
        self.aliases = aliases or {}
        self.sites = sites or {}
        self._holes: dict[str, str] = {}
        self._taken: set[str] = set()
        self._names: dict[str, str] = {}
        self._depth = 0

    def site(self, name: str) -> Pointer:
        return self.sites.get(name) or ("Resources", name)

    def type(self, name: str) -> str:
        kind = self.resources.get(name, {}).get("Type")
        return kind if isinstance(kind, str) else ""

    def properties(self, name: str) -> dict[str, Any]:
        found = self.resources.get(name, {}).get("Properties")
        return found if isinstance(found, dict) else {}

    def value(self, raw: Any) -> Any:
        """A value with its functions resolved; NO_VALUE where it is not there."""
        if isinstance(raw, str):
            return "".join(piece.text for piece in self._literals(raw, (), 0)) if self.mark in raw else raw
        if not isinstance(raw, (dict, list)):
            return raw
        if self._depth >= DEPTH:
            return self.unknown(raw, "Fn::Unknown")
        self._depth += 1
        try:
            if isinstance(raw, list):
                listed = []
                for element in raw:
                    if (found := self.value(element)) is not NO_VALUE:
                        listed.append(found)
                return listed
            name = function(raw)
            if (name == "Fn::Sub" and sub_parts(raw)) or (name == "Fn::Join" and join_parts(raw)):
                return "".join(piece.text for piece in self.pieces(raw))
            if name is not None:
                resolve = FUNCTIONS.get(name)
                return self.unknown(raw, name) if resolve is None else resolve(self, raw)
            members = {}
            for key, member in raw.items():
                if (found := self.value(member)) is not NO_VALUE:
                    members[key] = found
            return members
        finally:
            self._depth -= 1

    def text(self, raw: Any, default: str | None = None) -> str | None:
        """A value that is a text, the default where it is not there or something else."""
        found = self.value(raw)
        return found if isinstance(found, str) else default

    def shown(self, raw: Any) -> str:
        """A value as it stands in a text."""
        found = self.value(raw)
        if isinstance(found, str):
            return found
        if found is NO_VALUE:
            return ""
        if isinstance(found, (bool, int, float)):
            return written(found)
        return self.unknown(raw, function(raw) or "Fn::Unknown")

    def unknown(self, raw: Any, stem: str) -> str:
        """The hole of something that is not known: the same for the same expression, and for no other."""
        key = written(raw)
        known = self._holes.get(key)
        if known is None:
            stem = re.sub(r"[^\w.:/]+", "-", stem).strip("-") or "Fn::Unknown"
            known, i = stem, 2
            while known in self._taken:
                known, i = f"{stem}.{i}", i + 1
            self._taken.add(known)
            self._holes[key] = known
        return f"${{{known}}}"

    def hole(self, name: str) -> str:
        """The hole of a name, as it is written where it can stand in a text."""
        return f"${{{name}}}" if name and _NAMEABLE.issuperset(name) else self.unknown({"Ref": name}, name)

    def pieces(self, raw: Any, path: Pointer = ()) -> Iterator[Piece]:
        """The text of a value, piece by piece, each with where it is written."""
        if isinstance(raw, str):
            yield from self._literals(raw, path, 0)
            return
        name = function(raw)
        if name == "Fn::Sub" and (parts := sub_parts(raw)):
            yield from self._sub_pieces(*parts, path)
        elif name == "Fn::Join" and (joined := join_parts(raw)):
            delimiter, elements = joined
            is_first = True
            for i, element in enumerate(elements):
                if element == {"Ref": "AWS::NoValue"}:
                    continue
                if delimiter and not is_first:
                    yield Piece(delimiter, None)
                is_first = False
                yield from self.pieces(element, (*path, "Fn::Join", 1, i))
        else:
            yield Piece(self.shown(raw), path)

    def _literals(self, text: str, path: Pointer, start: int) -> Iterator[Piece]:
        """A literal text, with holes for what is filled in only at deployment."""
        last = 0
        for match in re.finditer(self.filled_in, text) if self.mark in text else ():
            if match.start() > last:
                yield Piece(text[last : match.start()], path, start + last)
            yield Piece(self.filling(match), path, start + match.start(), start + match.end())
            last = match.end()
        if last < len(text) or not text:
            yield Piece(text[last:], path, start + last)

    def filling(self, match: re.Match[str]) -> str:
        return self.unknown(match[0], match[0])

    def _sub_pieces(self, text: str, given: dict[str, Any], place: Pointer, path: Pointer) -> Iterator[Piece]:
        where, last = (*path, *place), 0
        for match in VARIABLE.finditer(text):
            if match.start() > last:
                yield from self._literals(text[last : match.start()], where, last)
            last = match.end()
            name = match[1].strip()
            if name.startswith("!"):
                yield Piece(f"${{{name[1:]}}}", where, *match.span())
            elif name in given:
                yield Piece(self.shown(given[name]), where, *match.span())
            elif "." not in name or name in self.resources:
                yield Piece(self.shown({"Ref": name}), where, *match.span())
            else:
                yield Piece(self.shown({"Fn::GetAtt": name.split(".", 1)}), where, *match.span())
        if last < len(text) or not text:
            yield from self._literals(text[last:], where, last)

    def name(self, resource: str) -> str:
        """A resource's name: the given one, or a hole that `Fn::Sub` fills with it."""
        known = self._names.get(resource)
        if known is None:
            hole = self._name_hole(resource)
            if self._depth > NAMES:
                return hole
            # a name that leads back to itself is the hole
            self._names[resource] = hole
            returns = RETURNS.get(self.type(resource))
            given = self.properties(resource).get(returns.name) if returns and returns.name else None
            known = self._names[resource] = self.text(given, hole) or hole
        return known

    def _name_hole(self, resource: str) -> str:
        """`${Topic.TopicName}` where `Ref` gives something else than the name, else `${Table}`."""
        returns = RETURNS.get(self.type(resource))
        if returns is None or returns.ref == "{}":
            return f"${{{resource}}}"
        attribute = next((name for name, form in returns.attributes.items() if form == "{}"), "")
        return f"${{{resource}.{attribute}}}" if attribute else f"${{{resource}}}"

    @property
    def generated(self) -> frozenset[str]:
        """The holes for names that CloudFormation makes up: no two of them are the same."""
        holes = {name: self._name_hole(name) for name in self.resources if self.type(name) in RETURNS}
        return frozenset(hole for name, hole in holes.items() if self.name(name) == hole)

    def returned(self, resource: str, attribute: str = "") -> str | None:
        """What `Ref` gives for a resource, or `Fn::GetAtt` for an attribute; None where it is not known."""
        returns = RETURNS.get(self.type(resource))
        form = (returns.attributes.get(attribute) if attribute else returns.ref) if returns else None
        if form is None:
            return None

        def filled(match: re.Match[str]) -> str:
            if not match[1]:
                return self.name(resource)
            return resource if match[1] == "id" else self._part(resource, match[1])

        return _PLACEHOLDER.sub(filled, form)

    def _part(self, resource: str, name: str) -> str:
        """A property that is part of an ARN; one that is given as a name or as an ARN is a name in it."""
        given = self.text(self.properties(resource).get(name))
        match name:
            case "Path":
                return given or "/"
            case "FunctionName" if given and ":function:" in given:
                named = re.match(r"(?:\$\{[^{}]*\}|[^:])*", given.partition(":function:")[2])
                return named[0] if named else given
            case "Cluster":
                return given.rpartition("/")[2] if given else "default"
        return given or f"${{{resource}.{name}}}"
