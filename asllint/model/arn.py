"""Amazon Resource Names: their parts, what kind of resource they name, and how IAM matches them.

The first five segments hold no colon, so neither do a `?`, a `*` or a hole in one of them, with two
exceptions. A `*` that ends the Region or the account segment, or a pattern, may go on past the colon ("If
the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
boundaries", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
And a hole may stand for several segments where the text around it has not the shape of an ARN:
`arn:aws:lambda:${Place}:function:pay`.
"""

import re
from functools import lru_cache

from asllint.model.wildcards import MANY, ONE, Glob, glob, is_hole, tokens, verdict
from asllint.record import Record

SEGMENTS = 6
ACCOUNTS_BY_NAME = {"aws", "cloudfront"}


class Arn(Record):
    """The segments of an ARN as written: each may hold wildcards and holes."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse(text: str) -> Arn | None:
    """None for what has not the six segments of an ARN: `*`, a hole for the whole ARN, any other text."""
    parts = segments(text)
    if len(parts) < SEGMENTS or parts[0] != "arn":
        return None
    _, partition, service, region, account, *resource = parts
    return Arn(partition, service, region, account, ":".join(resource))


def matches(pattern: str, arn: str) -> bool | None:
    """Whether a policy's Resource pattern matches one resource; None where that hangs on a hole."""
    return verdict(pattern_of(pattern), _resource(arn))


def covers(pattern: str, needed: str) -> bool | None:
    """Whether a pattern matches all that is needed, itself a pattern (True), none of it (False), or neither.

    Exact for `*` and literal text. Beside that None may stand where the truth is yes or no: where a `?` would
    have to match what a `*` of the other side stands for, and where the same hole stands at several places.
    """
    return verdict(pattern_of(pattern), needed_of(needed))


@lru_cache(maxsize=8192)
def pattern_of(text: str) -> Glob:
    """A Resource of a policy, ready to match."""
    parts = tokens(text)
    return Glob(parts, _inner(parts, is_whole(text), spanning=True))


@lru_cache(maxsize=8192)
def needed_of(text: str) -> Glob:
    """A resource or a set of them (with wildcards), ready to be matched."""
    parts = tokens(text)
    return Glob(parts, _inner(parts, is_whole(text), spanning=False))


@lru_cache(maxsize=8192)
def _resource(text: str) -> Glob:
    parts = tokens(text, wild=False)
    return Glob(parts, _inner(parts, is_whole(text), spanning=False))


def _inner(parts: list[str], whole: bool, spanning: bool) -> int:
    """The tokens that stay inside their segment, as bits."""
    if parts[:4] != ["a", "r", "n", ":"]:
        return 0
    found = segment = 0
    for i, token in enumerate(parts):
        if token == ":":
            segment += 1
            if segment == SEGMENTS - 1:
                break
        elif token == MANY and spanning:
            ends_segment = i + 1 < len(parts) and parts[i + 1] == ":"
            found |= (i + 1 < len(parts) and not (segment > 2 and ends_segment)) << i
        elif len(token) > 1:
            found |= (whole or (token == ONE and spanning)) << i
    return found


def is_whole(text: str) -> bool:
    """Whether all six segments are there, so that no hole in one of them can stand for several.

    `arn:aws:lambda:${Place}:function:${Name}` has six, but its fifth is no account: `${Place}` holds two.
    """
    arn = parse(text)
    if arn is None:
        return False
    region, account = _literal(arn.region), _literal(arn.account)
    return re.fullmatch("[a-z0-9-]*", region) is not None and (
        account == "" or account.isdecimal() or arn.account in ACCOUNTS_BY_NAME
    )


def _literal(text: str) -> str:
    return "".join(token for token in tokens(text) if len(token) == 1)


def segments(text: str) -> list[str]:
    """Split at the colons that are not in a hole."""
    pieces = text.split(":")
    if "${" not in text:
        return pieces
    found: list[str] = []
    open_braces = 0
    for piece in pieces:
        if open_braces > 0:
            found[-1] += ":" + piece
        else:
            found.append(piece)
            open_braces = 0
        open_braces += piece.count("{") - piece.count("}")
    return found


# By service, resources whose type is not what they begin with, the narrower shape first (service
# authorization reference, 2026-09).
TYPES: dict[str, tuple[tuple[str, str], ...]] = {
    "codecommit": (("repository", "*"),),
    "codepipeline": (("stage", "*/*"), ("pipeline", "*")),
    "dynamodb": (
        ("index", "table/*/index/*"),
        ("stream", "table/*/stream/*"),
        ("backup", "table/*/backup/*"),
        ("table", "table/*"),
    ),
    "emr-containers": (("jobRun", "/virtualclusters/*/jobruns/*"), ("virtualCluster", "/virtualclusters/*")),
    "emr-serverless": (("jobRun", "/applications/*/jobruns/*"), ("application", "/applications/*")),
    "execute-api": (("domain", "/domainnames/*"), ("api", "*")),
    "glue": (("catalog", "catalog"),),
    "iam": (("root", "root"),),
    "lambda": (
        ("layer-version", "layer:*:*"),
        ("qualified-function", "function:*:*"),
        ("function", "function:*"),
    ),
    "logs": (("log-stream", "log-group:*:log-stream:*"), ("log-group", "log-group:*")),
    "s3": (
        ("accesspoint-object", "accesspoint/*/object/*"),
        ("accesspoint", "accesspoint/*"),
        ("object", "*/*"),
        ("bucket", "*"),
    ),
    "sns": (("subscription", "*:*"), ("topic", "*")),
    "sqs": (("queue", "*"),),
}


def resource_type(text: str) -> str | None:
    """Service and type of the named resource: `states:execution`, `s3:object`; None where it is not certain.

    A hole in the resource part stands for a name here: `function:${Pay}` is a function, not a version of one.
    A wildcard may stand for more: `function:*` is functions and their versions.
    """
    arn = parse(text)
    if arn is None or len(_literal(arn.service)) != len(arn.service):
        return None
    named = "".join("x" if is_hole(token) else token[0] for token in tokens(arn.resource))
    for name, shape in TYPES.get(arn.service, ()):
        answer = verdict(glob(shape), glob(named))
        if answer is not False:
            return f"{arn.service}:{name}" if answer else None
    head = re.match("/?([^/:]+)[/:]", arn.resource)
    if head is None or len(_literal(head[1])) != len(head[1]):
        return None
    return f"{arn.service}:{head[1]}"
