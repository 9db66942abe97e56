"""Serverless Framework services: the state machines of the plugin serverless-step-functions.

https://github.com/serverless-operations/serverless-step-functions (names as in its lib/naming.js)
"""

import re
from collections.abc import Iterable
from typing import Any

from asllint.loader.bytes import Trouble
from asllint.loader.cfn_functions import function
from asllint.loader.cfn_places import Resolved
from asllint.loader.cfn_roles import Role
from asllint.loader.cfn_values import Template
from asllint.loader.cloudformation import STATE_MACHINE, Front, Written, local_text
from asllint.loader.document import DEFINITION, POLICY, Deployment, Document, Reading, Templated, own_policies
from asllint.loader.pointer import Pointer
from asllint.loader.read import at, inner
from asllint.record import Record

FOLLOWED = 5

# How the plugin calls a machine's settings.
SPELLING = {"name": ("name",), "logging": ("loggingConfig",), "tracing": ("tracingConfig",)}

_FILE = re.compile(r"\s*\$\{file\(([^(){}]+)\)(?::([\w.-]+))?\}\s*")
# A variable, with others inside it; `#{Name}` is how the plugin lets CloudFormation's `${Name}` through.
_INSIDE = r"(?:[^{}]|\$\{(?:[^{}]|\$\{[^{}]*\})*\})*"
_NAME = re.compile(r"[\w.:/-]+")


class Place(Record):
    """A value and the file it is written in."""

    raw: Any
    reading: Reading
    pointer: Pointer

    def child(self, key: str) -> "Place":
        return Place(self.raw.get(key), self.reading, (*self.pointer, key))


class Service(Template):
    """The resources of a service; variables of the Serverless Framework are holes."""

    mark = "{"
    filled_in = r"[$#]\{" + _INSIDE + r"\}"

    def filling(self, match: re.Match[str]) -> str:
        name = match[0][2:-1].strip()
        return f"${{{name}}}" if _NAME.fullmatch(name) else self.unknown(match[0], match[0])


def documents(path: str, reading: Reading) -> tuple[list[Document], list[str]]:
    """The machines of a service with the policies that it gives them, and what was left out."""
    value = reading.tree.value if reading.tree is not None else None
    notes: list[str] = []
    if not isinstance(value, dict):
        return [], notes
    pointer = ("stepFunctions", "stateMachines")
    top = Place(at(value, pointer), reading, pointer)
    listed = follow(path, reading, top)
    if not isinstance(listed.raw, dict):
        return [], ["stepFunctions: its state machines were not read"]
    machines = {key: follow(path, reading, listed.child(key)) for key in listed.raw}
    template = service(value, {key: place.raw for key, place in machines.items()})
    front = Front(path, reading, template)
    found: list[Document] = []
    roles: list[Role | str] = []
    for key, place in machines.items():
        if not isinstance(place.raw, dict):
            front.notes.append(f"{key}: is not in {reading.text.source.name} and was not read")
            continue
        document = definition(front, key, place)
        if document is not None:
            name_file(document, key, (place.child("definition"), listed.child(key), top))
            found.append(document)
            roles.append(role(front, key, place))
            front.notes += document.join(roles[-1])
    return [*found, *own_policies(roles)], front.notes


def definition(front: Front, key: str, place: Place) -> Document | None:
    held = follow(front.path, front.reading, place.child("definition"))
    settings = front.settings(logical_name(key, place.raw))._replace(template=Templated())
    if held.raw is None and held.reading.tree is None:
        document: Document | None = Document(DEFINITION, None, held.reading, name=key, settings=settings)
    elif not isinstance(held.raw, (str, dict)) or (isinstance(held.raw, str) and _FILE.fullmatch(held.raw)):
        front.notes.append(f"{key}: its definition was not read")
        return None
    else:
        reader = Front(front.path, held.reading, front.template)
        document = reader.definition(Written(key, held.pointer, held.raw, settings, {}))
        front.notes += reader.notes
    if document is not None:
        document.deployment = Deployment(place.raw, place.reading, place.pointer, SPELLING, name=key)
    return document


def name_file(document: Document, key: str, places: Iterable[Place]) -> None:
    """Tell of a definition in a file of its own which other file names it: the first of these places."""
    for place in places:
        file = place.reading.text.source
        if file.name != document.source.name:
            holder = Document("template", None, place.reading)
            document.named_by = holder, place.pointer, f"named by {file.name}:{key}"
            return


