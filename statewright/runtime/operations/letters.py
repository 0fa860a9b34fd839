"""Requests as people see them: what is still to be done, and dead letters.

A dead letter is a request that has failed for good. What was sent can be sent again, under the same
id. Of work that a session waited for, the failure was its result, and the session has gone on by
it: to do it again is a matter of the session (``Repairs``), not of the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from statewright.errors import StatewrightError, UnsuitableRepair
from statewright.runtime.clock import Clock
from statewright.statechart import Effect, EffectKind, effect_from_json
from statewright.storage.queues import Entry
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
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

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
            UnsuitableRepair: one is no dead letter, or a session has gone on by its failure;
                nothing is sent then.
        """
        wanted = frozenset(effects)
        found = [one for one in await self._all(tenant) if one.entry.request.key in wanted]
        missing = wanted - {one.entry.request.key for one in found}
        if missing:
            raise UnsuitableRepair(
                f"`{ascii(min(missing))[1:-1][:200]}` has not failed for good; "
                "`statewright effects dead` lists what has"
            )
        for one in found:
            if one.kind != EffectKind.SEND:
                raise UnsuitableRepair(
                    f"session `{one.entry.key.session}` has gone on by the failure of "
                    f"`{one.entry.request.key}`; resume the session if it has failed, or fork it "
                    "before that"
                )
        return await self._revived(found)

    async def retry_all(self, tenant: str) -> tuple[Letter, ...]:
        """Send all dead letters again that can be; see ``retry``."""
        return await self._revived(
            [one for one in await self._all(tenant) if one.kind == EffectKind.SEND]
        )

    async def _revived(self, letters: Sequence[Letter]) -> tuple[Letter, ...]:
        done = await self._store.revive([one.entry for one in letters], at=self._clock())
        return tuple(one for one, revived in zip(letters, done, strict=True) if revived)

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
