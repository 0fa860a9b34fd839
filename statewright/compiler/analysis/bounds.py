"""Whether a ring of a flow can be gone round for ever: counters that some guard bounds.

A ring is left at last if each time round a variable is moved by a fixed step, and an edge of the
ring is only taken while that variable is on one side of something that stays as it is. An edge that
can be taken so often only is taken away; what rings are left then are looked at in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from statewright.compiler.analysis.components import rings_in
from statewright.compiler.analysis.ways import Way, Ways, node_of
from statewright.compiler.analysis.writes import Write, plain_path, related
from statewright.compiler.paths import Path
from statewright.expressions import Expression, references
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logic,
    Node,
    Unary,
    walk,
)
from statewright.flows.nodes import Operation, Value

RESTLESS = frozenset({"now", "event", "input", "session", "contact", "tenant"})
"""Names whose values may change from step to step without being written by the flow."""


class Move(Enum):
    """What a node does to a number, or to how long a list is."""

    UP = "up"
    DOWN = "down"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is compared with a bound.

    Attributes:
        path: the variable.
        size: whether it is its length that counts.
    """

    path: Path
    size: bool = False


@dataclass(frozen=True, slots=True)
class Endless:
    """A ring for which no bound was found.

    Attributes:
        vertices: what lies on it.
        sure: whether, once gone round, it is gone round for ever.
        doubts: paths that decide, and that the ring itself changes, where it is not sure.
    """

    vertices: frozenset[str]
    sure: bool
    doubts: tuple[Path, ...] = ()


def endless_rings(
    ways: Ways, passed: Collection[str], writes: Iterable[Write]
) -> Iterator[Endless]:
    """The rings among some vertices that nothing is known to end.

    Args:
        ways: all ways of the flow.
        passed: vertices that may lie on such a ring.
        writes: all places that write variables.
    """
    by_node: dict[str, list[Write]] = defaultdict(list)
    for write in writes:
        by_node[write.node].append(write)
    inner = {v: tuple([w for w in ways[v] if w.target in passed]) for v in ways if v in passed}
    for ring in rings_in(_successors(inner)):
        yield from _endless({v: inner[v] for v in ring}, by_node)


def _successors(ways: Ways) -> Mapping[str, tuple[str, ...]]:
    return {vertex: tuple([way.target for way in found]) for vertex, found in ways.items()}


COUNTERS: Final = 100
"""How many counters of one ring are tried. Where there are more, it is taken to end."""


def _endless(ways: Ways, by_node: Mapping[str, list[Write]]) -> Iterator[Endless]:
    ways = _within(ways)
    written = [write for vertex in ways for write in by_node.get(node_of(vertex), ())]
    guarded = _guarded(ways, written)
    if len(guarded) > COUNTERS:
        return
    bounded = [
        way for measure, found in guarded.items() for way in _ending(ways, written, measure, found)
    ]
    left = _without(ways, bounded)
    for ring in rings_in(_successors(left)):
        part = _within({vertex: left[vertex] for vertex in ring})
        if bounded:
            yield from _endless(part, by_node)
        else:
            yield _judged(part, written)


def _guarded(ways: Ways, written: list[Write]) -> Mapping[Measure, list[Way]]:
    """Measure → the ways that are only taken while it is on the side that it moves away from."""
    moves = _moves(written)
    names = {plain_path(write.path)[0] for write in written}
    found: dict[Measure, list[Way]] = defaultdict(list)
    for way in (way for some in ways.values() for way in some if moves):
        for guard, truth in way.when:
            for measure, operator, limit in _bounds(guard.root, truth=truth):
                wanted = _WANTED.get(moves.get(measure, Move.OTHER), ())
                if operator in wanted and _is_still(limit, names):
                    found[measure].append(way)
    return found


_WANTED: Final[Mapping[Move, tuple[str, ...]]] = {Move.UP: ("<", "<="), Move.DOWN: (">", ">=")}
"""How what moves is compared with a bound that it comes to one day."""


def _ending(
    ways: Ways, written: list[Write], measure: Measure, guarded: list[Way]
) -> Iterator[Way]:
    """Those of some ways that cannot be come back to without the measure being moved."""
    moving = {write.node for write in written if plain_path(write.path) == measure.path}
    rest = _within(
        {vertex: found for vertex, found in ways.items() if node_of(vertex) not in moving}
    )
    ring_of = {vertex: ring for ring in rings_in(_successors(rest)) for vertex in ring}
    for way in guarded:
        ring = ring_of.get(way.source)
        if ring is None or way.target not in ring:
            yield way


def _within(ways: Ways) -> Ways:
    return {
        vertex: tuple(way for way in found if way.target in ways) for vertex, found in ways.items()
    }


def _without(ways: Ways, gone: Collection[Way]) -> Ways:
    dropped = set(map(id, gone))
    return {v: tuple(way for way in found if id(way) not in dropped) for v, found in ways.items()}


