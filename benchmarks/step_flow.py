"""The flow, the data and the message that all machines of ``benchmarks.step`` get."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DATA: dict[str, Any] = {
    "score": 3,
    "retries": 0,
    "n": 0,
    "last": "",
    "name": "Ana",
    "email": "ana@example.org",
    "lang": "pt",
    "cart": [1, 2, 3],
    "utm": {"src": "ads", "id": 7},
    "channel": "wa",
    "age": 33,
    "vip": False,
    "tz": "UTC",
    "step": 4,
}
MESSAGE: dict[str, Any] = {"choice": "yes"}


@dataclass(frozen=True)
class Subject:
    """A machine, and one way of taking steps with it.

    Attributes:
        name: what is measured.
        build: seconds of CPU that it took to make the machine.
        measured: takes some steps, from the start; microseconds of CPU per step.
        close: ends what was started for it.
    """

    name: str
    build: float
    measured: Callable[[], float]
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Steps:
    """Steps that are taken in this process.

    Attributes:
        first: a session at its start.
        step: takes a session and gives the next one.
        state_of: the state that a session is in, and its variable ``n``.
        repetitions: how many steps a round has.
    """

    first: Any
    step: Callable[[Any], Any]
    state_of: Callable[[Any], tuple[str, int]]
    repetitions: int = 2_000

    def check(self, size: int) -> None:
        """All machines go the same way, or the comparison means nothing."""
        session = self.first
        for count in range(1, 3):
            session = self.step(session)
            assert self.state_of(session) == (f"s{count % size}", count)

    def measured(self) -> float:
        """One round."""
        session, step = self.first, self.step
        gc.collect()
        gc.disable()
        begin = time.process_time()
        for _ in range(self.repetitions):
            session = step(session)
        spent = (time.process_time() - begin) / self.repetitions * 1e6
        gc.enable()
        return spent


def subject(name: str, make: Callable[[int], Steps], size: int) -> Subject:
    """A machine of a size, made and tried."""
    gc.collect()
    begin = time.process_time()
    steps = make(size)
    build = time.process_time() - begin
    steps.check(size)
    return Subject(name, build, steps.measured)
