"""Schedules: sessions of published flows begin at their times, once each, whoever is awake then.

Nothing is kept of what has fired. A time of a trigger is a message of a conversation that belongs
to the trigger, and a message begins a session once: so any number of processes may fire the same
time, also long after another, and it has been fired once. Each process looks when a minute begins,
which is the grain of cron expressions.

*After downtime*, and for whatever was not looked at for another reason, a trigger fires once, for
the last time that was missed, unless that is longer ago than ``catch_up``. A flow that is published
does not fire for times before that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final

from statewright.errors import StatewrightError, StorageUnavailable
from statewright.runtime.clock import SECOND, Clock
from statewright.runtime.turns.triggering import Triggering
from statewright.statechart.answering import Offer, due
from statewright.statechart.triggers import Trigger, TriggerKind
from statewright.storage.records import Publication
from statewright.storage.store import PAGE, Store

MINUTE: Final = 60 * SECOND
"""Microseconds of a minute."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schedules:
    """Whose schedules are fired.

    Attributes:
        tenants: whose flows.
        catch_up: microseconds for which a time that was missed is made up for.
    """

    tenants: tuple[str, ...] = ("default",)
    catch_up: int = 60 * MINUTE


USUAL: Final = Schedules()
"""What is fired where nothing is said."""


class Scheduler:
    """Fires the schedules of published flows.

    Args:
        store: where they are published.
        clock: tells the time.
        triggering: begins sessions.
        schedules: whose.
    """

    def __init__(
        self, store: Store, clock: Clock, triggering: Triggering, schedules: Schedules
    ) -> None:
        self._store = store
        self._clock = clock
        self._triggering = triggering
        self._schedules = schedules
        # Tenant and flow → the publication that was looked at, and its schedules.
        self._known: dict[tuple[str, str], tuple[Publication, tuple[Trigger, ...]]] = {}
        self._seen: int | None = None

    async def fire(self, now: int) -> int:
        """Fire what is due at a time; how many times of triggers were found to be.

        Raises:
            StorageUnavailable: the store does not answer; what was not fired will be, next time.
        """
        if self._seen is not None and now // MINUTE <= self._seen // MINUTE:
            return 0
        after = max(now - self._schedules.catch_up, self._seen or 0)
        found = [one async for one in self._due(after, now)]
        for start in range(0, len(found), PAGE):
            await asyncio.gather(*(self._begin(*one) for one in found[start : start + PAGE]))
        self._seen = now
        return len(found)

    async def run(self) -> None:
        """Fire whatever is due, until the end of days."""
        while True:
            try:
                await self.fire(self._clock())
            except StatewrightError as error:
                _log.warning("schedules cannot be fired: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("schedules cannot be fired")
            await asyncio.sleep((MINUTE - self._clock() % MINUTE) / SECOND)

    async def _due(self, after: int, until: int) -> AsyncIterator[tuple[Publication, Trigger, int]]:
        for tenant in self._schedules.tenants:
            async for publication in self._newest(tenant):
                for trigger in await self._scheduled(publication):
                    at = _last(trigger, after, until)
                    if at is not None and await self._was_published(publication, trigger, at):
                        yield publication, trigger, at

    async def _begin(self, publication: Publication, trigger: Trigger, at: int) -> None:
        try:
            await self._triggering.fire(publication, trigger, at)
        except StorageUnavailable:
            raise
        except StatewrightError as error:
            what = f"the schedule {trigger.name!r} of the flow {publication.flow!r}"
            _log.error("%s of %r cannot begin: %s", what, publication.tenant, error)

    async def _newest(self, tenant: str) -> AsyncIterator[Publication]:
        after = ""
        while True:
            page = await self._store.newest(tenant, after=after, limit=PAGE)
            for publication in page:
                yield publication
            if len(page) < PAGE:
                return
            after = page[-1].flow

    async def _scheduled(self, publication: Publication) -> tuple[Trigger, ...]:
        """The schedules of a publication; those of the newest one of each flow are remembered."""
        key = (publication.tenant, publication.flow)
        known = self._known.get(key)
        if known is None or known[0] != publication:
            known = self._known[key] = publication, await self._schedules_of(publication)
        return known[1]

    async def _schedules_of(self, publication: Publication) -> tuple[Trigger, ...]:
        release = await self._store.release(publication)
        return tuple(one for one in release.triggers if one.kind is TriggerKind.SCHEDULE)

    async def _was_published(self, publication: Publication, trigger: Trigger, at: int) -> bool:
        """Whether the flow had that schedule at a time, in that version or the one of then."""
        if publication.at <= at:
            return True
        earlier = await self._store.publications(publication.tenant, flow=publication.flow)
        then = next((one for one in earlier if one.at <= at), None)
        if then is None:
            return False
        return any(
            (one.name, one.cron, one.zone) == (trigger.name, trigger.cron, trigger.zone)
            for one in await self._schedules_of(then)
        )


def _last(trigger: Trigger, after: int, until: int) -> int | None:
    """The last time that a schedule fires after a time and not after another one."""
    found: int | None = None
    for at in _times(trigger, after, until):
        found = at
    return found


def _times(trigger: Trigger, after: int, until: int) -> Iterator[int]:
    """The last time of each portion of times that are told at once."""
    while times := due([Offer("", (trigger,))], after, until):
        after = times[-1][0]
        yield after
