"""Every test of the runtime that touches a store runs on each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from statewright.runtime import VirtualClock
from statewright.storage import MemoryStore, SQLStore, Store
from tests.runtime.worlds import NOW, World


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A store, empty and open, and a clock that stands still."""
    one = MemoryStore()

    def store() -> Store:
        return SQLStore(store_url) if store_url else one

    made = World(store, VirtualClock(NOW))
    yield made
    await made.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the data of the test are; ``""`` is memory."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/flows.db"
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql")()
        return url
    return ""
