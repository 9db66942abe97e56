"""What is wrong with the shape of a definition, by the one table of fields: names, types, ranges."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from asllint.data.fields import (
    COMBINATIONS,
    EXCLUSIVE,
    JSONATA,
    JSONPATH,
    LANGUAGE,
    OBJECTS,
    OPERATORS,
    RFC3339,
    STATES,
    TYPE,
    Field,
)
from asllint.facts.expressions import is_delimited, is_expression
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, Machine, State, fact, has_hole, is_unknown, spelled
from asllint.record import Record

MISSING = "missing-field"
NO_ALTERNATIVE = "missing-alternative"
UNKNOWN = "unknown-field"
NOT_HERE = "field-not-allowed-here"
OTHER_LANGUAGE = "field-of-other-query-language"
CONFLICT = "conflicting-fields"
WRONG_TYPE = "wrong-type"
OUT_OF_RANGE = "out-of-range"
NOT_A_VALUE = "value-not-allowed"
EMPTY = "empty-field"
UNKNOWN_TYPE = "unknown-state-type"
NOT_A_STATE = "state-not-an-object"
NOT_AN_OBJECT = "not-an-object"
DOWNGRADE = "query-language-downgrade"
LANGUAGE_NOT_HERE = "query-language-not-allowed-here"
NEVER_EVALUATED = "nested-choice-rule-output"
FALSE_END = "end-is-false"
BAD_TIME = "timestamp-not-rfc3339"

# Fields that have a fault of their own where they stand.
MISPLACED = {
    ("Branch", "QueryLanguage"): LANGUAGE_NOT_HERE,
    ("ItemProcessor", "QueryLanguage"): LANGUAGE_NOT_HERE,
    ("NestedRule", "Assign"): NEVER_EVALUATED,
    ("NestedRule", "Output"): NEVER_EVALUATED,
}
# AWS is known to miss `RoleArn` here, not to refuse what else stands here.
OPEN = ("Credentials",)
TABLES: Mapping[str, Mapping[str, Field]] = {**STATES, **OBJECTS}
RULE_PARTS = (*OPERATORS, *COMBINATIONS)

_ANYTHING: frozenset[type] = frozenset((dict, list, str, int, float, bool, type(None)))
_NOTHING: frozenset[type] = frozenset()
_TYPES: Mapping[str, frozenset[type]] = {
    "text": frozenset((str,)),
    "path": frozenset((str,)),
    "path?": frozenset((str, type(None))),
    "reference-path": frozenset((str,)),
    "reference-path?": frozenset((str, type(None))),
    "path-or-intrinsic": frozenset((str,)),
    "boolean": frozenset((bool,)),
    "integer": frozenset((int, float)),
    "number": frozenset((int, float)),
    "time": frozenset((str,)),
    "condition": frozenset((bool,)),
    "items": frozenset[type]((list, dict)),
    "payload": _ANYTHING,
    "payload-object": frozenset((dict,)),
    "any": _ANYTHING,
    "States": frozenset((dict,)),
}
# Values of some types, whether they must not be empty, or numbers of a range that ends above 0.
_Accepted: TypeAlias = tuple[frozenset[type], bool, float, float]
# A whole number may be written with a fraction of 0, which takes a closer look.
_NUMBERS = {"integer": frozenset((int,)), "number": frozenset((int, float))}
INFINITY = float("inf")


class Fault(Record):
    """One fault: the value that is wrong, or the object that lacks something.

    `holder` is the kind of the object around it, a state type or a name of `OBJECTS`; `view` the state or
    scope it belongs to. `names` are, by kind, the missing fields, the alternatives, the rivals, the near
    match or the objects that do take the field.
    """

    kind: str
    pointer: Pointer
    view: "State | Machine"
    holder: str
    field: str = ""
    value: Any = None
    names: tuple[str, ...] = ()

    @property
    def spec(self) -> Field:
        """What the table says of the field."""
        return TABLES[self.holder][self.field]


class _Named(Record):
    """A fault that the names of an object's fields show by themselves."""

    kind: str
    field: str = ""
    names: tuple[str, ...] = ()


# An object still to be looked at, its place, and the table's name for it.
_Part: TypeAlias = tuple[dict[str, Any], Pointer, str]


