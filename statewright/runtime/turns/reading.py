"""Reading what is stored: sessions, the turns that they had, and those that come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from statewright.errors import UnknownSession
from statewright.runtime.clock import SECOND, micros_from
from statewright.runtime.turns.answer import Answer, answer_from_json, joined
from statewright.runtime.turns.feed import Feed
from statewright.runtime.turns.messages import result_id
from statewright.runtime.turns.openings import Talk
from statewright.statechart import Status
from statewright.storage.identity import is_secret, read_token
from statewright.storage.records import Loaded, Lookup, PastTurn, SessionKey
from statewright.storage.store import Store

PAGE: Final = 100
"""How many turns are read at once."""


class Reader:
    """Reads sessions and their turns.

    Args:
        store: where they are.
        feed: tells of new ones in this process.
        poll: seconds after which it looks for those of other processes.
    """

    def __init__(self, store: Store, feed: Feed, poll: float) -> None:
        self._store = store
        self._feed = feed
        self._poll = poll

    async def turns(self, key: SessionKey, after: int) -> AsyncIterator[PastTurn]:
        """The turns behind a revision, as far as there are any."""
        while True:
            page = await self._store.history(key, after=after, limit=PAGE)
            for turn in page:
                yield turn
            if len(page) < PAGE:
                return
            after = page[-1].revision

    async def answers(self, key: SessionKey, after: int) -> tuple[Answer, ...]:
        """The answers of the turns behind a revision, as far as there are any."""
        return tuple([answer_from_json(turn.answer) async for turn in self.turns(key, after)])

    async def current(self, talk: Talk) -> SessionKey | None:
        """The latest session of a talk, if it goes on; else None."""
        episodes = await self._store.conversation(talk.tenant, talk.channel, talk.conversation)
        for episode in episodes:
            if episode.flow == talk.flow and episode.status is Status.ACTIVE:
                return SessionKey(talk.tenant, episode.session)
        return None

    async def loaded(self, key: SessionKey) -> Loaded:
        """A session as the store gives it."""
        (loaded,) = await self._store.load([Lookup(key)])
        return loaded

    async def key_of(self, token: str) -> SessionKey:
        """The session that a token opens.

        Raises:
            UnknownSession: none.
        """
        parts = read_token(token)
        if parts is not None:
            (loaded,) = await self._store.load([Lookup(parts.key)])
            stored = loaded.session.birth.secret_hash if loaded.session else ""
            if is_secret(parts.secret, stored):
                return parts.key
        raise UnknownSession("the token opens no session; start one")

    async def live(self, key: SessionKey, after: int) -> AsyncGenerator[PastTurn, None]:
        """The turns behind a revision, and those to come, until the session is over.

        Raises:
            UnknownSession: there is no such session.
        """
        with self._feed.listening(key) as listener:
            while not self._feed.closed:
                async for turn in self.turns(key, after):
                    after = turn.revision
                    yield turn
                if await self._is_over(key, after):
                    return
                await listener.wait(self._poll)

    async def _is_over(self, key: SessionKey, revision: int) -> bool:
        """Whether a session has ended, and has no turns behind a revision."""
        loaded = await self.loaded(key)
        session = loaded.session
        if session is None:
            raise UnknownSession(f"there is no session {key.session!r}; start one")
        return session.status is not Status.ACTIVE and session.revision <= revision

    async def handled(
        self, key: SessionKey, message: str, settle: float | timedelta
    ) -> tuple[SessionKey, Answer] | None:
        """The session that handles a message that was taken in, and its answer; None if not yet.

        Args:
            key: the session that it was for. Where that had ended, the next one is found.
            message: its id.
            settle: how long to wait for it, and as long again for the results of its effects.
        """
        try:
            async with asyncio.timeout(micros_from(settle) / SECOND):
                answer = await self._answered(key, message)
                while await self._came_late(key, answer):
                    following = await self._following(key, message)
                    if following is None:
                        break
                    key = following
                    answer = await self._answered(key, message)
        except TimeoutError:
            return None
        return key, await self.settled(key, answer, settle)

    async def _answered(self, key: SessionKey, message: str) -> Answer:
        """The answer to a message; waits for it."""
        with self._feed.listening(key) as listener:
            while True:
                (loaded,) = await self._store.load([Lookup(key, message)])
                if loaded.duplicate is not None:
                    return answer_from_json(loaded.duplicate.answer)
                await listener.wait(self._poll)

    async def _came_late(self, key: SessionKey, answer: Answer) -> bool:
        """Whether a session was over already before the turn that gave an answer.

        An event may be for several sessions of one conversation; that another one has it, too,
        says nothing of what this one did with it.
        """
        if answer.status is Status.ACTIVE or answer.revision == 1:
            return False
        page = await self._store.history(key, after=answer.revision - 2, limit=1)
        return any(answer_from_json(turn.answer).status is not Status.ACTIVE for turn in page)

    async def _following(self, key: SessionKey, message: str) -> SessionKey | None:
        """The next session of the conversation, if a message was passed on to it."""
        loaded = await self.loaded(key)
        if loaded.session is None:
            return None
        birth = loaded.session.birth
        talk = Talk(key.tenant, birth.channel, birth.conversation, birth.flow)
        following = talk.key(birth.episode + 1)
        (there,) = await self._store.load([Lookup(following, message)])
        waits = any(arrival.message == message for arrival in there.inbox)
        return following if waits or there.duplicate is not None else None

    async def settled(
        self, key: SessionKey, first: Answer, settle: float | timedelta | None
    ) -> Answer:
        """An answer, with those to the results of its effects, as far as they come in time.

        Of an effect, the turn counts that handles its result or gives it up.
        """
        if settle is None:
            return first
        answers = [first]
        waiting = _invoked(first)
        seconds = micros_from(settle) / SECOND
        if not waiting or seconds <= 0:
            return first
        try:
            async with asyncio.timeout(seconds), aclosing(self.live(key, first.revision)) as turns:
                async for turn in turns:
                    answer = answer_from_json(turn.answer)
                    ended = _ended(turn, answer, waiting)
                    if ended:
                        answers.append(answer)
                        waiting = (waiting - ended) | _invoked(answer)
                    if not waiting:
                        break
        except TimeoutError:
            pass
        return joined(answers)


def _invoked(answer: Answer) -> set[str]:
    """The effects that an answer asks for, and that its turn has not given up itself."""
    asked = {effect["id"] for effect in answer.effects if effect["kind"] == "invoke"}
    return asked - _cancelled(answer)


def _cancelled(answer: Answer) -> set[str]:
    return {effect["invocation"] for effect in answer.effects if effect["kind"] == "cancel"}


def _ended(turn: PastTurn, answer: Answer, waiting: set[str]) -> set[str]:
    """The effects of which this turn handles the result, or gives them up."""
    brought = {effect for effect in waiting if result_id(effect) == turn.message}
    return brought | (waiting & _cancelled(answer))
