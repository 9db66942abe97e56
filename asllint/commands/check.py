"""`asllint check`: the main job."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from asllint.catalogue import Catalogue, Selection, built_in
from asllint.commands import help
from asllint.commands.refused import Refused
from asllint.finding import Finding, Severity
from asllint.loader import discover
from asllint.loader.discover import Found, Trouble
from asllint.outcome import Outcome
from asllint.project import Known
from asllint.report.output import FORMATS, render
from asllint.report.summary import Report, Summary
from asllint.rule import PROFILES, PageError
from asllint.run import Run, Settings

MANY = 400
OPTIONS = {
    "What is checked": (
        "--policy",
        "--trust",
        "--type",
        "--arn",
        "--define",
        "--stdin-filename",
        "--force-exclude",
        "--list-files",
    ),
    "Rules": ("--profile", "--select", "--ignore", "--rules", "--no-ignores"),
    "Result": ("--format", "--output", "--fail-on", "--statistics", "--quiet", "--color"),
    "Setup": ("--config", "--no-config", "--jobs", "--max-size", "--help"),
}


ARN = "The machine's own ARN: it tells partition, Region and account."
DEFINE = "The value of a substitution ${NAME}; repeatable."


class Grouped(click.Command):
    """A command whose options are listed by what they are for."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return help.option(*self.get_help_option_names(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = {name: p.get_help_record(ctx) for p in self.get_params(ctx) for name in p.opts}
        for title, names in OPTIONS.items():
            with formatter.section(title):
                formatter.write_dl([record for name in names if (record := records[name])])


