"""IAM policies and trust policies by themselves: their grammar, what never takes effect, what is too wide."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from asllint.facts import policy_shape, policy_trust, policy_width
from asllint.facts.policy_shape import IDENTITY, RESOURCE, TRUST, purpose
from asllint.finding import Problem, Related
from asllint.model.arn import parse
from asllint.model.asl import Role, has_hole, is_unknown
from asllint.model.iam import Policy, Statement
from asllint.model.wildcards import tokens
from asllint.rule import where

if TYPE_CHECKING:
    from asllint.facts.resource_kinds import Mismatch

REFUSED = "IAM refuses the policy (`MalformedPolicyDocument`)"


def ill_shaped_policy(policy: Policy) -> Iterator[Problem]:
    for pointer, element, due in policy_shape.misshapen(policy):
        yield Problem(pointer, f"`{element}` takes {due}: {REFUSED}")


def unknown_policy_element(policy: Policy) -> Iterator[Problem]:
    from asllint.near import near

    for pointer, name, known in policy_shape.unknown_elements(policy):
        found = near(name, known)
        place = "statement" if len(pointer) > 1 else "policy"
        way_out = f"did you mean `{found}`?" if found else f"a {place} has {', '.join(known)}"
        yield Problem(pointer, f"a {place} has no element `{name}`: {REFUSED}", way_out, key=True)


def missing_policy_element(policy: Policy) -> Iterator[Problem]:
    if isinstance(policy.value, dict) and policy.value.get("Statement") == []:
        yield Problem(("Statement",), f"the policy has no statement: {REFUSED}")
    for statement, element in policy_shape.missing_elements(policy):
        empty = " that is not empty" if element in statement.value else ""
        way_out = ""
        if element == "Resource" and not empty and policy_shape.may_be_trust(statement):
            way_out = "in a trust policy it needs a `Principal` instead"
        yield Problem(statement.pointer, f"the statement has no `{element}`{empty}: {REFUSED}", way_out)


def effect_not_allow_or_deny(statement: Statement) -> Iterator[Problem]:
    from asllint.near import near

    effect = statement.effect
    if effect is None or effect in ("Allow", "Deny") or has_hole(effect):
        return
    found = near(effect, ("Allow", "Deny"))
    yield Problem(
        (*statement.pointer, "Effect"),
        f"`Effect` is `Allow` or `Deny`, not `{effect}`: {REFUSED}",
        f"write `{found}`" if found else "",
    )


def element_beside_its_opposite(statement: Statement) -> Iterator[Problem]:
    for name in policy_shape.OPPOSITES:
        if name in statement.value and "Not" + name in statement.value:
            yield Problem(
                (*statement.pointer, "Not" + name),
                f"a statement has `{name}` or `Not{name}`, not both: {REFUSED}",
                "make two statements of it",
                (Related((*statement.pointer, name), f"here is `{name}`", key=True),),
                key=True,
            )


def principal_in_some_statements(trust_policy: Policy) -> Iterator[Problem]:
    """A role's own policy has no principals, and any other policy has them in each statement."""
    if purpose(trust_policy) != RESOURCE:
        return
    statements = list(policy_shape.readable(trust_policy))
    bare = [one for one in statements if not one.is_about_principals]
    if not bare:
        return
    for statement in statements:
        name = next((key for key in ("Principal", "NotPrincipal") if key in statement.value), None)
        if name is not None:
            yield Problem(
                (*statement.pointer, name),
                f"`{name}` stands in some statements only, and whatever it is for {REFUSED}",
                "remove it where this is a policy of a role",
                (Related(bare[0].pointer, "this statement has none"),),
                key=True,
            )


def malformed_principal(statement: Statement) -> Iterator[Problem]:
    for found in policy_trust.bad_principals(statement):
        yield Problem(found.pointer, f"{found.message}: {REFUSED}", found.help, key=found.is_key)


def malformed_sid(statement: Statement) -> Iterator[Problem]:
    sid = statement.sid
    if sid is None or has_hole(sid) or purpose(statement.policy) == RESOURCE:
        return
    if not (sid == "" or (sid.isascii() and sid.isalnum())):
        kept = "".join(char for char in sid.title() if char.isascii() and char.isalnum())
        yield Problem(
            (*statement.pointer, "Sid"),
            f"`Sid` takes letters and digits only: {REFUSED}",
            f"write `{kept}`" if kept else "",
        )


