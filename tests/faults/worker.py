"""A worker that handles messages until it is killed, and says which it has acknowledged.

Run as ``python worker.py URL SESSION FIRST``: sends message after message to a session, and accepts
every third. A line is printed, and flushed, for each one that was acknowledged.
"""

from __future__ import annotations

import asyncio
import sys

from statewright.runtime import Order, Runtime
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey


async def ledger(_order: Order) -> None:
    """Takes every receipt."""


async def work(url: str, session: str, first: int) -> None:
    """Send messages for ever, numbered from the first, by four senders."""
    key = SessionKey("default", session)
    numbers = iter(range(first, first + 1_000_000))

    async def sender(runtime: Runtime) -> None:
        for number in numbers:
            message = f"m{number}"
            if number % 3:
                await runtime.send(key, message, message_id=message)
            else:
                await runtime.accept(key, message, message_id=message)
            sys.stdout.write(f"{message}\n")
            sys.stdout.flush()

    async with Runtime(SQLStore(url), handlers={"ledger": ledger}) as runtime:
        await asyncio.gather(*(sender(runtime) for _ in range(4)))


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3])))
