"""Writing: to variables and their parts, and to the values of the contact and the tenant."""

from __future__ import annotations

from typing import Any, Final

from statewright.compiler.targets.python.runtime.session import OutOfBounds, Session
from statewright.errors import EvaluationError
from statewright.expressions.values import NOTHING, Maybe
from statewright.statechart.bounds import WRITTEN
from statewright.statechart.coercion import held, is_absent, kept, with_part
from statewright.statechart.effects import EffectKind

_PATCHED: Final = frozenset({"contact", "tenant"})
_WITH_PARTS: Final = frozenset({"map", "dyn"})


def set_location(session: Session, location: tuple[str, ...], value: Any) -> None:
    """Give a variable, a part of one, or a value of the contact or the tenant, a value.

    Args:
        session: whose data change.
        location: names from the variable down to the part.
        value: the new value; an empty ``Maybe`` unsets the location.

    Raises:
        EvaluationError: there is no such variable, or it cannot hold this.
        OutOfBounds: the macrostep has written too much.
    """
    name = location[0]
    if name in _PATCHED:
        _patch(session, name, location[1:], value)
        return
    variable = session.node.variables.get(name)
    if variable is None:
        raise EvaluationError(f"no variable `{name}` is declared here")
    variables = session.variables(variable.scope)
    spent = session.turn.spent
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
        raise OutOfBounds(f"it writes more than {WRITTEN:,} characters and parts of values")


def _unset(variables: dict[str, Any], name: str, path: tuple[str, ...]) -> None:
    if not path:
        variables.pop(name, None)
    elif not is_absent(variables.get(name), path):
        variables[name] = with_part(variables[name], path, NOTHING)


def _patch(session: Session, scope: str, path: tuple[str, ...], value: Any) -> None:
    if not path:
        raise EvaluationError(f"`{scope}` cannot be replaced as a whole; assign to a part of it")
    unset = type(value) is Maybe and not value.present
    value = value if unset else kept(value)
    turn = session.turn
    if scope == "contact":
        turn.contact = with_part(turn.contact, path, value)
    else:
        turn.tenant = with_part(turn.tenant, path, value)
    patch = {"operation": "unset" if unset else "set", "path": list(path), "scope": scope}
    session.request(EffectKind.PATCH, patch if unset else {**patch, "value": value})
