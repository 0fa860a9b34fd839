"""Guards and contents, evaluated on a working state. Only here do expressions meet data.

A guard that fails counts as false and raises ``error.execution.guard``, once per macrostep and
never while an error is handled. A content that fails raises ``ActionError``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import (
    Computed,
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
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.nodes import Arc
from statewright.statechart.values.coercion import kept

ACTION_ERROR: Final = "error.execution.action"
GUARD_ERROR: Final = "error.execution.guard"
TEMPLATE_ERROR: Final = "error.template"


class ActionError(Exception):
    """Carries an error, and the expression it is of, out of a block of actions.

    Args:
        error: what went wrong.
        expression: the text of the expression, or ``""``.
    """

    def __init__(self, error: EvaluationError, expression: str = "") -> None:
        super().__init__(error.reason)
        self.error = error
        self.expression = expression
        self.sendid = ""


def condition_match(working: Working, arc: Arc) -> bool:
    """Whether a transition's guard is true (appendix D, ``conditionMatch``)."""
    guard = arc.guard
    if guard is None:
        return True
    working.node = arc.source
    working.place = arc.own
    return is_true(working, guard, arc)


def is_true(working: Working, guard: Expression, owner: object) -> bool:
    """Whether a guard is true; ``owner`` tells it apart from others when it fails."""
    try:
        scope = working.node.scope
        program = scope.programs.get(guard.text) or program_of(guard, scope)
        value = program.function(working)
    except EvaluationError as error:
        _guard_failed(working, guard, owner, error)
        return False
    if value is True or value is False:
        return value
    reason = f"a guard is true or false, not a {type_name(value)}"
    _guard_failed(working, guard, owner, EvaluationError(reason))
    return False


def _guard_failed(
    working: Working, guard: Expression, owner: object, error: EvaluationError
) -> None:
    if owner in working.reported or working.quiet:
        return
    working.reported |= {owner}
    if _handles_error(working):
        working.report(GUARD_ERROR, error.reason, guard.text)
    else:
        working.fail(GUARD_ERROR, error, guard.text)


def _handles_error(working: Working) -> bool:
    event = working.event
    return event is not None and matches("error", event.name)


def value_of(working: Working, content: Content) -> Any:
    """The value of a content.

    Raises:
        ActionError: it has none.
    """
    try:
        if type(content) is Computed:
            return program_of(content.expression, working.node.scope).function(working)
        return render(content, working, working.host)
    except EvaluationError as error:
        raise ActionError(error, culprit(working, content)) from None


def kept_value(working: Working, content: Content | None) -> Any:
    """The value of a content as it can be kept; None for no content.

    Raises:
        ActionError: it has none.
    """
    if content is None:
        return None
    value = value_of(working, content)
    try:
        return kept(value)
    except EvaluationError as error:
        raise ActionError(error, culprit(working, content)) from None


def text_of(working: Working, content: Content, what: str) -> str:
    """The value of a content that has to be a text.

    Args:
        working: the session.
        content: what is computed.
        what: what the text is for, for the message.

    Raises:
        ActionError: it has none, or another value.
    """
    value = kept_value(working, content)
    if type(value) is not str:
        reason = f"the {what} is a text, not a {type_name(value)}"
        raise ActionError(EvaluationError(reason), culprit(working, content))
    return value


def fields_of(working: Working, content: Content | None) -> Any:
    """The value of a content, without the fields of a map that have none: each raises an error.

    So SCXML has it for the params of ``donedata`` (5.7).
    """
    try:
        if not isinstance(content, Record):
            return kept_value(working, content)
    except ActionError as failed:
        working.fail(ACTION_ERROR, failed.error, failed.expression)
        return None
    fields = {}
    for name, part in content.fields:
        try:
            fields[name] = kept_value(working, part)
        except ActionError as failed:
            working.fail(ACTION_ERROR, failed.error, failed.expression)
    return fields


def culprit(working: Working, content: Content) -> str:
    """The text of the first expression of a content that has no value."""
    expressions = list(expressions_in(content))
    for expression in expressions:
        try:
            evaluate(expression, working, working.host)
        except EvaluationError:
            return expression.text
    return expressions[0].text if len(expressions) == 1 else ""


def shown(working: Working, content: Content) -> Any:
    """What a user sees of a content: an incident, and nothing, where there is no value."""

    def blank(error: EvaluationError, expression: str) -> None:
        working.report(TEMPLATE_ERROR, error.reason, expression)

    def tell(reason: str) -> None:
        working.report(TEMPLATE_ERROR, reason)

    return without_secrets(render(content, working, working.host, blank), tell)


def without_secrets(value: Any, tell: Callable[[str], None]) -> Any:
    """What is said: a secret prints nothing, since only effects may use one.

    Args:
        value: what was to be said.
        tell: is told of every secret in it.
    """
    if type(value) is str:
        return value
    match value:
        case SecretText(parts):
            tell("a secret is not shown to anybody")
            return "".join(part for part in parts if isinstance(part, str))
        case dict():
            return {key: without_secrets(part, tell) for key, part in value.items()}
        case list():
            return [without_secrets(part, tell) for part in value]
        case _:
            return value
