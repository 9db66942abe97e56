"""Amazon States Language as typed views: any JSON builds a model, an ill-shaped part is absent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from asllint.loader.document import Settings
from asllint.loader.pointer import Pointer
from asllint.record import Record

T = TypeVar("T")

JSONPATH = "JSONPath"
JSONATA = "JSONata"

STATE_TYPES = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
UNKNOWN_SETTINGS = Settings()


def has_hole(value: object) -> bool:
    """Whether a text holds a substitution (`${Name}`), so that it is not known before deployment."""
    return isinstance(value, str) and "${" in value


def is_unknown(value: Any) -> bool:
    """Whether a value is only known after deployment: a substitution, a template function, an unknown tag."""
    if type(value) is not dict:
        return has_hole(value)
    if len(value) != 1:
        return False
    name: str = next(iter(value))
    return name == "Ref" or name.startswith(("Fn::", "!"))


class View:
    """A JSON object with the accessors that every part of a definition shares."""

    __slots__ = ("memo", "pointer", "value")

    def __init__(self, value: Any, pointer: Pointer) -> None:
        self.value: dict[str, Any] = value if isinstance(value, dict) else {}
        self.pointer = pointer
        self.memo: dict[Any, Any] = {}

    def __contains__(self, field: object) -> bool:
        return field in self.value

    def text(self, field: str) -> str | None:
        found = self.value.get(field)
        return found if isinstance(found, str) else None

    def number(self, field: str) -> int | float | None:
        """A number that is one: what is larger than any (NaN, 1e999) is told where it is read."""
        found = self.value.get(field)
        if found.__class__ is int or (found.__class__ is float and found - found == 0):
            return found
        return None

    def object(self, field: str) -> dict[str, Any] | None:
        found = self.value.get(field)
        return found if isinstance(found, dict) else None

    def array(self, field: str) -> list[Any] | None:
        found = self.value.get(field)
        return found if isinstance(found, list) else None

    def at(self, *keys: str | int) -> Pointer:
        return (*self.pointer, *keys)


def fact(work: Callable[[Any], T]) -> Callable[[Any], T]:
    """Keep what a function finds out about a view with the view: it is worked out once."""

    def kept(view: Any) -> T:
        memo: dict[Any, Any] = view.memo
        try:
            return memo[work]  # type: ignore[no-any-return]
        except KeyError:
            found = memo[work] = work(view)
            return found

    kept.__doc__ = work.__doc__
    kept.__name__ = work.__name__
    return kept


class Transition(NamedTuple):
    """One way from a state to another: the name written, where, and by which field."""

    target: str
    pointer: Pointer
    field: str


class Retrier(View):
    """One element of `Retry`."""

    __slots__ = ("index", "state")

    def __init__(self, value: Any, pointer: Pointer, state: "State", index: int) -> None:
        super().__init__(value, pointer)
        self.state = state
        self.index = index

    @property
    def errors(self) -> list[tuple[str, Pointer]]:
        """The error names of `ErrorEquals` that are texts, each with its place."""
        return _errors(self)


class Catcher(Retrier):
    """One element of `Catch`."""

    __slots__ = ()


class ChoiceRule(View):
    """A Choice Rule: a top-level one of `Choices`, or one nested in And, Or or Not."""

    __slots__ = ("is_top", "state")

    def __init__(self, value: Any, pointer: Pointer, state: "State", *, is_top: bool) -> None:
        super().__init__(value, pointer)
        self.state = state
        self.is_top = is_top


class State(View):
    """One state. `is_object` is False where something else stands in its place.

    `parameters` are those of a Task state, in the field where its query language has them.
    """

    __slots__ = (
        "_scopes", "_transitions", "is_jsonata", "is_object", "language", "machine", "name", "parameters",
        "parameters_field", "type",
    )  # fmt: skip

    def __init__(self, name: str, value: Any, machine: "Machine") -> None:
        super().__init__(value, (*machine.pointer, "States", name))
        self.name = name
        self.machine = machine
        self.is_object = isinstance(value, dict)
        written = self.value.get("Type")
        self.type: str | None = written if isinstance(written, str) else None
        language = self.value.get("QueryLanguage")
        # A state takes the language of the whole machine, not of the Map or Parallel state around it.
        self.language: str = language if language in (JSONPATH, JSONATA) else machine.definition.language
        self.is_jsonata = self.language == JSONATA
        self.parameters_field = "Arguments" if self.is_jsonata else "Parameters"
        self.parameters = self.object(self.parameters_field)
        self._scopes: tuple[Machine, ...] = ()
        self._transitions: tuple[Transition, ...] | None = None

    @property
    def definition(self) -> "Definition":
        return self.machine.definition

    @property
    def is_known(self) -> bool:
        """Whether the state has one of the eight types."""
        return self.type in STATE_TYPES

    @property
    def scopes(self) -> "tuple[Machine, ...]":
        """The branches of a Parallel state, the item processor of a Map state."""
        return self._scopes

    @property
    def processor(self) -> "Machine | None":
        """The item processor of a Map state (`ItemProcessor`, or the older `Iterator`)."""
        return self._scopes[0] if self.type == "Map" and self._scopes else None

    @property
    def is_distributed(self) -> bool:
        """Whether a Map state runs its iterations as child executions."""
        return self.processor is not None and self.processor.is_distributed

    @property
    def is_terminal(self) -> bool:
        return self.type in ("Succeed", "Fail") or self.value.get("End") is True

    @property
    def retriers(self) -> list[Retrier]:
        return _retriers(self)

    @property
    def catchers(self) -> list[Catcher]:
        return _catchers(self)

    @property
    def choice_rules(self) -> list[ChoiceRule]:
        """Every Choice Rule of a Choice state, nested ones after the one that holds them."""
        return _choice_rules(self)

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every transition that is written as a text, holes included."""
        if self._transitions is None:
            self._transitions = tuple(self._find_transitions())
        return self._transitions

    def _find_transitions(self) -> list[Transition]:
        found: list[Transition] = []
        if self.type == "Choice":
            found += self._nexts("Choices")
            default = self.value.get("Default")
            if isinstance(default, str):
                found.append(Transition(default, self.at("Default"), "Default"))
        elif self.type not in ("Succeed", "Fail"):
            following = self.value.get("Next")
            if isinstance(following, str):
                found.append(Transition(following, self.at("Next"), "Next"))
        if "Catch" in self.value and (self.type in ("Task", "Parallel", "Map") or not self.is_known):
            found += self._nexts("Catch")
        return found

    def _nexts(self, field: str) -> Iterator[Transition]:
        for i, held in enumerate(self.array(field) or ()):
            if isinstance(held, dict) and isinstance(held.get("Next"), str):
                yield Transition(held["Next"], self.at(field, i, "Next"), "Next")


