"""The edges with guards that are never taken though conversations come to where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from statewright.compiler.analysis.propositions import follows, is_contradiction
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.subject import Subject
from statewright.compiler.verification.branches import Cause, Why, why_dead
from statewright.compiler.verification.questions import Impossible, Undecided
from statewright.flows.model import Edge


@dataclass(frozen=True, slots=True)
class DeadEdge:
    """An edge that is never taken.

    Attributes:
        edge: the edge.
        answer: how sure that is.
        why: why it is not.
    """

    edge: Edge
    answer: Impossible | Undecided
    why: Why


def dead_edges(subject: Subject) -> Iterator[DeadEdge]:
    """All of them; none where nothing was verified."""
    drawing = subject.drawing
    if drawing is None:
        return
    for (source, _), edges in subject.graph.edges.items():
        if source not in subject.nodes or not drawing.is_met(source):
            continue
        for at, edge in enumerate(edges):
            if edge.guard is None or edge.target not in subject.nodes:
                continue
            answer = drawing.untaken(edge)
            if isinstance(answer, Impossible):
                yield DeadEdge(edge, answer, why_dead(drawing, edge, edges[:at]))
            elif answer is not None:
                yield _undecided(edge, answer, edges[:at])


def _undecided(edge: Edge, answer: Undecided, earlier: tuple[Edge, ...]) -> DeadEdge:
    """An edge that no search has decided; its guard may do so by itself."""
    guards = [guard_from(one.guard) for one in (edge, *earlier) if one.guard is not None]
    if is_contradiction(guards[0]):
        return DeadEdge(edge, Impossible(LOGIC), Why(Cause.CONTRADICTION))
    if follows(guards[0], guards[1:]):
        return DeadEdge(edge, Impossible(LOGIC), Why(Cause.SHADOW))
    return DeadEdge(edge, answer, Why(Cause.PATH))


LOGIC: Final = "logic"
"""The engine that looks at how the parts of guards are joined, whatever they mean."""
