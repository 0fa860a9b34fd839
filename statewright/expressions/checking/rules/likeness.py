"""Comparisons that can never be true, and in strict mode those that mix types."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from statewright.expressions.checking.hints import NUMERIC, conversion, nearest_value
from statewright.expressions.checking.judgement import UNKNOWN, Judgement
from statewright.expressions.checking.problems import ProblemKind
from statewright.expressions.checking.unification import join
from statewright.expressions.syntax import Comparison, ListLiteral, Literal, MapLiteral, Node
from statewright.expressions.types import STRING, CelType

_EQUAL_TO_ANYTHING: Final = frozenset((*UNKNOWN, "null_type"))
_OF_ANY_PARTS: Final = frozenset(("type", "object"))
"""Types of which two values can be equal, whatever their types say of what is inside."""


def check_equality(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    """Report ``==`` and ``!=`` of what is never equal."""
    outcome = "never" if node.operator == "==" else "always"
    if not _can_be_equal(left, right) and (
        left.name != right.name or _is_filled(node.left) or _is_filled(node.right)
    ):
        judgement.mismatch(
            f"`{left}` {node.operator} `{right}` is {outcome} true",
            node,
            conversion((left, right), (judgement.shown(node.left), judgement.shown(node.right))),
        )
        return
    for values, other in ((left.values, node.right), (right.values, node.left)):
        for literal in _literals(other):
            _check_value(judgement, values, literal, f"`{node.operator}` is {outcome} true")
    if left.values and right.values and not set(left.values) & set(right.values):
        reason = f"the two have no value in common: `{node.operator}` is {outcome} true"
        judgement.report(ProblemKind.VALUE, reason, node)
    if judgement.environment.strict:
        _check_alike(judgement, left, right, node)


def check_membership(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    """Report ``in`` of what is never there."""
    own = _not_null(right)
    if own.name in UNKNOWN:
        if judgement.environment.strict and own.name == "dyn":
            judgement.undetermined(node.right)
        return
    if own.name not in ("list", "map", "object"):
        judgement.mismatch(f"`in` looks into lists and maps, not into `{right}`", node)
        return
    element = STRING if own.name == "object" else own.parameters[0]
    if not _can_be_equal(element, left):
        judgement.mismatch(f"`{left}` is never in `{right}`", node)
        return
    for literal in _elements(node.right):
        _check_value(judgement, left.values, literal, "it is never this one")
    for literal in _literals(node.left):
        _check_value(judgement, element.values, literal, "it is never in there")
    if judgement.environment.strict:
        _check_alike(judgement, left, element, node)


def check_order(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    """Report, in strict mode, an order of numbers of different types."""
    numbers = {_not_null(left).name, _not_null(right).name}
    if judgement.environment.strict and len(numbers) == 2 and numbers <= NUMERIC:
        _report_mixture(judgement, left, right, node)


def _check_value(
    judgement: Judgement, values: tuple[Any, ...], literal: Literal, outcome: str
) -> None:
    value = literal.value
    if values and type(value) is type(values[0]) and value not in values:
        reason = f"{value!r} is not among the declared values: {outcome}"
        judgement.report(ProblemKind.VALUE, reason, literal, partial(nearest_value, value, values))


def _check_alike(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    for found, operand in ((left, node.left), (right, node.right)):
        if found.name == "null_type" and not _may_be_null(right if found is left else left):
            judgement.mismatch("the other side is never null", operand)
            return
        if found.name == "dyn":
            judgement.undetermined(operand, right if found is left else left)
            return
    one, other = _not_null(left), _not_null(right)
    if "null_type" not in (one.name, other.name) and join(one, other) is None:
        _report_mixture(judgement, left, right, node)


def _report_mixture(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    """Report a comparison of two types; of ``in``, the right one is that of the elements."""
    texts = (judgement.shown(node.left), judgement.shown(node.right))
    hint = conversion((_not_null(left), _not_null(right)), texts)
    shown = [f"`{judgement.types[id(operand)]}`" for operand in (node.left, node.right)]
    reason = f"{shown[0]} {node.operator} {shown[1]} compares values of different types"
    judgement.mismatch(reason, node, hint)


def _can_be_equal(one: CelType, other: CelType) -> bool:
    """Whether values of two types can be equal; of lists, whether their elements can."""
    names = {one.name, other.name}
    if not names.isdisjoint(_EQUAL_TO_ANYTHING) or names <= NUMERIC:
        return True
    if "nullable" in names:
        return len(names) == 1 or _can_be_equal(_not_null(one), _not_null(other))
    if len(names) == 2:
        return join(one, other) is not None
    return one.name in _OF_ANY_PARTS or (
        len(one.parameters) == len(other.parameters)
        and all(map(_can_be_equal, one.parameters, other.parameters))
    )


def _is_filled(node: Node) -> bool:
    """Whether it is a list or map that surely has parts: two empty ones are always equal."""
    if isinstance(node, ListLiteral):
        return len(node.items) > len(node.optional)
    return isinstance(node, MapLiteral) and len(node.entries) > len(node.optional)


def _literals(node: Node) -> Iterator[Literal]:
    if isinstance(node, Literal):
        yield node


def _elements(node: Node) -> Iterator[Literal]:
    if isinstance(node, ListLiteral):
        for item in node.items:
            yield from _literals(item)


def _not_null(found: CelType) -> CelType:
    return found.parameters[0] if found.name == "nullable" else found


def _may_be_null(found: CelType) -> bool:
    return found.name in ("nullable", "null_type", *UNKNOWN)