def role(front: Front, key: str, place: Place) -> Role | str:
    """The role that a machine names; of one that the plugin makes, only what the service adds is known."""
    if place.raw.get("role"):
        return front.roles.of(place.raw["role"])
    made = Role("", "")
    made.gaps.append("its role is made by the plugin serverless-step-functions")
    statements = place.raw.get("iamRoleStatements")
    if isinstance(statements, list) and statements:
        value = {"Version": "2012-10-17", "Statement": front.template.value(statements)}
        made.add(
            Resolved(
                POLICY, value, place.reading, place.pointer, front.template, place.raw, name=key,
                moved={("Statement",): ("iamRoleStatements",)},
            )
        )  # fmt: skip
    return made


def follow(path: str, service: Reading, place: Place) -> Place:
    """A value, or what is in the file (relative to the service) that `${file(path):key}` names for it."""
    for _ in range(FOLLOWED):
        match = _FILE.fullmatch(place.raw) if isinstance(place.raw, str) else None
        if match is None:
            break
        name = match[1].strip().strip("'\"")
        text = local_text(path, service, name)
        if isinstance(text, Trouble):
            break
        held = inner(text, is_yaml=name.endswith((".yaml", ".yml")))
        pointer: Pointer = tuple(match[2].split(".")) if match[2] else ()
        place = Place(at(held.tree.value, pointer) if held.tree else None, held, pointer)
    return place


def service(value: dict[str, Any], machines: dict[str, Any]) -> Service:
    """A service's resources: those it writes, its functions and its state machines, as they are deployed."""
    resources: dict[str, Any] = {}
    sites: dict[str, Pointer] = {}
    for written, place in _parts(value, "resources"):
        for name, resource in _members(written.get("Resources")):
            resources[name] = resource
            sites[name] = (*place, "Resources", name)
    aliases: dict[str, str] = {}
    for functions, _ in _parts(value, "functions"):
        for key, given in _members(functions):
            if key not in resources:
                logical = aliases[key] = f"{normalized(key)}LambdaFunction"
                properties = {"FunctionName": given.get("name")} if isinstance(given, dict) else {}
                resources[logical] = {"Type": "AWS::Lambda::Function", "Properties": properties}
    for key, machine in machines.items():
        if isinstance(machine, dict):
            resources[logical_name(key, machine)] = {"Type": STATE_MACHINE, "Properties": deployed(machine)}
    return Service(resources, aliases=aliases, sites=sites)


def deployed(machine: dict[str, Any]) -> dict[str, Any]:
    """A machine's settings as the plugin hands them to CloudFormation."""
    given = {
        "StateMachineName": machine.get("name"),
        "StateMachineType": machine.get("type"),
        "RoleArn": machine.get("role"),
    }
    logging, tracing = machine.get("loggingConfig"), machine.get("tracingConfig")
    if isinstance(logging, dict) and not function(logging):
        groups = logging.get("destinations")
        given["LoggingConfiguration"] = {
            "Level": logging.get("level", "OFF"),
            "IncludeExecutionData": logging.get("includeExecutionData", False),
            "Destinations": [
                {"CloudWatchLogsLogGroup": {"LogGroupArn": arn}}
                for arn in (groups if isinstance(groups, list) else ())
            ],
        }
    if isinstance(tracing, dict) and not function(tracing):
        given["TracingConfiguration"] = {"Enabled": tracing.get("enabled", False)}
    return given


def logical_name(key: str, machine: dict[str, Any]) -> str:
    custom = machine.get("id") or machine.get("name")
    return normalized(custom) if isinstance(custom, str) else f"{normalized(key)}StepFunctionsStateMachine"


def normalized(name: str) -> str:
    """A name as the Serverless Framework makes a logical name of it."""
    return (name[:1].upper() + name[1:]).replace("-", "Dash").replace("_", "Underscore")


def _parts(value: dict[str, Any], field: str) -> list[tuple[dict[str, Any], Pointer]]:
    """A section that may be an object or a list of objects."""
    section = value.get(field)
    if isinstance(section, list):
        return [(part, (field, i)) for i, part in enumerate(section) if isinstance(part, dict)]
    return [(section, (field,))] if isinstance(section, dict) else []


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
