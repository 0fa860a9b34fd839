"""Content: values that are computed when they are needed, as an author writes them.

A flow says ``{"to": "{{ contact.email }}", "retries": 3}``; as content that is a ``Record`` of a
``Computed`` and a ``Literal``, and ``render`` makes a value of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions.evaluation.interpreter import HostFunction, evaluate
from statewright.expressions.printing.places import Encoder, Place
from statewright.expressions.syntax import Expression
from statewright.expressions.template import Hole, Secret, Template, parse_template
from statewright.expressions.values import bounded

NESTING_LIMIT: Final = 100
"""How deep lists and maps of a content may be nested."""

OnError = Callable[[EvaluationError, str], None]
"""Told of an error and of the text of the expression that had no value."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it is."""

    value: Any


@dataclass(frozen=True, slots=True)
class Computed:
    """The value of an expression."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a template; in ``Place.VALUE``, the value of a hole that stands alone."""

    template: Template


@dataclass(frozen=True, slots=True)
class Record:
    """A map."""

    fields: tuple[tuple[str, Content], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Content, ...]


Content = Literal | Computed | Text | Record | Sequence
"""What becomes a value when it is rendered."""


@dataclass(frozen=True, slots=True)
class SecretText:
    """A text of which parts are secrets still: filled in where the effect is executed.

    Attributes:
        parts: texts as they are, and secrets, in order.
        place: where the text goes; what is filled in has to be encoded for it.
    """

    parts: tuple[str | Secret, ...]
    place: Place = Place.TEXT


def render(
    content: Content,
    names: Mapping[str, Any],
    host: Mapping[str, HostFunction] | None = None,
    on_error: OnError | None = None,
) -> Any:
    """The value of a content.

    Args:
        content: what to render.
        names: the variables, as for ``evaluate``.
        host: functions of the host, as for ``evaluate``.
        on_error: if given, an expression without a value is told to it and prints nothing, or is
            null where it stands for a value of its own.

    Raises:
        EvaluationError: an expression has no value, and there is no ``on_error``.
    """
    return _Rendering(names, host, on_error).value(content)


@dataclass(slots=True)
class _Rendering:
    """One rendering of one content.

    ``origin`` is the length of the texts that are behind it: call sites are offsets in the
    content as a whole, so that two equal texts in it do not draw the same lot.
    """

    names: Mapping[str, Any]
    host: Mapping[str, HostFunction] | None
    on_error: OnError | None
    origin: int = 0

    def value(self, content: Content) -> Any:
        if isinstance(content, Literal):
            return content.value
        if isinstance(content, Text):
            rendered = self.rendered(content.template)
            self.origin += len(content.template.text)
            return rendered
        if isinstance(content, Computed):
            value = self.evaluated(content.expression, 0)
            self.origin += len(content.expression.text)
            return value
        if isinstance(content, Record):
            return {name: self.value(part) for name, part in content.fields}
        return [self.value(item) for item in content.items]

    def evaluated(self, expression: Expression, offset: int, encode: Encoder | None = None) -> Any:
        """The value of an expression, encoded; None where it has none and that may be told."""
        try:
            value = evaluate(expression, self.names, self.host, origin=self.origin + offset)
            return value if encode is None else encode(value)
        except EvaluationError as error:
            if self.on_error is None:
                raise
            self.on_error(error, expression.text)
            return None

    def rendered(self, template: Template) -> Any:
        lone = template.lone_hole
        if lone is not None and template.place is Place.VALUE:
            return self.evaluated(lone.expression, lone.offset)
        printed = list(map(self.printed, template.parts))
        texts = [part for part in printed if isinstance(part, str)]
        bounded(sum(map(len, texts)))
        if len(texts) == len(printed):
            return "".join(texts)
        return SecretText(tuple(printed), template.place)

    def printed(self, part: str | Hole | Secret) -> str | Secret:
        if not isinstance(part, Hole):
            return part
        text: str | None = self.evaluated(part.expression, part.offset, part.encode)
        return text or ""


def content_from_json(value: Any, place: Place = Place.VALUE) -> Content:
    """The content that a JSON-like tree is, its texts taken as templates.

    What has no holes is a ``Literal`` as a whole.

    Raises:
        ExpressionError: a text is no template, or the tree is nested too deeply.
    """
    return _content(value, place, NESTING_LIMIT)


def _content(value: Any, place: Place, depth: int) -> Content:
    if isinstance(value, str):
        template = parse_template(value, place)
        plain = all(isinstance(part, str) for part in template.parts)
        return Literal(value) if plain else Text(template)
    if not isinstance(value, (dict, list)):
        return Literal(value)
    if depth == 0:
        raise ExpressionError("", 0, 0, f"nested more than {NESTING_LIMIT} levels deep")
    if isinstance(value, dict):
        fields = tuple((name, _content(part, place, depth - 1)) for name, part in value.items())
        parts = tuple(part for _, part in fields)
        return Literal(value) if _are_literals(parts) else Record(fields)
    items = tuple(_content(item, place, depth - 1) for item in value)
    return Literal(value) if _are_literals(items) else Sequence(items)


def _are_literals(parts: tuple[Content, ...]) -> bool:
    return all(isinstance(part, Literal) for part in parts)


def expressions_in(content: Content) -> Iterator[Expression]:
    """Every expression of a content, in the order in which they are evaluated."""
    if isinstance(content, Computed):
        yield content.expression
    elif isinstance(content, Text):
        for part in content.template.parts:
            if isinstance(part, Hole):
                yield part.expression
    elif isinstance(content, Record):
        for _, part_of_record in content.fields:
            yield from expressions_in(part_of_record)
    elif isinstance(content, Sequence):
        for item in content.items:
            yield from expressions_in(item)