def duplicate_sid(policy: Policy) -> Iterator[Problem]:
    first: dict[str, Statement] = {}
    for statement in policy.statements:
        sid = statement.sid
        if not sid or has_hole(sid):
            continue
        other = first.setdefault(sid, statement)
        if other is not statement:
            yield Problem(
                (*statement.pointer, "Sid"),
                f"two statements have the `Sid` `{sid}`: {REFUSED}",
                related=(Related((*other.pointer, "Sid"), "the other one"),),
            )


def unknown_policy_version(policy: Policy) -> Iterator[Problem]:
    version = policy.version
    if version is not None and version not in policy_shape.VERSIONS and not has_hole(version):
        yield Problem(
            ("Version",),
            f"`{version}` is no version of the policy language: {REFUSED}",
            f"write `{policy_shape.CURRENT_VERSION}`: it is the language's date, not the policy's",
        )


def missing_policy_version(policy: Policy) -> Iterator[Problem]:
    written = policy.value if isinstance(policy.value, dict) else {"version": None}
    if not any(key.lower() == "version" for key in written):
        yield Problem(
            (),
            "without `Version` the policy is read as of 2008-10-17, without policy variables",
            f'write `"Version": "{policy_shape.CURRENT_VERSION}"`',
        )


def literal_policy_variable(policy: Policy) -> Iterator[Problem]:
    """The variables of the language of 2012 in a policy of 2008."""
    if policy.version == policy_shape.CURRENT_VERSION or (policy.version and has_hole(policy.version)):
        return
    from asllint.data import catalog

    for statement in policy.statements:
        texts = [*statement.resources, *statement.not_resources]
        texts += [value for condition in statement.conditions for value in condition.values]
        for entry in texts:
            for name in (token[2:-1] for token in tokens(entry.text) if token.startswith("${")):
                if ":" in name and catalog.global_condition_key_type(name.partition(",")[0].strip()):
                    yield Problem(
                        entry.pointer,
                        f"`${{{name}}}` is taken literally: policy variables came with version 2012-10-17",
                        f'write `"Version": "{policy_shape.CURRENT_VERSION}"`',
                    )
                    break


def policy_too_large(policy: Policy) -> Iterator[Problem]:
    kind = purpose(policy)
    quota = policy_shape.TRUST_QUOTA if kind == TRUST else policy_shape.IDENTITY_QUOTA
    size = None if kind == RESOURCE else policy_shape.length(policy)
    if size is not None and size > quota:
        yield Problem(
            (),
            f"the policy has {size:,} characters, IAM takes {quota:,} at most (white space is not counted)",
            "make managed policies of it" if kind == IDENTITY else "",
        )


