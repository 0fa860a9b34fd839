"""Searches, each of a model of one chart, and what can be concluded from what they have not met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from statewright.compiler.verification.budget import Budget, Meter, Progress
from statewright.compiler.verification.exactness.doubts import behind, places_of
from statewright.compiler.verification.exactness.exactness import (
    Gap,
    exactness_of,
    expression_texts,
)
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.questions import GoOnForEver, Question
from statewright.compiler.verification.search.memory import Memory
from statewright.compiler.verification.search.pieces import Found
from statewright.compiler.verification.search.search import Search
from statewright.compiler.verification.solving.hints import hints_for
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.world.model import Model, model_of
from statewright.compiler.verification.world.predicates import Following, candidates, following_of
from statewright.compiler.verification.world.world import World, of_the_session, world_of
from statewright.statechart.definition import Statechart
from statewright.statechart.structure.tree import tree_of

SEARCH = "search"
"""The engine that goes through all situations, with values that stand for all others."""

ABSTRACTION = "abstraction"
"""The engine that goes through more than all situations, with guards given up."""


_QUOTED: Final = 80
"""So many characters are quoted of an expression; some are made by the compiler, and long."""


@dataclass(slots=True)
class Engine:
    """One search, and what it was about.

    Attributes:
        name: of the engine.
        world: what was searched.
        search: the search.
        found: what it found.
        steps: macrosteps that it took.
        gaps: where the values that were tried may not stand for all.
    """

    name: str
    world: World
    search: Search
    found: Found
    steps: int
    gaps: tuple[Gap, ...]
    _after: frozenset[str] | None = None
    _beyond: frozenset[str] | None = None

    @property
    def hindrance(self) -> str:
        """Why what it did not meet may happen all the same; ``""`` where it cannot."""
        return self.interruption or self._doubt

    def hindrance_of(self, question: Question) -> str:
        """Why something that it did not meet may happen all the same; ``""`` where it cannot.

        What has happened before anything is in doubt is beyond doubt, and so are the places to
        which nothing leads from there.
        """
        if not (self.interruption or self._doubt):
            return ""
        places = places_of(self.world.tree, question)
        if self.derailment or places is None or places & self._left:
            return self.hindrance
        return self._doubt if places & self._behind else ""

    @property
    def _left(self) -> frozenset[str]:
        """The states that may be active once the budget was spent."""
        if not self.found.begun:
            return frozenset(self.world.tree.nodes)
        if self._beyond is None:
            met = {name for one in self.found.unexplored for name in one.control[0]}
            self._beyond = behind(self.world.tree, met)
        return self._beyond

    @property
    def _behind(self) -> frozenset[str]:
        """The states that may be active once something was in doubt."""
        if self._after is None:
            self._after = behind(self.world.tree, self.found.doubted)
        return self._after

    @property
    def interruption(self) -> str:
        """Why not all that it had to try was tried; ``""`` where it was."""
        if not self.found.complete and not self.found.repeated:
            return f"the budget was spent after {self.steps} macrosteps"
        return self.derailment

    @property
    def derailment(self) -> str:
        """Why what it tried may be something else than what happens; ``""`` where it is not."""
        if self.found.repeated:
            return f"`{self.found.repeated}` is looked at more than once without waiting"
        limit = self.world.chart.limit
        # Of what is given up there is no trace: lots may have been drawn again and again.
        is_vague = limit < self.world.model.real.limit or bool(self.world.free)
        if GoOnForEver() in self.found.seen and is_vague:
            return f"more than {limit} steps are taken without waiting"
        return ""

    @property
    def _doubt(self) -> str:
        """Where what it tried may not stand for all; ``""`` where it does."""
        if self.found.crowded:
            name = min(self.found.crowded)[1]
            return f"`{name}` may have more values than are followed"
        if self.found.unnamed:
            return f"`{min(self.found.unnamed)}` offers an answer that is not told from others"
        if self.gaps and self.found.doubted:
            gap = self.gaps[0]
            expression = " ".join(gap.expression.split())
            if len(expression) > _QUOTED:
                expression = f"{expression[:_QUOTED]}…"
            place = f"in `{gap.state}`" if gap.state else "of the whole flow"
            return f"`{expression}` {place}: {gap.reason}"
        return ""


@dataclass(frozen=True, slots=True)
class Engines:
    """Begins searches of one chart: what they may spend, whom they tell, and whom they ask.

    Attributes:
        chart: the real one.
        budget: what each search may spend.
        progress: told from time to time how far a search is.
        withheld: inputs of the chart that nobody gives.
        solver: whom to ask about guards that samples cannot decide; None for nobody.
        memory: what was run of earlier versions of the chart.
    """

    chart: Statechart
    budget: Budget
    progress: Progress
    withheld: frozenset[str]
    solver: Solver | None
    memory: Memory | None = None

    def begun(self, name: str, given_up: frozenset[str]) -> Engine:
        """A search with the guards of these texts given up."""
        variables = of_the_session(tree_of(self.chart))
        following = following_of(self.chart, given_up, variables, self.solver)
        model = model_of(self.chart, given_up, self.withheld, following)
        return self._run(name, model, following, self.budget)

    def narrowed(self, name: str, given_up: frozenset[str], steps: int) -> Engine:
        """A search with these guards given up, none of them followed, and few steps to spend."""
        model = model_of(self.chart, given_up, self.withheld)
        return self._run(name, model, Following(), replace(self.budget, steps=steps))

    def _run(self, name: str, model: Model, following: Following, budget: Budget) -> Engine:
        """Search; again where variables counted as written of which that failed."""
        unsure: frozenset[str] = frozenset()
        hints = self._hints(model) if name == SEARCH else {}
        world = world_of(model, hints)
        exactness = exactness_of(world)
        gaps = exactness.gaps
        if model.chart.charts:
            gaps = (*gaps, Gap("", "", "it runs other machines", guard=False))
        memory = self.memory if name == SEARCH else None
        while True:
            remembered = memory if memory is not None and memory.begin(world) else None
            meter = Meter(budget, self.progress)
            search = Search(world, meter, exactness.wild, gaps, following.feasible, remembered)
            found = search.run()
            if found.unsure <= unsure:
                break
            unsure |= found.unsure
            other = world.with_unsure(unsure)
            if not _differ(world, other, found):
                break
            world = other
        return Engine(name, world, search, found, meter.steps, gaps)

    def _hints(self, model: Model) -> dict[str, Cut]:
        if self.solver is None:
            return {}
        world = world_of(model)
        texts = expression_texts(exactness_of(world).gaps)
        guards = {one.key: (one.guard, one.names) for one in candidates(model.real, texts)}
        return hints_for(guards, of_the_session(world.tree), self.solver)


def _differ(one: World, other: World, found: Found) -> bool:
    """Whether anything that was met would be another situation with other variables live."""
    met = {piece.control[0] for piece in found.pieces}
    return any(one.situations.dimensions(at) != other.situations.dimensions(at) for at in met)
