"""What goes into a store and comes out of it: frozen values that check themselves when made.

Times are microseconds since 1970-01-01 UTC and always come from the caller. Texts named as JSON
are canonical JSON, opaque to the store: it keeps every character as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from statewright.errors import UnstorableRecord
from statewright.statechart.snapshot import Status
from statewright.storage.limits import (
    are_numbers,
    are_texts,
    check_id,
    check_name,
    check_number,
    check_text,
)
from statewright.storage.patches import Patch


@dataclass(frozen=True, slots=True)
class Publication:
    """A release that was published. It never changes.

    Attributes:
        tenant: whose it is.
        flow: what people call it.
        version: counts the publications of this tenant's flow, from 1.
        label: a name for a line of versions (``live``, ``trial``), or ``""``.
        digest: of the release's chart.
        at: when it was published.
    """

    tenant: str
    flow: str
    version: int
    label: str
    digest: str
    at: int

    def __post_init__(self) -> None:
        check_name("the tenant", self.tenant)
        check_name("the name of the flow", self.flow)
        check_number("the version", self.version)
        if self.label:
            check_name("the label", self.label)
        check_number("the time of a publication", self.at)


class _Key(NamedTuple):
    tenant: str
    session: str


class SessionKey(_Key):
    """Which session: the tenant comes first, as in every key of every table.

    It is looked up ten times in a turn, so it is a tuple: those hash and compare themselves
    without any code of ours.
    """

    __slots__ = ()

    def __new__(cls, tenant: str, session: str) -> Self:
        """Check the names, and make a key of them.

        Raises:
            UnstorableRecord: one is none that can be kept.
        """
        check_name("the tenant", tenant)
        check_name("the id of the session", session)
        return super().__new__(cls, tenant, session)


@dataclass(frozen=True, slots=True)
class Birth:
    """What stays the same of a session for ever; given by the turn that creates it.

    Attributes:
        flow: what it runs.
        channel: how the contact talks to us.
        conversation: which talk on that channel.
        episode: counts the sessions of this flow in this conversation, from 1.
        contact: whose values it reads and patches, or ``""``.
        secret_hash: of the secret in the session's token, or ``""`` where it has none.
    """

    flow: str
    channel: str
    conversation: str
    episode: int = 1
    contact: str = ""
    secret_hash: str = ""

    def __post_init__(self) -> None:
        check_name("the name of the flow", self.flow)
        check_name("the channel", self.channel)
        check_id("the id of the conversation", self.conversation)
        check_number("the episode", self.episode)
        if self.contact:
            check_id("the id of the contact", self.contact)
        check_text("the hash of the secret", self.secret_hash)


@dataclass(frozen=True, slots=True)
class Request:
    """An effect on its way to the world: a row of the outbox.

    Attributes:
        key: the idempotency key, ``session:state:turn:ordinal``.
        kind: which engine is meant: ``invoke``, ``say``, …
        payload: the effect as JSON.
        stream: requests of a session with the same stream are claimed one at a time, each only
            after the one before it is finished; ``""`` where their order does not matter.
    """

    key: str
    kind: str
    payload: str
    stream: str = ""

    def __post_init__(self) -> None:
        check_text("the key of an effect", self.key)
        check_name("the kind of an effect", self.kind)
        check_text("the payload of an effect", self.payload)
        if self.stream:
            check_name("the stream of an effect", self.stream)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be accepted now and handled later.

    Attributes:
        key: for which session; it need not exist yet.
        message: its id, unique in the session.
        body: what the runtime needs to handle it, as JSON; opaque to the store. For a session that
            does not exist yet it has to say who that is.
        at: when it came.
    """

    key: SessionKey
    message: str
    body: str
    at: int

    def __post_init__(self) -> None:
        check_id("the id of the message", self.message)
        check_text("the body of a message", self.body)
        check_number("the time of a message", self.at)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message handled: what it made of the session, to be committed as one.

    Attributes:
        key: whose turn.
        expected: the revision that it was stepped from; 0 creates the session.
        message: the id of the message, unique in the session.
        at: when it was handled.
        version: the publication of the flow that the session now runs.
        snapshot: the new state, as JSON.
        state_hash: of the snapshot (``identity.state_hash``).
        status: whether the session goes on.
        due_at: its earliest deadline, or None.
        event: what was handled, as JSON.
        answer: what the sender gets, now and whenever the same message comes again.
        effects: all effects of the turn as JSON, for replay.
        incidents: what went wrong on the way, as JSON.
        requests: the effects that the outbox delivers, in order.
        patches: changes to the values of contact and tenant, in order.
        position: of the message in the inbox, or 0 where it was not accepted before.
        birth: who the new session is; exactly where ``expected`` is 0.
        onward: what it hands on to other sessions: messages that are accepted with the turn.
        recalled: the hash of the state that it was stepped from, where that was not loaded for this
            turn but known from before; else ``""``. Such a turn is committed only where the session
            is in that state and nothing waits in its inbox.
    """

    key: SessionKey
    expected: int
    message: str
    at: int
    version: int
    snapshot: str
    state_hash: str
    status: Status
    due_at: int | None
    event: str
    answer: str
    effects: str = "[]"
    incidents: str = "[]"
    requests: tuple[Request, ...] = ()
    patches: tuple[Patch, ...] = ()
    position: int = 0
    birth: Birth | None = None
    onward: tuple[Message, ...] = ()
    recalled: str = ""

    @property
    def revision(self) -> int:
        """The revision that the session has after this turn."""
        return self.expected + 1

    def __post_init__(self) -> None:
        if (self.expected == 0) != (self.birth is not None):
            raise UnstorableRecord(
                "a turn says who its session is (`birth`) exactly when it creates it (`expected` 0)"
            )
        check_id("the id of the message", self.message)
        numbers = (self.expected + 1, self.at, self.version, self.due_at or 0, self.position)
        texts = (self.snapshot, self.state_hash, self.event, self.answer, self.effects)
        if not (are_numbers(numbers) and are_texts((*texts, self.incidents, self.recalled))):
            self._check_each()

    def _check_each(self) -> None:
        """Check what is in it one by one.

        Raises:
            UnstorableRecord: something cannot be kept; the message says what.
        """
        for what, number in (
            ("the expected revision", self.revision),
            ("the time of a turn", self.at),
            ("the version", self.version),
            ("the deadline", self.due_at or 0),
            ("the position in the inbox", self.position),
        ):
            check_number(what, number)
        for what, text in (
            ("the snapshot", self.snapshot),
            ("the hash of the snapshot", self.state_hash),
            ("the event", self.event),
            ("the answer", self.answer),
            ("the list of effects", self.effects),
            ("the list of incidents", self.incidents),
            ("the hash of the state that was recalled", self.recalled),
        ):
            check_text(what, text)


@dataclass(frozen=True, slots=True)
class Committed:
    """The turn is in the database, whole, and will stay there.

    Attributes:
        revision: what the session now has.
        unfit: patches that did not fit what was there (add 1 to a text) and left it as it was.
    """

    revision: int
    unfit: tuple[Patch, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The message was handled before; nothing was written.

    Attributes:
        revision: what the session had after the turn that handled it.
        answer: of that turn, byte for byte.
    """

    revision: int
    answer: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The turn was stepped from a revision that was not the last, and nothing was written.

    Attributes:
        revision: what the session had when this was looked up; 0 where it does not exist. It may
            equal the one that was expected: another turn was just being committed, or was undone.
    """

    revision: int


Outcome = Committed | Duplicate | Conflict
"""What became of a turn."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is asked of a store before a turn.

    Attributes:
        key: which session.
        message: an id whose earlier answer is wanted, or ``""``.
        contact: whose values are wanted where the session does not exist yet, or ``""``.
    """

    key: SessionKey
    message: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        if self.message:
            check_id("the id of the message", self.message)
        if self.contact:
            check_id("the id of the contact", self.contact)


@dataclass(frozen=True, slots=True)
class Session:
    """A session as lists show it: everything but its state.

    Attributes:
        key: which session.
        birth: who it is.
        version: the publication of its flow that it runs.
        revision: how many turns it has had.
        status: whether it goes on.
        due_at: its earliest deadline, or None.
        created_at: when its first turn was committed.
        updated_at: when its last one was.
    """

    key: SessionKey
    birth: Birth
    version: int
    revision: int
    status: Status
    due_at: int | None
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that was accepted and not yet handled: a row of the inbox.

    Attributes:
        position: its place in the order of the session's messages.
        message: its id.
        body: what the runtime needs to handle it, as JSON.
        at: when it was accepted.
    """

    position: int
    message: str
    body: str
    at: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that a turn starts from.

    Attributes:
        session: None where there is no such session yet.
        snapshot: its state as JSON, or ``""``.
        state_hash: what ``identity.state_hash(snapshot)`` was when it was stored, or ``""``.
        duplicate: the answer that the message of the lookup got, or None where it is new.
        contact: values of the contact.
        tenant: values of the tenant.
        inbox: messages that wait, in order: the first of them.
        last: the position of the last message that waits, or 0 where none does.
    """

    session: Session | None
    snapshot: str
    state_hash: str
    duplicate: Duplicate | None
    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]
    inbox: tuple[Arrival, ...]
    last: int = 0


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A turn as the history keeps it. The attributes are those of ``Turn``."""

    revision: int
    message: str
    position: int
    at: int
    version: int
    event: str
    answer: str
    effects: str
    incidents: str
    state_hash: str


@dataclass(frozen=True, slots=True)
class Episode:
    """The latest session of a flow in a conversation.

    Attributes:
        flow: what it runs.
        episode: its number, from 1: the next one's is one more.
        session: its id.
        status: whether it goes on.
    """

    flow: str
    episode: int
    session: str
    status: Status
