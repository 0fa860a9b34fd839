"""What happens in a conversation: for the sessions that go on, or it begins some.

What begins is for ``statechart.answering`` to say; here it is told what is published and what goes
on, and what it says is done. All of it is kept by the store before it is done, and none of it is
done twice, however often the same message comes: what it has been found to be for is looked up
first, for what goes on may have changed since. (Looked up are the latest ``LOOK_BACK`` sessions of
each flow.)
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from statewright.errors import CorruptedSession, InvalidEvent
from statewright.runtime.clock import Clock
from statewright.runtime.turns.inbox import Inbox
from statewright.runtime.turns.messages import checked_id, end_from
from statewright.runtime.turns.openings import Talk
from statewright.runtime.turns.receiving import Receiver, has
from statewright.runtime.turns.rehydration import UNFIT
from statewright.runtime.turns.starting import LOOK_BACK, Starter
from statewright.runtime.turns.turn import Turns
from statewright.runtime.turns.views import Received
from statewright.statechart import Event, Status, awaiting, event_to_json
from statewright.statechart.answering import Beginning, Offer, begun_by, holds, tried
from statewright.statechart.stepping.awaiting import PEOPLE
from statewright.statechart.triggers import ENTRY, MESSAGE, OPENED, Reentry, Trigger, TriggerKind
from statewright.storage.limits import check_id
from statewright.storage.records import Loaded, Lookup, Publication, Session, SessionKey
from statewright.storage.store import PAGE, Store

KEPT: Final = 256
"""How many publications are remembered with their triggers."""

SCHEDULE: Final = "schedule"
"""The channel of sessions that schedules begin, and the event that a schedule is."""

MANUAL: Final = "manual"
"""The event that a trigger is whose name somebody says."""

RESTARTED: Final = "restarted"
"""The outcome of a session that ended because another one of its flow began."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a conversation stands, by flow.

    Attributes:
        active: the sessions that go on, but for those that the message has begun; newest first.
        latest: the number of the latest session.
        seen: the session that the message was found to be for when it came before: it has handled
            it, or it waits there.
        begun: the flows of which that message has begun a session, or is about to.
        people: the sessions that have handed the conversation to people; the newest of each flow.
    """

    active: Mapping[str, Sequence[SessionKey]]
    latest: Mapping[str, int]
    seen: Mapping[str, SessionKey]
    begun: frozenset[str]
    people: Mapping[str, SessionKey]


@dataclass(frozen=True, slots=True)
class _Happening:
    """Something that happened in a conversation.

    Attributes:
        talk: which conversation.
        event: what.
        message: the id of the message that brings it.
        contact: who talks there, or ``""``.
    """

    talk: Talk
    event: Event
    message: str
    contact: str


class Triggering:
    """Begins sessions because of what happens.

    Args:
        store: where releases and sessions are kept.
        clock: tells the time.
        starter: begins sessions.
        receiver: keeps messages for the session that goes on, or for the next one.
        inbox: keeps messages of sessions.
        turns: knows what sessions are at.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        starter: Starter,
        receiver: Receiver,
        inbox: Inbox,
        turns: Turns,
    ) -> None:
        self._store = store
        self._clock = clock
        self._starter = starter
        self._receiver = receiver
        self._inbox = inbox
        self._turns = turns
        self._known: OrderedDict[tuple[str, str, int], Offer] = OrderedDict()

    async def offers(self, tenant: str) -> dict[str, tuple[Publication, Offer]]:
        """The newest publication of each flow of a tenant that has triggers, by flow."""
        found: dict[str, tuple[Publication, Offer]] = {}
        after = ""
        while True:
            page = await self._store.newest(tenant, after=after, limit=PAGE)
            for publication in page:
                offer = await self._offer(publication)
                if offer.triggers:
                    found[publication.flow] = (publication, offer)
            if len(page) < PAGE:
                return found
            after = page[-1].flow

    async def _offer(self, publication: Publication) -> Offer:
        key = (publication.tenant, publication.flow, publication.version)
        if key not in self._known:
            release = await self._store.release(publication)
            chart = release.statechart
            inputs = tuple(datum for datum in chart.data if datum.name in chart.inputs)
            self._known[key] = Offer(publication.flow, release.triggers, inputs)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    async def happened(
        self, talk: Talk, event: Event, *, message: str, contact: str
    ) -> tuple[Received, ...]:
        """Begin what an event triggers, and tell it to the sessions that go on.

        Args:
            talk: the conversation; its flow is not looked at.
            event: what happened.
            message: its id, unique in the conversation.
            contact: whose values triggers may read, and sessions read and patch, or ``""``.
        """
        check_id("the id of the conversation", talk.conversation)
        check_id("the id of the contact", contact or "-")
        known = await self.offers(talk.tenant)
        offers = [offer for _, offer in known.values()]
        standing = await self._standing(talk, message, offers)
        happening = _Happening(talk, event, message, contact)
        again = [await self._tell(happening, key) for key in standing.seen.values()]
        if again and event.name == MESSAGE:
            return tuple(again)  # It is for one session, and that has it.
        active = standing.active
        seen = await self._with_values(talk, event, contact)
        fired = tried(seen, offers, active, standing.people)
        found = [one for one in fired if one.flow not in standing.seen]
        if again and event.name == OPENED:
            found = []  # It begins one session at most, and that was decided when it came first.
        begun = _without_misfits(talk.tenant, found)
        for one in begun:
            going = active.get(one.flow, ())
            again.append(await self._begin(happening, known[one.flow][0], one, going))
        if event.name == MESSAGE:
            return tuple(again) if begun else await self._said(happening, known, standing, seen)
        done = {one.flow for one in begun} | standing.begun
        done_by = {one.key for one in again}
        told = [key for flow in active if flow not in done for key in active[flow]]
        return (*again, *[await self._tell(happening, key) for key in told if key not in done_by])

    async def _said(
        self,
        happening: _Happening,
        known: Mapping[str, tuple[Publication, Offer]],
        standing: _Standing,
        seen: Event,
    ) -> tuple[Received, ...]:
        """Tell a message that begins nothing to the session that it is for.

        Where that ends before the message is handled, and without it the message would have begun
        another session of the flow, it does so then.
        """
        for flow in _first(standing.people or standing.active, known):
            # Of several sessions of one flow, the newest is the one that a message is for.
            key = standing.people.get(flow, standing.active[flow][0])
            talk = replace(happening.talk, flow=flow)
            rest = [other for other in standing.active if other != flow]
            others = {other for other in standing.people if other != flow}
            otherwise = tried(seen, [offer for _, offer in known.values()], rest, others)
            fitting = [one for one in otherwise if not one.misfits]
            if [one.flow for one in fitting] == [flow] and key == talk.key(standing.latest[flow]):
                after = replace(fitting[0], beside=False)
                return (await self._begin(happening, known[flow][0], after, ()),)
            return (await self._tell(happening, key),)
        return ()

    async def fire(self, publication: Publication, trigger: Trigger, at: int) -> Received | None:
        """Begin what a schedule begins at a time; None where it begins nothing.

        Its sessions are in a conversation of their own. It is done once for that time, however
        often it is called.

        Args:
            publication: whose schedule it is.
            trigger: the schedule.
            at: the time, microseconds since 1970 UTC.
        """
        flow = publication.flow
        named = sha256(trigger.name.encode()).hexdigest()[:32]
        talk = Talk(publication.tenant, SCHEDULE, named, flow)
        message = f"{SCHEDULE}:{at}"
        event = Event(SCHEDULE, {"trigger": trigger.name})
        seen = replace(await self._with_values(talk, event, ""), now=at)
        happening = _Happening(talk, event, message, "")
        standing = await self._standing(talk, message, [Offer(flow, (trigger,))])
        if flow in standing.seen:
            return await self._tell(happening, standing.seen[flow])
        going = standing.active.get(flow, ())
        if (going and trigger.reentry is Reentry.IGNORE) or not holds(trigger, seen):
            return None
        restart = bool(going) and trigger.reentry is Reentry.RESTART
        begun = begun_by(trigger, seen, flow=flow, restart=restart)
        return await self._begin(happening, publication, begun, going)

    async def inputs(
        self,
        publication: Publication,
        talk: Talk,
        named: str | None,
        contact: str,
        given: Mapping[str, Any],
    ) -> Mapping[str, Any]:
        """What a session is given that somebody begins: by a manual trigger, or by none.

        By a trigger, whatever is given is ``event.data`` for its expressions; those of it that are
        inputs of the flow are given to the session, but what the trigger gives goes before them.
        The session begins in any case, so priority and re-entry do not count.

        Args:
            publication: what it runs.
            talk: of what it is an episode.
            named: the trigger, or None.
            contact: whose values its condition may read, or ``""``.
            given: values of the flow's inputs; by a trigger, what its expressions read.

        Raises:
            InvalidEvent: the flow has no such manual trigger, or its condition does not hold.
        """
        if named is None:
            return given
        offer = await self._offer(publication)
        known = {one.name: one for one in offer.triggers if one.kind is TriggerKind.MANUAL}
        if named not in known:
            names = ", ".join(f"`{name}`" for name in known) or "none"
            raise InvalidEvent(
                f"`{ascii(named)[1:-1][:80]}` is no manual trigger of this flow; it has {names}"
            )
        event = await self._with_values(talk, Event(MANUAL, dict(given)), contact)
        if not holds(known[named], event):
            raise InvalidEvent(f"the condition of the trigger `{named}` does not hold")
        inputs = {datum.name for datum in offer.inputs or ()} - {ENTRY}
        fitting = {name: value for name, value in given.items() if name in inputs}
        return {**fitting, **begun_by(known[named], event, flow=publication.flow).inputs}

    async def _standing(self, talk: Talk, message: str, offers: Iterable[Offer]) -> _Standing:
        """How a conversation stands, and what became of a message that came there before.

        Of a flow that begins sessions beside each other several may go on, of others the latest.
        """
        episodes = await self._store.conversation(talk.tenant, talk.channel, talk.conversation)
        beside = {offer.flow for offer in offers if any(map(_is_parallel, offer.triggers))}
        latest = {one.flow: one.episode for one in episodes}
        places = [
            (one.flow, replace(talk, flow=one.flow).key(number))
            for one in episodes
            # A message may wait for the session after the latest one, which it begins.
            for number in range(one.episode + 1, max(0, one.episode - LOOK_BACK), -1)
        ]
        active: dict[str, list[SessionKey]] = {}
        seen: dict[str, SessionKey] = {}
        begun: set[str] = set()
        people: dict[str, SessionKey] = {}
        loaded = await self._store.load([Lookup(key, message) for _, key in places])
        for (flow, key), one in zip(places, loaded, strict=True):
            begins = one.duplicate is not None and one.duplicate.revision == 1
            begins |= one.session is None and has(one, message)
            if begins:
                begun.add(flow)
            if has(one, message):
                seen.setdefault(flow, key)
            session = one.session
            if session is None or session.status is not Status.ACTIVE or begins:
                continue
            if flow in beside or session.birth.episode == latest[flow]:
                active.setdefault(flow, []).append(key)
                if flow not in people and await self._is_with_people(key, session, one):
                    people[flow] = key
        return _Standing(active, latest, seen, frozenset(begun), people)

    async def _is_with_people(self, key: SessionKey, row: Session, loaded: Loaded) -> bool:
        """Whether people have the conversation, as far as a session knows."""
        if not (await self._turns.running(row)).hands_over:
            return False
        try:
            session = await self._turns.rehydrated(key, loaded)
            awaited = awaiting(session.chart, session.snapshot)
        except (CorruptedSession, *UNFIT):
            return False  # Its next turn says so.
        return awaited is not None and awaited.kind == PEOPLE

    async def _with_values(self, talk: Talk, event: Event, contact: str) -> Event:
        """The event as triggers see it: with its time, and what is known of contact and tenant."""
        (loaded,) = await self._store.load([Lookup(talk.key(0), contact=contact)])
        return replace(event, now=self._clock(), contact=loaded.contact, tenant=loaded.tenant)

    async def _begin(
        self,
        happening: _Happening,
        publication: Publication,
        begun: Beginning,
        going: Sequence[SessionKey],
    ) -> Received:
        """Begin a session instead of those of its flow that go on, or beside them."""
        if begun.restart:
            for key in going:
                await self._end(happening, key)
        talk = replace(happening.talk, flow=begun.flow)
        if not begun.beside:
            return await self._receiver.receive(
                publication,
                talk,
                happening.event,
                message=happening.message,
                contact=happening.contact,
                inputs=begun.inputs,
            )
        started = await self._starter.start(
            publication,
            talk,
            contact=happening.contact,
            inputs=begun.inputs,
            message=happening.message,
            repeatable=True,
        )
        return Received(started.key, 0)

    async def _end(self, happening: _Happening, key: SessionKey) -> None:
        ending = f"{key.session}:restart:{happening.message}"
        await self._inbox.accept(key, ending, event_to_json(end_from(RESTARTED)))

    async def _tell(self, happening: _Happening, key: SessionKey) -> Received:
        message = checked_id(key, happening.message)
        body = event_to_json(happening.event)
        return Received(key, await self._inbox.accept(key, message, body))


def _without_misfits(tenant: str, found: Iterable[Beginning]) -> list[Beginning]:
    """What begins; of what cannot, the log says so, without what users have said."""
    begun: list[Beginning] = []
    for one in found:
        if one.misfits:
            what = f"the trigger {one.trigger!r} of the flow {one.flow!r} of {tenant!r}"
            names = ", ".join(map(repr, one.misfits))
            _log.warning("%s is passed over: its flow cannot take the input %s", what, names)
        else:
            begun.append(one)
    return begun


def _is_parallel(trigger: Trigger) -> bool:
    return trigger.reentry is Reentry.PARALLEL


def _first(flows: Iterable[str], known: Mapping[str, tuple[Publication, Offer]]) -> list[str]:
    """The flow of the highest priority, the first by name of several; none of none."""

    def order(flow: str) -> tuple[int, str]:
        triggers = known[flow][1].triggers if flow in known else ()
        return -max((one.priority for one in triggers), default=0), flow

    return sorted(flows, key=order)[:1]
