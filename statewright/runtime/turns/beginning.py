"""Beginning sessions: their first turn, by whoever asks for it or by a message that waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from statewright.runtime.clock import Clock
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.committing import Commits
from statewright.runtime.turns.mailboxes import Mailboxes
from statewright.runtime.turns.messages import Incoming
from statewright.runtime.turns.openings import Opening
from statewright.runtime.turns.releases import Releases, Running
from statewright.runtime.turns.stepping import begun, start_event, turn_from
from statewright.statechart import Event
from statewright.storage.records import (
    Birth,
    Committed,
    Loaded,
    Lookup,
    Publication,
    SessionKey,
)
from statewright.storage.store import Store

First = Callable[[Running, Loaded, int], Event]
"""Makes the event that begins a session: from what it runs, what is known then, and the time."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that was begun, now or earlier by the same message.

    Attributes:
        answer: of its first turn.
        secret_hash: of the secret in its token.
    """

    answer: Answer
    secret_hash: str


class Beginnings:
    """Begins sessions.

    Args:
        store: where sessions are.
        clock: tells the time.
        releases: what they run.
        mailboxes: let one turn of a session be taken at a time.
        commits: commits their first turns.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        releases: Releases,
        mailboxes: Mailboxes,
        commits: Commits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._releases = releases
        self._mailboxes = mailboxes
        self._commits = commits

    async def begin(
        self,
        key: SessionKey,
        message: str,
        *,
        publication: Publication,
        birth: Birth,
        first: First,
    ) -> Begun | None:
        """Begin a session; None where it exists, and was begun by another message.

        Raises:
            InvalidEvent: the inputs are not usable.
            UnstorableRecord: an id is none that can be kept.
            Overloaded: too many turns wait.
        """
        async with self._mailboxes.turn(key, refusable=True):
            running = await self._releases.running_of(publication)
            while True:
                (loaded,) = await self._store.load([Lookup(key, message, birth.contact)])
                if loaded.session is not None:
                    return _begun(loaded)
                event = first(running, loaded, self._clock())
                made = begun(running.chart, key.session, event)
                incoming = Incoming(message, event)
                turn = turn_from(key, made, incoming, version=publication.version, birth=birth)
                if isinstance(await self._commits.one(running, None, turn, made), Committed):
                    return Begun(made.answer, birth.secret_hash)

    async def attempt(self, publication: Publication, opening: Opening, now: int) -> None:
        """See whether a session could begin like this, without beginning it.

        Raises:
            InvalidEvent: the inputs are not usable.
            UnstorableRecord: a name or an id is none that can be kept.
        """
        running = await self._releases.running_of(publication)
        event = await self._event(running, opening, now)
        made = begun(running.chart, opening.key.session, event)
        turn_from(
            opening.key, made, Incoming("try", event), version=opening.version, birth=opening.birth
        )

    async def open(self, message: Incoming, opening: Opening, now: int) -> int:
        """Begin the session for which a message waits; how many turns were committed."""
        key = opening.key
        running = await self._releases.running(key.tenant, opening.talk.flow, opening.version)
        made = begun(running.chart, key.session, await self._event(running, opening, now))
        turn = turn_from(key, made, message, version=opening.version, birth=opening.birth)
        return int(isinstance(await self._commits.one(running, None, turn, made), Committed))

    async def _event(self, running: Running, opening: Opening, now: int) -> Event:
        (loaded,) = await self._store.load([Lookup(opening.key, contact=opening.contact)])
        return first_event(running, loaded, opening.contact, opening.inputs, opening.seed, now)


def _begun(loaded: Loaded) -> Begun | None:
    """The start of a session by the message that was looked up, or None."""
    if loaded.session is None or loaded.duplicate is None or loaded.duplicate.revision != 1:
        return None
    answer = answer_from_json(loaded.duplicate.answer)
    return Begun(answer, loaded.session.birth.secret_hash)


def first_event(
    running: Running, loaded: Loaded, contact: str, inputs: Mapping[str, Any], seed: str, now: int
) -> Event:
    """The event that begins a session at its beginning."""
    known = running.contact.of(loaded.contact, contact)
    tenant = running.tenant.of(loaded.tenant)
    return start_event(inputs, seed=seed, now=now, contact=known, tenant=tenant)
