"""CloudFormation, SAM and CDK templates: state machines with their settings and their roles' policies."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from asllint.loader import cfn_substitutions, sam
from asllint.loader.bytes import Trouble, decode, read_bytes
from asllint.loader.cfn_functions import NO_VALUE, VARIABLE, function, spread
from asllint.loader.cfn_places import Resolved, replaced, substitute, woven
from asllint.loader.cfn_roles import Role, Roles
from asllint.loader.cfn_values import Template
from asllint.loader.discover import beside
from asllint.loader.document import (
    DEFINITION,
    Deployment,
    Document,
    Reading,
    Settings,
    Templated,
    own_policies,
)
from asllint.loader.pointer import Pointer
from asllint.loader.read import inner
from asllint.loader.source import Source, Text
from asllint.record import Record

STATE_MACHINE = "AWS::StepFunctions::StateMachine"

# Where the definition is, in the order in which it is looked for.
DEFINITIONS = ("Definition", "DefinitionString", "DefinitionUri", "DefinitionS3Location")
FILES = ("DefinitionUri", "DefinitionS3Location")

# What a template that does not say so deploys.
NO_LOGGING = {"level": "OFF"}
NO_TRACING = {"enabled": False}


class Spelling(Record):
    """How a resource type names the settings of a machine."""

    name: str
    type: str
    role: str
    logging: str
    tracing: str
    encryption: str = ""


MACHINES = {
    STATE_MACHINE: Spelling(
        "StateMachineName", "StateMachineType", "RoleArn", "LoggingConfiguration", "TracingConfiguration",
        "EncryptionConfiguration",
    ),
    sam.STATE_MACHINE: Spelling("Name", "Type", "Role", "Logging", "Tracing"),
}  # fmt: skip


class Written(Record):
    """A definition as it is written: by whom, where, and what will be substituted in it.

    `given` are the names of all substitutions, None where not all of them are known.
    """

    name: str
    place: Pointer
    raw: Any
    settings: Settings
    substitutions: Mapping[str, str]
    given: frozenset[str] | None = None


def documents(path: str, reading: Reading) -> tuple[list[Document], list[str]]:
    """The machines of a template with the policies of their roles, and what was left out."""
    value = reading.tree.value if reading.tree is not None else None
    if not isinstance(value, dict) or not isinstance(value.get("Resources"), dict):
        return [], []
    front = Front(path, reading, Template(value["Resources"], value.get("Mappings")))
    front.macros = list(cfn_substitutions.macros(value))
    front.declared = cfn_substitutions.declared(value)
    return front.documents()


class Front:
    """One template's machines as documents; `notes` says what was left out."""

    def __init__(self, path: str, reading: Reading, template: Template) -> None:
        self.path = path
        self.reading = reading
        self.template = template
        self.roles = Roles(template, reading)
        self.notes: list[str] = []
        self.macros: list[str] = []
        self.declared: frozenset[str] | None = None
        self._mentioned: set[str] = set()

    def documents(self) -> tuple[list[Document], list[str]]:
        machines = [name for name in self.template.resources if self.template.type(name) in MACHINES]
        roles = {name: self.role(name) for name in machines}
        connected = sam.connected(self.template)
        for name, role in roles.items():
            if isinstance(role, Role):
                role.gaps += ["a connector adds to its role"] * (name in connected)
                role.gaps += [f"{macro} may add to its role" for macro in self.macros]
        self.notes += [f"what {macro} makes was not read" for macro in self.macros]
        found = [document for name in machines for document in self.machine(name, roles[name])]
        return [*found, *own_policies(roles.values())], list(dict.fromkeys(self.notes))

    def role(self, name: str) -> Role | str:
        if self.template.type(name) == sam.STATE_MACHINE:
            return sam.role(self.roles, name)
        return self.roles.of(self.template.properties(name).get("RoleArn"))

    def machine(self, name: str, role: Role | str) -> list[Document]:
        """The definition of a machine; a condition may choose between several."""
        properties = self.template.properties(name)
        field = next((field for field in DEFINITIONS if properties.get(field)), None)
        if field is None:
            self.notes.append(f"{name}: its definition is not in the template")
            return []
        raw_substitutions = properties.get("DefinitionSubstitutions")
        substitutions = self.substitutions(raw_substitutions)
        given = None if self.macros else cfn_substitutions.names_given(raw_substitutions)
        settings = self.settings(name)._replace(template=self.templated(name))
        place = (*self.template.site(name), "Properties", field)
        self._mentioned = cfn_substitutions.mentioned(
            [properties[field], list(cfn_substitutions.values_of(raw_substitutions))]
        )
        found = []
        is_whole = True
        for raw, path in arms(properties[field]):
            written = Written(name, (*place, *path), raw, settings, substitutions, given)
            document = self.file(written) if field in FILES else self.definition(written)
            if document is None:
                is_whole = False
                continue
            found.append(document)
            self.notes += document.join(role)
            self.show_construct(document)
        self.deploy(name, found, sorted((given or frozenset()) - self._mentioned) if is_whole else [])
        return found

    def deploy(self, name: str, documents: list[Document], unused: list[str]) -> None:
        """Tell documents which resource deploys them, and which of its substitutions they do not use."""
        resource, spelling = self.template.resources[name], MACHINES[self.template.type(name)]
        places = {
            "name": spelling.name, "logging": spelling.logging, "tracing": spelling.tracing,
            "encryption": spelling.encryption, "substitutions": "DefinitionSubstitutions",
        }  # fmt: skip
        spelled: dict[str, Pointer] = {key: ("Properties", place) for key, place in places.items() if place}
        for document in documents:
            document.deployment = Deployment(
                resource, self.reading, self.template.site(name), spelled, name=name
            )
            if unused and document.settings.template is not None:
                template = document.settings.template._replace(unused=tuple(unused))
                document.settings = document.settings._replace(template=template)

    def templated(self, name: str) -> Templated:
        """What can be told of a machine without reading its definition."""
        properties = self.template.properties(name)
        machines = [each for each in self.template.resources if self.template.type(each) in MACHINES]
        fields = tuple(field for field in DEFINITIONS if properties.get(field))
        return cfn_substitutions.templated(
            self.template, properties, fields, machines, self.declared
        )._replace(is_sam=self.template.type(name) == sam.STATE_MACHINE)

    def settings(self, name: str) -> Settings:
        properties = self.template.properties(name)
        spelling = MACHINES[self.template.type(name)]
        # without a type it is a Standard workflow
        kind = self.template.text(properties.get(spelling.type) or "STANDARD")
        return Settings(
            type=kind if kind in ("STANDARD", "EXPRESS") else None,
            arn=self.template.text({"Ref": name}),
            name=self.template.text(properties.get(spelling.name)),
            role=self.template.text(properties.get(spelling.role)),
            logging=self.setting(properties, spelling.logging, NO_LOGGING),
            tracing=self.setting(properties, spelling.tracing, NO_TRACING),
            encryption=self.setting(properties, spelling.encryption),
        )

    def setting(
        self, properties: Mapping[str, Any], field: str, default: Mapping[str, Any] | None = None
    ) -> Any:
        """A configuration as AWS's API spells it; what is not written is as the default says."""
        if default is not None and "Fn::Transform" in properties:
            return None
        found = self.template.value(properties[field]) if field in properties else NO_VALUE
        if isinstance(found, dict):
            return {**(default or {}), **camel(found)}
        return dict(default) if found is NO_VALUE and default is not None else None

    def substitutions(self, raw: Any) -> dict[str, str]:
        """The texts that stand in a definition for `${Name}`."""
        if not isinstance(raw, dict) or function(raw):
            return {}
        shown = {name: self.template.shown(given) for name, given in raw.items()}
        return {name: text for name, text in shown.items() if text != f"${{{name}}}"}

    def definition(self, written: Written) -> Document | None:
        """A definition in the template: an object, or a text that functions may put together."""
        name, place, raw, settings, substitutions, given = written
        if function(raw) == "Fn::ToJsonString":
            place, raw = (*place, "Fn::ToJsonString"), raw["Fn::ToJsonString"]
        if isinstance(raw, dict) and not function(raw):
            value = replaced_value(self.template.value(raw), substitutions)
            if given is not None and not cfn_substitutions.has_transform(raw):
                settings = cfn_substitutions.leaving(
                    settings, cfn_substitutions.unfilled_members(self.template, raw, given, substitutions)
                )
            return Resolved(
                DEFINITION, value, self.reading, place, self.template, raw, name=name, settings=settings,
                substitutions=substitutions,
            )  # fmt: skip
        tree = self.reading.tree
        if tree is None or not (isinstance(raw, str) or function(raw)):
            self.notes.append(f"{name}: its definition is neither an object nor a text")
            return None
        pieces = list(self.template.pieces(raw, place))
        text = woven(self.reading.text, tree, pieces)
        if VARIABLE.fullmatch(text.text.strip()):
            self.notes.append(f"{name}: its definition is not in the template")
            return None
        document = definition_in(replaced(text, substitutions), name, settings)
        if given is not None and (left := cfn_substitutions.literal_names(pieces) - given):
            made = {each for value in substitutions.values() for each in cfn_substitutions.names(value)}
            found = cfn_substitutions.unfilled_texts(document.value, given, {})
            document.settings = cfn_substitutions.leaving(
                settings, (each for each in found if each.name in left - made)
            )
        return document

    def file(self, written: Written) -> Document | None:
        """A definition in a file beside the template, as `sam` and `aws cloudformation package` take it."""
        uri = self.template.text(written.raw)
        if uri is None or uri.startswith("s3:") or "${" in uri:
            where = "in S3" if uri is None or uri.startswith("s3:") else f"at {uri}"
            self.notes.append(f"{written.name}: its definition is {where} and was not read")
            return None
        document = self.local(uri, written)
        if document is not None:
            holder = Document("template", None, self.reading)
            template = self.reading.text.source.name
            document.named_by = holder, written.place, f"named by {template}:{written.name}"
        return document

    def local(self, uri: str, written: Written) -> Document | None:
        read = local_text(self.path, self.reading, uri)
        if isinstance(read, Trouble):
            self.notes.append(f"{written.name}: its definition {uri} {read.message}")
            return None
        is_yaml = uri.endswith((".yaml", ".yml"))
        document = definition_in(
            replaced(read, written.substitutions), written.name, written.settings, is_yaml=is_yaml
        )
        mentioned = set(cfn_substitutions.names(read.text))
        self._mentioned |= mentioned
        if written.given is not None and mentioned - written.given:
            # as it is written, before a substitution brings in `${Name}` of its own
            held = inner(read, is_yaml=is_yaml)
            value = held.tree.value if held.tree else None
            document.settings = cfn_substitutions.leaving(
                written.settings,
                cfn_substitutions.unfilled_texts(value, written.given, written.substitutions),
            )
        return document

    def show_construct(self, document: Document) -> None:
        """A CDK construct's path, shown where its generated definition is at fault."""
        metadata = self.template.resources[document.name].get("Metadata")
        construct = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        if isinstance(construct, str) and document.named_by is None:
            holder = Document("template", None, self.reading)
            document.named_by = holder, self.template.site(document.name), f"construct {construct}"


