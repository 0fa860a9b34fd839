"""A process that works without serving: requests, timers and schedules, and no HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Final

from statewright.http.making import Making
from statewright.http.server import NO_WORKER, runtime_on
from statewright.http.watching import Watch, watchers_of
from statewright.runtime.residents import spare_residents

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def work(
    database: str,
    announce: Callable[[], None],
    *,
    watch: Watch,
    making: Making,
) -> None:
    """Work until SIGINT or SIGTERM, then give back what was begun.

    Args:
        database: the URL of the database; its tables are made where they are missing.
        announce: is called as soon as it works.
        watch: how it is watched.
        making: how requests are made.

    Raises:
        HostError: the database cannot be used.
    """
    os.environ.pop(NO_WORKER, None)
    os.environ.update(making.environment())
    asyncio.run(_work(database, announce, watch))


async def _work(database: str, announce: Callable[[], None], watch: Watch) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = {
        # Not `add_signal_handler`, which Windows does not have.
        number: signal.signal(number, lambda *_: loop.call_soon_threadsafe(over.set))
        for number in _SIGNALS
    }
    try:
        async with runtime_on(database, watchers_of(watch)):
            spare_residents()
            announce()
            await over.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
