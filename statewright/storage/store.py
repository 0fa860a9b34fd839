"""What every store promises. The laws are tested in ``tests/storage/laws.py`` on each of them.

*Atomic.* A turn is written whole — state, history, requests, patches, the inbox row it answers,
the messages that it hands on to other sessions — or nothing of it is. A failure leaves no part
behind.

*Once.* Of all turns that were stepped from one revision of a session, at most one is committed.
Revision moves by one per turn. A message id is handled once in a session; whoever brings it again
gets the first answer, byte for byte, also when both come at the same moment.

*Durable.* What a call has returned is there after a crash of the process or the machine (not so
in ``MemoryStore``). A call that raised ``StorageUnavailable`` may have been carried out or not;
calling it again is safe, and finds out: a committed turn comes back as ``Duplicate``. The exception
is ``publish`` without a receipt, which then may make two versions of one release.

*Batched.* ``load``, ``commit``, ``accept`` and ``finish`` take many at once, and answer in the
order of what they were given. A batch is no transaction: each turn of it stands or falls alone.
Turns of one session in one batch are settled in their order, so a batch may hold a chain of them,
each stepped from the one before it.

*Faithful.* Texts and values come back exactly as they were given. What cannot be kept is refused
when the record is made, with ``UnstorableRecord``.

*Timeless.* A store never asks the clock and never rolls dice. What is lent out (``ready``,
``claim``) comes back when the caller's time passes the deadline, if nobody finished or renewed it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from statewright.statechart.release import Release
from statewright.statechart.snapshot import Status
from statewright.storage.journal import KeepsJournal
from statewright.storage.queues import Claim, Entry, Settlement
from statewright.storage.receipts import KeepsReceipts, Receipt
from statewright.storage.records import (
    Episode,
    Loaded,
    Lookup,
    Message,
    Outcome,
    PastTurn,
    Publication,
    Session,
    SessionKey,
    Turn,
)
from statewright.storage.tallies import KeepsTallies

PAGE = 100
"""How many rows a list has unless it is told otherwise."""


WAITING = 64
"""How many of the messages that wait in a session ``load`` gives."""


class Store(KeepsReceipts, KeepsJournal, KeepsTallies, Protocol):
    """Where publications and sessions are kept. Constructing one opens nothing.

    Every method may raise ``StorageUnavailable``.
    """

    async def open(self) -> None:
        """Connect; create or upgrade the tables where that is needed.

        Raises:
            UnusableDatabase: the database is not known, or from a newer version of this program.
        """
        ...

    async def close(self) -> None:
        """Let what was begun come to its end, and let go of every connection."""
        ...

    async def publish(
        self,
        release: Release,
        *,
        tenant: str,
        flow: str,
        at: int,
        label: str = "",
        receipt: Callable[[Publication], Receipt] | None = None,
    ) -> Publication:
        """Publish a release as the next version of a flow: the first is 1, and none is left out.

        Args:
            release: what to publish.
            tenant: whose it is.
            flow: what people call it.
            at: when it is published.
            label: a name for a line of versions, or ``""``.
            receipt: makes what is kept with it of what the caller is told.

        Raises:
            AlreadyDone: there is a receipt with that key. Nothing is published then.
        """
        ...

    async def publication(
        self, tenant: str, flow: str, *, version: int | None = None, label: str | None = None
    ) -> Publication | None:
        """The newest publication of a flow: of this version, of this label, or of all."""
        ...

    async def publications(
        self, tenant: str, *, flow: str = "", after: Publication | None = None, limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """Publications by flow (code point order), newest first; of one flow or of all.

        Args:
            tenant: whose.
            flow: which flow, or ``""``.
            after: the last one of the page before.
            limit: how many at most.
        """
        ...

    async def newest(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """The newest publication of each flow by flow (code point order), behind ``after``."""
        ...

    async def release(self, publication: Publication) -> Release:
        """What was published.

        Raises:
            UnknownPublication: it was not published here.
        """
        ...

    async def conversation(
        self, tenant: str, channel: str, conversation: str
    ) -> tuple[Episode, ...]:
        """The latest session of each flow in a conversation, by flow (code point order).

        One that was deleted since counts as completed.
        """
        ...

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        """All that turns start from.

        Session, answer, values and inbox of one lookup are of one moment: where the message is not
        answered yet, a turn stepped from the revision given cannot handle it a second time. Of the
        messages that wait, the first ``WAITING`` are given.
        """
        ...

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        """Commit what can be committed, and say what became of each turn."""
        ...

    async def accept(self, messages: Sequence[Message], *, held_until: int = 0) -> tuple[int, ...]:
        """Take messages in, to be handled later; each gets a position, increasing in its session.

        An id that was accepted before gets its position again; one that was handled without having
        been accepted gets 0. Numbers may be left out.

        Args:
            messages: what came.
            held_until: until when ``ready`` does not name them, because the caller handles them.
        """
        ...

    async def ready(
        self, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[SessionKey, ...]:
        """Sessions that have something to do: messages that wait, or a deadline that has passed.

        Each is named to one caller only until ``held_until``, or until its next turn where that
        sets a deadline. This spares work and promises nothing: what is safe is ``commit``.
        """
        ...

    async def claim(
        self, token: str, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[Claim, ...]:
        """Borrow requests from the outbox, oldest first. Nobody else gets them until the deadline.

        Args:
            token: new and random for each call; proves the lease in ``finish``.
            now: the time.
            held_until: when whatever is not finished may be claimed by others.
            limit: how many at most.
        """
        ...

    async def renew(self, claims: Sequence[Claim], *, held_until: int) -> tuple[bool, ...]:
        """Borrow requests for longer. This does not count as another time that they were lent.

        Args:
            claims: requests that the caller has borrowed and not finished.
            held_until: when they may be claimed by others; never sooner than before.

        Returns:
            for each, whether the lease holds: False where it ran out and somebody else claimed the
            request, and where the request was finished or given back.
        """
        ...

    async def finish(self, settlements: Sequence[Settlement]) -> tuple[bool, ...]:
        """Store results of claimed requests, or give requests back.

        Returns:
            for each, whether the lease held: False where it ran out and somebody else claimed or
            finished the request. Nothing is changed then. Finishing again is True.
        """
        ...

    async def requests(self, keys: Sequence[SessionKey]) -> tuple[tuple[Claim, ...], ...]:
        """For each session, its requests that are not finished, in order; tokens are left out."""
        ...

    async def pending(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """Requests that are not finished, those first that may be claimed first.

        Args:
            tenant: whose.
            after: the last one of the page before.
            limit: how many at most.
        """
        ...

    async def failed(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """Requests that have failed for good, those first that failed first; as ``pending``."""
        ...

    async def revive(self, entries: Sequence[Entry], *, at: int) -> tuple[bool, ...]:
        """Put requests that have failed for good back, as if they had never been lent.

        Args:
            entries: as ``failed`` gave them.
            at: from when they may be claimed.

        Returns:
            for each, whether it was put back: False where it has not failed, or is gone.
        """
        ...

    async def tenants(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """Tenants that have sessions (code point order), behind ``after``."""
        ...

    async def idle(
        self,
        tenant: str,
        *,
        before: int,
        after: Session | None = None,
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """Sessions whose last turn was committed before a time, those first that began first.

        Args:
            tenant: whose.
            before: the time.
            after: the last one of the page before.
            limit: how many at most.
        """
        ...

    async def forget(self, keys: Sequence[SessionKey], *, before: int) -> tuple[bool, ...]:
        """Delete sessions that are over, with their histories, messages and requests.

        What stays is how many episodes their conversations have had, so that no id is given twice.

        Args:
            keys: which sessions.
            before: only those whose last turn was committed before this time.

        Returns:
            for each, whether it was deleted: False where it goes on, has had a turn since, has a
            message that waits or a request that is not finished, or does not exist.
        """
        ...

    async def receipted(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """Tenants that have receipts (code point order), behind ``after``."""
        ...

    async def forget_receipts(self, tenant: str, *, before: int, limit: int = PAGE) -> int:
        """Delete receipts that are from before a time, oldest first; how many there were.

        Whoever brings the key of one of them again is not told what was told then: the change is
        made once more.

        Args:
            tenant: whose.
            before: the time.
            limit: how many at most.
        """
        ...

    async def history(
        self, key: SessionKey, *, after: int = 0, limit: int = PAGE
    ) -> tuple[PastTurn, ...]:
        """The turns of a session whose revision is greater than ``after``, in order."""
        ...

    async def sessions(
        self,
        tenant: str,
        *,
        flow: str = "",
        status: Status | None = None,
        after: str = "",
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """Sessions of a tenant, newest first; those created at one time by id, greatest first.

        Args:
            tenant: whose.
            flow: of this flow only, or ``""``.
            status: of this status only, or None.
            after: the id of the last session of the page before.
            limit: how many at most.
        """
        ...
