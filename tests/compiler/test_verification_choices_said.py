"""What is offered out of data may have any value: it is chosen by what a user can say."""

from __future__ import annotations

import pytest

from statewright import compiler
from statewright.compiler.findings import Verdict
from tests.compiler.conversations import compiled, talk


def asking(offered: str, kind: str = "choice", more: str = "") -> str:
    return f"""
start: ask
variables: {{c: {{type: list, default: {offered}}}, x: any}}
{more}
nodes:
  ask: {{type: question, text: Which?, input: {kind}, choices_from: c, variable: x, next: bye, retries: 1, on: {{fallback: no}}}}
  bye: {{type: end, text: Bye.}}
  no: {{type: end, outcome: gave_up}}
"""


def verdicts(text: str) -> set[tuple[str, str, Verdict]]:
    return {(one.code, one.node, one.verdict) for one in compiler.verify(compiled(text)).findings}


@pytest.mark.parametrize("kind", ["choice", "multiple_choice"])
@pytest.mark.parametrize(
    "value",
    [
        "{sku: 4}",
        "{id: 3}",
        "{value: a}",
        "{}",
        "{label: three}",
        "[1]",
        "[]",
        "[[1]]",
        "4",
        "null",
    ],
)
def test_what_is_chosen_by_its_label_is_reached(kind: str, value: str) -> None:
    text = asking(f"[{{value: {{sku: 3}}, label: three}}, {{value: {value}, label: four}}]", kind)
    assert verdicts(text) == set()
    assert talk(text, "four")[-1] == "Bye."


@pytest.mark.parametrize("kind", ["choice", "multiple_choice"])
def test_what_has_its_label_in_common_is_chosen_by_its_number(kind: str) -> None:
    text = asking("[{value: {sku: 3}, label: tea}, {value: {sku: 4}, label: tea}]", kind)
    assert verdicts(text) == set()
    assert talk(text, "2")[-1] == "Bye."


def test_a_value_that_means_another_choice_as_well_is_chosen_by_its_label() -> None:
    text = asking("[{value: 1, label: one}, {value: '1', label: other}]")
    guarded = text.replace("next: bye", "next: judge") + (
        "  judge: {type: condition, branches: [{if: x == 1, to: bye}], else: no}\n"
    )
    assert verdicts(guarded) == set()
    assert talk(guarded, "one")[-1] == "Bye."


def test_a_rule_that_the_label_of_a_choice_breaks_is_violated() -> None:
    rule = "rules: {r: {at_most: 0, times: bye}}"
    text = asking("[{value: {sku: 4}, label: four}]", more=rule)
    assert verdicts(text) == {("T806", "", Verdict.VIOLATED)}


@pytest.mark.parametrize("kind", ["choice", "multiple_choice"])
def test_of_a_choice_that_nothing_says_nothing_is_proved(kind: str) -> None:
    text = asking("[{value: [3], label: 7}, {value: [4], label: 7}]", kind)
    assert {one[:2] for one in verdicts(text)} >= {("C205", "bye")}
    assert {one[2] for one in verdicts(text)} == {Verdict.UNDECIDED}
