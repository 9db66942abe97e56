"""What is wrong with the parameters of a call, by the model of its API."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asllint.data.integrations import MODELS, WITH_ALTERNATIVES, Api
from asllint.data.integrations import api as api_of
from asllint.facts.integration import OPTIMISED, SDK, Integration, call_of, integration
from asllint.loader.pointer import Pointer
from asllint.model.asl import State, fact
from asllint.record import Record

if TYPE_CHECKING:
    from asllint.data.sdk import Shape

# The kinds of faults. A known name that is spelled otherwise is MISSPELT, one that is like none is UNLISTED.
MISSING, MISSPELT, UNLISTED, TYPE, ENUM, LIMIT, ATTRIBUTE = range(7)

_CONTAINERS = {"list": "an array", "structure": "an object", "union": "an object", "map": "an object"}
_SCALARS = {
    "boolean": "a boolean",
    "integer": "a number",
    "long": "a number",
    "float": "a number",
    "double": "a number",
}
_NUMBERS = ("integer", "long", "float", "double")


class Fault(Record):
    """One fault: its kind, its place within the parameters, what is said of it and what to do.

    `is_own` tells a limit of Step Functions' own connector from one of a service's model.
    """

    kind: int
    place: Pointer
    message: str
    help: str = ""
    is_own: bool = False


class Model(Record):
    """What a call takes at the top: shapes by name, None where anything will do; and what to do in place of
    those of the AWS SDK that it does not take.
    """

    members: Mapping[str, "Shape | None"]
    required: tuple[str, ...]
    is_own: bool = False
    without: Mapping[str, str] = {}


def given(parameters: Mapping[str, Any], name: str) -> bool:
    """Whether a parameter is there, as a value or as a path."""
    return name in parameters or f"{name}.$" in parameters


def literal(parameters: Mapping[str, Any], name: str, *, jsonata: bool) -> str | None:
    """A parameter's text where it is one and is not an expression; it may hold holes."""
    value = parameters.get(name)
    return value if isinstance(value, str) and not (jsonata and value.startswith("{%")) else None


def is_opaque(value: object, *, jsonata: bool) -> bool:
    """Whether a value is not known before deployment, or before run time."""
    return isinstance(value, str) and ("${" in value or (jsonata and value.startswith("{%")))


@fact
def faults(state: State) -> tuple[Fault, ...]:
    """Every fault of a Task's parameters by the model of the API, in the order in which they are written."""
    called = integration(state)
    parameters = state.parameters
    if called is None or parameters is None or called.kind not in (OPTIMISED, SDK):
        return ()
    return tuple(_faults(called, parameters, state.is_jsonata))


def missing_alternatives(state: State) -> tuple[str, ...]:
    """The parameters of which one is due, where none is given."""
    call, parameters = call_of(state), state.parameters
    api = api_of(call) if call in WITH_ALTERNATIVES else None
    if api is None or parameters is None or not api.is_one_due or any("${" in key for key in parameters):
        return ()
    return () if any(given(parameters, name) for name in api.one_of) else api.one_of


def is_incomplete(state: State) -> bool:
    found = faults(state)
    return bool(found and any(fault.kind == MISSING for fault in found)) or bool(missing_alternatives(state))


def rivals(state: State) -> tuple[str, ...]:
    """The written parameters of which a call takes one at most, where there are several."""
    call, parameters = call_of(state), state.parameters
    api = api_of(call.removeprefix("aws-sdk:")) if call is not None else None
    if api is None or parameters is None:
        return ()
    keys = tuple(key for key in parameters if key.removesuffix(".$") in api.one_of)
    return keys if len(keys) > 1 else ()


def _faults(called: Integration, parameters: dict[str, Any], jsonata: bool) -> Iterator[Fault]:
    api = api_of(called.call) if called.kind == OPTIMISED else None
    if api is not None and _are_plain(api, parameters, jsonata):
        for name in api.items:
            yield from _of_items(parameters.get(name), (name,), jsonata)
        yield from _missing(parameters, api.required, ())
        return
    model = _model(called)
    if model is None:
        return
    yield from _of_members(model, parameters, (), model.required, jsonata)
    for name, value in parameters.items():
        shape = model.members.get(name)
        if shape is not None:
            yield from _of_value(shape, value, (name,), model.is_own, jsonata)


