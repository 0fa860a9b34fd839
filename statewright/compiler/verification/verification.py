"""Answers questions about a chart: with searches that find conversations, and such that prove.

First the chart is searched with values that stand for all others. Where they really do, whatever
was not met never happens. Where some guards are beyond that, these are given up in a second search,
which goes through more than can happen: what even that never meets never happens either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from statewright.compiler.verification.boxes import Box, lowest
from statewright.compiler.verification.budget import DEFAULT, Budget, Meter, Progress, silent
from statewright.compiler.verification.ends import Reaching
from statewright.compiler.verification.exactness import (
    Gap,
    exactness_of,
    expression_texts,
    guards_reading,
)
from statewright.compiler.verification.happening import happens_in
from statewright.compiler.verification.literals import Cut
from statewright.compiler.verification.model import Model, model_of
from statewright.compiler.verification.pieces import Found, Origin, Piece
from statewright.compiler.verification.predicates import Following, candidates, following_of
from statewright.compiler.verification.promises import Waiting
from statewright.compiler.verification.questions import (
    Answer,
    Fail,
    GetStuck,
    GoOnForEver,
    Impossible,
    LoseTheEnd,
    Possible,
    Question,
    Undecided,
    WaitForEver,
)
from statewright.compiler.verification.search import Search
from statewright.compiler.verification.situations import Carrier, Control
from statewright.compiler.verification.solving.hints import hints_for
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.telling import Happens, Path, conversation_on
from statewright.compiler.verification.world import World, of_the_session, world_of
from statewright.statechart.definition import Statechart
from statewright.statechart.rules import Rule, RuleKind
from statewright.statechart.snapshot import Status
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of

SEARCH = "search"
"""The engine that goes through all situations, with values that stand for all others."""

ABSTRACTION = "abstraction"
"""The engine that goes through more than all situations, with guards given up."""


ADVICE = "; a solver may know more: install statewright[prove]"
"""What is said where a guard could not be decided, and nobody was there to be asked."""


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

    @property
    def hindrance(self) -> str:
        """Why what it did not meet may happen all the same; ``""`` where it cannot."""
        if self.found.repeated:
            return f"`{self.found.repeated}` is looked at more than once without waiting"
        if not self.found.complete:
            return f"the budget was spent after {self.steps} macrosteps"
        if self.found.crowded:
            name = min(self.found.crowded)[1]
            return f"`{name}` may have more values than are followed"
        limit = self.world.chart.limit
        if GoOnForEver() in self.found.seen and limit < self.world.model.real.limit:
            return f"more than {limit} steps are taken without waiting"
        if self.gaps:
            gap = self.gaps[0]
            return f"`{gap.expression}` in `{gap.state}`: {gap.reason}"
        return ""


@dataclass(slots=True)
class Verification:
    """What is known of a chart.

    Attributes:
        chart: the real one.
        budget: what each search might spend.
        engines: the searches, in order.
        is_solved: whether a solver was asked.
    """

    chart: Statechart
    budget: Budget
    engines: tuple[Engine, ...]
    is_solved: bool = False
    _answers: dict[Question, Answer] = field(default_factory=dict)
    _ends: Reaching | None = None
    _exits: Reaching | None = None
    _waiting: dict[str, Waiting] = field(default_factory=dict)

    @property
    def spent(self) -> int:
        """Macrosteps that were tried."""
        return sum(engine.steps for engine in self.engines)

    @property
    def hindrance(self) -> str:
        """Why nothing can be proved of what the first search has not met, or ``""``."""
        return self.engines[0].hindrance

    def answer(self, question: Question) -> Answer:
        """Answer a question; the same every time."""
        known = self._answers.get(question)
        if known is None:
            known = self._answers[question] = self._answered(question)
        return known

    def is_met(self, question: Question) -> bool:
        """Whether the first search has met it; cheap, and without a conversation."""
        return question in self.engines[0].found.seen

    def failures(self) -> tuple[Fail, ...]:
        """Everything that goes wrong in what was met first, in that order."""
        return tuple(one for one in self.engines[0].found.seen if isinstance(one, Fail))

    def stuck(self) -> tuple[GetStuck, ...]:
        """The states whose nodes are never left again; none where not everything was searched."""
        if self.hindrance:
            return ()
        places = (_innermost(piece.carrier) for piece, _ in self.exits.lost())
        return tuple(dict.fromkeys(map(GetStuck, places)))

    def lost(self) -> tuple[LoseTheEnd, ...]:
        """The states from which no end can be reached; none where not everything was searched."""
        if self.hindrance:
            return ()
        places = (_innermost(piece.carrier) for piece, _ in self.ends.lost())
        return tuple(dict.fromkeys(map(LoseTheEnd, places)))

    @property
    def ends(self) -> Reaching:
        """From where an end can be reached."""
        if self._ends is None:
            self._ends = Reaching(self.engines[0].found, lambda edge: edge.good)
        return self._ends

    @property
    def exits(self) -> Reaching:
        """From where something leads out of the node in which a session rests."""
        if self._exits is None:
            self._exits = Reaching(
                self.engines[0].found, lambda edge: edge.target is None or edge.leaves
            )
        return self._exits

    def waiting(self, rule: Rule) -> Waiting:
        """Where what a rule promises is still to come."""
        known = self._waiting.get(rule.name)
        if known is None:
            other = rule.other
            returns = any(node.histories for node in self.engines[0].world.tree.nodes.values())
            is_plain = other is not None and other.condition is None and not returns
            known = Waiting(self.engines[0].found, rule, is_plain=is_plain)
            self._waiting[rule.name] = known
        return known

    # How

    def _answered(self, question: Question) -> Answer:
        first = self.engines[0]
        if isinstance(question, LoseTheEnd):
            return self._lost(question.state, self.ends)
        if isinstance(question, GetStuck):
            return self._lost(question.state, self.exits)
        if isinstance(question, WaitForEver):
            return self._waits(question)
        origin = first.found.seen.get(question)
        if origin is not None:
            return self._shown(question, origin)
        for engine in self.engines:
            if question not in engine.found.seen and not engine.hindrance:
                return Impossible(engine.name)
        advice = "" if self.is_solved or not any(one.guard for one in first.gaps) else ADVICE
        return Undecided(first.hindrance + advice, self.spent)

    def _shown(self, question: Question, origin: Origin) -> Answer:
        happens: Happens = lambda step: happens_in(question, step)  # noqa: E731 (it is passed on)
        return self._told(origin, happens)

    def _told(self, origin: Origin, happens: Happens) -> Answer:
        first = self.engines[0]
        lines, inputs, now = first.search.path(origin)
        outside, data = first.world.start_of(inputs, {})
        free = {name for _, name in first.world.free}
        given = {name: value for name, value in data.items() if name not in free}
        path = Path(lines, given, outside, now)
        told = conversation_on(self.chart, path, happens, self.budget)
        if told is None:
            return Undecided("the conversation that was found cannot be replayed", self.spent)
        return Possible(told)

    def _lost(self, state: str, reaching: Reaching) -> Answer:
        if self.hindrance:
            return Undecided(self.hindrance, self.spent)

        def happens(step: Macrostep) -> bool:
            return step.snapshot.configuration[-1:] == (state,) and any(
                reaching.is_lost(control, point) for control, point in self._situations(step)
            )

        for piece, box in reaching.lost():
            if _innermost(piece.carrier) == state:
                return self._told(_origin_of(piece, box), happens)
        return Impossible(SEARCH)

    def _waits(self, question: WaitForEver) -> Answer:
        rule = next((one for one in self.chart.rules if one.name == question.rule), None)
        if rule is None or rule.kind is not RuleKind.LEADS_TO:
            return Impossible("graph")
        if self.hindrance:
            return Undecided(self.hindrance, self.spent)
        waiting = self.waiting(rule)

        def happens(step: Macrostep) -> bool:
            return any(
                waiting.is_hopeless(control, point) for control, point in self._situations(step)
            )

        hopeless = next(waiting.hopeless, None)
        if hopeless is not None:
            return self._told(_origin_of(*hopeless), happens)
        if waiting.is_unsure:
            return Undecided("it may be kept and made again at once, for ever", self.spent)
        return Impossible(SEARCH)

    def _situations(self, step: Macrostep) -> Iterator[tuple[Control, Box]]:
        """What the snapshot after a macrostep of the real chart is, if the session goes on."""
        world = self.engines[0].world
        if step.snapshot.status is not Status.ACTIVE:
            return
        for moment in world.moments:
            outside: dict[str, dict[str, Any]] = {"contact": {}, "tenant": {}}
            carrier = Carrier(step.snapshot, outside, moment).given(world.free_values({}))
            control, _, point = world.situations.of(carrier)
            yield control, point


def _origin_of(piece: Piece, box: Box) -> Origin:
    """Something that happens at a point of a piece, without anything happening."""
    point = {key: lowest(mask) for key, mask in zip(piece.dimensions, box, strict=True)}
    return Origin(piece.number, None, point, frozenset())


def _innermost(carrier: Carrier) -> str:
    return carrier.snapshot.configuration[-1]


def verified(
    chart: Statechart,
    budget: Budget = DEFAULT,
    progress: Progress = silent,
    withheld: frozenset[str] = frozenset(),
    solver: Solver | None = None,
) -> Verification:
    """Find out what can happen in a chart.

    Args:
        chart: the real one.
        budget: what each search may spend.
        progress: told from time to time how far a search is.
        withheld: inputs of the chart that nobody gives.
        solver: whom to ask about guards that samples cannot decide; None for nobody.
    """
    asking = _Asking(budget, progress, solver)
    variables = of_the_session(tree_of(chart))

    def engine(name: str, given_up: frozenset[str]) -> Engine:
        following = following_of(chart, given_up, variables, solver)
        return asking.engine(name, model_of(chart, given_up, withheld, following), following)

    first = engine(SEARCH, frozenset())
    engines = [first]
    given_up: frozenset[str] = frozenset()
    while len(engines) < ROUNDS:
        last = engines[-1]
        more = expression_texts(last.gaps) | guards_reading(last.world, last.found.crowded)
        if not last.hindrance or more <= given_up:
            break
        given_up |= more
        engines.append(engine(ABSTRACTION, given_up))
    if solver is not None and given_up and engines[0].hindrance:
        followed = {
            ("", name) for one in engines[-1].world.model.predicates.values() for name in one.names
        }
        related = given_up | guards_reading(first.world, followed)
        if related > given_up:
            engines.append(engine(ABSTRACTION, related))
    return Verification(chart, budget, tuple(engines), solver is not None)


ROUNDS = 4
"""How many searches there are at most, each with more guards given up."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """Begins searches: what they may spend, whom they tell, and whom they ask."""

    budget: Budget
    progress: Progress
    solver: Solver | None

    def engine(self, name: str, model: Model, following: Following) -> Engine:
        """Search; again where variables counted as written of which that failed."""
        unsure: frozenset[str] = frozenset()
        hints = self._hints(model) if name == SEARCH else {}
        while True:
            world = world_of(model, unsure, hints)
            exactness = exactness_of(world)
            meter = Meter(self.budget, self.progress)
            search = Search(world, meter, exactness.wild, following.feasible)
            found = search.run()
            if found.unsure <= unsure:
                break
            unsure |= found.unsure
        gaps = exactness.gaps
        if model.chart.charts:
            gaps = (*gaps, Gap("", "", "it runs other machines", guard=False))
        return Engine(name, world, search, found, meter.steps, gaps)

    def _hints(self, model: Model) -> dict[str, Cut]:
        if self.solver is None:
            return {}
        world = world_of(model)
        texts = expression_texts(exactness_of(world).gaps)
        guards = {one.key: (one.guard, one.names) for one in candidates(model.real, texts)}
        return hints_for(guards, of_the_session(world.tree), self.solver)
