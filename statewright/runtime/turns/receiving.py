"""Receiving messages of conversations: kept for the session that goes on, or for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.runtime.clock import Chance, Clock
from statewright.runtime.turns.beginning import Beginnings
from statewright.runtime.turns.inbox import Inbox
from statewright.runtime.turns.messages import checked_id
from statewright.runtime.turns.openings import Opening, Talk, body_of
from statewright.runtime.turns.starting import LOOK_BACK
from statewright.runtime.turns.views import Received
from statewright.statechart import Event, Status
from statewright.storage.records import Loaded, Lookup, Publication
from statewright.storage.store import Store


class Receiver:
    """Finds the session of a message, and puts it into the inbox there.

    Args:
        store: where sessions are kept.
        clock: tells the time.
        beginnings: knows what would come of a start.
        inbox: keeps messages.
        chance: gives the random bytes of seeds.
    """

    def __init__(
        self, store: Store, clock: Clock, beginnings: Beginnings, inbox: Inbox, chance: Chance
    ) -> None:
        self._store = store
        self._clock = clock
        self._beginnings = beginnings
        self._inbox = inbox
        self._chance = chance

    async def receive(
        self,
        publication: Publication,
        talk: Talk,
        event: Event,
        *,
        message: str,
        contact: str,
        inputs: Mapping[str, Any],
    ) -> Received:
        """Keep a message.

        Args:
            publication: what a session runs that it begins.
            talk: to which it belongs.
            event: what it says to a session that goes on.
            message: its id.
            contact: whose values a session reads and patches that it begins, or ``""``.
            inputs: values of the flow's inputs, for a session that it begins.

        Raises:
            InvalidEvent: the inputs are not usable.
            InvalidMessage: it is too large, or its id is one that is ours to give.
            UnstorableRecord: a name or id is none that can be kept.
        """
        episode = await self._episode(talk, message)
        seed = self._chance(16).hex()
        opening = Opening(talk, episode, publication.version, contact, seed, inputs)
        checked_id(opening.key, message)
        await self._beginnings.attempt(publication, opening, self._clock())
        body = body_of(event, opening)
        return Received(opening.key, await self._inbox.accept(opening.key, message, body))

    async def _episode(self, talk: Talk, message: str) -> int:
        """The number of the session that a message belongs to: if it came before, the same one."""
        episodes = await self._store.conversation(talk.tenant, talk.channel, talk.conversation)
        latest = next((one for one in episodes if one.flow == talk.flow), None)
        if latest is None:
            return 1
        # A message may wait for the session after the latest one, which it begins.
        known = range(latest.episode + 1, max(0, latest.episode - LOOK_BACK), -1)
        loaded = await self._store.load([Lookup(talk.key(one), message) for one in known])
        for episode, session in zip(known, loaded, strict=True):
            if has(session, message):
                return episode
        # What waits in a session that is over is handed on to the next one, before what comes now.
        for episode, one in zip(reversed(known), reversed(loaded), strict=True):
            if one.session is not None and one.session.status is not Status.ACTIVE and one.inbox:
                return episode
        last = loaded[1].session
        return latest.episode + (last is None or last.status is not Status.ACTIVE)


def has(loaded: Loaded, message: str) -> bool:
    """Whether a session has handled a message, or is going to."""
    waits = any(arrival.message == message for arrival in loaded.inbox)
    return waits or loaded.duplicate is not None
