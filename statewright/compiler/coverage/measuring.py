"""What some conversations covered of a flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from statewright.compiler.coverage.goals import Criterion, Goal, Goals
from statewright.compiler.coverage.guards import ERROR
from statewright.flows.model import Flow
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import Turn

MEASURED = (Criterion.NODES, Criterion.PORTS, Criterion.GUARDS)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of all that there is, how often it was covered.

    Attributes:
        counts: goal → in how many conversations.
    """

    counts: dict[Goal, int]

    def of(self, criterion: Criterion) -> tuple[int, int]:
        """How much of a kind was covered, and how much there is.

        Errors of guards do not count: most guards have none.
        """
        counts = [
            count
            for goal, count in self.counts.items()
            if goal.criterion is criterion and goal.detail != ERROR
        ]
        return sum(map(bool, counts)), len(counts)

    def missing(self, criterion: Criterion) -> list[Goal]:
        """What of a kind was not covered, in the order of the drawing."""
        return [goal for goal, n in self.counts.items() if not n and goal.criterion is criterion]


class Measuring:
    """Counts what conversations cover.

    Args:
        flow: the drawing.
        chart: what it became.
    """

    def __init__(self, flow: Flow, chart: Statechart) -> None:
        self._goals = Goals(flow, chart, MEASURED)
        self._counts = dict.fromkeys(self._goals.universe, 0)

    @property
    def chart(self) -> Statechart:
        """The chart to hold conversations with, so that they can be measured."""
        return self._goals.watch.chart

    def counted(self, turns: Iterable[Turn]) -> Iterator[Turn]:
        """The turns of a conversation as they come, once it is counted what they cover."""
        past, met = self._goals.begin(), set[Goal]()
        for turn in turns:
            covered, past = self._goals.covered(turn.macrostep, past)
            for goal in covered - met:
                self._counts[goal] += 1
            met |= covered
            yield turn

    @property
    def coverage(self) -> Coverage:
        """What was counted."""
        return Coverage(dict(self._counts))
