"""Accepting messages: acknowledged at once, handled in the background in the order of arrival."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from statewright.errors import InvalidMessage, StatewrightError
from statewright.runtime.clock import Clock
from statewright.runtime.timers import HOLD, Drain
from statewright.storage.records import Message, SessionKey
from statewright.storage.store import Store

LARGEST: Final = 4_000_000
"""The most characters of a message that is accepted, as JSON: what is in the inbox must fit into a
turn, or it would be in the way of all that comes behind it."""

_log = logging.getLogger(__name__)


class Inbox:
    """Takes messages in, and has them handled.

    Args:
        store: where they are kept.
        clock: tells the time.
        drain: handles what waits in a session.
    """

    def __init__(self, store: Store, clock: Clock, drain: Drain) -> None:
        self._store = store
        self._clock = clock
        self._drain = drain
        # Sessions that are seen to → whether something came since that was begun.
        self._again: dict[SessionKey, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, key: SessionKey, message: str, body: str) -> int:
        """Keep a message; its position among those of the session.

        Args:
            key: whose message.
            message: its id.
            body: what ``messages.incoming_from`` reads.

        Raises:
            UnstorableRecord: its id is none that can be kept.
            InvalidMessage: it is too large to be handled later.
        """
        now = self._clock()
        if len(body) > LARGEST:
            raise InvalidMessage(
                f"the message has {len(body):,} characters as JSON; the most is {LARGEST:,}"
            )
        row = Message(key, message, body, now)
        (position,) = await self._store.accept([row], held_until=now + HOLD)
        self.see_to(key)
        return position

    async def close(self) -> None:
        """Wait until what was begun is done."""
        # What is done may hand messages on, which is seen to as well.
        while self._tasks:
            await asyncio.wait(self._tasks)

    def see_to(self, key: SessionKey) -> None:
        """Handle what waits in a session, in the background; whoever is at it looks once more."""
        at_it = key in self._again
        self._again[key] = True
        if not at_it:
            task = asyncio.create_task(self._handled(key), name=f"statewright inbox {key.session}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _handled(self, key: SessionKey) -> None:
        try:
            while self._again[key]:
                self._again[key] = False
                await self._drain(key, self._clock())
        except StatewrightError as error:
            _log.warning("session %s: the inbox waits for the sweeper: %s", key.session, error)
        except Exception:  # noqa: BLE001 (nobody waits for this task)
            _log.exception("session %s: the inbox waits for the sweeper", key.session)
        finally:
            del self._again[key]
