"""What an engine needs of the runtime: whose result is waited for, and its way to the session."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from statewright.errors import CorruptedSession, SessionEnded
from statewright.runtime.clock import Chance, Clock
from statewright.runtime.effects.engine import Delivered
from statewright.runtime.effects.handling import Outcome, Performer
from statewright.runtime.observing.observers import NOBODY, GivenUp, Observers
from statewright.runtime.turns.messages import result_from
from statewright.runtime.turns.rehydration import state_of
from statewright.runtime.turns.turn import StaleResultError, Turns
from statewright.statechart import Effect, Status
from statewright.storage.records import Loaded, Lookup, SessionKey
from statewright.storage.store import Store

_log = logging.getLogger(__name__)


class Results:
    """``Host`` of an engine.

    Args:
        store: where requests and sessions are.
        clock: tells the time.
        chance: gives the random bytes of leases.
        performer: has requests carried out.
        turns: takes the turns of results.
        observers: are told of requests that have failed for good.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        chance: Chance,
        performer: Performer,
        turns: Turns,
        observers: Observers = NOBODY,
    ) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self.performer = performer
        self._turns = turns
        self._observers = observers

    def given_up(self, key: SessionKey, effect: Effect, outcome: Outcome, *, handled: bool) -> None:
        """See ``Host``."""
        if self._observers and outcome.complaint is not None:
            name, (code, message) = self.performer.kind_of(effect), outcome.complaint
            told = (key, self.clock(), effect.id, effect.state, name, code, message)
            self._observers.told(GivenUp(*told, handled=handled))

    async def awaited(self, requests: Sequence[tuple[SessionKey, str]]) -> Sequence[bool | None]:
        """For each session and effect id, whether its result is waited for; see ``Host``."""
        try:
            loaded = await self.store.load([Lookup(key) for key, _ in requests])
        except CorruptedSession as error:
            if len(requests) > 1:
                return [waits for one in requests for waits in await self.awaited([one])]
            _log.error("whether a result is wanted cannot be told: %s", error)
            return [None]
        pairs = zip(requests, loaded, strict=True)
        return [_waits(key, session, effect) for (key, effect), session in pairs]

    async def deliver(self, key: SessionKey, effect: Effect, outcome: Outcome) -> Delivered:
        """See ``Host``."""
        try:
            result = result_from(effect, outcome.data, failed=outcome.failed)
            answer = await self._turns.take(key, result, refusable=False)
        except (StaleResultError, SessionEnded):
            return Delivered.STALE
        return Delivered.FATAL if answer.status is Status.FAILED else Delivered.HEARD


def _waits(key: SessionKey, loaded: Loaded, effect: str) -> bool | None:
    """Whether a session waits for a result; None where that cannot be told."""
    if loaded.session is None:
        return False
    try:
        snapshot = state_of(key, loaded)
    except CorruptedSession as error:
        _log.error("whether a result is wanted cannot be told: %s", error)
        return None
    return any(invocation.id == effect for invocation in snapshot.invocations)
