"""Terraform configurations: state machines of a module with their settings and their roles' policies."""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from asllint.loader import hcl
from asllint.loader.bytes import Trouble, decode, read_bytes
from asllint.loader.document import DEFINITION, Deployment, Document, File, Reading, Settings, own_policies
from asllint.loader.hcl_expressions import Choice, Expression
from asllint.loader.source import Source, Text
from asllint.loader.tf_attributes import returned
from asllint.loader.tf_module import Context, Module, Written
from asllint.loader.tf_resources import DEFAULTS, STATE_MACHINE, log_destinations
from asllint.loader.tf_roles import Role, Roles
from asllint.loader.tf_values import HclTree, Member, Value, comments, document, holder, node, plain

KIND = "Terraform configuration"
INSTALL = 'to read Terraform, run `pip install "asllint[terraform]"`'
JSON_SYNTAX = "Terraform's JSON syntax is not read"

# The blocks `…_configuration` of a machine, and how AWS's API spells what is in them.
SETTINGS = {
    "logging": {
        "include_execution_data": "includeExecutionData",
        "level": "level",
        "log_destination": "destinations",
    },
    "tracing": {"enabled": "enabled"},
    "encryption": {
        "kms_data_key_reuse_period_seconds": "kmsDataKeyReusePeriodSeconds",
        "kms_key_id": "kmsKeyId",
        "type": "type",
    },
}


def file(path: str, source: Source, defines: Mapping[str, str] | None = None) -> File:
    """The documents of a `.tf` file: its machines, and the policies of their roles in the whole module.

    A file without a machine is none of ours; one with a machine that cannot be read has notes that say why.
    """
    name = source.name
    is_json = path.endswith(".json")
    if is_json or STATE_MACHINE not in source.text or not hcl.is_installed():
        notes = [JSON_SYNTAX if is_json else INSTALL] if STATE_MACHINE in source.text else []
        return File(path, _reading(source), "", [], notes)
    read = hcl.read(source.text)
    if read.fault is not None:
        return File(path, Reading(Text(source), None, (read.fault,)), KIND, [])
    if not any(block.labels[:1] == (STATE_MACHINE,) for block in read.blocks if block.type == "resource"):
        return File(path, _reading(source), "", [])
    folder, own = os.path.split(path)
    texts = tuple(_siblings(folder, own, source))
    front = _front(folder, os.path.dirname(name), texts, tuple((defines or {}).items()))
    documents, notes = front.of(name)
    return File(path, _reading(source), KIND, documents, notes)


def _reading(source: Source) -> Reading:
    """A file as what it holds: the types of its blocks."""
    value = dict.fromkeys(re.findall(r"^([a-z]\w*)\b[^=\n]*\{", source.text, re.MULTILINE))
    return Reading(Text(source), HclTree(source.text, value, (-1, -1, 0, 0, {}, None)), ())


def _siblings(folder: str, own: str, source: Source) -> list[tuple[str, str | None]]:
    """The files of a module and their texts, None for one that cannot be read."""
    found: list[tuple[str, str | None]] = []
    try:
        names = {name for name in os.listdir(folder or ".") if name.endswith(".tf")}
    except OSError:
        names = set()
    for name in sorted(names | {own}):
        if name == own:
            found.append((name, source.text))
            continue
        data = read_bytes(os.path.join(folder, name))
        text = data if isinstance(data, Trouble) else decode(data)
        if not isinstance(text, Trouble) or text.kind != "empty-file":
            found.append((name, None if isinstance(text, Trouble) else text))
    return found


@lru_cache(maxsize=16)
def _front(
    folder: str, shown: str, texts: tuple[tuple[str, str | None], ...], defines: tuple[tuple[str, str], ...]
) -> "Front":
    """One module, for each of its files that has a machine."""
    return Front(folder, shown, texts, dict(defines))


