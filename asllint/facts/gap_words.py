"""The words of what a role does not allow: which actions on what, what happens, and the statement to add."""

import json
from collections.abc import Iterable

from asllint.data import integrations_iam as table
from asllint.facts.gaps import BY_THE_BOOK, COMPANION, Gap
from asllint.facts.integration import is_account
from asllint.facts.need import MAP, Need
from asllint.model import arn
from asllint.model.iam import Statement

# What a Retrier or Catcher sees, where that is documented.
ERRORS = {
    "lambda": "Lambda.AWSLambdaException",
    "dynamodb": "DynamoDB.AmazonDynamoDBException",
    "ItemReader": "States.ItemReaderFailed",
    "ResultWriter": "States.ResultWriterFailed",
}
HAPPENS = {
    table.POLL: "Step Functions may be unable to see the end of the job, and {state} waits for ever",
    table.STOP: "a stopped execution leaves what {state} has started running",
}
WATCHED = (
    "Step Functions is left with events, which come at best effort: if one is lost, {state} waits for ever"
)
DOCUMENTED = "AWS's own policy for {state} allows it"
ANYWHERE = {"${AWS::Partition}": "aws", "${AWS::Region}": "*", "${AWS::AccountId}": "*"}
KINDS = {
    "lambda:function": "the function without a version or alias",
    "lambda:qualified-function": "a version or alias of the function",
    "s3:bucket": "the bucket",
    "s3:object": "objects in the bucket",
    "states:execution": "executions",
    "states:stateMachine": "the state machine",
    "states:express": "Express executions",
}
WIDEST = 3


def refusal(gap: Gap) -> str:
    """In the words of AWS's own answer, which people search for."""
    return f"is not authorized to perform: {told(gap.needs)}"


def told(needs: Iterable[Need]) -> str:
    """`sqs:SendMessage on arn:...`, with the actions on the same resources together."""
    by_resource: dict[tuple[str, ...], list[str]] = {}
    for need in needs:
        is_any = need.resource.text is None or need.resource.suggested == ("*",)
        on = () if is_any else need.resource.suggested
        listed = by_resource.setdefault(on, [])
        if need.action not in listed:
            listed.append(need.action)
    by_actions: dict[tuple[str, ...], list[str]] = {}
    for on, actions in by_resource.items():
        by_actions.setdefault(tuple(actions), []).extend(on)
    return "; ".join(_on(list(actions), tuple(on)) for actions, on in by_actions.items())


def _on(actions: list[str], resources: tuple[str, ...]) -> str:
    text = joined(actions)
    return f"{text} on {joined([f'`{one}`' for one in resources])}" if resources else text


def joined(words: list[str]) -> str:
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def happens(gap: Gap) -> str:
    """What follows from it in production: the worst of what the needs are for."""
    state = f"state `{gap.state.name}`" if gap.state is not None else "the machine"
    if gap.kind in (COMPANION, BY_THE_BOOK):
        return "; ".join(dict.fromkeys(_beside(need).format(state=state) for need in gap.needs))
    worst = min(gap.needs, key=lambda need: list(HAPPENS).index(need.tier) if need.tier in HAPPENS else -1)
    if worst.tier in HAPPENS:
        return HAPPENS[worst.tier].format(state=state)
    error = ERRORS.get(worst.call.partition(":")[0])
    return f"{state} fails" + (f" with {error}" if error else _otherwise_named(gap))


def _beside(need: Need) -> str:
    if need.tier == table.STOP:
        return HAPPENS[table.STOP]
    return WATCHED if need.tier == table.POLL and need.call != MAP else DOCUMENTED


def _otherwise_named(gap: Gap) -> str:
    """Which call an action of another name belongs to."""
    call = gap.needs[0].call
    named = call.removeprefix("aws-sdk:")
    actions = dict.fromkeys(need.action for need in gap.needs if need.tier == table.CALL)
    if named == call or all(action.lower() == named.lower() for action in actions):
        return ""
    return f": `{call}` is authorised as {joined(list(actions))}"


def rules(gap: Gap) -> str:
    """The managed rules that a gap is about."""
    named = dict.fromkeys(
        text.partition(":rule/")[2] for need in gap.needs for text in need.resource.suggested
    )
    return quoted(named)


def addition(gap: Gap) -> str:
    """The statements to add, as JSON: outside a template one that can be pasted into a policy as it is.

    No policy can help where an ARN of the definition has no account.
    """
    for text in dict.fromkeys(text for need in gap.needs for text in need.resource.suggested):
        named = arn.parse(text)
        if named is not None and not is_account(named.account):
            account = named.account
            return (
                f"an account has 12 digits, and `{account}` has {len(account)}: correct it in the definition"
            )
    from asllint.facts.least import statements

    listed = json.dumps(statements(gap.needs, sids=False), ensure_ascii=False)[1:-1]
    anywhere = listed
    for name, text in ANYWHERE.items():
        anywhere = anywhere.replace(name, text)
    return f"add {listed if '${' in anywhere else anywhere}"


def kind(name: str) -> str:
    """A type of resource, in words."""
    return KINDS.get(name, f"a resource of type {name}")


def allowed_on(statement: Statement) -> str:
    """The resources that a statement names."""
    listed = [entry.text for entry in statement.resources or statement.not_resources]
    return some(listed) if statement.resources or not listed else f"anything but {some(listed)}"


def allowed_actions(statement: Statement) -> str:
    return some(entry.text for entry in statement.actions) or "other actions"


def some(texts: Iterable[str]) -> str:
    """The first few of them."""
    listed = list(texts)
    rest = len(listed) - WIDEST
    return (
        f"{', '.join(f'`{text}`' for text in listed[:WIDEST])} and {rest} more"
        if rest > 1
        else quoted(listed)
    )


def quoted(texts: Iterable[str]) -> str:
    return joined([f"`{text}`" for text in texts])


def said(gap: Gap) -> str:
    """What is known of the request that the condition asks for."""
    asked = {one.key.lower() for one in gap.statement.conditions} if gap.statement else set()
    known = {key: value for need in gap.needs for key, value in need.request.items()}
    return joined([f"`{key}` is `{value}`" for key, value in known.items() if key.lower() in asked])
