"""Which transitions are taken, and what they exit and enter."""

from __future__ import annotations

import pytest

from tests.statechart.building import (
    Raise,
    atom,
    begun,
    chart,
    compound,
    final,
    note,
    parallel,
    to,
)

TRACE: dict[str, list[str]] = {"trace": []}


def test_a_session_starts_in_the_first_state_and_its_first_children() -> None:
    session = begun(chart(compound("a", atom("a1"), atom("a2")), atom("b")))
    assert session.states == ["a", "a1"]


def test_an_initial_transition_may_lead_deep_and_acts_between_parent_and_child() -> None:
    inner = compound(
        "a",
        compound("b", atom("b1"), atom("b2", entry=((note("b2"),),)), entry=((note("b"),),)),
        initial=to("b2", do=note("initial")),
        entry=((note("a"),),),
    )
    session = begun(chart(inner, data=TRACE))
    assert session.states == ["a", "b", "b2"]
    assert session.data["trace"] == ["a", "initial", "b", "b2"]


def test_the_initial_transition_of_the_chart_acts_before_anything_is_entered() -> None:
    states = (atom("a"), atom("b", entry=((note("b"),),)))
    session = begun(chart(*states, initial=to("b", do=note("initial")), data=TRACE))
    assert session.states == ["b"]
    assert session.data["trace"] == ["initial", "b"]


def test_an_event_takes_the_first_transition_whose_guard_holds() -> None:
    a = atom("a", to("b", on="go", when="n > 1"), to("c", on="go"), to("d", on="go"))
    session = begun(chart(a, atom("b"), atom("c"), atom("d"), data={"n": 1}))
    session.send("go")
    assert session.states == ["c"]


def test_an_event_that_nothing_matches_changes_nothing_but_the_turns() -> None:
    session = begun(chart(atom("a", to("b", on="go")), atom("b")))
    before = session.snapshot
    step = session.send("other")
    assert step.microsteps == ()
    assert (session.states, session.snapshot.turns) == (["a"], before.turns + 1)


@pytest.mark.parametrize(
    ("descriptor", "name", "taken"),
    [
        ("go", "go", True),
        ("go", "go.now", True),
        ("go.*", "go.now", True),
        ("go.", "go", True),
        ("go", "gone", False),
        ("go.now", "go", False),
        ("*", "anything.at.all", True),
        ("x go", "go", True),
    ],
)
def test_descriptors_match_whole_tokens_from_the_left(
    descriptor: str, name: str, *, taken: bool
) -> None:
    session = begun(chart(atom("a", to("b", on=descriptor)), atom("b")))
    session.send(name)
    assert session.states == ["b" if taken else "a"]


def test_transitions_of_several_descriptors_keep_their_order() -> None:
    a = atom("a", to("b", on="*"), to("c", on="go.now"), to("d", on="go"))
    session = begun(chart(a, atom("b"), atom("c"), atom("d")))
    session.send("go.now")
    assert session.states == ["b"]


def test_the_inner_state_goes_before_the_outer_one() -> None:
    outer = compound("p", atom("a", to("b", on="go")), atom("b"), on=(to("c", on="go"),))
    session = begun(chart(outer, atom("c")))
    assert session.send("go").snapshot.configuration == ("p", "b")
    assert session.send("go").snapshot.configuration == ("c",)


def test_eventless_transitions_are_taken_until_there_are_none() -> None:
    count = atom("a", to("a", when="n < 3", do=note("x")), to("b", when="n == 3"))
    states = (count, atom("b", to("c")), atom("c"))
    session = begun(chart(*states, data={"n": 3, "trace": []}))
    assert session.states == ["c"]


def test_events_raised_come_after_eventless_transitions_and_in_order() -> None:
    a = atom("a", to("b"), entry=((Raise("one"), Raise("two")),))
    b = atom("b", to("c", on="two", do=note("two")), to(on="one", do=note("one")))
    session = begun(chart(a, b, atom("c"), data=TRACE))
    assert session.states == ["c"]
    assert session.data["trace"] == ["one", "two"]


def test_exit_runs_from_the_inside_out_then_actions_then_entry_from_the_outside_in() -> None:
    one = compound(
        "a",
        atom("a1", to("b1", on="go", do=note("act")), exit=((note("-a1"),),)),
        exit=((note("-a"),),),
    )
    two = compound("b", atom("b1", entry=((note("+b1"),),)), entry=((note("+b"),),))
    session = begun(chart(one, two, data=TRACE))
    step = session.send("go")
    assert session.data["trace"] == ["-a1", "-a", "act", "+b", "+b1"]
    (microstep,) = step.microsteps
    assert microstep.transitions == ("a1#0",)
    assert microstep.exited == ("a1", "a")
    assert microstep.entered == ("b", "b1")
    assert microstep.event is not None
    assert microstep.event.name == "go"


def test_a_self_transition_leaves_and_enters_again() -> None:
    a = atom("a", to("a", on="go"), entry=((note("+"),),), exit=((note("-"),),))
    session = begun(chart(a, data=TRACE))
    session.send("go")
    assert session.data["trace"] == ["+", "-", "+"]


