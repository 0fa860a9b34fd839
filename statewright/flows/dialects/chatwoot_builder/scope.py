"""The variables of a flow of the builder, and how its texts and conditions read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from statewright.flows.dialects.chatwoot_builder.javascript import (
    UntranslatableError,
    cel_from_javascript,
)
from statewright.flows.model import Variable
from statewright.flows.names import ROOTS, path_in_cel, variable_in_cel
from statewright.flows.nodes import Source
from statewright.flows.parts import Part
from statewright.flows.placeholders import Path, path_from, rewritten
from statewright.statechart.sourcemap import Location

TYPES: Final = {
    "string": "string",
    "number": "double",
    "boolean": "bool",
    "object": "map",
    "array": "list",
    "date": "date",
}
"""What the builder calls the types of variables, and what we call them."""


@dataclass(slots=True)
class Scope:
    """The variables of a flow.

    Attributes:
        declared: those that the flow declares, by name.
        written: types of those that it writes, by name.
        places: where it first writes each.
        answers: for questions that save nothing though a condition asks for their answer, by the
            id of the node: the variable that the reader adds.
    """

    declared: dict[str, Variable] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    def writes(self, part: Part, type_: str) -> None:
        """Note that a node writes the variable that a part names."""
        path = path_from(part.value) if isinstance(part.value, str) else None
        if path is None:
            return
        type_ = type_ if len(path) == 1 else "map"
        known = self.written.get(path[0])
        self.written[path[0]] = type_ if known in (None, type_) else "dyn"
        self.places.setdefault(path[0], part.location)

    def type_of(self, name: str) -> str:
        """The type of a variable, ``dyn`` where it is not known."""
        if name in self.declared:
            return self.declared[name].type
        return self.written.get(name, "dyn")

    def in_cel(self, path: Path) -> str:
        """How an expression reads a path."""
        root = path[0]
        if root in ROOTS and root not in self.declared and root not in self.written:
            return path_in_cel(root, path[1:])
        return path_in_cel(variable_in_cel(root), path[1:])

    def template(self, text: str) -> str:
        """A template of the builder as one of ours."""
        return rewritten(text, self.in_cel)

    def source(self, part: Part) -> Source:
        """A text that may hold templates."""
        return part.source(self.template)

    def guard(self, part: Part, last: tuple[str, str] | None = None) -> Source:
        """A condition; what cannot be translated is reported, and false.

        Args:
            part: the condition.
            last: what ``_lastResult`` is here: its CEL and its type, or None.
        """

        def resolve(path: Path) -> tuple[str, str]:
            if path[0] != "_lastResult":
                return self.in_cel(path), self.type_of(path[0]) if len(path) == 1 else "dyn"
            if last is None or len(path) > 1:
                raise UntranslatableError("there is no such result here")
            return last

        written = part.text()
        try:
            return part.read_as(cel_from_javascript(written, resolve))
        except UntranslatableError as error:
            part.report(
                "R004",
                f"{part.title} cannot be translated: {error}",
                'conditions compare paths and literals: `{{tier}} == "gold" && {{score}} > 5`',
            )
            return part.read_as("false")

    def target(self, part: Part) -> Source:
        """The variable, or path, that a part names for writing."""
        name = part.text()
        path = path_from(name)
        if path is not None and len(path) > 1:
            return part.read_as(path_in_cel(path[0], path[1:]))
        return part.source()

    def variables(self) -> tuple[Variable, ...]:
        """The declared variables, then those that are only written."""
        inferred = (
            Variable(name, type_, inferred=True, location=self.places[name])
            for name, type_ in self.written.items()
            if name not in self.declared
        )
        return (*self.declared.values(), *inferred)
