"""How often, and for how long, work is tried: what the engine makes of a request that fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from statewright.flows.durations import SECOND


class Growth(StrEnum):
    """How the waits between tries grow."""

    CONSTANT = "constant"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long the engine waits before it tries again.

    Attributes:
        growth: whether each wait is as long as the first one, longer by as much, or twice as long.
        wait: microseconds before the second try.
        longest: microseconds that no wait is longer than.
        jitter: the share of a wait, 0 to 1, that chance may leave out, so that those who failed
            together do not come back together.
    """

    growth: Growth = Growth.EXPONENTIAL
    wait: int = SECOND
    longest: int = 60 * SECOND
    jitter: float = 0.2


USUAL_BACKOFF: Final = Backoff()
"""How long it waits where nothing is said."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """When the engine stops asking somebody who does not answer.

    Attributes:
        failures: how many passing failures, each in its own try, open it.
        within: microseconds in which they happen.
        rest: microseconds for which nobody is asked then, before one try is let through.
        last_good: microseconds for which what was answered last to the same request stands in
            then; 0 for nothing does.
    """

    failures: int = 5
    within: int = 60 * SECOND
    rest: int = 30 * SECOND
    last_good: int = 0
