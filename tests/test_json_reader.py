"""The JSON reader agrees with `json.loads`, knows every place, and names every slip."""

import json as standard
import math
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asllint.loader import json
from asllint.loader.pointer import Pointer
from asllint.loader.tree import Fault, Tree

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "cases"

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
written = st.builds(
    standard.dumps, values, ensure_ascii=st.booleans(), indent=st.sampled_from([None, 0, 2, "\t"])
)


def walk(value: Any, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    yield pointer, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from walk(each, (*pointer, key))


def read(text: str) -> Tree:
    found = json.read(text)
    assert isinstance(found, Tree), found
    return found


def broken(text: str) -> Fault:
    found = json.read(text)
    assert isinstance(found, Fault)
    return found


def shown(text: str, fault: Fault) -> str:
    return text[fault.start : fault.end]


def assert_places_are_right(text: str, tree: Tree) -> None:
    for pointer, value in walk(tree.value):
        start, end = tree.span(pointer)
        assert standard.loads(text[start:end]) == value
        is_container = isinstance(value, dict | list)
        assert tree.shown(pointer) == tree.span(pointer, key=is_container)
        if not isinstance(value, dict | list):
            assert tree.pointer_at(start) == pointer
        if pointer and isinstance(pointer[-1], str):
            start, end = tree.span(pointer, key=True)
            assert standard.loads(text[start:end]) == pointer[-1]
            assert tree.pointer_at(start) == pointer
        offsets = tree.offsets(pointer)
        if isinstance(value, str):
            assert offsets is not None
            stretches = pairwise(offsets)
            decoded = [standard.loads(f'"{text[first:last]}"') for first, last in stretches]
            assert decoded == list(value)
        else:
            assert offsets is None


@settings(deadline=None)
@given(written)
def test_values_and_places_are_those_of_json_loads(text: str) -> None:
    tree = read(text)
    assert tree.value == standard.loads(text)
    assert_places_are_right(text, tree)


@settings(deadline=None)
@given(written, st.data())
def test_mutated_text_is_accepted_exactly_when_json_loads_accepts_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 3, len(text))))
    text = text[:start] + data.draw(st.text("{}[]\",:\\ \n\t01-.eEtfn/'#a\x00\xa0", max_size=2)) + text[end:]
    try:
        value = standard.loads(text)
    except ValueError:
        fault = broken(text)
        assert 0 <= fault.start <= fault.end <= len(text)
        assert fault.message != "this is not JSON"
    else:
        assert standard.dumps(read(text).value) == standard.dumps(value)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_real_definitions_read_as_json_loads_reads_them() -> None:
    for path in sorted(CORPUS.rglob("*.json")):
        text = path.read_text("utf-8-sig")
        if text.strip() in ("", '""') or "EMPTY_STRING" in str(path):
            continue
        tree = read(text)
        assert tree.value == standard.loads(text)
        if len(text) < 4000:
            assert_places_are_right(text, tree)


