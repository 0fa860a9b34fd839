"""Laws of the inbox, of deadlines and of the outbox."""

from __future__ import annotations

import asyncio

from statewright.storage import Store
from statewright.storage.queues import Settlement
from statewright.storage.records import Committed, Conflict, SessionKey
from statewright.storage.store import WAITING
from tests.storage.examples import ALWAYS, KEY, loaded, message, request, turn

OTHER = SessionKey("acme", "s2")


async def positions_increase_in_the_order_of_arrival(store: Store, other: Store) -> None:
    first = await store.accept([message("a"), message("b"), message("c", OTHER)])
    second = await other.accept([message("d"), message("e", OTHER)])
    assert 0 < first[0] < first[1] < second[0]
    assert 0 < first[2] < second[1]
    inbox = (await loaded(store)).inbox
    assert [arrival.message for arrival in inbox] == ["a", "b", "d"]
    assert [arrival.position for arrival in inbox] == [first[0], first[1], second[0]]
    assert (inbox[0].body, inbox[0].at) == (message("a").body, 1_000)


async def a_message_accepted_twice_has_one_position(store: Store, other: Store) -> None:
    (first,) = await store.accept([message("a")])
    assert await other.accept([message("b"), message("a"), message("b")])
    assert (await other.accept([message("a")]))[0] == first
    twins = await asyncio.gather(*(one.accept([message("t")]) for one in (store, other) * 3))
    assert len(set(twins)) == 1
    assert [arrival.message for arrival in (await loaded(store)).inbox] == ["a", "b", "t"]


async def a_handled_message_leaves_the_inbox_and_keeps_its_position(store: Store, _: Store) -> None:
    positions = await store.accept([message("a"), message("b")])
    made = [turn(0, "a", position=positions[0]), turn(1, "sync")]
    assert await store.commit(made) == (Committed(1), Committed(2))
    assert [arrival.message for arrival in (await loaded(store)).inbox] == ["b"]
    again = await store.accept([message("a"), message("sync"), message("c")])
    assert again[:2] == (positions[0], 0)
    assert again[2] > positions[1]


async def positions_are_not_given_twice_when_the_inbox_is_empty(store: Store, _: Store) -> None:
    given = []
    for expected in range(3):
        (position,) = await store.accept([message(f"a{expected}")])
        await store.commit([turn(expected, f"a{expected}", position=position)])
        given.append(position)
    assert given == sorted(set(given))


async def a_message_handled_by_another_way_does_not_wait(store: Store, _: Store) -> None:
    await store.accept([message("a"), message("b")])
    await store.commit([turn(0, "a")])
    assert [arrival.message for arrival in (await loaded(store)).inbox] == ["b"]
    assert await store.ready(1_000, held_until=2_000) == (KEY,)


async def of_many_messages_the_first_are_loaded_and_the_last_is_known(
    store: Store, other: Store
) -> None:
    assert (await loaded(store)).last == 0
    names = [f"m{number}" for number in range(WAITING + 20)]
    positions = await store.accept([message(name) for name in names])
    found = await loaded(other)
    assert [arrival.message for arrival in found.inbox] == names[:WAITING]
    assert found.last == positions[-1]
    # One that was handled by another way leaves no gap.
    await store.commit([turn(0, names[0])])
    found = await loaded(other)
    assert [arrival.message for arrival in found.inbox] == names[1 : WAITING + 1]


async def what_a_turn_hands_on_is_accepted_with_it(store: Store, other: Store) -> None:
    await store.accept([message("first", OTHER)])
    handing = [
        turn(0, "a", onward=(message("a", OTHER),)),
        turn(1, "b", onward=(message("b", OTHER), message("first", OTHER))),
    ]
    assert await store.commit(handing) == (Committed(1), Committed(2))
    inbox = (await loaded(other, OTHER)).inbox
    assert [arrival.message for arrival in inbox] == ["first", "a", "b"]
    assert [arrival.position for arrival in inbox] == sorted({one.position for one in inbox})
    assert await other.ready(1_000, held_until=2_000) == (OTHER,)


