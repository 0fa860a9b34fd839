"""Which transitions are taken, what they exit and what they enter (SCXML appendix D).

The functions have the names of the appendix's procedures. They read the working state, and change
it only by reporting guards that fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, takewhile
from operator import attrgetter
from typing import Any

from statewright.statechart.definition import StateKind
from statewright.statechart.event import Event
from statewright.statechart.stepping.evaluation import condition_match
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.configuration import remembered_nodes
from statewright.statechart.structure.nodes import (
    EVENTLESS,
    Arc,
    Entries,
    Entry,
    Exits,
    Node,
    candidates,
    domain_of,
    is_descendant,
    is_history,
)
from statewright.statechart.structure.tree import stems_matching

_ORDER = attrgetter("order")


def select_eventless_transitions(working: Working) -> list[Arc]:
    """The enabled transitions that need no event (``selectEventlessTransitions``)."""
    return _select(working, EVENTLESS) if working.tree.eventless else []


def select_transitions(working: Working, event: Event) -> list[Arc]:
    """The enabled transitions that an event matches (``selectTransitions``)."""
    stems = stems_matching(working.tree, event.name)
    return _select(working, stems) if stems else []


def _select(working: Working, stems: tuple[str, ...]) -> list[Arc]:
    """For each atomic state the first enabled transition of it or its ancestors."""
    active = working.active
    if not active:
        return []
    if working.tree.parallel:
        leaves = [node for node in active if node.leaf and transitions_offered(node, stems)]
        if len(leaves) != 1:
            return _select_for_each(working, leaves, stems)
        leaf = leaves[0]
    else:
        leaf = active[-1]
    for arc in leaf.offered.get(stems) or transitions_offered(leaf, stems):
        if arc.guard is None or condition_match(working, arc):
            return [arc]
    return []


def transitions_offered(leaf: Node, stems: tuple[str, ...]) -> tuple[Arc, ...]:
    """The transitions of a leaf and its ancestors that may be enabled, in the order of trying."""
    offered = leaf.offered.get(stems)
    if offered is None:
        around = (leaf, *leaf.ancestors())
        offered = tuple(chain.from_iterable(_offered_by(node, stems) for node in around))
        leaf.offered[stems] = offered
    return offered


def _offered_by(node: Node, stems: tuple[str, ...]) -> tuple[Arc, ...]:
    return node.eventless if stems is EVENTLESS else candidates(node, stems)


def _select_for_each(working: Working, leaves: list[Node], stems: tuple[str, ...]) -> list[Arc]:
    """The same for several atomic states, without what cannot be taken together.

    Regions share ancestors, so that what was found for a state is kept: each transition is looked
    at once, and an ancestor's guard that fails is reported once.
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
            found = _first_enabled(working, node, stems)
            node = node.parent
        for node in passed:
            known[node] = found
        if found is not None:
            enabled[found] = None
    chosen = list(enabled)
    return chosen if len(chosen) < 2 else remove_conflicting_transitions(working, chosen)


def _first_enabled(working: Working, node: Node, stems: tuple[str, ...]) -> Arc | None:
    for arc in _offered_by(node, stems):
        if arc.guard is None or condition_match(working, arc):
            return arc
    return None


def remove_conflicting_transitions(working: Working, enabled: list[Arc]) -> list[Arc]:
    """Of transitions whose exit sets overlap, the one that wins (``removeConflictingTransitions``).

    A transition of a descendant wins; else the one that a state earlier in document order chose.

    Exit sets overlap exactly when one domain is the other or lies inside it. The domains of those
    kept so far are apart from each other and in document order, so that the ones that overlap a
    new domain are the last ones.
    """
    kept: list[Arc] = []
    domains: list[tuple[Node, Arc]] = []
    for arc in enabled:
        domain = get_transition_domain(working, arc)
        if domain is None:
            kept.append(arc)
            continue
        rivals = len(domains)
        while rivals and domains[rivals - 1][0].last >= domain.order:
            rivals -= 1
        overlapping = domains[rivals:]
        if all(is_descendant(arc.source, rival.source) for _, rival in overlapping):
            del domains[rivals:]
            beaten = {rival for _, rival in overlapping}
            kept = [other for other in kept if other not in beaten] if beaten else kept
            kept.append(arc)
            domains.append((domain, arc))
    return kept


def compute_exit_set(working: Working, transitions: list[Arc]) -> Exits:
    """The states that transitions leave (``computeExitSet``)."""
    if len(transitions) == 1:
        return transitions[0].exits or _exits_of(working, transitions[0])
    exits: list[Node] = []
    for arc in transitions:
        domain = get_transition_domain(working, arc)
        if domain is not None:
            exits.extend(working.active_below(domain))
    exits.sort(key=_ORDER, reverse=True)
    return Exits(exits)


def _exits_of(working: Working, arc: Arc) -> Exits:
    """What one transition leaves; remembered, where that never changes.

    That is so where nothing beside the source can be active within the domain.
    """
    domain = get_transition_domain(working, arc)
    exits = Exits(()) if domain is None else Exits(working.active_below(domain)[::-1])
    if not arc.through_history and (domain is None or _is_alone(arc.source, domain)):
        arc.exits = exits
    return exits


def _is_alone(leaf: Node, domain: Node) -> bool:
    """Whether an atomic state is the only one that can be active within a state around it."""
    around = takewhile(lambda node: node is not domain, leaf.ancestors())
    return leaf.leaf and all(node.kind is StateKind.COMPOUND for node in around)


