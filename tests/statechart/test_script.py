"""Conversation scripts, and playing them: turns as the command line prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from statewright.errors import InvalidScript
from statewright.expressions import Literal
from statewright.statechart import (
    Awaits,
    Invoke,
    State,
    Statechart,
    Turn,
    json_from_turn,
    parse_script,
    play,
)
from statewright.statechart.actions import Send
from statewright.statechart.playing.script import (
    Advanced,
    Answered,
    Chosen,
    Happened,
    Typed,
    json_from_line,
    micros_from_text,
)
from tests.statechart.building import SECOND, Say, assign, cel, chart, final, text, to


def test_every_kind_of_line_is_read_and_written_again() -> None:
    script = [
        "hi",
        {"choose": 3},
        {"event": "order.paid", "data": {"n": 1}},
        {"event": "ready"},
        {"advance": "1h30m"},
        {"result": "pay", "data": {"ok": True}},
        {"result": "pay", "error": {"code": "dns"}},
    ]
    lines = parse_script(script)
    assert lines == (
        Typed("hi"),
        Chosen(3),
        Happened("order.paid", {"n": 1}),
        Happened("ready"),
        Advanced("1h30m", 5400 * SECOND),
        Answered("pay", {"ok": True}),
        Answered("pay", {"code": "dns"}, failed=True),
    )
    assert [json_from_line(line) for line in lines] == script


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (3, "is no line"),
        ({}, "is no line"),
        ({"say": "hi"}, "is no line"),
        ({"choose": 1, "event": "x"}, "`choose` goes with"),
        ({"event": ""}, "no name of an event"),
        ({"event": 3}, "no name of an event"),
        ({"event": "done.state.a"}, "cannot be sent"),
        ({"event": "tick"}, "cannot be sent"),
        ({"advance": "soon"}, "is no time"),
        ({"advance": 5}, "is no time"),
        ({"advance": "5"}, "is no time"),
        ({"advance": "5y"}, "is no time"),
        ({"advance": "-5s"}, "is no time"),
        ({"advance": "9999999999w"}, "hundred years"),
        ({"result": ""}, "names a node"),
        ({"result": "a", "data": 1, "error": {}}, "not both"),
        ({"result": "a", "error": "bad"}, "is a map"),
        ({"choose": "\ud800"}, "half a character"),
        ({"choose": object()}, "cannot be kept"),
    ],
)
def test_what_is_no_line_is_refused_with_its_number(item: Any, message: str) -> None:
    with pytest.raises(InvalidScript, match=f"line 2: .*{message}"):
        parse_script(["hi", item])


@pytest.mark.parametrize("value", [None, "hi", {"say": 1}, 3])
def test_a_script_is_a_list(value: Any) -> None:
    with pytest.raises(InvalidScript, match="a script is a list"):
        parse_script(value)


@pytest.mark.parametrize(
    ("written", "micros"),
    [("5ms", 5000), ("1m30s", 90 * SECOND), ("2h", 7200 * SECOND), ("1w 1d", 691200 * SECOND)],
)
def test_times_are_read(written: str, micros: int) -> None:
    assert micros_from_text(written) == micros


def asking() -> Statechart:
    ask = State(
        "ask/wait",
        entry=((Say(Literal({"type": "text", "text": "Drink?"})),),),
        transitions=(to("order", on="message", do=assign("drink", "input")),),
        awaits=Awaits("choice", "ask", cel("[{'value': 't', 'label': 'Tea'}, 'c']").expression),
    )
    order = State(
        "order/call",
        transitions=(
            to("end", on="done.invoke.order", do=Say(text("{{ event.data.ok }}"))),
            to("end", on="error.communication.order", do=Say(text("{{ event.data.code }}"))),
            to("end", on="timeout"),
        ),
        entry=((Send("timeout", delay=Literal(60 * SECOND)),),),
        invocations=(Invoke("order", "http", cel("{'drink': drink}")),),
    )
    return chart(
        ask,
        State("order", transitions=(to("order/call"),)),
        order,
        final("end", outcome="served"),
        data={"drink": None},
    )


def played(script: list[Any], **options: Any) -> list[Turn]:
    lines = parse_script(script)
    return list(play(asking(), lines, session="s", seed="x", now=0, **options))


def test_a_turn_has_the_shape_that_the_command_line_prints() -> None:
    first, second = (json_from_turn(turn) for turn in played([{"choose": "t"}]))
    assert json.loads(json.dumps(first)) == {
        "turn": 1,
        "input": None,
        "messages": [{"type": "text", "text": "Drink?"}],
        "effects": [],
        "incidents": [],
        "awaiting": {
            "kind": "choice",
            "node": "ask",
            "state": "ask/wait",
            "choices": [{"value": "t", "label": "Tea"}, {"value": "c", "label": "c"}],
            "effects": [],
            "due": None,
        },
        "data": {},
        "configuration": ["ask/wait"],
        "status": "active",
        "outcome": "",
        "revision": 1,
    }
    assert second["input"] == {"choose": "t"}
    assert second["data"] == {"drink": "t"}
    assert second["effects"] == [
        {
            "kind": "invoke",
            "id": "s:order/call:2:0",
            "state": "order/call",
            "data": {"name": "order", "type": "http", "params": {"drink": "t"}},
        }
    ]
    assert second["awaiting"] == {
        "kind": "effect",
        "node": "order/call",
        "state": "order/call",
        "choices": [],
        "effects": [
            {"id": "s:order/call:2:0", "name": "order", "type": "http", "state": "order/call"}
        ],
        "due": "1970-01-01T00:01:00Z",
    }


def test_a_choice_sends_its_label_where_it_is_offered() -> None:
    chosen = played([{"choose": "t"}])[1].macrostep.event
    other = played([{"choose": "milk"}])[1].macrostep.event
    assert (chosen.data, other.data) == ({"value": "t", "text": "Tea"}, {"value": "milk"})


@pytest.mark.parametrize("place", ["order", "order/call", "s:order/call:2:0"])
def test_a_result_answers_what_is_pending_by_node_state_or_id(place: str) -> None:
    last = played(["tea", {"result": place, "data": {"ok": "yes"}}])[-1]
    assert last.messages == ({"type": "text", "text": "yes"},)
    assert (last.status, last.outcome) == ("completed", "served")


def test_a_failure_is_a_result_too() -> None:
    last = played(["tea", {"result": "order", "error": {"code": "dns"}}])[-1]
    assert last.messages == ({"type": "text", "text": "dns"},)


def test_time_that_passes_fires_timers_at_their_deadlines() -> None:
    turns = played(["tea", {"advance": "59s"}, {"advance": "2h"}])
    assert [turn.status for turn in turns] == ["active", "active", "active", "completed"]
    assert turns[-1].macrostep.snapshot.now == 60 * SECOND
    assert turns[-1].effects[0]["kind"] == "cancel"


def test_a_result_that_is_not_pending_is_refused() -> None:
    with pytest.raises(InvalidScript, match="line 1: no effect of `order` is pending"):
        played([{"result": "order"}])


def test_a_line_behind_the_end_is_refused() -> None:
    with pytest.raises(InvalidScript, match="line 3: the session has completed"):
        played(["tea", {"result": "order", "data": {"ok": 1}}, "more"])


def test_effects_are_answered_from_fixtures_in_turns_of_their_own() -> None:
    turns = played(["tea"], fixtures={"order": {"data": {"ok": "here"}}})
    assert [turn.input for turn in turns] == [
        None,
        "tea",
        {"result": "order", "data": {"ok": "here"}},
    ]
    assert turns[-1].messages[0]["text"] == "here"


def looping() -> Statechart:
    state = State(
        "call",
        transitions=(to("call", on="done.invoke.w", do=assign("seen", "seen + [event.data]")),),
        invocations=(Invoke("w", "http", Literal(None)),),
    )
    return chart(state, data={"seen": []})


def test_a_list_of_fixtures_is_used_up_in_order() -> None:
    fixtures = {"w": [{"data": 1}, {"data": 2}]}
    *_, last = play(looping(), (), session="s", seed="x", now=0, fixtures=fixtures)
    assert last.data == {"seen": [1, 2]}
    assert last.awaiting is not None
    assert last.awaiting["kind"] == "effect"


def test_a_fixture_that_is_needed_without_end_is_used_only_so_often() -> None:
    turns = list(play(looping(), (), session="s", seed="x", now=0, fixtures={"w": {"data": 1}}))
    assert len(turns) == 1001


@pytest.mark.parametrize("fixture", [3, {}, {"data": 1, "x": 2}, [{"error": 3}], {"error": "bad"}])
def test_a_fixture_that_is_no_answer_is_refused(fixture: Any) -> None:
    with pytest.raises(InvalidScript, match="fixture `order`"):
        played([], fixtures={"order": fixture})


def test_a_script_may_be_written_while_it_is_played() -> None:
    heard: list[Turn] = []

    def lines() -> Any:
        assert heard[-1].messages[0]["text"] == "Drink?"
        yield Typed("tea")

    for turn in play(asking(), lines(), session="s", seed="x", now=0):
        heard.append(turn)  # noqa: PERF402 - the lines look at what was heard so far
    assert heard[-1].data == {"drink": "tea"}


def test_what_json_lacks_is_shown_as_text_and_secrets_stay_secret() -> None:
    state = State(
        "a",
        entry=((Say(cel("n")), Send("e", text("{{secret:k}}"), target="world")),),
        data=(),
    )
    (turn,) = play(chart(state, data={"n": b"x"}), (), session="s", seed="x", now=0)
    assert turn.messages == ({"type": "text", "text": "eA=="},)
    assert turn.effects[0]["data"]["data"] == {"$": ["secret", "text", ["k"]]}
    json.dumps(json_from_turn(turn))
