"""Who a trust policy lets assume its role, and whether Step Functions is among them."""

from collections.abc import Iterator

from asllint.facts.policy_shape import text_kinds
from asllint.loader.pointer import Pointer
from asllint.model.asl import has_hole, is_unknown
from asllint.model.iam import Policy, Principal, Statement, allows_action
from asllint.record import Record

ASSUME_ROLE = "sts:AssumeRole"
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
ACTIONS = (
    ASSUME_ROLE, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:SetContext",
    "sts:SetSourceIdentity", "sts:TagSession",
)  # fmt: skip
KINDS = ("AWS", "CanonicalUser", "Federated", "Service")
STEP_FUNCTIONS = "states.amazonaws.com"
# Names that people take for the service principal of Step Functions.
MISTAKEN = ("sfn", "step-functions", "stepfunction", "stepfunctions")
# What ties a call of a service to the resource that it acts for.
SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")


class BadPrincipal(Record):
    """A place in `Principal` that is not as IAM takes it; `is_key` where the kind itself is unknown."""

    pointer: Pointer
    message: str
    help: str = ""
    is_key: bool = False


def may_be_in_trust(action: str) -> bool:
    """Whether an action is, or with wildcards and holes takes in, one that assumes a role."""
    return action != "*" and any(allows_action(action, one) is not False for one in ACTIONS)


def bad_principals(statement: Statement) -> Iterator[BadPrincipal]:
    """Principals of a wrong shape or kind."""
    kinds = text_kinds(statement.policy)
    for element in ("Principal", "NotPrincipal"):
        if element in statement.value:
            yield from _bad(statement.value[element], (*statement.pointer, element), kinds)


def _bad(value: object, pointer: Pointer, texts: tuple[type, ...]) -> Iterator[BadPrincipal]:
    if is_unknown(value) or value == "*":
        return
    if isinstance(value, str):
        kind = "Service" if ".amazonaws.com" in value else "AWS"
        yield BadPrincipal(pointer, f"`{value}` has to say what it is", f'write `{{"{kind}": "{value}"}}`')
    elif not isinstance(value, dict):
        yield BadPrincipal(pointer, "a principal is an object or `*`")
    else:
        for kind, named in value.items():
            place = (*pointer, kind)
            if kind not in KINDS:
                from asllint.near import near

                found = near(kind, KINDS)
                yield BadPrincipal(
                    place,
                    f"`{kind}` is no kind of principal",
                    f"did you mean `{found}`?" if found else f"IAM knows {', '.join(KINDS)}",
                    True,
                )
                continue
            for where, one in _listed(named, place):
                if not isinstance(one, texts) and not is_unknown(one):
                    yield BadPrincipal(where, f"a principal of the kind `{kind}` is a text")


def _listed(value: object, pointer: Pointer) -> Iterator[tuple[Pointer, object]]:
    if isinstance(value, list):
        yield from (((*pointer, i), one) for i, one in enumerate(value))
    else:
        yield pointer, value


def misspelt_services(statement: Statement) -> Iterator[Principal]:
    """Service principals that certainly were to be Step Functions."""
    for principal in statement.principals:
        if principal.kind == "Service" and is_misspelt(principal.text):
            yield principal


def is_misspelt(service: str) -> bool:
    if has_hole(service) or service == STEP_FUNCTIONS:
        return False
    name, _, rest = service.lower().partition(".")
    if rest == "amazonaws.com" and name in MISTAKEN:
        return True
    from asllint.near import slips

    return slips(service, STEP_FUNCTIONS) and name != "stats"


def trusts_step_functions(trust: Policy, region: str | None) -> bool | None:
    """Whether Step Functions, in a Region if that is known, may assume the role."""
    found: bool | None = trust.unread and None
    for statement in trust.statements:
        answer = _trusts(statement, region)
        if answer:
            return True
        if answer is None:
            found = None
    return found


def _trusts(statement: Statement, region: str | None) -> bool | None:
    if statement.is_deny:
        return False
    if statement.unread & {"Action", "Effect"} or is_unknown(statement.value.get("Principal")):
        return None
    if "NotPrincipal" in statement.value or "NotAction" in statement.value:
        return None
    acts = [allows_action(entry.text, ASSUME_ROLE) for entry in statement.actions]
    named = [_is_step_functions(principal, region) for principal in statement.principals]
    for answers in (acts, named):
        if True not in answers:
            return None if None in answers else False
    return True


def _is_step_functions(principal: Principal, region: str | None) -> bool | None:
    text = principal.text
    if text == "*" or has_hole(text):
        return None
    if principal.kind != "Service":
        return False
    if text == STEP_FUNCTIONS:
        return True
    name, _, rest = text.partition(".")
    place, _, domain = rest.partition(".")
    if name != "states" or not domain.startswith("amazonaws.com"):
        return False
    return region is None or place == region


def is_tied(statement: Statement) -> bool:
    """Whether conditions ask for whom a service acts."""
    return any(condition.key.lower() in SOURCES for condition in statement.conditions)
