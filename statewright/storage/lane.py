"""Lanes: calls that come while others are under way go together, in one batch.

While a lane is idle a call goes at once; under load batches grow by themselves, and one round trip
and one commit serve many callers. Half of what a small batch costs does not depend on its size, so
none begins beside much larger ones: else batches that are under way at once wear each other down,
until each carries few. A call waits for that no longer than those take, or ``PATIENCE``.

Those who were answered together ask again one after another. If all of them went together again,
the database would do nothing meanwhile, and then everybody else. So where several batches may be
under way, one begins as soon as its share of those have asked who were there lately. With three,
one is made ready while the database works on another, and the disk on the third.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import accumulate
from typing import Final, Generic, TypeAlias, TypeVar

from statewright.errors import Overloaded, StorageUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")
ROOM: Final = 16_384
"""How many items may wait in a lane: more than a runtime has under way, and not without end."""

PATIENCE: Final = 0.05
"""The longest that a call waits, in seconds, beside a larger batch, where another might begin."""

FEW: Final = 4
"""How many items, at least, make a batch while others are still about to come."""

MANY: Final = 8
"""How many items each share of a crowd has, at least, where it is parted among more than two."""

LIKE: Final = 0.75
"""How large a batch is, at least, beside others, as a part of their mean size."""

_MEMORY: Final = 64
"""After about so many batches it is forgotten how many there once were."""

Quick: TypeAlias = Callable[[Sequence[Item], Callable[[Sequence[Answer] | None], None]], bool]
"""Begins to answer a batch without a thread, and says whether it does; tells the answers later, or
None where the batch has to go to a thread after all."""

_Call: TypeAlias = tuple[Sequence[Item], "asyncio.Future[Sequence[Answer]]"]


class Lane(Generic[Item, Answer]):
    """A way for batches into threads.

    Args:
        work: answers a batch, in its order; runs in a thread of ``executor``.
        executor: has at least ``width`` threads.
        width: how many batches may be under way at once.
        length: how many items a batch has at most, unless one call brings more.
        room: how many items may wait.
        quick: answers batches without a thread, if it can.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Answer]],
        executor: Executor,
        *,
        width: int,
        length: int,
        room: int = ROOM,
        quick: Quick[Item, Answer] = lambda _items, _tell: False,
    ) -> None:
        self._work = work
        self._quick = quick
        self._executor = executor
        self._width = width
        self._length = length
        self._room = room
        self._waiting = 0
        self._calls: deque[_Call[Item, Answer]] = deque()
        self._running = 0
        self._under_way = 0
        self._batches = 0
        self._crowd = 0.0
        self._is_about_to_begin = False
        self._held: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()

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
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Sequence[Answer]] = loop.create_future()
        self._calls.append((items, future))
        self._waiting += len(items)
        self._begin_or_wait(loop)
        return tuple(await future)

    async def drain(self) -> None:
        """Wait until everything that was asked is answered."""
        while self._running:
            self._idle.clear()
            await self._idle.wait()

    def _begin_or_wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a batch, now or when those have asked who are about to run, where there is room."""
        self._crowd = max(self._crowd, self._waiting + self._under_way)
        if not (self._is_about_to_begin or self._running < self._width):
            return
        if not self._is_time():
            self._hold(loop)
            return
        if not self._is_about_to_begin:
            self._running += 1
        if self._is_share():
            self._is_about_to_begin = False
            self._begin(loop)
            if self._waiting:  # They were more than go into a batch.
                self._begin_or_wait(loop)
        elif not self._is_about_to_begin:
            self._is_about_to_begin = True
            loop.call_soon(self._begin_at_last, loop)

    def _begin_at_last(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin what is to begin now that all have asked who were about to run."""
        if not self._is_about_to_begin:
            return
        self._is_about_to_begin = False
        self._go_on(loop)
        while self._waiting and self._running < self._width and self._is_time():
            self._running += 1
            self._begin(loop)

    def _is_share(self) -> bool:
        """Whether so many wait that the rest of the crowd need not be waited for."""
        parts = self._width if self._crowd >= MANY * self._width else min(2, self._width)
        return parts > 1 and self._waiting >= max(FEW, self._crowd / parts)

    def _is_time(self) -> bool:
        """Whether those who wait are worth a batch of their own."""
        if not self._batches:
            return True
        return self._waiting >= min(LIKE * self._under_way / self._batches, self._length)

    def _hold(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let those who wait, if any, wait for more, or for those that are under way."""
        if self._waiting and self._held is None:
            self._held = loop.call_later(PATIENCE, self._hold_no_longer, loop)

    def _hold_no_longer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a batch, however small, where there is room for one."""
        self._held = None
        if self._waiting and self._running < self._width:
            self._running += 1
            self._begin(loop)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the next batch, if it is time for one."""
        if self._is_time():
            self._begin(loop)
        else:
            self._hold(loop)
            self._rest()

    def _rest(self) -> None:
        self._running -= 1
        self._idle.set()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the next batch, if anybody waits for one."""
        self._crowd -= self._crowd / _MEMORY
        calls = self._next()
        if not calls:
            self._rest()
            return
        items = [item for part, _ in calls for item in part]
        self._under_way += len(items)
        self._batches += 1
        if not self._quick(items, partial(self._answered, calls, loop)):
            self._submit(calls, loop)

    def _answered(
        self,
        calls: Sequence[_Call[Item, Answer]],
        loop: asyncio.AbstractEventLoop,
        answers: Sequence[Answer] | None,
    ) -> None:
        """Take what was answered without a thread."""
        if answers is None:
            self._submit(calls, loop)
        else:
            self._settle(calls, _parted(answers, [items for items, _ in calls]), loop)

    def _submit(
        self, calls: Sequence[_Call[Item, Answer]], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Have some calls answered in a thread."""
        try:
            self._executor.submit(self._serve, calls, loop)
        except RuntimeError as error:  # The executor was shut down.
            self._settle(calls, [error] * len(calls), loop)

    def _next(self) -> list[_Call[Item, Answer]]:
        """The calls of the next batch."""
        calls: list[_Call[Item, Answer]] = []
        size = 0
        while self._calls and (not calls or size + len(self._calls[0][0]) <= self._length):
            items, future = self._calls.popleft()
            self._waiting -= len(items)
            # Whoever was cancelled meanwhile wants nothing any more.
            if not future.done():
                calls.append((items, future))
                size += len(items)
        return calls

    def _serve(self, calls: Sequence[_Call[Item, Answer]], loop: asyncio.AbstractEventLoop) -> None:
        """Answer some calls, in a thread."""
        outcomes = self._outcomes([items for items, _ in calls])
        loop.call_soon_threadsafe(self._settle, calls, outcomes, loop)

    def _outcomes(self, parts: Sequence[Sequence[Item]]) -> list[Sequence[Answer] | Exception]:
        """The answers to each part of a batch; where one of them spoils it, to each alone."""
        try:
            answers = self._work([item for part in parts for item in part])
        except Exception as error:  # noqa: BLE001 (whatever it is, it belongs to the callers)
            if len(parts) == 1 or isinstance(error, StorageUnavailable):
                return [error] * len(parts)
            return [outcome for part in parts for outcome in self._outcomes([part])]
        return _parted(answers, parts)

    def _settle(
        self,
        calls: Sequence[_Call[Item, Answer]],
        outcomes: Sequence[Sequence[Answer] | Exception],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Tell each caller, and go on."""
        self._batches -= 1
        self._under_way -= sum(len(items) for items, _ in calls)
        for (_, future), outcome in zip(calls, outcomes, strict=True):
            if future.done():
                continue  # Its caller was cancelled.
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        self._go_on(loop)


def _parted(
    answers: Sequence[Answer], parts: Sequence[Sequence[Item]]
) -> list[Sequence[Answer] | Exception]:
    """The answers to a batch, for each part of it."""
    ends = accumulate(map(len, parts))
    return [answers[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]
