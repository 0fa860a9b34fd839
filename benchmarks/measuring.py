"""Turns counted in a window of time, with the processor time that they took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Self

from benchmarks.processor import spent_by, spent_here

HEADER = (
    f"{'clients':>7} {'turns/s':>9} {'ratio':>7} {'p50 ms':>8} {'p99 ms':>8}"
    f" {'µs here':>8} {'server':>8} {'ratio µs':>9}"
)
"""What stands in the columns of ``Measured.line``, behind its name."""


class Measured:
    """Turns counted in a window of time, after a while of warming up.

    Args:
        seconds: how long they are counted.
        warming: seconds before that.
        server: the id of the process of the database, or None where it has none of its own.
    """

    def __init__(self, seconds: float, warming: float = 0.5, server: int | None = None) -> None:
        self.times: list[float] = []
        self.seconds = seconds
        self.start = time.perf_counter() + warming
        self.end = self.start + seconds
        self._server = server
        self._before = (0.0, 0.0)
        self._spent: tuple[float, float] | None = None

    @classmethod
    def of(cls, seconds: float, times: Sequence[float], spent: tuple[float, float]) -> Self:
        """What others have counted: processor time is that of them, and of the server."""
        made = cls(seconds)
        made.times, made._spent = list(times), spent
        return made

    def goes_on(self) -> bool:
        """Whether there is time for another turn; where there is none, the account is closed."""
        if time.perf_counter() < self.end:
            return True
        self._spent = self._spent or self._spent_so_far()
        return False

    def count(self, began: float) -> None:
        """Count a turn that began then and ended now."""
        if began >= self.start:
            if not self.times:
                # To find out about the server takes a while, which is not that of the turns.
                there = spent_by(self._server)
                self._before = (spent_here(), there)
            self.times.append(time.perf_counter() - began)

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time: of the processes that took turns, and of the server."""
        return self._spent or self._spent_so_far()

    def _spent_so_far(self) -> tuple[float, float]:
        here, there = self._before
        return spent_here() - here, spent_by(self._server) - there

    def rate(self) -> float:
        """Turns a second."""
        return len(self.times) / self.seconds

    def waited(self, part: float) -> float:
        """The milliseconds that so large a part of the turns does not exceed."""
        return 1_000 * sorted(self.times)[int(len(self.times) * part)]

    def line(
        self,
        name: str,
        clients: int | str,
        limit: float,
        budget: float | None = None,
        work: float | None = None,
    ) -> str:
        """The result for people; to be asked for at the end of the window.

        Args:
            name: of what was measured.
            clients: how many there were.
            limit: turns a second of what it is compared to.
            budget: what the ratio should be.
            work: the processor time of that, in microseconds a turn, of all processes.
        """
        here, there = (1e6 * spent / len(self.times) for spent in self.spent())
        verdict = f"   budget {budget}" if budget else ""
        by_work = f"{work / (here + there):.2f}" if work else ""
        return (
            f"{name:<28} {clients or '':>7} {self.rate():>9,.0f} {self.rate() / limit:>7.2f}"
            f" {self.waited(0.5):>8.2f} {self.waited(0.99):>8.2f} {here:>8.0f} {there:>8.0f}"
            f" {by_work:>9}{verdict}"
        )
