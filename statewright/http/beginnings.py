"""How sessions begin over HTTP, whatever the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from starlette.requests import Request

from statewright.errors import UnknownFlow, UnstorableRecord
from statewright.http.charts import Facts
from statewright.http.endpoint import Host
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from
from statewright.runtime import Started
from statewright.storage.limits import check_id, check_name
from statewright.storage.records import Publication

_KEY_LENGTH: Final = 16
"""The fewest characters of an ``Idempotency-Key`` that names a new conversation."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which session is to begin.

    Attributes:
        flow: what it runs.
        version: which publication of it, or None.
        label: with which label, or None.
        channel: how the contact talks to us.
        conversation: which talk on that channel, or None for a new one.
        contact: who talks, or ``""``.
        given: what is known at the start; what is no input of the flow is left out, unless a
            trigger may read it.
        trigger: the manual trigger that it begins by, or None.
    """

    flow: str
    version: int | None
    label: str | None
    channel: str
    conversation: str | None
    contact: str
    given: Mapping[str, Any]
    trigger: str | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """A session that has begun.

    Attributes:
        started: the session.
        publication: what it runs.
        facts: what is told of that.
        ignored: names of what was given and left out.
    """

    started: Started
    publication: Publication
    facts: Facts
    ignored: tuple[str, ...]


async def begin(host: Host, request: Request, wish: Wish) -> Beginning:
    """Begin a session; again with the same ``Idempotency-Key``, the same one.

    Raises:
        UnknownFlow: nothing of that flow, version or label is published.
        InvalidEvent: the flow has no such manual trigger, or its condition does not hold.
        Refused: the key is too easy to guess, or its token was given out before.
    """
    message_id = message_id_from(request)
    if message_id is not None and wish.conversation is None and len(message_id) < _KEY_LENGTH:
        # Whoever knows the key can begin the same session again, and so open it.
        raise Refused(
            "INVALID_VALUE",
            f"`Idempotency-Key` names a new session; at least {_KEY_LENGTH} characters that nobody "
            "can guess are needed, such as a random UUID",
        )
    _check(wish)
    publication = await host.store.publication(
        host.tenant, wish.flow, version=wish.version, label=wish.label
    )
    if publication is None:
        raise _unknown(wish)
    facts = await host.charts.facts_of(publication)
    ignored: tuple[str, ...] = ()
    if wish.trigger is None:
        ignored = tuple(name for name in wish.given if name not in facts.inputs)
    started = await host.runtime.start(
        wish.flow,
        tenant=host.tenant,
        channel=wish.channel,
        conversation=wish.conversation,
        contact=wish.contact,
        data={name: value for name, value in wish.given.items() if name not in ignored},
        message_id=None if message_id is None else _hidden(message_id),
        version=publication.version,
        trigger=wish.trigger,
        settle=host.settle,
    )
    if not started.token:
        raise Refused(
            "ALREADY_STARTED",
            "this session was begun before, and its token was given out then",
        )
    return Beginning(started, publication, facts, ignored)


def _hidden(key: str) -> str:
    """The key as it is stored: whoever reads the database cannot open the session with it."""
    return f"start:{sha256(key.encode()).hexdigest()}"


def _check(wish: Wish) -> None:
    """Refuse names that no database keeps, before one is asked.

    Raises:
        UnknownFlow: nothing can be published under such a name.
        UnstorableRecord: the conversation or the contact has such an id.
    """
    try:
        check_name("the flow", wish.flow)
        check_name("the label", wish.label or "-")
    except UnstorableRecord:
        raise _unknown(wish) from None
    check_id("the id of the conversation", wish.conversation or "-")
    check_id("the id of the contact", wish.contact or "-")


def _unknown(wish: Wish) -> UnknownFlow:
    which = "" if wish.version is None else f"version {wish.version} of "
    labelled = "" if wish.label is None else f" with the label {ascii(wish.label)[:80]}"
    return UnknownFlow(
        f"{which}the flow {ascii(wish.flow)[:80]}{labelled} is not published; publish it first"
    )
