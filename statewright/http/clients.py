"""What the user's client says as a whole, in both contracts: results, errors, forms."""

from __future__ import annotations

from statewright.compiler.lowering.events import FAILURE, RESULT, SUBMITTED
from statewright.http.problems import Refused
from statewright.http.wire.clients import Filled, Told
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


def form_event(said: Filled) -> Event:
    """The event with which a form is answered: one, or every one that is asked just then."""
    place = {} if said.node_id is None else {"node": said.node_id}
    return Event(SUBMITTED, {"values": said.values, **place})
