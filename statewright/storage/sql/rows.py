"""Records ⇄ rows of the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, TypeAlias, TypeVar

from msgspec.json import Encoder

from statewright.errors import CorruptedRow, EvaluationError, InvalidStatechart, UnstorableRecord
from statewright.statechart import Release, release_from_json
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Status
from statewright.statechart.values.canonical import json_from_value, text_from_json, value_from_json
from statewright.storage.corruption import corrupted
from statewright.storage.queues import Claim, Entry, Settlement
from statewright.storage.receipts import Receipt
from statewright.storage.records import (
    Arrival,
    Birth,
    Duplicate,
    Episode,
    Loaded,
    Message,
    PastTurn,
    Publication,
    Request,
    Session,
    SessionKey,
    Turn,
)

Row: TypeAlias = Any
"""A row as the database layer gives it: columns are attributes."""

Record = TypeVar("Record")

Parameters = dict[str, Any]
"""The columns of a row to be written."""


def as_written(convert: Callable[[Row], Record]) -> Callable[[Row], Record]:
    """A conversion that tells of a row which cannot be one that was written here.

    Raises:
        CorruptedRow: by what it makes.
    """

    @wraps(convert)
    def converted(row: Row) -> Record:
        try:
            return convert(row)
        except (*UNREADABLE, InvalidStatechart) as error:
            what = convert.__name__.removesuffix("_from").strip("_").replace("_", " ")
            raise CorruptedRow(
                f"a row of the database is no {what} as it was written ({error}); nothing was "
                "changed; restore it from a backup"
            ) from error

    return converted


def json_text(value: Any) -> str:
    """A parameter that is JSON: texts, integers, lists and maps, as statements take them.

    A library writes it, for these are thousands of characters with each turn.
    """
    return _ENCODER.encode(value).decode()


_ENCODER = Encoder()


def key_of(row: Row) -> SessionKey:
    """The session that a row belongs to."""
    return SessionKey(row.tenant, row.session)


def chains_of(turns: Iterable[Turn]) -> list[list[Turn]]:
    """Turns by session, in the order of the keys; those of one session in their own order."""
    chains: dict[SessionKey, list[Turn]] = {}
    for turn in turns:
        chains.setdefault(turn.key, []).append(turn)
    return [chains[key] for key in sorted(chains)]


def session_row(chain: Sequence[Turn]) -> Parameters:
    """What a chain of turns makes of a session; who it is is left out where it exists already."""
    first, last = chain[0], chain[-1]
    return {
        "tenant": last.key.tenant,
        "session": last.key.session,
        "expected": first.expected,
        "revision": last.revision,
        "version": last.version,
        "status": last.status,
        "due_at": last.due_at,
        "created_at": first.at,
        "updated_at": last.at,
        "state_hash": last.state_hash,
        "snapshot": last.snapshot,
        "recalled": first.recalled,
        **({} if first.birth is None else _born_row(first.birth)),
    }


def _born_row(birth: Birth) -> Parameters:
    return {name: getattr(birth, name) for name in Birth.__slots__}


def history_row(turn: Turn) -> Parameters:
    """What a turn adds to the history."""
    return {
        "tenant": turn.key.tenant,
        "session": turn.key.session,
        "revision": turn.revision,
        "message": turn.message,
        "position": turn.position,
        "at": turn.at,
        "version": turn.version,
        "state_hash": turn.state_hash,
        "event": turn.event,
        "answer": turn.answer,
        "effects": turn.effects,
        "incidents": turn.incidents,
    }


def outbox_rows(turn: Turn) -> list[Parameters]:
    """What a turn adds to the outbox."""
    return [
        {
            "tenant": turn.key.tenant,
            "session": turn.key.session,
            "revision": turn.revision,
            "ordinal": ordinal,
            "key": request.key,
            "kind": request.kind,
            "stream": request.stream,
            "available_at": turn.at,
            "payload": request.payload,
        }
        for ordinal, request in enumerate(turn.requests)
    ]


def inbox_row(message: Message, *, position: int, held_until: int) -> Parameters:
    """What a message adds to the inbox."""
    return {
        "tenant": message.key.tenant,
        "session": message.key.session,
        "position": position,
        "message": message.message,
        "at": message.at,
        "held_until": held_until,
        "body": message.body,
    }


def lease_row(claim: Claim) -> Parameters:
    """A request of the outbox, and the token that proves who holds it."""
    return {
        "tenant": claim.key.tenant,
        "session": claim.key.session,
        "revision": claim.revision,
        "ordinal": claim.ordinal,
        "token": claim.token,
    }


def settlement_row(settlement: Settlement) -> Parameters:
    """What became of a request."""
    return {
        **lease_row(settlement.claim),
        "result": settlement.result,
        "at": settlement.at,
        "failed": int(settlement.failed),
        "untried": int(settlement.result is None and not settlement.tried),
    }


def message_rows(messages: Sequence[Message | Turn]) -> str:
    """Numbered messages to be looked up, as a parameter."""
    return json_text(
        [
            {
                "number": number,
                "tenant": message.key.tenant,
                "session": message.key.session,
                "message": message.message,
            }
            for number, message in enumerate(messages)
        ]
    )


def session_from(row: Row) -> Session:
    """The session in a row.

    Raises:
        CorruptedSession: in the row is what nobody stored there.
    """
    key = key_of(row)
    try:
        return _session_from(key, row)
    except UNREADABLE as error:
        raise corrupted(key, error) from None


def _session_from(key: SessionKey, columns: Sequence[Any]) -> Session:
    """A session from its columns, which stand in the order of the statements that read them.

    They are taken apart at once: to ask a row for each of them by name takes twenty times as long.
    """
    _, _, revision, version, status, due_at, created_at, updated_at, *born = columns
    return _session(
        key, Birth(*born), version, revision, Status(status), due_at, created_at, updated_at
    )


_session = maker(Session)
_loaded = maker(Loaded)


def loaded_from(key: SessionKey, row: Sequence[Any]) -> Loaded:
    """All that a turn starts from.

    Raises:
        CorruptedSession: in the rows is what nobody stored there.
    """
    (_, *own), (state_hash, snapshot, handled, answer, contact, tenant, inbox, last) = (
        row[:_STATE],
        row[_STATE:],
    )
    try:
        return _loaded(
            None if own[2] is None else _session_from(key, own),
            snapshot or "",
            state_hash or "",
            None if handled is None else Duplicate(handled, answer),
            values_from(contact),
            values_from(tenant),
            _arrivals_from(inbox),
            last or 0,
        )
    except UNREADABLE as error:
        raise corrupted(key, error) from None


_STATE: Final = 15
"""How many columns stand before the state in what is loaded: a number, and those of a session."""


def _arrivals_from(inbox: str | None) -> tuple[Arrival, ...]:
    """The messages that wait."""
    if inbox is None or inbox == "[]":
        return ()
    return tuple(Arrival(*parts) for parts in json.loads(inbox))


UNREADABLE = (ValueError, TypeError, KeyError, RecursionError, EvaluationError, UnstorableRecord)
"""What is raised where something is read that was never written."""


def values_from(data: str | None) -> Mapping[str, Any]:
    """The values of a contact or tenant; none where there is no row.

    Raises:
        ValueError, TypeError, KeyError, RecursionError, EvaluationError: they are none.
    """
    if data is None:
        return {}
    values = value_from_json(json.loads(data))
    if type(values) is not dict:
        raise ValueError("the values of its contact or its tenant are no map")
    return values


@as_written
def profile_from(row: Row) -> Mapping[str, Any]:
    """The values in the row of a contact or tenant."""
    return values_from(row.data)


def data_from(values: Mapping[str, Any]) -> str:
    """What is stored of the values of a contact or tenant."""
    return text_from_json(json_from_value(values))


@as_written
def past_turn_from(row: Row) -> PastTurn:
    """A turn of the history."""
    return PastTurn(*row)


@as_written
def publication_from(row: Row) -> Publication:
    """A publication."""
    return Publication(*row)


@as_written
def release_from(row: Row) -> Release:
    """What was published."""
    return release_from_json(row.release)


@as_written
def receipt_from(row: Row) -> Receipt:
    """What was told of a change."""
    return Receipt(*row)


@as_written
def episode_from(row: Row) -> Episode:
    """The latest session of a flow in a conversation."""
    return Episode(row.flow, row.episode, row.session, Status(row.status))


def claim_from(row: Row, token: str) -> Claim:
    """A request that was just lent to whoever holds the token."""
    request = Request(row.key, row.kind, row.payload, row.stream)
    return Claim(key_of(row), row.revision, row.ordinal, request, row.attempts, token)


@as_written
def entry_from(row: Row) -> Entry:
    """A request as lists show it."""
    request = Request(row.key, row.kind, row.payload, row.stream)
    place = key_of(row), row.revision, row.ordinal
    return Entry(*place, request, row.attempts, row.at, row.result or "")
