"""What happens in a conversation begins sessions, or is for those that go on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.runtime import Received, Runtime
from statewright.runtime.timers import HOLD
from statewright.statechart import Event, Status
from statewright.storage.records import SessionKey
from tests.runtime.worlds import World, texts

pytestmark = pytest.mark.anyio

ORDERS = """
statewright: 1
start: hello
variables: {about: {type: string, default: "", input: true}, said: string}
triggers:
  any: {type: message}
  again: {type: keyword, words: [start over], reentry: restart}
  shipped:
    type: event
    event: order.shipped
    reentry: parallel
    to: shipped
    inputs: {about: "{{ event.data.id }}"}
nodes:
  hello: {type: question, text: "Hello?", variable: said, next: bye}
  shipped: {type: end, text: "{{ about }} is on its way."}
  bye: {type: end, text: "You said {{ said }}."}
"""

HELP = """
statewright: 1
start: help
triggers:
  help: {type: keyword, words: [help], priority: 5, if: "contact.?vip.orValue(false)"}
nodes:
  help: {type: end, text: Help is near.}
"""


async def nothing(_key: SessionKey, _now: int) -> int:
    """Handles nothing: as if the process were killed just after it has acknowledged."""
    return 0


async def published(world: World) -> Runtime:
    runtime = await world.worker()
    for name, text in (("orders", ORDERS), ("help", HELP)):
        release = compiler.compile(flows.parse(text)).release()
        await runtime.publish(release, flow=name)
    return runtime


async def happened(
    world: World, runtime: Runtime, what: Any, message: str = "", contact: str = ""
) -> tuple[Received, ...]:
    taken = await runtime.happened(
        what, conversation="c", message_id=message or str(what), contact=contact
    )
    await runtime._inbox.close()  # what goes on in the background comes to its end
    while await runtime.sweep(world.clock.advance(1 + HOLD // 1_000_000)):
        pass
    return taken


async def said(runtime: Runtime, taken: Received) -> list[str]:
    return texts(*await runtime.read(taken.key))


async def test_a_message_begins_a_flow_and_the_next_one_is_for_its_session(world: World) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi")
    assert await said(runtime, first) == ["Hello?"]
    (second,) = await happened(world, runtime, "Ada")
    assert second.key == first.key
    assert await said(runtime, first) == ["Hello?", "You said Ada."]
    (third,) = await happened(world, runtime, "more")
    assert third.key != first.key
    assert await said(runtime, third) == ["Hello?"]


async def turns_of(runtime: Runtime) -> dict[str, int]:
    """How often each session that there is has taken a turn."""
    sessions = await runtime.store.sessions("default")
    return {session.key.session: session.revision for session in sessions}


async def test_a_message_that_comes_again_changes_nothing(world: World) -> None:
    runtime = await published(world)
    for what in ("hi", "start over", "Ada", Event("order.shipped", {"id": "#17"}), "more"):
        await happened(world, runtime, what)
        before = await turns_of(runtime)
        await happened(world, runtime, what)
        assert await turns_of(runtime) == before
    # The session that was to begin anew takes one turn more where the message that ends it finds
    # it still going on: that turn notes to whom the message was left.
    assert sorted(before.values()) in ([1, 1, 2, 2], [1, 1, 2, 3])


@pytest.mark.parametrize("what", ["hi", "start over", "Ada"])
async def test_a_message_that_comes_again_much_later_changes_nothing(
    world: World, what: str
) -> None:
    runtime = await published(world)
    for number, one in enumerate(("hi", "start over", "Ada", "hello", "start over", "hm")):
        await happened(world, runtime, one, message=f"{one}{number}")
    before = await turns_of(runtime)
    number = ("hi", "start over", "Ada").index(what)
    (again,) = await happened(world, runtime, what, message=f"{what}{number}")
    assert f"{what}{number}" in [turn.message for turn in await runtime.store.history(again.key)]
    assert await turns_of(runtime) == before


async def test_a_message_begins_a_session_where_the_one_that_it_was_for_has_ended(
    world: World,
) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi")
    drain, runtime._inbox._drain = runtime._inbox._drain, nothing
    for name in ("Ada", "more"):
        await runtime.happened(name, conversation="c", message_id=name)
    await asyncio.sleep(0)
    runtime._inbox._drain = drain
    (last,) = await happened(world, runtime, "and more")
    assert await said(runtime, first) == ["Hello?", "You said Ada."]
    found = await runtime.handled(last, "and more", settle=5)
    assert found is not None
    assert texts(*await runtime.read(found[0])) == ["Hello?", "You said and more."]
    assert found[0] != first.key


BESIDE = """
statewright: 1
start: ask
variables: {number: {type: int, default: 0, input: true}}
triggers:
  go: {type: event, event: go, reentry: parallel, inputs: {number: "{{ event.data.number }}"}}
