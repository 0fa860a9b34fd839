"""What the user's client says of what it was asked to do, in both contracts."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from statewright.compiler.lowering.events import FAILURE, RESULT
from statewright.http.problems import Refused
from statewright.statechart import Event


def client_event(
    given: AbstractSet[str], result: Any, error: Mapping[str, Any] | None, node: str | None
) -> Event:
    """The event with which a client answers.

    Args:
        given: the names of the fields that were sent; a result may be null.
        result: what came of it.
        error: what went wrong; None where nothing did.
        node: which node is answered; None for every one that waits for a client.

    Raises:
        Refused: there is neither a result nor an error, or there are both.
    """
    if ("result" in given) == (error is not None):
        raise Refused("INVALID_VALUE", "a client tells its `result`, or an `error`: one of them")
    place = {} if node is None else {"node": node}
    if error is None:
        return Event(RESULT, {"result": result, **place})
    return Event(FAILURE, {**error, **place})
