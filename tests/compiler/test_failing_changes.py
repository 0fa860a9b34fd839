"""Nodes that change variables, and cannot in some conversations (G304)."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler import Severity, Verdict
from statewright.compiler.findings import Finding
from tests.compiler.conversations import compiled

DIVIDING = """
start: ask
SETTINGS
variables: {a: int, n: {type: int, default: 0}}
nodes:
  ask: {type: question, text: A?, input: integer, variable: a, LIMITS next: divide}
  divide: {type: set, actions: [{set: n, to: "{{ 10 / a }}"}], next: bye, ANSWER}
  bye: {type: end, text: "{{ n }}"}
"""

COUNTING = """
start: count
variables: {n: {type: int, default: 0, minimum: 0, maximum: 3}}
nodes:
  count: {type: set, actions: [{increment: n, by: BY}], next: bye}
  bye: {type: end, text: "{{ n }}"}
"""

LOOKING = """
start: look
variables: {rows: {type: list, default: []}, first: dyn}
nodes:
  look:
    type: http
    url: https://api.example.com/rows
    timeout: 5s
    save: {rows: response.body.rows}
    success: take
    error: bye
  take: {type: set, actions: [{set: first, to: "{{ rows[0] }}"}], next: bye}
  bye: {type: end, text: "{{ has(vars.first) ? 'one' : 'none' }}"}
"""


def failing(text: str) -> list[Finding]:
    return [one for one in compiler.verify(compiled(text)).findings if one.code == "G304"]


def dividing(settings: str = "", limits: str = "", answer: str = "on_error: {retry: 0}") -> str:
    text = DIVIDING.replace("SETTINGS", settings).replace("LIMITS", limits)
    return text.replace(", ANSWER", f", {answer}" if answer else "")


def test_what_is_divided_by_zero_ends_the_conversation() -> None:
    (finding,) = failing(dividing(answer=""))
    assert (finding.node, finding.severity) == ("divide", Severity.ERROR)
    assert finding.verdict is Verdict.VIOLATED
    assert finding.witness is not None
    assert finding.witness.script == ("0",)


@pytest.mark.parametrize(
    "text",
    [
        dividing(limits="minimum: 1,", answer=""),
        dividing(answer="on_error: {fallback: bye}"),
        dividing(settings="settings: {on_error: fallback, fallback: bye}", answer=""),
    ],
)
def test_what_cannot_be_zero_and_what_is_answered_is_all_right(text: str) -> None:
    assert failing(text) == []


@pytest.mark.parametrize(("by", "told"), [(5, 1), (-1, 1), (3, 0)])
def test_a_step_that_never_fits(by: int, told: int) -> None:
    assert len(failing(COUNTING.replace("BY", str(by)))) == told


def test_what_only_an_odd_answer_of_a_service_breaks_is_a_warning() -> None:
    (finding,) = failing(LOOKING)
    assert (finding.node, finding.severity) == ("take", Severity.WARNING)
