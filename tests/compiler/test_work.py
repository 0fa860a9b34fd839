"""Work that is done elsewhere: actions of the host, language models, the client, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from statewright import compiler
from statewright.statechart import EffectKind, Turn
from tests.compiler.conversations import compiled, said, talk, turns
from tests.compiler.rehydration import played_anew

LABEL = """
start: label
variables: {name: {type: string, default: Ada}}
nodes:
  label: {type: action, action: label, with: {add: "vip {{ name }}"}, next: bye}
  bye: {type: end, text: Bye}
"""

LOOKUP = """
start: lookup
variables: {name: {type: string, default: Ada}, score: double}
nodes:
  lookup:
    type: action
    action: crm.lookup
    with: {who: "{{ name }}"}
    save: {score: result.score}
    timeout: 10s
    next: bye
    on: {error: sorry}
  bye: {type: end, text: "{{ score }}"}
  sorry: {type: end, text: Sorry}
"""


def test_an_action_that_nobody_waits_for_is_sent_and_the_conversation_goes_on() -> None:
    played = turns(LABEL)
    assert said(played) == ["Bye"]
    (effect,) = played[0].effects
    assert effect["data"] == {"data": {"add": "vip Ada"}, "event": "label", "target": "label"}


def test_the_result_of_an_action_is_saved() -> None:
    played = turns(LOOKUP, {"result": "lookup", "data": {"score": 7}})
    assert said(played) == ["7"]
    assert played[0].effects[0]["data"]["params"]["with"] == {"who": "Ada"}


@pytest.mark.parametrize(
    "failure",
    [
        {"result": "lookup", "error": {"code": "down", "message": "no"}},
        {"result": "lookup", "data": {}},
        {"advance": "11s"},
    ],
)
def test_an_action_that_fails_leads_to_its_error(failure: dict[str, object]) -> None:
    assert talk(LOOKUP, failure) == ["Sorry"]


LLM = """
start: think
variables: {topic: {type: string, default: bees}, title: string}
nodes:
  think:
    type: llm
    model: small
    system: "You are short."
    prompt: "A title about {{ topic }}"
    schema: {type: object, properties: {title: {type: string}}}
    options: {temperature: 0}
    save: {title: answer.title}
    next: bye
    on: {error: sorry}
  bye: {type: end, text: "{{ title }}"}
  sorry: {type: end, text: Sorry}
"""


def test_a_language_model_is_asked_and_its_answer_saved() -> None:
    answer = {"answer": {"title": "Buzz"}, "usage": {"input_tokens": 9}}
    played = turns(LLM, {"result": "think", "data": answer})
    assert said(played) == ["Buzz"]
    params = played[0].effects[0]["data"]["params"]
    assert params["prompt"] == "A title about bees"
    assert params["schema"]["type"] == "object"
    assert params["options"] == {"temperature": 0}


@pytest.mark.parametrize(
    "failure",
    [
        {"result": "think", "error": {"code": "rate_limit", "message": "later"}},
        {"result": "think", "data": {"text": "no answer"}},
        {"result": "think", "data": {"answer": "no object"}},
        {"advance": "61s"},
    ],
)
def test_a_language_model_that_fails_leads_to_its_error(failure: dict[str, object]) -> None:
    assert talk(LLM, failure) == ["Sorry"]


CLIENT = """
start: run
variables: {place: string}
nodes:
  run:
    type: client
    action: locate
    with: {precise: true}
    save: {place: result.city}
    timeout: 1m
    next: bye
    on: {error: denied, timeout: late}
  bye: {type: end, text: "{{ place }}"}
  denied: {type: end, text: Denied}
  late: {type: end, text: Late}
"""


def test_the_client_is_told_what_to_do_and_answers_with_an_event() -> None:
    result = {"event": "client.result", "data": {"node": "run", "result": {"city": "Rome"}}}
    played = turns(CLIENT, result)
    assert played[0].messages == (
        {"type": "client", "action": "locate", "with": {"precise": True}, "node": "run"},
    )
    assert played[0].awaiting is not None
    assert said(played[1:]) == ["Rome"]


def test_the_answer_of_another_node_is_not_taken() -> None:
    other = {"event": "client.result", "data": {"node": "other", "result": {"city": "Rome"}}}
    assert len(said(turns(CLIENT, other))) == 1


def test_a_client_may_fail_or_be_silent() -> None:
    assert talk(CLIENT, {"event": "client.error", "data": {"node": "run"}})[-1] == "Denied"
    assert talk(CLIENT, {"advance": "61s"})[-1] == "Late"


APPROVAL = """
start: ask
variables: {amount: {type: int, default: 900}, why: string}
nodes:
  ask:
    type: approval
    text: "Let me ask."
    request: "Refund {{ amount }}?"
    to: {team: finance}
    save: {why: "decision.?comment.orValue('-')"}
    timeout: 2h
    next: paid
    on: {rejected: no, timeout: late}
  paid: {type: end, text: "Paid. {{ why }}"}
  no: {type: end, text: "No."}
  late: {type: end, text: Late}
