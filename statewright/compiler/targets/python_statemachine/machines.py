"""``StateChart`` classes made of charts, and the machines that run sessions of them.

The class holds states, transitions and guards. All else is done by the machine's *model*, which
python-statemachine calls on every entry, exit and transition, and which keeps the configuration: in
document order, so that the library does not depend on the order of a set.

What is put right here: the library numbers the states level by level, where document order is
pre-order; it runs the actions of a transition to a history state twice; those of a transition that
enters a state by default it loses, or runs where that state is not entered; a machine whose regions
are all done is over, although its chart is not. A machine that was restored is told what its
history states remember.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from statemachine import HistoryState, State, StateChart
from statemachine.factory import StateMachineMetaclass
from statemachine.orderedset import OrderedSet

from statewright.compiler.targets.hosting import Hosted, Stage, UnsupportedChart
from statewright.compiler.targets.python_statemachine.losses import losses_of_machine
from statewright.compiler.targets.python_statemachine.names import Naming, naming_of
from statewright.statechart.definition import Statechart, StateKind
from statewright.statechart.event import Event, EventKind
from statewright.statechart.release import Release
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree, tree_of

_CLASSES: Final = 64
"""How many classes are kept."""


_classes: dict[str, _Class] = {}


def build(release: Release) -> Hosted:
    """See ``python_statemachine.build``."""
    made = _classes.get(release.digest)
    if made is None:
        made = class_of(release.statechart)
        if len(_classes) >= _CLASSES:
            _classes.clear()
        _classes[release.digest] = made
    return Hosted(release, (), partial(Machine, made))


def class_of(chart: Statechart) -> _Class:
    """A new class for a chart.

    Raises:
        UnsupportedChart: the chart invokes other charts.
    """
    refused = tuple(losses_of_machine(chart))
    if refused:
        raise UnsupportedChart("python-statemachine", refused)
    return _Class(tree_of(chart), naming_of(chart))


class _Class:
    """A chart as a class of python-statemachine.

    Attributes:
        tree: of the chart.
        naming: what states and events are called.
        made: the class.
        arcs: transition of the library → ours.
    """

    def __init__(self, tree: Tree, naming: Naming) -> None:
        self.tree = tree
        self.naming = naming
        self.arcs: dict[Any, Arc] = {}
        self._states: dict[str, Any] = {}
        initial = tree.root.initial
        plain = initial is not None and _is_plain(initial)
        attributes: dict[str, Any] = {
            "validate_disconnected_states": False,
            "validate_trap_states": False,
            "validate_final_reachability": False,
            "catch_errors_as_events": False,
        }
        if not plain:
            attributes[naming.start] = State(initial=True)
        for node in tree.root.children:
            first = plain and initial is not None and initial.targets == (node,)
            attributes[naming.states[node.id]] = self._state(node, initial=first)
        self._keep(tree.root, attributes)
        if not plain and initial is not None:
            leads = attributes[naming.start].to([self._states[one.id] for one in initial.targets])
            self.arcs[leads[0]] = initial
        for node in tree.nodes.values():
            self._connect(node)
        if tree.eventless:
            for node in tree.root.children:
                if node.kind is not StateKind.FINAL:
                    self._states[node.id].to(None, event="*", cond=_is_heard)
        self.made = StateMachineMetaclass(naming.machine, (StateChart,), attributes)
        self._mend()

    def _state(self, node: Node, *, initial: bool) -> Any:
        names = self.naming.states
        if is_history(node):
            kind = "deep" if node.kind is StateKind.DEEP_HISTORY else "shallow"
            return HistoryState(name=node.id, type=kind)
        about: dict[str, Any] = {"name": node.id, "initial": initial}
        if node.leaf:
            return State(final=node.kind is StateKind.FINAL, **about)
        firsts = _firsts(node)
        inside = {
            names[child.id]: self._state(child, initial=child in firsts)
            for child in sorted((*node.children, *node.histories), key=lambda one: one.order)
        }
        base: Any = State.Parallel if node.kind is StateKind.PARALLEL else State.Compound
        # A class statement, of which the library makes a state.
        made = type(base)(names[node.id], (base,), inside, **about)
        self._keep(node, inside)
        return made

    def _keep(self, node: Node, states: Mapping[str, Any]) -> None:
        for child in (*node.children, *node.histories):
            self._states[child.id] = states[self.naming.states[child.id]]

    def _connect(self, node: Node) -> None:
        """Give a state its transitions, in their order."""
        source = self._states[node.id]
        state = node.state
        if node.initial is not None:
            if is_history(node):
                # The library follows the first target of each default transition.
                for number, target in enumerate(node.initial.targets):
                    leads = source.to(self._states[target.id])
                    if number == 0:
                        self.arcs[leads[0]] = node.initial
            else:
                leads = source.to(self._targets(node.initial), initial=True)
                self.arcs[leads[0]] = node.initial
        for arc, transition in zip(node.arcs, state.transitions if state else (), strict=True):
            leads = source.to(
                self._targets(arc),
                event=" ".join(self.naming.descriptors(transition.events)) or None,
                internal=_is_internal(arc),
                cond=None if arc.guard is None else partial(_holds, arc),
            )
            self.arcs[leads[0]] = arc

    def _targets(self, arc: Arc) -> list[Any]:
        return [self._states[target.id] for target in arc.targets]

    def _mend(self) -> None:
        """Put right what the library makes of a class; see above."""
        for order, name in enumerate(self.tree.nodes):
            self._states[name].document_order = order + 1
        for node in self.tree.nodes.values():
            # It adds a transition to the first child beside one that leads deeper.
            transitions = self._states[node.id].transitions.transitions
            transitions[:] = [
                one
                for one in transitions
                if not one.initial or node.kind is StateKind.PARALLEL or one in self.arcs
            ]


def _is_plain(initial: Arc) -> bool:
    """Whether a chart simply starts in one of its outermost states."""
    (first, *more) = initial.targets
    return not more and not initial.actions and first.parent is initial.source


def _firsts(node: Node) -> list[Node]:
    """The children that are marked as those to start in."""
    if node.initial is None:
        return []
    inside = [
        child
        for child in node.children
        if any(target is child or is_descendant(target, child) for target in node.initial.targets)
    ]
    return inside[:1]


def _is_internal(arc: Arc) -> bool:
    """Whether a transition stays inside its source, in a way that the library knows."""
    inside = all(is_descendant(target, arc.source) for target in arc.targets)
    return arc.internal and arc.source.kind is StateKind.COMPOUND and bool(arc.targets) and inside


def _holds(arc: Arc, model: Model) -> bool:
    """Whether a guard is true; the library calls it with what it names."""
    return model.holds(arc)


def _is_heard() -> bool:
    """The guard of a transition that is never taken.

    The library asks for it when an event enables nothing else, so that the model hears of the
    event; eventless transitions, which are tried next, may depend on it.
    """
    return False


class Model:
    """What a machine keeps its configuration in, and calls for all that happens.

    The names of its functions are the library's conventions.

    Attributes:
        stage: of the turn that is taken.
        waiting: whether the event of the turn was not looked at yet. The library tries eventless
            transitions before it does so, which have been tried at the end of the turn before.
    """

    def __init__(self, made: _Class) -> None:
        self._class = made
        names, nodes = made.naming.states, made.tree.nodes
        self._nodes = {names[one]: node for one, node in nodes.items()}
        self._value: Any = None
        self.stage: Stage | None = None
        self.waiting = False

    @property
    def state(self) -> Any:
        """The names of the active states: None, one, or a set in document order."""
        return self._value

    @state.setter
    def state(self, value: Any) -> None:
        if isinstance(value, OrderedSet):
            value = OrderedSet(sorted(value, key=self._order))
        self._value = value

    def _order(self, name: str) -> int:
        return self._nodes[name].order if name in self._nodes else 0

    def configure(self, nodes: list[Node]) -> None:
        """Put the machine into these states, without entering them."""
        names = self._class.naming.states
        self._value = OrderedSet(names[node.id] for node in nodes) or None

    # What the library calls

    def prepare_event(
        self, event: str | None = None, happened: Event | None = None
    ) -> dict[str, Event]:
        """Before guards and actions: what they see as the event is the one that is handled."""
        stage = self.stage
        if stage is not None and event is not None and happened is not None:
            self.waiting = False
            stage.working.event = self._heard(event, happened)
        return {}

    def _heard(self, name: str, happened: Event) -> Event:
        """The event itself; the library gives what one region hands over to their parent, too."""
        if happened.kind is not EventKind.PLATFORM or not name.startswith("done.state."):
            return happened
        heard = f"done.state.{self._nodes[name.removeprefix('done.state.')].id}"
        if heard == happened.name:
            return happened
        return Event(heard, None, happened.now, EventKind.PLATFORM)

    def holds(self, arc: Arc) -> bool:
        """Whether a guard is true. What it raises is heard after the microstep."""
        if self.stage is None or self.waiting:
            return False
        return self.stage.is_enabled(arc)

    def before_transition(self, transition: Any, machine: Any, event: str | None = None) -> None:
        """A transition is taken."""
        arc = self._class.arcs.get(transition)
        stage = self.stage
        if stage is None or arc is None or arc.source.parent is None:
            return
        stage.choose(arc, None if event is None else stage.working.event)
        self._raise(machine)

    def on_exit_state(self, source: Any, machine: Any) -> None:
        """A state is left."""
        node = self._nodes.get(source.id)
        if self.stage is None or node is None:
            return
        names = self._class.naming.states
        remembered = {
            history: [
                self._nodes[state.id]
                for state in machine.history_values[names[history.id]]
                if history.kind is StateKind.SHALLOW_HISTORY or state.is_atomic
            ]
            for history in node.histories
        }
        self.stage.leave(node, remembered)
        self._raise(machine)

    def on_transition(self, transition: Any, machine: Any) -> None:
        """The actions of a transition are run; those of default ones are run on entry."""
        arc = self._class.arcs.get(transition)
        if self.stage is not None and arc is not None and arc is not arc.source.initial:
            self.stage.act(arc)
            self._raise(machine)

    def on_enter_state(self, target: Any, machine: Any) -> dict[str, Event]:
        """A state is entered; of a final one, the event that the library is to raise."""
        node = self._nodes.get(target.id)
        if self.stage is None or node is None or not self.stage.enter(node):
            return {}
        ended = self.stage.end(node)
        self._raise(machine)
        return {"happened": ended[0]} if ended else {}

    def _raise(self, machine: Any) -> None:
        """Put what was raised on the library's internal queue."""
        working = self.stage.working if self.stage is not None else None
        while working is not None and working.queue:
            event = working.queue.popleft()
            machine.raise_(self._class.naming.event(event.name), happened=event)


