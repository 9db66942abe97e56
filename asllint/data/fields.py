"""Which field an object of Amazon States Language takes: its type and range, its query language, its rivals.

Sources: the Step Functions developer guide as of 2026 (statemachine-structure, state-*, workflow-variables,
transforming-data, concepts-error-handling, input-output-itemreader, -itembatcher, -resultwriter), and what
AWS answered to definitions that differ ("Field 'X' is not supported", "The field 'Type' should have one of
these values", "There should only be one of the following fields", ...).
"""

from collections.abc import Mapping
from typing import TypeAlias

from asllint.record import Record

JSONPATH = "JSONPath"
JSONATA = "JSONata"

MAX_SECONDS = 99_999_999
MAX_DELAY = 31_622_400
MAX_ITEMS = 100_000_000
MAX_BATCH_BYTES = 262_144

# Upper-case T and Z, as AWS wants them; seconds and an offset are due.
RFC3339 = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


class Field(Record):
    """What a field takes.

    `type`: `text`, `integer`, `number`, `boolean`, `any`, `text[]`; `path`, `reference-path` (with a `?`:
    null as well); `path-or-intrinsic` (of Fail); `payload` (any JSON, its `.$` keys or `{% %}` texts are
    evaluated), `payload-object` (an object of that kind); `items` (an array, an object or an expression);
    `condition` (a boolean or an expression); `time` (RFC 3339); or the name of an object of `OBJECTS`, with
    `[]` behind it a list of them. `expression`: in JSONata it may be a `{% %}` text instead. `language`: only
    with that one.
    """

    type: str
    required: bool = False
    language: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    expression: bool = False
    not_empty: bool = False


Fields: TypeAlias = dict[str, Field]

TEXT = Field("text")
BOOLEAN = Field("boolean", language=JSONPATH)
ANY_PATH = Field("path?", language=JSONPATH)
RESULT_PATH = Field("reference-path?", language=JSONPATH)
REFERENCE = Field("reference-path", language=JSONPATH)
INTRINSIC = Field("path-or-intrinsic", language=JSONPATH)
TEXT_OR_EXPRESSION = Field("text", expression=True)
COUNT = Field("integer", low=0, expression=True)
SECONDS = Field("integer", low=1, high=MAX_SECONDS, expression=True)
LANGUAGE = Field("text", values=(JSONPATH, JSONATA))
ERROR_NAMES = Field("text[]", required=True, not_empty=True)

