"""What is checked together, how the rules see it, and which categories it can concern."""

from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property
from typing import Any

from asllint.loader.document import DEFINITION, TRUST_POLICY, Document
from asllint.loader.pointer import Pointer
from asllint.model.asl import STATE_TYPES, Definition, Role
from asllint.record import Record

KINDS = {name: name.lower() for name in STATE_TYPES}


class Unit(Record):
    """What is checked together: a document as a model, and the models of the documents joined with it."""

    document: Document
    model: Any
    documents: dict[int, Document]


class Scope:
    """One document as the rules see it: what they are about, and which words it holds."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.model = unit.model
        self._mentioned: dict[str, bool] = {}

    @cached_property
    def definition(self) -> Definition | None:
        return definition_of(self.unit)

    def targets(self, kinds: Container[str]) -> Iterator[tuple[str, Any]]:
        """What the rules are about, each with its kind; all that belongs to one state in a row, which is what
        makes a large definition quick.
        """
        model, definition = self.model, self.definition
        if definition is None:
            yield "policy", model
            if model.is_trust:
                yield "trust-policy", model
            yield from (("statement", statement) for statement in model.statements)
            return
        if model is not definition:
            yield "role", model
        yield "definition", definition
        yield from (("machine", machine) for machine in definition.machines)
        for state in definition.states:
            yield "state", state
            if state.type in KINDS:
                yield KINDS[state.type], state
            if "Retry" in state.value and "retrier" in kinds:
                for retrier in state.retriers:
                    yield "retrier", retrier
            if "Catch" in state.value and "catcher" in kinds:
                for catcher in state.catchers:
                    yield "catcher", catcher
            if "Choices" in state.value and "choice-rule" in kinds:
                for rule in state.choice_rules:
                    yield "choice-rule", rule

    @property
    def size(self) -> int:
        """How many states there are."""
        machines = self.definition.machines if self.definition else ()
        return sum(len(machine.states) for machine in machines)

    @cached_property
    def state_types(self) -> set[str | None]:
        return {state.type for state in self.definition.states} if self.definition else set()

    def mentions(self, *words: str) -> bool:
        """Whether the document's text or the machine's ARN holds one of the words (an escape may hide one, so
        it counts, too).
        """
        return any(self._holds(word) for word in words) or self._holds("\\u")

    def _holds(self, word: str) -> bool:
        found = self._mentioned.get(word)
        if found is None:
            # A letter by itself is found much faster than a word, and most words are not there.
            found = all(letter in self.text for letter in word) and word in self.text
            found = found or word in (self.unit.document.settings.arn or "")
            self._mentioned[word] = found
        return found

    @cached_property
    def text(self) -> str:
        """A text with every word of the document: its own, or that of a value that was resolved."""
        document = self.unit.document
        if not document.name:
            return document.reading.text.text
        import json

        return json.dumps(document.value, ensure_ascii=False)


def applies(category: str, scope: Scope) -> bool:
    """Whether a category can have anything to say: what cannot is not even imported."""
    gate = GATES.get(category)
    return gate is None or gate(scope)


def _is_definition(scope: Scope) -> bool:
    return scope.unit.document.kind == DEFINITION


def _has(*words: str) -> Callable[[Scope], bool]:
    return lambda scope: _is_definition(scope) and scope.mentions(*words)


def _names_variable(scope: Scope) -> bool:
    """Whether a definition may assign or read a variable: `Assign`, an expression, `$name`."""
    import re

    return _has("Assign", "{%")(scope) or re.search(r"\$[^\W\d]", scope.text) is not None


def _may_call(scope: Scope) -> bool:
    """Whether an intrinsic function may be called; blanks before the bracket may be escaped."""
    import re

    return scope.mentions("\\u") or re.search(r"States\.\w*(?:\s|\\[nrt])*\(", scope.text) is not None


# The settings that practices are about.
PRACTICES = ("type", "name", "logging", "tracing", "encryption", "template")
GATES: dict[str, Callable[[Scope], bool]] = {
    "document": lambda scope: False,  # about readings and ignores, not about what is read
    "structure": _is_definition,
    "flow": _is_definition,
    "jsonata": _has("{%", "%}", "JSONata"),
    "variables": lambda scope: _is_definition(scope) and _names_variable(scope),
    "errors": _has("ErrorEquals"),
    "timeouts": _is_definition,
    "callbacks": _has("waitForTaskToken", ".Task", "${"),
    "express": lambda scope: scope.unit.document.settings.type == "EXPRESS" or _has("EXPRESS", "${")(scope),
    "nested": _has("states:startExecution", ":sfn:", "${"),
    "lambda": _has("lambda", "${"),
    "map": lambda scope: "Map" in scope.state_types,
    "intrinsics": lambda scope: _has("States.")(scope) and _may_call(scope),
    "integrations": lambda scope: "Task" in scope.state_types,
    "parameters": _has(":states:", "AKIA", "PRIVATE", "ghp_", "github_pat_", "xox", "sk_live_"),
    "paths": _is_definition,
    "limits": _is_definition,
    "practice": lambda scope: any(getattr(scope.unit.document.settings, name) for name in PRACTICES),
    "policies": lambda scope: not _is_definition(scope) or getattr(scope.model, "trust", None) is not None,
    # what a policy that is not known may allow, nobody lacks
    "permissions": lambda scope: isinstance(scope.model, Role) and scope.unit.document.roles_known,
}


def units(documents: Sequence[Document]) -> Iterator[Unit]:
    """The models of documents: a definition with its role's policies where these are known, every policy
    once.
    """
    policies: dict[int, Any] = {}
    for document in documents:
        if document.kind != DEFINITION:
            from asllint.model.iam import Policy

            model = policies[id(document)] = Policy(document.value, name=document.name)
            yield Unit(document, model, {id(model): document})
    for document in documents:
        is_unreadable = document.value is None and document.reading.tree is None
        if document.kind == DEFINITION and not is_unreadable:
            yield definition_unit(document, policies)


def definition_unit(document: Document, policies: dict[int, Any]) -> Unit:
    reading = document.reading
    depth = len(document.prefix)
    definition = Definition(
        document.value,
        document.settings,
        size=None if depth else len(reading.text.text),
        doubled=[
            fault.pointer[depth:]
            for fault in reading.faults
            if fault.kind == "duplicate-key" and fault.pointer[:depth] == document.prefix
        ],
    )
    models = {id(definition): document}
    if document.deployment is not None:
        models[id(document.settings)] = document.deployment
    if not document.roles_known and document.trust is None:
        return Unit(document, definition, models)
    from asllint.model.iam import Policy

    joined = []
    for other in [*document.policies, *([document.trust] if document.trust else [])]:
        model = policies.get(id(other))
        if model is None:
            model = policies[id(other)] = Policy(other.value, name=other.name)
        models[id(model)] = other
        if other.kind != TRUST_POLICY:
            joined.append(model)
    trust = policies.get(id(document.trust)) if document.trust else None
    return Unit(document, Role(definition, tuple(joined), trust), models)


def definition_of(unit: Unit) -> Definition | None:
    """A unit's definition; None for a policy."""
    model = unit.model.definition if isinstance(unit.model, Role) else unit.model
    return model if isinstance(model, Definition) else None


def state_of(document: Document, place: Pointer) -> str:
    """The name of the innermost state around a place, by the structure of a definition, not by field names
    alone.
    """
    if document.kind != DEFINITION:
        return ""
    value, name, i = document.value, "", 0
    while i + 1 < len(place) and place[i] == "States" and isinstance(value, dict):
        states = value.get("States")
        state = states.get(place[i + 1]) if isinstance(states, dict) else None
        name = str(place[i + 1])
        i += 2
        if i >= len(place) or not isinstance(state, dict):
            break
        inner = state.get(place[i])
        if place[i] in ("ItemProcessor", "Iterator"):
            value, i = inner, i + 1
        elif place[i] == "Branches" and isinstance(inner, list) and i + 1 < len(place):
            index = place[i + 1]
            if not isinstance(index, int) or index >= len(inner):
                break
            value, i = inner[index], i + 2
        else:
            break
    return name
