"""What becomes of one request that was borrowed: the same, whichever engine has borrowed it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from statewright.errors import FailureKind, StatewrightError
from statewright.runtime.effects.engine import LENT, Delivered, Host
from statewright.runtime.effects.handling import Outcome
from statewright.runtime.effects.retrying import retrying_of
from statewright.statechart import Effect, EffectKind, effect_from_json
from statewright.statechart.values.canonical import json_from_value, text_from_json
from statewright.storage.queues import Claim, Settlement
from statewright.storage.records import SessionKey

_log = logging.getLogger(__name__)

Place = tuple[SessionKey, int, int]
"""A row of the outbox: the session, the revision that asked, and the place in its turn."""


@dataclass(eq=False, slots=True)
class Job:
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

    @property
    def place(self) -> Place:
        """Which row of the outbox it is."""
        return place_of(self.claim)

    def give_up(self) -> None:
        """End the handler, if it still works."""
        if self.performing is not None:
            self.performing.cancel()

    def lose(self) -> None:
        """Stop holding a request that another process has taken over.

        What is sent in order ends here, for it goes on there; of anything else, the result that
        comes first is as good as the other.
        """
        self.lost = True
        _log.warning(
            "%s was taken over by another process: its lease was not renewed in time, or the "
            "clocks differ",
            self.effect.id,
        )
        if self.claim.request.stream:
            self.give_up()


def give_up(jobs: Iterable[Job], effects: Collection[str]) -> None:
    """End those jobs whose results are not wanted any more."""
    for job in jobs:
        if job.effect.id in effects:
            job.give_up()


def place_of(claim: Claim) -> Place:
    """Which row of the outbox it is."""
    return claim.key, claim.revision, claim.ordinal


Finish = Callable[[Sequence[Settlement]], Awaitable[tuple[bool, ...]]]
"""Stores what became of requests, as ``Store.finish`` does."""


async def jobs_from(host: Host, claims: Sequence[Claim]) -> list[Job]:
    """What is borrowed; a request that cannot be read is settled, for nobody can make it."""
    jobs: list[Job] = []
    for claim in claims:
        try:
            jobs.append(Job(claim, effect_from_json(claim.request.payload)))
        except StatewrightError as error:
            _log.error("the request %s cannot be made: %s", claim.request.key, error)
            unread = {"code": "unreadable", "message": str(error)}
            text = text_from_json({_KEYS[True]: unread})
            await host.store.finish([Settlement(claim, text, host.clock(), failed=True)])
    return jobs


async def wanted(host: Host, jobs: Sequence[Job], finish: Finish) -> list[Job]:
    """The jobs whose result somebody waits for; the others are settled.

    Where nobody can tell, because a session has to be restored first, nothing is begun yet.
    """
    invoked = [job for job in jobs if job.effect.kind is EffectKind.INVOKE]
    awaited = await host.awaited([(job.claim.key, job.effect.id) for job in invoked])
    waiting = dict(zip(invoked, awaited, strict=True))
    now = host.clock()
    settlements = [
        Settlement(job.claim, None, now + _pause(job))
        if waits is None
        else Settlement(job.claim, _UNWANTED, now)
        for job, waits in waiting.items()
        if not waits
    ]
    if settlements:
        await finish(settlements)
    return [job for job in jobs if waiting.get(job, True)]


async def admitted(host: Host, jobs: Sequence[Job], finish: Finish) -> list[Job]:
    """The jobs that may begin now; the others are given back until their limits allow them."""
    found = await host.performer.waits([(job.claim.key, job.effect) for job in jobs])
    waits = dict(zip(jobs, found, strict=True))
    now = host.clock()
    later = [
        Settlement(job.claim, None, now + wait, tried=False) for job, wait in waits.items() if wait
    ]
    if later:
        await finish(later)
    return [job for job, wait in waits.items() if not wait]


async def carried_out(host: Host, job: Job, stopping: Callable[[], bool]) -> Settlement:
    """Carry out a request and bring its result back; what is to become of the request then.

    Args:
        host: on whose behalf.
        job: the request; ``give_up`` ends it early.
        stopping: whether the engine is being closed.
    """
    return await _settlement(host, job, await _outcome(host, job, stopping))


async def _outcome(host: Host, job: Job, stopping: Callable[[], bool]) -> Outcome | None:
    """What became of a request; None where it was given up.

    By ``close``, or by a turn that does not want it any more: whoever borrows it next finds out
    which.
    """
    if job.claim.attempts > retrying_of(job.effect).retries + 1 + LENT:
        message = "it was begun too often without coming to an end"
        return Outcome({"code": "abandoned", "message": message}, failed=True)
    performing = host.performer.perform(job.claim.key, job.effect, job.claim.attempts)
    job.performing = asyncio.create_task(performing, name=f"handler {job.effect.id}")
    if stopping():
        job.give_up()
    try:
        await asyncio.wait({job.performing})
        return None if job.performing.cancelled() else job.performing.result()
    finally:
        job.give_up()
        job.performing = None


async def _settlement(host: Host, job: Job, outcome: Outcome | None) -> Settlement:
    """What becomes of a request after a try; a result is brought back before it is stored."""
    claim = job.claim
    if outcome is None:
        return Settlement(claim, None, host.clock())
    retrying = retrying_of(job.effect, outcome.kind)
    later = retrying.before(job.effect.id, claim.attempts, outcome.wait)
    # Who was not let in has other secrets now: whatever failed before, that is worth a try.
    if claim.attempts <= retrying.retries or outcome.kind is FailureKind.AUTHENTICATION:
        return Settlement(claim, None, host.clock() + later)
    delivered = Delivered.FATAL
    if job.effect.kind is EffectKind.INVOKE:
        try:
            delivered = await host.deliver(claim.key, job.effect, outcome)
        except StatewrightError as error:
            _log.error("the result of %s cannot be brought back: %s", job.effect.id, error)
            return Settlement(claim, None, host.clock() + _pause(job))
        if delivered is Delivered.STALE:
            _log.info("the result of %s is stale", job.effect.id)
    dead = outcome.complaint is not None and delivered is Delivered.FATAL
    if outcome.complaint is not None:
        level = logging.WARNING if dead else logging.INFO
        what = ": ".join(outcome.complaint)
        _log.log(level, "%s of `%s` failed: %s", job.effect.kind, job.effect.state, what)
        host.given_up(claim.key, job.effect, outcome, handled=not dead)
    return Settlement(claim, _kept_of(outcome, dead=dead), host.clock(), failed=dead)


def _kept_of(outcome: Outcome, *, dead: bool) -> str:
    """What is kept of a request that is over: of a dead letter, why it is one."""
    if dead and outcome.refusal is not None:
        code, message = outcome.refusal
        return text_from_json({_KEYS[True]: {"code": code, "message": message}})
    return text_from_json({_KEYS[outcome.failed]: json_from_value(outcome.data)})


_UNWANTED: Final = '{"unwanted":true}'
_KEYS: Final = {False: "data", True: "error"}


def _pause(job: Job) -> int:
    """Microseconds until it is looked at again."""
    return retrying_of(job.effect).before(job.effect.id, job.claim.attempts)
