"""Conditions, assignments, delays, jumps and ends."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidScript
from statewright.statechart import EffectKind
from tests.compiler.conversations import compiled, drafted, said, talk, turns
from tests.compiler.rehydration import played_anew

ROUTE = """
start: route
variables: {age: {type: int, input: true}}
nodes:
  route:
    type: condition
    branches:
      - {if: age >= 65, to: old}
      - {if: age >= 18, to: adult}
    else: minor
  old: {type: end, text: old}
  adult: {type: end, text: adult}
  minor: {type: end, text: minor}
"""


@pytest.mark.parametrize(("age", "text"), [(70, "old"), (65, "old"), (18, "adult"), (17, "minor")])
def test_the_first_branch_that_is_true_is_taken(age: int, text: str) -> None:
    assert talk(ROUTE, data={"age": age}) == [text]


def test_a_guard_without_a_value_counts_as_false_and_is_an_incident() -> None:
    (turn,) = turns(ROUTE)
    assert said([turn]) == ["minor"]
    assert {i.name for i in turn.macrostep.incidents} == {"error.execution.guard"}
    assert turn.status == "completed"


ASSIGN = """
start: change
variables: {{n: {{type: int, default: 1}}, cart: {{type: list, default: [a, b]}}, temp: {{type: map}}}}
nodes:
  change:
    type: set
    actions:
{actions}
    next: bye
  bye: {{type: end}}
"""


@pytest.mark.parametrize(
    ("actions", "name", "value"),
    [
        ("- {set: n, to: 5}", "n", 5),
        ("- {set: n, to: '{{ n + 1 }}'}", "n", 2),
        ("- {increment: n}", "n", 2),
        ("- {increment: n, by: 3}\n- {increment: n, by: '{{ n }}'}", "n", 8),
        ("- {append: cart, value: c}", "cart", ["a", "b", "c"]),
        ("- {remove: cart, value: a}", "cart", ["b"]),
        ("- {set: temp.a.b, to: [1, '{{ n }}']}", "temp", {"a": {"b": [1, 1]}}),
        ("- {increment: temp.count, by: 2}", "temp", {"count": 2}),
        ("- {append: temp.list, value: 1}", "temp", {"list": [1]}),
    ],
)
def test_assignments_change_variables_in_order(actions: str, name: str, value: Any) -> None:
    lines = "\n".join(f"      {line}" for line in actions.splitlines())
    (turn,) = turns(ASSIGN.format(actions=lines))
    assert turn.data[name] == value


def test_an_unset_variable_is_absent() -> None:
    (turn,) = turns(ASSIGN.format(actions="      - {unset: n}"))
    assert "n" not in turn.data


def test_an_assignment_that_fails_ends_the_flow_before_anything_else_is_said() -> None:
    flow = """
start: change
variables: {n: int}
nodes:
  change: {type: set, actions: [{set: n, to: "{{ 'many' }}"}], next: bye}
  bye: {type: end, text: Bye}
"""
    (turn,) = turns(flow)
    assert said([turn]) == []
    assert turn.status == "failed"


def test_on_error_continue_leaves_the_node_by_its_default_port() -> None:
    flow = """
start: change
settings: {on_error: continue}
variables: {n: int}
nodes:
  change: {type: set, actions: [{set: n, to: "{{ 'many' }}"}], next: bye}
  bye: {type: end, text: Bye}
"""
    assert talk(flow) == ["Bye"]


def test_a_delay_waits_and_goes_on() -> None:
    flow = """
start: hello
nodes:
  hello: {type: message, text: Hello, next: pause}
  pause: {type: delay, duration: 2h, next: bye}
  bye: {type: end, text: Bye}
"""
    played = turns(flow, {"advance": "1h"}, {"advance": "1h"})
    assert [said([turn]) for turn in played] == [["Hello"], [], ["Bye"]]


@pytest.mark.parametrize("duration", ["n * 60", "duration('2m')", "120 // two minutes"])
def test_a_delay_may_be_computed(duration: str) -> None:
    flow = f"""
