"""Asking a web service."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from
from statewright.flows.dialects.native.kinds.node import Box, NodeShape
from statewright.flows.dialects.native.shapes import Expression, NodeId, Text, Timeout
from statewright.flows.durations import SECOND
from statewright.flows.nodes import Http, Source, Value
from statewright.flows.parts import Part


class HttpNode(NodeShape):
    """Asks a web service."""

    type: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", description="The HTTP method."
    )
    url: Text = Field(description="Where; may hold templates.")
    headers: dict[str, Text] = Field({}, description="Headers; secrets as `{{secret:name}}`.")
    query: dict[str, Any] = Field({}, description="Query parameters.")
    body: Any = Field(None, description="What is sent: any JSON; texts may be templates.")
    timeout: Timeout | None = Field(
        None, description="When it counts as failed; by default after 30s."
    )
    retries: int = Field(0, ge=0, description="How often it is tried again.")
    save: dict[str, Expression] = Field(
        {}, description="Variable (or path) ← CEL over `response`: `response.body.status`."
    )
    fallback: Any = Field(None, description="The body that stands in for a failed response.")
    success: NodeId | None = Field(None, description="Where it leads.")
    error: NodeId | None = Field(None, description="Where it leads when it failed.")


_HTTP_TIMEOUT: Final = 30 * SECOND


def read_http(node: HttpNode, box: Box) -> Http:
    """The request, what is saved of the response, and the edges."""
    part = box.part
    box.edge(node.success, part["success"], "success")
    box.edge(node.error, part["error"], "error")
    return Http(
        url=source_from(node.url, part["url"]),
        method=node.method,
        headers=tuple(
            (name, source_from(text, part["headers"][name])) for name, text in node.headers.items()
        ),
        query=tuple((name, part["query"][name].json()) for name in node.query),
        body=_value(node.body, part["body"]),
        timeout=_HTTP_TIMEOUT if node.timeout is None else node.timeout,
        retries=node.retries,
        save=tuple(
            (Source(name, part["save"][name].key_location), source_from(text, part["save"][name]))
            for name, text in node.save.items()
        ),
        fallback=_value(node.fallback, part["fallback"]),
    )


def _value(value: Any, part: Part) -> Value | None:
    return None if value is None else part.json()
