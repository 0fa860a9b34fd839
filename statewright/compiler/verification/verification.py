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
from statewright.compiler.verification.budget import DEFAULT, Budget, Progress, silent
from statewright.compiler.verification.engines import ABSTRACTION, SEARCH, Engine, Engines
from statewright.compiler.verification.exactness.exactness import (
    expression_texts,
    guards_reading,
)
from statewright.compiler.verification.happening import happens_in
from statewright.compiler.verification.questions import (
    Answer,
    Fail,
    GetStuck,
    Impossible,
    LoseTheEnd,
    Possible,
    Question,
    Undecided,
    WaitForEver,
)
from statewright.compiler.verification.refinement import Refining
from statewright.compiler.verification.search.ends import Reaching
from statewright.compiler.verification.search.memory import Memory
from statewright.compiler.verification.search.pieces import Origin, Piece
from statewright.compiler.verification.search.promises import Waiting
from statewright.compiler.verification.search.ways_back import way_to
from statewright.compiler.verification.solving.terms import Solver
from statewright.compiler.verification.telling import Happens, Path, conversation_on
from statewright.compiler.verification.world.situations import Carrier, Control
from statewright.statechart.definition import Statechart
from statewright.statechart.rules import Rule, RuleKind
from statewright.statechart.snapshot import Status
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of

ADVICE = "; a solver may know more: install statewright[prove]"
"""What is said where a guard could not be decided, and nobody was there to be asked."""


@dataclass(slots=True)
class Verification:
    """What is known of a chart.

    Attributes:
        chart: the real one.
        budget: what each search might spend.
        engines: the searches, in order.
        is_solved: whether a solver was asked.
        refining: looks closer at questions that a search could not answer for lack of budget.
    """

    chart: Statechart
    budget: Budget
    engines: tuple[Engine, ...]
    is_solved: bool = False
    refining: Refining | None = None
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
        """The states whose nodes are never left again, as far as that is beyond doubt."""
        if self._derailment:
            return ()
        places = (_innermost(piece.carrier) for piece, _ in self.exits.lost())
        return tuple(dict.fromkeys(map(GetStuck, places)))

    def lost(self) -> tuple[LoseTheEnd, ...]:
        """The states from which no end can be reached, as far as that is beyond doubt."""
        if self._derailment:
            return ()
        places = (_innermost(piece.carrier) for piece, _ in self.ends.lost())
        return tuple(dict.fromkeys(map(LoseTheEnd, places)))

    @property
    def _derailment(self) -> str:
        return self.engines[0].derailment

    @property
    def ends(self) -> Reaching:
        """From where an end can be reached."""
        if self._ends is None:
            self._ends = Reaching(self.engines[0].found, lambda edge: edge.good or edge.doubtful)
        return self._ends

    @property
    def exits(self) -> Reaching:
        """From where something leads out of the node in which a session rests."""
        if self._exits is None:
            self._exits = Reaching(
                self.engines[0].found,
                lambda edge: edge.target is None or edge.leaves or edge.doubtful,
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
        match question:
            case LoseTheEnd(state):
                return self._lost(state, self.ends)
            case GetStuck(state):
                return self._lost(state, self.exits)
            case WaitForEver():
                return self._waits(question)
            case _:
                origin = self.engines[0].found.seen.get(question)
                return self._unmet(question) if origin is None else self._shown(question, origin)

    def _unmet(self, question: Question) -> Answer:
        """What is known of something that the first search has not met."""
        first = self.engines[0]
        for engine in self.engines:
            if question not in engine.found.seen and not engine.hindrance_of(question):
                return Impossible(engine.name)
        refined = None if self.refining is None else self.refining.answer(question)
        if refined is not None:
            return refined
        advice = "" if self.is_solved or not any(one.guard for one in first.gaps) else ADVICE
        return Undecided(first.hindrance + advice, self.spent)

    def _shown(self, question: Question, origin: Origin) -> Answer:
        happens: Happens = lambda step: happens_in(question, step)  # noqa: E731 (it is passed on)
        return self._told(origin, happens)

    def _told(self, origin: Origin, happens: Happens) -> Answer:
        first = self.engines[0]
        way = way_to(first.world, first.found, origin)
        outside, data = first.world.start_of(way.inputs, {})
        invented = first.world.model.invented
        given = {name: value for name, value in data.items() if name not in invented}
        path = Path(way.lines, given, outside, way.now, way.fires)
        told = conversation_on(self.chart, path, happens, self.budget)
        if told is None:
            return Undecided("the conversation that was found cannot be replayed", self.spent)
        return Possible(told)

    def _lost(self, state: str, reaching: Reaching) -> Answer:
        if self._derailment:
            return Undecided(self._derailment, self.spent)

        def happens(step: Macrostep) -> bool:
            return step.snapshot.configuration[-1:] == (state,) and any(
                reaching.is_lost(control, point) for control, point in self._situations(step)
            )

        for piece, box in reaching.lost():
            if _innermost(piece.carrier) == state:
                return self._told(_origin_of(piece, box), happens)
        return Undecided(self.hindrance, self.spent) if self.hindrance else Impossible(SEARCH)

    def _waits(self, question: WaitForEver) -> Answer:
        rule = next((one for one in self.chart.rules if one.name == question.rule), None)
        if rule is None or rule.kind is not RuleKind.LEADS_TO:
            return Impossible("graph")
        if self._derailment:
            return Undecided(self._derailment, self.spent)
        waiting = self.waiting(rule)

        def happens(step: Macrostep) -> bool:
            return any(
                waiting.is_hopeless(control, point) for control, point in self._situations(step)
            )

        hopeless = next(waiting.hopeless, None)
        if hopeless is not None:
            return self._told(_origin_of(*hopeless), happens)
        if self.hindrance:
            return Undecided(self.hindrance, self.spent)
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
            # Timers that were set at one time may have been set in one macrostep, or in several.
            for snapshot in (step.snapshot, world.timing.at_once(step.snapshot)):
                carrier = Carrier(snapshot, outside, moment).given(world.usual_values(world.free))
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
    memory: Memory | None = None,
) -> Verification:
    """Find out what can happen in a chart.

    Args:
        chart: the real one.
        budget: what each search may spend.
        progress: told from time to time how far a search is.
        withheld: inputs of the chart that nobody gives.
        solver: whom to ask about guards that samples cannot decide; None for nobody.
        memory: what was run of earlier versions of the chart; it is brought up to date.
    """
    budget = budget.of_chart(len(tree_of(chart).nodes))
    engines = Engines(chart, budget, progress, withheld, solver, memory)
    first = engines.begun(SEARCH, frozenset())
    begun = [first]
    given_up: frozenset[str] = frozenset()
    while len(begun) < ROUNDS:
        last = begun[-1]
        more = expression_texts(last.gaps) | guards_reading(last.world, last.found.crowded)
        if not last.hindrance or more <= given_up:
            break
        given_up |= more
        begun.append(engines.begun(ABSTRACTION, given_up))
    if solver is not None and given_up and first.hindrance:
        followed = {
            ("", name) for one in begun[-1].world.model.predicates.values() for name in one.names
        }
        related = given_up | guards_reading(first.world, followed)
        if related > given_up:
            begun.append(engines.begun(ABSTRACTION, related))
    return Verification(chart, budget, tuple(begun), solver is not None, Refining(engines, first))


ROUNDS = 4
"""How many searches there are at most, each with more guards given up."""
