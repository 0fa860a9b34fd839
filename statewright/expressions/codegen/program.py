"""One expression as a function, for whoever has no module to make."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

from statewright.expressions.codegen.binding import PLAIN
from statewright.expressions.codegen.module import generate
from statewright.expressions.codegen.request import Request
from statewright.expressions.environment import Environment
from statewright.expressions.syntax import Expression


class Program(partial[Any]):
    """A compiled expression: ``program(names, host=None)`` is its value.

    It raises ``EvaluationError`` where it has none, as ``evaluate`` does. Any number of threads may
    share it. It is pickled as the expression that it was made of, and compiled anew; the functions
    of its environment have to be such as can be pickled.

    Attributes:
        expression: what it was made of.
        environment: the types of its names, or None.
    """

    # A partial, because calling one costs a fraction of calling a method of Python's.

    expression: Expression
    environment: Environment | None

    def __reduce__(self) -> tuple[Any, ...]:
        environment = self.environment
        if environment is None:
            return compile_expression, (self.expression,)
        parts = [getattr(environment, one.name) for one in fields(Environment) if one.init]
        return _program, (self.expression, *parts)

    def __repr__(self) -> str:
        return f"<Program {self.expression.text!r}>"


def compile_expression(expression: Expression, environment: Environment | None = None) -> Program:
    """An expression as a function of names, and of functions of a host.

    >>> from statewright.expressions import parse
    >>> program = compile_expression(parse("score > 5 && 'vip' in tags"))
    >>> program({"score": 7, "tags": ["new", "vip"]})
    True

    Args:
        expression: what ``parse`` made.
        environment: the types of its names, which make it faster. They are believed; see
            ``Request``.
    """
    module = generate([Request(expression, environment, PLAIN)])
    program = Program(module.functions[0])
    program.expression = expression
    program.environment = environment
    return program


def _program(expression: Expression, *parts: Any) -> Program:
    return compile_expression(expression, Environment(*parts))
