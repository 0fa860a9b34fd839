"""How many timers fire in one turn: those that are overdue fire in portions.

A session that nobody could look at for days may have more timers due than one turn is to fire, and
each of them may set the next. A ``tick`` fires a portion of them and leaves the session's clock
where it got to; the next one goes on from there. An event that comes meanwhile has to wait, as what
was due before it comes before it: it is refused, and is handled after the ticks that it needs.

Timers of one second are not divided. So whatever fires more of them within a second than a
macrostep may have microsteps goes on for ever, or as good as that, and fails the session.
"""

from __future__ import annotations

from typing import Final

from statewright.errors import SessionBehind
from statewright.statechart.event import TICK, Event
from statewright.statechart.snapshot import Timer
from statewright.statechart.stepping.bounds import OutOfBoundsError

PORTION: Final = 256
"""How many timers fire in one turn, unless more are due within a second."""

SPAN: Final = 1_000_000
"""Microseconds of the session's own time that are not divided."""


class Portion:
    """The timers that fire in one turn.

    Args:
        event: what the turn is of.
        limit: how many may fire within a second.
    """

    __slots__ = ("_event", "_fired", "_first", "_limit")

    def __init__(self, event: Event, limit: int) -> None:
        self._event = event
        self._limit = limit
        self._fired = 0
        self._first = 0

    def holds(self, timer: Timer) -> bool:
        """Whether a timer that is due fires in this turn; the next tick goes on with those left.

        Raises:
            SessionBehind: it does not, and the turn is that of an event that comes after it.
            OutOfBoundsError: too many fire within a second.
        """
        if not self._fired:
            self._first = timer.due
        elif self._fired >= min(PORTION, self._limit) and timer.due - self._first >= SPAN:
            if self._event.name == TICK:
                return False
            raise SessionBehind(self._event.name, timer.due)
        self._fired += 1
        if self._fired > self._limit:
            raise OutOfBoundsError(f"more than {self._limit} timers fire within a second")
        return True
