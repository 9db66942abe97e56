"""How a machine is deployed: its name, its logs, its key, and what its template fills into its definition."""

import re
from collections.abc import Iterator

from asllint.facts.expressions import texts
from asllint.facts.integration import ACTIVITY, integration
from asllint.finding import Problem
from asllint.loader.document import Unfilled
from asllint.loader.read import at
from asllint.model.asl import Definition, State, has_hole, plain

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
NAME_LENGTH = 80
FORBIDDEN = '[\\s<>{}\\[\\]?*"#%\\\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]'
LEVELS = ("ALL", "ERROR", "FATAL", "OFF")
VENDED_LOGS = "/aws/vendedlogs/"
REUSE_SECONDS = (60, 900)

# Seconds that a workflow of five minutes at most has time to wait; ours.
SHORT = 30

# An ARN up to its resource, of which the Region and the account are asked for.
WRITTEN_ARN = r"\barn:(?:aws[\w-]*|\$\{[^{}]*\}):[\w-]+:([a-z0-9-]*|\$\{[^{}]*\}):(\d{12}|\$\{[^{}]*\})?:"

# Where AWS wants a known name, an ARN or a number: fields, and types of fields.
NO_TEXT = (
    "Default", "End", "Next", "QueryLanguage", "Resource", "StartAt", "TimeoutSeconds", "Type",
    "boolean", "integer", "number", "time",
)  # fmt: skip
# What people read.
FREE_TEXTS = ("Cause", "Error")
# What runs scripts, in which `${NAME}` is the shell's.
WITH_SCRIPTS = (
    "batch",
    "codebuild",
    "ecs",
    "eks",
    "emr",
    "elasticmapreduce",
    "emr-containers",
    "ssm",
    "glue",
)


def machine_name_not_allowed(definition: Definition) -> Iterator[Problem]:
    """AWS answers InvalidName."""
    name = definition.settings.name
    if name is None:
        return
    known = _without_holes(name)
    place = ("name",)
    if found := re.search(FORBIDDEN, known):
        yield Problem(
            place,
            f"a machine cannot be called `{name}`: AWS refuses the character {found[0]!r}",
            help="use letters, digits, `-` and `_`",
            within=definition.settings,
        )
    elif len(known) > NAME_LENGTH:
        yield Problem(
            place,
            f"the machine's name has {len(known)} characters, and AWS takes {NAME_LENGTH} at most",
            within=definition.settings,
        )


def unknown_log_level(definition: Definition) -> Iterator[Problem]:
    level = plain(definition.settings.logging).get("level")
    if isinstance(level, str) and not has_hole(level) and level not in LEVELS:
        known = level.upper() if level.upper() in LEVELS else None
        yield Problem(
            ("logging", "level"),
            f"`{level}` is no log level: AWS refuses the machine",
            help=f"write `{known}`" if known else "write `ALL`, `ERROR`, `FATAL` or `OFF`",
            within=definition.settings,
        )


def not_one_log_destination(definition: Definition) -> Iterator[Problem]:
    """AWS answers: Invalid Logging Configuration: Must specify exactly one Log Destination."""
    logging = plain(definition.settings.logging)
    level, groups = logging.get("level"), logging.get("destinations", [])
    if level not in LEVELS or level == "OFF" or not isinstance(groups, list):
        return
    if len(groups) != 1 and all(isinstance(group, dict) for group in groups):
        yield Problem(
            ("logging", "destinations"),
            f"the log level is `{level}` and there {_are(len(groups))}: AWS wants exactly one",
            help="name one log group" if groups else "name a log group, its ARN with `:*` behind it",
            within=definition.settings,
        )


def log_destination_without_wildcard(definition: Definition) -> Iterator[Problem]:
    """AWS answers: Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier."""
    for i, arn in _log_groups(definition):
        if not arn.endswith((":*", "}")) and arn.startswith("arn:") and ":log-group:" in arn:
            yield Problem(
                ("logging", "destinations", i, "cloudWatchLogsLogGroup", "logGroupArn"),
                "the ARN of a log group has to end in `:*` here: AWS refuses the machine",
                help=f"write `{arn}:*`",
                within=definition.settings,
            )


