"""Sessions that nobody has looked at for long: what is overdue fires in portions."""

from __future__ import annotations

import pytest

from statewright.errors import SessionBehind
from statewright.expressions import Literal
from statewright.statechart import Statechart
from statewright.statechart.actions import Send
from statewright.statechart.stepping.lateness import PORTION
from tests.statechart.building import SECOND, Session, assign, atom, begun, chart, final, to

HOUR = 3600 * SECOND


def ticking(delay: int) -> Statechart:
    """Counts, again and again after a delay; `say` keeps how far it was."""
    return chart(
        atom(
            "on",
            to("on", on="alarm", do=assign("count", "count + 1")),
            to(on="say", do=assign("said", "count")),
            to("off", on="stop"),
            entry=((Send("alarm", delay=Literal(delay)),),),
        ),
        final("off"),
        data={"count": 0, "said": 0},
    )


def caught_up(session: Session, at: int) -> int:
    """Let ticks come until nothing is overdue; how many there were."""
    ticks = 0
    while session.snapshot.timers[0].due <= at:
        session.send("tick", at=at)
        ticks += 1
    return ticks


def test_a_tick_fires_a_portion_of_what_is_overdue_and_the_next_one_goes_on() -> None:
    session = begun(ticking(SECOND))
    session.send("tick", at=HOUR)
    assert session.data["count"] == PORTION
    assert session.snapshot.now == PORTION * SECOND, "the clock is where it got to"
    assert caught_up(session, HOUR) == 3600 // PORTION
    assert session.data["count"] == 3600
    assert session.snapshot.now == HOUR


def test_it_makes_no_difference_how_late_the_clock_looks() -> None:
    late, punctual = begun(ticking(SECOND)), begun(ticking(SECOND))
    caught_up(late, 1000 * SECOND)
    for second in range(1, 1001):
        punctual.send("tick", at=second * SECOND)
    assert late.snapshot.data == punctual.snapshot.data
    assert late.snapshot.timers == punctual.snapshot.timers


@pytest.mark.parametrize("event", ["say", "stop", "nobody.hears"])
def test_an_event_waits_for_what_was_due_before_it(event: str) -> None:
    session = begun(ticking(SECOND))
    before = session.snapshot
    with pytest.raises(SessionBehind, match=rf"`{event}`.*step the event `tick`"):
        session.send(event, at=HOUR)
    assert session.snapshot is before
    caught_up(session, HOUR)
    session.send(event, at=HOUR)
    assert session.data["said"] == (3600 if event == "say" else 0)


def test_what_is_due_within_a_second_is_not_divided() -> None:
    sends = tuple(Send("alarm", delay=Literal(SECOND)) for _ in range(2 * PORTION))
    session = begun(
        chart(
            atom("a", to(on="alarm", do=assign("count", "count + 1")), entry=(sends,)),
            data={"count": 0},
        )
    )
    session.send("anything", at=HOUR)
    assert session.data["count"] == 2 * PORTION


def test_what_goes_on_for_ever_within_a_second_fails_the_session() -> None:
    session = begun(ticking(1))
    session.send("tick", at=HOUR)
    assert session.snapshot.status == "failed"
    (incident,) = session.step.incidents
    assert incident.message.startswith("more than 20000 timers fire within a second")
