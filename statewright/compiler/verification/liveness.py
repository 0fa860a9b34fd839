"""Which variables may still be read from where a session is, before they are written.

A variable that is not *live* makes no difference to anything that comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

from statewright.compiler.verification.boxes import bits
from statewright.compiler.verification.uses import Part, Uses
from statewright.compiler.verification.variables import CONTACT, TENANT, Key
from statewright.statechart.definition import StateKind
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree

_NOTHING: Final[frozenset[Key]] = frozenset()


@dataclass(frozen=True, slots=True)
class Passages:
    """Which states may follow on which.

    Attributes:
        successors: state → those that its transitions enter; whether their entry is run anew.
        predecessors: the same the other way round.
        order: state → a number that falls along the drawing.
        leaving: the states that any transition leaves, in that order.
    """

    successors: Mapping[str, tuple[tuple[str, bool], ...]]
    predecessors: Mapping[str, Sequence[str]]
    order: Mapping[str, int]
    leaving: Sequence[str]


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
    order = {name: -number for number, name in enumerate(tree.nodes)}
    leaving = [name for name in reversed(successors) if successors[name]]
    return Passages(successors, predecessors, order, leaving)


@dataclass(frozen=True, slots=True)
class Masks:
    """What the states of a chart read and write, as numbers in which each variable has a bit.

    Attributes:
        bits: variable → its bit.
        entered: state → what its entry reads.
        sure: state → what its entry writes before anything can read it.
        own: state → what is read while it is active, or when it is left.
    """

    bits: Mapping[Key, int]
    entered: Mapping[str, int]
    sure: Mapping[str, int]
    own: Mapping[str, int]

    def of_scopes(self) -> Mapping[str, int]:
        """State, or ``""`` → the variables that it declares."""
        found: dict[str, int] = defaultdict(int)
        for key, bit in self.bits.items():
            found[key[0]] |= bit
        return found

    def with_unsure(self, unsure: Iterable[str]) -> Masks:
        """The same where the entry of more states may fail before it has written all it writes."""
        scopes = self.of_scopes()
        fewer = {name: self.sure[name] & scopes.get(name, 0) for name in unsure}
        return replace(self, sure={**self.sure, **fewer})


def liveness_of(
    passages: Passages,
    uses: Mapping[str, Uses],
    reads: Callable[[Part], frozenset[Key]],
    unsure: Container[str] = (),
) -> Liveness:
    """What is live in the states of one chart.

    Args:
        passages: of the chart.
        uses: of the chart.
        reads: what counts as read in a part.
        unsure: the states whose entry may fail before it has written what it writes.
    """
    bits: dict[Key, int] = {}

    def mask(keys: Collection[Key]) -> int:
        if not keys:
            return 0
        made = 0
        for key in keys:
            made |= bits.setdefault(key, 1 << len(bits))
        return made

    entered: dict[str, int] = {}
    sure: dict[str, int] = {}
    own: dict[str, int] = {}
    for name, one in uses.items():
        read = reads(one.entered)
        entered[name] = mask(read)
        written = one.entered.sure - read if one.entered.sure else _NOTHING
        sure[name] = mask(_certain(name, written, unsure))
        own[name] = mask([key for part in one.active for key in reads(part)])
    return Liveness(passages, Masks(bits, entered, sure, own))


class Liveness:
    """What is live in the states of one chart.

    Args:
        passages: of the chart.
        masks: what its states read and write.
    """

    def __init__(self, passages: Passages, masks: Masks) -> None:
        self._passages = passages
        self._masks = masks
        self._keys = tuple(masks.bits)
        self._scopes = masks.of_scopes()
        self._known: dict[tuple[str, ...], frozenset[Key]] = {}
        self._active = dict(masks.own)
        self._solve()

    def with_unsure(self, unsure: Iterable[str]) -> Liveness:
        """The same where the entry of more states may fail before it has written all it writes."""
        return Liveness(self._passages, self._masks.with_unsure(unsure))

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
        return self._masks.bits.get(key, 0)

    def in_mask(self, mask: int) -> Iterator[Key]:
        """The variables that are in such a number."""
        return (self._keys[number] for number in bits(mask))

    def _solve(self) -> None:
        """Hand what is live back along the transitions, until nothing is new."""
        # Against the order of the drawing: most of what is live is known then before it is asked
        # for. What leads back is done anew in rounds.
        order, predecessors = self._passages.order, self._passages.predecessors
        waiting: list[tuple[int, str]] = []
        queued: set[str] = set()
        done: set[str] = set()
        for name in self._passages.leaving:
            done.add(name)
            if self._grows(name):
                queued.update(source for source in predecessors.get(name, ()) if source in done)
        waiting = sorted((order[name], name) for name in queued)
        while waiting:
            _, name = heappop(waiting)
            queued.discard(name)
            if self._grows(name):
                for source in predecessors.get(name, ()):
                    if source not in queued:
                        queued.add(source)
                        heappush(waiting, (order[source], source))

    def _grows(self, name: str) -> bool:
        """Whether more is live in a state than was known."""
        active, sure, entered = self._active, self._masks.sure, self._masks.entered
        mask = known = active[name]
        for target, fresh in self._passages.successors[name]:
            live = active[target]
            mask |= (live & ~sure[target]) | entered[target] if fresh else live
        active[name] = mask
        return mask != known


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


def _certain(name: str, sure: Collection[Key], unsure: Container[str]) -> Collection[Key]:
    """What of that which the entry of a state writes is written whatever fails."""
    return [key for key in sure if key[0] == name] if name in unsure else sure
