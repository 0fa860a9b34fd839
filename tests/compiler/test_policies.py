"""What is done about the errors of a node: `on_error` at the node, and of the flow."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.statechart import Turn
from tests.compiler.conversations import compiled, drafted, said, turns
from tests.compiler.rehydration import played_anew

FLOW = """
start: call
settings: {on_error: fail}
variables: {n: {type: int, default: 3}, text: string}
nodes:
  call: {type: http, url: "https://api.example.com/x", save: {n: response.body.n}, POLICY
         success: bye}
  bye: {type: end, text: "{{ n }}"}
  sorry: {type: end, text: Sorry}
"""
FAILURE = {"result": "call", "error": {"code": "down", "message": "no"}}
SUCCESS = {"result": "call", "data": {"status": 200, "headers": {}, "body": {"n": 7}}}
DONE = {"result": "call", "data": {}}


def play(policy: str, *script: Any) -> list[Turn]:
    flow = FLOW.replace("POLICY", f"on_error: {policy}," if policy else "on_error: fail,")
    if "sorry" not in policy:
        flow = "".join(line for line in flow.splitlines(keepends=True) if "Sorry" not in line)
    return played_anew(flow, *script)


def calls(played: list[Turn]) -> list[str]:
    """The ids of the requests that were made."""
    effects = [effect for turn in played for effect in turn.effects]
    return [effect["id"] for effect in effects if effect["kind"] == "invoke"]


def test_a_node_may_fail_the_session() -> None:
    assert play("fail", FAILURE)[-1].status == "failed"


def test_a_node_may_go_on_as_if_nothing_had_happened() -> None:
    assert said(play("continue", FAILURE)) == ["3"]


def test_a_node_may_have_a_fallback() -> None:
    played = play("{fallback: sorry}", FAILURE)
    assert said(played) == ["Sorry"]
    assert any("error.flow.http" in i.message for i in played[-1].macrostep.incidents)


def test_a_node_is_tried_again_as_often_as_it_says() -> None:
    played = play("{retry: 2, fallback: sorry}", FAILURE, FAILURE, FAILURE)
    assert said(played) == ["Sorry"]
    assert len(set(calls(played))) == 3, "every request has a key of its own"
    assert said(play("{retry: 2, fallback: sorry}", FAILURE, FAILURE, SUCCESS)) == ["7"]
    assert len(calls(play("retry", FAILURE, FAILURE))) == 2


def test_time_may_pass_before_a_node_is_tried_again() -> None:
    policy = "{retry: 2, wait: 10s, then: continue}"
    played = play(policy, FAILURE, {"advance": "9s"})
    assert len(calls(played)) == 1
    played = play(policy, FAILURE, {"advance": "10s"}, FAILURE, {"advance": "10s"}, FAILURE)
    assert len(calls(played)) == 3
    assert said(played) == ["3"]
    assert played[-1].status == "completed"


def test_what_is_done_at_last_is_what_the_flow_does() -> None:
    assert play("{retry: 1}", FAILURE, FAILURE)[-1].status == "failed"
    flow = FLOW.replace("POLICY", "on_error: retry,").replace("{on_error: fail}", "{on_error: FB}")
    flow = flow.replace("on_error: FB", "on_error: fallback, fallback: sorry")
    assert said(turns(flow, FAILURE, FAILURE)) == ["Sorry"]


def test_a_node_is_tried_again_before_it_is_left_by_its_error() -> None:
    flow = FLOW.replace("POLICY", "error: sorry, on_error: retry,")
    assert said(played_anew(flow, FAILURE, FAILURE)) == ["Sorry"]
    assert said(played_anew(flow, FAILURE, SUCCESS)) == ["7"]
    nothing = {"result": "call", "data": {"status": 200, "headers": {}, "body": {}}}
    assert said(played_anew(flow, nothing, SUCCESS)) == ["7"], "what is to be saved may be missing"


def test_the_flow_may_try_all_work_again() -> None:
    flow = FLOW.replace("POLICY", "error: sorry,")
    flow = flow.replace("{on_error: fail}", "{retry: 1, retry_wait: 1m}")
    assert said(turns(flow, FAILURE, {"advance": "1m"}, FAILURE)) == ["Sorry"]
    own = flow.replace("error: sorry,", "error: sorry, on_error: fail,")
    assert said(turns(own, FAILURE)) == ["Sorry"], "what the node says goes first"


def test_a_flow_may_try_work_again_three_times() -> None:
    flow = FLOW.replace("POLICY", "error: sorry,").replace("on_error: fail", "on_error: retry")
    assert said(turns(flow, FAILURE, FAILURE, FAILURE, SUCCESS)) == ["7"]
    assert said(turns(flow, *[FAILURE] * 4)) == ["Sorry"]
    twice = flow.replace("on_error: retry", "on_error: retry, retry: 2, retry_wait: 1m")
    later = {"advance": "1m"}
    assert said(turns(twice, FAILURE, later, FAILURE, later, FAILURE)) == ["Sorry"]


def test_a_flow_that_tries_again_tries_at_least_once() -> None:
    flow = FLOW.replace("POLICY", "").replace("on_error: fail", "on_error: retry, retry: 0")
    (finding,) = [f for f in compiled(flow).findings if f.code == "R004"]
    assert finding.location.line == 5


def test_the_count_begins_anew_when_the_node_is_entered_anew() -> None:
    flow = """
