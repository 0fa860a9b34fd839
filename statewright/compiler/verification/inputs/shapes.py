"""Expressions that samples decide: each of their outcomes has one, whatever else is tested.

That is so where single unknown values are compared with constants, which cut their domains.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.verification.inputs.days import is_day
from statewright.compiler.verification.inputs.literals import PREDICATES
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    Name,
    Node,
    Select,
    Unary,
    children,
    walk,
)
from statewright.expressions.values import TYPE_VALUES, Uint

_KEEPING: Final = frozenset(("trim", "lowerAscii", "upperAscii", "size", "type"))
"""Functions of a value of which it is known for which values they give a constant."""

_CONVERTING: Final = frozenset(("double", "int", "string", "bool"))
"""Functions of which it is tried that they have a value of something, and that they have none."""

_OPENING: Final = frozenset(("value", "orValue", "or"))
"""Functions that take a value out of an optional."""


class Shape:
    """The form of an expression.

    Args:
        spans: the places of unknown values in it.
        fixed: the places of values that are one of several constants, at which the domain is cut
            of what they are compared with; and whether these are numbers.
        days: the places of unknown values that are days, as ISO 8601 writes them.
    """

    def __init__(
        self,
        spans: Iterable[tuple[int, int]],
        fixed: Mapping[tuple[int, int], bool] = MappingProxyType({}),
        days: Container[tuple[int, int]] = (),
    ) -> None:
        self._spans = tuple(spans)
        self._fixed = fixed
        self._days = days
        self._read_days: set[str] = set()
        self._read_numbers: set[str] = set()
        self._bound: set[str] = set()

    def _unknown(self, node: Node) -> bool:
        if any(node.start <= start and end <= node.end for start, end in self._spans):
            return True
        return any(name in self._bound for name in _names_in(node))

    def _covered(self, node: Node) -> bool:
        """Whether a value is one at whose place in an unknown one the domain is cut.

        What is inside of a list has one only where its number is written out.
        """
        return any(start <= node.start and node.end <= end for start, end in self._spans)

    def found(self, node: Node) -> bool:
        """Whether samples show both whether there is a value at all, and whether there is none."""
        if not self._unknown(node):
            return True
        match node:
            case Name() | Select() | Index():
                found = self._covered(node)
            case Comparison() | Logic() | Has() | Unary("!"):
                found = self.decided(node)
            case Conditional() | ListLiteral():
                found = all(self.found(one) for one in children(node))
            case Call(function, None, (argument,)) if function in _CONVERTING:
                found = self._covered(argument)
            case Call(function, target, arguments) if target is not None and function in _OPENING:
                found = self.found(target) and all(map(self.found, arguments))
            case _:
                found = False
        return found

    def decided(self, node: Node) -> bool:
        """Whether a test has a sample for each of its outcomes."""
        if not self._unknown(node):
            return True
        match node:
            case Logic(_, parts):
                decided = all(self.decided(one) for one in parts)
            case Unary("!", operand):
                decided = self.decided(operand)
            case Conditional(condition, then, otherwise):
                decided = all(self.decided(one) for one in (condition, then, otherwise))
            case Comparison(operator, left, right):
                decided = self._compared(operator, left, right)
            case Has():
                decided = True
            case Macro(macro, subject, variables, arguments) if macro == "optMap":
                decided = self._bind(subject, variables, arguments)
            case Call():
                decided = self._called(node)
            case _:
                decided = self._term(node)
        return decided

    def _compared(self, operator: str, left: Node, right: Node) -> bool:
        if operator == "in":
            return self._term(left) and self._constant(right)
        one, other = self._unknown(left), self._unknown(right)
        if one and other:
            return False
        term, constant = (left, right) if one else (right, left)
        if operator not in {"==", "!="} and not (
            self._number(constant) or (_is_day(constant) and self._holds_days(term))
        ):
            return False
        return self._term(term) and self._constant(constant)

    def _holds_days(self, node: Node) -> bool:
        """Whether it is a day: of days, those beside a constant are tried."""
        if isinstance(node, Name) and node.name in self._read_days:
            return True
        return (node.start, node.end) in self._days

    def _number(self, node: Node) -> bool:
        """Whether it is a number: what lies between two others, texts for one, is not tried."""
        if isinstance(node, Literal):
            return type(node.value) in {int, float, Uint}
        return self._fixed.get((node.start, node.end), False)

    def _constant(self, node: Node) -> bool:
        """Whether it is one of the constants at which domains are cut."""
        match node:
            case Literal():
                return True
            case Name(name):
                return name in TYPE_VALUES or (node.start, node.end) in self._fixed
            case ListLiteral():
                return all(map(self._constant, children(node)))
            case _:
                return (node.start, node.end) in self._fixed

    def _called(self, call: Call) -> bool:
        if call.function in PREDICATES and call.target is not None:
            return self._term(call.target) and all(
                isinstance(one, Literal) for one in call.arguments
            )
        if call.function in {"orValue", "hasValue", "value"} and call.target is not None:
            return self.decided(call.target) or self._term(call.target)
        return self._becomes(call) if _is_becoming(call) else _is_answer(call) or self._term(call)

    def _becomes(self, call: Call) -> bool:
        """Whether it is a number that becomes one of another type: one that does not is tried."""
        value = call.arguments[0]
        return isinstance(value, Name) and value.name in self._read_numbers

    def _bind(self, subject: Node, variables: tuple[str, ...], arguments: tuple[Node, ...]) -> bool:
        if not (self._term(subject) or self.decided(subject)):
            return False
        self._bound |= set(variables)
        if isinstance(subject, Call) and _is_answer(subject) and subject.function in _READING_DAYS:
            self._read_days |= set(variables)
        if isinstance(subject, Call) and _is_answer(subject) and subject.function in _COUNTING:
            self._read_numbers |= set(variables)
        return all(self.decided(one) for one in arguments)

    def _term(self, node: Node) -> bool:
        """Whether a value is an unknown one, or tells nothing of it that constants do not cut."""
        match node:
            case Name():
                return True
            case Select(operand):
                return self._term(operand)
            case Index():
                return self._covered(node)
            case Call():
                return _is_answer(node) or self._kept(node)
            case _:
                return False

    def _kept(self, call: Call) -> bool:
        """Whether a function of an unknown value is one whose constants cut its domain."""
        inside = (call.target, *call.arguments) if call.target is not None else call.arguments
        if not inside:
            return False
        operand, *rest = inside
        known = call.function in _KEEPING | _OPENING or self._counts(call.function, operand)
        return known and self._term(operand) and not any(map(self._unknown, rest))

    def _counts(self, function: str, operand: Node) -> bool:
        """Whether it is a number of an answer, as another type of number or as it is sized."""
        if function not in {"double", "int"}:
            return False
        is_size = isinstance(operand, Call) and operand.function == "size"
        return is_size or (isinstance(operand, Name) and operand.name in self._bound)

    def settled(self, node: Node) -> bool:
        """Whether it is known from the outcomes of tests that have samples for each of these."""
        if not self._unknown(node):
            return True
        match node:
            case Comparison() | Logic() | Has() | Unary("!"):
                return self.decided(node)
            case Conditional(condition, then, otherwise):
                return self.decided(condition) and self.settled(then) and self.settled(otherwise)
            case Arithmetic() | ListLiteral():
                return all(self.settled(one) for one in children(node))
            case _:
                return False

    def carries(self, node: Node) -> bool:
        """Whether the value is an unknown one just as it is."""
        if not self._unknown(node):
            return True
        match node:
            case Name():
                carried = True
            case Select(operand):
                carried = self.carries(operand)
            case Index():
                carried = self._covered(node)
            case Conditional(condition, then, otherwise):
                parts = (then, otherwise)
                carried = self.decided(condition) and all(self.carries(one) for one in parts)
            case Call(function, target, _):
                opened = function in _OPENING and target is not None and self.carries(target)
                carried = _is_answer(node) or opened
            case _:
                carried = False
        return carried


_READING_DAYS: Final = frozenset(("date", "dateIn"))
_COUNTING: Final = frozenset(("integer", "integerIn", "number", "numberIn"))


def _is_day(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str) and is_day(node.value)


def _is_answer(call: Call) -> bool:
    return _is_of_answers(call) and not _is_becoming(call)


def _is_becoming(call: Call) -> bool:
    """Whether it asks if a value becomes one of another type."""
    return _is_of_answers(call) and call.function == "becomes"


def _is_of_answers(call: Call) -> bool:
    return isinstance(call.target, Name) and call.target.name == "answer"


def _names_in(node: Node) -> Iterator[str]:
    return (one.name for one in walk(node) if isinstance(one, Name))
