"""Holds all conversations with two versions of a flow at once, until users see a difference.

The two go through the same lines, breadth first: the first difference is in a shortest
conversation. A pair of situations is gone through once. Where none is left and no line showed a
difference, there is none, provided that what was tried stands for all that can be: the verifier
knows that of each version; of both together it takes that each step computed the same expressions
over the same values (``Lockstep``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from statewright.compiler.comparison.lockstep import Lockstep
from statewright.compiler.comparison.visible import differences, visible
from statewright.compiler.verification.conversations import Conversation
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.alphabet import passing
from statewright.compiler.verification.inputs.beginnings import FEWER, are_few, combinations
from statewright.compiler.verification.verification import Verification
from statewright.compiler.verification.world.situations import Carrier
from statewright.compiler.verification.world.world import World
from statewright.errors import InvalidEvent, InvalidScript
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import SCRIPT_SEED, SCRIPT_SESSION, Turn, turn_of
from statewright.statechart.playing.script import Advanced, Answered, Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.algorithm import macrostep, start

BEGINNINGS: Final = 256
"""How many combinations of inputs are tried; of more, each value is tried once."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A conversation in whose last turn users see something else.

    Attributes:
        old: the conversation with the old version.
        new: the same with the new one; a result may have another name there.
        before: the last turn with the old version.
        after: the last turn with the new one.
        reasons: what is different, in a sentence each.
    """

    old: Conversation
    new: Conversation
    before: Turn
    after: Turn
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it.

    Attributes:
        difference: the first one, or None.
        hindrance: why there may be one all the same, or ``""`` where there is none.
        steps: lines that were tried.
    """

    difference: Difference | None
    hindrance: str
    steps: int


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two sessions."""

    turn: Turn
    others: Surroundings
    now: int

    @property
    def snapshot(self) -> Snapshot:
        return self.turn.macrostep.snapshot


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both sessions, and how they came there."""

    old: _Side
    new: _Side
    told: Conversation
    lines: tuple[tuple[Line, Line], ...]


def compared(
    old: Verification, new: Verification, names: Mapping[str, str], steps: int
) -> Compared:
    """Look for a shortest conversation in which users see something else.

    Args:
        old: what is known of the old version.
        new: what is known of the new one.
        names: node of the old version → the same node of the new one.
        steps: how many lines may be tried.
    """
    return _Comparing(old, new, names, steps).run()


