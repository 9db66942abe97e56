"""The shape of a definition: the fields of each object, their types, values and rivals."""

from collections.abc import Iterator

from asllint.facts import shape
from asllint.finding import Fix, Problem, Related
from asllint.loader import pointer
from asllint.model.asl import Definition, State, fact, has_hole

MAX_DEFINITION = 1_048_576


def _told(definition: Definition, kind: str) -> Iterator[Problem]:
    found = shape.faults(definition).get(kind)
    if found:
        from asllint.facts.shape_words import problem

        yield from map(problem, found)


def not_an_object(definition: Definition) -> Iterator[Problem]:
    """AWS: "Definition must be a valid JSON object"."""
    return _told(definition, shape.NOT_AN_OBJECT)


def state_not_an_object(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.NOT_A_STATE)


def unknown_state_type(definition: Definition) -> Iterator[Problem]:
    """AWS: "The field 'Type' should have one of these values: [...]"."""
    return _told(definition, shape.UNKNOWN_TYPE)


def missing_field(definition: Definition) -> Iterator[Problem]:
    """AWS: "These fields are required: [StartAt]"."""
    return _told(definition, shape.MISSING)


def missing_alternative(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.NO_ALTERNATIVE)


def unknown_field(definition: Definition) -> Iterator[Problem]:
    """AWS: "Field 'X' is not supported"."""
    return _told(definition, shape.UNKNOWN)


def field_not_allowed_here(definition: Definition) -> Iterator[Problem]:
    """AWS: "Field 'X' is not supported"."""
    return _told(definition, shape.NOT_HERE)


def field_of_other_query_language(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.OTHER_LANGUAGE)


def query_language_downgrade(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.DOWNGRADE)


def query_language_not_allowed_here(definition: Definition) -> Iterator[Problem]:
    """AWS: "Field 'QueryLanguage' is not supported"."""
    return _told(definition, shape.LANGUAGE_NOT_HERE)


def wrong_type(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.WRONG_TYPE)


def out_of_range(definition: Definition) -> Iterator[Problem]:
    """AWS: "Minimum value is 0", "Maximum value is 100000000"."""
    return _told(definition, shape.OUT_OF_RANGE)


def value_not_allowed(definition: Definition) -> Iterator[Problem]:
    """AWS: "The field 'InputType' should have one of these values: [...]"."""
    return _told(definition, shape.NOT_A_VALUE)


def empty_field(definition: Definition) -> Iterator[Problem]:
    """AWS: "Value cannot be empty"."""
    return _told(definition, shape.EMPTY)


def conflicting_fields(definition: Definition) -> Iterator[Problem]:
    """AWS: "There should only be one of the following fields: [MaxItems, MaxItemsPath]"."""
    return _told(definition, shape.CONFLICT)


def timestamp_not_rfc3339(definition: Definition) -> Iterator[Problem]:
    """AWS: "String does not match RFC3339 timestamp"."""
    return _told(definition, shape.BAD_TIME)


def nested_choice_rule_output(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.NEVER_EVALUATED)


def end_is_false(definition: Definition) -> Iterator[Problem]:
    return _told(definition, shape.FALSE_END)


def unknown_version(definition: Definition) -> Iterator[Problem]:
    version = definition.value.get("Version", "1.0")
    if version != "1.0" and not has_hole(version):
        written = f"`{version}`" if isinstance(version, str) else "no text"
        yield Problem(
            ("Version",),
            f"`Version` is {written}, where Amazon States Language has the one version `1.0`",
            help='write `"Version": "1.0"`, or leave the field out',
        )


def parameters_without_effect(pass_state: State) -> Iterator[Problem]:
    if "Parameters" in pass_state and "Result" in pass_state and not pass_state.is_jsonata:
        yield Problem(
            pass_state.at("Parameters"),
            f"`Parameters` of Pass state `{pass_state.name}` have no effect: its `Result` is the output",
            help="delete one of them",
            key=True,
            related=(Related(pass_state.at("Result"), "this is the output", key=True),),
        )


def deprecated_iterator(map_state: State) -> Iterator[Problem]:
    if "Iterator" in map_state and "ItemProcessor" not in map_state:
        yield _renamed(map_state, "Iterator", "ItemProcessor")


def deprecated_map_parameters(map_state: State) -> Iterator[Problem]:
    if "Parameters" in map_state and "ItemSelector" not in map_state and not map_state.is_jsonata:
        yield _renamed(map_state, "Parameters", "ItemSelector")


def _renamed(state: State, old: str, new: str) -> Problem:
    move = {"op": "move", "from": pointer.text(state.at(old)), "path": pointer.text(state.at(new))}
    return Problem(
        state.at(old),
        f"`{old}` of Map state `{state.name}` is deprecated",
        help=f"rename it to `{new}`: it takes the same",
        key=True,
        fix=Fix(f"rename `{old}` to `{new}`", (move,), safe=True),
    )


def definition_too_large(definition: Definition) -> Iterator[Problem]:
    """The service's quota, which cannot be raised: 1 MiB."""
    size = _least_size(definition)
    if size > MAX_DEFINITION:
        yield Problem(
            (),
            f"the definition has {size:,} characters without white space: {MAX_DEFINITION:,} are the most",
            help="move parts of it into machines of their own, started with `states:startExecution.sync:2`",
        )


def definition_not_minified(definition: Definition) -> Iterator[Problem]:
    size = definition.size or 0
    if size > MAX_DEFINITION >= _least_size(definition):
        yield Problem(
            (),
            f"the definition has {size:,} characters as it is written: {MAX_DEFINITION:,} are the most",
            help="deploy it without white space, as `jq -c .` writes it",
        )


@fact
def _least_size(definition: Definition) -> int:
    """The size without white space; 0 where the text is small enough as it is."""
    if (definition.size or 0) <= MAX_DEFINITION:
        return 0
    import json

    return len(json.dumps(definition.value, separators=(",", ":"), ensure_ascii=False))
