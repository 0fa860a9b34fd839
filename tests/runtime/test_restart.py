"""A process ends in the middle, and another goes on with its file: timers, inbox and requests too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from statewright.expressions import Literal
from statewright.runtime import Order, Runtime
from statewright.runtime.clock import SECOND
from statewright.runtime.timers import HOLD
from statewright.statechart import event_to_json
from statewright.statechart.event import Event
from statewright.storage import SQLStore
from statewright.storage.records import Message
from tests.runtime.worlds import caller, counter, release, sleeper, texts

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/flows.db"


async def test_everything_goes_on_in_another_process(url: str) -> None:
    async with Runtime(SQLStore(url), engine=None) as runtime:
        for name, chart in (
            ("counter", counter()),
            ("sleeper", sleeper(SECOND // 5)),
            ("caller", caller(Literal({}), type_="work")),
        ):
            await runtime.publish(release(chart), flow=name)
        counting, sleeping, calling = [
            await runtime.start(name) for name in ("counter", "sleeper", "caller")
        ]
        first = await runtime.send(counting.key, "one", message_id="m1")
        await runtime.send(calling.key, "go")
        # Accepted, and the process ends before it is handled.
        body = event_to_json(Event("message", {"text": "two"}))
        await runtime.store.accept([Message(counting.key, "m2", body, runtime.clock() - HOLD)])

    async def work(_order: Order) -> str:
        return "done"

    async with Runtime(SQLStore(url), handlers={"work": work}, poll=0.05) as runtime:
        assert (await runtime.send(counting.key, "one", message_id="m1")).text == first.text
        assert await runtime.key_of(counting.token) == counting.key
        async with asyncio.timeout(10):
            ticks = [answer async for answer in runtime.subscribe(sleeping.key)]
            async for answer in runtime.subscribe(calling.key, after=2):
                assert texts(answer) == ["got done"]
                break
        answer = await runtime.send(counting.key, "three")
        assert answer.data["heard"] == ["one", "two", "three"]
        assert texts(*ticks) == ["tick", "tick", "last tick"]
        for one in (counting, sleeping, calling):
            assert (await runtime.replay(one.key)).differences == ()
