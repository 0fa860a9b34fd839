"""Two versions of a flow, and where sessions of the old one may rest.

What would stand in the way of a session is not told here a second time: a session is imagined that
rests in a state, and moved as any session is (see ``statechart.migration.moving``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from statewright.statechart.actions import Send
from statewright.statechart.definition import StateKind
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.migration.moving import Hindrance, Stays, moved
from statewright.statechart.migration.plan import NO_PLAN, Plan, is_pinned, renamed, restart_of
from statewright.statechart.release import Release
from statewright.statechart.snapshot import Invocation, Snapshot, Timer
from statewright.statechart.sourcemap import NOWHERE, Location
from statewright.statechart.structure.nodes import Node, ids_of, is_history
from statewright.statechart.structure.traversal import actions_in
from statewright.statechart.structure.tree import Tree, tree_of

INTERNAL = ("done.actions", "done.state", "error")
"""What states do not wait for: it comes of itself."""


@dataclass(frozen=True)
class Versions:
    """Two versions of a flow.

    Attributes:
        old: the version that sessions run.
        new: the version that they are to run.
        plan: what was decided of them.
    """

    old: Release
    new: Release
    plan: Plan = field(default=NO_PLAN)

    @cached_property
    def trees(self) -> tuple[Tree, Tree]:
        """Both charts."""
        return tree_of(self.old.statechart), tree_of(self.new.statechart)

    @cached_property
    def resting(self) -> tuple[Node, ...]:
        """The states of the old chart in which sessions may wait for something."""
        old, _ = self.trees
        reached = reachable(old)
        return tuple(node for node in reached if node.leaf and _waits(node))

    @cached_property
    def going_on(self) -> tuple[tuple[Node, Node], ...]:
        """Those of them from which sessions go on as they are, each with the state they go on in.

        Whoever stays, or enters a state anew, is not among them.
        """
        _, new = self.trees
        pairs = []
        for node in self.resting:
            there = new.nodes.get(renamed(self.plan, node))
            decided = is_pinned(self.plan, node) or restart_of(self.plan, node)
            if there is not None and not decided and there.leaf:
                pairs.append((node, there))
        return tuple(pairs)

    @cached_property
    def hindrances(self) -> Mapping[Node, tuple[Hindrance, ...]]:
        """For each of them, what stands in the way of a session that rests in it."""
        plan = replace(self.plan, values={})
        return {node: tuple(self._hindrances(node, plan)) for node in self.resting}

    def _hindrances(self, node: Node, plan: Plan) -> Iterator[Hindrance]:
        old, _ = self.trees
        imagined = replace(_resting_in(old, node), timers=tuple(self._timers(node)))
        there = moved(old.chart, self.new.statechart, imagined, plan)
        if isinstance(there, Stays):
            own = {node.id, *(one.id for one in node.ancestors())}
            yield from (one for one in there.hindrances if one.state in own)

    @cached_property
    def _sends(self) -> dict[str, Send]:
        """Id of a state → what the old version sends, later on, under a name that ends with it."""
        delayed = (one for one in actions_in(self.old.statechart) if isinstance(one, Send))
        return {one.event.rpartition(".")[2]: one for one in delayed if one.delay is not None}

    def _timers(self, node: Node) -> Iterator[Timer]:
        """The timers that a session has which rests in a state."""
        for one in (node, *node.ancestors()):
            send = self._sends.get(one.id)
            if send is not None:
                yield Timer(0, 0, send.event, None, "", node.id, target=send.target)

    def place_of(self, node: Node) -> Location:
        """Where a state of the old version was drawn."""
        return _place(self.old, node)

    def new_place_of(self, node: Node) -> Location:
        """Where a state of the new version was drawn."""
        return _place(self.new, node)


def _place(release: Release, node: Node) -> Location:
    for one in (node, *node.ancestors()):
        if one.id in release.source_map:
            return release.source_map[one.id]
    return NOWHERE


def name_of(node: Node) -> str:
    """What the author calls the place where a state was drawn."""
    for one in (node, *node.ancestors()):
        if one.state is not None and one.state.awaits is not None:
            return one.state.awaits.node
    return node.id.split("/", maxsplit=1)[0]


def reachable(tree: Tree) -> tuple[Node, ...]:
    """The states that can be active in a session, as far as the drawing goes, in its order."""
    found: set[tuple[Node, bool]] = set()
    waiting = [(tree.root, True)]
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting.extend(_next(*step))
    nodes = {node for node, _ in found} - {tree.root}
    return tuple(sorted(nodes, key=lambda node: node.order))


def _next(node: Node, entered: bool) -> Iterator[tuple[Node, bool]]:  # noqa: FBT001 (a fact)
    """What is active with a state, and what comes behind it; whether that is entered by default."""
    if node.parent is not None:
        yield node.parent, False
    if node.kind is StateKind.PARALLEL:
        yield from ((child, True) for child in node.children)
    if node.initial is not None and (entered or is_history(node)):
        yield from ((target, True) for target in node.initial.targets)
    if is_history(node) and node.parent is not None:
        yield node.parent, True
    for arc in node.arcs:
        yield from ((target, True) for target in arc.targets)


def _waits(node: Node) -> bool:
    """Whether a session can stand in a state until something comes from outside."""
    state = node.state
    if state is None or node.kind is StateKind.FINAL:
        return False
    if state.awaits is not None or state.invocations:
        return True
    return any(not stem.startswith(INTERNAL) for stem in node.by_stem)


def _resting_in(tree: Tree, node: Node) -> Snapshot:
    """A session that stands in a state, with what usually is pending there."""
    around = [one for one in reversed(list(node.ancestors())) if one.parent is not None]
    active = [*around, node]
    for one in tuple(around):
        if one.kind is StateKind.PARALLEL:
            for child in one.children:
                if child not in active:
                    active.extend(_usual(child))
    return Snapshot(
        digest_of(tree.chart),
        session="",
        seed="",
        turns=1,
        configuration=ids_of(sorted(active, key=lambda one: one.order)),
        invocations=tuple(_invocations(node)),
        floor=(node.id,) if node.state is not None and node.state.awaits is not None else (),
    )


def _usual(node: Node) -> Iterator[Node]:
    """A state with those inside it in which it begins."""
    yield node
    if node.kind is StateKind.PARALLEL:
        for child in node.children:
            yield from _usual(child)
    elif node.kind is StateKind.COMPOUND and node.initial is not None:
        for target in node.initial.targets:
            between = [one for one in target.ancestors() if one.depth > node.depth]
            yield from between
            yield from _usual(target)


def _invocations(node: Node) -> Iterator[Invocation]:
    for one in (node, *node.ancestors()):
        if one.state is not None:
            for invoke in one.state.invocations:
                if invoke.chart is None and invoke.id:
                    yield Invocation("", invoke.id, invoke.type, one.id)


def nearing_an_end(tree: Tree) -> frozenset[Node]:
    """The states ahead of which a final state of the session lies, as far as the drawing goes.

    Ends that only errors lead to do not count.
    """
    before: dict[tuple[Node, bool], list[tuple[Node, bool]]] = defaultdict(list)
    for step in product((tree.root, *tree.nodes.values()), (False, True)):
        for following in _next(*step):
            before[following].append(step)
    ends = [one for one in tree.root.children if one.kind is StateKind.FINAL]
    good = [one for one in ends if one.state is not None and not one.state.failed]
    found: set[tuple[Node, bool]] = set()
    waiting = list(product(good, (False, True)))
    while waiting:
        step = waiting.pop()
        if step not in found:
            found.add(step)
            waiting.extend(before[step])
    return frozenset(node for node, entered in found if not entered)