def _are_plain(api: Api, parameters: dict[str, Any], jsonata: bool) -> bool:
    """Whether no model is needed to see that each parameter is one, and has a value that fits."""
    for name, value in parameters.items():
        if name in api.plain:
            if isinstance(value, (int, float)):
                return False
        elif name not in api.items:
            path = "" if jsonata else name.removesuffix(".$")
            if path == name or not (path in api.plain or path in api.items):
                return False
    return True


@lru_cache(maxsize=512)
def _model(called: Integration) -> Model | None:
    api = api_of(called.call) if called.kind == OPTIMISED else None
    if called.kind == OPTIMISED:
        if api is None:
            return None
        if not api.model:
            from asllint.data.sdk import Table

            shape = Table(list(MODELS[called.call]), list).shape(0)
            return Model(shape.members, api.required, is_own=True)
        token, _, name = api.model.partition(":")
    else:
        token, name = called.service, called.api
    from asllint.data import catalog

    service = catalog.service(token)
    operation = service.operation(name) if service else None
    if operation is None:
        return None
    shape_or_none = operation.input
    members: Mapping[str, Shape | None] = shape_or_none.members if shape_or_none else {}
    if api is None:
        return Model(members, tuple(sorted(shape_or_none.required)) if shape_or_none else ())
    if api.also or api.without:
        members = {name: members[name] for name in members if name not in api.without}
        members |= dict.fromkeys(api.also)
    without = {name: _in_place_of(name, api) for name in api.without}
    return Model(members, api.required, without=without)


def _in_place_of(name: str, api: Api) -> str:
    if not api.also:
        return "call `elasticmapreduce:addStep` once the cluster is there" if name == "Steps" else ""
    return "this integration takes " + " and ".join(f"`{one}`" for one in sorted(api.also))


def _missing(value: Mapping[str, Any], required: tuple[str, ...], place: Pointer) -> Iterator[Fault]:
    absent = [name for name in required if name not in value and f"{name}.$" not in value]
    if absent and not any("${" in key for key in value):
        for name in absent:
            yield Fault(MISSING, place, f"`{name}` is required but missing", f"add `{name}`")


def _of_members(
    of: "Model | Shape", value: dict[str, Any], place: Pointer, required: tuple[str, ...], jsonata: bool
) -> Iterator[Fault]:
    """Names that are none, and names that are missing: one that is spelled otherwise is not."""
    members = of.members
    absent = [name for name in required if not given(value, name)]
    spelt = set()
    for key in value:
        name = key.removesuffix(".$")
        if name in members or "${" in key or (jsonata and name != key):
            continue
        if isinstance(of, Model) and name in of.without:
            yield Fault(MISSPELT, (*place, key), name, of.without[name])
            continue
        meant, is_sure = _meant(name, members, of)
        due = [one for one in absent if _begins(name, one)]
        if not is_sure and len(due) == 1 and due[0] not in spelt:
            meant, is_sure = due[0], True
        if not is_sure:
            yield Fault(UNLISTED, (*place, key), name, meant)
            continue
        spelt.add(meant)
        written = meant if name == key else f"{meant}.$"
        help = f"leave it out: `{meant}` is there" if given(value, meant) else f"write `{written}`"
        yield Fault(MISSPELT, (*place, key), name, help)
    yield from _missing(value, tuple(name for name in absent if name not in spelt), place)


def _meant(name: str, members: Mapping[str, Any], of: "Model | Shape") -> tuple[str, bool]:
    """The name that was meant, and whether it certainly was; "" if there is none."""
    spelling = None if isinstance(of, Model) else of.spelling(name)
    if spelling is None and isinstance(of, Model):
        from asllint.data import awsnames

        spelled = awsnames.member(name)
        spelling = next((each for each in (spelled + "Value", spelled) if each in members), None)
    if spelling is not None:
        return spelling, True
    folded = _folded(name)
    for member in members:
        if _folded(member) in (folded, folded + "s", folded + "value"):
            return member, True
    from asllint.near import near, slips

    slip = next((member for member in members if slips(name, member)), None)
    return (slip, True) if slip else (near(name, members) or "", False)


