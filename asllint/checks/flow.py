"""Transitions: where they lead, what they never reach, whether they end."""

from collections.abc import Iterable, Iterator

from asllint.facts import flow
from asllint.facts.expressions import is_expression
from asllint.facts.shape import strays
from asllint.finding import Problem, Related
from asllint.loader.pointer import Pointer
from asllint.model.asl import Definition, Machine, State, has_hole
from asllint.near import near

NAME_LENGTH = 80
SHOWN = 3  # names in one message
_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
MOST_HINTS = 20  # looking for a near name among all states takes time


def dangling_transition(machine: Machine) -> Iterator[Problem]:
    """AWS answers MISSING_TRANSITION_TARGET."""
    states = machine.states
    known = states.keys() | strays(machine.definition)
    start = machine.start
    told = 0
    if start is not None and start not in known and states and not has_hole(start):
        yield _missing(machine, machine.at("StartAt"), "`StartAt`", start, states)
    for state in states.values():
        for target, pointer, field in state.transitions:
            if target not in known and not has_hole(target) and not _is_expression(state, target):
                told += 1
                choices = states if told <= MOST_HINTS else ()
                yield _missing(machine, pointer, f"`{field}` of state `{state.name}`", target, choices)


def _is_expression(state: State, target: str) -> bool:
    """An expression in place of a name is told as one that nobody evaluates."""
    return state.is_jsonata and is_expression(target)


def _missing(machine: Machine, pointer: Pointer, what: str, target: str, choices: Iterable[str]) -> Problem:
    elsewhere = machine.definition.first_by_name.get(target)
    if elsewhere is not None:
        way_out = (
            f"a transition stays in its scope: end this {machine.role} and go on from the state around it"
            if machine.owner
            else f"a transition cannot enter a branch or an item processor: go to the state around `{target}`"
        )
        return Problem(
            pointer,
            f"{what} leads to `{target}`, which is outside this {machine.role}",
            help=way_out,
            related=(Related(elsewhere.pointer, f"`{target}` is here"),),
        )
    close = near(target, choices)
    help = (
        f"did you mean `{close}`?"
        if close
        else f"add a state `{target}` to this {machine.role}, or change the name"
    )
    return Problem(pointer, f"{what} leads to `{target}`, which does not exist", help=help)


def unreachable_state(machine: Machine) -> Iterator[Problem]:
    """AWS answers `State "C" is not reachable.` A chain is told once, at its head."""
    for name, followers, loop in flow.unreachable(machine):
        if not loop and name not in flow.misplaced_names(machine):
            also = f"; nor can {_names(followers)} be reached" if followers else ""
            yield Problem(
                machine.states[name].pointer,
                f"no transition leads to state `{name}`{also}",
                help=f"lead a transition to `{name}`, or remove it",
            )


def unreachable_cycle(machine: Machine) -> Iterator[Problem]:
    """States that only lead to each other."""
    for name, _, loop in flow.unreachable(machine):
        if loop and flow.misplaced_names(machine).isdisjoint(loop):
            who = (
                f"{_names(loop)} only lead to each other"
                if len(loop) > 1
                else f"only `{name}` leads to itself"
            )
            yield Problem(
                machine.states[name].pointer,
                f"{who}: no execution gets there",
                help=f"lead a transition to `{name}` from elsewhere, or remove what cannot be reached",
            )


def no_terminal_state(machine: Machine) -> Iterator[Problem]:
    """AWS answers MISSING_END_STATE, "Workflow has no terminal state"; of inner scopes it does not ask it."""
    if machine.owner is not None:
        return
    if flow.has_unknown_transition(machine) or any(state.is_terminal for state in machine.states.values()):
        return
    yield Problem(
        machine.at("States"),
        "no state of this machine ends it",
        help='give the last state `"End": true`, or add a Succeed or Fail state',
        key=True,
    )


def endless_loop(machine: Machine) -> Iterator[Problem]:
    """A loop that no transition leaves."""
    for loop in flow.endless_loops(machine):
        state = machine.states[loop[0]]
        through = f"the loop of {_names(loop)} is" if len(loop) > 1 else f"state `{state.name}` is"
        yield Problem(
            state.pointer,
            f"{through} never left: an execution goes round until it times out or has 25,000 events",
            help="add a Choice state that leaves the loop, or lead one of its states to the end",
        )


def busy_loop(machine: Machine) -> Iterator[Problem]:
    """Every turn adds events to the history, which holds 25,000."""
    endless = {loop[0] for loop in flow.endless_loops(machine)}
    for loop in flow.busy_loops(machine):
        if loop[0] in endless:
            continue
        turn = _names(loop) if len(loop) > 1 else f"state `{loop[0]}`"
        yield Problem(
            machine.states[loop[0]].pointer,
            f"nothing waits in the loop of {turn}: the execution fails when its history has 25,000 events",
            help="add a Wait state to the loop, or use a Map state where the turns can be counted beforehand",
        )