TYPE = Field(
    "text", required=True, values=("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
)
COMMON: Fields = {"Type": TYPE, "Comment": TEXT, "QueryLanguage": LANGUAGE}
MOVING: Fields = {"Next": TEXT, "End": Field("boolean")}
IN_AND_OUT: Fields = {
    "InputPath": ANY_PATH,
    "OutputPath": ANY_PATH,
    "Output": Field("payload", language=JSONATA),
}
ASSIGN: Fields = {"Assign": Field("payload-object")}
CALL: Fields = {
    "Parameters": Field("payload", language=JSONPATH),
    "Arguments": Field("payload", language=JSONATA),
}
RESULTS: Fields = {
    "ResultSelector": Field("payload-object", language=JSONPATH),
    "ResultPath": RESULT_PATH,
}
ERRORS: Fields = {"Retry": Field("Retrier[]"), "Catch": Field("Catcher[]")}
WORK: Fields = COMMON | MOVING | IN_AND_OUT | ASSIGN | RESULTS | ERRORS

STATES: Mapping[str, Fields] = {
    "Pass": COMMON | MOVING | IN_AND_OUT | ASSIGN | {
        "Parameters": Field("payload", language=JSONPATH),
        "Result": Field("any", language=JSONPATH),
        "ResultPath": RESULT_PATH,
    },
    "Task": WORK | CALL | {
        "Resource": Field("text", required=True, not_empty=True),
        "TimeoutSeconds": SECONDS,
        "TimeoutSecondsPath": REFERENCE,
        "HeartbeatSeconds": SECONDS,
        "HeartbeatSecondsPath": REFERENCE,
        "Credentials": Field("Credentials", expression=True),
    },
    "Choice": COMMON | IN_AND_OUT | ASSIGN | {
        "Choices": Field("ChoiceRule[]", required=True, not_empty=True),
        "Default": TEXT,
    },
    "Wait": COMMON | MOVING | IN_AND_OUT | ASSIGN | {
        "Seconds": Field("integer", low=0, high=MAX_SECONDS, expression=True),
        "SecondsPath": REFERENCE,
        "Timestamp": Field("time", expression=True),
        "TimestampPath": REFERENCE,
    },
    "Succeed": COMMON | IN_AND_OUT,
    "Fail": COMMON | {
        "Error": TEXT_OR_EXPRESSION,
        "ErrorPath": INTRINSIC,
        "Cause": TEXT_OR_EXPRESSION,
        "CausePath": INTRINSIC,
    },
    "Parallel": WORK | CALL | {"Branches": Field("Branch[]", required=True, not_empty=True)},
    "Map": WORK | {
        "ItemProcessor": Field("ItemProcessor"),
        "Iterator": Field("ItemProcessor"),
        "ItemsPath": Field("path", language=JSONPATH),
        "Items": Field("items", language=JSONATA),
        "ItemSelector": Field("payload"),
        "Parameters": Field("payload", language=JSONPATH),
        "MaxConcurrency": COUNT,
        "MaxConcurrencyPath": REFERENCE,
        "ItemReader": Field("ItemReader"),
        "ItemBatcher": Field("ItemBatcher"),
        "ResultWriter": Field("ResultWriter"),
        "Label": TEXT,
        "ToleratedFailureCount": COUNT,
        "ToleratedFailureCountPath": REFERENCE,
        "ToleratedFailurePercentage": Field("number", low=0, high=100, expression=True),
        "ToleratedFailurePercentagePath": REFERENCE,
    },
}  # fmt: skip

_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
COMPARISONS: Mapping[str, str] = {
    **{f"String{order}": "text" for order in _ORDERS},
    **{f"Numeric{order}": "number" for order in _ORDERS},
    **{f"Timestamp{order}": "time" for order in _ORDERS},
    "BooleanEquals": "boolean",
}
TESTS = ("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp")
OPERATORS: Fields = {
    **{name: Field(kind, language=JSONPATH) for name, kind in COMPARISONS.items()},
    **{f"{name}Path": REFERENCE for name in COMPARISONS},
    "StringMatches": Field("text", language=JSONPATH),
    **dict.fromkeys(TESTS, BOOLEAN),
}
COMBINATIONS: Fields = {
    "And": Field("NestedRule[]", language=JSONPATH, not_empty=True),
    "Or": Field("NestedRule[]", language=JSONPATH, not_empty=True),
    "Not": Field("NestedRule", language=JSONPATH),
}
_RULE: Fields = {"Comment": TEXT, "Variable": REFERENCE} | OPERATORS | COMBINATIONS

_MACHINE: Fields = {
    "Comment": TEXT,
    "StartAt": Field("text", required=True),
    "States": Field("States", required=True, not_empty=True),
}

OBJECTS: Mapping[str, Fields] = {
    # `Version` is anything: that AWS refuses one that it does not know is not confirmed.
    "Definition": _MACHINE | {"Version": Field("any"), "TimeoutSeconds": SECONDS, "QueryLanguage": LANGUAGE},
    # AWS takes no `QueryLanguage` of a branch or of an item processor.
    "Branch": _MACHINE,
    "ItemProcessor": _MACHINE | {"ProcessorConfig": Field("ProcessorConfig")},
    "ProcessorConfig": {
        "Mode": Field("text", values=("INLINE", "DISTRIBUTED")),
        "ExecutionType": Field("text", values=("STANDARD", "EXPRESS")),
    },
    "ChoiceRule": _RULE | ASSIGN | {
        "Next": Field("text", required=True),
        "Condition": Field("condition", language=JSONATA),
        "Output": Field("payload", language=JSONATA),
    },
    # That AWS refuses these two in a nested rule is not confirmed; there they are never evaluated.
    "NestedRule": _RULE | {"Assign": Field("any"), "Output": Field("any")},
    "Retrier": {
        "ErrorEquals": ERROR_NAMES,
        "IntervalSeconds": Field("integer", low=1, high=MAX_SECONDS),
        "MaxAttempts": Field("integer", low=0, high=MAX_SECONDS),
        "BackoffRate": Field("number", low=1),
        "MaxDelaySeconds": Field("integer", low=1, high=MAX_DELAY),
        "JitterStrategy": Field("text", values=("FULL", "NONE")),
        "Comment": TEXT,
    },
    "Catcher": {
        "ErrorEquals": ERROR_NAMES,
        "Next": Field("text", required=True),
        "ResultPath": RESULT_PATH,
        "Output": Field("payload", language=JSONATA),
        "Assign": Field("payload-object"),
        "Comment": TEXT,
    },
    "Credentials": {"RoleArn": TEXT_OR_EXPRESSION, "RoleArn.$": INTRINSIC},
    "ItemReader": CALL | {
        "Resource": Field("text", required=True),
        "ReaderConfig": Field("ReaderConfig"),
    },
    "ReaderConfig": {
        "InputType": Field("text", values=("MANIFEST", "JSON", "CSV", "JSONL", "PARQUET")),
        "Transformation": Field("text", values=("NONE", "LOAD_AND_FLATTEN")),
        "ManifestType": Field("text", values=("ATHENA_DATA", "S3_INVENTORY")),
        "CSVDelimiter": Field("text", values=("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")),
        "CSVHeaderLocation": Field("text", values=("FIRST_ROW", "GIVEN")),
        "CSVHeaders": Field("text[]"),
        "ItemsPointer": TEXT,
        "MaxItems": Field("integer", low=0, high=MAX_ITEMS, expression=True),
        "MaxItemsPath": REFERENCE,
    },
    "ItemBatcher": {
        "MaxItemsPerBatch": COUNT,
        "MaxItemsPerBatchPath": REFERENCE,
        "MaxInputBytesPerBatch": Field("integer", low=0, high=MAX_BATCH_BYTES, expression=True),
        "MaxInputBytesPerBatchPath": REFERENCE,
        "BatchInput": Field("payload"),
    },
    "ResultWriter": CALL | {"Resource": TEXT, "WriterConfig": Field("WriterConfig")},
    "WriterConfig": {
        "Transformation": Field("text", values=("NONE", "COMPACT", "FLATTEN")),
        "OutputType": Field("text", values=("JSON", "JSONL")),
    },
}  # fmt: skip

_ONWARD = (("Next", "End"), True)

# Of these at most one (and with True exactly one) may be present.
EXCLUSIVE: Mapping[str, tuple[tuple[tuple[str, ...], bool], ...]] = {
    "Pass": (_ONWARD,),
    "Task": (
        _ONWARD,
        (("TimeoutSeconds", "TimeoutSecondsPath"), False),
        (("HeartbeatSeconds", "HeartbeatSecondsPath"), False),
    ),
    "Wait": (_ONWARD, (("Seconds", "SecondsPath", "Timestamp", "TimestampPath"), True)),
    "Fail": ((("Error", "ErrorPath"), False), (("Cause", "CausePath"), False)),
    "Parallel": (_ONWARD,),
    "Map": (
        _ONWARD,
        (("ItemProcessor", "Iterator"), True),
        (("ItemSelector", "Parameters"), False),
        (("MaxConcurrency", "MaxConcurrencyPath"), False),
        (("ToleratedFailureCount", "ToleratedFailureCountPath"), False),
        (("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"), False),
    ),
    "Credentials": ((("RoleArn", "RoleArn.$"), True),),
    "ReaderConfig": ((("MaxItems", "MaxItemsPath"), False),),
    "ItemBatcher": (
        (("MaxItemsPerBatch", "MaxItemsPerBatchPath"), False),
        (("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"), False),
    ),
}
