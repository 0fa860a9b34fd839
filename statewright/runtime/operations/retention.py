"""How long sessions are kept: by policy, some are ended, and those that are over deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from statewright.errors import (
    CallerError,
    CorruptedSession,
    RevisionConflict,
    SessionEnded,
    StatewrightError,
)
from statewright.runtime.effects.sharing import outlived
from statewright.runtime.operations.overview import Overview
from statewright.runtime.operations.standing import Standing
from statewright.runtime.turns.messages import Incoming, end_from
from statewright.runtime.turns.turn import Turns
from statewright.statechart import Status
from statewright.storage.records import Session
from statewright.storage.store import PAGE, Store

ABANDONED: Final = "abandoned"
"""The outcome of a session that was ended because its user never came back."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long sessions are kept.

    Attributes:
        abandon: microseconds without a turn after which a session that waits for its user is ended;
            None for never.
        delete: microseconds after its last turn after which a session that is over is deleted; None
            for never.
        keys: microseconds for which what was told of a change to flows is kept for whoever asks
            for it again under its key; None for ever. Of a flow, it says nothing.
    """

    abandon: int | None = None
    delete: int | None = None
    keys: int | None = None

    def over(self, other: Rule) -> Rule:
        """This rule, with what it leaves open taken from another one."""
        return Rule(
            other.abandon if self.abandon is None else self.abandon,
            other.delete if self.delete is None else self.delete,
            other.keys if self.keys is None else self.keys,
        )


def _no_rules() -> Mapping[tuple[str, str], Rule]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, each for whom it is; the most particular one that says something counts.

    Attributes:
        rules: tenant and flow → rule; either may be ``""``, which is all of them.
    """

    rules: Mapping[tuple[str, str], Rule] = field(default_factory=_no_rules)

    def rule_for(self, tenant: str, flow: str) -> Rule:
        """The rule for the sessions of a flow of a tenant."""
        found = Rule()
        for place in ((tenant, flow), (tenant, ""), ("", flow), ("", "")):
            found = found.over(self.rules.get(place, Rule()))
        return found

    def shortest(self, tenant: str) -> int | None:
        """The shortest time after which anything is done with a session of a tenant, or None."""
        spans = [
            span
            for (whose, _), rule in self.rules.items()
            if whose in {"", tenant}
            for span in (rule.abandon, rule.delete)
            if span is not None
        ]
        return min(spans, default=None)


class Fate(StrEnum):
    """What becomes of a session that is not kept."""

    ENDED = "ended"
    """It was abandoned."""
    DELETED = "deleted"
    """It was over."""


@dataclass(slots=True)
class Count:
    """What was done, or would be.

    Attributes:
        done: tenant, flow and fate → how many sessions.
        failed: why some could not be dealt with: id of the session → reason.
        keys: tenant → how many keys were forgotten; not counted where nothing is done.
    """

    done: dict[tuple[str, str, Fate], int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, session: Session, fate: Fate) -> None:
        """Count a session."""
        place = session.key.tenant, session.birth.flow, fate
        self.done[place] = self.done.get(place, 0) + 1


class Retention:
    """Sees to it that sessions are kept as long as a policy says, and no longer.

    It may be stopped anywhere, and run by several at once: each session is dealt with by itself, in
    a transaction of its own or of its batch, and only as it was when it was looked at.

    Args:
        store: where sessions are.
        turns: ends those that are abandoned.
        overview: knows how they stand.
    """

    def __init__(self, store: Store, turns: Turns, overview: Overview) -> None:
        self._store = store
        self._turns = turns
        self._overview = overview

    async def keep(self, policy: Policy, now: int, *, dry_run: bool = False) -> Count:
        """Deal with all sessions that the policy does not keep at a time.

        Args:
            policy: how long which are kept.
            now: the time, microseconds since 1970 UTC.
            dry_run: only count them.
        """
        count = Count()
        async for tenant in self._tenants():
            shortest = policy.shortest(tenant)
            if shortest is None:
                continue
            async for batch in self._idle(tenant, now - shortest):
                await self._abandon(policy, batch, now, count, dry_run=dry_run)
                await self._delete(policy, batch, now, count, dry_run=dry_run)
        if not dry_run:
            await self._forget_keys(policy, now, count)
            await self._forget_windows(now)
        return count

    async def _forget_keys(self, policy: Policy, now: int, count: Count) -> None:
        """Delete what was told of changes that nobody asks for again."""
        after = ""
        while page := await self._store.receipted(after=after):
            for tenant in page:
                span = policy.rule_for(tenant, "").keys
                while span is not None and (
                    gone := await self._store.forget_receipts(tenant, before=now - span)
                ):
                    count.keys[tenant] = count.keys.get(tenant, 0) + gone
            after = page[-1]

    async def _forget_windows(self, now: int) -> None:
        """Delete what was counted of requests to hosts that nobody asks any more."""
        after = ("", "")
        while page := await self._store.tallied(after=after):
            await self._store.tally(page, partial(outlived, now=now))
            after = page[-1]

    async def _tenants(self) -> AsyncIterator[str]:
        after = ""
        while page := await self._store.tenants(after=after):
            for tenant in page:
                yield tenant
            after = page[-1]

    async def _idle(self, tenant: str, before: int) -> AsyncIterator[tuple[Session, ...]]:
        last: Session | None = None
        while page := await self._store.idle(tenant, before=before, after=last, limit=PAGE):
            yield page
            last = page[-1]

    async def _abandon(
        self, policy: Policy, batch: Sequence[Session], now: int, count: Count, *, dry_run: bool
    ) -> None:
        rows = [
            row
            for row in batch
            # Whoever has a deadline ahead is ended by the flow itself.
            if row.status is Status.ACTIVE
            and row.due_at is None
            and _is_over(policy.rule_for(row.key.tenant, row.birth.flow).abandon, row, now)
        ]
        for one in await self._overview.listed(rows):
            if one.standing is Standing.WAITING and (
                dry_run or await self._end(one.session, count)
            ):
                count.add(one.session, Fate.ENDED)

    async def _end(self, row: Session, count: Count) -> bool:
        """End a session, if it still stands where it did."""
        incoming = Incoming(f"{row.key.session}:abandoned:{row.revision}", end_from(ABANDONED))
        try:
            await self._turns.take(row.key, incoming, expected=row.revision)
        except (RevisionConflict, SessionEnded):
            return False  # Somebody came back, after all.
        except (CorruptedSession, CallerError) as error:
            count.failed[row.key.session] = str(error)
            return False
        return True

    async def _delete(
        self, policy: Policy, batch: Sequence[Session], now: int, count: Count, *, dry_run: bool
    ) -> None:
        rows = [
            row
            for row in batch
            if row.status is not Status.ACTIVE
            and _is_over(policy.rule_for(row.key.tenant, row.birth.flow).delete, row, now)
        ]
        if not rows:
            return
        if dry_run:
            for row in rows:
                count.add(row, Fate.DELETED)
            return
        latest = max(row.updated_at for row in rows) + 1
        try:
            gone = await self._store.forget([row.key for row in rows], before=latest)
        except StatewrightError as error:
            count.failed |= {row.key.session: str(error) for row in rows}
            return
        for row, deleted in zip(rows, gone, strict=True):
            if deleted:
                count.add(row, Fate.DELETED)


def _is_over(span: int | None, row: Session, now: int) -> bool:
    return span is not None and row.updated_at + span < now
