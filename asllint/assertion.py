"""Rules that are data: a JSONPath chooses, a JSON Schema asserts."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from asllint.finding import Problem
from asllint.loader.pointer import Pointer
from asllint.model.asl import has_hole
from asllint.rule import PageError, Rule

# What has no JSON value of its own to choose from.
JOINED = ("reading", "ignore", "role", "project")
# What a message may have filled in.
FILLED = ("state", "value")
NAME = "[a-z0-9]+(-[a-z0-9]+)*"


def assertion(rule: Rule) -> "Assertion":
    """The check that a page's `[assert]` describes. Raises PageError where it cannot be run."""
    return Assertion(rule)


class Assertion:
    """A check made of a page: `select` inside the target, `when` it applies, `schema` that must hold."""

    def __init__(self, rule: Rule) -> None:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError
        from referencing import Registry

        asserted = rule.page["assert"]
        self.message = str(asserted.get("message") or rule.page.get("message") or rule.title)
        self.help = str(asserted.get("help", ""))
        self.key = bool(asserted.get("at_key", False))
        schemas = {}
        for name in ("when", "schema"):
            schema = asserted.get(name, {})
            try:
                Draft202012Validator.check_schema(schema)
            except SchemaError as error:
                where = ".".join(["assert", name, *map(str, error.absolute_path)])
                raise PageError(rule.path, f"`{where}` is not a JSON Schema: {error.message}") from error
            for reference in unresolved(schema):
                told = f"`assert.{name}`: `$ref` leads to `{reference}`, which is not in this schema"
                lines = rule.text.splitlines()
                at = next((number for number, line in enumerate(lines, 1) if reference in line), None)
                raise PageError(rule.path, told, at)
            # without a registry of its own, jsonschema would fetch what a reference leads to
            schemas[name] = Draft202012Validator(schema, registry=Registry())
        self.when, self.schema = schemas["when"], schemas["schema"]
        try:
            self.select = selector(asserted.get("select", "$"))
        except Exception as error:
            raise PageError(rule.path, f"`assert.select` is not a JSONPath: {error}") from error

    def __call__(self, target: Any) -> Iterator[Problem]:
        for place, value in chosen(self.select, target.value):
            if not self.when.is_valid(value):
                continue
            wrong = next((e for e in self.schema.iter_errors(value) if not unknowable(e)), None)
            if wrong is not None:
                inside = tuple(wrong.absolute_path)
                message = filled(self.message, target, wrong.instance)
                yield Problem((*target.pointer, *place, *inside), message, help=self.help, key=self.key)


def unresolved(schema: Mapping[str, Any]) -> Iterator[str]:
    """The references of a schema that lead out of it, or to nothing in it."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry().with_resource("", DRAFT202012.create_resource(schema)).resolver()
    waiting: list[Any] = [schema]
    while waiting:
        held = waiting.pop()
        waiting += held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        for key in ("$ref", "$dynamicRef") if isinstance(held, dict) else ():
            reference = held.get(key)
            if isinstance(reference, str):
                try:
                    resolver.lookup(reference)
                except Unresolvable:
                    yield reference


def unknowable(error: Any) -> bool:
    """Whether a failure says nothing: it fails on a text that is only known after deployment."""
    if error.context:
        return any(unknowable(inner) for inner in error.context)
    if has_hole(error.instance) and error.validator not in (
        "required",
        "minProperties",
        "maxProperties",
        "not",
    ):
        return True
    return error.validator == "not" and has_hole(error.instance)


def filled(message: str, target: Any, value: Any) -> str:
    """The message with `{state}` and `{value}` put in; any other brace is left as it is written."""
    state = getattr(target, "state", target)
    name = getattr(state, "name", "")
    shown = value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    return message.replace("{state}", str(name)).replace("{value}", str(shown))


@cache
def _parser() -> Any:
    from jsonpath_ng.ext.parser import ExtendedJsonPathParser

    return ExtendedJsonPathParser()


@cache
def selector(text: str) -> Any:
    """A compiled JSONPath, None for the whole target."""
    return None if text == "$" else _parser().parse(text)


def chosen(select: Any, value: Any) -> Iterator[tuple[Pointer, Any]]:
    """Every value that a selector finds, with its place inside the target."""
    if select is None:
        yield (), value
        return
    for match in select.find(value):
        yield place(match), match.value


def place(match: Any) -> Pointer:
    """Where a match stands, by its chain of parents (the text of a path quotes names inconsistently)."""
    keys: list[str | int] = []
    while match.context is not None:
        step = match.path
        if hasattr(step, "fields"):
            keys.append(step.fields[0])
        elif hasattr(step, "indices"):
            keys.append(step.indices[0])
        elif hasattr(step, "index"):
            keys.append(step.index)
        match = match.context
    return tuple(reversed(keys))


def check_page(rule: Rule) -> None:
    """Raise PageError, with the place in the page, where a page is not as pages are."""
    if not re.fullmatch(NAME, rule.name):
        told = f"`{rule.name}` is no name for a rule: it is the file's name, small words joined by `-`"
        raise PageError(rule.path, told)
    import json
    from pathlib import Path

    from jsonschema import Draft202012Validator

    from asllint.near import near

    schema: Mapping[str, Any] = json.loads(
        (Path(__file__).parent / "data" / "schemas" / "rule.schema.json").read_text(encoding="utf-8")
    )
    if rule.is_own and "check" in rule.page:
        raise PageError(
            rule.path,
            "`check` names code; a page of yours has an [assert] table instead",
            line_of(rule, "check"),
        )
    for error in sorted(
        Draft202012Validator(schema).iter_errors(rule.page), key=lambda e: [str(k) for k in e.absolute_path]
    ):
        keys = [str(key) for key in error.absolute_path]
        word = next((key for key in reversed(keys) if not key.isdigit()), "")
        where = f"`{'.'.join(keys)}`: " if keys else ""
        raise PageError(rule.path, where + worded(error, schema), line_of(rule, word))
    if rule.is_own or "assert" in rule.page:
        if rule.target in JOINED:
            told = f"`target`: an [assert] table is about one JSON value, and a {rule.target} is none"
            raise PageError(rule.path, told, line_of(rule, "target"))
        for name in re.findall(r"(?<!\$)\{(\w+)\}", Assertion(rule).message):
            close = "" if name in FILLED else near(name, FILLED)
            if close:
                told = f"`{{{name}}}` in the message stands for nothing; did you mean `{{{close}}}`?"
                raise PageError(rule.path, told, line_of(rule, "message"))


def worded(error: Any, schema: Mapping[str, Any]) -> str:
    """A schema's complaint in plain words."""
    from asllint.near import near

    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in known)
        close = near(unknown, known)
        return f"unknown key `{unknown}`" + (
            f"; did you mean `{close}`?" if close else f"; known are {', '.join(known)}"
        )
    if error.validator == "required":
        missing = [f"`{key}`" for key in error.validator_value if key not in error.instance]
        return f"a page needs {', '.join(missing)}"
    if error.validator == "oneOf":
        return "a page has either `check` or an [assert] table"
    if error.validator == "enum":
        return f"{error.instance!r} is none of {', '.join(map(str, error.validator_value))}"
    return str(error.message)


def line_of(rule: Rule, word: str) -> int | None:
    """The first line of a page that speaks of a key."""
    for number, line in enumerate(rule.text.splitlines(), 1):
        if word and line.lstrip("[ ").startswith(word):
            return number
    return None
