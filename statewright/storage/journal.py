"""The journal: the turns of all sessions of a tenant in one order, to be followed from a cursor.

A turn has its place in it from the moment it is committed. Whoever has read up to a cursor finds
behind it every turn that was committed since, once, also those of other processes that were
committed at the same time: what may still be overtaken is not shown yet.

Turns of one session stand in the order of their revisions. Those of different sessions stand in
some order, which is the same for everybody and never changes. The journal begins where the tables
learnt to keep it, and leaves out sessions that were deleted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, Protocol

from statewright.errors import InvalidCursor, UnstorableRecord
from statewright.storage.limits import NAME_LIMIT, NUMBER_LIMIT, check_text
from statewright.storage.records import Birth, PastTurn, SessionKey

_NUMBER: Final = r"(\d{1,19})\."
_TEXT: Final = re.compile(f"{_NUMBER}{_NUMBER}(.{{0,{NAME_LIMIT}}})", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the journal: behind a turn, or before the first turn of a moment.

    Attributes:
        moment: what the database orders commits by; it means nothing elsewhere.
        session: of the turn, or ``""``.
        revision: of the turn, or 0.
    """

    moment: int = 0
    session: str = ""
    revision: int = 0

    def __str__(self) -> str:
        """The cursor as people pass it on."""
        return f"{self.moment}.{self.revision}.{self.session}"


BEGINNING: Final = Cursor()
"""Before every turn."""


def cursor_from(text: str) -> Cursor:
    """The cursor that a text means; ``""`` is the beginning.

    >>> cursor_from("12.3.abc")
    Cursor(moment=12, session='abc', revision=3)

    Raises:
        InvalidCursor: it means none.
    """
    if not text:
        return BEGINNING
    found = _TEXT.fullmatch(text)
    if found and _can_be_kept(text):
        moment, revision = int(found[1]), int(found[2])
        if max(moment, revision) <= NUMBER_LIMIT:
            return Cursor(moment, found[3], revision)
    raise InvalidCursor(f"{ascii(text)[:80]} is no cursor; use one as it was given")


def _can_be_kept(text: str) -> bool:
    try:
        check_text("the cursor", text)
    except UnstorableRecord:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Noted:
    """A turn in the journal.

    Attributes:
        cursor: of the place behind it.
        key: whose turn.
        birth: who the session is.
        turn: the turn.
    """

    cursor: Cursor
    key: SessionKey
    birth: Birth
    turn: PastTurn


class KeepsJournal(Protocol):
    """Where journals are."""

    async def journal(
        self, tenant: str, *, after: Cursor = BEGINNING, limit: int = 100
    ) -> tuple[Noted, ...]:
        """The turns of a tenant behind a cursor, in order, as far as they can be shown.

        Raises:
            InvalidCursor: the journal has not come so far: the cursor is that of another database,
                or this one was restored from a backup.
        """
        ...

    async def journal_end(self, tenant: str) -> Cursor:
        """A cursor behind which every turn stands that is committed from now on.

        What was committed just before may stand behind it, too.
        """
        ...


class MemoryJournal:
    """Journals in a list: each turn is a moment of its own."""

    def __init__(self) -> None:
        self._moment = 0
        self._entries: dict[str, list[Noted]] = {}

    def note(self, key: SessionKey, birth: Birth, turn: PastTurn) -> None:
        """Put a turn behind all others."""
        self._moment += 1
        cursor = Cursor(self._moment, key.session, turn.revision)
        self._entries.setdefault(key.tenant, []).append(Noted(cursor, key, birth, turn))

    def forget(self, key: SessionKey) -> None:
        """Leave the turns of a session out."""
        entries = self._entries.get(key.tenant, [])
        self._entries[key.tenant] = [entry for entry in entries if entry.key != key]

    def behind(self, tenant: str, after: Cursor, limit: int) -> list[Noted]:
        """The turns behind a cursor.

        Raises:
            InvalidCursor: the journal has not come so far.
        """
        entries = self._entries.get(tenant, [])
        if after > self.end():
            raise InvalidCursor(f"the journal has not come to {after}; begin again")
        first = bisect_right(entries, after, key=lambda entry: entry.cursor)
        return entries[first : first + limit]

    def end(self) -> Cursor:
        """Behind all turns, of whatever tenant."""
        return Cursor(self._moment + 1)
