"""Lanes: calls that come together go together, and fail alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from statewright.errors import Overloaded, StorageUnavailable
from statewright.storage.lane import Lane

ROOM = 8
"""How many items may wait in the lanes of these tests."""


class Work:
    """Doubles numbers, remembers its batches, and fails on a negative one."""

    def __init__(self, error: Exception | None = None) -> None:
        self.batches: list[list[int]] = []
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.error = error

    def __call__(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        self.begun.set()
        self.gate.wait(5)
        if any(item < 0 for item in items):
            raise self.error or ValueError("negative")
        return [2 * item for item in items]


class Quick:
    """Answers what is below a hundred at the next turn of the event loop, and nothing else."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
        self.batches.append(list(items))
        if max(items) >= 1_000:
            return False
        answers = [2 * item for item in items] if max(items) < 100 else None
        asyncio.get_running_loop().call_soon(tell, answers)
        return True


def lane_of(work: Work, executor: ThreadPoolExecutor) -> Lane[int, int]:
    return Lane(work, executor, width=1, length=4, room=ROOM)


def test_calls_that_wait_go_together_up_to_a_length() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        work.gate.clear()
        first = asyncio.create_task(lane.answers([0]))
        await asyncio.to_thread(work.begun.wait, 5)
        others = [asyncio.create_task(lane.answers([n, n])) for n in (1, 2, 3)]
        await asyncio.sleep(0)
        work.gate.set()
        assert await asyncio.gather(first, *others) == [(0,), (2, 2), (4, 4), (6, 6)]
        assert work.batches == [[0], [1, 1, 2, 2], [3, 3]]

    _run(calls)


def test_a_call_longer_than_a_batch_goes_alone() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        assert await lane.answers(range(9)) == tuple(range(0, 18, 2))
        assert await lane.answers([]) == ()
        assert len(work.batches) == 1

    _run(calls)


def test_only_the_call_that_spoils_a_batch_fails() -> None:
    async def calls(lane: Lane[int, int], _: Work) -> None:
        good, bad, more = await asyncio.gather(
            lane.answers([1]), lane.answers([-1]), lane.answers([2]), return_exceptions=True
        )
        assert (good, more) == ((2,), (4,))
        assert isinstance(bad, ValueError)

    _run(calls)


def test_where_the_database_is_away_everybody_hears_it_at_once() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        work.error = StorageUnavailable("away")
        outcomes = await asyncio.gather(
            lane.answers([1]), lane.answers([-1]), return_exceptions=True
        )
        assert all(isinstance(outcome, StorageUnavailable) for outcome in outcomes)
        assert len(work.batches) == 1

    _run(calls)


def test_a_cancelled_caller_does_not_disturb_the_others() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        work.gate.clear()
        impatient = asyncio.create_task(lane.answers([1]))
        await asyncio.to_thread(work.begun.wait, 5)
        patient = asyncio.create_task(lane.answers([2]))
        impatient.cancel()
        await asyncio.sleep(0)
        work.gate.set()
        assert await patient == (4,)
        with pytest.raises(asyncio.CancelledError):
            await impatient

    _run(calls)


def test_a_caller_that_is_cancelled_before_its_batch_has_asked_for_nothing() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        work.gate.clear()
        first = asyncio.create_task(lane.answers([1]))
        await asyncio.to_thread(work.begun.wait, 5)
        impatient, patient = (asyncio.create_task(lane.answers([n])) for n in (2, 3))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        work.gate.set()
        assert (await first, await patient) == ((2,), (6,))
        assert work.batches == [[1], [3]]

    _run(calls)


