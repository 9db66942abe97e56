import json
from pathlib import Path as File

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asllint.model import context, paths
from asllint.model.paths import Fault, Path, Segment, parse, reference_fault

CORPUS = File(__file__).parents[2] / "shared" / "corpus"


@pytest.mark.parametrize(
    ("text", "root", "kinds", "names"),
    [
        ("$", "$", "", ()),
        ("$$", "$$", "", ()),
        ("$.order.id", "$", "name name", ("order", "id")),
        ("$$.Execution.Id", "$$", "name name", ("Execution", "Id")),
        ("$order", "order", "", ()),
        ("$order.id[0]", "order", "name index", ("id",)),
        ("$नमस्ते.a", "नमस्ते", "name", ("a",)),
        ("$.naïve.ключ", "$", "name name", ("naïve", "ключ")),
        ("$.a-b.where", "$", "name name", ("a-b", "where")),
        ("$.a:b", "$", "name", ("a:b",)),
        ("$.a.$b", "$", "name name", ("a", "$b")),
        (r"$.a\.b", "$", "name", ("a.b",)),
        (r"$.foo\@bar.baz\[\[.\?pretty", "$", "name name name", ("foo@bar", "baz[[", "?pretty")),
        ("$.it's", "$", "name", ("it's",)),
        ("$['two words'].b", "$", "name name", ("two words", "b")),
        ('$[ "b" ]', "$", "name", ("b",)),
        ('$[\'Test\\""Name"\']', "$", "name", ('Test""Name"',)),
        ("$.['a']", "$", "name", ("a",)),
        ("$.[0].body", "$", "index name", ()),
        ("$.books[-2]", "$", "name index", ("books",)),
        ("$.pets[*].*", "$", "name wildcard wildcard", ("pets",)),
        ("$.a[1:3]", "$", "name slice", ("a",)),
        ("$.a[:-1]", "$", "name slice", ("a",)),
        ("$.a[0,1]", "$", "name union", ("a",)),
        ("$['a','b']", "$", "union", ()),
        ("$..age", "$", "descendant name", ()),
        ("$..[0]", "$", "descendant index", ()),
        ("$.a[?(@.b)]", "$", "name filter", ("a",)),
        ("$.a[?(@.b in ['x', 'y'])].c", "$", "name filter name", ("a",)),
        ("$.a[?(@.n =~ /fo]o)$/i)]", "$", "name filter", ("a",)),
        ("$.a[?(@.b==AMOUNT_PAID)]", "$", "name filter", ("a",)),
        ("$.a[?(@.cost == US$5)]", "$", "name filter", ("a",)),
        ("$.a[(@.length-1)]", "$", "name filter", ("a",)),
        ("$.a.length()", "$", "name function", ("a",)),
        ("$.a[0]id", "$", "name index name", ("a",)),
        ("$.all[*]id.x", "$", "name wildcard name name", ("all",)),
        ("$.a  \n", "$", "name", ("a",)),
    ],
)
def test_path_is_read(text, root, kinds, names):
    path = parse(text)
    assert isinstance(path, Path)
    assert (path.root, " ".join(s.kind for s in path.segments), path.names) == (root, kinds, names)
    assert (path.start, path.end) == (0, len(text.rstrip()))
    assert path.is_reference == (not kinds or set(kinds.split()) <= {"name", "index"})


def test_segments_carry_their_values_and_places():
    path = parse("$.a['b c'][12]..x")
    assert isinstance(path, Path)
    assert path.segments == (
        Segment("name", "a", 1, 3),
        Segment("name", "b c", 3, 10),
        Segment("index", 12, 10, 14),
        Segment("descendant", "..", 14, 16),
        Segment("name", "x", 14, 17),
    )


