"""What is declared of values: types inside lists, maps and objects, limits, and what keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from statewright.errors import EvaluationError, InvalidEvent, InvalidStatechart
from statewright.expressions import Literal
from statewright.expressions.declarations import text_from_type
from statewright.statechart import (
    Datum,
    Event,
    Limits,
    Member,
    Statechart,
    chart_from_json,
    chart_to_json,
    start,
)
from statewright.statechart.interventions.intervening import PATCH, patched
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.values.coercion import coerced, held
from statewright.statechart.values.value_types import type_of
from tests.statechart.building import assign, atom, begun, chart, incidents, to

PRICES = Limits(element=Member("double", Limits(minimum=0)))
ORDER = Limits(
    fields=(
        Member("string", None, "name"),
        Member("list", PRICES, "prices", optional=True),
        Member("string", Limits(date=True, nullable=True), "on", optional=True),
    )
)
LEVELS = Limits(values=(1, 3), names=("low", "high"))


@pytest.mark.parametrize(
    ("declared", "limits", "value", "kept"),
    [
        ("list", PRICES, [1, "2.5", 3.0], [1.0, 2.5, 3.0]),
        ("map", PRICES, {"pen": 2}, {"pen": 2.0}),
        ("map", ORDER, {"name": 7}, {"name": "7"}),
        ("map", ORDER, {"on": None, "name": "a"}, {"name": "a", "on": None}),
        ("map", ORDER, {"name": "a", "prices": (1,)}, {"name": "a", "prices": [1.0]}),
        ("map", Limits(fields=ORDER.fields, others=True), {"name": "a", "x": 1}, None),
        ("int", Limits(nullable=True), None, None),
        ("int", LEVELS, "high", 3),
        ("int", LEVELS, "3", 3),
        ("string", Limits(date=True), "2028-02-29", "2028-02-29"),
        ("timestamp", Limits(minimum=datetime(2026, 1, 1, tzinfo=UTC)), "2026-05-01T00:00:00Z", 0),
        ("duration", Limits(maximum=timedelta(hours=1)), "90s", timedelta(seconds=90)),
        ("string", Limits(pattern="^[0-9]+$", shortest=2, longest=3), "12", "12"),
        ("list", Limits(longest=1), [1], [1]),
        ("dyn", Limits(minimum=3), "a", "a"),
    ],
)
def test_a_value_becomes_what_is_declared(
    declared: str, limits: Limits, value: Any, kept: Any
) -> None:
    made = held(value, declared, limits)
    if kept is None and value is not None:
        kept = value
    if kept != 0:
        assert made == kept
    assert held(made, declared, limits) == made


@pytest.mark.parametrize(
    ("declared", "limits", "value", "reason"),
    [
        ("list", PRICES, [1, "x"], "at `[1]`: the string 'x' is no double"),
        ("list", PRICES, [1, -2], "at `[1]`: the value -2 is less than 0"),
        ("map", PRICES, {"a b": []}, "at `['a b']`: the list is no double"),
        ("map", ORDER, {}, "the part `name` is missing"),
        ("map", ORDER, {"name": "a", "nam": 1}, "the part `nam` is not declared; there are `name`"),
        ("map", ORDER, {"name": "a", "prices": [1, None]}, "at `.prices[1]`: null is no"),
        ("map", ORDER, {"name": "a", "on": "2026-02-30"}, "at `.on`: the string '2026-02-30' is"),
        ("map", ORDER, [], "the list is no map"),
        ("int", LEVELS, 2, "the value 2 is not among those that are declared: `low`, `high`"),
        ("int", LEVELS, "medium", "the string 'medium' is no int"),
        ("int", Limits(), None, "null is no int"),
        ("string", Limits(date=True), "20260101", "is no date"),
        ("string", Limits(pattern="^[0-9]+$"), "12a", "does not match `^[0-9]+$`"),
        ("string", Limits(shortest=3), "ab", "the string has a size of 2, less than 3"),
        ("list", Limits(longest=1), [1, 2], "the list has a size of 2, more than 1"),
        ("timestamp", Limits(maximum=datetime(2026, 1, 1, tzinfo=UTC)), "2026-05-01T00:00:00Z", ""),
        ("duration", Limits(maximum=timedelta(hours=1)), "2h", "is greater than 1:00:00"),
    ],
)
def test_what_does_not_fit_is_refused_and_says_where_and_why(
    declared: str, limits: Limits, value: Any, reason: str
) -> None:
    with pytest.raises(EvaluationError) as error:
        held(value, declared, limits)
    assert reason in error.value.reason


def test_times_that_are_read_from_texts_are_kept_to_the_microsecond() -> None:
    at = coerced("2026-01-01T00:00:00.123456789Z", "timestamp")
    assert at == datetime(2026, 1, 1, microsecond=123456, tzinfo=UTC)
    assert type(coerced("1.000000001s", "duration")) is timedelta


def test_expressions_know_what_is_inside() -> None:
    known = type_of("map", ORDER)
    assert text_from_type(known) == ("{name: string, ?prices: list(double), ?on: nullable(string)}")
    assert type_of("int", LEVELS).values == (1, 3)


def test_a_declaration_is_written_down_and_read_again() -> None:
    limits = Limits(
        minimum=datetime(2026, 1, 1, tzinfo=UTC),
        element=Member("map", ORDER),
        names=("a",),
        values=(1,),
        constant=True,
    )
    declared = Datum("x", "list", limits=limits)
    one = Statechart("c", (atom("a"),), data=(declared,), contact=(Datum("n", "int", Literal(1)),))
    assert chart_from_json(chart_to_json(one)) == one


def test_a_chart_without_such_declarations_keeps_its_digest() -> None:
    plain = chart(atom("a"), data={"n": Datum("n", "int", Literal(1), Limits((1, 2), 0, 9))})
    limits = '"limits":{"maximum":9,"minimum":0,"values":[1,2]}'
    assert limits in chart_to_json(plain)
    assert '"contact"' not in chart_to_json(plain)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(element=Member("text")), "an element of variable `x` of the chart has the unknown"),
        (Limits(fields=(Member("int", None, "a"),) * 2), "declares a field twice"),
        (Limits(pattern="(?=a)"), "the pattern of variable `x` of the chart: invalid regular"),
        (Limits(minimum=[1]), "a bound of variable `x` of the chart has no order"),
        (Limits(names=("a",)), "has not as many `names` as `values`"),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(limits: Limits, reason: str) -> None:
    with pytest.raises(InvalidStatechart) as error:
        tree_of(chart(atom("a"), data={"x": Datum("x", "map", limits=limits)}))
    assert reason in str(error.value)


def deep(levels: int) -> Limits | None:
    limits: Limits | None = None
    for _ in range(levels):
        limits = Limits(element=Member("list", limits))
    return limits


def test_declarations_are_not_endlessly_deep() -> None:
    tree_of(chart(atom("a"), data={"x": Datum("x", "list", limits=deep(40))}))
    with pytest.raises(InvalidStatechart, match="levels deep"):
        tree_of(chart(atom("a"), data={"x": Datum("x", "list", limits=deep(400))}))


def test_where_a_part_changes_the_whole_has_to_fit() -> None:
    session = begun(
        chart(
            atom("a", to(on="go", do=assign("order.prices", "[event.data]"))),
            data={"order": Datum("order", "map", Literal({"name": "a"}), ORDER)},
        )
    )
    session.send("go", "2")
    assert session.data == {"order": {"name": "a", "prices": [2.0]}}
    session.send("go", "two")
    assert incidents(session.step) == ["error.execution.action"]
    assert session.data == {"order": {"name": "a", "prices": [2.0]}}


def test_a_part_that_has_to_be_there_is_not_taken_away() -> None:
    session = begun(
        chart(
            atom("a", to(on="go", do=assign("order.name", "optional.none()"))),
            data={"order": Datum("order", "map", Literal({"name": "a"}), ORDER)},
        )
    )
    session.send("go")
    assert incidents(session.step) == ["error.execution.action"]
    assert session.data == {"order": {"name": "a"}}


CONSTANT = Datum("rate", "double", Literal(0.5), Limits(constant=True))


def test_what_is_constant_keeps_its_first_value() -> None:
    session = begun(
        chart(atom("a", to(on="go", do=assign("rate", "0.7"))), data={"rate": CONSTANT})
    )
    session.send("go")
    assert session.data == {"rate": 0.5}
    assert session.step.incidents[0].message == "`rate` is read-only"
    with pytest.raises(InvalidEvent, match="`rate` cannot be patched: `rate` is read-only"):
        patched(session.chart, session.snapshot, Event(PATCH, {"rate": 0.7}, now=1))


def test_what_is_constant_may_be_given_at_the_start() -> None:
    one = Statechart("c", (atom("a"),), data=(CONSTANT,), inputs=("rate",))
    step = start(one, session="s", seed="s", now=0, data={"rate": 1})
    assert step.snapshot.data == {"": {"rate": 1.0}}


CONTACT = Statechart(
    "c",
    (
        atom(
            "a",
            to(on="add", do=assign("contact.visits", "contact.visits + 1")),
            to(on="set", do=assign("contact.visits", "event.data")),
            to(on="part", do=assign("contact.order.name", "event.data")),
            to(on="free", do=assign("contact.free", "event.data")),
        ),
    ),
    contact=(
        Datum("visits", "int", Literal(5), Limits(maximum=9)),
        Datum("order", "map", limits=ORDER),
        Datum("id", "string", limits=Limits(constant=True)),
    ),
)


def patches(name: str, data: Any = None, contact: Any = None) -> tuple[list[Any], list[str]]:
    """What is patched by an event, and the incidents."""
    session = begun(CONTACT)
    session.send(name, data, contact=contact or {})
    return [effect.data.get("value") for effect in session.step.effects], incidents(session.step)


def test_values_of_the_contact_are_read_as_they_are_declared() -> None:
    assert patches("add", contact={"visits": "7"}) == ([8], [])
    assert patches("add") == ([6], [])


def test_a_value_of_the_contact_that_does_not_fit_counts_as_not_there() -> None:
    assert patches("add", contact={"visits": "many"}) == ([6], ["misfit"])


def test_values_of_the_contact_are_written_as_they_are_declared() -> None:
    assert patches("set", "8") == ([8], [])
    assert patches("set", 10) == ([], ["error.execution.action"])
    assert patches("part", 3) == (["3"], [])
    assert patches("free", [1]) == ([[1]], [])
