"""Logic, comparisons, arithmetic, and lists and maps that are written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from statewright.expressions.checking.facts import Fact, implied
from statewright.expressions.checking.hazards.bulk import SCALARS, is_small
from statewright.expressions.checking.hazards.ranges import ARITHMETIC, LIMITS, Range, hull
from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.checking.hazards.values import KEYS
from statewright.expressions.checking.unification import Resolution
from statewright.expressions.failures import FailureKind
from statewright.expressions.syntax import (
    Arithmetic,
    Comparison,
    Conditional,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    Unary,
)
from statewright.expressions.types import CelType

# Logic


def logic(survey: Survey, node: Logic) -> Range | None:
    """``&&`` and ``||``: an error shows only where no operand decides."""
    truth = node.operator == "&&"
    decided = any(isinstance(one, Literal) and one.value is not truth for one in node.operands)
    survey.absorbing += decided
    known = [implied(operand, survey.places, truth=truth) for operand in node.operands]
    for facts in known[1:]:
        _add(survey, facts)
    for place, operand in enumerate(node.operands):
        if place:
            _remove(survey, known[place])
        if isinstance(operand, Literal) and operand.value is not truth:
            _add(survey, known[place])
            break
        survey.look(operand)
        survey.expect_bool(operand)
        _add(survey, known[place])
    for facts in known:
        _remove(survey, facts)
    survey.absorbing -= decided
    return None


def _add(survey: Survey, facts: Sequence[Fact]) -> None:
    for fact in facts:
        survey.facts.add(fact)


def _remove(survey: Survey, facts: Sequence[Fact]) -> None:
    for fact in facts:
        survey.facts.remove(fact)


def conditional(survey: Survey, node: Conditional) -> Range | None:
    """``condition ? then : otherwise``."""
    condition = node.condition
    if isinstance(condition, Literal) and type(condition.value) is bool:
        return survey.look(node.then if condition.value else node.otherwise)
    survey.look(condition)
    survey.expect_bool(condition)
    with survey.assuming(implied(condition, survey.places, truth=True)):
        then = survey.look(node.then)
    with survey.assuming(implied(condition, survey.places, truth=False)):
        otherwise = survey.look(node.otherwise)
    return hull(then, otherwise)


# Comparisons


def comparison(survey: Survey, node: Comparison) -> Range | None:
    """``== != < <= > >= in``."""
    survey.look(node.left)
    survey.look(node.right)
    if node.operator == "in":
        _look_at_membership(survey, node)
    elif node.operator in ("==", "!="):
        if not (_is_plain(survey, node.left) or _is_plain(survey, node.right)):
            _report_bulk(survey, node)
    else:
        types = [
            survey.expect(operand, "what it is compared with")
            for operand in (node.left, node.right)
        ]
        _expect_result(survey, node, types)
    return None


def _look_at_membership(survey: Survey, node: Comparison) -> None:
    container = survey.expect(node.right, "list or map", ("list", "map", "object"))
    if container.name != "list":
        if survey.type_of(node.left).name not in KEYS:
            survey.expect(node.left, "text or number", KEYS)
    elif not (is_small(survey, node.right) and _is_plain(survey, node.left)):
        _report_bulk(survey, node)


def _is_plain(survey: Survey, node: Node) -> bool:
    """Whether comparing it with anything costs nothing."""
    found = survey.type_of(node)
    own = found.parameters[0] if found.name == "nullable" else found
    return own.name in _PLAIN


def _report_bulk(survey: Survey, node: Node) -> None:
    reason = f"{survey.shown(node)} may take too long, if the values are very large"
    survey.report(FailureKind.BUDGET, reason, node)


_PLAIN: Final = frozenset((*SCALARS, "string", "bytes"))


def _expect_result(survey: Survey, node: Node, types: Sequence[CelType]) -> None:
    """See to it that the operation of a node, of which there is one, has a result."""
    resolutions = survey.calls.get(id(node))
    if resolutions is None:
        survey.report(FailureKind.TYPE, f"{survey.shown(node)} is not defined", node)
    else:
        survey.expect_result(node, resolutions[0], types)


# Arithmetic


def unary(survey: Survey, node: Unary) -> Range | None:
    """``!operand`` and ``-operand``."""
    own = survey.look(node.operand)
    if node.operator == "!":
        survey.expect_bool(node.operand)
        return None
    found = survey.expect(node.operand, "number")
    _expect_result(survey, node, [found])
    if found.name not in ("int", "dyn"):
        return None
    low, high = own or LIMITS["int"]
    return _fitting(survey, "int", (-high, -low), node)


def arithmetic(survey: Survey, node: Arithmetic) -> Range | None:
    """A chain of ``+ -`` or of ``* / %``."""
    first, *others = node.operands
    result = survey.look(first)
    ranges = list(map(survey.look, others))
    types = [survey.expect(operand, "what the operator needs") for operand in node.operands]
    resolutions = survey.calls.get(id(node), ())
    if len(resolutions) < len(others):
        survey.report(FailureKind.TYPE, f"{survey.shown(node)} is not defined", node)
        return None
    left = types[0]
    for place, (symbol, operand, other) in enumerate(
        zip(node.operators, others, ranges, strict=True)
    ):
        if place and left.name == "dyn":
            reason = f"{survey.shown(node)} may be of values for which there is no result"
            survey.report(FailureKind.TYPE, reason, node)
        survey.expect_result(node, resolutions[place], (left, types[place + 1]))
        step = _Step(survey, node, symbol, resolutions[place])
        result = step.result(result, operand, other)
        left = resolutions[place].result
    return result


class _Step:
    """One operator of a chain: what may go wrong with it."""

    def __init__(self, survey: Survey, node: Node, symbol: str, resolution: Resolution) -> None:
        self.survey, self.node, self.symbol = survey, node, symbol
        self.resolution = resolution

    def result(self, one: Range | None, operand: Node, other: Range | None) -> Range | None:
        """Between which numbers the result is."""
        survey = self.survey
        found: Range | None = None
        for overload in self.resolution.overloads:
            name = overload.result.name
            if name in LIMITS:
                found = self.number(name, one or LIMITS[name], operand, other or LIMITS[name])
            elif name in ("timestamp", "duration"):
                _report_overflow(survey, self.node)
            elif name != "double" and not is_small(survey, self.node):
                _report_bulk(survey, self.node)
        return found if len(self.resolution.overloads) == 1 else None

    def number(self, name: str, one: Range, operand: Node, other: Range) -> Range:
        survey, symbol = self.survey, self.symbol
        if symbol in "/%" and other[0] <= 0 <= other[1] and not self.is_nonzero(operand):
            text = survey.quoted(operand)
            hint = f"test it first: `{text} != 0`"
            survey.report(
                FailureKind.DIVISION, f"{survey.shown(operand)} may be zero", operand, hint
            )
        return _fitting(survey, name, ARITHMETIC[symbol](one, other), self.node)

    def is_nonzero(self, operand: Node) -> bool:
        place = self.survey.places.of(operand)
        return place is not None and Fact("nonzero", place) in self.survey.facts


def _fitting(survey: Survey, name: str, exact: Range, node: Node) -> Range:
    """A range of exact results, cut to what the type can hold."""
    low, high = LIMITS[name]
    if exact[0] < low == 0:
        reason = f"{survey.shown(node)} may be less than zero, which no uint is"
        survey.report(FailureKind.NEGATIVE, reason, node)
    if (exact[0] < low != 0) or exact[1] > high:
        _report_overflow(survey, node)
    return max(low, exact[0]), min(high, exact[1])


def _report_overflow(survey: Survey, node: Node) -> None:
    survey.report(FailureKind.OVERFLOW, f"{survey.shown(node)} may be out of range", node)


# Lists and maps


def list_literal(survey: Survey, node: ListLiteral) -> Range | None:
    """``[a, ?b]``."""
    for item in node.items:
        survey.look(item)
    for place in sorted(node.optional):
        survey.expect(node.items[place], "optional", ("optional_type",))
    return None


def map_literal(survey: Survey, node: MapLiteral) -> Range | None:
    """``{a: b, ?c: d}``."""
    for place, (key, value) in enumerate(node.entries):
        survey.look(key)
        survey.look(value)
        if survey.type_of(key).name not in KEYS:
            survey.expect(key, "text or number", KEYS)
        if place in node.optional:
            survey.expect(value, "optional", ("optional_type",))
    written = list(_written_keys(node))
    if len(node.entries) > 1 and len(set(written)) < len(node.entries):
        reason = f"two keys of {survey.shown(node)} may be the same"
        survey.report(FailureKind.DUPLICATE, reason, node)
    return None


def _written_keys(node: MapLiteral) -> Iterator[Any]:
    for key, _ in node.entries:
        if isinstance(key, Literal):
            yield (bool, key.value) if isinstance(key.value, bool) else key.value
