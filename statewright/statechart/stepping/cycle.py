"""Finds what repeats at the end of a run of microsteps that does not end."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.statechart.steps import Microstep

WINDOW = 2_000
"""How many of the last microsteps are looked at."""

SHOWN = 20
"""How many states are named at most."""


def cycle_in(microsteps: Sequence[Microstep]) -> tuple[str, ...]:
    """The states of the shortest cycle at the end of a run, in the order in which they come.

    Where nothing repeats exactly, the states of the last microsteps. A microstep that enters
    nothing counts for the states whose transitions it took.
    """
    tail = microsteps[-WINDOW:]
    taken = [one.transitions for one in tail]
    for period in range(1, len(taken) // 2 + 1):
        if taken[-period:] == taken[-2 * period : -period]:
            return _states(tail[-period:])
    return _states(tail[-SHOWN:])


def _states(microsteps: Sequence[Microstep]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for one in microsteps:
        states = one.entered or (name.rpartition("#")[0] for name in one.transitions)
        seen.update(dict.fromkeys(states))
    return tuple(seen)[:SHOWN]
