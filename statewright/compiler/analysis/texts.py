"""The expressions and templates of a flow, parsed and checked once for all checks."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import cache

from msgspec import Struct

from statewright.compiler.analysis.writes import plain_path
from statewright.compiler.paths import path_from
from statewright.compiler.scope import Lent, environment_of, session_variables
from statewright.compiler.texts import Role, Text, texts_of
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    Environment,
    Expression,
    Problem,
    ProblemKind,
    Template,
    check,
    parse,
    parse_template,
    references,
)
from statewright.expressions.operations.patterns import searcher
from statewright.flows.model import Flow

UNSURE = frozenset({"dyn", "error"})
"""Types of which nothing is known."""


class ParsedText(Struct, frozen=True):
    """A text and what became of it.

    Attributes:
        text: what its author wrote.
        error: why it cannot be parsed, or None.
        problems: what the type checker found, with offsets in the whole text.
        form: what it is: an expression, also for the path of a variable; a template; None for a
            pattern, for a declared name that is written, and for what cannot be parsed.
        expressions: those in it whose values it takes.
    """

    text: Text
    error: ExpressionError | None
    problems: tuple[Problem, ...]
    form: Expression | Template | None = None
    expressions: tuple[Expression, ...] = ()


def names_in(parsed: ParsedText) -> Iterator[str]:
    """The variables whose values a text takes, once per place."""
    for expression in parsed.expressions:
        for reference in references(expression):
            yield plain_path(reference.path)[0]


def parsed_texts(flow: Flow) -> Iterator[ParsedText]:
    """Every text of a flow, in the order of ``texts_of``."""

    @cache
    def environment(names: tuple[Lent, ...], begun: bool) -> Environment:  # noqa: FBT001 (a key)
        return environment_of(flow if begun else replace(flow, variables=()), names)

    declared = session_variables(flow)
    for text in texts_of(flow):
        yield _parsed(text, environment(text.names, text.begun), declared)


def _parsed(text: Text, environment: Environment, declared: Container[str]) -> ParsedText:
    try:
        form = _form(text, declared)
        problems = tuple(_problems(text, form, environment))
    except ExpressionError as error:
        return ParsedText(text, error, ())
    return ParsedText(text, None, problems, form, _expressions(text, form))


def _expressions(text: Text, form: Expression | Template | None) -> tuple[Expression, ...]:
    if isinstance(form, Template):
        return tuple([hole.expression for hole in form.holes])
    return () if form is None or text.role is Role.VARIABLE else (form,)


def _form(text: Text, declared: Container[str]) -> Expression | Template | None:
    source = text.source.text
    match text.role:
        case Role.GUARD | Role.EXPRESSION:
            return parse(source)
        case Role.TEMPLATE:
            return parse_template(source, text.place)
        case Role.VARIABLE:
            path_from(text.source, declared)
            return None if source in declared else parse(source)
        case Role.PATTERN:
            _require_pattern(source)
            return None


def _problems(
    text: Text, form: Expression | Template | None, environment: Environment
) -> Iterator[Problem]:
    if isinstance(form, Template):
        for hole in form.holes:
            yield from _checked(hole.expression, hole.offset, environment)
    elif form is not None and text.role is Role.GUARD:
        yield from _checked_guard(form, environment)
    elif form is not None and text.role is Role.EXPRESSION:
        yield from _checked_value(form, environment, text.wanted)
    elif form is not None:
        yield from _checked(form, 0, environment)


def _checked_guard(expression: Expression, environment: Environment) -> Iterator[Problem]:
    yield from _checked_as(
        expression, environment, ("bool",), "a guard is true or false", "compare it with something"
    )


def _checked_value(
    expression: Expression, environment: Environment, wanted: tuple[str, ...]
) -> Iterator[Problem]:
    if wanted:
        rule = f"this must be of type `{wanted[0]}`"
        yield from _checked_as(expression, environment, wanted, rule)
    else:
        yield from _checked(expression, 0, environment)


def _checked_as(
    expression: Expression,
    environment: Environment,
    wanted: tuple[str, ...],
    rule: str,
    hint: str = "",
) -> Iterator[Problem]:
    """Problems of an expression whose value must be of one type; what may be anything may be it."""
    checked = check(expression, environment)
    yield from checked.problems
    if checked.type.name not in {*wanted, *UNSURE} and not checked.problems:
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