async def what_a_lost_turn_would_hand_on_is_not_accepted(store: Store, other: Store) -> None:
    await store.commit([turn(0)])
    await other.commit([turn(1, "faster")])
    handing = [turn(1, "a"), turn(2, "b", onward=(message("b", OTHER),))]
    assert await store.commit(handing) == (Conflict(2), Conflict(2))
    assert (await loaded(other, OTHER)).inbox == ()


async def what_was_handed_on_or_handled_there_is_not_accepted_again(
    store: Store, other: Store
) -> None:
    await store.commit([turn(0, "a", OTHER)])
    await store.commit([turn(0, "b", onward=(message("a", OTHER), message("c", OTHER)))])
    await other.commit([turn(1, "d", onward=(message("c", OTHER),))])
    assert [arrival.message for arrival in (await loaded(other, OTHER)).inbox] == ["c"]


async def acceptors_at_once_get_different_positions(store: Store, other: Store) -> None:
    calls = [
        one.accept([message(f"m{n}-{i}")])
        for n in range(15)
        for i, one in enumerate((store, other))
    ]
    positions = [position for (position,) in await asyncio.gather(*calls)]
    assert len(set(positions)) == 30
    assert [row.position for row in (await loaded(store)).inbox] == sorted(positions)


async def a_session_with_waiting_messages_is_ready_once_until_the_deadline(
    store: Store, other: Store
) -> None:
    await store.accept([message("a"), message("b"), message("c", OTHER)])
    found = [*await store.ready(10, held_until=20), *await other.ready(10, held_until=20)]
    assert sorted(found) == [KEY, OTHER]
    assert await other.ready(19, held_until=30) == ()
    assert sorted(await other.ready(20, held_until=30)) == [KEY, OTHER]


async def a_message_held_by_its_acceptor_is_not_ready(store: Store, other: Store) -> None:
    await store.accept([message("a")], held_until=50)
    assert await other.ready(49, held_until=60) == ()
    assert await other.ready(50, held_until=60) == (KEY,)


async def messages_that_come_at_once_are_held_each_until_its_own_time(
    store: Store, other: Store
) -> None:
    await asyncio.gather(
        store.accept([message("a")], held_until=50),
        store.accept([message("b", OTHER)], held_until=10),
    )
    assert await other.ready(20, held_until=30) == (OTHER,)


async def a_message_is_ready_where_who_was_told_handled_only_those_before_it(
    store: Store, _: Store
) -> None:
    first, _second = await store.accept([message("a"), message("b")])
    assert await store.ready(10, held_until=20) == (KEY,)
    await store.commit([turn(0, "a", position=first)])
    assert await store.ready(20, held_until=30) == (KEY,)


async def a_message_that_comes_to_an_empty_inbox_is_ready(store: Store, other: Store) -> None:
    for number in range(3):
        (position,) = await store.accept([message(f"m{number}")], held_until=5)
        await store.commit([turn(number, f"m{number}", position=position)])
        assert await other.ready(100 + number, held_until=200) == ()
    await store.accept([message("last")], held_until=150)
    assert await other.ready(149, held_until=250) == ()
    assert await other.ready(150, held_until=250) == (KEY,)


async def a_message_that_comes_while_its_session_is_lent_is_ready_afterwards(
    store: Store, other: Store
) -> None:
    (first,) = await store.accept([message("a")])
    assert await store.ready(10, held_until=20) == (KEY,)
    await other.accept([message("b")], held_until=30)
    await store.commit([turn(0, "a", position=first)])
    assert await store.ready(30, held_until=40) == (KEY,)


