"""Messages of a conversation: whichever session goes on in it handles them, or they begin one.

Which of both is known only when a message is handled, after all that came before it. So it says,
while it waits, who the session is that it may have to begin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from statewright.errors import EvaluationError, InvalidEvent
from statewright.statechart import Event, event_from_json, event_to_json
from statewright.statechart.values.canonical import json_from_value, text_from_json, value_from_json
from statewright.storage.identity import session_id
from statewright.storage.records import Birth, SessionKey


@dataclass(frozen=True, slots=True)
class Talk:
    """A flow in a conversation: what its episodes have in common.

    Attributes:
        tenant: whose flow it is.
        channel: how the contact talks to us.
        conversation: which talk on that channel.
        flow: what runs.
    """

    tenant: str
    channel: str
    conversation: str
    flow: str

    def key(self, episode: int) -> SessionKey:
        """The session of an episode."""
        return SessionKey(
            self.tenant,
            session_id(self.tenant, self.channel, self.conversation, self.flow, episode),
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """The session that a message begins where none goes on.

    Attributes:
        talk: of what it is an episode.
        episode: which.
        version: the publication of the flow that it runs.
        contact: whose values it reads and patches, or ``""``.
        seed: makes its random numbers.
        inputs: values of the flow's inputs.
    """

    talk: Talk
    episode: int
    version: int
    contact: str
    seed: str
    inputs: Mapping[str, Any]

    @property
    def key(self) -> SessionKey:
        """The session."""
        return self.talk.key(self.episode)

    @property
    def next(self) -> Opening:
        """The session after that, for a message that finds this one ended."""
        return replace(self, episode=self.episode + 1)

    @property
    def birth(self) -> Birth:
        """Who the session is. It has no token: whoever talks in the conversation is let in."""
        talk = self.talk
        return Birth(talk.flow, talk.channel, talk.conversation, self.episode, self.contact)


def body_of(event: Event, opening: Opening) -> str:
    """What is stored of a message while it waits.

    Raises:
        InvalidEvent: it holds something that is no value.
    """
    talk = opening.talk
    try:
        inputs = json_from_value(dict(opening.inputs))
    except EvaluationError as error:
        raise InvalidEvent(f"the inputs cannot be used: {error.reason}") from None
    named = {
        "tenant": talk.tenant,
        "channel": talk.channel,
        "conversation": talk.conversation,
        "flow": talk.flow,
        "episode": opening.episode,
        "version": opening.version,
        "contact": opening.contact,
        "seed": opening.seed,
        "inputs": inputs,
    }
    return text_from_json({"event": event_to_json(event), "opening": named})


def event_and_opening_from(body: str) -> tuple[Event, Opening | None]:
    """The message that waits, and the session that it may begin; None where it begins none.

    Raises:
        InvalidEvent: it is no message.
    """
    if not body.startswith('{"event":'):
        return event_from_json(body), None
    try:
        parts = json.loads(body)
        named = parts["opening"]
        talk = Talk(*(named[name] for name in ("tenant", "channel", "conversation", "flow")))
        inputs = value_from_json(named["inputs"])
        opening = Opening(
            talk, named["episode"], named["version"], named["contact"], named["seed"], inputs
        )
        return event_from_json(parts["event"]), opening
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidEvent(f"this is no message of a conversation: {error!r}") from None
    except EvaluationError as error:
        raise InvalidEvent(f"this is no message of a conversation: {error.reason}") from None
