"""Where the data of a conversation leave it, and which of them do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from statewright.compiler.analysis.hosts import plain_host
from statewright.compiler.analysis.labels import carried
from statewright.compiler.analysis.requests import Request
from statewright.compiler.analysis.writes import template_from
from statewright.compiler.paths import Path
from statewright.compiler.policy import is_host_among
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions import Expression, Hole, Place, Secret, Template
from statewright.flows.nodes import (
    Action,
    Approval,
    Client,
    End,
    Form,
    Handoff,
    Http,
    Llm,
    Message,
    Question,
    Source,
    Value,
)
from statewright.statechart.sourcemap import Location


class Sink(StrEnum):
    """Where data go, as the end of a sentence."""

    MESSAGE = "is said to the user"
    PEOPLE = "is told to people"
    CLIENT = "is given to the user's client"
    MODEL = "is given to a language model"
    LOG = "is written to a log"
    URL = "stands in a URL, and so in the logs of all servers on the way"
    CLEAR = "is sent without encryption"
    FOREIGN = "is sent to a host that `hosts` does not list"


class Pour(Struct, frozen=True):
    """Data that leave a conversation at one place.

    Attributes:
        node: id of the node.
        sink: where they go.
        location: where that is said.
        expressions: what is evaluated of them.
        secrets: the names of the secrets that are in them.
    """

    node: str
    sink: Sink
    location: Location
    expressions: tuple[Expression, ...]
    secrets: tuple[str, ...]

    @property
    def paths(self) -> Iterator[Path]:
        """The variables whose values are in them."""
        return (path for one in self.expressions for path in carried(one))


_SPEAKING: Final = (Message, Question, Form, End, Approval, Handoff)
_LOG = re.compile(
    r"(?:^|[^a-z])(?:log|logs|logging|track|tracking|analytics|telemetry)(?:$|[^a-z])"
)


def pours_of(subject: Subject) -> Iterator[Pour]:
    """All places where data leave, in the order of the file."""
    for parsed in subject.texts:
        text = parsed.text
        form = parsed.form
        if not isinstance(form, Template) or all(isinstance(part, str) for part in form.parts):
            continue
        node = subject.nodes.get(text.node)
        said = isinstance(node.config, _SPEAKING) if node else not text.node
        if said and text.role is Role.TEMPLATE:
            told = node is not None and _is_for_people(node.config, text.source)
            sink = Sink.PEOPLE if told else Sink.MESSAGE
            yield _pour(text.node, sink, text.source.location, form)
    for node in subject.nodes.values():
        for sink, place, form in _given(node.config):
            yield _pour(node.id, sink, place, form)
    for request in subject.requests:
        yield from _sent(subject, request)


def _is_for_people(config: Any, source: Source) -> bool:
    if isinstance(config, Handoff):
        return source is config.note
    return isinstance(config, Approval) and source is config.request


def _pour(node: str, sink: Sink, place: Location, *forms: Template) -> Pour:
    parts = [part for form in forms for part in form.parts]
    return Pour(
        node,
        sink,
        place,
        tuple(part.expression for part in parts if isinstance(part, Hole)),
        tuple(part.key for part in parts if isinstance(part, Secret)),
    )


def _given(config: Any) -> Iterator[tuple[Sink, Location, Template]]:
    if isinstance(config, Llm):
        for source in (config.prompt, config.system):
            if source is not None:
                yield from _templates(Sink.MODEL, Value(source.text, source.location))
        if config.documents is not None:
            yield from _templates(Sink.MODEL, config.documents)
    elif isinstance(config, Client):
        for _, value in config.parameters:
            yield from _templates(Sink.CLIENT, value)
    elif isinstance(config, Action) and _LOG.search(_words(config.action)):
        for _, value in config.parameters:
            yield from _templates(Sink.LOG, value)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _sent(subject: Subject, request: Request) -> Iterator[Pour]:
    http, url = request.http, request.url
    place = http.url.location
    whole = template_from(http.url.text, Place.URL)
    address = [*([whole] if whole else []), *_all(tuple(value for _, value in http.query))]
    yield _pour(request.node.id, Sink.URL, place, *address)
    rest = [*_all((http.body,) if http.body else ()), *_headers(http)]
    sink = _refused(subject, request)
    if sink is not None:
        yield _pour(request.node.id, sink, place, *address, *rest)
    elif url.scheme == "http":
        yield _pour(request.node.id, Sink.CLEAR, place, *rest)


def _refused(subject: Subject, request: Request) -> Sink | None:
    hosts = subject.policy.hosts
    url = request.url
    if hosts is None or (url.is_fixed and is_host_among(plain_host(url.host), hosts)):
        return None
    return Sink.FOREIGN if url.is_fixed else None


def _headers(http: Http) -> Iterator[Template]:
    for _, header in http.headers:
        template = template_from(header.text, Place.HEADER)
        if template is not None:
            yield template


def _all(values: tuple[Value, ...]) -> Iterator[Template]:
    for value in values:
        yield from (template for _, _, template in _templates(Sink.URL, value))


def _templates(sink: Sink, value: Value) -> Iterator[tuple[Sink, Location, Template]]:
    for text in _strings(value.json):
        template = template_from(text)
        if template is not None:
            yield sink, value.location, template


def _strings(value: Any) -> Iterator[str]:
    """The texts inside a JSON value (readers bound its depth)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
