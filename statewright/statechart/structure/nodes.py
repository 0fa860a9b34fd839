"""States and transitions in their place in the tree: objects that point at each other.

Positions are numbers: the descendants of a state are those with an ``order`` from just behind its
own to its ``last``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from statewright.expressions import Expression
from statewright.statechart.definition import Actions, Limits, State, StateKind

ROOTS = frozenset({"contact", "tenant", "session", "event", "input", "now", "vars"})
"""Names of expressions that no variable hides; a variable of such a name is ``vars['…']``."""

EVENTLESS: Final = ("",)
"""Stands among descriptors that match an event for there being none."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared name: whose it is, and what it may hold.

    Attributes:
        scope: id of the state that declares it; ``""`` is the session.
        name: its name.
        type: as in ``Datum.type``.
        limits: as in ``Datum.limits``.
    """

    scope: str
    name: str
    type: str
    limits: Limits | None = None


@dataclass(slots=True, eq=False)
class Program:
    """An expression in a scope.

    Attributes:
        function: what evaluates it on what it sees; another one, once that is worth it.
    """

    function: Callable[[Any], Any]


@dataclass(slots=True, eq=False)
class Scope:
    """The variables that a state declares, inside those of its ancestors.

    Attributes:
        id: the state's id; ``""`` is the session.
        outer: where the search goes on, or None.
        declared: name → variable.
        found: what ``variable`` has found so far, but for names that mean something else to
            expressions.
        programs: text of an expression → what evaluates it here; see ``programs``.
    """

    id: str
    outer: Scope | None
    declared: Mapping[str, Variable]
    found: dict[str, Variable] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)

    def variable(self, name: str) -> Variable | None:
        """The innermost variable of this name, or None."""
        known = self.found.get(name)
        scope: Scope | None = self
        while known is None and scope is not None:
            known = scope.declared.get(name)
            scope = scope.outer
        if known is not None and name not in ROOTS:
            self.found[name] = known
        return known


@dataclass(slots=True, eq=False)
class Node:
    """A state in its place in the tree.

    Attributes:
        id: of the state; ``""`` is the root.
        key: the id without colons, as effect ids carry it.
        state: its definition; None for the root.
        kind: what it is made of; the root counts as compound.
        leaf: whether it can be active without a child: atomic and final states.
        width: how many of its children are active when it is; -1 for a history state, which never
            is.
        parent: the state around it; None for the root.
        scope: the variables its expressions see.
        order: its position in document order; the root has 0.
        depth: how many ancestors it has.
        last: the position of its last descendant, or its own.
        children: without history states, in document order.
        histories: its history states, in document order.
        arcs: its transitions, in order of priority.
        eventless: those that wait for no event.
        by_stem: the others, by normalised event descriptor.
        eventless_above: whether it or an ancestor has eventless transitions.
        initial: where a compound state starts; the default transition of a history state.
        draws: whether it evaluates an expression that draws lots.
        bare: whether nothing runs, starts or is kept when it is entered or left, but for what is so
            of the states inside it.
        hatches: whether it invokes charts.
        offered: of a leaf: the descriptors that match an event, or ``EVENTLESS`` → the transitions
            of it and its ancestors that may be enabled then, in the order in which they are tried;
            filled in while the chart runs.
    """

    id: str
    key: str
    state: State | None
    kind: StateKind
    leaf: bool
    width: int
    parent: Node | None
    scope: Scope
    order: int = 0
    depth: int = 0
    last: int = 0
    children: list[Node] = field(default_factory=list)
    histories: list[Node] = field(default_factory=list)
    arcs: tuple[Arc, ...] = ()
    eventless: tuple[Arc, ...] = ()
    by_stem: dict[str, tuple[Arc, ...]] = field(default_factory=dict)
    eventless_above: bool = False
    initial: Arc | None = None
    draws: bool = False
    bare: bool = False
    hatches: bool = False
    offered: dict[tuple[str, ...], tuple[Arc, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Node {self.id!r}>"

    def ancestors(self) -> Iterator[Node]:
        """Its proper ancestors, the innermost first, the root last."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


