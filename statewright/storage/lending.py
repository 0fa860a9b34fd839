"""Rows of the inbox and the outbox in memory: what is lent out to whoever handles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from statewright.storage.queues import Claim, Entry
from statewright.storage.records import Arrival


@dataclass(slots=True)
class Waiting:
    """A row of the inbox: the arrival, and until when ``ready`` does not name it."""

    arrival: Arrival
    held_until: int


@dataclass(slots=True)
class Sent:
    """A row of the outbox: the request, who holds it, from when it may be claimed (None: done).

    And when it failed for good, if it did, and the result it was finished with.
    """

    claim: Claim
    available_at: int | None
    failed_at: int | None = None
    result: str = ""


def entry_of(sent: Sent, at: int | None) -> Entry | None:
    """A row of the outbox as a list shows it that is ordered by a time; None without the time."""
    one = sent.claim
    if at is None:
        return None
    return Entry(one.key, one.revision, one.ordinal, one.request, one.attempts, at, sent.result)


def page_of(
    rows: Sequence[Entry | None], tenant: str, after: Entry | None, limit: int
) -> tuple[Entry, ...]:
    """A page of those rows of a tenant that there are, in their order."""
    found = [
        row
        for row in rows
        if row is not None
        and row.key.tenant == tenant
        and (after is None or row.place > after.place)
    ]
    return tuple(sorted(found, key=lambda row: row.place)[:limit])