@pytest.mark.parametrize(
    ("text", "start", "place", "message"),
    [
        ("", 0, "", "there is no JSON here: the text is empty"),
        (" \n", 0, "", "there is no JSON here: the text is empty"),
        ('{"a": 1, }', 7, ",", "trailing comma: nothing follows it before the '}'"),
        ("[1,\n]", 2, ",", "trailing comma: nothing follows it before the ']'"),
        ("[1,, 2]", 3, ",", "a comma with nothing before it"),
        ("{} // x\n", 3, "// x", "JSON has no comments"),
        ('# x\n{"a": 1}', 0, "# x", "JSON has no comments"),
        ('{"a": /* x */ 1}', 6, "/* x */", "JSON has no comments"),
        ("{'a': 1}", 1, "'a'", "text in single quotes"),
        ('{"a": “b”}', 6, "“b”", "text in typographic quotes"),
        ('{"a": 1\n "b": 2}', 7, "", "a comma is missing after 1"),
        ('{"a": {} "b": 2}', 8, "", "a comma is missing after }"),
        ("[1; 2]", 2, ";", "values are separated by ',', not ';'"),
        ('{"a" 1}', 4, "", 'a colon is missing after the field name "a"'),
        ('{"a" = 1}', 5, "=", "the value of \"a\" follows after ':', not '='"),
        ('{"a"}', 1, '"a"', 'the field "a" has no value'),
        ('{"a": }', 5, "", 'the field "a" has no value'),
        ("{Next: 1}", 1, "Next", "the field name Next is not in double quotes"),
        ('{"a": True}', 6, "True", "True is Python's word"),
        ("[None]", 1, "None", "None is Python's word"),
        ("[NULL]", 1, "NULL", "NULL is not written in lower case"),
        ("[Pass]", 1, "Pass", "the text Pass is not in double quotes"),
        ("[01]", 1, "01", "01 is not a number in JSON"),
        ("[+1]", 1, "+1", "+1 is not a number in JSON"),
        ("[.5]", 1, ".5", ".5 is not a number in JSON"),
        ("[0x1F]", 1, "0x1F", "0x1F is not a number in JSON"),
        ('{"a": [1, {"b": 2}', 18, "", "the text ends before the '[' of \"a\" is closed"),
        ('{"a": [1}', 8, "}", "'}' where the '[' of \"a\" is still open"),
        ('{"a": 1}}', 8, "}", "'}' closes nothing"),
        ("{} {}", 3, "{", "a second document starts here: a file holds one"),
        ("{} end", 3, "end", "end stands after the end of the document"),
        ('{"a": {{X}}}', 6, "{{X}}", "the placeholder {{X}} stands outside a string"),
        ('{"a": ${X}', 10, "", "the text ends before the '{' is closed"),
        ('{"a": "b\n}', 6, '"b', 'the string "b is not closed'),
        ('{"a": "b\n c",\n"d": 1}', 8, "\n", "a line break inside a string"),
        ('{"a": "b', 6, '"b', 'the string "b is not closed'),
        ('["a\tb"]', 3, "\t", "a tab inside a string"),
        ('["a\x00b"]', 3, "\x00", "the control character U+0000 inside a string"),
        (r'["\d+"]', 2, r"\d", r"JSON has no escape \d"),
        (r'["\u12"]', 2, r"\u12", r"\u needs four hexadecimal digits"),
        ('["say "hi" to"]', 7, "hi", 'hi follows the closing quote of "say "'),
        ("[\xa01]", 1, "\xa0", "a no-break space (U+00A0) that JSON does not take for white space"),
        ("[\x00]", 1, "\x00", "a NUL character (U+0000) that JSON does not take for white space"),
        ('{"Next: "B"}', 2, "Next", "the closing quote of the field name Next is missing"),
        ('{\n<<<<<<< HEAD\n"a": 1\n=======', 2, "<<<<<<< HEAD", "a merge conflict is left here"),
        ('{\r\n<<<<<<<\r\n"a": 1\r\n=======', 3, "<<<<<<<", "a merge conflict is left here"),
        ('{"a": 1, ...}', 9, "...", "the ellipsis stands for something left out"),
    ],
)
def test_a_syntax_error_is_named_at_its_place(text: str, start: int, place: str, message: str) -> None:
    fault = broken(text)
    assert fault.kind == "json-syntax"
    assert (fault.start, shown(text, fault), fault.message) == (start, place, message)


def test_an_unclosed_bracket_is_related_to_its_opening() -> None:
    text = '{\n "States": {\n  "A": 1\n'
    assert broken(text).related == ((13, 14, "opened here"),)


def test_a_substitution_outside_a_string_is_read_as_text_with_its_place() -> None:
    text = '{"a": ${X}, "b": [1, ${f("k")}], ${K}: "${Y}", "c": {"d": 5}}'
    tree = read(text)
    assert tree.value == {"a": "${X}", "b": [1, '${f("k")}'], "${K}": "${Y}", "c": {"d": 5}}
    assert [(fault.kind, shown(text, fault), fault.pointer) for fault in tree.faults] == [
        ("unquoted-substitution", "${X}", ("a",)),
        ("unquoted-substitution", '${f("k")}', ("b", 1)),
        ("unquoted-substitution", "${K}", ("${K}",)),
    ]
    assert tree.span(("c", "d")) == (58, 59)
    assert list(tree.offsets(("a",)) or ()) == [6, 7, 8, 9, 10]


def test_a_field_written_twice_counts_last_and_knows_the_first() -> None:
    text = '{"a": [{"b": 1, "b": 2}], "a": 3}'
    tree = read(text)
    assert tree.value == {"a": 3}
    assert [(fault.kind, fault.start, fault.pointer, fault.related) for fault in tree.faults] == [
        ("duplicate-key", 16, ("a", 0, "b"), ((8, 11, "first written here"),)),
        ("duplicate-key", 26, ("a",), ((1, 4, "first written here"),)),
    ]
    assert tree.faults[0].message == 'the field "b" is written twice: only the last one counts'
    assert tree.span(("a",)) == (31, 32)


