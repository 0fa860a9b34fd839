"""Variables: scopes, assignment, types, what expressions see, contact and tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from statewright.errors import InvalidEvent
from statewright.expressions import NOTHING, Literal, Maybe, Record, Uint
from statewright.statechart import Datum, Event, macrostep
from statewright.statechart.actions import Assign, ForEach, Log
from statewright.statechart.effects import EffectKind
from statewright.statechart.values.coercion import coerced
from tests.statechart.building import (
    SECOND,
    Say,
    Session,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    incidents,
    said,
    text,
    to,
)


def assigning(value: Any, declared: str = "dyn", location: str = "x") -> Session:
    """A session in which `x` of a type was given a value."""
    content = value if isinstance(value, Literal) else cel(value)
    state = atom("a", entry=((assign(location, content),),))
    return begun(chart(state, data={"x": Datum("x", declared), "n": 2}))


@pytest.mark.parametrize(
    ("declared", "value", "kept"),
    [
        ("int", "7", 7),
        ("int", "7u", 7),
        ("int", "7.0", 7),
        ("int", "'42'", 42),
        ("uint", "7", Uint(7)),
        ("uint", "'7'", Uint(7)),
        ("double", "3", 3.0),
        ("double", "'1.5'", 1.5),
        ("string", "3", "3"),
        ("string", "2.5", "2.5"),
        ("string", "true", "true"),
        ("string", "b'hi'", "hi"),
        ("string", "duration('90s')", "90s"),
        ("bool", "'true'", True),
        ("bytes", "'hi'", b"hi"),
        ("timestamp", "'2026-01-01T00:00:00Z'", datetime(2026, 1, 1, tzinfo=UTC)),
        ("duration", "'1h30m'", timedelta(minutes=90)),
        ("list", "[1, 'a']", [1, "a"]),
        ("map", "{'a': 1}", {"a": 1}),
        ("dyn", "[{'a': [null, 1u]}]", [{"a": [None, Uint(1)]}]),
        ("dyn", "optional.of(3)", 3),
    ],
)
def test_a_value_is_coerced_to_the_declared_type_once_on_write(
    declared: str, value: str, kept: Any
) -> None:
    session = assigning(value, declared)
    assert session.data["x"] == kept
    assert type(session.data["x"]) is type(kept)


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("int", "7.5"),
        ("int", "'7.5'"),
        ("int", "'many'"),
        ("int", "true"),
        ("int", "null"),
        ("int", "18446744073709551615u"),
        ("int", "1e300"),
        ("uint", "-1"),
        ("double", "9007199254740993"),
        ("double", "true"),
        ("string", "null"),
        ("string", "[1]"),
        ("bool", "1"),
        ("bool", "'t'"),
        ("list", "{'a': 1}"),
        ("map", "[]"),
        ("timestamp", "'yesterday'"),
        ("duration", "90"),
        ("dyn", "{1: 'a'}"),
        ("dyn", "int"),
    ],
)
def test_a_conversion_that_would_lose_something_is_an_error(declared: str, value: str) -> None:
    session = assigning(value, declared)
    assert incidents(session.step) == ["error.execution.action"]
    assert "x" not in session.data


def test_an_empty_optional_unsets() -> None:
    state = atom("a", to(on="go", do=(assign("x", "optional.none()"), assign("m.b.c", "vars.?no"))))
    session = begun(chart(state, data={"x": 1, "m": {"b": {"c": 1, "d": 2}}}))
    session.send("go")
    assert session.data == {"m": {"b": {"d": 2}}}


def test_unsetting_what_is_not_there_changes_nothing() -> None:
    state = atom("a", entry=((assign("m.b.c", Literal(NOTHING)), assign("x", Literal(NOTHING))),))
    session = begun(chart(state, data={"x": None, "m": {"a": 1}}))
    assert session.data == {"m": {"a": 1}}


def test_missing_maps_on_the_way_are_made() -> None:
    session = assigning("1", location="x.a.b")
    assert session.data["x"] == {"a": {"b": 1}}


@pytest.mark.parametrize("location", ["n.a", "typed.a"])
def test_what_is_no_map_has_no_parts(location: str) -> None:
    state = atom("a", entry=((assign(location, "1"),),))
    session = begun(chart(state, data={"n": 2, "typed": Datum("typed", "int")}))
    assert incidents(session.step) == ["error.execution.action"]
    assert session.data == {"n": 2}


def test_assigning_to_what_is_not_declared_is_an_error() -> None:
    session = begun(chart(atom("a", entry=((assign("nobody", "1"),),))))
    (incident,) = session.step.incidents
    assert "`nobody`" in incident.message


def test_the_innermost_declaration_wins_for_reading_and_writing() -> None:
    inner = atom("i", to(on="go", do=assign("n", "n + 1")), data=(Datum("n", "int", Literal(10)),))
    session = begun(chart(compound("p", inner), data={"n": 1}))
    session.send("go")
    assert (session.data, session.snapshot.data["i"]) == ({"n": 1}, {"n": 11})


def test_a_shadowing_variable_that_is_unset_hides_the_outer_one() -> None:
    inner = atom("i", entry=((Say(text("{{ n }}")), Say(cel("vars"))),), data=(Datum("n"),))
    session = begun(chart(inner, data={"n": 1, "m": 2}))
    assert said(session.step) == ["", {"m": 2}]
    assert incidents(session.step) == ["error.template"]


def test_what_is_looked_up_in_vars_is_what_the_name_alone_means() -> None:
    looked = "[vars['a'], vars[?'a'].orValue(0), vars['m'], vars[?'n'].orValue(0)]"
    inner = atom("i", entry=((Say(cel(looked)),),), data=(Datum("a", value=Literal(3)), Datum("n")))
    session = begun(chart(inner, data={"a": 1, "n": 1, "m": 2}))
    assert said(session.step) == [[3, 3, 2, 0]]
    missing = atom("i", entry=((Say(text("{{ vars['n'] }}")),),), data=(Datum("n"),))
    session = begun(chart(missing, data={"n": 1}))
    assert (said(session.step), incidents(session.step)) == ([""], ["error.template"])


def test_initial_values_may_use_those_before_them_and_outer_ones() -> None:
    state = atom("a", data=(Datum("x", "int", cel("n + 1")), Datum("y", "int", cel("x * 2"))))
    assert begun(chart(state, data={"n": 1})).snapshot.data["a"] == {"x": 2, "y": 4}


def test_an_initial_value_that_fails_leaves_its_variable_unset() -> None:
    state = atom("a", to("b", on="error.execution.action"), data=(Datum("x", "int", cel("no")),))
    session = begun(chart(state, atom("b")))
    assert session.states == ["b"]
    assert incidents(session.step) == ["error.execution.action"]


def test_actions_of_a_transition_still_read_the_variables_of_the_state_it_leaves() -> None:
    inner = atom(
        "i", to("b", on="go", do=assign("out", "local")), data=(Datum("local", value=Literal(5)),)
    )
    session = begun(chart(inner, atom("b"), data={"out": None}))
    session.send("go")
    assert session.data == {"out": 5}


def test_expressions_see_the_session_the_event_and_the_answer() -> None:
    shown = cel(
        "[session.id, session.flow, session.turns, event.name, event.data.text, input, now, "
        "vars['odd name']]"
    )
    state = atom("a", to(on="message", do=Say(shown)))
    session = begun(chart(state, data={"odd name": 1}))
    step = session.send("message", {"text": "  hi "}, at=SECOND)
    moment = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert said(step) == [["s", "test", 2, "message", "  hi ", "hi", moment, 1]]


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"text": " a "}, "a"),
        ({"text": "Tea", "value": "t"}, "t"),
        ({"value": None}, "none"),
        ({"text": " a ", "value": None}, "a"),
        ({}, "none"),
        (None, "none"),
        ("text", "none"),
    ],
)
def test_the_input_is_the_value_chosen_else_the_text_trimmed(data: Any, answer: Any) -> None:
    state = atom(
        "a", to(on="message", when="input == 'never'"), to(on="message", do=assign("x", "input"))
    )
    session = begun(chart(state, data={"x": "none"}))
    session.send("message", data)
    assert session.data["x"] == answer


def test_an_event_without_data_reads_as_an_empty_map() -> None:
    state = atom("a", to("b", on="go", when="!has(event.data.x)"))
    session = begun(chart(state, atom("b")))
    session.send("go")
    assert session.states == ["b"]


def test_no_variable_hides_a_root_but_it_is_among_the_vars() -> None:
    state = atom("a", to(on="go", do=Say(cel("[event.name, vars['event']]"))))
    session = begun(chart(state, data={"event": "mine"}))
    assert said(session.send("go")) == [["go", "mine"]]


def test_a_loop_runs_over_a_copy_and_makes_its_variables() -> None:
    body = (assign("xs", "xs + [x]"), assign("sum", "sum + x * i"))
    state = atom("a", entry=((ForEach(cel("xs").expression, "x", "i", body),),))
    session = begun(chart(state, data={"xs": [1, 2, 3], "sum": 0}))
    assert session.data == {"xs": [1, 2, 3, 1, 2, 3], "sum": 8, "x": 3, "i": 2}


def test_an_error_in_a_loop_ends_the_loop_and_the_block() -> None:
    loop = ForEach(cel("xs").expression, "x", "", (assign("sum", "sum + 6 / x"),))
    state = atom("a", entry=((loop, assign("sum", "100")), (assign("after", "sum"),)))
    session = begun(chart(state, data={"xs": [1, 0, 2], "sum": 0, "after": 0}))
    assert (session.data["sum"], session.data["after"]) == (6, 6)


def test_a_loop_over_what_is_no_list_is_an_error() -> None:
    state = atom("a", entry=((ForEach(cel("3").expression, "x", "", ()),),))
    assert incidents(begun(chart(state)).step) == ["error.execution.action"]


def test_inputs_replace_initial_values_and_are_coerced() -> None:
    declared = chart(atom("a"), data={"n": Datum("n", "int", Literal(1)), "m": 2}, inputs=("n",))
    assert begun(declared).data == {"n": 1, "m": 2}
    assert begun(declared, data={"n": "7"}).data == {"n": 7, "m": 2}


@pytest.mark.parametrize("data", [{"m": 1}, {"nobody": 1}, {"n": "many"}, {"n": object()}])
def test_other_inputs_are_refused(data: dict[str, Any]) -> None:
    declared = chart(atom("a"), data={"n": Datum("n", "int", Literal(1)), "m": 2}, inputs=("n",))
    with pytest.raises(InvalidEvent):
        begun(declared, data=data)


def test_contact_and_tenant_travel_on_the_event_and_writes_are_patches() -> None:
    actions = (
        assign("contact.name", "contact.name + '!'"),
        assign("tenant.seen.last", "contact.name"),
        assign("contact.age", "optional.none()"),
        Say(cel("[contact, tenant]")),
    )
    session = begun(chart(atom("a", to(on="go", do=actions))))
    step = session.send("go", contact={"name": "Ana", "age": 3}, tenant={})
    patches = [dict(e.data) for e in step.effects if e.kind is EffectKind.PATCH]
    assert patches == [
        {"operation": "set", "scope": "contact", "path": ["name"], "value": "Ana!"},
        {"operation": "set", "scope": "tenant", "path": ["seen", "last"], "value": "Ana!"},
        {"operation": "unset", "scope": "contact", "path": ["age"]},
    ]
    assert said(step) == [[{"name": "Ana!"}, {"seen": {"last": "Ana!"}}]]
    assert session.snapshot.data == {"": {}}


def test_a_block_that_fails_patches_nothing_and_keeps_what_else_it_asked_for() -> None:
    failing = (
        Say(cel("'before'")),
        assign("contact.visits", "contact.visits + 1"),
        assign("tenant.last", "contact.visits"),
        Say(cel("contact.visits")),
        assign("contact.age", "optional.none()"),
        assign("x", "1 / 0"),
    )
    after = (Say(cel("contact")), assign("contact.seen", "true"))
    state = atom("a", to("b", on="go", do=failing))
    session = begun(chart(state, atom("b", entry=(after,)), data={"x": None}))
    step = session.send("go", contact={"visits": 1, "age": 3}, tenant={})
    assert said(step) == ["before", 2, {"visits": 1, "age": 3}]
    patches = [dict(e.data) for e in step.effects if e.kind is EffectKind.PATCH]
    assert patches == [{"operation": "set", "scope": "contact", "path": ["seen"], "value": True}]
    ids = [effect.id for effect in step.effects]
    assert len(set(ids)) == len(ids) == 4


def test_what_a_caller_changes_afterwards_does_not_change_the_session() -> None:
    data: dict[str, Any] = {"list": [1], "map": {"a": [2]}}
    session = begun(chart(atom("a", to(on="go", do=assign("x", "event.data"))), data={"x": None}))
    session.send("go", data)
    data["list"].append(9)
    assert session.data["x"] == {"list": [1], "map": {"a": [2]}}


EDGE = datetime.max.replace(tzinfo=timezone(timedelta(hours=-9)))


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1: 2},
        {"a": {3}},
        "\ud800",
        {"\udfff": 1},
        2**64,
        Uint(2**64),
        b"x" * 2_000_001,
        ["x" * 1_000_000] * 3,
        datetime.min,  # noqa: DTZ901 - it has no time zone, and that is the point
        EDGE,
        Maybe(True, object()),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_value_is_refused_at_the_door(value: Any) -> None:
    session = begun(chart(atom("a")))
    with pytest.raises(InvalidEvent):
        session.send("go", {"value": value})


def test_a_value_that_is_nested_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    session = begun(chart(atom("a")))
    with pytest.raises(InvalidEvent, match="inside each other"):
        session.send("go", deep)


def test_a_variable_cannot_grow_larger_than_it_may_by_holding_itself_twice() -> None:
    state = atom("a", to(on="go", do=assign("x", "[x, x]")))
    session = begun(chart(state, data={"x": "0123456789" * 1000}))
    for _ in range(20):
        session.send("go")
    assert incidents(session.step) == ["error.execution.action"]
    assert "too large" in session.step.incidents[0].message


def test_a_variable_cannot_grow_deeper_than_it_may() -> None:
    state = atom("a", to(on="go", do=assign("x", "[x]")))
    session = begun(chart(state, data={"x": 0}))
    for _ in range(120):
        session.send("go")
    assert incidents(session.step) == ["error.execution.action"]


def test_logs_are_incidents() -> None:
    state = atom("a", entry=((Log("n", cel("{'n': n}")), Log("alone"), Log("", Literal(True))),))
    session = begun(chart(state, data={"n": 1}))
    assert [(i.name, i.message) for i in session.step.incidents] == [
        ("log", 'n: {"n":1}'),
        ("log", "alone"),
        ("log", "true"),
    ]


def test_a_record_may_be_assigned_as_a_whole() -> None:
    content = Record((("a", cel("n")), ("b", Literal([1]))))
    session = begun(chart(atom("a", entry=((Assign(("x",), content),),)), data={"x": None, "n": 2}))
    assert session.data["x"] == {"a": 2, "b": [1]}


def test_snapshots_are_never_changed_by_later_steps() -> None:
    state = atom("a", to(on="go", do=assign("m.n", "m.n + 1")))
    session = begun(chart(state, data={"m": {"n": 0}}))
    first = session.snapshot
    session.send("go")
    macrostep(session.chart, first, Event("go"))
    assert first.data == {"": {"m": {"n": 0}}}
    assert session.data == {"m": {"n": 1}}


def test_an_optional_inside_a_value_is_kept_as_it_is() -> None:
    session = assigning("[optional.of(1), optional.none()]")
    assert session.data["x"] == [Maybe(True, 1), NOTHING]


@pytest.mark.parametrize(
    ("number", "text"), [(1234567.5, "1234567.5"), (2.0, "2"), (1e300, "1e+300")]
)
def test_a_double_in_a_variable_of_texts_is_written_for_people(number: float, text: str) -> None:
    assert coerced(number, "string") == text
