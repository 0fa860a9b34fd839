"""Variables in conversations: types, limits, scopes, and what is found before one begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.compiler.compilation import Compilation
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.scope import environment_of
from statewright.expressions.declarations import text_from_type
from statewright.statechart import start
from statewright.statechart.structure.traversal import states_in
from tests.compiler.conversations import HEADER, compiled, drafted, said, talk, turns

ORDER = """
start: change
variables:
  order:
    type: object
    fields:
      id: string
      lines: {type: list, of: {type: object, fields: {name: string, price: double}}}
      note: {type: string, optional: true, nullable: true}
    default: {id: A1, lines: []}
nodes:
  change:
    type: set
    actions: [ACTIONS]
    next: bye
    on_error: {fallback: sorry}
  bye: {type: end, text: "TEXT"}
  sorry: {type: end, text: "sorry"}
"""


def wrong(compilation: Compilation) -> tuple[Finding, ...]:
    """The errors: these flows declare more than they use, and are short in other ways as well."""
    return tuple(one for one in compilation.findings if one.severity is Severity.ERROR)


PRIVATE = """
start: ask
variables:
  who: {type: object, pii: true, fields: {mail: string, kin: {type: list, of: string}}}
nodes:
  ask: {type: client, action: ask, save: {who.mail: result.mail, who.kin: "[]"}, next: change}
  change:
    type: set
    actions:
      - {append: who.kin, value: "{{ who.mail }}"}
      - {remove: who.kin, value: "{{ who.mail }}"}
      - {set: who.mail, to: x}
    next: bye
  bye: {type: end}
"""


def test_what_is_kept_of_a_part_of_something_private_is_private() -> None:
    chart = compiled(PRIVATE).draft().statechart
    kept = {one.name for state in states_in(chart) for one in state.data if one.private}
    assert kept == {"~who.mail", "~who.kin", "~value/who.kin", "~who.kin[]", "~was/who"}


def test_what_has_a_part_that_is_private_is_private_wherever_it_is_kept() -> None:
    flow = flows.parse(HEADER + PRIVATE)
    (who,) = flow.variables
    mail, *others = who.fields
    deep = replace(who, pii=False, fields=(replace(mail, pii=True), *others))
    chart = compiler.compile(replace(flow, variables=(deep,))).draft().statechart
    data = [*chart.data, *(one for state in states_in(chart) for one in state.data)]
    assert {one.name for one in data if one.private} >= {"who", "~who.mail", "~was/who"}


def order(actions: str, text: str) -> str:
    return ORDER.replace("ACTIONS", actions).replace("TEXT", text)


@pytest.mark.parametrize(
    ("actions", "text", "answer"),
    [
        ("{append: order.lines, value: {name: Pen, price: '2.50'}}", "{{ order.lines[0].price }}", "2.5"),
        ("{set: order.note, to: null}", "{{ order.note == null }}", "true"),
        ("{set: order.note, to: x}, {unset: order.note}", "{{ has(order.note) }}", "false"),
        ("{set: order.id, to: '{{ 7 }}'}", "{{ order.id + '!' }}", "7!"),
        ("{append: order.lines, value: '{{ {\"name\": order.id} }}'}", "{{ 1 }}", "sorry"),
        ("{set: order, to: '{{ {\"id\": 1, \"lines\": [], \"more\": 2} }}'}", "{{ 1 }}", "sorry"),
    ],
)  # fmt: skip
def test_parts_of_an_object_are_what_is_declared(actions: str, text: str, answer: str) -> None:
    assert talk(order(actions, text)) == [answer]


def test_an_object_is_never_without_a_part_that_is_declared() -> None:
    assert said(drafted(order("{unset: order.lines}", "{{ 1 }}"))) == ["sorry"]


REMOVING = """
start: change
variables:
  pick: {type: string, default: "2"}
  numbers: {type: list, of: {type: int, maximum: 9}, default: [1, 2, 3, 2]}
  levels: {type: list, of: {type: enum, values: {low: 1, high: 3}}, default: [1, 3]}
  loose: {type: list, default: [1, 2]}
  order: {type: object, fields: {lines: {type: list, of: int}}, default: {lines: [1, 2]}}
  visits: {type: list, of: int, scope: contact}
