"""Random charts on sismic: the same states and the same variable after every event.

What sismic does otherwise than SCXML is taken out of the charts; DEPARTURES lists it, and each is
tried, so that a version of sismic that has changed its mind is noticed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sismic.exceptions import ConflictingTransitionsError, StatechartError
from sismic.interpreter import Interpreter

from statewright.statechart import Event, State, Statechart, StateKind, Transition
from statewright.statechart.actions import Assign, Raise
from tests.compiler.xstate_runs import has_no_end, ran
from tests.differential.sismic_charts import ROOT, compared, sismic_from_chart, supported
from tests.properties import statecharts
from tests.properties.statecharts import Traits
from tests.statechart.building import atom, cel, chart, compound, final, parallel, to

CHARTS = int(os.environ.get("STATEWRIGHT_CHARTS", "60"))
COUNT = Assign(("n",), cel("n + 1"))
TRAITS = Traits(
    invocations=False,
    guard_texts=("n < 3", "n % 2 == 0", "In('s1')", "n > 1"),
    action_pool=(COUNT, Raise("a"), Raise("d")),
)
CAMPAIGN = settings(
    max_examples=CHARTS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    # Shrinking takes minutes: only a campaign finds the smallest chart.
    phases=tuple(Phase) if "STATEWRIGHT_CHARTS" in os.environ else (Phase.explicit, Phase.generate),
)


def events_of(names: list[str]) -> list[Event]:
    return [Event(name, None, now) for now, name in enumerate(names, 1)]


def some_events() -> st.SearchStrategy[list[Event]]:
    names = st.sampled_from(["a", "b", "d", "nobody"])
    return st.lists(names, min_size=3, max_size=10).map(events_of)


def some_charts() -> st.SearchStrategy[Statechart]:
    return statecharts.charts(traits=TRAITS).map(lambda one: replace(one, limit=300)).map(supported)


@CAMPAIGN
@given(some_charts(), some_events())
def test_random_charts_run_the_same(chart: Statechart, events: list[Event]) -> None:
    if not has_no_end(ran(chart, events)):
        ours, theirs = compared(chart, events)
        assert theirs == ours


def test_history_priorities_and_eventless_transitions_run_the_same() -> None:
    work = compound(
        "work",
        State("h", StateKind.DEEP_HISTORY, initial=Transition(("draft",))),
        atom("draft", to("review", on="next", do=COUNT)),
        compound("review", atom("first", to("second", on="next")), atom("second")),
        on=(to("paused", on="pause"),),
    )
    states = (
        work,
        atom("paused", to("h", on="back", when="n < 3"), to("over", on="back", do=COUNT)),
        compound("over", atom("wait", to("end", when="n > 3")), on=(to("over", on="x", do=COUNT),)),
        final("end"),
    )
    made = replace(chart(*states, data={"n": 0}), name="history")
    ours, theirs = compared(made, events_of(["next", "next", "pause", "back", "pause", "x"]))
    assert ours == theirs
    assert "second" in ours[4][0]
    more = events_of(["next", "x", "pause", "x", "back"])
    assert compared(made, more)[0] == compared(made, more)[1]


# What sismic does otherwise


def in_sismic(made: Statechart, *events: str) -> set[str]:
    machine = Interpreter(sismic_from_chart(made), initial_context={"n": 0})
    machine.execute()
    for event in events:
        machine.queue(event).execute()
    return set(machine.configuration) - {ROOT}


def in_ours(made: Statechart, *events: str) -> set[str]:
    return set(ran(made, events_of(list(events)))[-1].snapshot.configuration)


def regions(*outer: Transition) -> State:
    left = compound("left", atom("l1", to("l2", on="x")), atom("l2"))
    right = compound("right", atom("r1", to("r2", on="x")), atom("r2"))
    return parallel("both", left, right, on=outer)


def enters_a_region_without_the_others() -> None:
    made = chart(atom("out", to("l2", on="go")), regions())
    assert in_ours(made, "go") == {"both", "left", "l2", "right", "r1"}
    assert in_sismic(made, "go") == {"both", "left", "l2"}


def leaves_one_region_where_the_parallel_state_is_left() -> None:
    left = compound("left", atom("l1"), atom("l2"), on=(to("left", on="again"),))
    right = compound("right", atom("r1", to("r2", on="x")), atom("r2"))
    made = chart(parallel("both", left, right))
    assert "r1" in in_ours(made, "x", "again")
    assert "r2" in in_sismic(made, "x", "again")


def hides_a_transition_from_every_region_if_it_is_hidden_in_one() -> None:
    left = compound("left", atom("l1", to("l2", on="x", when="n > 0")), atom("l2"))
    right = compound("right", atom("r1", to("r1", on="x")))
    both = parallel("both", left, right, on=(to(on="x", do=COUNT),))
    made = chart(both, data={"n": 0})
    assert "l2" in in_ours(made, "x", "x")
    assert "l2" not in in_sismic(made, "x", "x")


def refuses_conflicts_of_regions() -> None:
    left = compound("left", atom("l1", to("out", on="x")))
    right = compound("right", atom("r1", to("r2", on="x")), atom("r2"))
    made = chart(parallel("both", left, right), atom("out"))
    assert in_ours(made, "x") == {"out"}
    with pytest.raises(ConflictingTransitionsError):
        in_sismic(made, "x")


def knows_whole_names_of_events_only() -> None:
    made = chart(atom("s", to("t", on="a")), atom("t"))
    assert in_ours(made, "a.b") == {"t"}
    assert in_sismic(made, "a.b") == {"s"}


def says_nothing_when_a_state_is_done() -> None:
    inside = compound("c", final("f"), on=(to("t", on="done.state.c"),))
    made = chart(inside, atom("t"))
    assert in_ours(made) == {"t"}
    assert in_sismic(made) == {"c", "f"}


def starts_at_children_only() -> None:
    inner = compound("d", atom("e"), atom("f"))
    made = chart(State("c", StateKind.COMPOUND, (inner,), Transition(("f",))))
    assert in_ours(made) == {"c", "d", "f"}
    with pytest.raises(StatechartError):
        in_sismic(made)


DEPARTURES: Final[tuple[Callable[[], None], ...]] = (
    enters_a_region_without_the_others,
    leaves_one_region_where_the_parallel_state_is_left,
    hides_a_transition_from_every_region_if_it_is_hidden_in_one,
    refuses_conflicts_of_regions,
    knows_whole_names_of_events_only,
    says_nothing_when_a_state_is_done,
    starts_at_children_only,
)
"""Besides: it enters and leaves regions by name, not in document order, which only actions show;
transitions have one target, and are always external; nothing is done on the way to where a state
starts or a history state leads by default; variables belong to no state; and a session
cannot be restored, so that everything here is kept in memory."""


@pytest.mark.parametrize("departure", DEPARTURES, ids=lambda one: str(one.__name__))
def test_what_is_known_of_sismic_is_still_so(departure: Callable[[], None]) -> None:
    departure()