"""


def decided(*, approved: bool) -> dict[str, object]:
    return {"event": "approval.decided", "data": {"node": "ask", "approved": approved}}


def test_people_decide_what_may_be_done() -> None:
    played = turns(APPROVAL, "hurry up", decided(approved=True))
    assert said(played) == ["Let me ask.", "Paid. -"]
    assert played[0].effects[0]["data"]["data"] == {
        "assignee": {"type": "team", "id": "finance"},
        "node": "ask",
        "request": "Refund 900?",
    }
    assert talk(APPROVAL, decided(approved=False))[-1] == "No."
    assert talk(APPROVAL, {"advance": "3h"})[-1] == "Late"


COMMENTED = APPROVAL.replace("decision.?comment.orValue('-')", "decision.comment").replace(
    "{{ why }}", "{{ has(vars.why) ? why : '-' }}"
)


@pytest.mark.parametrize(("approved", "says"), [(True, "Paid. -"), (False, "No.")])
def test_people_need_not_say_why(approved: bool, says: str) -> None:  # noqa: FBT001
    decision = {"node": "ask", "approved": approved}
    (*_, last) = turns(COMMENTED, {"event": "approval.decided", "data": decision})
    assert said([last]) == [says]
    assert "why" not in last.data
    decision["comment"] = "Why not?"
    (*_, last) = turns(COMMENTED, {"event": "approval.decided", "data": decision})
    assert last.data["why"] == "Why not?"


def test_what_people_may_leave_out_is_not_always_one_or_the_other() -> None:
    flow = """
start: ask
variables: {ok: {type: bool, default: false}}
nodes:
  ask:
    type: approval
    text: Wait.
    request: "?"
    SAVE
    timeout: 1h
    next: which
    on: {rejected: no, timeout: no}
  which: {type: condition, branches: [{if: ok, to: paid}, {if: "!ok", to: no}]}
  paid: {type: end}
  no: {type: end}
"""
    kept = compiled(flow.replace("    SAVE\n", "")).findings
    assert "S108" not in [one.code for one in kept]
    left_out = compiled(flow.replace("SAVE", "save: {ok: decision.ok}")).findings
    assert "S108" in [one.code for one in left_out]


SPLIT = """
start: test
variables: {arm: string}
nodes:
  test:
    type: split
    sticky: STICKY
    variable: arm
    arms:
      - {name: old, weight: 1, control: true, to: old}
      - {name: new, weight: 3, to: new}
      - {name: off, weight: 0, to: off}
  old: {type: end, text: "{{ arm }}"}
  new: {type: end, text: "{{ arm }}"}
  off: {type: end, text: "never"}
"""


def test_a_split_draws_by_weight() -> None:
    flow = SPLIT.replace("STICKY", "nobody")
    drawn = Counter(talk(flow, seed=str(seed))[0] for seed in range(400))
    assert set(drawn) == {"old", "new"}
    assert 60 < drawn["old"] < 140


def test_a_sticky_split_falls_on_the_same_arm_whatever_the_seed() -> None:
    flow = SPLIT.replace("STICKY", "session")
    assert len({talk(flow, seed=str(seed))[0] for seed in range(20)}) == 1


@pytest.mark.parametrize(
    ("flow", "old", "new", "code"),
    [
        (LOOKUP, "result.score", "reslt.score", "G303"),
        (LOOKUP, "    on: {error: sorry}\n", "", "E601"),
        (LABEL, "{{ name }}", "{{ nme }}", "D405"),
        (LLM, "    model: small\n", "", "R005"),
        (LLM, "    on: {error: sorry}\n", "", "E601"),
        (CLIENT, "timeout: late", "timeout: lat", "S103"),
        (APPROVAL, "rejected: no, ", "", "S107"),
        (SPLIT, "name: new, ", "name: old, ", "R007"),
        (SPLIT, "STICKY", "someone", "R004"),
    ],
)
def test_what_is_wrong_is_found(flow: str, old: str, new: str, code: str) -> None:
    assert old in flow
    text = flow.replace(old, new, 1).replace("STICKY", "nobody")
    assert code in {finding.code for finding in compiled(text).findings}


def test_a_result_of_the_client_that_cannot_be_saved_is_an_error_of_it() -> None:
    flow = """
