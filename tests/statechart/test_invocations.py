"""Work that is done elsewhere: when it starts, how it ends, what is stale."""

from __future__ import annotations

import pytest

from statewright.errors import InvalidEvent
from statewright.expressions import Literal, SecretText
from statewright.statechart import Invoke, State, Statechart
from statewright.statechart.actions import Send
from statewright.statechart.effects import EffectKind
from tests.statechart.building import (
    Raise,
    Say,
    Session,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    incidents,
    said,
    text,
    to,
)


def calling(name: str = "call", params: object = None) -> State:
    return atom(
        name,
        to("good", on=f"done.invoke.{name}", do=Say(cel("event.data"))),
        to("bad", on=f"error.communication.{name}", do=Say(cel("event.data.code"))),
        to("idle", on="leave"),
        invocations=(Invoke(name, "http", params or cel("{'n': n}")),),  # type: ignore[arg-type]  # any content
    )


def called(*states: State) -> Statechart:
    return chart(
        atom("idle", to("call", on="go")),
        *(states or (calling(),)),
        atom("good"),
        atom("bad"),
        data={"n": 1},
    )


def started() -> Session:
    session = begun(called())
    session.send("go")
    return session


def test_an_invocation_is_asked_for_and_remembered() -> None:
    session = started()
    (effect,) = session.step.effects
    assert effect.kind is EffectKind.INVOKE
    assert effect.data == {"name": "call", "type": "http", "params": {"n": 1}}
    (pending,) = session.snapshot.invocations
    assert (pending.id, pending.name, pending.state) == (effect.id, "call", "call")


def test_its_result_ends_it() -> None:
    session = started()
    step = session.answer({"status": 200})
    assert said(step) == [{"status": 200}]
    assert session.states == ["good"]
    assert session.snapshot.invocations == ()


def test_its_failure_is_an_error_of_communication() -> None:
    session = started()
    assert said(session.answer({"code": "dns"}, failed=True)) == ["dns"]
    assert session.states == ["bad"]


def test_leaving_its_state_cancels_it() -> None:
    session = started()
    (pending,) = session.snapshot.invocations
    step = session.send("leave")
    assert [(e.kind, dict(e.data)) for e in step.effects] == [
        (EffectKind.CANCEL, {"invocation": pending.id})
    ]
    assert session.snapshot.invocations == ()


def test_a_result_that_nobody_waits_for_changes_nothing() -> None:
    session = started()
    pending = session.snapshot.invocations[0]
    session.send("leave")
    before = session.snapshot
    step = session.send("done.invoke.call", {}, invocation=pending.id)
    assert step.snapshot is before
    assert incidents(step) == ["stale"]


def test_a_second_result_is_stale() -> None:
    session = begun(chart(atom("a", invocations=(Invoke("w", "x", Literal(None)),))))
    pending = session.snapshot.invocations[0]
    session.answer(1)
    assert incidents(session.send("done.invoke.w", 2, invocation=pending.id)) == ["stale"]


def test_a_result_that_comes_after_the_timeout_at_the_same_moment_is_stale() -> None:
    state = State(
        "call",
        entry=((Send("timeout", delay=Literal(5)),),),
        transitions=(to("idle", on="timeout"),),
        invocations=(Invoke("call", "http", Literal(None)),),
    )
    session = begun(chart(state, atom("idle")))
    step = session.answer({}, at=9)
    assert session.states == ["idle"]
    assert incidents(step) == ["stale"]


@pytest.mark.parametrize("name", ["done.invoke.other", "message", "error.communication", "done"])
def test_a_result_must_have_the_name_of_its_invocation(name: str) -> None:
    session = started()
    with pytest.raises(InvalidEvent, match=r"done\.invoke\.call"):
        session.send(name, {}, invocation=session.snapshot.invocations[0].id)


def test_a_result_says_where_it_comes_from() -> None:
    state = atom(
        "a",
        to(on="done.invoke.w", do=Say(cel("[event.kind, event.invocation]"))),
        invocations=(Invoke("w", "x", Literal(None)),),
    )
    session = begun(chart(state))
    pending = session.snapshot.invocations[0]
    assert said(session.answer()) == [["platform", pending.id]]


def test_a_state_that_is_left_in_the_same_macrostep_never_calls() -> None:
    session = begun(chart(calling_through(to("good")), atom("good")))
    assert session.step.effects == ()
    session = begun(
        chart(calling_through(to("good", on="up"), entry=((Raise("up"),),)), atom("good"))
    )
    assert session.step.effects == ()


def calling_through(*ways: object, **more: object) -> State:
    return State(
        "call",
        transitions=ways,  # type: ignore[arg-type]  # transitions, as the tests write them
        invocations=(Invoke("call", "http", Literal(None)),),
        **more,  # type: ignore[arg-type]  # parts of a state
    )


def test_invocations_start_last_and_in_the_order_of_entry() -> None:
    inner = atom("i", entry=((Say(Literal("said")),),), invocations=(Invoke("i", "x", Literal(2)),))
    outer = compound(
        "o", inner, invocations=(Invoke("o1", "x", Literal(0)), Invoke("o2", "x", Literal(1)))
    )
    effects = begun(chart(outer)).step.effects
    assert [(str(e.kind), e.data.get("name")) for e in effects] == [
        ("say", None),
        ("invoke", "o1"),
        ("invoke", "o2"),
        ("invoke", "i"),
    ]


def test_parameters_see_the_end_of_the_macrostep() -> None:
    state = atom(
        "a",
        to(on="up", do=assign("n", "n + 1")),
        entry=((Raise("up"),),),
        invocations=(Invoke("w", "x", cel("n")),),
    )
    (effect,) = begun(chart(state, data={"n": 1})).step.effects
    assert effect.data["params"] == 2


def test_parameters_without_a_value_are_the_failure_of_the_invocation() -> None:
    session = begun(called(calling(params=cel("missing"))))
    step = session.send("go")
    assert session.states == ["bad"]
    assert said(step) == ["params"]
    assert incidents(step) == ["error.communication.call"]
    assert [e.kind for e in step.effects] == [EffectKind.SAY]


def test_secrets_stay_secret_in_parameters() -> None:
    session = begun(called(calling(params=text("Bearer {{secret:token}}"))))
    (effect,) = session.send("go").effects
    assert isinstance(effect.data["params"], SecretText)
