from __future__ import annotations

import doctest
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import evaluate, parse
from statewright.flows import (
    durations,
    json_paths,
    names,
    nearest,
    outline,
    placeholders,
    yaml_scalars,
)
from statewright.flows.dialects.chatwoot_builder import javascript, transitions
from statewright.flows.nearest import did_you_mean

MODULES = (
    durations,
    javascript,
    names,
    nearest,
    outline,
    placeholders,
    json_paths,
    transitions,
    yaml_scalars,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_text_is_itself_as_a_literal(text: str) -> None:
    assert evaluate(parse(names.quoted(text)), {}) == text


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert did_you_mean("Mesage", ["message", "question"]) == "did you mean `message`?"
    assert did_you_mean("zzz", ["a", "b", "c"]) == "known are `a`, `b` and `c`"
    assert did_you_mean("zzz", {"c", "b", "a"}) == "known are `a`, `b` and `c`"
    assert did_you_mean("zzz", map(str, range(100))) == ""


def test_a_name_is_found_among_very_many_without_looking_at_all_of_them() -> None:
    known = nearest.Known(f"state_{number}" for number in range(50_000))
    for wrong, right in (("stat_31234", "state_31234"), ("state_3x1234", "state_31234")):
        assert nearest.nearest(wrong, known) == right
        assert len(list(known.candidates(wrong))) < 100
    assert did_you_mean("entirely different", known) == ""
    assert did_you_mean("stat_7", frozenset(known)) == "did you mean `state_7`?"


def test_words_of_other_formats_are_understood() -> None:
    assert did_you_mean("integer", ["int", "string"]) == "did you mean `int`?"
    assert did_you_mean("webhook", ["http", "message"]) == "did you mean `http`?"