@pytest.mark.parametrize(
    ("number", "kind", "value"),
    [
        ("NaN", "non-finite-number", math.nan),
        ("Infinity", "non-finite-number", math.inf),
        ("-Infinity", "non-finite-number", -math.inf),
        ("1e999", "non-finite-number", math.inf),
        ("-1.5E+999", "non-finite-number", -math.inf),
        ("9" * 5000, "huge-number", math.inf),
        ("-" + "9" * 5000, "huge-number", -math.inf),
    ],
)
def test_a_number_that_no_reader_takes_is_a_fault_with_a_value(number: str, kind: str, value: float) -> None:
    text = f'{{"a": [true, {number}]}}'
    tree = read(text)
    assert repr(tree.value) == repr({"a": [True, value]})
    assert [(fault.kind, shown(text, fault), fault.pointer) for fault in tree.faults] == [
        (kind, number, ("a", 1))
    ]


def test_a_syntax_error_after_a_huge_number_is_the_fault() -> None:
    assert broken(f"[{'9' * 5000},]").message == "trailing comma: nothing follows it before the ']'"


def test_half_a_character_is_a_fault_with_a_value() -> None:
    text = r'{"a": "\ud83d\ude00 \\ud83d \ud83d", "\udc00": "' + "\ud800" + '"}'
    tree = read(text)
    assert tree.value == standard.loads(text)
    assert [(fault.kind, shown(text, fault), fault.pointer) for fault in tree.faults] == [
        ("lone-surrogate", r"\ud83d", ("a",)),
        ("lone-surrogate", r"\udc00", ("\udc00",)),
        ("lone-surrogate", "\ud800", ("\udc00",)),
    ]
    assert read(r'["\ud83d\ude00", "\\ud83d"]').faults == []


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_deep_nesting_is_answered_where_it_goes_too_far(opening: str) -> None:
    levels = sum(opening.count(bracket) for bracket in "[{")
    fault = broken(opening * 100_000)
    assert fault.kind == "too-deep"
    assert fault.start == 200 // levels * len(opening)


def test_two_hundred_levels_are_read_and_one_more_is_not() -> None:
    assert read("[" * 200 + "]" * 200).span((0,) * 199) == (199, 201)
    fault = broken("[" * 201 + "]" * 201)
    assert (fault.kind, fault.start, fault.end) == ("too-deep", 200, 201)


def test_a_container_without_a_name_is_shown_by_its_bracket() -> None:
    tree = read('{"a": [{"b": [1]}]}')
    assert tree.span((), key=True) == (0, 1)
    assert tree.span(("a", 0), key=True) == (7, 8)
    assert tree.span(("a", 0, "b"), key=True) == (8, 11)
    assert tree.span(("a", 0, "b", 0), key=True) == (14, 15)


def test_a_pointer_that_leads_nowhere_gives_the_nearest_ancestor() -> None:
    tree = read('{"a": {"b": "text"}, "c": [1]}')
    assert tree.span(("a", "b", "States", "X")) == (12, 18)
    assert tree.span(("a", "b", "States", "X"), key=True) == (12, 18)
    assert tree.span(("a", "none", 3)) == (1, 4)
    assert tree.span(("none",)) == (0, 1)
    assert tree.span(("c", "0")) == (27, 28)
    assert tree.span(("c", "²")) == (21, 24)
    assert tree.span(("c", 7)) == (21, 24)
    assert tree.span(("c", -1)) == (21, 24)
    assert tree.shown(("a", "none")) == (1, 4)
    assert tree.offsets(("none",)) is None


@pytest.mark.parametrize(
    ("offset", "pointer"),
    [
        (0, ()),
        (4, ("a",)),
        (10, ("a",)),
        (12, ("b",)),
        (17, ("b",)),
        (19, ("b", 0)),
        (21, ("b", 1)),
        (22, ("b",)),
        (99, ()),
    ],
)
def test_an_offset_belongs_to_the_innermost_value(offset: int, pointer: Pointer) -> None:
    assert read('{ "a": 1, \n"b": [ 2, 3]}').pointer_at(offset) == pointer


def test_a_clean_text_is_read_without_looking_for_places() -> None:
    code = "import sys; from asllint.loader import json; json.read('{\"a\": [1]}'); print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in out if name.startswith("asllint.")}
    names = ("loader", "loader.json", "loader.pointer", "loader.tree", "record")
    assert ours == {f"asllint.{name}" for name in names}
    assert not {"yaml", "dataclasses", "inspect"} & set(out)