nodes:
  change: {type: set, actions: [ACTION], next: bye, on_error: {fallback: sorry}}
  bye: {type: end, text: "{{ PLACE }}"}
  sorry: {type: end, text: "{{ error.message }}"}
"""


@pytest.mark.parametrize(
    ("action", "place", "left"),
    [
        ("{remove: numbers, value: '{{ pick }}'}", "numbers", "[1,3]"),
        ("{remove: numbers, value: '1'}", "numbers", "[2,3,2]"),
        ("{remove: numbers, value: '{{ 7 }}'}", "numbers", "[1,2,3,2]"),
        ("{remove: levels, value: high}", "levels", "[1]"),
        ("{remove: order.lines, value: '{{ pick }}'}", "order.lines", "[1]"),
        ("{set: contact.visits, to: [1, 2]}, {remove: contact.visits, value: '{{ pick }}'}", "contact.visits", "[1]"),
        ("{remove: loose, value: '{{ pick }}'}", "loose", "[1,2]"),
        ("{remove: numbers, value: 1}, {remove: loose, value: 1}, {append: loose, value: x}", "loose", '[2,"x"]'),
        ("{set: pick, to: many}, {remove: numbers, value: '{{ pick }}'}", "numbers", "`numbers[]` cannot hold `pick`: the string 'many' is no int; convert it, or declare another type"),
    ],
)  # fmt: skip
def test_what_is_removed_becomes_what_elements_are(action: str, place: str, left: str) -> None:
    assert talk(REMOVING.replace("ACTION", action).replace("PLACE", place)) == [left]


BOUNDED = """
start: change
variables:
  one: {type: int, default: 1}
  score: {type: int, maximum: 3, default: 3}
  scores: {type: list, of: {type: int, maximum: 3}, default: [3]}
  visits: {type: int, maximum: 3, scope: contact}
  order: {type: object, fields: {count: {type: int, maximum: 3}}, default: {count: 3}}
nodes:
  change:
    type: set
    actions: [{set: contact.visits, to: 3}, ACTION]
    next: bye
    on_error: {fallback: sorry}
  bye: {type: end, text: "ok"}
  sorry: {type: end, text: "{{ error.message }}"}
"""


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("{increment: contact.visits}", "`contact.visits` cannot hold this: the value 4 is greater than 3"),
        ("{increment: contact.visits, by: '{{ one }}'}", "`contact.visits` cannot hold this: the value 4 is greater than 3"),
        ("{increment: score}", "`score` cannot hold this: the value 4 is greater than 3"),
        ("{increment: score, by: '{{ one }}'}", "`score` cannot hold this: the value 4 is greater than 3"),
        ("{increment: order.count}", "`order.count` cannot hold this: at `.count`: the value 4 is greater than 3"),
        ("{append: scores, value: '{{ one + 3 }}'}", "`scores` cannot hold this: at `[1]`: the value 4 is greater than 3"),
        ("{set: score, to: '{{ one + 3 }}'}", "`score` cannot hold `one + 3`: the value 4 is greater than 3"),
        (
            "{set: score, to: '{{ " + "one + " * 20 + "3 }}'}",
            "`score` cannot hold `" + ("one + " * 20)[:80] + "…`: the value 23 is greater than 3",
        ),
    ],
)  # fmt: skip
def test_what_a_variable_cannot_hold_is_told_in_the_words_of_the_author(
    action: str, message: str
) -> None:
    assert talk(BOUNDED.replace("ACTION", action)) == [message]


LIMITED = """
start: ask
variables:
  answer: {DECLARED}