def language_of(state: State) -> str:
    """The query language of a state, empty where what is written is none, or none where one is meant."""
    if lacks_language(state.definition):
        return ""
    return _language_of(state, _language_of_machine(state.definition))


def _language_of(state: State, of_machine: str) -> str:
    written = state.value.get("QueryLanguage")
    if written is None and "QueryLanguage" not in state:
        return of_machine
    if written == JSONPATH and state.definition.language == JSONATA:
        return ""  # refused as such, whichever of the two was meant
    return written if written in (JSONPATH, JSONATA) else ""


def _language_of_machine(definition: Definition) -> str:
    value = definition.value
    written = value.get("QueryLanguage", JSONPATH)
    is_misspelt = "QueryLanguage" not in value and _meant(value, {"QueryLanguage": LANGUAGE})
    return written if written in (JSONPATH, JSONATA) and not is_misspelt else ""


@fact
def faults(definition: Definition) -> Mapping[str, list[Fault]]:
    """Every fault of a definition's shape, by kind."""
    found = _faults_in(definition, _language_of_machine(definition))
    if OTHER_LANGUAGE in found and _may_be_jsonata(definition):
        meant = _faults_in(definition, JSONATA)
        if OTHER_LANGUAGE not in meant:
            first = found[OTHER_LANGUAGE][0]
            return {**meant, OTHER_LANGUAGE: [first._replace(pointer=(), value=first.pointer)]}
    return found


@fact
def lacks_language(definition: Definition) -> bool:
    """Whether the states are written in JSONata, and nothing says so: that is told of the definition."""
    return any(not fault.pointer for fault in faults(definition).get(OTHER_LANGUAGE, ()))


def _faults_in(definition: Definition, language: str) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for one in _of_definition(definition, language):
        found.setdefault(one.kind, []).append(one)
    return found


def _may_be_jsonata(definition: Definition) -> bool:
    """Whether a definition names no query language, holds expressions, and has no `.$` key."""
    if any("QueryLanguage" in view for view in (definition, *definition.machines, *definition.states)):
        return False
    texts = [spelled(state) for state in definition.root.states.values()]
    return any("{%" in text for text in texts) and not any(".$':" in text for text in texts)


@fact
def misspelt(definition: Definition) -> set[tuple[Pointer, str]]:
    """The fields that stand under a name near theirs, each with the object they are meant for."""
    unknown = faults(definition).get(UNKNOWN, ())
    return {(fault.pointer[:-1], name) for fault in unknown for name in fault.names}


@fact
def strays(definition: Definition) -> frozenset[str]:
    """The names of the states that stand where none can, as after a misplaced brace."""
    return frozenset(one.field for one in faults(definition).get(UNKNOWN, ()) if is_stray(one))


def is_stray(fault: Fault) -> bool:
    """Whether an unknown field reads like a state."""
    return isinstance(fault.value, dict) and fault.value.get("Type") in TYPE.values


def _of_definition(definition: Definition, language: str) -> Iterator[Fault]:
    root = definition.root
    if not isinstance(definition.given, dict):
        if not is_unknown(definition.given):
            yield Fault(NOT_AN_OBJECT, (), root, "Definition", value=definition.given)
        return
    for machine in definition.machines:
        if is_unknown(machine.value):
            continue
        holder = "Definition"
        if machine.owner is not None:
            holder = "Branch" if machine.owner.type == "Parallel" else "ItemProcessor"
        yield from _of_part(machine, (machine.value, machine.pointer, holder), "")
        if not is_unknown(machine.value.get("States")):
            for state in machine.states.values():
                yield from _of_state(state, _language_of(state, language))


