"""What begins a conversation: from the flow file to the first words of the session."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.statechart import Event, release_from_json, release_to_json
from statewright.statechart.answering import Offer, answering, begun_by, due
from tests.compiler.conversations import compiled, said, turns
from tests.compiler.rehydration import played_anew

FLOW = """
start: hello
settings: {zone: Europe/Berlin}
variables:
  topic: {type: string, input: true, default: nothing}
  total: {type: double, input: true}
triggers:
  any: {type: message}
  refund: {type: keyword, words: [refund, "money back"], to: refund, inputs: {topic: "{{ input }}"}}
  urgent: {type: keyword, words: ["^now"], match: regex, priority: 1, if: "size(input) > 3"}
  shipped:
    type: event
    event: order.shipped
    if: event.data.total > 10.0
    to: shipped
    inputs: {total: "{{ event.data.total }}"}
  opened: {type: opened, inputs: {topic: "{{ contact.?name.orValue('you') }}"}}
  weekly: {type: schedule, cron: "0 9 * * mon", to: bye}
  hook: {type: webhook, path: orders, reentry: parallel}
  hand: {type: manual, to: refund, inputs: {topic: by hand}}
nodes:
  hello: {type: message, text: "Hello, {{ topic }}", next: bye}
  refund: {type: message, text: "Refund: {{ topic }}", next: bye}
  shipped: {type: message, text: "Shipped: {{ total }}", next: bye}
  bye: {type: end, text: Bye}
