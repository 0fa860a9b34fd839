"""Equality, order and membership as Python.

Python compares as CEL does where both values are of one known class. Elsewhere a test of the class
guards the operator, and ``_equal``, ``_ordered`` and ``_contains`` do the rest.
"""

from __future__ import annotations

from typing import Any, Final

from statewright.expressions.codegen.allowances import Allowances
from statewright.expressions.codegen.page import Page
from statewright.expressions.codegen.pieces import CLASSES, MAPS, NUMBERS, Piece, compose
from statewright.expressions.types import BOOL

_EXACT: Final = 2**53
"""Up to here every int is a double."""

_DIRECT: Final = frozenset((*CLASSES, "timestamp", "duration", "null_type", "type"))
"""Types of which Python knows whether two values are equal."""

_ORDERED: Final = frozenset((*CLASSES, "timestamp", "duration"))
"""Types whose order is Python's."""

_GUARDED: Final = frozenset(("int", "double", "string"))


def equality(symbol: str, left: Piece, right: Piece, page: Page, allowances: Allowances) -> Piece:
    """``left == right`` or ``left != right``."""
    return compose(_equality(symbol, left, right, page, allowances), BOOL, left, right)


def _equality(symbol: str, left: Piece, right: Piece, page: Page, allowances: Allowances) -> str:
    if right.is_null or left.is_null:
        value = left if right.is_null else right
        return f"(({page.temporary()} := {value}) is {'not ' * (symbol == '!=')}None)"
    if _is_same_in_python(left, right):
        return f"({_on_one_line(left, right)[0]} {symbol} {_on_one_line(left, right)[1]})"
    if {left.type.name, right.type.name} == {"bool", "dyn"}:
        one = page.temporary()
        return f"(({one} := {left}) is {'not ' * (symbol == '!=')}{right})"
    for known, other in ((right, left), (left, right)):
        if known.is_a("int", "double") and other.is_dynamic and known.is_short:
            name = page.temporary()
            guard = _class_guard(known, f"{name} := {other}", name)
            exact = f"{_negation(symbol)}_equal({name}, {known}, {allowances.steps})"
            return f"({name} {symbol} {known} if {guard} else {exact})"
    return f"({_negation(symbol)}_equal({left}, {right}, {allowances.steps}))"


def _negation(symbol: str) -> str:
    return "not " if symbol == "!=" else ""


def _is_same_in_python(left: Piece, right: Piece) -> bool:
    """Whether ``==`` of Python, of these two, is that of CEL."""
    one, other = left.type.name, right.type.name
    if one == other:
        return one in _DIRECT
    if {one, other} & {"string", "bytes"}:
        return True
    return one in NUMBERS and other in NUMBERS


def _on_one_line(left: Piece, right: Piece) -> tuple[str, str]:
    """Two numbers so that Python compares them as CEL does: an int beside a double as a double."""
    if left.is_a("double") and right.is_a("int", "uint"):
        return str(left), _as_double(right, left)
    if right.is_a("double") and left.is_a("int", "uint"):
        return _as_double(left, right), str(right)
    return str(left), str(right)


def _as_double(whole: Piece, double: Piece) -> str:
    for number in (whole.number, double.number):
        if number is not None and abs(number) < _EXACT:
            return str(whole)
    return f"float({whole})"


def _class_guard(known: Piece, given: str, value: str) -> str:
    """A test that a value of no known type may be compared with this one as Python does."""
    number = known.number
    if number is not None and abs(number) < _EXACT:
        return f"type({given}) is int or type({value}) is float"
    return f"type({given}) is {CLASSES[known.type.name]}"


def order(symbol: str, left: Piece, right: Piece, page: Page) -> Piece:
    """``left < right`` and the like."""
    return compose(_order(symbol, left, right, page), BOOL, left, right)


def _order(symbol: str, left: Piece, right: Piece, page: Page) -> str:
    one, other = left.type.name, right.type.name
    if (one == other and one in _ORDERED) or (one in NUMBERS and other in NUMBERS):
        first, second = _on_one_line(left, right)
        return f"({first} {symbol} {second})"
    value = page.temporary()
    if left.is_dynamic and other in _GUARDED and right.is_short:
        guard = _class_guard(right, f"{value} := {left}", value)
        exact = f"_ordered({symbol!r}, {value}, {right})"
        return f"({value} {symbol} {right} if {guard} else {exact})"
    if right.is_dynamic and one in _GUARDED and left.is_short:
        guard = _class_guard(left, f"{value} := {right}", value)
        exact = f"_ordered({symbol!r}, {left}, {value})"
        return f"({left} {symbol} {value} if {guard} else {exact})"
    return f"_ordered({symbol!r}, {left}, {right})"


def membership(left: Piece, right: Piece, page: Page, allowances: Allowances) -> Piece:
    """``left in right``."""
    return compose(_membership(left, right, page, allowances), BOOL, left, right)


def _membership(left: Piece, right: Piece, page: Page, allowances: Allowances) -> str:
    key, container = left.type.name, right.type.name
    if container in MAPS and key in ("string", "int", "uint"):
        return f"({left} in {right})"
    value = page.temporary()
    fits = f"len({value}) <= {allowances.sequence}"
    if container == "list" and (key == "string" or _is_list_of_same(left, right)):
        fits = f"len({value} := {right}) <= {allowances.sequence}"
        return f"({left} in {value} if {fits} else _undecided())"
    if right.is_dynamic and key == "string" and left.is_short:
        guard = f"type({value} := {right}) is list and {fits} or type({value}) is dict"
        exact = f"_contains({left}, {value}, {allowances.steps})"
        return f"({left} in {value} if {guard} else {exact})"
    return f"_contains({left}, {right}, {allowances.steps})"


def _is_list_of_same(left: Piece, right: Piece) -> bool:
    """Whether the list holds nothing but ints or bools, and it is one of those that is looked for.

    Not doubles, of which Python finds a NaN that CEL does not.
    """
    (element,) = right.type.parameters
    return element.name == left.type.name and element.name in ("int", "bool", "uint")


def among_literals(
    left: Piece, values: list[Any], page: Page, allowances: Allowances
) -> Piece | None:
    """``left in [literals]``, if they are all texts, or all ints, and not too many."""
    classes = {type(value) for value in values}
    if classes <= {str} and left.is_a("string", "dyn"):
        return compose(f"({left} in {_set(values)})", BOOL, left)
    if classes != {int} or len(values) > allowances.sequence:
        return None
    if left.is_a("int"):
        return compose(f"({left} in {_set(values)})", BOOL, left)
    if left.is_dynamic:
        value = page.temporary()
        guard = f"type({value} := {left}) is int"
        return compose(f"({value} in {_set(values)} if {guard} else _undecided())", BOOL, left)
    return None


def _set(values: list[Any]) -> str:
    texts = ", ".join(ascii(value) for value in dict.fromkeys(values))
    return f"{{{texts}}}" if texts else "()"
