"""One mistake is told once: what only follows from it hides behind it."""

from __future__ import annotations

from tests.compiler.check_cases import codes, findings

LOST = """
start: hello
nodes:
  hello: {type: message, text: Hello., next: bye}
  offer: {type: message, text: An offer!, next: price}
  price: {type: message, text: It is cheap., next: each}
  each:
    type: loop
    times: 2
    next: bye
    nodes:
      say: {type: message, text: Buy!, next: again}
      again: {type: continue}
  round: {type: question, text: One?, next: and_round}
  and_round: {type: question, text: Two?, next: round}
  bye: {type: end}
"""


def test_of_nodes_that_nothing_leads_to_only_the_first_is_told() -> None:
    found = findings(LOST)
    assert [(one.code, one.node, len(one.related)) for one in found] == [
        ("S105", "offer", 4),
        ("S105", "round", 1),
    ]
    assert found[0].message == (
        "no path leads from the start to `offer`, and so none to the 4 nodes behind it"
    )
    assert found[1].message.endswith("and so none to `and_round` behind it")


def test_the_id_of_a_node_that_stands_twice_in_a_region_is_no_mere_key() -> None:
    text = """
start: both
nodes:
  both:
    type: parallel
    next: bye
    regions:
      left: {nodes: {hi: {type: message, text: Hi., next: out}, out: {type: leave}, out: {type: leave}}}
      right: {nodes: {ho: {type: message, text: Ho., next: gone}, gone: {type: leave}}}
  bye: {type: end}
"""
    assert [(one.code, one.node) for one in findings(text)] == [("S104", "out")]


def test_a_key_that_stands_twice_in_what_is_sent_is_no_node() -> None:
    text = """
start: ask
nodes:
  ask:
    type: http
    method: POST
    url: https://api.example.com/
    body: {nodes: {a: 1, a: 2}}
    success: bye
    error: bye
  bye: {type: end}
"""
    assert codes(text) == ["R007"]