start: scan
variables: {code: int}
nodes:
  scan: {type: client, action: scan, save: {code: result.code}, next: bye, on: {error: sorry}}
  bye: {type: end, text: "{{ code }}"}
  sorry: {type: end, text: Sorry}
"""
    for result, said_then in (({"code": 7}, "7"), ({}, "Sorry"), ({"code": "x"}, "Sorry")):
        event = {"event": "client.result", "data": {"node": "scan", "result": result}}
        assert talk(flow, event)[-1] == said_then
    assert talk(flow, {"event": "client.result", "data": {}})[-1] == "Sorry"


SAVING = """
start: ask
variables:
  n: {type: int, default: 0}
  names: {type: list, of: {type: string, max_length: 5}, default: []}
  order: {type: object, fields: {total: double}, default: {total: 1.5}}
  city: string
nodes:
  ask:
    type: http
    url: https://api.example.com/
    save:
      n: response.body.n
      names: response.body.names
      order.total: response.body.total
      contact.city: response.body.city
    success: bye
    error: sorry
  bye: {type: end, text: "{{ n }} {{ names }} {{ order.total }}"}
  sorry: {type: end, text: "{{ error.message }}|{{ n }} {{ names }} {{ order.total }}"}
"""
GOOD = {"n": 2, "names": ["Ada"], "total": 7, "city": "Rome"}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (
            {"n": "many"},
            "`n` cannot hold `response.body.n`: the string 'many' is no int; convert it, or",
        ),
        (
            {"names": ["Ada", "Elisabeth"]},
            "`names` cannot hold `response.body.names`: at `[1]`: ",
        ),
        (
            {"total": "free"},
            "`order.total` cannot hold `response.body.total`: the string 'free' is",
        ),
        ({"city": None}, ""),
    ],
)
def test_all_is_saved_or_nothing(wrong: Mapping[str, Any], why: str) -> None:
    body = {**GOOD, **wrong}
    (played,) = turns(SAVING, {"result": "ask", "data": {"status": 200, "body": body}})[1:]
    (told,) = said([played])
    patched = [one for one in played.macrostep.effects if one.kind is EffectKind.PATCH]
    assert len(patched) == (0 if why else 1)
    if why:
        assert told.startswith(why)
        assert told.endswith("|0 [] 1.5")
    else:
        assert told == '2 ["Ada"] 7'


def test_what_is_saved_is_made_of_what_was_there_before() -> None:
    flow = """
start: ask
variables: {a: {type: int, default: 1}, b: {type: int, default: 2}}
nodes:
  ask:
    type: action
    action: swap
    save: {a: b + result.by, b: a + result.by}
    next: bye
    on: {error: bye}
  bye: {type: end, text: "{{ a }} {{ b }}"}
"""
    assert talk(flow, {"result": "ask", "data": {"by": 10}}) == ["12 11"]


OPTIONAL = """
start: ask
variables: {ok: {type: bool, default: true}}
nodes:
  ask:
    type: http
    url: https://api.example.com/
    save: {ok: "SAVED"}
    success: which
    error: bye
  which: {type: condition, branches: [{if: ok, to: bye}, {if: "!ok", to: bye}]}
  bye: {type: end}