def test_what_does_not_fit_into_the_queue_is_refused_and_the_rest_is_answered() -> None:
    async def calls(lane: Lane[int, int], work: Work) -> None:
        work.gate.clear()
        first = asyncio.create_task(lane.answers([0]))
        await asyncio.to_thread(work.begun.wait, 5)
        waiting = [asyncio.create_task(lane.answers([n])) for n in range(ROOM)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await lane.answers([1])
        work.gate.set()
        await first
        assert await asyncio.gather(*waiting) == [(2 * n,) for n in range(ROOM)]
        assert await lane.answers([1]) == (2,)

    _run(calls)


def test_a_call_that_is_larger_than_the_queue_is_answered_where_nothing_waits() -> None:
    async def calls(lane: Lane[int, int], _: Work) -> None:
        items = list(range(2 * ROOM))
        assert await lane.answers(items) == tuple(2 * n for n in items)

    _run(calls)


def test_calls_one_after_another_are_all_answered() -> None:
    async def calls(lane: Lane[int, int], _: Work) -> None:
        for number in range(200):
            assert await lane.answers([number]) == (2 * number,)
        await lane.drain()

    _run(calls)


def _run(calls: object) -> None:
    assert callable(calls)
    work = Work()
    with ThreadPoolExecutor(1) as executor:
        asyncio.run(asyncio.wait_for(calls(lane_of(work, executor), work), 10))


@pytest.mark.parametrize(
    ("item", "in_threads"), [(7, []), (700, [[700, 2]]), (7_000, [[7_000, 2]])]
)
def test_what_cannot_be_answered_without_a_thread_goes_to_one(
    item: int, in_threads: list[list[int]]
) -> None:
    async def asked() -> None:
        work, quick = Work(), Quick()
        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(work, executor, width=1, length=2, quick=quick)
            said = ([1], [item, 2], [3])
            answers = await asyncio.gather(*map(lane.answers, said))
            await lane.drain()
        assert answers == [(2,), (2 * item, 4), (6,)]
        assert quick.batches == [[1], [item, 2], [3]]
        assert work.batches == in_threads

    asyncio.run(asked())


def test_only_so_many_batches_go_at_once_without_threads() -> None:
    async def asked() -> None:
        told: list[Callable[[Sequence[int] | None], None]] = []

        def quick(_items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
            told.append(tell)
            return True

        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(Work(), executor, width=2, length=1, quick=quick)
            tasks = [asyncio.create_task(lane.answers([number])) for number in range(4)]
            for number in range(4):
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                assert len(told) == min(4, number + 2)
                told[number]([10 * number])
            assert await asyncio.gather(*tasks) == [(0,), (10,), (20,), (30,)]
            await lane.drain()

    asyncio.run(asked())


def test_a_batch_does_not_begin_beside_a_much_larger_one() -> None:
    async def asked() -> None:
        batches: list[Sequence[int]] = []
        told: list[Callable[[Sequence[int] | None], None]] = []

        def quick(items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
            batches.append(items)
            told.append(tell)
            return True

        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(Work(), executor, width=2, length=8, quick=quick)
            first = asyncio.create_task(lane.answers([0, 0, 0]))
            await _a_while()
            others = [asyncio.create_task(lane.answers([number])) for number in (1, 2)]
            await _a_while()
            assert batches == [[0, 0, 0]]
            others.append(asyncio.create_task(lane.answers([3])))
            await _a_while()
            assert batches == [[0, 0, 0], [1, 2, 3]]
            others.append(asyncio.create_task(lane.answers([4])))
            await _a_while()
            assert len(batches) == 2
            told[1]([1, 2, 3])
            told[0]([0, 0, 0])
            await _a_while()
            assert batches[2:] == [[4]]
            told[2]([4])
            assert await asyncio.gather(first, *others) == [(0, 0, 0), (1,), (2,), (3,), (4,)]
            await lane.drain()

    asyncio.run(asked())


def test_nobody_waits_long_for_a_larger_batch() -> None:
    async def asked() -> None:
        told: list[Callable[[Sequence[int] | None], None]] = []

        def quick(items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
            # The first batch is not answered until the end.
            told.append(tell)
            if len(told) > 1:
                asyncio.get_running_loop().call_soon(tell, items)
            return True

        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(Work(), executor, width=2, length=8, quick=quick)
            stuck = asyncio.create_task(lane.answers([0, 0]))
            await _a_while()
            assert await asyncio.wait_for(lane.answers([1]), 10) == (1,)
            told[0]([0, 0])
            assert await stuck == (0, 0)
            await lane.drain()

    asyncio.run(asked())


@pytest.mark.parametrize(
    ("width", "crowd", "parts"),
    [(2, 12, [6, 6]), (3, 12, [6, 6]), (3, 27, [9, 9, 9])],
)
def test_a_share_of_a_crowd_does_not_wait_for_the_others(
    width: int, crowd: int, parts: list[int]
) -> None:
    async def asked() -> None:
        batches: list[Sequence[int]] = []
        told: list[Callable[[Sequence[int] | None], None]] = []

        def quick(items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
            batches.append(items)
            told.append(tell)
            return True

        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(Work(), executor, width=width, length=64, quick=quick)
            together = asyncio.create_task(lane.answers(range(crowd)))
            await _a_while()
            told[0](batches[0])
            await together
            again = [asyncio.create_task(lane.answers([number])) for number in range(crowd)]
            await _a_while()
            assert list(map(len, batches)) == [crowd, *parts]
            for tell, batch in zip(told[1:], batches[1:], strict=True):
                tell(batch)
            await asyncio.gather(*again)
            await lane.drain()

    asyncio.run(asked())


def test_a_third_batch_is_like_the_mean_of_two() -> None:
    async def asked() -> None:
        batches: list[Sequence[int]] = []
        told: list[Callable[[Sequence[int] | None], None]] = []

        def quick(items: Sequence[int], tell: Callable[[Sequence[int] | None], None]) -> bool:
            batches.append(items)
            told.append(tell)
            return True

        with ThreadPoolExecutor(1) as executor:
            lane: Lane[int, int] = Lane(Work(), executor, width=3, length=64, quick=quick)
            tasks = []
            for size in (8, 8, 4):
                tasks.append(asyncio.create_task(lane.answers([size] * size)))
                await _a_while()
            assert list(map(len, batches)) == [8, 8]
            tasks.append(asyncio.create_task(lane.answers([2, 2])))
            await _a_while()
            assert list(map(len, batches)) == [8, 8, 6]
            for tell, batch in zip(told, batches, strict=True):
                tell(batch)
            await asyncio.gather(*tasks)
            await lane.drain()

    asyncio.run(asked())


async def _a_while() -> None:
    for _ in range(4):
        await asyncio.sleep(0)