nodes:
  ask: {type: question, text: "Well?", next: bye}
  bye: {type: end}
  there:
    type: interrupt
    event: ping
    nodes:
      say: {type: message, text: "I am {{ number }}.", next: back}
      back: {type: leave}
  stop: {type: interrupt, event: stop, nodes: {over: {type: end, text: "{{ number }} is over."}}}
"""


@pytest.mark.parametrize(
    ("what", "answers"),
    [("ping", {"I am 1.", "I am 2."}), ("stop", {"1 is over.", "2 is over."})],
)
async def test_of_sessions_beside_each_other_each_answers_an_event_itself(
    world: World, what: str, answers: set[str]
) -> None:
    runtime = await world.worker()
    await runtime.publish(compiler.compile(flows.parse(BESIDE)).release(), flow="beside")
    for number in (1, 2):
        await happened(world, runtime, Event("go", {"number": number}), message=f"go{number}")
    taken = await happened(world, runtime, Event(what), message=what)
    heard = [await runtime.handled(one, what, settle=5) for one in taken]
    assert len(taken) == 2
    assert {one[0] for one in heard if one} == {one.key for one in taken}
    assert {texts(one[1])[0] for one in heard if one} == answers


async def test_a_word_may_begin_a_flow_anew(world: World) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi")
    await happened(world, runtime, "start over!")
    view = await runtime.session(first.key)
    assert (view.status, view.outcome) == (Status.COMPLETED, "restarted")
    now = await runtime.current("orders", conversation="c")
    assert now is not None
    assert now != first.key
    (after,) = await happened(world, runtime, "Ada")
    assert after.key == now
    assert await said(runtime, after) == ["Hello?", "You said Ada."]


async def test_an_event_may_begin_a_session_beside_another_one(world: World) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi")
    (shipped,) = await happened(world, runtime, Event("order.shipped", {"id": "#17"}))
    assert await said(runtime, shipped) == ["#17 is on its way."]
    assert (await runtime.session(first.key)).status is Status.ACTIVE


async def test_a_trigger_may_ask_for_the_contact(world: World) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi", contact="ada")
    (taken,) = await happened(world, runtime, "help", contact="ada")
    assert taken.key == first.key, "the flow that runs has the word"
    assert await said(runtime, taken) == ["Hello?", "You said help."]


async def test_what_nobody_waits_for_is_for_nobody(world: World) -> None:
    runtime = await published(world)
    assert await happened(world, runtime, Event("order.returned", {})) == ()


async def test_events_that_come_at_once_begin_a_session_each(world: World) -> None:
    runtime = await published(world)
    events = [Event("order.shipped", {"id": f"#{n}"}) for n in range(5)]
    begun = await asyncio.gather(
        *(runtime.happened(e, conversation="c", message_id=f"m{n}") for n, e in enumerate(events))
    )
    told = [await said(runtime, taken) for (taken,) in begun]
    assert told == [[f"#{n} is on its way."] for n in range(5)]


async def test_a_session_that_another_one_began_beside_still_hears(world: World) -> None:
    runtime = await published(world)
    (first,) = await happened(world, runtime, "hi")
    await happened(world, runtime, Event("order.shipped", {"id": "#17"}))
    (answer,) = await happened(world, runtime, "Ada")
    assert answer.key == first.key
    assert await said(runtime, first) == ["Hello?", "You said Ada."]


NUMBERED = """
statewright: 1
start: hello
variables: {o: {type: int, input: true, default: 0}}
triggers:
  num: {type: keyword, words: ["^#"], match: regex, inputs: {o: "{{ input }}"}}
  any: {type: message, priority: -1}
  paid: {type: event, event: paid, inputs: {o: "{{ event.data.o }}"}, reentry: restart}
