"""Which events a conversation takes for an answer: those of the very name, and no others."""

from __future__ import annotations

import pytest

from tests.compiler.conversations import talk, turns
from tests.compiler.rehydration import played_anew

ASKING = """
start: ask
variables: {name: string}
nodes:
  ask: {type: question, text: "Your name?", variable: name, next: bye}
  bye: {type: end, text: "Bye {{ name }}"}
"""


def test_an_event_whose_name_only_begins_with_message_is_no_answer() -> None:
    read = {"event": "message.read", "data": {"text": "seen"}}
    played = played_anew(ASKING, read, "Ada")
    assert [turn.messages for turn in played[1:2]] == [()]
    assert played[-1].messages[0]["text"] == "Bye Ada"


def test_such_an_event_does_not_wait_for_the_next_question() -> None:
    waiting = ASKING.replace("start: ask", "start: wait").replace(
        "nodes:", "nodes:\n  wait: {type: delay, duration: 10m, next: ask}"
    )
    read = {"event": "message.read", "data": {"text": "seen"}}
    played = turns(waiting, *[read] * 20, "Ada", {"advance": "11m"})
    assert played[-1].messages[-1]["text"] == "Bye Ada"
    assert not any(turn.macrostep.incidents for turn in played)


WAITING = {
    "approval": ("request: Well?, next: good, on: {rejected: bad}", "approval.decided"),
    "client": ("action: scan, next: good, on: {error: bad}", "client.result"),
    "handoff": ("text: Wait., next: good", "handoff.resolved"),
    "form": ("fields: {age: {text: Age?, input: integer}}, next: good", "form.submit"),
    "message": ("text: Read this., wait: true, next: good", "acknowledge"),
}


@pytest.mark.parametrize("kind", sorted(WAITING))
def test_what_a_node_waits_for_is_meant_by_its_whole_name(kind: str) -> None:
    keys, event = WAITING[kind]
    flow = f"""
start: it
nodes:
  it: {{type: {kind}, {keys}}}
  good: {{type: end, text: Good.}}
  bad: {{type: end, text: Bad.}}
"""
    data = {"approved": True, "values": {"age": 3}}
    seen = {"event": f"{event}.seen", "data": data}
    assert talk(flow, seen)[-1:] != ["Good."]
    assert talk(flow, seen, {"event": event, "data": data})[-1] == "Good."


def test_an_interrupt_may_wait_for_an_event_whose_name_begins_with_message() -> None:
    flow = (
        ASKING
        + """
  seen:
    type: interrupt
    event: message.read
    nodes: {told: {type: message, text: "You have read it.", next: on}, on: {type: leave}}
"""
    )
    assert talk(flow, {"event": "message.read.twice"}, "Ada") == [
        "Your name?",
        "You have read it.",
        "Your name?",
        "Bye Ada",
    ]