def test_a_transition_without_targets_acts_and_leaves_nothing() -> None:
    a = atom("a", to(on="go", do=note("act")), exit=((note("-"),),))
    session = begun(chart(a, data=TRACE))
    session.send("go")
    assert session.data["trace"] == ["act"]


@pytest.mark.parametrize(("internal", "trace"), [(True, ["+a"]), (False, ["+a", "-a", "+a"])])
def test_an_internal_transition_does_not_leave_its_compound_source(
    *, internal: bool, trace: list[str]
) -> None:
    a = compound(
        "a",
        atom("a1"),
        atom("a2"),
        on=(to("a2", on="go", internal=internal),),
        entry=((note("+a"),),),
        exit=((note("-a"),),),
    )
    session = begun(chart(a, data=TRACE))
    session.send("go")
    assert session.states == ["a", "a2"]
    assert session.data["trace"] == trace


def test_an_internal_transition_out_of_its_source_is_external() -> None:
    a = compound("a", atom("a1"), on=(to("b", on="go", internal=True),), exit=((note("-a"),),))
    session = begun(chart(a, atom("b"), data=TRACE))
    session.send("go")
    assert session.data["trace"] == ["-a"]


def test_a_parallel_state_enters_all_regions_and_leaves_them_together() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1"), exit=((note("-r"),),)),
        compound("s", atom("s1"), exit=((note("-s"),),)),
        on=(to("b", on="go"),),
    )
    session = begun(chart(p, atom("b"), data=TRACE))
    assert session.states == ["p", "r", "r1", "s", "s1"]
    session.send("go")
    assert session.states == ["b"]
    assert session.data["trace"] == ["-s", "-r"]


def test_regions_take_their_transitions_in_the_same_microstep() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1", to("r2", on="go", do=note("r"))), atom("r2")),
        compound("s", atom("s1", to("s2", on="go", do=note("s"))), atom("s2")),
    )
    session = begun(chart(p, data=TRACE))
    (microstep,) = session.send("go").microsteps
    assert microstep.transitions == ("r1#0", "s1#0")
    assert session.states == ["p", "r", "r2", "s", "s2"]
    assert session.data["trace"] == ["r", "s"]


def test_a_transition_may_lead_to_several_regions() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1"), atom("r2")),
        compound("s", atom("s1"), atom("s2")),
        compound("t", atom("t1"), atom("t2")),
    )
    session = begun(chart(atom("a", to("s2", "r2", on="go")), p))
    session.send("go")
    assert session.states == ["p", "r", "r2", "s", "s2", "t", "t1"]


def test_of_two_regions_that_leave_the_first_in_document_order_wins() -> None:
    p = parallel("p", atom("r", to("a", on="go")), atom("s", to("b", on="go")))
    session = begun(chart(p, atom("a"), atom("b")))
    (microstep,) = session.send("go").microsteps
    assert microstep.transitions == ("r#0",)
    assert session.states == ["a"]


def test_of_two_regions_the_inner_conflict_wins_over_the_outer_state() -> None:
    p = parallel("p", atom("r"), atom("s", to("b", on="go")), on=(to("a", on="go"),))
    session = begun(chart(p, atom("a"), atom("b")))
    session.send("go")
    assert session.states == ["b"]


def test_a_region_stays_when_another_one_leaves_only_itself() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1", to("r2", on="go")), atom("r2")),
        compound("s", atom("s1", to("x", on="go")), atom("s2")),
    )
    session = begun(chart(p, atom("x")))
    (microstep,) = session.send("go").microsteps
    assert microstep.transitions == ("r1#0",)
    assert session.states == ["p", "r", "r2", "s", "s1"]


def test_in_tells_whether_a_state_is_active() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1", to("r2", on="go")), atom("r2")),
        compound("s", atom("s1", to("s2", when="In('r2')")), atom("s2")),
    )
    session = begun(chart(p))
    assert "s1" in session.states
    session.send("go")
    assert session.states == ["p", "r", "r2", "s", "s2"]


def test_a_compound_state_is_done_when_its_final_child_is_entered() -> None:
    a = compound("a", atom("a1", to("a2", on="go")), final("a2"), on=(to("b", on="done.state.a"),))
    session = begun(chart(a, atom("b")))
    session.send("go")
    assert session.states == ["b"]


def test_a_parallel_state_is_done_when_all_its_regions_are() -> None:
    p = parallel(
        "p",
        compound("r", atom("r1", to("r2", on="one")), final("r2")),
        compound("s", atom("s1", to("s2", on="two")), final("s2")),
        on=(to("b", on="done.state.p"),),
    )
    session = begun(chart(p, atom("b")))
    session.send("one")
    assert session.states == ["p", "r", "r2", "s", "s1"]
    session.send("two")
    assert session.states == ["b"]


def test_a_shared_ancestor_is_asked_once_however_many_regions_it_has() -> None:
    regions = tuple(atom(f"r{n}") for n in range(50))
    p = parallel("p", *regions, on=(to("b", on="go", when="missing"),))
    session = begun(chart(p, atom("b")))
    step = session.send("go")
    assert [incident.name for incident in step.incidents] == ["error.execution.guard"]