def log_group_outside_vendedlogs(definition: Definition) -> Iterator[Problem]:
    for i, arn in _log_groups(definition):
        name = arn.partition(":log-group:")[2].partition(":")[0]
        start = name.partition("${")[0]
        may_be = start.startswith(VENDED_LOGS) or (start != name and VENDED_LOGS.startswith(start))
        if not may_be and name:
            yield Problem(
                ("logging", "destinations", i, "cloudWatchLogsLogGroup", "logGroupArn"),
                "log groups that are not called `/aws/vendedlogs/...` fill up the account's resource policy",
                help="call the log group `/aws/vendedlogs/states/...`",
                within=definition.settings,
            )


def execution_data_logged(definition: Definition) -> Iterator[Problem]:
    logging = plain(definition.settings.logging)
    if logging.get("includeExecutionData") is True and logging.get("level") != "OFF":
        yield Problem(
            ("logging", "includeExecutionData"),
            "the logs hold what the states are given and what they give: whoever may read them reads that",
            help="leave it out, if the data is not for everybody who may read the logs",
            within=definition.settings,
        )


def tracing_off(definition: Definition) -> Iterator[Problem]:
    if plain(definition.settings.tracing).get("enabled") is False:
        yield Problem(
            ("tracing", "enabled"),
            "executions are not traced with X-Ray",
            help="enable tracing, to see where the time goes over several services",
            within=definition.settings,
        )


def key_reuse_period_out_of_range(definition: Definition) -> Iterator[Problem]:
    """AWS answers InvalidEncryptionConfiguration."""
    seconds = plain(definition.settings.encryption).get("kmsDataKeyReusePeriodSeconds")
    low, high = REUSE_SECONDS
    if isinstance(seconds, int) and not isinstance(seconds, bool) and not low <= seconds <= high:
        yield Problem(
            ("encryption", "kmsDataKeyReusePeriodSeconds"),
            f"a data key is reused for {low} to {high} seconds, not {seconds}: AWS refuses the machine",
            within=definition.settings,
        )


def several_definitions(definition: Definition) -> Iterator[Problem]:
    """SAM answers: Specify either 'Definition' or 'DefinitionUri' property and not both."""
    template = definition.settings.template
    if template is not None and template.is_sam and {"Definition", "DefinitionUri"} <= set(template.fields):
        yield Problem(
            ("Properties", "DefinitionUri"),
            "there is a `Definition` as well as a `DefinitionUri`: SAM refuses the template",
            help="leave one of them out",
            key=True,
            within=definition.settings,
        )


def refused_variable_name(definition: Definition) -> Iterator[Problem]:
    """CloudFormation answers: Template error: variable names in Fn::Sub syntax must contain only ..."""
    template = definition.settings.template
    for place, span, text in template.misnamed if template else ():
        yield Problem(
            place,
            f"`Fn::Sub` takes `{text}` for a variable and refuses its name",
            help=f"write `${{!{text[2:]}` for the text as it is",
            span=span,
            within=definition.settings,
        )


def unused_substitution(definition: Definition) -> Iterator[Problem]:
    template = definition.settings.template
    for name in template.unused if template else ():
        yield Problem(
            ("substitutions", name),
            f"the definition has no `${{{name}}}`",
            help="leave the substitution out, or correct its name",
            key=True,
            within=definition.settings,
        )


def substitution_without_value(definition: Definition) -> Iterator[Problem]:
    """CloudFormation leaves `${Name}` as it is, and AWS refuses it in a field that takes no free text."""
    for left, state in _left(definition):
        if _is_refused(left, state):
            yield from _unfilled(definition, left, "AWS refuses that here")


def substitution_left_as_text(definition: Definition) -> Iterator[Problem]:
    """CloudFormation leaves `${Name}` as it is, and the state gets these characters."""
    for left, state in _left(definition):
        if state is not None and not _is_refused(left, state) and not _is_for_others(left, state):
            yield from _unfilled(definition, left, "the state gets these characters")


def hard_coded_place(definition: Definition) -> Iterator[Problem]:
    if definition.settings.template is None:
        return
    for state in definition.states:
        for slot in texts(state):
            for match in re.finditer(WRITTEN_ARN, slot.text):
                region, account = (part and not has_hole(part) for part in match.groups())
                if region or account:
                    what = " and ".join(["a Region"] * bool(region) + ["an account"] * bool(account))
                    yield Problem(
                        slot.pointer,
                        f"`{match[0]}` names {what}: in another one the task reaches for what is not there",
                        help="use `${AWS::Region}` and `${AWS::AccountId}`, or refer to the resource",
                        span=match.span(),
                    )


