"""Laws of the journal: every turn that was committed, once, however many commit at the same time."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from statewright.errors import InvalidCursor
from statewright.statechart.snapshot import Status
from statewright.storage import Store
from statewright.storage.journal import BEGINNING, Cursor, Noted, cursor_from
from statewright.storage.records import Committed, SessionKey
from tests.storage.examples import KEY, birth, turn


async def _behind(store: Store, cursor: Cursor, count: int, limit: int = 7) -> list[Noted]:
    """What is behind a cursor: so much, as soon as it is shown, and no more."""
    found: list[Noted] = []
    async with asyncio.timeout(60):
        while True:
            page = await store.journal("acme", after=cursor, limit=limit)
            found += page
            cursor = page[-1].cursor if page else cursor
            if not page and len(found) >= count:
                assert len(found) == count
                return found
            await asyncio.sleep(0 if page else 0.002)


def _places(noted: list[Noted]) -> list[tuple[str, int]]:
    return [(one.key.session, one.turn.revision) for one in noted]


async def a_journal_tells_who_the_session_is_and_what_happened(store: Store, other: Store) -> None:
    born = birth(contact="bob", channel="sms")
    await store.commit([turn(birth=born), turn(1, version=2)])
    first, second = await _behind(other, BEGINNING, 2)
    assert (first.key, first.turn.message, first.birth.contact) == (KEY, "m1", "bob")
    assert (second.birth.flow, second.birth.channel, second.turn.version) == ("lead", "sms", 2)
    assert (first.turn, second.turn) == tuple(await store.history(KEY))
    assert await store.journal("other") == ()


async def a_journal_is_read_in_pages_from_any_cursor(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", f"s{number}") for number in range(5)]
    for expected in range(4):
        await store.commit([turn(expected, key=key) for key in keys])
    told = await _behind(other, BEGINNING, 20, limit=3)
    assert sorted(_places(told)) == [(key.session, n) for key in keys for n in (1, 2, 3, 4)]
    for number, one in enumerate(told):
        again = cursor_from(str(one.cursor))
        assert await _behind(store, again, 19 - number) == told[number + 1 :]


async def behind_the_end_there_is_what_is_committed_afterwards(store: Store, other: Store) -> None:
    await store.commit([turn(), turn(1)])
    await _behind(store, BEGINNING, 2)
    end = await other.journal_end("acme")
    assert await other.journal("acme", after=end) == ()
    await store.commit([turn(2)])
    assert _places(await _behind(other, end, 1)) == [("s1", 3)]


async def the_end_of_a_journal_without_turns_is_before_the_first(store: Store, _: Store) -> None:
    end = await store.journal_end("acme")
    await store.commit([turn()])
    assert _places(await _behind(store, end, 1)) == [("s1", 1)]


async def a_lost_turn_is_not_told(store: Store, _: Store) -> None:
    await store.commit([turn(), turn(5), turn(0, "again")])
    assert _places(await _behind(store, BEGINNING, 1)) == [("s1", 1)]


async def a_session_that_was_deleted_is_left_out_and_no_place_is_used_again(
    store: Store, _: Store
) -> None:
    other = SessionKey("acme", "s2")
    await store.commit([turn(status=Status.COMPLETED, at=5)])
    (told,) = await _behind(store, BEGINNING, 1)
    assert await store.forget([KEY], before=10) == (True,)
    assert await store.journal("acme") == ()
    assert await store.journal("acme", after=told.cursor) == ()
    await store.commit([turn(key=other, at=20)])
    assert _places(await _behind(store, told.cursor, 1)) == [("s2", 1)]


async def a_cursor_that_lies_ahead_is_refused_or_has_nothing_behind_it(
    store: Store, _: Store
) -> None:
    await store.commit([turn()])
    with suppress(InvalidCursor):
        assert await store.journal("acme", after=Cursor(2**62, "s1", 1)) == ()


async def a_clock_that_is_set_back_hides_nothing(store: Store, other: Store) -> None:
    await store.commit([turn(at=9_000)])
    (told,) = await _behind(other, BEGINNING, 1)
    await store.commit([turn(1, at=10), turn(key=SessionKey("acme", "s0"), at=10)])
    assert sorted(_places(await _behind(other, told.cursor, 2))) == [("s0", 1), ("s1", 2)]


async def followers_hear_of_every_turn_once_while_many_commit(store: Store, other: Store) -> None:
    chance = random.Random(3)
    keys = [SessionKey("acme", f"s{number}") for number in range(12)]
    turns = 15

    async def writer(key: SessionKey) -> None:
        for expected in range(turns):
            await asyncio.sleep(chance.choice((0, 0, 0.001)))
            one = chance.choice((store, other))
            assert await one.commit([turn(expected, key=key)]) == (Committed(expected + 1),)

    total = turns * len(keys)
    following = asyncio.gather(
        _behind(store, BEGINNING, total, limit=5), _behind(other, BEGINNING, total, limit=64)
    )
    await asyncio.gather(*map(writer, keys))
    first, second = await following
    assert first == second
    assert sorted(_places(first)) == sorted((k.session, n + 1) for k in keys for n in range(turns))
    for key in keys:
        revisions = [one.turn.revision for one in first if one.key == key]
        assert revisions == list(range(1, turns + 1))


LAWS = (
    a_journal_tells_who_the_session_is_and_what_happened,
    a_journal_is_read_in_pages_from_any_cursor,
    behind_the_end_there_is_what_is_committed_afterwards,
    the_end_of_a_journal_without_turns_is_before_the_first,
    a_lost_turn_is_not_told,
    a_session_that_was_deleted_is_left_out_and_no_place_is_used_again,
    a_cursor_that_lies_ahead_is_refused_or_has_nothing_behind_it,
    a_clock_that_is_set_back_hides_nothing,
    followers_hear_of_every_turn_once_while_many_commit,
)
