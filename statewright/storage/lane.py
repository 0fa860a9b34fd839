"""Lanes: calls that come while others are under way go together, in one batch.

A lane adds no waiting of its own. While it is idle a call goes at once; under load batches grow by
themselves, and one round trip and one commit serve many callers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final, Generic, TypeAlias, TypeVar

from statewright.errors import Overloaded, StorageUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")
ROOM: Final = 16_384
"""How many items may wait in a lane: more than a runtime has under way, and not without end."""

_Call: TypeAlias = tuple[Sequence[Item], "asyncio.Future[Sequence[Answer]]"]


class Lane(Generic[Item, Answer]):
    """A way for batches into threads.

    Args:
        work: answers a batch, in its order; runs in a thread of ``executor``.
        executor: has at least ``width`` threads.
        width: how many batches may be under way at once.
        length: how many items a batch has at most, unless one call brings more.
        room: how many items may wait.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Answer]],
        executor: Executor,
        *,
        width: int,
        length: int,
        room: int = ROOM,
    ) -> None:
        self._work = work
        self._executor = executor
        self._width = width
        self._length = length
        self._room = room
        self._waiting = 0
        self._calls: deque[_Call[Item, Answer]] = deque()
        self._running = 0
        self._runners: set[asyncio.Task[None]] = set()

    async def answers(self, items: Sequence[Item]) -> tuple[Answer, ...]:
        """The answers to some items, in their order; the items go in one batch.

        A caller that is cancelled before its batch is begun has asked for nothing; later, the work
        may be done or not.

        Raises:
            Overloaded: too many items wait.
        """
        if not items:
            return ()
        if self._waiting and self._waiting + len(items) > self._room:
            raise Overloaded(f"{self._waiting:,} calls of the database wait in this process")
        future: asyncio.Future[Sequence[Answer]] = asyncio.get_running_loop().create_future()
        self._calls.append((items, future))
        self._waiting += len(items)
        if self._running < self._width:
            self._running += 1
            runner = asyncio.create_task(self._run())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)
        return tuple(await future)

    async def drain(self) -> None:
        """Wait until everything that was asked is answered."""
        while self._runners:
            await asyncio.wait(self._runners)

    async def _run(self) -> None:
        try:
            while self._calls:
                calls = self._next()
                self._waiting -= sum(len(items) for items, _ in calls)
                # Whoever was cancelled meanwhile wants nothing any more.
                wanted = [call for call in calls if not call[1].done()]
                if wanted:
                    await self._serve(wanted)
        finally:
            self._running -= 1

    def _next(self) -> list[_Call[Item, Answer]]:
        calls = [self._calls.popleft()]
        size = len(calls[0][0])
        while self._calls and size + len(self._calls[0][0]) <= self._length:
            calls.append(self._calls.popleft())
            size += len(calls[-1][0])
        return calls

    async def _serve(self, calls: Sequence[_Call[Item, Answer]]) -> None:
        """Answer some calls together; where one of them spoils it, each alone."""
        items = [item for part, _ in calls for item in part]
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._executor, self._work, items)
        except Exception as error:  # noqa: BLE001 (whatever it is, it belongs to the callers)
            if len(calls) == 1 or isinstance(error, StorageUnavailable):
                for _, future in calls:
                    _settle(future, error)
            else:
                for call in calls:
                    await self._serve([call])
            return
        start = 0
        for part, future in calls:
            _settle(future, answers[start : start + len(part)])
            start += len(part)


def _settle(
    future: asyncio.Future[Sequence[Answer]], outcome: Sequence[Answer] | Exception
) -> None:
    if future.done():
        return  # its caller was cancelled
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
