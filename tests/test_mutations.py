"""A valid definition broken in one way gives that one finding, at that place: for each rule of refusals."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import asllint
from asllint.finding import Severity
from asllint.loader import pointer
from tests.pages import RULES
from tests.test_flow import BREAKS as OF_FLOW

CLEAN = Path(__file__).parent.parent / "fixtures" / "clean"
BASES = {
    name: json.loads((CLEAN / f"{name}.asl.json").read_text(encoding="utf-8"))
    for name in ("every-state", "every-state-jsonata")
}
AREAS = ("structure", "flow", "paths", "intrinsics", "jsonata", "variables", "errors", "timeouts", "map")
REFUSALS = [rule.name for rule in RULES if rule.category in AREAS and rule.severity is Severity.ERROR]

Place = tuple[str | int, ...]
Broken = tuple[Any, str]
# From a definition, the copies of it that are broken in one way, each with the pointer of the finding.
Break = Callable[[Any], Iterator[Broken]]


def at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def places(value: Any, inside: Place = ()) -> Iterator[Place]:
    yield inside
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in items:
        yield from places(held, (*inside, key))


def matching(definition: Any, glob: str, of: str) -> Iterator[tuple[Any, Place]]:
    """Copies of a definition, each with a place to change in an object of a Type: `*` stands for one key of a
    place's pointer, `**` for any number.
    """
    pattern = re.escape(glob).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    for place in places(definition):
        if not re.fullmatch(pattern, pointer.text(place)):
            continue
        held = at(definition, place)
        holder = held if isinstance(held, dict) else at(definition, place[:-1]) if place else None
        if not of or (isinstance(holder, dict) and holder.get("Type") == of):
            yield copy.deepcopy(definition), place


def swap(glob: str, value: Any, *, of: str = "", told: str | None = "", only: str = "") -> Break:
    """Another value; the finding is there, in the value, or about the definition as a whole. `only` is the
    one query language in which this is what is wrong.
    """

    def broken(definition: Any) -> Iterator[Broken]:
        if only and definition.get("QueryLanguage", "JSONPath") != only:
            return
        for changed, place in matching(definition, glob, of):
            if not place:
                yield value, ""
                continue
            at(changed, place[:-1])[place[-1]] = copy.deepcopy(value)
            yield changed, "" if told is None else pointer.text(place) + told

    return broken


def put(glob: str, key: str, value: Any, *, of: str = "", told: str | None = None) -> Break:
    """One field more in an object that has it not; the finding is on it."""

    def broken(definition: Any) -> Iterator[Broken]:
        for changed, place in matching(definition, glob, of):
            holder = at(changed, place)
            if isinstance(holder, dict) and key not in holder:
                holder[key] = copy.deepcopy(value)
                yield changed, pointer.text(place) + (f"/{key}" if told is None else told)

    return broken


def drop(glob: str, *, of: str = "") -> Break:
    """One field less; the finding is on the object that lacks it."""

    def broken(definition: Any) -> Iterator[Broken]:
        for changed, place in matching(definition, glob, of):
            del at(changed, place[:-1])[place[-1]]
            yield changed, pointer.text(place[:-1])

    return broken


def rename(glob: str, to: str, *, of: str = "") -> Break:
    """A field under another name; the finding is on that."""

    def broken(definition: Any) -> Iterator[Broken]:
        for changed, place in matching(definition, glob, of):
            holder = at(changed, place[:-1])
            items = [(to if key == place[-1] else key, value) for key, value in holder.items()]
            holder.clear()
            holder.update(items)
            yield changed, pointer.text((*place[:-1], to))

    return broken


def downgraded(definition: Any) -> Iterator[Broken]:
    """A state in JSONPath in a definition in JSONata."""
    if definition.get("QueryLanguage") == "JSONata":
        yield from put("/States/*", "QueryLanguage", "JSONPath")(definition)


LABEL = "/States/Prepare/Parameters/label.$"
OUTPUTS = ("/States/Charge/Output", "/States/Give up/Cause", "/States/Each row/Items")
KINDS = ("Pass", "Choice", "Wait", "Fail", "Succeed", "Map", "Parallel")
BREAKS: dict[str, tuple[Break, ...]] = {
    "conflicting-fields": (
        *(put("/States/*", "End", True, of=kind) for kind in ("Pass", "Task", "Wait", "Parallel", "Map")),
        put("/States/Give up", "Error", "late"),
        put("/States/Until", "Seconds", 5),
    ),
    "definition-too-large": (swap("/Comment", "x" * 2**20, told=None),),
    "empty-field": (
        swap("/States", {}),
        swap("**/Branches", []),
        swap("**/Choices", []),
        swap("**/ErrorEquals", []),
    ),
    "field-not-allowed-here": (
        put("**", "Catch", [], of="Pass"),
        put("**", "Next", "Done", of="Choice"),
        put("**", "End", True, of="Succeed"),
        put("**", "Next", "Done", of="Fail"),
        put("**", "Resource", "arn:aws:states:::lambda:invoke", of="Wait"),
        put("**", "ItemProcessor", {}, of="Parallel"),
    ),
    "field-of-other-query-language": (),
    "missing-alternative": (
        drop("/States/*/Seconds", of="Wait"),
        drop("**/Timestamp", of="Wait"),
        drop("**/ItemProcessor"),
        drop("**/End"),
        drop("**/Next", of="Pass"),
        drop("**/Next", of="Task"),
    ),
    "missing-field": (
        drop("**/StartAt"),
        drop("/States"),
        drop("**/Type", of="Task"),
        drop("**/Type", of="Succeed"),
        drop("/States/*/Resource"),
        drop("**/ItemReader/Resource"),
        drop("**/Branches"),
        drop("**/Choices"),
        drop("**/ErrorEquals"),
        drop("**/Catch/*/Next"),
        drop("**/Choices/*/Next"),
    ),
    "not-an-object": (swap("", []), swap("", "every state"), swap("", None)),
    "out-of-range": (
        swap("**/Seconds", -1),
        swap("**/Seconds", 100_000_000),
        swap("**/Seconds", 10**400),
        swap("**/TimeoutSeconds", 0),
        swap("**/TimeoutSeconds", 100_000_000),
        swap("**/IntervalSeconds", 0),
        swap("**/MaxAttempts", -1),
        swap("**/BackoffRate", 0.5),
        swap("**/MaxDelaySeconds", 31_622_401),
        swap("**/MaxConcurrency", -1),
    ),
    "query-language-downgrade": (downgraded,),
    "query-language-not-allowed-here": (put("**/ItemProcessor", "QueryLanguage", "JSONata"),),
    "state-not-an-object": tuple(
        swap(glob, value)
        for glob in ("/States/Done", "/States/Charge", "/States/Is it paid", "**/States/Pack")
        for value in (None, "later", [], 1)
    ),
    "timestamp-not-rfc3339": tuple(
        swap("**/Timestamp", value) for value in ("2030-01-31", "2030-01-31T12:00:00", "noon")
    ),
    "unknown-field": (
        rename("**/Type", "Typ"),
        rename("**/Next", "Nxt"),
        rename("**/Next", "next"),
        rename("**/End", "Ende"),
        rename("**/StartAt", "StartsAt"),
        rename("/States", "states"),
        rename("**/Resource", "Resouce"),
        rename("**/Retry", "Retri"),
        rename("**/Catch", "Catches"),
        rename("**/ErrorEquals", "ErrorEqual"),
        rename("**/Choices", "Choises"),
        rename("**/Branches", "Branchs"),
        rename("**/ItemProcessor", "ItemProcesor"),
        rename("**/Seconds", "Second"),
        rename("**/Default", "Defualt"),
        rename("**/BooleanEquals", "BooleanEqual"),
        rename("/QueryLanguage", "QueryLangauge"),
        put("/States/*", "Owner", "us"),
        put("", "Owner", "us"),
    ),
    "unknown-state-type": (
        swap("**/Type", "Taks", of="Task"),
        *(swap("**/Type", "pass", of=kind) for kind in KINDS),
    ),
    "value-not-allowed": (
        swap("/QueryLanguage", "jsonata"),
        swap("**/JitterStrategy", "SOME"),
        swap("**/ProcessorConfig/Mode", "PARALLEL"),
        swap("**/ProcessorConfig/ExecutionType", "express"),
        swap("**/InputType", "TXT"),
        swap("**/CSVHeaderLocation", "TOP"),
    ),
    "wrong-type": (
        swap("**/Seconds", "60"),
        swap("**/Next", 5),
        swap("**/Default", ["Done"]),
        swap("**/End", "true"),
        swap("**/StartAt", 1),
        swap("/States", ["Prepare"]),
        swap("**/Type", 1),
        swap("**/Choices", {}),
        swap("**/Branches", {}),
        swap("**/Retry", {}),
        swap("**/Catch", "all"),
        swap("**/ErrorEquals", "States.ALL"),
        swap("**/IntervalSeconds", "2"),
        swap("**/MaxAttempts", 1.5),
        swap("**/ItemProcessor", []),
        swap("**/MaxConcurrency", "many"),
        swap("**/Comment", 1),
    ),
    "context-path-not-allowed": (swap("**/MaxConcurrencyPath", "$$.Execution.Input.most"),),
    "intrinsic-where-path-is-due": (
        swap("**/Variable", "States.ArrayLength($.rows)"),
        swap("**/InputPath", "States.StringToJson($.body)"),
        swap("**/ItemsPath", "States.ArrayUnique($.rows)"),
        swap("**/TimestampPath", "States.Format('{}', $.at)"),
    ),
    "not-a-reference-path": (
        swap("**/ResultPath", "$.rows[*]"),
        swap("**/Variable", "$..paid"),
        swap("**/TimestampPath", "$.at[0:2]"),
    ),
    "path-syntax": (
        swap("**/InputPath", "$.detail["),
        swap("**/InputPath", "detail"),
        swap("**/Variable", "$.a..[b"),
        swap("**/ItemsPath", "$.rows."),
        swap("**/ResultPath", "out"),
        swap("**/Parameters/id.$", "$.id["),
    ),
    "payload-not-a-path": (
        swap("**.$", "prod"),
        swap("**.$", 5),
        swap("**.$", {}),
    ),
    "result-path-outside-input": (
        swap("**/ResultPath", "$orderId"),
        swap("**/ResultPath", "$$.Execution.Input.x"),
    ),
    "format-placeholders": (
        swap(LABEL, "States.Format('order {} of {}', $.id)"),
        swap(LABEL, "States.Format('order', $.id)"),
    ),
    "intrinsic-argument": (
        swap(LABEL, "States.ArrayPartition($.rows, 0)"),
        swap(LABEL, "States.Hash($.id, 'SHA256')"),
    ),
    "intrinsic-arity": (swap(LABEL, "States.UUID($.id)"), swap(LABEL, "States.ArrayLength()")),
    "intrinsic-escape": (swap(LABEL, r"States.Format('\n{}', $.id)"),),
    "intrinsic-syntax": (
        swap(LABEL, "States.Format('order {}', $.id"),
        swap(LABEL, "States.Format('order {}' $.id)"),
        swap(LABEL, "States.Format('it's {}', $.id)"),
        swap(LABEL, "States.Format(\"order {}\", $.id)"),
        swap("**/CausePath", "States.Format('order {}', $orderId"),
    ),
    "unknown-intrinsic-function": (
        swap(LABEL, "States.Fromat('order {}', $.id)"),
        swap("**/CausePath", "States.Upper($orderId)"),
    ),
    "aws-function-argument": (swap("**/Output", "{% $hash($states.input.id, 'sha256') %}"),),
    "eval-function": (swap("**/Output", "{% $eval('1') %}"),),
    "expression-in-constant-field": (
        swap("**/IntervalSeconds", "{% $states.input.n %}", only="JSONata"),
        swap("**/Default", "{% $states.input.next %}", only="JSONata"),
        swap("/States/*/Next", "{% $states.input.next %}", only="JSONata"),
    ),
    "function-result": (swap("**/Output", "{% function($x) {$x} %}"),),
    "intrinsic-in-jsonata": (swap("**/Output", "{% States.Format('{}', $states.input.id) %}"),),
    "jsonata-delimiters": (
        swap("**/Output", "{% $states.input"),
        swap("**/Condition", " {% $states.input.paid %}"),
        swap("**/Items", "$states.input.rows %}"),
    ),
    "jsonata-syntax": (
        swap("**/Output", "{% $merge([$states.input %}"),
        swap("**/Condition", "{% $states.input.n => 1 %}"),
        swap("**/Items", "{% $states.input.[ %}"),
        swap("**/Assign/orderId", "{% 'order %}"),
    ),
    "newer-jsonata-syntax": (swap("**/Output", "{% $states.input.id ?? 1 %}"),),
    "non-boolean-condition": (
        swap("**/Condition", "{% 'yes' & 'no' %}"),
        swap("**/Condition", "{% $count([1]) %}"),
    ),
    "states-error-output-not-here": tuple(swap(glob, "{% $states.errorOutput.Cause %}") for glob in OUTPUTS),
    "states-result-not-here": (
        swap("**/Items", "{% $states.result.rows %}"),
        swap("**/Condition", "{% $states.result.paid %}"),
        swap("**/Cause", "{% $states.result.cause %}"),
        swap("**/Arguments/Payload/*", "{% $states.result.id %}"),
    ),
    "top-level-context": (
        swap("**/Output", "{% $.id %}"),
        swap("**/Condition", "{% $.paid %}"),
        swap("**/Items", "{% $$.rows %}"),
    ),
    "top-level-name": (
        swap("**/Output", "{% id %}"),
        swap("**/Condition", "{% paid %}"),
        swap("**/Items", "{% states.input.rows %}"),
    ),
    "wrong-argument-count": (swap("**/Output", "{% $sum([1], [2]) %}"),),
    "wrong-result-kind": (
        swap("/States/*/TimeoutSeconds", "{% $string($states.input.limit) %}", only="JSONata"),
        swap("**/Items", "{% $count($states.input.rows) %}"),
        swap("**/Seconds", "{% 'soon' & 'er' %}", only="JSONata"),
        swap("**/MaxConcurrency", "{% $string(5) %}", only="JSONata"),
    ),
    "reserved-variable": (put("**/Assign", "states", 1),),
    "variable-name": (
        put("**/Assign", "order-id", 1),
        put("**/Assign", "1st", 1),
        put("**/Assign", "x" * 81, 1),
    ),
    "duplicate-csv-header": (swap("**/CSVHeaders", ["id", "name", "id"], told="/2"),),
    "duplicate-map-label": (),
    "execution-type-missing": (drop("**/ProcessorConfig/ExecutionType"),),
    "item-reader-parameter-missing": (
        drop("**/ItemReader/*/Bucket"),
        drop("**/ItemReader/*/Key.$"),
        drop("**/ItemReader/*/Key"),
        drop("**/ItemReader/Parameters"),
        drop("**/ItemReader/Arguments"),
    ),
    "item-reader-resource": (
        swap("**/ItemReader/Resource", "arn:aws:states:::s3:GetObject"),
        swap("**/ItemReader/Resource", "arn:aws:states:::s3:putObject"),
    ),
    "map-label": (swap("**/Label", "all files"), swap("**/Label", "x" * 41)),
    "result-writer-incomplete": (
        drop("**/ResultWriter/*/Bucket"),
        swap("**/ResultWriter", {}),
        drop("**/ResultWriter/Resource"),
    ),
    "result-writer-resource": (swap("**/ResultWriter/Resource", "arn:aws:states:::s3:putobject"),),
}  # fmt: skip


def of_one_language(jsonpath: dict[str, Any], jsonata: dict[str, Any]) -> Iterator[tuple[Break, str]]:
    """Fields of the other query language: each, where its state type has it, beside nothing of its own."""
    for kind, fields in jsonpath.items():
        for field, value in fields.items():
            yield put("/States/*", field, value, of=kind), "every-state-jsonata"
    for kind, fields in jsonata.items():
        for field, value in fields.items():
            yield put("/States/*", field, value, of=kind), "every-state"


FOREIGN = list(
    of_one_language(
        {
            "Pass": {"InputPath": "$.x", "OutputPath": "$.x", "Parameters": {}, "ResultPath": "$.x"},
            "Task": {"Parameters": {}, "ResultSelector": {}, "ResultPath": "$.x"},
            "Choice": {"InputPath": "$.x"},
            "Wait": {"OutputPath": "$.x"},
            "Map": {"ResultPath": "$.x", "ToleratedFailureCountPath": "$.x"},
            "Parallel": {"ResultSelector": {}},
            "Succeed": {"InputPath": "$.x"},
        },
        {
            kind: {"Output": 1}
            for kind in ("Pass", "Task", "Choice", "Wait", "Parallel", "Map", "Succeed")
        } | {"Map": {"Items": [1]}, "Parallel": {"Arguments": {}}},
    )
)  # fmt: skip


def labelled_twice(definition: Any) -> Iterator[Broken]:
    """A second Distributed Map with the first one's label."""
    changed = copy.deepcopy(definition)
    second = copy.deepcopy(changed["States"]["Each file"])
    second["ItemProcessor"] |= {
        "StartAt": "Read again",
        "States": {"Read again": {"Type": "Pass", "End": True}},
    }
    changed["States"]["Each file"]["Next"] = "Each again"
    changed["States"]["Each again"] = second
    yield changed, "/States/Each again/Label"


