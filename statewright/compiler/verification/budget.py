"""How much work a verification may do. Work is counted, never timed: verdicts repeat anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Told of the steps done so far, and of how many there may be."""


def silent(_done: int, _limit: int) -> None:
    """Tells nobody."""


USUAL = 8
"""Microsteps that no macrostep is charged for."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one verification may spend.

    Attributes:
        steps: macrosteps of the chart that are tried, in each of the searches.
        states: how many situations are told apart, in each of the searches.
        broad: how many macrosteps are tried breadth first, in each of the searches.
        replays: how often a conversation is tried with other lots until it goes as it should.
    """

    steps: int = 20_000
    states: int = 20_000
    broad: int = 2_000
    replays: int = 200


DEFAULT = Budget()


@dataclass(slots=True)
class Meter:
    """What was spent of a budget.

    Attributes:
        budget: what there is.
        progress: told from time to time.
        steps: macrosteps so far.
    """

    budget: Budget
    progress: Progress = silent
    steps: int = 0

    def step(self) -> bool:
        """Count one macrostep; whether there is one left."""
        self.steps += 1
        if self.steps % 256 == 0:
            self.progress(self.steps, self.budget.steps)
        return self.steps <= self.budget.steps

    def charge(self, microsteps: int) -> None:
        """Count a long macrostep as so many usual ones, since it takes as much work."""
        self.steps += max(0, microsteps - USUAL) // 2
