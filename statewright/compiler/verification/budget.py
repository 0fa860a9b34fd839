"""How much work a verification may do. Work is counted, never timed: verdicts repeat anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

Progress = Callable[[int, int], None]
"""Told of the steps done so far, and of how many there may be."""


def silent(_done: int, _limit: int) -> None:
    """Tells nobody."""


CHEAP = 8
"""So many macrosteps that are known count as one that is run."""

USUAL = 8
"""Microsteps that no macrostep is charged for."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one verification may spend.

    Attributes:
        steps: macrosteps of the chart that are tried, in each of the searches; of a large chart,
            ``each`` for each of its states.
        states: how many situations are told apart, in each of the searches; likewise.
        broad: how many macrosteps are tried breadth first, in each of the searches.
        replays: how often a conversation is tried with other lots until it goes as it should.
        each: how many macrosteps, and situations, there are for each state at least.
    """

    steps: int = 20_000
    states: int = 20_000
    broad: int = 2_000
    replays: int = 200
    each: int = 0

    def of_chart(self, states: int) -> Budget:
        """The budget of the search of a chart with so many states.

        >>> Budget(steps=100, states=50, each=6).of_chart(20)
        Budget(steps=120, states=120, broad=2000, replays=200, each=6)
        """
        least = self.each * states
        return replace(self, steps=max(self.steps, least), states=max(self.states, least))


DEFAULT = Budget(each=8)


@dataclass(slots=True)
class Meter:
    """What was spent of a budget.

    Attributes:
        budget: what there is.
        progress: told from time to time.
        steps: macrosteps so far.
        recalls: macrosteps so far of which it was known what they do.
    """

    budget: Budget
    progress: Progress = silent
    steps: int = 0
    recalls: int = 0

    def step(self) -> bool:
        """Count one macrostep; whether there is one left."""
        self.steps += 1
        if self.steps % 256 == 0:
            self.progress(self.steps, self.budget.steps)
        return self.steps <= self.budget.steps

    def recall(self) -> bool:
        """Count a macrostep that need not be run; whether there was one left."""
        self.recalls += 1
        return self.recalls % CHEAP != 0 or self.step()

    def charge(self, microsteps: int) -> None:
        """Count a long macrostep as so many usual ones, since it takes as much work."""
        self.steps += max(0, microsteps - USUAL) // 2
