"""What can be said of a variable in the native format, and of what is inside it."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field, WithJsonSchema

from statewright.flows.dialects.native.shapes import Bound, Shape, Text, Values

VariableType = Literal[
    "string", "int", "double", "bool", "date", "timestamp", "duration", "list", "map", "object",
    "enum", "any", "uint", "bytes", "dyn",
]  # fmt: skip

TYPES: Final = get_args(VariableType)

COMMON: Final = tuple(name for name in TYPES if name not in {"uint", "bytes", "dyn"})
"""Those that a message lists."""


def declared_as(shape: str) -> dict[str, Any]:
    """The JSON Schema of a type, or of all that is to be said in a shape."""
    return {"anyOf": [{"enum": list(TYPES), "type": "string"}, {"$ref": f"#/$defs/{shape}"}]}


Inside = Annotated[Any, WithJsonSchema(declared_as("PartShape"))]
"""What is inside a list or a map: checked by itself."""

Fields = Annotated[
    Any, WithJsonSchema({"type": "object", "additionalProperties": declared_as("FieldShape")})
]
"""The fields of an object: each is checked by itself."""


class PartShape(Shape):
    """What an element of a list, or a value of a map, may be."""

    type: VariableType = Field("any", description="What it holds.")
    values: Values = Field(
        [], description="The only values it may have: a list, or a map from names to values."
    )
    minimum: Bound | None = Field(None, description="The least value it may have.")
    maximum: Bound | None = Field(None, description="The greatest value it may have.")
    min_length: int | None = Field(
        None, ge=0, description="How many characters, elements or entries it has at least."
    )
    max_length: int | None = Field(
        None, ge=0, description="How many characters, elements or entries it has at most."
    )
    pattern: Text = Field("", description="A regular expression that a text matches (RE2).")
    nullable: bool = Field(False, description="Whether it may be null besides.")
    of: Inside = Field(None, description="What the elements of a list, or values of a map, are.")
    fields: Fields = Field(
        {}, description="The fields of an object: a type, or all that is to be said."
    )
    others: bool = Field(False, description="Whether an object may have other fields besides.")
    description: Text = Field("", description="What it is for.")


class FieldShape(PartShape):
    """A field of an object."""

    optional: bool = Field(False, description="Whether it may be missing.")


class LongVariable(PartShape):
    """A variable, with all that can be said about it."""

    default: Any = Field(None, description="Its value at the start; without, it is absent.")
    input: bool = Field(False, description="Whether it may be given when a session starts.")
    scope: Literal["session", "flow", "contact", "tenant"] = Field(
        "session",
        description="Whose it is: of the conversation, of this flow alone, of the person, "
        "or of the organisation.",
    )
    read_only: bool = Field(False, description="Whether it keeps the value it has at the start.")
    pii: bool = Field(False, description="Whether it holds personal data.")
    secret: bool = Field(
        False, description="Whether it names a secret, which is written `{{secret:name}}`."
    )
