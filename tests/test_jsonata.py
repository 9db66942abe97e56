"""What is known of JSONata expressions: delimiters, syntax, scopes, faults, results, each with its place."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asllint.facts.jsonata import Expression, delimiters, is_expression, parse
from asllint.facts.jsonata_functions import FUNCTIONS, MANY
from asllint.facts.jsonata_values import UNKNOWN

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def shown(text, places):
    """Names with what the text holds at their places."""
    return [(place.name, text[place.start : place.end]) for place in places]


def faults(text):
    return [(fault.kind, text[fault.start : fault.end], fault.at_creation) for fault in parse(text).faults]


@pytest.mark.parametrize("text", ["{% 1 %}", "{%$x%}", "{%\n$sum(\n[1])\n%}", "{%%}", "{% $a %}/{% $b %}"])
def test_an_expression_stands_between_the_delimiters(text):
    assert is_expression(text)


@pytest.mark.parametrize(
    "text", ["", "{%", "%}", "{%}", "{% 1 %", " {% 1 %}", "{% 1 %} ", "a {% 1 %}", 1, None]
)
def test_other_values_are_literal(text):
    assert not is_expression(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{%%}", ("empty", 0, 4, True)),
        ("{% \n %}", ("empty", 0, 7, True)),
        ("{% 10 %", ("unclosed", 0, 2, True)),
        ("{%}", ("unclosed", 0, 2, True)),
        ("$x %}", ("unopened", 3, 5, True)),
        (" {% 1 %}", ("blank", 0, 1, True)),
        ("{% 1 %}\n ", ("blank", 7, 9, True)),
        ("{% 1 %}!", ("embedded", 0, 7, True)),
        ("Hello {% $x %}", ("embedded", 6, 14, True)),
        ("Hello {% $x %}!", ("embedded", 6, 14, False)),
    ],
)
def test_a_delimiter_out_of_place_is_a_fault(text, fault):
    found = delimiters(text)
    assert found is not None
    assert (found.kind, found.start, found.end, found.at_creation) == fault


@pytest.mark.parametrize("text", ["{% 1 %}", "{%\n10         %}", "", "plain", "50% {off}", "%} {%", "$.x"])
def test_texts_with_delimiters_in_place_or_with_none_are_not_faulty(text):
    assert delimiters(text) is None


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("{% 'abc %}", (3, 4), "the text is not closed: its quote is missing"),
        ("{% 1e999 %}", (3, 8), "the number is out of range"),
        ("{% '\\x' %}", (4, 6), "`\\x` is no escape sequence"),
        ("{% '\\u12' %}", (4, 6), "`\\u` takes four hexadecimal digits"),
        ("{% $a.`b %}", (6, 7), "the quoted name is not closed: its backtick is missing"),
        ("{% 1 /* b %}", (5, 7), "the comment is not closed: `*/` is missing"),
        ("{% /* a */ 1 /* b %}", (13, 15), "the comment is not closed: `*/` is missing"),
        ("{% $a $bc %}", (6, 9), "`$bc` does not belong here"),
        ("{% $a[1,2) %}", (7, 8), "`]` is expected here, not `,`"),
        ("{% {'a' 'bc'} %}", (8, 12), "`:` is expected here, not `'bc'`"),
        ("{% {'a' 12.5} %}", (8, 12), "`:` is expected here, not `12.5`"),
        ("{% {'a' null} %}", (8, 12), "`:` is expected here, not `null`"),
        ("{% $sum($a %}", (11, 13), "the expression ends where `)` is expected"),
        ("{% !$a %}", (3, 4), "`!` is no operator"),
        ("{% $a ~ $b %}", (6, 7), "`~` is no operator"),
        ("{% 1 + %}", (7, 9), "the expression ends too early"),
        ("{% function(x){1} %}", (12, 13), "the parameter of a function is a variable: it starts with `$`"),
        ("{% $x{'a':1}[0] %}", (12, 13), "a filter cannot follow a grouping"),
        ("{% $x{'a':1}{'b':2} %}", (3, 19), "a step is grouped once"),
        ("{% {'a':} %}", (8, 9), "`}` cannot stand before a value"),
        ("{% a := 1 %}", (3, 4), "the left side of `:=` is a variable: it starts with `$`"),
        ("{% $x.true %}", (6, 10), "a literal cannot be a step of a path"),
        ("{% $x#y %}", (6, 7), "the right side of `#` is a variable: it starts with `$`"),
        ("{% $x[1]@$v %}", (8, 9), "a variable is bound before the filters of its step"),
        ("{% $x^(y)@$v %}", (9, 10), "a variable is bound before the sorting of its step"),
        ("{% % %}", (3, 4), "`%` has no parent here"),
        ("{% // %}", (3, 5), "the regular expression is empty"),
        ("{% $match('a', /b %}", (15, 16), "the regular expression is not closed: its `/` is missing"),
        (
            "{% λ($x)<n<n>:n>{1} %}",
            (3, 19),
            "the signature of the function gives parameters to a type that has none",
        ),
        (
            "{% $a %}/{% $b %}",
            (7, 8),
            "`}` cannot stand before a value; one text holds one expression: join its parts with `&`",
        ),
    ],
)
def test_a_syntax_fault_is_told_in_plain_words_and_with_its_place(text, place, message):
    found = parse(text)
    assert [(f.kind, (f.start, f.end), f.message, f.at_creation) for f in found.faults] == [
        ("syntax", place, message, True)
    ]
    assert not found.is_known


@pytest.mark.parametrize(("text", "operator"), [("{% $a ?: 2 %}", "?:"), ("{% ($a ?? [1]) %}", "??")])
def test_operators_newer_than_2_0_6_are_faults_of_their_own(text, operator):
    assert faults(text) == [("newer-syntax", operator, True)]


@pytest.mark.parametrize(
    "text",
    [
        "{% λ($x)<-n?:n>{ $x } %}",  # trips jsonata-python; the reference implementation accepts it
        "{% function($s, $n)<s-n?:s>{ $s } %}",
        "{% $match('a', /(?<year>\\p{L}{,3})/) %}",  # no regular expression of Python's
        "{% $match($states.input.a, /[{\"'}]\\/x/i) %}",
        "{% {'$x': \"$y\", 'z': '{% %}'} %}",
        "{% /* $x phone { */ 1 %}",
        "{% $states.input.`phone number`.'mobile' %}",
        "{% $states.input.items.(phone & $.x){ category: $sum(price) } %}",
        "{% $states.input.rows.$map(items, function($item) { { 'id': id, 'self': $ } }) %}",
        "{% $exists($range(1, 5)) or $count($partition([1], 0)) = 0 %}",
        "{% $states.input.a.b.{ 'b': $, 'a': %.c } %}",
        "{% $states.input.items^(>price, name)[0] %}",
        "{% $states.input ~> | items | { 'total': price * n }, ['n'] | %}",
        "{% $partition([1, 2]) %}",
        "{% $states.context.Map.Item.Value.anything.at.all %}",
        "{% $states.context.Execution.Input.x %}",
    ],
)
def test_what_aws_accepts_is_not_faulty(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% phone %}", [("top-level-name", "phone", True)]),
        ("{% `phone number`.x %}", [("top-level-name", "`phone number`", True)]),
        ("{% states.input.x %}", [("top-level-name", "states", True)]),
        (
            "{% $sum(ab) & {'a': [b]} %}",
            [("top-level-name", "ab", True), ("top-level-name", "b", True)],
        ),
        ("{% $states.input.my-model %}", [("top-level-name", "model", True)]),
        ("{% $.store.book %}", [("top-level-context", "$", True)]),
        ("{% $$.a %}", [("top-level-context", "$$", True)]),
        ("{% $states.input[$$.a] %}", [("top-level-context", "$$", False)]),
        ("{% $eval('1') %}", [("eval", "$eval", False)]),
        ("{% $map($states.input, $eval) %}", [("eval", "$eval", False)]),
        ("{% $randomSeeded(1) %}", [("unknown-function", "$randomSeeded", False)]),
        ("{% 1 ~> $sumx %}", [("unknown-function", "$sumx", False)]),
        ("{% sum([1]) %}", [("top-level-name", "sum", True)]),
        ("{% $states.input.a.sum(b) %}", [("unknown-function", "sum", False)]),
        ("{% $map($states.input.a, function($x){ phone }) %}", [("top-level-name", "phone", True)]),
        ("{% $map($states.input.a, function($x){ $ }) %}", [("top-level-context", "$", True)]),
        ("{% $range(1, 5) %}", [("arity", "$range", False)]),
        ("{% $uuid(1) %}", [("arity", "$uuid", False)]),
        ("{% 'a' ~> $substring(1, 2, 3) %}", [("arity", "$substring", False)]),
        ("{% $map(?, function($x){ $x }) ~> $count() %}", []),
        ("{% $hash('a', 'sha256') %}", [("aws-function-argument", "'sha256'", False)]),
        ("{% 'a' ~> $hash('SHA-1') %}", []),
        ("{% $partition([1], 0) %}", [("aws-function-argument", "0", False)]),
        ("{% $partition([1], 0.5) %}", [("aws-function-argument", "0.5", False)]),
        ("{% $range(1, 9, 0) %}", [("aws-function-argument", "0", False)]),
        ("{% $range(1, 9, 'a') %}", [("aws-function-argument", "'a'", False)]),
        ("{% $range(1, 9, $states.input.step) %}", []),
        ("{% $states.inputs.x %}", [("states-member", "inputs", False)]),
        ("{% $states.'output' %}", [("states-member", "'output'", False)]),
        ("{% $states.context.Execution.ID %}", [("context-member", "ID", False)]),
        ("{% $states.context.Execution.Name.first %}", [("context-member", "first", False)]),
        ("{% ($states := {'x': 1}; $states.x) %}", []),
        ("{% ($sum := function($a, $b, $c){ $a }; $sum(1, 2, 3)) %}", []),
    ],
)
def test_a_fault_has_its_kind_its_place_and_the_time_when_it_shows(text, expected):
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{% phone %}",
            "`phone` is read from a context item, and there is none at the top level; "
            "write `$states.input.phone`, or `$phone` for a variable",
        ),
        (
            "{% states.input %}",
            "`states` is read from a context item, and there is none at the top level; "
            "did you mean `$states`?",
        ),
        ("{% $sumx([1]) %}", "`$sumx` is not a function; did you mean `$sum`?"),
        (
            "{% sum([1]) %}",
            "`sum` is read from a context item, and there is none at the top level; "
            "a function's name starts with `$`: write `$sum`",
        ),
        ("{% $states.inputs %}", "`$states` has no member `inputs`; did you mean `input`?"),
        (
            "{% $states.context.Execution.ID %}",
            "the Context Object has no member `Execution.ID`; did you mean `Id`?",
        ),
        ("{% $now('a', 'b', 'c') %}", "`$now` takes 0 to 2 arguments, not 3"),
        ("{% $zip() %}", "`$zip` takes 1 argument or more, not 0"),
        ("{% $millis(1) %}", "`$millis` takes 0 arguments, not 1"),
        (
            "{% $hash('a', 'sha256') %}",
            "`$hash`: the algorithm is one of MD5, SHA-1, SHA-256, SHA-384, SHA-512; did you mean `SHA-256`?",
        ),
    ],
)
def test_a_message_gives_the_way_out(text, message):
    assert [fault.message for fault in parse(text).faults] == [message]


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("{%$x%}", [("x", "$x")]),
        (
            "{% $order[price > $max_].name & '$text' /* $c */ %}",
            [("order", "$order"), ("max_", "$max_")],
        ),
        ("{% ($a := 1; $a + $b) %}", [("b", "$b")]),
        ("{% ($a := $a + 1) %}", [("a", "$a")]),
        ("{% (($a := 1); $a) %}", [("a", "$a")]),
        ("{% $f := 1 %}", []),
        ("{% function($x, $y){ $x + $y + $z } %}", [("z", "$z")]),
        ("{% ($map($l, function($x){ $x }); $x) %}", [("l", "$l"), ("x", "$x")]),
        ("{% ($f := function($n){ $n < 1 ? $g($n) : $f($n - 1) }; $g := λ($m){ $m }; $f(3)) %}", []),
        ("{% $states.input.o@$v#$i.{ 'v': $v, 'i': $i, 'w': $w } %}", [("w", "$w")]),
        ("{% ($states.input.o@$v.x; $v) %}", [("v", "$v")]),
        ("{% $l^(>price * $rate) %}", [("l", "$l"), ("rate", "$rate")]),
        ("{% $l{ $k: $sum(v) } %}", [("l", "$l"), ("k", "$k")]),
        ("{% $d ~> |a|{ 'b': $c }, $e| %}", [("d", "$d"), ("c", "$c"), ("e", "$e")]),
        ("{% $reduce($l, $sum) %}", [("l", "$l")]),
        ("{% $x ~> $uppercase ~> $trim() %}", [("x", "$x")]),
        ("{% $é %}", [("é", "$é")]),
    ],
)
def test_variables_are_those_that_the_expression_does_not_bind(text, variables):
    assert shown(text, parse(text).variables) == variables


def test_a_variable_named_like_a_function_is_told_from_a_call():
    text = "{% $count($max) + $sum %}"
    assert shown(text, parse(text).function_values) == [("max", "$max"), ("sum", "$sum")]
    assert shown(text, parse(text).variables) == []


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("{% $states %}", [((), "$states")]),
        ("{% $states.input %}", [(("input",), "$states.input")]),
        ("{% $states.input.items[0].name %}", [(("input", "items", "name"), "$states.input.items[0].name")]),
        ('{% $states .`input`."a\\"b".\'c\' %}', [(("input", 'a"b', "c"), '$states .`input`."a\\"b".\'c\'')]),
        ("{% $states.*.x %}", [((), "$states")]),
        ("{% $states.input.(a).b %}", [(("input",), "$states.input")]),
        ("{% $merge([$states.input, $states.result.x]) %}", [
            (("input",), "$states.input"),
            (("result", "x"), "$states.result.x"),
        ]),
        ("{% function($states){ $states.input } %}", []),
        ("{% $states.input.${Field} %}", [(("input",), "$states.input")]),
    ],
)  # fmt: skip
def test_what_is_read_from_states_is_known_by_name(text, states):
    assert [(access.names, text[access.start : access.end]) for access in parse(text).states] == states


def test_the_input_is_read_by_name():
    found = parse("{% $states.input.a.b & $states.input & $states.result.c %}")
    assert found.reads_input == (("a", "b"), ())


@pytest.mark.parametrize("read", ["context.Task.Token", "context.Task", "context", "*", "context.*.x"])
def test_the_task_token_is_read_with_all_that_holds_it(read):
    assert parse(f"{{% $states.{read} %}}").reads_task_token


@pytest.mark.parametrize("read", ["input", "context.Execution.Id", "context.Task.Name", "result.Task.Token"])
def test_the_task_token_is_not_read_with_other_things(read):
    assert not parse(f"{{% $states.{read} %}}").reads_task_token


def test_calls_are_known_with_their_arguments():
    text = "{% ($substring($x, 1, -2) ~> $hash('SHA-1')) & $f(?, ['a', {'b': null}]) %}"
    found = [
        (call.name, text[call.start : call.end], [a.value for a in call.arguments], call.is_partial)
        for call in parse(text).calls
    ]
    assert found == [
        ("substring", "$substring", [UNKNOWN, 1, -2], False),
        ("hash", "$hash", [UNKNOWN, "SHA-1"], False),
        ("f", "$f", [UNKNOWN, ["a", {"b": None}]], True),
    ]


def test_eval_is_known_to_be_used():
    assert parse("{% $eval('1') %}").uses_eval
    assert not parse("{% '$eval(1)' %}").uses_eval


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{% 'a' %}", "a"),
        ('{% "\\u00e9\\n" %}', "é\n"),
        ("{% -1.5 %}", -1.5),
        ("{% 3.0 %}", 3),
        ("{% true %}", True),
        ("{% null %}", None),
        ("{% ([1, {'a': [], 'b': false}]) %}", [1, {"a": [], "b": False}]),
    ],
)
def test_a_literal_is_constant(text, value):
    assert (parse(text).is_constant, parse(text).value) == (True, value)


@pytest.mark.parametrize("text", ["$x", "[1..3]", "1 + 1", "[1][0]", "{'a': 1, 'a': 2}", "'${N}'", "()"])
def test_other_expressions_are_not_constant(text):
    found = parse(f"{{% {text} %}}")
    assert (found.is_known, found.is_constant) == (True, False)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("'a'", {"string"}),
        ("$x & 1", {"string"}),
        ("1 + $x", {"number"}),
        ("-$x", {"number"}),
        ("$x > 1 and $y", {"boolean"}),
        ("1 in $x", {"boolean"}),
        ("null", {"null"}),
        ("true", {"boolean"}),
        ("[$x]", {"array"}),
        ("[1..3]", {"array"}),
        ("{'a': $x}", {"object"}),
        ("$x{a: b}", {"object"}),
        ("/a/", {"function"}),
        ("function($x){ $x }", {"function"}),
        ("$substring(?, 1)", {"function"}),
        ("$x ? 'a' : 1", {"string", "number"}),
        ("$x ? 'a'", {"string"}),
        ("($x := 1; $x & '')", {"string"}),
        ("$x := [1]", {"array"}),
        ("()", set()),
        ("$count($x)", {"number"}),
        ("$x.a ~> $count()", {"number"}),
        ("[1] ~> $count", {"number"}),
        ("$uppercase ~> $trim", {"unknown"}),
        ("$split('a', ',')[0]", {"unknown"}),
        ("[1][0]", {"unknown"}),
        ("1[]", {"unknown"}),
        ("$x", {"unknown"}),
        ("$states.input.x", {"unknown"}),
        ("$count", {"unknown"}),
        ("$map($x, $y)", {"unknown"}),
        ("($sum := function(){ 'a' }; $sum())", {"unknown"}),
        ("${Name}", {"unknown"}),
    ],
)  # fmt: skip
def test_the_kinds_of_a_result_follow_from_its_form(text, kinds):
    assert parse(f"{{% {text} %}}").result_kinds == kinds


@pytest.mark.parametrize("text", ["{% ${Limit} %}", "{% ${A.Arn} & '${AWS::Region}' %}", "{% $sum(${A}) %}"])
def test_a_substitution_stands_for_a_value_that_is_not_known(text):
    found = parse(text)
    assert (found.is_known, found.faults, found.variables, found.is_constant) == (True, (), (), False)


def test_a_substitution_that_may_be_anything_leaves_the_expression_unknown():
    text = "{% { ${Pairs} } %}"
    assert parse(text) == Expression(text)


def test_grouping_of_the_context_item_is_no_substitution():
    assert faults("{% ${'a': b} %}") == [("top-level-context", "$", True)]


def test_a_hundred_levels_are_evaluated_and_no_more():
    assert faults("{% " + "+".join("1" * 100) + " %}") == []
    assert faults("{% " + "+".join("1" * 101) + " %}") == [("depth", "+".join("1" * 101), False)]
    assert faults("{%" + "(" * 99 + "1" + ")" * 99 + "%}") == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "[" * 5_000 + "]" * 5_000,
        "{'a':" * 5_000 + "1" + "}" * 5_000,
        "&".join("1" * 40_000),
        "1?" * 10_000 + "1:1",
        "$f(" * 10_000 + ")" * 10_000,
    ],
)
def test_deep_nesting_is_a_fault_and_no_crash(text):
    limit = sys.getrecursionlimit()
    assert faults("{%" + text + "%}") == [("depth", text, False)]
    assert sys.getrecursionlimit() == limit


def test_a_text_beyond_all_measure_is_not_read():
    text = "{%" + "1+" * 60_000 + "1%}"
    assert parse(text) == Expression(text)


def test_the_arities_are_those_of_the_reference_signatures():
    from jsonata.jsonata import Jsonata

    Jsonata("1")
    expected = {}
    for name, function in Jsonata.static_frame.bindings.items():
        parameters = function.signature._params
        needed = [p for p in parameters if not p.regex.endswith("?") and not p.context]
        repeats = any(p.regex.endswith("+") for p in parameters)
        expected[name] = (len(needed), MANY if repeats else len(parameters))
    del expected["eval"]
    expected["random"] = (0, 1)  # Step Functions adds a seed
    own = {"hash", "parse", "partition", "range", "uuid"}
    assert {name: f[:2] for name, f in FUNCTIONS.items() if name not in own} == expected


TOKENS = [
    *"$(){}[].,;:=?*+-/&|%^~!<>@#'\"`\\ \nax1é",
    "$x",
    "$states.input",
    "function($a)",
    "..",
    ":=",
    "~>",
    "/*",
    "*/",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)))
def test_no_text_raises_and_every_place_lies_inside_it(inner):
    text = "{%" + inner + "%}"
    found = parse(text)
    places = [*found.faults, *found.variables, *found.states, *found.calls, *found.top_level_names]
    assert [place for place in places if not 0 <= place.start < place.end <= len(text)] == []
    assert [v for v in found.variables if text[v.start : v.end] != f"${v.name}"] == []


def test_jsonata_is_imported_for_the_first_expression_only():
    program = (
        "import sys; from asllint.facts import jsonata; jsonata.delimiters('{% 1 %'); jsonata.parse('plain');"
        "assert 'jsonata' not in sys.modules and 'difflib' not in sys.modules;"
        "jsonata.parse('{% 1 %}'); assert 'jsonata' in sys.modules and 'difflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[1])


def strings(value):
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        else:
            todo.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real definitions is not here")
def test_expressions_of_accepted_definitions_have_only_the_faults_that_show_at_run_time():
    found = set()
    read = 0
    for line in (CORPUS / "manifest.jsonl").read_text().splitlines():
        case = json.loads(line)
        accepted = case["label"] == "valid" or case["authority"] == "published"
        if accepted and case["format"] == "asl-json":
            for text in strings(json.loads((CORPUS / case["path"]).read_text())):
                if delimiters(text) is not None:
                    found.add((case["id"], text))
                elif is_expression(text):
                    read += 1
                    found.update((case["id"], fault.message) for fault in parse(text).faults)
    # AWS accepted this one, and its executions failed with "T1006: Attempted to invoke a non-function".
    case = "ls.intrinsicfunctions.math_operations.math_random_seeded_jsonata"
    assert found == {(case, "`$randomSeeded` is not a function; did you mean `$random`?")}
    assert read > 60
