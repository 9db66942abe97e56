"""Execution roles of a Terraform module: the policies of each, its trust policy, and what is not known."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from asllint.loader.document import POLICY, TRUST_POLICY, Document, RolePolicies
from asllint.loader.tf_attributes import EACH, returned
from asllint.loader.tf_module import Module, Written
from asllint.loader.tf_resources import ATTACHMENTS
from asllint.loader.tf_values import Value, document, holder, plain


class Role(RolePolicies):
    """The policies of one role of a module."""

    def __init__(self, address: str, index: str, name: str, arn: str) -> None:
        super().__init__()
        self.address = address
        self.index = index
        self.name = name
        self.arn = arn


class Attachment(NamedTuple):
    """What a resource gives to a role; a policy that it writes, or the ARN of one."""

    address: str
    written: Written
    role: Value
    policy: Value
    is_arn: bool


class Roles:
    """The roles of a module; each is read when a machine asks for it, and only once."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._roles: dict[tuple[str, str], Role] = {}
        self._attachments: list[Attachment] | None = None
        self._documents: dict[object, Document] = {}

    def of(self, value: Value | None) -> Role | str:
        """The role that a machine names by its ARN, or why it is not known."""
        if value is None or not isinstance(value.scalar, str):
            return "its role is not known"
        origin = value.origin
        if (
            origin is not None
            and origin.address in self.module.blocks
            and origin.address.startswith("aws_iam_role.")
        ):
            return self._named(origin.address, origin.which)
        if value.why and not value.is_named:
            return f"its role is not known: {value.why}"
        tail = value.scalar.partition(":role/")[2]
        for address, _ in self.module.of_type("aws_iam_role"):
            role = self._named(address, "")
            if tail and tail == role.arn.partition(":role/")[2]:
                return role
        return f"its role is not in the module (`{value.scalar}`)"

    def _named(self, address: str, index: str) -> Role:
        role = self._roles.get((address, index))
        if role is None:
            name, arn = (returned(self.module, address, index, which) or "" for which in ("name", "arn"))
            role = self._roles[address, index] = Role(address, index, name, arn)
            self._read(role, self.module.blocks[address])
        return role

    def _read(self, role: Role, written: Written) -> None:
        module = self.module
        trust = module.argument(written, "assume_role_policy")
        if trust is not None and not trust.why:
            role.trust = self.document(TRUST_POLICY, trust, role.address)
        for block in written.block.blocks:
            if block.type == "inline_policy" and block.attributes:
                policy = module.argument(written._replace(block=block), "policy")
                self._add(role, policy, role.address, written)
            elif block.type == "dynamic" and block.labels == ("inline_policy",):
                role.gaps.append("its role's inline policies are worked out (`dynamic`)")
        self._managed(role, module.argument(written, "managed_policy_arns"), written)
        if self._attachments is None:
            self._attachments = list(self._find())
        for attachment in self._attachments:
            match self._is_for(attachment.role, role):
                case True if attachment.is_arn:
                    self._managed(role, attachment.policy, attachment.written)
                case True:
                    self._add(role, attachment.policy, attachment.address, attachment.written)
                case None:
                    role.gaps.append(f"it is not known whether {attachment.address} is for its role")
        role.gaps += self._elsewhere(role)

    def _find(self) -> Iterator[Attachment]:
        module = self.module
        for address, written in module.of_type("aws_iam_role_policy"):
            for names in module.instances(written):
                role, policy = (module.argument(written, name, names) for name in ("role", "policy"))
                if role is not None and policy is not None:
                    yield Attachment(address, written, role, policy, False)
        for type_, arguments in ATTACHMENTS.items():
            for address, written in module.of_type(type_):
                for names in module.instances(written):
                    roles, policy = (module.argument(written, name, names) for name in arguments)
                    if roles is None or policy is None:
                        continue
                    for role in roles.elements or [roles]:
                        yield Attachment(address, written, role, policy, True)

    def _is_for(self, named: Value, role: Role) -> bool | None:
        """Whether what names a role names this one; None where that is not known."""
        origin = named.origin
        if origin is not None and origin.address in self.module.blocks:
            if origin.address != role.address:
                return False
            is_same = origin.which == role.index or {origin.which, role.index} <= {"", "0", "*"}
            return True if is_same else None
        text = named.scalar
        if not isinstance(text, str):
            return None
        if text in (role.name, role.arn):
            return True
        # what a variable or another module names is taken for another role
        is_any = bool(named.why and not named.is_named) or EACH.search(text) is not None
        return None if is_any else False

    def _managed(self, role: Role, value: Value | None, written: Written) -> None:
        """Managed policies by their ARNs: the module's own, or AWS's."""
        if value is None:
            return
        if value.elements is not None:
            for element in value.elements:
                self._managed(role, element, written)
            return
        arn, origin = value.scalar, value.origin
        own = dict(self.module.of_type("aws_iam_policy"))
        address = origin.address if origin is not None and origin.address in own else None
        if address is None and isinstance(arn, str):
            address = next((one for one in own if returned(self.module, one, "", "arn") == arn), None)
        if address is not None:
            policy = self.module.argument(own[address], "policy")
            self._add(role, policy, address, own[address], written)
            return
        from asllint.data import catalog

        known = catalog.managed_policy(arn) if isinstance(arn, str) else None
        if known is None:
            role.gaps.append(f"one of its role's managed policies is not known (`{arn}`)")
            return
        shown, _ = holder(value.source, value.start, value.end, ())
        role.policies.append(Document(POLICY, known, shown.reading, name=str(arn).rpartition("/")[2]))

    def _add(self, role: Role, value: Value | None, address: str, *written: Written) -> None:
        """A policy of the module. What a condition decides is taken as there: what then is missing, is.

        Only what denies must not be taken for sure.
        """
        if value is None or value.why:
            why = f": {value.why}" if value is not None else ""
            role.gaps.append(f"the policy of {address} is not known{why}")
            return
        policy = self.document(POLICY, value, address)
        if policy in role.policies:
            return
        if not isinstance(policy.value, dict) or "Statement" not in policy.value:
            role.gaps.append(f"the policy of {address} is not known")
            if policy.reading.faults:
                role.own.append(policy)
            return
        role.policies.append(policy)
        role.own.append(policy)
        is_sure = not any(one.value("count") or one.value("for_each") for one in written)
        statements = policy.value["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            if not isinstance(statement, dict):
                role.gaps.append(f"a statement of {address} is not known")
            elif not is_sure and statement.get("Effect") != "Allow":
                role.gaps.append("a statement that denies depends on a condition")

    def document(self, kind: str, value: Value, name: str) -> Document:
        """A policy, the same one for each role that has it."""
        at = value.encoded or value
        key = kind, at.source.name, at.start, at.end, json.dumps(plain(at), default=str)
        if key not in self._documents:
            self._documents[key] = document(kind, value, name)
        return self._documents[key]

    def _elsewhere(self, role: Role) -> Iterator[str]:
        """Who else may give policies to a role: a module that is told of it, the user of this module."""
        named = re.compile(rf"\b{re.escape(role.address)}(?![\w-])(?!\S*\.arn\b)")
        is_root = any(written.block.type == "provider" for written in self.module.others)
        for block, source in self.module.others:
            if named.search(source.text, block.start, block.end):
                if block.type == "module":
                    yield f"the module {' '.join(block.labels)} may add to its role"
                elif block.type == "output" and not is_root:
                    yield f"who uses the output {' '.join(block.labels)} may add to its role"