nodes:
  ask: {type: question, KIND, text: "?", variable: answer, retry: "no", retries: 1, next: bye}
  bye: {type: end, text: "{{ answer }}"}
"""


@pytest.mark.parametrize(
    ("declared", "kind", "wrong", "right", "kept"),
    [
        ("type: enum, values: [red, green]", "input: text", "blue", "red", "red"),
        ("type: enum, values: {low: 1, high: 3}", "input: text", "medium", "high", "3"),
        ("type: enum, values: {low: 1, high: 3}", "input: integer", "2", "3", "3"),
        ("type: int, minimum: 2", "input: rating", "1", "2", "2"),
        ("type: date, minimum: '2026-01-01'", "input: date", "2025-12-31", "2026-01-01", None),
        ("type: string, pattern: '^[0-9]+$'", "input: text", "x", "12", "12"),
        ("type: string, max_length: 3", "input: text", "long", "abc", "abc"),
    ],
)
def test_an_answer_that_does_not_fit_its_variable_is_asked_for_again(
    declared: str, kind: str, wrong: str, right: str, kept: str | None
) -> None:
    flow = LIMITED.replace("DECLARED", declared).replace("KIND", kind)
    assert talk(flow, wrong, right)[1:] == ["no", kept or right]


def test_an_answer_that_goes_to_a_part_is_held_against_that_part() -> None:
    flow = LIMITED.replace("variable: answer", "variable: answer.zip").replace(
        "DECLARED", "type: object, fields: {zip: {type: string, pattern: '^[0-9]{5}$'}}"
    )
    assert talk(flow.replace("KIND", "input: text"), "x", "12345")[1:] == [
        "no",
        '{"zip":"12345"}',
    ]


CONTACT = """
start: count
variables:
  visits: {type: int, scope: contact, default: 4}
  tags: {type: list, of: string, scope: tenant, default: []}
nodes:
  count:
    type: set
    actions:
      - {increment: contact.visits, by: 2}
      - {increment: contact.visits}
      - {append: tenant.tags, value: x}
    next: bye
  bye: {type: end, text: "{{ contact.visits }} {{ size(tenant.tags) }}"}
"""


def test_values_of_the_contact_and_the_tenant_are_changed_from_what_they_are() -> None:
    (turn,) = turns(CONTACT)
    assert said([turn]) == ["7 1"]
    assert [(e["data"]["operation"], e["data"]["value"]) for e in turn.effects] == [
        ("increment", 2),
        ("increment", 1),
        ("append", "x"),
    ]


def test_as_soon_as_something_of_the_contact_is_declared_the_rest_has_to_be() -> None:
    environment = environment_of(flows.parse(HEADER + CONTACT))
    assert text_from_type(environment.variables["contact"]) == (
        "{?id: string, ?tags: map(string, dyn), ?segments: map(string, dyn), ?visits: int}"
    )
    found = wrong(compiled(CONTACT.replace("{{ contact.visits }}", "{{ contact.visit }}")))
    assert [one.message for one in found] == ["there is no field `visit`"]
    free = CONTACT.replace("scope: contact", "input: true")
    assert [one.code for one in wrong(compiled(free.replace("contact.", "")))] == []


KEYED = """
start: call
variables:
  token: {type: string, secret: true}
nodes:
  call:
    type: http
    url: https://example.com
    headers: {authorization: "Bearer {{secret:token}}"}
    success: bye
    error: bye
  bye: {type: end, text: "done TEXT"}
"""


def test_a_secret_is_known_by_its_name_only() -> None:
    flow = KEYED.replace("TEXT", "")
    assert wrong(compiled(flow)) == ()
    chart = compiled(flow).release().statechart
    assert [datum.name for datum in chart.data] == []
    (found,) = wrong(compiled(KEYED.replace("TEXT", "{{ token }}")))
    assert (found.code, found.message) == (
        "D406",
        "the secret `token` is said to the user",
    )


CALLER = """
start: part
variables: {total: int, own: {type: int, scope: flow, default: 1}}
nodes:
  part:
    type: subflow
    flow: part.yaml
    inputs: {first: GIVEN}
    save: {total: output.SAVED}
    next: bye
    on: {error: bye}
  bye: {type: end, text: "{{ total }}"}
