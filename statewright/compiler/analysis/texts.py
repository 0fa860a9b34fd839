"""The expressions and templates of a flow, parsed and checked once for all checks."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import cache

from statewright.compiler.paths import path_from
from statewright.compiler.scope import environment_of, session_variables
from statewright.compiler.texts import Role, Text, texts_of
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    Environment,
    Expression,
    Hole,
    Problem,
    ProblemKind,
    check,
    parse,
    parse_template,
)
from statewright.expressions.patterns import searcher
from statewright.flows.model import Flow

UNSURE = frozenset({"dyn", "error"})
"""Types of which nothing is known."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text and what became of it.

    Attributes:
        text: what its author wrote.
        error: why it cannot be parsed, or None.
        problems: what the type checker found, with offsets in the whole text.
    """

    text: Text
    error: ExpressionError | None
    problems: tuple[Problem, ...]


def parsed_texts(flow: Flow) -> Iterator[ParsedText]:
    """Every text of a flow, in the order of ``texts_of``."""

    @cache
    def environment(names: tuple[str, ...], begun: bool) -> Environment:  # noqa: FBT001 (a key)
        return environment_of(flow if begun else replace(flow, variables=()), names)

    declared = session_variables(flow)
    for text in texts_of(flow):
        yield _parsed(text, environment(text.names, text.begun), declared)


def _parsed(text: Text, environment: Environment, declared: Container[str]) -> ParsedText:
    source = text.source.text
    try:
        problems = tuple(_problems(text.role, source, text, environment, declared))
    except ExpressionError as error:
        return ParsedText(text, error, ())
    return ParsedText(text, None, problems)


def _problems(
    role: Role, source: str, text: Text, environment: Environment, declared: Container[str]
) -> Iterator[Problem]:
    match role:
        case Role.GUARD:
            yield from _checked_guard(parse(source), environment)
        case Role.EXPRESSION:
            yield from _checked_value(parse(source), environment, text.wanted)
        case Role.TEMPLATE:
            for part in parse_template(source, text.place).parts:
                if isinstance(part, Hole):
                    yield from _checked(part.expression, part.offset, environment)
        case Role.VARIABLE:
            path_from(text.source, declared)
            if source not in declared:
                yield from _checked(parse(source), 0, environment)
        case Role.PATTERN:
            _require_pattern(source)


def _checked_guard(expression: Expression, environment: Environment) -> Iterator[Problem]:
    yield from _checked_as(
        expression, environment, "bool", "a guard is true or false", "compare it with something"
    )


def _checked_value(
    expression: Expression, environment: Environment, wanted: str
) -> Iterator[Problem]:
    if wanted == "dyn":
        yield from _checked(expression, 0, environment)
    else:
        yield from _checked_as(expression, environment, wanted, f"this must be of type `{wanted}`")


def _checked_as(
    expression: Expression, environment: Environment, wanted: str, rule: str, hint: str = ""
) -> Iterator[Problem]:
    """Problems of an expression whose value must be of one type; what may be anything may be it."""
    checked = check(expression, environment)
    yield from checked.problems
    if checked.type.name not in {wanted, *UNSURE} and not checked.problems:
        reason = f"{rule}, not {checked.type}"
        yield Problem(ProblemKind.TYPE, reason, 0, len(expression.text), hint)


def _checked(expression: Expression, offset: int, environment: Environment) -> Iterator[Problem]:
    for problem in check(expression, environment).problems:
        yield Problem(
            problem.kind,
            problem.reason,
            problem.start + offset,
            problem.end + offset,
            problem.hint,
        )


def _require_pattern(pattern: str) -> None:
    try:
        searcher(pattern)
    except EvaluationError as error:
        raise ExpressionError(
            pattern,
            0,
            len(pattern),
            error.reason,
            "patterns are RE2: without look-ahead, look-behind and back references",
        ) from None
