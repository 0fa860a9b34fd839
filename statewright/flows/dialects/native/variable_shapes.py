"""What can be said of a variable in the native format, and of what is inside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal, get_args

from pydantic import Field, WithJsonSchema

from statewright.flows.dialects.native.relations import (
    Relation,
    Relations,
    any_of,
    has,
    lacks,
    where,
    where_one_is,
)
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
    plain = [name for name in TYPES if name != "enum"]
    return {"anyOf": [{"enum": plain, "type": "string"}, {"$ref": f"#/$defs/{shape}"}]}


MEANS_NOTHING: Final = (
    (
        ("minimum", "maximum"),
        {"int", "uint", "double", "date", "timestamp", "duration", "any", "dyn"},
    ),
    (("min_length", "max_length"), {"string", "bytes", "list", "map", "object", "any", "dyn"}),
    (("pattern",), {"string"}),
    (("of",), {"list", "map"}),
    (("fields", "others"), {"object"}),
)
"""Keys, and the types to which they mean something."""

TIMES: Final = frozenset({"timestamp", "duration", "date"})
"""Types whose bounds are texts."""

SECRET_KEYS: Final = ("type", "secret", "pii", "description")
"""What can be said of a secret."""

_JSON_TYPES: Final = {
    **dict.fromkeys(("string", "bytes", "date", "timestamp", "duration"), "string"),
    "int": "integer",
    "uint": "integer",
    "double": "number",
    "bool": "boolean",
    "list": "array",
    "map": "object",
    "object": "object",
}
"""Type → what JSON calls its values, where it says which."""


def _relations() -> Iterator[Relation]:
    """How the keys of a declaration go together."""
    for keys, types in MEANS_NOTHING:
        for key in keys:
            yield where(has(key), where_one_is("type", types, "any"))
    timed = has("type", {"enum": sorted(TIMES)})
    for condition, kind in ((timed, "string"), ({"not": timed}, "number")):
        bounds = {"minimum": {"type": kind}, "maximum": {"type": kind}}
        yield where(condition, {"properties": bounds})
    for name, kind in _JSON_TYPES.items():
        yield where(has("type", {"const": name}), {"properties": {"values": _all({"type": kind})}})
    alike = any_of(*(_some(_all({"type": kind})) for kind in ("string", "integer")))
    yield where(has("type", {"const": "enum"}), has("values", alike))


def _all(one: Relation) -> dict[str, Any]:
    """A list, or a map, of which each value is so."""
    return {"items": one, "additionalProperties": one}


def _some(values: Relation) -> dict[str, Any]:
    """A list, or a map, that is not empty."""
    return {**values, "minItems": 1, "minProperties": 1}


Inside = Annotated[Any, WithJsonSchema(declared_as("PartShape"))]
"""What is inside a list or a map: checked by itself."""

Fields = Annotated[
    Any, WithJsonSchema({"type": "object", "additionalProperties": declared_as("FieldShape")})
]
"""The fields of an object: each is checked by itself."""


class PartShape(Shape):
    """What an element of a list, or a value of a map, may be."""

    relations: ClassVar[Relations] = (*_relations(),)
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


_KEYS: Final = (*PartShape.model_fields, "default", "input", "scope", "read_only")
"""What can be said of a variable that is no secret."""


class FieldShape(PartShape):
    """A field of an object."""

    optional: bool = Field(False, description="Whether it may be missing.")


def _relations_of_variables() -> Iterator[Relation]:
    """How the keys of a variable go together, beside those of its value."""
    of_others = has("scope", {"enum": ["contact", "flow", "tenant"]})
    secret = has("secret", {"const": True})
    yield where(of_others, {"properties": {"input": {"const": False}}})
    known = any_of(
        has("default"),
        has("input", {"const": True}),
        has("scope", {"enum": ["contact", "tenant"]}),
        secret,
    )
    yield where(has("read_only", {"const": True}), known)
    others = [key for key in _KEYS if key not in SECRET_KEYS]
    texts = where_one_is("type", {"string", "any", "dyn"}, "any")
    yield where(secret, lacks(*others), texts)


class LongVariable(PartShape):
    """A variable, with all that can be said about it."""

    relations: ClassVar[Relations] = (*_relations_of_variables(),)
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
