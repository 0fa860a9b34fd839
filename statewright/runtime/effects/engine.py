"""Engines carry out the requests of the outbox, and bring their results back.

``Engine`` is the port. Behind it stand ``InProcessEngine``, which needs nothing but the store, and
``DbosEngine``, which has DBOS hand the work out. What an engine promises is tested in
``tests/runtime/engine_laws.py`` on each of them:

*At least once, under one id.* A request is carried out at least once, and every try has the id of
the request, also after a crash of whoever carried it out; ids are those of one request only.

*One result.* A result comes back as a message whose id is made of that of the request, so that a
turn is taken for it at most once. A result that nobody waits for any more is logged and changes
nothing; work that nobody waits for any more is not begun, and given up where it was.

*Tries.* A failure is tried again as its kind calls for (see ``retrying``), after its wait, never
sooner than whoever was asked wants it. What has failed for good is a dead letter, unless it is work
whose failure its session has handled: that is a result like any other, and only counted. What is
sent on one stream is carried out in its order.

*Nothing is stuck.* Requests of a worker that was killed are taken over within ``LEASE``, by any
other, and those of one that was closed at once. A request that kills whoever makes it fails for
good after ``LENT`` deaths. One that cannot be read, or whose session cannot be, holds up no other.

*In time.* No request is begun before the limits on its tenant and its host allow it (see
``limits``), and waiting for that is no try.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final, Protocol

from statewright.runtime.clock import SECOND, Chance, Clock
from statewright.runtime.effects.handling import Outcome, Performer
from statewright.statechart import Effect
from statewright.storage.records import SessionKey
from statewright.storage.store import Store

LEASE: Final = 10 * SECOND
"""Microseconds for which a request is borrowed. The end is written by the clock of one process and
read by those of others: they may differ by less than this, or what is worked on is taken over."""

BEATS: Final = 5
"""How many times in that span it is renewed."""

AT_ONCE: Final = 32
"""How many requests are carried out at once in this process."""

LENT: Final = 10
"""How often a request may be borrowed, besides its tries, before it counts as deadly and fails."""


class Delivered(StrEnum):
    """What became of a result that was brought back."""

    HEARD = "heard"
    """The session has gone on by it."""
    FATAL = "fatal"
    """The session has failed by it."""
    STALE = "stale"
    """Nobody waited for it any more."""


class Host(Protocol):
    """What an engine needs of the runtime."""

    store: Store
    clock: Clock
    chance: Chance
    performer: Performer

    async def awaited(self, requests: Sequence[tuple[SessionKey, str]]) -> Sequence[bool | None]:
        """For each session and effect id, whether the session waits for the result.

        None where that cannot be told, because the state of the session cannot be read.
        """
        ...

    def given_up(self, key: SessionKey, effect: Effect, outcome: Outcome, *, handled: bool) -> None:
        """Note that a request has failed for good, and whether a session has gone on by that."""
        ...

    async def deliver(self, key: SessionKey, effect: Effect, outcome: Outcome) -> Delivered:
        """Bring a result back, in a turn of its own."""
        ...


class Engine(Protocol):
    """Who carries out the requests of the outbox."""

    async def open(self) -> None:
        """Begin to work in the background."""
        ...

    async def close(self) -> None:
        """Stop. What is not finished will be taken up again at once, here or elsewhere."""
        ...

    def hint(self) -> None:
        """There may be new requests."""
        ...

    def cancel(self, effects: Collection[str]) -> None:
        """The results of these effects are not wanted any more."""
        ...

    async def work(self, now: int) -> int:
        """Carry out what is to be done at a time, and wait for it; how many requests it was."""
        ...
