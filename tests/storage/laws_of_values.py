"""Laws of texts and values: what goes in comes out, and patches are part of their turn."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

from statewright.expressions.values import Uint
from statewright.statechart.patches import Operation
from statewright.storage import Store
from statewright.storage.identity import state_hash
from statewright.storage.patches import Patch, Scope
from statewright.storage.records import Committed, Conflict, PastTurn, SessionKey
from tests.storage.examples import ALWAYS, KEY, birth, count_up, loaded, message, request, turn

WEIRD = (
    "🙂 👩‍👩‍👧 e\u0301 ﷽",
    "' \" \\ ; -- /* */ %s %(x)s :name ${x} {{x}} $1 ?",
    "\t\r\n\v\f\x01\x1f\x7f\x80\u2028\u2029\ufeff\uffff",
    "\\u0000 \\ud800 \\",
    "right\u202eto left",
    "\U0010ffff",
    " leading and trailing ",
    "null",
)


async def weird_texts_come_back_as_they_were(store: Store, other: Store) -> None:
    for number, text in enumerate(WEIRD):
        key = SessionKey(text, f"{text}{number}")
        born = birth(flow=text, channel=text, conversation=text, contact=text)
        made = turn(0, text, key, snapshot=text, event=text, answer=text, birth=born)
        assert await store.commit([made]) == (Committed(1),)
        found = await loaded(other, key, text)
        assert found.session is not None
        assert (found.session.key, found.session.birth) == (key, born)
        assert found.snapshot == text
        assert found.duplicate is not None
        assert found.duplicate.answer == text


async def any_characters_but_nul_come_back_as_they_were(store: Store, _: Store) -> None:
    chance = random.Random(3)
    points = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    texts = ["".join(map(chr, chance.choices(points, k=50))) for _ in range(100)]
    await store.commit([turn(n, snapshot=text, answer=text) for n, text in enumerate(texts)])
    past = await store.history(KEY, limit=200)
    assert [row.answer for row in past] == texts
    assert (await loaded(store)).state_hash == state_hash(texts[-1])


async def long_texts_come_back_as_they_were(store: Store, _: Store) -> None:
    text = "0123456789abcdeé" * 100_000
    made = turn(0, "m" * 1_500, snapshot=text, answer=text, requests=(request("k" * 9_000),))
    assert await store.commit([made]) == (Committed(1),)
    assert (await loaded(store)).snapshot == text
    (claim,) = await store.claim("t", ALWAYS, held_until=ALWAYS)
    assert claim.request.key == "k" * 9_000


async def the_longest_keys_fit(store: Store, _: Store) -> None:
    chance = random.Random(5)

    def letters(size: int) -> str:
        return "".join(
            chance.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=size)
        )

    key = SessionKey(letters(255), letters(255))
    born = birth(
        flow=letters(255), channel=letters(255), conversation=letters(1_500), contact=letters(1_500)
    )
    name = letters(1_500)
    (position,) = await store.accept([message(name, key)])
    made = turn(0, name, key, birth=born, position=position, patches=(count_up(),))
    assert await store.commit([made]) == (Committed(1),)
    assert (await loaded(store, key)).contact == {"visits": 1}


async def the_history_holds_the_turn(store: Store, other: Store) -> None:
    made = turn(effects='[{"id":"e"}]', incidents='[{"name":"log"}]')
    await store.commit([made])
    assert await other.history(KEY) == (
        PastTurn(
            revision=1,
            message=made.message,
            position=0,
            at=made.at,
            version=made.version,
            event=made.event,
            answer=made.answer,
            effects=made.effects,
            incidents=made.incidents,
            state_hash=made.state_hash,
        ),
    )


VALUES = {
    "int": 2**63 - 1,
    "double": 1e16,
    "whole double": 3.0,
    "minus nothing": -0.0,
    "uint": Uint(2**64 - 1),
    "nul": "a\0b",
    "bytes": b"\0\xff",
    "when": datetime(2024, 2, 29, 12, 0, 0, 123_456, tzinfo=UTC),
    "how long": timedelta(days=-1, microseconds=1),
    "nothing": None,
    "list": [True, 1, 1.0, "1", [], {}],
    "$": {"$": 1},
}


async def values_keep_their_types(store: Store, other: Store) -> None:
    patches = tuple(
        Patch(scope, (name,), Operation.SET, value)
        for scope in Scope
        for name, value in VALUES.items()
    )
    await store.commit([turn(birth=birth(contact="bob"), patches=patches)])
    found = await loaded(other)
    for values in (found.contact, found.tenant):
        assert values == VALUES
        assert {name: type(value) for name, value in values.items()} == {
            name: type(value) for name, value in VALUES.items()
        }


async def patches_are_applied_in_order(store: Store, _: Store) -> None:
    def patch(operation: Operation, value: object, *path: str) -> Patch:
        return Patch(Scope.CONTACT, path, operation, value)

    patches = (
        patch(Operation.SET, {"city": "Ulm"}, "home"),
        patch(Operation.SET, 7, "home", "floor"),
        patch(Operation.INCREMENT, -2, "home", "floor"),
        patch(Operation.APPEND, "a", "tags"),
        patch(Operation.APPEND, ["b"], "tags"),
        patch(Operation.INCREMENT, 0.5, "deep", "er", "score"),
        patch(Operation.SET, 1, "gone"),
        patch(Operation.UNSET, None, "gone"),
        patch(Operation.UNSET, None, "never", "there"),
    )
    await store.commit([turn(birth=birth(contact="bob"), patches=patches)])
    assert (await loaded(store)).contact == {
        "home": {"city": "Ulm", "floor": 5},
        "tags": ["a", ["b"]],
        "deep": {"er": {"score": 0.5}},
    }


async def a_patch_that_does_not_fit_is_named_and_changes_nothing(store: Store, _: Store) -> None:
    word = Patch(Scope.CONTACT, ("name",), Operation.SET, "Bob")
    unfit = (
        Patch(Scope.CONTACT, ("name",), Operation.INCREMENT, 1),
        Patch(Scope.CONTACT, ("name",), Operation.APPEND, 1),
        Patch(Scope.CONTACT, ("name", "first"), Operation.SET, "B"),
        Patch(Scope.CONTACT, ("big",), Operation.INCREMENT, 1),
    )
    big = Patch(Scope.CONTACT, ("big",), Operation.SET, 2**63 - 1)
    made = turn(birth=birth(contact="bob"), patches=(word, big, *unfit))
    assert await store.commit([made]) == (Committed(1, unfit),)
    assert (await loaded(store)).contact == {"name": "Bob", "big": 2**63 - 1}


async def a_session_without_a_contact_patches_none(store: Store, _: Store) -> None:
    made = turn(patches=(count_up(), count_up(Scope.TENANT)))
    assert await store.commit([made]) == (Committed(1, (count_up(),)),)
    found = await loaded(store)
    assert (found.contact, found.tenant) == ({}, {"visits": 1})


async def values_belong_to_one_contact_of_one_tenant(store: Store, _: Store) -> None:
    bob = birth(contact="bob")
    for tenant, session in (("acme", "s1"), ("acme", "s2"), ("other", "s1")):
        patches = (count_up(), count_up(Scope.TENANT))
        await store.commit([turn(0, key=SessionKey(tenant, session), birth=bob, patches=patches)])
    found = await loaded(store)
    assert (found.contact, found.tenant) == ({"visits": 2}, {"visits": 2})
    new = SessionKey("acme", "new")
    assert (await loaded(store, new, contact="bob")).contact == {"visits": 2}
    assert (await loaded(store, new, contact="eve")).contact == {}
    assert (await loaded(store, SessionKey("other", "new"))).tenant == {"visits": 1}


async def patches_of_a_lost_turn_are_not_applied(store: Store, _: Store) -> None:
    await store.commit([turn(birth=birth(contact="bob"))])
    outcomes = await store.commit(
        [turn(1, patches=(count_up(),)), turn(1, "b", patches=(count_up(),))]
    )
    assert outcomes == (Committed(2), Conflict(2))
    assert await store.commit([turn(0, "c", patches=(count_up(),))]) == (Conflict(2),)
    assert (await loaded(store)).contact == {"visits": 1}


async def counters_patched_at_once_count_every_turn_once(store: Store, other: Store) -> None:
    keys = [SessionKey("acme", f"s{number}") for number in range(20)]
    patches = (count_up(), count_up(Scope.TENANT, by=2))
    bob = birth(contact="bob")
    calls = [
        (store, other)[number % 2].commit([turn(0, key=key, birth=bob, patches=patches)])
        for number, key in enumerate(keys)
    ]
    assert await asyncio.gather(*calls) == [(Committed(1),)] * 20
    found = await loaded(store)
    assert (found.contact, found.tenant) == ({"visits": 20}, {"visits": 40})


LAWS = (
    weird_texts_come_back_as_they_were,
    any_characters_but_nul_come_back_as_they_were,
    long_texts_come_back_as_they_were,
    the_longest_keys_fit,
    the_history_holds_the_turn,
    values_keep_their_types,
    patches_are_applied_in_order,
    a_patch_that_does_not_fit_is_named_and_changes_nothing,
    a_session_without_a_contact_patches_none,
    values_belong_to_one_contact_of_one_tenant,
    patches_of_a_lost_turn_are_not_applied,
    counters_patched_at_once_count_every_turn_once,
)
