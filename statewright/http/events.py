"""What happens in conversations, over HTTP: it begins sessions, and reaches those that go on."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request

from statewright.http.endpoint import Host, Reply
from statewright.http.operators import check_operator
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from
from statewright.http.wire import executions as wire
from statewright.http.wire.flow_builder import Happened, Hook
from statewright.runtime import Received
from statewright.runtime.turns.messages import What
from statewright.statechart import Event
from statewright.statechart.triggers import MESSAGE, WEBHOOK
from statewright.storage.limits import check_name

HOOKS: Final = "webhook"
"""What the channel of hooks is called, so that none is in the way of a talk."""


async def happen(host: Host, request: Request, said: Happened) -> Reply:
    """Tell what happened to the sessions that wait for it, and begin those that it triggers.

    Whoever may do so speaks for anybody in any conversation, and hears what is said there.
    """
    check_operator(host, request)
    if said.event == MESSAGE and (said.data or said.input is None):
        raise Refused("INVALID_VALUE", "a message has an `input`; `data` is for other events")
    if said.event != MESSAGE and said.input is not None:
        raise Refused("INVALID_VALUE", f"`input` is for messages; `{said.event}` has `data`")
    if said.event != MESSAGE and said.node_id is not None:
        raise Refused("INVALID_VALUE", f"`nodeId` is for messages; `{said.event}` has `data`")
    check_name("`channel`", said.channel)
    return await _happened(
        host,
        request,
        wire.event_from(said),
        channel=said.channel,
        conversation=None if said.conversation_id is None else str(said.conversation_id),
        contact="" if said.contact_id is None else str(said.contact_id),
    )


async def hook(host: Host, request: Request, sent: Hook | None) -> Reply:
    """Begin what the triggers of a path begin, each in a conversation of its own."""
    data = {
        "path": request.path_params["path"],
        "body": None if sent is None else sent.root,
        "query": dict(request.query_params),
    }
    event = Event(WEBHOOK, data)
    return await _happened(host, request, event, channel=HOOKS, conversation=None, contact="")


async def _happened(
    host: Host,
    request: Request,
    what: What,
    *,
    channel: str,
    conversation: str | None,
    contact: str,
) -> Reply:
    message = message_id_from(request) or host.runtime.chance(16).hex()
    named = message if conversation is None else conversation
    taken = await host.runtime.happened(
        what,
        conversation=named,
        message_id=message,
        tenant=host.tenant,
        channel=channel,
        contact=contact,
    )
    sessions = await asyncio.gather(*(_heard(host, one, message) for one in taken))
    found: wire.HappenedJSON = {
        "messageId": message,
        "conversationId": named,
        "sessions": sessions,
    }
    return Reply(found)


async def _heard(host: Host, received: Received, message: str) -> wire.HeardJSON:
    handled = await host.runtime.handled(received, message, settle=host.settle)
    if handled is None:
        return wire.session_json(received.key.session, None)
    key, answer = handled
    return wire.session_json(key.session, answer)
