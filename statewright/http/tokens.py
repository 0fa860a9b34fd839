"""Tokens: whoever has one may do all there is to do with its session."""

from __future__ import annotations

from starlette.requests import Request

from statewright.errors import UnknownSession
from statewright.http.endpoint import Host
from statewright.storage.records import SessionKey


async def session_in_path(host: Host, request: Request) -> SessionKey:
    """The session that the token in the path opens.

    Raises:
        UnknownSession: none of this tenant.
    """
    key = await host.runtime.key_of(request.path_params["token"])
    if key.tenant != host.tenant:
        raise UnknownSession("the token opens no session; start one")
    return key