start: each
variables: {items: {type: list, default: [1, 2]}, n: int}
nodes:
  each:
    type: loop
    each: items
    item: it
    next: bye
    nodes:
      call: {type: action, action: x, wait: true, next: again, on_error: {retry: 1, then: continue}}
      again: {type: continue}
  bye: {type: end, text: Bye}
"""
    failure = {"result": "call", "error": {"code": "down", "message": "no"}}
    played = played_anew(flow, failure, failure, failure, failure)
    assert len(calls(played)) == 4
    assert said(played) == ["Bye"]


ERRORS_INSIDE = """
start: NODE
variables: {n: {type: int, default: 3}, m: int, text: {type: string, default: x}}
nodes:
  set: {type: set, actions: [{set: n, to: "{{ int(text) }}"}], on_error: {fallback: sorry}, next: bye}
  wait: {type: delay, for: int(text), on_error: {retry: 1, wait: 1m, fallback: sorry}, next: bye}
  ask: {type: question, text: "?", input: integer, retries: 0, variable: n, next: bye,
        on_error: {retry: 1, fallback: sorry}}
  loop:
    type: loop
    while: "int(text) > 0"
    on_error: {fallback: sorry}
    next: bye
    nodes: {again: {type: continue}}
  both:
    type: parallel
    on_error: {retry: 1, fallback: sorry}
    next: bye
    regions:
      one: {nodes: {a: {type: set, actions: [{set: n, to: "{{ n + 1 }}"}], next: x}, x: {type: leave}}}
      two: {nodes: {b: {type: set, actions: [{set: m, to: 5}], next: y}, y: {type: leave}}}
  bye: {type: end, text: Bye}
  sorry: {type: end, text: Sorry}
"""


@pytest.mark.parametrize(
    ("node", "script", "last"),
    [
        ("set", [], "Sorry"),
        ("wait", [{"advance": "1m"}], "Sorry"),
        ("ask", ["x", "y"], "Sorry"),
        ("ask", ["x", "5"], "Bye"),
        ("loop", [], "Sorry"),
        ("both", [], "Bye"),
    ],
)
def test_every_kind_of_node_answers_its_errors(node: str, script: list[Any], last: str) -> None:
    flow = ERRORS_INSIDE.replace("NODE", node)
    assert said(played_anew(flow, *script))[-1] == last


def test_an_error_that_a_node_answers_reaches_no_try() -> None:
    flow = """
start: attempt
variables: {n: int}
nodes:
  attempt:
    type: try
    next: bye
    nodes:
      set: {type: set, actions: [{set: n, to: "{{ 1 / 0 }}"}], POLICY next: out}
      out: {type: leave}
    catch: [{errors: [any], nodes: {caught: {type: message, text: Caught, next: gone}, gone: {type: leave}}}]
  bye: {type: end, text: Bye}