class _Comparing:
    def __init__(
        self, old: Verification, new: Verification, names: Mapping[str, str], steps: int
    ) -> None:
        self._charts: tuple[Statechart, Statechart] = (old.chart, new.chart)
        self._worlds: tuple[World, World] = (old.engines[0].world, new.engines[0].world)
        self._budget = steps
        self._steps = 0
        self._lockstep = Lockstep(old.chart, new.chart, names)
        self._known: set[Any] = set()
        self._waiting: deque[_Pair] = deque()
        self._hindrance = old.hindrance or new.hindrance
        for chart in self._charts:
            if any(node.draws for node in chart.tree.nodes.values()):
                self._hinder("lots are drawn, of which only some were tried")

    def run(self) -> Compared:
        """Go on until there is a difference, or nothing is left, or the budget is spent."""
        found = None
        for told in self._beginnings():
            found = found or self._begin(told)
        while self._waiting and found is None:
            pair = self._waiting.popleft()
            for line in self._lines(pair):
                if self._steps >= self._budget:
                    self._hindrance = f"the budget was spent after {self._steps} lines"
                    return Compared(None, self._hindrance, self._steps)
                self._steps += 1
                found = self._go(pair, line)
                if found is not None:
                    break
        return Compared(found, self._hindrance, self._steps)

    def _hinder(self, reason: str) -> None:
        self._hindrance = self._hindrance or reason

    # Beginnings

    def _beginnings(self) -> Iterator[Conversation]:
        inputs: dict[Key, dict[str, Any]] = {}
        for world in self._worlds:
            for key, values in world.inputs.items():
                inputs.setdefault(key, {}).update({repr(value): value for value in values})
        moments = dict.fromkeys((*self._worlds[0].moments, *self._worlds[1].moments))
        choices = {key: tuple(values.values()) for key, values in inputs.items()}
        if not are_few(choices, BEGINNINGS):
            self._hinder(FEWER)
        for moment, given in product(moments, list(combinations(choices, BEGINNINGS))):
            outside, data = self._worlds[0].start_of(given, {})
            known = {key[1] for key in choices if not key[0]}
            named = {name: value for name, value in data.items() if name in known}
            yield Conversation((), named, **outside, seed=SCRIPT_SEED, now=moment)

    def _begin(self, told: Conversation) -> Difference | None:
        try:
            old, new = (self._started(chart, told) for chart in self._charts)
        except InvalidEvent as error:
            self._hinder(f"the same inputs do not fit both: {error}")
            return None
        return self._arrive(_Pair(old, new, told, ()))

    def _started(self, chart: Statechart, told: Conversation) -> _Side:
        others = Surroundings(chart, told.contact, told.tenant)
        step = start(
            chart,
            session=SCRIPT_SESSION,
            seed=told.seed,
            now=told.now,
            data=_told(chart, told).data,
            **others.values,
        )
        return _Side(turn_of(chart, others.after(step)), others, told.now)

    # What can happen, to both at once

    def _lines(self, pair: _Pair) -> list[tuple[Line, Line]]:
        """What can happen to either of them, each with what the same is called in the new one."""
        old, new = pair.old.snapshot, pair.new.snapshot
        if max(len(old.timers), len(new.timers)) > 1:
            self._hinder("several timers run at once, whose order depends on how long people take")
        dues = [timers[0].due for timers in (old.timers, new.timers) if timers]
        found: dict[str, tuple[Line, Line]] = {}
        for line in self._worlds[0].alphabet.lines(old):
            if not isinstance(line, Advanced):
                self._add(found, line, _as_named(line, old, new))
        for line in self._worlds[1].alphabet.lines(new):
            if not isinstance(line, Advanced):
                self._add(found, _as_named(line, new, old), line)
        if dues:
            late = passing(min(dues) - max(pair.old.now, pair.new.now))
            self._add(found, late, late)
        return list(found.values())

    def _add(self, found: dict[str, tuple[Line, Line]], old: Line | None, new: Line | None) -> None:
        if old is None or new is None:
            self._hinder("different effects are pending, whose results cannot be compared")
        else:
            found.setdefault(repr(old), (old, new))

    def _go(self, pair: _Pair, lines: tuple[Line, Line]) -> Difference | None:
        try:
            old = self._moved(self._charts[0], pair.old, lines[0])
            new = self._moved(self._charts[1], pair.new, lines[1])
        except InvalidScript:
            return None
        return self._arrive(_Pair(old, new, pair.told, (*pair.lines, lines)))

    def _moved(self, chart: Statechart, side: _Side, line: Line) -> _Side:
        others = Surroundings(chart, **side.others.values)
        event = event_for(line, chart, side.snapshot, side.now)
        step = others.after(macrostep(chart, side.snapshot, others.around(event)))
        return _Side(turn_of(chart, step), others, max(side.now, event.now))

    # What comes of it

    def _arrive(self, pair: _Pair) -> Difference | None:
        reasons = tuple(differences(visible(pair.old.turn), visible(pair.new.turn)))
        if reasons:
            return Difference(
                _told(self._charts[0], pair.told, (old for old, _ in pair.lines)),
                _told(self._charts[1], pair.told, (new for _, new in pair.lines)),
                pair.old.turn,
                pair.new.turn,
                reasons,
            )
        if not self._hindrance:
            self._hinder(self._lockstep.broken(pair.old.turn.macrostep, pair.new.turn.macrostep))
        if pair.old.snapshot.status is not Status.ACTIVE:
            return None
        key = (
            pair.told.now,
            *(
                part
                for world, side in zip(self._worlds, (pair.old, pair.new), strict=True)
                for part in self._situation(world, side, pair.told.now)
            ),
        )
        if key not in self._known:
            self._known.add(key)
            self._waiting.append(pair)
        return None

    def _situation(self, world: World, side: _Side, moment: int) -> tuple[Any, ...]:
        snapshot = side.snapshot
        carrier = Carrier(snapshot, dict(side.others.values), moment)
        control, _, point = world.situations.of(carrier)
        return control, point, tuple(one.due - snapshot.now for one in snapshot.timers)


def _told(chart: Statechart, told: Conversation, lines: Iterable[Line] = ()) -> Conversation:
    """A conversation with one of the versions: it is given only what that can be given."""
    data = {name: value for name, value in told.data.items() if name in chart.inputs}
    return replace(told, lines=tuple(lines), data=data)


def _as_named(line: Line, here: Snapshot, there: Snapshot) -> Line | None:
    """A line as the other version calls it; None where nothing there waits for it."""
    if not isinstance(line, Answered):
        return line
    names = [one.name for one in here.invocations]
    if line.place not in names or len(there.invocations) != len(names):
        return None
    return replace(line, place=there.invocations[names.index(line.place)].name)
