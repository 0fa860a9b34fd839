"""Which variables may still be read from where a session is, before they are written.

A variable that is not *live* makes no difference to anything that comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from statewright.compiler.verification.boxes import bits
from statewright.compiler.verification.uses import Part, Uses
from statewright.compiler.verification.variables import CONTACT, TENANT, Key
from statewright.statechart.definition import StateKind
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree


@dataclass(frozen=True, slots=True)
class Passages:
    """Which states may follow on which.

    Attributes:
        successors: state → those that its transitions enter; whether their entry is run anew.
        predecessors: the same the other way round.
        order: state → a number that falls along the drawing.
    """

    successors: Mapping[str, tuple[tuple[str, bool], ...]]
    predecessors: Mapping[str, Sequence[str]]
    order: Mapping[str, int]


def passages_of(tree: Tree) -> Passages:
    """Which states of a chart may follow on which."""
    successors = {
        node.id: tuple(dict.fromkeys(entry for arc in node.arcs for entry in entered_by(arc)))
        for node in tree.nodes.values()
    }
    predecessors: dict[str, list[str]] = defaultdict(list)
    for name, targets in successors.items():
        for target, _ in targets:
            predecessors[target].append(name)
    return Passages(
        successors, predecessors, {name: -number for number, name in enumerate(tree.nodes)}
    )


class Liveness:
    """What is live in the states of one chart.

    Args:
        passages: of the chart.
        uses: of the chart.
        reads: what counts as read in a part.
        unsure: the states whose entry may fail before it has written what it writes.
    """

    def __init__(
        self,
        passages: Passages,
        uses: Mapping[str, Uses],
        reads: Callable[[Part], frozenset[Key]],
        unsure: Container[str] = (),
    ) -> None:
        self._bits: dict[Key, int] = {}
        entered = {name: self._mask(reads(one.entered)) for name, one in uses.items()}
        sure = {
            name: self._mask(_surely_written(name, one, reads, unsure))
            for name, one in uses.items()
        }
        self._active = {
            name: self._mask(_read_while_active(one, reads)) for name, one in uses.items()
        }
        self._solve(passages, entered, sure)
        self._known: dict[tuple[str, ...], frozenset[Key]] = {}
        self._keys = tuple(self._bits)
        self._scopes: dict[str, int] = defaultdict(int)
        for key, bit in self._bits.items():
            self._scopes[key[0]] |= bit

    def at(self, configuration: tuple[str, ...]) -> frozenset[Key]:
        """The variables that are live, and can be seen, where these states are active."""
        known = self._known.get(configuration)
        if known is None:
            seen = 0
            for scope in {"", *configuration, CONTACT, TENANT}:
                seen |= self._scopes.get(scope, 0)
            mask = self.mask_at(configuration) & seen
            keys = self._keys
            known = self._known[configuration] = frozenset(keys[number] for number in bits(mask))
        return known

    def mask_at(self, configuration: tuple[str, ...]) -> int:
        """The variables that are live where these states are active, as one number."""
        mask = self._active[""]
        for name in configuration:
            mask |= self._active[name]
        return mask

    def bit(self, key: Key) -> int:
        """What stands for a variable in such a number; 0 for one that is never live."""
        return self._bits.get(key, 0)

    def in_mask(self, mask: int) -> Iterator[Key]:
        """The variables that are in such a number."""
        return (self._keys[number] for number in bits(mask))

    def _mask(self, keys: Iterable[Key]) -> int:
        mask = 0
        for key in keys:
            mask |= self._bits.setdefault(key, 1 << len(self._bits))
        return mask

    def _solve(
        self, passages: Passages, entered: Mapping[str, int], sure: Mapping[str, int]
    ) -> None:
        """Hand what is live back along the transitions, until nothing is new."""
        # Round by round, against the order of the drawing: most of what is live is known then
        # before it is asked for.
        active, order = self._active, passages.order
        waiting = sorted((number, name) for name, number in order.items())
        queued = set(order)
        while waiting:
            _, name = heappop(waiting)
            queued.discard(name)
            mask = active[name]
            for target, fresh in passages.successors[name]:
                live = active[target]
                mask |= (live & ~sure[target]) | entered[target] if fresh else live
            if mask != active[name]:
                active[name] = mask
                for source in passages.predecessors.get(name, ()):
                    if source not in queued:
                        queued.add(source)
                        heappush(waiting, (order[source], source))


def entered_by(arc: Arc) -> Iterator[tuple[str, bool]]:
    """The states that a transition enters; whether their entry is run anew."""
    for target in arc.targets:
        yield from _below(target)
        for around in target.ancestors():
            if around.parent is None or (
                is_descendant(arc.source, around) and around is not arc.domain
            ):
                break
            yield (around.id, True)
            if around.kind is StateKind.PARALLEL:
                for child in around.children:
                    yield from _below(child)


def _below(node: Node) -> Iterator[tuple[str, bool]]:
    """What is entered with a state."""
    if is_history(node):
        yield from _remembered(node)
        return
    yield (node.id, True)
    if node.kind is StateKind.PARALLEL:
        for child in node.children:
            yield from _below(child)
    elif node.kind is StateKind.COMPOUND and node.initial is not None:
        for target in node.initial.targets:
            yield from _below(target)


def _remembered(history: Node) -> Iterator[tuple[str, bool]]:
    """Whatever a history state may lead back to."""
    waiting = list(history.parent.children if history.parent is not None else ())
    while waiting:
        node = waiting.pop()
        yield (node.id, True)
        yield (node.id, False)
        waiting.extend(node.children)


def _read_while_active(uses: Uses, reads: Callable[[Part], frozenset[Key]]) -> Iterator[Key]:
    for part in (uses.left, *uses.guards.values(), *uses.acts.values()):
        yield from reads(part)


def _surely_written(
    name: str, uses: Uses, reads: Callable[[Part], frozenset[Key]], unsure: Container[str]
) -> Iterator[Key]:
    """What the entry writes before anything can read it."""
    for key in uses.entered.sure:
        if (key[0] == name or name not in unsure) and key not in reads(uses.entered):
            yield key
