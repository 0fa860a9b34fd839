"""Goes through situations of the real chart one by one, and notes what each step covers.

Unlike the search of the verifier, it goes through points, not boxes: what a step covers is told
for just that step, and every way through what was found can be replayed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from statewright.compiler.coverage.goals import Goal, Goals, Past
from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.conversations import Conversation
from statewright.compiler.verification.inputs.beginnings import FEWER, are_few, combinations
from statewright.compiler.verification.world.situations import Carrier
from statewright.compiler.verification.world.world import World
from statewright.errors import InvalidEvent, InvalidScript
from statewright.statechart.playing.play import SCRIPT_SEED, SCRIPT_SESSION
from statewright.statechart.playing.script import Advanced, Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.algorithm import macrostep, start
from statewright.statechart.steps import Macrostep

BEGINNINGS: Final = 64
"""How many combinations of inputs are tried; of more, each value is tried once."""

SEEDS: Final = (SCRIPT_SEED, *map(str, range(3)))
"""The seeds with which a chart is begun that draws lots."""


@dataclass(frozen=True, slots=True)
class Way:
    """A step from a place.

    Attributes:
        line: what happens; None for a beginning.
        target: number of the place where it leads, or None where the session ends.
        covered: what the step covers.
    """

    line: Line | None
    target: int | None
    covered: frozenset[Goal]


@dataclass(slots=True)
class Place:
    """A situation.

    Attributes:
        carrier: a snapshot of it.
        seed: of its chance.
        now: the time there.
        past: what is remembered.
        conversation: how it begins: without lines.
        ways: what leads on.
    """

    carrier: Carrier
    seed: str
    now: int
    past: Past
    conversation: Conversation
    ways: list[Way] = field(default_factory=list)


@dataclass(slots=True)
class Explored:
    """What was found.

    Attributes:
        places: in the order in which they were found.
        beginnings: the first steps, each with how the conversation begins.
        hindrance: why what was not found may happen all the same, or ``""``.
        steps: macrosteps that it took.
    """

    places: list[Place] = field(default_factory=list)
    beginnings: list[tuple[Conversation, Way]] = field(default_factory=list)
    hindrance: str = ""
    steps: int = 0


ENOUGH: Final = 1_000
"""So many steps are tried at least, and then as many again as it took to meet everything: what was
met first need not be what makes the fewest conversations."""


def explored(goals: Goals, world: World, budget: int, hopeless: Collection[Goal] = ()) -> Explored:
    """Go through the situations of a chart until all that can be met was.

    What is behind something new comes first, and else what was found first.

    Args:
        goals: what is covered, with the chart.
        world: what can happen to it.
        budget: how many macrosteps may be tried.
        hopeless: what is known never to happen.
    """
    exploring = _Exploring(goals, world, budget, hopeless)
    exploring.run()
    return exploring.found


class _Exploring:
    def __init__(self, goals: Goals, world: World, budget: int, hopeless: Collection[Goal]) -> None:
        self._goals = goals
        self._wanted = set(goals.universe).difference(hopeless)
        self._most = budget
        self._world = world
        self._budget = budget
        self._known: dict[Any, int] = {}
        self._waiting: deque[int] = deque()
        self._eager: deque[int] = deque()
        self._done: set[int] = set()
        self._draws = any(node.draws for node in goals.watch.chart.tree.nodes.values())
        self.found = Explored()

    def run(self) -> None:
        """Go on until nothing is left, or the budget is spent."""
        if self._draws:
            self.found.hindrance = "lots are drawn, of which only some were tried"
        for conversation in self._beginnings():
            self._begin(conversation)
        while self._eager or self._waiting:
            number = (self._eager or self._waiting).popleft()
            if number in self._done:
                continue
            self._done.add(number)
            place = self.found.places[number]
            snapshot = place.carrier.snapshot
            if len(snapshot.timers) > 1:
                self._hinder(
                    "several timers run at once, whose order depends on how long people take"
                )
            for line in self._world.alphabet.lines(snapshot):
                if self.found.steps >= self._most:
                    self._hinder(f"the budget was spent after {self.found.steps} steps")
                    return
                self._go(place, line)

    def _hinder(self, reason: str) -> None:
        self.found.hindrance = self.found.hindrance or reason

    def _beginnings(self) -> Iterator[Conversation]:
        if not are_few(self._world.inputs, BEGINNINGS):
            self._hinder(FEWER)
        seeds = SEEDS if self._draws else SEEDS[:1]
        for moment, seed, given in product(
            self._world.moments, seeds, list(combinations(self._world.inputs, BEGINNINGS))
        ):
            outside, data = self._world.start_of(given, {})
            invented = self._world.model.invented
            named = {name: value for name, value in data.items() if name not in invented}
            yield Conversation((), named, **outside, seed=seed, now=moment)

    def _begin(self, told: Conversation) -> None:
        chart = self._goals.watch.chart
        others = Surroundings(chart, told.contact, told.tenant)
        try:
            step = start(
                chart,
                session=SCRIPT_SESSION,
                seed=told.seed,
                now=told.now,
                data=told.data,
                **others.values,
            )
        except InvalidEvent:
            return
        others.after(step)
        covered, past = self._goals.covered(step, self._goals.begin())
        target = self._arrive(step, others, told.now, past, told)
        self._meet(covered, target)
        self.found.beginnings.append((told, Way(None, target, covered)))

    def _meet(self, covered: frozenset[Goal], target: int | None) -> None:
        """Note what is covered; a place behind something new is looked at first."""
        if self._wanted.isdisjoint(covered):
            return
        self._wanted -= covered
        if target is not None:
            self._eager.append(target)
        if not self._wanted:
            self._most = min(self._budget, max(ENOUGH, 2 * self.found.steps))

    def _go(self, place: Place, line: Line) -> None:
        self.found.steps += 1
        chart, snapshot = self._goals.watch.chart, place.carrier.snapshot
        others = Surroundings(chart, **place.carrier.outside)
        try:
            event = event_for(line, chart, snapshot, place.now)
        except InvalidScript:
            return
        step = others.after(macrostep(chart, snapshot, others.around(event)))
        covered, past = self._goals.covered(step, place.past)
        if not step.microsteps and not covered and not isinstance(line, Advanced):
            return
        target = self._arrive(step, others, max(place.now, event.now), past, place.conversation)
        self._meet(covered, target)
        place.ways.append(Way(line, target, covered))

    def _arrive(
        self, step: Macrostep, others: Surroundings, now: int, past: Past, told: Conversation
    ) -> int | None:
        snapshot: Snapshot = step.snapshot
        if snapshot.status is not Status.ACTIVE:
            return None
        carrier = Carrier(snapshot, dict(others.values), told.now)
        control, _, point = self._world.situations.of(carrier)
        seed = told.seed if self._draws else ""
        memory = past.key if self._goals.remembers else None
        chance = frozen(dict(snapshot.visits)) if self._draws else None
        key = (control, point, seed, chance, memory)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.found.places)
            self.found.places.append(Place(carrier, told.seed, now, past, told))
            self._waiting.append(number)
        return number
