"""Our values against those of Google's C++ engine, on random expressions."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from tests.expressions.oracle import agree, environment, ours, theirs
from tests.expressions.random_expressions import NAMES, contexts, texts

ENVIRONMENT = environment(f"{NAMES}v")


@settings(max_examples=400, derandomize=True)
@given(texts(), contexts())
def test_we_agree_with_the_engine_of_google(text: str, names: dict[str, Any]) -> None:
    assert agree(ours(text, names), theirs(ENVIRONMENT, text, names))
