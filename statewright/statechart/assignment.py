"""Writing: to variables and their parts, and to the values of the contact and the tenant."""

from __future__ import annotations

from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Computed, render
from statewright.expressions.values import NOTHING, Maybe
from statewright.statechart.actions import Assign
from statewright.statechart.bounds import WRITTEN, OutOfBoundsError
from statewright.statechart.coercion import held, is_absent, kept, with_part
from statewright.statechart.effects import EffectKind
from statewright.statechart.evaluation import ActionError, culprit
from statewright.statechart.programs import function_of
from statewright.statechart.working import Working

_PATCHED: Final = frozenset({"contact", "tenant"})
_WITH_PARTS: Final = frozenset({"map", "dyn"})


def assign(working: Working, action: Assign) -> None:
    """Do an assignment.

    Raises:
        ActionError: the value has none, or there is no place for it.
    """
    content = action.value
    try:
        if type(content) is Computed:
            expression, scope = content.expression, working.node.scope
            function = scope.functions.get(expression.text) or function_of(expression, scope)
            value = function(working)
        else:
            value = render(content, working, working.host)
        if type(value) is Maybe and value.present:
            value = value.value
        set_location(working, action.location, value)
    except EvaluationError as error:
        raise ActionError(error, culprit(working, content)) from None


def set_location(working: Working, location: tuple[str, ...], value: Any) -> None:
    """Give a variable, a part of one, or a value of the contact or the tenant, a value.

    Args:
        working: whose data change.
        location: names from the variable down to the part.
        value: the new value; an empty ``Maybe`` unsets the location.

    Raises:
        EvaluationError: there is no such variable, or it cannot hold this.
        OutOfBoundsError: the macrostep has written too much.
    """
    name = location[0]
    scope = working.node.scope
    variable = scope.found.get(name)
    if variable is None:
        if name in _PATCHED:
            _patch(working, name, location[1:], value)
            return
        variable = scope.variable(name)
        if variable is None:
            raise EvaluationError(f"no variable `{name}` is declared here")
    variables = working.variables(variable.scope)
    spent = working.family.spent
    if type(value) is Maybe and not value.present:
        _unset(variables, name, location[1:])
    elif len(location) == 1:
        variables[name] = held(value, variable.type, variable.limits, spent)
    elif variable.type in _WITH_PARTS:
        part = kept(value, spent)
        variables[name] = with_part(variables.get(name), location[1:], part)
    else:
        raise EvaluationError(f"`{name}` is declared as {variable.type}, which has no parts")
    if spent[0] > WRITTEN:
        raise OutOfBoundsError(f"it writes more than {WRITTEN:,} characters and parts of values")


def _unset(variables: dict[str, Any], name: str, path: tuple[str, ...]) -> None:
    if not path:
        variables.pop(name, None)
    elif not is_absent(variables.get(name), path):
        variables[name] = with_part(variables[name], path, NOTHING)


def _patch(working: Working, scope: str, path: tuple[str, ...], value: Any) -> None:
    if not path:
        raise EvaluationError(f"`{scope}` cannot be replaced as a whole; assign to a part of it")
    unset = type(value) is Maybe and not value.present
    value = value if unset else kept(value)
    family = working.family
    if scope == "contact":
        family.contact = with_part(family.contact, path, value)
    else:
        family.tenant = with_part(family.tenant, path, value)
    patch = {"operation": "unset" if unset else "set", "path": list(path), "scope": scope}
    working.request(EffectKind.PATCH, patch if unset else {**patch, "value": value})
