"""Checks of where conversations go: rings, budgets, values, assignments, answers."""

from __future__ import annotations

import pytest

from statewright.compiler.findings import Severity, Verdict
from statewright.compiler.policy import Policy
from tests.compiler.check_cases import codes, findings

COUNTING = """
start: again
variables: {n: {type: int, default: 0}, stop: {type: int, default: 5}, names: {type: list, default: []}}
nodes:
  again: {type: set, actions: [CHANGE], next: enough}
  enough:
    type: condition
    branches: [{if: "GUARD", to: bye}]
    else: say
  say: {type: message, text: "Again.", next: again}
  bye: {type: end, text: "{{ n }} {{ names }} {{ stop }}"}
"""


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ("{increment: n}", "n >= 3"),
        ("{increment: n}", "n > stop"),
        ("{increment: n}", "n == 3"),
        ("{increment: n, by: 2}", "10 < n"),
        ("{increment: n, by: -1}", "n < -3"),
        ('{set: n, to: "{{ n + 1 }}"}', "n >= 3"),
        ('{set: n, to: "{{ 1 + n }}"}', "n >= 3 || stop == 2"),
        ('{set: n, to: "{{ n - 1 }}"}', "!(n > -3)"),
        ("{append: names, value: x}", "size(names) >= 3"),
        ("{append: names, value: x}", "names.size() == 3"),
    ],
)
def test_a_ring_that_counts_its_rounds_is_bounded(change: str, guard: str) -> None:
    assert codes(COUNTING.replace("CHANGE", change).replace("GUARD", guard)) == []


@pytest.mark.parametrize(
    ("change", "guard", "sure"),
    [
        ("{increment: n}", "n < 0", False),
        ("{increment: n, by: -1}", "n >= 3", False),
        ("{append: names, value: x}", "n >= 3", True),
        ("{increment: n}", "stop == 3", True),
        ('{set: n, to: "{{ stop * 2 }}"}', "n >= 3", False),
    ],
)
def test_a_ring_that_nothing_bounds_is_told(change: str, guard: str, *, sure: bool) -> None:
    (finding,) = findings(COUNTING.replace("CHANGE", change).replace("GUARD", guard))
    assert finding.code == "C201"
    wanted = (Severity.ERROR, Verdict.VIOLATED) if sure else (Severity.WARNING, Verdict.UNDECIDED)
    assert (finding.severity, finding.verdict) == wanted
    assert bool(finding.reason) is not sure


def test_a_menu_that_asks_each_time_is_no_endless_ring() -> None:
    flow = """
start: menu
variables: {what: string}
nodes:
  menu: {type: question, text: "What?", choices: [a, b], variable: what, next: say}
  say: {type: message, text: "{{ what }}", next: menu}
"""
    assert codes(flow) == []


def test_a_ring_through_a_container_is_found_and_one_that_waits_inside_is_not() -> None:
    flow = """
start: begin
nodes:
  begin: {type: message, text: x, next: both}
  both:
    type: parallel
    next: begin
    regions:
      one: {nodes: {a: {type: leave}}}
      two: {nodes: {b: {type: delay, duration: 1h, next: c}, c: {type: leave}}}
"""
    assert codes(flow) == ["C202"]
    assert codes(flow.replace("type: delay, duration: 1h", "type: message, text: y")) == ["C201"]
    assert codes(flow.replace("type: delay, duration: 1h", "type: question, text: y")) == []


def test_asking_a_service_until_it_says_so_is_bounded_by_its_answers() -> None:
    flow = """
start: ask
variables: {state: string}
nodes:
  ask:
    type: http
    url: https://api.example.com/order
    save: {state: response.body.state}
    success: done
    error: bye
  done:
    type: condition
    branches: [{if: "state == 'shipped'", to: bye}]
    else: pause
  pause: {type: delay, duration: 1m, next: ask}
  bye: {type: end}
"""
    assert codes(flow) == []


def test_a_while_that_nothing_in_it_changes_is_told() -> None:
    flow = """
start: again
variables: {go: {type: bool, default: true}}
nodes:
  again:
    type: loop
    while: go
    next: bye
    nodes: {say: {type: message, text: x, next: more}, more: {type: continue}}
  bye: {type: end}
"""
    assert codes(flow) == ["C202"]
    changed = flow.replace(
        "type: message, text: x", "type: question, input: boolean, text: x, variable: go"
    )
    assert codes(changed) == []
    assert codes(flow.replace("more: {type: continue}", "more: {type: break}")) == []


def test_a_value_that_is_misspelt_is_told_where_all_values_are_known() -> None:
    flow = """
start: ask
variables: {size: {type: string, default: none}}
nodes:
  ask: {type: question, text: "Size?", choices: [small, large], variable: size, next: route}
  route:
    type: condition
    branches: [{if: "GUARD", to: bye}]
    else: bye
  bye: {type: end}
"""
    for guard in ("size == 'smal'", "size in ['small', 'huge']", "'Large' != size"):
        assert codes(flow.replace("GUARD", guard)) == ["G311"], guard
    for guard in ("size == 'small'", "size == 'none'", "size == ''", "size.startsWith('sm')"):
        assert codes(flow.replace("GUARD", guard)) == [], guard
    open_ = flow.replace("default: none", "input: true").replace("GUARD", "size == 'huge'")
    assert codes(open_) == []
    typed = flow.replace("choices: [small, large], ", "").replace("GUARD", "size == 'huge'")
    assert codes(typed) == []


