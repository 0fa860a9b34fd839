"""What the runtime tells of sessions, besides answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statewright.runtime.turns.answer import Answer, standing
from statewright.runtime.turns.rehydration import UNFIT, Rehydrated
from statewright.statechart import Status
from statewright.statechart.stepping.algorithm import check_belongs
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.tree import tree_of
from statewright.storage.corruption import corrupted
from statewright.storage.records import SessionKey


@dataclass(frozen=True, slots=True)
class Started:
    """A session that was begun.

    Attributes:
        answer: of its first turn.
        token: opens the session; given out here and nowhere else. ``""`` where a start is repeated
            and the runtime has no ``signing_key`` to make the same token again.
        key: which session.
    """

    answer: Answer
    token: str
    key: SessionKey


@dataclass(frozen=True, slots=True)
class Received:
    """A message of a conversation that was taken in.

    Attributes:
        key: the session that handles it; it need not have begun yet. Where it has ended by then,
            the next one of the conversation handles the message.
        position: among the messages of that session that were accepted.
    """

    key: SessionKey
    position: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as it stands.

    Attributes:
        key: which session.
        flow: what it runs.
        version: of the flow; a session stays on the version that it began with.
        channel: how the contact talks to us.
        conversation: which talk on that channel.
        episode: counts the sessions of this flow in this conversation, from 1.
        contact: whose values it reads and patches, or ``""``.
        status: whether it goes on.
        outcome: of a session that is over, or ``""``.
        revision: how many turns it has had.
        data: its variables, in plain JSON values.
        configuration: ids of the active states, in document order.
        awaiting: what it waits for, as in ``Answer``, or None.
        variable: where the answer goes, as in ``Answer``, or ``""``.
        state_hash: of its state: SHA-256, base64.
        due_at: its earliest deadline, microseconds since 1970 UTC, or None.
        created_at: when its first turn was committed.
        updated_at: when its last one was.
    """

    key: SessionKey
    flow: str
    version: int
    channel: str
    conversation: str
    episode: int
    contact: str
    status: Status
    outcome: str
    revision: int
    data: Mapping[str, Any]
    configuration: tuple[str, ...]
    awaiting: Mapping[str, Any] | None
    variable: str
    state_hash: str
    due_at: int | None
    created_at: int
    updated_at: int


def view_of(session: Rehydrated) -> SessionView:
    """How a session stands.

    Raises:
        CorruptedSession: its state does not fit its chart.
    """
    row = session.row
    try:
        check_belongs(session.chart, session.snapshot)
        nodes_of(tree_of(session.chart), session.snapshot)
        answer = standing(session.chart, session.snapshot)
    except UNFIT as error:
        raise corrupted(row.key, error) from None
    birth = row.birth
    return SessionView(
        key=row.key,
        flow=birth.flow,
        version=row.version,
        channel=birth.channel,
        conversation=birth.conversation,
        episode=birth.episode,
        contact=birth.contact,
        status=answer.status,
        outcome=answer.outcome,
        revision=row.revision,
        data=answer.data,
        configuration=answer.configuration,
        awaiting=answer.awaiting,
        variable=answer.variable,
        state_hash=session.loaded.state_hash,
        due_at=row.due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
