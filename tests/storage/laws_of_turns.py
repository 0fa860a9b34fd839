"""Laws of ``load`` and ``commit``."""

from __future__ import annotations

import asyncio
import json
import random

from statewright.statechart.snapshot import Status
from statewright.storage import Store
from statewright.storage.identity import secret_hash, session_id, state_hash
from statewright.storage.records import Committed, Conflict, Duplicate, Episode, SessionKey, Turn
from tests.storage.examples import (
    ALWAYS,
    KEY,
    Answered,
    at_once,
    birth,
    loaded,
    message,
    request,
    revision,
    send,
    turn,
)


async def a_session_that_does_not_exist_is_loaded_as_nothing(store: Store, _: Store) -> None:
    found = await loaded(store)
    assert (found.session, found.snapshot, found.duplicate, found.inbox) == (None, "", None, ())
    assert (found.contact, found.tenant) == ({}, {})


async def what_a_turn_wrote_is_loaded(store: Store, other: Store) -> None:
    born = birth(contact="bob", secret_hash=secret_hash("secret"))
    made = turn(birth=born, due_at=77, version=3)
    assert await store.commit([made]) == (Committed(1),)
    found = await loaded(other)
    assert found.session is not None
    assert found.session.birth == born
    assert (found.session.revision, found.session.version, found.session.due_at) == (1, 3, 77)
    assert (found.snapshot, found.state_hash) == (made.snapshot, made.state_hash)
    assert (found.session.created_at, found.session.updated_at) == (made.at, made.at)


async def who_a_session_is_never_changes(store: Store, _: Store) -> None:
    await store.commit([turn(birth=birth(contact="bob"))])
    await store.commit([turn(1, version=2, status=Status.COMPLETED, at=5_000)])
    session = (await loaded(store)).session
    assert session is not None
    assert session.birth == birth(contact="bob")
    assert (session.version, session.status) == (2, Status.COMPLETED)
    assert (session.created_at, session.updated_at) == (1_000, 5_000)


async def of_two_turns_on_one_revision_exactly_one_is_committed(store: Store, other: Store) -> None:
    for expected in range(5):
        outcomes = await asyncio.gather(
            store.commit([turn(expected, f"a{expected}")]),
            other.commit([turn(expected, f"b{expected}")]),
        )
        kinds = sorted(type(outcome).__name__ for (outcome,) in outcomes)
        assert kinds == ["Committed", "Conflict"]
        assert await revision(store) == expected + 1


async def of_two_turns_on_one_revision_in_one_batch_the_first_is_committed(
    store: Store, _: Store
) -> None:
    assert await store.commit([turn(0, "a"), turn(0, "b")]) == (Committed(1), Conflict(1))
    assert await store.commit([turn(1, "c"), turn(1, "d")]) == (Committed(2), Conflict(2))


async def a_turn_from_an_old_revision_is_told_the_current_one(store: Store, _: Store) -> None:
    await store.commit([turn(), turn(1), turn(2)])
    assert await store.commit([turn(1, "late")]) == (Conflict(3),)
    assert await store.commit([turn(5, "early")]) == (Conflict(3),)
    assert await store.commit([turn(0, "again")]) == (Conflict(3),)
    assert await store.commit([turn(4, key=SessionKey("acme", "none"))]) == (Conflict(0),)
    assert await revision(store) == 3


async def a_batch_may_hold_a_chain_of_turns(store: Store, _: Store) -> None:
    assert await store.commit([turn(), turn(1), turn(2)]) == tuple(map(Committed, (1, 2, 3)))
    assert await store.commit([turn(3), turn(4)]) == (Committed(4), Committed(5))
    past = await store.history(KEY)
    assert [row.revision for row in past] == [1, 2, 3, 4, 5]
    assert (await loaded(store)).snapshot == turn(4).snapshot


async def a_chain_that_starts_too_late_is_in_conflict_as_a_whole(store: Store, _: Store) -> None:
    await store.commit([turn()])
    outcomes = await store.commit([turn(2, "a"), turn(3, "b")])
    assert outcomes == (Conflict(1), Conflict(1))
    assert len(await store.history(KEY)) == 1


