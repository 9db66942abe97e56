"""`asllint policy`: the least policy that a machine needs, or how a role's policies differ from it."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from asllint.commands.check import about_machine, choices, named_files
from asllint.commands.refused import Refused
from asllint.loader.document import DEFINITION, Document, Reading
from asllint.loader.pointer import text as pointer_text
from asllint.model.asl import Definition, Role, is_unknown, plain
from asllint.project import stem
from asllint.report.policies import FORMATS, PSEUDO, holes, render
from asllint.run import Run
from asllint.units import definition_unit

# What `asllint check` can be told beside what this command asks.
UNASKED: dict[str, Any] = {
    "trust": None, "select": (), "ignore": (), "profile": None, "rules": (), "fail_on": None,
    "max_size": None, "no_ignores": False, "stdin_filename": None,
}  # fmt: skip


@click.command("policy")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--policy",
    multiple=True,
    metavar="FILE",
    help="A policy of the role: say what to add to it and what to drop; repeatable.",
)
@about_machine
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="How the policy is written.",
)
@click.option("--config", "config_file", metavar="FILE", help="The configuration to use.")
@click.option("--no-config", is_flag=True, help="Use no configuration.")
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Print the least policy that a machine's role needs.

    With --policy: {"add": [statements], "drop": [grants that nothing needs, or `instead` narrower ones]}.
    For several machines an object holds a policy for each, by name. What is not known before deployment
    stands as ${NAME}; what no definition shows is told on stderr and not granted.

    Exit status: 0 written, 2 something cannot be used, 3 an internal error.
    """
    settings, _, catalogue, exclude = choices(paths, {**UNASKED, **options})
    if not options["policy"]:
        settings = settings._replace(known=settings.known._replace(beside=False))
    found, refused = named_files(paths, exclude, settings.root)
    run = Run(settings, catalogue)
    project, broken, more, failures = run.read(found)
    refused += [*more, *(f"{path}: {reading.faults[0].message}" for path, reading in broken)]
    for file in project.files.values():
        if file.reading.tree is None and file.reading.faults:
            refused.append(_fault(file.reading))
    machines = []
    for document in project.documents:
        why = _unreadable(document) if document.kind == DEFINITION else ""
        if why and why not in refused:
            refused.append(why)
        elif document.kind == DEFINITION and not why:
            machines.append(document)
    if not machines and not refused and not failures:
        raise Refused(f"no definition in {', '.join(paths)}")
    results: dict[str, Any] = {}
    # without one of the policies the difference would not be that of the role
    for document in () if refused and options["policy"] else machines:
        name = _free(_name(document), results)
        results[name] = _result(document, bool(options["policy"]), f"{name}: " if len(machines) > 1 else "")
    if results:
        click.echo(render(results, options["format_"]), nl=False)
    for line in refused:
        click.echo(f"asllint: {line}", err=True)
    for _, name, trace in failures:
        click.echo(f"asllint: internal error on {name}; please report it:\n{trace}", err=True)
    sys.exit(3 if failures else 2 if refused else 0)


def _fault(reading: Reading) -> str:
    """Where a text cannot be read, and why."""
    fault = reading.faults[0]
    region = reading.text.region(fault.start, fault.end)
    return f"{reading.text.source.name}:{region.start_line}:{region.start_column}: {fault.message}"


def _unreadable(document: Document) -> str:
    """Why nothing can be said of what a machine needs."""
    if document.reading.tree is None and document.reading.faults:
        return _fault(document.reading)
    states = plain(document.value).get("States")
    if isinstance(states, dict) and states and not is_unknown(states):
        return ""
    name = f"{document.file}: {document.name}" if document.name else document.file
    return f"{name}: has no states that can be read"


def _result(document: Document, has_policies: bool, told_of: str) -> dict[str, Any]:
    """The policy or the difference; what there is to say of it begins with the machine it is told of."""
    from asllint.facts.least import advice, policy

    unit = definition_unit(document, {})
    definition = unit.model.definition if isinstance(unit.model, Role) else unit.model
    lines = list(advice(definition))
    role = unit.model
    if has_policies and isinstance(role, Role):
        result, denied = _difference(role, {key: one.file for key, one in unit.documents.items()})
        lines += denied
    else:
        result = policy(definition)
        if not result["Statement"] and not lines:
            lines.append("no permission is needed: IAM takes no policy without a statement")
    lines += _of_holes(result, definition)
    for line in lines:
        click.echo(f"asllint: {told_of}{line}", err=True)
    return result


def _difference(role: Role, files: dict[int, str]) -> tuple[dict[str, Any], list[str]]:
    """What to add to the role's policies and what to drop or to narrow; and what no statement helps."""
    from asllint.facts.excess import excess, in_vain
    from asllint.facts.gaps import decided
    from asllint.facts.grants import DENIED, MISSING
    from asllint.facts.least import statements
    from asllint.facts.permissions import needs

    lacking = []
    denied: dict[str, None] = {}
    for need in needs(role.definition):
        answer = MISSING if need.is_optional else decided(role, need).answer
        if answer == DENIED:
            denied[f"{need.action} is denied explicitly: no statement helps"] = None
        elif answer == MISSING and not need.is_optional:
            lacking.append(need)
    drop = []
    for one in (*excess(role), *in_vain(role)):
        grant = {
            "file": files.get(id(one.statement.policy), ""),
            "pointer": pointer_text(one.pointer),
            one.element: one.text,
        }
        drop.append({**grant, "instead": list(one.needed)} if one.needed else grant)
    return {"add": statements(lacking), "drop": drop}, list(denied)


def _of_holes(result: dict[str, Any], definition: Definition) -> Iterator[str]:
    named = list(dict.fromkeys(holes(result)))
    own = [name for name in named if name in PSEUDO or name == "StateMachineName"]
    if own and not definition.settings.arn:
        listed = ", ".join(f"${{{name}}}" for name in own)
        yield f"{listed} stand for where the machine lives: --arn fills them in"
    rest = [name for name in named if name not in own]
    if rest and not definition.settings.arn:
        listed = ", ".join(f"${{{name}}}" for name in rest)
        yield f"{listed}: not known before deployment; --define NAME=VALUE fills it in"


def _name(document: Document) -> str:
    """A machine's name in a template, else that of its file."""
    if document.name:
        return document.name
    return stem(os.path.basename(document.file))


def _free(name: str, taken: dict[str, Any]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
