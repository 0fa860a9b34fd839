"""A chart as the configuration of a ``HierarchicalMachine``, in JSON.

Guards and actions are names of functions, which the host's model has; what they have to do stands
beside them, in CEL and in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.targets.declarations import (
    data_in,
    losses_of_merging,
    losses_of_outside,
    losses_of_privacy,
)
from statewright.compiler.targets.export import Export, Loss, Place, export_of, lines_of, stem_of
from statewright.compiler.targets.naming import unique
from statewright.compiler.targets.python_statemachine.names import identifier
from statewright.compiler.targets.transitions.configuration import (
    Config,
    Writer,
    is_in_region,
)
from statewright.compiler.targets.transitions.losses import losses_of_machine, losses_of_order
from statewright.compiler.targets.transitions.names import ANY, EVENTLESS, START, naming_of
from statewright.compiler.targets.words import words_of_action, words_of_invoke
from statewright.statechart.actions import Send
from statewright.statechart.definition import Actions, StateKind
from statewright.statechart.release import Release
from statewright.statechart.structure.nodes import Arc, Node
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import Tree, tree_of

_USE: Final = f"""\
make a subclass of NestedState with this separator
make a subclass of HierarchicalMachine with that as its state_cls
call that with model=None and the arguments in `machine`
give your model the functions named in `guards` and `actions`; each is given the EventData
set model.state to '{START}', and begin with machine.trigger_event(model, '{START}')
give events to machine.trigger_event(model, event), and never add a model
after each, trigger '{EVENTLESS}' as long as a transition is taken
"""
"""What to do, a step a line."""


def transitions_from(release: Release) -> Export:
    """One file with the configuration."""
    chart = release.statechart
    tree = tree_of(chart)
    naming = naming_of(tree)
    names = _Names()
    machine = Writer(tree, naming, names).machine()
    losses = tuple(_losses(tree))
    document: Config = {
        "name": chart.name,
        "release": release.digest,
        "library": "transitions 0.9",
        "use": _USE.splitlines(),
        "losses": list(lines_of(losses)),
        "separator": naming.separator,
        "guards": names.guards,
        "actions": names.actions,
        "machine": machine,
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return export_of({f"{stem_of(chart.name)}.transitions.json": text + "\n"}, losses)


@dataclass(slots=True)
class _Names:
    """Gives callbacks names, and notes what they have to do.

    Attributes:
        guards: name → CEL.
        actions: name → what is done, in words.
        known: kind and owner → name.
        names: all of them.
    """

    guards: dict[str, str] = field(default_factory=dict)
    actions: dict[str, list[str]] = field(default_factory=dict)
    known: dict[Any, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def guard(self, arc: Arc) -> list[Any]:
        if arc.guard is None:
            return []
        name = self._name("guard", arc.id)
        self.guards[name] = arc.guard.text
        return [name]

    def taken(self, arc: Arc) -> Config:
        if not arc.actions:
            return {}
        name = self._name("act", arc.id)
        self.actions[name] = list(map(words_of_action, arc.actions))
        return {"before": [name]}

    def entered(self, node: Node) -> list[Any]:
        state = node.state
        if state is None:
            return []
        work = [words_of_invoke(invoke) for invoke in state.invocations]
        return self._blocks("enter", node, state.entry, work)

    def left(self, node: Node) -> list[Any]:
        return self._blocks("exit", node, () if node.state is None else node.state.exit, [])

    def _blocks(
        self, kind: str, node: Node, blocks: tuple[Actions, ...], more: list[str]
    ) -> list[Any]:
        words = [words_of_action(action) for block in blocks for action in block] + more
        if not words:
            return []
        name = self._name(kind, node.id)
        self.actions[name] = words
        return [name]

    def _name(self, kind: str, owner: str) -> str:
        key = (kind, owner)
        if key not in self.known:
            self.known[key] = unique(f"{kind}_{identifier(owner)}", self.names)
        return self.known[key]


def _losses(tree: Tree) -> Iterator[Loss]:
    """All that the configuration does not say."""
    yield from losses_of_machine(tree)
    yield from losses_of_order(tree)
    yield from _of_machine(tree)
    yield from _of_chart(tree)
    for node in tree.nodes.values():
        yield from _of_state(node)


def _of_machine(tree: Tree) -> Iterator[Loss]:
    yield Loss(
        "callbacks",
        "guards, actions and the values of variables are not part of a configuration",
        "guards and actions are names of functions of the host",
    )
    if tree.eventless:
        yield Loss(
            "eventless",
            "transitions has none without an event",
            f"they wait for `{EVENTLESS}`, which the host triggers",
        )
    if ANY in tree.stems or any("." in stem for stem in tree.stems):
        yield Loss(
            "event-names",
            "events are not told apart by the beginnings of their names",
            f"the host triggers the longest name that the event's begins with, or `{ANY}`",
        )
    if any(arc.actions and arc.targets for node in tree.nodes.values() for arc in node.arcs):
        yield Loss(
            "action-order",
            "there is nothing between exits and entries",
            "actions of a transition run before the states are left",
        )


def _of_chart(tree: Tree) -> Iterator[Loss]:
    chart = tree.chart
    if any(datum.type != "dyn" or datum.limits is not None for datum in data_in(chart)):
        yield Loss(
            "types",
            "what variables may hold is not part of a configuration",
            "the host keeps them, and checks what is written to them",
        )
    yield from losses_of_outside(chart)
    yield from losses_of_privacy(chart)
    yield from losses_of_merging(chart)
    for descriptor in chart.deferred:
        yield Loss(
            "deferred",
            f"`{descriptor}` is not kept until something listens to it",
            "an event that enables nothing is dropped",
        )
    sends = [action for action in actions_in(chart) if isinstance(action, Send)]
    if any(action.delay is not None for action in sends):
        yield Loss("timers", "there are no timers", "the host triggers their events")
    if any(stem.startswith("done.state") for stem in tree.stems):
        yield Loss(
            "done-events",
            "a state that is done is no event",
            "the host triggers it",
        )


def _of_state(node: Node) -> Iterator[Loss]:
    state, place = node.state, Place(node.id)
    if state is None:
        return
    if node.kind is StateKind.FINAL and is_in_region(node):
        yield Loss(
            "finals-in-regions",
            "a final state in a region is one",
            "it is not marked, because transitions would fail in looking whether all are done",
            place,
        )
    if state.invocations:
        yield Loss(
            "invocations",
            "what a state has done elsewhere is not given up when it is left",
            "it is one of its actions",
            place,
        )
    if state.awaits is not None:
        yield Loss("awaiting", "what a state waits for is not said", "the host has to know", place)
    if state.outcome or state.failed or state.donedata is not None:
        yield Loss(
            "outcomes",
            "a final state has an outcome, or hands something over",
            "the host knows it by the name of the state",
            place,
        )