class Machine:
    """The machine of one session; see ``hosting.Engine``.

    Attributes:
        machine: the instance of the ``StateChart`` class; None before the session begins.
        model: what it keeps its configuration in.
    """

    def __init__(self, made: _Class, snapshot: Snapshot | None) -> None:
        self._class = made
        self.model = Model(made)
        self.machine: Any = None
        if snapshot is not None:
            history = {name: recorded.states for name, recorded in snapshot.history.items()}
            self._restore(nodes_of(made.tree, snapshot), history)

    def _restore(self, nodes: list[Node], histories: Mapping[str, tuple[str, ...]]) -> None:
        """Make a machine that is in these states; nothing runs."""
        self.model.configure(nodes)
        self.machine = self._class.made(model=self.model)
        states, tree = self.machine.states_map, self._class.tree
        names = self._class.naming.states
        for history, remembered in histories.items():
            nodes = _with_ancestors(tree, history, remembered)
            self.machine.history_values[names[history]] = [states[names[one.id]] for one in nodes]

    def begin(self, stage: Stage) -> None:
        """Enter the first states: making a machine without any does."""
        self.model.stage = stage
        self.machine = self._class.made(model=self.model)
        self.model.stage = None

    def take(self, stage: Stage, event: Event) -> bool:
        """Handle an event."""
        if self.machine.is_terminated:
            # It takes a parallel state at the top that is done for the end of the session.
            working = stage.working
            history = {name: recorded.states for name, recorded in working.history.items()}
            self._restore(working.active, history)
        self.model.stage = stage
        self.model.waiting = True
        try:
            self.machine.send(self._class.naming.event(event.name), happened=event)
        finally:
            self.model.stage = None
        return any(one is event for one in stage.answered)


def _with_ancestors(tree: Tree, history: str, states: tuple[str, ...]) -> list[Node]:
    """What a history state remembers as the library has it: with the states in between."""
    nodes = [tree.nodes[name] for name in states]
    parent = tree.nodes[history].parent
    around = {
        one for node in nodes for one in node.ancestors() if parent and is_descendant(one, parent)
    }
    return sorted({*nodes, *around}, key=lambda node: node.order)
