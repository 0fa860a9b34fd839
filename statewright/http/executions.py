"""Executions over HTTP, in the contract of the Chatwoot flow builder: sessions by another name."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from statewright.http.beginnings import Wish, begin
from statewright.http.clients import answer_to, client_event, form_event
from statewright.http.endpoint import Host, Reply
from statewright.http.requests import session_in_path
from statewright.http.wire import executions as wire
from statewright.http.wire.flow_builder import CHANNEL, ClientInput, Execute, FormInput, Input

TEST_CHANNEL: Final = "test"
"""What it is called in test mode, so that a test is never in the way of a talk."""


async def execute(host: Host, request: Request, asked: Execute | None) -> Reply:
    """Begin an execution of a published flow."""
    asked = asked or Execute()
    conversation, contact = asked.conversation_id, asked.contact_id
    wish = Wish(
        flow=request.path_params["flow"],
        version=asked.version,
        label=asked.label,
        channel=TEST_CHANNEL if asked.test_mode else CHANNEL,
        conversation=None if conversation is None else str(conversation),
        contact="" if contact is None else str(contact),
        given=wire.given_from(asked),
        trigger=asked.trigger,
    )
    begun = await begin(host, request, wish)
    publication, started = begun.publication, begun.started
    return Reply(
        wire.begun_json(
            started.token, publication.flow, publication.version, started.answer, begun.ignored
        )
    )


async def give(host: Host, request: Request, said: Input) -> Reply:
    """Give an execution what the contact says."""
    answer = await answer_to(host, request, said, wire.message_from)
    return Reply(wire.result_json(request.path_params["token"], answer))


async def client(host: Host, request: Request, said: ClientInput) -> Reply:
    """Give an execution what the contact's client was asked for."""
    answer = await answer_to(host, request, said, client_event)
    return Reply(wire.result_json(request.path_params["token"], answer))


async def form(host: Host, request: Request, said: FormInput) -> Reply:
    """Give an execution the answers to all fields of a form."""
    answer = await answer_to(host, request, said, form_event)
    return Reply(wire.result_json(request.path_params["token"], answer))


async def read(host: Host, request: Request, _body: None) -> Reply:
    """How an execution stands."""
    view = await host.runtime.session(await session_in_path(host, request))
    return Reply(wire.execution_json(request.path_params["token"], view))
