"""Merge patches of the variables of a session (RFC 7396)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.errors import EvaluationError, InvalidEvent
from statewright.expressions.values import NOTHING
from statewright.statechart.definition import OWN
from statewright.statechart.stepping.assignment import set_location
from statewright.statechart.stepping.working import Working


def patch(working: Working, updates: Mapping[str, Any]) -> None:
    """Change variables of the session: name → new value; null unsets it; a map is merged in.

    Raises:
        InvalidEvent: one is no variable of the session, or cannot hold its value.
    """
    for name, value in updates.items():
        _patch(working, name, value)


def _patch(working: Working, name: str, value: Any) -> None:
    working.node = working.tree.root
    declared = [one for one in working.tree.root.scope.declared if not one.startswith(OWN)]
    if name not in declared:
        known = ", ".join(f"`{one}`" for one in declared) or "none"
        raise InvalidEvent(f"`{ascii(name)[1:-1]}` is no variable of the session; it has {known}")
    whole = working.data.get("", {}).get(name)
    merged = NOTHING if value is None else _merged(whole, value)
    try:
        set_location(working, (name,), merged)
    except EvaluationError as error:
        raise InvalidEvent(f"`{name}` cannot be patched: {error.reason}") from None


def _merged(whole: Any, given: Any) -> Any:
    """A value with a merge patch applied (RFC 7396, ``MergePatch``)."""
    if type(given) is not dict:
        return given
    merged = dict(whole) if isinstance(whole, Mapping) else {}
    for key, value in given.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged
