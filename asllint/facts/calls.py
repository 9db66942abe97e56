"""What a task writes out in its call's parameters, and what it reads of the call's result."""

from collections.abc import Iterator

from asllint.facts.expressions import JSONATA, Slot, slots
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, fact, has_hole
from asllint.model.paths import Path
from asllint.record import Record

# How a text begins that is evaluated, or that was meant to be.
EVALUATED = ("$.", "$$", "$[", "States.", "{%")


class Read(Record):
    """A stretch of a text that reads from the result; `is_deeper` if more than names follows them."""

    slot: Slot
    names: tuple[str, ...]
    start: int
    end: int
    is_deeper: bool = False

    @property
    def words(self) -> str:
        return self.slot.text[self.start : self.end]

    @property
    def pointer(self) -> Pointer:
        return self.slot.pointer


def literal(task: State, name: str) -> str | None:
    """A parameter that is a text, holes and all; None for one that is evaluated, or was meant to be."""
    value = (task.parameters or {}).get(name)
    return value if isinstance(value, str) and not value.startswith(EVALUATED) else None


@fact
def result_reads(task: State) -> tuple[Read, ...]:
    """What a task's own fields read of the call's result, each by the names from the result on."""
    return tuple(_jsonata_reads(task) if task.is_jsonata else _path_reads(task))


def _jsonata_reads(task: State) -> Iterator[Read]:
    from asllint.facts import jsonata

    for slot in slots(task):
        if slot.kind != JSONATA or slot.inside[0] not in ("Output", "Assign") or has_hole(slot.text):
            continue
        for access in jsonata.parse(slot.text).states:
            if access.names[:1] == ("result",):
                yield Read(slot, access.names[1:], access.start, access.end)


def _path_reads(task: State) -> Iterator[Read]:
    for slot in slots(task):
        if slot.field == "ResultSelector":
            prefix: tuple[str, ...] | None = ()
        elif slot.field == "OutputPath" and "ResultSelector" not in task:
            prefix = _result_path(task)
        else:
            continue
        for path in _paths(slot):
            if prefix is not None and path.root == "$" and path.names[: len(prefix)] == prefix:
                names = path.names[len(prefix) :]
                is_deeper = len(path.segments) > len(path.names)
                yield Read(slot, names, path.start, path.end, is_deeper)


def _result_path(task: State) -> tuple[str, ...] | None:
    """Where the result is put in the output: () for all of it, None where it is not, or not plainly."""
    from asllint.model import paths

    text = task.value.get("ResultPath", "$")
    path = paths.parse(text) if isinstance(text, str) else None
    if not isinstance(path, Path) or path.opaque or path.root != "$" or len(path.names) < len(path.segments):
        return None
    return path.names


def _paths(slot: Slot) -> tuple[Path, ...]:
    from asllint.model import intrinsics, paths

    if intrinsics.looks_like_intrinsic(slot.text):
        call = intrinsics.parse(slot.text)
        return call.reads if isinstance(call, intrinsics.Call) else ()
    path = paths.parse(slot.text)
    return path.reads if isinstance(path, Path) else ()