async def sweepers_at_once_share_the_messages_that_wait(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", f"s{number:02}") for number in range(30)]
    await store.accept([message("a", key) for key in keys])
    sweeps = [one.ready(10, held_until=20, limit=7) for one in (store, other) * 2]
    found = [key for sweep in await asyncio.gather(*sweeps) for key in sweep]
    while more := await other.ready(10, held_until=20, limit=7):
        assert len(more) <= 7
        found += more
    assert sorted(found) == keys
    assert await other.ready(10, held_until=20, limit=0) == ()


async def mailboxes_that_are_empty_hide_none_that_is_not(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", f"s{number:02}") for number in range(30)]
    positions = await store.accept([message("a", key) for key in keys], held_until=5)
    done = zip(keys[:-1], positions, strict=False)
    await store.commit([turn(0, "a", key, position=position) for key, position in done])
    assert await other.ready(10, held_until=20, limit=7) == (keys[-1],)


async def a_deadline_makes_a_session_ready_once_until_the_lease_ends(
    store: Store, other: Store
) -> None:
    await store.commit([turn(due_at=100), turn(0, key=OTHER)])
    assert await store.ready(99, held_until=200) == ()
    assert await store.ready(100, held_until=200) == (KEY,)
    assert await other.ready(199, held_until=300) == ()
    assert await other.ready(200, held_until=300) == (KEY,)


async def a_turn_takes_a_deadline_away_or_sets_a_new_one(store: Store, _: Store) -> None:
    await store.commit([turn(due_at=100)])
    assert await store.ready(100, held_until=ALWAYS) == (KEY,)
    await store.commit([turn(1, due_at=150)])
    assert await store.ready(149, held_until=ALWAYS) == ()
    assert await store.ready(150, held_until=ALWAYS) == (KEY,)
    await store.commit([turn(2, due_at=None)])
    assert await store.ready(ALWAYS, held_until=ALWAYS) == ()


async def sweepers_at_once_share_what_is_ready(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", f"s{number}") for number in range(30)]
    await store.commit([turn(0, key=key, due_at=number) for number, key in enumerate(keys)])
    sweeps = [one.ready(100, held_until=200, limit=7) for one in (store, other) * 3]
    found = [key for sweep in await asyncio.gather(*sweeps) for key in sweep]
    assert len(found) == len(set(found))
    while more := await store.ready(100, held_until=200, limit=7):
        assert len(more) <= 7
        found += more
    assert sorted(found) == sorted(keys)


async def a_request_is_claimed_once_until_the_deadline(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r1"), request("r2")), at=10)])
    assert await store.claim("early", 9, held_until=20) == ()
    claims = await store.claim("one", 10, held_until=20)
    assert [claim.request for claim in claims] == [request("r1"), request("r2")]
    assert {(claim.key, claim.revision, claim.attempts) for claim in claims} == {(KEY, 1, 1)}
    assert await other.claim("two", 19, held_until=40) == ()
    again = await other.claim("three", 20, held_until=40)
    assert [(claim.request.key, claim.attempts) for claim in again] == [("r1", 2), ("r2", 2)]


async def relays_at_once_share_the_outbox(store: Store, other: Store) -> None:
    names = [f"r{number}" for number in range(40)]
    await store.commit([turn(requests=tuple(map(request, names)))])
    claims = await asyncio.gather(
        *(
            one.claim(f"relay {number}", ALWAYS, held_until=2 * ALWAYS, limit=9)
            for number, one in enumerate((store, other) * 2)
        )
    )
    got = [claim.request.key for batch in claims for claim in batch]
    got += [c.request.key for c in await store.claim("last", ALWAYS, held_until=2 * ALWAYS)]
    assert sorted(got) == sorted(names)


async def a_finished_request_is_never_claimed_again(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    (claim,) = await store.claim("one", 10, held_until=20)
    done = Settlement(claim, '{"ok":true}', 15)
    assert await store.finish([done]) == (True,)
    assert await other.finish([done]) == (True,)
    assert await other.claim("two", ALWAYS, held_until=ALWAYS) == ()


async def a_lease_that_ran_out_still_holds_until_somebody_claims(
    store: Store, other: Store
) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    (late,) = await store.claim("slow", 10, held_until=20)
    (claim,) = await other.claim("quick", 20, held_until=30)
    assert await store.finish([Settlement(late, "1", 25)]) == (False,)
    assert await other.finish([Settlement(claim, "2", 26)]) == (True,)
    assert await store.finish([Settlement(late, "1", 27)]) == (False,)
    await store.commit([turn(1, requests=(request("r2"),), at=40)])
    (alone,) = await store.claim("slow", 40, held_until=50)
    assert await store.finish([Settlement(alone, "1", 90)]) == (True,)


async def who_lost_a_lease_hears_so_also_together_with_who_has_it(store: Store, _: Store) -> None:
    await store.commit([turn(0, "m1", requests=(request("e1"),))])
    (lost,) = await store.claim("one", 1_000, held_until=2_000)
    (own,) = await store.claim("two", 2_000, held_until=3_000)
    told = await asyncio.gather(
        store.finish([Settlement(lost, '"lost"', 2_500)]),
        store.finish([Settlement(own, '"own"', 2_500)]),
        store.finish([Settlement(own, '"again"', 2_500), Settlement(lost, None, 2_500)]),
    )
    assert list(told) == [(False,), (True,), (True, False)]
    assert await store.claim("three", 9_000, held_until=9_500) == ()


async def a_lease_that_is_renewed_is_not_lent_to_others(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r1"), request("r2")), at=10)])
    claims = await store.claim("one", 10, held_until=20)
    assert await store.renew(claims[:1], held_until=50) == (True,)
    (taken,) = await other.claim("two", 20, held_until=40)
    assert taken.request == request("r2")
    assert await other.claim("two", 39, held_until=60) == ()
    assert await store.renew(claims, held_until=70) == (True, False)
    assert await store.finish([Settlement(claims[0], "1", 60)]) == (True,)
    assert await other.finish([Settlement(taken, "2", 60)]) == (True,)


async def a_renewal_is_no_lending(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    claims = await store.claim("one", 10, held_until=20)
    for deadline in range(30, 80, 10):
        assert await store.renew(claims, held_until=deadline) == (True,)
    (again,) = await other.claim("two", 70, held_until=90)
    assert again.attempts == 2


async def a_renewal_never_shortens_a_lease(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    claims = await store.claim("one", 10, held_until=50)
    assert await store.renew(claims, held_until=30) == (True,)
    assert await other.claim("two", 49, held_until=90) == ()


async def a_lease_that_ran_out_is_renewed_unless_somebody_claimed(
    store: Store, other: Store
) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    claims = await store.claim("late", 10, held_until=20)
    assert await store.renew(claims, held_until=60) == (True,)
    assert await other.claim("quick", 59, held_until=90) == ()
    (claim,) = await other.claim("quick", 60, held_until=90)
    assert await store.renew(claims, held_until=200) == (False,)
    assert await other.renew([claim], held_until=200) == (True,)


async def what_is_finished_or_given_back_is_not_renewed(store: Store, other: Store) -> None:
    await store.commit([turn(requests=(request("r1"), request("r2")), at=10)])
    claims = await store.claim("one", 10, held_until=20)
    done, back = Settlement(claims[0], "1", 15), Settlement(claims[1], None, 15)
    assert await store.finish([done, back]) == (True, True)
    assert await store.renew(claims, held_until=90) == (False, False)
    assert await store.renew([], held_until=90) == ()
    (again,) = await other.claim("two", 15, held_until=90)
    assert again.request == request("r2")


async def one_lease_is_held_by_whoever_is_first_to_claim_or_renew(
    store: Store, other: Store
) -> None:
    names = [f"r{number}" for number in range(30)]
    await store.commit([turn(requests=tuple(map(request, names)), at=10)])
    claims = await store.claim("slow", 10, held_until=20)
    renewed, taken = await asyncio.gather(
        store.renew(claims, held_until=90), other.claim("quick", 50, held_until=90)
    )
    kept = {claim.request.key for claim, held in zip(claims, renewed, strict=True) if held}
    assert kept.isdisjoint(claim.request.key for claim in taken)
    taken += await other.claim("rest", 50, held_until=90)
    assert kept | {claim.request.key for claim in taken} == set(names)


async def a_request_given_back_is_claimed_again_from_its_time_on(store: Store, _: Store) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    (claim,) = await store.claim("one", 10, held_until=1_000)
    assert await store.finish([Settlement(claim, None, 60)]) == (True,)
    assert await store.finish([Settlement(claim, "late", 61)]) == (False,)
    assert await store.claim("two", 59, held_until=1_000) == ()
    (again,) = await store.claim("two", 60, held_until=1_000)
    assert (again.request, again.attempts) == (request("r"), 2)


async def that_a_request_was_lent_does_not_count_if_it_was_not_tried(
    store: Store, other: Store
) -> None:
    await store.commit([turn(requests=(request("r"),), at=10)])
    (claim,) = await store.claim("one", 10, held_until=1_000)
    untried = Settlement(claim, None, 60, tried=False)
    assert await store.finish([untried]) == (True,)
    assert await other.finish([untried]) == (False,), "once"
    (again,) = await other.claim("two", 60, held_until=1_000)
    assert again.attempts == 1
    assert await store.finish([Settlement(again, "done", 70, tried=False)]) == (True,)
    assert await store.pending("acme") == ()


async def requests_of_a_stream_are_claimed_one_after_another(store: Store, other: Store) -> None:
    says = [request(f"say {number}", stream="say") for number in range(4)]
    await store.commit([turn(requests=(says[0], request("free"), says[1]), at=10)])
    await store.commit([turn(1, requests=(says[2],), at=11), turn(2, requests=(says[3],), at=12)])
    first = await store.claim("a", 20, held_until=30)
    assert [claim.request.key for claim in first] == ["say 0", "free"]
    assert await other.claim("b", 20, held_until=30) == ()
    order = [first[0]]
    for number in range(1, 4):
        assert await store.finish([Settlement(order[-1], "{}", 21)]) == (True,)
        order += await other.claim(f"c{number}", 22, held_until=30)
    assert [claim.request for claim in order] == says


async def streams_of_different_sessions_do_not_wait_for_each_other(store: Store, _: Store) -> None:
    say = (request("say", stream="say"),)
    await store.commit([turn(requests=say), turn(0, key=OTHER, requests=say)])
    assert len(await store.claim("t", ALWAYS, held_until=ALWAYS)) == 2


LAWS = (
    positions_increase_in_the_order_of_arrival,
    a_message_accepted_twice_has_one_position,
    a_handled_message_leaves_the_inbox_and_keeps_its_position,
    positions_are_not_given_twice_when_the_inbox_is_empty,
    a_message_handled_by_another_way_does_not_wait,
    of_many_messages_the_first_are_loaded_and_the_last_is_known,
    what_a_turn_hands_on_is_accepted_with_it,
    what_a_lost_turn_would_hand_on_is_not_accepted,
    what_was_handed_on_or_handled_there_is_not_accepted_again,
    acceptors_at_once_get_different_positions,
    a_session_with_waiting_messages_is_ready_once_until_the_deadline,
    a_message_held_by_its_acceptor_is_not_ready,
    messages_that_come_at_once_are_held_each_until_its_own_time,
    a_message_is_ready_where_who_was_told_handled_only_those_before_it,
    a_message_that_comes_to_an_empty_inbox_is_ready,
    a_message_that_comes_while_its_session_is_lent_is_ready_afterwards,
    mailboxes_that_are_empty_hide_none_that_is_not,
    sweepers_at_once_share_the_messages_that_wait,
    a_deadline_makes_a_session_ready_once_until_the_lease_ends,
    a_turn_takes_a_deadline_away_or_sets_a_new_one,
    sweepers_at_once_share_what_is_ready,
    a_request_is_claimed_once_until_the_deadline,
    relays_at_once_share_the_outbox,
    a_finished_request_is_never_claimed_again,
    a_lease_that_ran_out_still_holds_until_somebody_claims,
    who_lost_a_lease_hears_so_also_together_with_who_has_it,
    a_lease_that_is_renewed_is_not_lent_to_others,
    a_renewal_is_no_lending,
    a_renewal_never_shortens_a_lease,
    a_lease_that_ran_out_is_renewed_unless_somebody_claimed,
    what_is_finished_or_given_back_is_not_renewed,
    one_lease_is_held_by_whoever_is_first_to_claim_or_renew,
    a_request_given_back_is_claimed_again_from_its_time_on,
    that_a_request_was_lent_does_not_count_if_it_was_not_tried,
    requests_of_a_stream_are_claimed_one_after_another,
    streams_of_different_sessions_do_not_wait_for_each_other,
)