@fact
def spelled(state: State) -> str:
    """A text with every text of a state, to see at once what it does not hold; quotes and backslashes may be
    escaped.
    """
    return repr(state.value)


def type_of(state: State) -> str | None:
    return state.type


class Machine(View):
    """A scope of states: the root of a definition, a branch, or an item processor."""

    __slots__ = ("definition", "owner", "role", "states")

    def __init__(self, value: Any, pointer: Pointer, definition: "Definition", owner: State | None) -> None:
        super().__init__(value, pointer)
        self.definition = definition
        self.owner = owner
        self.role = "machine" if owner is None else "branch" if owner.type == "Parallel" else "item processor"
        listed = self.value.get("States")
        self.states: dict[str, State] = {}
        if isinstance(listed, dict) and not is_unknown(listed):
            for name, state in listed.items():
                self.states[name] = State(name, state, self)

    @property
    def start(self) -> str | None:
        return self.text("StartAt")

    @property
    def is_distributed(self) -> bool:
        """Whether this item processor runs as child executions."""
        config = self.value.get("ProcessorConfig")
        return self.owner is not None and isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"

    @property
    def machine_type(self) -> str | None:
        """STANDARD, EXPRESS or None (not known): the type under which this scope's states run."""
        scope: Machine | None = self
        while scope is not None and scope.owner is not None:
            if scope.is_distributed:
                kind = scope.value["ProcessorConfig"].get("ExecutionType")
                return kind if kind in ("STANDARD", "EXPRESS") else None
            scope = scope.owner.machine
        return self.definition.settings.type


