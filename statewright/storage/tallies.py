"""Tallies: texts that all processes at one store change in turns, such as counts of what they do.

A tally is read and written in one transaction, so that no change is lost and none is made from what
is not there any more. Who changes several changes them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

Place: TypeAlias = tuple[str, str]
"""Whose tally (a tenant, or ``""`` for whoever runs the server), and its name."""

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


class MemoryTallies:
    """Tallies in a dictionary."""

    def __init__(self) -> None:
        self._texts: dict[Place, str] = {}

    def change(self, places: Sequence[Place], change: Change) -> None:
        """See ``KeepsTallies.tally``."""
        self._texts |= change({place: self._texts.get(place, "") for place in places})