def _of_state(state: State, language: str) -> Iterator[Fault]:
    value, kind = state.value, state.type
    if not state.is_object:
        given = state.machine.value["States"][state.name]
        if not is_unknown(given):
            yield Fault(NOT_A_STATE, state.pointer, state, "State", value=given)
    elif kind in STATES:
        assert kind is not None
        yield from _of_part(state, (value, state.pointer, kind), language)
        if value.get("QueryLanguage") == JSONPATH and state.definition.language == JSONATA:
            yield Fault(DOWNGRADE, state.at("QueryLanguage"), state, kind, "QueryLanguage")
    elif kind is not None:
        if not has_hole(kind):
            yield Fault(UNKNOWN_TYPE, state.at("Type"), state, "State", "Type", kind)
    elif is_unknown(value) or is_unknown(value.get("Type")):
        return
    elif "Type" in value:
        yield Fault(WRONG_TYPE, state.at("Type"), state, "Task", "Type", value["Type"])
    else:
        meant = _meant(value, {"Type": TYPE})
        if meant:
            yield Fault(UNKNOWN, state.at(meant[0]), state, "State", meant[0], names=("Type",))
        else:
            yield Fault(MISSING, state.pointer, state, "State", names=("Type",))


def _of_part(view: "State | Machine", part: _Part, language: str) -> Iterator[Fault]:
    """The faults of an object and of the objects in it; states and the scopes of states are no parts."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        held, pointer, holder = part
        named = _of_names(holder, language, tuple(held))
        if named and any(kind == UNKNOWN and names == ("QueryLanguage",) for kind, _, names in named):
            language = ""  # it is not known which one was meant
            named = _of_names(holder, language, tuple(held))
        for kind, field, names in named:
            if kind == CONFLICT and any(_is_void(holder, name, held[name]) for name in names):
                continue  # told by itself
            place = (*pointer, field) if field else pointer
            yield Fault(kind, place, view, holder, field, held.get(field), names)
        quick = _quick(holder, language)
        for name, value in held.items():
            accepted = quick.get(name)
            if accepted is None:
                continue
            types, is_full, low, high = accepted
            if type(value) not in types or (is_full and not value) or (high and not low <= value <= high):
                wrong = yield from _of_value(view, part, name, value, language, waiting)
                if wrong:
                    yield Fault(wrong, (*pointer, name), view, holder, name, value)


def _is_void(holder: str, name: str, value: Any) -> bool:
    """Whether a field says nothing: `"End": false`, null where there must be something."""
    if value is None:
        return type(None) not in _TYPES.get(TABLES[holder][name].type, ())
    return name == "End" and value is False


def _of_value(
    view: "State | Machine", part: _Part, name: str, value: Any, language: str, waiting: list[_Part]
) -> Generator[Fault, None, str]:
    """The kind of fault of a field's value, empty for none; the objects in it are put to the waiting ones."""
    _, pointer, holder = part
    spec = TABLES[holder][name]
    of = spec.type
    if is_unknown(value) or (isinstance(value, str) and _is_expression_here(spec, value, language)):
        return ""
    if of.endswith("[]"):
        if type(value) is not list:
            return WRONG_TYPE
        for i, element in enumerate(value):
            if (of == "text[]" and isinstance(element, str)) or is_unknown(element):
                continue
            place = (*pointer, name, i)
            if of == "text[]" or not isinstance(element, dict):
                yield Fault(WRONG_TYPE, place, view, holder, name, element)
            elif of != "Branch[]":
                waiting.append((element, place, of[:-2]))
        return EMPTY if spec.not_empty and not value else ""
    if of in OBJECTS:
        if type(value) is not dict:
            return WRONG_TYPE
        if of != "ItemProcessor":
            waiting.append((value, (*pointer, name), of))
        return ""
    if type(value) not in _TYPES[of]:
        return WRONG_TYPE
    return _of_scalar(spec, name, value)


def _is_expression_here(spec: Field, text: str, language: str) -> bool:
    """Whether a text is told, if at all, as an expression: one ill delimited, one where none may stand."""
    if spec.expression or spec.type in ("items", "condition"):
        return language != JSONPATH and is_delimited(text)
    return language == JSONATA and is_expression(text)


def _of_scalar(spec: Field, name: str, value: Any) -> str:
    """The kind of fault of a value that has the right type."""
    if spec.not_empty and not value:
        return EMPTY
    if spec.values and value not in spec.values:
        return NOT_A_VALUE
    if name == "End" and value is False:
        return FALSE_END
    if spec.type == "time":
        import re

        return "" if re.match(RFC3339, value) else BAD_TIME
    if spec.type in ("integer", "number") and value - value == 0:
        if spec.type == "integer" and value != int(value):
            return WRONG_TYPE
        if (spec.low is not None and value < spec.low) or (spec.high is not None and value > spec.high):
            return OUT_OF_RANGE
    return ""