def malformed_action(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_actions

    if purpose(statement.policy) == TRUST:
        return
    for entry in policy_actions.entries(statement):
        fault = policy_actions.fault(entry.text)
        if fault:
            yield Problem(
                entry.pointer,
                f"`{entry.text}` {fault}: {REFUSED}",
                "an action is a service, a colon and a name, as in `lambda:InvokeFunction`",
            )


def misspelt_action(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_actions

    if purpose(statement.policy) == TRUST:
        return
    for entry, span, meant in policy_actions.unknown(statement):
        if meant:
            effect = "denies nothing" if statement.is_deny else "allows nothing"
            yield Problem(
                entry.pointer,
                f"IAM has no action `{entry.text}`: it {effect}",
                f"did you mean {' and '.join(f'`{one}`' for one in meant)}?",
                span=span,
            )


def unknown_policy_action(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_actions

    if purpose(statement.policy) == TRUST:
        return
    for entry, span, meant in policy_actions.unknown(statement):
        if not meant:
            from asllint.data import catalog

            what = "matches no action" if policy_actions.is_wild(entry.text) else "is no action"
            yield Problem(entry.pointer, f"`{entry.text}` {what} that IAM had on {catalog.date()}", span=span)


def malformed_policy_resource(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_resources

    for entry in (*statement.resources, *statement.not_resources):
        found = policy_resources.fault(entry.text)
        if found is not None:
            yield Problem(entry.pointer, f"{found.message}: {REFUSED}", found.help, span=found.span)


def action_never_on_resource(statement: Statement) -> Iterator[Problem]:
    yield from _mismatches(statement, is_checked=True)


def resource_of_another_kind(statement: Statement) -> Iterator[Problem]:
    yield from _mismatches(statement, is_checked=False)


def _mismatches(statement: Statement, *, is_checked: bool) -> Iterator[Problem]:
    """Actions that are due on the same resources are told at once, at the first of them."""
    from asllint.facts import resource_kinds

    if purpose(statement.policy) != IDENTITY:
        return
    groups: dict[tuple[str, ...], list[resource_kinds.Mismatch]] = {}
    for found in resource_kinds.mismatches(statement):
        if (found.service.prefix in resource_kinds.CHECKED) is not is_checked:
            continue
        if not resource_kinds.is_certain(found, statement.resources):
            continue
        arns = [resource_kinds.right_arn(found, one.text) for one in statement.resources]
        right = tuple(dict.fromkeys(arn for arn in arns if arn))
        groups.setdefault((found.service.prefix, *(right or found.kinds)), []).append(found)
    for (_, *due), group in groups.items():
        first = group[0]
        are, take = ("is", "it takes") if len(group) == 1 else ("are", "they take")
        source = "" if is_checked else " by IAM's reference"
        kinds = tuple(kind for kind in first.kinds if all(kind in one.kinds for one in group))
        yield Problem(
            first.entry.pointer,
            f"{_named(group)} {are} never allowed here{source}: {take} {_alternatives(kinds or first.kinds)},"
            " and no resource of the statement is one",
            f"grant {'it' if len(group) == 1 else 'them'} on {_listed(due[:2])}"
            if due[0].startswith("arn:")
            else "",
            tuple(
                Related(one.pointer, f"this is {_article(kind)} `{kind}`")
                for one in statement.resources[:3]
                if (kind := resource_kinds.names_kind(first.service, one.text))
            ),
        )


def action_needs_any_resource(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import resource_kinds

    if purpose(statement.policy) != IDENTITY:
        return
    group = [found for found in resource_kinds.mismatches(statement) if not found.kinds]
    if group:
        take, them = ("takes", "it") if len(group) == 1 else ("take", "them")
        yield Problem(
            group[0].entry.pointer,
            f"{_named(group)} {take} no ARN: IAM's reference has no kind of resource for {them}, and this"
            f" statement does not allow {them}",
            f"allow {them} on `*`, in a statement of {'its' if len(group) == 1 else 'their'} own",
            (Related(statement.resources[0].pointer, "an ARN"),),
        )


def _has_condition(statement: Statement) -> bool:
    return "Condition" in statement.value


@where(_has_condition)
def unknown_condition_operator(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_conditions

    block = statement.value.get("Condition")
    for operator in block if isinstance(block, dict) and not is_unknown(block) else ():
        if not has_hole(operator) and policy_conditions.operator(operator) is None:
            found = policy_conditions.meant(operator)
            yield Problem(
                (*statement.pointer, "Condition", operator),
                f"IAM has no condition operator `{operator}`: {REFUSED}",
                f"did you mean `{found}`?" if found else "",
                key=True,
            )


@where(_has_condition)
def unknown_condition_key(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_conditions

    for condition in policy_conditions.unknown_keys(statement):
        found = policy_conditions.near_key(statement, condition.key)
        yield Problem(
            condition.pointer,
            f"requests of these actions have no key `{condition.key}`:"
            f" the condition {policy_conditions.if_absent(condition)}",
            f"did you mean `{found}`?" if found else "",
            key=True,
        )


@where(_has_condition)
def condition_type_mismatch(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_conditions

    for condition, kind in policy_conditions.mistyped(statement):
        yield Problem(
            (*statement.pointer, "Condition", condition.operator),
            f"`{condition.operator}` never matches `{condition.key}`, whose values are of the type {kind}",
            f"use `{policy_conditions.FITTING[kind]}` or another operator for that type",
            (Related(condition.pointer, "the key", key=True),),
            key=True,
        )


@where(_has_condition)
def malformed_condition_value(statement: Statement) -> Iterator[Problem]:
    from asllint.facts import policy_conditions

    for condition in statement.conditions:
        kind = policy_conditions.family(condition.operator)
        for entry in condition.values if kind else ():
            if not has_hole(entry.text) and not policy_conditions.is_readable(kind or "", entry.text):
                yield Problem(
                    entry.pointer,
                    f"`{condition.operator}` cannot compare with `{entry.text}`, which is no"
                    f" {policy_conditions.VALUES[kind or '']}",
                )


def administrator_access(statement: Statement) -> Iterator[Problem]:
    entry = policy_width.everything(statement)
    everywhere = policy_width.on_everything(statement)
    if entry is not None and everywhere is not None and policy_width.is_free(statement):
        yield Problem(
            entry.pointer,
            "the statement allows every action on every resource",
            "`asllint policy` writes the policy that a definition needs",
            (Related(everywhere.pointer, "every resource"),),
        )


def action_wildcard(statement: Statement) -> Iterator[Problem]:
    for entry in statement.actions if statement.is_allow else ():
        if entry.text.endswith(":*") and entry.text != "*:*" and not has_hole(entry.text):
            service = entry.text.partition(":")[0]
            yield Problem(
                entry.pointer, f"`{entry.text}` allows every action of `{service}`, also those to come"
            )


def allow_not_action(statement: Statement) -> Iterator[Problem]:
    if statement.is_allow and "NotAction" in statement.value and "Action" not in statement.value:
        yield Problem(
            (*statement.pointer, "NotAction"),
            "`Allow` with `NotAction` allows every action but these, also those to come",
            "list what is needed in `Action`; to keep actions out, deny them",
            key=True,
        )


def resource_wildcard(statement: Statement) -> Iterator[Problem]:
    if not policy_width.is_free(statement) or purpose(statement.policy) != IDENTITY:
        return
    found = policy_width.nameable(statement)
    if found is not None:
        entry, action, kind = found
        yield Problem(
            entry.pointer,
            f"`{entry.text}` allows every resource, where `{action}` takes the ARN of"
            f" {_article(kind)} `{kind}`",
        )


def pass_role_to_any(statement: Statement) -> Iterator[Problem]:
    everywhere = policy_width.on_every(statement, "role")
    if everywhere is None or not policy_width.is_free(statement):
        return
    for entry in policy_width.naming_only(statement, policy_width.PASS_ROLE):
        yield Problem(
            entry.pointer,
            f"`{entry.text}` hands any role of the account, an administrator's too, to any service",
            "name the roles, and the service in a condition on `iam:PassedToService`",
            (Related(everywhere.pointer, "every role"),),
        )


def privilege_escalation(statement: Statement) -> Iterator[Problem]:
    if not policy_width.is_free(statement):
        return
    for entry, action in policy_width.naming(statement, policy_width.ESCALATIONS):
        kind = policy_width.ESCALATIONS[action]
        everywhere = policy_width.on_every(statement, kind)
        if everywhere is not None:
            also = "" if entry.text == action else f" (`{action}`)"
            yield Problem(
                entry.pointer,
                f"`{entry.text}`{also} on every {kind} lets its holder take every right in the account",
                f"name each {kind}, or set a permissions boundary",
                (Related(everywhere.pointer, f"every {kind}"),),
            )
            return


def assume_any_role(statement: Statement) -> Iterator[Problem]:
    everywhere = policy_width.on_every(statement, "role")
    if everywhere is None or not policy_width.is_free(statement) or statement.is_about_principals:
        return
    for entry in policy_width.naming_only(statement, policy_width.ASSUME_ROLE):
        yield Problem(
            entry.pointer,
            f"`{entry.text}` assumes every role that trusts this account, in any account",
            "name the roles",
            (Related(everywhere.pointer, "every role"),),
        )


def resource_in_trust_policy(trust_policy: Policy) -> Iterator[Problem]:
    if purpose(trust_policy) != TRUST:
        return
    for statement in policy_shape.readable(trust_policy):
        for name in ("Resource", "NotResource"):
            if name in statement.value:
                yield Problem(
                    (*statement.pointer, name),
                    f"a trust policy has no `{name}`, its resource is the role it is on: {REFUSED}",
                    f"remove `{name}`",
                    key=True,
                )


def trust_action_not_assume_role(trust_policy: Policy) -> Iterator[Problem]:
    from asllint.near import near

    if purpose(trust_policy) != TRUST:
        return
    for statement in policy_shape.readable(trust_policy):
        for entry in statement.actions:
            if not policy_trust.may_be_in_trust(entry.text):
                found = near(entry.text, policy_trust.ACTIONS)
                yield Problem(
                    entry.pointer,
                    f"a trust policy allows to assume its role, not `{entry.text}`: {REFUSED}",
                    f"did you mean `{found}`?" if found else f"write `{policy_trust.ASSUME_ROLE}`",
                )


def misspelt_service_principal(trust_policy: Policy) -> Iterator[Problem]:
    for statement in trust_policy.statements:
        for principal in policy_trust.misspelt_services(statement):
            yield Problem(
                principal.pointer,
                f"AWS has no service `{principal.text}`: {REFUSED}",
                f"did you mean `{policy_trust.STEP_FUNCTIONS}`?",
            )


def trust_open_to_all(trust_policy: Policy) -> Iterator[Problem]:
    if purpose(trust_policy) != TRUST:
        return
    for statement in trust_policy.statements:
        for principal in statement.principals if policy_width.is_free(statement) else ():
            if principal.text == "*" and principal.kind in ("*", "AWS"):
                yield Problem(
                    principal.pointer,
                    "anybody with an AWS account may assume this role",
                    f'trust the service alone: `{{"Service": "{policy_trust.STEP_FUNCTIONS}"}}`',
                )


def trust_without_source(trust_policy: Policy) -> Iterator[Problem]:
    if purpose(trust_policy) != TRUST:
        return
    for statement in trust_policy.statements:
        named = [one for one in statement.principals if policy_shape.is_step_functions(one.text)]
        tied = policy_trust.is_tied(statement) or is_unknown(statement.value.get("Condition"))
        if named and statement.is_allow and not tied:
            yield Problem(
                named[0].pointer,
                "Step Functions may use this role for a state machine of any account (confused deputy)",
                "set conditions on `aws:SourceArn` and `aws:SourceAccount`",
            )


def trust_without_step_functions(role: Role) -> Iterator[Problem]:
    trust = role.trust
    if trust is None or any(policy_shape.misshapen(trust)):
        return
    arn = parse(role.definition.settings.arn or "")
    region = arn.region if arn is not None and arn.region and not has_hole(arn.region) else None
    if policy_trust.trusts_step_functions(trust, region) is not False or _is_told(trust):
        return
    named = [one for statement in trust.statements for one in statement.principals]
    where = f"states.{region}.amazonaws.com" if region else "its regional one"
    yield Problem(
        named[0].pointer if len(named) == 1 else ("Statement",),
        f"Step Functions may not assume this role: neither `{policy_trust.STEP_FUNCTIONS}` nor {where} is"
        " trusted, and no state machine can be created with it",
        f'add a statement that allows `{{"Service": "{policy_trust.STEP_FUNCTIONS}"}}` to `sts:AssumeRole`',
        within=trust,
    )


def _is_told(trust: Policy) -> bool:
    """Whether another rule tells why Step Functions is not trusted."""
    found = (trust_action_not_assume_role(trust), misspelt_service_principal(trust))
    faults = [problem for check in found for problem in check]
    faults += [problem for one in trust.statements for problem in malformed_principal(one)]
    faults += [problem for one in trust.statements for problem in effect_not_allow_or_deny(one)]
    return bool(faults) or next(missing_policy_element(trust), None) is not None


def _named(group: Sequence["Mismatch"]) -> str:
    return _listed([one.entry.text for one in group])


def _listed(texts: Sequence[str]) -> str:
    *most, last = [f"`{text}`" for text in texts]
    return f"{', '.join(most)} and {last}" if most else last


def _alternatives(kinds: tuple[str, ...]) -> str:
    shown = [f"`{kind}`" for kind in kinds[:3]]
    more = f" (or {len(kinds) - 3} others)" if len(kinds) > 3 else ""
    return f"{_article(kinds[0])} {' or '.join(shown)}{more}"


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"
