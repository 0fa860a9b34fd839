"""The expressions and templates of a flow, parsed and checked once for all checks."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from msgspec import Struct

from statewright.compiler.analysis.writes import plain_path
from statewright.compiler.paths import path_from
from statewright.compiler.scope import Lent, environment_of, session_variables
from statewright.compiler.texts import Role, Text, texts_of
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    CelType,
    Checked,
    Environment,
    Expression,
    Hole,
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
        names: the variables whose values it takes, once per place.
        type: of an expression in which nothing is wrong.
    """

    text: Text
    error: ExpressionError | None
    problems: tuple[Problem, ...]
    form: Expression | Template | None = None
    expressions: tuple[Expression, ...] = ()
    names: tuple[str, ...] = ()
    type: CelType | None = None


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
    except ExpressionError as error:
        return ParsedText(text, error, ())
    if form is None:
        return ParsedText(text, None, ())
    if isinstance(form, Template):
        holes = form.holes
        problems = [one for hole in holes for one in _problems_of_hole(hole, environment)]
        expressions = tuple([hole.expression for hole in holes])
        return ParsedText(text, None, tuple(problems), form, expressions, _names(expressions))
    checked = check(form, environment)
    if text.role is Role.VARIABLE:
        return ParsedText(text, None, checked.problems, form)
    misfits = _misfits(text, form, checked)
    found = None if checked.problems else checked.type
    return ParsedText(
        text, None, (*checked.problems, *misfits), form, (form,), _names((form,)), found
    )


def _names(expressions: tuple[Expression, ...]) -> tuple[str, ...]:
    return tuple(
        [
            plain_path(reference.path)[0]
            for expression in expressions
            for reference in references(expression)
        ]
    )


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


def _misfits(text: Text, expression: Expression, checked: Checked) -> Iterator[Problem]:
    """That a value is not of the type that is wanted; what may be anything may be that, too."""
    is_guard = text.role is Role.GUARD
    wanted = _GUARDS if is_guard else text.wanted
    if not wanted or checked.problems or checked.type.name in {*wanted, *UNSURE}:
        return
    rule = "a guard is true or false" if is_guard else f"this must be of type `{wanted[0]}`"
    hint = "compare it with something" if is_guard else ""
    reason = f"{rule}, not {checked.type}"
    yield Problem(ProblemKind.TYPE, reason, 0, len(expression.text), hint)


_GUARDS: Final = ("bool",)


def _problems_of_hole(hole: Hole, environment: Environment) -> Iterator[Problem]:
    """What is wrong with an expression in a template, with its places in the template."""
    for problem in check(hole.expression, environment).problems:
        yield Problem(
            problem.kind,
            problem.reason,
            problem.start + hole.offset,
            problem.end + hole.offset,
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
