"""The description of the API: OpenAPI 3.1, made of the route table that is served.

Source: https://spec.openapis.org/oas/v3.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from statewright import __version__
from statewright.http.endpoint import Endpoint
from statewright.http.problems import KINDS, MEDIA_TYPE
from statewright.http.wire.problem import ProblemJSON

_SCHEMAS: Final = "#/components/schemas/{model}"
_NAME: Final = re.compile(r"\{(\w+)\}")

TAGS: Final = {
    "chat": "Talk to what is published, in the contract of the Wriveted chat.",
    "flows": "Save, check and publish flows, in the contract of the Chatwoot flow builder.",
    "executions": "Run what is published, in the contract of the Chatwoot flow builder.",
    "events": "Say what happens in conversations: the triggers of flows begin sessions.",
    "sessions": "Look after sessions: for operators, who show their key.",
    "server": "Whether the server works, and what its problems mean.",
}
"""The parts of the API, in the order in which people read them."""

OF_ANY: Final = (
    "MALFORMED_REQUEST",
    "REQUEST_TIMEOUT",
    "BODY_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "INVALID_BODY",
    "CORRUPTED_DATA",
    "INTERNAL",
    "OVERLOADED",
    "UNAVAILABLE",
)
"""Problems that any request may meet; one without a body may bring one that is not asked for."""


def description_of(endpoints: Sequence[Endpoint], root: str = "") -> dict[str, Any]:
    """The description of some endpoints.

    Args:
        endpoints: what is served.
        root: the path under which the application is mounted.
    """
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Statewright",
            "version": __version__,
            "description": (
                "Publishes conversation flows, and talks to them. Bodies are JSON in UTF-8. "
                "Whoever starts a session gets a token, and with it may do all there is to do "
                "with the session. A request that changes something may be sent again with the "
                "same `Idempotency-Key`: it is done once, and the first answer comes back."
            ),
        },
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": f"{endpoint.tag}_{endpoint.run.__name__}",
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint), *endpoint.parameters],
        "responses": {
            **{str(status): _success(endpoint, schemas) for status in endpoint.statuses},
            **_problems(endpoint, schemas),
        },
    }
    if endpoint.body is not None:
        made["requestBody"] = {
            "required": endpoint.needs_body,
            "content": {"application/json": {"schema": _schema(endpoint.body, schemas)}},
        }
    return made


def _problems(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    """The problems that an endpoint may answer, by status."""
    codes = {*OF_ANY, *endpoint.problems}
    told: dict[str, list[str]] = {}
    for kind in KINDS:
        if kind.code in codes:
            told.setdefault(str(kind.status), []).append(f"`{kind.code}`: {kind.title}")
    content = {MEDIA_TYPE: {"schema": _schema(ProblemJSON, schemas)}}
    return {
        status: {"description": "; ".join(kinds), "content": content}
        for status, kinds in told.items()
    }


def _success(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    if endpoint.answer is None:
        return {"description": "Done.", "content": {}}
    schema = _schema(endpoint.answer, schemas)
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def _path_parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in _NAME.findall(endpoint.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": _IN_PATHS[name],
            "schema": {"type": "string"},
        }


_IN_PATHS: Final = {
    "flow": "The id of the flow.",
    "path": "The path of a webhook trigger.",
    "session": "The id of the session, which is not its token.",
    "revision": "The number of a turn, from 1.",
    "token": "What was given out when the session was started.",
    "code": "The `code` of a problem.",
}
"""What stands in a path → what it is."""


def _schema(type_: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of a type; what it is made of is put beside the others."""
    schema = TypeAdapter(type_).json_schema(ref_template=_SCHEMAS)
    schemas.update(schema.pop("$defs", {}))
    name = str(schema.pop("title", ""))
    if not name:
        return schema
    schemas[name] = schema
    return {"$ref": _SCHEMAS.format(model=name)}
