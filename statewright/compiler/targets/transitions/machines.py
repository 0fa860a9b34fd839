"""Machines of transitions made of charts, and the sessions that run on them.

One machine serves all sessions: an event is given to ``trigger_event`` with the model of a session,
and no model is ever added to the machine, which would cost as much as the chart is large.

What the library lacks is done here: eventless transitions are tried until none is left; events that
are raised wait in a queue; the first states are entered by a transition, or their entry actions
would not run; actions of transitions run between exits and entries, when the model is told of the
new states; a region that was left by another's transition does not react any more.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from statewright.compiler.targets.hosting import Hosted, Stage, UnsupportedChart
from statewright.compiler.targets.transitions.configuration import Config, Writer
from statewright.compiler.targets.transitions.losses import losses_of_machine, losses_of_order
from statewright.compiler.targets.transitions.names import EVENTLESS, START, Naming, naming_of
from statewright.statechart.event import Event
from statewright.statechart.release import Release
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.nodes import Arc, Node
from statewright.statechart.structure.tree import Tree, tree_of


def build(release: Release) -> Hosted:
    """See ``transitions.build``."""
    tree = tree_of(release.statechart)
    refused = tuple(losses_of_machine(tree))
    if refused:
        raise UnsupportedChart("transitions", refused)
    naming = naming_of(tree)
    machine = machine_of(Writer(tree, naming, _Callbacks()).machine(), naming.separator)
    runner = partial(Runner, machine, tree, naming)
    return Hosted(release, tuple(dict.fromkeys(losses_of_order(tree))), runner)


def machine_of(config: Config, separator: str) -> Any:
    """A machine without models.

    Args:
        config: its arguments.
        separator: what stands between the names of a path. Underscores, which the library takes,
            are parts of names.
    """
    state_class = type("State", (NestedState,), {"separator": separator})
    machine_class = type("Machine", (HierarchicalMachine,), {"state_cls": state_class})
    return machine_class(model=None, **config)


class _Callbacks:
    """The library calls the model of a session, which calls its stage."""

    def guard(self, arc: Arc) -> list[Any]:
        return [lambda data: data.model.is_enabled(arc)]

    def taken(self, arc: Arc) -> Config:
        return {
            "before": [lambda data: data.model.choose(arc)],
            "after": [lambda data: data.model.act()],
        }

    def entered(self, node: Node) -> list[Any]:
        return [lambda data: data.model.enter(node)]

    def left(self, node: Node) -> list[Any]:
        return [lambda data: data.model.leave(node)]


class Model:
    """The states of one session, and what happens in them.

    Attributes:
        stage: of the turn that is taken.
        event: that is handled; None for eventless transitions.
        taken: how many transitions were taken.
    """

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.event: Event | None = None
        self.taken = 0
        self._state: Any = START
        self._pending: Arc | None = None

    @property
    def state(self) -> Any:
        """The path of the active state, or a list of them: see transitions."""
        return self._state

    @state.setter
    def state(self, value: Any) -> None:
        """Set between exits and entries, where the actions of a transition belong."""
        self.act()
        self._state = value

    def configure(self, paths: list[str]) -> None:
        """Put the session into these states, without entering them."""
        self._state = paths[0] if len(paths) == 1 else paths

    def is_enabled(self, arc: Arc) -> bool:
        """Whether a transition's source is active still, and its guard is true."""
        stage = self.stage
        return stage is not None and stage.working.is_active(arc.source) and stage.is_enabled(arc)

    def choose(self, arc: Arc) -> None:
        """Say that a transition is taken."""
        self.taken += 1
        self._pending = arc
        if self.stage is not None:
            self.stage.choose(arc, self.event)

    def leave(self, node: Node) -> None:
        """Say that a state is left."""
        if self.stage is not None:
            self.stage.leave(node)

    def act(self) -> None:
        """Run the actions of the transition that is taken."""
        arc, self._pending = self._pending, None
        if arc is not None and self.stage is not None:
            self.stage.act(arc)

    def enter(self, node: Node) -> None:
        """Say that a state is entered."""
        if self.stage is not None and self.stage.enter(node):
            self.stage.working.queue.extend(self.stage.end(node))


class Runner:
    """Runs one session on a machine; see ``hosting.Engine``.

    Attributes:
        machine: the machine that all sessions share.
        model: the states of this one.
    """

    def __init__(self, machine: Any, tree: Tree, naming: Naming, snapshot: Snapshot | None) -> None:
        self.machine = machine
        self.model = Model()
        self._naming = naming
        self._listening = {
            name: frozenset(event.transitions) for name, event in machine.events.items()
        }
        if snapshot is not None:
            leaves = [node for node in nodes_of(tree, snapshot) if node.leaf]
            self.model.configure([naming.paths[node.id] for node in leaves])

    def begin(self, stage: Stage) -> None:
        """Enter the first states."""
        self.model.stage = stage
        self.machine.trigger_event(self.model, START)
        self._rest(stage)

    def take(self, stage: Stage, event: Event) -> bool:
        """Handle an event, and all that comes of it."""
        self.model.stage = stage
        taken = self._fire(stage, self._naming.trigger(event.name), event)
        self._rest(stage)
        return taken

    def _rest(self, stage: Stage) -> None:
        """Take eventless transitions, then the next event that was raised, until none is left."""
        working = stage.working
        while working.running:
            if self._fire(stage, EVENTLESS, None):
                continue
            if not working.queue:
                break
            event = working.event = working.queue.popleft()
            self._fire(stage, self._naming.trigger(event.name), event)
        self.model.stage = None

    def _fire(self, stage: Stage, trigger: str | None, event: Event | None) -> bool:
        """Give an event to the machine, if somebody listens: it warns of others in the log."""
        paths = self._naming.paths
        listening = self._listening.get(trigger or "", frozenset())
        if not any(paths[node.id] in listening for node in stage.working.active):
            return False
        before = self.model.taken
        self.model.event = event
        self.machine.trigger_event(self.model, trigger)
        return self.model.taken > before
