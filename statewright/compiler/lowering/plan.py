"""What lowering a node needs to know of its flow, what it gives back, and how nodes are left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from statewright.compiler.analysis.graph import Graph, graph_of
from statewright.compiler.lowering.failures import known_failure
from statewright.compiler.lowering.guards import besides
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.scope import session_variables
from statewright.expressions import Content, Expression, Literal, parse
from statewright.flows.failures import ERROR, is_error_variable
from statewright.flows.model import Edge, Flow, Inactivity, Node, Variable
from statewright.flows.nodes import Body, Container, Interrupt, Parallel, Try
from statewright.statechart.actions import Action, Assign, Log, Raise
from statewright.statechart.definition import Actions, State, Transition, state_id

TALK = "~talk"
"""The state that holds the whole conversation. (A ``~`` in a node's id is escaped.)"""

FAILED = "~failed"
"""The final state of a session that failed."""

FLOW = "~flow"
"""The state, inside that of a subflow, that holds the flow; see ``Plan.part`` for the ``~``."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """What may happen at any time.

    Attributes:
        target: the id of the state where it leads.
        event: the event that it is.
        guard: CEL that must hold, or ``""``.
        home: the id of the state that holds its flow.
        outranks: whether that is so inside other interrupts, too.
        instead: whether it ends another interrupt of its flow, instead of freezing anything.
    """

    target: str
    event: str
    guard: str
    home: str
    outranks: bool = False
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """What is done about a user who says nothing.

    Attributes:
        inactivity: as the author wrote it.
        target: the id of the state where the conversation goes at last.
    """

    inactivity: Inactivity
    target: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow that is being lowered.

    Attributes:
        flow: what is lowered.
        graph: its nodes and edges.
        variables: its variables by name.
        lower: how a node is lowered; containers lower what is inside them.
        prefix: the names of the nodes that a flow stands inside which is part of another one.
        shared: whether that is inside a parallel, where others may listen, too.
        home: the id of the state that holds the flow.
        interruptions: what may happen at any time, in this flow and in those around it.
        interrupted: whether something may happen at any time in this flow itself.
        people: whether the chart knows when people have the conversation.
        returns: the events with which the conversation goes on where it was.
        aways: the events with which a conversation around is left from beside it, see ``away``.
        given_up: those of them with which a parallel gives up its regions.
        level: how many conversations that may be frozen stand inside each other here.
        rank: of what listens, see ``Awaits.rank``.
        silence: what is done about a user who says nothing, or None.
        tells: whether anybody, here or around, may ask what an error was.
    """

    flow: Flow
    graph: Graph
    variables: Mapping[str, Variable]
    lower: Callable[[Node, Plan], Piece]
    prefix: tuple[str, ...] = ()
    shared: bool = False
    home: str = TALK
    interruptions: tuple[Interruption, ...] = ()
    interrupted: bool = False
    people: bool = False
    returns: tuple[str, ...] = ()
    aways: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    level: int = 0
    rank: int = 0
    silence: Silence | None = None
    tells: bool = False

    @property
    def people_here(self) -> bool:
        """Whether it is this flow, the outermost one, that knows when people have it."""
        return self.people and not self.prefix

    @property
    def keeps(self) -> bool:
        """Whether the flow reads what its errors are."""
        return is_error_variable(self.variables.get(ERROR))

    def state(self, node: str, *parts: str) -> str:
        """The id of the state of a node, or of a body of it."""
        return state_id(*self.prefix, node, *parts)

    def part(self, node: str, *parts: str) -> str:
        """The id of a state inside that of a node, or of a body of it, that nobody drew.

        What it is called, the last part, begins with ``~``, as nothing does that an author wrote:
        a node of a flow inside this node may have any name.
        """
        return f"{self.state(node, *parts[:-1])}/{parts[-1]}"

    def name(self, node: str) -> str:
        """What a node is called by those outside who are told of it, and answer it.

        A flow inside a parallel may run several times at once: there its nodes are named by their
        path, a ``~`` and a ``/`` in an id being escaped in the manner of a JSON pointer.
        """
        if not self.shared:
            return node
        parts = (*self.prefix, node)
        return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)

    def inside(self, node: Node, body: str = "") -> tuple[Piece, ...]:
        """What the nodes of a body become, in the order of the file."""
        ids = self.graph.inside.get((node.id, body), ())
        return tuple(self.lower(self.graph.nodes[ident], self) for ident in ids)

    def entry(self, node: Node, body: Body) -> str | None:
        """The id of the state where a body begins; None where its entry is no node of it."""
        ids = self.graph.inside.get((node.id, body.name), ())
        return self.state(body.entry) if body.entry in ids else None

    def is_top(self, node: str) -> bool:
        """Whether there is a node of that id that stands inside no other."""
        return node in self.graph.nodes and not self.graph.nodes[node].container

    def is_wired(self, node: str, port: str) -> bool:
        """Whether an edge leaves a node by a port."""
        return bool(self.graph.at(node, port))


