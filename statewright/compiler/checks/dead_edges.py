"""The edges with guards that are never taken though conversations come to where they begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
                yield DeadEdge(edge, answer, Why(Cause.PATH))
