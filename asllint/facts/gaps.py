"""What a role certainly does not allow of what its machine needs, grouped by what is wrong."""

from collections.abc import Iterator

from asllint.data import integrations_iam as table
from asllint.facts.grants import (
    CONDITION,
    DENIED,
    MISSING,
    RESOURCE,
    Decision,
    decision,
    grants,
)
from asllint.facts.need import MAP, Need
from asllint.facts.permissions import needs
from asllint.loader.pointer import Pointer
from asllint.model import arn
from asllint.model.asl import Role, State
from asllint.model.iam import Policy, Statement
from asllint.record import Record

ABSENT, ELSEWHERE, OTHER_KIND, NEVER, REFUSED = "absent", "elsewhere", "other kind", "never", "refused"
API = "apigateway:invoke"
COMPANION, BY_THE_BOOK = "companion", "by the book"
PASS_ROLE, ASSUME_ROLE, MANAGED_RULE = "pass role", "assume role", "managed rule"

BESIDE = (COMPANION, BY_THE_BOOK)


class Allowed(Record):
    """A resource that a statement allows an action on: its kind if that is certain, and what it is about."""

    statement: Statement
    pointer: Pointer
    kind: str | None
    thing: tuple[str, str] | None


class Allowances(Record):
    """All that a policy allows an action on, and of which kinds that is."""

    by_thing: dict[tuple[str, str] | None, list[Allowed]]
    kinds: set[str | None]


class Gap(Record):
    """What is wrong with some needs of a state (or of the settings), and the states that share them.

    `statement` is the one that comes closest or that denies, `entry` the part of it that shows it, and `why`
    says what keeps it from granting.
    """

    kind: str
    needs: tuple[Need, ...]
    statement: Statement | None
    entry: Pointer
    why: str = ""
    others: tuple[State, ...] = ()

    @property
    def state(self) -> State | None:
        return self.needs[0].state

    @property
    def pointer(self) -> Pointer:
        return self.needs[0].pointer


def gaps(role: Role, *kinds: str) -> Iterator[Gap]:
    """The gaps of some kinds, in the order of the states."""
    memo = role.definition.memo
    policies, found = memo.get("gaps", (None, ()))
    if policies is not role.policies:
        found = list(_gaps(role))
        memo["gaps"] = role.policies, found
    yield from (gap for gap in found if gap.kind in kinds)


def _gaps(role: Role) -> Iterator[Gap]:
    answers: dict[object, Decision] = {}
    groups: dict[tuple[int, str], list[tuple[Need, Decision]]] = {}
    asked = [need for need in needs(role.definition) if need.need == table.REQUIRED]
    watched = {id(need.state) for need in asked if need.tier == table.EVENTS}
    for need in asked:
        found = answers.get(need.key)
        if found is None:
            found = answers[need.key] = decided(role, need)
        if found.answer not in (MISSING, DENIED):
            continue
        wrong = _wrong(role, need, found)
        beside = _beside(need, wrong, id(need.state) in watched)
        group = groups.setdefault((id(need.state), f"{beside} by reason: {wrong}" if beside else wrong), [])
        if all(need.key != other.key for other, _ in group):
            group.append((need, found))
    yield from _shared(_merged(groups))


def decided(role: Role, need: Need) -> Decision:
    """The answer for a need: the best of the actions that would do."""
    template = role.definition.settings.template
    unique = template.generated if template is not None else frozenset()

    def of(action: str) -> Decision:
        return decision(role.policies, action, need.resource.text, need.request, unique)

    for action in (need.action, *need.instead):
        found = of(action)
        if found.answer not in (MISSING, DENIED):
            return found
    return of(need.action) if need.instead else found


def _wrong(role: Role, need: Need, found: Decision) -> str:
    """What is wrong with it, in the first place."""
    if found.answer == DENIED:
        return REFUSED
    if need.tier == table.EVENTS:
        return MANAGED_RULE
    if need.tier == table.PASS_ROLE:
        return PASS_ROLE
    if need.call == "Credentials":
        return ASSUME_ROLE
    if need.tier == table.MACHINE_SETTING:
        return need.call
    if need.call == API:
        return API
    if found.why == CONDITION:
        return NEVER
    if found.why == RESOURCE:
        return OTHER_KIND if other_kind(role, need) else ELSEWHERE
    return ABSENT