@pytest.mark.parametrize(
    ("text", "start", "end", "reason"),
    [
        ("", 0, 0, "not-a-path"),
        ("order.id", 0, 8, "not-a-path"),
        ("@.a", 0, 3, "not-a-path"),
        (" $.a", 0, 4, "not-a-path"),
        ("$.", 1, 2, "empty-segment"),
        ("$.a.", 3, 4, "empty-segment"),
        ("$..", 1, 3, "empty-segment"),
        ("$...a", 1, 4, "empty-segment"),
        ("$ .a", 1, 4, "blank"),
        ("$. a", 2, 4, "blank"),
        ("$.a b", 3, 5, "blank"),
        ("$.a[", 3, 4, "unterminated"),
        ("$.a[0", 3, 5, "unterminated"),
        ("$.a['b]", 4, 7, "unterminated"),
        ("$.a['b'", 3, 7, "unterminated"),
        ("$.a[?(@.b == 'x)]", 13, 17, "unterminated"),
        ("$.a[?(@.b]", 9, 10, "unbalanced"),
        ("$.a[?(@.b)", 3, 10, "unterminated"),
        ("$.a]", 3, 4, "unbalanced"),
        ("$.a)", 3, 4, "unbalanced"),
        ("$.a[]", 3, 5, "empty-brackets"),
        ("$.a[x]", 3, 6, "brackets"),
        ("$.a[$.i]", 3, 8, "brackets"),
        ("$.a[1 2]", 3, 8, "brackets"),
        ("$.a['b' 'c']", 8, 9, "brackets"),
        ("$.a['b',]", 8, 9, "brackets"),
        ("$$a", 2, 3, "stray"),
        ("$$$", 2, 3, "stray"),
        ("$1", 0, 2, "variable"),
        ("$order-id", 0, 9, "variable"),
        ("$states.input.x", 0, 7, "jsonata"),
        ("$.a[?(@.b == $.c[)]", 16, 19, "brackets"),
    ],
)
def test_fault_is_placed(text, start, end, reason):
    fault = parse(text)
    assert isinstance(fault, Fault)
    assert (fault.start, fault.end, fault.reason) == (start, end, reason)


def test_paths_inside_filters_and_functions_are_reads():
    text = "$.a[?(@.b == $.c[?(@.x == '$.no')] && $v.w > $$.State.RetryCount)].concat($.d)"
    path = parse(text)
    assert isinstance(path, Path)
    assert [(read.root, text[read.start : read.end]) for read in path.reads] == [
        ("$", text),
        ("$", "$.c[?(@.x == '$.no')]"),
        ("v", "$v.w"),
        ("$$", "$$.State.RetryCount"),
        ("$", "$.d"),
    ]
    assert [read.variable for read in path.reads] == [None, None, "v", None, None]


@pytest.mark.parametrize("text", ["${Prefix}.a", "$.${Attribute}", "$.a[${N", "${X}"])
def test_hole_makes_a_path_opaque(text):
    path = parse(text)
    assert isinstance(path, Path)
    assert (path.opaque, path.reads, path.is_reference, path.root) == (True, (), True, "")
    assert reference_fault(text) is None


@pytest.mark.parametrize(
    ("text", "start", "end", "reason"),
    [
        ("$.a.b.c[*].d", 7, 10, "not-a-reference-path"),
        ("$..a", 1, 3, "not-a-reference-path"),
        ("$.a[?(@.b)]", 3, 11, "not-a-reference-path"),
        ("$.a[0:2]", 3, 8, "not-a-reference-path"),
        ("$['a','b']", 1, 10, "not-a-reference-path"),
        ("$.a.length()", 3, 12, "not-a-reference-path"),
        ("$.a[", 3, 4, "unterminated"),
    ],
)
def test_what_can_name_several_nodes_is_no_reference_path(text, start, end, reason):
    fault = reference_fault(text)
    assert fault is not None
    assert (fault.start, fault.end, fault.reason) == (start, end, reason)


@pytest.mark.parametrize("text", ["$", "$$.Map.Item", "$v.a", "$.a[-1]", "$['a b'][0]", r"$.a\.b", "$.a:b"])
def test_what_names_one_node_is_a_reference_path(text):
    assert reference_fault(text) is None


def test_filters_nested_without_end_are_a_fault():
    fault = parse("$.a" + "[?($.a" * 1000)
    assert isinstance(fault, Fault)
    assert fault.reason == "too-deep"


