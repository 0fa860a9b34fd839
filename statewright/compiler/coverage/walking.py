"""Makes few conversations that together cover all that an exploration met.

Each conversation goes to the nearest step that covers something new, from there to the next one,
and so on; when nothing new can be reached, it goes to the nearest end. What counts as covered is
what the conversation covers when it is held from its beginning.

Source: a greedy tour, as "street sweeping" of GraphWalker has it, over a graph of which every edge
is known to be feasible.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from statewright.compiler.coverage.exploring import Explored, Way
from statewright.compiler.coverage.goals import Goal, Goals
from statewright.compiler.verification.conversations import Conversation
from statewright.compiler.verification.inputs.alphabet import passing
from statewright.errors import InvalidEvent, InvalidScript
from statewright.statechart.playing.play import session_of
from statewright.statechart.playing.script import Advanced, Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Status
from statewright.statechart.stepping.algorithm import macrostep, start

LENGTH: Final = 40
"""After so many lines a conversation looks for its end, whatever else could be covered."""

FAR: Final = 12
"""So many lines are spent at most to come to an end where nothing new is covered on the way."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation, and what it covers.

    Attributes:
        conversation: what is said, and under which conditions.
        covered: all that it covers.
        fresh: what of it no transcript before it covers.
    """

    conversation: Conversation
    covered: frozenset[Goal]
    fresh: tuple[Goal, ...]


@dataclass(slots=True)
class _Walk:
    """A way through what was explored: where it is, and how it came there."""

    conversation: Conversation
    lines: list[Line]
    place: int | None
    covered: set[Goal]


def walked(goals: Goals, explored: Explored) -> list[Transcript]:
    """Conversations that cover all that was met, as far as it can be replayed.

    Args:
        goals: what is to be covered.
        explored: what was met.
    """
    ways = [way for _, way in explored.beginnings]
    ways += [way for place in explored.places for way in place.ways]
    left: set[Goal] = set().union(*(way.covered for way in ways))
    transcripts: list[Transcript] = []
    while left:
        walk = _first(explored, left)
        if walk is None:
            break
        aim = walk.covered & left
        while walk.place is not None and len(walk.lines) < LENGTH:
            if not _onwards(explored, walk, _covering(left - walk.covered), LENGTH):
                break
        _onwards(explored, walk, lambda way: way.target is None, FAR)
        told = replace(walk.conversation, lines=tuple(walk.lines))
        transcript = transcript_of(goals, told, left)
        if transcript.fresh:
            transcripts.append(transcript)
        # What cannot be replayed here is not tried again: there is an end to it.
        left -= transcript.covered or aim
        left -= aim
    return transcripts


def transcript_of(goals: Goals, told: Conversation, left: Iterable[Goal]) -> Transcript:
    """Hold a conversation from its beginning, and see what it covers.

    It is cut where a line does not fit, and time passes until the timer that is first.
    """
    lines: list[Line] = []
    covered: set[Goal] = set()
    chart = goals.watch.chart
    others = Surroundings(chart, told.contact, told.tenant)
    try:
        step = others.after(
            start(
                chart,
                session=session_of(told.seed),
                seed=told.seed,
                now=told.now,
                data=told.data,
                **others.values,
            )
        )
        met, past = goals.covered(step, goals.begin())
        covered |= met
        now = told.now
        for line in told.lines:
            if step.snapshot.status is not Status.ACTIVE:
                break
            if isinstance(line, Advanced) and step.snapshot.timers:
                line = passing(step.snapshot.timers[0].due - now)  # noqa: PLW2901 (it is that line)
            event = event_for(line, chart, step.snapshot, now)
            step = others.after(macrostep(chart, step.snapshot, others.around(event)))
            now = max(now, event.now)
            met, past = goals.covered(step, past)
            covered |= met
            lines.append(line)
    except (InvalidScript, InvalidEvent):
        pass
    wanted = set(left)
    fresh = tuple(goal for goal in goals.universe if goal in covered and goal in wanted)
    return Transcript(replace(told, lines=tuple(lines)), frozenset(covered), fresh)


def _first(explored: Explored, left: set[Goal]) -> _Walk | None:
    """The shortest walk to something new from any beginning; of several, the one with most."""
    best: tuple[int, int, _Walk] | None = None
    for told, way in explored.beginnings:
        walk = _Walk(told, [], way.target, set(way.covered))
        if not way.covered & left and not _onwards(
            explored, walk, _covering(left), len(explored.places) + 1
        ):
            continue
        rank = (len(walk.lines), -len(walk.covered & left))
        if best is None or rank < best[:2]:
            best = (*rank, walk)
    return None if best is None else best[2]


def _onwards(explored: Explored, walk: _Walk, wanted: Callable[[Way], bool], longest: int) -> bool:
    """Go on to the nearest step that is wanted; whether there is one within so many lines."""
    if walk.place is None:
        return False
    came: dict[int, tuple[int, Way] | None] = {walk.place: None}
    waiting = deque([(walk.place, 1)])
    while waiting:
        number, length = waiting.popleft()
        if length > longest:
            return False
        for way in explored.places[number].ways:
            if wanted(way):
                _take(walk, came, number, way)
                return True
            if way.target is not None and way.target not in came:
                came[way.target] = (number, way)
                waiting.append((way.target, length + 1))
    return False


def _covering(wanted: set[Goal]) -> Callable[[Way], bool]:
    return lambda way: not way.covered.isdisjoint(wanted)


def _take(walk: _Walk, came: dict[int, tuple[int, Way] | None], number: int, last: Way) -> None:
    path = [last]
    before = came[number]
    while before is not None:
        path.append(before[1])
        before = came[before[0]]
    for way in reversed(path):
        if way.line is not None:
            walk.lines.append(way.line)
        walk.covered |= way.covered
        walk.place = way.target