class Definition(View):
    """A definition: its root machine, every scope and state in it, and what is known of its deployment.

    `doubled` are the fields that are written twice in an object, of which the last one counts.
    """

    __slots__ = ("doubled", "given", "language", "machines", "root", "settings", "size")

    def __init__(
        self, value: Any, settings: Settings = UNKNOWN_SETTINGS, *, size: int | None = None,
        doubled: Iterable[Pointer] = (),
    ) -> None:  # fmt: skip
        super().__init__(value, ())
        self.doubled = tuple(doubled)
        self.given = value
        self.settings = settings
        self.size = size
        language = self.value.get("QueryLanguage")
        self.language: str = JSONATA if language == JSONATA else JSONPATH
        self.root = Machine(value, (), self, None)
        self.machines: list[Machine] = []
        waiting = [self.root]
        while waiting:
            machine = waiting.pop()
            self.machines.append(machine)
            inner: list[Machine] = []
            for state in machine.states.values():
                state._scopes = tuple(_scopes(state, self))
                inner += state._scopes
            waiting += inner[::-1]

    def release(self) -> None:
        """Let go of the states: they and what is known of them hold each other, and would stay until Python
        looks for such garbage.
        """
        for machine in self.machines:
            for state in machine.states.values():
                state.memo.clear()
                state._scopes = ()
            machine.memo.clear()
            machine.states.clear()
        self.memo.clear()
        self.machines.clear()

    @property
    def first_by_name(self) -> dict[str, State]:
        """The first state of each name, over all scopes."""
        return _first_by_name(self)

    @property
    def states(self) -> Iterator[State]:
        """Every state of every scope, in the order of the scopes."""
        for machine in self.machines:
            yield from machine.states.values()


@fact
def _errors(handler: Retrier) -> list[tuple[str, Pointer]]:
    listed = handler.array("ErrorEquals") or []
    return [(name, handler.at("ErrorEquals", i)) for i, name in enumerate(listed) if isinstance(name, str)]


@fact
def error_names(state: State) -> list[str]:
    """Every name that the retriers and catchers of a state list, as often as they do."""
    found: list[str] = []
    for field in ("Retry", "Catch"):
        for handler in state.array(field) or () if field in state.value else ():
            names = handler.get("ErrorEquals") if isinstance(handler, dict) else None
            if isinstance(names, list):
                found += [name for name in names if isinstance(name, str)]
    return found


@fact
def _retriers(state: State) -> list[Retrier]:
    listed = state.array("Retry") or []
    return [Retrier(v, state.at("Retry", i), state, i) for i, v in enumerate(listed) if isinstance(v, dict)]


@fact
def _catchers(state: State) -> list[Catcher]:
    listed = state.array("Catch") or []
    return [Catcher(v, state.at("Catch", i), state, i) for i, v in enumerate(listed) if isinstance(v, dict)]


@fact
def _choice_rules(state: State) -> list[ChoiceRule]:
    if state.type != "Choice":
        return []
    listed = state.array("Choices") or []
    waiting = [(v, state.at("Choices", i), True) for i, v in enumerate(listed)][::-1]
    rules = []
    while waiting:
        value, pointer, is_top = waiting.pop()
        if not isinstance(value, dict):
            continue
        rules.append(ChoiceRule(value, pointer, state, is_top=is_top))
        nested: list[tuple[Any, Pointer, bool]] = []
        for field in ("And", "Or"):
            inner = value.get(field)
            if isinstance(inner, list):
                nested += [(v, (*pointer, field, i), False) for i, v in enumerate(inner)]
        if "Not" in value:
            nested.append((value["Not"], (*pointer, "Not"), False))
        waiting += nested[::-1]
    return rules


@fact
def _first_by_name(definition: Definition) -> dict[str, State]:
    found: dict[str, State] = {}
    for state in definition.states:
        found.setdefault(state.name, state)
    return found


def _scopes(state: State, definition: Definition) -> Iterator[Machine]:
    if state.type == "Parallel":
        for i, branch in enumerate(state.array("Branches") or []):
            if isinstance(branch, dict):
                yield Machine(branch, state.at("Branches", i), definition, state)
    elif state.type == "Map":
        for field in ("ItemProcessor", "Iterator"):
            if isinstance(state.value.get(field), dict):
                yield Machine(state.value[field], state.at(field), definition, state)
                return


class Role(Record):
    """A definition with the policies of the role that runs it: what permission checks look at."""

    definition: Definition
    policies: tuple[Any, ...]
    trust: Any = None


def plain(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}
