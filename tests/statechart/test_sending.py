"""Sends whose parts are computed: what is sent, to whom, when, and what goes wrong."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.expressions import Literal, Record
from statewright.statechart import (
    Event,
    Invoke,
    Statechart,
    chart_from_json,
    chart_to_json,
    digest_of,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
)
from statewright.statechart.actions import Cancel, Raise, Send
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


def sending(*sends: Send | Cancel, **data: Any) -> Session:
    """A session whose first state sends these, and keeps what comes in ``got``."""
    return begun(
        chart(
            atom(
                "a",
                to(on="error", do=assign("wrong", "event")),
                to(on="*", do=assign("got", "got + [event]")),
                entry=(tuple(sends),),
            ),
            data={"got": [], "wrong": None, "id": None, **data},
        )
    )


def test_all_parts_of_a_send_can_be_computed() -> None:
    session = sending(
        Send(
            "",
            Record((("n", cel("1 + 1")),)),
            delay=cel("'0.5s'"),
            event_expr=cel("'a.' + name"),
            target_expr=cel("'#_scxml_' + session.id"),
            type_expr=cel("'scxml'"),
            id_location=("id",),
        ),
        name="b",
    )
    assert session.data["got"] == []
    session.send("tick", at=SECOND)
    (event,) = session.data["got"]
    assert event == {
        "name": "a.b",
        "data": {"n": 2},
        "kind": "external",
        "sendid": session.data["id"],
        "origin": "#_scxml_s",
        "origintype": "http://www.w3.org/TR/scxml/#SCXMLEventProcessor",
    }


@pytest.mark.parametrize(
    ("delay", "micros"),
    [
        ("1500000", 1_500_000),
        ("'1500000'", 1_500_000),
        ("'1.5s'", 1_500_000),
        ("' 20ms '", 20_000),
        ("duration('2s')", 2_000_000),
        ("2.0", 2),
    ],
)
def test_a_delay_is_a_number_a_duration_or_a_text(delay: str, micros: int) -> None:
    session = sending(Send("late", delay=cel(delay)))
    assert session.snapshot.timers[0].due == micros


@pytest.mark.parametrize(
    ("send", "reason"),
    [
        (Send("", event_expr=cel("1")), "the name of an event is a text, not a int"),
        (Send("", event_expr=cel("'a..b'")), "`a..b` is no name of an event that can be sent"),
        (Send("a", target_expr=cel("missing")), "`missing` has no value"),
        (Send("a", target_expr=cel("[]")), "the target of a send is a text, not a list"),
        (Send("a", type="carrier"), "`carrier` is no type of a send that is known here"),
        (Send("a", type_expr=cel("27")), "the type of a send is a text, not a int"),
        (Send("a", type="scxml", target="crm"), "`crm` is no target of a send to a session"),
        (Send("a", type="effect"), "a send to the world needs a target"),
        (Send("a", delay=cel("'soon'")), "`duration` cannot read 'soon'"),
        (Send("a", cel("1 / 0")), "division by zero"),
        (Send("a", id_location=("nowhere",)), "no variable `nowhere` is declared here"),
    ],
)
def test_what_cannot_be_sent_ends_the_block(send: Send, reason: str) -> None:
    session = sending(send, Send("behind"))
    wrong = session.data["wrong"]
    assert wrong["name"] == "error.execution.action"
    assert session.data["got"] == []
    if "duration" not in reason:
        assert reason in wrong["data"]["message"]


def test_the_error_of_a_send_says_which_it_is() -> None:
    session = sending(Send("a", cel("1 / 0"), id="mine"))
    assert session.data["wrong"]["sendid"] == "mine"
    session = sending(Send("a", cel("1 / 0"), id_location=("id",)))
    assert session.data["wrong"]["sendid"] == session.data["id"]


def test_a_cancel_can_compute_the_id() -> None:
    session = sending(
        Send("late", delay=Literal(SECOND), id_location=("id",)),
        Send("later", delay=Literal(SECOND)),
        Cancel(id_expr=cel("id")),
    )
    assert [timer.event for timer in session.snapshot.timers] == ["later"]


def test_made_up_ids_do_not_depend_on_how_often_time_was_looked_at() -> None:
    def ids(ticks: int) -> list[str]:
        state = atom("a", to(on="go", do=Send("x", id_location=("id",), delay=Literal(SECOND))))
        session = begun(chart(state, data={"id": None}))
        for _ in range(ticks):
            session.send("tick")
        session.send("go")
        session.send("go")
        return [timer.id for timer in session.snapshot.timers]

    assert ids(0) == ids(3) == ["send.1", "send.2"]


def test_a_delayed_event_for_the_world_is_an_effect_when_its_time_comes() -> None:
    session = sending(Send("late", cel("1"), target="crm", delay=Literal(SECOND), id="t"))
    assert session.step.effects == ()
    (effect,) = session.send("tick", at=SECOND).effects
    assert effect.data == {"data": 1, "event": "late", "target": "crm", "id": "t"}
    assert (effect.state, effect.id) == ("a", "s:a:2:0")


def test_a_delayed_event_for_nobody_is_an_error_when_its_time_comes() -> None:
    session = sending(Send("late", target="#_gone", delay=Literal(SECOND), id="t"))
    assert "wrong" not in session.data
    session.send("tick", at=SECOND)
    assert session.data["wrong"]["name"] == "error.communication"
    assert session.data["wrong"]["sendid"] == "t"


def test_an_event_of_its_own_may_be_called_tick() -> None:
    session = sending(Send("tick"), Send("tick", delay=Literal(SECOND)))
    session.send("tick", at=SECOND)
    assert [event["name"] for event in session.data["got"]] == ["tick", "tick"]


def test_a_param_without_a_value_is_left_out_of_what_a_final_state_says() -> None:
    fields = Record((("good", cel("1")), ("bad", cel("missing")), ("last", cel("2"))))
    session = begun(
        chart(
            compound("c", final("c1", donedata=fields), on=(to("d", on="done.state.c"),)),
            atom("d", entry=((assign("got", "event.data"),),)),
            data={"got": None},
        )
    )
    assert session.data["got"] == {"good": 1, "last": 2}
    assert incidents(session.step) == ["error.execution.action"]


def test_a_block_goes_on_where_nobody_was_there() -> None:
    session = begun(
        chart(
            atom("a", entry=((Send("x", target="#_parent"), note("after"), Raise("y")),)),
            data={"trace": []},
        )
    )
    assert session.data["trace"] == ["after"]


def test_what_was_written_before_there_were_invoked_sessions_is_read_still() -> None:
    old = begun(OLD)
    old.send("go")
    text = snapshot_to_json(old.snapshot)
    assert text == WRITTEN.replace("DIGEST", digest_of(OLD))
    step = macrostep(OLD, snapshot_from_json(text), Event("tick", now=SECOND))
    assert step.snapshot.configuration == ("b",)


OLD = chart_from_json(
    '{"data":[{"name":"n","value":{"literal":1}}],"name":"old","states":[{"id":"a","transitions":'
    '[{"actions":[{"delay":{"literal":1000000},"do":"send","event":"late"}],"events":["go"]},'
    '{"events":["late"],"targets":["b"]}],"invocations":[{"id":"call","params":{"literal":{}},'
    '"type":"http"}]},{"id":"b"}]}'
)
WRITTEN = (
    '{"configuration":["a"],"data":{"":{"n":1}},"digest":"DIGEST","invocations":'
    '[{"id":"s:a:1:0","name":"call","state":"a","type":"http"}],"seed":"seed","session":"s",'
    '"timer_count":1,"timers":[{"due":1000000,"event":"late","ordinal":0,"state":"a"}],"turns":2}'
)


def test_a_chart_with_all_that_is_new_is_its_json() -> None:
    whole = Statechart(
        "whole",
        (
            atom(
                "a",
                to(on="x", do=Cancel(id_expr=cel("id"))),
                invocations=(
                    Invoke(
                        "",
                        "",
                        cel("{}"),
                        cel("'scxml'"),
                        Literal("child"),
                        (assign("id", "1"),),
                        autoforward=True,
                        id_location=("id",),
                    ),
                ),
                entry=(
                    (
                        Send(
                            "",
                            event_expr=cel("'a'"),
                            target_expr=cel("'#_parent'"),
                            type_expr=cel("'scxml'"),
                            id_location=("id",),
                        ),
                    ),
                ),
            ),
        ),
        charts={"child": chart(atom("b"))},
    )
    assert chart_from_json(chart_to_json(whole)) == whole
