"""What history states remember: states, and the variables of those states."""

from __future__ import annotations

from statewright.expressions import Literal
from statewright.statechart import Datum, State
from tests.statechart.building import (
    assign,
    atom,
    begun,
    chart,
    compound,
    history,
    note,
    parallel,
    to,
)


def nested(*, deep: bool) -> State:
    return compound(
        "p",
        history("h", "q", deep=deep),
        compound("q", atom("q1", to("q2", on="next")), atom("q2")),
        atom("r"),
        on=(to("away", on="leave"), to("r", on="other")),
    )


AWAY = atom("away", to("h", on="back"))


def test_a_history_state_that_remembers_nothing_leads_to_its_default() -> None:
    session = begun(chart(AWAY, nested(deep=False)))
    session.send("back")
    assert session.states == ["p", "q", "q1"]


def test_the_default_of_shallow_history_may_lie_deeper() -> None:
    p = compound("p", history("h", "q2"), compound("q", atom("q1"), atom("q2")), atom("r"))
    session = begun(chart(AWAY, p))
    session.send("back")
    assert session.states == ["p", "q", "q2"]


def test_the_default_transition_acts_behind_the_entry_of_the_parent() -> None:
    p = compound(
        "p",
        history("h", "p2", do=(note("default"),)),
        atom("p1"),
        atom("p2", entry=((note("p2"),),)),
        entry=((note("p"),),),
    )
    session = begun(chart(AWAY, p, data={"trace": []}))
    session.send("back")
    assert session.data["trace"] == ["p", "default", "p2"]


def test_shallow_history_remembers_the_child_and_starts_it_anew() -> None:
    session = begun(chart(nested(deep=False), AWAY))
    for event in ("next", "leave", "back"):
        session.send(event)
    assert session.states == ["p", "q", "q1"]


def test_deep_history_remembers_all_the_way_down() -> None:
    session = begun(chart(nested(deep=True), AWAY))
    for event in ("next", "leave", "back"):
        session.send(event)
    assert session.states == ["p", "q", "q2"]


def test_history_remembers_the_last_time_only() -> None:
    session = begun(chart(nested(deep=True), AWAY))
    for event in ("next", "leave", "back", "other", "leave", "back"):
        session.send(event)
    assert session.states == ["p", "r"]


def test_deep_history_of_a_parallel_state_remembers_each_region() -> None:
    p = parallel(
        "p",
        history("h", "r2", "s1", deep=True),
        compound("r", atom("r1", to("r2", on="r")), atom("r2")),
        compound("s", atom("s1", to("s2", on="s")), atom("s2")),
        on=(to("away", on="leave"),),
    )
    session = begun(chart(p, AWAY))
    for event in ("s", "leave", "back"):
        session.send(event)
    assert session.states == ["p", "r", "r1", "s", "s2"]


def test_history_states_as_initial_targets_remember_too() -> None:
    p = compound(
        "p",
        history("h", "p1"),
        atom("p1", to("p2", on="next")),
        atom("p2"),
        initial=to("h"),
        on=(to("away", on="leave"),),
    )
    session = begun(chart(p, atom("away", to("p", on="back"))))
    assert session.states == ["p", "p1"]
    for event in ("next", "leave", "back"):
        session.send(event)
    assert session.states == ["p", "p2"]


def test_a_transition_through_history_leaves_no_more_than_it_must() -> None:
    p = compound(
        "p",
        history("h", "a2", deep=True),
        compound("a", atom("a1", to("h", on="back")), atom("a2"), exit=((note("-a"),),)),
        on=(to("away", on="leave"),),
    )
    session = begun(chart(p, atom("away", to("p", on="in")), data={"trace": []}))
    session.send("back")
    # The default lies inside `a`, so the transition stays inside `a`.
    assert session.data["trace"] == []
    assert session.states == ["p", "a", "a2"]


def counting(*, deep: bool) -> State:
    q = compound(
        "q",
        atom("q1", to(on="count", do=(assign("n", "n + 1"), assign("m", "m + 1")))),
        data=(Datum("m", "int", Literal(10)),),
    )
    return compound(
        "p",
        history("h", "q", deep=deep),
        q,
        on=(to("away", on="leave"),),
        data=(Datum("n", "int", Literal(0)),),
    )


def test_variables_are_created_on_entry_and_dropped_on_exit() -> None:
    session = begun(chart(counting(deep=True), atom("away", to("p", on="in"))))
    assert session.snapshot.data["p"] == {"n": 0}
    session.send("count")
    assert session.snapshot.data["q"] == {"m": 11}
    session.send("leave")
    assert set(session.snapshot.data) == {""}
    session.send("in")
    assert (session.snapshot.data["p"], session.snapshot.data["q"]) == ({"n": 0}, {"m": 10})


def test_history_brings_back_the_variables_of_what_it_remembers() -> None:
    for deep in (False, True):
        session = begun(chart(counting(deep=deep), AWAY))
        for event in ("count", "leave", "back", "count"):
            session.send(event)
        assert session.snapshot.data["p"] == {"n": 2}
        assert session.snapshot.data["q"] == {"m": 12}


def test_shallow_history_starts_grandchildren_with_new_variables() -> None:
    inner = compound(
        "i",
        atom("i1", to(on="count", do=assign("m", "m + 1"))),
        data=(Datum("m", value=Literal(0)),),
    )
    p = compound("p", history("h", "q"), compound("q", inner), on=(to("away", on="leave"),))
    session = begun(chart(p, AWAY))
    for event in ("count", "leave", "back"):
        session.send(event)
    assert session.snapshot.data["i"] == {"m": 0}


def test_what_history_remembers_does_not_change_while_it_is_used() -> None:
    session = begun(chart(counting(deep=True), AWAY))
    session.send("count")
    session.send("leave")
    remembered = session.snapshot.history["h"]
    session.send("back")
    session.send("count")
    assert remembered.data == {"p": {"n": 1}, "q": {"m": 11}}


def test_a_state_may_remember_what_the_transition_to_it_leaves() -> None:
    """What it leaves is decided before it remembers; what it then remembers lies in its source."""
    region = compound(
        "r",
        atom("a", to("b", on="next")),
        atom("b"),
        on=(to("h", on="again", internal=True),),
    )
    around = compound("o", parallel("all", history("h", "r", deep=True), region))
    session = begun(chart(around))
    session.send("next")
    session.send("again")
    assert session.states == ["o", "all", "r", "b"]


def test_a_session_may_begin_at_a_history_state() -> None:
    p = compound("p", history("h", "b", deep=True), atom("a"), atom("b"))
    assert begun(chart(p, initial=to("h"))).states == ["p", "b"]
