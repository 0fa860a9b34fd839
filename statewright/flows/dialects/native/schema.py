"""The model of a whole flow in the native format, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from statewright.flows.dialects.native.content_schema import SPEAKS, Speech
from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.dialects.native.kinds.node import Nodes
from statewright.flows.dialects.native.locales import TEXTS, CatalogueShape, Locales
from statewright.flows.dialects.native.relations import Relations, any_of, has, lacks, where
from statewright.flows.dialects.native.rules import RULES
from statewright.flows.dialects.native.shapes import (
    TAG,
    Duration,
    Ended,
    NodeId,
    Shape,
    Spoken,
    Text,
    Timeout,
    Version,
)
from statewright.flows.dialects.native.triggers import SHAPES
from statewright.flows.dialects.native.variable_shapes import (
    FieldShape,
    LongVariable,
    PartShape,
    declared_as,
)

SCHEMA_ID: Final = "urn:statewright:schema:flow:1"

Hours = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": ["09:00-17:00"]},
                {"type": "array", "items": {"type": "string"}},
            ]
        }
    ),
]
"""Hours of a day: a text or a list of texts, which are checked by whoever reads them."""

Day = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "string",
            "examples": ["2025-12-25", "12-25"],
            "pattern": r"^\s*([0-9]{4}-)?[0-9]{1,2}-[0-9]{1,2}\s*$",
        }
    ),
]
"""A date, which is checked by whoever reads it."""


class BusinessHoursShape(Shape):
    """When somebody is there. Expressions find them in `business_hours`."""

    relations: ClassVar[Relations] = (
        any_of(has("days", {"minProperties": 1}), has("dates", {"minProperties": 1})),
    )
    zone: Text = Field("", description="Whose clock is meant; by default that of the flow.")
    days: dict[str, Hours] = Field(
        {}, description="Day, or days → hours: `mon-fri: 09:00-17:00`, or a list of such hours."
    )
    dates: dict[str, Hours] = Field(
        {}, description="Dates with hours of their own: `2025-12-24`, or `12-24` in every year."
    )
    holidays: list[Day] = Field([], description="Dates without hours.")
    closed: NodeId | None = Field(
        None, description="Where a conversation begins outside the hours."
    )


class NudgeShape(Speech):
    """Something that is said to a user who says nothing."""

    relations: ClassVar[Relations] = (SPEAKS,)
    after: Timeout = Field(description="After how long.")


class InactivityShape(Shape):
    """What is done about a user who was asked for something and says nothing."""

    relations: ClassVar[Relations] = (where(has("to"), lacks("outcome")),)
    after: Timeout = Field(description="After how long the conversation ends.")
    remind: list[NudgeShape] = Field([], description="What is said before, and when.")
    outcome: Ended = Field("inactive", description="How the conversation ends.")
    to: NodeId | None = Field(None, description="Where it goes on, instead of ending.")


class BusyShape(Speech):
    """What is said to a user who says something while nothing listens."""

    relations: ClassVar[Relations] = (SPEAKS,)


def _busy_tag(value: Any) -> str:
    return f"{TAG}speech" if isinstance(value, dict) else f"{TAG}word"


BusyField = Annotated[
    Annotated[Literal["defer", "ignore"], Tag(f"{TAG}word")]
    | Annotated[BusyShape, Tag(f"{TAG}speech")],
    Discriminator(_busy_tag),
]
"""What is done while nothing listens: a word, or what is said."""


class SettingsShape(Shape):
    """What holds for the whole flow."""

    relations: ClassVar[Relations] = (
        where(has("on_error", {"const": "fallback"}), has("fallback")),
        where(
            has("on_error", {"const": "retry"}), {"properties": {"retry": {"exclusiveMinimum": 0}}}
        ),
        where(
            has("retry_wait"),
            any_of(has("retry", {"minimum": 1}), has("on_error", {"const": "retry"})),
        ),
    )
    on_error: Literal["fail", "continue", "fallback", "retry"] = Field(
        "fail",
        description="What to do about an error that nothing else catches. With `retry`, work that "
        "failed is asked for again, as often as `retry` says, or three times; then it fails.",
    )
    fallback: NodeId | None = Field(
        None, description="With `on_error: fallback`, where the conversation goes on."
    )
    timeout: Timeout | None = Field(
        None, description="How long a whole conversation may take; then it ends as failed."
    )
    step_limit: int | None = Field(
        None,
        ge=1,
        description="How many steps one turn may take before it counts as endless: then nothing of"
        " it is done, and the session has failed.",
    )
    retry: int = Field(
        0, ge=0, le=100, description="How often work that failed is asked for again."
    )
    retry_wait: Duration | None = Field(None, description="How long to wait before each time.")
    zone: Text = Field("", description="The time zone of dates and schedules that name none.")
    business_hours: BusinessHoursShape | None = Field(None, description="When somebody is there.")
    inactivity: InactivityShape | None = Field(
        None, description="What is done about a user who says nothing."
    )
    while_busy: BusyField = Field(
        "defer",
        description="What is done with what a user says while nothing listens, such as while a "
        "request is under way: `defer` keeps it for the next question, `ignore` forgets it, and a "
        "`text` answers it, and forgets it.",
    )


Variables = Annotated[
    Any,
    WithJsonSchema({"type": "object", "additionalProperties": declared_as("LongVariable")}),
]
"""Variables: each is checked by itself."""

Triggers = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/Trigger"},
            "description": "What begins a conversation, by name.",
        }
    ),
]
"""Triggers: each is checked by itself."""


Rules = Annotated[
    Any,
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/Rule"},
            "description": "What must hold of every conversation, by name.",
        }
    ),
]
"""Rules: each is checked by itself."""


def _number(value: Any) -> Any:
    """A value; one that is true is no 1, though Python has them equal."""
    return str(value).lower() if isinstance(value, bool) else value


class FlowShape(Shape):
    """A conversation flow."""

    relations: ClassVar[Relations] = (
        where(has("locales"), has("locale", {"minLength": 1})),
        {"properties": {"nodes": {"minProperties": 1}}},
    )
    statewright: Annotated[Literal[1], BeforeValidator(_number)] = Field(
        description="The version of the format."
    )
    schema_: Text = Field("", alias="$schema", description="For editors: URL of this schema.")
    id: Text = Field("", description="What programs call it; by default the name of the file.")
    name: Text = Field("", description="What people call it.")
    version: Version | None = Field(
        None, description="What you call this version of it; flows that run it may ask for it."
    )
    description: Text = Field("", description="What it is for.")
    start: NodeId | None = Field(None, description="The node where a conversation begins.")
    settings: SettingsShape | None = Field(None, description="What holds for the whole flow.")
    variables: Variables = Field(
        {}, description="Names that expressions may use: a type, or all that is to be said."
    )
    triggers: Triggers = Field({}, description="What begins a conversation, by name.")
    rules: Rules = Field({}, description="What must hold of every conversation, by name.")
    nodes: Nodes = Field({}, description="The nodes by their ids, in order.")
    suppress: dict[str, Spoken] = Field(
        {}, description="Codes of findings of the flow that are all right → the reason why."
    )
    locale: Text = Field(
        "",
        description="The language of the texts, `en` or `pt-BR`; what others lack is said in it.",
    )
    locales: Locales = Field({}, description="Other languages, with the texts in them.")
    metadata: dict[str, Any] = Field(
        {}, description="Whatever tools want to keep here; it has no meaning to the conversation."
    )


class _Generator(GenerateJsonSchema):
    """Leaves out what says nothing to an author: that an absent key counts as null."""

    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the native format, for editors and other programs."""
    shapes: list[type[Shape]] = [
        FlowShape,
        *(kind.shape for kind in KINDS.values()),
        *SHAPES.values(),
        LongVariable,
        FieldShape,
        PartShape,
        *RULES.values(),
        CatalogueShape,
    ]
    _, schema = models_json_schema(
        [(shape, "validation") for shape in shapes], schema_generator=_Generator
    )
    definitions = schema["$defs"]
    for shape in (*(kind.shape for kind in KINDS.values()), *SHAPES.values()):
        own = definitions[shape.__name__]
        own["properties"]["type"]["description"] = own["description"].split("\n\n")[0]
    flow = definitions.pop(FlowShape.__name__)
    flow["required"].append("nodes")
    definitions["Trigger"] = _union({name: shape.__name__ for name, shape in SHAPES.items()})
    definitions["Texts"] = dict(TEXTS)
    rules = [{"$ref": f"#/$defs/{shape.__name__}"} for shape in RULES.values()]
    definitions["Rule"] = {"oneOf": rules}
    definitions["Node"] = _union({name: kind.shape.__name__ for name, kind in KINDS.items()})
    return {
        "$schema": _Generator.schema_dialect,
        "$id": SCHEMA_ID,
        **flow,
        "title": "Statewright flow",
        "$defs": definitions,
    }


def _union(shapes: Mapping[str, str]) -> dict[str, Any]:
    """Something of any kind; ``type`` tells which, so that editors find its keys."""
    references = {name: f"#/$defs/{shape}" for name, shape in shapes.items()}
    return {
        "discriminator": {"propertyName": "type", "mapping": references},
        "oneOf": [{"$ref": reference} for reference in references.values()],
    }
