from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.flows.json_documents import outline_from_json

TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


STYLES = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 1]), "ensure_ascii": st.booleans()}
)


@given(JSON, STYLES)
def test_reads_what_the_standard_library_writes(value: Any, style: dict[str, Any]) -> None:
    outline = outline_from_json(json.dumps(value, **style))
    assert not outline.broken
    assert not outline.faults
    assert json.dumps(outline.value) == json.dumps(value)


def test_knows_where_values_and_keys_stand() -> None:
    outline = outline_from_json('{\n  "a": [1, {"b/c": "x"}],\r\n  "d": null\n}')
    assert outline.values["/a"] == (2, 8)
    assert outline.values["/a/0"] == (2, 9)
    assert outline.keys["/a/1/b~1c"] == (2, 13)
    assert outline.values["/a/1/b~1c"] == (2, 20)
    assert outline.keys["/d"] == (3, 3)


def test_of_a_key_that_stands_twice_the_first_counts() -> None:
    outline = outline_from_json('{"a": {"x": 1},\n "a": {"x": 2}}')
    assert outline.value == {"a": {"x": 1}}
    (duplicate,) = outline.duplicates
    assert (duplicate.pointer, duplicate.first, duplicate.second) == ("/a", (1, 2), (2, 2))


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", (1, 1), "expected a value, found the end of the text"),
        ('{"a": 1', (1, 8), "expected `,` or `}`, found the end of the text"),
        ('{"a": 1,}', (1, 8), "`}` follows a comma"),
        ('{"a" 1}', (1, 6), "expected `:` behind the key `a`, found `1`"),
        ("{a: 1}", (1, 2), "expected a key in double quotes or `}`, found `a`"),
        ("[1\n 2]", (2, 2), "expected `,` or `]`, found `2`"),
        ("[01]", (1, 2), "expected a value, found `01`"),
        ("'a'", (1, 1), "expected a value, found `'a'`"),
        ("nul", (1, 1), "expected a value, found `nul`"),
        ("1 2", (1, 3), "the JSON value ends before `2`"),
        ('"ab', (1, 1), "the quotes of this text are never closed"),
        ('"a\nb"', (1, 3), "a text may not hold the control character U+000A itself"),
        (r'"a\x"', (1, 3), r"`\x` is no escape"),
        ("[" * 65, (1, 65), "lists and maps are nested more than 64 deep"),
    ],
)
def test_broken_syntax_is_said_where_it_breaks(
    text: str, position: tuple[int, int], message: str
) -> None:
    outline = outline_from_json(text)
    assert outline.broken
    (fault,) = outline.faults
    assert (fault.code, fault.position, fault.message) == ("R001", position, message)


def test_a_missing_bracket_names_the_line_where_it_was_opened() -> None:
    (fault,) = outline_from_json('{\n "a": [1,\n 2\n}').faults
    assert fault.help == "the bracket was opened in line 2, column 7"


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        (r'["\ud83d\ude00"]', ["😀"], None),
        (r'["\ud800"]', ["\N{REPLACEMENT CHARACTER}"], r"`\ud800` is half of a surrogate pair"),
        (r'["\ude00x"]', ["\N{REPLACEMENT CHARACTER}x"], r"`\ude00` is half of a surrogate pair"),
        (r'["\u0000"]', ["\N{REPLACEMENT CHARACTER}"], r"`\u0000` is NUL"),
        ("[NaN]", [0], "`NaN` is no number that JSON knows"),
        ("[-Infinity]", [0], "`-Infinity` is no number that JSON knows"),
        ("[1e999]", [0], "`1e999` is too large for a number"),
        ("[9223372036854775807]", [2**63 - 1], None),
        ("[9223372036854775808]", [0], "`9223372036854775808` does not fit into 64 bits"),
        (f"[{'9' * 5000}]", [0], f"`{'9' * 39}…` does not fit into 64 bits"),
    ],
)
def test_what_a_flow_cannot_hold_is_said_and_reading_goes_on(
    text: str, value: Any, message: str | None
) -> None:
    outline = outline_from_json(text)
    assert not outline.broken
    assert outline.value == value
    assert [fault.message for fault in outline.faults] == ([message] if message else [])
