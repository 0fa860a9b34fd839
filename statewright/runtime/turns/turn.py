"""A turn: a row and a message become a new row, an answer and effects.

Load the session; verify that its state is what was stored; step it, which is pure; commit it where
its revision is still what was read. Whoever lost the race loads again and steps again, until the
turn is committed or another worker has committed the same message, whose answer is then the answer.
So a message is neither lost nor handled twice, whatever happens in between: nothing is promised
before the commit, and nothing is done after it that the next load would not find.

Of the sessions that this process has had turns of it remembers the state, and spares the load: the
commit finds out whether they are still so (see ``recollection``).

Messages that were accepted earlier come first. They are stepped one from another, and committed in
one batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from statewright.errors import RevisionConflict, SessionBehind, SessionEnded, StatewrightError
from statewright.runtime.clock import Clock
from statewright.runtime.observing.observers import NOBODY, Observers, Work
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.beginning import Beginnings
from statewright.runtime.turns.committing import Commits, OnCommit, answer_after
from statewright.runtime.turns.mailboxes import ROOM, Mailboxes, Queues
from statewright.runtime.turns.messages import Incoming, incoming_from, tick_at
from statewright.runtime.turns.openings import Opening, body_of
from statewright.runtime.turns.recollection import Recollection, Remembered
from statewright.runtime.turns.rehydration import UNFIT, Ready, Rehydrated, existing, state_of
from statewright.runtime.turns.releases import Releases, Running
from statewright.runtime.turns.stepping import Stepped, is_stale, stepped, turn_from
from statewright.runtime.turns.waiting import before, is_due, placed
from statewright.statechart import EffectKind, Event, Snapshot, Status
from statewright.statechart.interventions.repairs import RESUME
from statewright.statechart.making import maker
from statewright.storage.corruption import corrupted
from statewright.storage.records import (
    Committed,
    Loaded,
    Lookup,
    Message,
    Outcome,
    Session,
    SessionKey,
    Turn,
)
from statewright.storage.store import Store

CHAIN: Final = 32
"""How many messages of one session are committed in one batch."""

PAUSE: Final = 0.05
"""The longest pause, in seconds, before a turn that lost the race is stepped again."""

_event = maker(Event)
_work = maker(Work)
_ready = maker(Ready)
_NOTHING: Final[Mapping[str, Any]] = {}


class Turns:
    """Takes turns.

    Args:
        store: where sessions are.
        clock: tells the time.
        on_commit: is told of every turn.
        observers: look on while turns are taken.
        queues: how many turns may wait.

    Attributes:
        beginnings: begins sessions, of which each has one turn at a time here, too.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        on_commit: OnCommit,
        observers: Observers = NOBODY,
        queues: Queues = ROOM,
    ) -> None:
        self._releases = Releases(store)
        self._store = store
        self._clock = clock
        self._observers = observers
        self._mailboxes = Mailboxes(queues)
        self._recollection = Recollection()
        self._commits = Commits(store, self._recollection, on_commit)
        self.beginnings = Beginnings(store, clock, self._releases, self._mailboxes, self._commits)

    def open(self) -> None:
        """Take turns, also after a ``close``."""
        self._mailboxes.open()

    async def close(self) -> None:
        """Let the turns that were begun come to their end, and begin no more."""
        await self._mailboxes.close()

    async def take(
        self,
        key: SessionKey,
        message: Incoming,
        *,
        expected: int | None = None,
        refusable: bool = True,
    ) -> Answer:
        """Handle a message, after those that wait before it.

        Args:
            key: whose message.
            message: what came.
            expected: the revision that it has to meet, or None.
            refusable: whether somebody waits for the answer who can ask again.

        Raises:
            Overloaded: too many turns wait, and the message may be refused.
            UnknownSession: there is no such session.
            RevisionConflict: ``expected`` is given, and is not the revision that the message meets.
            SessionEnded: the session is over, and this is not a message that it has heard.
            InvalidEvent: the event is not usable, or a patch does not fit.
            StaleResultError: it is a result that nobody waits for.
            CorruptedSession: the state is not what was stored.
        """
        if not self._observers:
            return await self._taken(key, message, expected, refusable=refusable)
        with self._observers.watching(_work("turn", key, message.event.name, message.id)):
            return await self._taken(key, message, expected, refusable=refusable)

    async def _taken(
        self, key: SessionKey, message: Incoming, expected: int | None, *, refusable: bool
    ) -> Answer:
        async with self._mailboxes.turn(key, refusable=refusable):
            answer = await self._recalled(key, message, expected)
            return answer or await self._loaded(key, message, expected)

    async def _loaded(self, key: SessionKey, message: Incoming, expected: int | None) -> Answer:
        """The answer to a message, by what the store has."""
        tries = last = 0
        while True:
            loaded = await self._load(Lookup(key, message.id))
            self._recollection.compare(key, loaded)
            if loaded.duplicate is not None:
                return answer_from_json(loaded.duplicate.answer)
            # What is accepted from now on comes later.
            last = last or loaded.last
            earlier = before(key, loaded, message, last)
            if not earlier:
                message = placed(loaded, message)
                session = await self.rehydrated(key, loaded)
                try:
                    turn, made = self._next(session, message, expected, self._clock())
                except SessionBehind:
                    earlier = [tick_at(key, session.row.revision)]
                else:
                    answer = await self._commit(session, turn, made)
                    if answer is not None:
                        return answer
            if earlier:
                committed, _ = await self._take_chain(key, loaded, earlier, self._clock())
                if committed:
                    continue
            tries += 1
            await _pause(tries)

    async def _recalled(
        self, key: SessionKey, message: Incoming, expected: int | None
    ) -> Answer | None:
        """The answer to a message, where what is remembered of the session is true; else None."""
        known = self._recollection.recall(key)
        if known is None:
            return None
        try:
            session = await self._ready(known)
            now = self._clock()
            turn, made = self._next(session, message, expected, now, recalled=known.state_hash)
        except (StatewrightError, StaleResultError):
            return None  # It may be so, or be otherwise by now: the store knows.
        return await self._commit(session, turn, made)

    async def _ready(self, known: Remembered) -> Ready:
        """A session that is remembered; such sessions read no values of contact and tenant."""
        row = known.row
        running = self._releases.known(row.key.tenant, row.birth.flow, row.version)
        return _ready(row, running or await self.running(row), known.snapshot, _NOTHING, _NOTHING)

    def _next(
        self,
        session: Ready,
        message: Incoming,
        expected: int | None,
        now: int,
        recalled: str = "",
    ) -> tuple[Turn, Stepped]:
        """Step one message."""
        revision = session.snapshot.turns
        key = session.row.key
        if expected is not None and expected != revision:
            raise RevisionConflict(expected, revision)
        if session.snapshot.status is not Status.ACTIVE and message.event.name != RESUME:
            raise SessionEnded(
                f"session `{key.session}` has {session.snapshot.status}; start another one"
            )
        made = _stepped(session, session.snapshot, message, now)
        if is_stale(session.snapshot, made):
            raise StaleResultError(message.event.invocation)
        turn = turn_from(key, made, message, version=session.row.version, recalled=recalled)
        return turn, made

    async def _commit(self, session: Ready, turn: Turn, made: Stepped) -> Answer | None:
        """Commit the next turn of a session; None where another worker was faster."""
        outcome = await self._commits.one(session.running, session.row, turn, made)
        return answer_after(outcome, made)

    async def drain(self, key: SessionKey, now: int) -> int:
        """Handle what waits in a session: its inbox, and the timers that are due.

        Returns:
            how many turns were taken.

        Raises:
            UnknownSession: there is no such session.
            CorruptedSession: the state is not what was stored.
        """
        with self._observers.watching(_work("turn", key, "inbox", "")):
            return await self._drained(key, now)

    async def _drained(self, key: SessionKey, now: int) -> int:
        taken = tries = 0
        async with self._mailboxes.turn(key):
            if await self._ticked(key, now):
                return 1
            while True:
                loaded = await self._load(Lookup(key))
                waiting = [incoming_from(key, arrival) for arrival in loaded.inbox[:CHAIN]]
                if not waiting and is_due(loaded.session, now):
                    revision = loaded.session.revision if loaded.session else 0
                    waiting = [tick_at(key, revision)]
                if not waiting:
                    return taken
                committed, whole = await self._take_chain(key, loaded, waiting, now)
                taken += committed
                if whole and len(waiting) >= len(loaded.inbox):
                    return taken  # Whatever came meanwhile is seen to by whoever took it in.
                tries = 0 if committed else tries + 1
                if not committed:
                    await _pause(tries)

    async def _ticked(self, key: SessionKey, now: int) -> bool:
        """Whether a deadline that is remembered was met without loading; then nothing waited."""
        known = self._recollection.recall(key)
        if known is None or not is_due(known.row, now):
            return False
        try:
            session = await self._ready(known)
            tick = tick_at(key, known.row.revision)
            turn, made = self._next(session, tick, None, now, recalled=known.state_hash)
        except StatewrightError:
            return False  # The store knows.
        # Another answer is that of whoever was faster.
        return await self._commit(session, turn, made) is made.answer

    async def _take_chain(
        self, key: SessionKey, loaded: Loaded, messages: list[Incoming], now: int
    ) -> tuple[int, bool]:
        """Step messages one from another, and commit them together.

        Returns:
            how many turns were committed, and whether these were all the messages.
        """
        if loaded.session is None and messages[0].opening is not None:
            begun = await self.beginnings.open(messages[0], messages[0].opening, now)
            return begun, begun == len(messages)
        session = await self.rehydrated(key, loaded)
        chain: list[tuple[Turn, Stepped]] = []
        snapshot = session.snapshot
        for message in messages[:CHAIN]:
            over = snapshot.status is not Status.ACTIVE
            onward = _onward(message, message.opening, now) if over and message.opening else ()
            try:
                made = _stepped(session, snapshot, message, now)
            except SessionBehind:
                # Others have their turns before the next portion of what is overdue.
                behind = tick_at(key, snapshot.turns)
                made = _stepped(session, snapshot, behind, now)
                chain.append((turn_from(key, made, behind, version=session.row.version), made))
                break
            turn = turn_from(key, made, message, version=session.row.version, onward=onward)
            chain.append((turn, made))
            snapshot = made.step.snapshot
            if any(effect.kind is EffectKind.PATCH for effect in made.step.effects):
                break  # The next turn has to read what this one writes.
        outcomes = await self._commits.all(chain)
        last, made = chain[-1]
        if isinstance(outcomes[-1], Committed):
            after = made.step.snapshot
            self._recollection.note(session.running, session.row, last, after)
        committed = sum(isinstance(outcome, Committed) for outcome in outcomes)
        return committed, committed == len(messages) and last.message == messages[-1].id

    async def rehydrated(self, key: SessionKey, loaded: Loaded) -> Rehydrated:
        """A loaded session, its state verified.

        Raises:
            UnknownSession: there is none.
            CorruptedSession: the state is not what was stored.
            UnknownPublication: the flow that it runs is not published any more.
        """
        row = existing(key, loaded)
        snapshot = state_of(key, loaded)
        running = await self.running(row)
        return Rehydrated(
            row,
            running,
            snapshot,
            running.contact.of(loaded.contact, row.birth.contact),
            running.tenant.of(loaded.tenant),
            loaded,
        )

    async def running(self, row: Session, version: int | None = None) -> Running:
        """What a session runs, or has run when it was on another version.

        Raises:
            UnknownPublication: the flow is not published any more.
        """
        ran = row.version if version is None else version
        return await self._releases.running(row.key.tenant, row.birth.flow, ran)

    async def version(self, tenant: str, flow: str, version: int) -> Running:
        """What sessions of a version run.

        Raises:
            UnknownPublication: there is no such version.
        """
        return await self._releases.running(tenant, flow, version)

    async def settle(self, turns: Sequence[tuple[Turn, Stepped]]) -> tuple[Outcome, ...]:
        """Commit turns that were stepped elsewhere, and tell of those that were committed."""
        return await self._commits.all(turns)

    async def _load(self, lookup: Lookup) -> Loaded:
        (loaded,) = await self._store.load([lookup])
        return loaded


def _onward(message: Incoming, opening: Opening, now: int) -> tuple[Message, ...]:
    """What the next session of a conversation gets of a message that finds this one ended.

    It is part of the turn that notes that it came too late, and so happens exactly if that does:
    before the commit nobody knows whether the session really is over.
    """
    following = opening.next
    return (Message(following.key, message.id, body_of(message.event, following), now),)


class StaleResultError(Exception):
    """A result came that nobody waits for; nothing was changed. It does not leave the runtime.

    Args:
        invocation: whose result it is.
    """

    def __init__(self, invocation: str) -> None:
        super().__init__(f"nothing waits for the result of {invocation!r} any more")


def _stepped(session: Ready, before: Snapshot, message: Incoming, now: int) -> Stepped:
    what = message.event
    came = what.name, what.data, now, what.kind, what.invocation, what.sendid
    told = what.origin, what.origintype, what.invokeid, session.contact, session.tenant
    try:
        return stepped(session.chart, before, _event(*came, *told))
    except UNFIT as error:
        raise corrupted(session.row.key, error) from None


async def _pause(tries: int) -> None:
    await asyncio.sleep(min(PAUSE, 0.001 * 2 ** min(tries - 1, 10)) if tries > 1 else 0)
