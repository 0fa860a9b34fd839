"""Laws that hold for any text and any expression."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Expression, evaluate, parse, references
from statewright.expressions.printing.texts import json_from_value, text_from_value
from tests.expressions.random_expressions import contexts, texts

WORDS = st.sampled_from(
    [
        *(
            "a",
            "b.c",
            "1",
            "0x1F",
            "2u",
            "1.5",
            "'x'",
            '"y"',
            "b'z'",
            "r'\\'",
            "'''",
            "true",
            "null",
        ),
        *("(", ")", "[", "]", "{", "}", "[?", ".?", "?", ":", ",", ".", "`a-b`", "`"),
        *("+", "-", "*", "/", "%", "!", "==", "<=", "in", "&&", "||", "=", "&"),
        *("has(", "a.map(x,", "cel.bind(", "size(", "//", "\n", " ", "\\", "\0", "é", "\ud800"),
    ]
)


def parsed(text: str) -> Expression | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


def assert_parsed_or_refused(text: str) -> None:
    result = parsed(text)
    assert result.text == text
    if isinstance(result, ExpressionError):
        assert 0 <= result.start <= result.end <= len(text)
        assert str(result).startswith(result.reason)
    else:
        assert all(reference.path for reference in references(result))


@given(st.text())
def test_any_text_is_an_expression_or_an_error_with_a_place(text: str) -> None:
    assert_parsed_or_refused(text)


@given(st.lists(WORDS).map("".join))
def test_any_row_of_words_is_an_expression_or_an_error(text: str) -> None:
    assert_parsed_or_refused(text)


@given(st.text(st.characters(codec=None, categories=["Cs", "Cc", "Co"])))
def test_texts_of_control_characters_and_surrogates_are_errors(text: str) -> None:
    assert_parsed_or_refused(f"'{text}'")
    assert_parsed_or_refused(f"a{text}b")


def outcome(text: str, names: dict[str, Any]) -> str:
    """The value or error, written out with its types."""
    try:
        return repr(evaluate(parse(text), names))
    except EvaluationError as error:
        place = text[error.position or 0 :][:10]
        return f"{error.reason} @ {place}"


@given(texts(), contexts())
def test_evaluating_gives_a_value_or_an_error(text: str, names: dict[str, Any]) -> None:
    before = copy.deepcopy(names)
    assert outcome(text, names) == outcome(text, names)
    assert repr(names) == repr(before)


@given(texts(), contexts())
def test_every_value_can_be_printed_or_says_why_not(text: str, names: dict[str, Any]) -> None:
    with suppress(EvaluationError):
        value = evaluate(parse(text), names)
        assert isinstance(text_from_value(value), str)
        assert isinstance(json_from_value(value), str)


@given(texts(), contexts())
def test_and_is_symmetric_but_for_its_errors(text: str, names: dict[str, Any]) -> None:
    one, other = outcome(f"({text}) && d", names), outcome(f"d && ({text})", names)
    assert (one in ("True", "False") or other in ("True", "False")) <= (one == other)
