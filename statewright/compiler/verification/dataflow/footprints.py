"""Which variables a macrostep read and wrote, told from its trace.

More may be told than was read, never less: a macrostep goes the same way for all values of a
variable that it did not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from statewright.compiler.verification.dataflow.relevance import Relevance
from statewright.compiler.verification.dataflow.uses import Part, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.statechart.actions import Raise
from statewright.statechart.event import normalised
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.evaluation import ACTION_ERROR
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.nodes import Node
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import Tree, stems_matching


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a macrostep read and wrote.

    Attributes:
        read: the variables that may have been looked at, where their values decide anything.
        asked: those that guards may have looked at.
        kept: those that have the values after it that they had before, or a part of these,
            although they may have been written.
        written: the variables that may have got other values.
    """

    read: frozenset[Key]
    asked: frozenset[Key]
    kept: frozenset[Key]
    written: frozenset[Key]


_footprint = maker(Footprint)

ENDLESS = "error.limit"
"""The incident of a macrostep that was given up because it took too many microsteps."""

_EMPTY: frozenset[Key] = frozenset()
_NO_WRITES = (_EMPTY, _EMPTY)


class Footprints:
    """The footprints of the macrosteps of one chart.

    Args:
        tree: of the chart.
        uses: of the chart.
        relevance: which variables matter.
    """

    def __init__(self, tree: Tree, uses: Mapping[str, Uses], relevance: Relevance) -> None:
        self._tree = tree
        reads = relevance.reads
        self._entered = {name: reads(one.entered) for name, one in uses.items()}
        self._left = {name: reads(one.left) for name, one in uses.items()}
        self._entering = {name: _writes_of(one.entered) for name, one in uses.items()}
        self._leaving = {name: _writes_of(one.left) for name, one in uses.items()}
        self._guards = {i: reads(part) for one in uses.values() for i, part in one.guards.items()}
        self._acts = {i: reads(part) for one in uses.values() for i, part in one.acts.items()}
        self._acting = {
            i: _writes_of(part) for one in uses.values() for i, part in one.acts.items()
        }
        raised = {
            normalised(one.event).partition(".")[0]
            for one in actions_in(tree.chart)
            if isinstance(one, Raise)
        }
        self._inner = {node.id: self._inner_reads(node, raised) for node in tree.nodes.values()}
        self._known: dict[tuple[str, ...], frozenset[Key]] = {}
        self._everything = frozenset(relevance.values)

    def of(self, before: Snapshot | None, step: Macrostep) -> Footprint:
        """What a macrostep read and wrote; ``before`` is None for the start."""
        if any(incident.name == ENDLESS for incident in step.incidents):
            # What was given up has left no trace.
            every = self._everything
            return Footprint(every, every, every, every)
        configuration = () if before is None else before.configuration
        asked = set(self._resting(configuration, step.event.name))
        read = set(self._left[""])
        written: set[Key] = set()
        if before is None:
            read |= self._entered[""]
            written |= self._entering[""][0]
        writes: list[tuple[frozenset[Key], frozenset[Key]]] = []
        for one in step.microsteps:
            for name in one.exited:
                read |= self._left[name]
                writes.append(self._leaving[name])
            for name in one.transitions:
                read |= self._acts[name]
                writes.append(self._acting[name])
            for name in one.entered:
                read |= self._entered[name]
                asked |= self._inner[name]
                asked |= self._by_event(name, step.event.name)
                writes.append(self._entering[name])
        kept: set[Key] = set()
        if before is not None and step.snapshot.history is not before.history:
            kept |= _scoped(before, step.snapshot)
        failed = any(incident.name == ACTION_ERROR for incident in step.incidents)
        for every, unsure in writes:
            written |= every
            kept |= every if failed else unsure
        return _footprint(frozenset(read), frozenset(asked), frozenset(kept), frozenset(written))

    def _resting(self, configuration: tuple[str, ...], event: str) -> frozenset[Key]:
        known = self._known.get((*configuration, event))
        if known is None:
            found: set[Key] = set()
            for name in configuration:
                found |= self._inner[name] | self._by_event(name, event)
            known = self._known[*configuration, event] = frozenset(found)
        return known

    def _by_event(self, state: str, event: str) -> frozenset[Key]:
        node = self._tree.nodes[state]
        if not node.by_stem:
            return _EMPTY
        found: set[Key] = set()
        for stem in stems_matching(self._tree, event):
            for arc in node.by_stem.get(stem, ()):
                found |= self._guards[arc.id]
        return frozenset(found)

    def _inner_reads(self, node: Node, raised: Iterable[str]) -> frozenset[Key]:
        """What the guards read that may be evaluated without an event from outside."""
        if not node.arcs:
            return _EMPTY
        found: set[Key] = set()
        for arc in node.eventless:
            found |= self._guards[arc.id]
        inner = {"done", "error", "*", *raised}
        for stem, arcs in node.by_stem.items():
            if stem.partition(".")[0] in inner:
                for arc in arcs:
                    found |= self._guards[arc.id]
        return frozenset(found)


def _writes_of(part: Part) -> tuple[frozenset[Key], frozenset[Key]]:
    """What may be written in a part, and what of that may keep its value, or a part of it."""
    if not part.writes:
        return _NO_WRITES
    return frozenset(part.writes), frozenset(part.writes - part.sure)


def _scoped(before: Snapshot, after: Snapshot) -> set[Key]:
    """The variables that went into the memory of a history state, or came back from there."""
    return {
        (scope, name)
        for history in (*before.history.values(), *after.history.values())
        for scope, variables in history.data.items()
        for name in variables
    }
