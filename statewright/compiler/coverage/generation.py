"""Conversations that cover a flow, and what of it is not covered: because it cannot be, or why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from statewright.compiler.coverage.exploring import Explored, explored
from statewright.compiler.coverage.goals import Criterion, Goal, Goals
from statewright.compiler.coverage.guards import ERROR
from statewright.compiler.coverage.walking import Transcript, transcript_of, walked
from statewright.compiler.verification.questions import (
    Answer,
    EnterState,
    Impossible,
    Possible,
    Question,
    TakeTransition,
    Undecided,
)
from statewright.compiler.verification.verification import Verification
from statewright.flows.model import Flow
from statewright.statechart.definition import state_id
from statewright.statechart.stepping.evaluation import GUARD_ERROR

STEPS = 20_000
"""How many macrosteps an exploration may try, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What there is to be covered of a flow, and how.

    Attributes:
        transcripts: conversations, each covering something that those before it do not.
        covered: what they cover.
        infeasible: what is proved to happen in no conversation.
        open: what is neither, each with the reason.
    """

    transcripts: tuple[Transcript, ...]
    covered: tuple[Goal, ...]
    infeasible: tuple[Goal, ...]
    open: tuple[tuple[Goal, str], ...]


def generated(
    flow: Flow,
    verification: Verification,
    criteria: Iterable[Criterion] = (Criterion.PORTS,),
    steps: int = STEPS,
) -> Generation:
    """Make conversations that cover a flow; the same ones every time.

    Args:
        flow: the drawing.
        verification: what is known of its chart.
        criteria: what is to be covered, beside nodes and ports.
        steps: how many macrosteps may be tried.
    """
    goals = Goals(flow, verification.chart, {Criterion.NODES, Criterion.PORTS, *criteria})
    judging = _Judging(flow, verification, goals)
    hopeless = {goal for goal in goals.universe if judging.is_known_dead(goal)}
    judging.found = explored(goals, verification.engines[0].world, steps, hopeless)
    transcripts = walked(goals, judging.found)
    covered: set[Goal] = set().union(*(one.covered for one in transcripts))
    shown = [
        found.conversation
        for goal in goals.universe
        if goal not in covered and (found := judging.shown(goal)) is not None
    ]
    # The longest ones cover most of what the others do.
    for told in sorted(shown, key=lambda one: -len(one.lines)):
        left = [one for one in goals.universe if one not in covered]
        transcript = transcript_of(goals, told, left)
        if transcript.fresh:
            transcripts.append(transcript)
            covered |= transcript.covered
    missing = [goal for goal in goals.universe if goal not in covered]
    reasons = {goal: judging.hindrance(goal) for goal in missing}
    return Generation(
        tuple(transcripts),
        tuple(goal for goal in goals.universe if goal in covered),
        tuple(goal for goal in missing if not reasons[goal]),
        tuple((goal, reasons[goal]) for goal in missing if reasons[goal]),
    )


class _Judging:
    """Tells of what was not met whether it can happen at all."""

    def __init__(self, flow: Flow, verification: Verification, goals: Goals) -> None:
        self._verification = verification
        self.found = Explored()
        self._questions: dict[Goal, tuple[Question, ...]] = {
            goal: tuple(map(TakeTransition, sorted(port.transitions)))
            for goal, port in goals.port_goals()
        }
        self._guarded: dict[str, tuple[EnterState, ...]] = {
            goal.subject: (EnterState(state_id(port.node)),) for goal, port in goals.port_goals()
        }
        for node in flow.nodes:
            self._questions[Goal(Criterion.NODES, node.id)] = (EnterState(state_id(node.id)),)

    def shown(self, goal: Goal) -> Possible | None:
        """A conversation that the verifier knows."""
        return next((one for one in self._answers(goal) if isinstance(one, Possible)), None)

    def hindrance(self, goal: Goal) -> str:
        """Why something that was not met is not proved never to happen; ``""`` where it is."""
        if self.is_known_dead(goal):
            return ""
        answers = list(self._answers(goal))
        undecided = [one.reason for one in answers if isinstance(one, Undecided)]
        if undecided:
            return undecided[0]
        if answers:
            return "the conversation that was found cannot be replayed"
        return self._verification.hindrance or self.found.hindrance

    def is_known_dead(self, goal: Goal) -> bool:
        """Whether the verifier has proved that something never happens."""
        if goal.criterion is Criterion.PAIRS:
            ends = (Goal(Criterion.PORTS, goal.subject), Goal(Criterion.PORTS, goal.detail))
            return any(map(self.is_known_dead, ends))
        questions: tuple[Question, ...] = self._questions.get(goal, ())
        if goal.criterion is Criterion.GUARDS and goal.detail == ERROR and self._never_fails(goal):
            return True
        if goal.criterion in {Criterion.GUARDS, Criterion.BOUNDARIES}:
            # Nobody ever comes to the node of the guard.
            questions = self._guarded[goal.subject]
        if not questions or any(map(self._verification.is_met, questions)):
            return False
        return all(isinstance(self._verification.answer(one), Impossible) for one in questions)

    def _never_fails(self, goal: Goal) -> bool:
        """Whether no guard of the states of a node ever has an error."""
        (entered,) = self._guarded[goal.subject]
        failing = {
            one.state.partition("/")[0]
            for one in self._verification.failures()
            if one.incident == GUARD_ERROR
        }
        return not self._verification.hindrance and entered.state not in failing

    def _answers(self, goal: Goal) -> Iterator[Answer]:
        return map(self._verification.answer, self._questions.get(goal, ()))
