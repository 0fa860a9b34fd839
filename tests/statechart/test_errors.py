"""What happens when expressions fail: blocks end, guards are false, and both can be heard."""

from __future__ import annotations

import pytest

from statewright.expressions import Secret, Template
from statewright.statechart.actions import Branch, If
from tests.statechart.building import (
    Raise,
    Say,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    incidents,
    note,
    said,
    text,
    to,
)


def test_an_error_ends_its_block_and_no_other() -> None:
    state = atom("a", entry=((note("one"), assign("n", "1 / 0"), note("never")), (note("two"),)))
    session = begun(chart(state, data={"trace": [], "n": 0}))
    assert session.data["trace"] == ["one", "two"]


def test_an_error_says_what_where_and_by_which_expression() -> None:
    state = atom(
        "a",
        to("b", on="error.execution.action", do=assign("seen", "event.data")),
        entry=((assign("n", "1 / (n - n)"),),),
    )
    session = begun(chart(state, atom("b"), data={"n": 1, "seen": None}))
    assert session.data["seen"] == {
        "message": "division by zero",
        "state": "a",
        "expression": "1 / (n - n)",
    }
    (incident,) = session.step.incidents
    assert (incident.name, incident.state) == ("error.execution.action", "a")
    assert (incident.message, incident.expression) == ("division by zero", "1 / (n - n)")


def test_a_guard_that_fails_is_false_and_raises_once_per_macrostep() -> None:
    state = atom("a", to("x", on="go", when="missing"), to("x", when="absent"), to("b", on="go"))
    b = atom("b", to("c", on="error.execution.guard", do=note("caught")))
    session = begun(chart(state, b, atom("c"), atom("x"), data={"trace": []}))
    assert incidents(session.step) == ["error.execution.guard"]
    step = session.send("go")
    assert session.states == ["c"]
    assert incidents(step) == ["error.execution.guard"]


def test_a_guard_that_fails_while_an_error_is_handled_raises_nothing() -> None:
    state = atom(
        "a",
        to("b", on="error", when="missing"),
        to(on="error.execution.guard", do=note("again")),
        entry=((assign("n", "1 / 0"),),),
    )
    session = begun(chart(state, atom("b"), data={"trace": [], "n": 0}))
    assert session.states == ["a"]
    assert session.data["trace"] == []
    assert incidents(session.step) == ["error.execution.action", "error.execution.guard"]


@pytest.mark.parametrize("guard", ["1", "'true'", "null", "[true]"])
def test_a_guard_is_true_or_false_and_nothing_else(guard: str) -> None:
    session = begun(chart(atom("a", to("b", on="go", when=guard)), atom("b")))
    step = session.send("go")
    assert session.states == ["a"]
    assert incidents(step) == ["error.execution.guard"]


def test_a_branch_whose_guard_fails_is_passed_over() -> None:
    choice = If((Branch(cel("missing").expression, (note("then"),)),), (note("else"),))
    state = atom("a", to("b", on="error.execution.guard"), entry=((choice, note("after")),))
    session = begun(chart(state, atom("b"), data={"trace": []}))
    assert session.data["trace"] == ["else", "after"]
    assert session.states == ["b"]


def test_the_first_branch_that_holds_is_run() -> None:
    arms = tuple(
        Branch(cel(guard).expression, (note(guard),)) for guard in ("n > 2", "n > 1", "n > 0")
    )
    session = begun(chart(atom("a", entry=((If(arms),),)), data={"trace": [], "n": 2}))
    assert session.data["trace"] == ["n > 1"]


def test_a_hole_without_a_value_prints_nothing_and_is_an_incident() -> None:
    state = atom("a", entry=((Say(text("Hello {{ name }}, {{ n }} left")), note("after")),))
    session = begun(chart(state, data={"name": None, "n": 2, "trace": []}))
    assert said(session.step) == ["Hello , 2 left"]
    assert [(i.name, i.expression) for i in session.step.incidents] == [("error.template", "name")]
    assert session.data["trace"] == ["after"]


def test_a_secret_is_never_said() -> None:
    session = begun(chart(atom("a", entry=((Say(text("key {{secret:k}}!")),),))))
    assert said(session.step) == ["key !"]
    assert incidents(session.step) == ["error.template"]
    assert isinstance(text("{{secret:k}}").template, Template)
    assert text("{{secret:k}}").template.parts == (Secret("k"),)


def test_a_secret_is_never_kept_in_a_variable() -> None:
    state = atom(
        "a", entry=((assign("x", text("{{secret:k}}")),), (Raise("e", text("{{secret:k}}")),))
    )
    session = begun(chart(state, data={"x": None}))
    assert incidents(session.step) == ["error.execution.action"] * 2
    assert session.data == {}


def test_a_handler_that_fails_itself_goes_round_until_the_limit_and_no_further() -> None:
    state = compound(
        "p",
        atom("a"),
        on=(to(on="error", do=assign("n", "1 / 0")),),
        entry=((assign("n", "1 / 0"),),),
    )
    session = begun(chart(state, data={"n": 0}, limit=50))
    assert session.snapshot.status == "failed"
    assert session.step.incidents[-1].name == "error.limit"
