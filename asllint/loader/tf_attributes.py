"""Attributes of a Terraform module's resources and data sources: names, ARNs, and what they are given."""

import json
import re
from typing import TYPE_CHECKING

from asllint.loader import tf_data
from asllint.loader.tf_resources import DATA, RESOURCES
from asllint.loader.tf_values import Value, plain

if TYPE_CHECKING:
    from asllint.loader.tf_module import Module, Written

# What differs from one instance of a resource to the next.
EACH = re.compile(r"\$\{(each|count)\.")

_PLACEHOLDER = re.compile(r"(?<!\$)\{([\w-]*)\}")


def given(module: "Module", address: str, which: str, attribute: str) -> Value | str | None:
    """An attribute of a resource, `which` one of several; None where it is not known."""
    written = module.blocks[address]
    if address.startswith("data."):
        held = tf_data.given(module, written, attribute) or _place(written, attribute)
        if held is not None:
            return held
    text = returned(module, address, which, attribute)
    if text is not None or not attribute:
        return text
    value = module.argument(written, attribute)
    is_one_of = (
        value is not None and _is_several(written) and EACH.search(json.dumps(plain(value), default=str))
    )
    return None if is_one_of else value


def returned(module: "Module", address: str, which: str, attribute: str) -> str | None:
    """A name, an ARN or a URL that a resource gives; None for another attribute."""
    written = module.blocks[address]
    gives = RESOURCES.get(written.block.labels[0])
    if gives is None:
        return None
    form = "{}" if attribute == gives.name else gives.attributes.get(attribute)
    if form is None:
        return None
    full = f"{address}.{which}" if which else address

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        if name == "id":
            return full
        text = module.text(written, name or gives.name)
        if text is not None and _is_several(written) and EACH.search(text):
            text = None
        if name == "path":
            return text or "/"
        if text and name and ":function:" in text:
            return text.partition(":function:")[2].partition(":")[0]
        return text or module.hole(f"{full}.{name}" if name else full)

    made = _PLACEHOLDER.sub(filled, form)
    return made if written.value("provider") is None else _elsewhere(module, written, made)


def _elsewhere(module: "Module", written: "Written", text: str) -> str:
    """What is said of a resource of another Region or account than the module's own."""
    expression = written.block.attributes["provider"].value
    name = written.source.text[expression.start : expression.end]
    for part in ("Region", "AccountId"):
        text = text.replace(f"${{AWS::{part}}}", module.hole(f"{name}.{part}"))
    return text


def _is_several(written: "Written") -> bool:
    return written.value("for_each") is not None or written.value("count") is not None


def _place(written: "Written", attribute: str) -> str | None:
    """What a data source says of where the module is deployed."""
    if any(written.value(name) for name in ("provider", "name", "region", "endpoint")):
        return None
    return DATA.get((written.block.labels[0], attribute))
