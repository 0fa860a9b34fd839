"""Writing: to variables and their parts, and to the values of the contact and the tenant."""

from __future__ import annotations

from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Computed, render
from statewright.expressions.values import Maybe
from statewright.statechart.actions import Assign, Merge
from statewright.statechart.definition import OWN
from statewright.statechart.effects import EffectKind
from statewright.statechart.stepping.bounds import WRITTEN, OutOfBoundsError
from statewright.statechart.stepping.evaluation import ActionError, culprit
from statewright.statechart.stepping.outside import declaration_of
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.working import Working
from statewright.statechart.values.coercion import held, kept
from statewright.statechart.values.writing import Merged, patch_of, patched_values, write

SHOWN: Final = 80
"""How many characters of a name, and of an expression, a message shows."""

_OF_THE_COMPILER: Final = ('["~', '[?"')
"""How expressions read what a compiler keeps, and variables that may have no value: it, not people,
writes names in this way. The reason of an error says the value."""

_PATCHED: Final = frozenset({"contact", "tenant"})


def assign(working: Working, action: Assign, *, first: bool = False) -> None:
    """Do an assignment.

    Args:
        working: whose data change.
        action: what to do.
        first: whether the variable is being made; then even a constant gets its value.

    Raises:
        ActionError: the value has none, or there is no place for it.
    """
    content = action.value
    try:
        if type(content) is Computed:
            expression, scope = content.expression, working.node.scope
            program = scope.programs.get(expression.text) or program_of(expression, scope)
            value = program.function(working)
        else:
            value = render(content, working, working.host)
        if type(value) is Maybe and value.present:
            value = value.value
        merged = None if action.merge is None else _merged(working, action.merge)
    except EvaluationError as error:
        raise ActionError(error, culprit(working, content)) from None
    try:
        set_location(working, action.location, value, first=first, merged=merged)
    except EvaluationError as error:
        culpable = culprit(working, content)
        raise ActionError(_misfit(action.location, culpable, error), culpable) from None


def _misfit(location: tuple[str, ...], expression: str, error: EvaluationError) -> EvaluationError:
    """Says what was to be written where, if that is not said, as far as an author wrote it."""
    if f"`{location[0]}`" in error.reason:
        return error
    where, what = ".".join(location).removeprefix(OWN), expression.strip()
    is_shown = what and not any(sign in what for sign in _OF_THE_COMPILER)
    dots = "…" if len(what) > SHOWN else ""
    value = f"`{what[:SHOWN]}{dots}`" if is_shown else "this"
    return EvaluationError(f"`{where[:SHOWN]}` cannot hold {value}: {error.reason}")


def set_location(
    working: Working,
    location: tuple[str, ...],
    value: Any,
    *,
    first: bool = False,
    merged: Merged | None = None,
) -> None:
    """Give a variable, a part of one, or a value of the contact or the tenant, a value.

    Args:
        working: whose data change.
        location: names from the variable down to the part.
        value: the new value; an empty ``Maybe`` unsets the location.
        first: as for ``assign``.
        merged: how a value of the contact or the tenant came to be this one, as in ``Assign``.

    Raises:
        EvaluationError: there is no such variable, or it cannot hold this.
        OutOfBoundsError: the macrostep has written too much.
    """
    name = location[0]
    scope = working.node.scope
    variable = scope.found.get(name)
    if variable is None:
        if name in _PATCHED:
            _patch(working, name, location[1:], value, merged)
            return
        variable = scope.variable(name)
        if variable is None:
            raise EvaluationError(f"no variable `{name}` is declared here")
    spent = working.family.spent
    variables = working.variables(variable.scope)
    if variable.limits is None and len(location) == 1 and type(value) is not Maybe:
        variables[name] = held(value, variable.type, None, spent)
    else:
        write(variables, variable, location[1:], value, spent, first=first)
    if spent[0] > WRITTEN:
        raise OutOfBoundsError(f"it writes more than {WRITTEN:,} characters and parts of values")


def _merged(working: Working, merge: Merge) -> Merged:
    return merge.operation, kept(render(merge.operand, working, working.host))


def _patch(
    working: Working, scope: str, path: tuple[str, ...], value: Any, merged: Merged | None
) -> None:
    if not path:
        raise EvaluationError(f"`{scope}` cannot be replaced as a whole; assign to a part of it")
    family = working.family
    declared = declaration_of(family.root.tree.chart, scope, path[0])
    before = family.contact if scope == "contact" else family.tenant
    after, written = patched_values(before, path, value, declared)
    if scope == "contact":
        family.contact = after
    else:
        family.tenant = after
    patch = patch_of(before, path, written, merged)
    working.request(EffectKind.PATCH, {**patch, "scope": scope})
