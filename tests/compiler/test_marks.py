"""Tags and segments: what a contact is."""

from __future__ import annotations

import json
import re

import pytest

from statewright import compiler, flows
from statewright.runtime.turns.values import needs_of
from statewright.statechart import Event, macrostep, start
from tests.compiler.conversations import HEADER, NOW, compiled, turns
from tests.compiler.rehydration import played_anew

FLOW = """
start: mark
nodes:
  mark: {type: tag, add: [vip, "e.g. x"], remove: [new], next: move}
  move: {type: segment, add: [buyers], next: ask}
  ask: {type: question, text: "More?", next: known}
  known:
    type: condition
    branches: [{if: "'vip' in contact.?tags.orValue({})", to: vip}]
    else: other
  vip: {type: end, text: VIP}
  other: {type: end, text: Who?}
"""


def patches(flow: str) -> list[dict[str, object]]:
    first, *_ = turns(flow)
    return [dict(effect["data"]) for effect in first.effects if effect["kind"] == "patch"]


def test_tags_and_segments_are_patches_of_the_contact() -> None:
    contact = {"scope": "contact", "operation": "set", "value": True}
    assert patches(FLOW) == [
        {**contact, "path": ["tags", "vip"]},
        {**contact, "path": ["tags", "e.g. x"]},
        {"scope": "contact", "operation": "unset", "path": ["tags", "new"]},
        {**contact, "path": ["segments", "buyers"]},
    ]


@pytest.mark.parametrize(
    ("contact", "said"),
    [({"tags": {"vip": True}}, "VIP"), ({"tags": {"old": True}}, "Who?"), ({}, "Who?")],
)
def test_conditions_ask_for_tags(contact: dict[str, object], said: str) -> None:
    chart = compiler.compile(flows.parse(HEADER + FLOW)).release().statechart
    step = start(chart, session="s", seed="s", now=NOW)
    step = macrostep(chart, step.snapshot, Event("message", {"text": "x"}, NOW, contact=contact))
    (effect,) = step.effects
    assert effect.data["content"]["text"] == said


@pytest.mark.parametrize(
    ("contact", "said"),
    [({"tags": {"vip": True}}, "vip."), ({"tags": {}}, "."), ({}, "."), ({"tags": "odd"}, ".")],
)
def test_who_has_no_tags_has_an_empty_map_of_them(contact: dict[str, object], said: str) -> None:
    text = "{{ contact.tags.map(t, t).join(', ') }}."
    flow = f'start: a\nnodes:\n  a: {{type: end, text: "{text}"}}\n'
    compilation = compiler.compile(flows.parse(HEADER + flow))
    assert compilation.findings == ()
    chart = compilation.release().statechart
    step = start(chart, session="s", seed="s", now=NOW, contact=contact)
    assert [one.data["content"]["text"] for one in step.effects] == [said]


def test_a_mark_is_a_patch_of_its_own_also_where_all_are_read() -> None:
    read = FLOW.replace("'vip' in contact.?tags.orValue({})", "'vip' in contact.tags")
    assert patches(read) == patches(FLOW)
    assert turns(read, "x")[-1].messages[0]["text"] == "VIP"


def test_what_a_turn_has_changed_it_knows() -> None:
    flow = FLOW.replace("next: ask", "next: known")
    assert played_anew(flow)[0].messages[0]["text"] == "VIP"


def test_only_the_marks_travel_with_a_turn() -> None:
    needs = needs_of(compiled(FLOW).release().statechart, "contact")
    assert needs.names == {"tags", "segments"}
    assert not needs.whole


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("add: [vip", "add: [new", "R007"),
        ("add: [vip", "add: ['{{ x }}'", "R004"),
        ("add: [vip", "add: [''", "R004"),
        ("add: [buyers], ", "", "R005"),
        ("add: [buyers]", "add: buyers", "R004"),
        (", next: move", "", "S106"),
    ],
)
def test_what_is_wrong_is_found(old: str, new: str, code: str) -> None:
    assert old in FLOW
    assert code in {finding.code for finding in compiled(FLOW.replace(old, new, 1)).findings}


@pytest.mark.parametrize("kind", ["tag", "segment"])
def test_the_condition_that_the_documentation_names_is_one(kind: str) -> None:
    schema = flows.json_schema()["$defs"][f"{kind.title()}Node"]
    (told,) = re.findall(r"Ask for one with `([^`]*)`", json.dumps(schema))
    flow = f"""
start: known
nodes:
  known: {{type: condition, branches: [{{if: "{told}", to: marked}}], else: other}}
  marked: {{type: end}}
  other: {{type: end}}
"""
    assert compiler.verify(compiled(flow)).findings == ()


@pytest.mark.parametrize("declared", ["", "variables: {tags: {scope: contact, type: map}}\n"])
@pytest.mark.parametrize(
    ("guard", "code"),
    [
        ("'vip' in contact.?tags.orValue({})", None),
        ("!('vip' in contact.?tags.orValue({})) && 'new' in contact.?tags.orValue({})", None),
        ("'vip' in contact.?tags.orValue({}) && contact.?tags.orValue({}) == {}", "G310"),
    ],
)
def test_what_a_contact_may_be_is_known_when_a_flow_is_verified(
    guard: str, code: str | None, declared: str
) -> None:
    flow = f"""{declared}
start: known
nodes:
  known:
    type: condition
    branches: [{{if: "{guard}", to: vip}}]
    else: other
  vip: {{type: end, text: VIP}}
  other: {{type: end, text: Who?}}
"""
    found = compiler.verify(compiled(flow)).findings
    assert [one.code for one in found] == ([code] if code else [])
