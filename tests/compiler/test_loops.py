"""Loops: rounds over a list, rounds by count, rounds while something holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compiler.conversations import compiled, talk, turns

SHOPPING = """
start: each
variables: {cart: {type: list, default: [apple, pear, plum]}, n: {type: int, default: 0}}
nodes:
  each:
    type: loop
    each: cart
    item: fruit
    index: i
    next: bye
    nodes:
      ask:
        {type: question, text: "{{ i }}: {{ fruit }}?", variable: n, input: integer, next: check}
      check: {type: condition, branches: [{if: n > 5, to: out}], else: again}
      again: {type: continue}
      out: {type: break}
  bye: {type: end, text: Bye}
"""


def counted(times: str, limit: str = "", on: str = "") -> str:
    return f"""
start: count
variables: {{n: {{type: int, default: 0}}}}
nodes:
  count:
    type: loop
    {times}
    {limit}
    index: i
    next: bye
    {on}
    nodes:
      say: {{type: message, text: "{{{{ i }}}}", next: add}}
      add: {{type: set, actions: [{{increment: n}}], next: again}}
      again: {{type: continue}}
  bye: {{type: end, text: "{{{{ n }}}} rounds"}}
  enough: {{type: end, text: Enough}}
"""


def test_there_is_a_round_for_every_element() -> None:
    assert talk(SHOPPING, "1", "2", "3") == ["0: apple?", "1: pear?", "2: plum?", "Bye"]


def test_a_break_leaves_the_loop() -> None:
    assert talk(SHOPPING, "1", "9") == ["0: apple?", "1: pear?", "Bye"]


def test_a_break_has_a_way_of_its_own_where_one_is_drawn() -> None:
    wired = SHOPPING.replace("next: bye\n    nodes", "next: bye\n    on: {break: stop}\n    nodes")
    wired += "  stop: {type: end, text: Stop}\n"
    assert talk(wired, "9") == ["0: apple?", "Stop"]


def test_an_empty_list_has_no_rounds() -> None:
    assert talk(SHOPPING.replace("[apple, pear, plum]", "[]")) == ["Bye"]


def test_the_list_is_copied_so_changing_it_changes_nothing() -> None:
    growing = SHOPPING.replace("else: again}", "else: grow}").replace(
        "      again:",
        "      grow: {type: set, actions: [{append: cart, value: fig}], next: again}\n      again:",
    )
    assert talk(growing, "1", "2", "3")[-1] == "Bye"


def test_what_a_loop_declares_is_gone_behind_it() -> None:
    played = turns(SHOPPING, "1", "9")
    assert played[-1].data == {"cart": ["apple", "pear", "plum"], "n": 9}


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ("times: 3", ["0", "1", "2", "3 rounds"]),
        ("times: n + 2", ["0", "1", "2 rounds"]),
        ("times: 0", ["0 rounds"]),
        ("while: n < 2", ["0", "1", "2 rounds"]),
        ("while: 'false'", ["0 rounds"]),
    ],
)
def test_rounds_by_number_and_by_condition(times: str, said: list[str]) -> None:
    assert talk(counted(times)) == said


def test_too_many_rounds_are_an_error() -> None:
    played = turns(counted("while: 'true'", "limit: 5"))
    assert played[-1].status == "failed"


def test_too_many_rounds_have_a_way_of_their_own_where_one_is_drawn() -> None:
    flow = counted("while: 'true'", "limit: 2", "on: {limit: enough}")
    assert talk(flow) == ["0", "1", "Enough"]


def test_loops_stand_inside_loops() -> None:
    flow = """
start: rows
nodes:
  rows:
    type: loop
    each: "['a', 'b']"
    item: row
    next: bye
    nodes:
      columns:
        type: loop
        times: 2
        index: column
        next: onward
        nodes:
          cell: {type: message, text: "{{ row }}{{ column }}", next: again}
          again: {type: continue}
      onward: {type: continue}
  bye: {type: end}
"""
    assert talk(flow) == ["a0", "a1", "b0", "b1"]


def test_a_loop_may_be_left_for_a_node_around_it() -> None:
    assert talk(
        SHOPPING.replace("to: out", "to: bye").replace("      out: {type: break}\n", ""), "9"
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("start: each", "start: ask"), "S101"),
        (("each: cart", "each: n +"), "G301"),
        (("each: cart", "each: carts"), "G303"),
        (("each: cart", "each: n"), "G302"),
        (("item: fruit", "item: fruit\n    start: nowhere"), "S103"),
        (("fruit }}?", "frut }}?"), "D405"),
        (("Bye}", "'{{ fruit }}'}"), "D408"),
        (("variable: n", "variable: fruit"), "D408"),
        (("variable: n", "variable: i"), "D408"),
        (("item: fruit", "item: n"), "D408"),
        (("each: cart", "times: '3'\n    each: cart"), "R004"),
        (("each: cart", ""), "R005"),
    ],
)
def test_what_is_wrong_with_a_loop_is_found_in_its_line(change: tuple[str, str], code: str) -> None:
    findings = compiled(SHOPPING.replace(*change, 1)).findings
    found: dict[str, Any] = {finding.code: finding.location.line for finding in findings}
    assert code in found
    assert found[code] > 0


TYPED = """
start: each
variables:
  orders:
    type: list
    of:
      type: object
      fields: {total: double, lines: {type: list, of: {type: object, fields: {sku: string}}}}
    default: [{total: 2.5, lines: [{sku: a}]}]
nodes:
  each:
    type: loop
    each: ORDERS
    item: order
    index: i
    next: bye
    nodes:
      say: {type: message, text: "{{ OUTER }}", next: lines}
      lines:
        type: loop
        each: order.lines
        item: line
        next: again
        nodes:
          tell: {type: message, text: "{{ INNER }}", next: on}
          on: {type: continue}
      again: {type: continue}
  bye: {type: end}
"""


@pytest.mark.parametrize(
    ("outer", "inner", "told"),
    [
        ("order.total", "line.sku", ""),
        ("order.totals", "line.sku", "there is no field `totals`"),
        ("order.total", "line.sum", "there is no field `sum`"),
        ("order.total", "line.sku + i", "`+` is not defined on (string, int)"),
        ("i.total", "line.sku", "`.total` of `int`, which has no fields"),
    ],
)
def test_an_element_is_of_the_type_that_the_list_declares(
    outer: str, inner: str, told: str
) -> None:
    text = TYPED.replace("ORDERS", "orders").replace("OUTER", outer).replace("INNER", inner)
    messages = [finding.message for finding in compiled(text).errors]
    assert messages == ([told] if told else [])


def test_of_the_elements_of_a_list_of_anything_nothing_is_known() -> None:
    text = TYPED.replace("ORDERS", "dyn(orders)").replace("OUTER", "order.x.y")
    assert not compiled(text.replace("INNER", "line.z")).errors


def test_a_response_has_no_other_fields_than_status_headers_and_body() -> None:
    text = """
start: ask
variables: {code: {type: int, default: 0}}
nodes:
  ask:
    type: http
    url: https://api.example.com/
    save: {code: response.code}
    success: bye
    error: bye
  bye: {type: end, text: "{{ code }}"}
"""
    assert "there is no field `code`" in [finding.message for finding in compiled(text).errors]
    assert not compiled(text.replace("response.code", "response.status")).errors