start: pause
variables: {{n: {{type: int, default: 2}}}}
nodes:
  pause: {{type: delay, for: "{duration}", next: bye}}
  bye: {{type: end, text: Bye}}
"""
    assert talk(flow, {"advance": "119s"}) == []
    assert talk(flow, {"advance": "119s"}, {"advance": "1s"}) == ["Bye"]


def test_a_jump_goes_back_and_the_conversation_goes_round() -> None:
    flow = """
start: ask
variables: {word: string}
nodes:
  ask: {type: question, text: "Word?", variable: word, next: again}
  again: {type: jump, to: ask}
"""
    assert talk(flow, "a", "b") == ["Word?", "Word?", "Word?"]


def test_a_cycle_without_input_fails_the_session_and_names_the_cycle() -> None:
    flow = """
start: one
settings: {step_limit: 100}
nodes:
  one: {type: message, text: one, next: two}
  two: {type: message, text: two, next: one}
"""
    (turn,) = drafted(flow)
    assert turn.status == "failed"
    assert any("one" in i.message and "two" in i.message for i in turn.macrostep.incidents)


def test_a_handoff_ends_the_flow_and_tells_the_host() -> None:
    flow = """
start: human
variables: {name: {type: string, input: true}}
nodes:
  human: {type: handoff, to: {team: 1}, text: One moment, note: "It is {{ name }}"}
"""
    (turn,) = turns(flow, data={"name": "Ada"})
    assert said([turn]) == ["One moment"]
    assert (turn.status, turn.outcome) == ("completed", "handoff")
    (effect,) = turn.effects
    assert effect["data"]["target"] == "handoff"
    assert effect["data"]["data"]["note"] == "It is Ada"


@pytest.mark.parametrize(
    "node",
    [
        "type: split, arms: [{name: one, to: first}, {name: two, to: bye}]",
        (
            'type: question, text: "Which?", variable: name, '
            "choices: [{value: one, to: first}, {value: two, to: bye}]"
        ),
    ],
)
def test_a_disabled_node_without_a_way_of_its_own_is_left_by_the_first_of_those_it_has(
    node: str,
) -> None:
    flow = f"""
start: n
variables: {{name: string}}
nodes:
  n: {{{node}, disabled: true}}
  first: {{type: message, text: First, next: bye}}
  bye: {{type: end, text: Bye}}
"""
    assert talk(flow) == ["First", "Bye"]


def test_a_disabled_handoff_ends_the_conversation_without_people() -> None:
    (turn,) = turns("""
start: people
nodes:
  people: {type: handoff, disabled: true, text: One moment, to: {team: sales}}
""")
    assert (turn.status, turn.messages, turn.effects) == ("completed", (), ())


def test_a_disabled_node_is_passed_through() -> None:
    flow = """
start: ask
variables: {name: string}
nodes:
  ask: {type: question, text: "Name?", variable: name, disabled: true, next: bye}
  bye: {type: end, text: Bye}
"""
    assert talk(flow) == ["Bye"]


OFF = """
start: first
variables: {age: {type: int, default: 1}}
nodes:
  first: {FIRST, disabled: true}
  a: {type: end, text: A}
  bye: {type: end, text: Bye}
"""


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("type: condition, branches: [{if: 'false', to: a}], else: bye", ["A"]),
        ("type: condition, branches: [{if: 'nobody > 1', to: a}], else: bye", ["A"]),
        ("type: set, actions: [{set: nobody, to: '{{ what }}'}], next: bye", ["Bye"]),
        ("type: http, url: 'http://{{ nobody }}', success: bye", ["Bye"]),
        ("type: question, text: '{{ what }}?', variable: nobody, next: bye", ["Bye"]),
        ("type: loop, while: nobody, nodes: {x: {type: continue}}, next: bye", ["Bye"]),
        ("type: subflow, flow: nowhere.yaml, next: bye", ["Bye"]),
        ("type: message, text: Hi, next: [{if: age > 1, to: a}, {to: bye}]", ["Bye"]),
        ("type: end, text: Away, outcome: away", []),
    ],
)
def test_what_is_wrong_in_a_node_that_is_switched_off_is_in_nobodys_way(
    first: str, expected: list[str]
) -> None:
    text = OFF.replace("FIRST", first)
    assert [one.code for one in compiled(text).findings if one.code[0] in "DEGX"] in ([], ["D403"])
    played = turns(text)
    assert said(played) == expected
    assert (played[-1].status, played[-1].outcome) == ("completed", "completed")


def test_an_interrupt_that_is_switched_off_never_happens() -> None:
    text = """