@dataclass(frozen=True, slots=True)
class Piece:
    """What a node becomes.

    Attributes:
        state: the state named after the node; None of a node that is nothing but an end.
        ends: final states that stand outside the conversation, however deep the node stands.
        beside: states of what happens while the conversation of the flow is frozen.
    """

    state: State | None
    ends: tuple[State, ...] = ()
    beside: tuple[State, ...] = ()


def plan_of(flow: Flow, lower: Callable[[Node, Plan], Piece]) -> Plan:
    """Make ready to lower a flow."""
    interrupted = any(isinstance(node.config, Interrupt) for node in flow.nodes)
    variables = session_variables(flow)
    plan = Plan(flow, graph_of(flow), variables, lower, interrupted=interrupted)
    tries = any(isinstance(node.config, Try) for node in flow.nodes)
    return replace(plan, tells=True) if tries or plan.keeps else plan


def plan_inside(plan: Plan, node: Node, flow: Flow) -> Plan:
    """Make ready to lower a flow that a node of another one runs."""
    shared = plan.shared or is_inside(node, plan, Parallel)
    inner = plan_of(flow, plan.lower)
    return replace(
        inner,
        prefix=(*plan.prefix, node.id),
        shared=shared,
        home=plan.part(node.id, FLOW),
        interruptions=interruptions_at(node, plan),
        people=plan.people,
        returns=plan.returns,
        aways=plan.aways,
        given_up=plan.given_up,
        level=plan.level,
        rank=plan.rank,
        silence=plan.silence,
        tells=plan.tells or inner.tells,
    )


def interruptions_at(node: Node, plan: Plan) -> tuple[Interruption, ...]:
    """What may happen at any time while the conversation is at a node.

    Inside an interrupt, that are the others which outrank it.
    """
    for around in plan.graph.containers(node.id):
        if isinstance(around.config, Interrupt):
            return outranking(plan.state(around.id), plan)
    return plan.interruptions


def outranking(state: str, plan: Plan) -> tuple[Interruption, ...]:
    """What may happen at any time while the conversation is inside the state of an interrupt."""
    return tuple(
        replace(one, instead=one.instead or one.home == plan.home)
        for one in plan.interruptions
        if one.outranks and one.target != state
    )


def is_inside(node: Node, plan: Plan, kind: type[Container]) -> bool:
    """Whether a node stands inside a container of a kind, however deep."""
    return any(isinstance(around.config, kind) for around in plan.graph.containers(node.id))


def states_of(pieces: Iterable[Piece]) -> tuple[State, ...]:
    """The states that pieces have in the conversation."""
    return tuple(piece.state for piece in pieces if piece.state is not None)


def body_of(plan: Plan, node: Node, body: Body, inside: Iterable[Piece]) -> tuple[State, ...]:
    """The states of a body, that in which it begins first.

    A body that begins with an end, which stands outside, has a state that only leads there.
    """
    states = states_of(inside)
    entry = plan.entry(node, body)
    first = tuple(state for state in states if state.id == entry)
    if first:
        return (*first, *(state for state in states if state.id != entry))
    way = lost(node.id, body.name or "its body") if entry is None else Transition((entry,))
    names = (body.name,) if body.name else ()
    begin = State(plan.part(node.id, *names, "~begin"), transitions=(way,))
    return (begin, *states)


