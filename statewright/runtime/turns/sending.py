"""Sending: a message is handled in a turn, and whoever sent it waits for the answer."""

from __future__ import annotations

from datetime import timedelta

from statewright.runtime.clock import Chance
from statewright.runtime.turns.answer import Answer
from statewright.runtime.turns.messages import Incoming, checked_id
from statewright.runtime.turns.reading import Reader
from statewright.runtime.turns.turn import Turns
from statewright.statechart import Event
from statewright.storage.records import SessionKey


class Sender:
    """Has messages handled.

    Args:
        turns: takes their turns.
        reader: finds the turns that handle the results of their effects.
        chance: gives the random bytes of ids.
    """

    def __init__(self, turns: Turns, reader: Reader, chance: Chance) -> None:
        self._turns = turns
        self._reader = reader
        self._chance = chance

    async def send(
        self,
        key: SessionKey,
        event: Event,
        message_id: str | None = None,
        expected: int | None = None,
        settle: float | timedelta | None = None,
    ) -> Answer:
        """Have an event handled, and give the answer; the arguments are those of ``Runtime.send``.

        Raises:
            InvalidMessage: the id is one that is ours to give.
            UnknownSession, SessionEnded, RevisionConflict, InvalidEvent: as for ``Turns.take``.
        """
        message = self.name() if message_id is None else checked_id(key, message_id)
        answer = await self._turns.take(key, Incoming(message, event), expected=expected)
        return await self._reader.settled(key, answer, settle)

    def name(self) -> str:
        """An id that nobody else has."""
        return self._chance(16).hex()
