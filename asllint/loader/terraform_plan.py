"""Terraform's plans and states, as `terraform show -json` prints them: machines with their roles' policies.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from asllint.loader.document import (
    DEFINITION,
    POLICY,
    TRUST_POLICY,
    Deployment,
    Document,
    Reading,
    RolePolicies,
    Settings,
    own_policies,
)
from asllint.loader.pointer import Pointer
from asllint.loader.read import at, embedded
from asllint.loader.tf_resources import ATTACHMENTS, DEFAULTS, STATE_MACHINE, log_destinations

SPELLING: dict[str, Pointer] = {
    "name": ("name",),
    "logging": ("logging_configuration", 0),
    "tracing": ("tracing_configuration", 0),
    "encryption": ("encryption_configuration", 0),
}
DEPTH = 100


class Resource(NamedTuple):
    """A resource as it will be: `values` that are known, and the arguments whose values are not yet.

    `module` is the address of its module, `key` what tells it from others of one block, `references` what
    each of its arguments is written with.
    """

    address: str
    type: str
    block: str
    module: str
    key: Any
    values: dict[str, Any]
    unknown: dict[str, Any]
    references: dict[str, list[str]]
    place: Pointer

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def listed(self, name: str) -> list[Any]:
        value = self.values.get(name)
        return value if isinstance(value, list) else [] if value is None else [value]


def documents(path: str, reading: Reading) -> tuple[list[Document], list[str]]:
    """The machines of a plan with the policies of their roles, and what was left out."""
    plan = Plan(reading)
    found: list[Document] = []
    notes: list[str] = []
    roles: list[RolePolicies | str] = []
    for machine in plan.of_type(STATE_MACHINE):
        name = machine.address.replace(f"{STATE_MACHINE}.", "")
        if machine.text("definition") is None:
            notes.append(f"{name}: its definition is known only after it is applied")
            continue
        roles.append(plan.role_of(machine))
        found.append(definition(plan, machine, name))
        notes += found[-1].join(roles[-1])
    return [*found, *own_policies(roles)], list(dict.fromkeys(notes))


def definition(plan: "Plan", machine: Resource, name: str) -> Document:
    held = embedded(plan.reading, (*machine.place, "definition"))
    found = Document(DEFINITION, held.tree.value if held.tree else None, held, name=name)
    type_ = machine.values.get("type", "STANDARD") if "type" not in machine.unknown else None
    unnamed = machine.text("name") or f"${{{machine.address}}}"
    place = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:"
    settings = {
        name: _configuration(machine, f"{name}_configuration", DEFAULTS.get(name))
        for name in ("logging", "tracing", "encryption")
    }
    found.settings = Settings(
        type=type_ if type_ in ("STANDARD", "EXPRESS") else None,
        arn=machine.text("arn") or place + unnamed,
        name=machine.text("name"),
        role=machine.text("role_arn"),
        **settings,
    )
    found.deployment = Deployment(machine.values, plan.reading, machine.place, SPELLING, name=name)
    return found


def _configuration(machine: Resource, field: str, default: Any) -> Any:
    """A block of settings as AWS's API spells it, the default where there is none."""
    if machine.unknown.get(field) is True:
        return None
    blocks = [block for block in machine.listed(field) if isinstance(block, dict)]
    if not blocks:
        return default
    found = {_camel(key): value for key, value in blocks[0].items() if value is not None}
    if "logDestination" in found:
        found["destinations"] = log_destinations(found.pop("logDestination"))
    return found


