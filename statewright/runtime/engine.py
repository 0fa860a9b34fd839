"""Engines carry out the requests of the outbox, and bring their results back.

``Engine`` is the port. Behind it stands ``InProcessEngine``, which borrows rows of the outbox and
does the work itself; a durable engine would move them to its own queue instead. Either promises: a
request is carried out at least once, always under the same id; its result comes back as a message
whose id is made of that, so a turn is taken for it at most once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from statewright.errors import StatewrightError
from statewright.runtime.clock import SECOND, Chance, Clock
from statewright.runtime.handling import Outcome, Performer, retries_of
from statewright.statechart import Effect, EffectKind, effect_from_json
from statewright.statechart.canonical import json_from_value, text_from_json
from statewright.storage.records import Claim, SessionKey, Settlement
from statewright.storage.store import Store

LEASE: Final = 120 * SECOND
"""Microseconds for which a request is borrowed: longer than any handler may take."""

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

    async def awaited(self, requests: Sequence[tuple[SessionKey, str]]) -> Sequence[bool]:
        """For each session and effect id, whether the session waits for the result."""
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
        """Stop. What is not finished will be taken up again, here or elsewhere."""
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


@dataclass(frozen=True, slots=True)
class _Job:
    """A borrowed request and what it says."""

    claim: Claim
    effect: Effect


class InProcessEngine:
    """Carries out requests in this process. Rows come back by their lease where it dies.

    Args:
        host: on whose behalf.
        poll: seconds after which it looks for requests that nobody has hinted at.
        at_once: how many requests it carries out at once.
    """

    def __init__(self, host: Host, *, poll: float = 1.0, at_once: int = AT_ONCE) -> None:
        self._host = host
        self._poll = poll
        self._at_once = at_once
        self._loop: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], _Job] = {}
        # Of those, the effects that still wait for their handler, and so may be given up.
        self._performing: set[str] = set()

    async def open(self) -> None:
        """See ``Engine``."""
        self._loop = asyncio.create_task(self._go_on(), name="statewright engine")

    async def close(self) -> None:
        """See ``Engine``."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        self._give_up(self._performing)
        await asyncio.gather(*self._running, return_exceptions=True)

    def hint(self) -> None:
        """See ``Engine``."""
        self._wake.set()

    def cancel(self, effects: Collection[str]) -> None:
        """See ``Engine``."""
        self._give_up(self._performing.intersection(effects))

    def _give_up(self, effects: Collection[str]) -> None:
        for task, job in self._running.items():
            if job.effect.id in effects:
                task.cancel()

    async def work(self, now: int) -> int:
        """See ``Engine``."""
        tasks = await self._begin(now)
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(tasks)

    async def _go_on(self) -> None:
        """Work until the end of days."""
        while True:
            self._wake.clear()
            begun: Sequence[asyncio.Task[None]] = ()
            try:
                begun = await self._begin(self._host.clock())
            except StatewrightError as error:
                _log.warning("the outbox cannot be read: %s", error)
            except Exception:  # noqa: BLE001 (the loop has to go on)
                _log.exception("the outbox cannot be read")
            if not begun:
                await _first(self._wake, self._poll)

    async def _begin(self, now: int) -> list[asyncio.Task[None]]:
        """Borrow as many requests as can be carried out now, and begin with them."""
        host = self._host
        while (free := self._at_once - len(self._running)) > 0:
            token = host.chance(16).hex()
            claims = await host.store.claim(token, now, held_until=now + LEASE, limit=free)
            if not claims:
                break
            wanted = await self._wanted([_job(claim) for claim in claims])
            if wanted:
                return [self._start(job) for job in wanted]
        return []

    def _start(self, job: _Job) -> asyncio.Task[None]:
        task = asyncio.create_task(self._carry_out(job), name=f"effect {job.effect.id}")
        self._running[task] = job
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        job = self._running.pop(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s is left to its lease", job.effect.id, exc_info=error)

    async def _wanted(self, jobs: list[_Job]) -> list[_Job]:
        """The jobs whose result somebody waits for; the others are settled."""
        host = self._host
        invoked = [job for job in jobs if job.effect.kind is EffectKind.INVOKE]
        awaited = await host.awaited([(job.claim.key, job.effect.id) for job in invoked])
        stale = [job for job, wanted in zip(invoked, awaited, strict=True) if not wanted]
        if stale:
            now = host.clock()
            await host.store.finish([Settlement(job.claim, _UNWANTED, now) for job in stale])
        return [job for job in jobs if job not in stale]

    async def _carry_out(self, job: _Job) -> None:
        """Carry out a request, bring its result back, and settle it; or give it back."""
        host = self._host
        claim, effect = job.claim, job.effect
        self._performing.add(effect.id)
        try:
            outcome = await self._outcome(job)
        except asyncio.CancelledError:
            # By `close`, or by a turn that does not want it any more: whoever borrows it next
            # finds out which.
            await _shielded(host, Settlement(claim, None, host.clock()))
            raise
        finally:
            self._performing.discard(effect.id)
        if outcome is None:
            later = host.clock() + _backoff(claim.attempts)
            await host.store.finish([Settlement(claim, None, later)])
            return
        if outcome.failed:
            what = f"{outcome.data['code']}: {outcome.data['message']}"
            _log.warning("%s of `%s` failed: %s", effect.kind, effect.state, what)
        if effect.kind is EffectKind.INVOKE and not await host.deliver(claim.key, effect, outcome):
            _log.info("the result of %s is stale", effect.id)
        text = text_from_json({_KEYS[outcome.failed]: json_from_value(outcome.data)})
        await host.store.finish([Settlement(claim, text, host.clock())])

    async def _outcome(self, job: _Job) -> Outcome | None:
        """What became of a request; None where it is to be tried again later."""
        tries = retries_of(job.effect) + 1
        if job.claim.attempts > tries + LENT:
            message = "it was begun too often without coming to an end"
            return Outcome({"code": "abandoned", "message": message}, failed=True)
        performer = self._host.performer
        outcome = await performer.perform(job.claim.key, job.effect, job.claim.attempts)
        return None if outcome.again and job.claim.attempts < tries else outcome


_UNWANTED: Final = '{"unwanted":true}'
_KEYS: Final = {False: "data", True: "error"}


def _job(claim: Claim) -> _Job:
    return _Job(claim, effect_from_json(claim.request.payload))


async def _shielded(host: Host, settlement: Settlement) -> None:
    """Give a request back, whoever wants this task to end."""
    giving = asyncio.ensure_future(host.store.finish([settlement]))
    try:
        await asyncio.shield(giving)
    except StatewrightError as error:
        _log.warning("a request was not given back, and comes back by its lease: %s", error)


async def _first(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


def _backoff(attempts: int) -> int:
    """Microseconds until the next try: 1 s, 2 s, 4 s, … at most a minute."""
    seconds: int = min(60, 1 << min(attempts - 1, 6))
    return seconds * SECOND
