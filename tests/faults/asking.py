"""A worker that carries out requests until it is killed: ``python asking.py URL LEASE ENGINE``.

It takes no messages, and borrows requests for so many seconds at a time. The engine is ``builtin``
or ``dbos``.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any

from statewright.runtime import InProcessEngine, Runtime
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.http import HttpHandler
from statewright.storage import SQLStore


def engine_from(name: str, url: str) -> Any:
    """The engine of a name."""
    if name == "builtin":
        return InProcessEngine
    from statewright.runtime.effects.dbos.engine import DbosEngine  # noqa: PLC0415 (an extra)
    from statewright.runtime.effects.dbos.workflows import (  # noqa: PLC0415 (as above)
        system_database_of,
    )

    return partial(DbosEngine, url=system_database_of(url))


async def work(url: str, lease: float, engine: str) -> None:
    """Carry out requests for ever."""
    handlers = {"http": HttpHandler(allow_private=True)}
    made = partial(engine_from(engine, url), lease=round(lease * SECOND), at_once=8)
    async with Runtime(SQLStore(url), handlers=handlers, engine=made):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], float(sys.argv[2]), sys.argv[3]))
