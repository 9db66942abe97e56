"""Variables: what assigns them, what reads them, and whether the one finds the other."""

from collections.abc import Iterator

from asllint.facts.expressions import JSONATA
from asllint.facts.scopes import (
    bits,
    elsewhere,
    entries,
    missing,
    outer,
    unassigned,
    unguarded,
    visible,
    walled,
)
from asllint.facts.variables import (
    RESERVED,
    Assignment,
    Read,
    assigned,
    assignments,
    has_unknown_reads,
    is_unknown,
    of_state,
    read_names,
    reads,
)
from asllint.finding import Problem, Related
from asllint.model.asl import Machine, State, has_hole
from asllint.rule import where

LONGEST_NAME = 80
FAILS = "States.QueryEvaluationError"


@where(reads)
def unassigned_variable(state: State) -> Iterator[Problem]:
    for read in unassigned(state):
        if elsewhere(state, read.name) is None and not _is_cut(read):
            yield _unassigned_problem(read)


def _is_cut(read: Read) -> bool:
    """Whether a name goes on behind a hyphen, which JSONata reads as a subtraction: that is told."""
    after = read.slot.text[read.end : read.end + 2]
    return read.slot.kind == JSONATA and after[:1] == "-" and after[1:].isalpha()


def _unassigned_problem(read: Read) -> Problem:
    close = _meant(read)
    follows = f": the state fails with {FAILS}" if read.is_needed and read.slot.kind == JSONATA else ""
    source = "$states.input" if read.slot.kind == JSONATA else "$"
    help = f"assign `{read.name}` in a state before this one, or read the input, `{source}.{read.name}`"
    return _problem(
        read, f"no state assigns `${read.name}`{follows}", f"did you mean `${close}`?" if close else help
    )


def _meant(read: Read) -> str | None:
    from asllint.near import near, slips

    state = read.slot.state
    names = sorted({name for scope in (state.machine, *outer(state.machine)) for name in assigned(scope)})
    if state.is_jsonata:
        from asllint.facts.jsonata_functions import FUNCTIONS

        names += [name for name in FUNCTIONS if slips(read.name, name)]
        if len(read.name) <= len(RESERVED) + 1:
            names.append(RESERVED)
    return near(read.name, names)


@where(reads)
def assigned_too_late(state: State) -> Iterator[Problem]:
    """Assigned in this scope, or in one around it, but on no way that leads here."""
    for read in missing(state):
        found = visible(state, read.name)
        if found is not None and found.state is not state and not _is_own(read):
            place = Related(found.pointer, f"`{found.name}` is assigned here", key=True)
            words = f"`${read.name}` is read before it is assigned: no way to `{state.name}` assigns it"
            yield _problem(read, words, f"assign `{read.name}` in a state before this one", place)


@where(reads)
def read_in_assigning_state(state: State) -> Iterator[Problem]:
    """ "The new variable values will be available starting with the next state"."""
    for read in missing(state):
        if _is_own(read):
            words = (
                f"`${read.name}` has no value yet: the next state is the first to find what this one assigns"
            )
            yield _problem(
                read, words, "write what is assigned once more, or read the variable in the next state"
            )


@where(reads)
def maybe_unassigned_variable(state: State) -> Iterator[Problem]:
    entry = entries(state.machine).get(state.name)
    if entry is None or is_unknown(state.definition):
        return
    known = bits(state.definition)
    for read in unguarded(state):
        bit = known.get(read.name, 0)
        if read.is_needed and entry.sometimes & bit and not entry.always & bit:
            found = visible(state, read.name)
            related = (Related(found.pointer, f"`{read.name}` is assigned here", key=True),) if found else ()
            words = f"`${read.name}` has no value on some way to `{state.name}`"
            yield _problem(read, words, f"assign `{read.name}` on every way, a default at first", *related)


@where(reads)
def out_of_scope_variable(state: State) -> Iterator[Problem]:
    for read in unassigned(state):
        found = elsewhere(state, read.name)
        if found is None or found.state.machine in walled(state.machine):
            continue
        scope = found.state.machine
        holder = scope.owner.name if scope.owner is not None else ""
        inside = "a branch of" if scope.role == "branch" else "the item processor of"
        yield _problem(
            read,
            f"`${read.name}` is assigned inside {inside} `{holder}`, and does not exist here",
            f"pass the value on with the `Output` of `{holder}`, or assign the variable there",
            Related(found.pointer, f"`{read.name}` is assigned here", key=True),
        )


