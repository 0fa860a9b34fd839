"""What the user's client says, in both contracts: words, results, errors, forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from statewright.compiler.lowering.events import FAILURE, RESULT, SUBMITTED
from statewright.http.endpoint import Host
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from, session_in_path
from statewright.http.wire.clients import Filled, Seen, Told
from statewright.runtime import Answer
from statewright.runtime.turns.messages import What
from statewright.statechart import Event

Said = TypeVar("Said", bound=Seen)


async def answer_to(
    host: Host, request: Request, said: Said, meaning: Callable[[Said], What]
) -> Answer:
    """The answer of the session in the path to what a client says.

    Args:
        host: has the runtime.
        request: names the session, and what is said where it may come twice.
        said: the body.
        meaning: what comes to the session of that.

    Raises:
        StatewrightError: as of ``Runtime.send``; or the token opens no session of this tenant.
        Refused: what is said has no meaning.
    """
    key = await session_in_path(host, request)
    return await host.runtime.send(
        key,
        meaning(said),
        message_id=message_id_from(request),
        expected_revision=said.expected_revision,
        settle=host.settle,
    )


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
