"""How long people take, so that timers fire in the order in which they do on a path.

When things happen is a matter of differences: a timer fires so long after it was set, nothing
happens before what has happened before, and nothing after the time at which a timer would have
fired. The earliest times that fit are longest paths in a graph of these differences.

Source: the relaxation of Bellman and Ford for systems of difference constraints, as in Cormen,
Leiserson, Rivest and Stein, *Introduction to Algorithms*, chapter 22.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from statewright.compiler.verification.inputs.alphabet import passing
from statewright.compiler.verification.inputs.timing import with_first
from statewright.errors import InvalidEvent, InvalidScript
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.script import UNITS, Advanced, Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status, Timer
from statewright.statechart.stepping.algorithm import macrostep
from statewright.statechart.steps import Macrostep

Difference = tuple[int, int, int]
"""Two moments, by number, and by how much the second one is later at least."""

_GRAIN: Final = UNITS["ms"]
"""Times of scripts are told so exactly."""


def paced_lines(
    chart: Statechart,
    lines: Sequence[Line],
    fires: Sequence[str],
    begun: Macrostep,
    others: Surroundings,
) -> tuple[Line, ...] | None:
    """The lines of a path, with pauses so that the timers fire that are to; None where none fit.

    Args:
        chart: the real one.
        lines: what happens.
        fires: for each line, the event of the timer that fires, where time passes; else ``""``.
        begun: the beginning of the session.
        others: the contact and the tenant at that time.
    """
    differences = _differences(chart, lines, fires, begun.snapshot, others)
    times = None if differences is None else _earliest(differences, len(lines) + 1)
    if times is None:
        return None
    paced: list[Line] = []
    for number, line in enumerate(lines):
        pause = times[number + 1] - times[number]
        if pause or isinstance(line, Advanced):
            paced.append(passing(pause))
        if not isinstance(line, Advanced):
            paced.append(line)
    return tuple(paced)


def _differences(
    chart: Statechart,
    lines: Sequence[Line],
    fires: Sequence[str],
    snapshot: Snapshot,
    others: Surroundings,
) -> list[Difference] | None:
    """What holds of the moments at which the lines come; moment 0 is the beginning.

    The session is run with timers that fire as they are told to, whatever the clock says.
    """
    known = {one.ordinal: (0, one.due - snapshot.now) for one in snapshot.timers}
    found: list[Difference] = []
    try:
        for number, (line, event) in enumerate(zip(lines, fires, strict=True), start=1):
            if snapshot.status is not Status.ACTIVE:
                return None
            found.append((number - 1, number, 0))
            fired = next((one for one in snapshot.timers if one.event == event), None)
            if isinstance(line, Advanced):
                if fired is None:
                    return None
                set_at, delay = known[fired.ordinal]
                found += [(set_at, number, delay), (number, set_at, -delay)]
            found += _deadlines(snapshot, known, fired, number)
            before = snapshot if fired is None else _ready(snapshot, fired)
            told = passing(before.timers[0].due - before.now) if fired is not None else line
            step = macrostep(
                chart, before, others.around(event_for(told, chart, before, before.now))
            )
            snapshot = others.after(step).snapshot
            for one in snapshot.timers:
                known.setdefault(one.ordinal, (number, one.due - snapshot.now))
    except (InvalidScript, InvalidEvent):
        return None
    return found


def _ready(snapshot: Snapshot, timer: Timer) -> Snapshot:
    return snapshot if timer is snapshot.timers[0] else with_first(snapshot, timer)


def _deadlines(
    snapshot: Snapshot, known: dict[int, tuple[int, int]], fired: Timer | None, number: int
) -> list[Difference]:
    """What comes now comes before all other timers fire."""
    return [
        (number, set_at, _GRAIN - delay)
        for one in snapshot.timers
        if one is not fired
        for set_at, delay in [known[one.ordinal]]
    ]


def _earliest(differences: Sequence[Difference], count: int) -> list[int] | None:
    """The earliest times of so many moments of which some differences hold, from 0 on."""
    times = [0] * count
    for _ in range(count + 1):
        is_settled = True
        for first, second, least in differences:
            if times[first] + least > times[second]:
                times[second] = times[first] + least
                is_settled = False
        if is_settled:
            return times if times[0] == 0 else None
    return None
