"""The web requests of a flow, with their URLs taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from statewright.compiler.analysis.urls import Url, url_from
from statewright.compiler.analysis.writes import Write, plain_path, template_from
from statewright.compiler.paths import Path
from statewright.expressions import Place
from statewright.flows.model import Flow, Node, VariableScope
from statewright.flows.nodes import Http


@dataclass(frozen=True, slots=True)
class Request:
    """A web request.

    Attributes:
        node: the node that sends it.
        http: what the node says.
        url: where it goes.
    """

    node: Node
    http: Http
    url: Url


def requests_of(flow: Flow, writes: Iterable[Write]) -> Iterator[Request]:
    """All requests whose URL can be read."""
    found = [(node, node.config) for node in flow.nodes if isinstance(node.config, Http)]
    constants = constants_of(flow, writes) if found else {}
    for node, http in found:
        template = template_from(http.url.text, Place.URL)
        if template is not None:
            yield Request(node, http, url_from(template, constants))


def constants_of(flow: Flow, writes: Iterable[Write]) -> Mapping[Path, Any]:
    """The variables that always have their default."""
    written = {plain_path(write.path)[0] for write in writes}
    return {
        (variable.name,): variable.default
        for variable in flow.variables
        if variable.has_default
        and not variable.input
        and variable.scope in (VariableScope.SESSION, VariableScope.FLOW)
        and variable.name not in written
    }