def _camel(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


class Plan:
    """The resources of a plan, and how they name each other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        value = reading.tree.value if reading.tree is not None else {}
        self._changes = {
            change["address"]: change["change"].get("after_unknown")
            for change in _dicts(value.get("resource_changes"))
            if isinstance(change.get("address"), str) and isinstance(change.get("change"), dict)
        }
        root = at(value, ("configuration", "root_module"))
        held: Pointer = ("planned_values",) if "planned_values" in value else ("values",)
        self.resources = list(self._module((*held, "root_module"), root, "", 0))
        self._documents: dict[tuple[str, Pointer], Document] = {}

    def _module(self, place: Pointer, written: Any, address: str, depth: int) -> Iterator[Resource]:
        value = at(self.reading.tree.value if self.reading.tree else None, place)
        if not isinstance(value, dict) or depth > DEPTH:
            return
        blocks = {str(block.get("address")): block for block in _dicts(at(written, ("resources",)))}
        for i, each in enumerate(_listed(value.get("resources"))):
            if not isinstance(each, dict) or not isinstance(each.get("values"), dict):
                continue
            block = f"{each.get('type')}.{each.get('name')}"
            unknown = self._changes.get(str(each.get("address")))
            yield Resource(
                str(each.get("address")), str(each.get("type")), block, address, each.get("index"),
                each["values"], unknown if isinstance(unknown, dict) else {},
                dict(_references(blocks.get(block))), (*place, "resources", i, "values"),
            )  # fmt: skip
        for i, child in enumerate(_listed(value.get("child_modules"))):
            inner = str(child.get("address")) if isinstance(child, dict) else ""
            name = re.sub(r"\[[^\]]*\]$", "", inner).rpartition("module.")[2]
            below = at(written, ("module_calls", name, "module"))
            yield from self._module((*place, "child_modules", i), below, inner, depth + 1)

    def of_type(self, type_: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == type_]

    def role_of(self, machine: Resource) -> RolePolicies | str:
        """The role that a machine names, or why it is not known."""
        for role in self.of_type("aws_iam_role"):
            if self._names(machine, "role_arn", machine.values.get("role_arn"), role):
                return self.role(role)
        arn = machine.text("role_arn")
        return "its role is not in the plan" + (f" (`{arn}`)" if arn else "")

    def role(self, role: Resource) -> RolePolicies:
        found = RolePolicies()
        found.trust = self._document(TRUST_POLICY, role, ("assume_role_policy",))
        if found.trust is not None:
            found.own.append(found.trust)
        # what a role that is not there yet has beside its configuration is not known, and is nothing
        for i, inline in enumerate(role.listed("inline_policy")):
            if isinstance(inline, dict) and inline:
                self._add(found, role, ("inline_policy", i, "policy"))
        for field in ("inline_policy", "managed_policy_arns"):
            if role.unknown.get(field) and field in role.references:
                found.gaps.append(f"its role's `{field}` is known only after it is applied")
        for i, arn in enumerate(role.listed("managed_policy_arns")):
            self._managed(found, role, arn, ("managed_policy_arns", i))
        for policy in self.of_type("aws_iam_role_policy"):
            if self._gives(found, policy, "role", role):
                self._add(found, policy, ("policy",))
        for type_, (named, given) in ATTACHMENTS.items():
            for attachment in self.of_type(type_):
                if self._gives(found, attachment, named, role):
                    for i, arn in enumerate(attachment.listed(given) or [None]):
                        is_list = isinstance(attachment.values.get(given), list)
                        self._managed(found, attachment, arn, (given, i) if is_list else (given,))
        found.gaps[:] = dict.fromkeys(found.gaps)
        return found

    def _gives(self, found: RolePolicies, resource: Resource, field: str, role: Resource) -> bool:
        """Whether a resource is for a role; that it is not known is a gap."""
        for value in resource.listed(field) or [None]:
            is_for = self._names(resource, field, value, role)
            if is_for:
                return True
            if is_for is None:
                found.gaps.append(f"it is not known whether {resource.address} is for its role")
        return False

    def _names(self, resource: Resource, field: str, value: Any, other: Resource) -> bool | None:
        """Whether an argument names a resource, by its name or ARN; None where that is not known."""
        name, arn = other.text("name"), other.text("arn")
        if isinstance(value, str):
            if value in (name, arn):
                return True
            tail = f"{other.text('path') or '/'}{name}"
            if name is not None and value.startswith("arn:"):
                return value.partition(":")[2].endswith((f":role{tail}", f":policy{tail}"))
            if name is not None:
                return False
        return self._refers(resource, field, other)

    def _refers(self, resource: Resource, field: str, other: Resource) -> bool | None:
        references = resource.references.get(field, [])
        blocks = {".".join(each.split("[")[0].split(".")[:2]) for each in references}
        if blocks == {other.block} and resource.module == other.module:
            same = (each for each in self.resources if each.block == other.block)
            is_single = sum(1 for each in same if each.module == other.module) == 1
            return True if is_single or resource.key == other.key else None
        if blocks and all(block.startswith("aws_iam_") for block in blocks):
            return False
        return None

    def _managed(self, found: RolePolicies, resource: Resource, arn: Any, field: Pointer) -> None:
        """A managed policy by its ARN: one of the plan, or one of AWS's."""
        for policy in self.of_type("aws_iam_policy"):
            if self._names(resource, str(field[0]), arn, policy):
                self._add(found, policy, ("policy",))
                return
        from asllint.data import catalog

        known = catalog.managed_policy(arn) if isinstance(arn, str) else None
        if known is None:
            found.gaps.append(f"a managed policy of its role is not known (`{arn or resource.address}`)")
            return
        place = (*resource.place, *field)
        name = str(arn).rpartition("/")[2]
        found.policies.append(Document(POLICY, known, self.reading, place, name=name))

    def _add(self, found: RolePolicies, resource: Resource, field: Pointer) -> None:
        document = self._document(POLICY, resource, field)
        if document is None or not isinstance(document.value, dict):
            found.gaps.append(f"the policy of {resource.address} is not known")
        elif document not in found.policies:
            found.policies.append(document)
        if document is not None and document not in found.own:
            found.own.append(document)

    def _document(self, kind: str, resource: Resource, field: Pointer) -> Document | None:
        """A policy that a resource holds as a text; the same one for each who asks."""
        if not isinstance(at(resource.values, field), str):
            return None
        key = resource.address, field
        if key not in self._documents:
            held = embedded(self.reading, (*resource.place, *field))
            value = held.tree.value if held.tree else None
            self._documents[key] = Document(kind, value, held, name=resource.address)
        return self._documents[key]


def _references(block: Any) -> Iterator[tuple[str, list[str]]]:
    expressions = block.get("expressions") if isinstance(block, dict) else None
    for name, given in expressions.items() if isinstance(expressions, dict) else ():
        listed = given.get("references") if isinstance(given, dict) else None
        yield name, [each for each in _listed(listed) if isinstance(each, str)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in _listed(value) if isinstance(each, dict)]
