"""What the parts of an expression mean, for expressions that were written down as Python.

An operand that may not be needed, or whose error may not matter, is given as a function.

A *frame* is what one evaluation works on: the steps that are left (see ``meter``), the names, the
functions of the session, and the offset of the expression in a larger text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.targets.python.runtime.patterns import Pattern
from statewright.errors import EvaluationError
from statewright.expressions.evaluation.interpreter import BUDGET
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.meter import (
    Meter,
    OutOfBudget,
    spend,
    spend_on,
    spend_on_contents,
)
from statewright.expressions.operations.access import select
from statewright.expressions.operations.arithmetic import OPERATIONS, add
from statewright.expressions.overloads import Dispatch
from statewright.expressions.printing.places import Part, Place, encoder
from statewright.expressions.template import Hole
from statewright.expressions.values import (
    TYPE_VALUES,
    Maybe,
    has_lone_surrogate,
    key_from_value,
    kind,
    no_overload,
    type_name,
)

Frame = Meter
Later = Callable[[], Any]
"""A part of an expression that is evaluated when it is asked for."""

_NAMES: Final = 1
_HOST: Final = 2
_ORIGIN: Final = 3


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression. Two are equal when their texts are.

    Attributes:
        text: as it was written, in CEL.
        program: what it means.
        draws: whether it draws lots.
        reads: of the condition of a rule, the variables that it reads.
    """

    text: str
    program: Callable[[Frame], Any] = field(compare=False, repr=False)
    draws: bool = field(default=False, compare=False, repr=False)
    reads: tuple[str, ...] = field(default=(), compare=False, repr=False)


def evaluate(
    expression: Expression,
    names: Mapping[str, Any],
    host: Mapping[str, Callable[..., Any]] | None = None,
    *,
    budget: int = BUDGET,
    origin: int = 0,
) -> Any:
    """The value of an expression.

    Raises:
        EvaluationError: it has none.
    """
    try:
        return expression.program([budget, names, host, origin])
    except OutOfBudget:
        raise EvaluationError(f"the budget of {budget} steps is spent") from None
    except RecursionError:
        raise EvaluationError("the values are nested too deeply") from None


def draws_lots(expression: Expression) -> bool:
    """Whether an expression draws lots."""
    return expression.draws


def variables_in(expression: Expression) -> frozenset[str]:
    """The variables that the condition of a rule reads."""
    return frozenset(expression.reads)


def cel(
    text: str, *, draws: bool = False, reads: tuple[str, ...] = ()
) -> Callable[[Callable[[Frame], Any]], Expression]:
    """Says which expression a function is."""
    return lambda program: Expression(text, program, draws, reads)


def hole(expression: Any, offset: int, place: Place, part: Part = Part.WHOLE) -> Hole:
    """A hole in a template; ``offset`` is where its expression begins."""
    return Hole(expression, offset, part, encoder(place, part))


# Names


def variable(frame: Frame, name: str) -> Any:
    """A variable; where there is none of that name, the type of that name."""
    try:
        return frame[_NAMES][name]
    except KeyError:
        if name in TYPE_VALUES:
            return TYPE_VALUES[name]
        raise _valueless(name) from None


def field_of(frame: Frame, name: str, key: str) -> Any:
    """``name.key``, of a variable."""
    try:
        operand = frame[_NAMES][name]
    except KeyError:
        raise _valueless(name) from None
    if type(operand) is dict and key in operand:
        return operand[key]
    return select(operand, key)


def _valueless(name: str) -> EvaluationError:
    return EvaluationError(f"`{name}` has no value")


# Logic


def every(*operands: Later) -> bool:
    """``a && b``: false where one operand is, whatever errors there are in others."""
    return _joined(operands, "&&", stop=False)


def some(*operands: Later) -> bool:
    """``a || b``: true where one operand is, whatever errors there are in others."""
    return _joined(operands, "||", stop=True)


def _joined(operands: Iterable[Later], symbol: str, *, stop: bool) -> bool:
    failure: EvaluationError | None = None
    for operand in operands:
        try:
            value = operand()
        except EvaluationError as error:
            failure = failure or error
            continue
        if value is stop:
            return bool(stop)
        if type(value) is not bool and failure is None:
            failure = no_overload(symbol, value)
    if failure is not None:
        raise failure
    return not stop


def inverted(value: Any) -> bool:
    """``!value``."""
    return not truth(value, "!")


def decided(value: Any) -> bool:
    """The condition of ``condition ? then : otherwise``."""
    return truth(value, "?:")


def truth(value: Any, symbol: str) -> bool:
    """A value that has to be true or false, to the operator that wants it."""
    if type(value) is bool:
        return value
    raise no_overload(symbol, value)


# Operators, lists and maps


def added(frame: Frame, left: Any, right: Any) -> Any:
    """``left + right``, which for texts and lists is paid for."""
    result = add(left, right)
    if type(result) in (str, bytes, list):
        spend_on(frame, result)
    return result


