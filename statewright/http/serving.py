"""Endpoints → what Starlette serves: bodies are read on the way in, replies written after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from statewright.http.answers import answer
from statewright.http.bodies import body_from, bytes_of, check_media_type, json_from
from statewright.http.endpoint import Endpoint, Host
from statewright.http.problems import PROBLEMS, Refused, told


def routes_from(endpoints: Sequence[Endpoint], host: Host) -> list[Route]:
    """One route a path, in the order of the table: it answers every method of the path."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [Route(_pattern(path), _Path(methods, host)) for path, methods in paths.items()]


def _pattern(path: str) -> str:
    """How Starlette writes a path; what is called a path itself may have slashes in it."""
    return path.replace("{path}", "{path:path}")


class _Path:
    """A path as an ASGI application: what it lacks, and what goes wrong in it, it tells itself.

    Args:
        methods: method → its endpoint.
        host: what endpoints work with.
    """

    def __init__(self, methods: Mapping[str, Endpoint], host: Host) -> None:
        # HEAD is GET whose body is not sent.
        heads = {"HEAD": methods["GET"]} if "GET" in methods else {}
        self._methods = {**methods, **heads}
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except tuple(PROBLEMS) as error:
            response = told(request, error)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        endpoint = self._methods.get(request.method)
        if endpoint is None:
            allowed = {"Allow": ", ".join([*self._methods, "OPTIONS"])}
            if request.method == "OPTIONS":
                return answer(None, 204, allowed)
            raise Refused("METHOD_NOT_ALLOWED", "this path has no such method", headers=allowed)
        body = await _body(endpoint, request, self._host)
        reply = await endpoint.run(self._host, request, body)
        return answer(reply.content, reply.status or endpoint.statuses[0], reply.headers)


async def _body(endpoint: Endpoint, request: Request, host: Host) -> object:
    """What an endpoint asks for; None where it asks for nothing, or nothing needs to be sent."""
    limits = host.limits
    limit = limits.flow_body if endpoint.holds_flow else limits.body
    content = await bytes_of(request, limit=limit, seconds=limits.seconds)
    if endpoint.body is None:
        if content:
            raise Refused("INVALID_BODY", "this request has no body", details={"fields": []})
        return None
    if not content and not endpoint.needs_body:
        return None
    check_media_type(", ".join(request.headers.getlist("content-type")))
    return body_from(json_from(content, depth=limits.depth), endpoint.body)