def _begins(name: str, other: str) -> bool:
    """Whether one of two names begins with the other: `Bucket`, `BucketName`."""
    short, long = sorted((_folded(name), _folded(other)), key=len)
    return len(short) > 2 and long.startswith(short)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _of_value(shape: "Shape", value: Any, place: Pointer, is_own: bool, jsonata: bool) -> Iterator[Fault]:
    waiting: list[tuple[Shape, Any, Pointer]] = [(shape, value, place)]
    while waiting:
        shape, value, place = waiting.pop()
        if value is None or is_opaque(value, jsonata=jsonata):
            continue
        kind = shape.kind
        wanted = _CONTAINERS.get(kind)
        if wanted is None:
            yield from _of_scalar(shape, value, place, is_own)
            continue
        members = shape.members
        if "SS" in members and "NS" in members:
            yield from _attributes(value, place, jsonata)
            continue
        inner: list[tuple[Shape, Any, Pointer]] = []
        if kind == "list" and isinstance(value, list):
            element = shape.element
            if element is not None:
                inner = [(element, one, (*place, i)) for i, one in enumerate(value)]
            yield from _of_limits(shape, len(value), place, " element", is_own)
        elif kind == "map" and isinstance(value, dict):
            held = shape.value
            if held is not None:
                inner = [(held, one, (*place, key)) for key, one in value.items() if _is_value(key, jsonata)]
            yield from _of_limits(shape, len(value), place, " member", is_own)
        elif kind != "list" and isinstance(value, dict):
            yield from _of_members(shape, value, place, tuple(sorted(shape.required)), jsonata)
            inner = [(members[key], one, (*place, key)) for key, one in value.items() if key in members]
        else:
            yield Fault(TYPE, place, f"takes {wanted}, not {word(value)}", f"write {wanted}", is_own)
        waiting += inner[::-1]


def _is_value(key: str, jsonata: bool) -> bool:
    return jsonata or not key.endswith(".$")


def _of_scalar(shape: "Shape", value: Any, place: Pointer, is_own: bool) -> Iterator[Fault]:
    kind = shape.kind
    if kind in _SCALARS:
        if isinstance(value, (dict, list)):
            wanted = _SCALARS[kind]
            yield Fault(TYPE, place, f"takes {wanted}, not {word(value)}", f"write {wanted}", is_own)
        elif kind in _NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool):
            yield from _of_limits(shape, value, place, "", is_own)
    elif kind in ("string", "blob"):
        # "The value for the field 'Payload' must be a STRING"; objects are written as JSON.
        if isinstance(value, (bool, int, float)):
            yield Fault(TYPE, place, f"takes a text, not {word(value)}", "write it as a text", is_own)
        elif isinstance(value, str) and kind == "string":
            yield from _of_text(shape, value, place, is_own)


def _of_text(shape: "Shape", text: str, place: Pointer, is_own: bool) -> Iterator[Fault]:
    values = shape.enum
    if values:
        if text not in values:
            from asllint.near import near

            close = near(text, values)
            listed = ", ".join(f"`{one}`" for one in values[:8]) + (", ..." if len(values) > 8 else "")
            yield Fault(
                ENUM, place, f"`{text}`", f"write `{close}`" if close else f"it is one of {listed}", is_own
            )
        return
    yield from _of_limits(shape, len(text), place, " character", is_own)


def _of_limits(shape: "Shape", size: float, place: Pointer, unit: str, is_own: bool) -> Iterator[Fault]:
    low, high = shape.minimum, shape.maximum
    if low is not None and size < low:
        yield Fault(LIMIT, place, f"takes {_count(low, unit)} or more, not {size:.15g}", "", is_own)
    elif high is not None and size > high:
        yield Fault(LIMIT, place, f"takes {_count(high, unit)} or less, not {size:.15g}", "", is_own)


def _count(number: float, unit: str) -> str:
    return f"{number:.15g}{unit}{'s' if unit and number != 1 else ''}"


def _of_items(value: Any, place: Pointer, jsonata: bool) -> Iterator[Fault]:
    """Attribute values by the names of the attributes."""
    if not isinstance(value, dict):
        if value is not None and not is_opaque(value, jsonata=jsonata):
            yield Fault(TYPE, place, f"takes an object, not {word(value)}", "write an object")
        return
    for key, one in value.items():
        if _is_value(key, jsonata):
            yield from _attributes(one, (*place, key), jsonata)


def _attributes(value: Any, place: Pointer, jsonata: bool) -> Iterator[Fault]:
    if isinstance(value, (dict, list)):
        from asllint.facts.attribute_values import faults as found

        for where, message, way_out in found(value, place, jsonata):
            yield Fault(ATTRIBUTE, where, message, way_out)


def word(value: object) -> str:
    """A value's JSON type, as a person says it."""
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "an array"
    return "an object"