start: ask
variables: {name: string}
nodes:
  ask: {type: question, text: "Name?", variable: name, next: bye}
  bye: {type: end, text: "Bye {{ name }}"}
  help:
    type: interrupt
    words: [help]
    disabled: true
    nodes: {told: {type: message, text: "{{ nobody }}", next: on}, on: {type: leave}}
"""
    assert talk(text, "help") == ["Name?", "Bye help"]


def test_a_node_that_ends_a_body_cannot_be_switched_off() -> None:
    text = """
start: rounds
nodes:
  rounds:
    type: loop
    times: 2
    nodes:
      hi: {type: message, text: Hi, next: on}
      on: {type: continue, disabled: true}
    next: bye
  bye: {type: end, text: Bye}
"""
    assert talk(text) == ["Hi", "Hi", "Bye"]
    (finding,) = [one for one in compiled(text).findings if one.code == "S110"]
    assert "is led out of what is around it all the same" in finding.message


def test_the_time_of_a_whole_flow_is_bounded() -> None:
    flow = """
start: ask
settings: {timeout: 1d}
variables: {name: string}
nodes:
  ask: {type: question, text: "Name?", variable: name, next: bye}
  bye: {type: end, text: Bye}
"""
    answered = flow.replace("timeout", "on_error: fallback, fallback: bye, timeout")
    for text in (flow, answered):
        *_, last = turns(text, {"advance": "25h"})
        assert (last.messages, last.status, last.outcome) == ((), "failed", "error")
        (incident,) = last.macrostep.incidents
        assert incident.message == "timeout: the time of the whole conversation is over"


def test_what_a_try_does_at_last_is_done_when_the_time_of_the_whole_flow_is_over() -> None:
    flow = """
start: careful
settings: {timeout: 1d}
variables: {name: string}
nodes:
  careful:
    type: try
    nodes:
      ask: {type: question, text: "Name?", variable: name, next: out}
      out: {type: leave}
    catch:
      - nodes: {no: {type: message, text: "Caught", next: out2}, out2: {type: leave}}
    finally: {nodes: {last: {type: message, text: "At last", next: out3}, out3: {type: leave}}}
    next: bye
  bye: {type: end, text: Bye}
"""
    *_, last = turns(flow, {"advance": "25h"})
    assert (said([last]), last.status, last.outcome) == (["At last"], "failed", "error")


def test_a_draft_of_a_wrong_flow_fails_where_it_is_wrong() -> None:
    flow = """
start: hello
nodes:
  hello: {type: message, text: Hello, next: nowhere}
"""
    compilation = compiled(flow)
    assert [finding.code for finding in compilation.errors] == ["S103"]
    assert compilation.draft().statechart.states


def test_a_fallback_that_fails_itself_fails_the_session() -> None:
    flow = """
start: hello
settings: {on_error: fallback, fallback: sorry}
variables: {n: int}
nodes:
  hello: {type: message, text: Hello, next: change}
  change: {type: set, actions: [{set: n, to: "{{ 'many' }}"}], next: bye}
  sorry: {type: message, text: Sorry, next: again}
  again: {type: set, actions: [{set: n, to: "{{ 'more' }}"}], next: bye}
  bye: {type: end}
"""
    (turn,) = turns(flow)
    assert said([turn]) == ["Hello", "Sorry"]
    assert (turn.status, turn.outcome) == ("failed", "error")


def test_a_fallback_does_not_prolong_the_time_of_the_whole() -> None:
    flow = """
