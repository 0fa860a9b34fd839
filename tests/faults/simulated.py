"""A world in which chance decides who is how fast, and the same chance always decides alike.

``SimulatedLoop`` is an event loop without real time and without threads: time passes only while
everybody waits, and what would go into a thread is carried out at once, in one go, at a moment of
chance. ``Wavering`` is a store whose calls take their time before and after they are carried out,
that fails now and then on either side, and that can die with whoever uses it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from selectors import SelectSelector
from typing import Any, Final

from statewright.errors import StorageUnavailable
from statewright.storage import SQLStore

DELAYS: Final = (0.0, 0.0, 0.0, 0.001, 0.002, 0.005, 0.02, 0.2)
"""Seconds that a step may take; most are quick, and some very slow."""


class _Asleep(SelectSelector):
    """Lets time pass instead of waiting for files."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self.now += timeout
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes by itself.

    Args:
        chance: says how long what would go into a thread takes.
    """

    def __init__(self, chance: random.Random) -> None:
        self._asleep = _Asleep()
        self._chance = chance
        super().__init__(self._asleep)

    def time(self) -> float:
        """Seconds since the world began."""
        return self._asleep.now

    def run_in_executor(  # type: ignore[override]
        self, _executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Carry out a call as if it were in a thread; whoever is cancelled meanwhile is not told."""
        future = self.create_future()

        def carry_out() -> None:
            if future.done():
                return
            try:
                told = partial(future.set_result, func(*args))
            except Exception as error:  # noqa: BLE001 (it is for whoever called)
                told = partial(future.set_exception, error)
            self.soon(partial(tell, told))

        def tell(told: Callable[[], None]) -> None:
            if not future.done():
                told()

        self.soon(carry_out)
        return future

    def soon(self, call: Callable[[], Any]) -> None:
        """Call something at a moment of chance."""
        self.call_later(self._chance.choice(DELAYS), call)


class SimulatedThreads(Executor):
    """Threads of a simulated loop, in which one thing is done after another."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Carry out a call at a moment of chance."""
        future: Future[Any] = Future()

        def carry_out() -> None:
            try:
                future.set_result(fn(*args, **options))
            except Exception as error:  # noqa: BLE001 (it is for whoever called)
                future.set_exception(error)

        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulatedLoop)
        loop.soon(carry_out)
        return future


class SimulatedSQLStore(SQLStore):
    """A store on SQL without threads."""

    async def open(self) -> None:
        """See ``Store``."""
        await super().open()
        for lane in (self._open.loads, self._open.commits):
            lane._executor = SimulatedThreads()


class Wavering:
    """A store between somebody and a store, of which every method takes time and may fail.

    Args:
        store: the other one.
        chance: decides.
        failing: how likely a call fails, before or after it was carried out.
    """

    def __init__(self, store: Any, chance: random.Random, failing: float) -> None:
        self._store = store
        self._chance = chance
        self.failing = failing
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if not asyncio.iscoroutinefunction(found) or name in {"open", "close"}:
            return found

        async def call(*args: Any, **options: Any) -> Any:
            await self._moment(name)
            result = await found(*args, **options)
            await self._moment(name)
            return result

        return call

    async def _moment(self, name: str) -> None:
        await asyncio.sleep(self._chance.choice(DELAYS))
        if self.dead:
            await asyncio.get_running_loop().create_future()
        # What was published once must not be published again.
        if name != "publish" and self._chance.random() < self.failing:
            raise StorageUnavailable("the connection was cut")
