"""What the user's client says of what it was asked to do, in both contracts."""

from __future__ import annotations

from statewright.compiler.lowering.events import FAILURE, RESULT
from statewright.http.problems import Refused
from statewright.http.wire.clients import Told
from statewright.statechart import Event


def client_event(said: Told) -> Event:
    """The event with which a client answers: one node, or every one that waits for a client.

    Raises:
        Refused: there is neither a result nor an error, or there are both.
    """
    # A result may be null.
    if ("result" in said.model_fields_set) == (said.error is not None):
        raise Refused("INVALID_VALUE", "a client tells its `result`, or an `error`: one of them")
    place = {} if said.node_id is None else {"node": said.node_id}
    if said.error is None:
        return Event(RESULT, {"result": said.result, **place})
    return Event(FAILURE, {**said.error, **place})
