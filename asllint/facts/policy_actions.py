"""Names of actions that IAM does not have, and what was meant by them."""

from collections.abc import Iterable, Iterator

from asllint.data.actions import IamAction, IamService
from asllint.model.asl import has_hole
from asllint.model.iam import Entry, Statement
from asllint.record import Record

EVERYTHING = ("*", "*:*")

# Names of services that people take for the prefix of their actions.
PREFIXES = {
    "cloudwatchevents": "events",
    "cloudwatchlogs": "logs",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "sfn": "states",
    "stepfunction": "states",
    "stepfunctions": "states",
    "step-functions": "states",
}
# The SDK services whose calls are allowed under a prefix of another name.
TOKENS = {
    "bedrock": ("bedrock", "bedrockruntime", "bedrockagent", "bedrockagentruntime"),
    "elasticmapreduce": ("emr",),
    "events": ("eventbridge",),
    "logs": ("cloudwatchlogs",),
    "states": ("sfn",),
}


class Unknown(Record):
    """An action that the catalogue does not have. `meant` is what it certainly was to be, if that is certain.

    `span` is the stretch of the entry that is wrong: the prefix or the name.
    """

    entry: Entry
    span: tuple[int, int]
    meant: tuple[str, ...]


def entries(statement: Statement) -> tuple[Entry, ...]:
    """The actions that a statement names, be it to take them in or to leave them out."""
    return statement.actions + statement.not_actions


def is_everything(text: str) -> bool:
    return text in EVERYTHING


def is_wild(text: str) -> bool:
    return "*" in text or "?" in text


def parts(text: str) -> tuple[str, str] | None:
    """Prefix and name of an action, None where it is not one with both."""
    prefix, colon, name = text.partition(":")
    if not colon or ":" in name or has_hole(text) or is_wild(prefix) or not prefix:
        return None
    return prefix, name


def known(text: str) -> tuple[IamService, list[IamAction]] | None:
    """The actions that an entry stands for; None where the catalogue does not have them all, or any."""
    from asllint.data import catalog

    split = parts(text)
    service = catalog.iam_service(split[0]) if split else None
    found = service.matching(split[1]) if service is not None and split else []
    return (service, found) if service is not None and found else None


def unknown(statement: Statement) -> tuple[Unknown, ...]:
    """The well-formed actions of a statement that the catalogue does not have."""
    key = ("policy_actions.unknown", statement.pointer)
    found: tuple[Unknown, ...] | None = statement.policy.memo.get(key)
    if found is None:
        found = statement.policy.memo[key] = tuple(_unknown(statement))
    return found


def _unknown(statement: Statement) -> Iterator[Unknown]:
    from asllint.data import catalog

    for entry in entries(statement):
        split = parts(entry.text)
        if split is None or known(entry.text) is not None:
            continue
        prefix, name = split
        service = catalog.iam_service(prefix)
        if service is None:
            meant = tuple(f"{other}:{name}" for other in _prefixes(prefix.lower(), name))
            yield Unknown(entry, (0, len(prefix)), meant)
        else:
            yield Unknown(entry, (len(prefix) + 1, len(entry.text)), tuple(_names(service, name)))


def _prefixes(prefix: str, name: str) -> Iterator[str]:
    """Prefixes that have the action, and one of which this may be a slip."""
    from asllint.data import catalog
    from asllint.near import slips

    sdk = catalog.service(prefix)
    candidates: Iterable[str | None] = (PREFIXES.get(prefix), sdk.iam_prefix if sdk else None)
    found = [one for one in candidates if one]
    found += sorted(one for one in catalog.iam_prefixes() if slips(prefix, one))
    for one in dict.fromkeys(found):
        service = catalog.iam_service(one)
        if service is not None and service.matching(name):
            yield one
            return


def _names(service: IamService, name: str) -> Iterator[str]:
    """What allows the API call of this name, else the action of which this may be a slip."""
    if is_wild(name):
        return
    called = list(_of_call(service.prefix, name))
    if called:
        yield from called
        return
    from asllint.near import slips

    near = [one for one in service.actions if slips(name, one)]
    if len(near) == 1:
        yield f"{service.prefix}:{near[0]}"


def _of_call(prefix: str, name: str) -> Iterator[str]:
    from asllint.data import catalog

    for token in TOKENS.get(prefix, (prefix,)):
        service = catalog.service(token)
        called = (
            next((one for one in service.operations if one.lower() == name.lower()), "") if service else ""
        )
        operation = service.operation(called) if service and called else None
        if operation is not None and operation.iam is not None:
            need = operation.iam
            yield from need.all or (need.any[0] if need.any else ())
            return


def fault(text: str) -> str:
    """What keeps a text from being an action at all, empty if nothing does."""
    if has_hole(text) or is_everything(text):
        return ""
    prefix, colon, name = text.partition(":")
    if not colon:
        return "has no service before it"
    if ":" in name:
        return "has more than one colon"
    if prefix != "*" and not all(char.isascii() and (char.isalnum() or char in "-.") for char in prefix):
        return f"is of no service: a prefix is not written `{prefix}`"
    return ""
