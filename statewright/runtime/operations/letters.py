"""Requests as people see them: what is still to be done, and dead letters.

A dead letter is a request that has failed for good, and whose failure nobody has handled. What was
sent can be sent again, under the same id. Work that a session has failed of is asked for again,
too: the session is resumed where it waited for it, and asks under a new id, for the failure was the
result of the first one. Work whose failure a session has handled, by an error port for example, is
no dead letter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from statewright.errors import StatewrightError, UnsuitableRepair
from statewright.runtime.clock import Clock
from statewright.runtime.operations.repairing import Repairs
from statewright.statechart import Effect, EffectKind, effect_from_json
from statewright.storage.queues import Entry
from statewright.storage.records import SessionKey
from statewright.storage.store import PAGE, Store


@dataclass(frozen=True, slots=True)
class Letter:
    """A request, and how it stands.

    Attributes:
        entry: the row of the outbox.
        kind: ``invoke`` or ``send``.
        name: the type of the work, or the target of what is sent; ``""`` if it cannot be read.
        state: the state that asked for it; ``""`` if it cannot be read.
        code: of the failure; ``""`` of one that has not failed for good.
        message: what happened then, for people.
    """

    entry: Entry
    kind: str
    name: str
    state: str
    code: str = ""
    message: str = ""


class Letters:
    """The outbox of a store.

    Args:
        store: where requests are.
        clock: tells the time.
        repairs: sees to the sessions that have failed of one.
    """

    def __init__(self, store: Store, clock: Clock, repairs: Repairs) -> None:
        self._store = store
        self._clock = clock
        self._repairs = repairs

    async def pending(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Letter, ...]:
        """Requests that are not finished; see ``Store.pending``."""
        found = await self._store.pending(tenant, after=after, limit=limit)
        return tuple(map(_letter_from, found))

    async def dead(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Letter, ...]:
        """Requests that have failed for good; see ``Store.failed``."""
        found = await self._store.failed(tenant, after=after, limit=limit)
        return tuple(map(_letter_from, found))

    async def retry(self, tenant: str, effects: Sequence[str]) -> tuple[Letter, ...]:
        """Send dead letters again, under the ids that they had.

        Args:
            tenant: whose.
            effects: their ids.

        Returns:
            what is sent again.

        Raises:
            UnsuitableRepair: one is no dead letter, and nothing is sent then; or a session that
                has failed of one does not wait for it any more, and cannot be resumed.
        """
        wanted = frozenset(effects)
        found = [one for one in await self._all(tenant) if one.entry.request.key in wanted]
        missing = wanted - {one.entry.request.key for one in found}
        if missing:
            raise UnsuitableRepair(
                f"`{ascii(min(missing))[1:-1][:200]}` has not failed for good; "
                "`statewright effects dead` lists what has"
            )
        return await self._sent_again(found)

    async def retry_all(self, tenant: str) -> tuple[Letter, ...]:
        """Send all dead letters again that can be; see ``retry``."""
        sent: list[Letter] = []
        for one in await self._all(tenant):
            try:
                sent += await self._sent_again([one])
            except UnsuitableRepair:
                continue  # What becomes of its session was decided in another way.
        return tuple(sent)

    async def _sent_again(self, letters: Sequence[Letter]) -> tuple[Letter, ...]:
        for one in letters:
            if one.kind == EffectKind.INVOKE:
                await self._asked_again(one.entry.key, one.entry.request.key)
        # Of work, the first request goes back, too, and is put away: nobody waits for it any more.
        done = await self._store.revive([one.entry for one in letters], at=self._clock())
        return tuple(one for one, revived in zip(letters, done, strict=True) if revived)

    async def _asked_again(self, key: SessionKey, effect: str) -> None:
        """Let a session that has failed of work wait for it once more; done once for an effect.

        Raises:
            UnsuitableRepair: it goes on or is over, and does not wait for it.
        """
        name = f"again:{sha256(effect.encode()).hexdigest()[:32]}"
        with suppress(UnsuitableRepair):  # It may have been resumed already, and wait for it.
            await self._repairs.resume(key, message_id=f"{name}:resume")
        await self._repairs.retry(key, effect, message_id=name)

    async def _all(self, tenant: str) -> list[Letter]:
        found: list[Letter] = []
        while page := await self.dead(tenant, after=found[-1].entry if found else None):
            found += page
        return found


def _letter_from(entry: Entry) -> Letter:
    """A request as people see it; what cannot be read of it is left out."""
    code, message = _failure_of(entry.result)
    try:
        effect = effect_from_json(entry.request.payload)
    except StatewrightError:
        return Letter(entry, entry.request.kind, "", "", code, message)
    return Letter(entry, str(effect.kind), _name_of(effect), effect.state, code, message)


def _name_of(effect: Effect) -> str:
    key = "type" if effect.kind is EffectKind.INVOKE else "target"
    return str(effect.data.get(key, ""))


def _failure_of(result: str) -> tuple[str, str]:
    try:
        error: Any = json.loads(result)["error"]
        return str(error["code"]), str(error["message"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", ""
