"""What goes on without being asked: deadlines are met, requests carried out, schedules fired."""

from __future__ import annotations

import asyncio

from statewright.runtime.effects.engine import Engine
from statewright.runtime.scheduling import Scheduler
from statewright.runtime.timers import Sweeper
from statewright.runtime.turns.stepping import Stepped
from statewright.statechart import EffectKind


class Background:
    """The sweeper, the engine and the scheduler, as long as the runtime is open.

    Attributes:
        is_open: whether it goes on.

    Args:
        sweeper: sees to sessions that have something to do.
        engine: carries out requests; None for none in this process.
        scheduler: fires schedules; None for nobody in this process.
    """

    def __init__(
        self, sweeper: Sweeper, engine: Engine | None, scheduler: Scheduler | None
    ) -> None:
        self._sweeper = sweeper
        self._engine = engine
        self._scheduler = scheduler
        self._firing: asyncio.Task[None] | None = None
        self.is_open = False

    async def open(self) -> None:
        """Begin."""
        self.is_open = True
        self._sweeper.open()
        if self._scheduler is not None:
            firing = self._scheduler.run()
            self._firing = asyncio.create_task(firing, name="statewright schedules")
        if self._engine is not None:
            await self._engine.open()

    async def close(self) -> None:
        """Stop, and give back what is not finished."""
        self.is_open = False
        if self._firing is not None:
            self._firing.cancel()
            await asyncio.gather(self._firing, return_exceptions=True)
            self._firing = None
        await self._sweeper.close()
        if self._engine is not None:
            await self._engine.close()

    async def sweep(self, now: int) -> int:
        """See to what is due at a time, and fire schedules; how many turns were taken."""
        taken = await self._sweeper.sweep(now)
        if self._scheduler is not None:
            await self._scheduler.fire(now)
        return taken

    async def work(self, now: int) -> int:
        """Carry out the requests that are to be carried out at a time; how many there were."""
        return 0 if self._engine is None else await self._engine.work(now)

    def committed(self, made: Stepped) -> None:
        """A turn was committed in this process: what follows from it need not be looked for."""
        snapshot = made.step.snapshot
        self._sweeper.expect(snapshot.timers[0].due if snapshot.timers else None)
        if self._engine is None:
            return
        effects = made.step.effects
        if any(effect.kind in {EffectKind.INVOKE, EffectKind.SEND} for effect in effects):
            self._engine.hint()
        cancelled = [e.data["invocation"] for e in effects if e.kind is EffectKind.CANCEL]
        # What a session that was forked has given up, the other one may still wait for.
        own = f"{snapshot.session}:"
        cancelled = [effect for effect in cancelled if effect.startswith(own)]
        if cancelled:
            self._engine.cancel(cancelled)
