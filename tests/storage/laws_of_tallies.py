"""Laws of tallies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from statewright.storage import Store
from statewright.storage.tallies import Place

ONE: Place = ("acme", "one")
TWO: Place = ("", "two")


def more(texts: Mapping[Place, str]) -> Mapping[Place, str]:
    """Count one more in each."""
    return {place: str(int(text or 0) + 1) for place, text in texts.items()}


async def read(store: Store, *places: Place) -> list[str]:
    found: dict[Place, str] = {}

    def note(texts: Mapping[Place, str]) -> Mapping[Place, str]:
        found.update(texts)
        return {}

    await store.tally(places, note)
    return [found[place] for place in places]


async def a_tally_is_what_it_was_changed_to(store: Store, other: Store) -> None:
    assert await read(store, ONE) == [""]
    await store.tally([ONE], lambda _: {ONE: "[1, 'ü']"})
    assert await read(other, ONE, TWO) == ["[1, 'ü']", ""]


async def no_change_of_a_tally_is_lost(store: Store, other: Store) -> None:
    orders = ([ONE, TWO], [TWO, ONE], [ONE], [ONE, ONE])
    await asyncio.gather(
        *(one.tally(orders[n % 4], more) for n in range(12) for one in (store, other))
    )
    assert await read(store, ONE, TWO) == ["24", "12"]


async def a_change_that_cannot_be_made_changes_nothing(store: Store, other: Store) -> None:
    await store.tally([ONE], more)

    def fail(_: Mapping[Place, str]) -> Mapping[Place, str]:
        raise KeyError("none")

    with suppress(KeyError):
        await store.tally([ONE], fail)
    await other.tally([ONE], more)
    assert await read(store, ONE) == ["2"]


async def tallies_are_listed_in_order_and_those_that_are_empty_are_gone(
    store: Store, other: Store
) -> None:
    places = [("", "b"), ("a", "a"), ("a", "b"), ("b", "a")]
    await store.tally(places, lambda _: dict.fromkeys(places, "1"))
    assert await other.tallied() == tuple(places)
    assert await other.tallied(after=places[0], limit=2) == (places[1], places[2])
    await store.tally(places[:3], lambda texts: {places[0]: "", places[1]: texts[places[2]] + "1"})
    assert await read(other, places[0]) == [""]
    assert await other.tallied() == tuple(places[1:])
    assert await read(other, *places) == ["", "11", "1", "1"]


async def tallies_come_and_go_at_once(store: Store, other: Store) -> None:
    def less(texts: Mapping[Place, str]) -> Mapping[Place, str]:
        return {
            place: str(int(text) - 1) if text not in {"", "1"} else ""
            for place, text in texts.items()
        }

    changes = [
        one.tally([ONE, TWO], change)
        for _ in range(8)
        for one in (store, other)
        for change in (more, less)
    ]
    await asyncio.gather(*changes)
    left = await read(store, ONE, TWO)
    assert left[0] == left[1], "they were changed together"
    assert set(await store.tallied()) == ({ONE, TWO} if left[0] else set())


LAWS = (
    tallies_are_listed_in_order_and_those_that_are_empty_are_gone,
    tallies_come_and_go_at_once,
    a_tally_is_what_it_was_changed_to,
    no_change_of_a_tally_is_lost,
    a_change_that_cannot_be_made_changes_nothing,
)