def _judged(ways: Ways, written: list[Write]) -> Endless:
    """Whether some ring remains once all that may stop it is taken away."""
    changed: dict[str, set[Path]] = defaultdict(set)
    for write in written:
        path = plain_path(write.path)
        changed[path[0]].add(path)
    restless = [(way, _doubts(way, changed)) for found in ways.values() for way in found]
    stable = _without(ways, [way for way, doubts in restless if doubts or way.by_lot])
    sure = next(rings_in(_successors(stable)), None)
    if sure is not None:
        return Endless(sure, sure=True)
    doubts = dict.fromkeys(path for _, found in restless for path in found)
    return Endless(frozenset(ways), sure=False, doubts=tuple(doubts))


def _doubts(way: Way, changed: Mapping[str, set[Path]]) -> tuple[Path, ...]:
    """What the guards of a way read that may change while the ring is gone round."""
    return tuple(
        path
        for guard, _ in way.when
        for path in _paths(guard)
        if path[0] in RESTLESS or any(related(path, one) for one in changed.get(path[0], ()))
    ) or tuple(
        ("draw",)
        for guard, _ in way.when
        for node in walk(guard.root)
        if isinstance(node, Call) and node.function in ("draw", "In")
    )


def _paths(guard: Expression) -> Iterator[Path]:
    return (plain_path(reference.path) for reference in references(guard))


# --- counters ------------------------------------------------------------------------------------


def _moves(written: list[Write]) -> Mapping[Measure, Move]:
    """What the nodes of a ring do to each variable that they move in one direction only."""
    moves: dict[Measure, set[Move]] = defaultdict(set)
    for write in written:
        path = plain_path(write.path)
        move = _move(write)
        moves[Measure(path)].add(move)
        moves[Measure(path, size=True)].add(
            Move.UP if write.operation is Operation.APPEND else Move.OTHER
        )
    paths: dict[str, set[Path]] = defaultdict(set)
    for write in written:
        path = plain_path(write.path)
        paths[path[0]].add(path)
    return {
        measure: next(iter(found))
        for measure, found in moves.items()
        if len(found) == 1
        and Move.OTHER not in found
        and not any(
            other != measure.path and related(other, measure.path)
            for other in paths[measure.path[0]]
        )
    }


def _move(write: Write) -> Move:
    amount = _amount(write)
    if amount is None or amount == 0:
        return Move.OTHER
    return Move.UP if amount > 0 else Move.DOWN


def _amount(write: Write) -> float | None:
    """By how much a number is changed, where that is always the same."""
    if write.operation is Operation.INCREMENT:
        return 1.0 if write.value is None else _number(write.value)
    if write.operation is not Operation.SET or len(write.expressions) != 1:
        return None
    root = write.expressions[0].root
    if not isinstance(root, Arithmetic) or len(root.operands) != 2:
        return None
    (left, right), operator = root.operands, root.operators[0]
    if operator == "+" and isinstance(left, Literal):
        left, right = right, left
    if _path(left) != plain_path(write.path) or not isinstance(right, Literal):
        return None
    amount = right.value if _is_number(right.value) else None
    return None if amount is None else {"+": amount, "-": -amount}.get(operator)


def _number(value: Value) -> float | None:
    return value.json if _is_number(value.json) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _path(node: Node) -> Path | None:
    """The path that a node is, if it is nothing else."""
    found = references(Expression("", node))
    if len(found) == 1 and (found[0].start, found[0].end) == (node.start, node.end):
        return plain_path(found[0].path)
    return None


def _is_still(limit: Node, names: Collection[str]) -> bool:
    """Whether a bound stays what it is while variables of some names change."""
    return not any(
        path[0] in RESTLESS or path[0] in names for path in _paths(Expression("", limit))
    )


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def _bounds(node: Node, *, truth: bool) -> Iterator[tuple[Measure, str, Node]]:
    """What must hold for measures where a guard gives ``truth``: ``measure operator limit``."""
    if isinstance(node, Unary) and node.operator == "!":
        yield from _bounds(node.operand, truth=not truth)
    elif isinstance(node, Logic) and (node.operator == "&&") is truth:
        for operand in node.operands:
            yield from _bounds(operand, truth=truth)
    elif isinstance(node, Comparison) and node.operator in _MIRRORED:
        operator = node.operator if truth else _DENIED[node.operator]
        for left, sign, right in (
            (node.left, operator, node.right),
            (node.right, _MIRRORED[operator], node.left),
        ):
            measure = _measure(left)
            if measure is not None:
                # A counter that stops where it is equal is below before, or above.
                signs = ("<", ">") if sign == "!=" else (sign,)
                yield from ((measure, one, right) for one in signs)


def _measure(node: Node) -> Measure | None:
    if isinstance(node, Call) and node.function == "size":
        inner = node.target if node.target is not None else (*node.arguments, None)[0]
        path = None if inner is None else _path(inner)
        return None if path is None else Measure(path, size=True)
    path = _path(node)
    return None if path is None else Measure(path)
