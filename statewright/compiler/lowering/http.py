"""Asking a web service: see ``work``."""

from __future__ import annotations

import re
from typing import Final

from statewright.compiler.lowering.failures import refusal
from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import content_from, record, template_from
from statewright.compiler.lowering.work import Work, effort_of, lower_work
from statewright.expressions import Computed, Content, Literal, Place, parse
from statewright.flows.model import Node
from statewright.flows.nodes import BodyFormat, Http, Source, Value

RESPONSE = "response"
"""The name under which mappings read the response: ``{"status", "headers", "body"}``."""

GOOD_STATUS = "!has(event.data.status) || event.data.status < 300"
"""Only 2xx is success (RFC 9110, 15): a redirect that gets here was not followed, so what was asked
for was not done. A status that is no number has no value here, and so is not good either."""


def lower_http(node: Node, config: Http, plan: Plan) -> Piece:
    """The compound state of the work ``http``."""
    work = Work(
        type="http",
        request=_request(config),
        timeout=config.timeout,
        result=((RESPONSE, Computed(parse("event.data"))),),
        save=config.save,
        success="success",
        error="error.flow.http",
        good=GOOD_STATUS,
        fallback=_fallback(config),
        refused=refusal,
    )
    return lower_work(node, work, plan)


def _fallback(config: Http) -> tuple[tuple[str, Content], ...] | None:
    if config.fallback is None:
        return None
    fields = {"status": Literal(200), "headers": Literal({})}
    return ((RESPONSE, record({**fields, "body": content_from(config.fallback)})),)


def _request(config: Http) -> Content:
    """What the engine is asked to do; ``timeout`` is in microseconds."""
    fields: dict[str, Content] = {
        "method": Literal(config.method),
        "url": template_from(config.url, Place.URL),
        "headers": record(
            {name: template_from(source, Place.HEADER) for name, source in config.headers}
        ),
        "query": record({name: content_from(value) for name, value in config.query}),
        **effort_of(config),
    }
    if config.retries and config.retry_statuses is not None:
        fields["retry_statuses"] = Literal(list(config.retry_statuses))
    if config.body is not None:
        fields["body"] = _body(config.body, config.format)
    if config.format is not None:
        fields["body_as"] = Literal(config.format.value)
    return record(fields)


def _body(body: Value, written: BodyFormat | None) -> Content:
    """A value; or a text, in which what is printed is encoded for it where it is JSON."""
    text = body.json
    if not isinstance(text, str):
        return content_from(body)
    json = written is BodyFormat.JSON or (written is None and _BEGINS_JSON.match(text))
    return template_from(Source(text, body.location), Place.JSON) if json else content_from(body)


_BEGINS_JSON: Final = re.compile(r"\s*(?:\[|\{(?!\{))")
"""A text that is to be JSON, and no template that is a value."""
