"""What in the structure of a chart transitions would do otherwise.

The library knows no microsteps: it lets each region react for itself, one after the other. It
leaves what is active beside the target, where SCXML leaves all below the least common ancestor. And
it enters the way to a target, not the regions beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.unwatched import unwatched
from statewright.statechart.definition import StateKind
from statewright.statechart.event import prefixes
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree


def losses_of_machine(tree: Tree) -> Iterator[Loss]:
    """What leads a machine into other states than the chart: with these, ``build`` refuses it."""
    yield from unwatched(tree.chart)
    if tree.root.initial is not None:
        yield from _of_targets(tree.root.initial, tree.root, Place())
    for node in tree.nodes.values():
        yield from _of_state(node)
    for node in tree.nodes.values():
        if node.kind is StateKind.PARALLEL:
            yield from _of_conflicts(node)


def losses_of_order(tree: Tree) -> Iterator[Loss]:
    """What shows only in actions and guards: ``build`` lists it."""
    for node in tree.nodes.values():
        if node.kind is StateKind.PARALLEL:
            yield Loss(
                "parallel-order",
                "regions do not react together: guards are asked before any of them acts",
                "they react one after the other, the deepest states first, and are entered "
                "level by level",
                Place(node.id),
            )


def _of_state(node: Node) -> Iterator[Loss]:
    place = Place(node.id)
    state = node.state
    if state is not None and any(invoke.chart is not None for invoke in state.invocations):
        yield Loss(
            "child-charts",
            "a chart that is invoked does not run inside the one that invokes it",
            "nothing is started",
            place,
        )
    if node.kind is StateKind.COMPOUND and node.initial is not None:
        yield from _of_initial(node.initial, place)
    for arc in node.arcs:
        at = Place(node.id, arc.id)
        if arc.targets and not arc.through_history and arc.domain is not None:
            yield from _of_domain(arc, arc.domain, at)
        yield from _of_targets(arc, arc.domain, at)


def _of_initial(initial: Arc, place: Place) -> Iterator[Loss]:
    (first, *more) = initial.targets
    if more or first.parent is not initial.source or is_history(first):
        yield Loss(
            "initial-inside",
            "a state starts in a state that is not its child, or in several",
            "it starts in its child around the first of them",
            place,
        )
    if initial.actions:
        yield Loss(
            "initial-actions",
            "a state has actions that run when it starts where it does by default",
            "they are not run",
            place,
        )


def _of_targets(arc: Arc, domain: Node | None, place: Place) -> Iterator[Loss]:
    """What a transition enters: the way to one state, and no more."""
    if arc.through_history:
        yield Loss(
            "history",
            "a history state remembers what was active",
            "what it leads to by default is entered",
            place,
        )
    if len(arc.targets) > 1:
        yield Loss("several-targets", "a transition has one target", "the first is entered", place)
    for target in arc.targets[:1]:
        for around in target.ancestors():
            if around is domain:
                break
            if around.kind is StateKind.PARALLEL:
                yield Loss(
                    "other-regions",
                    "a transition into a region enters the others, too",
                    f"only the way to the target is entered, not all of `{around.id}`",
                    place,
                )


def _of_domain(arc: Arc, domain: Node, place: Place) -> Iterator[Loss]:
    """What a transition leaves: with SCXML, all that is active in its domain."""
    target, source = arc.targets[0], arc.source
    if target.parent is domain:
        return
    if source is domain or is_descendant(target, source):
        yield Loss(
            "outer-to-inner",
            "a transition into its own source leaves what is active there",
            "it leaves what is active beside the target",
            place,
        )
    elif any(one.parent is domain and is_descendant(source, one) for one in target.ancestors()):
        yield Loss(
            "parallel-domain",
            "a transition between regions leaves the parallel state around them, and enters it",
            "the region of the target changes, and nothing else",
            place,
        )


# Conflicts


def _of_conflicts(parallel: Node) -> Iterator[Loss]:
    """Transitions of which SCXML takes one, and the library several, or the other way round."""
    arcs = [
        (number, arc)
        for number, region in enumerate(parallel.children)
        for node in _within(region)
        for arc in node.arcs
    ]
    every, targetless = _Listening(), _Listening()
    for number, arc in arcs:
        every.add(number, arc)
        if not arc.targets:
            targetless.add(number, arc)
    for number, arc in arcs:
        if _leaves(arc, parallel.children[number]) and every.overlaps(arc, beside=number):
            yield Loss(
                "region-conflicts",
                "a transition that leaves a parallel state stops those of other regions",
                f"the other regions of `{parallel.id}` react, too",
                Place(arc.source.id, arc.id),
            )
    for owner in (parallel, *parallel.ancestors()):
        for arc in owner.arcs:
            if (targetless if arc.targets else every).overlaps(arc):
                yield Loss(
                    "outer-transitions",
                    "a transition around regions is taken together with theirs where "
                    "they do not conflict",
                    f"it is not tried while a region of `{parallel.id}` reacts",
                    Place(owner.id, arc.id),
                )


def _within(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(one.children)


def _leaves(arc: Arc, region: Node) -> bool:
    """Whether a transition leaves the region that it is in."""
    if arc.through_history:
        return True
    domain = arc.domain
    return domain is not None and domain is not region and not is_descendant(domain, region)


_EVENTLESS: Final = ""
"""Stands for the event of transitions that need none."""


class _Listening:
    """Which regions wait for which events."""

    def __init__(self) -> None:
        self._regions: set[int] = set()
        self._stems: dict[str, set[int]] = {}
        self._beginnings: dict[str, set[int]] = {}

    def add(self, region: int, arc: Arc) -> None:
        """Note what a transition of a region waits for."""
        for stem in _stems(arc):
            if stem != _EVENTLESS:
                self._regions.add(region)
            self._stems.setdefault(stem, set()).add(region)
            for beginning in prefixes(stem):
                self._beginnings.setdefault(beginning, set()).add(region)

    def overlaps(self, arc: Arc, beside: int | None = None) -> bool:
        """Whether an event that may enable a transition may enable one of another region, too."""
        return any(self._overlapping(stem) - {beside} for stem in _stems(arc))

    def _overlapping(self, stem: str) -> set[int]:
        if stem == _EVENTLESS:
            return self._stems.get(stem, set())
        if stem == "*":
            return self._regions
        found = self._stems.get("*", set()) | self._beginnings.get(stem, set())
        for beginning in prefixes(stem):
            found = found | self._stems.get(beginning, set())
        return found


def _stems(arc: Arc) -> list[str]:
    """The normalised event descriptors of a transition."""
    return [stem for stem, arcs in arc.source.by_stem.items() if arc in arcs] or [_EVENTLESS]
