"""What a session waits for, told from its snapshot alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from statewright.errors import InvalidSnapshot
from statewright.expressions import Literal
from statewright.statechart import (
    Awaits,
    Invoke,
    State,
    Statechart,
    awaiting,
)
from statewright.statechart.actions import Send
from tests.statechart.building import Session, atom, begun, cel, chart, final, parallel, to


def waiting(chart: Statechart) -> Session:
    return begun(chart)


def test_a_question_is_awaited_with_its_choices() -> None:
    choices = "offered + [{'value': 3, 'extra': 1}, 'plain']"
    state = atom("a", awaits=Awaits("choice", "node", cel(choices).expression))
    session = begun(chart(state, data={"offered": [{"value": "t", "label": "Tea"}]}))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert (waits.kind, waits.node, waits.state) == ("choice", "node", "a")
    assert waits.choices == (
        {"value": "t", "label": "Tea"},
        {"value": 3, "label": 3},
        {"value": "plain", "label": "plain"},
    )


@pytest.mark.parametrize("choices", ["missing", "3"])
def test_choices_without_a_value_are_none(choices: str) -> None:
    state = atom("a", awaits=Awaits("choice", "a", cel(choices).expression))
    session = begun(chart(state))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert waits.choices == ()


def test_of_several_questions_the_one_with_the_floor_is_awaited() -> None:
    both = parallel(
        "p", atom("a", awaits=Awaits("text", "a")), atom("b", awaits=Awaits("text", "b"))
    )
    session = begun(chart(both))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert waits.state == "a"


def test_without_a_question_results_are_awaited_then_time() -> None:
    calling = State(
        "a",
        entry=((Send("late", delay=Literal(5)),),),
        invocations=(Invoke("i", "http", Literal(1)),),
    )
    session = begun(chart(calling))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert (waits.kind, waits.state, waits.due) == ("effect", "a", 5)
    assert [effect.name for effect in waits.effects] == ["i"]
    session.answer()
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert (waits.kind, waits.node, waits.effects) == ("timer", "a", ())


def test_a_session_that_is_over_or_stuck_waits_for_nothing() -> None:
    for state in (final("end"), atom("a", to("a", on="go"))):
        session = begun(chart(state))
        assert awaiting(session.chart, session.snapshot) is None


def test_a_floor_held_by_nobody_is_a_broken_snapshot() -> None:
    session = begun(chart(atom("a")))
    with pytest.raises(InvalidSnapshot, match="floor"):
        awaiting(session.chart, replace(session.snapshot, floor=("a",)))


def asking_chart(question: State) -> Statechart:
    """A chart that listens to its own question, or else hands what is said to another chart."""
    host = State(
        "host",
        invocations=(
            Invoke(
                "talk", "scxml", cel("{'drinks': ['Tea']}"), chart=Literal("asks"), autoforward=True
            ),
        ),
    )
    inner = chart(
        State("ask", awaits=Awaits("choice", "drink", cel("drinks").expression)),
        data={"drinks": []},
    )
    return replace(
        chart(parallel("both", host, question)),
        charts={"asks": replace(inner, inputs=("drinks",))},
    )


def test_a_question_of_a_chart_that_was_invoked_is_awaited_with_its_choices() -> None:
    session = begun(asking_chart(atom("quiet")))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert (waits.kind, waits.node, waits.state, waits.owner) == ("choice", "drink", "ask", "/talk")
    assert waits.choices == ({"value": "Tea", "label": "Tea"},)


def test_a_question_of_the_session_itself_comes_first() -> None:
    session = begun(asking_chart(atom("own", awaits=Awaits("text", "own"))))
    waits = awaiting(session.chart, session.snapshot)
    assert waits is not None
    assert (waits.state, waits.owner) == ("own", "")


def test_a_child_of_a_chart_that_is_not_there_is_a_broken_snapshot() -> None:
    session = begun(asking_chart(atom("quiet")))
    with pytest.raises(InvalidSnapshot, match="session"):
        awaiting(replace(session.chart, charts={}), session.snapshot)
