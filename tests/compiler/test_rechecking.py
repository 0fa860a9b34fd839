"""Checking what is edited says the same as checking it anew, and searches only where it must."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from benchmarks.verify.bases import samples
from benchmarks.verify.documents import Source, node_in, nodes_of
from benchmarks.verify.generated import generated
from benchmarks.verify.operators import OPERATORS
from statewright import compiler
from statewright.compiler import Rechecking
from statewright.compiler.configuration import policy_from
from statewright.flows import parse

SMALL = ("condition", "http", "loop", "try", "subflow")


def edits(source: Source, chance: random.Random) -> Iterator[Source]:
    """A flow while somebody works on it: mistakes are made, found, and other words are chosen."""
    yield source
    for _ in range(6):
        operator = chance.choice(OPERATORS)
        broken = list(operator.mutations(source))
        if broken:
            edited = chance.choice(broken).source
            yield edited
            yield reworded(edited, chance)
        yield reworded(source, chance)
    yield source


def reworded(source: Source, chance: random.Random) -> Source:
    """A flow that says something else at one node."""
    made = source.changed()
    speaking = [ident for ident, node, _ in nodes_of(made.document) if "text" in node]
    if speaking:
        node_in(made.document, chance.choice(speaking))["text"] = f"Words {chance.random()}."
        # Of others only the words around what is filled in.
        node = node_in(made.document, chance.choice(speaking))
        node["text"] = f"{chance.random()} {node['text']}"
    return made


@pytest.mark.parametrize(
    "source", [one for one in samples() if one.name in SMALL], ids=lambda one: one.name
)
def test_it_says_the_same_as_checking_anew_after_every_edit(source: Source) -> None:
    checking = Rechecking()
    for edited in edits(source, random.Random(source.name)):
        flow, policy = edited.flow(), policy_from(edited.policy)
        again = checking.check(flow, policy)
        anew = compiler.verify(compiler.compile(flow, policy))
        assert again.findings == anew.findings
        assert again.suppressed == anew.suppressed


def test_other_words_take_no_search_and_conversations_are_told_in_them() -> None:
    text = """
statewright: 1
start: ask
variables: {city: string}
nodes:
  ask: {type: question, text: Where?, variable: city, retries: 1, min_length: 2, next: go, on: {fallback: go}}
  go: {type: condition, branches: [{if: city == 'Rome', to: rome}], else: other}
  rome: {type: end, text: Ciao!}
  other: {type: end, text: Bye.}
"""
    checking = Rechecking()
    for words in ("Bye.", "Good bye!", "So long."):
        (finding,) = checking.check(parse(text.replace("Bye.", words))).findings
        assert finding.code == "D401"
        assert finding.witness is not None
        assert finding.witness.transcript[-1]["messages"][0]["text"] == words
    assert checking.searched == 1


def test_going_back_takes_no_search() -> None:
    source = generated(4)
    (edited, *_) = (one.source for one in OPERATORS[5].mutations(source))
    checking = Rechecking()
    for one in (source, edited, source, edited):
        checking.check(one.flow())
    assert checking.searched == 2


ORDER = """
statewright: 1
start: ask
variables: {size: {type: string, values: [small, large], default: small}, n: {type: int, default: 0}, note: string}
rules: {once: {at_most: 1, times: pay}}
nodes:
  ask: {type: question, text: Which size?, choices: [small, large], variable: size, next: count, on: {skip: bye}, skip: [none]}
  count: {type: set, actions: [{increment: n}], next: route}
  route: {type: condition, branches: [{if: size == 'large' && n > 1, to: pay}], else: again}
  again: {type: question, text: Any note?, variable: note, retries: 1, min_length: 2, next: ask, on: {fallback: pay}}
  pay: {type: message, text: "Pay for {{ size }}, please.", next: bye}
  bye: {type: end, text: "Bye, {{ note }}."}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Any note?", "Anything else?"),
        ("size == 'large' && n > 1", "size == 'huge'"),
        ("size == 'large' && n > 1", "size == 'large' && n > 2"),
        ("else: again", "else: pay"),
        ("next: ask, on", "next: again, on"),
        ("n: {type: int, default: 0}", "n: {type: int, default: 5}"),
        ("n: {type: int, default: 0}", "n: int"),
        ("values: [small, large], default", "values: [small, large, huge], default"),
        ("choices: [small, large]", "choices: [small, {value: large, label: small}]"),
        ("{increment: n}", "{increment: n, by: 2}"),
        ("retries: 1, min_length: 2", "retries: 0, min_length: 3"),
        ("at_most: 1, times: pay", "at_most: 1, times: ask"),
        ("start: ask", "start: count"),
        ("  count:", "  more: {type: message, text: More., next: bye}\n  count:"),
        ("note: string}", "note: {type: string, default: none}}"),
        ("nodes:", "settings: {inactivity: {after: 1h}}\nnodes:"),
        ("nodes:", "locale: de\nnodes:"),
    ],
    ids=[
        *("words", "impossible guard", "guard", "branch", "edge", "default", "no default"),
        *("values", "choices", "action", "limits", "rule", "start", "node", "other default"),
        *("settings", "language"),
    ],
)
def test_each_kind_of_edit_and_its_undoing_is_checked_as_if_anew(old: str, new: str) -> None:
    checking = Rechecking()
    for text in (ORDER, ORDER.replace(old, new, 1), ORDER, ORDER.replace(old, new, 1)):
        flow = parse(text)
        again, anew = checking.check(flow), compiler.verify(compiler.compile(flow))
        assert again.findings == anew.findings
        assert ORDER.replace(old, new, 1) != ORDER
