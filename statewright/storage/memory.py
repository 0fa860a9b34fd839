"""A store in dictionaries: for tests, ``chat`` and embedding. Nothing of it outlives the process.

Every method runs without waiting in between, so of all that share an event loop each sees the
others' turns whole. It is not to be shared between threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from statewright.errors import UnknownPublication
from statewright.statechart import Release
from statewright.statechart.snapshot import Status
from statewright.storage.arbitration import outcomes_of
from statewright.storage.drafts import MemoryDrafts
from statewright.storage.growing import born, grown, past_turn
from statewright.storage.journal import BEGINNING, Cursor, MemoryJournal, Noted
from statewright.storage.lending import Sent, Waiting, entry_of, page_of
from statewright.storage.patches import TENANT, Patch, owner_of, patched
from statewright.storage.queues import Claim, Entry, Settlement
from statewright.storage.receipts import Receipt
from statewright.storage.records import (
    Arrival,
    Birth,
    Committed,
    Duplicate,
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
from statewright.storage.secrets import MemorySecrets
from statewright.storage.store import PAGE, WAITING
from statewright.storage.tallies import PLACES, Change, MemoryTallies, Place


class MemoryStore:
    """``Store`` in dictionaries, each of which is what a table is to a database."""

    def __init__(self) -> None:
        self.drafts = MemoryDrafts()
        self.secrets = MemorySecrets()
        self._tallies = MemoryTallies()
        self._publications: dict[tuple[str, str], list[tuple[Publication, Release]]] = {}
        self._conversations: dict[tuple[str, str, str], dict[str, tuple[int, SessionKey]]] = {}
        self._sessions: dict[SessionKey, Session] = {}
        self._snapshots: dict[SessionKey, str] = {}
        self._held_until: dict[SessionKey, int] = {}
        self._history: dict[SessionKey, list[PastTurn]] = {}
        self._journal = MemoryJournal()
        self._handled: dict[tuple[SessionKey, str], int] = {}
        self._inbox: dict[SessionKey, dict[int, Waiting]] = {}
        self._positions: dict[SessionKey, int] = {}
        self._outbox: dict[tuple[SessionKey, int, int], Sent] = {}
        self._values: dict[tuple[str, str], Mapping[str, Any]] = {}

    async def open(self) -> None:
        """Nothing is to be opened."""

    async def close(self) -> None:
        """Nothing is to be closed: what is in the store stays as long as the object."""

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
        """See ``Store``."""
        line = self._publications.get((tenant, flow), [])
        publication = Publication(tenant, flow, len(line) + 1, label, release.digest, at)
        if receipt is not None:
            self.drafts.receipts.keep(receipt(publication))
        self._publications[tenant, flow] = [*line, (publication, release)]
        return publication

    async def publication(
        self, tenant: str, flow: str, *, version: int | None = None, label: str | None = None
    ) -> Publication | None:
        """See ``Store``."""
        for publication, _ in reversed(self._publications.get((tenant, flow), [])):
            if version in {None, publication.version} and label in {None, publication.label}:
                return publication
        return None

    async def publications(
        self, tenant: str, *, flow: str = "", after: Publication | None = None, limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """See ``Store``."""
        rows = [
            publication
            for line in self._publications.values()
            for publication, _ in line
            if publication.tenant == tenant and flow in {"", publication.flow}
        ]
        rows.sort(key=_place)
        return tuple(row for row in rows if after is None or _place(row) > _place(after))[:limit]

    async def newest(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Publication, ...]:
        """See ``Store``."""
        found = sorted(key for key in self._publications if key[0] == tenant and key[1] > after)
        return tuple(self._publications[key][-1][0] for key in found[:limit])

    async def receipt(self, tenant: str, key: str) -> Receipt | None:
        """See ``KeepsReceipts``."""
        return await self.drafts.receipt(tenant, key)

    async def release(self, publication: Publication) -> Release:
        """See ``Store``."""
        line = self._publications.get((publication.tenant, publication.flow), [])
        if publication.version > len(line):
            raise UnknownPublication(publication.tenant, publication.flow, publication.version)
        return line[publication.version - 1][1]

    async def conversation(
        self, tenant: str, channel: str, conversation: str
    ) -> tuple[Episode, ...]:
        """See ``Store``."""
        flows = self._conversations.get((tenant, channel, conversation), {})
        return tuple(
            Episode(flow, episode, key.session, self._status_of(key))
            for flow, (episode, key) in sorted(flows.items())
        )

    def _status_of(self, key: SessionKey) -> Status:
        session = self._sessions.get(key)
        return Status.COMPLETED if session is None else session.status

    async def load(self, lookups: Sequence[Lookup]) -> tuple[Loaded, ...]:
        """See ``Store``."""
        return tuple(self._loaded(lookup) for lookup in lookups)

    def _loaded(self, lookup: Lookup) -> Loaded:
        key = lookup.key
        session = self._sessions.get(key)
        contact = session.birth.contact if session else lookup.contact
        waiting = [row.arrival for row in self._waiting(key)]
        return Loaded(
            session=session,
            snapshot=self._snapshots.get(key, ""),
            state_hash=self._history[key][-1].state_hash if session else "",
            duplicate=self._duplicate(key, lookup.message),
            contact=self._values.get((key.tenant, contact), {}) if contact else {},
            tenant=self._values.get((key.tenant, TENANT), {}),
            inbox=tuple(waiting[:WAITING]),
            last=waiting[-1].position if waiting else 0,
        )

    def _duplicate(self, key: SessionKey, message: str) -> Duplicate | None:
        revision = self._handled.get((key, message))
        if revision is None:
            return None
        return Duplicate(revision, self._history[key][revision - 1].answer)

    def _waiting(self, key: SessionKey) -> list[Waiting]:
        """The rows of the inbox, in order, whose message was not handled by another way."""
        return [
            row
            for _, row in sorted(self._inbox.get(key, {}).items())
            if (key, row.arrival.message) not in self._handled
        ]

    async def commit(self, turns: Sequence[Turn]) -> tuple[Outcome, ...]:
        """See ``Store``."""
        revisions = {
            turn.key: session.revision
            for turn in turns
            if (session := self._sessions.get(turn.key))
        }
        handled = {
            (turn.key, turn.message): duplicate
            for turn in turns
            if (duplicate := self._duplicate(turn.key, turn.message))
        }
        quiet = {
            turn.key: self._history[turn.key][-1].state_hash
            for turn in turns
            if turn.recalled and turn.key in self._sessions and not self._inbox.get(turn.key)
        }
        outcomes = outcomes_of(turns, revisions, handled, quiet)
        return tuple(
            self._written(turn, outcome) if isinstance(outcome, Committed) else outcome
            for turn, outcome in zip(turns, outcomes, strict=True)
        )

    def _written(self, turn: Turn, outcome: Committed) -> Committed:
        key = turn.key
        session = born(turn, turn.birth) if turn.birth else grown(turn, self._sessions[key])
        self._sessions[key] = session
        self._snapshots[key] = turn.snapshot
        self._held_until[key] = 0
        past = past_turn(turn)
        self._history.setdefault(key, []).append(past)
        self._journal.note(key, session.birth, past)
        self._handled[key, turn.message] = turn.revision
        self._inbox.get(key, {}).pop(turn.position, None)
        if turn.birth:
            self._begin(key, turn.birth)
        for ordinal, request in enumerate(turn.requests):
            claim = Claim(key, turn.revision, ordinal, request, 0, "")
            self._outbox[key, turn.revision, ordinal] = Sent(claim, turn.at)
        unfit = tuple(patch for patch in turn.patches if not self._patch(session, patch))
        for message in turn.onward:
            self._accepted(message, 0)
        return replace(outcome, unfit=unfit)

    def _begin(self, key: SessionKey, birth: Birth) -> None:
        talk = (key.tenant, birth.channel, birth.conversation)
        flows = self._conversations.setdefault(talk, {})
        if birth.flow not in flows or birth.episode > flows[birth.flow][0]:
            flows[birth.flow] = (birth.episode, key)

    def _patch(self, session: Session, patch: Patch) -> bool:
        owner = owner_of(patch, session.birth.contact)
        if owner is None:
            return False
        row = (session.key.tenant, owner)
        made = patched(self._values.get(row, {}), patch)
        if made is not None:
            self._values[row] = made
        return made is not None

    async def accept(self, messages: Sequence[Message], *, held_until: int = 0) -> tuple[int, ...]:
        """See ``Store``."""
        return tuple(self._accepted(message, held_until) for message in messages)

    def _accepted(self, message: Message, held_until: int) -> int:
        key = message.key
        if revision := self._handled.get((key, message.message)):
            return self._history[key][revision - 1].position
        inbox = self._inbox.setdefault(key, {})
        for position, row in inbox.items():
            if row.arrival.message == message.message:
                return position
        position = self._positions[key] = self._positions.get(key, 0) + 1
        arrival = Arrival(position, message.message, message.body, message.at)
        inbox[position] = Waiting(arrival, held_until)
        return position

    async def ready(
        self, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[SessionKey, ...]:
        """See ``Store``."""
        found: dict[SessionKey, None] = {}
        for key in self._inbox:
            rows = self._waiting(key)
            if len(found) < limit and rows and rows[0].held_until <= now:
                rows[0].held_until = held_until
                found[key] = None
        for key, session in self._sessions.items():
            due = session.due_at is not None and session.due_at <= now
            if len(found) < limit and due and self._held_until[key] <= now:
                self._held_until[key] = held_until
                found[key] = None
        return tuple(found)

    async def claim(
        self, token: str, now: int, *, held_until: int, limit: int = PAGE
    ) -> tuple[Claim, ...]:
        """See ``Store``."""
        free = sorted(
            (sent.available_at, place)
            for place, sent in self._outbox.items()
            if sent.available_at is not None and sent.available_at <= now
        )
        firsts = self._first_of_streams()
        claims: list[Claim] = []
        for _, place in free:
            sent = self._outbox[place]
            stream = sent.claim.request.stream
            if len(claims) < limit and (not stream or firsts[place[0], stream] == place):
                sent.available_at = held_until
                sent.claim = replace(sent.claim, token=token, attempts=sent.claim.attempts + 1)
                claims.append(sent.claim)
        return tuple(claims)

    def _first_of_streams(self) -> dict[tuple[SessionKey, str], tuple[SessionKey, int, int]]:
        firsts: dict[tuple[SessionKey, str], tuple[SessionKey, int, int]] = {}
        for place, sent in sorted(self._outbox.items(), key=itemgetter(0)):
            if sent.available_at is not None:
                firsts.setdefault((place[0], sent.claim.request.stream), place)
        return firsts

    async def renew(self, claims: Sequence[Claim], *, held_until: int) -> tuple[bool, ...]:
        """See ``Store``."""
        return tuple(self._renewed(claim, held_until) for claim in claims)

    def _renewed(self, claim: Claim, held_until: int) -> bool:
        sent = self._outbox.get((claim.key, claim.revision, claim.ordinal))
        if sent is None or sent.claim.token != claim.token or sent.available_at is None:
            return False
        sent.available_at = max(sent.available_at, held_until)
        return True

    async def finish(self, settlements: Sequence[Settlement]) -> tuple[bool, ...]:
        """See ``Store``."""
        return tuple(self._finished(settlement) for settlement in settlements)

    def _finished(self, settlement: Settlement) -> bool:
        claim = settlement.claim
        sent = self._outbox.get((claim.key, claim.revision, claim.ordinal))
        if sent is None or sent.claim.token != claim.token:
            return False
        if sent.available_at is None:
            return settlement.result is not None
        if settlement.result is None:
            attempts = sent.claim.attempts - (not settlement.tried)
            sent.claim = replace(sent.claim, token="", attempts=attempts)
            sent.available_at = settlement.at
        else:
            sent.available_at, sent.result = None, settlement.result
            sent.failed_at = settlement.at if settlement.failed else None
        return True

    async def requests(self, keys: Sequence[SessionKey]) -> tuple[tuple[Claim, ...], ...]:
        """See ``Store``."""
        return tuple(
            tuple(
                replace(sent.claim, token="")
                for place, sent in sorted(self._outbox.items(), key=itemgetter(0))
                if place[0] == key and sent.available_at is not None
            )
            for key in keys
        )

    async def pending(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """See ``Store``."""
        rows = [entry_of(sent, sent.available_at) for sent in self._outbox.values()]
        return page_of(rows, tenant, after, limit)

    async def failed(
        self, tenant: str, *, after: Entry | None = None, limit: int = PAGE
    ) -> tuple[Entry, ...]:
        """See ``Store``."""
        rows = [entry_of(sent, sent.failed_at) for sent in self._outbox.values()]
        return page_of(rows, tenant, after, limit)

    async def revive(self, entries: Sequence[Entry], *, at: int) -> tuple[bool, ...]:
        """See ``Store``."""
        return tuple(self._revived(entry, at) for entry in entries)

    def _revived(self, entry: Entry, at: int) -> bool:
        sent = self._outbox.get((entry.key, entry.revision, entry.ordinal))
        if sent is None or sent.failed_at is None:
            return False
        claim = replace(sent.claim, token="", attempts=0)
        sent.claim, sent.available_at, sent.failed_at, sent.result = claim, at, None, ""
        return True

    async def tally(self, places: Sequence[Place], change: Change) -> None:
        """See ``KeepsTallies``."""
        self._tallies.change(places, change)

    async def tallied(self, *, after: Place = ("", ""), limit: int = PLACES) -> tuple[Place, ...]:
        """See ``KeepsTallies``."""
        return self._tallies.places(after, limit)

    async def tenants(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """See ``Store``."""
        found = sorted({key.tenant for key in self._sessions if key.tenant > after})
        return tuple(found[:limit])

    async def idle(
        self,
        tenant: str,
        *,
        before: int,
        after: Session | None = None,
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """See ``Store``."""
        rows = [
            row
            for row in self._sessions.values()
            if row.key.tenant == tenant
            and row.updated_at < before
            and (after is None or _age(row) > _age(after))
        ]
        return tuple(sorted(rows, key=_age)[:limit])

    async def receipted(self, *, after: str = "", limit: int = PAGE) -> tuple[str, ...]:
        """See ``Store``."""
        return self.drafts.receipts.tenants(after, limit)

    async def forget_receipts(self, tenant: str, *, before: int, limit: int = PAGE) -> int:
        """See ``Store``."""
        return self.drafts.receipts.forget(tenant, before, limit)

    async def forget(self, keys: Sequence[SessionKey], *, before: int) -> tuple[bool, ...]:
        """See ``Store``."""
        return tuple(self._forgotten(key, before) for key in keys)

    def _forgotten(self, key: SessionKey, before: int) -> bool:
        session = self._sessions.get(key)
        if session is None or session.status is Status.ACTIVE or session.updated_at >= before:
            return False
        sent = [place for place in self._outbox if place[0] == key]
        if self._inbox.get(key) or any(self._outbox[p].available_at is not None for p in sent):
            return False
        for place in sent:
            del self._outbox[place]
        for turn in self._history.pop(key):
            del self._handled[key, turn.message]
        self._journal.forget(key)
        del self._sessions[key], self._snapshots[key], self._held_until[key]
        self._inbox.pop(key, None)
        self._positions.pop(key, None)
        return True

    async def history(
        self, key: SessionKey, *, after: int = 0, limit: int = PAGE
    ) -> tuple[PastTurn, ...]:
        """See ``Store``."""
        return tuple(self._history.get(key, [])[after : after + limit])

    async def journal(
        self, tenant: str, *, after: Cursor = BEGINNING, limit: int = PAGE
    ) -> tuple[Noted, ...]:
        """See ``KeepsJournal``."""
        return tuple(self._journal.behind(tenant, after, limit))

    async def journal_end(self, tenant: str) -> Cursor:  # noqa: ARG002 (one end for all)
        """See ``KeepsJournal``."""
        return self._journal.end()

    async def sessions(
        self,
        tenant: str,
        *,
        flow: str = "",
        status: Status | None = None,
        after: str = "",
        limit: int = PAGE,
    ) -> tuple[Session, ...]:
        """See ``Store``."""
        last = self._sessions.get(SessionKey(tenant, after)) if after else None
        rows = [
            row
            for row in self._sessions.values()
            if row.key.tenant == tenant
            and flow in {"", row.birth.flow}
            and status in {None, row.status}
            and (not after or (last is not None and _age(row) < _age(last)))
        ]
        return tuple(sorted(rows, key=_age, reverse=True)[:limit])


def _place(publication: Publication) -> tuple[str, int]:
    return publication.flow, -publication.version


def _age(session: Session) -> tuple[int, str]:
    return session.created_at, session.key.session