"""


@pytest.mark.parametrize(
    ("saved", "told"),
    [
        ("response.body.ok", []),
        ("response.body.?ok.orValue(true)", []),
        ("has(response.body.ok) ? response.body.ok : true", []),
        ("response.body.?ok", ["S108"]),
        ("response.?body.ok", ["S108"]),
        ("response.body[?'ok']", ["S108"]),
        ("response.status == 200 ? optional.of(true) : optional.none()", ["S108"]),
    ],
)
def test_what_an_optional_is_saved_in_may_have_no_value(saved: str, told: list[str]) -> None:
    assert [one.code for one in compiled(OPTIONAL.replace("SAVED", saved)).findings] == told
    verified = compiler.verify(compiled(OPTIONAL.replace("SAVED", saved)))
    assert {one.code for one in verified.findings} >= ({"G309", "D401"} if told else set())


def test_what_is_set_to_an_optional_may_have_no_value() -> None:
    flow = OPTIONAL.replace('save: {ok: "SAVED"}', "save: {}").replace(
        "success: which", "success: s"
    )
    flow += "  s: {type: set, actions: [{set: ok, to: '{{ contact.?ok }}'}], next: which}\n"
    assert [one.code for one in compiled(flow).findings] == ["S108"]


@pytest.mark.parametrize(
    "data",
    [
        {"node": "ask"},
        {"node": "ask", "approved": None},
        {"node": "ask", "approved": "true"},
        {"node": "ask", "approved": "yes"},
        {"node": "ask", "approved": 1},
        {"node": "ask", "approved": 0},
        {"node": "ask", "approved": [True]},
        {"node": "ask", "outcome": "maybe"},
        {"approved": "no"},
        {},
        None,
        "no",
        True,
        False,
        ["ask", True],
    ],
)
def test_what_is_no_decision_decides_nothing(data: object) -> None:
    odd = {"event": "approval.decided", "data": data}
    played = played_anew(APPROVAL, odd)
    assert said(played) == ["Let me ask."]
    (incident,) = played[-1].macrostep.incidents
    assert "`approved` must be true or false" in incident.message
    assert said(played_anew(APPROVAL, odd, decided(approved=True)))[-1] == "Paid. -"
    assert said(played_anew(APPROVAL, odd, decided(approved=False)))[-1] == "No."
    assert said(played_anew(APPROVAL, odd, {"advance": "2h"}))[-1] == "Late", "its time goes on"


@pytest.mark.parametrize("name", ["b", 7, ["ask"], {"ask": 1}])
def test_a_decision_about_something_else_is_passed_over_without_a_word(name: object) -> None:
    other = {"event": "approval.decided", "data": {"node": name, "approved": True}}
    (*_, last) = played_anew(APPROVAL, other)
    assert not last.messages
    assert not last.macrostep.incidents


def test_a_decision_may_leave_out_what_it_is_about() -> None:
    for data in ({"approved": True}, {"node": None, "approved": True}):
        decision = {"event": "approval.decided", "data": data}
        assert said(played_anew(APPROVAL, decision))[-1] == "Paid. -"


@pytest.mark.parametrize("data", ["no", [1], True])
def test_what_a_client_sends_without_a_map_is_passed_over(data: object) -> None:
    for event in ("client.result", "client.error"):
        (*_, last) = played_anew(CLIENT, {"event": event, "data": data})
        assert last.status == "active"
        assert not last.messages


PAUSED = (
    APPROVAL
    + """
  help: {type: interrupt, words: [help], nodes: {say: {type: message, text: Soon., next: back}, back: {type: leave}}}
  staff:
    type: interrupt
    event: staff
    nodes: {name: {type: question, text: "Name?", next: over}, over: {type: leave}}
"""
)


def requests(played: list[Turn]) -> int:
    """How often people were asked."""
    return sum(effect["kind"] == "send" for turn in played for effect in turn.effects)


def test_nobody_is_asked_again_because_the_user_says_something_else() -> None:
    script = ["help", {"advance": "90m"}, "help"]
    played = played_anew(PAUSED, *script)
    assert said(played) == ["Let me ask.", "Soon.", "Let me ask.", "Soon.", "Let me ask."]
    assert requests(played) == 1
    assert said(played_anew(PAUSED, *script, decided(approved=True)))[-1] == "Paid. -"
    assert said(played_anew(PAUSED, *script, {"advance": "29m"}))[-1] == "Let me ask."
    assert said(played_anew(PAUSED, *script, {"advance": "30m"}))[-1] == "Late", "its time goes on"


def test_what_is_decided_while_the_conversation_pauses_is_taken_when_it_comes_back() -> None:
    away = [{"event": "staff", "data": {}}, decided(approved=True)]
    assert said(played_anew(PAUSED, *away))[-1] == "Name?"
    played = played_anew(PAUSED, *away, "Ada")
    assert said(played)[-1] == "Paid. -"
    assert not played[-1].macrostep.snapshot.deferred


def test_what_is_decided_before_anybody_is_asked_decides_nothing() -> None:
    early = PAUSED.replace("start: ask", "start: first").replace(
        "  paid:", '  first: {type: question, text: "Ready?", next: ask}\n  paid:'
    )
    played = played_anew(early, decided(approved=True), "yes")
    assert said(played) == ["Ready?", "Let me ask."]
    assert not played[-1].macrostep.snapshot.deferred
    away = [{"event": "staff", "data": {}}, decided(approved=True), "Ada", "yes"]
    assert said(played_anew(early, *away))[-1] == "Let me ask."