"""
    assert said(turns(flow.replace("POLICY", "on_error: continue,"))) == ["Bye"]
    assert said(turns(flow.replace("POLICY", "on_error: retry,"))) == ["Caught", "Bye"]


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("on_error: panic", "R004"),
        ("on_error: {retry: -1}", "R004"),
        ("on_error: {retry: 1, wait: soon}", "R004"),
        ("on_error: {wait: 5s}", "R004"),
        ("on_error: {fallback: sory}", "S103"),
        ("on_error: {fallback: sorry, then: fail}", "R004"),
        ("on_error: {}", "R005"),
        ("on_error: {tries: 3}", "R003"),
    ],
)
def test_what_is_wrong_is_found_in_its_line(policy: str, code: str) -> None:
    found = compiled(FLOW.replace("POLICY", f"{policy},")).findings
    assert (code, 8) in {(finding.code, finding.location.line) for finding in found}


def test_an_end_has_no_errors_to_answer() -> None:
    flow = FLOW.replace("POLICY", "on_error: fail,").replace("text: Sorry", "on_error: fail")
    (finding,) = [f for f in compiled(flow).findings if f.code == "R004"]
    assert "means nothing" in finding.message


PAUSED = """
start: call
settings: {on_error: fail}
nodes:
  call: {type: action, action: x, wait: true, next: bye, on_error: {retry: 2, wait: 10m}}
  bye: {type: end, text: "{{ now }}"}
  help: {type: interrupt, words: [help], nodes: {say: {type: message, text: Soon., next: back}, back: {type: leave}}}
  staff:
    type: interrupt
    event: staff
    nodes: {ask: {type: question, text: "Name?", next: over}, over: {type: leave}}
"""


def test_an_interrupt_does_not_put_off_when_a_node_is_tried_again() -> None:
    """The wait began at 22:13:20 and keeps its deadline, however often somebody comes between."""
    script = [FAILURE, {"advance": "6m"}, "help", {"advance": "3m"}, "help"]
    assert len(calls(played_anew(PAUSED, *script, {"advance": "59s"}))) == 1
    played = played_anew(PAUSED, *script, {"advance": "60s"})
    assert len(calls(played)) == 2
    assert (
        said(played_anew(PAUSED, *script, {"advance": "60s"}, DONE))[-1] == "2023-11-14T22:23:20Z"
    )


def test_a_wait_that_is_over_while_the_conversation_pauses_is_over_when_it_comes_back() -> None:
    away = [FAILURE, {"event": "staff", "data": {}}, {"advance": "11m"}]
    assert len(calls(played_anew(PAUSED, *away))) == 1
    assert len(calls(played_anew(PAUSED, *away, "Ada"))) == 2


def test_the_next_wait_has_a_deadline_of_its_own() -> None:
    script = [FAILURE, {"advance": "10m"}, FAILURE, {"advance": "4m"}, "help", {"advance": "5m"}]
    assert len(calls(played_anew(PAUSED, *script))) == 2
    assert len(calls(played_anew(PAUSED, *script, {"advance": "1m"}))) == 3


@pytest.mark.parametrize(
    "policy", ["{retry: 3, fallback: sorry}", "{retry: 3, wait: 10s, fallback: sorry}"]
)
def test_nothing_is_tried_again_that_a_rule_has_just_forbidden(policy: str) -> None:
    flow = (
        FLOW.replace("POLICY", f"on_error: {policy},") + "rules: {no: {never: 'n > 1', at: call}}"
    )
    played = played_anew(flow)
    assert said(played) == ["Sorry"]
    assert calls(played) == []
    broken = [one for turn in played for one in turn.macrostep.incidents if "rule" in one.name]
    assert len(broken) == 1


def test_a_rule_is_no_reason_to_try_again_where_the_flow_tries_all_of_its_work_again() -> None:
    flow = FLOW.replace("POLICY", "").replace("{on_error: fail}", "{on_error: retry}")
    flow = flow.replace("  sorry: {type: end, text: Sorry}\n", "")
    played = drafted(flow + "rules: {no: {never: 'n > 1', at: call}}")
    assert played[-1].status == "failed"
    assert calls(played) == []


def test_a_rule_that_is_broken_leads_to_the_port_for_errors_without_another_try() -> None:
    flow = FLOW.replace("POLICY", "on_error: {retry: 3}, error: sorry,")
    played = played_anew(flow + "rules: {no: {never: 'n > 1', at: call}}")
    assert said(played) == ["Sorry"]
    assert calls(played) == []
