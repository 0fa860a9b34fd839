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
from statewright.compiler.verification.dataflow.uses import Part, Uses
from statewright.compiler.verification.dataflow.variables import CONTACT, TENANT, Key
from statewright.statechart.definition import StateKind
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree

_NOTHING: Final[frozenset[Key]] = frozenset()


@dataclass(frozen=True, slots=True)
class Passages:
    """Which states may follow on which.

    Attributes:
        successors: state → those that its transitions enter; whether their entry is run anew; and
            the innermost state around both, ``""`` for the root.
        predecessors: the same the other way round.
        order: state → a number that falls along the drawing.
        leaving: the states that any transition leaves, in that order.
        around: state → itself and the states around it, the innermost first; in document order.
        returns: whether states may be entered again with the variables that they had.
    """

    successors: Mapping[str, tuple[tuple[str, bool, str], ...]]
    predecessors: Mapping[str, Sequence[str]]
    order: Mapping[str, int]
    leaving: Sequence[str]
    around: Mapping[str, tuple[str, ...]]
    returns: bool


def passages_of(tree: Tree) -> Passages:
    """Which states of a chart may follow on which."""
    around = {
        node.id: (node.id, *(one.id for one in node.ancestors() if one.parent is not None))
        for node in tree.nodes.values()
    }
    successors = {
        node.id: tuple(
            (target, fresh, _common(around[node.id], around[target]))
            for target, fresh in dict.fromkeys(
                entry for arc in node.arcs for entry in entered_by(arc)
            )
        )
        for node in tree.nodes.values()
    }
    predecessors: dict[str, list[str]] = defaultdict(list)
    for name, targets in successors.items():
        for target, _, _ in targets:
            predecessors[target].append(name)
    order = {name: -number for number, name in enumerate(tree.nodes)}
    leaving = [name for name in reversed(successors) if successors[name]]
    returns = any(node.histories for node in (tree.root, *tree.nodes.values()))
    return Passages(successors, predecessors, order, leaving, around, returns)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """The innermost of the states around both of two states; ``""`` for the root."""
    return next((name for name in one if name in other), "")


@dataclass(frozen=True, slots=True)
class Numbering:
    """Gives each variable a bit.

    Variables of states that do not lie inside each other have the same bits: no state can see both,
    and what is live of them is forgotten where they are left. So the numbers are short even where
    there are thousands of nodes.

    Attributes:
        bits: variable → its bit.
        common: the variables whose bit nothing else has, in the order of these: all but those that
            nobody names but the states inside of the one that declares them.
        own: state → those of its variables that are not among these.
        seen: state, or ``""`` → the bits of all that can be seen there.
    """

    bits: Mapping[Key, int]
    common: tuple[Key, ...]
    own: Mapping[str, Sequence[Key]]
    seen: Mapping[str, int]


def numbering_of(named: Mapping[str, Iterable[Key]], passages: Passages) -> Numbering:
    """Number the variables of a chart.

    Args:
        named: state, or ``""`` → the variables that are read or written there.
        passages: of the chart.
    """
    common: dict[Key, None] = {}
    scoped: dict[str, dict[Key, None]] = defaultdict(dict)
    for name, keys in named.items():
        # What a history state remembers is not forgotten where it is left.
        inside = () if passages.returns else passages.around.get(name, ())
        for key in keys:
            (scoped[key[0]] if key[0] in inside else common)[key] = None
    bits = {key: 1 << number for number, key in enumerate(common)}
    own: dict[str, list[Key]] = {}
    counts = {"": len(common)}
    for name, (_, *outer) in passages.around.items():
        count = counts[outer[0] if outer else ""]
        if name in scoped:
            own[name] = [key for key in scoped[name] if key not in common]
            bits.update({key: 1 << count + at for at, key in enumerate(own[name])})
            count += len(own[name])
        counts[name] = count
    masks = {count: (1 << count) - 1 for count in set(counts.values())}
    seen = {name: masks[count] for name, count in counts.items()}
    return Numbering(bits, tuple(common), own, seen)


@dataclass(frozen=True, slots=True)
class Masks:
    """What the states of a chart read and write, as numbers in which each variable has a bit.

    Attributes:
        numbering: which bit that is.
        entered: state → what its entry reads.
        sure: state → what its entry writes before anything can read it.
        own: state → what is read while it is active, or when it is left.
    """

    numbering: Numbering
    entered: Mapping[str, int]
    sure: Mapping[str, int]
    own: Mapping[str, int]

    def with_unsure(self, unsure: Iterable[str]) -> Masks:
        """The same where the entry of more states may fail before it has written all it writes."""
        declared: dict[str, int] = defaultdict(int)
        for key, bit in self.numbering.bits.items():
            declared[key[0]] |= bit
        fewer = {name: self.sure[name] & declared.get(name, 0) for name in unsure}
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
    entered: dict[str, Collection[Key]] = {}
    sure: dict[str, Collection[Key]] = {}
    own: dict[str, Collection[Key]] = {}
    for name, one in uses.items():
        entered[name] = read = reads(one.entered)
        written = one.entered.sure - read if one.entered.sure else _NOTHING
        sure[name] = _certain(name, written, unsure)
        own[name] = [key for part in one.active for key in reads(part)]
    named = {name: (*entered[name], *sure[name], *own[name]) for name in uses}
    numbering = numbering_of(named, passages)
    masks = (_masks(keys, numbering.bits) for keys in (entered, sure, own))
    return Liveness(passages, Masks(numbering, *masks))


def _masks(named: Mapping[str, Collection[Key]], bits: Mapping[Key, int]) -> dict[str, int]:
    """State → some variables, as one number."""
    made = dict.fromkeys(named, 0)
    for name, keys in named.items():
        for key in keys:
            made[name] |= bits[key]
    return made


class Liveness:
    """What is live in the states of one chart.

    Args:
        passages: of the chart.
        masks: what its states read and write.
    """

    def __init__(self, passages: Passages, masks: Masks) -> None:
        self._passages = passages
        self._masks = masks
        self._numbering = masks.numbering
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
            scopes = {"", *configuration, CONTACT, TENANT}
            common = (key for key in self.in_mask(self.mask_at(configuration)) if key[0] in scopes)
            own = (key for name in configuration for key in self._own_at(name))
            known = self._known[configuration] = frozenset((*common, *own))
        return known

    def _own_at(self, state: str) -> Iterator[Key]:
        """Those of the variables of a state, and of the states around it, that are live in it."""
        mask, numbering = self._active[state], self._numbering
        for name in self._passages.around[state]:
            yield from (key for key in numbering.own.get(name, ()) if mask & numbering.bits[key])

    def mask_at(self, configuration: tuple[str, ...]) -> int:
        """The variables of the session that are live where these states are active, as a number.

        Some others are among them, too.
        """
        mask = self._active[""]
        for name in configuration:
            mask |= self._active[name]
        return mask & self._numbering.seen[""]

    def bit(self, key: Key) -> int:
        """What stands for a variable of the session in it; 0 for one that is never live."""
        return self._numbering.bits.get(key, 0)

    def in_mask(self, mask: int) -> Iterator[Key]:
        """The variables that are in it."""
        return (self._numbering.common[number] for number in bits(mask))

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
        seen = self._numbering.seen
        mask = known = active[name]
        for target, fresh, common in self._passages.successors[name]:
            live = active[target]
            if fresh:
                live = (live & ~sure[target]) | entered[target]
            mask |= live & seen[common]
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