start: ask
settings: {on_error: fallback, fallback: ask, timeout: 10m}
variables: {n: int, said: string}
nodes:
  ask: {type: question, text: "Number?", variable: said, next: read}
  read: {type: set, actions: [{set: n, to: "{{ int(said) }}"}], next: bye}
  bye: {type: end}
"""
    played = turns(flow, {"advance": "9m"}, "many", {"advance": "2m"})
    assert said(played) == ["Number?", "Number?"]
    assert played[-1].status == "failed"


BOUNDED = """
start: ask
settings: {on_error: fallback, fallback: sorry}
variables:
  tier: {type: string, values: [gold, silver], default: silver}
  score: {type: int, minimum: 0, maximum: 10, default: 5}
  typed: {type: string, default: gold}
nodes:
  ask: {type: question, text: Well?, variable: typed, next: change}
  change: {type: set, actions: [{set: NAME, to: "{{ VALUE }}"}], next: bye}
  bye: {type: end, text: "{{ tier }} {{ score }}"}
  sorry: {type: end, text: Sorry}
"""


@pytest.mark.parametrize(
    ("name", "value", "typed", "text"),
    [
        ("tier", "typed", "gold", "gold 5"),
        ("tier", "typed", "bronze", "Sorry"),
        ("score", "int(typed)", "10", "silver 10"),
        ("score", "int(typed)", "11", "Sorry"),
        ("score", "int(typed)", "-1", "Sorry"),
    ],
)
def test_a_variable_holds_what_is_declared_and_nothing_else(
    name: str, value: str, typed: str, text: str
) -> None:
    flow = BOUNDED.replace("NAME", name).replace("VALUE", value)
    assert talk(flow, typed)[-1] == text


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('branches: [{if: "score", to: bye}], else: bye', "G302"),
        ('branches: [{if: "null", to: bye}], else: bye', "G302"),
    ],
)
def test_a_guard_that_is_no_question_is_a_finding(line: str, code: str) -> None:
    flow = f"""
start: route
variables: {{score: {{type: int, default: 1}}}}
nodes:
  route: {{type: condition, {line}}}
  bye: {{type: end}}
"""
    assert [finding.code for finding in compiled(flow).errors] == [code]


@pytest.mark.parametrize("variable", ["now", "session.id", "contact", "1 + 1", "event.data", ""])
def test_what_is_not_for_writing_is_a_finding(variable: str) -> None:
    flow = f"""
start: change
nodes:
  change: {{type: set, actions: [{{set: "{variable}", to: 1}}], next: bye}}
  bye: {{type: end}}
"""
    assert compiled(flow).errors


def test_a_fallback_that_is_nowhere_is_a_finding() -> None:
    flow = """
start: bye
settings: {on_error: fallback, fallback: nowhere}
nodes:
  bye: {type: end}
"""
    assert [finding.code for finding in compiled(flow).errors] == ["S103"]


def test_nobody_outside_can_fire_a_timer() -> None:
    flow = """
start: pause
nodes:
  pause: {type: delay, duration: 1h, next: bye}
  bye: {type: end}
"""
    with pytest.raises(InvalidScript, match="cannot be sent"):
        turns(flow, {"event": "done.timer.pause"})


def test_a_cycle_that_fills_a_list_is_stopped() -> None:
    flow = """
start: fill
variables: {x: {type: list, default: []}}
nodes:
  fill: {type: set, actions: [{append: x, value: 1}], next: fill}
"""
    (turn,) = drafted(flow)
    assert turn.status == "failed"
    assert any("it writes more than" in incident.message for incident in turn.macrostep.incidents)


def test_a_macrostep_without_end_takes_nothing_back_that_came_before_it() -> None:
    flow = """
start: pause
settings: {step_limit: 50}
variables: {word: string}
nodes:
  pause: {type: delay, duration: 1h, next: ask}
  ask: {type: question, text: "Word?", variable: word, next: one}
  one: {type: jump, to: two}
  two: {type: jump, to: one}
