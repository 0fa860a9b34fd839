"""Two versions of a flow: how they differ, and whether users can tell."""

from __future__ import annotations

import random

import pytest

from statewright import compiler
from statewright.compiler.comparison.comparison import Comparison, comparison_of
from statewright.compiler.comparison.visible import visible
from statewright.compiler.verification.conversations import replayed
from statewright.errors import InvalidScript
from statewright.statechart import Statechart, parse_script, play
from statewright.statechart.playing.script import json_from_line
from tests.compiler.conversations import compiled
from tests.compiler.test_verification import random_flow

SHOP = """
start: ask
variables: {size: int, name: {type: string, input: true, default: you}}
nodes:
  ask: {type: question, text: "Which size, {{ name }}?", input: integer, variable: size, timeout: 1m, next: judge, on: {timeout: bye}}
  judge: {type: condition, branches: [{if: size < 40, to: small}], else: large}
  small: {type: message, text: "Small: {{ size }}.", next: bye}
  large: {type: message, text: "Large: {{ size }}.", next: bye}
  bye: {type: end, text: Bye.}
"""


def compare(old: str, new: str, steps: int = 20_000) -> Comparison:
    one, two = (compiler.verify(compiled(text)) for text in (old, new))
    return comparison_of(one, two, steps)


def told(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(one.part, one.action, one.name) for one in comparison.changes]


def test_a_flow_is_the_same_as_itself() -> None:
    comparison = compare(SHOP, SHOP)
    assert comparison.changes == ()
    assert comparison.are_the_same


def test_renaming_a_node_is_told_and_proved_to_change_nothing() -> None:
    comparison = compare(SHOP, SHOP.replace("judge", "weigh").replace("small", "little"))
    assert told(comparison) == [("node", "renamed", "judge"), ("node", "renamed", "small")]
    assert comparison.compared.steps > 0
    assert comparison.are_the_same


def test_another_bound_is_shown_by_a_shortest_conversation() -> None:
    comparison = compare(SHOP, SHOP.replace("size < 40", "size <= 40"))
    assert {change.part for change in comparison.changes} == {"edge"}
    difference = comparison.compared.difference
    assert difference is not None
    assert [json_from_line(line) for line in difference.old.lines] == ["40"]
    assert difference.before.messages[0]["text"] == "Large: 40."
    assert difference.after.messages[0]["text"] == "Small: 40."


def test_a_difference_replays_on_both_versions() -> None:
    new = SHOP.replace("timeout: 1m", "timeout: 2m")
    difference = compare(SHOP, new).compared.difference
    assert difference is not None
    old_turns = list(replayed(compiled(SHOP).statechart, difference.old))
    new_turns = list(replayed(compiled(new).statechart, difference.new))
    assert visible(old_turns[-1]) == visible(difference.before)
    assert visible(new_turns[-1]) == visible(difference.after)
    assert visible(old_turns[-1]) != visible(new_turns[-1])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Which size", "What size"),
        ("input: integer", "input: number"),
        ("Small: {{ size }}", "Small: {{ size + 1 }}"),
        ("{type: end, text: Bye.}", "{type: end, text: Bye., outcome: done}"),
        ("{type: end, text: Bye.}", "{type: end}"),
    ],
)
def test_what_users_see_is_compared(before: str, after: str) -> None:
    assert compare(SHOP, SHOP.replace(before, after)).compared.difference is not None


def test_another_expression_with_the_same_values_proves_nothing() -> None:
    comparison = compare(SHOP, SHOP.replace("Small: {{ size }}", "Small: {{ size * 1 }}"))
    assert comparison.compared.difference is None
    assert "is not computed in the same way" in comparison.compared.hindrance


def test_another_variable_with_the_same_sample_proves_nothing() -> None:
    both = "variables: {a: {type: string, input: true}, b: {type: string, input: true}}"
    text = f"start: hi\n{both}\nnodes: {{hi: {{type: end, text: '{{{{ a }}}}'}}}}\n"
    comparison = compare(text, text.replace("{{ a }}", "{{ b }}"))
    assert not comparison.are_the_same


def test_what_never_happens_may_change_unseen() -> None:
    dead = SHOP.replace("next: bye}\n  large", "next: again}\n  large") + (
        "  again: {type: condition, branches: [{if: size > 50, to: never}], else: bye}\n"
        "  never: {type: message, text: One., next: bye}\n"
    )
    comparison = compare(dead, dead.replace("text: One.", "text: Two."))
    assert told(comparison) == [("text", "changed", "never.variants.0.bubbles.0.text")] or (
        comparison.changes[0].part == "text"
    )
    assert comparison.are_the_same


def test_without_budget_it_is_undecided() -> None:
    comparison = compare(SHOP, SHOP.replace("judge", "weigh"), steps=1)
    assert "budget" in comparison.compared.hindrance
    assert not comparison.are_the_same


def test_nodes_variables_and_settings_are_compared() -> None:
    new = SHOP.replace("default: you}", "default: dear}").replace(
        "small: {type: message, ", "small: {type: message, label: Little, "
    )
    new = new.replace("  bye:", "  extra: {type: message, text: More., next: bye}\n  bye:")
    parts = {(part, action) for part, action, _ in told(compare(SHOP, new))}
    assert {("variable", "changed"), ("node", "added"), ("edge", "added")} <= parts


def test_no_random_conversation_contradicts_a_proof() -> None:
    """Random flows and slight changes of them, talked to at random where they are proved equal."""
    chance = random.Random(7)
    proved = 0
    for _ in range(40):
        old = random_flow(chance)
        lines = old.splitlines()
        number = chance.randrange(7, len(lines))
        changes = [
            ("== 'b'", "== 'c'"),
            ("to: c", "to: b"),
            ("k > 1", "k > 2"),
            ("p == q", "p != q"),
        ]
        line = lines[number]
        for before, after in changes:
            line = line.replace(before, after)
        new = "\n".join([*lines[:number], line, *lines[number + 1 :]]) + "\n"
        comparison = compare(old, new, steps=1_000)
        if comparison.changes and comparison.are_the_same:
            proved += 1
            charts = [compiled(text).statechart for text in (old, new)]
            for _ in range(10):
                script = [chance.choice(["a", "b", "c", "yes", "no"]) for _ in range(12)]
                said = [_said(chart, script) for chart in charts]
                assert said[0] == said[1], (old, new, script)
    assert proved


def _said(chart: Statechart, script: list[str]) -> list[object]:
    found: list[object] = []
    turns = play(chart, parse_script(script), session="s", seed="s", now=0)
    try:
        found.extend(visible(turn) for turn in turns)
    except InvalidScript:
        found.append("it is over before the script is")
    return found
