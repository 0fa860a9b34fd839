"""What comes back of requests that failed: whoever was asked may repeat what was sent."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.writes import Origin, Write, template_from
from statewright.compiler.texts import Role, texts_of
from statewright.expressions import Expression
from statewright.flows.failures import ERROR
from statewright.flows.model import Flow
from statewright.flows.nodes import Action, Client, Http, Llm, Source, Try

BODY = "body"
"""The part of an error that holds what came back."""


def echoes_of(flow: Flow) -> tuple[Write, ...]:
    """For each request, that the body of an error may be made of what is sent in it."""
    return tuple(_echoes_of(flow))


def _echoes_of(flow: Flow) -> Iterator[Write]:
    sent: dict[str, list[Expression]] = {}
    for text in texts_of(flow):
        if text.role is Role.TEMPLATE and "{{" in text.source.text:
            form = template_from(text.source.text)
            if form is not None:
                sent.setdefault(text.node, []).extend(hole.expression for hole in form.holes)
    names = dict.fromkeys((ERROR, *_names_of_errors(flow)))
    for node in flow.nodes:
        if isinstance(node.config, Http | Action | Llm | Client) and node.id in sent:
            expressions = tuple(sent[node.id])
            for name in names:
                source = Source(name, node.location)
                yield Write(node.id, (name, BODY), source, Origin.RESULT, expressions=expressions)


def _names_of_errors(flow: Flow) -> Iterator[str]:
    """What clauses of tries call their errors."""
    for node in flow.nodes:
        if isinstance(node.config, Try):
            yield from (catch.name for catch in node.config.catches if catch.name)
