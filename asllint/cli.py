"""The command line: options in, exit status out."""

from importlib import import_module

import click

from asllint import __version__
from asllint.commands import help

VERSION = "Show the version and exit."
COMMANDS = ("check", "policy", "explain", "rules", "config")


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return help.option(*self.get_help_option_names(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"asllint.commands.{cmd_name}").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from asllint.near import near

            close = near(name, COMMANDS)
            hint = f"did you mean `asllint {close}`?" if close else f"to check a file: `asllint check {name}`"
            raise click.UsageError(f"no such command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"asllint {__version__}", color=ctx.color)
        ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=VERSION
)
def cli() -> None:
    """Check AWS Step Functions definitions, and the IAM policies of the roles that run them, before they are
    deployed.

    \b
      asllint check                          everything below this folder
      asllint check pay.asl.json --policy role.json
      aws stepfunctions describe-state-machine … | asllint check -
      asllint explain token-not-passed       why a rule matters, how to mend it
    """
