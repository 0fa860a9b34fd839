"""What a condition says about the values that it looks at: ``has(a.b)``, ``x != null``, ``n > 0``.

A fact is about a *place*: a variable, or what is at the end of a plain path from one. It holds *if
the place has a value at all*: after ``has(a.b)``, either ``a`` has no value, or ``b`` is in it.
That is all that is known where a condition is true *or an error*; so facts can be used on both
sides of ``&&``, which absorbs the errors of one side if the other is false, and none excuses an
error by another one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from statewright.expressions.environment import TYPE_NAMES, Meaning, NameKind
from statewright.expressions.syntax import (
    Call,
    Comparison,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
    children,
)
from statewright.expressions.types import NULL, CelType
from statewright.expressions.values import Uint

Place = tuple[str | int, ...]
"""A variable, and the fields and indices on the way from there."""


class Fact(NamedTuple):
    """Something that holds of a place; what ``detail`` is depends on ``about``.

    =============  =======================================================================
    ``set``        it is not null
    ``type``       its type is ``detail``, in full
    ``key``        a map there has the key ``detail``: a text, an int, or what is at a place
    ``value``      an optional there has a value
    ``nonzero``    a number there is not 0
    ``least``      an int there is not less than ``detail``
    ``most``       an int there is not more than ``detail``
    ``size``       what is there has at least ``detail`` parts
    ``text``       a text there has at least ``detail`` characters
    ``list``       a list there has at least ``detail`` elements
    ``index``      an int there is less than the size of what is at the place ``detail``
    =============  =======================================================================
    """

    about: str
    place: Place
    detail: Any = None


class Facts(Struct):
    """The facts that hold at the moment; what is added has to be removed again."""

    counts: dict[Fact, int] = field(default_factory=dict)
    numbers: dict[tuple[str, Place], list[int]] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        """Let a fact hold."""
        if fact.about in _NUMBERS:
            insort(self.numbers.setdefault(fact[:2], []), fact.detail)
        else:
            self.counts[fact] = self.counts.get(fact, 0) + 1

    def remove(self, fact: Fact) -> None:
        """Take back what was added once."""
        if fact.about in _NUMBERS:
            self.numbers[fact[:2]].remove(fact.detail)
        elif self.counts[fact] == 1:
            del self.counts[fact]
        else:
            self.counts[fact] -= 1

    def __contains__(self, fact: Fact) -> bool:
        return fact in self.counts

    def __bool__(self) -> bool:
        return bool(self.counts)

    def largest(self, about: str, place: Place) -> int | None:
        """The largest number that is known about something."""
        known = self.numbers.get((about, place))
        return known[-1] if known else None

    def smallest(self, about: str, place: Place) -> int | None:
        """The smallest number that is known about something."""
        known = self.numbers.get((about, place))
        return known[0] if known else None


LIMIT: Final = 200
"""How many facts are taken from one condition: what is said inside of conditions is said again
outside of them, and deep ones would say too much.
"""
_NUMBERS: Final = frozenset(("least", "most", "size", "text", "list"))


class Places(Struct, frozen=True):
    """How names are read.

    Attributes:
        names: the meaning of names by ``id(node)``; see ``Checked.names``.
        mirror: a variable that holds others under their names, so that ``vars.x`` is ``x``.
        mirrored: the names of those.
        aliases: the places of the macro variables in scope.
        implications: what ``implied`` found before, by node and truth; a node is always read in
            one scope.
    """

    names: Mapping[int, Meaning]
    mirror: str = ""
    mirrored: Container[str] = frozenset()
    aliases: Mapping[str, Place] = field(default_factory=dict)
    implications: dict[tuple[int, bool], tuple[Fact, ...]] = field(default_factory=dict)

    def of(self, node: Node) -> Place | None:
        """The place that a node stands for, if it stands for one."""
        path: list[str | int] = []
        while type(node) is not Name:
            if type(node) is Select and not node.optional:
                whole = self.names.get(id(node))
                if whole is not None:
                    return (whole.name, *reversed(path))
                path.append(node.field)
            elif type(node) is Index and not node.optional and (key := _key(node)) is not None:
                path.append(key)
            else:
                return None
            node = node.operand
        root = self._of_name(node, path[-1] if path else None)
        return None if root is None else (*root, *reversed(path))

    def _of_name(self, node: Name, first: str | int | None) -> Place | None:
        """The place of a name, of which ``first`` is selected."""
        alias = None if node.absolute else self.aliases.get(node.name)
        meaning = self.names.get(id(node))
        if alias is not None or meaning is None or meaning.kind is NameKind.TYPE:
            return alias
        return () if meaning.name == self.mirror and first in self.mirrored else (meaning.name,)


def narrowed(found: CelType, place: Place | None, facts: Facts) -> CelType:
    """The type of what is at a place, by all that is known of it."""
    if place is None or not facts or found.name not in ("dyn", "nullable"):
        return found
    own = found.parameters[0] if found.name == "nullable" else None
    if own is not None and Fact("set", place) in facts:
        return own
    for name, tested in TYPE_NAMES.items():
        if Fact("type", place, name) in facts:
            return tested if own is None or tested is NULL else own
    return found


def _key(node: Index) -> str | int | None:
    """The key of an index that is written out."""
    value = node.index.value if isinstance(node.index, Literal) else None
    return value if type(value) is str or type(value) is int else None


def implied(node: Node, places: Places, *, truth: bool = True) -> tuple[Fact, ...]:
    """What holds where a condition is ``truth`` or an error; at most ``LIMIT`` facts of it."""
    rule = _RULES.get(type(node))
    if rule is None:
        return ()
    key = (id(node), truth)
    found = places.implications.get(key)
    if found is None:
        found = tuple(islice(rule(node, places, truth=truth), LIMIT))
        places.implications[key] = found
    return found


def _negation(node: Unary, places: Places, *, truth: bool) -> Iterator[Fact]:
    if node.operator == "!":
        yield from implied(node.operand, places, truth=not truth)


def _logic(node: Logic, places: Places, *, truth: bool) -> Iterator[Fact]:
    if (node.operator == "&&") is truth:
        for operand in node.operands:
            yield from implied(operand, places, truth=truth)
        return
    first, *others = node.operands
    common = set(implied(first, places, truth=truth))
    for operand in others:
        if not common:
            return
        common &= set(implied(operand, places, truth=truth))
    yield from common


def _presence(node: Has, places: Places, *, truth: bool) -> Iterator[Fact]:
    place = places.of(node.operand)
    if truth and place is not None:
        yield Fact("key", place, node.field)


def _call(node: Call, places: Places, *, truth: bool) -> Iterator[Fact]:
    place = places.of(node.target) if node.target is not None else None
    if place is None or not truth:
        return
    if node.function == "hasValue" and not node.arguments:
        yield Fact("value", place)
    elif node.function in _PARTS and len(node.arguments) == 1:
        part = node.arguments[0]
        if isinstance(part, Literal) and type(part.value) is str:
            yield Fact("text", place, len(part.value))


def _macro(node: Macro, places: Places, *, truth: bool) -> Iterator[Fact]:
    # Where a round decided, or was an error, there was a round.
    place = places.of(node.subject)
    if place is not None and node.macro in (_FOUND if truth else _REFUTED):
        yield Fact("size", place, 1)


# Comparisons


def _comparison(node: Comparison, places: Places, *, truth: bool) -> Iterator[Fact]:
    symbol = node.operator
    if symbol == "in":
        if truth:
            yield from _membership(node.left, node.right, places)
        return
    if not truth:
        symbol = _OPPOSITES[symbol]
    left, right = node.left, node.right
    for one, meant, other in ((left, symbol, right), (right, _TURNED[symbol], left)):
        if isinstance(other, (Literal, ListLiteral, MapLiteral)):
            yield from _against(one, meant, other, places)
        elif meant == "==":
            yield from _typed(one, other, places)
        elif meant == "<":
            yield from _below(one, other, places)


def _membership(left: Node, right: Node, places: Places) -> Iterator[Fact]:
    container, place = places.of(right), places.of(left)
    if container is not None:
        yield Fact("list", container, 1)
        if isinstance(left, Literal) and type(left.value) in (str, int):
            yield Fact("key", container, left.value)
        elif place is not None:
            yield Fact("key", container, place)
    if place is not None and isinstance(right, ListLiteral) and right.items and not right.optional:
        values = [item.value for item in right.items if isinstance(item, Literal)]
        if len(values) == len(right.items) and None not in values:
            yield Fact("set", place)
            if all(type(value) in _WHOLE for value in values):
                yield Fact("least", place, min(values))
                yield Fact("most", place, max(values))
                if 0 not in values:
                    yield Fact("nonzero", place)


def _against(
    one: Node, symbol: str, other: Literal | ListLiteral | MapLiteral, places: Places
) -> Iterator[Fact]:
    """What follows from a comparison with something that is written out."""
    if not isinstance(other, Literal):
        place = places.of(one)
        if symbol == "!=" and place is not None and not children(other):
            yield Fact("list", place, 1)
        return
    value = other.value
    if type(value) is bool:
        if symbol in ("==", "!="):
            yield from implied(one, places, truth=value is (symbol == "=="))
        return
    sized = _sized(one)
    place = places.of(one if sized is None else sized)
    if place is None:
        return
    if type(value) in _WHOLE:
        yield from _numbers(place, symbol, int(value), counts=sized is not None)
    if sized is not None:
        return
    if symbol == "==" and value is not None:
        yield Fact("set", place)
    elif symbol == "!=":
        if value is None:
            yield Fact("set", place)
        elif value == "":
            yield Fact("text", place, 1)


def _numbers(place: Place, symbol: str, value: int, *, counts: bool) -> Iterator[Fact]:
    """What follows from the comparison of a number, or of a size, with an int."""
    least = {"==": value, ">": value + 1, ">=": value}.get(symbol)
    if counts:
        if symbol == "!=" and value == 0:
            least = 1
        if least is not None:
            yield Fact("size", place, least)
        return
    most = {"==": value, "<": value - 1, "<=": value}.get(symbol)
    if least is not None:
        yield Fact("least", place, least)
    if most is not None:
        yield Fact("most", place, most)
    if (symbol == "!=" and value == 0) or (least or 0) > 0 or (0 if most is None else most) < 0:
        yield Fact("nonzero", place)


def _typed(one: Node, other: Node, places: Places) -> Iterator[Fact]:
    """``type(one) == other``."""
    if isinstance(one, Call) and one.function == "type" and one.target is None:
        meaning = places.names.get(id(other))
        place = places.of(one.arguments[0]) if len(one.arguments) == 1 else None
        if meaning is not None and meaning.kind is NameKind.TYPE and place is not None:
            yield Fact("type", place, meaning.name)


def _below(one: Node, other: Node, places: Places) -> Iterator[Fact]:
    """``one < size(other)``."""
    sized = _sized(other)
    if sized is not None:
        place, container = places.of(one), places.of(sized)
        if place is not None and container is not None:
            yield Fact("index", place, container)


def _sized(node: Node) -> Node | None:
    """What the size is asked of."""
    if isinstance(node, Call) and node.function == "size":
        asked = children(node)
        return asked[0] if len(asked) == 1 else None
    return None


_FOUND: Final = ("exists", "exists_one", "existsOne")
_REFUTED: Final = ("all",)
_WHOLE: Final = (int, Uint)
_PARTS: Final = frozenset(("startsWith", "endsWith", "contains"))
_OPPOSITES: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED: Final = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

_RULES: Final[Mapping[type, Callable[..., Iterator[Fact]]]] = {
    Unary: _negation,
    Logic: _logic,
    Has: _presence,
    Comparison: _comparison,
    Call: _call,
    Macro: _macro,
}