def _beside(need: Need, wrong: str, is_watched: bool) -> str:
    """Whether the call may do without, so that it is told apart: as a companion, or as documented.

    Asking for a job's state is one of two ways to see its end; the other is an event, which Step Functions
    is told of by its managed rule. Distributed Maps have run for years in stacks whose grant on their
    executions was mistaken (https://github.com/aws/aws-cdk/issues/35390).
    """
    if need.tier == table.DOCUMENTED or (need.tier == table.POLL and need.call == MAP):
        return BY_THE_BOOK
    if need.tier == table.STOP:
        return COMPANION
    return COMPANION if need.tier == table.POLL and is_watched and wrong != OTHER_KIND else ""


def other_kind(role: Role, need: Need) -> Allowed | None:
    """The Allow whose resource would be the needed one if it were not of another type.

    One for all names of the other type says so only where no other Allow is of the right one.
    """
    wanted = arn.resource_type(need.resource.text or "")
    thing = _thing(need.resource.text or "")
    if wanted is None or thing is None:
        return None
    allowed = [_allowances(policy, need.action) for policy in role.policies]
    service, name = thing
    if name != "*":
        for one in (one for found in allowed for one in found.by_thing.get(thing, ())):
            if one.kind is not None and one.kind != wanted:
                return one
    if any(found.kinds & {None, wanted} for found in allowed):
        return None
    for found in allowed:
        for about, listed in found.by_thing.items() if name == "*" else ():
            if about is not None and about[0] == service:
                return listed[0]
        if (service, "*") in found.by_thing:
            return found.by_thing[service, "*"][0]
    return None


def _allowances(policy: Policy, action: str) -> Allowances:
    """What a policy allows an action on; worked out once."""
    key = ("gaps.allowances", action.lower())
    found: Allowances | None = policy.memo.get(key)
    if found is None:
        listed = [
            Allowed(statement, entry.pointer, arn.resource_type(entry.text), _thing(entry.text))
            for statement in grants([policy], action)
            for entry in statement.resources
        ]
        by_thing: dict[tuple[str, str] | None, list[Allowed]] = {}
        for one in listed:
            by_thing.setdefault(one.thing, []).append(one)
        found = policy.memo[key] = Allowances(by_thing, {one.kind for one in listed})
    return found


def _thing(text: str) -> tuple[str, str] | None:
    """Service and name of what an ARN is about, whatever its kind: a machine's executions are of its name."""
    named = arn.parse(text)
    return None if named is None else (named.service, _name(named.resource, named.service))


def _name(resource: str, service: str) -> str:
    if service == "s3":
        return resource.partition("/")[0]
    named = resource.replace("/", ":").split(":")
    return named[1].rstrip("*") or "*" if len(named) > 1 else resource


def _merged(groups: dict[tuple[int, str], list[tuple[Need, Decision]]]) -> Iterator[Gap]:
    """What a call may do without is told with what it may not, where both lack for the same reason."""
    for (state, kind), group in groups.items():
        beside, _, wrong = kind.partition(" by reason: ")
        if not wrong:
            more = [one for name in BESIDE for one in groups.get((state, f"{name} by reason: {kind}"), ())]
            yield _gap(kind, [*group, *more])
        elif (state, wrong) not in groups:
            yield _gap(beside, group)


def _gap(kind: str, group: list[tuple[Need, Decision]]) -> Gap:
    found = group[0][1]
    statement = found.by or found.closest
    return Gap(kind, tuple(need for need, _ in group), statement, _entry(found.why, statement), found.why)


def _entry(why: str, statement: Statement | None) -> Pointer:
    """The part of a statement that decides."""
    if statement is None:
        return ()
    element = {CONDITION: "Condition", RESOURCE: "Resource"}.get(why, "Action")
    return (*statement.pointer, element) if element in statement.value else statement.pointer


def _shared(found: Iterator[Gap]) -> Iterator[Gap]:
    """A need that several states share is told at the first of them."""
    told: dict[object, int] = {}
    kept: list[Gap] = []
    others: list[dict[int, State]] = []
    for gap in found:
        new = tuple(need for need in gap.needs if (gap.kind, need.key) not in told)
        for need in gap.needs:
            first = told.get((gap.kind, need.key))
            if first is not None and gap.state is not None and not new:
                others[first][id(gap.state)] = gap.state
        if not new:
            continue
        for need in new:
            told[gap.kind, need.key] = len(kept)
        kept.append(gap._replace(needs=new))
        others.append({})
    for gap, sharing in zip(kept, others, strict=True):
        yield gap._replace(others=tuple(sharing.values()))
