"""The engine that needs nothing but the store: it borrows requests and does the work itself.

A row is borrowed for a short time, and for longer as long as its handler works. So nobody else
begins what is still worked on, however long that takes; and what a process had taken on when it was
killed is taken over within ``LEASE``. Whoever could not renew in time (it was suspended, or the
database was away) may find that another has taken over: then both have made the request, the result
that comes first is the result, and only who holds the row may settle it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

from statewright.errors import StatewrightError
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.carrying import (
    Job,
    admitted,
    carried_out,
    give_up,
    jobs_from,
    place_of,
    wanted,
)
from statewright.runtime.effects.engine import AT_ONCE, BEATS, LEASE, Host
from statewright.runtime.effects.rounds import Rounds
from statewright.storage.queues import Claim, Settlement

_log = logging.getLogger(__name__)


class InProcessEngine:
    """Carries out requests in this process.

    A handler that keeps the event loop from running keeps leases from being renewed, too.

    Args:
        host: on whose behalf.
        poll: seconds after which it looks for requests that nobody has hinted at.
        at_once: how many requests it carries out at once.
        lease: microseconds for which it borrows a request at a time.
    """

    def __init__(
        self, host: Host, *, poll: float = 1.0, at_once: int = AT_ONCE, lease: int = LEASE
    ) -> None:
        self._host = host
        self._at_once = at_once
        self._lease = lease
        self._rounds = Rounds(host.store, host.clock, poll)
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._running: dict[asyncio.Task[None], Job] = {}

    async def open(self) -> None:
        """See ``Engine``."""
        self._stopping.clear()
        self._loop = asyncio.create_task(self._go_on(), name="statewright engine")

    async def close(self) -> None:
        """See ``Engine``."""
        self._stopping.set()
        self._rounds.hint()
        if self._loop is not None:
            # Not cancelled: what it is just borrowing would be lost until the end of the lease.
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        for job in self._running.values():
            job.give_up()
        while self._running:
            await asyncio.wait([*self._running])

    def hint(self) -> None:
        """See ``Engine``."""
        self._rounds.hint()

    def cancel(self, effects: Collection[str]) -> None:
        """See ``Engine``."""
        give_up(self._running.values(), effects)

    async def work(self, now: int) -> int:
        """See ``Engine``."""
        tasks = await self._begin(now)
        if tasks:
            await asyncio.wait(tasks)
        return len(tasks)

    async def _go_on(self) -> None:
        """Work until it is closed."""
        while not self._stopping.is_set():
            self._rounds.begin()
            begun: Sequence[asyncio.Task[None]] = ()
            try:
                begun = await self._begin(self._host.clock())
            except StatewrightError as error:
                _log.warning("the outbox cannot be read: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("the outbox cannot be read")
            if not begun and not self._stopping.is_set():
                await self._rounds.rest()

    # --- borrowing -----------------------------------------------------------------------------

    async def _begin(self, now: int) -> list[asyncio.Task[None]]:
        """Borrow as many requests as can be carried out now, and begin with them."""
        host = self._host
        while not self._stopping.is_set() and (free := self._at_once - len(self._running)) > 0:
            token = host.chance(16).hex()
            claims = await host.store.claim(token, now, held_until=now + self._lease, limit=free)
            if not claims:
                break
            if self._stopping.is_set():
                await host.store.finish([Settlement(claim, None, now) for claim in claims])
                break
            jobs = await jobs_from(host, self._new(claims))
            jobs = await wanted(host, jobs, self._rounds.finish)
            jobs = await admitted(host, jobs, self._rounds.finish)
            if jobs:
                return [self._start(job) for job in jobs]
        return []

    def _new(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims of what is not carried out here already.

        What we could not renew in time comes back to ourselves, too: then we hold it again.
        """
        running = {job.place: job for job in self._running.values()}
        new: list[Claim] = []
        for claim in claims:
            job = running.get(place_of(claim))
            if job is None:
                new.append(claim)
            else:
                job.claim, job.lost = claim, False
        return new

    # --- renewing ------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Renew what is carried out, until that is over."""
        while True:
            await asyncio.sleep(self._lease / SECOND / BEATS)
            try:
                await self._renew()
            except StatewrightError as error:
                _log.warning("what is carried out cannot be renewed: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("what is carried out cannot be renewed")

    async def _renew(self) -> None:
        jobs = [(job, job.claim) for job in self._running.values() if not job.lost]
        until = self._host.clock() + self._lease
        held = await self._host.store.renew([claim for _, claim in jobs], held_until=until)
        for (job, claim), holds in zip(jobs, held, strict=True):
            if not holds and not job.settling and job.claim is claim:
                job.lose()

    # --- carrying out --------------------------------------------------------------------------

    def _start(self, job: Job) -> asyncio.Task[None]:
        task = asyncio.create_task(self._carry_out(job), name=f"effect {job.effect.id}")
        self._running[task] = job
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._keep(), name="statewright leases")
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        if not self._running and self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None
        self._rounds.hint()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s is left to its lease", job.effect.id, exc_info=error)

    async def _carry_out(self, job: Job) -> None:
        """Carry out a request, bring its result back, and settle it; or give it back."""
        settlement = await carried_out(self._host, job, self._stopping.is_set)
        job.settling = True
        (held,) = await self._rounds.finish([settlement])
        if not held:
            _log.info("%s is settled by another process", job.effect.id)