"""
NOW = 1_700_000_000_000_000


def offers(flow: str = FLOW) -> list[Offer]:
    """The flow, as it is read back from what was published."""
    release = compiled(flow).release()
    return [Offer("f", release_from_json(release_to_json(release)).triggers)]


def begun(name: str, data: Any = None, **known: Any) -> list[str]:
    """What the session says that an event begins; nothing where it begins none."""
    played = []
    for beginning in answering(Event(name, data, NOW, **known), offers()):
        assert not beginning.problems
        played += turns(FLOW, data=beginning.inputs)
    return said(played)


def test_the_flow_has_no_findings() -> None:
    assert compiled(FLOW).findings == ()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("message", {"text": "hi"}, ["Hello, nothing", "Bye"]),
        ("message", {"text": "My MONEY back!"}, ["Refund: My MONEY back!", "Bye"]),
        ("message", {"value": "refund"}, ["Refund: refund", "Bye"]),
        ("message", {"text": "now, a refund"}, ["Hello, nothing", "Bye"]),
        ("order.shipped", {"total": 20.5}, ["Shipped: 20.5", "Bye"]),
        ("order.shipped.today", {"total": 20.5}, ["Shipped: 20.5", "Bye"]),
        ("order.shipped", {"total": 2.5}, []),
        ("order.shipped", {}, []),
        ("order.returned", {"total": 20.5}, []),
        ("conversation.opened", None, ["Hello, you", "Bye"]),
        ("webhook", {"path": "orders"}, ["Hello, nothing", "Bye"]),
        ("webhook", {"path": "other"}, []),
        ("webhook", None, []),
    ],
)
def test_an_event_begins_what_it_triggers(name: str, data: Any, said: list[str]) -> None:
    assert begun(name, data) == said


def test_the_contact_is_known_to_triggers() -> None:
    assert begun("conversation.opened", contact={"name": "Ada"}) == ["Hello, Ada", "Bye"]


def test_schedules_and_people_name_what_they_begin() -> None:
    (release,) = offers()
    named = {trigger.name: trigger for trigger in release.triggers}
    ((at, flow, weekly),) = due(offers(), NOW, NOW + 7 * 86_400_000_000)
    assert (at, flow, weekly.name) == (1_700_467_200_000_000, "f", "weekly")
    beginning = begun_by(weekly, Event("schedule", None, at), flow=flow)
    assert said(turns(FLOW, data=beginning.inputs)) == ["Bye"]
    beginning = begun_by(named["hand"], Event("manual", None, NOW), flow="f")
    assert said(turns(FLOW, data=beginning.inputs)) == ["Refund: by hand", "Bye"]


def test_a_flow_without_a_way_for_its_triggers_has_no_place_for_it() -> None:
    chart = compiled(FLOW).release()
    assert "~trigger" in chart.statechart.inputs
    assert "~trigger" not in chart.inputs
    plain = compiled("start: bye\ntriggers: {any: {type: message}}\nnodes: {bye: {type: end}}\n")
    assert plain.release().statechart.inputs == ()


def test_a_trigger_leads_past_the_closed_door() -> None:
    flow = FLOW.replace(
        "settings: {", "settings: {business_hours: {days: {mon: '09:00-10:00'}, closed: shut}, "
    )
    flow += "  shut: {type: message, text: Closed, next: bye}\n"
    assert said(played_anew(flow)) == ["Closed", "Bye"]
    assert said(played_anew(flow, data={"~trigger": "refund"}))[0] == "Refund: nothing"


def test_whatever_else_begins_it_a_session_begins_at_the_start() -> None:
    assert said(turns(FLOW, data={})) == ["Hello, nothing", "Bye"]
    assert said(turns(FLOW, data={"~trigger": "unknown"})) == ["Hello, nothing", "Bye"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("type: message}", "type: mesage}", "R004", 10),
        ("type: message}", "kind: message}", "R005", 10),
        ("words: [refund,", "words: ['?!',", "R004", 11),
        (', to: refund, inputs: {topic: "{{ in', ', to: refnd, inputs: {topic: "{{ in', "S103", 11),
        ('topic: "{{ input }}"', 'topik: "{{ input }}"', "R004", 11),
        ("{{ input }}", "{{ topic }}", "D405", 11),
        ('["^now"]', '["(now"]', "G301", 12),
        ("size(input) > 3", "size(input)", "G302", 12),
        ("match: regex", "match: fuzzy", "R004", 12),
        ("priority: 1", "priority: high", "R004", 12),
        ("event: order.shipped", "event: order..shipped", "R004", 15),
        ("event: order.shipped", "event: message", "R004", 15),
        ("event.data.total > 10.0", "event.data.total >", "G301", 16),
        ("event.data.total > 10.0", "total > 10.0", "G303", 16),
        ("0 9 * * mon", "0 25 * * mon", "R004", 20),
        ("0 9 * * mon", "0 9 31 2 *", "R004", 20),
        ("path: orders", "path: ''", "R004", 21),
        ("reentry: parallel", "reentry: again", "R004", 21),
        ("to: refund, inputs: {topic: by", "too: refund, inputs: {topic: by", "R003", 22),
    ],
)
def test_what_is_wrong_is_found_in_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in FLOW
    findings = compiled(FLOW.replace(old, new, 1)).findings
    found = {(finding.code, finding.location.line) for finding in findings}
    assert (code, line) in found, found


@pytest.mark.parametrize(
    ("one", "other", "taken"),
    [
        ("type: message", "type: message", "at all"),
        ("type: opened", "type: opened", "at all"),
        ("type: keyword, words: [a]", "type: message", None),
        ("type: message, priority: 1", "type: keyword, words: [a]", "at all"),
        ("type: message, if: 'true', priority: 1", "type: keyword, words: [a]", None),
        ("type: keyword, words: [é a]", "type: keyword, words: [x, 'an E, A b']", "by `an E, A b`"),
        ("type: keyword, words: [a]", "type: keyword, words: [ab]", None),
        ("type: keyword, words: [a]", "type: keyword, words: [a], priority: 1", "at all"),
        ("type: keyword, words: [a]", "type: keyword, words: [a], reentry: restart", None),
        ("type: keyword, words: [a]", "type: keyword, words: [a], match: exact", None),
        ("type: keyword, words: [a], match: exact", "type: keyword, words: [a b]", None),
        (
            "type: keyword, words: [a], match: starts",
            "type: keyword, words: [a b], match: starts",
            "at all",
        ),
        ("type: keyword, words: [x.], match: regex", "type: keyword, words: [x.]", None),
        ("type: event, event: a", "type: event, event: a.b", "at all"),
        ("type: event, event: a.b", "type: event, event: a", None),
        ("type: webhook, path: a", "type: webhook, path: a", "at all"),
        ("type: webhook, path: a", "type: webhook, path: b", None),
        ("type: manual", "type: manual", None),
    ],
)
def test_a_trigger_that_another_one_hides_is_found(one: str, other: str, taken: str | None) -> None:
    flow = f"""
start: bye
triggers:
  one: {{{one}}}
  other: {{{other}}}
nodes: {{bye: {{type: end}}}}
"""
    findings = compiled(flow).findings
    assert {finding.code for finding in findings} <= {"S113"}
    assert [taken in finding.message for finding in findings if taken] == [True] * bool(taken)
    assert bool(findings) == bool(taken)


def test_many_triggers_are_compared_in_time_and_too_many_are_refused() -> None:
    words = ", ".join(f"w{n}" for n in range(450))
    many = f"""
start: bye
triggers:
  one: {{type: keyword, words: [{words}], match: exact}}
  other: {{type: keyword, words: [{words.replace("w", "v")}], match: exact}}
nodes: {{bye: {{type: end}}}}
"""
    assert compiled(many).findings == ()
    (finding,) = compiled(
        many.replace("nodes:", f"  more: {{type: keyword, words: [{words}]}}\nnodes:")
    ).findings
    assert (finding.code, finding.location.line) == ("R004", 8)
