"""`-h`, `--help`: click's own option, its one sentence not looked up in the system's language.

To look it up takes longer than to read a definition, and happens whether it is shown or not.
"""

from functools import cache
from typing import Any

import click


@cache
def option(*names: str) -> click.Option:
    """The option of a command that shows its help."""
    words = "Show this message and exit."
    return click.Option(
        list(names), is_flag=True, is_eager=True, expose_value=False, help=words, callback=_show
    )


def _show(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()
