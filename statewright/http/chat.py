"""Talking to flows over HTTP, in the contract of the Wriveted chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request

from statewright.http.beginnings import Wish, begin
from statewright.http.clients import answer_to, client_event, form_event
from statewright.http.endpoint import Host, Reply
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from, number_in_query, session_in_path
from statewright.http.wire import chat as wire
from statewright.http.wire.history import entries_from
from statewright.runtime import Answer
from statewright.storage.records import SessionKey

CHANNEL: Final = "web"
"""What this channel is called."""

_FAR: Final = 100_000
"""How many entries of a history may be skipped."""

_TURNS: Final = 100
"""How many turns are read at once."""


async def start(host: Host, request: Request, asked: wire.Start) -> Reply:
    """Begin a session."""
    if asked.user_id is not None:
        raise Refused("NOT_ALLOWED", "nobody is logged in here, so `user_id` cannot be given")
    wish = Wish(
        flow=asked.flow_id,
        version=asked.version,
        label=asked.label,
        channel=CHANNEL,
        conversation=None,
        contact="",
        given=asked.initial_state,
    )
    begun = await begin(host, request, wish)
    return Reply(
        wire.started_json(begun.started, flow_name=begun.facts.name, ignored=begun.ignored)
    )


async def interact(host: Host, request: Request, said: wire.Interaction) -> Reply:
    """Say something to a session, and get its answer."""
    answer = await answer_to(host, request, said, wire.message_from)
    return Reply(wire.interaction_json(answer))


async def client(host: Host, request: Request, said: wire.ClientAnswer) -> Reply:
    """Give a session what the user's client was asked for, and get its answer."""
    answer = await answer_to(host, request, said, client_event)
    return Reply(wire.interaction_json(answer))


async def form(host: Host, request: Request, said: wire.FormAnswer) -> Reply:
    """Give a session the answers to all fields of a form, and get its answer."""
    answer = await answer_to(host, request, said, form_event)
    return Reply(wire.interaction_json(answer))


async def read(host: Host, request: Request, _body: None) -> Reply:
    """How a session stands."""
    view = await host.runtime.session(await session_in_path(host, request))
    return Reply(wire.session_json(view, request.path_params["token"]))


async def end(host: Host, request: Request, asked: wire.End | None) -> Reply:
    """End a session."""
    key = await session_in_path(host, request)
    outcome = asked.reason if asked else ""
    await host.runtime.end(key, outcome=outcome, message_id=message_id_from(request, "end"))
    return Reply(wire.ended_json())


async def patch(host: Host, request: Request, asked: wire.StatePatch) -> Reply:
    """Change variables of a session."""
    answer = await host.runtime.patch(
        await session_in_path(host, request),
        asked.updates,
        expected_revision=asked.expected_revision,
        message_id=message_id_from(request, "patch"),
    )
    return Reply(wire.patched_json(answer))


async def history(host: Host, request: Request, _body: None) -> Reply:
    """What was said and done in a session."""
    key = await session_in_path(host, request)
    limit = number_in_query(request, "limit", host.limits.page, most=host.limits.page)
    skip = number_in_query(request, "skip", 0, least=0, most=_FAR)
    shown: list[wire.HistoryEntryJSON] = []
    total = 0
    async for entries in _entries(host, key):
        shown += entries[max(0, skip - total) : max(0, skip + limit - total)]
        total += len(entries)
    return Reply(wire.history_json(shown, skip=skip, limit=limit, total=total))


async def _entries(host: Host, key: SessionKey) -> AsyncIterator[list[wire.HistoryEntryJSON]]:
    """The entries of each turn: one has as many as it has, so all are read to count them."""
    before: Answer | None = None
    after = 0
    while True:
        page = await host.store.history(key, after=after, limit=_TURNS)
        for turn in page:
            entries, before = entries_from(key, turn, before)
            yield entries
        if len(page) < _TURNS:
            return
        after = page[-1].revision