"""

PART = """
statewright: 1
id: part
start: add
variables:
  first: {type: int, input: true, read_only: true}
  sum: int
  words: {type: list, of: string, default: []}
  local: {type: int, scope: flow, default: 40}
VISITS
nodes:
  add: {type: set, actions: [{set: sum, to: "{{ first + local }}"}], next: bye}
  bye: {type: end}
"""


def called(
    tmp_path: Path, given: str = "2", saved: str = "sum", ours: str = "", theirs: str = ""
) -> compiler.Compilation:
    caller = CALLER.replace("GIVEN", given).replace("SAVED", saved)
    if ours:
        caller = caller.replace("variables: {", f"variables: {{{ours}, ")
    (tmp_path / "part.yaml").write_text(PART.replace("VISITS", theirs))
    (tmp_path / "flow.yaml").write_text(HEADER + caller)
    return compiler.compile(flows.read(tmp_path / "flow.yaml"))


def test_a_flow_hands_over_its_variables_but_for_those_of_its_own(tmp_path: Path) -> None:
    assert wrong(called(tmp_path)) == ()
    (found,) = wrong(called(tmp_path, saved="local"))
    assert (found.code, found.message) == ("X701", "`part.yaml` has no variable `local`")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("x", "the string 'x' is no int"),
        ("[1]", "the list is no int"),
        ('"{{ [1] }}"', "a value of type `list(int)` is no int"),
    ],
)
def test_an_input_that_never_fits_is_found(tmp_path: Path, given: str, reason: str) -> None:
    (found,) = wrong(called(tmp_path, given=given))
    assert found.code == "X701"
    assert found.message.startswith(f"the input `first` of `part.yaml`: {reason}")


def test_an_output_that_never_fits_is_found(tmp_path: Path) -> None:
    (found,) = wrong(called(tmp_path, saved="words"))
    assert (found.code, found.message) == (
        "G302",
        "`total` is set to what it cannot hold: a value of type `list(string)` is no int",
    )


def test_what_two_flows_say_of_a_contact_has_to_be_the_same(tmp_path: Path) -> None:
    ours = "age: {type: int, scope: contact}"
    same, other = f"  {ours}", "  age: {type: string, scope: contact}"
    assert wrong(called(tmp_path, ours=ours, theirs=same)) == ()
    (found,) = wrong(called(tmp_path, ours=ours, theirs=other))
    assert found.message == "`part.yaml` declares the contact's `age` otherwise"


WRONG = """
start: change
variables:
  flag: bool
  number: {type: int, nullable: true}
  state: {type: enum, values: [open, paid]}
  numbers: {type: list, of: int}
  order: {type: object, fields: {id: int, price: {type: double, optional: true}}}
  address: {type: object, fields: {street: string, city: string}}
  rate: {type: double, default: 0.5, read_only: true}
  limit: {type: int, scope: tenant, read_only: true}
nodes:
  change: {type: set, actions: [ACTION], next: bye}
  bye: {type: end}
