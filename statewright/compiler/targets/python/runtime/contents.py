"""Guards and contents, evaluated for a session.

A guard that fails counts as false and raises ``error.execution.guard``, once per macrostep and
never while an error is handled. A content that fails raises ``ActionError``.
"""

from __future__ import annotations

from typing import Any, Final

from statewright.compiler.targets.python.runtime.names import seen_by
from statewright.compiler.targets.python.runtime.session import Session
from statewright.errors import EvaluationError
from statewright.expressions import (
    Content,
    Expression,
    Record,
    SecretText,
    evaluate,
    expressions_in,
    render,
)
from statewright.expressions.values import type_name
from statewright.statechart.event import matches
from statewright.statechart.values.coercion import kept

ACTION_ERROR: Final = "error.execution.action"
GUARD_ERROR: Final = "error.execution.guard"
TEMPLATE_ERROR: Final = "error.template"


class ActionError(Exception):
    """Carries an error, and the expression it is of, out of a block of actions."""

    def __init__(self, error: EvaluationError, expression: str = "") -> None:
        super().__init__(error.reason)
        self.error = error
        self.expression = expression
        self.sendid = ""


def is_true(session: Session, guard: Expression, owner: object) -> bool:
    """Whether a guard is true; ``owner`` tells it apart from others when it fails."""
    try:
        value = evaluate(guard, *seen_by(session))
        if value is True or value is False:
            return value
        error = EvaluationError(f"a guard is true or false, not a {type_name(value)}")
    except EvaluationError as failed:
        error = failed
    if owner not in session.reported and not session.quiet:
        session.reported.add(owner)
        if session.event is not None and matches("error", session.event.name):
            session.report(GUARD_ERROR, error.reason, guard.text)
        else:
            session.fail(GUARD_ERROR, error, guard.text)
    return False


def value_of(session: Session, content: Content) -> Any:
    """The value of a content.

    Raises:
        ActionError: it has none.
    """
    try:
        return render(content, *seen_by(session))
    except EvaluationError as error:
        raise ActionError(error, culprit(session, content)) from None


def kept_value(session: Session, content: Content | None) -> Any:
    """The value of a content as it can be kept; None for no content.

    Raises:
        ActionError: it has none.
    """
    if content is None:
        return None
    value = value_of(session, content)
    try:
        return kept(value)
    except EvaluationError as error:
        raise ActionError(error, culprit(session, content)) from None


def text_of(session: Session, content: Content, what: str) -> str:
    """The value of a content that has to be a text; ``what`` it is for, the message says.

    Raises:
        ActionError: it has none, or another value.
    """
    value = kept_value(session, content)
    if type(value) is not str:
        reason = f"the {what} is a text, not a {type_name(value)}"
        raise ActionError(EvaluationError(reason), culprit(session, content))
    return value


def fields_of(session: Session, content: Content | None) -> Any:
    """The value of a content, without the fields of a map that have none: each raises an error."""
    try:
        if not isinstance(content, Record):
            return kept_value(session, content)
    except ActionError as failed:
        session.fail(ACTION_ERROR, failed.error, failed.expression)
        return None
    fields = {}
    for name, part in content.fields:
        try:
            fields[name] = kept_value(session, part)
        except ActionError as failed:
            session.fail(ACTION_ERROR, failed.error, failed.expression)
    return fields


def culprit(session: Session, content: Content) -> str:
    """The text of the first expression of a content that has no value."""
    expressions = list(expressions_in(content))
    for expression in expressions:
        try:
            evaluate(expression, *seen_by(session))
        except EvaluationError:
            return expression.text
    return expressions[0].text if len(expressions) == 1 else ""


def shown(session: Session, content: Content) -> Any:
    """What a user sees of a content: an incident, and nothing, where there is no value."""

    def blank(error: EvaluationError, expression: str) -> None:
        session.report(TEMPLATE_ERROR, error.reason, expression)

    return _without_secrets(session, render(content, *seen_by(session), blank))


def _without_secrets(session: Session, value: Any) -> Any:
    """What is said: a secret prints nothing, since only effects may use one."""
    match value:
        case SecretText(parts):
            session.report(TEMPLATE_ERROR, "a secret is not shown to anybody")
            return "".join(part for part in parts if isinstance(part, str))
        case dict():
            return {key: _without_secrets(session, part) for key, part in value.items()}
        case list():
            return [_without_secrets(session, part) for part in value]
        case _:
            return value
