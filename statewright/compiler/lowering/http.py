"""Asking a web service: see ``work``."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import content_from, record, template_from
from statewright.compiler.lowering.work import Work, lower_work
from statewright.expressions import Computed, Content, Literal, Place, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Http

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
        "timeout": Literal(config.timeout),
        "retries": Literal(config.retries),
    }
    if config.body is not None:
        fields["body"] = content_from(config.body)
    return record(fields)
