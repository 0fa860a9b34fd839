"""Yesterday's conversations on another version: the first place where users would see it."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.runtime import Comparison, Order, Runtime, VirtualClock
from statewright.statechart import Event, Statechart
from statewright.storage import MemoryStore
from statewright.storage.records import SessionKey
from tests.compiler.conversations import compiled
from tests.runtime.worlds import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


FLOW = """
start: ask
variables:
  name: string
  color: string
  found: {type: dyn}
  score: {type: int, default: 0}
nodes:
  ask: {type: question, text: Name?, variable: name, next: look}
  look:
    type: http
    url: "https://crm.example/{{ name }}"
    save: {found: response.body}
    success: pause
    error: bye
  pause: {type: delay, duration: 10s, next: pick}
  pick:
    type: question
    text: "Which one, {{ name }}?"
    input: choice
    choices: [{value: r, label: Red}, {value: b, label: Blue}]
    variable: color
    next: bye
  bye: {type: end, outcome: done, text: Bye.}
"""


def changed(old: str, new: str) -> Statechart:
    assert old in FLOW
    return compiled(FLOW.replace(old, new)).release().statechart


async def http(_order: Order) -> Any:
    return {"status": 200, "headers": {}, "body": {"id": 7}}


@pytest.fixture
async def talk() -> tuple[Runtime, SessionKey]:
    """A conversation from the beginning to the end."""
    clock = VirtualClock(NOW)
    runtime = Runtime(MemoryStore(), clock=clock, handlers={"http": http})
    await runtime.publish(compiled(FLOW).release(), flow="flow")
    key = (await runtime.start("flow")).key
    await runtime.send(key, "Ada")
    await runtime.work(clock.advance(1))
    await runtime.sweep(clock.advance(11))
    await runtime.send(key, Event("nothing.much"))
    await runtime.patch(key, {"score": 3})
    clock.advance(20)
    await runtime.send(key, {"value": "b", "text": "Blue"})
    view = await runtime.session(key)
    assert (view.status, view.outcome, view.revision) == ("completed", "done", 7)
    return runtime, key


async def on(talk: tuple[Runtime, SessionKey], other: Statechart) -> Comparison:
    runtime, key = talk
    return await runtime.past.compare(key, other)


async def test_the_same_flow_says_the_same(talk: tuple[Runtime, SessionKey]) -> None:
    compared = await on(talk, compiled(FLOW).release().statechart)
    assert compared == Comparison(7, None, ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "  pause: {type: delay, duration: 10s, next: pick}",
            "  pause: {type: delay, duration: 8s, next: pick}",
        ),
        ("score: {type: int, default: 0}", "score: {type: int, default: 5}\n  more: string"),
        ("success: pause", "success: note"),
    ],
    ids=["sooner", "another variable", "a node that says nothing"],
)
async def test_what_users_do_not_see_is_no_difference(
    talk: tuple[Runtime, SessionKey], old: str, new: str
) -> None:
    text = FLOW.replace(old, new)
    if "note" in new:
        text += "  note: {type: set, actions: [{set: score, to: '{{ 1 }}'}], next: pause}\n"
    compared = await on(talk, compiled(text).release().statechart)
    assert compared.divergence is None
    assert compared.stopped == ""


async def test_another_text_is_shown_where_it_is_first_said(
    talk: tuple[Runtime, SessionKey],
) -> None:
    divergence = (await on(talk, changed("Which one, ", "Which colour, "))).divergence
    assert divergence is not None
    assert (divergence.revision, divergence.what, divergence.event) == (2, "answer", "message")
    assert divergence.data == {"text": "Ada"}
    assert [one["text"] for one in divergence.was.messages] == ["Which one, Ada?"]
    assert [one["text"] for one in divergence.would_be.messages] == ["Which colour, Ada?"]
    assert divergence.was.asks == divergence.would_be.asks == "choice"


async def test_another_choice_is_a_difference(talk: tuple[Runtime, SessionKey]) -> None:
    divergence = (await on(talk, changed("label: Red", "label: Crimson"))).divergence
    assert divergence is not None
    assert divergence.was.messages != divergence.would_be.messages or (
        divergence.was.choices != divergence.would_be.choices
    )


async def test_another_end_is_a_difference(talk: tuple[Runtime, SessionKey]) -> None:
    divergence = (await on(talk, changed("outcome: done", "outcome: sold"))).divergence
    assert divergence is not None
    assert (divergence.revision, divergence.was.outcome) == (7, "done")
    assert divergence.would_be.outcome == "sold"


async def test_a_request_that_history_has_no_answer_to_is_told(
    talk: tuple[Runtime, SessionKey],
) -> None:
    text = FLOW.replace("next: pick}", "next: more}") + (
        "  more: {type: http, url: 'https://x.example', success: pick, error: bye}\n"
    )
    divergence = (await on(talk, compiled(text).release().statechart)).divergence
    assert divergence is not None
    assert (divergence.what, divergence.revision) == ("unanswered", 2)
    assert divergence.reason == "the history has no answer to `http` at `more/~call`"


async def test_a_request_in_other_words_gets_the_answer_of_history(
    talk: tuple[Runtime, SessionKey],
) -> None:
    compared = await on(talk, changed("crm.example", "crm2.example"))
    assert compared.divergence is None
    assert compared.remarks == (
        "`http` at `look/~call` asks for something else; it got the answer that the history has",
    )


async def test_a_request_that_was_moved_is_known_by_its_words(
    talk: tuple[Runtime, SessionKey],
) -> None:
    compared = await on(talk, compiled(FLOW.replace("look", "lookup")).release().statechart)
    assert (compared.divergence, compared.remarks) == (None, ())


async def test_what_cannot_be_done_on_the_other_chart_is_told(
    talk: tuple[Runtime, SessionKey],
) -> None:
    divergence = (await on(talk, changed("  score: {type: int, default: 0}\n", ""))).divergence
    assert divergence is not None
    assert (divergence.what, divergence.revision) == ("failure", 6)
    assert "`score` is no variable" in divergence.reason


async def test_contact_values_that_were_not_recorded_are_named(
    talk: tuple[Runtime, SessionKey],
) -> None:
    compared = await on(talk, changed("text: Name?", "text: \"{{ contact.?x.orValue('Name?') }}\""))
    assert compared.divergence is None
    assert compared.remarks == (
        "the history does not tell `contact.x`, which counts as unset here",
    )


async def test_a_fork_is_not_run_on_another_chart(talk: tuple[Runtime, SessionKey]) -> None:
    runtime, key = talk
    fork = await runtime.past.fork(key, 4, message=None)
    same = await runtime.past.compare(fork.key, compiled(FLOW).release().statechart)
    assert same.stopped == ""
    other = await runtime.past.compare(fork.key, changed("Bye.", "So long."))
    assert "goes on from a state of its own chart" in other.stopped


async def test_repairs_are_no_difference(talk: tuple[Runtime, SessionKey]) -> None:
    runtime, _ = talk
    key = (await runtime.start("flow")).key
    await runtime.send(key, "Bob")
    await runtime.repairs.retry(key)
    await runtime.repairs.skip(key, "", {"status": 200, "headers": {}, "body": 1}, failed=False)
    for other in (compiled(FLOW).release().statechart, changed("Bye.", "So long.")):
        compared = await runtime.past.compare(key, other)
        assert (compared.divergence, compared.stopped, compared.turns) == (None, "", 4)