nodes:
  hello: {type: question, text: "Order {{ o }}?", next: bye}
  bye: {type: end}
"""


async def test_a_trigger_whose_inputs_do_not_fit_leaves_the_message_to_the_next_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = await world.worker()
    await runtime.publish(compiler.compile(flows.parse(NUMBERED)).release(), flow="numbered")
    (taken,) = await happened(world, runtime, "#12")
    assert await said(runtime, taken) == ["Order 0?"]
    assert "the trigger 'num' of the flow 'numbered'" in caplog.text
    assert "#12" not in caplog.text


@pytest.mark.parametrize("name", ["a", "z"])
async def test_an_event_that_does_not_fit_one_flow_is_for_the_others(
    world: World, name: str
) -> None:
    runtime = await world.worker()
    other = NUMBERED.replace("type: int", "type: string").replace("default: 0", "default: ''")
    for flow, text in (("m", other), (name, NUMBERED)):
        await runtime.publish(compiler.compile(flows.parse(text)).release(), flow=flow)
    (taken,) = await happened(world, runtime, Event("paid", {"o": "x"}))
    assert await said(runtime, taken) == ["Order x?"]


async def test_a_session_goes_on_that_an_event_cannot_begin_anew(world: World) -> None:
    runtime = await world.worker()
    await runtime.publish(compiler.compile(flows.parse(NUMBERED)).release(), flow="numbered")
    (first,) = await happened(world, runtime, "hi")
    (told,) = await happened(world, runtime, Event("paid", {"o": "x"}))
    assert told.key == first.key
    assert (await runtime.session(first.key)).status is Status.ACTIVE


TO_PEOPLE = """
statewright: 1
start: people
triggers:
  any: {type: message}
  again: {type: keyword, words: [start over], reentry: restart}
  beside: {type: keyword, words: [beside], reentry: parallel}
nodes:
  people: {type: handoff, text: "Somebody will come.", next: bye}
  bye: {type: end, text: "Glad to help."}
"""

NEWS = """
statewright: 1
start: tell
variables: {well: string}
triggers:
  shipped: {type: event, event: order.shipped, priority: 9}
  help: {type: keyword, words: [help], priority: 9}
  opened: {type: opened, priority: 9}
nodes:
  tell: {type: question, text: "It is on its way. Well?", variable: well, next: bye}
  bye: {type: end, text: "{{ well }}!"}
"""


async def test_the_bot_is_silent_while_people_have_the_conversation(world: World) -> None:
    runtime = await world.worker()
    for name, text in (("talk", TO_PEOPLE), ("news", NEWS)):
        await runtime.publish(compiler.compile(flows.parse(text)).release(), flow=name)
    (first,) = await happened(world, runtime, "hi")
    for what in ("start over", "beside", "help", Event("conversation.opened", {})):
        assert {one.key for one in await happened(world, runtime, what)} == {first.key}
    news, _ = await happened(world, runtime, Event("order.shipped", {}))
    assert await said(runtime, news) == ["It is on its way. Well?"]
    # What is said is still for the people; only then for the question.
    assert [one.key for one in await happened(world, runtime, "Thanks")] == [first.key]
    assert await said(runtime, first) == ["Somebody will come."]
    await happened(world, runtime, Event("handoff.resolved", {}))
    assert await said(runtime, first) == ["Somebody will come.", "Glad to help."]
    assert [one.key for one in await happened(world, runtime, "Fine")] == [news.key]
    assert await said(runtime, news) == ["It is on its way. Well?", "Fine!"]
