"""The constants with which expressions compare: where the domain of a variable is cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from statewright.compiler.verification.inputs.equations import solutions_of, texts_beside
from statewright.expressions import Expression, parse, unparse
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Index,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
    walk,
)

_CONVERTED = {
    "int": "7",
    "uint": "7",
    "double": "7.5",
    "timestamp": "2026-01-31T00:00:00Z",
    "duration": "90s",
    "bool": "true",
}
"""Functions that make something of texts, with a text of which they do."""

_ANSWERS = {
    "boolean": "yes",
    "date": "2026-01-31",
    "dateIn": "2026-01-31",
    "email": "ada@example.com",
    "integer": "7",
    "integerIn": "7",
    "location": "52.5, 13.4",
    "number": "7",
    "numberIn": "7",
    "phone": "+15550109999",
    "time": "14:30",
    "timeIn": "14:30",
    "url": "https://example.com/",
}
"""Functions that read an answer, with a text that is one."""

_TYPES = frozenset(("bool", "int", "uint", "double", "string", "list", "map"))
"""Types of which there are samples."""

_SIZED = frozenset(("list", "string"))
"""Types of which values of each size are made up."""

PREDICATES = frozenset(("startsWith", "endsWith", "contains", "matches"))


@dataclass(slots=True)
class Cut:
    """Where a domain is cut.

    Attributes:
        numbers: compared with numbers, or with the sizes of lists and texts.
        texts: compared with texts.
        predicates: functions of texts, with their arguments: ``("matches", "^a")``.
        others: bools and null.
        kinds: the types of the variables that get the value as it is, and those that it is asked
            whether it has.
    """

    numbers: set[float] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    predicates: set[tuple[str, str]] = field(default_factory=set)
    others: set[Any] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def add(self, other: Cut) -> bool:
        """Cut where another one is cut, too; whether that is new."""
        before = self.size()
        self.numbers |= other.numbers
        self.texts |= other.texts
        self.predicates |= other.predicates
        self.others |= other.others
        self.kinds |= other.kinds
        return self.size() > before

    def size(self) -> int:
        """At how many places it is cut."""
        named = len(self.numbers) + len(self.texts) + len(self.kinds)
        return named + len(self.predicates) + len(self.others)


def cut_from_value(value: object) -> Cut:
    """The cut at a value, or at all values in a list or map."""
    cut = Cut()
    _add(cut, value)
    return cut


def _add(cut: Cut, value: object) -> None:
    match value:
        case bool() | None:
            cut.others.add(value)
        case int() | float():
            cut.numbers.add(value)
        case str():
            cut.texts.add(value)
        case list() | tuple():
            for part in value:
                _add(cut, part)
        case dict():
            for part in value.values():
                _add(cut, part)
        case _:
            pass


def _types_in(test: Comparison) -> set[str]:
    """The types that a value is asked whether it has."""
    sides = (test.left, test.right)
    asked = any(isinstance(one, Call) and one.function == "type" for one in sides)
    return {one.name for one in sides if isinstance(one, Name) and one.name in _TYPES and asked}


@lru_cache(maxsize=8192)
def cut_of(expression: Expression) -> Cut:
    """Every literal of an expression; not to be changed."""
    return _cut_in(expression.root)


@lru_cache(maxsize=16384)
def cut_at(expression: Expression, start: int, end: int) -> Cut:
    """Every literal of those parts of a test that read what stands there; not to be changed.

    Parts are what is true or false by itself: ``a == 1`` and ``b == 2`` of ``a == 1 && b == 2``.
    """
    cut = Cut()
    for part in _parts(expression.root):
        if part.start <= start and end <= part.end:
            cut.add(_cut_in(part))
    return cut


@lru_cache(maxsize=8192)
def answers_at(expression: Expression, start: int, end: int) -> Cut:
    """Texts that are good answers, where what stands there is read as one; not to be changed."""
    return Cut(
        texts={
            _ANSWERS[call.function]
            for call in walk(expression.root)
            if isinstance(call, Call)
            and call.function in _ANSWERS
            and isinstance(call.target, Name)
            and call.target.name == "answer"
            and any(one.start <= start and end <= one.end for one in call.arguments[:1])
        }
    )


def spans_of_parts(expression: Expression) -> Iterator[tuple[int, int]]:
    """Where the parts of a test stand; see ``cut_at``."""
    return ((part.start, part.end) for part in _parts(expression.root))


@lru_cache(maxsize=8192)
def parts_of_test(expression: Expression) -> tuple[Expression, ...]:
    """The parts of a test, each by itself; see ``cut_at``."""
    return tuple(parse(unparse(part)) for part in _parts(expression.root))


def _parts(node: Node) -> Iterator[Node]:
    match node:
        case Logic(_, parts):
            for part in parts:
                yield from _parts(part)
        case Unary("!", operand):
            yield from _parts(operand)
        case _:
            yield node


def _add_becoming(cut: Cut, wanted: Node) -> None:
    """A value that becomes one of a type, and one that does not, where numbers are wanted."""
    kind = wanted.value if isinstance(wanted, Literal) else ""
    if kind in _CONVERTED:
        cut.texts.add(_CONVERTED[kind])
    if kind in LOST:
        cut.numbers.add(LOST[kind])


LOST: Final[Mapping[str, float]] = {"double": 2**53 + 1, "int": 0.5, "uint": 0.5}
"""Types of numbers → a number that is none of those."""


def _cut_in(root: Node) -> Cut:
    cut = Cut()
    arguments: set[int] = set()
    nodes = list(walk(root))
    for node in nodes:
        if isinstance(node, Index):
            arguments.add(id(node.index))
        if isinstance(node, Call) and node.function in PREDICATES and len(node.arguments) == 1:
            argument = node.arguments[0]
            if isinstance(argument, Literal) and isinstance(argument.value, str):
                cut.predicates.add((node.function, argument.value))
                arguments.add(id(argument))
        elif isinstance(node, Call) and node.function == "becomes":
            arguments.add(id(node.arguments[-1]))
            _add_becoming(cut, node.arguments[-1])
        elif isinstance(node, Call) and node.function in _CONVERTED:
            cut.texts.add(_CONVERTED[node.function])
        elif isinstance(node, Call) and node.function == "size":
            cut.kinds |= _SIZED
        elif isinstance(node, Comparison):
            cut.kinds |= _types_in(node)
            cut.numbers.update(solutions_of(node))
            cut.texts.update(texts_beside(node))
        elif isinstance(node, Arithmetic) and {"/", "%"} & set(node.operators):
            cut.numbers.add(0)
    for node in nodes:
        if isinstance(node, Literal) and id(node) not in arguments:
            _add(cut, node.value)
    if cut.texts & set(_CONVERTED.values()):
        near = {int(number) + step for number in cut.numbers for step in (-1, 0, 1)}
        cut.texts |= set(map(str, near))
    return cut
