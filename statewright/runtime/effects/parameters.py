"""What an action of a flow is given, whether its result is waited for or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.errors import EffectFailed, EvaluationError
from statewright.expressions.printing.texts import text_from_value
from statewright.runtime.clock import SECOND
from statewright.runtime.effects.handling import LONGEST, Order, timeout_of
from statewright.statechart import EffectKind


def parameters_of(order: Order) -> Mapping[str, Any]:
    """The parameters of an action by name.

    Raises:
        EffectFailed: there are none (``request``).
    """
    data = order.data if isinstance(order.data, Mapping) else {}
    given = data.get("with" if order.kind is EffectKind.INVOKE else "data")
    if not isinstance(given, Mapping):
        raise EffectFailed("request", f"`{order.name}` is given a map of parameters")
    return given


def seconds_of(order: Order) -> float:
    """How long a try may take."""
    timeout = timeout_of(order.data)
    return LONGEST if timeout is None else timeout / SECOND


def text_of(given: Mapping[str, Any], name: str, *, wanted: bool = False) -> str | None:
    """A parameter as text; None where it is not given, or null.

    Raises:
        EffectFailed: it is wanted and not there, or has no text (``request``).
    """
    value = given.get(name)
    if value is None or (wanted and value == ""):
        if wanted:
            raise EffectFailed("request", f"`{name}` is missing")
        return None
    try:
        return text_from_value(value)
    except EvaluationError:
        raise EffectFailed("request", f"`{name}` is no text") from None


def list_of(given: Mapping[str, Any], name: str) -> list[Any]:
    """A parameter as list: of nothing where it is not given, of itself where it is none."""
    value = given.get(name)
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