def about_machine(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what a definition does not say of its machine."""
    kinds = click.Choice(["standard", "express"], case_sensitive=False)
    for option in (
        click.option("--define", multiple=True, metavar="NAME=VALUE", help=DEFINE),
        click.option("--arn", metavar="ARN", help=ARN),
        click.option("--type", "type_", type=kinds, help="The machine's type."),
    ):
        command = option(command)
    return command


@click.command("check", cls=Grouped, short_help="Check definitions, policies and templates.")
@click.argument("paths", nargs=-1, metavar="[PATH...|-]")
@click.option(
    "--policy",
    multiple=True,
    metavar="FILE",
    help="A policy of the role that runs the definitions; repeatable.",
)
@click.option("--trust", metavar="FILE", help="The role's trust policy.")
@about_machine
@click.option("--stdin-filename", metavar="NAME", help="What to call standard input in reports.")
@click.option(
    "--select", multiple=True, metavar="NAME", help="Only these rules or categories (comma or repeated)."
)
@click.option(
    "--ignore", multiple=True, metavar="NAME", help="Not these rules or categories (comma or repeated)."
)
@click.option("--profile", type=click.Choice(PROFILES), help="How much to hear.  [default: recommended]")
@click.option(
    "--rules", multiple=True, metavar="PATH", help="A rule page of your own, or a folder of them; repeatable."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option(
    "--output", multiple=True, metavar="FORMAT=FILE", help="Write a format to a file as well; repeatable."
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    help="The mildest finding that gives exit status 1.  [default: warning]",
)
@click.option("--statistics", is_flag=True, help="Count the findings by rule.")
@click.option("--quiet", "-q", is_flag=True, help="Findings only, no summary.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Also NO_COLOR and FORCE_COLOR.",
)
@click.option("--no-ignores", is_flag=True, help="Report suppressed findings too.")
@click.option("--config", "config_file", metavar="FILE", help="The configuration to use.")
@click.option("--no-config", is_flag=True, help="Use no configuration.")
@click.option("--force-exclude", is_flag=True, help="Leave out excluded files even if named.")
@click.option("--list-files", is_flag=True, help="List the documents that would be checked.")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes.  [default: by the work]"
)
@click.option("--max-size", type=click.IntRange(min=1), metavar="BYTES", help="The largest file to read.")
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Check definitions, policies and templates; a folder is searched for them.

    A policy beside a definition of the same name (pay.asl.json, pay.policy.json) is taken for its role's.

    Exit status: 0 nothing to report, 1 findings, 2 something cannot be used, 3 an internal error.
    """
    settings, fail_on, catalogue, exclude = choices(paths, options)
    outputs = [_output(text) for text in options["output"]]
    found, refused = named_files(paths or (".",), exclude, settings.root, force=options["force_exclude"])
    _keep_apart(outputs, [*(one.path for one in found), *options["policy"], options["trust"] or ""])
    run = Run(settings, catalogue)
    done = checked(run, found, options["jobs"])
    refused = [*refused, *done.refused]
    if options["list_files"]:
        for name in done.documents:
            click.echo(name)
        finish(refused, done, 0)
    if not done.documents and not done.findings and not refused and (found or not options["force_exclude"]):
        none = f"nothing to check: no definition, policy or template in {', '.join(paths or ('.',))}"
        refused.append("nothing was checked" if done.parts else none)
    report = Report(
        [f for f in done.findings if options["no_ignores"] or not f.suppressed],
        Summary(
            len(done.documents), done.machines, done.policies, done.pairs, done.skipped, len(done.parts),
            tuple(f"rule {rule} on {file}" for rule, file, _ in done.failures), tuple(refused),
        ),
        run.source,
        catalogue.rules.get,
        os.getcwd(),
        _root(),
    )  # fmt: skip
    for form, path in outputs:
        write(path, render(report, form))
    if done.parts or options["format_"] != "text":
        show(report, options)
    finish(refused, done, 1 if failing(report.findings, fail_on) else 0)


def choices(
    paths: Sequence[str], options: dict[str, Any]
) -> tuple[Settings, str, Catalogue, tuple[str, ...]]:
    """What the options and the configuration say together; an option wins."""
    from asllint.config import ConfigError, check_files, check_names, default, find, load

    try:
        config = default()
        if not options["no_config"]:
            path = options["config_file"] or find(_start(paths))
            config = load(path) if path else config
        own = (*config.rules, *options["rules"])
        catalogue = with_own_pages(own) if own else built_in()
        known = set(catalogue.rules)
        errors = [*check_names(config, known, set(catalogue.categories)), *check_files(config)]
        if errors:
            raise Refused("\n".join(str(error) for error in errors))
    except (ConfigError, PageError) as error:
        raise Refused(str(error)) from error
    if options["arn"]:
        _check_arn(options["arn"])
    select, ignore = split(options["select"]), split(options["ignore"])
    check_known([*select, *ignore], catalogue)
    selection = Selection(
        options["profile"] or config.profile,
        select or config.select,
        [*config.ignore, *ignore],
        dict(config.severity),
    )
    settings = Settings(
        selection,
        Known(
            options["type_"],
            options["arn"],
            options["policy"],
            options["trust"],
            dict(defined(text) for text in options["define"]),
            {os.path.realpath(machine.definition): machine for machine in config.machines},
        ),
        config.per_file_ignores,
        config.root,
        options["max_size"] or config.max_size or discover.MAX_SIZE,
        not options["no_ignores"],
        options["stdin_filename"] or "<stdin>",
    )
    return settings, options["fail_on"] or config.fail_on, catalogue, tuple(config.exclude)


def checked(run: Run, found: Sequence[Found], jobs: int | None) -> Outcome:
    """The outcome of all files: in this process, or in several where there is enough work."""
    jobs = jobs or (min(os.cpu_count() or 1, len(found) // MANY) if len(found) >= 2 * MANY else 1)
    if len(found) > MANY:
        gc.enable()
    if jobs < 2 or len(found) < 2 * jobs:
        return run.outcome([run.check(found)])
    from asllint.parallel import checked_in

    return checked_in(jobs, run, found)


def named_files(
    paths: Sequence[str], exclude: Sequence[str], root: str, *, force: bool = False
) -> tuple[list[Found], list[str]]:
    """The files that the paths mean, and lines for the user about paths that mean none; with `force`, what is
    to be excluded is left out even where it is named.
    """
    found: list[Found] = []
    refused: list[str] = []
    if force:
        paths = discover.without_excluded(paths, exclude, root)
    for entry in discover.discover(paths, exclude=exclude, root=root):
        if isinstance(entry, Trouble):
            refused.append(f"{entry.path}: {entry.message}")
        else:
            found.append(entry)
    return found, refused


def failing(findings: Sequence[Finding], fail_on: str) -> bool:
    """Whether a finding is as bad as what the user fails on."""
    if fail_on == "never":
        return False
    worst = Severity(fail_on).rank
    return any(finding.severity.rank <= worst and not finding.suppressed for finding in findings)


def show(report: Report, options: dict[str, Any]) -> None:
    """Findings to stdout; the summary too where people read them, to stderr where machines do."""
    form = options["format_"]
    color = colored(options["color"])
    width = None
    if form == "text" and sys.stdout.isatty():
        import shutil

        width = min(shutil.get_terminal_size().columns, 120)
    if options["quiet"] and form == "text":
        text = render(report, "text", color=color, width=width, quiet=True)
    else:
        text = render(report, form, color=color, width=width)
    echo(text)
    if form != "text" and not options["quiet"] and report.summary.files:
        from asllint.report.summary import line

        click.echo(line(report), err=True)
    if options["statistics"]:
        from asllint.report.statistics import table

        click.echo(table(report.findings, color=color), err=form != "text", nl=False)


def echo(text: str) -> None:
    """Write a report; a character that the terminal cannot show is written as an escape."""
    if text:
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        click.echo(text, nl=not text.endswith("\n"), color=True)


def colored(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def finish(refused: Sequence[str], done: Outcome, status: int) -> None:
    """Tell what could not be used and what failed, and end."""
    for line in refused:
        click.echo(f"asllint: {line}", err=True)
    for rule, file, trace in done.failures:
        click.echo(f"asllint: internal error in rule {rule} on {file}; please report it:\n{trace}", err=True)
    sys.exit(3 if done.failures else 2 if refused else status)


def with_own_pages(places: Sequence[str]) -> Catalogue:
    """The built-in rules and the user's own. Raises PageError."""
    from asllint.assertion import check_page
    from asllint.catalogue import own_pages

    own = list(own_pages(places))
    for rule in own:
        check_page(rule)
        if rule.name in built_in().categories:
            raise PageError(rule.path, f"`{rule.name}` is the name of a category: give the rule another one")
    return Catalogue([*built_in(), *own])


def split(texts: Sequence[str]) -> list[str]:
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


def check_known(names: Sequence[str], catalogue: Catalogue) -> None:
    """Refuse a name that is no rule and no category, with the nearest that is."""
    for name in names:
        if name not in catalogue.rules and name not in catalogue.categories:
            from asllint.near import near

            close = near(name, [*catalogue.rules, *catalogue.categories])
            hint = f"; did you mean `{close}`?" if close else "; `asllint rules` lists them"
            raise Refused(f"no rule or category is called `{name}`{hint}")


def _check_arn(text: str) -> None:
    import re

    from asllint.config_shape import A_MACHINE, ARN

    if not re.match(ARN, text):
        raise Refused(f"--arn wants {A_MACHINE}, not {text!r}")


def defined(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Refused(f"--define wants NAME=VALUE, not {text!r}")
    return name.strip().removeprefix("${").removesuffix("}"), value


def _keep_apart(outputs: Sequence[tuple[str, str]], read: Sequence[str]) -> None:
    """Refuse to write a report over a file that is to be checked."""
    places = {os.path.realpath(path) for path in read if path} if outputs else set()
    for _, path in outputs:
        if os.path.realpath(path) in places:
            raise Refused(f"--output: {path} is to be checked, and the report would take its place")


def write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text if text.endswith("\n") or not text else text + "\n")
    except OSError as error:
        raise Refused(f"{path}: cannot be written: {error.strerror}") from error


def _output(text: str) -> tuple[str, str]:
    form, equals, path = text.partition("=")
    if not equals or not path or form not in FORMATS:
        raise Refused(f"--output wants FORMAT=FILE with one of {', '.join(FORMATS)}, not {text!r}")
    if path == "-":
        raise Refused(f"--output writes files; for standard output there is `--format {form}`")
    return form, path


def _start(paths: Sequence[str]) -> str:
    """The folder from which the configuration is looked for: that of the first path."""
    first = paths[0] if paths and paths[0] != discover.STDIN else "."
    return first if os.path.isdir(first) else os.path.dirname(os.path.abspath(first))


def _root() -> str:
    """The root of the repository around the current folder, or that folder."""
    here = os.getcwd()
    folder = here
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return here
        folder = above
