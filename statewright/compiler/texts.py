"""Every expression and template that an author wrote, with its role and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from statewright.expressions import Place
from statewright.flows.model import Flow, Node
from statewright.flows.nodes import (
    Bubble,
    BubbleType,
    Delay,
    End,
    Handoff,
    Http,
    Message,
    NodeConfig,
    Question,
    Set,
    Source,
    Value,
)
from statewright.flows.outline import child


class Role(StrEnum):
    """How a text is read."""

    GUARD = "guard"
    """CEL that must give true or false."""
    EXPRESSION = "expression"
    """CEL that gives any value."""
    TEMPLATE = "template"
    """Text with ``{{ expressions }}``."""
    PATTERN = "pattern"
    """A regular expression (RE2)."""
    VARIABLE = "variable"
    """The path of a variable that is written."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text that an author wrote.

    Attributes:
        role: how it is read.
        source: what stands there, and where.
        node: id of the node it belongs to.
        port: the port, where it is the guard of an edge, else ``""``.
        place: for a template, where its values are printed.
        names: names that it may use beside those of the flow.
    """

    role: Role
    source: Source
    node: str
    port: str = ""
    place: Place = Place.TEXT
    names: tuple[str, ...] = ()


PLACES: Mapping[tuple[BubbleType, str], Place] = {
    (BubbleType.HTML, "html"): Place.HTML,
    (BubbleType.DATA, "source"): Place.VALUE,
    **{(kind, "url"): Place.URL for kind in BubbleType},
}
"""Where the fields of a bubble print their values, if not as plain text."""


def texts_of(flow: Flow) -> Iterator[Text]:
    """All of them, node by node, then edge by edge."""
    for node in flow.nodes:
        yield from _texts_of_node(node)
    for edge in flow.edges:
        if edge.guard is not None:
            yield Text(Role.GUARD, edge.guard, edge.source, edge.port)


def _texts_of_node(node: Node) -> Iterator[Text]:
    for role, source, place, names in _parts_of(node.config):
        yield Text(role, source, node.id, place=place, names=names)


_Part = tuple[Role, Source, Place, tuple[str, ...]]


def _parts_of(config: NodeConfig) -> Iterator[_Part]:
    match config:
        case Message():
            for variant in config.variants:
                yield from _bubbles(variant.bubbles)
            for button in config.buttons:
                yield _template(button.label)
                yield _template(button.value)
        case Question():
            yield from _question(config)
        case Set():
            for assignment in config.assignments:
                yield Role.VARIABLE, assignment.variable, Place.VALUE, ()
                yield from _value(assignment.value)
        case Http():
            yield from _http(config)
        case Handoff():
            yield from _bubbles(config.message)
            yield from _value(config.assignee)
            if config.note is not None:
                yield _template(config.note)
        case Delay(duration=Source() as duration):
            yield Role.EXPRESSION, duration, Place.VALUE, ()
        case End():
            yield from _bubbles(config.message)
        case _:
            return


def _question(question: Question) -> Iterator[_Part]:
    yield from _bubbles(question.prompt)
    for choice in question.choices:
        yield _template(choice.label)
    if question.variable is not None:
        yield Role.VARIABLE, question.variable, Place.VALUE, ()
    if question.validation.pattern is not None:
        yield Role.PATTERN, question.validation.pattern, Place.VALUE, ()
    if question.retry_message is not None:
        yield _template(question.retry_message)


def _http(http: Http) -> Iterator[_Part]:
    yield _template(http.url, Place.URL)
    for _, header in http.headers:
        yield _template(header, Place.HEADER)
    for _, parameter in http.query:
        yield from _value(parameter)
    yield from _value(http.body)
    for variable, mapping in http.save:
        yield Role.VARIABLE, variable, Place.VALUE, ()
        yield Role.EXPRESSION, mapping, Place.VALUE, ("response",)


def _bubbles(bubbles: tuple[Bubble, ...]) -> Iterator[_Part]:
    for bubble in bubbles:
        for name, source in bubble.fields:
            yield _template(source, PLACES.get((bubble.type, name), Place.TEXT))


def _template(source: Source, place: Place = Place.TEXT) -> _Part:
    return Role.TEMPLATE, source, place, ()


def _value(value: Value | None) -> Iterator[_Part]:
    if value is not None:
        for pointer, text in _strings(value.json, ""):
            location = value.locations.get(pointer, value.location)
            yield _template(Source(text, location), Place.VALUE)


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """The texts inside a JSON value with their pointers (readers bound its depth)."""
    match value:
        case str():
            yield pointer, value
        case dict():
            for key, item in value.items():
                yield from _strings(item, child(pointer, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _strings(item, child(pointer, index))
        case _:
            return
