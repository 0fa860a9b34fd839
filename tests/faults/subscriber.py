"""A subscriber that notes every turn of a session until it is killed.

Run as ``python subscriber.py URL SESSION AFTER``: prints, and flushes, the revision of each turn
behind AFTER. What was printed is its cursor.
"""

from __future__ import annotations

import asyncio
import sys

from statewright.runtime import Runtime
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey


async def subscribe(url: str, session: str, after: int) -> None:
    runtime = Runtime(SQLStore(url), engine=None, poll=0.02)
    await runtime.store.open()
    async for answer in runtime.subscribe(SessionKey("default", session), after=after):
        sys.stdout.write(f"{answer.revision}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(subscribe(sys.argv[1], sys.argv[2], int(sys.argv[3])))
