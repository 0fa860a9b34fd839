"""Having work done elsewhere: by a web service, the host, a language model, the client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, WithJsonSchema

from statewright.errors import ExpressionError
from statewright.expressions import Hole, Place, Secret, Template, parse_template
from statewright.expressions.printing import places
from statewright.flows.dialects.native.answer_schemas import check_schema
from statewright.flows.dialects.native.content import saved_from, source_from, values_from
from statewright.flows.dialects.native.kinds.efforts import WorkShape, effort_from
from statewright.flows.dialects.native.kinds.node import Box, NodeShape, PassingShape
from statewright.flows.dialects.native.relations import Relations, any_of, has, lacks, where
from statewright.flows.dialects.native.shapes import (
    Expression,
    Name,
    NodeId,
    Shape,
    Text,
    Timeout,
    Words,
)
from statewright.flows.durations import SECOND
from statewright.flows.json_paths import cel_from_json_path
from statewright.flows.nodes import Action, BodyFormat, Client, Http, Llm, Source, Value
from statewright.flows.outline import shown
from statewright.flows.parts import Part

Status = Annotated[
    int,
    Field(ge=100, le=599),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 100, "maximum": 199},
                {"type": "integer", "minimum": 300, "maximum": 599},
            ]
        }
    ),
]
"""A status code of HTTP that is no success."""


class HttpNode(NodeShape, WorkShape):
    """Asks a web service."""

    relations: ClassVar[Relations] = (
        where(has("body_as"), has("body")),
        where(
            has("body_as", {"const": "form"}),
            {
                "properties": {
                    "body": any_of({"type": "object"}, {"type": "string", "pattern": r"\{\{"})
                }
            },
        ),
    )
    type: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", description="The HTTP method."
    )
    url: Words = Field(description="Where; may hold templates.")
    headers: dict[str, Text] = Field({}, description="Headers; secrets as `{{secret:name}}`.")
    query: dict[str, Any] = Field({}, description="Query parameters.")
    body: Any = Field(None, description="What is sent: any JSON; texts may be templates.")
    body_as: Literal["json", "form", "text"] | None = Field(
        None, description="How the body is written; by default texts as they are, else JSON."
    )
    retry_statuses: list[Status] | None = Field(
        None, description="Statuses after which it is tried again; by default those that may pass."
    )
    save: dict[str, Expression] = Field(
        {},
        description="Variable (or path) ← CEL over `response`, `response.body.status`; or a path"
        " in the body, `$.items[*].name`.",
    )
    fallback: Any = Field(None, description="The body that stands in for a failed response.")
    success: NodeId | None = Field(None, description="Where it leads.")
    error: NodeId | None = Field(None, description="Where it leads when it failed.")


_HTTP_TIMEOUT: Final = 30 * SECOND


def read_http(node: HttpNode, box: Box) -> Http:
    """The request, what is saved of the response, and the edges."""
    part = box.part
    _check_body(node, part)
    for item in part["retry_statuses"].items():
        if isinstance(item.value, int) and 200 <= item.value <= 299:
            message = f"{item.value} is the status of a success: nothing is tried again after it"
            item.report("R004", message, "list statuses of failures: 429, 503")
    box.edge(node.success, part["success"], "success")
    box.edge(node.error, part["error"], "error")
    return Http(
        url=source_from(node.url, part["url"]),
        method=node.method,
        headers=tuple(
            (name, source_from(text, part["headers"][name])) for name, text in node.headers.items()
        ),
        query=values_from(node.query, part["query"]),
        body=_value(node.body, part["body"]),
        format=None if node.body_as is None else BodyFormat(node.body_as),
        save=_mapped(node.save, part["save"]),
        fallback=_value(node.fallback, part["fallback"]),
        retry_statuses=None if node.retry_statuses is None else tuple(node.retry_statuses),
        **effort_from(node, part, _HTTP_TIMEOUT),
    )


def _check_body(node: HttpNode, part: Part) -> None:
    """Say what is wrong with how the body is written."""
    if node.body_as is not None and node.body is None:
        part["body_as"].report("R004", "`body_as` means nothing without `body`", at_key=True)
    body = node.body
    if body is None or node.body_as not in {"form", "json"}:
        return
    text = _template(body) if isinstance(body, str) else None
    if isinstance(body, str) and (text is None or text.lone_hole):
        return  # What is wrong with a template is told elsewhere; a lone one may be anything.
    if node.body_as == "form" and not isinstance(body, dict):
        part["body"].wrong("a map of fields", "write `{name: value}`")
    if node.body_as == "json" and text is not None and not any(map(_is_json, _filled(text))):
        part["body"].report(
            "R004", "the text is no JSON", "write the value itself: a map, a list, a number"
        )


def _template(text: str) -> Template | None:
    try:
        return parse_template(text, Place.JSON)
    except ExpressionError:
        return None


def _filled(text: Template) -> Iterator[str]:
    """The text, with something in its holes that may stand there."""
    for value in ("null", '"x"', "1"):
        yield "".join(
            one if isinstance(one, str) else _stands_for(one, value) for one in text.parts
        )


def _stands_for(one: Hole | Secret, value: str) -> str:
    is_bare = isinstance(one, Hole) and one.part is not places.Part.QUOTED
    return value if is_bare else "1"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _mapped(written: dict[str, str], part: Part) -> tuple[tuple[Source, Source], ...]:
    """What is saved of a response: by CEL, or by the path of a place in its body."""
    return tuple(
        (variable, _mapping(source, part[variable.text]))
        for variable, source in saved_from(written, part)
    )


def _mapping(source: Source, part: Part) -> Source:
    if not source.text.lstrip().startswith("$"):
        return source
    expression = cel_from_json_path(source.text.strip(), "response.body")
    if expression is None:
        part.report(
            "R004",
            f"{shown(source.text)} is no path that can be followed",
            "write names, numbers and stars: `$.items[*].name`, `$['full name'][0]`",
        )
        return part.read_as("null")
    return part.read_as(expression)


class FailurePort(Shape):
    """Where it leads without a result."""

    error: NodeId | None = Field(None, description="When it failed, or took too long.")


_WAITS: Final = any_of(
    has("wait", {"const": True}), has("save", {"minProperties": 1}), has("on", has("error"))
)
"""An action is waited for."""


class ActionNode(PassingShape, WorkShape):
    """Has the host do something that it knows by name."""

    relations: ClassVar[Relations] = (
        where(
            {"not": _WAITS},
            lacks(*WorkShape.model_fields),
        ),
    )
    type: Literal["action"]
    action: Name = Field(description="What the host calls it: `email`, `label`, `assign`, …")
    with_: dict[str, Any] = Field(
        {}, alias="with", description="What it is given: any JSON; texts may be templates."
    )
    wait: bool = Field(False, description="Go on only with its result.")
    save: dict[str, Expression] = Field(
        {}, description="Variable (or path) ← CEL over `result`; it then waits for the result."
    )
    on: FailurePort | None = Field(None, description="Where it leads without a result.")


def read_action(node: ActionNode, box: Box) -> Action:
    """What is done, what is saved of the result, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.error, part["on"]["error"], "error")
    waits = node.wait or bool(node.save) or any(edge.port == "error" for edge in box.edges)
    if not waits:
        for key in type(node).model_fields.keys() & WorkShape.model_fields.keys():
            if part[key].present:
                part[key].report(
                    "R004",
                    f"`{key}` means nothing where nobody waits for the result",
                    "add `wait: true`",
                    at_key=True,
                )
    return Action(
        node.action,
        values_from(node.with_, part["with"]),
        waits,
        saved_from(node.save, part["save"]),
        **(effort_from(node, part, _HTTP_TIMEOUT) if waits else {}),
    )