class Front:
    """The machines of one module as documents."""

    def __init__(
        self, folder: str, shown: str, texts: tuple[tuple[str, str | None], ...], defines: Mapping[str, str]
    ) -> None:
        files: list[tuple[Source, hcl.Hcl]] = []
        self.gaps: list[str] = []
        for name, text in texts:
            read = hcl.read(text) if text is not None else None
            if name == "override.tf" or name.endswith("_override.tf"):
                self.gaps.append(f"{name} may change its role")
            elif text is None or read is None or read.fault is not None:
                self.gaps.append(f"{name} cannot be read")
            else:
                files.append((Source(os.path.join(shown, name), text), read))
        self.module = Module(files, folder, shown, defines)
        self.roles = Roles(self.module)

    def of(self, name: str) -> tuple[list[Document], list[str]]:
        """The machines that a file holds with the policies of their roles, and what was left out."""
        found: list[Document] = []
        roles: list[Role | str] = []
        notes: list[str] = []
        for _, written in self.module.of_type(STATE_MACHINE):
            if written.source.name != name:
                continue
            for names in self.module.instances(written):
                for made in self.machine(written, names, notes):
                    found.append(made)
                    roles.append(self.roles.of(self.module.argument(written, "role_arn", names)))
                    notes += made.join(roles[-1], self.gaps)
        return [*found, *own_policies(roles)], list(dict.fromkeys(notes))

    def machine(self, written: Written, names: Mapping[str, Value], notes: list[str]) -> list[Document]:
        """The definitions of a machine; a condition may choose between two."""
        label = written.block.labels[1]
        attribute = written.value("definition")
        if attribute is None:
            notes.append(f"{label}: has no definition")
            return []
        values = self.definitions(attribute.value, Context(Text(written.source), names))
        inside = _inside(values[0], written) if len(values) == 1 else None
        deployment = self.deployment(written, names, inside)
        settings = self.settings(written, deployment.value)
        found = []
        for value in values:
            if value.why or (value.scalar is None and value.members is None):
                notes.append(f"{label}: its definition was not read: {value.why or 'it is null'}")
                continue
            if inside is not None:
                held, prefix = deployment.value["definition"], ("definition",)
                made = Document(DEFINITION, held, deployment.reading, prefix, name=label, settings=settings)
            else:
                made = document(DEFINITION, value, label, settings)
            made.deployment = deployment
            if made.file != written.source.name:
                pointer = ("resource", STATE_MACHINE, label, "definition")
                shown, where = holder(written.source, attribute.value.start, attribute.value.end, pointer)
                made.named_by = shown, where, f"named by {written.source.name}:{label}"
            found.append(made)
        return found

    def definitions(self, written: Expression, context: Context) -> list[Value]:
        """What an expression gives, or both of what a condition chooses from."""
        found = self.module.value(written, context)
        if found.why and isinstance(written, Choice):
            return [self.module.value(arm, context) for arm in (written.yes, written.no)]
        return [found]

    def deployment(
        self, written: Written, names: Mapping[str, Value], definition: Value | None
    ) -> Deployment:
        """A machine's settings as AWS's API spells them, where they are written.

        A definition that is an object in the same block is told with them: comments are about both.
        """
        source, block = written.source, written.block
        members: dict[str, Member] = {}
        for name in ("name", "role_arn", "type"):
            if (member := self.member(written, name, names)) is not None:
                members[name] = member
        for name, fields in SETTINGS.items():
            for inner in block.named(f"{name}_configuration"):
                here = written._replace(block=inner)
                given = {spelled: self.member(here, field, names) for field, spelled in fields.items()}
                known = {spelled: member for spelled, member in given.items() if member is not None}
                value = Value(source, inner.start, inner.end).put(known)
                members[name] = Member(inner.key, inner.start, inner.end, value)
        if definition is not None:
            at = block.attributes["definition"]
            members["definition"] = Member((at.start, at.end), definition.start, definition.end, definition)
        found = Value(source, block.start, block.end).put(members)
        tree = HclTree(source.text, plain(found), node(found, source, block.key), list(comments(found)))
        return Deployment(tree.value, Reading(Text(source), tree, ()), (), {}, name=block.labels[1])

    def member(self, written: Written, name: str, names: Mapping[str, Value]) -> Member | None:
        """An argument and its place."""
        attribute, value = written.value(name), self.module.argument(written, name, names)
        if attribute is None or value is None:
            return None
        return Member((attribute.start, attribute.end), attribute.value.start, attribute.value.end, value)

    def settings(self, written: Written, given: Mapping[str, Any]) -> Settings:
        module, address = self.module, ".".join(written.block.labels)
        # without a type it is a Standard workflow
        type_ = given.get("type", "STANDARD")
        dynamic = {label for block in written.block.named("dynamic") for label in block.labels}
        known = {
            name: given.get(name, DEFAULTS.get(name)) if f"{name}_configuration" not in dynamic else None
            for name in SETTINGS
        }
        if isinstance(known["logging"], dict) and "destinations" in known["logging"]:
            arn = known["logging"]["destinations"]
            known["logging"] = {**known["logging"], "destinations": log_destinations(arn)}
        return Settings(
            type=type_ if type_ in ("STANDARD", "EXPRESS") else None,
            arn=returned(module, address, "", "arn"),
            name=returned(module, address, "", "name"),
            role=given.get("role_arn") if isinstance(given.get("role_arn"), str) else None,
            **known,
        )


def _inside(value: Value, written: Written) -> Value | None:
    """The object that a definition is, where it is written in the machine's own block."""
    while value.encoded is not None:
        value = value.encoded
    block = written.block
    is_here = value.source is written.source and block.start <= value.start < block.end
    return value if is_here and value.members is not None else None
