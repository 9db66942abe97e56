"""What a JSONata tree refers to: variables in their scopes, `$states`, functions, the context item."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from asllint.facts.jsonata_functions import FUNCTIONS
from asllint.facts.jsonata_syntax import token_start
from asllint.facts.jsonata_values import HOLE, UNKNOWN, constant
from asllint.record import Record


class Reference(Record):
    """A name where the text uses it; a variable's place includes its `$`."""

    name: str
    start: int
    end: int


class Access(Record):
    """A path that starts at `$states`: the names that follow it, as far as they are plain names."""

    members: tuple[Reference, ...]
    start: int
    end: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)


class Argument(Record):
    """An argument: its value where it is a literal, else `UNKNOWN`; its place where it is one token."""

    value: Any
    start: int
    end: int


class Call(Record):
    """A call of a function that the expression does not define itself; the place is the function's name."""

    name: str
    arguments: tuple[Argument, ...]
    start: int
    end: int
    is_partial: bool = False


class Frame:
    """The variables that one scope binds; `parameter` is the first one of the function that it is in."""

    __slots__ = ("names", "parameter", "parent")

    def __init__(self, parent: "Frame | None", *names: str) -> None:
        self.names = set(names)
        self.parameter: str = names[0] if names else parent.parameter if parent else ""
        self.parent = parent

    def binds(self, name: str) -> bool:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return True
            frame = frame.parent
        return False


# A node to visit, its scope, whether it is evaluated without a context item, how deeply it is nested; in
# place of a node the name of a variable that the scope binds from now on.
Visit: TypeAlias = tuple[Any, Frame, bool, int]