def arms(raw: Any) -> Iterator[tuple[Any, Pointer]]:
    """A value, or both arms of the condition that it depends on."""
    if function(raw) != "Fn::If":
        yield raw, ()
        return
    for arm, path, _ in spread(raw):
        yield arm, path


def definition_in(text: Text, name: str, settings: Settings, *, is_yaml: bool = False) -> Document:
    """The definition that a text holds."""
    held = inner(text, is_yaml=is_yaml)
    return Document(DEFINITION, held.tree.value if held.tree else None, held, name=name, settings=settings)


def local_text(path: str, reading: Reading, uri: str) -> Text | Trouble:
    """The text of a file that a template names, relative to the template."""
    data = read_bytes(os.path.join(os.path.dirname(path), uri))
    text = data if isinstance(data, Trouble) else decode(data)
    if isinstance(text, Trouble):
        return text
    return Text(Source(beside(os.path.dirname(reading.text.source.name), uri), text))


def replaced_value(value: Any, substitutions: Mapping[str, str]) -> Any:
    """A value with the substitutions made in every text of it."""
    if not substitutions:
        return value
    if isinstance(value, str):
        return substitute(value, substitutions)
    if isinstance(value, list):
        return [replaced_value(element, substitutions) for element in value]
    if isinstance(value, dict):
        return {substitute(k, substitutions): replaced_value(v, substitutions) for k, v in value.items()}
    return value


def camel(value: Any) -> Any:
    """CloudFormation's spelling of a setting as the API's: `LogGroupArn` is `logGroupArn`."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(member) for key, member in value.items()}
    return [camel(element) for element in value] if isinstance(value, list) else value
