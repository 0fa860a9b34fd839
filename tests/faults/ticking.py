"""A process that fires what is due until it is killed: ``python ticking.py URL OFFSET``.

Its clock is ahead by so many microseconds, so that a minute ends soon.
"""

from __future__ import annotations

import asyncio
import sys

from statewright.runtime import Runtime, system_clock
from statewright.storage import SQLStore


async def tick(url: str, offset: int) -> None:
    """Fire for ever, and say when it has begun."""
    runtime = Runtime(SQLStore(url), clock=lambda: system_clock() + offset, poll=0.05)
    async with runtime:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(tick(sys.argv[1], int(sys.argv[2])))
