"""What all kinds of node have in common: their keys, and how edges are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from statewright.flows.dialects.native.content import Removed, source_from
from statewright.flows.dialects.native.policies import OnErrorField
from statewright.flows.dialects.native.relations import Relations, has
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    Expression,
    NodeId,
    Shape,
    Spoken,
    Text,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.model import Edge
from statewright.flows.nodes import NEXT, Body, Source
from statewright.flows.parts import Part


class Way(Shape):
    """One of several ways to go on; the first whose condition is true is taken."""

    if_: Expression = Field("true", alias="if", description="A condition, CEL.")
    to: NodeId = Field(description="The node where it leads.")
    label: Text = Field("", description="What people call it.")


def _next_tag(value: Any) -> str:
    return f"{TAG}ways" if isinstance(value, list) else f"{TAG}node"


Next = Annotated[
    Annotated[NodeId, Tag(f"{TAG}node")]
    | Annotated[list[Way], Tag(f"{TAG}ways"), Field(json_schema_extra=AT_LEAST_ONE)],
    Discriminator(_next_tag),
]


class NodeShape(Shape):
    """What can be said about every node."""

    label: Text = Field("", description="What people call the node.")
    disabled: bool = Field(False, description="Switched off: the conversation passes through.")
    on_error: OnErrorField | None = Field(
        None, description="What is done about an error that none of its ports leads away from."
    )
    suppress: dict[str, Spoken] = Field(
        {}, description="Codes of findings at this node that are all right → the reason why."
    )


class SteeringShape(NodeShape):
    """What can be said about a node that only leads on: nothing of errors."""

    @classmethod
    def offered(cls) -> list[str]:
        """All keys but that for errors, of which the reader says what is wrong with it."""
        return [key for key in super().offered() if key != "on_error"]

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        reference = super().__get_pydantic_json_schema__(core_schema, handler)
        handler.resolve_ref_schema(reference)["properties"].pop("on_error")
        return reference


class PassingShape(NodeShape):
    """What can be said about a node that is left by one port."""

    next: Next | None = Field(
        None, description="The node that comes next, or a list of ways `{if, to}`."
    )


Nodes = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/Node"},
            "description": "The nodes inside it by their ids, in order.",
        }
    ),
]
"""Nodes inside a node: each is checked by itself."""


class BodyShape(Shape):
    """Nodes inside a node."""

    relations: ClassVar[Relations] = (has("nodes", {"minProperties": 1}),)
    start: NodeId | None = Field(
        None, description="The node inside it where it begins; by default the first one."
    )
    nodes: Nodes = Field({}, description="The nodes inside it by their ids, in order.")


@dataclass(frozen=True, slots=True)
class Inside:
    """Nodes inside a node that are still to be read.

    Attributes:
        body: what the node calls them; see ``flows.nodes.Body.name``.
        part: the map of them.
    """

    body: str
    part: Part


@dataclass(slots=True)
class Box:
    """A node that is being read.

    Attributes:
        part: the map that describes it.
        removed: pointers of what was taken out of it because it is wrong.
        edges: what leaves it, in the order of the file.
        inside: the nodes inside it.
    """

    part: Part
    removed: Removed = ()
    edges: list[Edge] = field(default_factory=list)
    inside: list[Inside] = field(default_factory=list)

    def edge(
        self, target: str | None, place: Part, port: str = NEXT, guard: Source | None = None
    ) -> None:
        """Draw an edge, unless there is no target."""
        if target is not None:
            self.edges.append(Edge(self.part.node, target, port, guard, place.location))

    def ways(self, written: Any) -> None:
        """Draw what ``next`` says."""
        place = self.part["next"]
        if not isinstance(written, list):
            self.edge(written, place)
            return
        if place.value == []:
            place.report("R005", f"{place.title} is empty", "name the node that comes next")
        for way, item in paired(written, place, self.removed):
            guarded = "if" in way.model_fields_set or "if_" in way.model_fields_set
            guard = source_from(way.if_, item["if"]) if guarded else None
            self.edges.append(
                Edge(self.part.node, way.to, NEXT, guard, item["to"].location, way.label)
            )

    def body(
        self, shape: BodyShape, part: Part, *, name: str = "", names: tuple[str, ...] = ()
    ) -> Body:
        """Find nodes inside the node; they are read once it is read itself.

        Args:
            shape: what is written about them.
            part: the map where that stands.
            name: what the node calls them.
            names: see ``Body.names``.
        """
        nodes = part["nodes"]
        if not nodes.present or nodes.value == {}:
            part.report("R005", "`nodes` is missing", "say what happens inside it", at_key=True)
        self.inside.append(Inside(name, nodes))
        ids = [key for key in nodes.value if key] if isinstance(nodes.value, dict) else []
        written = shape.start is not None
        entry = str(shape.start) if written else (ids[0] if ids else "")
        location = part["start"].location if written else part.key_location
        return Body(name, entry, location, names)