def piece_of(state: State, inside: Iterable[Piece]) -> Piece:
    """What a container becomes: a state of its own, and whatever else is inside it."""
    inside = tuple(inside)
    return Piece(state, ends_of(inside), beside_of(inside))


def ends_of(pieces: Iterable[Piece]) -> tuple[State, ...]:
    """The states in which pieces end the conversation."""
    return tuple(end for piece in pieces for end in piece.ends)


def beside_of(pieces: Iterable[Piece]) -> tuple[State, ...]:
    """The states of what happens while the conversation is frozen."""
    return tuple(state for piece in pieces for state in piece.beside)


def ways(
    plan: Plan,
    node: str,
    port: str,
    *,
    events: tuple[str, ...] = (),
    when: str = "",
    actions: tuple[Action, ...] = (),
) -> tuple[Transition, ...]:
    """The transitions by which a node is left at a port: one per edge, in their order.

    Where no edge is sure to be taken, the last one fails the session, so that a conversation
    never just stops.

    Args:
        plan: of the flow.
        node: its id.
        port: its name.
        events: what the transitions wait for.
        when: CEL that must hold besides.
        actions: what is done on the way.
    """
    transitions = branches(plan, node, port, events=events, when=when, actions=actions)
    for edge in plan.graph.at(node, port):
        if edge.guard is None:
            return transitions
    guard = parse(when) if when else None
    return (*transitions, lost(node, port, events=events, guard=guard))


def branches(
    plan: Plan,
    node: str,
    port: str,
    *,
    events: tuple[str, ...] = (),
    when: str = "",
    actions: tuple[Action, ...] = (),
) -> tuple[Transition, ...]:
    """One transition per edge at a port, and nothing for the case that none is taken."""
    return tuple(
        [
            Transition((plan.state(edge.target),), events, _guard(edge, when), actions=actions)
            if leads_somewhere(plan, edge)
            else lost(node, port, events=events, guard=_guard(edge, when))
            for edge in plan.graph.at(node, port)
        ]
    )


def leads_somewhere(plan: Plan, edge: Edge) -> bool:
    """Whether there is a node where an edge leads, and it may lead there."""
    return edge.target in plan.graph.nodes and plan.graph.is_open(edge.source, edge.target)


def _guard(edge: Edge, when: str) -> Expression | None:
    return besides(None if edge.guard is None else guard_from(edge.guard), when)


def lost(
    node: str, port: str, *, events: tuple[str, ...] = (), guard: Expression | None = None
) -> Transition:
    """Fails the session, because the drawing does not say how it goes on."""
    why = f"`{node}` was left at `{port}`, and no edge says where to"
    return Transition(
        targets=(FAILED,), events=events, guard=guard, actions=(Log("lost", Literal(why)),)
    )


def ways_or_error(
    plan: Plan,
    node: str,
    port: str,
    error: str,
    *,
    events: tuple[str, ...],
    when: str = "",
    what: Content | None = None,
) -> tuple[Transition, ...]:
    """As ``ways`` where the port is wired; else an error event is raised for the on-error.

    Args:
        plan: of the flow.
        node: its id.
        port: its name.
        error: the event that is raised.
        events: what the transitions wait for.
        when: CEL that must hold besides.
        what: what is told of the error; by default what is known by its event.
    """
    told: Content = Literal({"node": node})
    if plan.tells:
        told = known_failure(node, error) if what is None else what
    if plan.is_wired(node, port):
        kept = noting(plan, told) if port == "error" else ()
        return ways(plan, node, port, events=events, when=when, actions=kept)
    guard = parse(when) if when else None
    return (Transition((), events, guard, actions=(Raise(error, told),)),)


def noting(plan: Plan, what: Content) -> tuple[Action, ...]:
    """Keep what is told of an error, where the flow reads it."""
    return (Assign((ERROR,), what),) if plan.keeps else ()


def done(state: str) -> str:
    """The event that a block of actions raises last, and so only where none of them failed.

    Eventless transitions come before the internal queue: without it, a node would be left before
    its error is seen.
    """
    return f"done.actions.{state}"


def block(state: str, *actions: Action) -> tuple[Actions, ...]:
    """A block of entry actions of a state that says when it is through."""
    return ((*actions, Raise(done(state))),)
