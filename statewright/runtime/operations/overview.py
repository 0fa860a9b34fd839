"""Lists of sessions for operators, with how each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.errors import CorruptedSession, InvalidEvent
from statewright.runtime.clock import Clock
from statewright.runtime.operations.standing import Listed, Standing, ended, listed, unreadable
from statewright.runtime.turns.answer import standing
from statewright.runtime.turns.rehydration import UNFIT
from statewright.runtime.turns.stepping import incidents_from_json
from statewright.runtime.turns.turn import Turns
from statewright.statechart import Incident, Status
from statewright.storage.queues import Claim
from statewright.storage.records import Loaded, Lookup, Session, SessionKey
from statewright.storage.store import PAGE, Store

SCANNED: Final = 2_000
"""How many sessions one call looks at, at most, for those that stand in a certain way."""

BACK: Final = 20
"""How many turns are looked at for why a session has failed."""

_STATUSES: Final[Mapping[Standing, Status]] = MappingProxyType(
    {
        Standing.WAITING: Status.ACTIVE,
        Standing.WORKING: Status.ACTIVE,
        Standing.STUCK: Status.ACTIVE,
        Standing.COMPLETED: Status.COMPLETED,
        Standing.FAILED: Status.FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some sessions of a list.

    Attributes:
        sessions: the newest first.
        next: what ``after`` is for the next page; ``""`` where there is none. A page may be empty
            and have a next one: then so many sessions were looked at in vain.
    """

    sessions: tuple[Listed, ...]
    next: str


class Overview:
    """Lists sessions.

    Args:
        store: where they are.
        turns: rehydrates them.
        clock: tells the time.
    """

    def __init__(self, store: Store, turns: Turns, clock: Clock) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock

    async def page(
        self,
        tenant: str,
        *,
        flow: str = "",
        standing: Standing | None = None,
        active: bool = False,
        after: str = "",
        limit: int = PAGE,
    ) -> Page:
        """Sessions of a tenant, the newest first.

        Args:
            tenant: whose.
            flow: of this flow only, or ``""``.
            standing: only those that stand so, or None.
            active: only those that go on.
            after: the ``next`` of the page before.
            limit: how many at most.
        """
        status = Status.ACTIVE if active else None
        if standing is not None:
            status = _STATUSES[standing]
        found: list[Listed] = []
        looked_at = 0
        while looked_at < SCANNED:
            rows = await self._store.sessions(
                tenant, flow=flow, status=status, after=after, limit=PAGE
            )
            for one in await self.listed(rows):
                if standing in {None, one.standing}:
                    found.append(one)
                    if len(found) == limit:
                        return Page(tuple(found), one.session.key.session)
            if len(rows) < PAGE:
                return Page(tuple(found), "")
            looked_at += len(rows)
            after = rows[-1].key.session
        return Page(tuple(found), after)

    async def one(self, key: SessionKey) -> Listed | None:
        """How a session stands; None where there is none."""
        (loaded,) = await self._loaded([key])
        if isinstance(loaded, CorruptedSession):
            raise loaded
        if loaded.session is None:
            return None
        (found,) = await self.listed([loaded.session])
        return found

    async def listed(self, rows: Sequence[Session]) -> list[Listed]:
        """How some sessions stand."""
        keys = [row.key for row in rows if row.status is Status.ACTIVE]
        loaded = dict(zip(keys, await self._loaded(keys), strict=True))
        requests = dict(zip(keys, await self._store.requests(keys), strict=True))
        made = []
        for row in rows:
            if row.status is Status.ACTIVE:
                made.append(await self._active(row, loaded[row.key], requests[row.key]))
            else:
                made.append(ended(row, await self._incidents(row)))
        return made

    async def _active(
        self, row: Session, loaded: Loaded | CorruptedSession, requests: tuple[Claim, ...]
    ) -> Listed:
        if isinstance(loaded, CorruptedSession):
            return unreadable(row, loaded)
        try:
            session = await self._turns.rehydrated(row.key, loaded)
            if session.snapshot.status is not Status.ACTIVE:
                return ended(session.row, await self._incidents(session.row))
            awaiting = standing(session.chart, session.snapshot).awaiting
        except (CorruptedSession, *UNFIT) as error:
            return unreadable(row, error)
        return listed(
            session.row, session.snapshot, awaiting, requests, loaded.inbox, self._clock()
        )

    async def _incidents(self, row: Session) -> tuple[Incident, ...]:
        """What went wrong in the turn that a session failed in, as far as it is not far back."""
        if row.status is not Status.FAILED:
            return ()
        turns = await self._store.history(row.key, after=max(0, row.revision - BACK), limit=BACK)
        for turn in reversed(turns):
            try:
                incidents = incidents_from_json(turn.incidents)
            except InvalidEvent as error:
                return (Incident("unreadable", "", str(error)),)
            told = tuple(one for one in incidents if one.name != "ended")
            if told:
                return told
        return ()

    async def _loaded(self, keys: Sequence[SessionKey]) -> list[Loaded | CorruptedSession]:
        """Sessions, and what is wrong with those that cannot be loaded."""
        if not keys:
            return []
        try:
            return list(await self._store.load([Lookup(key) for key in keys]))
        except CorruptedSession as error:
            if len(keys) == 1:
                return [error]
            return [one for key in keys for one in await self._loaded([key])]
