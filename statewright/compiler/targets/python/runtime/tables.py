"""What a step looks up: the states of a chart in their places, made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from statewright.compiler.targets.python.runtime.chances import draws
from statewright.expressions import Expression
from statewright.statechart.actions import ForEach
from statewright.statechart.definition import (
    Actions,
    Datum,
    Limits,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.event import normalised, prefixes
from statewright.statechart.structure.traversal import actions_in, expressions_of

_HISTORY: Final = frozenset({StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY})
_LEAVES: Final = frozenset({StateKind.ATOMIC, StateKind.FINAL})


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared name: the state that declares it (``""`` is the session), and what it holds."""

    scope: str
    name: str
    type: str
    limits: Limits | None = None


@dataclass(slots=True, eq=False)
class Node:
    """A state in its place.

    Attributes:
        id: of the state; ``""`` is the root.
        state: its definition; None for the root.
        kind: what it is made of; the root counts as compound.
        parent: the state around it; None for the root.
        variables: what its expressions see, by name: the innermost one of each.
        scopes: the states that declare variables around it, and itself: outermost first.
        order: its position in document order; the root has 0.
        last: the position of its last descendant, or its own.
        children: without history states, in document order.
        histories: its history states, in document order.
        arcs: its transitions, in order of priority.
        initial: where a compound state starts; the default transition of a history state.
        restless: whether it or a state around it has eventless transitions.
        draws: whether it evaluates an expression that draws lots.
    """

    id: str
    state: State | None
    kind: StateKind
    parent: Node | None
    variables: Mapping[str, Variable]
    scopes: tuple[tuple[str, tuple[str, ...]], ...]
    order: int = 0
    last: int = 0
    children: list[Node] = field(default_factory=list)
    histories: list[Node] = field(default_factory=list)
    arcs: tuple[Arc, ...] = ()
    initial: Arc | None = None
    restless: bool = False
    draws: bool = False

    @property
    def leaf(self) -> bool:
        """Whether it can be active without a child."""
        return self.kind in _LEAVES

    @property
    def is_history(self) -> bool:
        """Whether it is never active, only a way to enter others."""
        return self.kind in _HISTORY

    def around(self) -> Iterator[Node]:
        """The states around it, the innermost first, the root last."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(slots=True, eq=False)
class Arc:
    """A transition in its place.

    Attributes:
        id: ``state#n``, n counting from 0; ``state#initial`` for the initial transition.
        source: the state that holds it.
        targets: in the order in which they are written.
        stems: the events that it waits for, without ``.*``; none for an eventless one.
        guard: must be true.
        actions: run between the exits and the entries.
        internal: whether its kind is internal.
        through_history: whether a target is a history state.
        domains: the state within which it exits and enters, once that was asked for; none where
            it depends on what a history state remembers.
        entries: the states that it enters, once they were asked for, where they are always these.
    """

    id: str
    source: Node
    targets: tuple[Node, ...]
    stems: tuple[str, ...]
    guard: Expression | None
    actions: Actions
    internal: bool
    through_history: bool
    domains: tuple[Node | None, ...] = ()
    entries: tuple[Entry, ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A state to enter, and what else to run once it is entered.

    Attributes:
        node: the state.
        default: its initial transition, when it is entered by default.
        history: the default transition of its history state, when that remembers nothing.
    """

    node: Node
    default: Arc | None = None
    history: Arc | None = None


@dataclass(slots=True, eq=False)
class Machine:
    """A chart, ready to run.

    Attributes:
        chart: what it was made from.
        digest: of the chart.
        root: the state around all states.
        nodes: id → state, in document order, without the root.
        stems: every event that a transition waits for, without ``.*``.
        deferred: the same of the events that are kept.
        charts: name → what may be invoked.
    """

    chart: Statechart
    digest: str
    root: Node
    nodes: dict[str, Node]
    stems: frozenset[str]
    deferred: frozenset[str]
    charts: Mapping[str, Machine]


