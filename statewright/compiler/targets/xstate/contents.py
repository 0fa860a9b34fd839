"""Contents as TypeScript: values with expressions and templates in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.xstate.literals import NotExportableError, braces, literal, quoted
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    Hole,
    Literal,
    Place,
    Record,
    Secret,
    Sequence,
    Template,
    Text,
)
from statewright.expressions.printing.places import Part

Write = Callable[[Expression], str]
"""The TypeScript of an expression; of one that has none, a call of its stub."""

Stub = Callable[[str, str], str]
"""A call of the stub that stands for a text, which has no TypeScript for a reason."""

_ENCODERS: Final[Mapping[tuple[Place, Part], str]] = {
    (Place.VALUE, Part.WHOLE): "printed",
    (Place.TEXT, Part.WHOLE): "printed",
    (Place.HTML, Part.WHOLE): "asHtml",
    (Place.URL, Part.BASE): "asBase",
    (Place.URL, Part.HOST): "asHost",
    (Place.URL, Part.PATH): "asPath",
    (Place.URL, Part.QUERY): "asQuery",
    (Place.HEADER, Part.WHOLE): "asHeader",
    (Place.JSON, Part.WHOLE): "jsonText",
    (Place.JSON, Part.QUOTED): "asQuoted",
}


@dataclass(frozen=True, slots=True)
class Renderer:
    """How contents are written.

    Attributes:
        write: writes the expressions.
        stub: stands for literals that have no TypeScript.
        shown: whether a hole without a value prints nothing, instead of being an error.
    """

    write: Write
    stub: Stub
    shown: bool = False

    def typescript(self, content: Content) -> str:
        """The TypeScript of a content."""
        match content:
            case Literal(value):
                return self._literal(value)
            case Computed(expression):
                return self._blank(self.write(expression), "null")
            case Text(template):
                return self.template(template)
            case Record(fields):
                return braces((name, self.typescript(part)) for name, part in fields)
            case Sequence(items):
                return f"[{', '.join(self.typescript(item) for item in items)}]"

    def _literal(self, value: Any) -> str:
        try:
            return literal(value)
        except NotExportableError as error:
            return self.stub(repr(value), str(error))

    def template(self, template: Template) -> str:
        """The text of a template; with secrets in it, a list of its parts."""
        lone = template.lone_hole
        if lone is not None and template.place is Place.VALUE:
            return self._blank(self.write(lone.expression), "null")
        parts = [self._part(template.place, part) for part in template.parts]
        if any(isinstance(part, Secret) for part in template.parts):
            return f"{{ secretText: [{', '.join(parts)}] }}"
        return " + ".join(parts if len(parts) != 1 else ['""', *parts]) or '""'

    def _part(self, place: Place, part: str | Hole | Secret) -> str:
        if isinstance(part, str):
            return quoted(part)
        if isinstance(part, Secret):
            return f"{{ secret: {quoted(part.key)} }}"
        encoder = _ENCODERS[place, part.part]
        return self._blank(f"cel.{encoder}({self.write(part.expression)})", '""')

    def _blank(self, written: str, otherwise: str) -> str:
        return f"x.shown(() => {written}, {otherwise})" if self.shown else written


def is_plain(content: Content) -> bool:
    """Whether a content is a value that can stand in the configuration of a machine as it is."""
    if not isinstance(content, Literal):
        return False
    try:
        literal(content.value)
    except NotExportableError:
        return False
    return True
