"""Execution roles of a template: the policies of each, its trust policy, and what of it is not known."""

from collections.abc import Iterator
from typing import Any

from asllint.loader.cfn_functions import NO_VALUE, spread
from asllint.loader.cfn_places import Resolved
from asllint.loader.cfn_values import Template
from asllint.loader.document import POLICY, TRUST_POLICY, Document, Reading, RolePolicies
from asllint.loader.pointer import Pointer
from asllint.record import Record

# The types that are attached to roles, with the property that names them.
ATTACHED = {
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
}


class Role(RolePolicies):
    """The policies of one role of a template."""

    def __init__(self, name: str, arn: str) -> None:
        super().__init__()
        self.name = name
        self.arn = arn

    def add(self, policy: Resolved, *, is_sure: bool = True) -> None:
        """A policy of the template. What a condition decides is taken as there: what then is missing, is.

        Only what denies must not be taken for sure.
        """
        self.policies.append(policy)
        self.own.append(policy)
        statements = policy.value.get("Statement")
        for i, statement in enumerate(statements if isinstance(statements, list) else [statements]):
            if not isinstance(statement, dict):
                self.gaps.append("a statement of its role is not known")
                continue
            is_chosen = not is_sure or "Fn::If" in policy.moved.get(("Statement", i), ())
            if is_chosen and statement.get("Effect") != "Allow":
                self.gaps.append("a statement that denies depends on a condition")


class Attachment(Record):
    """A policy resource and one of the roles it names."""

    resource: str
    role: str


class Roles:
    """The roles of a template; each is read when a machine asks for it, and only once."""

    def __init__(self, template: Template, reading: Reading) -> None:
        self.template = template
        self.reading = reading
        self._roles: dict[str, Role] = {}
        self._attachments: list[Attachment] | None = None
        self._attached: dict[str, Resolved | str] = {}

    def of(self, arn: Any) -> Role | str:
        """The role with an ARN as a template writes it, or why it is not known."""
        written = self.template.text(arn)
        if written is None:
            return "its role is not known"
        for name in self.template.resources:
            if self.template.type(name) == "AWS::IAM::Role":
                role = self._named(name)
                # the account is the machine's own: only a role of the same account can be given to it
                if written == role.arn or _tail(written) == _tail(role.arn) != "":
                    return role
        return f"its role is not in the template (`{written}`)"

    def _named(self, name: str) -> Role:
        role = self._roles.get(name)
        if role is None:
            arn = self.template.text({"Fn::GetAtt": [name, "Arn"]}, "")
            role = self._roles[name] = Role(self.template.name(name), arn or "")
            self._read(role, name)
        return role

    def _read(self, role: Role, name: str) -> None:
        properties = self.template.properties(name)
        place = (*self.template.site(name), "Properties")
        if "Fn::Transform" in properties:
            role.gaps.append("a macro adds to its role")
        trust = properties.get("AssumeRolePolicyDocument")
        if isinstance(trust, dict):
            value, moved = resolved_policy(self.template, trust)
            where = (*place, "AssumeRolePolicyDocument")
            role.trust = Resolved(
                TRUST_POLICY, value, self.reading, where, self.template, trust, name=name, moved=moved
            )
        for raw, path, is_sure in spread(properties.get("Policies"), ("Policies",)):
            if isinstance(raw, dict) and "PolicyDocument" in raw:
                self.inline(
                    role, raw["PolicyDocument"], (*place, *path, "PolicyDocument"), name, is_sure=is_sure
                )
            elif raw is not None:
                role.gaps.append("one of its role's policies is not known")
        for raw, path, is_sure in spread(properties.get("ManagedPolicyArns"), ("ManagedPolicyArns",)):
            if raw is not None:
                self.managed(role, raw, (*place, *path), is_sure=is_sure)
        self.attach(role)

    def inline(self, role: Role, raw: Any, place: Pointer, name: str, *, is_sure: bool = True) -> None:
        """A policy document written for a role."""
        for document, path, is_this_sure in spread(raw):
            policy = self._policy(document, (*place, *path), name)
            if policy is None:
                role.gaps.append("one of its role's policies is not known")
            else:
                role.add(policy, is_sure=is_sure and is_this_sure)

    def managed(self, role: Role, raw: Any, place: Pointer, *, is_sure: bool = True) -> None:
        """A managed policy, by its ARN or what gives it: one of AWS's own, or one of the template."""
        from asllint.data import catalog

        arn = self.template.text(raw)
        if arn is None:
            role.gaps.append("one of its role's managed policies is not known")
            return
        for name in self.template.resources:
            if self.template.type(name) == "AWS::IAM::ManagedPolicy" and arn == self.template.value(
                {"Ref": name}
            ):
                self._add_attached(role, name, is_sure=is_sure)
                return
        known = catalog.managed_policy(arn)
        if known is None:
            role.gaps.append(f"one of its role's managed policies is not known (`{arn}`)")
            return
        role.policies.append(Document(POLICY, known, self.reading, place, name=arn.rpartition("/")[2]))

    def attach(self, role: Role) -> None:
        """The policy resources that name a role."""
        if self._attachments is None:
            self._attachments = list(self._find_attachments())
        for attachment in self._attachments:
            if attachment.role == role.name:
                is_sure = "Condition" not in self.template.resources[attachment.resource]
                self._add_attached(role, attachment.resource, is_sure=is_sure)

    def _find_attachments(self) -> Iterator[Attachment]:
        for name in self.template.resources:
            field = ATTACHED.get(self.template.type(name))
            if field:
                for raw, _, _ in spread(self.template.properties(name).get(field)):
                    role = self.template.text(raw)
                    if role is not None:
                        yield Attachment(name, role)

    def _add_attached(self, role: Role, name: str, *, is_sure: bool) -> None:
        known = self._attached.get(name)
        if known is None:
            raw = self.template.properties(name).get("PolicyDocument")
            place = (*self.template.site(name), "Properties", "PolicyDocument")
            found = self._policy(raw, place, name)
            known = self._attached[name] = found or f"the policy {name} of its role is not known"
        if isinstance(known, str):
            role.gaps.append(known)
        elif known not in role.policies:
            role.add(known, is_sure=is_sure)

    def _policy(self, raw: Any, place: Pointer, name: str) -> Resolved | None:
        if not isinstance(raw, dict) or "Statement" not in raw:
            return None
        value, moved = resolved_policy(self.template, raw)
        return Resolved(POLICY, value, self.reading, place, self.template, raw, name=name, moved=moved)


def resolved_policy(template: Template, raw: dict[str, Any]) -> tuple[dict[str, Any], dict[Pointer, Pointer]]:
    """A policy's value, and where its statements are written: both arms of every `Fn::If` are statements."""
    value: dict[str, Any] = {}
    moved: dict[Pointer, Pointer] = {}
    for key, member in raw.items():
        if key != "Statement" or not isinstance(member, (list, dict)) or "Effect" in member:
            if (found := template.value(member)) is not NO_VALUE:
                value[key] = found
            continue
        statements = value[key] = []
        for element, path, is_sure in spread(member, (key,)):
            place = (key, len(statements))
            if path != place or not is_sure:
                moved[place] = path
            statements.append(template.value(element))
    return value, moved


def _tail(arn: str) -> str:
    return arn.partition(":role/")[2]
