"""What elements carry: values in expressions, in text, and in params (SCXML 5.5 to 5.7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from statewright.compiler.lowering.texts import failing
from statewright.compiler.sources.scxml.context import Context
from statewright.compiler.sources.scxml.elements import Attribute, Element
from statewright.compiler.sources.scxml.language import location_from, value_from
from statewright.errors import EvaluationError
from statewright.expressions import Computed, Content, Literal, Record
from statewright.flows.outline import shown
from statewright.statechart.values.coercion import kept

Embed = Callable[[Element, Context], str]
"""Reads a document inside a document, and gives the name of its chart."""


@dataclass(frozen=True, slots=True)
class Payloads:
    """Reads what elements carry.

    Attributes:
        context: the document.
        embed: reads a document that stands inside it.
    """

    context: Context
    embed: Embed

    def of(self, element: Element, *others: str) -> Content | None:
        """What a ``<send>`` or ``<donedata>`` carries; None for nothing.

        Args:
            element: its children are ``<content>``, or ``<param>``; the attribute ``namelist`` may
                name variables.
            others: names of children that somebody else reads.
        """
        fields = list(self._namelist(element))
        body: Content | None = None
        for child in element.elements:
            if not self.context.is_scxml(child) or child.name in others:
                continue
            if child.name == "param":
                fields += self._param(child)
            elif child.name == "content":
                body = self.inline(child)
            else:
                self._unknown(child, element)
        if body is not None and fields:
            message = f"`<{element.name}>` has `<content>`, so its other values are left out"
            self.context.report("R004", message, element.location, "use one of both")
        return body or (Record(tuple(fields)) if fields else None)

    def fields(self, element: Element, *others: str) -> Record:
        """The params and the namelist of an ``<invoke>``."""
        fields = list(self._namelist(element))
        for child in element.elements:
            if not self.context.is_scxml(child) or child.name in others:
                continue
            if child.name == "param":
                fields += self._param(child)
            else:
                self._unknown(child, element)
        return Record(tuple(fields))

    def _unknown(self, child: Element, element: Element) -> None:
        message = f"`<{child.name}>` has no place in `<{element.name}>`"
        self.context.report("R003", message, child.location)

    def _namelist(self, element: Element) -> Iterator[tuple[str, Content]]:
        attribute = element.attributes.get("namelist")
        if attribute is not None:
            for name in attribute.value.split():
                yield name, self._at(Attribute(name, attribute.location))

    def _at(self, place: Attribute) -> Content:
        """The value at a location."""
        if location_from(place, self.context) is None:
            return Computed(failing(f"{shown(place.value)} is no location"))
        return value_from(place, self.context)

    def _param(self, element: Element) -> Iterator[tuple[str, Content]]:
        context = self.context
        context.check_attributes(element, "name", "expr", "location")
        name = context.required(element, "name")
        expr, location = element.attributes.get("expr"), element.attributes.get("location")
        if name is None:
            return
        if (expr is None) == (location is None):
            message = "`<param>` needs one of the attributes `expr` and `location`"
            context.report("R005", message, element.location)
        if expr is not None:
            yield name.value, value_from(expr, context)
        elif location is not None:
            yield name.value, self._at(location)
        else:
            yield name.value, Computed(failing("a param has no value"))

    def inline(self, element: Element, *known: str) -> Content | None:
        """The value of an element: of its ``expr``, or what stands in it; None for nothing.

        A text that is JSON is the value that it stands for; any other text is itself, with one
        blank for each run of white space. A document that stands inside is the name of its chart.
        """
        context = self.context
        context.check_attributes(element, "expr", *known)
        expr = element.attributes.get("expr")
        inner = list(element.elements)
        if expr is not None:
            if inner or element.text.strip():
                message = f"`<{element.name}>` has an `expr`, so what stands in it is left out"
                context.report("R004", message, element.location, "use one of both")
            return value_from(expr, context)
        if not inner:
            return inline_text(element.text)
        if len(inner) == 1 and inner[0].name == "scxml" and context.is_scxml(inner[0]):
            return Literal(self.embed(inner[0], context))
        message = f"the XML in `<{element.name}>` is no value here"
        context.report("R006", message, inner[0].location, "write JSON, or an expression")
        return Computed(failing(message))


def inline_text(text: str) -> Content | None:
    """The value of a text that stands in an element; None for an empty one.

    >>> inline_text(" [1, 2] "), inline_text("two  words")
    (Literal(value=[1, 2]), Literal(value='two words'))
    """
    words = " ".join(text.split())
    if not words:
        return None
    try:
        return Literal(kept(json.loads(text, parse_constant=_no_constant)))
    except (ValueError, RecursionError, EvaluationError):
        return Literal(words)


def _no_constant(name: str) -> Any:
    raise ValueError(f"`{name}` is not a number of JSON")
