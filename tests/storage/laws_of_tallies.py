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


LAWS = (
    a_tally_is_what_it_was_changed_to,
    no_change_of_a_tally_is_lost,
    a_change_that_cannot_be_made_changes_nothing,
)