async def what_was_stepped_from_a_lost_turn_is_lost_with_it(store: Store, other: Store) -> None:
    await store.commit([turn(0), turn(1)])
    await other.commit([turn(2, "faster")])
    # The second is at the revision that it expects, but was stepped from a state that never was.
    assert await store.commit([turn(2, "a"), turn(3, "b")]) == (Conflict(3), Conflict(3))
    assert [past.message for past in await store.history(KEY)] == ["m1", "m2", "faster"]
    found = await loaded(store)
    assert json.loads(found.snapshot) == {"n": 3}


async def what_was_stepped_from_a_duplicate_is_lost(store: Store, other: Store) -> None:
    await store.commit([turn(0), turn(1)])
    first = turn(2, "a", answer='{"answer": "of the other"}')
    await other.commit([first])
    outcomes = await store.commit([turn(2, "a"), turn(3, "b")])
    assert outcomes == (Duplicate(3, first.answer), Conflict(3))
    assert await revision(store) == 3


async def a_turn_from_the_state_that_is_there_is_committed(store: Store, _: Store) -> None:
    await store.commit([turn(0)])
    assert await store.commit([recalling(1)]) == (Committed(2),)
    assert await store.commit([recalling(2), recalling(3)]) == (Committed(3), Committed(4))
    assert (await loaded(store)).snapshot == turn(3).snapshot


async def a_turn_from_a_state_that_was_recalled_wrongly_is_in_conflict(
    store: Store, other: Store
) -> None:
    await store.commit([turn(0), turn(1)])
    await other.commit([turn(2)])
    # Another revision, another state at that revision, and none at all.
    assert await store.commit([recalling(2, "late")]) == (Conflict(3),)
    assert await store.commit([turn(3, "x", recalled=state_hash("x"))]) == (Conflict(3),)
    assert await store.commit([recalling(2, "y", SessionKey("acme", "none"))]) == (Conflict(0),)
    assert [past.message for past in await store.history(KEY)] == ["m1", "m2", "m3"]


async def a_turn_from_a_recalled_state_is_no_second_answer(store: Store, other: Store) -> None:
    first = turn(1, "m", answer='{"answer": "of the other"}')
    await other.commit([turn(0), first])
    for expected in (1, 2):
        outcomes = await store.commit([recalling(expected, "m")])
        assert outcomes == (Duplicate(2, first.answer),)


async def a_turn_from_a_recalled_state_never_passes_what_waits(store: Store, other: Store) -> None:
    await store.commit([turn(0)])
    (position,) = await other.accept([message("first")])
    assert await store.commit([recalling(1, "second")]) == (Conflict(1),)
    assert await store.commit([turn(1, "first", position=position)]) == (Committed(2),)
    assert await store.commit([recalling(2, "second")]) == (Committed(3),)


