"""Looking back: sessions made again from their histories, and what would have become of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from statewright.errors import UnknownRevision
from statewright.runtime.history.comparing import Comparer, Comparison
from statewright.runtime.history.moments import Moment, moment_from
from statewright.runtime.history.replay import Replay, Replayer
from statewright.runtime.turns.messages import fork_from
from statewright.runtime.turns.openings import Talk
from statewright.runtime.turns.reading import Reader
from statewright.runtime.turns.rehydration import existing
from statewright.runtime.turns.releases import Running, running_of
from statewright.runtime.turns.starting import Starter
from statewright.runtime.turns.turn import Turns
from statewright.runtime.turns.views import Started
from statewright.statechart import Event, Snapshot, Statechart, Status
from statewright.storage.corruption import corrupted
from statewright.storage.identity import state_hash
from statewright.storage.records import Loaded, PastTurn, Session, SessionKey
from statewright.storage.store import PAGE, Store

FORKS: Final = "fork"
"""The channel of sessions that were forked: nobody talks on it by accident."""


class Past:
    """What was, and what would have been.

    Args:
        store: where sessions are.
        turns: knows what they run.
        reader: reads their histories.
        starter: begins sessions.
    """

    def __init__(self, store: Store, turns: Turns, reader: Reader, starter: Starter) -> None:
        self._store = store
        self._turns = turns
        self._reader = reader
        self._starter = starter
        self._other: Running | None = None

    async def replay(self, key: SessionKey) -> Replay:
        """Make a session again, and compare it with what was stored.

        Raises:
            UnknownSession: there is no such session.
        """
        loaded = await self._reader.loaded(key)
        replayer = _replayer(existing(key, loaded), loaded)
        async for _ in self._taken(existing(key, loaded), replayer):
            pass
        replayer.end()
        return replayer.result

    async def at(self, key: SessionKey, revision: int) -> Moment:
        """A session as it stood at a revision.

        Raises:
            UnknownSession: there is no such session.
            UnknownRevision: it has had no such revision.
            CorruptedSession: its history cannot be taken again up to there.
        """
        loaded = await self._reader.loaded(key)
        row = existing(key, loaded)
        if not 1 <= revision <= row.revision:
            raise UnknownRevision(
                f"session {key.session!r} has had the revisions 1 to {row.revision}, not {revision}"
            )
        replayer = _replayer(row, loaded)
        async for turn in self._taken(row, replayer):
            if turn.revision == revision:
                made = replayer.made
                if made is None:
                    break
                as_stored = not any(one.revision == revision for one in replayer.result.differences)
                return moment_from(key, row.birth.flow, turn, made, as_stored=as_stored)
        why = [one.replayed for one in replayer.result.differences if one.what == "failure"]
        raise corrupted(key, f"its history cannot be taken again: {'; '.join(why) or 'it ends'}")

    async def last_good(self, key: SessionKey) -> Snapshot:
        """The last state of a session in which it went on, on the version that it runs now.

        Raises:
            UnknownSession: there is no such session.
            UnknownRevision: there is none: it failed at once.
        """
        loaded = await self._reader.loaded(key)
        row = existing(key, loaded)
        replayer = _replayer(row, loaded)
        good: Snapshot | None = None
        async for turn in self._taken(row, replayer):
            made = replayer.made
            if made is None or turn.version != row.version:
                continue
            if made.step.snapshot.status is Status.ACTIVE:
                good = made.step.snapshot
        if good is None:
            raise UnknownRevision(
                f"session {key.session!r} has never stood anywhere that it could go on from; "
                "start another one"
            )
        return good

    async def fork(self, key: SessionKey, revision: int, *, message: str | None) -> Started:
        """Begin a session of its own in the state that another one had at a revision.

        Args:
            key: the other one.
            revision: where it stood then.
            message: makes the call repeatable; see ``Runtime.start``.

        Raises:
            UnknownSession, UnknownRevision, CorruptedSession: as for ``at``.
            InvalidEvent: the session was over at that revision.
        """
        moment = await self.at(key, revision)
        row = existing(key, await self._reader.loaded(key))
        publication = await self._starter.publication(
            key.tenant, row.birth.flow, moment.version, None
        )

        def first(_running: Running, _loaded: Loaded, now: int) -> Event:
            return fork_from(key, moment.version, moment.snapshot, now)

        return await self._starter.begin(
            publication,
            Talk(key.tenant, FORKS, f"{key.session}@{revision}", row.birth.flow),
            first,
            contact=row.birth.contact,
            message=message or self._starter.name(),
            repeatable=message is not None,
        )

    async def compare(self, key: SessionKey, chart: Statechart) -> Comparison:
        """What a session would have been on another chart.

        Raises:
            UnknownSession: there is no such session.
        """
        row = existing(key, await self._reader.loaded(key))
        running = await self._turns.running(row)
        comparer = Comparer(self._running_of(chart), key.session, was=running)
        async for turn in self._reader.turns(key, 0):
            comparer.take(turn)
            if comparer.is_over:
                break
        return comparer.result

    def _running_of(self, chart: Statechart) -> Running:
        """A chart with what it reads, which is worked out once for many sessions."""
        if self._other is None or self._other.chart is not chart:
            self._other = running_of(chart)
        return self._other

    async def sample(
        self, tenant: str, *, flow: str, since: int = 0, size: int
    ) -> tuple[Session, ...]:
        """Some sessions of a flow, the same ones every time, chosen evenly: their ids are hashes.

        Args:
            tenant: whose.
            flow: of which flow.
            since: not those that began earlier, microseconds since 1970 UTC.
            size: how many at most.
        """
        chosen: list[Session] = []
        async for row in self._sessions(tenant, flow, since):
            chosen.append(row)
            if len(chosen) == 2 * size:
                chosen = sorted(chosen, key=_id)[:size]
        return tuple(sorted(chosen, key=_id)[:size])

    async def _sessions(self, tenant: str, flow: str, since: int) -> AsyncIterator[Session]:
        after = ""
        while True:
            page = await self._store.sessions(tenant, flow=flow, after=after, limit=PAGE)
            for row in page:
                if row.created_at < since:
                    return
                if row.birth.channel != FORKS:
                    yield row
            if len(page) < PAGE:
                return
            after = page[-1].key.session

    async def _taken(self, row: Session, replayer: Replayer) -> AsyncIterator[PastTurn]:
        """The turns of a session, each as soon as it was taken again."""
        async for turn in self._reader.turns(row.key, 0):
            running = await self._turns.running(row, turn.version)
            replayer.take(turn, running.chart)
            yield turn


def _replayer(row: Session, loaded: Loaded) -> Replayer:
    hashes = state_hash(loaded.snapshot), loaded.state_hash
    return Replayer(row, hashes)


def _id(row: Session) -> str:
    return row.key.session