def foreign(definition: Any) -> Iterator[Broken]:
    for broken, base in FOREIGN:
        if definition == BASES[base]:
            yield from broken(definition)


BREAKS["duplicate-map-label"] = (labelled_twice,)
BREAKS["field-of-other-query-language"] = (foreign,)


def findings(definition: Any) -> list[tuple[str, str]]:
    return [(found.rule, found.pointer) for found in asllint.lint(json.dumps(definition), name="a.asl.json")]


def test_every_refusal_has_its_break() -> None:
    assert {*BREAKS} | {*OF_FLOW} == {*REFUSALS}


@pytest.mark.parametrize("base", BASES)
def test_the_unbroken_definition_gives_no_finding(base: str) -> None:
    assert findings(BASES[base]) == []


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_definition_gives_the_one_finding_where_it_is_broken(rule: str) -> None:
    told = 0
    for number, breaks in enumerate(BREAKS[rule]):
        cases = [case for definition in BASES.values() for case in breaks(definition)]
        assert cases, f"break {number} of {rule} breaks nothing"
        for definition, place in cases:
            assert findings(definition) == [(rule, place)], f"break {number} at {place}"
            told += 1
    assert told


NUMBERS = ("Seconds", "TimeoutSeconds", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds")


@pytest.mark.parametrize(
    ("number", "rule"),
    [("9" * 5000, "huge-number"), ("1e999", "non-finite-number"), ("NaN", "non-finite-number")],
)
@pytest.mark.parametrize("field", [*NUMBERS, "MaxConcurrency", "MaxItemsPerBatch", "NumericLessThan"])
def test_a_number_that_is_none_is_told_once(field: str, number: str, rule: str) -> None:
    (definition, place), *_ = swap(f"**/{field}", "NUMBER")(BASES["every-state"])
    text = json.dumps(definition).replace('"NUMBER"', number)
    assert [(found.rule, found.pointer) for found in asllint.lint(text)] == [(rule, place)]


FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:pay:live"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/approvals"
SEND = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ASK = {"QueueUrl": QUEUE, "MessageBody": {"token.$": "$$.Task.Token"}}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (
            {"Type": "Task", "Resource": SEND.replace("TaskToken", "Tasktoken"), "Parameters": ASK},
            "unsupported-pattern at Resource: write `.waitForTaskToken`",
        ),
        (
            {"Type": "Task", "Resource": SEND, "Parameters": ASK, "TimeoutSecond": 60},
            "unknown-field at TimeoutSecond: did you mean `TimeoutSeconds`?",
        ),
        (
            {"Type": "Pass", "ResultPath": "$$.foo"},
            "result-path-outside-input at ResultPath: write into the input, `$.name`",
        ),
        (
            {"Type": "Pass", "Parameters": {"a.$": 'States.Format("a {}", $.a)'}},
            "intrinsic-syntax at Parameters/a.$: write it in single quotes",
        ),
        (
            {"Type": "Pass", "Parameters": {"a.$": "states.format('a {}', $.a)"}},
            "payload-not-a-path at Parameters/a.$: did you mean `States.Format(...)`?",
        ),
        (
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a == 1 %}"},
            "jsonata-syntax at Output: JSONata compares with `=`",
        ),
        (
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a && true %}"},
            "jsonata-syntax at Output: JSONata joins conditions with `and`",
        ),
        (
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $order-id %}"},
            "top-level-name at Output: a variable's name has no hyphen: write `_`",
        ),
        (
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $foo.bar %}"},
            "unassigned-variable at Output: assign `foo` in a state before this one, or read the input, "
            "`$states.input.foo`",
        ),
        (
            {"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": 100_000_000, "Comment": "c"},
            "out-of-range at TimeoutSeconds: write a number from 1 to 99,999,999",
        ),
    ],
)  # fmt: skip
def test_a_slip_is_told_once_with_its_way_out(state: dict[str, Any], told: str) -> None:
    definition = {"StartAt": "A", "TimeoutSeconds": 600, "States": {"A": {**state, "End": True}}}
    found = [
        f"{one.rule} at {one.pointer.removeprefix('/States/A/')}: {one.help}"
        for one in asllint.lint(json.dumps(definition))
    ]
    assert found == [told]


