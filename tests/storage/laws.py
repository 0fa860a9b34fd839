"""The laws that every store keeps, whatever it is made of. Each store has a test module that
holds all of them against it; a law gets two stores on the same data, as two processes would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from statewright.storage import Store
from tests.storage import (
    laws_of_journals,
    laws_of_keeping,
    laws_of_letters,
    laws_of_lists,
    laws_of_queues,
    laws_of_receipts,
    laws_of_tallies,
    laws_of_turns,
    laws_of_values,
)

Law = Callable[[Store, Store], Awaitable[None]]

LAWS: tuple[Law, ...] = (
    *laws_of_turns.LAWS,
    *laws_of_queues.LAWS,
    *laws_of_values.LAWS,
    *laws_of_lists.LAWS,
    *laws_of_receipts.LAWS,
    *laws_of_keeping.LAWS,
    *laws_of_letters.LAWS,
    *laws_of_journals.LAWS,
    *laws_of_tallies.LAWS,
)


def holds(law: Law, one: Store, other: Store) -> None:
    """Hold a law against two stores on the same empty data."""

    async def opened() -> None:
        await asyncio.gather(one.open(), other.open())
        try:
            await law(one, other)
        finally:
            await asyncio.gather(one.close(), other.close())

    asyncio.run(opened())


def name_of(law: Law) -> str:
    """What the test of a law is called."""
    return getattr(law, "__name__", str(law))
