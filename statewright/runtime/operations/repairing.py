"""Repairs: what an operator does to a session that does not get on, each an event with a turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from statewright.errors import InvalidEvent, RevisionConflict, UnsuitableRepair
from statewright.runtime.history.past import Past
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.messages import resume_from, retry_from, skip_from
from statewright.runtime.turns.openings import Talk
from statewright.runtime.turns.rehydration import existing, state_of
from statewright.runtime.turns.stepping import effects_from_json
from statewright.statechart import Effect, Event, Invocation, Status
from statewright.storage.records import Loaded, Lookup, Session, SessionKey
from statewright.storage.store import Store

Take = Callable[[SessionKey, Event, str | None, int | None], Awaitable[Answer]]
"""Has an event handled, under the id of a message or one of its own, at a revision or at any."""

SKIPPED: Final[Mapping[str, Any]] = {
    "code": "skipped",
    "message": "somebody has decided to go on without it",
}
"""The failure that stands for work which is skipped without a result."""


class Repairs:
    """Repairs sessions. With a message id, each call is made once, however often it comes.

    Args:
        store: where sessions are.
        past: knows what they were.
        take: takes turns.
    """

    def __init__(self, store: Store, past: Past, take: Take) -> None:
        self._store = store
        self._past = past
        self._take = take

    async def retry(
        self, key: SessionKey, effect: str = "", *, message_id: str | None = None
    ) -> Answer:
        """Ask the world once more for work that a session waits for.

        It is asked for under a new id, so that a receiver which remembers the first request does it
        again; the first request is given up, and a result of it is stale.

        Args:
            key: which session.
            effect: the id of the work; ``""`` where it waits for one only.
            message_id: makes the call repeatable.

        Raises:
            UnknownSession: there is no such session.
            UnsuitableRepair: it does not wait for that, or what was asked for is not known any
                more.
        """
        loaded = await self._load(key, message_id)
        if loaded.duplicate is not None:
            return answer_from_json(loaded.duplicate.answer)
        waiting = _waiting(key, loaded, effect)
        asked = await self.asked(key, waiting.id)
        return await self._repaired(key, retry_from(asked), message_id)

    async def skip(
        self,
        key: SessionKey,
        effect: str = "",
        result: Any = SKIPPED,
        *,
        failed: bool = True,
        message_id: str | None = None,
    ) -> Answer:
        """Let a session go on without work that it waits for.

        Args:
            key: which session.
            effect: the id of the work; ``""`` where it waits for one only.
            result: what stands for its result; a failure is ``{"code", "message", …}``.
            failed: whether that is a failure.
            message_id: makes the call repeatable.

        Raises:
            UnknownSession: there is no such session.
            UnsuitableRepair: it does not wait for that.
            InvalidMessage: the result is none that can be kept.
        """
        loaded = await self._load(key, message_id)
        if loaded.duplicate is not None:
            return answer_from_json(loaded.duplicate.answer)
        waiting = _waiting(key, loaded, effect)
        return await self._repaired(key, skip_from(waiting.id, result, failed=failed), message_id)

    async def resume(
        self,
        key: SessionKey,
        updates: Mapping[str, Any] | None = None,
        *,
        message_id: str | None = None,
    ) -> Answer:
        """Let a failed session go on from its last good revision.

        Args:
            key: which session.
            updates: changes variables on the way, as ``Runtime.patch`` does.
            message_id: makes the call repeatable.

        Raises:
            UnknownSession: there is no such session.
            UnsuitableRepair: it has not failed, or another session of its flow goes on in its
                conversation.
            UnknownRevision: it failed at once.
            InvalidEvent: a variable does not fit.
        """
        while True:
            loaded = await self._load(key, message_id)
            if loaded.duplicate is not None:
                return answer_from_json(loaded.duplicate.answer)
            row = existing(key, loaded)
            if row.status is not Status.FAILED:
                is_ = "goes on" if row.status is Status.ACTIVE else "has completed"
                raise UnsuitableRepair(
                    f"session `{key.session}` {is_}; only one that has failed is resumed"
                )
            await self._check_latest(row)
            event = resume_from(await self._past.last_good(key), updates or {})
            try:
                return await self._take(key, event, message_id, row.revision)
            except RevisionConflict:
                # Somebody has resumed it, and it has failed once more: that is another state.
                continue

    async def _check_latest(self, row: Session) -> None:
        """Refuse to wake a session whose conversation has gone on in another one, or is about to.

        What waits for the session after it begins that one, and must not be heard in this one, too.
        """
        birth = row.birth
        talk = Talk(row.key.tenant, birth.channel, birth.conversation, birth.flow)
        following = await self._load(talk.key(birth.episode + 1), None)
        if following.session is None and following.inbox:
            raise UnsuitableRepair(
                "a message waits in the conversation that begins another session; let it, and end "
                "that one first"
            )
        for episode in await self._store.conversation(
            row.key.tenant, birth.channel, birth.conversation
        ):
            later = episode.flow == birth.flow and episode.episode > birth.episode
            if later and episode.status is Status.ACTIVE:
                raise UnsuitableRepair(
                    f"the conversation goes on in session `{episode.session}`; end that one first"
                )

    async def asked(self, key: SessionKey, effect: str) -> Effect:
        """The request of an effect, from the history of the session that made it first.

        Raises:
            UnsuitableRepair: it is not known any more.
        """
        session, _, rest = effect.partition(":")
        turn = rest.rsplit(":", 2)[-2] if rest.count(":") > 1 else ""
        if turn.isascii() and turn.isdigit():
            origin = SessionKey(key.tenant, session)
            for past in await self._store.history(origin, after=int(turn) - 1, limit=1):
                for one in effects_from_json(past.effects):
                    if one.id == effect:
                        return one
        raise UnsuitableRepair(
            f"what `{effect}` asks for is not known any more; skip it, or fork the session earlier"
        )

    async def _repaired(self, key: SessionKey, event: Event, message_id: str | None) -> Answer:
        try:
            return await self._take(key, event, message_id, None)
        except InvalidEvent as error:
            # A turn in between has brought the result, or has given it up.
            raise UnsuitableRepair(str(error)) from None

    async def _load(self, key: SessionKey, message: str | None) -> Loaded:
        (loaded,) = await self._store.load([Lookup(key, message or "")])
        return loaded


def _waiting(key: SessionKey, loaded: Loaded, effect: str) -> Invocation:
    """The work that is meant.

    Raises:
        UnsuitableRepair: the session does not wait for it, or it is not clear which is meant.
    """
    snapshot = state_of(key, loaded)
    pending = snapshot.invocations if snapshot.status is Status.ACTIVE else ()
    found = [one for one in pending if effect in {"", one.id}]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"`{one.id}`" for one in pending)
    if not pending:
        is_ = "" if snapshot.status is Status.ACTIVE else f" (it has {snapshot.status})"
        raise UnsuitableRepair(f"session `{key.session}` waits for no work{is_}")
    if not effect:
        raise UnsuitableRepair(f"session `{key.session}` waits for several: name one of {known}")
    raise UnsuitableRepair(
        f"session `{key.session}` does not wait for `{ascii(effect)[1:-1][:200]}`; "
        f"it waits for {known}"
    )
