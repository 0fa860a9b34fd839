"""One set of transitions, taken together: exit, act, enter (SCXML appendix D)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statewright.statechart.definition import Actions, State, StateKind
from statewright.statechart.event import Event, EventKind
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Recorded, Status
from statewright.statechart.stepping.bounds import OutOfBoundsError
from statewright.statechart.stepping.execution import donedata, execute, initialise
from statewright.statechart.stepping.floor import joined
from statewright.statechart.stepping.transitions import compute_entry_set, compute_exit_set
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.watching import conclude, watch
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Microstep
from statewright.statechart.structure.nodes import (
    Arc,
    Entries,
    Entry,
    Exits,
    Node,
    ids_of,
    is_descendant,
)

_microstep = maker(Microstep)


def microstep(working: Working, enabled: list[Arc], event: Event | None) -> None:
    """Take transitions together (``microstep``).

    Raises:
        OutOfBoundsError: it is one microstep too many.
    """
    family = working.family
    family.steps += 1
    if family.steps > family.limit:
        raise OutOfBoundsError(f"a macrostep takes more than {family.limit} microsteps")
    exits = compute_exit_set(working, enabled)
    if exits.bare:
        for node in exits.nodes:
            working.deactivate(node)
        execute_transition_content(working, enabled)
    else:
        # The variables of the states that are left can be read until the transitions have acted,
        # and a history state remembers them as they are then.
        remembered = exit_states(working, exits)
        execute_transition_content(working, enabled)
        _drop_scopes(working, exits.nodes, remembered)
    entries = compute_entry_set(working, enabled)
    if entries.bare:
        for node in entries.nodes:
            working.activate(node)
    else:
        enter_states(working, entries)
    taken = enabled[0].own if len(enabled) == 1 else ids_of(enabled)
    family.microsteps.append(_microstep(event, taken, exits.ids, entries.ids, working.path))
    if working.tree.chart.rules:
        watch(working, enabled, exits.ids, entries.ids)


def exit_states(working: Working, exits: Exits) -> Mapping[Node, list[Node]]:
    """Leave states (``exitStates``); what their history states are to remember."""
    remembered: dict[Node, list[Node]] = {}
    for node in reversed(exits.nodes):
        for history in node.histories:
            remembered[history] = _history_value(working, history)
    for node in exits.nodes:
        state = node.state
        if state is None or node.bare:
            working.deactivate(node)
            continue
        if state.exit:
            _run_blocks(working, node, state.exit, "exit")
        if state.invocations:
            working.fresh = tuple([fresh for fresh in working.fresh if fresh is not node])
            working.hatching = tuple([fresh for fresh in working.hatching if fresh is not node])
            working.node = node
            cancel_invocations(working, node.id)
        if state.awaits is not None:
            working.floor = tuple([name for name in working.floor if name != node.id])
        working.deactivate(node)
    return remembered


def _history_value(working: Working, history: Node) -> list[Node]:
    """The active states that a history state remembers, in document order."""
    parent = history.parent
    if parent is None:
        return []
    below = working.active_below(parent)
    if history.kind is StateKind.DEEP_HISTORY:
        return [node for node in below if node.leaf]
    return [node for node in below if node.parent is parent]


def _drop_scopes(
    working: Working, exits: Sequence[Node], remembered: Mapping[Node, list[Node]]
) -> None:
    """Forget the variables of states that were left, but for those that are remembered."""
    left: dict[Node, Mapping[str, Any]] = {}
    for node in exits:
        if node.state is not None and node.state.data:
            left[node] = working.drop_scope(node.id)
    if remembered:
        history = dict(working.history)
        for node, states in remembered.items():
            data = {
                owner.id: variables
                for owner, variables in left.items()
                if _is_remembered(owner, node, states)
            }
            history[node.id] = Recorded(tuple([state.id for state in states]), data)
        working.history = history


def _is_remembered(owner: Node, history: Node, states: list[Node]) -> bool:
    parent = history.parent
    if owner is parent or owner in states:
        return True
    deep = history.kind is StateKind.DEEP_HISTORY
    return deep and parent is not None and is_descendant(owner, parent)


def execute_transition_content(working: Working, enabled: list[Arc]) -> None:
    """Run the actions of transitions (``executeTransitionContent``)."""
    for arc in enabled:
        if arc.actions:
            execute(working, arc.source, arc.actions, arc.id)


def enter_states(working: Working, entries: Entries) -> None:
    """Enter states (``enterStates``)."""
    for entry in entries.states:
        _enter(working, entry, entries.restored)


def _enter(working: Working, entry: Entry, restored: Mapping[str, Mapping[str, Any]]) -> None:
    node = entry.node
    state = node.state
    if state is None:
        return
    working.activate(node)
    if node.draws:
        working.visits = {**working.visits, node.id: working.visits.get(node.id, 0) + 1}
    if state.data:
        if node.id in restored:
            working.restore_scope(node.id, restored[node.id])
        else:
            initialise(working, node, state.data, {})
    if state.invocations:
        working.fresh = (*working.fresh, node)
        if node.hatches:
            working.hatching = (*working.hatching, node)
    if state.awaits is not None:
        nodes = working.tree.nodes
        working.floor = joined(working.floor, working.before.floor, node, nodes)
    if state.entry:
        _run_blocks(working, node, state.entry, "entry")
    for arc in (entry.default, entry.history):
        if arc is not None and arc.actions:
            execute(working, node, arc.actions, arc.id)
    if node.kind is StateKind.FINAL:
        _enter_final(working, node, state)


def _enter_final(working: Working, node: Node, state: State) -> None:
    """Say that the parent is done, and its parent where that has only been waiting for it."""
    output = donedata(working, node)
    parent = node.parent
    if parent is None or parent.parent is None:
        working.running = False
        working.status = Status.FAILED if state.failed else Status.COMPLETED
        working.outcome = state.outcome
        working.output = output
        return
    working.queue.append(_done(working, parent, output))
    around = parent.parent
    if around.kind is StateKind.PARALLEL and is_in_final_state(working, around):
        working.queue.append(_done(working, around, None))


def _done(working: Working, node: Node, data: Any) -> Event:
    return Event(f"done.state.{node.id}", data, working.family.now, EventKind.PLATFORM)


def is_in_final_state(working: Working, node: Node) -> bool:
    """Whether a state has reached its end (``isInFinalState``)."""
    if node.kind is StateKind.COMPOUND:
        return any(
            child.kind is StateKind.FINAL and working.is_active(child) for child in node.children
        )
    if node.kind is StateKind.PARALLEL:
        return all(is_in_final_state(working, child) for child in node.children)
    return False


def exit_interpreter(working: Working) -> None:
    """End the session (``exitInterpreter``)."""
    if working.tree.chart.rules:
        conclude(working)
    for node in reversed(working.active):
        working.node = node
        if node.state is not None:
            _run_blocks(working, node, node.state.exit, "exit")
    cancel_invocations(working)
    working.cancel_timers()
    working.deferred = ()
    working.floor = ()
    working.queue.clear()
    working.outbox.clear()
    working.fresh = ()
    working.hatching = ()


def cancel_invocations(working: Working, state: str | None = None) -> None:
    """Give up what a state, or the session, has invoked (``cancelInvoke``).

    A session that was invoked leaves its states; whoever has invoked it hears nothing of that.
    """
    working.cancel_work(state)
    family = working.family
    for path in working.children(state) if family.children else ():
        child = woken(family, path)
        child.cancelled = True
        child.running = False
        exit_interpreter(child)
        family.forget(child)


def _run_blocks(working: Working, node: Node, blocks: tuple[Actions, ...], place: str) -> None:
    for number, block in enumerate(blocks):
        execute(working, node, block, f"{place}{number}")
