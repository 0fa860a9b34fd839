"""Endpoints → what Starlette serves: bodies are read on the way in, replies written after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from statewright.http.answers import answer
from statewright.http.bodies import body_from, bytes_of, check_media_type, json_from
from statewright.http.endpoint import Endpoint, Host
from statewright.http.problems import Refused


def routes_from(endpoints: Sequence[Endpoint], host: Host) -> list[Route]:
    """One route a path, in the order of the table: it answers every method of the path."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    return [
        Route(path, _serving(methods, host), methods=list(methods))
        for path, methods in paths.items()
    ]


def _serving(
    methods: Mapping[str, Endpoint], host: Host
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        # HEAD is GET whose body is not sent.
        endpoint = methods.get(request.method) or methods["GET"]
        body = await _body(endpoint, request, host)
        reply = await endpoint.run(host, request, body)
        return answer(reply.content, reply.status or endpoint.statuses[0], reply.headers)

    return serve


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
    check_media_type(request.headers.get("content-type", ""))
    return body_from(json_from(content, depth=limits.depth), endpoint.body)