"""
    played = drafted(flow, "hello", {"advance": "2h"})
    assert said(played) == ["Word?"]
    assert played[-1].status == "failed"
    assert "ask/~wait" in played[-1].configuration


@pytest.mark.parametrize(
    ("declared", "action", "code"),
    [
        ("n: {type: int, default: 0}", "{set: n, to: many}", "G302"),
        ("n: {type: int, default: 0, maximum: 5}", "{set: n, to: 9}", "G302"),
        ("s: {type: string, values: [a, b]}", "{set: s, to: c}", "G302"),
        ("c: {type: string, scope: contact}", "{set: c, to: x}", "G303"),
    ],
)
def test_an_assignment_that_can_never_work_is_a_finding(
    declared: str, action: str, code: str
) -> None:
    flow = f"""
start: change
variables: {{{declared}}}
nodes:
  change: {{type: set, actions: [{action}], next: bye}}
  bye: {{type: end}}
"""
    assert [(f.code, f.location.line) for f in compiled(flow).errors] == [(code, 7)]


@pytest.mark.parametrize(
    ("node", "code"),
    [
        (
            "{type: message, text: Hi, buttons: [{label: A, to: bye}, {label: B, value: A, to: bye}]}",
            "R007",
        ),
        (
            "{type: question, text: Hi, input: multiple_choice, choices: [a, {value: b, to: bye}], next: bye}",
            "R004",
        ),
    ],
)
def test_a_way_that_could_not_be_taken_is_a_finding(node: str, code: str) -> None:
    flow = f"""
start: ask
nodes:
  ask: {node}
  bye: {{type: end}}
"""
    assert [finding.code for finding in compiled(flow).errors] == [code]


def test_a_delay_may_be_a_text_that_says_how_long() -> None:
    flow = """
start: pause
nodes:
  pause: {type: delay, for: "'90s'", next: bye}
  bye: {type: end, text: Bye}
"""
    assert talk(flow, {"advance": "90s"}) == ["Bye"]


WHOLE = """
start: change
variables:
  n: {type: int, default: 1}
  many: {type: list, default: [1]}
  late: string
  size: {type: int, maximum: 9, default: 0}
settings: {on_error: fallback, fallback: told}
nodes:
  change: {type: set, actions: [{set: n, to: 5}, {append: many, value: '{{ n }}'}, LAST], next: told}
  told: {type: end, text: "{{ n }} {{ size(many) }} {{ has(vars.late) }} {{ size }}"}
"""


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("{set: late, to: here}", "5 2 true 0"),
        ("{set: size, to: '{{ n * 2 }}'}", "1 1 false 0"),
        ("{set: late, to: here}, {increment: size, by: 10}", "1 1 false 0"),
        ("{unset: n}, {set: size, to: '{{ n }}'}", "1 1 false 0"),
        ("{increment: size, by: '{{ n }}'}, {unset: late}", "5 2 false 5"),
    ],
)
def test_a_node_makes_all_of_its_changes_or_none(last: str, expected: str) -> None:
    assert said(played_anew(WHOLE.replace("LAST", last))) == [expected]


def test_what_is_known_of_the_contact_is_changed_with_the_variables_or_not_at_all() -> None:
    text = """
start: change
variables: {n: {type: int, default: 1}}
settings: {on_error: fallback, fallback: told}
nodes:
  change:
    type: set
    actions:
      - {increment: contact.visits, by: 1}
      - {set: contact.name, to: Ada}
      - {set: n, to: "{{ contact.name }}"}
      - {set: contact.level, to: 3}
    next: told
  told: {type: end, text: "{{ contact }} {{ n }}"}
"""
    assert talk(text) == ["{} 1"]
    assert talk(text.replace('n, to: "{{ contact.name }}"', "n, to: 2"))[0].endswith("2")


SHARED = """
start: ask
settings: {on_error: fallback, fallback: ask}
variables:
  total: {type: int, scope: tenant, default: 0}
  names: {type: list, scope: contact, max_length: 2, default: [a]}
  few: {type: list, max_length: 1, default: [1]}
  n: int
