"""Carets stand under what they are about, whatever the text is made of."""

from __future__ import annotations

import pytest

from statewright.excerpt import columns, excerpt_of, point_at


@pytest.mark.parametrize(
    ("text", "marked", "shown"),
    [
        ("a + b", "b", "a + b\n    ^"),
        ("one\n two + three\nfour", "three", " two + three\n       ^^^^^"),
        ("'漢字' + b", "b", "'漢字' + b\n         ^"),
        ("a + '漢字'", "'漢字'", "a + '漢字'\n    ^^^^^^"),
        ("'e\u0301' + b", "b", "'e\u0301' + b\n      ^"),
        ("'👩\u200d👧' + b", "b", "'👩\u200d👧' + b\n         ^"),
        ("a\t+ b", "b", "a + b\n    ^"),
        ("'\u202e' + b", "b", "'\ufffd' + b\n      ^"),
        ("a\r\n+ b\r\n", "b", "+ b\n  ^"),
        ("[1,\n2]", "[1,\n2]", "[1,\n^^^"),
    ],
)
def test_carets_stand_under_the_place(text: str, marked: str, shown: str) -> None:
    start = text.index(marked)
    assert point_at(text, start, start + len(marked)) == shown


def test_the_end_of_a_text_can_be_pointed_at() -> None:
    assert point_at("a + ", 4, 4) == "a +\n    ^"
    assert point_at("", 0, 0) == "\n^"


def test_a_long_line_is_cut_to_a_window() -> None:
    excerpt = excerpt_of("漢" * 1000 + "?" + "a" * 1000, 1000, 1001)
    assert excerpt.line == "漢" * 60 + "?" + "a" * 59
    assert excerpt.carets == " " * 120 + "^"
    assert (excerpt.number, excerpt.column) == (1, 1001)


def test_lines_and_columns_are_counted_from_one_in_characters() -> None:
    excerpt = excerpt_of("漢\n字字 b", 5, 6)
    assert (excerpt.number, excerpt.column) == (2, 4)


def test_no_mark_is_wider_than_what_is_left_of_the_line() -> None:
    assert columns(excerpt_of("a" * 10_000, 5, 10_000).carets) <= 125
