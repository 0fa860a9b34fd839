"""The runtime: sessions of published flows on a store, and everything that one can do to them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

from statewright.runtime.clock import Chance, Clock, system_chance, system_clock
from statewright.runtime.effects.engine import Engine, Host
from statewright.runtime.effects.handling import Handler
from statewright.runtime.effects.in_process import InProcessEngine
from statewright.runtime.effects.limits import UNLIMITED, Limits
from statewright.runtime.effects.secret_texts import Secrets, secrets_of_environment
from statewright.runtime.history.replay import Replay
from statewright.runtime.observing.observers import Observer
from statewright.runtime.parts import Parts
from statewright.runtime.scheduling import USUAL, Schedules
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.mailboxes import ROOM, Queues
from statewright.runtime.turns.messages import (
    What,
    checked_id,
    end_from,
    event_from,
    patch_from,
)
from statewright.runtime.turns.openings import Talk
from statewright.runtime.turns.rehydration import existing
from statewright.runtime.turns.views import Received, SessionView, Started, view_of
from statewright.statechart import Release, event_to_json
from statewright.storage.receipts import Receipt
from statewright.storage.records import Publication, SessionKey
from statewright.storage.store import Store


class Runtime:
    """Runs sessions.

    Everything but ``publish`` may be called again when it failed for want of the store: a message
    id is handled once. Without a message id each call is a message of its own.

    Attributes:
        past: shows sessions as they stood, forks them, and runs them on other charts.
        repairs: asks for work again, goes on without it, and resumes what has failed.
        overview: lists sessions, with how they stand.
        retention: ends sessions that were abandoned, and deletes what is over since long.
        migrations: moves sessions from one version of their flow to another.
        journal: tells of the turns of all sessions of a tenant.

    Args:
        store: where they are kept; it is opened and closed with the runtime.
        clock: tells the time.
        chance: gives the random bytes of ids, seeds and secrets.
        handlers: type of work, or target of what is sent → who does it, besides ``http``.
        engine: makes what carries out requests to the world; None for none in this process.
        secrets: gives what secrets stand for.
        limits: how often this process makes requests, at most.
        signing_key: makes the tokens of sessions, so that a repeated start gives the same one.
        schedules: whose schedules this process fires; None for nobody's.
        poll: seconds after which what other processes know of is noticed, at the latest.
        observers: watch what is done: metrics, traces, alerts.
        queues: how many turns may wait before more are refused.
    """

    def __init__(  # noqa: PLR0913 (what it runs on, and with)
        self,
        store: Store,
        *,
        clock: Clock = system_clock,
        chance: Chance = system_chance,
        handlers: Mapping[str, Handler] | None = None,
        engine: Callable[[Host], Engine] | None = InProcessEngine,
        secrets: Secrets = secrets_of_environment,
        limits: Limits = UNLIMITED,
        signing_key: bytes = b"",
        schedules: Schedules | None = USUAL,
        poll: float = 1.0,
        observers: Sequence[Observer] = (),
        queues: Queues = ROOM,
    ) -> None:
        self.store = store
        self.clock = clock
        self.chance = chance
        self._parts = parts = Parts(
            store,
            clock=clock,
            chance=chance,
            handlers=handlers,
            engine=engine,
            secrets=secrets,
            limits=limits,
            signing_key=signing_key,
            schedules=schedules,
            poll=poll,
            observers=observers,
            queues=queues,
        )
        self.journal = parts.journal
        self.past = parts.past
        self.repairs = parts.repairs
        self.overview = parts.overview
        self.retention = parts.retention
        self.migrations = parts.migrations
        self._turns = parts.turns
        self._reader = parts.reader
        self._starter = parts.starter
        self._inbox = parts.inbox
        self._triggering = parts.triggering
        self._background = parts.background
        self._take = parts.sender.send
        self._name = parts.sender.name

    # --- from beginning to end -----------------------------------------------------------------

    async def open(self) -> None:
        """Open the store, and begin to sweep and to carry out requests in the background.

        Raises:
            UnusableDatabase: the database is not known, or from a newer version.
            StorageUnavailable: it does not answer.
        """
        if not self._background.is_open:
            await self._parts.open()

    async def close(self) -> None:
        """Let the turns that were begun come to their end, and stop; no more are begun."""
        await self._parts.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- publications --------------------------------------------------------------------------

    async def publish(
        self,
        release: Release,
        *,
        tenant: str = "default",
        flow: str,
        label: str = "",
        receipt: Callable[[Publication], Receipt] | None = None,
    ) -> Publication:
        """Publish a release as the next version of a flow. Sessions that run stay on theirs.

        Args:
            release: what ``Compilation.release`` gave.
            tenant: whose it is.
            flow: what people call it.
            label: a name for a line of versions (``live``, ``trial``), or ``""``.
            receipt: makes what is kept with it of what the caller is told.

        Raises:
            UnstorableRecord: a name is none that can be kept.
            AlreadyDone: there is a receipt with that key.
        """
        return await self.store.publish(
            release, tenant=tenant, flow=flow, at=self.clock(), label=label, receipt=receipt
        )

    # --- what one does to a session ------------------------------------------------------------

    async def start(  # noqa: PLR0913 (who, what, and under which conditions)
        self,
        flow: str,
        *,
        tenant: str = "default",
        channel: str = "api",
        conversation: str | None = None,
        contact: str = "",
        data: Mapping[str, Any] | None = None,
        message_id: str | None = None,
        version: int | None = None,
        label: str | None = None,
        trigger: str | None = None,
        settle: float | timedelta | None = None,
    ) -> Started:
        """Begin a session: a new episode of its flow in a conversation.

        Args:
            flow: what it runs.
            tenant: whose flow it is.
            channel: how the contact talks to us.
            conversation: which talk on that channel; one of its own where None.
            contact: whose values it reads and patches, or ``""``.
            data: values of the flow's inputs; where a trigger is named, all that its expressions
                read as ``event.data``, whether it is an input or not.
            message_id: makes the call repeatable. Where no conversation is given it must be hard
                to guess, for it names the conversation, too.
            version: of the flow; where None the newest, or the newest of ``label``.
            label: see ``version``.
            trigger: the manual trigger of the flow that it begins by; where None, by none.
            settle: how long to wait for the results of effects, as in ``send``.

        Raises:
            UnknownFlow: nothing of that flow, version or label is published.
            InvalidEvent: the inputs are not usable, or there is no such trigger.
            UnstorableRecord: a name or id is none that can be kept.
        """
        publication = await self._starter.publication(tenant, flow, version, label)
        talk = Talk(tenant, channel, conversation or message_id or self._name(), flow)
        started = await self._starter.start(
            publication,
            talk,
            contact=contact,
            inputs=await self._triggering.inputs(publication, talk, trigger, contact, data or {}),
            message=message_id or self._name(),
            repeatable=message_id is not None,
        )
        answer = await self._reader.settled(started.key, started.answer, settle)
        return replace(started, answer=answer)

    async def send(
        self,
        key: SessionKey,
        what: What,
        *,
        message_id: str | None = None,
        expected_revision: int | None = None,
        settle: float | timedelta | None = None,
    ) -> Answer:
        """Handle a message, after those that came before it, and answer it.

        Args:
            key: whose session.
            what: a text; ``{"value": …, "text": …}`` for something picked; or an ``Event``, of
                which the name and the data count.
            message_id: unique in the session; whoever brings it again gets the first answer.
            expected_revision: handle it only if the session is at this revision.
            settle: how long to wait for the turns that handle the results of this turn's effects,
                in seconds or as a ``timedelta``; what they say is then part of the answer.

        Raises:
            UnknownSession: there is no such session.
            SessionEnded: it is over.
            InvalidMessage: it is no message.
            RevisionConflict: the session is not at the revision expected.
        """
        return await self._take(key, event_from(what), message_id, expected_revision, settle)

    async def patch(
        self,
        key: SessionKey,
        updates: Mapping[str, Any],
        *,
        message_id: str | None = None,
        expected_revision: int | None = None,
    ) -> Answer:
        """Change variables of a session; see ``statechart.interventions.patched``.

        Raises:
            InvalidEvent: a variable is not declared, or cannot hold its value.
            UnknownSession, SessionEnded, RevisionConflict: as for ``send``.
        """
        return await self._take(key, patch_from(updates), message_id, expected_revision)

    async def end(
        self, key: SessionKey, *, outcome: str = "", message_id: str | None = None
    ) -> Answer:
        """End a session where it stands. Its outcome is ``ended`` unless another is given.

        Raises:
            UnknownSession, SessionEnded: as for ``send``.
        """
        return await self._take(key, end_from(outcome), message_id)

    async def accept(self, key: SessionKey, what: What, *, message_id: str) -> int:
        """Take a message in, and handle it in the background, in the order of arrival.

        Returns:
            its position among the messages of the session that were accepted.

        Raises:
            UnknownSession: there is no such session.
            InvalidMessage: it is no message.
        """
        checked_id(key, message_id)
        event = event_from(what)
        loaded = await self._reader.loaded(key)
        if not loaded.inbox:
            existing(key, loaded)
        return await self._inbox.accept(key, message_id, event_to_json(event))

    async def receive(  # noqa: PLR0913 (who, what, and what is begun with it)
        self,
        flow: str,
        what: What,
        *,
        conversation: str,
        message_id: str,
        tenant: str = "default",
        channel: str = "api",
        contact: str = "",
        data: Mapping[str, Any] | None = None,
        version: int | None = None,
        label: str | None = None,
    ) -> Received:
        """Take a message of a conversation in, and handle it in the background, in its order.

        The session of the flow that goes on in the conversation handles it, as with ``accept``.
        Where none does when its turn comes, it begins one, as with ``start``: the bot has the first
        word then, and the message itself is not handled as an answer; give as ``data`` what the
        flow is to know of it.

        Args:
            flow: what the session runs.
            what: as for ``send``.
            conversation: which talk on the channel.
            message_id: unique in the conversation; whoever brings it again changes nothing.
            tenant: whose flow it is.
            channel: how the contact talks to us.
            contact: whose values a session reads and patches that is begun, or ``""``.
            data: values of the flow's inputs, for a session that is begun.
            version: of the flow, for a session that is begun; as for ``start``.
            label: see ``version``.

        Raises:
            UnknownFlow: nothing of that flow, version or label is published.
            InvalidEvent: the inputs are not usable.
            InvalidMessage: it is no message.
            UnstorableRecord: a name or id is none that can be kept.
        """
        event = event_from(what)
        publication = await self._starter.publication(tenant, flow, version, label)
        return await self._parts.receiver.receive(
            publication,
            Talk(tenant, channel, conversation, flow),
            event,
            message=message_id,
            contact=contact,
            inputs=data or {},
        )

    async def happened(
        self,
        what: What,
        *,
        conversation: str,
        message_id: str,
        tenant: str = "default",
        channel: str = "api",
        contact: str = "",
    ) -> tuple[Received, ...]:
        """Begin what the triggers of the flows say, and tell those that go on, in the background.

        See ``statechart.answering`` for what begins. A message that begins nothing is for the
        session that goes on; any other event is for all of them. The newest version of each flow
        is asked. It gives the sessions that were told, or begun.

        Args:
            what: as for ``send``.
            conversation: where it happened.
            message_id: unique in the conversation; whoever brings it again changes nothing.
            tenant: whose flows are asked.
            channel: how the contact talks to us.
            contact: whose values triggers read, and sessions read and patch, or ``""``.

        Raises:
            InvalidEvent, InvalidMessage, UnstorableRecord: as for ``receive``.
        """
        talk = Talk(tenant, channel, conversation, "")
        return await self._triggering.happened(
            talk, event_from(what), message=message_id, contact=contact
        )

    async def handled(
        self, received: Received, message_id: str, *, settle: float | timedelta
    ) -> tuple[SessionKey, Answer] | None:
        """Which session has handled a message that was taken in, and the answer; None if none yet.

        It waits so long for that, and as long for the results of its effects: see ``send``.
        """
        return await self._reader.handled(received.key, message_id, settle)

    # --- what one sees of it -------------------------------------------------------------------

    async def read(self, key: SessionKey, *, after: int = 0) -> tuple[Answer, ...]:
        """The answers of the turns whose revision is greater than ``after``.

        Raises:
            UnknownSession: there is no such session.
        """
        answers = await self._reader.answers(key, after)
        if not answers:
            existing(key, await self._reader.loaded(key))
        return answers

    async def subscribe(self, key: SessionKey, *, after: int = 0) -> AsyncGenerator[Answer, None]:
        """The answers behind a revision, and those to come, until the session or runtime ends.

        Raises:
            UnknownSession: there is no such session.
        """
        async with aclosing(self._reader.live(key, after)) as turns:
            async for turn in turns:
                yield answer_from_json(turn.answer)

    async def session(self, key: SessionKey) -> SessionView:
        """How a session stands.

        Raises:
            UnknownSession: there is no such session.
            CorruptedSession: its state is not what was stored.
        """
        return view_of(await self._turns.rehydrated(key, await self._reader.loaded(key)))

    async def current(
        self, flow: str, *, tenant: str = "default", channel: str = "api", conversation: str
    ) -> SessionKey | None:
        """The latest session of a flow in a conversation, if it goes on; else None."""
        return await self._reader.current(Talk(tenant, channel, conversation, flow))

    async def key_of(self, token: str) -> SessionKey:
        """The session that a token opens.

        Raises:
            UnknownSession: none.
        """
        return await self._reader.key_of(token)

    async def replay(self, key: SessionKey) -> Replay:
        """Make a session again from its history, and compare it with what was stored.

        Raises:
            UnknownSession: there is no such session.
        """
        return await self.past.replay(key)

    # --- what goes on in the background --------------------------------------------------------

    async def sweep(self, now: int) -> int:
        """Fire schedules, and see to all sessions that have something to do; how many turns."""
        return await self._background.sweep(now)

    async def work(self, now: int) -> int:
        """Carry out the requests that are to be carried out at a time; how many there were."""
        return await self._background.work(now)
