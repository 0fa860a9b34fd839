"""Engines carry out the requests of the outbox, and bring their results back.

``Engine`` is the port. Behind it stands ``InProcessEngine``, which borrows rows of the outbox and
does the work itself; a durable engine would move them to its own queue instead. Either promises: a
request is carried out at least once, always under the same id; its result comes back as a message
whose id is made of that, so a turn is taken for it at most once.

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
from dataclasses import dataclass
from typing import Final, Protocol

from statewright.errors import StatewrightError
from statewright.runtime.clock import SECOND, Chance, Clock
from statewright.runtime.effects.handling import Outcome, Performer
from statewright.runtime.effects.retrying import retrying_of
from statewright.statechart import Effect, EffectKind, effect_from_json
from statewright.statechart.values.canonical import json_from_value, text_from_json
from statewright.storage.queues import Claim, Settlement
from statewright.storage.records import SessionKey
from statewright.storage.store import Store

LEASE: Final = 10 * SECOND
"""Microseconds for which a request is borrowed. The end is written by the clock of one process and
read by those of others: they may differ by less than this, or what is worked on is taken over."""

BEATS: Final = 5
"""How many times in that span it is renewed."""

AT_ONCE: Final = 32
"""How many requests are carried out at once in this process."""

LENT: Final = 10
"""How often a request may be borrowed, besides its tries, before it counts as deadly and fails."""

_log = logging.getLogger(__name__)


class Host(Protocol):
    """What an engine needs of the runtime."""

    store: Store
    clock: Clock
    chance: Chance
    performer: Performer

    async def awaited(self, requests: Sequence[tuple[SessionKey, str]]) -> Sequence[bool | None]:
        """For each session and effect id, whether the session waits for the result.

        None where that cannot be told, because the state of the session cannot be read.
        """
        ...

    def given_up(self, key: SessionKey, effect: Effect, outcome: Outcome) -> None:
        """Note that a request has failed for good."""
        ...

    async def deliver(self, key: SessionKey, effect: Effect, outcome: Outcome) -> bool:
        """Bring a result back, in a turn of its own; False where nobody waits for it any more."""
        ...


class Engine(Protocol):
    """Who carries out the requests of the outbox."""

    async def open(self) -> None:
        """Begin to work in the background."""
        ...

    async def close(self) -> None:
        """Stop. What is not finished will be taken up again at once, here or elsewhere."""
        ...

    def hint(self) -> None:
        """There may be new requests."""
        ...

    def cancel(self, effects: Collection[str]) -> None:
        """The results of these effects are not wanted any more."""
        ...

    async def work(self, now: int) -> int:
        """Carry out what is to be done at a time, and wait for it; how many requests it was."""
        ...


@dataclass(eq=False, slots=True)
class _Job:
    """A borrowed request that is carried out here.

    Attributes:
        claim: the request, and the proof that it is lent to us.
        effect: what it says.
        performing: its handler, as long as that works and may be given up.
        settling: whether it is just being settled, and so may have lost its lease by that.
        lost: whether another process has taken it over.
    """

    claim: Claim
    effect: Effect
    performing: asyncio.Task[Outcome] | None = None
    settling: bool = False
    lost: bool = False

    def give_up(self) -> None:
        """End the handler, if it still works."""
        if self.performing is not None:
            self.performing.cancel()


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
        self._poll = poll
        self._at_once = at_once
        self._lease = lease
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._running: dict[asyncio.Task[None], _Job] = {}

    async def open(self) -> None:
        """See ``Engine``."""
        self._stopping.clear()
        self._loop = asyncio.create_task(self._go_on(), name="statewright engine")

    async def close(self) -> None:
        """See ``Engine``."""
        self._stopping.set()
        self._wake.set()
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
        self._wake.set()

    def cancel(self, effects: Collection[str]) -> None:
        """See ``Engine``."""
        for job in self._running.values():
            if job.effect.id in effects:
                job.give_up()

    async def work(self, now: int) -> int:
        """See ``Engine``."""
        tasks = await self._begin(now)
        if tasks:
            await asyncio.wait(tasks)
        return len(tasks)

    async def _go_on(self) -> None:
        """Work until it is closed."""
        while not self._stopping.is_set():
            self._wake.clear()
            begun: Sequence[asyncio.Task[None]] = ()
            try:
                begun = await self._begin(self._host.clock())
            except StatewrightError as error:
                _log.warning("the outbox cannot be read: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("the outbox cannot be read")
            if not begun and not self._stopping.is_set():
                await _first(self._wake, self._poll)

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
            wanted = await self._wanted(await self._read(self._new(claims)))
            if wanted:
                return [self._start(job) for job in wanted]
        return []

    def _new(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims of what is not carried out here already.

        What we could not renew in time comes back to ourselves, too: then we hold it again.
        """
        running = {_place(job.claim): job for job in self._running.values()}
        new: list[Claim] = []
        for claim in claims:
            job = running.get(_place(claim))
            if job is None:
                new.append(claim)
            else:
                job.claim, job.lost = claim, False
        return new

    async def _read(self, claims: Sequence[Claim]) -> list[_Job]:
        """What is borrowed; a request that cannot be read is settled, for nobody can make it."""
        jobs: list[_Job] = []
        for claim in claims:
            try:
                jobs.append(_Job(claim, effect_from_json(claim.request.payload)))
            except StatewrightError as error:
                _log.error("the request %s cannot be made: %s", claim.request.key, error)
                unread = {"code": "unreadable", "message": str(error)}
                text = text_from_json({_KEYS[True]: unread})
                now = self._host.clock()
                await self._host.store.finish([Settlement(claim, text, now, failed=True)])
        return jobs

    async def _wanted(self, jobs: Sequence[_Job]) -> list[_Job]:
        """The jobs whose result somebody waits for; the others are settled.

        Where nobody can tell, because a session has to be restored first, nothing is begun yet.
        """
        host = self._host
        invoked = [job for job in jobs if job.effect.kind is EffectKind.INVOKE]
        awaited = await host.awaited([(job.claim.key, job.effect.id) for job in invoked])
        wanted = dict(zip(invoked, awaited, strict=True))
        now = host.clock()
        settlements = [
            Settlement(job.claim, None, now + _pause(job))
            if waits is None
            else Settlement(job.claim, _UNWANTED, now)
            for job, waits in wanted.items()
            if not waits
        ]
        if settlements:
            await host.store.finish(settlements)
        return [job for job in jobs if wanted.get(job, True)]

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
                self._lose(job)

    def _lose(self, job: _Job) -> None:
        """Stop holding a request that another process has taken over.

        What is sent in order ends here, for it goes on there; of anything else, the result that
        comes first is as good as the other.
        """
        job.lost = True
        _log.warning(
            "%s was taken over by another process: its lease was not renewed in time, or the "
            "clocks differ",
            job.effect.id,
        )
        if job.claim.request.stream:
            job.give_up()

    # --- carrying out --------------------------------------------------------------------------

    def _start(self, job: _Job) -> asyncio.Task[None]:
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
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s is left to its lease", job.effect.id, exc_info=error)

    async def _carry_out(self, job: _Job) -> None:
        """Carry out a request, bring its result back, and settle it; or give it back."""
        settlement = await self._settlement(job, await self._outcome(job))
        job.settling = True
        (held,) = await self._host.store.finish([settlement])
        if not held:
            _log.info("%s is settled by another process", job.effect.id)

    async def _outcome(self, job: _Job) -> Outcome | None:
        """What became of a request; None where it was given up.

        By ``close``, or by a turn that does not want it any more: whoever borrows it next finds
        out which.
        """
        if job.claim.attempts > retrying_of(job.effect).retries + 1 + LENT:
            message = "it was begun too often without coming to an end"
            return Outcome({"code": "abandoned", "message": message}, failed=True)
        performer = self._host.performer
        performing = performer.perform(job.claim.key, job.effect, job.claim.attempts)
        job.performing = asyncio.create_task(performing, name=f"handler {job.effect.id}")
        if self._stopping.is_set():
            job.give_up()
        try:
            await asyncio.wait({job.performing})
            return None if job.performing.cancelled() else job.performing.result()
        finally:
            job.give_up()
            job.performing = None

    async def _settlement(self, job: _Job, outcome: Outcome | None) -> Settlement:
        """What becomes of a request after a try; a result is brought back before it is stored."""
        host, claim = self._host, job.claim
        if outcome is None:
            return Settlement(claim, None, host.clock())
        retrying = retrying_of(job.effect, outcome.kind)
        later = retrying.before(job.effect.id, claim.attempts, outcome.wait)
        if claim.attempts <= retrying.retries:
            return Settlement(claim, None, host.clock() + later)
        if outcome.failed:
            what = f"{outcome.data['code']}: {outcome.data['message']}"
            _log.warning("%s of `%s` failed: %s", job.effect.kind, job.effect.state, what)
            host.given_up(claim.key, job.effect, outcome)
        if job.effect.kind is EffectKind.INVOKE:
            try:
                if not await host.deliver(claim.key, job.effect, outcome):
                    _log.info("the result of %s is stale", job.effect.id)
            except StatewrightError as error:
                _log.error("the result of %s cannot be brought back: %s", job.effect.id, error)
                return Settlement(claim, None, host.clock() + _pause(job))
        text = text_from_json({_KEYS[outcome.failed]: json_from_value(outcome.data)})
        return Settlement(claim, text, host.clock(), failed=outcome.failed)


_UNWANTED: Final = '{"unwanted":true}'
_KEYS: Final = {False: "data", True: "error"}


def _pause(job: _Job) -> int:
    """Microseconds until it is looked at again."""
    return retrying_of(job.effect).before(job.effect.id, job.claim.attempts)


def _place(claim: Claim) -> tuple[SessionKey, int, int]:
    """Which row of the outbox it is."""
    return claim.key, claim.revision, claim.ordinal


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
