"""Text with holes: ``Dear {{ contact.name }}``.

A hole is an expression between ``{{`` and ``}}``. It ends at the first ``}}`` that is not inside
a text or a map of the expression. ``{{ '{{' }}`` prints two braces. ``{{secret:key}}`` stands for
a secret of that name: a part of the template like the others, found here and nowhere later, so
what a hole prints is never looked through for more holes or secrets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from statewright.errors import ExpressionError
from statewright.expressions.parsing.parser import REMEMBERED_LENGTH, parse
from statewright.expressions.parsing.tokens import tokens
from statewright.expressions.parsing.words import TokenKind
from statewright.expressions.printing.places import (
    Encoder,
    Part,
    Place,
    encoder,
    first_part,
    part_behind_hole,
    part_behind_text,
)
from statewright.expressions.syntax import Expression
from statewright.expressions.values import has_lone_surrogate

_SECRET: Final = re.compile(r"\{\{\s*secret:([A-Za-z0-9_][A-Za-z0-9_.\-/]{0,199})\s*\}\}")


@dataclass(frozen=True, slots=True)
class Secret:
    """What is filled in only when an effect is executed: never stored, logged or shown."""

    key: str


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression in a template.

    Attributes:
        expression: what is between the braces, without the blanks around it.
        offset: where the text of the expression begins in the template.
        part: the part of the place in which it stands.
        encode: how its value is printed there; raises ``EvaluationError`` where it cannot be.
    """

    expression: Expression
    offset: int
    part: Part
    encode: Encoder = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes, read. Two are equal when their texts and places are.

    Attributes:
        text: as it was written.
        place: where its text goes.
        parts: what is printed, in order: texts as they are, holes, secrets.
    """

    text: str
    place: Place
    parts: tuple[str | Hole | Secret, ...] = field(compare=False, repr=False)

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The expressions in it, with their places."""
        return tuple([part for part in self.parts if isinstance(part, Hole)])

    @property
    def lone_hole(self) -> Hole | None:
        """The hole that this template is, if it is nothing else."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only if isinstance(only, Hole) else None


def parse_template(text: str, place: Place = Place.TEXT) -> Template:
    """The template that ``text`` is.

    Raises:
        ExpressionError: a hole is not closed, or holds no expression; with the place in ``text``.
    """
    return _remembered(text, place) if len(text) <= REMEMBERED_LENGTH else _parsed(text, place)


def _parsed(text: str, place: Place) -> Template:
    if has_lone_surrogate(text):
        raise ExpressionError(text, 0, len(text), "the text holds half a character")
    parts: list[str | Hole | Secret] = []
    position, part = 0, first_part(place)
    while (opened := text.find("{{", position)) >= 0:
        if opened > position:
            parts.append(text[position:opened])
            part = part_behind_text(place, part, text[position:opened])
        secret = _SECRET.match(text, opened)
        if secret is not None:
            parts.append(Secret(secret[1]))
            position = secret.end()
        else:
            closed = _end_of_hole(text, opened)
            parts.append(_hole(text, opened + 2, closed, encoder(place, part), part))
            position = closed + 2
        part = part_behind_hole(part)
    if position < len(text):
        parts.append(text[position:])
    return Template(text, place, tuple(parts))


# As with expressions: what checks look at is what is lowered, and what stands twice is one object.
_remembered: Final = lru_cache(maxsize=16_384)(_parsed)


_SIMPLE: Final = re.compile(r"[^{}'\"\\/]*(?=\}\})")
"""A hole in which every brace is one of its own: no map, text or comment is in it."""


def _end_of_hole(text: str, opened: int) -> int:
    """Where the ``}}`` of the hole stands that is opened here."""
    simple = _SIMPLE.match(text, opened + 2)
    if simple is not None:
        return simple.end()
    depth = 0
    for token in tokens(text, opened + 2):
        if token.kind is TokenKind.END:
            break
        if token.kind is not TokenKind.SYMBOL:
            continue
        if token.value == "{":
            depth += 1
        elif token.value == "}" and depth > 0:
            depth -= 1
        elif token.value == "}":
            if text.startswith("}", token.end):
                return token.start
            raise ExpressionError(text, token.start, token.end, "expected `}}`, found `}`")
    raise ExpressionError(
        text, opened, opened + 2, "`{{` is never closed", "two braces are printed by {{ '{{' }}"
    )


def _hole(text: str, start: int, end: int, encode: Encoder, part: Part) -> Hole:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    try:
        expression = parse(inner.strip())
    except ExpressionError as error:
        raise ExpressionError(
            text, start + error.start, start + error.end, error.reason, error.hint
        ) from None
    return Hole(expression, start, part, encode)