def duplicate_state_name(definition: Definition) -> Iterator[Problem]:
    """State names are unique over all scopes; AWS answers DUPLICATE_STATE_NAME."""
    first: dict[str, State] = {}
    for state in definition.states:
        other = first.setdefault(state.name, state)
        if other is not state:
            yield Problem(
                state.pointer,
                f"another state is called `{state.name}` already: AWS refuses the definition",
                help="give one of them another name: names are unique over all branches and item processors",
                related=(Related(other.pointer, "the first one"),),
                key=True,
            )


def state_name_too_long(machine: Machine) -> Iterator[Problem]:
    """AWS answers INVALID_STATE_NAME."""
    for name, state in machine.states.items():
        length = len(name)
        if length > NAME_LENGTH and not has_hole(name):
            way_out = (
                f"shorten the name by {length - NAME_LENGTH}, there and in the transitions that lead to it"
            )
            yield Problem(
                state.pointer,
                f"the state's name has {length} characters, and {NAME_LENGTH} are allowed",
                help=way_out,
                key=True,
            )


def unclean_state_name(machine: Machine) -> Iterator[Problem]:
    """Names that read like others, or like nothing."""
    for name, state in machine.states.items():
        fault = "" if name.isprintable() and name.strip() == name != "" else _unclean(name)
        if fault:
            yield Problem(
                state.pointer, fault, help="rename it, and the transitions that lead to it", key=True
            )


def _unclean(name: str) -> str:
    if not name.strip():
        return "the state's name is blank"
    if any(character < " " or "\x7f" <= character < "\xa0" for character in name):
        shown = "".join(c if c.isprintable() else _ESCAPES.get(c, f"\\u{ord(c):04x}") for c in name)
        return f"the name of state `{shown}` holds a control character"
    if name != name.strip():
        return f"the name of state `{name}` has blanks at its {'start' if name[0].isspace() else 'end'}"
    return ""


def choice_without_default(choice: State) -> Iterator[Problem]:
    """An execution fails with States.NoChoiceMatched where no rule matches."""
    if "Default" in choice or not choice.array("Choices"):
        return
    from asllint.facts.choice_rules import is_exhaustive
    from asllint.facts.shape import misspelt

    if not is_exhaustive(choice) and (choice.pointer, "Default") not in misspelt(choice.definition):
        yield Problem(
            choice.pointer,
            f"Choice state `{choice.name}` has no `Default`: the execution fails with "
            "`States.NoChoiceMatched` where no rule matches",
            help="add a `Default`, if only to a Fail state that says what was not expected",
        )


def shadowed_choice_rule(choice: State) -> Iterator[Problem]:
    """Rules are tried in order, and the first that matches decides."""
    if len(choice.array("Choices") or ()) < 2:
        return
    from asllint.facts.choice_rules import position, shadowed

    for rule, before in shadowed(choice):
        yield Problem(
            rule.pointer,
            f"`Choices[{position(rule)}]` of Choice state `{choice.name}` never decides: "
            f"`Choices[{position(before)}]` matches first",
            help="remove the rule, put it first, or change what it tests",
            related=(Related(before.pointer, "this rule matches first"),),
        )


def needless_choice(choice: State) -> Iterator[Problem]:
    """Every rule and `Default` lead to one state."""
    rules = choice.array("Choices") or []
    targets = set(flow.successors(choice))
    if (
        not rules
        or len(targets) != 1
        or len(choice.transitions) != len(rules) + 1
        or any(map(has_hole, targets))
    ):
        return
    if not any("Assign" in rule or "Output" in rule for rule in rules):
        yield Problem(
            choice.pointer,
            f"every way out of Choice state `{choice.name}` leads to `{targets.pop()}`",
            help="lead the rules to different states, or remove the Choice state",
        )


def pass_without_effect(pass_state: State) -> Iterator[Problem]:
    """Each transition of a Standard workflow costs."""
    if pass_state.value.keys() <= {"Type", "Comment", "Next", "End", "QueryLanguage"} and (
        len(pass_state.machine.states) > 1
    ):
        yield Problem(
            pass_state.pointer,
            f"Pass state `{pass_state.name}` hands on its input as it is",
            help="remove it, and lead to the next state at once",
        )


def _names(names: tuple[str, ...]) -> str:
    shown = [f"`{name}`" for name in names[:SHOWN]]
    if len(names) > SHOWN:
        return ", ".join(shown) + f" and {len(names) - SHOWN} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
