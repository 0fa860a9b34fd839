"""Regular expressions as programs match what RE2 matches, in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.compiler.analysis.regexes import NoProgramError
from statewright.compiler.targets.python.patterns import program_of
from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import searcher

ATOMS = (
    *("a", "b", "k", "S", "ſ", "\u212a", "é", ".", "]", "{", "x{2}", "\\."),
    *("\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\n", "\\x41", "\\x{e9}", "\\101"),
    *("[a-c]", "[^a-c]", "[\\w-]", "[[:alpha:]_]", "[^[:^digit:]x]", "[]a]", "[a\\]]", "[--0]"),
    *("^", "$", "\\b", "\\A", "\\z", "(a|b)", "(?:ab|)", "(?i:aK)", "(?P<n>b)"),
    *("(?i)", "(?s)", "(?m)", "(?-i)", "\\Qa.b\\E", "|"),
)
REPEATS = ("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "{,2}")
PATTERNS = st.lists(
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)), min_size=1, max_size=5
).map(lambda parts: "".join(map("".join, parts)))
TEXTS = st.lists(st.text("abkKsSſ\u212a19_ -\n.xAé]{", max_size=5), min_size=10, max_size=10)


@settings(deadline=None, max_examples=600)
@given(pattern=PATTERNS, texts=TEXTS)
def test_a_program_finds_what_re2_finds(pattern: str, texts: list[str]) -> None:
    try:
        expected = searcher(pattern)
        program = program_of(pattern)
    except (EvaluationError, NoProgramError):
        return
    for text in texts:
        assert program.matches(text) is expected(text), text


@pytest.mark.parametrize("pattern", ["\\pL", "\\B", "(?i)é", "a{1000}", "(?i)+a"])
def test_what_is_not_certain_to_mean_the_same_has_no_program(pattern: str) -> None:
    with pytest.raises(NoProgramError):
        program_of(pattern)


def test_a_pattern_that_takes_others_for_ever_takes_linear_time() -> None:
    program = program_of("^(a+)+$")
    begun = time.process_time()
    assert not program.matches("a" * 20_000 + "b")
    assert time.process_time() - begun < 120


def test_what_is_remembered_of_a_pattern_is_bounded() -> None:
    program = program_of("[^a]b")
    assert program.matches("".join(map(chr, range(0x100, 0x8000))) + "xb")
    assert len(program._known) <= 10_000