def worked_off(frame: Frame, first: Later, *steps: tuple[str, Later]) -> Any:
    """A long ``a + b - c``, from left to right."""
    result = first()
    for symbol, operand in steps:
        value = operand()
        result = OPERATIONS[symbol](result, value)
        if type(result) in (str, bytes, list):
            spend_on(frame, result)
    return result


def is_among(value: Any, texts: frozenset[str]) -> bool:
    """``value in [texts]``, for a list of texts that are written out."""
    return isinstance(value, str) and value in texts


def list_with(*items: tuple[bool, Later]) -> list[Any]:
    """``[a, ?b]``: of an item behind a question mark, what is in the optional, if anything."""
    elements: list[Any] = []
    for may_lack, item in items:
        value = item()
        if not may_lack:
            elements.append(value)
        elif _opened(value).present:
            elements.append(value.value)
    return elements


def map_with(*entries: tuple[bool, Later, Later]) -> dict[Any, Any]:
    """``{a: b, ?c: d}``, as ``list_with``."""
    result: dict[Any, Any] = {}
    for may_lack, key_of, value_of in entries:
        key = new_key(result, key_of())
        value = value_of()
        if may_lack:
            if not _opened(value).present:
                continue
            value = value.value
        result[key] = value
    return result


def _opened(value: Any) -> Maybe:
    if type(value) is Maybe:
        return value
    raise EvaluationError(f"an entry with `?` takes an optional, not a {type_name(value)}")


def new_key(result: dict[Any, Any], value: Any) -> Any:
    """The key for a value that is to be added to a map."""
    if kind(value) is float:
        raise EvaluationError("unsupported key type: double")
    key = key_from_value(value)
    if key in result:
        raise EvaluationError(f"the key {str(value)[:60]!r} is there twice")
    return key


# Calls


def call(frame: Frame, name: str, *values: Any) -> Any:
    """``name(values)``."""
    return _called(frame, name, FUNCTIONS[name, False], values)


def call_on(frame: Frame, name: str, *values: Any) -> Any:
    """``target.name(values)``; the target is the first of the values."""
    return _called(frame, name, FUNCTIONS[name, True], values)


def _called(frame: Frame, name: str, function: Dispatch, values: tuple[Any, ...]) -> Any:
    """A function, chosen by the classes of the arguments; what it reads and builds is paid for."""
    is_plain = not function.deep and function.price is None and 1 <= len(values) <= 2
    if function.deep:
        for value in values:
            spend_on_contents(frame, value)
    elif not function.light:
        for value in values[:1] if is_plain else values:
            spend_on(frame, value)
    try:
        if function.price is not None:
            spend(frame, function.price(*values))
        result = _applied(name, function, values)
    except EvaluationError:
        raise
    except (ArithmeticError, ValueError):
        raise EvaluationError(f"`{name}` has no value for these arguments") from None
    if function.grows or not is_plain:
        spend_on(frame, result)
    return result


def _applied(name: str, function: Dispatch, values: tuple[Any, ...]) -> Any:
    implementation = (
        function.by_classes.get(tuple(map(type, values)))
        or function.by_classes.get(tuple(map(kind, values)))
        or function.by_count.get(len(values))
    )
    if implementation is None:
        raise no_overload(name, *values)
    return implementation(*values)


def ask(frame: Frame, name: str, site: int, *arguments: Later) -> Any:
    """A call of a function of the session: ``draw`` or ``In``; ``site`` is where it stands."""
    host = frame[_HOST]
    if host is None or name not in host:
        raise EvaluationError(f"undeclared function `{name}`")
    return host[name](frame[_ORIGIN] + site, *[argument() for argument in arguments])


def matching(frame: Frame, text: Any, pattern: Pattern) -> bool:
    """``text.matches(pattern)``."""
    if kind(text) is not str:
        raise no_overload("matches", text, pattern.text)
    spend_on(frame, text)
    if has_lone_surrogate(text):
        raise EvaluationError("the text holds half a character")
    return pattern.matches(text)


def failing(reason: str) -> Any:
    """What never has a value.

    Raises:
        EvaluationError: always.
    """
    raise EvaluationError(reason)


def or_value(maybe: Any, other: Later) -> Any:
    """``maybe.orValue(other)``, which looks at ``other`` only if it has to."""
    return maybe.value if optional("orValue", maybe).present else other()


def or_other(maybe: Any, other: Later) -> Maybe:
    """``maybe.or(other)``, which looks at ``other`` only if it has to."""
    first = optional("or", maybe)
    return first if first.present else optional("or", other())


def optional(name: str, value: Any) -> Maybe:
    """A value that has to be an optional, to the function that wants it."""
    if type(value) is Maybe:
        return value
    raise no_overload(name, value)