def machine_from_chart(chart: Statechart, digest: str, digests: Mapping[str, str]) -> Machine:
    """The machine of a sound chart.

    Args:
        chart: what is to run.
        digest: of the chart.
        digests: of the charts that may be invoked, by name.
    """
    charts = {
        name: machine_from_chart(inner, digests[name], {}) for name, inner in chart.charts.items()
    }
    declared = {
        datum.name: Variable("", datum.name, datum.type, datum.limits) for datum in chart.data
    }
    for action in actions_in(chart):
        if isinstance(action, ForEach):
            for name in filter(None, (action.item, action.index)):
                declared.setdefault(name, Variable("", name, "dyn"))
    root = Node("", None, StateKind.COMPOUND, None, declared, (("", tuple(declared)),))
    nodes = _placed(root, chart.states)
    everything = [root, *nodes.values()]
    for node in reversed(everything):
        node.last = max(node.last, node.order)
        if node.parent is not None:
            node.parent.last = max(node.parent.last, node.last)
    for node in everything:
        _connect(node, nodes, chart.initial if node.state is None else node.state.initial)
    stems = frozenset(chain.from_iterable(arc.stems for node in everything for arc in node.arcs))
    deferred = frozenset(map(normalised, chart.deferred))
    return Machine(chart, digest, root, nodes, stems, deferred, charts)


def _placed(root: Node, states: tuple[State, ...]) -> dict[str, Node]:
    """A node per state, in document order."""
    nodes: dict[str, Node] = {}
    stack = [(state, root) for state in reversed(states)]
    while stack:
        state, parent = stack.pop()
        variables, scopes = parent.variables, parent.scopes
        if state.data:
            own = {datum.name: _variable(state.id, datum) for datum in state.data}
            variables, scopes = {**variables, **own}, (*scopes, (state.id, tuple(own)))
        node = Node(state.id, state, state.kind, parent, variables, scopes, len(nodes) + 1)
        (parent.histories if node.is_history else parent.children).append(node)
        nodes[state.id] = node
        stack.extend((child, node) for child in reversed(state.states))
    return nodes


def _variable(scope: str, datum: Datum) -> Variable:
    return Variable(scope, datum.name, datum.type, datum.limits)


def _connect(node: Node, nodes: Mapping[str, Node], initial: Transition | None) -> None:
    """Give a node its transitions, now that every node has its place."""
    if initial is None and node.kind is StateKind.COMPOUND:
        initial = Transition((node.children[0].id,))
    if initial is not None:
        node.initial = _arc(f"{node.id}#initial", node, initial, nodes)
    if node.state is None:
        return
    node.arcs = tuple(
        _arc(f"{node.id}#{number}", node, transition, nodes)
        for number, transition in enumerate(node.state.transitions)
    )
    own = any(not arc.stems for arc in node.arcs)
    node.restless = own or (node.parent is not None and node.parent.restless)
    node.draws = any(map(draws, expressions_of(node.state)))


def _arc(name: str, source: Node, written: Transition, nodes: Mapping[str, Node]) -> Arc:
    targets = tuple(nodes[target] for target in written.targets)
    return Arc(
        name,
        source,
        targets,
        tuple(dict.fromkeys(map(normalised, written.events))),
        written.guard,
        written.actions,
        written.kind is TransitionKind.INTERNAL,
        any(target.is_history for target in targets),
    )


def stems_matching(machine: Machine, name: str) -> frozenset[str]:
    """The events that transitions wait for, of those that the name of an event matches."""
    return machine.stems.intersection((*prefixes(name), "*"))


def ids_of(things: Sequence[Node] | Sequence[Arc]) -> tuple[str, ...]:
    """The ids of states or transitions, in their order."""
    return tuple([thing.id for thing in things])


def is_descendant(node: Node, ancestor: Node) -> bool:
    """Whether ``node`` lies below ``ancestor``; a state is no descendant of itself."""
    return ancestor.order < node.order <= ancestor.last


def is_legal(top: Node, nodes: list[Node]) -> bool:
    """Whether nodes, in document order, can be what is active below a state that is.

    One child of the state and of each compound state is active, and each child of a parallel one.
    """
    counts = {top: 0}
    before = top.order
    for node in nodes:
        if node.order <= before or node.parent not in counts or node.is_history:
            return False
        before = node.order
        counts[node.parent] += 1
        counts[node] = 0
    return all(count == _width(node) for node, count in counts.items())


def _width(node: Node) -> int:
    """How many children of a state are active when it is."""
    if node.kind is StateKind.PARALLEL:
        return len(node.children)
    return 0 if node.leaf else 1
