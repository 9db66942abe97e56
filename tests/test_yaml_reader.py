"""The YAML reader agrees with PyYAML, knows every place, and stops at what is hostile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml as standard
from hypothesis import given, settings
from hypothesis import strategies as st

from asllint.loader import yaml
from asllint.loader.pointer import Pointer
from asllint.loader.tree import Fault
from asllint.loader.yaml import YamlTree

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "cases"

UNQUOTED = "`{` opens a mapping in YAML, so the expression must be quoted"


class Oracle(standard.SafeLoader):
    """PyYAML without dates, and with every tag as an object of one field."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
        for first, known in standard.SafeLoader.yaml_implicit_resolvers.items()
    }


def _tagged(loader: Any, name: str, node: Any) -> Any:
    value: Any
    match node:
        case standard.ScalarNode():
            value = loader.construct_scalar(node)
            value = value.split(".", 1) if name == "GetAtt" and "." in value else value
        case standard.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


Oracle.add_multi_constructor("!", _tagged)


def walk(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    yield pointer, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from walk(each, (*pointer, key))


def read(text: str) -> YamlTree:
    found = yaml.read(text)
    assert isinstance(found, YamlTree), found
    return found


def broken(text: str) -> Fault:
    found = yaml.read(text)
    assert isinstance(found, Fault)
    return found


def shown(text: str, place: tuple[int, int]) -> str:
    return text[slice(*place)]


def assert_characters_are_right(text: str, tree: YamlTree) -> None:
    for pointer, value in walk(tree.value):
        offsets = tree.offsets(pointer)
        if not isinstance(value, str):
            assert offsets is None
            continue
        assert offsets is not None
        assert len(offsets) == len(value) + 1
        assert sorted(set(offsets)) == list(offsets)
        for character, offset in zip(value, offsets, strict=False):
            written = text[offset]
            folded = written in "\n\r\x85" and character in " \n"
            assert written == character or folded or written == "\\", (pointer, character, written)


scalars = st.text(st.sampled_from("ab :#'\"\\\n\t-{}[]é😀\x85\xa0\u2028!&*%@|>?,~<="), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(scalars, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    values,
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([10, 20, 80]),
    st.sampled_from([2, 4, 7]),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_values_and_characters_are_those_that_were_written(
    value: Any,
    style: str | None,
    is_flow: bool | None,
    width: int,
    indent: int,
    is_unicode: bool,
    line_break: str,
) -> None:
    text = standard.safe_dump(
        value,
        default_style=style,
        default_flow_style=is_flow,
        width=width,
        indent=indent,
        allow_unicode=is_unicode,
        line_break=line_break,
    )
    expected = standard.load(text, Oracle)
    tree = read(text)
    assert tree.value == expected
    assert_characters_are_right(text, tree)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_real_templates_read_as_pyyaml_reads_them() -> None:
    for path in sorted([*CORPUS.rglob("*.yaml"), *CORPUS.rglob("*.yml")]):
        text = path.read_text("utf-8-sig")
        tree = read(text)
        assert tree.value == standard.load(text, Oracle), path
        assert_characters_are_right(text, tree)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("text", "text"),
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("No", False),
        ("on", True),
        ("12", 12),
        ("010", 8),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        ("1.0e+3", 1000.0),
        ("2012-10-17", "2012-10-17"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("=", "="),
        ("${X}", "${X}"),
        ("'12'", "12"),
        ('"\\u00e9\\x41"', "éA"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int '12'", 12),
        ("!!set {a, b}", {"a": None, "b": None}),
        ("!Ref X", {"Ref": "X"}),
        ("!Condition X", {"Condition": "X"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub '${X}-y'", {"Fn::Sub": "${X}-y"}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!If [c, 1, !GetAZs '']", {"Fn::If": ["c", 1, {"Fn::GetAZs": ""}]}),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("!Vault a.b", {"!Vault": "a.b"}),
        ("!!binary aGk=", {"!!binary": "aGk="}),
    ],
)
def test_a_scalar_is_read_as_aws_reads_it(written: str, value: Any) -> None:
    tree = read(f"a: {written}\n")
    assert tree.value == {"a": value}
    assert tree.faults == []


def test_a_name_is_the_text_it_is_written_as() -> None:
    tree = read("on: 1\n010: 2\n2012-10-17: 3\n~: 4\n1.50: 5\n'x': 6\n")
    assert list(tree.value) == ["on", "010", "2012-10-17", "~", "1.50", "x"]


@pytest.mark.parametrize(
    ("text", "value", "offsets"),
    [
        ("ab", "ab", [0, 1, 2]),
        ("'a''b'", "a'b", [1, 2, 4, 5]),
        ('"a\\n\\u0041\\"b"', 'a\nA"b', [1, 2, 4, 10, 12, 13]),
        ("a\n  b", "a b", [0, 1, 4, 5]),
        ("a  \n\n  b", "a\nb", [0, 4, 7, 8]),
        ("'a \n  b'", "a b", [1, 3, 6, 7]),
        ('"a \\\n  b"', "a b", [1, 2, 7, 8]),
        ('"a\\\n  \\ b"', "a b", [1, 6, 8, 9]),
        ('"a\r\n\r\n b"', "a\nb", [1, 4, 7, 8]),
        ("|\n  ab\n  c\n", "ab\nc\n", [4, 5, 6, 9, 10, 11]),
        ("|-\n  a\n\n", "a", [5, 6]),
        ("|+\n  a\n\n", "a\n\n", [5, 6, 7, 8]),
        ("|2 # note\n   a\n  b\n", " a\nb\n", [12, 13, 14, 17, 18, 19]),
        ("|\n\n  a\n    b\n", "\na\n  b\n", [2, 5, 6, 9, 10, 11, 12, 13]),
        (">\n  a\n  b\n", "a b\n", [4, 5, 8, 9, 10]),
        (">-\n  a\n\n  b", "a\nb", [5, 7, 10, 11]),
        (">\n  a\n    b\n  c\n", "a\n  b\nc\n", [4, 5, 8, 9, 10, 11, 14, 15, 16]),
        ("|\r\n  a\r\n  b\r\n", "a\nb\n", [5, 6, 10, 11, 12]),
        ("&x !!str |\n  a\n", "a\n", [13, 14, 15]),
    ],
)
def test_each_character_of_a_scalar_has_its_place(text: str, value: str, offsets: list[int]) -> None:
    tree = read(text)
    assert tree.value == value
    assert list(tree.offsets(()) or ()) == offsets


PLACES = """\
States:  # all of them
  Pay: &pay
    Type: Task
    Retry:
    - ErrorEquals: [States.ALL]
      MaxAttempts: 2
    -
      - x
    Arn: !Sub "a-${B}"
    Role: !GetAtt Role.Arn
    Note: >-
      one
      two

  Ship: *pay
  Wait:
    <<: *pay
    Type: !If
      - c
      - {a: 1}
"""


@pytest.mark.parametrize(
    ("pointer", "value", "key"),
    [
        ((), PLACES.rstrip("\n"), "States"),
        (("States", "Pay", "Type"), "Task", "Type"),
        (("States", "Pay", "Retry", 0), "ErrorEquals: [States.ALL]\n      MaxAttempts: 2", "ErrorEquals"),
        (("States", "Pay", "Retry", 0, "ErrorEquals"), "[States.ALL]", "ErrorEquals"),
        (("States", "Pay", "Retry", 0, "ErrorEquals", 0), "States.ALL", "States.ALL"),
        (("States", "Pay", "Retry", 1), "- x", "-"),
        (("States", "Pay", "Arn"), '!Sub "a-${B}"', "Arn"),
        (("States", "Pay", "Arn", "Fn::Sub"), '"a-${B}"', "!Sub"),
        (("States", "Pay", "Arn", "States", "X"), "Arn", "Arn"),
        (("States", "Pay", "Type", "States", "X"), "Task", "Task"),
        (("States", "Pay", "Role", "Fn::GetAtt", 0), "Role", "Role"),
        (("States", "Pay", "Role", "Fn::GetAtt", 1), "Arn", "Arn"),
        (("States", "Pay", "Note"), ">-\n      one\n      two", "Note"),
        (("States", "Ship", "Type"), "Task", "Type"),
        (("States", "Wait", "Arn"), '!Sub "a-${B}"', "Arn"),
        (("States", "Wait", "Type"), "!If\n      - c\n      - {a: 1}", "Type"),
        (("States", "Wait", "Type", "Fn::If", 1), "{a: 1}", "{"),
        (("States", "None"), "States", "States"),
    ],
)
def test_a_pointer_has_the_place_of_its_value_and_of_its_name(pointer: Pointer, value: str, key: str) -> None:
    tree = read(PLACES)
    assert shown(PLACES, tree.span(pointer)) == value
    assert shown(PLACES, tree.span(pointer, key=True)) == key


def test_a_shared_value_is_named_where_it_is_used() -> None:
    tree = read(PLACES)
    assert tree.value["States"]["Ship"] is tree.value["States"]["Pay"]
    assert tree.span(("States", "Ship"), key=True)[0] == PLACES.index("Ship")
    assert tree.value["States"]["Wait"]["Retry"] == tree.value["States"]["Pay"]["Retry"]
    assert "<<" not in tree.value["States"]["Wait"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &a {x: 1, y: 1}\nb: {<<: *a, y: 2}\n", {"x": 1, "y": 2}),
        ("a: &a {x: 1, y: 1}\nb: {y: 2, <<: [*a, {x: 3, z: 3}]}\n", {"x": 1, "y": 2, "z": 3}),
        ("a: 1\nb: {'<<': {x: 1}}\n", {"<<": {"x": 1}}),
        ("a: 1\nb: {<<: '${file(x)}', y: 2}\n", {"<<": "${file(x)}", "y": 2}),
        ("a: 1\nb: {<<: !Include x, y: 2}\n", {"<<": {"!Include": "x"}, "y": 2}),
    ],
)
def test_merge_keys_are_applied_and_the_own_fields_win(text: str, value: Any) -> None:
    tree = read(text)
    assert tree.value["b"] == value
    assert tree.faults == []


def test_a_merge_key_of_text_is_a_fault() -> None:
    fault = read("a:\n  <<: text\n").faults[0]
    assert (fault.start, fault.end, fault.message, fault.pointer) == (
        5,
        7,
        "'<<' takes an object or a list of objects",
        ("a",),
    )


COMMENTED = """\
# first
StartAt: Pay # begin
States: # all
  Pay: {Type: Task} # pay
  # on its own
  Ship:
    Retry:
      # before an element
      - MaxAttempts: 1 # times
      # - before another
      - # empty dash
        MaxAttempts: 2
    Comment: |  # of a block
      # no comment
    Resource: !Sub "a # b" # tagged
    Result: a#b
    List: [a, # in a list
      'b # c']
    Role: !GetAtt a.b # attribute
    Again: &x y # anchor
    Same: *x # alias
# last
"""


def test_comments_belong_to_the_value_beside_or_below() -> None:
    tree = read(COMMENTED)
    found = [(text, tree.pointer_at(start)) for start, _, text in tree.comments()]
    ship = ("States", "Ship")
    assert found == [
        ("# first", ("StartAt",)),
        ("# begin", ("StartAt",)),
        ("# all", ("States",)),
        ("# pay", ("States", "Pay")),
        ("# on its own", ship),
        ("# before an element", (*ship, "Retry", 0)),
        ("# times", (*ship, "Retry", 0, "MaxAttempts")),
        ("# - before another", (*ship, "Retry", 1)),
        ("# empty dash", (*ship, "Retry", 1)),
        ("# of a block", (*ship, "Comment")),
        ("# tagged", (*ship, "Resource")),
        ("# in a list", (*ship, "List", 0)),
        ("# attribute", (*ship, "Role")),
        ("# anchor", (*ship, "Again")),
        ("# alias", (*ship, "Same")),
        ("# last", ()),
    ]
    assert all(COMMENTED[start:end] == text for start, end, text in tree.comments())


def test_a_field_written_twice_counts_last_and_knows_the_first() -> None:
    text = "a:\n  - b: 1\n    c: 2\n    b: 3\n"
    tree = read(text)
    assert tree.value == {"a": [{"b": 3, "c": 2}]}
    assert tree.faults == [
        Fault(
            "duplicate-key",
            25,
            26,
            'the field "b" is written twice: only the last one counts',
            ("a", 0, "b"),
            "keep one of them",
            ((7, 8, "first written here"),),
        )
    ]


def test_only_the_first_of_several_documents_is_read() -> None:
    text = "# one\na: 1\n---\nb: 2 # two\n"
    tree = read(text)
    assert tree.value == {"a": 1}
    assert [(fault.kind, fault.start, fault.end) for fault in tree.faults] == [("several-documents", 11, 14)]
    assert [comment for _, _, comment in tree.comments()] == ["# one"]
    both = yaml.read_all(text)
    assert not isinstance(both, Fault)
    assert [(each.value, [comment for _, _, comment in each.comments()]) for each in both] == [
        ({"a": 1}, ["# one"]),
        ({"b": 2}, ["# two"]),
    ]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n"])
def test_an_empty_document_is_null(text: str) -> None:
    tree = read(text)
    assert tree.value is None
    assert tree.faults == []
    assert tree.pointer_at(0) == ()
    assert tree.shown(()) == tree.span(())


@pytest.mark.parametrize(
    ("text", "start", "place", "message"),
    [
        ("a:\n\tb: 1", 3, "\t", "a tab where YAML indents with spaces"),
        ("a: b\n\tc: d", 5, "\t", "a tab where YAML indents with spaces"),
        ("a: b: c", 4, ":", "a second ': ' on the line: a value that holds one must be quoted"),
        ("a: 1\n  b: 2", 7, "b", "the field b is indented below one that has a value already"),
        ("a\nb: 1", 0, "a", "a colon is missing after a"),
        ("a:b\nc: 1", 0, "a:b", "a blank is missing behind the colon of a:b"),
        ("a: 1\nb c\nd: 1", 5, "b c", "a colon is missing after b c"),
        ("a:\n  b: 1\n c: 2", 11, "c: 2", "the indentation of this line fits none above it"),
        ("- a\nb: 1", 4, "b: 1", "a field among the elements of a list"),
        ("a: 1\n- b", 5, "- b", "an element of a list among fields"),
        ("a: - b", 3, "-", "a list cannot start on the line of its field's name"),
        ("a: @x", 3, "@x", "a value cannot start with '@'"),
        ("a: %x%", 3, "%x%", "a value cannot start with '%'"),
        ("a: {% $b %}\nc: d", 3, "{% $b %}", UNQUOTED),
        ("a: {% $b +\n  1 %}", 3, "{% $b +", UNQUOTED),
        ("a:\n<<<<<<< HEAD\n  b: 1\n=======", 3, "<<<<<<< HEAD", "a merge conflict is left here"),
        ("Action: *\nb: 1", 8, "*", "a value cannot start with '*': YAML takes it for an alias"),
        ("a: *b", 3, "*b", "no anchor &b stands before this alias"),
        ("a: {{X}}", 3, "{{X}}", "the placeholder {{X}} stands outside a string"),
        ("? [a]\n: 1", 2, "[", "a field's name must be text, not an object or a list"),
        ("a: [1, 2\n", 8, "", "the text ends before the '[' is closed"),
        ("a: {b: 1]", 8, "]", "']' where the '{' is still open"),
        ('a: ["x" "y"]', 7, "", "a ',' or ']' is missing here"),
        ('a: "x\nb: 1\n', 3, '"x', 'the string "x is not closed'),
        ('a: "x" y', 7, "y", "y follows the closing quote"),
        (r'a: "\d+"', 4, r"\d", r"YAML has no escape \d"),
        (r'a: "\u12"', 4, r"\u12", r"\u12 is no character"),
        ("a: |x\n  b", 3, "|x", "|x does not start a block of text"),
        ("a: !x!y z", 3, "!x!y", "the tag !x!y is not known"),
        ("a: 1\n...\nb", 9, "b", "text after the end of the document"),
        ("a: \x00", 3, "\x00", "a NUL character (U+0000)"),
        ("é: 😀\x07", 4, "\x07", "a control character (U+0007)"),
    ],
)
def test_a_syntax_error_is_named_at_its_place(text: str, start: int, place: str, message: str) -> None:
    fault = broken(text)
    assert fault.kind == "yaml-syntax"
    assert (fault.start, text[fault.start : fault.end], fault.message) == (start, place, message)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(".nan", "non-finite-number"), ("-.inf", "non-finite-number"), ("9" * 5000, "huge-number")],
)
def test_a_number_that_no_reader_takes_is_a_fault_with_a_value(number: str, kind: str) -> None:
    tree = read(f"a:\n- {number}\n")
    assert isinstance(tree.value["a"][0], float)
    assert [(fault.kind, fault.start, fault.end, fault.pointer) for fault in tree.faults] == [
        (kind, 5, 5 + len(number), ("a", 0))
    ]


def test_half_a_character_is_a_fault() -> None:
    fault = broken("a: b\ud800")
    assert (fault.kind, fault.start, fault.end) == ("lone-surrogate", 4, 5)


@pytest.mark.parametrize(
    ("text", "start"),
    [("[" * 100_000, 200), ("- " * 100_000, 400), ("{a: " * 100_000, 800), ("!Sub [" * 100_000, 605)],
)
def test_deep_nesting_is_answered_where_it_goes_too_far(text: str, start: int) -> None:
    fault = broken(text)
    assert (fault.kind, fault.start) == ("too-deep", start)


def test_two_hundred_levels_are_read_and_one_more_is_not() -> None:
    assert read("[" * 200 + "]" * 200).span((0,) * 199) == (199, 201)
    assert broken("[" * 201 + "]" * 201).start == 200


def test_levels_are_counted_through_aliases() -> None:
    levels = "".join(f"a{level}: &a{level} [*a{level - 1}]\n" for level in range(1, 300))
    assert broken("a0: &a0 x\n" + levels).kind == "too-deep"


@pytest.mark.parametrize(
    "use", ["[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]", "{{x: {0}, y: {0}, <<: {0}}}"]
)
def test_aliases_that_multiply_are_stopped(use: str) -> None:
    lines = [f"a{level}: &a{level} {use.format(f'*a{level - 1}')}\n" for level in range(1, 40)]
    text = "a0: &a0 {z: 1}\n" + "".join(lines)
    fault = broken(text)
    assert fault.kind == "alias-bomb"
    assert text[fault.start] == "*"
    assert fault.message == "the aliases expand to more than 100,000 values"


def test_an_alias_inside_its_anchor_is_a_fault() -> None:
    fault = broken("a: &x [1, *x]")
    assert (fault.kind, fault.start, fault.end, fault.pointer) == ("alias-bomb", 10, 12, ("a", 1))


def test_a_long_document_without_aliases_is_no_bomb() -> None:
    assert len(read("- 1\n" * 100_001).value) == 100_001
