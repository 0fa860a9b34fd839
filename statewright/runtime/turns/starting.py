"""Beginning sessions: which episode of a conversation it is, and the token that opens it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from statewright.errors import UnknownFlow
from statewright.runtime.clock import Chance
from statewright.runtime.turns.beginning import Beginnings, First, first_event
from statewright.runtime.turns.openings import Talk
from statewright.runtime.turns.releases import Running
from statewright.runtime.turns.views import Started
from statewright.statechart import Event
from statewright.storage.identity import (
    SECRET_BYTES,
    is_secret,
    secret_from,
    secret_hash,
    token_from,
)
from statewright.storage.records import Birth, Loaded, Lookup, Publication, SessionKey
from statewright.storage.store import Store

LOOK_BACK: Final = 16
"""How many episodes of a conversation are searched for a start that is repeated."""


class Starter:
    """Begins sessions.

    Args:
        store: where they are kept.
        beginnings: takes their first turn.
        chance: gives the random bytes of seeds and secrets.
        signing_key: makes the secrets instead, if it is given.
    """

    def __init__(
        self, store: Store, beginnings: Beginnings, chance: Chance, signing_key: bytes
    ) -> None:
        self._store = store
        self._beginnings = beginnings
        self._chance = chance
        self._signing_key = signing_key

    async def publication(
        self, tenant: str, flow: str, version: int | None, label: str | None
    ) -> Publication:
        """What a session is to run.

        Raises:
            UnknownFlow: nothing of that flow, version or label is published.
        """
        found = await self._store.publication(tenant, flow, version=version, label=label)
        if found is None:
            which = f"version {version} of " if version is not None else ""
            labelled = f" with the label {label!r}" if label is not None else ""
            raise UnknownFlow(f"{which}the flow {flow!r} of {tenant!r}{labelled} is not published")
        return found

    async def start(
        self,
        publication: Publication,
        talk: Talk,
        *,
        contact: str,
        inputs: Mapping[str, Any],
        message: str,
        repeatable: bool,
    ) -> Started:
        """Begin the next episode at its beginning.

        Args:
            publication: what it runs.
            talk: of what it is an episode.
            contact: whose values it reads and patches, or ``""``.
            inputs: values of the flow's inputs.
            message: the id of the message.
            repeatable: whether that id may have come before.

        Raises:
            InvalidEvent: the inputs are not usable.
            UnstorableRecord: a name or id is none that can be kept.
        """

        def first(running: Running, loaded: Loaded, now: int) -> Event:
            return first_event(running, loaded, contact, inputs, self._chance(16).hex(), now)

        return await self.begin(
            publication, talk, first, contact=contact, message=message, repeatable=repeatable
        )

    async def begin(
        self,
        publication: Publication,
        talk: Talk,
        first: First,
        *,
        contact: str,
        message: str,
        repeatable: bool,
    ) -> Started:
        """Begin the next episode, or find the one that the same message has begun.

        Args:
            publication: what it runs.
            talk: of what it is an episode.
            first: makes the event that it begins with.
            contact: whose values it reads and patches, or ``""``.
            message: the id of the message.
            repeatable: whether that id may have come before.

        Raises:
            InvalidEvent: it cannot begin with that event.
            UnstorableRecord: a name or id is none that can be kept.
        """
        episode = await self._first_episode(talk, message if repeatable else "")
        while True:
            key = talk.key(episode)
            secret = self._secret(key)
            birth = Birth(
                talk.flow,
                talk.channel,
                talk.conversation,
                episode,
                contact,
                secret_hash(secret),
            )
            begun = await self._beginnings.begin(
                key,
                message,
                publication=publication,
                birth=birth,
                first=first,
            )
            if begun is not None:
                fits = is_secret(secret, begun.secret_hash)
                return Started(begun.answer, token_from(key, secret) if fits else "", key)
            episode += 1

    async def _first_episode(self, talk: Talk, message: str) -> int:
        """The number of the next episode, or of the one that a message has begun."""
        episodes = await self._store.conversation(talk.tenant, talk.channel, talk.conversation)
        latest = next((one.episode for one in episodes if one.flow == talk.flow), 0)
        if not message or not latest:
            return latest + 1
        known = range(max(1, latest - LOOK_BACK + 1), latest + 1)
        loaded = await self._store.load([Lookup(talk.key(one), message) for one in known])
        for episode, session in zip(known, loaded, strict=True):
            if session.duplicate is not None and session.duplicate.revision == 1:
                return episode
        return latest + 1

    def name(self) -> str:
        """An id that nobody else has."""
        return self._chance(16).hex()

    def _secret(self, key: SessionKey) -> str:
        if not self._signing_key:
            return secret_from(self._chance(SECRET_BYTES))
        named = json.dumps([key.tenant, key.session]).encode()
        return secret_from(hmac.digest(self._signing_key, named, hashlib.sha256))
