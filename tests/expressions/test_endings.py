"""Expressions that differ in their last word."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import ending_in, parse

PATTERNS = (
    "a != ''",
    "x && y != ''",
    "x || type(a) == map && a.?b.orValue(null) != null && a.b == ''",
    "'' < ''",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(word=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_another_last_word_gives_what_parsing_the_whole_gives(pattern: str, word: str) -> None:
    literal = json.dumps(word, ensure_ascii=False)
    made = ending_in(parse(pattern), literal)
    assert made.text == pattern[:-2] + literal
    assert made.root == parse(made.text).root


@pytest.mark.parametrize("literal", ["1", "-1.5", "true", "b'x'"])
def test_the_last_word_may_be_of_another_type(literal: str) -> None:
    made = ending_in(parse("a.b == ''"), literal)
    assert made.root == parse(f"a.b == {literal}").root


@pytest.mark.parametrize(
    ("pattern", "literal"), [("f('')", "'a'"), ("a + ''", "'a'"), ("a == b", "1"), ("a == 1", "b")]
)
def test_what_does_not_end_with_a_literal_of_its_own_is_refused(pattern: str, literal: str) -> None:
    with pytest.raises(TypeError):
        ending_in(parse(pattern), literal)