@lru_cache(maxsize=256)
def _quick(holder: str, language: str) -> Mapping[str, _Accepted]:
    """The values that need no closer look, for each field that is looked at."""
    return {
        name: _accepted(name, spec)
        for name, spec in TABLES[holder].items()
        if not spec.language or not language or spec.language == language
    }


def _accepted(name: str, spec: Field) -> _Accepted:
    if name == "Type":
        return _TYPES["text"], False, 0, 0  # the type of a state has chosen this table
    if spec.values or spec.type == "time":
        return _NOTHING, False, 0, 0
    if spec.type in ("integer", "number"):
        low = -INFINITY if spec.low is None else spec.low
        return _NUMBERS[spec.type], False, low, INFINITY if spec.high is None else spec.high
    return _TYPES.get(spec.type, _NOTHING), spec.not_empty or name == "End", 0, 0


@lru_cache(maxsize=4096)
def _of_names(holder: str, language: str, names: tuple[str, ...]) -> tuple[_Named, ...]:
    """What the names of an object's fields show: the unknown, the missing, the rivals."""
    return tuple(_read_names(holder, language, names))


def _read_names(holder: str, language: str, names: tuple[str, ...]) -> Iterator[_Named]:
    table = TABLES[holder]
    present = set(names)
    fitting = [n for n, spec in table.items() if not language or spec.language in ("", language)]
    foreign = [n for n in names if language and n in table and table[n].language not in ("", language)]
    if holder in ("ChoiceRule", "NestedRule"):
        foreign = foreign[:1]  # one rule is in the other language as a whole
    for name in foreign:
        yield _Named(OTHER_LANGUAGE, name)
    for name in names:
        if (holder, name) in MISPLACED:
            yield _Named(MISPLACED[holder, name], name)
        elif name not in table:
            known = _elsewhere(name)
            if holder in OPEN and present & table.keys():
                continue
            meant = None if known else _near(name, [n for n in fitting if n not in present])
            if meant:
                present.add(meant)
            if known:
                yield _Named(NOT_HERE, name, known)
            elif meant or holder not in OPEN:
                yield _Named(UNKNOWN, name, (meant,) if meant else ())
    missing = tuple(name for name, spec in table.items() if spec.required and name not in present)
    if missing:
        yield _Named(MISSING, names=missing)
    for rivals, is_due in EXCLUSIVE.get(holder, ()):
        written = tuple(n for n in rivals if n in present)
        rivalling = tuple(n for n in names if n in written and n not in foreign)
        if len(rivalling) > 1:
            yield _Named(CONFLICT, rivalling[1], rivalling)
        elif is_due and not written:
            yield _Named(NO_ALTERNATIVE, names=tuple(n for n in rivals if n in fitting))
    if holder in ("ChoiceRule", "NestedRule") and not foreign:
        yield from _read_rule(language, names, present)


def _read_rule(language: str, names: tuple[str, ...], present: set[str]) -> Iterator[_Named]:
    """A Choice Rule compares a variable once, combines other rules, or in JSONata has a condition."""
    parts = [name for name in names if name in RULE_PARTS]
    if "Condition" in present or any(not _elsewhere(name) for name in names if not parts):
        return
    if not parts:
        yield _Named(NO_ALTERNATIVE, names=("Condition",) if language == JSONATA else RULE_PARTS)
    elif len(parts) > 1:
        yield _Named(CONFLICT, parts[1], tuple(parts))
    elif parts[0] in COMBINATIONS:
        if "Variable" in names:
            yield _Named(CONFLICT, "Variable", (parts[0], "Variable"))
    elif "Variable" not in present:
        yield _Named(MISSING, names=("Variable",))


@lru_cache(maxsize=1024)
def _elsewhere(name: str) -> tuple[str, ...]:
    """The other objects that take a field."""
    return tuple(holder for holder, table in TABLES.items() if name in table)


def _near(name: str, names: Iterable[str]) -> str | None:
    from asllint.near import near

    return near(name, names)


def _meant(value: dict[str, Any], wanted: Mapping[str, Field]) -> list[str]:
    """The fields whose names come near to one that is wanted."""
    return [name for name in value if not _elsewhere(name) and _near(name, wanted)]
