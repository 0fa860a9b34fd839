"""What happens in the states of one turn, while somebody else says which are left and entered.

The calls come in the order of SCXML's microstep: ``choose`` for each transition that is taken,
``leave`` for each state that is left, ``act`` for the actions of each transition, ``enter`` for
each state that is entered. The first ``choose`` after anything else begins the next microstep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from statewright.statechart.definition import StateKind
from statewright.statechart.event import Event, EventKind
from statewright.statechart.snapshot import Recorded, Status
from statewright.statechart.stepping.bounds import OutOfBoundsError
from statewright.statechart.stepping.evaluation import condition_match
from statewright.statechart.stepping.execution import donedata, execute, initialise
from statewright.statechart.stepping.floor import joined
from statewright.statechart.stepping.microsteps import cancel_invocations, is_in_final_state
from statewright.statechart.stepping.transitions import compute_entry_set
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Microstep
from statewright.statechart.structure.nodes import Arc, Entries, Node, ids_of, is_descendant


class Stage:
    """One turn of one session.

    Attributes:
        working: the session, as the turn changes it.
        tree: of its chart.
        answered: the events that a transition was chosen for.
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        self.tree = working.tree
        self.answered: list[Event] = []
        self._cause: Event | None = None
        self._choosing = False
        self._open = False
        self._taken: list[Arc] = []
        self._acted: set[Arc] = set()
        self._exited: list[Node] = []
        self._entered: list[Node] = []
        self._before: tuple[Node, ...] = ()
        self._left: dict[Node, Mapping[str, Any]] = {}
        self._remembered: dict[Node, list[Node]] = {}
        self._plan: Entries | None = None

    def is_enabled(self, arc: Arc) -> bool:
        """Whether the guard of a transition is true."""
        return condition_match(self.working, arc)

    def begin(self) -> None:
        """Begin the session: the microstep that enters the first states."""
        initial = self.tree.root.initial
        if initial is not None:
            self.choose(initial, None)
            self.act(initial)

    def choose(self, arc: Arc, event: Event | None) -> None:
        """Say that a transition is taken, for an event or for none.

        Raises:
            OutOfBoundsError: it is one microstep too many.
        """
        if not self._choosing:
            self.finish()
            self._count()
            self._choosing = self._open = True
        self.working.quiet = False
        self._cause = event
        if event is not None:
            self.answered.append(event)
        self._taken.append(arc)

    def _count(self) -> None:
        family = self.working.family
        limit = self.tree.chart.limit
        family.steps += 1
        if family.steps > limit:
            raise OutOfBoundsError(f"a macrostep takes more than {limit} microsteps")

    def leave(self, node: Node, remembered: Mapping[Node, Iterable[Node]] | None = None) -> None:
        """Leave a state.

        Args:
            node: the state; it is active.
            remembered: what its history states are to remember: active children or, of a deep one,
                active states without children. None where the library keeps no account of it.
        """
        self._choosing = False
        working, state = self.working, node.state
        if not self._exited:
            self._before = tuple(working.active)
        self._exited.append(node)
        if remembered is None:
            remembered = {history: self._history_value(history) for history in node.histories}
        for history, nodes in remembered.items():
            self._remembered[history] = sorted(nodes, key=lambda one: one.order)
        if state is None:
            return
        for number, block in enumerate(state.exit):
            execute(working, node, block, f"exit{number}")
        if state.invocations:
            working.fresh = tuple(fresh for fresh in working.fresh if fresh is not node)
            working.node = node
            cancel_invocations(working, node.id)
        if state.awaits is not None:
            working.floor = tuple(name for name in working.floor if name != node.id)
        working.deactivate(node)
        if state.data:
            self._left[node] = {}

    def _history_value(self, history: Node) -> list[Node]:
        """What a history state is to remember of the configuration before the microstep."""
        parent = history.parent
        if parent is None or history.kind is not StateKind.DEEP_HISTORY:
            return [node for node in self._before if node.parent is parent]
        return [node for node in self._before if node.leaf and is_descendant(node, parent)]

    def act(self, arc: Arc) -> None:
        """Run the actions of a transition, once in a microstep.

        Those of initial transitions, and of default ones of history states, are run by ``enter``.
        """
        self._choosing = False
        if arc not in self._acted:
            self._acted.add(arc)
            execute(self.working, arc.source, arc.actions, arc.id)

    def enter(self, node: Node) -> bool:
        """Enter a state; whether it was not active already.

        A history state may lead to states that were not left: they are not entered a second time
        (see ``docs/semantics.md``).
        """
        self._choosing = False
        self._forget()
        working, state = self.working, node.state
        if state is None or working.is_active(node):
            return False
        plan = self._planned()
        self._entered.append(node)
        working.activate(node)
        if node.draws:
            working.visits = {**working.visits, node.id: working.visits.get(node.id, 0) + 1}
        if state.data:
            if node.id in plan.restored:
                working.restore_scope(node.id, plan.restored[node.id])
            else:
                initialise(working, node, state.data, {})
        if state.invocations:
            working.fresh = (*working.fresh, node)
        if state.awaits is not None:
            nodes = working.tree.nodes
            working.floor = joined(working.floor, working.before.floor, node, nodes)
        for number, block in enumerate(state.entry):
            execute(working, node, block, f"entry{number}")
        entry = next((one for one in plan.states if one.node is node), None)
        for arc in () if entry is None else (entry.default, entry.history):
            if arc is not None:
                execute(working, node, arc.actions, arc.id)
        return True

    def end(self, node: Node) -> tuple[Event, ...]:
        """Say what a final state that was just entered ends; the events that are to be raised."""
        working, state = self.working, node.state
        if state is None or node.kind is not StateKind.FINAL:
            return ()
        output = donedata(working, node)
        parent = node.parent
        if parent is None or parent.parent is None:
            working.running = False
            working.status = Status.FAILED if state.failed else Status.COMPLETED
            working.outcome = state.outcome
            working.output = output
            return ()
        around = parent.parent
        if around.kind is StateKind.PARALLEL and is_in_final_state(working, around):
            return self._done(parent, output), self._done(around, None)
        return (self._done(parent, output),)

    def _done(self, node: Node, data: Any) -> Event:
        now = self.working.family.now
        return Event(f"done.state.{node.id}", data, now, EventKind.PLATFORM)

    def finish(self) -> None:
        """End a microstep: record it, and forget the variables of the states that were left."""
        self._choosing = False
        if not self._open:
            return
        self._forget()
        working = self.working
        taken = () if self._taken[0].source.parent is None else ids_of(self._taken)
        exited, entered = ids_of(self._exited), ids_of(self._entered)
        step = Microstep(self._cause, taken, exited, entered, working.path)
        working.family.microsteps.append(step)
        self._open = False
        self._taken, self._exited, self._entered = [], [], []
        self._acted = set()
        self._plan = None

    def _planned(self) -> Entries:
        """What the transitions that were taken enter: known once all is left, and nothing entered.

        The library says which states are entered; this says what else is done with that.
        """
        if self._plan is None:
            self._plan = compute_entry_set(self.working, self._taken)
        return self._plan

    def _forget(self) -> None:
        """Forget the variables of the states that were left, but for those that are remembered."""
        working = self.working
        for node in self._left:
            self._left[node] = working.drop_scope(node.id)
        if self._remembered:
            history = dict(working.history)
            for node, states in self._remembered.items():
                data = {
                    owner.id: variables
                    for owner, variables in self._left.items()
                    if _is_remembered(owner, node, states)
                }
                history[node.id] = Recorded(ids_of(states), data)
            working.history = history
        self._left, self._remembered = {}, {}


def _is_remembered(owner: Node, history: Node, states: list[Node]) -> bool:
    parent = history.parent
    if owner is parent or owner in states:
        return True
    deep = history.kind is StateKind.DEEP_HISTORY
    return deep and parent is not None and is_descendant(owner, parent)
