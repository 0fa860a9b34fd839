"""The engine that has DBOS hand the work out: a workflow for each request.

Nothing of DBOS is known outside this package. The outbox stays the truth: DBOS is told which row is
meant and nothing of what it says, so what its tables hold is free of what people have said, and may
be lost. A row that is handed over is lent to the token of this engine, and is finished or given
back by whichever process carries its workflow out. The workflow has the id of the request, and is
deleted before another try is handed over.

*Liveness.* DBOS without its conductor leaves the workflows of a process that was killed pending for
ever. The lease of the row is the sign of life here: who carries a request out renews it, and so
does who has handed it over, as long as it waits in the queue. A row whose lease has run out is
borrowed again by any process; if its workflow is still pending a beat later, nobody works on it,
and it is put back into the queue.

*One DBOS a process.* DBOS is global, so one engine of this kind may be open in a process, and none
where DBOS is used for something else. Its tables are in the same database (PostgreSQL, schema
``dbos``) or in a file beside it (SQLite).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from statewright.errors import StatewrightError
from statewright.runtime.clock import SECOND, happened
from statewright.runtime.effects.carrying import (
    Job,
    Place,
    admitted,
    carried_out,
    give_up,
    jobs_from,
    place_of,
    wanted,
)
from statewright.runtime.effects.dbos.workflows import Dbos, Standing, launched
from statewright.runtime.effects.engine import AT_ONCE, BEATS, LEASE, Host
from statewright.runtime.effects.rounds import Rounds
from statewright.storage.queues import Claim, Settlement

TOKEN: Final = "dbos"  # noqa: S105 (it proves a lease, and is no secret)
"""Proves the lease of a row that is handed over: all processes with this engine share it."""

GLANCE: Final = 0.03
"""Seconds after which it looks again at a workflow that is about to be over."""

TIDY: Final = 60.0
"""Seconds after which workflows that are over are deleted."""

_log = logging.getLogger(__name__)


class DbosEngine:
    """Carries out requests that DBOS hands out to the processes that share a database.

    Args:
        host: on whose behalf.
        url: of the database in which DBOS keeps its tables.
        poll: seconds after which it looks for requests that nobody has hinted at.
        queue_poll: seconds after which DBOS looks for what was handed over.
        at_once: how many requests are carried out at once in this process.
        lease: microseconds for which a request is borrowed at a time.
    """

    def __init__(
        self,
        host: Host,
        url: str,
        *,
        poll: float = 1.0,
        queue_poll: float = 0.05,
        at_once: int = AT_ONCE,
        lease: int = LEASE,
    ) -> None:
        self._host = host
        self._url = url
        self._queue_poll = queue_poll
        self._at_once = at_once
        self._lease = lease
        self._rounds = Rounds(host.store, host.clock, poll)
        self._stopping = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self._dbos: Dbos | None = None
        self._launching = asyncio.Lock()
        # What this process has handed over and nobody has begun, as far as it knows.
        self._handed: dict[Place, Claim] = {}
        # What it has borrowed again while its workflow was pending, and since when it has.
        self._doubted: dict[Place, tuple[Claim, float]] = {}
        self._running: dict[Place, Job] = {}

    # --- from beginning to end -----------------------------------------------------------------

    async def open(self) -> None:
        """See ``Engine``.

        Raises:
            CallerError: DBOS is used in this process already.
            StorageUnavailable: its database cannot be used.
        """
        await self._launch()
        self._stopping.clear()
        self._loops = [
            asyncio.create_task(self._relay(), name="statewright relay"),
            asyncio.create_task(self._keep(), name="statewright leases"),
        ]

    async def close(self) -> None:
        """See ``Engine``."""
        self._stopping.set()
        self._rounds.hint()
        # Not cancelled: what they are just borrowing would be lost until the end of the lease.
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []
        if self._dbos is None:
            return
        for job in self._running.values():
            job.give_up()
        dbos, self._dbos = self._dbos, None
        await dbos.close()

    def hint(self) -> None:
        """See ``Engine``."""
        self._rounds.hint()

    def cancel(self, effects: Collection[str]) -> None:
        """See ``Engine``."""
        give_up(self._running.values(), effects)

    async def work(self, now: int) -> int:
        """See ``Engine``."""
        dbos = await self._launch()
        taken = await self._hand_over(dbos, now)
        ids = [claim.request.key for claim in taken]
        while self._doubted or await dbos.unfinished(ids):
            await self._resolve(dbos)
            await asyncio.sleep(GLANCE)
        return len(taken)

    async def _launch(self) -> Dbos:
        async with self._launching:
            if self._dbos is None:
                self._dbos = await launched(
                    self._url, self._carry_out, at_once=self._at_once, poll=self._queue_poll
                )
            return self._dbos

    # --- handing over --------------------------------------------------------------------------

    async def _relay(self) -> None:
        """Hand over until it is closed."""
        while not self._stopping.is_set():
            self._rounds.begin()
            taken: Sequence[Claim] = ()
            try:
                dbos = await self._launch()
                await self._resolve(dbos)
                if len(self._handed) >= self._at_once:
                    await self._let_go(dbos)
                taken = await self._hand_over(dbos, self._host.clock())
            except StatewrightError as error:
                _log.warning("requests cannot be handed over: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("requests cannot be handed over")
            if not taken and not self._stopping.is_set():
                busy = self._doubted or len(self._handed) >= self._at_once
                await self._rounds.rest(GLANCE if busy else None)

    async def _hand_over(self, dbos: Dbos, now: int) -> list[Claim]:
        """Borrow requests that are to be carried out, and see that DBOS hands them out."""
        host = self._host
        while not self._stopping.is_set() and (free := 2 * self._at_once - len(self._handed)) > 0:
            claims = await host.store.claim(TOKEN, now, held_until=now + self._lease, limit=free)
            if not claims:
                break
            # What we could not renew in time comes back to ourselves, too: then we hold it again.
            claims = tuple(one for one in claims if place_of(one) not in self._running)
            jobs = await jobs_from(host, claims)
            jobs = await wanted(host, jobs, self._rounds.finish)
            jobs = await admitted(host, jobs, self._rounds.finish)
            if jobs:
                taken = [job.claim for job in jobs]
                await self._begin(dbos, taken)
                return taken
        return []

    async def _begin(self, dbos: Dbos, claims: Sequence[Claim]) -> None:
        """See that each request has a workflow that somebody will carry out."""
        found = await dbos.workflows([claim.request.key for claim in claims])
        missing: list[Claim] = []
        for claim in claims:
            standing = found.get(claim.request.key, Standing.OVER)
            if standing is Standing.PENDING:
                self._doubted.setdefault(place_of(claim), (claim, time.monotonic()))
            else:
                self._handed[place_of(claim)] = claim
                if standing is Standing.OVER:
                    missing.append(claim)
        workflows = [(claim.request.key, place_of(claim)) for claim in missing]
        await dbos.enqueue(workflows, [id_ for id_, _ in workflows if id_ in found])

    async def _resolve(self, dbos: Dbos) -> None:
        """Find out what became of workflows that were pending when their rows were borrowed.

        Either they were just coming to an end, or whoever had begun them is gone: who lives renews
        the row, and it could not have been borrowed.
        """
        if not self._doubted:
            return
        found = await dbos.workflows([claim.request.key for claim, _ in self._doubted.values()])
        patience = self._lease / SECOND / BEATS
        for place, (claim, since) in [*self._doubted.items()]:
            id_ = claim.request.key
            if found.get(id_) is not Standing.PENDING:
                del self._doubted[place]
                await self._begin(dbos, [claim])
            elif time.monotonic() - since > patience:
                del self._doubted[place]
                self._handed[place] = claim
                _log.warning("%s is taken over: whoever had begun it does not answer", id_)
                await dbos.resume(id_)

    # --- renewing ------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Renew what was handed over and what is carried out, until it is closed."""
        tidied = 0.0
        while not self._stopping.is_set():
            await happened(self._stopping, self._lease / SECOND / BEATS)
            try:
                dbos = await self._launch()
                await self._renew(dbos)
                if time.monotonic() - tidied > TIDY:
                    tidied = time.monotonic()
                    await dbos.tidy()
            except StatewrightError as error:
                _log.warning("what was handed over cannot be renewed: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("what was handed over cannot be renewed")

    async def _renew(self, dbos: Dbos) -> None:
        running = {job.claim.request.key: job for job in self._running.values() if not job.lost}
        for id_ in await dbos.elsewhere([*running]):
            if not running[id_].settling:
                running[id_].lose()
        await self._let_go(dbos)
        holds = [
            *(job.claim for job in self._running.values() if not job.lost),
            *self._handed.values(),
            *(claim for claim, _ in self._doubted.values()),
        ]
        await self._host.store.renew(holds, held_until=self._host.clock() + self._lease)

    async def _let_go(self, dbos: Dbos) -> None:
        """Forget what was handed over and has been begun by some process."""
        handed = {claim.request.key: place for place, claim in self._handed.items()}
        found = await dbos.workflows([*handed])
        for id_, place in handed.items():
            if found.get(id_) is not Standing.WAITING:
                self._handed.pop(place, None)

    # --- carrying out --------------------------------------------------------------------------

    async def _carry_out(self, place: Place) -> None:
        """Carry out what DBOS has handed out to this process."""
        self._handed.pop(place, None)
        if place in self._running:
            return
        try:
            claim = await self._held(place)
            if claim is None:
                return
            if self._stopping.is_set():
                now = self._host.clock()
                await self._host.store.finish([Settlement(claim, None, now, tried=False)])
                return
            jobs = await jobs_from(self._host, [claim])
            for job in await wanted(self._host, jobs, self._rounds.finish):
                await self._settle(job)
        except StatewrightError as error:
            _log.error("the request of turn %d of %s is left: %s", place[1], place[0], error)
        finally:
            self._rounds.hint()

    async def _held(self, place: Place) -> Claim | None:
        """The request of a row, if it is lent to this engine; None where it is not any more."""
        (requests,) = await self._host.store.requests([place[0]])
        for one in requests:
            if place_of(one) == place:
                claim = replace(one, token=TOKEN)
                until = self._host.clock() + self._lease
                (held,) = await self._host.store.renew([claim], held_until=until)
                return claim if held else None
        return None

    async def _settle(self, job: Job) -> None:
        """Carry a request out, bring its result back, and settle it; or give it back."""
        self._running[job.place] = job
        try:
            settlement = await carried_out(self._host, job, self._stopping.is_set)
            job.settling = True
            if settlement.result is not None or not job.lost:
                await self._rounds.finish([settlement])
        finally:
            del self._running[job.place]