class Walk:
    """One pass over a tree in the order of evaluation, without recursion."""

    def __init__(self, source: str, root: Any) -> None:
        self.source = source
        self.variables: list[Reference] = []
        self.function_values: list[Reference] = []
        self.states: list[Access] = []
        self.calls: list[Call] = []
        self.bare_calls: list[Reference] = []
        self.top_level_names: list[Reference] = []
        self.top_level_context: list[Reference] = []
        self.nested_roots: list[Reference] = []
        self.bound: set[str] = set()
        # where something is read of a context item in the body of a function: its first parameter
        self.parameters: dict[int, str] = {}
        self.deepest = 0
        # A function's body runs when it is called: by then all that its scopes bind may be bound.
        self._bodies: list[Visit] = []
        todo: list[Visit] = [(root, Frame(None), True, 1)]
        while todo or self._bodies:
            node, frame, top, depth = (todo or self._bodies).pop()
            if isinstance(node, str):
                frame.names.add(node)
                self.bound.add(node)
                continue
            self.deepest = max(self.deepest, depth)
            todo.extend(reversed([*self._visit(node, frame, top, depth), *_filters(node, frame, depth)]))

    def _visit(self, node: Any, frame: Frame, top: bool, depth: int) -> Iterator[Visit]:
        deeper = depth + 1
        match node.type:
            case "variable":
                self._variable(node, frame, top)
            case "path":
                yield from self._path(node, frame, top, deeper)
            case "binary":
                yield node.lhs, frame, top, deeper
                yield node.rhs, frame, top, deeper
            case "unary":
                for part in node.expressions or ():
                    yield part, frame, top, deeper
                for pair in node.lhs_object or ():
                    for part in pair:
                        yield part, frame, top, deeper
                if node.expression is not None:
                    yield node.expression, frame, top, deeper
            case "condition":
                for part in (node.condition, node.then, node._else):
                    if part is not None:
                        yield part, frame, top, deeper
            case "block":
                inner = Frame(frame)
                for part in node.expressions:
                    yield part, inner, top, deeper
            case "bind":
                yield node.rhs, frame, top, deeper
                yield node.lhs.value, frame, top, deeper
            case "function" | "partial":
                yield from self._call(node, (), frame, top, deeper)
            case "apply":
                yield node.lhs, frame, top, deeper
                chained = Argument(UNKNOWN, 0, 0)
                if node.rhs.type == "function":
                    yield from self._call(node.rhs, (chained,), frame, top, deeper)
                    yield from _filters(node.rhs, frame, deeper)
                elif node.rhs.type == "variable" and node.rhs.value not in ("", "$", "states"):
                    self._named_call(node.rhs, (chained,), frame)
                    yield from _filters(node.rhs, frame, deeper)
                else:
                    yield node.rhs, frame, top, deeper
            case "lambda" if node.thunk:
                yield node.body, frame, top, depth
            case "lambda":
                names = [str(parameter.value) for parameter in node.arguments]
                self.bound.update(names)
                # a function's body has the context item of the place that defines it
                self._bodies.append((node.body, Frame(frame, *names), top, 1))
            case "transform":
                for part in (node.pattern, node.update, node.delete):
                    if part is not None:
                        yield part, frame, False, deeper
            case "sort":
                for term in node.terms:
                    yield term.expression, frame, False, deeper

    def _path(self, path: Any, frame: Frame, top: bool, deeper: int) -> Iterator[Visit]:
        inner = Frame(frame)
        first = path.steps[0]
        is_states = first.type == "variable" and first.value == "states" and not frame.binds("states")
        if is_states:
            self._states(path.steps)
        if first.type == "name" and top:
            self._record(self.top_level_names, first, first.value, frame=frame)
        for index, step in enumerate(path.steps):
            yield from ((name, inner, False, deeper) for name in (step.focus, step.index) if name is not None)
            if index or not is_states:
                yield step, inner, top and not index, deeper
            for stage in step.stages or ():
                yield (stage.value if stage.type == "index" else stage.expr), inner, False, deeper

    def _variable(self, node: Any, frame: Frame, top: bool) -> None:
        match node.value:
            case "":
                if top:
                    self._record(self.top_level_context, node, "", "$", frame)
            case "$":
                self._record(self.top_level_context if top else self.nested_roots, node, "$", "$", frame)
            case name if frame.binds(name):
                return
            case "states":
                self._states([node])
            case name:
                self._record(self.function_values if name in FUNCTIONS else self.variables, node, name, "$")

    def _states(self, steps: list[Any]) -> None:
        members: list[Reference] = []
        for step in steps[1:]:
            if step.type != "name" or HOLE in step.value:
                break
            self._record(members, step, step.value)
        end = members[-1].end if members else steps[0].position
        self.states.append(Access(tuple(members), steps[0].position - len("$states"), end))

    def _call(
        self, node: Any, chained: tuple[Argument, ...], frame: Frame, top: bool, deeper: int
    ) -> Iterator[Visit]:
        procedure = node.procedure
        arguments = (*chained, *(self._argument(argument) for argument in node.arguments))
        if procedure.type == "variable" and procedure.value not in ("", "$", "states"):
            self._named_call(procedure, arguments, frame, node.type == "partial")
        elif procedure.type == "path" and len(procedure.steps) == 1 and procedure.steps[0].type == "name":
            self._record(self.bare_calls, procedure.steps[0], procedure.steps[0].value)
            if top:
                self._record(self.top_level_names, procedure.steps[0], procedure.steps[0].value)
        else:
            yield procedure, frame, top, deeper
        for argument in node.arguments:
            if argument.type != "operator":
                yield argument, frame, top, deeper

    def _named_call(
        self, node: Any, arguments: tuple[Argument, ...], frame: Frame, is_partial: bool = False
    ) -> None:
        if HOLE not in node.value and not frame.binds(node.value):
            start = node.position - len(node.value) - 1
            self.calls.append(Call(node.value, arguments, start, node.position, is_partial))

    def _argument(self, node: Any) -> Argument:
        value = constant(node)
        if value is UNKNOWN or node.type not in ("string", "number", "value"):
            return Argument(value, 0, 0)
        return Argument(value, token_start(self.source, node.position, value), node.position)

    def _record(
        self,
        references: list[Reference],
        node: Any,
        name: str,
        sigil: str = "",
        frame: Frame | None = None,
    ) -> None:
        if HOLE in name:
            return
        length = len(sigil + name)
        start = node.position - length if sigil else token_start(self.source, node.position, name)
        references.append(Reference(name, start, node.position))
        if frame is not None and frame.parameter:
            self.parameters[start] = frame.parameter


def _filters(node: Any, frame: Frame, depth: int) -> Iterator[Visit]:
    """What is evaluated for each item that a node gives: its filters and its grouping."""
    for predicate in node.predicate or ():
        yield predicate.expr, frame, False, depth + 1
    if node.group is not None:
        for pair in node.group.lhs_object:
            for part in pair:
                yield part, frame, False, depth + 1
