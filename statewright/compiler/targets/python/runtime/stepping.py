"""One set of transitions, taken together: exit, act, enter (SCXML, appendix D)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.compiler.targets.python.runtime.actions import donedata, execute, initialise
from statewright.compiler.targets.python.runtime.selecting import (
    compute_entry_set,
    compute_exit_set,
)
from statewright.compiler.targets.python.runtime.session import OutOfBounds, Session
from statewright.compiler.targets.python.runtime.tables import (
    Arc,
    Entry,
    Node,
    ids_of,
    is_descendant,
)
from statewright.compiler.targets.python.runtime.watching import conclude, watch
from statewright.statechart.definition import Actions, State, StateKind
from statewright.statechart.event import Event, EventKind
from statewright.statechart.snapshot import Recorded, Status
from statewright.statechart.steps import Microstep


def microstep(session: Session, enabled: list[Arc], event: Event | None) -> None:
    """Take transitions together.

    Raises:
        OutOfBounds: it is one microstep too many.
    """
    turn = session.turn
    limit = turn.root.machine.chart.limit
    turn.steps += 1
    if turn.steps > limit:
        raise OutOfBounds(f"a macrostep takes more than {limit} microsteps")
    exits = compute_exit_set(session, enabled)
    # The variables of the states that are left can be read until the transitions have acted, and
    # a history state remembers them as they are then.
    remembered = exit_states(session, exits)
    for arc in enabled:
        if arc.actions:
            execute(session, arc.source, arc.actions, arc.id)
    _drop_scopes(session, exits, remembered)
    entered = enter_states(session, enabled)
    taken = () if enabled[0].source.parent is None else ids_of(enabled)
    exited = ids_of(exits)
    turn.microsteps.append(Microstep(event, taken, exited, entered, session.path))
    if session.machine.chart.rules:
        watch(session, enabled, exited, entered)


def exit_states(session: Session, exits: list[Node]) -> dict[Node, list[Node]]:
    """Leave states, children first; what their history states are to remember.

    Args:
        session: which leaves them.
        exits: the exit set in document order; afterwards in the order of exit.
    """
    remembered = {
        history: _history_value(session, history, node)
        for node in exits
        for history in node.histories
    }
    exits.reverse()
    for node in exits:
        if node.state is not None:
            _run_blocks(session, node, node.state.exit, "exit")
            if node.state.invocations:
                session.fresh = [fresh for fresh in session.fresh if fresh is not node]
                session.hatching = [fresh for fresh in session.hatching if fresh is not node]
                session.node = node
                cancel_invocations(session, node.id)
            if node.state.awaits is not None:
                session.floor = tuple(name for name in session.floor if name != node.id)
        session.deactivate(node)
    return remembered


def _history_value(session: Session, history: Node, parent: Node) -> list[Node]:
    """The active states that a history state remembers, in document order."""
    below = session.active_below(parent)
    if history.kind is StateKind.DEEP_HISTORY:
        return [node for node in below if node.leaf]
    return [node for node in below if node.parent is parent]


def _drop_scopes(
    session: Session, exits: list[Node], remembered: Mapping[Node, list[Node]]
) -> None:
    """Forget the variables of states that were left, but for those that are remembered."""
    left: dict[Node, Mapping[str, Any]] = {}
    for node in exits:
        if node.state is not None and node.state.data:
            left[node] = session.drop_scope(node.id)
    if remembered:
        history = dict(session.history)
        for node, states in remembered.items():
            data = {
                owner.id: variables
                for owner, variables in left.items()
                if _is_remembered(owner, node, states)
            }
            history[node.id] = Recorded(ids_of(states), data)
        session.history = history


def _is_remembered(owner: Node, history: Node, states: list[Node]) -> bool:
    parent = history.parent
    if owner is parent or owner in states:
        return True
    deep = history.kind is StateKind.DEEP_HISTORY
    return deep and parent is not None and is_descendant(owner, parent)


def enter_states(session: Session, enabled: list[Arc]) -> tuple[str, ...]:
    """Enter the states of the entry set, parents first; their ids."""
    entries, restored = compute_entry_set(session, enabled)
    for entry in entries:
        if entry.node.state is not None:
            _enter(session, entry, entry.node.state, restored)
    return ids_of([entry.node for entry in entries])


def _enter(
    session: Session, entry: Entry, state: State, restored: Mapping[str, Mapping[str, Any]]
) -> None:
    node = entry.node
    session.activate(node)
    if node.draws:
        session.visits = {**session.visits, node.id: session.visits.get(node.id, 0) + 1}
    if state.data:
        if node.id in restored:
            session.restore_scope(node.id, restored[node.id])
        else:
            initialise(session, node, state.data, {})
    if state.invocations:
        session.fresh.append(node)
        if any(invoke.chart is not None for invoke in state.invocations):
            session.hatching.append(node)
    if state.awaits is not None:
        session.floor = (*session.floor, node.id)
    _run_blocks(session, node, state.entry, "entry")
    for arc in (entry.default, entry.history):
        if arc is not None and arc.actions:
            execute(session, node, arc.actions, arc.id)
    if node.kind is StateKind.FINAL:
        _enter_final(session, node, state)


def _enter_final(session: Session, node: Node, state: State) -> None:
    """Say that the parent is done, and its parent where that has only been waiting for it."""
    output = donedata(session, node)
    parent = node.parent
    if parent is None or parent.parent is None:
        session.running = False
        session.status = Status.FAILED if state.failed else Status.COMPLETED
        session.outcome = state.outcome
        session.output = output
        return
    _tell_done(session, parent, output)
    around = parent.parent
    if around.kind is StateKind.PARALLEL and is_in_final_state(session, around):
        _tell_done(session, around, None)


def _tell_done(session: Session, node: Node, data: Any) -> None:
    name = f"done.state.{node.id}"
    session.queue.append(Event(name, data, session.turn.now, EventKind.PLATFORM))


def is_in_final_state(session: Session, node: Node) -> bool:
    """Whether a state has reached its end."""
    if node.kind is StateKind.COMPOUND:
        return any(
            child.kind is StateKind.FINAL and session.is_active(child) for child in node.children
        )
    if node.kind is StateKind.PARALLEL:
        return all(is_in_final_state(session, child) for child in node.children)
    return False


def exit_interpreter(session: Session) -> None:
    """End a session; its configuration stays, so that one can see where it ended."""
    conclude(session)
    for node in reversed(session.active):
        session.node = node
        if node.state is not None:
            _run_blocks(session, node, node.state.exit, "exit")
    cancel_invocations(session)
    session.cancel_timers()
    session.deferred = ()
    session.floor = ()
    session.queue.clear()
    session.outbox.clear()
    session.fresh.clear()
    session.hatching.clear()


def cancel_invocations(session: Session, state: str | None = None) -> None:
    """Give up what a state, or the session, has invoked.

    A session that was invoked leaves its states; whoever has invoked it hears nothing of that.
    """
    session.cancel_work(state)
    turn = session.turn
    for path in session.children(state) if turn.children else ():
        child = turn.session(path)
        child.cancelled = True
        child.running = False
        exit_interpreter(child)
        turn.forget(child)


def _run_blocks(session: Session, node: Node, blocks: tuple[Actions, ...], place: str) -> None:
    for number, block in enumerate(blocks):
        if block:
            execute(session, node, block, f"{place}{number}")