def test_a_token_that_is_not_passed_is_told_without_the_limit_that_is_missing() -> None:
    state = {
        "Type": "Task",
        "Resource": SEND,
        "Parameters": {"QueueUrl": QUEUE, "MessageBody": "x"},
        "End": True,
    }
    assert findings({"StartAt": "A", "States": {"A": state}}) == [
        ("token-not-passed", "/States/A/Parameters")
    ]


def test_a_state_beside_the_states_is_told_where_it_belongs() -> None:
    definition = BASES["every-state"] | {"Later": {"Type": "Succeed"}}
    (found,) = asllint.lint(json.dumps(definition))
    assert (found.rule, found.pointer) == ("unknown-field", "/Later")
    assert found.help == "it reads like a state: move it into `States`"


@pytest.mark.parametrize(
    ("language", "payload", "rule"),
    [
        ("JSONPath", {"token.$": "$$.Task.token"}, "unknown-context-field"),
        ("JSONata", {"token": "{% $states.context.Task.Tokn %}"}, "unknown-context-member"),
    ],
)
def test_a_misspelt_token_is_told_where_it_is_misspelt(language: str, payload: Any, rule: str) -> None:
    field = "Parameters" if language == "JSONPath" else "Arguments"
    call = {"FunctionName": FUNCTION, "Payload": payload}
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        field: call,
        "End": True,
    }
    definition = {"QueryLanguage": language, "StartAt": "A", "TimeoutSeconds": 60, "States": {"A": ask}}
    place = f"/States/A/{field}/Payload/{next(iter(payload))}"
    assert findings(definition) == [(rule, place)]
