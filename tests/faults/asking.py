"""A worker that carries out requests until it is killed: ``python asking.py URL LEASE``.

It takes no messages, and borrows requests for so many seconds at a time.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from statewright.runtime import InProcessEngine, Runtime
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.http import HttpHandler
from statewright.storage import SQLStore


async def work(url: str, lease: float) -> None:
    """Carry out requests for ever."""
    engine = partial(InProcessEngine, lease=round(lease * SECOND))
    handlers = {"http": HttpHandler(allow_private=True)}
    async with Runtime(SQLStore(url), handlers=handlers, engine=engine):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], float(sys.argv[2])))