"""


@pytest.mark.parametrize(
    ("action", "code", "message"),
    [
        ("{append: numbers, value: x}", "G302", "`numbers` cannot have that appended: the string 'x' is no int; convert it, or declare another type"),
        ("{remove: numbers, value: x}", "G302", "`numbers` cannot have that removed: the string 'x' is no int; convert it, or declare another type"),
        ("{remove: numbers, value: '{{ [1] }}'}", "G302", "`numbers` cannot have that removed: a value of type `list(int)` is no int"),
        ("{append: flag, value: 1}", "G302", "`flag` cannot have that appended: it is declared as bool, which has no elements"),
        ("{remove: order, value: 1}", "G302", "`order` cannot have that removed: it is declared as object, which has no elements"),
        ("{append: numbers, value: '{{ [1] }}'}", "G302", "`numbers` cannot have that appended: a value of type `list(int)` is no int"),
        ("{increment: flag}", "G302", "`flag` cannot be incremented by that: it is declared as bool, to which nothing is added"),
        ("{increment: number, by: 1.5}", "G302", "`number` cannot be incremented by that: the double '1.5' is no int; convert it, or declare another type"),
        ("{set: state, to: closed}", "G302", "`state` is set to what it cannot hold: the value 'closed' is not among those that are declared: `open`, `paid`"),
        ("{set: order, to: {id: '{{ number }}', idd: 1}}", "G302", "`order` is set to what it cannot hold: the part `idd` is not declared"),
        ("{set: order, to: {price: '{{ number }}'}}", "G302", "`order` is set to what it cannot hold: the part `id` is missing"),
        ("{set: order, to: {id: '{{ number }}', price: x}}", "G302", "`order` is set to what it cannot hold: at `price`: the string 'x' is no double; convert it, or declare another type"),
        ("{set: order.id, to: [1]}", "G302", "`order.id` is set to what it cannot hold: the list is no int; convert it, or declare another type"),
        ("{set: numbers, to: \"{{ {'a': 1} }}\"}", "G302", "`numbers` is set to what it cannot hold: a value of type `map(string, int)` is no list"),
        ('{set: state, to: "{{ flag ? null : state }}"}', "", ""),
        ("{set: flag, to: null}", "G302", "`flag` is set to what it cannot hold: null is no bool; convert it, or declare another type"),
        ("{set: number, to: null}", "", ""),
        ("{set: address.city, to: Paris}", "G302", "`address.city` is written, but `address` never has its part `street`"),
        ("{set: address, to: {street: a, city: b}}, {set: address.city, to: Paris}", "", ""),
        ("{unset: order.id}", "G302", "`order.id` cannot be unset: `order` is never without its part `id`"),
        ("{set: order, to: {id: 1, price: 2.5}}, {unset: order.price}", "", ""),
        ("{unset: order}", "", ""),
        ("{set: rate, to: 0.7}", "D409", "`rate` is read-only"),
        ("{set: tenant.limit, to: 7}", "D409", "`limit` is read-only"),
        ("{set: number, to: '{{ order.idd }}'}", "D405", "there is no field `idd`"),
    ],
)  # fmt: skip
def test_what_never_fits_is_found_where_it_stands(action: str, code: str, message: str) -> None:
    found = wrong(compiled(WRONG.replace("ACTION", action)))
    assert [(one.code, one.message) for one in found] == ([(code, message)] if code else [])
    assert all(one.location.line == 15 for one in found)


def test_an_answer_that_never_fits_its_variable_is_found() -> None:
    flow = LIMITED.replace("DECLARED", "type: int").replace("KIND", "input: boolean")
    (found,) = wrong(compiled(flow))
    assert found.message == ("`answer` cannot hold an answer to this: yes or no is no int")


def test_what_is_read_only_is_not_changed_by_a_draft_either() -> None:
    flow = WRONG.replace("ACTION", "{set: rate, to: 0.7}")
    chart = compiled(flow).draft().statechart
    step = start(chart, session="s", seed="s", now=0)
    assert step.snapshot.data[""]["rate"] == 0.5
    assert step.incidents[0].message == "`rate` is read-only"


NAMED = """
start: ask
variables: {u: {type: enum, values: {low: 1, high: 3}}}
nodes:
  ask: {type: question, text: "How urgent?", choices: CHOICES, variable: u, next: bye}
  bye: {type: end, text: "{{ u + 1 }}"}
