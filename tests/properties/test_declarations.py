"""Typed code is sound: what a variable holds is of its type, through whatever door it came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.errors import EvaluationError, InvalidEvent
from statewright.expressions import Environment, Literal, Uint, evaluate, parse
from statewright.expressions.admission import admitted
from statewright.expressions.codegen import compile_expression
from statewright.expressions.types import CelType
from statewright.statechart import (
    Datum,
    Event,
    Limits,
    Member,
    Statechart,
    chart_from_json,
    chart_to_json,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.interventions.intervening import PATCH, patched
from statewright.statechart.values.coercion import held
from statewright.statechart.values.value_types import type_of
from tests.statechart.building import assign, atom, to

MANY = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

NAMES = st.sampled_from(["a", "b", "c d", "if"])
AT = datetime(2026, 5, 1, 12, tzinfo=UTC)

SCALARS = st.sampled_from(
    [
        Member("dyn"),
        Member("bool"),
        Member("int"),
        Member("int", Limits(minimum=0, maximum=9)),
        Member("int", Limits(values=(1, 2), names=("one", "two"))),
        Member("uint"),
        Member("double", Limits(maximum=2.5)),
        Member("string"),
        Member("string", Limits(values=("x", "y"))),
        Member("string", Limits(shortest=1, longest=3, pattern="^[a-z0-9]*$")),
        Member("string", Limits(date=True)),
        Member("bytes"),
        Member("timestamp", Limits(minimum=AT)),
        Member("duration"),
    ]
)


def nullable(member: Member) -> Member:
    limits = member.limits or Limits()
    return Member(member.type, Limits(**{**vars_of(limits), "nullable": True}))


def vars_of(limits: Limits) -> dict[str, Any]:
    return {name: getattr(limits, name) for name in Limits.__dataclass_fields__}


def containers(inner: st.SearchStrategy[Member]) -> st.SearchStrategy[Member]:
    fields = st.lists(st.tuples(NAMES, inner, st.booleans()), max_size=3, unique_by=lambda f: f[0])
    return (
        inner.map(lambda one: Member("list", Limits(element=one, longest=3)))
        | inner.map(lambda one: Member("map", Limits(element=one)))
        | st.builds(
            lambda found, others: Member(
                "map",
                Limits(
                    fields=tuple(
                        Member(one.type, one.limits, name, opt) for name, one, opt in found
                    ),
                    others=others,
                ),
            ),
            fields,
            st.booleans(),
        )
        | inner.map(nullable)
    )


MEMBERS = st.recursive(SCALARS, containers, max_leaves=5)

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, 1, 2, 7, -1, 2**63 - 1, 2**63, 1.0, 2.5, -0.0, float("nan"), 1e300,
        Uint(1), "", "x", "y", "one", "3", "2.0", "true", "2026-05-01", "2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00.000000001Z", "90s", "é", "abcd", b"x", b"\xff", AT, timedelta(1), [], {},
    ]
)  # fmt: skip
VALUES = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def fitting(draw: st.DrawFn, member: Member) -> Any:
    """Values that are nearly as they are declared."""
    limits = member.limits or Limits()
    if limits.nullable and draw(st.booleans()):
        return None
    if limits.element is not None and member.type == "list":
        return [draw(fitting(limits.element)) for _ in range(draw(st.integers(0, 3)))]
    if limits.element is not None:
        return {draw(NAMES): draw(fitting(limits.element)) for _ in range(draw(st.integers(0, 2)))}
    if limits.fields:
        return {
            field.name: draw(fitting(field))
            for field in limits.fields
            if not field.optional or draw(st.booleans())
        }
    return draw(ODD if draw(st.integers(0, 3)) else VALUES)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Member, Any]:
    """A declaration, and a value that somebody writes."""
    member = draw(MEMBERS)
    return member, draw(fitting(member) if draw(st.integers(0, 4)) else VALUES)


def is_held(member: Member, value: Any) -> None:
    """The value is of the declared type, and writing it again changes nothing."""
    assert_same(admitted(value, type_of(member.type, member.limits)), value)
    assert_same(held(value, member.type, member.limits), value)


def assert_same(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    assert repr(one) == repr(other)


def kept(member: Member, value: Any) -> Any:
    return held(value, member.type, member.limits)


@MANY
@given(cases())
def test_a_value_is_of_the_declared_type_or_refused(case: tuple[Member, Any]) -> None:
    member, value = case
    try:
        made = kept(member, value)
    except EvaluationError:
        return
    is_held(member, made)


def session_chart(member: Member) -> Statechart:
    """A chart with doors: an input, an assignment of a whole and of a part, and the contact."""
    declared = Datum("x", member.type, limits=member.limits)
    return Statechart(
        "doors",
        (
            atom(
                "a",
                to(on="whole", do=assign("x", "event.data.value")),
                to(on="part", do=assign("x.a", "event.data.value")),
                to(on="contact", do=assign("contact.x", "event.data.value")),
                to(on="read", do=assign("y", "contact.x")),
            ),
        ),
        data=(declared, Datum("y")),
        inputs=("x",),
        contact=(declared,),
    )


def writes(chart: Statechart, value: Any) -> Iterator[tuple[str, Any]]:
    """What is there after the value came through each of the doors that let it in."""
    doors: list[tuple[str, Any]] = []
    begun = start(chart, session="s", seed="s", now=0).snapshot
    with suppress(InvalidEvent):
        given = start(chart, session="s", seed="s", now=0, data={"x": value})
        doors.append(("input", given))
    for name in ("whole", "part", "contact"):
        try:
            doors.append((name, macrostep(chart, begun, Event(name, {"value": value}))))
        except InvalidEvent:
            return  # no event can carry such a value
    doors.append(("read", macrostep(chart, begun, Event("read", contact={"x": value}))))
    with suppress(InvalidEvent):
        doors.append(("patch", patched(chart, begun, Event(PATCH, {"x": value}))))
    for name, step in doors:
        assert snapshot_to_json(snapshot_from_json(snapshot_to_json(step.snapshot))) == (
            snapshot_to_json(step.snapshot)
        )
        data = step.snapshot.data[""]
        if "x" in data:
            yield name, data["x"]
        elif name == "read" and "y" in data:
            yield name, data["y"]
        for effect in step.effects:
            yield name, effect.data["value"]
        if name in {"whole", "contact"} and "x" not in data and not step.effects:
            assert step.incidents


@MANY
@given(cases())
def test_every_door_lets_in_what_is_declared_and_nothing_else(case: tuple[Member, Any]) -> None:
    member, value = case
    chart = session_chart(member)
    assert chart_from_json(chart_to_json(chart)) == chart
    for _, found in writes(chart, value):
        is_held(member, found)


PATHS = ("x", "x.a", "x['a']", "x['c d']", "x[0]", "x.b.a", "x.?a.orValue(1)", "x.a[0]")
FORMS = (
    "{}", "{} == {}", "{} != null", "size({})", "{} + {}", "{} < {}", "has(x.a)", "string({})",
    "{}.exists(i, i == {})", "[{}, 1]", "{} in [1, 'x']", "type({})", "{} == 'x' ? 1 : 2", "-{}",
    "{}.map(i, i)", "{} > 2", "{}.startsWith('x')",
)  # fmt: skip


def outcome(run: Any, *arguments: Any) -> tuple[str, Any]:
    try:
        value = run(*arguments)
    except EvaluationError:
        return "error", None
    return type(value).__name__, repr(value)


@MANY
@given(cases(), st.sampled_from(FORMS), st.sampled_from(PATHS), st.sampled_from(PATHS))
def test_typed_code_gives_what_the_interpreter_gives(
    case: tuple[Member, Any], form: str, one: str, other: str
) -> None:
    member, value = case
    try:
        made = kept(member, value)
    except EvaluationError:
        return
    expression = parse(form.format(one, other))
    known: dict[str, CelType] = {"x": type_of(member.type, member.limits)}
    program = compile_expression(expression, Environment(known, unset=frozenset({"x"})))
    assert outcome(program, {"x": made}) == outcome(evaluate, expression, {"x": made})


@pytest.mark.parametrize("value", [3, "two", None])
def test_a_default_of_the_contact_is_seen_until_there_is_a_value(value: Any) -> None:
    limits = Limits(values=(1, 2), names=("one", "two"))
    chart = Statechart(
        "c",
        (atom("a", to(on="read", do=assign("y", "contact.x"))),),
        data=(Datum("y"),),
        contact=(Datum("x", "int", Literal(1), limits),),
    )
    begun = start(chart, session="s", seed="s", now=0).snapshot
    read = Event("read", contact={} if value is None else {"x": value})
    step = macrostep(chart, begun, read)
    assert step.snapshot.data[""]["y"] == (2 if value == "two" else 1)
    assert [incident.name for incident in step.incidents] == (["misfit"] if value == 3 else [])