@pytest.mark.parametrize("head", ["", "$", "$.a[?(", "$['", "$.a("])
@pytest.mark.parametrize("unit", ["[", "(", ".", "'", "$", "\\", " ", "$[?(", "$a-", "['a',", "$.a", "=~/"])
def test_long_text_is_read_in_one_pass(head, unit):
    text = head + unit * (100_000 // len(unit))
    outcome = parse(text)
    assert 0 <= outcome.start <= outcome.end <= len(text)


@given(st.one_of(st.text(), st.text("$.[]()?@'\"\\*,:=~/ ab0-&{}").map(lambda text: "$" + text)))
def test_any_text_gives_a_path_or_a_placed_fault(text):
    outcome = parse(text)
    assert 0 <= outcome.start <= outcome.end <= len(text)
    if isinstance(outcome, Path):
        assert all(0 <= read.start < read.end <= len(text) for read in outcome.reads)
        assert all(text[segment.start] in ".[]*" for segment in outcome.segments)
        assert (reference_fault(text) is None) == outcome.is_reference
    else:
        assert outcome.message
        assert reference_fault(text) == outcome


@given(st.lists(st.from_regex(r"[a-z_][a-z0-9_-]{0,5}", fullmatch=True)))
def test_quoted_and_dotted_names_are_the_same(names):
    dotted, quoted = (
        parse("$" + "".join(f".{n}" for n in names)),
        parse("$" + "".join(f"['{n}']" for n in names)),
    )
    assert isinstance(dotted, Path)
    assert isinstance(quoted, Path)
    assert dotted.names == quoted.names == tuple(names)


def accepted_strings():
    """(case, key, text) of every string field in the definitions that AWS accepted or published."""
    for line in (CORPUS / "manifest.jsonl").read_text().splitlines():
        case = json.loads(line)
        known = (case["label"], case["authority"]) == ("valid", "aws") or case["authority"] == "published"
        if case["format"] == "asl-json" and known:
            stack = [("", json.loads((CORPUS / case["path"]).read_text(encoding="utf-8-sig")))]
            while stack:
                key, value = stack.pop()
                if isinstance(value, dict):
                    stack += [
                        item for item in value.items() if item[0] not in ("Result", "Body", "RequestBody")
                    ]
                elif isinstance(value, list):
                    stack += [(key, item) for item in value]
                elif isinstance(value, str) and not value.startswith("{%"):
                    yield case["id"], key, value


@pytest.mark.skipif(not CORPUS.exists(), reason="no corpus of real definitions here")
def test_every_path_in_accepted_definitions_is_read():
    texts = [
        (case, key, text)
        for case, key, text in accepted_strings()
        if text.startswith("$") and (key.endswith((".$", "Path")) or key == "Variable")
    ]
    assert len(texts) > 500
    assert [found for found in texts if isinstance(parse(found[2]), Fault)] == []


@pytest.mark.skipif(not CORPUS.exists(), reason="no corpus of real definitions here")
def test_every_context_path_in_accepted_definitions_is_known():
    unknown = set()
    for case, _, text in accepted_strings():
        path = parse(text) if text.startswith("$$.") else None
        if isinstance(path, Path) and context.unknown_member(path.names) is not None:
            unknown.add((case, text))
    assert unknown == set()


@pytest.mark.parametrize(
    ("names", "index", "near"),
    [
        ((), None, None),
        (("Execution", "Id"), None, None),
        (("Execution", "Input", "anything", "id"), None, None),
        (("Execution", "RedriveTime"), None, None),
        (("Map", "Item", "Value", "x"), None, None),
        (("Map", "Item", "Key"), None, None),
        (("execution", "Id"), 0, "Execution"),
        (("Execution", "id"), 1, "Id"),
        (("State", "RetryCounts"), 1, "RetryCount"),
        (("StateMachine", "Arn"), 1, None),
        (("Task", "Token", "x"), 2, None),
        (("Map", "Index"), 1, None),
    ],
)
def test_unknown_member_of_the_context_object(names, index, near):
    assert (context.unknown_member(names), context.near(names)) == (index, near)


def test_parsing_is_memoised():
    assert paths.parse("$.memo.a[0]") is paths.parse("$.memo.a[0]")
