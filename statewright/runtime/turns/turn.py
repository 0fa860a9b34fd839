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
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from statewright.errors import (
    RevisionConflict,
    SessionEnded,
    StatewrightError,
)
from statewright.runtime.clock import Clock
from statewright.runtime.observing.observers import NOBODY, Observers, Work
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.mailboxes import ROOM, Mailboxes, Queues
from statewright.runtime.turns.messages import Incoming, incoming_from, tick_at
from statewright.runtime.turns.openings import Opening, body_of
from statewright.runtime.turns.recollection import Recollection
from statewright.runtime.turns.rehydration import UNFIT, Rehydrated, existing, state_of
from statewright.runtime.turns.releases import Releases, Running
from statewright.runtime.turns.stepping import (
    Stepped,
    begun,
    is_stale,
    start_event,
    stepped,
    turn_from,
)
from statewright.runtime.turns.waiting import before, is_due, placed
from statewright.statechart import EffectKind, Event, Snapshot, Status
from statewright.statechart.interventions.repairs import RESUME
from statewright.statechart.making import maker
from statewright.storage.corruption import corrupted
from statewright.storage.records import (
    Birth,
    Committed,
    Duplicate,
    Loaded,
    Lookup,
    Message,
    Outcome,
    Publication,
    Session,
    SessionKey,
    Turn,
)
from statewright.storage.store import Store

CHAIN: Final = 32
"""How many messages of one session are committed in one batch."""

PAUSE: Final = 0.05
"""The longest pause, in seconds, before a turn that lost the race is stepped again."""

_log = logging.getLogger(__name__)
_event = maker(Event)

OnCommit = Callable[[Turn, Stepped], None]
"""Told of each turn that this process has committed. It returns at once, and never fails."""


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


