"""What goes on without being asked: deadlines are seen to, and requests are carried out."""

from __future__ import annotations

import asyncio

from statewright.runtime.engine import Engine
from statewright.runtime.stepping import Stepped
from statewright.runtime.timers import Sweeper
from statewright.statechart import EffectKind


class Background:
    """The sweeper and the engine, if there is one, as long as the runtime is open.

    Args:
        sweeper: sees to sessions that have something to do.
        engine: carries out requests; None for none in this process.
    """

    def __init__(self, sweeper: Sweeper, engine: Engine | None) -> None:
        self._sweeper = sweeper
        self._engine = engine
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self._sweeping is not None

    async def open(self) -> None:
        """Begin."""
        self._sweeping = asyncio.create_task(self._sweeper.run(), name="statewright sweeper")
        if self._engine is not None:
            await self._engine.open()

    async def close(self) -> None:
        """Stop, and give back what is not finished."""
        sweeping, self._sweeping = self._sweeping, None
        if sweeping is not None:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
        if self._engine is not None:
            await self._engine.close()

    async def sweep(self, now: int) -> int:
        """See to what is due at a time; how many turns were taken."""
        return await self._sweeper.sweep(now)

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
        if cancelled:
            self._engine.cancel(cancelled)