@dataclass(slots=True, eq=False)
class Arc:
    """A transition in its place in the tree.

    Attributes:
        id: ``state#n``, n counting from 0; ``state#initial`` for the initial transition.
        source: the state that holds it.
        targets: in the order in which they are written.
        guard: must be true.
        actions: run between the exits and the entries.
        internal: whether its kind is internal.
        own: its id, as what is taken says it; nothing for an initial transition.
        domain: the state within which it exits and enters; None where it has no targets, or where
            that depends on what a history state remembers.
        through_history: whether a target is a history state.
        exits: what it leaves if it is taken alone, where that never changes; filled in on first
            use.
        entries: what it enters, likewise.
    """

    id: str
    source: Node
    targets: tuple[Node, ...]
    guard: Expression | None
    actions: Actions
    internal: bool
    own: tuple[str, ...]
    domain: Node | None = None
    through_history: bool = False
    exits: Exits | None = None
    entries: Entries | None = None

    def __repr__(self) -> str:
        return f"<Arc {self.id!r}>"


@dataclass(frozen=True, slots=True, eq=False)
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

    @property
    def bare(self) -> bool:
        """Whether nothing runs, starts or is restored when it is entered."""
        arcs = (self.default, self.history)
        return self.node.bare and not any(arc is not None and arc.actions for arc in arcs)


class Exits:
    """The states that transitions leave, in the order in which they are left: children first.

    Attributes:
        nodes: the states.
        ids: theirs.
        bare: whether nothing but they themselves changes with that.
    """

    __slots__ = ("bare", "ids", "nodes")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.ids = ids_of(nodes)
        self.bare = all(node.bare for node in nodes)


class Entries:
    """The states that transitions enter, in the order in which they are entered: parents first.

    Attributes:
        states: with what else to run.
        nodes: without that.
        ids: theirs.
        restored: scope → the variables that a history state remembers.
        bare: whether nothing but they themselves changes with that.
    """

    __slots__ = ("bare", "ids", "nodes", "restored", "states")

    def __init__(
        self, states: Sequence[Entry], restored: Mapping[str, Mapping[str, Any]] = _NOTHING
    ) -> None:
        self.states = states
        self.nodes = tuple([entry.node for entry in states])
        self.ids = ids_of(self.nodes)
        self.restored = restored
        self.bare = not restored and all(entry.bare for entry in states)


def is_history(node: Node) -> bool:
    """Whether a node is a history state: never active, only a way to enter others."""
    return node.kind in {StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY}


def ids_of(things: Sequence[Node] | Sequence[Arc]) -> tuple[str, ...]:
    """The ids of states or transitions, in their order."""
    if len(things) == 1:
        return (things[0].id,)
    return tuple([thing.id for thing in things])


def is_descendant(node: Node, ancestor: Node) -> bool:
    """Whether ``node`` lies below ``ancestor``; a state is no descendant of itself."""
    return ancestor.order < node.order <= ancestor.last


def find_lcca(source: Node, targets: tuple[Node, ...]) -> Node:
    """The least common compound ancestor of a source and targets (appendix D, ``findLCCA``)."""
    for ancestor in source.ancestors():
        if ancestor.kind is StateKind.COMPOUND and all(
            is_descendant(target, ancestor) for target in targets
        ):
            return ancestor
    raise AssertionError("the root is an ancestor of every state")


def domain_of(arc: Arc, targets: tuple[Node, ...]) -> Node:
    """The state within which a transition exits and enters (appendix D, ``getTransitionDomain``).

    Args:
        arc: the transition.
        targets: its effective targets, at least one.
    """
    source = arc.source
    if source.parent is None:
        return source  # The transition that a session begins with: the root is never left.
    if (
        arc.internal
        and source.kind is StateKind.COMPOUND
        and all(is_descendant(target, source) for target in targets)
    ):
        return source
    return find_lcca(source, targets)


def candidates(node: Node, stems: tuple[str, ...]) -> tuple[Arc, ...]:
    """The transitions of a state with one of these descriptors, in order of priority."""
    by_stem = node.by_stem
    if not by_stem:
        return ()
    if len(stems) == 1:
        return by_stem.get(stems[0], ())
    found = [by_stem[stem] for stem in stems if stem in by_stem]
    if len(found) < 2:
        return found[0] if found else ()
    wanted = set(chain.from_iterable(found))
    return tuple(arc for arc in node.arcs if arc in wanted)
