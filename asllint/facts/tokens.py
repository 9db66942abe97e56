"""Where a state reads its task token, and where the words for it stand as mere text."""

from collections.abc import Iterator
from typing import Any

from asllint.facts.expressions import JSONATA, Slot, is_expression, slots, telling
from asllint.facts.integration import integration
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, fact, has_hole
from asllint.model.paths import Path
from asllint.record import Record

# The token's place in the Context Object, which is `$$` in JSONPath and `$states.context` in JSONata.
PLACE = ("Task", "Token")
WORDS = ("$$.Task.Token", "$states.context.Task.Token")

# Parameters that say where something is sent: what is substituted there is no expression.
DESTINATIONS = frozenset([
    "ApiEndpoint", "Cluster", "FunctionName", "QueueUrl", "StateMachineArn", "TargetArn", "TaskDefinition",
    "TopicArn",
])  # fmt: skip


class Stretch(Record):
    """A stretch of a text in a definition."""

    pointer: Pointer
    start: int
    end: int
    words: str
    is_whole: bool = True


@fact
def passes_token(task: State) -> bool | None:
    """Whether what a task sends holds its token; None where a substitution or an unreadable text hides it."""
    field = task.parameters_field
    base = _input_path(task)
    if base is None or ("Parameters" if task.is_jsonata else "Arguments") in task:
        return None
    if field not in task:
        return _holds_token(Path("$", (), 0, 0), base)
    if not isinstance(task.value[field], dict) and not is_expression(task.text(field) or ""):
        return None
    answers = [_passes(slot, base) for slot in slots(task) if slot.field == field]
    if True in answers:
        return True
    if None in answers or any(_may_be_anything(task, *leaf) for leaf in _leaves(task)):
        return None
    return False


@fact
def token_texts(task: State) -> tuple[Stretch, ...]:
    """Where a task sends the words for its token in place of the token."""
    found = []
    for pointer, value in _leaves(task):
        words = next((words for words in WORDS if isinstance(value, str) and words in value), None)
        if words is not None and not _is_evaluated(task, pointer, value):
            start = value.index(words)
            found.append(Stretch(pointer, start, start + len(words), words, value == words))
    return tuple(found)


def misspells_token(task: State) -> bool:
    """Whether a task reads a member of `Task` that is not there: it has none but the token."""
    import re

    other = re.compile(r"(?:\$\$|\$states\.context)\.Task\.(?!Token\b)\w")
    return any(slot.field == task.parameters_field and other.search(slot.text) for slot in slots(task))


@fact
def texts_for_token(task: State) -> tuple[Stretch, ...]:
    """The words that a task certainly sends in place of the token that it waits for."""
    called = integration(task)
    waits = called is not None and called.waits_for_token
    return token_texts(task) if waits and passes_token(task) is False else ()


def token_reads(state: State) -> Iterator[Stretch]:
    """Where a state certainly fails if it has no token.

    A missing member of the Context Object fails a path and an intrinsic function; in JSONata only an
    expression that is nothing but the token: within another one it is left out.
    """
    for slot in telling(state):
        if slot.field == "Variable":
            continue  # a Choice Rule may ask whether it is present
        if slot.kind == JSONATA:
            yield from _whole_expression(slot)
            continue
        for path in _paths(slot) or ():
            if path.root == "$$" and path.names[:1] == PLACE[:1]:
                yield Stretch(slot.pointer, path.start, path.end, slot.text[path.start : path.end])


def _whole_expression(slot: Slot) -> Iterator[Stretch]:
    from asllint.facts import jsonata

    for access in jsonata.parse(slot.text).states:
        words = slot.text[access.start : access.end]
        if access.names[:2] == ("context", "Task") and words == slot.text[2:-2].strip():
            yield Stretch(slot.pointer, access.start, access.end, words)


def _passes(slot: Slot, base: Path) -> bool | None:
    if slot.kind == JSONATA:
        from asllint.facts import jsonata

        expression = jsonata.parse(slot.text)
        found = expression.is_known and expression.reads_task_token
        is_known = expression.is_known
    else:
        paths = _paths(slot)
        found = any(_holds_token(path, base) for path in paths or ())
        is_known = paths is not None
    return True if found else False if is_known and not has_hole(slot.text) else None


def _paths(slot: Slot) -> tuple[Path, ...] | None:
    """The paths that a text reads; None where it cannot be read."""
    from asllint.model import intrinsics, paths

    if intrinsics.looks_like_intrinsic(slot.text):
        call = intrinsics.parse(slot.text)
        return call.reads if isinstance(call, intrinsics.Call) and not call.opaque else None
    path = paths.parse(slot.text)
    return path.reads if isinstance(path, Path) and not path.opaque else None


def _input_path(task: State) -> Path | None:
    """What `$` is within a task's parameters; None where it is not known."""
    from asllint.model import paths

    text = task.value.get("InputPath", "$")
    if task.is_jsonata or not isinstance(text, str):
        return Path("$", (), 0, 0)
    path = paths.parse(text)
    return path if isinstance(path, Path) and not path.opaque else None


def _holds_token(path: Path, base: Path) -> bool:
    """Whether a path leads to the token or to something around it; a step that is no name may do so."""
    segments = path.segments
    if path.root == "$":
        path, segments = base, (*base.segments, *segments)
    if path.root != "$$":
        return False
    for segment, name in zip(segments, PLACE, strict=False):
        if segment.kind != "name":
            return True
        if segment.value != name:
            return False
    return True


def _leaves(task: State) -> Iterator[tuple[Pointer, Any]]:
    """Every value in a task's parameters that is no object and no array, with its place."""
    waiting: list[tuple[Pointer, Any]] = [
        (task.at(task.parameters_field), task.value.get(task.parameters_field))
    ]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*pointer, key), held) for key, held in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*pointer, i), held) for i, held in reversed(list(enumerate(value)))]
        else:
            yield pointer, value


def _is_evaluated(task: State, pointer: Pointer, value: str) -> bool:
    return is_expression(value) if task.is_jsonata else str(pointer[-1]).endswith(".$")


def _may_be_anything(task: State, pointer: Pointer, value: Any) -> bool:
    """Whether a value that is not evaluated as it stands may be so once it is deployed."""
    inside = pointer[len(task.pointer) + 1 :]
    if any(has_hole(key) for key in inside):
        return True
    if not isinstance(value, str):
        return not task.is_jsonata and str(pointer[-1]).endswith(".$")
    if task.is_jsonata and value.startswith("{%") and not is_expression(value):
        return True
    return value.startswith("${") and not (len(inside) == 1 and inside[0] in DESTINATIONS)
