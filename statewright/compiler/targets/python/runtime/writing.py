"""Writing: to variables and their parts, and to the values of the contact and the tenant."""

from __future__ import annotations

from typing import Any, Final

from statewright.compiler.targets.python.runtime.session import OutOfBounds, Session
from statewright.errors import EvaluationError
from statewright.statechart.effects import EffectKind
from statewright.statechart.stepping.bounds import WRITTEN
from statewright.statechart.stepping.outside import declaration_of
from statewright.statechart.values.writing import Merged, patch_of, patched_values, write

_PATCHED: Final = frozenset({"contact", "tenant"})


def set_location(
    session: Session,
    location: tuple[str, ...],
    value: Any,
    *,
    first: bool = False,
    merged: Merged | None = None,
) -> None:
    """Give a variable, a part of one, or a value of the contact or the tenant, a value.

    Args:
        session: whose data change.
        location: names from the variable down to the part.
        value: the new value; an empty ``Maybe`` unsets the location.
        first: whether the variable is being made; then even a constant gets its value.
        merged: how a value of the contact or the tenant came to be this one, as in ``Assign``.

    Raises:
        EvaluationError: there is no such variable, or it cannot hold this.
        OutOfBounds: the macrostep has written too much.
    """
    name = location[0]
    if name in _PATCHED:
        _patch(session, name, location[1:], value, merged)
        return
    variable = session.node.variables.get(name)
    if variable is None:
        raise EvaluationError(f"no variable `{name}` is declared here")
    spent = session.turn.spent
    write(session.variables(variable.scope), variable, location[1:], value, spent, first=first)
    if spent[0] > WRITTEN:
        raise OutOfBounds(f"it writes more than {WRITTEN:,} characters and parts of values")


def _patch(
    session: Session, scope: str, path: tuple[str, ...], value: Any, merged: Merged | None
) -> None:
    if not path:
        raise EvaluationError(f"`{scope}` cannot be replaced as a whole; assign to a part of it")
    turn = session.turn
    declared = declaration_of(turn.root.machine.chart, scope, path[0])
    before = turn.contact if scope == "contact" else turn.tenant
    after, written = patched_values(before, path, value, declared)
    if scope == "contact":
        turn.contact = after
    else:
        turn.tenant = after
    patch = patch_of(before, path, written, merged)
    session.request(EffectKind.PATCH, {**patch, "scope": scope})
