"""What lowering a node needs to know of its flow, what it gives back, and how nodes are left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statewright.compiler.analysis.graph import Graph, graph_of
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.scope import session_variables
from statewright.expressions import Expression, Literal
from statewright.flows.model import Edge, Flow, Variable
from statewright.statechart.actions import Action, Log, Raise
from statewright.statechart.definition import Actions, State, Transition, state_id

TALK = "~talk"
"""The state that holds the whole conversation. (A ``~`` in a node's id is escaped.)"""

FAILED = "~failed"
"""The final state of a session that failed."""

ERRORS = ("error.execution.action", "error.communication", "error.flow")
"""What a flow's on-error answers. A guard that fails is not among them: the branch behind it has
been taken by then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow that is being lowered.

    Attributes:
        flow: what is lowered.
        graph: its nodes and edges.
        variables: its variables by name.
    """

    flow: Flow
    graph: Graph
    variables: Mapping[str, Variable]

    def is_wired(self, node: str, port: str) -> bool:
        """Whether an edge leaves a node by a port."""
        return bool(self.graph.at(node, port))


@dataclass(frozen=True, slots=True)
class Piece:
    """What a node becomes.

    Attributes:
        state: the state named after the node.
        final: whether it stands outside the conversation, as one of its ends.
    """

    state: State
    final: bool = False


def plan_of(flow: Flow) -> Plan:
    """Make ready to lower a flow."""
    return Plan(flow, graph_of(flow), session_variables(flow))


def ways(
    plan: Plan,
    node: str,
    port: str,
    *,
    events: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """The transitions by which a node is left at a port: one per edge, in their order.

    Where no edge is sure to be taken, the last one fails the session, so that a conversation
    never just stops.
    """
    transitions = branches(plan, node, port, events=events)
    if any(transition.guard is None for transition in transitions):
        return transitions
    return (*transitions, lost(node, port, events=events))


def branches(
    plan: Plan,
    node: str,
    port: str,
    *,
    events: tuple[str, ...] = (),
) -> tuple[Transition, ...]:
    """One transition per edge at a port, and nothing for the case that none is taken."""
    return tuple(
        _way(edge, events)
        if edge.target in plan.graph.nodes
        else lost(node, port, events=events, guard=_guard(edge))
        for edge in plan.graph.at(node, port)
    )


def _way(edge: Edge, events: tuple[str, ...]) -> Transition:
    return Transition(targets=(state_id(edge.target),), events=events, guard=_guard(edge))


def _guard(edge: Edge) -> Expression | None:
    return None if edge.guard is None else guard_from(edge.guard)


def lost(
    node: str, port: str, *, events: tuple[str, ...] = (), guard: Expression | None = None
) -> Transition:
    """Fails the session, because the drawing does not say how it goes on."""
    why = f"`{node}` was left at `{port}`, and no edge says where to"
    return Transition(
        targets=(FAILED,), events=events, guard=guard, actions=(Log("lost", Literal(why)),)
    )


def ways_or_error(
    plan: Plan, node: str, port: str, error: str, *, events: tuple[str, ...]
) -> tuple[Transition, ...]:
    """As ``ways`` where the port is wired; else an error event is raised for the on-error."""
    if plan.is_wired(node, port):
        return ways(plan, node, port, events=events)
    return (Transition(events=events, actions=(Raise(error, Literal({"node": node})),)),)


def done(node: str) -> str:
    """The event that a block of actions raises last, and so only where none of them failed.

    Eventless transitions come before the internal queue: without it, a node would be left before
    its error is seen.
    """
    return f"done.actions.{state_id(node)}"


def block(node: str, *actions: Action) -> tuple[Actions, ...]:
    """A block of entry actions that says when it is through."""
    return ((*actions, Raise(done(node))),)
