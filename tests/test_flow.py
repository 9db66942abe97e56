"""The graph of a machine, its Choice Rules, and what the flow rules say of a definition that breaks once."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint import lint
from asllint.facts import choice_rules, flow
from asllint.loader import pointer
from asllint.model.asl import Definition, Machine, State

MINE = ("flow", "errors", "timeouts")
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:pay"


def machine(**states: Any) -> Machine:
    """A machine that starts with its first state; a text leads there, a list is a Choice, None ends."""
    written: dict[str, Any] = {}
    for name, target in states.items():
        if target is None:
            written[name] = {"Type": "Succeed"}
        elif isinstance(target, str):
            written[name] = {"Type": "Pass", "Next": target}
        elif isinstance(target, list):
            rules = [{"Variable": "$.x", "IsNull": True, "Next": other} for other in target[1:]] or [
                {"Variable": "$.x", "IsNull": True, "Next": target[0]}
            ]
            written[name] = {"Type": "Choice", "Choices": rules, "Default": target[0]}
        else:
            written[name] = target
    return Definition({"StartAt": next(iter(states)), "States": written}).root


def choice(*rules: Any, language: str = "JSONPath") -> State:
    listed = [{**rule, "Next": "B"} if isinstance(rule, dict) else {"Condition": rule} for rule in rules]
    states = {"A": {"Type": "Choice", "Choices": listed}, "B": {"Type": "Succeed"}}
    return Definition({"QueryLanguage": language, "StartAt": "A", "States": states}).root.states["A"]


def found(definition: Any) -> list[tuple[str, str]]:
    """What the recommended rules of flow, errors and timeouts say."""
    return [(f.rule, f.pointer) for f in lint(json.dumps(definition)) if f.category in MINE]


# The graph


def test_a_chain_that_nothing_leads_to_is_told_by_its_head() -> None:
    lost = flow.unreachable(machine(A=None, B="C", C="D", D=None))
    assert lost == (flow.Lost("B", ("C", "D")),)


def test_what_two_heads_share_is_told_with_the_first() -> None:
    lost = flow.unreachable(machine(A=None, C="E", B="E", E=None))
    assert lost == (flow.Lost("C", ("E",)), flow.Lost("B", ()))


def test_an_island_is_told_by_its_first_state_with_what_follows_it() -> None:
    lost = flow.unreachable(machine(A=None, D=None, C=["B", "D"], B="C"))
    assert lost == (flow.Lost("C", ("D", "B"), ("C", "B")),)


def test_a_cycle_behind_a_head_is_no_island() -> None:
    lost = flow.unreachable(machine(A=None, B="C", C="D", D="B", H="B"))
    assert lost == (flow.Lost("H", ("B", "C", "D")),)


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Next": "${Target}"},
        {"Type": "Pass", "Next": "Nowhere"},
        {"Type": "Pass"},
        {"Type": "Pass", "Next": 1},
        {"Type": "Sprint", "Next": "A"},
        {"Type": "Choice", "Choices": [], "Default": "A"},
        {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True}], "Default": "A"},
        {"Type": "Task", "Resource": FUNCTION, "End": True, "Catch": [{"ErrorEquals": ["E"]}]},
        7,
    ],
)
def test_nothing_is_certain_where_a_way_out_is_not_known(state: Any) -> None:
    scope = machine(A=["B", "C"], B=None, C=state, Lost=None)
    assert flow.has_unknown_transition(scope)
    assert (flow.unreachable(scope), flow.endless_loops(scope)) == ((), ())


def test_a_state_named_in_a_misplaced_field_is_not_called_unreachable() -> None:
    states = {
        "A": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "B"}],
            "Defualt": "C",
        },
        "B": {"Type": "Pass", "End": True, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "D"}]},
        "C": {"Type": "Succeed"},
        "D": {"Type": "Succeed"},
        "E": {"Type": "Succeed"},
    }
    told = [f for f in found({"StartAt": "A", "States": states}) if f[0] == "unreachable-state"]
    assert told == [("unreachable-state", "/States/E")]


def test_only_the_loop_that_is_never_left_is_endless() -> None:
    scope = machine(A=["B", "D", "Z"], B="C", C="B", D=["E", "Z"], E="D", Z=None)
    assert flow.endless_loops(scope) == (("B", "C"),)


def test_a_machine_whose_ends_cannot_be_reached_has_no_endless_loop() -> None:
    assert flow.endless_loops(machine(A="B", B="A", Z=None)) == ()


def test_a_wait_in_a_branch_makes_the_loop_around_it_rest() -> None:
    inner = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
    resting = {"Type": "Parallel", "Branches": [inner], "Next": "C"}
    busy = {"Type": "Task", "Resource": FUNCTION, "Next": "E"}
    scope = machine(A=["B", "D", "Z"], B=resting, C=["B", "Z"], D=busy, E=["D", "Z"], Z=None)
    assert flow.busy_loops(scope) == (("D", "E"),)


def test_a_loop_through_catch_is_not_busy_but_unbroken() -> None:
    failing = {
        "Type": "Task",
        "Resource": FUNCTION,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
        "Next": "Z",
    }
    scope = machine(A=failing, C="A", Z=None)
    assert flow.busy_loops(scope) == ()
    assert flow.unbroken(scope) == {"A": 0, "C": 0}


GRAPHS = st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8)


def closure(edges: dict[str, list[str]]) -> dict[str, set[str]]:
    """What each node leads to in one step or more, found by repeating."""
    reach = {name: set(targets) for name, targets in edges.items()}
    for _ in edges:
        for name in edges:
            reach[name] |= {further for other in reach[name] for further in reach[other]}
    return reach


@given(GRAPHS)
def test_cycles_are_the_sets_of_nodes_that_reach_each_other(graph: list[list[int]]) -> None:
    names = [f"S{i}" for i in range(len(graph))]
    edges = {name: [names[t % len(names)] for t in graph[i]] for i, name in enumerate(names)}
    reach = closure(edges)
    expected = {
        frozenset(other for other in names if other in reach[name] and name in reach[other])
        for name in names
        if name in reach[name]
    }
    assert set(flow.cycles(edges)) == expected


def test_what_leads_out_of_the_graph_is_no_part_of_a_cycle() -> None:
    assert flow.cycles({"A": ["Nowhere", "B"], "B": ["A"]}) == [frozenset("AB")]


@given(GRAPHS)
def test_facts_agree_with_the_closure_of_the_graph(graph: list[list[int]]) -> None:
    names = [f"S{i}" for i in range(len(graph))]
    edges = {name: [names[t % len(names)] for t in graph[i]] for i, name in enumerate(names)}
    scope = machine(**{name: targets or None for name, targets in edges.items()})
    reach = closure(edges)
    entered = {"S0"} | reach["S0"]
    lost = flow.unreachable(scope)
    told = [name for one in lost for name in (one.name, *one.followers)]
    assert flow.reachable(scope) == entered
    assert sorted(told) == sorted(set(names) - entered)
    ends = {name for name in names if not edges[name]}
    caught = {name for name in entered if name not in ends and not reach[name] & ends}
    loops = {name for loop in flow.endless_loops(scope) for name in loop}
    if entered & ends:
        assert loops <= caught
        assert all(loops & reach[name] for name in caught)
    else:
        assert loops == set()


# Choice Rules

V, W = {"Variable": "$.v"}, {"Variable": "$.w"}
BIG = {"And": [{**V, "NumericGreaterThan": 5}, {**W, "IsNull": True}]}


@pytest.mark.parametrize(
    "rules",
    [
        ({**V, "BooleanEquals": True}, {**V, "BooleanEquals": False}),
        ({**V, "IsPresent": True}, {**V, "IsPresent": False}),
        ({**V, "StringEquals": "a"}, {"Not": {**V, "StringEquals": "a"}}),
        ({"Or": [{**V, "IsNull": True}, {**V, "IsNull": False}]},),
        ({**V, "NumericLessThan": 1}, {**V, "NumericEquals": 1}, {**V, "NumericGreaterThan": 1.0}),
        ({**V, "TimestampLessThanPath": "$.t"}, {**V, "TimestampGreaterThanEqualsPath": "$.t"}),
        (BIG, {"Not": BIG}),
        ({"Not": {"Not": {**V, "IsNull": True}}}, {**V, "IsNull": False, "Comment": "no"}),
    ],
)
def test_rules_that_leave_nothing_out_are_exhaustive(rules: tuple[Any, ...]) -> None:
    assert choice_rules.is_exhaustive(choice(*rules))


@pytest.mark.parametrize(
    "rules",
    [
        ({**V, "BooleanEquals": True}, {**W, "BooleanEquals": False}),
        ({**V, "BooleanEquals": True}, {**V, "IsPresent": False}),
        ({**V, "NumericLessThan": 1}, {**V, "NumericGreaterThan": 1}),
        ({**V, "NumericLessThan": 1}, {**V, "NumericGreaterThanEquals": 2}),
        ({**V, "NumericLessThan": 1}, {**V, "NumericGreaterThanEqualsPath": "$.one"}),
        ({**V, "StringEquals": "${A}"}, {"Not": {**V, "StringEquals": "${A}"}}, {**V, "IsNull": True}),
        (BIG, {**V, "NumericLessThanEquals": 5}),
        ({"Not": []}, {}),
    ],
)
def test_rules_that_leave_something_out_are_not_exhaustive(rules: tuple[Any, ...]) -> None:
    assert not choice_rules.is_exhaustive(choice(*rules))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((True,), True),
        (("{% $a > 1 %}", "{% true %}"), True),
        (("{% $a = 'x' %}", "{%$a != 'x'%}"), True),
        (("{% $a < 3 %}", "{% $a >= 3 %}"), True),
        (("{% $exists($a) %}", "{% $not($exists($a)) %}"), True),
        (("{% $a = 'x' %}", "{% $a = 'y' %}"), False),
        (("{% $a = 1 %}", "{% $not($a = 1) and $b %}"), False),
        (("{% $a %}", "{% $not($a) or $not($b) %}"), False),
        (("{% $random() < 1 %}", "{% $random() >= 1 %}"), False),
        (("${Hole}", False), False),
    ],
)
def test_conditions_are_compared_as_texts(conditions: tuple[Any, ...], expected: bool) -> None:
    assert choice_rules.is_exhaustive(choice(*conditions, language="JSONata")) is expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (({**V, "IsNull": True}, {**V, "IsNull": True, "Comment": "again"}), [(1, 0)]),
        (({**V, "NumericGreaterThan": 5}, {**V, "NumericGreaterThan": 10}), [(1, 0)]),
        (({**V, "NumericGreaterThan": 10}, {**V, "NumericGreaterThan": 5}), []),
        (({**V, "NumericLessThan": 5}, {**V, "NumericEquals": 2}, {**V, "NumericEquals": 5}), [(1, 0)]),
        (
            ({**V, "NumericLessThan": 5}, {**V, "NumericEquals": 5}, {**V, "NumericLessThanEquals": 5}),
            [(2, 1)],
        ),
        (({**V, "NumericLessThan": 5}, {"Not": {**V, "NumericGreaterThanEquals": 5}}), []),
        (({**V, "IsPresent": True}, {**V, "StringEquals": "a"}, {**W, "StringEquals": "a"}), [(1, 0)]),
        (({**V, "IsPresent": False}, {**V, "StringEquals": "a"}), []),
        (({"Or": [{**V, "IsNull": True}, {**W, "IsNull": True}]}, {**W, "IsNull": True}), [(1, 0)]),
        (({**W, "IsNull": True}, {"Or": [{**V, "IsNull": True}, {**W, "IsNull": True}]}), []),
        (({**W, "IsNull": True}, {"Or": [{**W, "IsNull": True}, {**W, "StringEquals": "${A}"}]}), []),
        (({**W, "IsNull": True}, {"And": [{**V, "IsNull": True}, {**W, "IsNull": True}]}), [(1, 0)]),
        ((BIG, BIG), [(1, 0)]),
        (({**V, "StringEquals": "${A}"}, {**V, "StringEquals": "${B}"}), []),
        (({**V, "NumericEquals": 1}, {**V, "NumericEquals": True}), []),
        (({**V, "IsPresent": True}, {**V, "IsPresent": False}, {**W, "IsNull": True}), [(2, 1)]),
        (({**V, "BooleanEquals": True}, {**V, "BooleanEquals": False}, {**V, "IsString": True}), []),
    ],
)
def test_a_rule_is_shadowed_where_one_before_matches_whenever_it_does(
    rules: tuple[Any, ...], expected: list[tuple[int, int]]
) -> None:
    shadowed = choice_rules.shadowed(choice(*rules))
    assert [(choice_rules.position(a), choice_rules.position(b)) for a, b in shadowed] == expected


def test_nothing_behind_a_true_condition_decides() -> None:
    state = choice("{% $a %}", "{% false %}", "{% true %}", "{% $b %}", language="JSONata")
    shadowed = choice_rules.shadowed(state)
    assert [(choice_rules.position(a), choice_rules.position(b)) for a, b in shadowed] == [(3, 2)]


NUMBERS = st.integers(-2, 2)
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "NumericEquals": lambda a, b: a == b,
    "NumericLessThan": lambda a, b: a < b,
    "NumericLessThanEquals": lambda a, b: a <= b,
    "NumericGreaterThan": lambda a, b: a > b,
    "NumericGreaterThanEquals": lambda a, b: a >= b,
}
SIMPLE = st.builds(lambda name, operand: {**V, name: operand}, st.sampled_from(sorted(COMPARISONS)), NUMBERS)
NUMERIC_RULES = st.lists(st.one_of(SIMPLE, SIMPLE.map(lambda rule: {"Not": rule})), min_size=1, max_size=5)


def holds(rule: dict[str, Any], value: int) -> bool:
    if "Not" in rule:
        return not holds(rule["Not"], value)
    name = next(name for name in rule if name != "Variable")
    return COMPARISONS[name](value, rule[name])


@given(NUMERIC_RULES)
def test_what_is_said_of_numeric_rules_holds_for_numbers(rules: list[dict[str, Any]]) -> None:
    state = choice(*rules)
    first = {next((i for i, rule in enumerate(rules) if holds(rule, value)), None) for value in range(-4, 5)}
    assert not {choice_rules.position(rule) for rule, _ in choice_rules.shadowed(state)} & first
    if choice_rules.is_exhaustive(state):
        assert None not in first


# One fault, one finding

BASE: dict[str, Any] = {
    "TimeoutSeconds": 3600,
    "StartAt": "Load",
    "States": {
        "Load": {
            "Type": "Task",
            "Resource": FUNCTION,
            "Retry": [{"ErrorEquals": ["Pay.Busy", "States.Timeout"]}, {"ErrorEquals": ["States.ALL"]}],
            "Catch": [
                {"ErrorEquals": ["Pay.Closed"], "Next": "Failed"},
                {"ErrorEquals": ["States.ALL"], "Next": "Failed"},
            ],
            "Next": "Sort",
        },
        "Sort": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericEquals": 1, "Next": "Both"},
                {
                    "And": [{"Variable": "$.n", "IsPresent": True}, {"Variable": "$.m", "IsNull": True}],
                    "Next": "Each",
                },
            ],
            "Default": "Rest",
        },
        "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Load"},
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "Left",
                    "States": {"Left": {"Type": "Pass", "Next": "Stop"}, "Stop": {"Type": "Succeed"}},
                },
                {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "End": True}}},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "End": True,
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "One",
                "States": {"One": {"Type": "Pass", "Next": "Two"}, "Two": {"Type": "Pass", "End": True}},
            },
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
            "Next": "Done",
        },
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail", "Error": "Pay.Failed"},
    },
}
Broken = tuple[Any, tuple[str | int, ...]]


def at(value: Any, place: tuple[str | int, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


def changed(place: tuple[str | int, ...], value: Any) -> Any:
    definition = copy.deepcopy(BASE)
    at(definition, place[:-1])[place[-1]] = value
    return definition


def renamed(definition: Any, scope: tuple[str | int, ...], name: str, to: str) -> Any:
    """The definition with a state of a scope under another name, in its transitions as well."""
    held = at(definition, scope)
    held["States"] = {to if key == name else key: state for key, state in held["States"].items()}
    for transition in transitions(Definition(definition)):
        if transition[: len(scope)] == scope and at(definition, transition) == name:
            at(definition, transition[:-1])[transition[-1]] = to
    return definition


def transitions(definition: Definition) -> Iterator[tuple[str | int, ...]]:
    for scope in definition.machines:
        yield scope.at("StartAt")
    for state in definition.states:
        yield from (transition.pointer for transition in state.transitions)


def dangling() -> Iterator[Broken]:
    for place in transitions(Definition(BASE)):
        yield changed(place, "Nowhere"), place


def unreachable() -> Iterator[Broken]:
    for scope in Definition(BASE).machines:
        place = scope.at("States", "Orphan")
        yield changed(place, {"Type": "Pass", "Next": scope.start}), place


def without_end() -> Iterator[Broken]:
    for scope in Definition(BASE).machines[:1]:
        definition = copy.deepcopy(BASE)
        for name, state in at(definition, scope.at("States")).items():
            if scope.states[name].is_terminal:
                kept = {key: value for key, value in state.items() if key not in ("End", "Error")}
                kept |= {"Type": "Pass"} if state["Type"] in ("Succeed", "Fail") else {}
                at(definition, scope.at("States"))[name] = {**kept, "Next": scope.start}
        yield definition, scope.at("States")


def duplicate() -> Iterator[Broken]:
    for scope in Definition(BASE).machines[1:]:
        for name in scope.states:
            yield renamed(copy.deepcopy(BASE), scope.pointer, name, "Load"), scope.at("States", "Load")


def too_long() -> Iterator[Broken]:
    for scope in Definition(BASE).machines:
        for name in scope.states:
            yield renamed(copy.deepcopy(BASE), scope.pointer, name, "é" * 81), scope.at("States", "é" * 81)


def handlers() -> Iterator[tuple[str | int, ...]]:
    for state in Definition(BASE).states:
        yield from (state.at(field) for field in ("Retry", "Catch") if field in state)


def all_not_alone() -> Iterator[Broken]:
    for place in handlers():
        last = (*place, len(at(BASE, place)) - 1, "ErrorEquals")
        yield changed(last, ["Pay.Late", "States.ALL"]), (*last, 1)


def all_not_last() -> Iterator[Broken]:
    for place in handlers():
        first, *rest = at(BASE, place)
        listed = [{**first, "ErrorEquals": ["States.ALL"]}, {**first, "ErrorEquals": ["Pay.Late"]}, *rest]
        if listed[-1]["ErrorEquals"] == ["States.ALL"]:
            listed[-1] = {**listed[-1], "ErrorEquals": ["Pay.Lost"]}
        yield changed(place, listed), (*place, 0, "ErrorEquals", 0)


def waits_too_long() -> Iterator[Broken]:
    for seconds in (31_536_001, 99_999_999):
        yield changed(("States", "Rest", "Seconds"), seconds), ("States", "Rest", "Seconds")


BREAKS: dict[str, Callable[[], Iterator[Broken]]] = {
    "dangling-transition": dangling,
    "unreachable-state": unreachable,
    "no-terminal-state": without_end,
    "duplicate-state-name": duplicate,
    "state-name-too-long": too_long,
    "states-all-not-alone": all_not_alone,
    "states-all-not-last": all_not_last,
    "wait-too-long": waits_too_long,
}


def test_the_unbroken_definition_gives_no_finding() -> None:
    assert found(BASE) == []


@pytest.mark.parametrize("rule", BREAKS)
def test_a_break_is_told_once_where_it_is(rule: str) -> None:
    broken = list(BREAKS[rule]())
    assert [found(definition) for definition, _ in broken] == [
        [(rule, pointer.text(place))] for _, place in broken
    ]


def places(value: Any, inside: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in items:
        yield (*inside, key)
        yield from places(held, (*inside, key))


@pytest.mark.parametrize(
    "other",
    [None, True, -1, 1e308, 10**400, "", "${X}", [], [[]], {}, {"Next": 1}],
)
def test_no_check_raises_whatever_stands_in_the_place_of_a_value(other: Any) -> None:
    for place in places(BASE):
        lint(json.dumps(changed(place, other)), profile="pedantic", select=MINE)


# Large shapes


def test_a_long_chain_gives_no_finding() -> None:
    states: dict[str, Any] = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(2000)}
    assert found({"StartAt": "S0", "States": {**states, "S2000": {"Type": "Succeed"}}}) == []


def test_a_long_chain_that_nothing_leads_to_is_one_finding() -> None:
    states: dict[str, Any] = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(2000)}
    states |= {"S2000": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}
    assert found({"StartAt": "A", "States": states}) == [("unreachable-state", "/States/S0")]


def test_many_heads_of_one_chain_are_each_told() -> None:
    states: dict[str, Any] = {"A": {"Type": "Succeed"}}
    states |= {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(1000)}
    states |= {"S1000": {"Type": "Succeed"}}
    states |= {f"H{i}": {"Type": "Pass", "Next": "S0"} for i in range(1000)}
    told = found({"StartAt": "A", "States": states})
    assert told == [("unreachable-state", f"/States/H{i}") for i in range(1000)]


def test_many_catchers_may_lead_to_one_state() -> None:
    states: dict[str, Any] = {
        f"S{i}": {
            "Type": "Task",
            "Resource": FUNCTION,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "Next": f"S{i + 1}",
        }
        for i in range(2000)
    }
    states |= {"S2000": {"Type": "Succeed"}, "Failed": {"Type": "Fail"}}
    assert found({"StartAt": "S0", "States": states}) == []


def test_a_choice_may_have_many_rules() -> None:
    rules = [{"Variable": "$.n", "StringEquals": str(i), "Next": "B"} for i in range(2000)]
    states = {"A": {"Type": "Choice", "Choices": [*rules, rules[0]], "Default": "C"}}
    definition = {"StartAt": "A", "States": {**states, "B": {"Type": "Succeed"}, "C": {"Type": "Fail"}}}
    assert found(definition) == [("shadowed-choice-rule", "/States/A/Choices/2000")]
