"""What people type, and what it means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import NOTHING, Maybe, evaluate, parse

CITIES = [
    {"value": "sp", "label": "São Paulo"},
    {"value": 2, "label": "Rio"},
    {"value": "x", "label": "1"},
    {"value": "a,b", "label": "A, B"},
]


def understood(function: str, answer: Any) -> Any:
    """What an ``answer`` function makes of an answer; None if it does not understand it."""
    result = evaluate(parse(f"answer.{function}(answer)"), {"answer": answer})
    assert isinstance(result, Maybe)
    return result.value


@pytest.mark.parametrize(
    ("function", "answer", "meaning"),
    [
        ("text", "  hello ", "hello"),
        ("text", "   ", None),
        ("text", None, None),
        ("number", " -3.5 ", -3.5),
        ("number", "12", 12.0),
        ("number", 12, 12.0),
        ("number", ".5", 0.5),
        ("number", "1,5", None),
        ("number", "1e5", None),
        ("number", "nan", None),
        ("number", "١٢٫٥", 12.5),
        ("number", "５．２", 5.2),
        ("number", "−3.5!", -3.5),
        ("number", "5²", None),
        ("number", True, None),
        ("integer", " +12 ", 12),
        ("integer", 12.0, 12),
        ("integer", "12.5", None),
        ("integer", "１２", 12),
        ("integer", "४२.", 42),
        ("integer", "12!", 12),
        ("integer", "?", None),
        ("integer", "9223372036854775808", None),
        ("boolean", "Yes", True),
        ("boolean", "ok", True),
        ("boolean", "n", False),
        *(("boolean", yes, True) for yes in ("Yes!", "yes.", "¡Sí!", "oui", "Ja :)", "sim", "１")),
        *(("boolean", no, False) for no in ("No.", "NEIN!", "não", "non", "nee", "no,")),
        ("boolean", "!", None),
        ("boolean", False, False),
        ("boolean", "maybe", None),
        ("email", " ada.l+x@mail.example.org ", "ada.l+x@mail.example.org"),
        ("email", "ada@example.org.", "ada@example.org"),
        ("email", "ada@localhost", None),
        ("email", "ada..l@example.org", None),
        ("email", "a b@example.org", None),
        ("email", "ada@example.org\nbcc: x", None),
        ("phone", "+55 (11) 98765-4321", "+5511987654321"),
        ("phone", "020.7946.0018", "02079460018"),
        ("phone", "０２０ ７９４６ ００１８.", "02079460018"),
        ("phone", "12-34", None),
        ("phone", "1234567890123456", None),
        ("phone", "call me", None),
        ("url", "https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("url", "HTTP://localhost:8080", "HTTP://localhost:8080"),
        ("url", "example.org", None),
        ("url", "javascript:alert(1)", None),
        ("url", "http://", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "２０２４-０２-２９.", "2024-02-29"),
        ("date", "2023-02-29", None),
        ("time", "２：３０ p.m.", "14:30"),
        ("file", {"url": "a", "size": -1}, None),
        ("file", {"url": "a", "size": 0}, {"url": "a", "size": 0}),
        ("date", "29.02.2024", None),
    ],
)
def test_an_answer_is_understood_or_not(function: str, answer: Any, meaning: Any) -> None:
    result = understood(function, answer)
    assert (result, type(result)) == (meaning, type(meaning))


def chosen(answer: Any, function: str = "choice") -> Any:
    names = {"answer": answer, "cities": CITIES}
    return evaluate(parse(f"answer.{function}(answer, cities)"), names).value


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("sp", 0),
        ("SAO PAULO", 0),
        ("são paulo", 0),
        (2, 1),
        ("2", 1),  # a value before a number
        ("1", 2),  # a label before a number
        ("4", 3),
        ("a, b", 3),
    ],
)
def test_a_choice_is_named_by_value_label_or_number(answer: Any, place: int) -> None:
    assert chosen(answer) is CITIES[place]


@pytest.mark.parametrize("answer", ["", "5", "0", "-1", "Lisbon", None, [1], "x" * 10_000])
def test_anything_else_is_no_choice(answer: Any) -> None:
    assert chosen(answer) is None


@pytest.mark.parametrize(
    ("answer", "places"),
    [
        ("sp, Rio", [0, 1]),
        (["sp", 2, "sp"], [0, 1]),
        ("a, b", [3]),
        ("rio,", [1]),
        ("sp, Lisbon", None),
        ("", None),
        ([], None),
        (",".join(["sp"] * 5000), None),
    ],
)
def test_several_choices_have_to_be_offered_each(answer: Any, places: list[int] | None) -> None:
    expected = None if places is None else [CITIES[place] for place in places]
    assert chosen(answer, "choices") == expected


@given(
    st.sampled_from(["text", "number", "integer", "boolean", "email", "phone", "url", "date"]),
    st.text(),
)
def test_any_text_is_understood_or_nothing(function: str, answer: str) -> None:
    result = evaluate(parse(f"answer.{function}(x)"), {"x": answer})
    assert result == NOTHING or result.present