_LLM_TIMEOUT: Final = 60 * SECOND


class LlmNode(PassingShape, WorkShape):
    """Asks a language model."""

    type: Literal["llm"]
    model: Words = Field(description="Its name, as the host knows it.")
    prompt: Words = Field(description="What it is asked; may hold templates.")
    system: Words | None = Field(None, description="What it is told about itself.")
    schema_: dict[str, Any] | None = Field(
        None, alias="schema", description="JSON Schema of the answer; without, it is plain text."
    )
    options: dict[str, Any] = Field({}, description="Temperature and the like.")
    documents: Any = Field(
        None, description="Files beside it: a list of `{name, type}` with `text`, `data` or `url`."
    )
    save: dict[str, Expression] = Field(
        {}, description="Variable (or path) ← CEL over `answer` and `usage`."
    )
    timeout: Timeout | None = Field(
        None, description="When it counts as failed, with all its tries; by default after 60s."
    )
    on: FailurePort | None = Field(None, description="Where it leads without an answer.")


def read_llm(node: LlmNode, box: Box) -> Llm:
    """What is asked, what is saved of the answer, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.error, part["on"]["error"], "error")
    check_schema(part["schema"])
    return Llm(
        source_from(node.model, part["model"]),
        source_from(node.prompt, part["prompt"]),
        None if node.system is None else source_from(node.system, part["system"]),
        node.schema_,
        values_from(node.options, part["options"]),
        _value(node.documents, part["documents"]),
        saved_from(node.save, part["save"]),
        **effort_from(node, part, _LLM_TIMEOUT),
    )


class ClientPorts(Shape):
    """Where it leads without a result."""

    error: NodeId | None = Field(None, description="When the client says that it failed.")
    timeout: NodeId | None = Field(None, description="When the client says nothing.")


class ClientNode(PassingShape):
    """Has the user's client do something, such as run a script, and waits for the result."""

    type: Literal["client"]
    action: Name = Field(description="What the client calls it.")
    with_: dict[str, Any] = Field(
        {}, alias="with", description="What it is given: any JSON; texts may be templates."
    )
    save: dict[str, Expression] = Field({}, description="Variable (or path) ← CEL over `result`.")
    timeout: Timeout | None = Field(None, description="How long to wait for it.")
    on: ClientPorts | None = Field(None, description="Where it leads without a result.")


def read_client(node: ClientNode, box: Box) -> Client:
    """What is done, what is saved of the result, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.error, part["on"]["error"], "error")
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
    return Client(
        node.action,
        values_from(node.with_, part["with"]),
        saved_from(node.save, part["save"]),
        node.timeout,
    )


def _value(value: Any, part: Part) -> Value | None:
    return None if value is None else part.json()