"""


@pytest.mark.parametrize("choices", ["[low, high]", "[low, none]", "[{value: 3, label: high}]"])
def test_a_choice_may_be_the_name_of_a_value(choices: str) -> None:
    assert wrong(compiled(NAMED.replace("CHOICES", choices))) == ()


def test_the_name_of_a_value_that_is_chosen_is_kept_as_that_value() -> None:
    assert talk(NAMED.replace("CHOICES", "[low, high]"), "high") == ["How urgent?", "4"]


def test_choices_that_are_neither_values_nor_names_are_found() -> None:
    assert "I508" in {one.code for one in wrong(compiled(NAMED.replace("CHOICES", "[some, none]")))}


ADDING = """
start: change
variables:
  number: {type: int, default: 1}
  words: {type: string, default: abc}
  digits: {type: string, default: "5"}
  given: {type: string, input: true}
  kind: {type: enum, values: [open, paid], default: open}
  level: {type: enum, values: ["1", "2"], default: "1"}
  urgency: {type: enum, values: {low: 1, high: 3}, default: low}
  list: {type: list, default: []}
  flag: {type: bool, default: true}
nodes:
  change: {type: set, actions: [ACTION], next: bye, on_error: {fallback: sorry}}
  bye: {type: end, text: "{{ NAME }}"}
  sorry: {type: end, text: "sorry"}
"""


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("{increment: list}", "it is declared as list, to which values are appended"),
        ("{increment: list, by: '{{ number }}'}", "a value of type `int` is no list"),
        ("{increment: words}", "`abc` is no number"),
        ("{increment: kind}", "none of `open`, `paid` is a number"),
        ("{increment: kind, by: '{{ number }}'}", "none of `open`, `paid` is a number"),
        ("{increment: digits, by: '{{ list }}'}", "a value of type `list(dyn)` is no number"),
        ("{increment: number, by: '{{ kind }}'}", "a value of type `string` is no number"),
        ("{increment: number, by: '{{ list }}'}", "a value of type `list(dyn)` is no number"),
        ("{increment: number, by: '{{ flag }}'}", "a value of type `bool` is no number"),
    ],
)
def test_what_can_never_be_added_is_found(action: str, reason: str) -> None:
    name = action.removeprefix("{increment: ").split(",")[0].rstrip("}")
    flow = ADDING.replace("ACTION", action).replace("NAME", name)
    (found,) = wrong(compiled(flow))
    assert (found.code, found.location.line) == ("G302", 16)
    assert found.message == f"`{name}` cannot be incremented by that: {reason}"
    assert said(drafted(flow)) == ["sorry"]


@pytest.mark.parametrize(
    ("action", "kept"),
    [
        ("{increment: digits}", "6"),
        ("{increment: words, by: d}", "abcd"),
        ("{set: words, to: '7'}, {increment: words}", "8"),
        ("{increment: level}", "2"),
        ("{increment: urgency, by: 2}", "3"),
        ("{increment: number, by: '{{ digits }}'}", "6"),
        ("{increment: number, by: '{{ level }}'}", "2"),
        ("{increment: list, by: '{{ [1] }}'}", "[1]"),
    ],
)
def test_what_can_be_added_is_not_told(action: str, kept: str) -> None:
    name = action.split("increment: ")[1].split(",", maxsplit=1)[0].rstrip("}")
    flow = ADDING.replace("ACTION", action).replace("NAME", name)
    assert wrong(compiled(flow)) == ()
    assert talk(flow) == [kept]


def test_what_is_declared_and_was_never_set_is_told_to_have_no_value() -> None:
    flow = """
start: route
variables: {n: {type: int, input: true}}
nodes:
  route: {type: condition, branches: [{if: "n > 1", to: bye}], else: bye}
  bye: {type: end, text: "{{ n }}"}
"""
    (turn,) = drafted(flow)
    assert {one.message for one in turn.macrostep.incidents} == {"`n` has no value"}