async def what_waits_in_one_session_is_in_nobody_elses_way(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", "s1"), SessionKey("acme", "s2"), SessionKey("other", "s1")]
    await store.commit([turn(0, key=key) for key in keys])
    await other.accept([message("waits", keys[0])])
    outcomes = await store.commit([recalling(1, "m", key) for key in keys])
    assert outcomes == (Conflict(1), Committed(2), Committed(2))


async def a_turn_from_a_recalled_state_follows_none_that_was_loaded_in_its_batch(
    store: Store, _: Store
) -> None:
    await store.commit([turn(0)])
    assert await store.commit([turn(1), recalling(2)]) == (Committed(2), Conflict(2))


async def of_recalled_and_loaded_turns_on_one_revision_exactly_one_is_committed(
    store: Store, other: Store
) -> None:
    await store.commit([turn(0)])
    for expected in range(1, 6):
        outcomes = await asyncio.gather(
            store.commit([recalling(expected, f"a{expected}")]),
            other.commit([turn(expected, f"b{expected}")]),
        )
        kinds = sorted(type(outcome).__name__ for (outcome,) in outcomes)
        assert kinds == ["Committed", "Conflict"]
        assert await revision(store) == expected + 1


def recalling(expected: int, message: str = "", key: SessionKey = KEY) -> Turn:
    """A turn from the state that ``turn`` leaves at a revision, which was not loaded for it."""
    return turn(expected, message, key, recalled=turn(expected - 1).state_hash)


async def each_turn_of_a_batch_stands_or_falls_alone(store: Store, _: Store) -> None:
    keys = [SessionKey("acme", f"s{number}") for number in range(4)]
    await store.commit([turn(0, "x", keys[1]), turn(0, "y", keys[2])])
    outcomes = await store.commit([turn(0, "x", key) for key in keys])
    assert outcomes == (
        Committed(1),
        Duplicate(1, turn().answer),
        Conflict(1),
        Committed(1),
    )


async def a_duplicate_gets_the_first_answer_byte_for_byte(store: Store, other: Store) -> None:
    answer = '{"text": "a  spaced\\n\\"ünïcode\\" 🙂 answer"}'
    await store.commit([turn(answer=answer), turn(1)])
    assert await other.commit([turn(2, "m1")]) == (Duplicate(1, answer),)
    assert await other.commit([turn(0, "m1")]) == (Duplicate(1, answer),)
    assert (await loaded(other, asked="m1")).duplicate == Duplicate(1, answer)
    assert await revision(store) == 2


async def a_message_that_comes_twice_at_once_is_handled_once(store: Store, other: Store) -> None:
    for number in range(5):
        name = f"twin {number}"
        answers = await at_once([send(one, KEY, name) for one in (store, other, store, other)])
        assert len(set(answers)) == 1
        assert await revision(store) == number + 1


async def twins_in_one_batch_are_one_turn_and_one_duplicate(store: Store, _: Store) -> None:
    twin = turn(0, "twin")
    assert await store.commit([twin, twin]) == (Committed(1), Duplicate(1, twin.answer))


async def the_same_message_id_in_two_sessions_is_two_messages(store: Store, _: Store) -> None:
    keys = [SessionKey("acme", "s1"), SessionKey("acme", "s2"), SessionKey("other", "s1")]
    assert await store.commit([turn(0, "m", key) for key in keys]) == (Committed(1),) * 3


async def senders_at_once_lose_nothing_and_double_nothing_in_one_session(
    store: Store, other: Store
) -> None:
    await _senders([KEY], messages=60, stores=(store, other))


async def senders_at_once_lose_nothing_and_double_nothing_in_many_sessions(
    store: Store, other: Store
) -> None:
    keys = [SessionKey("acme", f"s{number}") for number in range(40)]
    await _senders(keys, messages=300, stores=(store, other))


async def _senders(keys: list[SessionKey], messages: int, stores: tuple[Store, Store]) -> None:
    """Send messages from 16 senders at once, 15 % of them twice at the same moment."""
    chance = random.Random(7)
    work = [(chance.choice(keys), f"m{number}") for number in range(messages)]
    got: list[tuple[SessionKey, Answered]] = []

    async def sender() -> None:
        while work:
            key, name = work.pop()
            copies = 2 if chance.random() < 0.15 else 1
            answers = await at_once([send(chance.choice(stores), key, name) for _ in range(copies)])
            got.extend((key, answer) for answer in answers)

    await asyncio.gather(*(sender() for _ in range(16)))
    acknowledged = set(got)
    assert len(acknowledged) == messages
    store = stores[0]
    outbox = await store.claim("all", ALWAYS, held_until=2 * ALWAYS, limit=2 * messages)
    for key in keys:
        past = await store.history(key, limit=messages)
        acks = {answer for owner, answer in acknowledged if owner == key}
        assert {Answered(row.message, row.revision, row.answer) for row in past} == acks
        assert [row.revision for row in past] == list(range(1, len(acks) + 1))
        assert await revision(store, key) == len(acks)
        asked = [claim.request.key for claim in outbox if claim.key == key]
        assert asked == [f"{key.session}:{row.message}" for row in past]
        if past:
            assert json.loads((await loaded(store, key)).snapshot) == {"n": len(acks)}


async def a_lost_turn_leaves_nothing_behind(store: Store, _: Store) -> None:
    await store.commit([turn()])
    await store.accept([message("waits")])
    lost = turn(5, "waits", position=1, requests=(request("r"),), due_at=1)
    assert await store.commit([lost]) == (Conflict(1),)
    assert len(await store.history(KEY)) == 1
    assert await store.claim("t", ALWAYS, held_until=ALWAYS) == ()
    found = await loaded(store)
    assert [arrival.message for arrival in found.inbox] == ["waits"]
    assert found.session is not None
    assert found.session.due_at is None


async def a_conversation_names_the_latest_session_of_each_flow(store: Store, other: Store) -> None:
    ids = {
        (flow, episode): session_id("acme", "web", "c1", flow, episode)
        for flow in ("lead", "quiz")
        for episode in (1, 2)
    }
    for (flow, episode), session in ids.items():
        made = birth(flow=flow, episode=episode)
        await store.commit([turn(0, key=SessionKey("acme", session), birth=made)])
    ended = turn(1, key=SessionKey("acme", ids["quiz", 2]), status=Status.COMPLETED)
    await store.commit([ended])
    assert await other.conversation("acme", "web", "c1") == (
        Episode("lead", 2, ids["lead", 2], Status.ACTIVE),
        Episode("quiz", 2, ids["quiz", 2], Status.COMPLETED),
    )
    assert await other.conversation("acme", "web", "c2") == ()
    assert await other.conversation("other", "web", "c1") == ()


async def episodes_of_one_batch_leave_the_latest(store: Store, _: Store) -> None:
    keys = [SessionKey("acme", f"e{episode}") for episode in (1, 2, 3)]
    turns = [turn(0, key=key, birth=birth(episode=n)) for n, key in enumerate(keys, 1)]
    await store.commit([turns[1], turns[2], turns[0]])
    assert await store.conversation("acme", "web", "c1") == (
        Episode("lead", 3, "e3", Status.ACTIVE),
    )


async def an_earlier_episode_that_comes_late_is_not_the_latest(store: Store, _: Store) -> None:
    for episode in (2, 1):
        key = SessionKey("acme", f"e{episode}")
        await store.commit([turn(0, key=key, birth=birth(episode=episode))])
    assert await store.conversation("acme", "web", "c1") == (
        Episode("lead", 2, "e2", Status.ACTIVE),
    )


async def two_that_start_one_conversation_make_one_session(store: Store, other: Store) -> None:
    key = SessionKey("acme", session_id("acme", "web", "c1", "lead", 1))
    await at_once([send(one, key, name) for one, name in ((store, "hi"), (other, "hello"))])
    assert await revision(store, key) == 2
    assert len(await store.conversation("acme", "web", "of " + key.session)) == 1


LAWS = (
    a_session_that_does_not_exist_is_loaded_as_nothing,
    what_a_turn_wrote_is_loaded,
    who_a_session_is_never_changes,
    of_two_turns_on_one_revision_exactly_one_is_committed,
    of_two_turns_on_one_revision_in_one_batch_the_first_is_committed,
    a_turn_from_an_old_revision_is_told_the_current_one,
    a_batch_may_hold_a_chain_of_turns,
    a_chain_that_starts_too_late_is_in_conflict_as_a_whole,
    what_was_stepped_from_a_lost_turn_is_lost_with_it,
    what_was_stepped_from_a_duplicate_is_lost,
    a_turn_from_the_state_that_is_there_is_committed,
    a_turn_from_a_state_that_was_recalled_wrongly_is_in_conflict,
    a_turn_from_a_recalled_state_is_no_second_answer,
    a_turn_from_a_recalled_state_never_passes_what_waits,
    what_waits_in_one_session_is_in_nobody_elses_way,
    a_turn_from_a_recalled_state_follows_none_that_was_loaded_in_its_batch,
    of_recalled_and_loaded_turns_on_one_revision_exactly_one_is_committed,
    each_turn_of_a_batch_stands_or_falls_alone,
    a_duplicate_gets_the_first_answer_byte_for_byte,
    a_message_that_comes_twice_at_once_is_handled_once,
    twins_in_one_batch_are_one_turn_and_one_duplicate,
    the_same_message_id_in_two_sessions_is_two_messages,
    senders_at_once_lose_nothing_and_double_nothing_in_one_session,
    senders_at_once_lose_nothing_and_double_nothing_in_many_sessions,
    a_lost_turn_leaves_nothing_behind,
    a_conversation_names_the_latest_session_of_each_flow,
    episodes_of_one_batch_leave_the_latest,
    an_earlier_episode_that_comes_late_is_not_the_latest,
    two_that_start_one_conversation_make_one_session,
)