@where(reads)
def outer_variable_in_distributed_map(state: State) -> Iterator[Problem]:
    """ "Distributed Map states cannot currently reference variables in outer scopes"."""
    for read in unassigned(state):
        found = elsewhere(state, read.name)
        if found is not None and found.state.machine in walled(state.machine):
            yield _problem(
                read,
                f"`${read.name}` does not exist here: distributed child executions see no outer variables",
                f"pass the value on with the Map state's `ItemSelector`, which finds `${read.name}`",
                Related(found.pointer, f"`{read.name}` is assigned here", key=True),
            )


def inner_scope_reassigns_outer(machine: Machine) -> Iterator[Problem]:
    """ "... cannot have the same name as one assigned in an outer scope"."""
    around = list(outer(machine))
    for name, assignment in assigned(machine).items():
        first = next((assigned(scope)[name] for scope in around if name in assigned(scope)), None)
        if first is not None and not has_hole(name):
            yield Problem(
                assignment.pointer,
                f"`{name}` is a variable of the scope around this {machine.role} already",
                help="give it another name: an inner scope reads outer variables, but cannot assign them",
                related=(Related(first.pointer, "assigned here", key=True),),
                key=True,
            )


def reserved_variable(machine: Machine) -> Iterator[Problem]:
    for assignment in assignments(machine):
        if assignment.name == RESERVED:
            yield Problem(
                assignment.pointer,
                "`states` is reserved: `$states` holds the state's input and result",
                help="give the variable another name",
                key=True,
            )


def variable_name(machine: Machine) -> Iterator[Problem]:
    for assignment in assignments(machine):
        name = assignment.name
        if has_hole(name):
            continue
        if not name.isidentifier():
            way_out = (
                "a variable is assigned as a whole"
                if name[:1].isidentifier() and set(name) & set(".[")
                else ""
            )
            yield Problem(
                assignment.pointer,
                f"`{name}` is no name of a variable: a letter, then letters, digits and `_`",
                help=way_out or f"write `{_as_identifier(name)}`",
                key=True,
            )
        elif len(name) > LONGEST_NAME:
            yield Problem(
                assignment.pointer,
                f"the name has {len(name)} characters: a variable's name has {LONGEST_NAME} at most",
                help="shorten it",
                key=True,
            )


def _as_identifier(name: str) -> str:
    kept = "".join(character if f"a{character}".isidentifier() else "_" for character in name.lstrip("$"))
    return kept if kept.isidentifier() else f"v{kept}"


def unused_variable(machine: Machine) -> Iterator[Problem]:
    definition = machine.definition
    if is_unknown(definition) or has_unknown_reads(definition):
        return
    used = read_names(definition)
    for name, assignment in assigned(machine).items():
        if name not in used:
            words = f"nothing reads the variable `{name}`"
            yield Problem(assignment.pointer, words, help="remove it", key=True)


def variable_differs_in_case(machine: Machine) -> Iterator[Problem]:
    seen: dict[str, Assignment] = {}
    for scope in [*outer(machine)][::-1]:
        seen.update({name.casefold(): found for name, found in assigned(scope).items()})
    for name, assignment in assigned(machine).items():
        other = seen.setdefault(name.casefold(), assignment)
        if other.name != name:
            yield Problem(
                assignment.pointer,
                f"`{name}` and `{other.name}` are two variables: case counts",
                help="use one name",
                related=(Related(other.pointer, "the other one", key=True),),
                key=True,
            )


def variable_shadows_function(machine: Machine) -> Iterator[Problem]:
    from asllint.facts.jsonata_functions import FUNCTIONS

    for name, assignment in assigned(machine).items():
        if name in FUNCTIONS:
            yield Problem(
                assignment.pointer,
                f"`${name}` is a function of JSONata as well",
                help="give the variable another name",
                key=True,
            )


def _is_own(read: Read) -> bool:
    return any(found.name == read.name for found in of_state(read.slot.state))


def _problem(read: Read, words: str, help: str, *related: Related) -> Problem:
    return Problem(read.slot.pointer, words, help=help, span=(read.start, read.end), related=related)
