"""`asllint explain`: a rule's page, to be read."""

import shutil
import sys
from functools import partial

import click

from asllint.catalogue import built_in
from asllint.commands.check import colored, echo, with_own_pages
from asllint.commands.refused import Refused
from asllint.examples import told
from asllint.report import page
from asllint.rule import PageError


@click.command("explain")
@click.argument("rules", nargs=-1, required=True, metavar="RULE...")
@click.option(
    "--rules", "own", multiple=True, metavar="PATH", help="A rule page of your own, or a folder of them."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def command(rules: tuple[str, ...], own: tuple[str, ...], color: str) -> None:
    """Show what a rule finds, why it matters, and how to mend it."""
    try:
        catalogue = with_own_pages(own) if own else built_in()
    except PageError as error:
        raise Refused(str(error)) from error
    for name in rules:
        if name not in catalogue.rules:
            from asllint.near import near

            close = near(name, catalogue.rules)
            hint = f"; did you mean `{close}`?" if close else "; `asllint rules` lists them"
            if name in catalogue.categories:
                names = ", ".join(rule.name for rule in catalogue.categories[name])
                hint = f": it is a category, with {names}"
            raise Refused(f"no rule is called `{name}`{hint}")
    width = min(shutil.get_terminal_size((page.WIDTH, 0)).columns, page.WIDTH)
    is_rendered = color == "always" or (colored(color) and sys.stdout.isatty())
    for number, name in enumerate(rules):
        if number:
            click.echo()
        rule = catalogue.rules[name]
        text = page.markdown(rule, partial(told, rule), width)
        echo(page.rendered(text, width) if is_rendered else text)
