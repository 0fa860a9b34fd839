"""Our functions against those of Google's C++ engine, on random arguments."""

from __future__ import annotations

from tests.expressions.random_calls import differences


def test_our_functions_agree_with_those_of_google() -> None:
    assert list(differences(cases=6000, seed=7)) == []
