"""Sessions that a session invokes: they live in its snapshot and talk with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from statewright.errors import InvalidEvent, InvalidSnapshot
from statewright.expressions import Literal
from statewright.statechart import (
    Datum,
    EffectKind,
    Event,
    Invoke,
    State,
    Statechart,
    StateKind,
    Status,
    Transition,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
)
from statewright.statechart.actions import Cancel, Log, Raise, Send
from statewright.statechart.stepping.bounds import CHILDREN, GENERATIONS
from tests.statechart.building import (
    SECOND,
    Session,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    final,
    incidents,
    note,
    to,
)

PARENT = "#_parent"


def invoked(name: str = "child", **more: Any) -> Invoke:
    """An invocation of the chart ``child``."""
    options: dict[str, Any] = {"params": Literal({}), "chart": Literal("child"), **more}
    return Invoke(name, "scxml", **options)


def parent(*states: State, child: Statechart, **more: Any) -> Statechart:
    return chart(*states, charts={"child": child}, **more)


def kept_and_rehydrated(session: Session) -> Session:
    """The same session, its snapshot through JSON."""
    back = snapshot_from_json(snapshot_to_json(session.snapshot))
    assert back == session.snapshot
    session.step = replace(session.step, snapshot=back)
    return session


ANSWERS = chart(
    atom("asked", to("done", on="ask", do=Send("answer", cel("event.data.n + 1"), PARENT))),
    final("done", donedata=cel("base")),
    data={"base": 0},
    inputs=("base",),
)


def test_a_chart_runs_while_its_state_is_active_and_gives_back_data() -> None:
    session = begun(
        parent(
            atom(
                "a",
                to(on="answer", do=assign("heard", "event.data")),
                to("b", on="done.invoke.child", do=assign("output", "event.data")),
                to(on="go", do=Send("ask", cel("{'n': 1}"), "#_child")),
                invocations=(invoked(params=cel("{'base': 40, 'other': 1}")),),
            ),
            atom("b"),
            child=ANSWERS,
            data={"heard": None, "output": None},
        )
    )
    (child,) = session.snapshot.children
    assert (child.owner, child.name, child.state, child.chart) == ("", "child", "a", "child")
    assert child.snapshot.configuration == ("asked",)
    assert child.snapshot.session == "s/child"
    kept_and_rehydrated(session).send("go")
    assert session.states == ["b"]
    assert session.data == {"heard": 2, "output": 40}
    assert session.snapshot.children == ()


def test_the_trace_says_whose_steps_they_are() -> None:
    child = chart(atom("x", to("y")), final("y"))
    session = begun(
        parent(
            atom("a", to("b", on="done.invoke.child"), invocations=(invoked(),)),
            atom("b"),
            child=child,
        )
    )
    steps = [(step.owner, step.entered) for step in session.step.microsteps]
    assert steps == [("", ("a",)), ("/child", ("x",)), ("/child", ("y",)), ("", ("b",))]


def test_leaving_the_state_ends_the_session_and_nothing_is_heard_of_it() -> None:
    child = chart(
        atom(
            "x",
            to("y", on="late"),
            entry=((Send("late", delay=Literal(5 * SECOND)),),),
            exit=((Send("bye", target=PARENT), Send("gone", target="crm")),),
        ),
        final("y"),
    )
    session = begun(
        parent(
            atom("a", to("b", on="go"), invocations=(invoked(),)),
            atom("b", to("c", on="bye"), to("c", on="done"), to("c", on="error")),
            atom("c"),
            child=child,
        )
    )
    assert [timer.owner for timer in session.snapshot.timers] == ["/child"]
    step = session.send("go")
    assert session.states == ["b"]
    assert (step.snapshot.children, step.snapshot.timers) == ((), ())
    assert [(effect.data["event"], effect.owner) for effect in step.effects] == [("gone", "/child")]
    session.send("tick", at=10 * SECOND)
    assert session.states == ["b"]


def test_its_timers_are_deadlines_of_the_session_around_it() -> None:
    child = chart(
        atom("x", to("y", on="late"), entry=((Send("late", delay=cel("duration('2s')")),),)),
        final("y"),
    )
    session = begun(
        parent(
            atom(
                "a",
                to("b", on="done.invoke.child", do=assign("at", "now")),
                entry=((Send("later", delay=Literal("3s")),),),
                invocations=(invoked(),),
            ),
            atom("b"),
            child=child,
            data={"at": None},
        )
    )
    assert session.snapshot.timers[0].due == 2 * SECOND
    kept_and_rehydrated(session).send("tick", at=9 * SECOND)
    assert session.states == ["b"]
    assert session.data["at"].second == 2


def test_a_cancel_takes_back_only_sends_of_its_own_session() -> None:
    child = chart(
        atom("x", to("y", on="late"), entry=((Send("late", delay=Literal(SECOND), id="t"),),)),
        final("y"),
    )
    session = begun(
        parent(
            atom("a", to(on="go", do=Cancel("t")), invocations=(invoked(),)),
            child=child,
        )
    )
    session.send("go")
    assert len(session.snapshot.timers) == 1


def test_finalize_runs_before_an_event_of_the_session_is_handled() -> None:
    child = chart(final("x", entry=((Send("result", cel("{'n': 2}"), PARENT),),)))
    session = begun(
        parent(
            atom(
                "a",
                to("b", on="result", when="n == 2"),
                invocations=(
                    invoked(id_location=("name",), finalize=(assign("n", "event.data.?n"),)),
                ),
            ),
            atom("b"),
            child=child,
            data={"n": 1, "name": None},
        )
    )
    assert session.states == ["b"]
    assert session.data["name"] == "child"


def test_finalize_runs_on_the_result_of_work_too() -> None:
    work = Invoke("call", "http", Literal({}), finalize=(assign("n", "event.data"),))
    session = begun(
        chart(
            atom("a", to("b", on="done.invoke", when="n == 7"), invocations=(work,)),
            atom("b"),
            data={"n": 0},
        )
    )
    session.answer(7)
    assert session.states == ["b"]


def test_autoforward_gives_it_every_external_event_as_it_came() -> None:
    child = chart(atom("x", to(on="*", do=Send("echo", cel("event"), PARENT))))
    session = begun(
        parent(
            atom(
                "a",
                to(on="echo", when="event.data.name == 'hello'", do=assign("seen", "event.data")),
                to(on="echo"),
                invocations=(invoked(autoforward=True),),
            ),
            child=child,
            data={"seen": None},
            limit=50,
        )
    )
    # What it echoes is forwarded to it again, for ever: the bound of the macrostep ends that.
    step = session.send("hello", {"a": 1}, origin="sms:1", origintype="sms")
    assert step.snapshot.status is Status.FAILED


def test_autoforward_stops_where_the_echo_does() -> None:
    child = chart(
        atom("x", to(on="hello", do=Send("echo", cel("event"), PARENT)), to(on="secret.part"))
    )
    session = begun(
        parent(
            atom(
                "a",
                to(on="echo", do=assign("seen", "event.data")),
                to(on="quiet", do=Raise("hello")),
                invocations=(invoked(autoforward=True),),
            ),
            child=child,
            data={"seen": None},
        )
    )
    session.send("hello", {"a": 1}, origin="sms:1", origintype="sms")
    assert session.data["seen"] == {
        "name": "hello",
        "data": {"a": 1},
        "kind": "external",
        "origin": "sms:1",
        "origintype": "sms",
    }
    session.send("quiet")
    assert session.data["seen"]["data"] == {"a": 1}


def test_an_event_says_where_it_comes_from_and_answers_find_their_way() -> None:
    child = chart(
        atom(
            "x",
            to("y", on="pong", do=Send("seen", cel("event"), PARENT)),
            entry=((Send("ping", target=PARENT),),),
        ),
        atom("y"),
    )
    session = begun(
        parent(
            atom(
                "a",
                to(
                    on="ping",
                    do=(
                        assign("ping", "event"),
                        Send(
                            "pong",
                            target_expr=cel("event.origin"),
                            type_expr=cel("event.origintype"),
                        ),
                    ),
                ),
                to(on="seen", do=assign("pong", "event.data")),
                invocations=(invoked(),),
            ),
            child=child,
            data={"ping": None, "pong": None},
        )
    )
    ping, pong = session.data["ping"], session.data["pong"]
    assert (ping["invokeid"], ping["origin"]) == ("child", "#_scxml_s/child")
    assert (pong["origin"], "invokeid" in pong) == ("#_scxml_s", False)


def test_a_made_up_name_begins_with_the_state_and_is_never_used_again() -> None:
    child = chart(atom("x", entry=((Send("hi", cel("session.id"), PARENT),),)))
    session = begun(
        parent(
            atom(
                "a",
                to(on="hi", do=assign("ids", "ids + [event.invokeid, event.data]")),
                to("a", on="again"),
                invocations=(invoked("", id_location=("name",)), invoked("", autoforward=True)),
            ),
            child=child,
            data={"ids": [], "name": None},
        )
    )
    session.send("again")
    names = session.data["ids"][::2]
    assert len(set(names)) == len(names) == 4
    assert all(name.startswith("a.") for name in names)
    assert session.data["ids"][1::2] == [f"s/{name}" for name in names]
    assert session.data["name"] == names[2]


@pytest.mark.parametrize(
    ("invoke", "reason"),
    [
        (invoked(chart=Literal("nowhere")), "there is no chart `nowhere`"),
        (invoked(chart=cel("1")), "the name of a chart is a text"),
        (invoked(params=cel("missing")), "missing"),
        (invoked(params=Literal([1])), "are a map, not a list"),
        (invoked(params=Literal({"base": "x"})), "the input `base`"),
        (invoked(id_location=("nowhere",)), "no variable `nowhere`"),
        (Invoke("i", "x", Literal({}), type_expr=cel("'scxml'")), "there is no chart"),
    ],
)
def test_what_cannot_be_invoked_is_an_error_and_nothing_runs(invoke: Invoke, reason: str) -> None:
    child = chart(atom("x"), data={"base": Datum("base", "int", Literal(0))}, inputs=("base",))
    session = begun(
        parent(
            atom("a", to(on="error", do=assign("error", "event")), invocations=(invoke,)),
            child=child,
            data={"error": None},
        )
    )
    assert reason in session.data["error"]["data"]["message"]
    assert session.snapshot.children == ()


def test_a_chart_that_fails_is_a_failed_invocation() -> None:
    session = begun(
        parent(
            atom(
                "a",
                to("b", on="error.communication.child", do=assign("why", "event.data.outcome")),
                invocations=(invoked(),),
            ),
            atom("b"),
            child=chart(final("x", failed=True, outcome="no luck")),
            data={"why": ""},
        )
    )
    assert (session.states, session.data["why"]) == (["b"], "no luck")


def test_a_chart_that_invokes_itself_is_stopped() -> None:
    own = invoked("again")
    child = chart(atom("x", to(on="error", do=Log("stopped")), invocations=(own,)))
    session = begun(parent(atom("a", invocations=(invoked(),)), child=child))
    assert len(session.snapshot.children) == GENERATIONS
    assert incidents(session.step) == ["error.execution.action", "log"]
    kept_and_rehydrated(session).send("end")


def test_there_are_only_so_many_sessions_in_one() -> None:
    many = tuple(invoked(f"c{number}") for number in range(CHILDREN + 1))
    session = begun(parent(atom("a", invocations=many), child=chart(atom("x"))))
    assert len(session.snapshot.children) == CHILDREN
    assert incidents(session.step) == ["error.execution.action"]


def test_grandchildren_talk_by_the_ids_of_their_sessions() -> None:
    grandchild = chart(
        atom("g", entry=((Send("hello", cel("session.id"), "#_scxml_s"),),)),
    )
    child = chart(
        atom(
            "x",
            to(on="error", do=Send("trouble", target=PARENT)),
            invocations=(Invoke("deep", "scxml", Literal({}), chart=Literal("grandchild")),),
        )
    )
    session = begun(
        chart(
            atom(
                "a",
                to("b", on="hello", do=assign("from", "event.data")),
                invocations=(invoked(),),
            ),
            atom("b", to("c", on="trouble")),
            atom("c"),
            charts={"child": child, "grandchild": grandchild},
            data={"from": ""},
        )
    )
    assert (session.states, session.data["from"]) == (["b"], "s/child/deep")
    assert session.snapshot.children == ()


@pytest.mark.parametrize("target", ["#_parent", "#_nobody", "#_scxml_x", "#_scxml_s/child"])
def test_an_event_for_nobody_is_an_error_that_does_not_end_the_block(target: str) -> None:
    session = begun(
        chart(
            atom(
                "a",
                to(on="error.communication", do=assign("id", "event.sendid")),
                entry=((Send("x", target=target, id="mine"), note("after")),),
            ),
            data={"id": "", "trace": []},
        )
    )
    assert session.data == {"id": "mine", "trace": ["after"]}


def test_work_that_an_invoked_session_asks_for_is_answered_through_the_one_around_it() -> None:
    child = chart(
        atom(
            "x",
            to("y", on="done.invoke.call"),
            invocations=(Invoke("call", "http", Literal({"url": "x"})),),
        ),
        final("y", donedata=cel("event.data")),
    )
    session = begun(
        parent(
            atom("a", to("b", on="done.invoke.child"), invocations=(invoked(),)),
            atom("b", entry=((assign("got", "event.data"),),)),
            child=child,
            data={"got": None},
        )
    )
    (pending,) = session.snapshot.invocations
    assert (pending.owner, pending.name, pending.id) == ("/child", "call", "s:x:1:0")
    kept_and_rehydrated(session).answer("result")
    assert (session.states, session.data["got"]) == (["b"], "result")


def test_giving_up_a_session_gives_up_its_work() -> None:
    child = chart(atom("x", invocations=(Invoke("call", "http", Literal({})),)))
    session = begun(
        parent(atom("a", to("b", on="go"), invocations=(invoked(),)), atom("b"), child=child)
    )
    step = session.send("go")
    assert [effect.kind for effect in step.effects] == [EffectKind.CANCEL]
    assert step.snapshot.invocations == ()


def test_the_end_of_a_session_is_that_of_those_it_has_invoked() -> None:
    child = chart(atom("x", exit=((Log("left"),),)))
    session = begun(
        parent(atom("a", to("b", on="go"), invocations=(invoked(),)), final("b"), child=child)
    )
    step = session.send("session.none")
    assert step.snapshot.children
    step = session.send("go")
    assert (step.snapshot.status, step.snapshot.children) == (Status.COMPLETED, ())
    assert [(one.name, one.owner) for one in step.incidents] == [("log", "/child")]


def test_history_and_kept_events_of_an_invoked_session_are_kept() -> None:
    child = Statechart(
        "child",
        (
            compound(
                "c",
                atom("c1", to("c2", on="next")),
                atom("c2", to("c1", on="kept", do=Send("took", target=PARENT))),
                State("h", StateKind.SHALLOW_HISTORY, initial=Transition(("c1",))),
                on=(to("away", on="off"),),
            ),
            atom("away", to("h", on="on")),
        ),
        deferred=("kept",),
    )
    session = begun(
        parent(
            atom("a", to("b", on="took"), invocations=(invoked(autoforward=True),)),
            atom("b"),
            child=child,
        )
    )
    for name in ("next", "off", "kept"):
        kept_and_rehydrated(session).send(name)
    (living,) = session.snapshot.children
    assert [event.name for event in living.snapshot.deferred] == ["kept"]
    kept_and_rehydrated(session).send("on")
    assert session.states == ["b"]


def test_nobody_else_may_say_that_an_event_comes_of_an_invocation() -> None:
    session = begun(chart(atom("a")))
    with pytest.raises(InvalidEvent, match="invokeid"):
        macrostep(session.chart, session.snapshot, Event("x", invokeid="child"))


def test_a_snapshot_with_sessions_that_cannot_be_is_refused() -> None:
    session = begun(
        parent(
            atom("a", to(on="go", do=Send("x", target="#_child")), invocations=(invoked(),)),
            child=chart(atom("x")),
        )
    )
    text = snapshot_to_json(session.snapshot)
    for wrong in (
        text.replace('"chart":"child"', '"chart":"other"'),
        text.replace('"configuration":["x"]', '"configuration":["a"]'),
    ):
        assert wrong != text
        with pytest.raises(InvalidSnapshot):
            macrostep(session.chart, snapshot_from_json(wrong), Event("go"))
