"""Tallies: texts that all processes at one store change in turns, such as counts of what they do.

A tally is read and written in one transaction, so that no change is lost and none is made from what
is not there any more. Who changes several changes them together. One that is ``""`` takes no room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

Place: TypeAlias = tuple[str, str]
"""Whose tally (a tenant, or ``""`` for whoever runs the server), and its name."""

PLACES: Final = 100
"""How many places a list has unless it is told otherwise."""

Change: TypeAlias = Callable[[Mapping[Place, str]], Mapping[Place, str]]
"""Makes the new texts of tallies from the old ones, ``""`` at first; those left out stay.

It is pure: it may be called more than once, and only what the last call gave is written. It runs in
a thread, and others wait for it."""


class KeepsTallies(Protocol):
    """Where tallies are kept."""

    async def tally(self, places: Sequence[Place], change: Change) -> None:
        """Change some tallies together.

        Args:
            places: which ones.
            change: makes the new ones from the old ones.
        """
        ...

    async def tallied(self, *, after: Place = ("", ""), limit: int = PLACES) -> tuple[Place, ...]:
        """Where there are tallies (code point order), behind ``after``."""
        ...


class MemoryTallies:
    """Tallies in a dictionary."""

    def __init__(self) -> None:
        self._texts: dict[Place, str] = {}

    def change(self, places: Sequence[Place], change: Change) -> None:
        """See ``KeepsTallies.tally``."""
        texts = {place: self._texts.get(place, "") for place in places}
        for place, text in {**texts, **change(texts)}.items():
            self._texts[place] = text
            if not text:
                del self._texts[place]

    def places(self, after: Place, limit: int) -> tuple[Place, ...]:
        """See ``KeepsTallies.tallied``."""
        return tuple(sorted(place for place in self._texts if place > after)[:limit])
