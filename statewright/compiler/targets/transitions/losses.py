"""What in the structure of a chart transitions would do otherwise.

The library knows no microsteps: it lets each region react for itself, one after the other. It
leaves what is active beside the target, where SCXML leaves all below the least common ancestor. And
it enters the way to a target, not the regions beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.targets.export import Loss, Place
from statewright.statechart.definition import StateKind
from statewright.statechart.event import prefixes
from statewright.statechart.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.tree import Tree


def losses_of_machine(tree: Tree) -> Iterator[Loss]:
    """What leads a machine into other states than the chart: with these, ``build`` refuses it."""
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
    inside = {
        region: [arc for one in _within(region) for arc in one.arcs] for region in parallel.children
    }
    for region, arcs in inside.items():
        rivals = [arc for other in inside if other is not region for arc in inside[other]]
        for arc in arcs:
            leaves = arc.through_history or (
                arc.domain is not None and not _is_within(arc.domain, region)
            )
            if leaves and any(_overlap(arc, rival) for rival in rivals):
                yield Loss(
                    "region-conflicts",
                    "a transition that leaves a parallel state stops those of other regions",
                    f"the other regions of `{parallel.id}` react, too",
                    Place(arc.source.id, arc.id),
                )
    below = [arc for arcs in inside.values() for arc in arcs]
    for owner in (parallel, *parallel.ancestors()):
        for arc in owner.arcs:
            rivals = [rival for rival in below if _overlap(arc, rival)]
            if rivals and (not arc.targets or not all(rival.targets for rival in rivals)):
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


def _is_within(node: Node, other: Node) -> bool:
    return node is other or is_descendant(node, other)


def _overlap(one: Arc, other: Arc) -> bool:
    """Whether one event may enable both, or both need none."""
    stems, others = _stems(one), _stems(other)
    if not stems or not others:
        return not stems and not others
    return any(_is_wider(a, b) or _is_wider(b, a) for a in stems for b in others)


def _stems(arc: Arc) -> list[str]:
    return [stem for stem, arcs in arc.source.by_stem.items() if arc in arcs]


def _is_wider(stem: str, other: str) -> bool:
    return stem == "*" or stem in prefixes(other)
