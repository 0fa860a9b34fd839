"""Guards as terms: when they are true, and when they are false; else they have no value.

All that is said of a guard is implied by what it means; what cannot be said is left open. So values
that are ruled out by terms are ruled out by the guard, too; the contrary need not be so.

Whole numbers are those of 64 bits; as everywhere in proofs, none is computed that would leave them,
and that is said apart (``assumed``). Doubles are compared and not
computed with; one may be no number, which compares with nothing. Of texts, equality, length,
beginnings, ends, parts and patterns are known; of lists and maps, whether they are there, and how
long they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.verification.solving.patterns import NoPatternError, whole_pattern
from statewright.compiler.verification.solving.terms import (
    TRUE,
    Apply,
    Constant,
    Sort,
    Term,
    Unknown,
    both,
    either,
    opposite,
)
from statewright.expressions import Expression
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
    Name,
    Node,
    Select,
    Unary,
    path_of,
)
from statewright.expressions.values import INT_MAX, Uint
from statewright.statechart.structure.nodes import Variable

SORTS: Final = MappingProxyType(
    {"int": Sort.INT, "double": Sort.REAL, "string": Sort.TEXT, "bool": Sort.TRUTH}
)
"""Types of variables → what their values are."""
_LENGTHS: Final = frozenset(("list", "map"))
_LAST: Final = "\U0002ffff"


class NoTermError(Exception):
    """Something cannot be said in terms."""


@dataclass(frozen=True, slots=True)
class Truth:
    """When a test is true, and when it is false; both are only what is known of that."""

    true: Term
    false: Term


@dataclass(frozen=True, slots=True)
class Value:
    """A value.

    Attributes:
        term: what it is.
        sort: of what kind.
        fine: when there is one.
        number: of a double, when it is a number.
    """

    term: Term
    sort: Sort
    fine: Term = TRUE
    number: Term = TRUE


class Encoding:
    """What guards mean that read some variables.

    Args:
        variables: name → the variable that it means.

    Attributes:
        assumed: what was assumed of the guards so far.
    """

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        self._variables = variables
        self._open = 0
        self.assumed: list[Term] = []

    def truth(self, guard: Expression) -> Truth:
        """When a guard is true, and when it is false."""
        return self._truth(guard.root)

    def domains(self) -> Iterator[Term]:
        """What is so of every value that the variables may have."""
        for name, variable in self._variables.items():
            yield from self._domain(name, variable)

    # Tests

    def _truth(self, node: Node) -> Truth:
        try:
            return self._known(node)
        except NoTermError:
            self._open += 1
            free = Unknown(f"?{self._open}", Sort.TRUTH)
            other = Unknown(f"?{self._open}!", Sort.TRUTH)
            return Truth(free, both(opposite(free), other))

    def _known(self, node: Node) -> Truth:
        match node:
            case Logic(operator, parts):
                truth = _joined(operator, [self._truth(one) for one in parts])
            case Unary("!", operand):
                inner = self._truth(operand)
                truth = Truth(inner.false, inner.true)
            case Conditional(condition, then, otherwise):
                truth = self._either(condition, then, otherwise)
            case Comparison(operator, left, right):
                truth = self._compared(operator, left, right)
            case Has():
                there = self._presence(node)
                truth = Truth(there, opposite(there))
            case Call(function, target, (argument,)) if target is not None:
                truth = self._tested(function, target, argument)
            case _:
                truth = _test_of(self._value(node))
        return truth

    def _either(self, condition: Node, then: Node, otherwise: Node) -> Truth:
        first, one, other = self._truth(condition), self._truth(then), self._truth(otherwise)
        return Truth(
            either(both(first.true, one.true), both(first.false, other.true)),
            either(both(first.true, one.false), both(first.false, other.false)),
        )

    def _presence(self, node: Has) -> Term:
        inner = path_of(node.operand)
        of_all = inner is not None and inner[0].name == "vars" and not inner[1]
        if of_all and node.field in self._variables and not node.optional:
            return _there(node.field)
        raise NoTermError

    def _compared(self, operator: str, left: Node, right: Node) -> Truth:
        if operator == "in":
            if not isinstance(right, ListLiteral) or right.optional:
                raise NoTermError
            parts = [self._compared("==", left, one) for one in right.items]
            fine = self._value(left).fine
            true = both(fine, either(*(one.true for one in parts)))
            return Truth(true, both(fine, *(one.false for one in parts)))
        one, other = _alike(self._value(left), self._value(right))
        fine = both(one.fine, other.fine)
        if operator in {"==", "!="}:
            same = both(one.number, other.number, Apply("=", (one.term, other.term)))
            truth = Truth(both(fine, same), both(fine, opposite(same)))
            return truth if operator == "==" else Truth(truth.false, truth.true)
        if one.sort not in {Sort.INT, Sort.REAL}:
            raise NoTermError
        holds = both(one.number, other.number, Apply(operator, (one.term, other.term)))
        return Truth(both(fine, holds), both(fine, opposite(holds)))

    def _tested(self, function: str, target: Node, argument: Node) -> Truth:
        text = self._value(target)
        if text.sort is not Sort.TEXT or function not in _TESTS:
            raise NoTermError
        if function == "matches":
            if not isinstance(argument, Literal) or not isinstance(argument.value, str):
                raise NoTermError
            try:
                holds: Term = Apply("str.in_re", (text.term, whole_pattern(argument.value)))
            except NoPatternError as error:
                raise NoTermError from error
            fine = text.fine
        else:
            part = self._value(argument)
            if part.sort is not Sort.TEXT:
                raise NoTermError
            pair = (text.term, part.term) if function == "contains" else (part.term, text.term)
            holds, fine = Apply(_TESTS[function], pair), both(text.fine, part.fine)
        return Truth(both(fine, holds), both(fine, opposite(holds)))

    # Values

    def _value(self, node: Node) -> Value:
        match node:
            case Literal(literal):
                value = _constant(literal)
            case Name() | Select() | Index():
                value = self._variable(node)
            case Arithmetic():
                value = self._sum(node)
            case Unary("-", operand):
                inner = self._value(operand)
                value = self._bounded(Apply("-", (_int(inner),)), inner.fine)
            case Conditional(condition, then, otherwise):
                value = self._chosen(condition, then, otherwise)
            case Call("size", target, arguments):
                value = self._size(*(arguments if target is None else (target, *arguments)))
            case Comparison() | Logic() | Has() | Unary("!"):
                truth = self._known(node)
                value = Value(truth.true, Sort.TRUTH, either(truth.true, truth.false))
            case _:
                raise NoTermError
        return value

    def _variable(self, node: Node) -> Value:
        name = _name_of(node)
        variable = self._variables.get(name)
        if variable is None or variable.type not in SORTS or _is_nullable(variable):
            raise NoTermError
        sort = SORTS[variable.type]
        number = opposite(_no_number(name)) if sort is Sort.REAL else TRUE
        return Value(Unknown(name, sort), sort, _there(name), number)

    def _size(self, *operands: Node) -> Value:
        if len(operands) != 1:
            raise NoTermError
        operand = operands[0]
        name = _name_of(operand)
        variable = self._variables.get(name)
        if variable is not None and variable.type in _LENGTHS and not _is_nullable(variable):
            return Value(_length(name), Sort.INT, _there(name))
        text = self._value(operand)
        if text.sort is not Sort.TEXT:
            raise NoTermError
        return Value(Apply("str.len", (text.term,)), Sort.INT, text.fine)

    def _chosen(self, condition: Node, then: Node, otherwise: Node) -> Value:
        test, (one, other) = (
            self._known(condition),
            _alike(self._value(then), self._value(otherwise)),
        )
        fine = either(both(test.true, one.fine), both(test.false, other.fine))
        number = Apply("ite", (test.true, one.number, other.number))
        return Value(Apply("ite", (test.true, one.term, other.term)), one.sort, fine, number)

    def _sum(self, node: Arithmetic) -> Value:
        made = self._value(node.operands[0])
        for operator, operand in zip(node.operators, node.operands[1:], strict=True):
            other = self._value(operand)
            if made.sort is other.sort is Sort.TEXT and operator == "+":
                made = Value(
                    Apply("str.++", (made.term, other.term)), Sort.TEXT, both(made.fine, other.fine)
                )
                continue
            one, two = _int(made), _int(other)
            if operator in {"/", "%"}:
                one, two = _divided(operator, one, two)
                made = Value(one, Sort.INT, both(made.fine, other.fine))
            else:
                made = self._bounded(Apply(operator, (one, two)), both(made.fine, other.fine))
        return made

    def _bounded(self, term: Term, fine: Term) -> Value:
        """A whole number that was computed."""
        self.assumed.append(_in_range(term))
        return Value(term, Sort.INT, fine)

    # Domains

    def _domain(self, name: str, variable: Variable) -> Iterator[Term]:
        limits = variable.limits
        if variable.type in _LENGTHS:
            yield _at_least(_length(name), 0)
        sort = SORTS.get(variable.type)
        if sort is None or _is_nullable(variable):
            return
        own = Unknown(name, sort)
        if sort is Sort.INT:
            yield _in_range(own)
        if limits is None:
            return
        if limits.values:
            try:
                values = [_alike(Value(own, sort), _constant(one)) for one in limits.values]
            except NoTermError:
                return
            yield either(*(Apply("=", (one.term, other.term)) for one, other in values))
        if sort in {Sort.INT, Sort.REAL}:
            for function, bound in ((">=", limits.minimum), ("<=", limits.maximum)):
                if isinstance(bound, int | float) and math.isfinite(bound):
                    one, other = _alike(Value(own, sort), _constant(bound))
                    yield Apply(function, (one.term, other.term))
        if sort is Sort.TEXT and limits.shortest is not None:
            yield _at_least(Apply("str.len", (own,)), limits.shortest)
        if sort is Sort.TEXT and limits.longest is not None:
            yield Apply("<=", (Apply("str.len", (own,)), Constant(limits.longest)))


_TESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "startsWith": "str.prefixof",
        "endsWith": "str.suffixof",
        "contains": "str.contains",
        "matches": "str.in_re",
    }
)


def _name_of(node: Node) -> str:
    """The variable that is read: ``x``, ``vars.x`` or ``vars['x']``; ``""`` for none."""
    match node:
        case Name(name):
            return name
        case Select(Name("vars"), field, optional=False):
            return field
        case Index(Name("vars"), Literal(str() as field), optional=False):
            return field
        case _:
            return ""


def _is_nullable(variable: Variable) -> bool:
    return variable.limits is not None and variable.limits.nullable


def _there(name: str) -> Term:
    return Unknown(f"{name}?", Sort.TRUTH)


def _no_number(name: str) -> Term:
    return Unknown(f"{name}?nan", Sort.TRUTH)


def _length(name: str) -> Term:
    return Unknown(f"{name}?size", Sort.INT)


def _joined(operator: str, parts: list[Truth]) -> Truth:
    """A conjunction is false where one part is, even if another one has no value; and so on."""
    true, false = [one.true for one in parts], [one.false for one in parts]
    if operator == "&&":
        return Truth(both(*true), either(*false))
    return Truth(either(*true), both(*false))


def _test_of(value: Value) -> Truth:
    if value.sort is not Sort.TRUTH:
        raise NoTermError
    return Truth(both(value.fine, value.term), both(value.fine, opposite(value.term)))


def _constant(value: Any) -> Value:
    match value:
        case bool():
            return Value(Constant(value), Sort.TRUTH)
        case int() if not isinstance(value, Uint):
            return Value(Constant(value), Sort.INT)
        case float() if math.isfinite(value):
            return Value(Constant(value), Sort.REAL)
        case str() if all(one <= _LAST for one in value):
            return Value(Constant(value), Sort.TEXT)
        case _:
            raise NoTermError


def _alike(one: Value, other: Value) -> tuple[Value, Value]:
    """Two values of one sort; a whole number beside another one becomes such a one."""
    if one.sort is other.sort:
        return one, other
    if {one.sort, other.sort} == {Sort.INT, Sort.REAL}:
        return _real(one), _real(other)
    raise NoTermError


def _real(value: Value) -> Value:
    if value.sort is Sort.REAL:
        return value
    return Value(Apply("to_real", (value.term,)), Sort.REAL, value.fine)


def _int(value: Value) -> Term:
    if value.sort is not Sort.INT:
        raise NoTermError
    return value.term


def bounds(variables: Mapping[str, Variable], most: int) -> Iterator[Term]:
    """That the whole numbers among some variables are not beyond a number."""
    for name, variable in variables.items():
        if variable.type == "int":
            own = Unknown(name, Sort.INT)
            yield both(_at_least(own, -most), Apply("<=", (own, Constant(most))))


def _in_range(term: Term) -> Term:
    return both(_at_least(term, -INT_MAX - 1), Apply("<=", (term, Constant(INT_MAX))))


def _at_least(term: Term, least: int) -> Term:
    return Apply(">=", (term, Constant(least)))


def _divided(operator: str, one: Term, two: Term) -> tuple[Term, Term]:
    """A quotient towards zero, or what is left of it; only by a constant above 0."""
    if not isinstance(two, Constant) or type(two.value) is not int or two.value < 1:
        raise NoTermError
    positive = _at_least(one, 0)
    minus = Apply("-", (one,))
    function = "div" if operator == "/" else "mod"
    down = Apply(function, (one, two))
    up = Apply("-", (Apply(function, (minus, two)),))
    return Apply("ite", (positive, down, up)), two