def _left(definition: Definition) -> Iterator[tuple[Unfilled, State | None]]:
    """What stays `${Name}` outside of comments, with the state that it is in."""
    template = definition.settings.template
    if template is None or not template.unfilled:
        return
    states = {state.pointer: state for state in definition.states}
    for left in template.unfilled:
        if left.pointer and left.pointer[-1] != "Comment":
            places = (left.pointer[:i] for i in range(len(left.pointer), 0, -1))
            yield left, next((states[place] for place in places if place in states), None)


def _is_refused(left: Unfilled, state: State | None) -> bool:
    """Whether AWS takes no free text in a place: a name of a state, an ARN, a number."""
    slots = texts(state) if state is not None else ()
    slot = next((slot for slot in slots if slot.pointer == left.pointer), None)
    return left.pointer[-1] in NO_TEXT if slot is None else slot.field in NO_TEXT or slot.type in NO_TEXT


def _is_for_others(left: Unfilled, state: State) -> bool:
    """Whether `${Name}` may be meant for what reads the text: a shell, a template language."""
    if left.pointer[-1] in FREE_TEXTS:
        return True
    called = integration(state)
    return called is not None and called.service in WITH_SCRIPTS and left.pointer[-1:] != ("Resource",)


def _unfilled(definition: Definition, left: Unfilled, words: str) -> Iterator[Problem]:
    value = at(definition.given, left.pointer)
    name = r"\$\{\s*" + re.escape(left.name) + r"\s*\}"
    written = re.search(name, value) if isinstance(value, str) else None
    if written is None:
        return  # a substitution has put something else in its place
    template = definition.settings.template
    is_inside = template is not None and template.fields[:1] in (("Definition",), ("DefinitionString",))
    way_out = f"give it a value in `DefinitionSubstitutions`: `{left.name}: ...`"
    if left.name.startswith("AWS::"):
        way_out = (
            "put `!Sub` before the text" if is_inside else "give it by a substitution, under another name"
        )
    yield Problem(
        left.pointer,
        f"nothing gives `${{{left.name}}}` a value: CloudFormation leaves it as it is, and {words}",
        help=way_out,
        span=written.span(),
    )


def _log_groups(definition: Definition) -> Iterator[tuple[int, str]]:
    groups = plain(definition.settings.logging).get("destinations")
    for i, group in enumerate(groups if isinstance(groups, list) else ()):
        arn = plain(plain(group).get("cloudWatchLogsLogGroup")).get("logGroupArn")
        if isinstance(arn, str):
            yield i, arn


def _without_holes(text: str) -> str:
    return re.sub(r"\$\{[^{}]*\}", "", text)


def _are(count: int) -> str:
    return "is no destination" if not count else f"are {count} destinations"


def standard_could_be_express(definition: Definition) -> Iterator[Problem]:
    if definition.settings.type != "STANDARD" or not any(s.type == "Task" for s in definition.states):
        return
    if not all(_is_short(state) for state in definition.states):
        return
    from asllint.facts.flow import has_unknown_transition
    from asllint.facts.volume import loops

    # a loop may go on for longer
    if not any(has_unknown_transition(machine) or loops(machine) for machine in definition.machines):
        yield Problem(
            definition.pointer,
            "nothing in this workflow needs a Standard one, which costs more for each transition",
            help="make it an Express workflow, if it ends within five minutes and its steps may run twice",
        )


def _is_short(state: State) -> bool:
    if state.type == "Wait":
        seconds = _number(state, "Seconds")
        return seconds is not None and seconds <= SHORT
    if state.type == "Task":
        called = integration(state)
        return called is not None and called.kind != ACTIVITY and not called.pattern
    return state.is_known and not state.is_distributed


def _number(state: State, field: str) -> int | float | None:
    """A number, or an expression that can only be one."""
    text = state.text(field)
    if text is None or not state.is_jsonata:
        return state.number(field)
    from asllint.facts import jsonata

    value = jsonata.parse(text).value
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
