"""The published JSON Schema accepts what the shape check accepts, and nothing else."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from asllint.checks.jsonata import expression_in_constant_field
from asllint.data.field_words import WORDS, words
from asllint.facts import shape
from asllint.facts.schema import schema
from asllint.model.asl import Definition
from tests.definitions import JSONATA, JSONPATH, changed, places, renamed, without

VALIDATOR = Draft202012Validator(schema())
CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
WARNINGS = {shape.FALSE_END, shape.NEVER_EVALUATED}
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**9, "", "x", "$.x", "30", "{% 1 %}", "a${X}", "2030-01-31T08:00:00Z",
    "JSONata", "JSONPath", [], [1], ["x"], {}, {"x": 1}, {"Ref": "X"}, {"Fn::If": []}, [{}], ["${X}"],
    [{"Ref": "X"}],
)  # fmt: skip
NAMES = (
    "End",
    "Next",
    "Parameters",
    "Arguments",
    "Output",
    "SecondsPath",
    "Condition",
    "Not",
    "Variable",
    "RoleArn",
)


def is_accepted(value: Any) -> bool:
    definition = Definition(value)
    if shape.faults(definition).keys() - WARNINGS:
        return False
    jsonata = [state for state in definition.states if state.is_jsonata]
    told = [p.pointer for state in jsonata for p in expression_in_constant_field(state)]
    return all({"Resource", "ErrorEquals"} & {*place} for place in told)  # a text for the schema


def mutants(definition: Any, count: int) -> list[Any]:
    """So many changed copies, chosen at random but the same every time."""
    changes: list[tuple[Any, ...]] = []
    for place in places(definition):
        changes += [(changed, place, value) for value in VALUES]
        if place and isinstance(place[-1], str):
            changes += [(without, place), (renamed, place, place[-1].lower())]
            changes += [(renamed, place, name) for name in NAMES]
            changes += [(changed, (*place[:-1], name), "$.x") for name in NAMES]
    return [change(definition, *how) for change, *how in random.Random(0).sample(changes, count)]


def differences(definitions: list[Any]) -> list[tuple[str, list[str], list[str]]]:
    found = []
    for definition in definitions:
        errors = [f"{e.json_path}: {e.message[:80]}" for e in VALIDATOR.iter_errors(definition)]
        if (not errors) != is_accepted(definition):
            found.append((json.dumps(definition)[:2000], errors, list(shape.faults(Definition(definition)))))
    return found


def real_definitions() -> list[Any]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    found = []
    for path in sorted(CORPUS.glob("cases/*/definition.asl.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except ValueError:
            continue
    return found


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_schema_is_the_same_every_time() -> None:
    assert json.dumps(schema()) == json.dumps(schema())


def test_each_reference_leads_somewhere_and_each_description_is_used() -> None:
    made = json.dumps(schema())
    used = {part.split('"')[0] for part in made.split('"#/$defs/')[1:]}
    assert used == schema()["$defs"].keys()


def test_each_field_is_described() -> None:
    names = {name for table in shape.TABLES.values() for name in table}
    assert all(words(name).endswith(".") for name in names)
    assert names >= WORDS.keys()


@pytest.mark.parametrize("definition", [JSONPATH, JSONATA], ids=["JSONPath", "JSONata"])
def test_definition_with_every_field_is_accepted(definition: Any) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(definition)] == []
    assert shape.faults(Definition(definition)) == {}


@pytest.mark.parametrize("definition", [JSONPATH, JSONATA], ids=["JSONPath", "JSONata"])
def test_schema_and_check_agree_on_each_change_of_a_definition(definition: Any) -> None:
    chosen = mutants(definition, 250)
    assert differences(chosen) == []
    assert 25 < sum(map(is_accepted, chosen)) < 225


def test_schema_and_check_agree_on_real_definitions() -> None:
    assert differences(real_definitions()) == []


def test_schema_and_check_agree_on_changed_real_definitions() -> None:
    chance = random.Random(0)
    small = [
        value for value in real_definitions() if isinstance(value, dict) and len(json.dumps(value)) < 3000
    ]
    chosen = []
    for definition in chance.sample(small, 60):
        place = chance.choice(list(places(definition)))
        chosen += [changed(definition, place, value) for value in chance.sample(VALUES, 3)]
    assert differences(chosen) == []
