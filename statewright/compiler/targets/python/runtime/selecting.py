"""Which transitions are taken, what they exit and what they enter (SCXML, appendix D).

The functions have the names of the appendix's procedures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from statewright.compiler.targets.python.runtime.contents import is_true
from statewright.compiler.targets.python.runtime.session import Session
from statewright.compiler.targets.python.runtime.tables import (
    Arc,
    Entry,
    Machine,
    Node,
    is_descendant,
    is_legal,
    stems_matching,
)
from statewright.errors import InvalidSnapshot
from statewright.statechart.definition import StateKind
from statewright.statechart.event import Event
from statewright.statechart.snapshot import Recorded

_ORDER = attrgetter("order")


def select_eventless_transitions(session: Session) -> list[Arc]:
    """The enabled transitions that need no event."""
    leaves = [node for node in session.active if node.restless and node.leaf]
    return _select(session, leaves, None) if leaves else []


def select_transitions(session: Session, event: Event) -> list[Arc]:
    """The enabled transitions that an event matches."""
    stems = stems_matching(session.machine, event.name)
    if not stems:
        return []
    return _select(session, [node for node in session.active if node.leaf], stems)


def _select(session: Session, leaves: list[Node], stems: frozenset[str] | None) -> list[Arc]:
    """For each atomic state the first enabled transition of it or the states around it.

    What was found for a state is kept, so that each transition is looked at once.
    """
    enabled: dict[Arc, None] = {}
    known: dict[Node, Arc | None] = {}
    for leaf in leaves:
        passed: list[Node] = []
        found: Arc | None = None
        node: Node | None = leaf
        while node is not None and found is None:
            if node in known:
                found = known[node]
                break
            passed.append(node)
            found = _first_enabled(session, node, stems)
            node = node.parent
        known.update(dict.fromkeys(passed, found))
        if found is not None:
            enabled[found] = None
    chosen = list(enabled)
    return chosen if len(chosen) < 2 else remove_conflicting_transitions(session, chosen)


def _first_enabled(session: Session, node: Node, stems: frozenset[str] | None) -> Arc | None:
    for arc in node.arcs:
        if arc.stems if stems is None else stems.isdisjoint(arc.stems):
            continue
        if arc.guard is None:
            return arc
        session.node = node
        session.place = (arc.id,)
        if is_true(session, arc.guard, arc):
            return arc
    return None


def remove_conflicting_transitions(session: Session, enabled: list[Arc]) -> list[Arc]:
    """Of transitions whose exit sets overlap, the one that wins.

    That of a descendant wins; else the one that a state earlier in document order chose. Exit sets
    overlap exactly when one domain is the other or lies inside it.
    """
    kept: list[tuple[Arc, Node | None]] = []
    for arc in enabled:
        domain = get_transition_domain(session, arc)
        rivals = [one for one, other in kept if _overlap(domain, other)]
        if all(is_descendant(arc.source, rival.source) for rival in rivals):
            kept = [one for one in kept if one[0] not in rivals]
            kept.append((arc, domain))
    return [arc for arc, _ in kept]


def _overlap(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return False
    return one is other or is_descendant(one, other) or is_descendant(other, one)


def compute_exit_set(session: Session, transitions: list[Arc]) -> list[Node]:
    """The states that transitions leave, in document order."""
    exits: list[Node] = []
    for arc in transitions:
        domain = get_transition_domain(session, arc)
        if domain is not None:
            exits.extend(session.active_below(domain))
    exits.sort(key=_ORDER)
    return exits


def get_transition_domain(session: Session, arc: Arc) -> Node | None:
    """The state within which a transition exits and enters; None where it has no targets."""
    if not arc.domains:
        domain = _domain(session, arc)
        if arc.through_history:
            return domain
        arc.domains = (domain,)
    return arc.domains[0]


def _domain(session: Session, arc: Arc) -> Node | None:
    source = arc.source
    if source.initial is arc:
        return source
    targets = get_effective_target_states(session, arc)
    if not targets:
        return None
    if (
        arc.internal
        and source.kind is StateKind.COMPOUND
        and all(is_descendant(target, source) for target in targets)
    ):
        return source
    return next(
        node
        for node in source.around()
        if node.kind is StateKind.COMPOUND
        and all(is_descendant(target, node) for target in targets)
    )


def get_effective_target_states(session: Session, arc: Arc) -> tuple[Node, ...]:
    """The targets, with history states replaced."""
    targets: dict[Node, None] = {}
    for target in arc.targets:
        found = _history_targets(session, target) if target.is_history else (target,)
        targets.update(dict.fromkeys(found))
    return tuple(targets)


def _history_targets(session: Session, history: Node) -> tuple[Node, ...]:
    recorded = session.history.get(history.id)
    if recorded is not None:
        return _remembered(session.machine, history, recorded)
    return history.initial.targets if history.initial is not None else ()


def _remembered(machine: Machine, history: Node, recorded: Recorded) -> tuple[Node, ...]:
    """The states that a history state remembers.

    Raises:
        InvalidSnapshot: they are none that this history state can remember.
    """
    nodes = [machine.nodes[name] for name in recorded.states if name in machine.nodes]
    if len(nodes) != len(recorded.states) or not _can_remember(history, nodes):
        raise InvalidSnapshot(
            f"the history state `{history.id}` remembers "
            f"{', '.join(f'`{name}`' for name in recorded.states) or 'nothing'}, which cannot be; "
            "was the snapshot changed by hand?"
        )
    return tuple(nodes)


def _can_remember(history: Node, nodes: list[Node]) -> bool:
    parent = history.parent
    if parent is None or not all(is_descendant(node, parent) for node in nodes):
        return False
    if history.kind is StateKind.SHALLOW_HISTORY:
        wanted = len(parent.children) if parent.kind is StateKind.PARALLEL else 1
        return len(set(nodes) & set(parent.children)) == len(nodes) == wanted
    inside = {around for node in nodes for around in (node, *node.around())}
    below = {node for node in inside if is_descendant(node, parent)}
    return is_legal(parent, sorted(below, key=_ORDER))


@dataclass(slots=True)
class EntrySet:
    """The states to enter, as they are found.

    Attributes:
        states: in no particular order.
        occupied: the states around those.
        default: those entered by default: their initial transitions run.
        history: parents of history states that remember nothing → the default transition.
        restored: scope → the variables that a history state remembers.
        fixed: whether no history state was met, so that the same transition always enters this.
    """

    states: set[Node] = field(default_factory=set)
    occupied: set[Node] = field(default_factory=set)
    default: set[Node] = field(default_factory=set)
    history: dict[Node, Arc] = field(default_factory=dict)
    restored: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    fixed: bool = True

    def add(self, node: Node) -> None:
        """Add a state."""
        self.states.add(node)
        self.occupied.update(node.around())

    def entries(self) -> tuple[Entry, ...]:
        """In document order, which is the order of entry."""
        return tuple(
            Entry(node, node.initial if node in self.default else None, self.history.get(node))
            for node in sorted(self.states, key=_ORDER)
        )


def compute_entry_set(
    session: Session, transitions: list[Arc]
) -> tuple[list[Entry], Mapping[str, Mapping[str, Any]]]:
    """What transitions enter, in order, and the variables to restore.

    The domains of transitions that are taken together lie apart, so that each of them enters what
    it would enter alone.
    """
    entries: list[Entry] = []
    restored: dict[str, Mapping[str, Any]] = {}
    for arc in transitions:
        if arc.entries is not None:
            entries.extend(arc.entries)
            continue
        found = _entry_set(session, arc)
        own = found.entries()
        entries.extend(own)
        restored.update(found.restored)
        if found.fixed:
            arc.entries = own
    if len(transitions) > 1:
        entries.sort(key=lambda entry: entry.node.order)
    return entries, restored


def _entry_set(session: Session, arc: Arc) -> EntrySet:
    found = EntrySet()
    for target in arc.targets:
        add_descendant_states_to_enter(session, target, found)
    domain = _left_within(session, arc)
    for state in get_effective_target_states(session, arc):
        add_ancestor_states_to_enter(session, state, domain, found)
    # The appendix adds the states between a history state's parent and what it remembers
    # even where the transition does not leave them: they would be entered twice.
    found.states = {node for node in found.states if is_descendant(node, domain)}
    return found


def _left_within(session: Session, arc: Arc) -> Node:
    """The domain of a transition whose exit set has been left.

    The appendix computes the domain again; but a history state may have remembered since, and what
    it remembers may lie in the source, which is left.
    """
    node = arc.source
    while node.parent is not None and not session.is_active(node):
        node = node.parent
    return node


def add_descendant_states_to_enter(session: Session, node: Node, found: EntrySet) -> None:
    """Add a state and what is entered with it below."""
    if node.is_history:
        _add_history(session, node, found)
        return
    found.add(node)
    if node.kind is StateKind.COMPOUND:
        found.default.add(node)
        targets = node.initial.targets if node.initial is not None else ()
        for target in targets:
            add_descendant_states_to_enter(session, target, found)
        for target in targets:
            add_ancestor_states_to_enter(session, target, node, found)
    elif node.kind is StateKind.PARALLEL:
        _add_regions(session, node, found)


def add_ancestor_states_to_enter(
    session: Session, node: Node, ancestor: Node | None, found: EntrySet
) -> None:
    """Add the states around one, up to an ancestor."""
    for around in node.around():
        if around is ancestor or around.parent is None:
            return
        found.add(around)
        if around.kind is StateKind.PARALLEL:
            _add_regions(session, around, found)


def _add_regions(session: Session, parallel: Node, found: EntrySet) -> None:
    """Add the regions of a parallel state in which nothing is entered yet."""
    for child in parallel.children:
        if child not in found.states and child not in found.occupied:
            add_descendant_states_to_enter(session, child, found)


def _add_history(session: Session, history: Node, found: EntrySet) -> None:
    found.fixed = False
    recorded = session.history.get(history.id)
    parent = history.parent
    if recorded is not None:
        found.restored.update(recorded.data)
    elif parent is not None and history.initial is not None:
        found.history[parent] = history.initial
    targets = _history_targets(session, history)
    for target in targets:
        add_descendant_states_to_enter(session, target, found)
    for target in targets:
        add_ancestor_states_to_enter(session, target, parent, found)
