"""Which of several timers fires first, whenever people say something.

Of two timers that wait for a fixed time, the one that was set no later, and waits no longer, does.
Which was set first the ordinals tell; those that are set in one macrostep get theirs anew, in the
order in which they fire. Whatever else is set may fire in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions import Computed, Literal, evaluate, references
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.statechart.actions import Send
from statewright.statechart.definition import Statechart
from statewright.statechart.snapshot import Snapshot, Timer
from statewright.statechart.structure.traversal import actions_in

Order = tuple[tuple[int, int], ...]
"""Pairs of places in a sequence of timers: the first one of each pair fires before the other."""


class Timing:
    """Tells the order of the timers of one chart.

    Args:
        chart: the chart.
    """

    def __init__(self, chart: Statechart) -> None:
        self._delays = _fixed_delays(chart)

    def order(self, timers: Sequence[Timer]) -> Order:
        """Which of some timers certainly fire before which others."""
        return tuple(
            (one, other)
            for one in range(len(timers))
            for other in range(len(timers))
            if one != other and self._precedes(timers[one], timers[other])
        )

    def may_be_first(self, timer: Timer, timers: Iterable[Timer]) -> bool:
        """Whether a timer may fire before all others."""
        return not any(self._precedes(one, timer) for one in timers if one is not timer)

    def arranged(self, before: int, snapshot: Snapshot) -> Snapshot:
        """A session after a macrostep, its new timers numbered in the order in which they fire.

        Args:
            before: how many timers had been set before it.
            snapshot: of the session.
        """
        new = [one for one in snapshot.timers if one.ordinal >= before]
        return _numbered(snapshot, [new]) if len(new) > 1 else snapshot

    def at_once(self, snapshot: Snapshot) -> Snapshot:
        """A session whose timers that were set at the same time were set in one macrostep."""
        groups: dict[int, list[Timer]] = {}
        for one in snapshot.timers:
            delay = self._delay(one)
            if delay is not None:
                groups.setdefault(one.due - delay, []).append(one)
        return _numbered(snapshot, groups.values())

    def _precedes(self, one: Timer, other: Timer) -> bool:
        if one.ordinal > other.ordinal:
            return False
        first, second = self._delay(one), self._delay(other)
        return first is not None and second is not None and first <= second

    def _delay(self, timer: Timer) -> int | None:
        return None if timer.owner else self._delays.get(timer.event)


def with_first(snapshot: Snapshot, timer: Timer) -> Snapshot:
    """A session in which one of its timers fires first, when another one should."""
    due = snapshot.timers[0].due
    others = (one for one in snapshot.timers if one is not timer)
    early = replace(timer, due=due, ordinal=-1)
    later = tuple(replace(one, due=max(one.due, due + 1)) for one in others)
    return replace(snapshot, timers=(early, *later))


def _numbered(snapshot: Snapshot, groups: Iterable[Sequence[Timer]]) -> Snapshot:
    """A session in which the timers of each group have the ordinals that these have, as they fire.

    Timers are kept in that order.
    """
    ordinals: dict[int, int] = {}
    for group in groups:
        numbers = sorted(one.ordinal for one in group)
        ordinals |= {one.ordinal: own for one, own in zip(group, numbers, strict=True)}
    if all(own == other for own, other in ordinals.items()):
        return snapshot
    timers = tuple(
        replace(one, ordinal=ordinals.get(one.ordinal, one.ordinal)) for one in snapshot.timers
    )
    return replace(snapshot, timers=timers)


def _fixed_delays(chart: Statechart) -> Mapping[str, int]:
    """Event → how long it is always delayed; not those of which that is not known."""
    sends = [one for one in actions_in(chart) if isinstance(one, Send)]
    if any(one.event_expr is not None for one in sends):
        return {}
    found: dict[str, set[int | None]] = {}
    for one in sends:
        if one.delay is not None:
            found.setdefault(one.event, set()).add(_fixed(one.delay))
    return {
        event: delay
        for event, delays in found.items()
        for delay in delays
        if len(delays) == 1 and delay is not None
    }


def _fixed(delay: Any) -> int | None:
    """A delay in microseconds, if it is the same each time."""
    value: Any = None
    if isinstance(delay, Literal):
        value = delay.value
    elif isinstance(delay, Computed) and not any(references(delay.expression)):
        try:
            value = evaluate(delay.expression, {})
        except EvaluationError:
            return None
    if isinstance(value, timedelta):
        return value // MICROSECOND
    return value if type(value) is int else None