def get_transition_domain(working: Working, arc: Arc) -> Node | None:
    """The state within which a transition exits and enters (``getTransitionDomain``).

    None for a transition without targets, which exits and enters nothing.
    """
    if not arc.through_history:
        return arc.domain
    targets = get_effective_target_states(working, arc)
    return domain_of(arc, targets) if targets else None


def get_effective_target_states(working: Working, arc: Arc) -> tuple[Node, ...]:
    """The targets, with history states replaced (``getEffectiveTargetStates``)."""
    targets: dict[Node, None] = {}
    for target in arc.targets:
        if not is_history(target):
            targets[target] = None
        else:
            targets.update(dict.fromkeys(_history_targets(working, target)))
    return tuple(targets)


def _history_targets(working: Working, history: Node) -> tuple[Node, ...]:
    recorded = working.history.get(history.id)
    if recorded is not None:
        return remembered_nodes(working.tree, history, recorded)
    return history.initial.targets if history.initial is not None else ()


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
        for around in node.ancestors():
            if around in self.occupied:
                break
            self.occupied.add(around)

    def entries(self) -> list[Entry]:
        """In document order, which is the order of entry."""
        return [
            Entry(
                node,
                node.initial if node in self.default else None,
                self.history.get(node),
            )
            for node in sorted(self.states, key=_ORDER)
        ]


def compute_entry_set(working: Working, transitions: list[Arc]) -> Entries:
    """What transitions enter, and the variables to restore (``computeEntrySet``).

    The domains of transitions that are taken together lie apart, so that each of them enters what
    it would enter alone.
    """
    if len(transitions) == 1:
        return transitions[0].entries or _entries_of(working, transitions[0])
    states: list[Entry] = []
    restored: dict[str, Mapping[str, Any]] = {}
    for arc in transitions:
        entries = arc.entries or _entries_of(working, arc)
        states.extend(entries.states)
        restored.update(entries.restored)
    states.sort(key=lambda entry: entry.node.order)
    return Entries(states, restored)


def _entries_of(working: Working, arc: Arc) -> Entries:
    """What one transition enters; remembered, where that never changes."""
    if not arc.targets:
        arc.entries = Entries(())
        return arc.entries
    entry_set = _entry_set(working, arc)
    entries = Entries(entry_set.entries(), entry_set.restored)
    if entry_set.fixed:
        arc.entries = entries
    return entries


def _entry_set(working: Working, arc: Arc) -> EntrySet:
    entry_set = EntrySet()
    for target in arc.targets:
        add_descendant_states_to_enter(working, target, entry_set)
    # One that never changes is known, also to whoever looks ahead before anything is left.
    domain = arc.domain or _left_within(working, arc)
    for state in get_effective_target_states(working, arc):
        add_ancestor_states_to_enter(working, state, domain, entry_set)
    if arc.through_history:
        # The appendix adds the states between a history state's parent and what it remembers
        # even where the transition does not leave them: they would be entered twice.
        entry_set.states = {node for node in entry_set.states if is_descendant(node, domain)}
    return entry_set


def _left_within(working: Working, arc: Arc) -> Node:
    """The domain of a transition whose exit set has been left.

    The appendix computes the domain again; but a history state may have remembered since, and what
    it remembers may lie in the source, which is left.
    """
    around = (arc.source, *arc.source.ancestors())
    return next(node for node in around if node.parent is None or working.is_active(node))


def add_descendant_states_to_enter(working: Working, node: Node, entry_set: EntrySet) -> None:
    """Add a state and what is entered with it below (``addDescendantStatesToEnter``)."""
    if is_history(node):
        _add_history(working, node, entry_set)
        return
    entry_set.add(node)
    if node.kind is StateKind.COMPOUND:
        entry_set.default.add(node)
        targets = node.initial.targets if node.initial is not None else ()
        for target in targets:
            add_descendant_states_to_enter(working, target, entry_set)
        for target in targets:
            add_ancestor_states_to_enter(working, target, node, entry_set)
    elif node.kind is StateKind.PARALLEL:
        _add_regions(working, node, entry_set)


def add_ancestor_states_to_enter(
    working: Working, node: Node, ancestor: Node | None, entry_set: EntrySet
) -> None:
    """Add the states around one, up to an ancestor (``addAncestorStatesToEnter``)."""
    for around in node.ancestors():
        if around is ancestor or around.parent is None:
            return
        entry_set.add(around)
        if around.kind is StateKind.PARALLEL:
            _add_regions(working, around, entry_set)


def _add_regions(working: Working, parallel: Node, entry_set: EntrySet) -> None:
    """Add the regions of a parallel state in which nothing is entered yet."""
    for child in parallel.children:
        if child not in entry_set.states and child not in entry_set.occupied:
            add_descendant_states_to_enter(working, child, entry_set)


def _add_history(working: Working, history: Node, entry_set: EntrySet) -> None:
    entry_set.fixed = False
    recorded = working.history.get(history.id)
    parent = history.parent
    if recorded is not None:
        entry_set.restored.update(recorded.data)
    elif parent is not None and history.initial is not None:
        entry_set.history[parent] = history.initial
    targets = _history_targets(working, history)
    for target in targets:
        add_descendant_states_to_enter(working, target, entry_set)
    for target in targets:
        add_ancestor_states_to_enter(working, target, parent, entry_set)