nodes:
  ask: {type: question, text: "{{ tenant.total }} {{ contact.names }} {{ few }}", next: change}
  change: {type: set, actions: [ACTIONS], next: ask}
"""


@pytest.mark.parametrize(
    "actions",
    [
        "{increment: tenant.total}, {append: few, value: 2}",
        "{append: few, value: 2}, {increment: tenant.total}",
        "{set: tenant.total, to: 3}, {append: contact.names, value: b}, {set: few, to: [1, 2]}",
        "{increment: tenant.total}, {set: contact.names, to: [a, b, c]}",
        "{increment: tenant.total}, {set: n, to: '{{ tenant.total }}'}, {append: few, value: 2}",
        "{increment: tenant.total}, {increment: tenant.total}, {append: few, value: 2}",
        "{append: contact.likes, value: a}, {remove: contact.likes, value: a}, {set: few, to: 3}",
        "{unset: contact.names}, {append: contact.names, value: c}, {append: few, value: 2}",
    ],
)
def test_a_node_that_fails_leaves_what_others_change_too_alone(actions: str) -> None:
    """Putting it back would undo what they have changed meanwhile."""
    failing = drafted(SHARED.replace("ACTIONS", actions), "go")
    written = [
        one for turn in failing for one in turn.macrostep.effects if one.kind is EffectKind.PATCH
    ]
    assert not written
    assert said(failing) == ['0 ["a"] [1]', '0 ["a"] [1]']


def test_what_cannot_be_held_is_told_of_the_name_that_the_author_knows() -> None:
    actions = (
        "{set: tenant.total, to: 3}, {append: contact.names, value: b}, {append: few, value: 2}"
    )
    text = SHARED.replace("ACTIONS", actions).replace("fallback: ask", "fallback: sorry")
    text += '  sorry: {type: end, text: "{{ error.message }}"}\n'
    for more in ("contact.names", "few"):
        _, sorry = said(drafted(text.replace("max_length: 2", "max_length: 1"), "go"))
        assert sorry.startswith(f"`{more}` cannot hold this: "), sorry
        text = text.replace("{append: contact.names, value: b}, ", "")


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ("{increment: tenant.total}, {append: contact.names, value: b}", '1 ["a","b"] [1]'),
        ("{append: contact.names, value: b}, {remove: few, value: 1}", '0 ["a","b"] []'),
        ("{set: tenant.total, to: 3}, {set: few, to: ['{{ tenant.total }}']}", '3 ["a"] [3]'),
        ("{increment: tenant.total}, {increment: tenant.total, by: 4}", '5 ["a"] [1]'),
        ("{remove: contact.names, value: a}, {unset: few}", "0 [] "),
        (
            "{increment: tenant.total}, {set: n, to: '{{ tenant.total }}'}, {set: tenant.total, to: 7}",
            '7 ["a"] [1]',
        ),
    ],
)
def test_what_others_change_too_is_changed_with_all_else(actions: str, expected: str) -> None:
    assert said(drafted(SHARED.replace("ACTIONS", actions), "go"))[-1] == expected


@pytest.mark.parametrize("place", ["cart.tea", "many", "contact.loose", "tenant.free"])
def test_what_is_added_is_a_number_also_where_nothing_says_so(place: str) -> None:
    text = """
start: ask
variables:
  amount: string
  cart: {type: map, default: {}}
  many: any
  loose: {type: any, scope: contact}
settings: {on_error: fallback, fallback: sorry}
nodes:
  ask: {type: question, text: "{{ PLACE }}", variable: amount, next: add}
  add: {type: set, actions: [{increment: PLACE, by: "{{ amount }}"}], next: ask}
  sorry: {type: end, text: "{{ PLACE }} {{ error.class }}"}
""".replace("PLACE", place)
    assert said(drafted(text, "5", "5", "2.5", "abc"))[1:] == ["5", "10", "12.5", "12.5 expression"]
