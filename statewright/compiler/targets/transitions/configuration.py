"""A chart as the arguments of a ``HierarchicalMachine``: plain data, but for its callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from statewright.compiler.targets.transitions.names import ANY, EVENTLESS, START, Naming
from statewright.statechart.definition import StateKind
from statewright.statechart.event import prefixes
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree

Config = dict[str, Any]


class Callbacks(Protocol):
    """What the library is to call; an empty list for nothing."""

    def guard(self, arc: Arc) -> list[Any]:
        """Whether a transition may be taken."""

    def taken(self, arc: Arc) -> Config:
        """``before`` and ``after`` of a transition."""

    def entered(self, node: Node) -> list[Any]:
        """When a state is entered."""

    def left(self, node: Node) -> list[Any]:
        """When a state is left."""


_FIXED: Final[Config] = {
    "initial": START,
    "send_event": True,
    "auto_transitions": False,
    "ignore_invalid_triggers": True,
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the configuration of one chart.

    Attributes:
        tree: of the chart.
        naming: its names.
        callbacks: what the library calls.
    """

    tree: Tree
    naming: Naming
    callbacks: Callbacks

    def machine(self) -> Config:
        """The arguments of the machine, but for its model."""
        states = [self._state(child) for child in self.tree.root.children]
        return {
            "states": [{"name": START}, *states],
            "transitions": list(self._transitions()),
            **_FIXED,
        }

    def _state(self, node: Node) -> Config:
        config: Config = {"name": self.naming.local[node.id]}
        if node.kind is StateKind.FINAL and not is_in_region(node):
            config["final"] = True
        for key, callbacks in (
            ("on_enter", self.callbacks.entered(node)),
            ("on_exit", self.callbacks.left(node)),
        ):
            if callbacks:
                config[key] = callbacks
        inside = [self._state(child) for child in node.children]
        if node.kind is StateKind.PARALLEL:
            config["parallel"] = inside
        elif inside:
            config["initial"] = self.naming.local[_first(node).id]
            config["children"] = inside
        return config

    def _transitions(self) -> Iterator[Config]:
        initial = self.tree.root.initial
        if initial is not None:
            yield {"trigger": START, "source": START, "dest": self._target(initial)}
        for node in self.tree.nodes.values():
            for arc in node.eventless:
                yield self._transition(EVENTLESS, arc)
            for trigger in self.naming.triggers:
                for arc in _answering(node, trigger):
                    yield self._transition(trigger, arc)

    def _transition(self, trigger: str, arc: Arc) -> Config:
        config: Config = {
            "trigger": trigger,
            "source": self.naming.paths[arc.source.id],
            "dest": self._target(arc) if arc.targets else None,
        }
        conditions = self.callbacks.guard(arc)
        if conditions:
            config["conditions"] = conditions
        return config | self.callbacks.taken(arc)

    def _target(self, arc: Arc) -> str:
        return self.naming.paths[_real(arc.targets[0]).id]


def is_in_region(node: Node) -> bool:
    """Whether a state is inside a parallel one.

    There, none is marked as final: the library takes a parallel state for done when its last region
    is, and then fails in looking for whom to tell.
    """
    return any(one.kind is StateKind.PARALLEL for one in node.ancestors())


def _answering(node: Node, trigger: str) -> list[Arc]:
    """The transitions of a state that an event of this name, or its like, may enable."""
    stems = {ANY} if trigger == ANY else {ANY, *prefixes(trigger)}
    wanted = {arc for stem in stems for arc in node.by_stem.get(stem, ())}
    return [arc for arc in node.arcs if arc in wanted]


def _first(node: Node) -> Node:
    """The child that a compound state starts in."""
    initial = node.initial
    for child in node.children if initial is not None else ():
        target = initial.targets[0] if initial is not None else child
        if target is child or is_descendant(target, child):
            return child
    return node.children[0]


def _real(node: Node) -> Node:
    """A state; for a history state, the one that it leads to by default."""
    while is_history(node) and node.initial is not None:
        node = node.initial.targets[0]
    return node
