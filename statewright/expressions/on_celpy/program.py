"""An expression, ready to run on celpy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import celpy
import lark
from celpy.celparser import CELParseError
from celpy.evaluation import CELEvalError

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions.on_celpy.guards import GUARDS
from statewright.expressions.on_celpy.translation import Translation, translated
from statewright.expressions.on_celpy.values import celpy_from_value, value_from_celpy
from statewright.expressions.syntax import Expression
from statewright.expressions.values import TYPE_VALUES

HEIGHT_LIMIT: Final = 400
"""The levels that a parse tree of celpy's may have: it takes about fifteen for each of ours, and
four or five frames of Python for each of its own."""
_RECURSION_LIMIT: Final = 3_000
_CRASHES: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What celpy lets through of what is an error of CEL's."""


@dataclass(frozen=True, slots=True)
class CelpyProgram:
    """An expression that celpy can compute.

    Attributes:
        expression: what it was made of.
        translation: what celpy was given.
    """

    expression: Expression
    translation: Translation
    runner: celpy.Runner = field(repr=False, compare=False)

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """The value of the expression, computed by celpy.

        Args:
            names: the variables, with values of ours.

        Raises:
            EvaluationError: it has no value, or celpy has none like it.
        """
        called = self.translation.names
        values = {theirs: _value_of(name, names) for name, theirs in called.items()}
        try:
            with _recursion_limit():
                return value_from_celpy(self.runner.evaluate(values))
        except CELEvalError as error:
            raise EvaluationError(_reason(error)) from None
        except RecursionError:
            raise EvaluationError("nested too deeply for celpy") from None
        except _CRASHES as error:
            raise EvaluationError(f"celpy has no value: {str(error)[:200]}") from None


def _value_of(name: str, names: Mapping[str, Any]) -> Any:
    """The value of a variable, or the type of this name, or the error that there is neither."""
    if name in names:
        return celpy_from_value(names[name])
    if name in TYPE_VALUES:
        return celpy_from_value(TYPE_VALUES[name])
    return CELEvalError(f"`{name}` has no value")


def _reason(error: CELEvalError) -> str:
    """What celpy says, without the classes and trees that it shows."""
    reason = str(error.args[0]) if error.args else "celpy has no value"
    return reason.partition(" applied to ")[0][:200]


def celpy_program(expression: Expression) -> CelpyProgram:
    """Make an expression ready to run on celpy.

    Raises:
        ExpressionError: celpy cannot compute it; says why, and points at the part.
    """
    translation = translated(expression)
    try:
        with _recursion_limit():
            environment = celpy.Environment(runner_class=celpy.InterpretedRunner)
            tree = environment.compile(translation.text)
    except CELParseError as error:
        raise _refused(expression, f"celpy cannot parse it: {str(error)[:200]}") from None
    if _height(tree) > HEIGHT_LIMIT:
        raise _refused(expression, "it is too long or nested too deeply for celpy")
    return CelpyProgram(expression, translation, environment.program(tree, functions=dict(GUARDS)))


def _refused(expression: Expression, reason: str) -> ExpressionError:
    return ExpressionError(expression.text, 0, len(expression.text), reason)


def _height(tree: lark.Tree[Any]) -> int:
    """The levels of a parse tree."""
    level, count = [tree], 0
    while level:
        count += 1
        level = [one for each in level for one in each.children if isinstance(one, lark.Tree)]
    return count


@contextmanager
def _recursion_limit() -> Iterator[None]:
    """What celpy needs, for as long as it is at work; celpy itself would leave it at that."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