class Turns:
    """Takes turns.

    Args:
        store: where sessions are.
        clock: tells the time.
        on_commit: is told of every turn.
        observers: look on while turns are taken.
        queues: how many turns may wait.
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
        self._on_commit = on_commit
        self._observers = observers
        self._mailboxes = Mailboxes(queues)
        self._recollection = Recollection()

    def open(self) -> None:
        """Take turns, also after a ``close``."""
        self._mailboxes.open()

    async def close(self) -> None:
        """Let the turns that were begun come to their end, and begin no more."""
        await self._mailboxes.close()

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
                loaded = await self._load(Lookup(key, message, birth.contact))
                if loaded.session is not None:
                    return _begun(loaded)
                event = first(running, loaded, self._clock())
                made = begun(running.chart, key.session, event)
                incoming = Incoming(message, event)
                turn = turn_from(key, made, incoming, version=publication.version, birth=birth)
                (outcome,) = await self._store.commit([turn])
                if isinstance(outcome, Committed):
                    self._recollection.note(running, None, turn)
                    self._committed(turn, made, outcome)
                    return Begun(made.answer, birth.secret_hash)

    async def try_to_begin(self, publication: Publication, opening: Opening, now: int) -> None:
        """See whether a session could begin like this, without beginning it.

        Raises:
            InvalidEvent: the inputs are not usable.
            UnstorableRecord: a name or an id is none that can be kept.
        """
        running = await self._releases.running_of(publication)
        loaded = await self._load(Lookup(opening.key, contact=opening.contact))
        event = first_event(running, loaded, opening.contact, opening.inputs, opening.seed, now)
        made = begun(running.chart, opening.key.session, event)
        turn_from(
            opening.key, made, Incoming("try", event), version=opening.version, birth=opening.birth
        )

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
        with self._observers.watching(Work("turn", key, message.event.name, message.id)):
            async with self._mailboxes.turn(key, refusable=refusable):
                return await self._taken(key, message, expected)

    async def _taken(self, key: SessionKey, message: Incoming, expected: int | None) -> Answer:
        answer = await self._recalled(key, message, expected)
        if answer is not None:
            return answer
        tries = last = 0
        while True:
            loaded = await self._load(Lookup(key, message.id))
            self._recollection.compare(key, loaded)
            if loaded.duplicate is not None:
                return answer_from_json(loaded.duplicate.answer)
            # What is accepted from now on comes later.
            last = last or loaded.last
            earlier = before(key, loaded, message, last)
            if earlier and await self._take_chain(key, loaded, earlier, self._clock()):
                continue
            if not earlier:
                message = placed(loaded, message)
                session = await self.rehydrated(key, loaded)
                turn, made = self._next(session, message, expected, self._clock())
                answer = await self._commit(session, turn, made)
                if answer is not None:
                    return answer
            tries += 1
            await _pause(tries)

    async def _recalled(
        self, key: SessionKey, message: Incoming, expected: int | None
    ) -> Answer | None:
        """The answer to a message, where what is remembered of the session is true; else None."""
        loaded = self._recollection.recall(key)
        if loaded is None:
            return None
        try:
            session = await self.rehydrated(key, loaded, recalled=True)
            now = self._clock()
            turn, made = self._next(session, message, expected, now, recalled=loaded.state_hash)
        except (StatewrightError, StaleResultError):
            return None  # It may be so, or be otherwise by now: the store knows.
        return await self._commit(session, turn, made)

    def _next(
        self,
        session: Rehydrated,
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

    async def _commit(self, session: Rehydrated, turn: Turn, made: Stepped) -> Answer | None:
        """Commit the next turn of a session; None where another worker was faster."""
        (outcome,) = await self._store.commit([turn])
        if isinstance(outcome, Committed):
            self._recollection.note(session.running, session.row, turn)
        if turn.recalled and not isinstance(outcome, Duplicate):
            self._recollection.learn(turn.key, right=isinstance(outcome, Committed))
        return self._answer(turn, made, outcome)

    async def drain(self, key: SessionKey, now: int) -> int:
        """Handle what waits in a session: its inbox, and the timers that are due.

        Returns:
            how many turns were taken.

        Raises:
            UnknownSession: there is no such session.
            CorruptedSession: the state is not what was stored.
        """
        with self._observers.watching(Work("turn", key, "inbox", "")):
            return await self._drained(key, now)

    async def _drained(self, key: SessionKey, now: int) -> int:
        taken = tries = 0
        async with self._mailboxes.turn(key):
            if await self._ticked(key, now):
                return 1
            while True:
                loaded = await self._load(Lookup(key))
                waiting = [incoming_from(key, arrival) for arrival in loaded.inbox[:CHAIN]]
                if not waiting and is_due(loaded, now):
                    revision = loaded.session.revision if loaded.session else 0
                    waiting = [tick_at(key, revision)]
                if not waiting:
                    return taken
                committed = await self._take_chain(key, loaded, waiting, now)
                taken += committed
                if committed == len(waiting) and len(waiting) >= len(loaded.inbox):
                    return taken  # Whatever came meanwhile is seen to by whoever took it in.
                tries = 0 if committed else tries + 1
                if not committed:
                    await _pause(tries)

    async def _ticked(self, key: SessionKey, now: int) -> bool:
        """Whether a deadline that is remembered was met without loading; then nothing waited."""
        loaded = self._recollection.recall(key)
        if loaded is None or loaded.session is None or not is_due(loaded, now):
            return False
        try:
            session = await self.rehydrated(key, loaded, recalled=True)
            tick = tick_at(key, loaded.session.revision)
            turn, made = self._next(session, tick, None, now, recalled=loaded.state_hash)
        except StatewrightError:
            return False  # The store knows.
        # Another answer is that of whoever was faster.
        return await self._commit(session, turn, made) is made.answer

    async def _take_chain(
        self, key: SessionKey, loaded: Loaded, messages: list[Incoming], now: int
    ) -> int:
        """Step messages one from another, and commit them together; how many were committed."""
        if loaded.session is None and messages[0].opening is not None:
            return await self._open(messages[0], messages[0].opening, now)
        session = await self.rehydrated(key, loaded)
        chain: list[tuple[Turn, Stepped]] = []
        snapshot = session.snapshot
        for message in messages[:CHAIN]:
            over = snapshot.status is not Status.ACTIVE
            onward = _onward(message, message.opening, now) if over and message.opening else ()
            made = _stepped(session, snapshot, message, now)
            turn = turn_from(key, made, message, version=session.row.version, onward=onward)
            chain.append((turn, made))
            snapshot = made.step.snapshot
            if any(effect.kind is EffectKind.PATCH for effect in made.step.effects):
                break  # The next turn has to read what this one writes.
        outcomes = await self.settle(chain)
        if chain and isinstance(outcomes[-1], Committed):
            self._recollection.note(session.running, session.row, chain[-1][0])
        return sum(isinstance(outcome, Committed) for outcome in outcomes)

    async def _open(self, message: Incoming, opening: Opening, now: int) -> int:
        """Begin the session for which a message waits; how many turns were committed."""
        key = opening.key
        running = await self._releases.running(key.tenant, opening.talk.flow, opening.version)
        loaded = await self._load(Lookup(key, contact=opening.contact))
        event = first_event(running, loaded, opening.contact, opening.inputs, opening.seed, now)
        made = begun(running.chart, key.session, event)
        turn = turn_from(key, made, message, version=opening.version, birth=opening.birth)
        (outcome,) = await self._store.commit([turn])
        self._answer(turn, made, outcome)
        return int(isinstance(outcome, Committed))

    async def rehydrated(
        self, key: SessionKey, loaded: Loaded, *, recalled: bool = False
    ) -> Rehydrated:
        """A loaded session, its state verified; of one that was recalled, the hash is not.

        Raises:
            UnknownSession: there is none.
            CorruptedSession: the state is not what was stored.
            UnknownPublication: the flow that it runs is not published any more.
        """
        row = existing(key, loaded)
        snapshot = state_of(key, loaded, recalled=recalled)
        running = await self.running(row)
        return Rehydrated(
            loaded,
            row,
            running,
            snapshot,
            running.contact.of(loaded.contact, row.birth.contact),
            running.tenant.of(loaded.tenant),
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
        if not turns:
            return ()
        outcomes = await self._store.commit([turn for turn, _ in turns])
        for (turn, made), outcome in zip(turns, outcomes, strict=True):
            self._recollection.forget(turn.key)
            self._answer(turn, made, outcome)
        return outcomes

    async def _load(self, lookup: Lookup) -> Loaded:
        (loaded,) = await self._store.load([lookup])
        return loaded

    def _answer(self, turn: Turn, made: Stepped, outcome: Outcome) -> Answer | None:
        """The answer that the message has got, by this turn or another; None where it has none."""
        match outcome:
            case Committed():
                self._committed(turn, made, outcome)
                return made.answer
            case Duplicate(_, text):
                return answer_from_json(text)
            case _:
                return None

    def _committed(self, turn: Turn, made: Stepped, outcome: Committed) -> None:
        session, revision = turn.key.session, turn.revision
        failed = made.step.snapshot.status is Status.FAILED
        for incident in made.step.incidents:
            _log.info("session %s, revision %d: %s", session, revision, incident.name)
        if failed:
            # What users have said may stand in messages of incidents, so that stays in the history.
            names = ", ".join(dict.fromkeys(one.name for one in made.step.incidents)) or "an end"
            _log.warning("session %s failed at revision %d: %s", session, revision, names)
        for patch in outcome.unfit:
            what = f"{patch.scope} at {'.'.join(patch.path)}"
            _log.warning("session %s, revision %d: no patch of %s", session, revision, what)
        self._on_commit(turn, made)


def _onward(message: Incoming, opening: Opening, now: int) -> tuple[Message, ...]:
    """What the next session of a conversation gets of a message that finds this one ended.

    It is part of the turn that notes that it came too late, and so happens exactly if that does:
    before the commit nobody knows whether the session really is over.
    """
    following = opening.next
    return (Message(following.key, message.id, body_of(message.event, following), now),)


def _begun(loaded: Loaded) -> Begun | None:
    """The start of a session by the message that was looked up, or None."""
    if loaded.session is None or loaded.duplicate is None or loaded.duplicate.revision != 1:
        return None
    answer = answer_from_json(loaded.duplicate.answer)
    return Begun(answer, loaded.session.birth.secret_hash)


class StaleResultError(Exception):
    """A result came that nobody waits for; nothing was changed. It does not leave the runtime.

    Args:
        invocation: whose result it is.
    """

    def __init__(self, invocation: str) -> None:
        super().__init__(f"nothing waits for the result of {invocation!r} any more")


def first_event(
    running: Running, loaded: Loaded, contact: str, inputs: Mapping[str, Any], seed: str, now: int
) -> Event:
    """The event that begins a session at its beginning."""
    known = running.contact.of(loaded.contact, contact)
    tenant = running.tenant.of(loaded.tenant)
    return start_event(inputs, seed=seed, now=now, contact=known, tenant=tenant)


def _stepped(session: Rehydrated, before: Snapshot, message: Incoming, now: int) -> Stepped:
    what = message.event
    came = what.name, what.data, now, what.kind, what.invocation, what.sendid
    told = what.origin, what.origintype, what.invokeid, session.contact, session.tenant
    try:
        return stepped(session.chart, before, _event(*came, *told))
    except UNFIT as error:
        raise corrupted(session.row.key, error) from None


async def _pause(tries: int) -> None:
    await asyncio.sleep(min(PAUSE, 0.001 * 2 ** min(tries - 1, 10)) if tries > 1 else 0)