def test_an_assignment_that_something_may_read_is_all_right() -> None:
    flow = """
start: one
variables: {step: {type: int, default: 0}}
nodes:
  one: {type: set, actions: [{set: step, to: 1}], next: BETWEEN}
  wait: {type: question, text: "Ready?", next: two}
  say: {type: message, text: "Step {{ step }}", next: two}
  two: {type: set, actions: [{set: step, to: 2}], next: bye}
  bye: {type: end}
"""
    assert "D402" in codes(flow.replace("BETWEEN", "two"))
    assert "D402" not in codes(flow.replace("BETWEEN", "wait"))
    assert "D402" not in codes(flow.replace("BETWEEN", "say"))


def test_what_is_only_a_consequence_is_told_later() -> None:
    flow = """
start: hello
variables: {name: string, nmae: string}
nodes:
  hello: {type: message, text: "Hello {{ name }} {{ nobody }}", next: by}
  bye: {type: end}
"""
    assert codes(flow) == ["D405", "S103"]
    assert codes(flow.replace("{{ nobody }}", "").replace("next: by}", "next: bye}")) == ["D403"]


def test_a_channel_of_the_configuration_says_what_can_be_shown() -> None:
    flow = """
start: ask
variables: {what: string}
nodes:
  ask:
    type: question
    text: What?
    choices: [a, b, c, d, e, f, g, h, i, j, k]
    variable: what
    next: bye
  bye: {type: end}
"""
    assert codes(flow) == ["I503"]
    assert codes(flow.replace(", k]", "]")) == []
    assert codes(flow, Policy(channels=("messenger",))) == ["I503"]


def test_the_weights_of_variants_are_shares_as_those_of_arms_are() -> None:
    flow = """
start: hello
nodes:
  hello: {type: message, variants: [{text: Hi, weight: A}, {text: Hey, weight: B}], next: bye}
  bye: {type: end}
"""
    for one, other, found in ((1, 0, []), (50, 45, ["X707"]), (0, 0, ["R004"])):
        drawn = flow.replace("weight: A", f"weight: {one}").replace("weight: B", f"weight: {other}")
        assert codes(drawn) == found


def test_weights_are_shares_unless_they_look_like_percentages() -> None:
    flow = """
start: lot
nodes:
  lot:
    type: split
    arms: [{name: a, weight: A, to: bye}, {name: b, weight: B, to: bye}]
  bye: {type: end}
"""
    for one, other, found in (
        (1, 2, []),
        (33, 33, []),
        (50, 50, []),
        (50, 45, ["X707"]),
        (0, 0, ["R004"]),
    ):
        assert (
            codes(
                flow.replace("weight: A", f"weight: {one}").replace("weight: B", f"weight: {other}")
            )
            == found
        )


def test_a_final_action_needs_a_yes() -> None:
    flow = """
start: ask
variables: {id: string, sure: bool}
nodes:
  ask: {type: question, text: "Which?", variable: id, next: NEXT}
  confirm:
    type: question
    text: "Sure?"
    input: boolean
    variable: sure
    next: [{if: sure, to: act}, {to: bye}]
  act: {type: action, action: ACTION, with: {id: "{{ id }}"}, next: bye}
  bye: {type: end}
"""
    unasked = flow.replace("NEXT", "act")
    assert "I510" in codes(unasked.replace("ACTION", "deleteAccount"))
    assert "I510" in codes(unasked.replace("ACTION", "refund"))
    assert "I510" not in codes(unasked.replace("ACTION", "payload_builder"))
    assert codes(flow.replace("NEXT", "confirm").replace("ACTION", "deleteAccount")) == []


def test_an_assignment_where_a_trigger_leads_is_dead_like_any_other() -> None:
    text = """
start: hello
triggers: {refund: {type: keyword, words: [refund], to: first}}
variables: {n: {type: int, default: 0}}
nodes:
  hello: {type: message, text: Hello., next: bye}
  first: {type: set, actions: [{set: n, to: 1}], next: second}
  second: {type: set, actions: [{set: n, to: 2}], next: tell}
  tell: {type: message, text: "{{ n }}", next: bye}
  bye: {type: end}
"""
    assert codes(text) == ["D402"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("business_hours: {days: {mon: '09:00-17:00'}, closed: first}", ["D402"]),
        ("inactivity: {after: 1h, to: first}", ["D402"]),
        ("on_error: fallback, fallback: tell", []),
    ],
    ids=["closed", "silent", "failed"],
)
def test_an_assignment_may_be_read_only_where_it_may_be_left_midway(
    settings: str, told: list[str]
) -> None:
    text = f"""
start: hello
settings: {{{settings}}}
variables: {{n: {{type: int, default: 0}}}}
nodes:
  hello: {{type: message, text: Hello., next: first}}
  first: {{type: set, actions: [{{set: n, to: 1}}], next: second}}
  second: {{type: set, actions: [{{set: n, to: 2}}], next: tell}}
  tell: {{type: message, text: "{{{{ n }}}}", next: bye}}
  bye: {{type: end}}
"""
    assert codes(text) == told
