"""What a step looks up, made once per chart, so that a step costs what its active states cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import InvalidStatechart
from statewright.expressions.draws import draws_lots
from statewright.statechart.actions import ForEach
from statewright.statechart.definition import (
    Datum,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.event import meant, normalised
from statewright.statechart.structure.nodes import Arc, Node, Scope, Variable, domain_of, is_history
from statewright.statechart.structure.traversal import actions_in, expressions_of
from statewright.statechart.structure.validation import check_rules, check_states, check_targets

NAMES: Final = 1_000
"""How many names of events a chart remembers."""


@dataclass(slots=True, eq=False)
class Tree:
    """All that a step looks up.

    Attributes:
        chart: what it was made from.
        root: the state around all states.
        nodes: id → state, in document order, without the root.
        arcs: id → transition.
        stems: every normalised event descriptor in the chart.
        deferred: the normalised descriptors of events that are kept.
        exact: the descriptors that mean no event whose name only continues theirs.
        eventless: whether any transition waits for no event.
        parallel: whether several leaves can be active at once.
        matching: names of events → the descriptors that match them; some of those seen so far.
        configurations: ids of states → the states, where they were found to be legal together.
        outlooks: what events may lead to; see ``ordinary``.
        digest: of the chart, once ``codec.digest_of`` was asked for it; until then ``""``.
    """

    chart: Statechart
    root: Node
    nodes: dict[str, Node]
    arcs: dict[str, Arc]
    stems: frozenset[str]
    deferred: frozenset[str]
    exact: frozenset[str]
    eventless: bool
    parallel: bool
    matching: dict[str, tuple[str, ...]] = field(default_factory=dict)
    configurations: dict[tuple[str, ...], tuple[Node, ...]] = field(default_factory=dict)
    outlooks: dict[Any, Any] = field(default_factory=dict)
    digest: str = ""


def tree_of(chart: Statechart) -> Tree:
    """The tree of a chart; made and checked on first use, kept on the chart.

    Raises:
        InvalidStatechart: a rule of the structure is broken.
    """
    if chart.tree is None:
        check_states(chart)
        for name, inner in chart.charts.items():
            try:
                tree_of(inner)
            except InvalidStatechart as error:
                raise InvalidStatechart(f"in the chart `{name}`: {error}") from None
        object.__setattr__(chart, "tree", _grown(chart))
    tree: Tree = chart.tree
    return tree


def limited(chart: Statechart, limit: int, digest: str) -> Statechart:
    """A chart in which macrosteps are given up earlier; it shares the states of the tree.

    Args:
        chart: the chart.
        limit: microsteps that one macrostep may take.
        digest: what stands for that of the chart in snapshots.

    Raises:
        InvalidStatechart: a rule of the structure is broken.
    """
    tree = tree_of(chart)
    made = replace(chart, limit=limit)
    own = replace(tree, chart=made, matching={}, configurations={}, outlooks={}, digest=digest)
    object.__setattr__(made, "tree", own)
    return made


def stems_matching(tree: Tree, name: str) -> tuple[str, ...]:
    """The event descriptors of the chart that match an event name."""
    stems = tree.matching.get(name)
    if stems is None:
        found = [stem for stem in meant(name, tree.exact) if stem in tree.stems]
        stems = (*found, "*") if "*" in tree.stems else tuple(found)
        if len(tree.matching) < NAMES:
            tree.matching[name] = stems
    return stems


def _grown(chart: Statechart) -> Tree:
    root = Node(
        id="",
        key="",
        state=None,
        kind=StateKind.COMPOUND,
        leaf=False,
        width=1,
        parent=None,
        scope=_session_scope(chart),
    )
    nodes = _placed(root, chart.states)
    everything = [root, *nodes.values()]
    for node in reversed(everything):
        node.last = max(node.last, node.order)
        if node.parent is not None:
            node.parent.last = max(node.parent.last, node.last)
    check_targets(chart, root, nodes)
    check_rules(chart, nodes)
    for node in everything:
        if node.kind is StateKind.PARALLEL:
            node.width = len(node.children)
        _connect(node, nodes, chart)
    return Tree(
        chart=chart,
        root=root,
        nodes=nodes,
        arcs={arc.id: arc for node in everything for arc in node.arcs},
        stems=frozenset(chain.from_iterable(node.by_stem for node in everything)),
        deferred=frozenset(map(normalised, chart.deferred)),
        exact=frozenset(chart.exact),
        eventless=any(node.eventless for node in everything),
        parallel=any(node.kind is StateKind.PARALLEL for node in everything),
    )


_WIDTHS: Final[Mapping[StateKind, int]] = MappingProxyType(
    {StateKind.COMPOUND: 1, StateKind.SHALLOW_HISTORY: -1, StateKind.DEEP_HISTORY: -1}
)


_BARE: Final = frozenset({StateKind.ATOMIC, StateKind.COMPOUND, StateKind.PARALLEL})


def _placed(root: Node, states: tuple[State, ...]) -> dict[str, Node]:
    """A node per state in document order, which is pre-order."""
    nodes: dict[str, Node] = {}
    stack = [(state, root) for state in reversed(states)]
    while stack:
        state, parent = stack.pop()
        node = Node(
            id=state.id,
            key=state.id.replace("~", "~~").replace(":", "~;") if ":" in state.id else state.id,
            state=state,
            kind=state.kind,
            leaf=state.kind in {StateKind.ATOMIC, StateKind.FINAL},
            width=_WIDTHS.get(state.kind, 0),
            parent=parent,
            scope=_scope_of(state.id, state.data, parent.scope),
            order=len(nodes) + 1,
            depth=parent.depth + 1,
        )
        (parent.histories if is_history(node) else parent.children).append(node)
        nodes[state.id] = node
        stack.extend((child, node) for child in reversed(state.states))
    return nodes


def _scope_of(owner: str, data: tuple[Datum, ...], outer: Scope) -> Scope:
    if not data:
        return outer
    declared = {datum.name: _variable(owner, datum) for datum in data}
    return Scope(owner, outer, declared)


def _session_scope(chart: Statechart) -> Scope:
    """The variables of the session: those declared, and those that only a ``ForEach`` makes."""
    declared = {datum.name: _variable("", datum) for datum in chart.data}
    for action in actions_in(chart):
        if isinstance(action, ForEach):
            for name in filter(None, (action.item, action.index)):
                declared.setdefault(name, Variable("", name, "dyn"))
    return Scope("", None, declared)


def _variable(owner: str, datum: Datum) -> Variable:
    return Variable(owner, datum.name, datum.type, datum.limits)


def _connect(node: Node, nodes: Mapping[str, Node], chart: Statechart) -> None:
    """Give a node its transitions, now that every node has its place."""
    state = node.state
    initial = chart.initial if state is None else state.initial
    if initial is None and node.kind is StateKind.COMPOUND:
        initial = Transition((node.children[0].id,))
    if initial is not None:
        # An initial transition stays inside its state, the root included.
        node.initial = _arc(f"{node.id}#initial", node, initial, nodes)
        node.initial.domain = node
        node.initial.own = ()
    node.eventless_above = node.parent is not None and node.parent.eventless_above
    if state is None:
        return
    if state.transitions:
        node.arcs = tuple(
            _arc(f"{state.id}#{n}", node, transition, nodes)
            for n, transition in enumerate(state.transitions)
        )
        for arc in node.arcs:
            if arc.targets and not arc.through_history:
                arc.domain = domain_of(arc, arc.targets)
        _index(node, state.transitions)
        node.eventless_above = node.eventless_above or bool(node.eventless)
    node.draws = any(map(draws_lots, expressions_of(state)))
    node.hatches = any(invoke.chart is not None for invoke in state.invocations)
    node.bare = node.kind in _BARE and not any(
        (
            state.entry,
            state.exit,
            state.data,
            state.invocations,
            state.awaits,
            node.draws,
            node.histories,
        )
    )


def _arc(name: str, source: Node, transition: Transition, nodes: Mapping[str, Node]) -> Arc:
    targets = tuple(nodes[target] for target in transition.targets)
    return Arc(
        id=name,
        source=source,
        targets=targets,
        guard=transition.guard,
        actions=transition.actions,
        internal=transition.kind is TransitionKind.INTERNAL,
        own=(name,),
        through_history=any(map(is_history, targets)),
    )


def _index(node: Node, transitions: tuple[Transition, ...]) -> None:
    by_stem: dict[str, list[Arc]] = {}
    for arc, transition in zip(node.arcs, transitions, strict=True):
        for stem in dict.fromkeys(map(normalised, transition.events)):
            by_stem.setdefault(stem, []).append(arc)
    node.by_stem = {stem: tuple(arcs) for stem, arcs in by_stem.items()}
    node.eventless = tuple(
        arc for arc, transition in zip(node.arcs, transitions, strict=True) if not transition.events
    )
