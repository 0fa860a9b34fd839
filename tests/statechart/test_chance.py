"""Chance is a function of the seed, the state, the visit and the place of the call."""

from __future__ import annotations

from collections import Counter

import pytest

from statewright.statechart.actions import Branch, ForEach, If
from tests.statechart.building import assign, atom, begun, cel, chart, incidents, to


def throw(seed: str, times: int) -> list[int]:
    state = atom("a", to("a", on="again"), entry=((assign("xs", "xs + [draw(6)]"),),))
    session = begun(chart(state, data={"xs": []}), seed=seed)
    for _ in range(times - 1):
        session.send("again")
    xs: list[int] = session.data["xs"]
    return xs


def test_the_same_seed_gives_the_same_lots_and_another_seed_others() -> None:
    assert throw("one", 20) == throw("one", 20)
    assert throw("one", 20) != throw("two", 20)


def test_every_visit_draws_anew_and_lots_are_even() -> None:
    counts = Counter(throw("even", 600))
    assert set(counts) == set(range(6))
    assert all(60 <= count <= 140 for count in counts.values())


def test_asking_twice_in_one_visit_gives_the_same_lot() -> None:
    state = atom("a", to("b", on="go", when="draw(1000000) == 0"), to(on="go", when="draw(2) >= 0"))
    session = begun(chart(state, atom("b")))
    first = session.send("go")
    assert session.send("go").microsteps[0].transitions == first.microsteps[0].transitions


def test_two_calls_are_two_lots_wherever_they_stand() -> None:
    loop = ForEach(cel("[1, 2]").expression, "x", "", (assign("xs", "xs + [draw(1000000)]"),))
    arm = If((Branch(cel("true").expression, (assign("xs", "xs + [draw(1000000)]"),)),))
    again = assign("xs", "xs + [draw(1000000), draw(1000000)]")
    session = begun(chart(atom("a", entry=((again, again, loop, arm), (again,))), data={"xs": []}))
    assert len(set(session.data["xs"])) == 9


@pytest.mark.parametrize("call", ["draw(0)", "draw(-1)", "draw(1.5)", "draw()", "draw(true)"])
def test_a_lot_needs_a_number_of_lots(call: str) -> None:
    session = begun(chart(atom("a", entry=((assign("x", call),),)), data={"x": None}))
    assert incidents(session.step) == ["error.execution.action"]


def test_only_states_that_draw_count_their_visits() -> None:
    drawing = atom("a", to("b", on="go", when="draw(1) == 0"))
    session = begun(chart(drawing, atom("b")))
    session.send("go")
    assert session.snapshot.visits == {"a": 1}
