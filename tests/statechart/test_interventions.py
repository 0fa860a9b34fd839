"""What is done to a session from outside, as pure steps."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import ForeignSnapshot, InvalidEvent, SessionEnded
from statewright.expressions import Literal
from statewright.statechart import (
    Datum,
    EffectKind,
    Event,
    Invoke,
    Macrostep,
    Snapshot,
    State,
    Statechart,
    Status,
    start,
)
from statewright.statechart.actions import Assign, Say, Send
from statewright.statechart.interventions.intervening import (
    END,
    PATCH,
    ended,
    handled,
    patched,
    unheard,
)
from tests.statechart.building import SECOND, atom, cel, chart, final, to

CHART = Statechart(
    "chart",
    (
        atom(
            "waiting",
            to("paid", when="amount >= 10"),
            to("late", on="timeout"),
            entry=((Send("timeout", delay=Literal(10 * SECOND)),),),
        ),
        State(
            "paid",
            invocations=(Invoke("ship", "post", Literal({})),),
            exit=((Say(Literal("good bye")),),),
            transitions=(to("over", on="done.invoke.ship"),),
        ),
        atom("late", to(on="*", do=Assign(("amount",), cel("-1")))),
        final("over"),
    ),
    data=(
        Datum("amount", "int", Literal(0)),
        Datum("ratio", "double"),
        Datum("address", "map"),
        Datum("tags", "list"),
        Datum("any", "dyn", Literal("x")),
    ),
)


def begun() -> Snapshot:
    return start(CHART, session="s", seed="s", now=0).snapshot


def patch(updates: Any, snapshot: Snapshot | None = None, now: int = 1) -> Macrostep:
    return patched(CHART, snapshot or begun(), Event(PATCH, updates, now))


def data(step: Macrostep) -> Any:
    return step.snapshot.data[""]


@pytest.mark.parametrize(
    ("updates", "expected"),
    [
        ({"amount": 3}, {"amount": 3}),
        ({"amount": "3"}, {"amount": 3}),
        ({"ratio": 1}, {"ratio": 1.0}),
        ({"tags": ["a", None]}, {"tags": ["a", None]}),
        ({"any": {"a": {"b": None, "c": 1}}}, {"any": {"a": {"c": 1}}}),
        ({"any": None}, {}),
        ({"ratio": None}, {}),
        ({}, {}),
    ],
)
def test_values_are_coerced_and_merged(updates: Any, expected: Any) -> None:
    before = {"amount": 0, "any": "x"}
    gone = {key for key, value in updates.items() if value is None}
    kept = {key: value for key, value in before.items() if key not in gone}
    assert data(patch(updates)) == {**kept, **expected}


def test_maps_are_merged_key_by_key() -> None:
    first = patch({"address": {"city": "Bonn", "zip": {"a": 1}}})
    second = patch({"address": {"zip": {"b": 2}, "city": None}}, first.snapshot)
    assert data(second)["address"] == {"zip": {"a": 1, "b": 2}}
    assert data(first)["address"] == {"city": "Bonn", "zip": {"a": 1}}, "nothing changes in place"


@pytest.mark.parametrize(
    "updates",
    [
        {"nothing": 1},
        {"amount": "many"},
        {"amount": {"part": 1}},
        {"address": 7},
        {"amount": 1, "nothing": 2},
        {"contact": {"name": "x"}},
        {"": 1},
        [],
        None,
        "amount",
    ],
)
def test_a_patch_that_does_not_fit_is_refused_whole(updates: Any) -> None:
    with pytest.raises(InvalidEvent):
        patch(updates)


def test_what_a_chart_keeps_for_itself_is_neither_patched_nor_named() -> None:
    keeping = chart(atom("a"), data={"n": 1, "~trigger": ""}, inputs=("n", "~trigger"))
    snapshot = start(keeping, session="s", seed="s", now=0).snapshot
    with pytest.raises(
        InvalidEvent, match=r"`~trigger` is no variable of the session; it has `n`$"
    ):
        patched(keeping, snapshot, Event(PATCH, {"~trigger": "x"}, 1))
    with pytest.raises(InvalidEvent, match=r"its inputs are `n`$"):
        start(keeping, session="s", seed="s", now=0, data={"x": 1})


def test_a_patch_is_a_turn_and_enables_what_waits_for_it() -> None:
    step = patch({"amount": 12})
    assert step.snapshot.turns == 2
    assert step.snapshot.configuration == ("paid",)
    assert [effect.kind for effect in step.effects] == [EffectKind.INVOKE]


def test_timers_that_are_due_fire_before_a_patch() -> None:
    step = patch({"amount": 12}, now=11 * SECOND)
    assert step.snapshot.configuration == ("late",)
    assert data(step)["amount"] == 12


def test_the_chart_does_not_see_a_patch_as_an_event() -> None:
    late = patch({}, now=11 * SECOND)
    assert data(patch({"amount": 5}, late.snapshot))["amount"] == 5


def test_an_end_runs_exit_actions_and_gives_up_what_is_pending() -> None:
    paid = patch({"amount": 12}).snapshot
    step = ended(CHART, paid, Event(END, None, 5))
    assert [effect.kind for effect in step.effects] == [EffectKind.SAY, EffectKind.CANCEL]
    snapshot = step.snapshot
    assert (snapshot.status, snapshot.outcome) == (Status.COMPLETED, "ended")
    assert (snapshot.timers, snapshot.invocations) == ((), ())
    assert snapshot.configuration == ("paid",)


def test_an_end_may_have_an_outcome() -> None:
    assert ended(CHART, begun(), Event(END, {"outcome": "spam"})).snapshot.outcome == "spam"


@pytest.mark.parametrize("given", [{"outcome": 1}, {"other": "x"}, {"outcome": "x", "y": 1}, "x"])
def test_an_end_that_is_none_is_refused(given: Any) -> None:
    with pytest.raises(InvalidEvent):
        ended(CHART, begun(), Event(END, given))


def test_what_is_over_is_not_changed_any_more() -> None:
    over = ended(CHART, begun(), Event(END)).snapshot
    with pytest.raises(SessionEnded):
        patch({"amount": 1}, over)
    with pytest.raises(SessionEnded):
        ended(CHART, over, Event(END))


def test_what_comes_after_the_end_is_counted_and_nothing_else() -> None:
    over = ended(CHART, begun(), Event(END)).snapshot
    for event in (Event("message", {"text": "hi"}, 9), Event(PATCH, {"amount": 1}, 9)):
        step = handled(CHART, over, event)
        assert step == unheard(CHART, over, event)
        assert step.snapshot.turns == over.turns + 1
        assert step.snapshot.data == over.data
        assert [incident.name for incident in step.incidents] == ["ended"]


def test_interventions_and_other_events_are_told_apart_by_their_names() -> None:
    assert handled(CHART, begun(), Event(PATCH, {"amount": 1})) == patch({"amount": 1}, now=0)
    assert handled(CHART, begun(), Event(END)).snapshot.status is Status.COMPLETED
    assert handled(CHART, begun(), Event("timeout")).snapshot.configuration == ("late",)


def test_a_snapshot_of_another_chart_is_refused() -> None:
    other = Statechart("other", (atom("a"),))
    for step in (patched, ended, unheard):
        with pytest.raises(ForeignSnapshot):
            step(other, begun(), Event(PATCH, {}))
