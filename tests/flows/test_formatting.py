"""Laying out: what a document says stays, comments stay, and twice is once."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.errors import Unformattable
from statewright.flows.documents import document_from
from statewright.flows.formatting import formatted
from statewright.statechart import digest_of

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("statewright/flows/samples", "examples")
    for path in (ROOT / folder).glob("*.yaml")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_our_own_files_are_laid_out(path: Path) -> None:
    text = path.read_text()
    assert formatted(text, path.name) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:   1\n\n\n\nb: 2", "a: 1\n\nb: 2\n"),
        ("a:\n      b: 1\n      c: 2\n", "a:\n  b: 1\n  c: 2\n"),
        ("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n  b: [1,  # x\n   2]\n", "a:\n  # x\n  b: [1, 2]\n"),
        (
            "a:\n  - {b: 1,\n    # y\n    c: 'it # no'} # z\n",
            "a:\n  # y\n  - {b: 1, c: 'it # no'}  # z\n",
        ),
        ("a: {b: [1, # q\n 2], # r\n c: 3}\n# t\n", "# q\n# r\na: {b: [1, 2], c: 3}\n# t\n"),
        ("- a\n-   b:\n      c\n", "- a\n- b: c\n"),
        ("a: 1 # why\n", "a: 1  # why\n"),
        ("# top\n\na: 1\n# end\n", "# top\n\na: 1\n# end\n"),
        ("a:\n    b: 1\n    # of b\nc: 1\n", "a:\n  b: 1\n  # of b\nc: 1\n"),
        ("a:\n    # of b\n    b: 1\n", "a:\n  # of b\n  b: 1\n"),
        ("a: {b: 1,c: [ 1,2 ]}\n", "a: {b: 1, c: [1, 2]}\n"),
        ("a: [{b: 1}]\n", "a: [{b: 1}]\n"),
        ("a: 'it''s'\nb: \"x\"\n", "a: 'it''s'\nb: \"x\"\n"),
        ("a: |\n    x # no\n\n\n    y\n", "a: |\n  x # no\n\n\n  y\n"),
        ("a: >-\n    x\n    y\n", "a: >-\n  x\n  y\n"),
        ("a: yes\nb: 0x1F\nc: 1e3\nd: ~\ne:\n", "a: yes\nb: 0x1F\nc: 1e3\nd: ~\ne:\n"),
        ("a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: *x\n"),
        ("---\na: 1\n", "---\na: 1\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
    ],
)
def test_yaml_is_laid_out(before: str, after: str) -> None:
    assert formatted(before, "x.yaml") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a":1}', '{ "a": 1 }\n'),
        ('{"a":[],"b":{}}', '{ "a": [], "b": {} }\n'),
        ("[1,\n2]", "[1, 2]\n"),
        (
            '{"a": 1.0, "b": 1e3, "c": "\\u00e9 , {"}',
            '{ "a": 1.0, "b": 1e3, "c": "\\u00e9 , {" }\n',
        ),
        ("3", "3\n"),
    ],
)
def test_json_is_laid_out(before: str, after: str) -> None:
    assert formatted(before, "x.json") == after
    assert json.loads(before) == json.loads(after)


def test_long_json_is_broken_into_lines() -> None:
    text = json.dumps({"words": ["a" * 25] * 3, "more": {"x": list(range(60))}})
    assert formatted(text) == (
        "{\n"
        f'  "words": ["{"a" * 25}", "{"a" * 25}", "{"a" * 25}"],\n'
        '  "more": {\n    "x": [\n'
        + ",\n".join(f"      {number}" for number in range(60))
        + "\n    ]\n  }\n}\n"
    )


@pytest.mark.parametrize("text", ["", "a: [", "{", "a: 1\na: 2\n", "- !!python/object x\n", "\x00"])
def test_what_is_broken_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(Unformattable, match=r"x.yaml:\d+:\d+: "):
        formatted(text, "x.yaml")


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
)
KEYS = st.text("abc: #-'\"{}é\n", max_size=6)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
STYLES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "indent": st.integers(2, 8),
        "default_flow_style": st.sampled_from([None, True, False]),
        "width": st.integers(20, 120),
        "allow_unicode": st.booleans(),
        "explicit_start": st.booleans(),
    }
)


def test_a_space_that_does_not_break_is_text() -> None:
    assert formatted("a: \xa0  \nb: x\xa0\n", "x.yaml") == "a: \xa0\nb: x\xa0\n"


@given(VALUES, STYLES)
def test_whatever_is_written_says_the_same(value: Any, style: dict[str, Any]) -> None:
    text: str = yaml.safe_dump(value, **style)
    after = formatted(text, "x.yaml")
    said = repr(document_from(text, "x.yaml").value)
    assert repr(document_from(after, "x.yaml").value) == said
    assert formatted(after, "x.yaml") == after


@given(VALUES, st.sampled_from([None, 0, 1, 4]))
def test_json_is_never_refused(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    after = formatted(text, "x.json")
    assert json.loads(after) == json.loads(text)
    assert formatted(after, "x.json") == after
    assert "".join(after.split()) == "".join(text.split())


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_samples_mean_the_same_however_they_were_laid_out(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([one for one in FILES if one.suffixes == [".yaml"]]))
    text = path.read_text()
    value = document_from(text, path.name).value
    if not isinstance(value, dict) or "statewright" not in value:
        return
    style = data.draw(STYLES)
    other = yaml.safe_dump(value, sort_keys=False, **style)
    after = formatted(other, path.name)
    before, again = flows.parse(other, file=path.name), flows.parse(after, file=path.name)
    assert digest_of(compiler.compile(before).statechart) == digest_of(
        compiler.compile(again).statechart
    )


@given(st.text(max_size=60))
def test_any_text_is_laid_out_or_refused(text: str) -> None:
    for file in ("x.yaml", "x.json", ""):
        with suppress(Unformattable):
            formatted(text, file)


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_for_yaml_alone_is_told_and_left(sign: str) -> None:
    text = f'statewright: 1\nid: e\nstart: e\nnodes: {{e: {{type: end, text: "a{sign}b{sign}c"}}}}'
    with pytest.raises(Unformattable, match=f"U\\+{ord(sign):04X}"):
        formatted(text, "x.yaml")
