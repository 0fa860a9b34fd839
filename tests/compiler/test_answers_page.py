"""What the page about answers shows is what happens in a conversation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from statewright.flows.nodes import InputKind
from tests.compiler.rehydration import played_anew

TEXT = (Path(__file__).parents[2] / "docs" / "answers.md").read_text()
SECTIONS = re.findall(r"^## (.*?)$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [
    (re.findall("`(.*?)`", title)[0], *row)
    for title, section in SECTIONS
    for row in re.findall(r"^\| `(.*?)` \| (\S+) \| (.*?) \|$", section, re.MULTILINE)
]
ANYWHERE = ("none", "de")


def saved(kind: str, typed: str, language: str) -> Any:
    """What is saved of an answer; None where it is asked again."""
    locale = "" if language == "none" else f"locale: {language}\n"
    flow = f"""
{locale}start: ask
variables: {{it: dyn}}
nodes:
  ask: {{type: question, text: "?", input: {kind}, variable: it, next: bye}}
  bye: {{type: end}}
"""
    (_, last) = played_anew(flow, typed)
    assert (last.status == "completed") == ("it" in last.data)
    return last.data.get("it")


@pytest.mark.parametrize(("kind", "typed", "language", "value"), ROWS)
def test_an_answer_becomes_the_value_that_is_shown(
    kind: str, typed: str, language: str, value: str
) -> None:
    expected = None if value == "asked again" else json.loads(value.strip("`"))
    for each in ANYWHERE if language == "any" else (language,):
        found = saved(kind, typed, each)
        assert (found, type(found)) == (expected, type(expected)), each


def test_every_kind_of_answer_is_described() -> None:
    described = {kind for title, _ in SECTIONS for kind in re.findall("`(.*?)`", title)}
    assert described == set(InputKind)
    assert len(ROWS) > 90


def test_what_is_read_in_a_language_is_read_as_any_kind_of_number() -> None:
    for kind in ("integer", "slider, maximum: 5000", "rating, maximum: 5000"):
        assert saved(kind, "1.250", "de") == 1250
