"""Values at which a comparison changes, where more is compared than a value as it is.

They are tried, so that conversations are found in which a comparison is true. Nothing is proved by
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.verification.inputs.days import is_day
from statewright.expressions.syntax import Arithmetic, Comparison, Literal, Node, Unary
from statewright.expressions.values import INT_MAX

_ORDERS: Final = frozenset(("<", "<=", ">", ">="))


def solutions_of(test: Comparison) -> Iterator[float]:
    """The numbers for which what is computed of one is the one that it is compared with."""
    for side, other in ((test.left, test.right), (test.right, test.left)):
        wanted = _number(other)
        if wanted is not None and isinstance(side, Arithmetic | Unary):
            for found in _inverted(side, wanted):
                if abs(found) <= INT_MAX:
                    yield found


def texts_beside(test: Comparison) -> Iterator[str]:
    """Texts before and after the one with which the order of texts is compared."""
    for side in (test.left, test.right) if test.operator in _ORDERS else ():
        text = side.value if isinstance(side, Literal) else None
        if isinstance(text, str) and text and not is_day(text):
            yield f"{text}a"
            if ord(text[-1]) > ord(" ") + 1:
                yield f"{text[:-1]}{chr(ord(text[-1]) - 1)}"
            yield from _times_beside(text)


def _times_beside(text: str) -> Iterator[str]:
    """The minutes before and after a time of the day, as ``14:30``."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        return
    minute = int(hours) * 60 + int(minutes)
    for near in (minute - 1, minute + 1):
        if 0 <= near < 24 * 60:
            yield f"{near // 60:02}:{near % 60:02}"


def _inverted(node: Node, wanted: float) -> Iterator[float]:
    """The values of what is unknown in an expression, of which there is one, for a value of it."""
    match node:
        case Literal():
            return
        case Unary("-", operand):
            yield from _inverted(operand, -wanted)
        case Arithmetic(operands, operators):
            yield from _parted(operands, operators, wanted)
        case _:
            yield wanted


def _parted(
    operands: tuple[Node, ...], operators: tuple[str, ...], wanted: float
) -> Iterator[float]:
    """The same of a row of operands: the last one is taken off first, as it is added last."""
    *before, last = operands
    operator = operators[-1]
    rest: Node = before[0]
    if before[1:]:
        rest = Arithmetic(tuple(before), operators[:-1], (), rest.start, before[-1].end)
    number = _number(last)
    if number is not None:
        for found in _undone(operator, number, wanted):
            yield from _inverted(rest, found)
    first = _number(rest)
    if first is not None and operator in {"+", "-", "*"}:
        if operator == "-":
            yield from _inverted(last, first - wanted)
        else:
            for found in _undone(operator, first, wanted):
                yield from _inverted(last, found)


def _undone(operator: str, number: float, wanted: float) -> Iterator[float]:
    """What gives a value together with a number behind it."""
    if operator == "+":
        yield wanted - number
    elif operator == "-":
        yield wanted + number
    elif operator == "*" and number:
        yield from (wanted // number, wanted / number)
    elif operator == "/":
        yield wanted * number
    elif operator == "%":
        yield wanted


def _number(node: Node) -> float | None:
    if isinstance(node, Unary) and node.operator == "-":
        inner = _number(node.operand)
        return None if inner is None else -inner
    value = node.value if isinstance(node, Literal) else None
    return value if type(value) in {int, float} else None
