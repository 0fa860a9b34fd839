"""What the models of the native format are made of: strict maps, and values with house rules.

The models serve twice: they check what an author wrote, and the JSON Schema is generated from
them. Checks between fields are not theirs but those of ``nodes`` and ``reading``, which can tell
more about them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from statewright.flows.dialects.native.relations import PLAIN, UNFILLED, Relations
from statewright.flows.durations import EXAMPLES, LONGEST, PATTERN, SECOND, microseconds_from
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import STATUSES, ErrorClass

TAG: Final = "~"
"""Begins the names of the alternatives of a union, so that error locations can leave them out."""


class Shape(BaseModel):
    """A map with known keys.

    Attributes:
        relations: what the JSON Schema says of keys that go together, or do not; readers say it,
            too.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
    relations: ClassVar[Relations] = ()

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        reference = handler(core_schema)
        said = [dict(one) for base in cls.__mro__ for one in vars(base).get("relations", ())]
        if said:
            handler.resolve_ref_schema(reference)["allOf"] = said
        return reference

    @classmethod
    def known(cls) -> list[str]:
        """The keys that it may have, as authors write them."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def offered(cls) -> list[str]:
        """Those of them that are named to somebody who has written another."""
        return cls.known()

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, value: Any) -> Any:
        known = cls.known()
        unknown = [key for key in value if key not in known] if isinstance(value, dict) else []
        if unknown:
            context = {"keys": unknown, "known": cls.offered()}
            raise PydanticCustomError("unknown_keys", "unknown keys", context)
        return value


def expected(what: str, help_: str = "") -> PydanticCustomError:
    """The error of a value that is not what it should be."""
    return PydanticCustomError("expected", "expected", {"expected": what, "help": help_})


def expected_value(
    accepts: Callable[[Any], Any],
    what: str,
    schema: Mapping[str, Any],
    help_: str | Callable[[Any], str] = "",
) -> Any:
    """The type of values for which ``accepts`` returns anything but None; it may convert them."""

    def check(value: Any) -> Any:
        accepted = accepts(value)
        if accepted is None:
            raise expected(what, help_ if isinstance(help_, str) else help_(value))
        return accepted

    return Annotated[Any, AfterValidator(check), WithJsonSchema(dict(schema))]


def _condition(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _scalar(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else None


def _node_id(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _saying(text: str) -> str:
    if not text.strip():
        raise expected("a text that is not empty")
    return text


Text = str
"""A text, which may hold templates: ``{{ expression }}``."""


def _plain(text: str) -> str:
    if "{{" in _saying(text):
        raise expected("a text without templates")
    return text


Words = Annotated[
    str, AfterValidator(_saying), WithJsonSchema({"type": "string", "pattern": r"\S"})
]
"""A text without which nothing can be done: it is not empty, nor blank."""

Outcome = Annotated[
    str, AfterValidator(_saying), WithJsonSchema({"type": "string", "pattern": PLAIN})
]
"""The name of an outcome, of which the reader says what is wrong with a template."""

Ended = Annotated[str, WithJsonSchema({"type": "string", "pattern": UNFILLED})]
"""The same where nothing need be said."""

Name = Annotated[str, AfterValidator(_plain), WithJsonSchema({"type": "string", "pattern": PLAIN})]
"""What something is called, always the same: neither empty nor a template."""

Spoken = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"\S"})]
"""The same where the reader says what is wrong with a blank text."""

Heard = Annotated[str, WithJsonSchema({"type": "string", "pattern": PLAIN})]
"""A word that people say, or a name: the reader says what is wrong with a blank, or a template."""

AT_LEAST_ONE: Final[JsonDict] = {"minItems": 1}
"""For the JSON Schema of a list of which the reader says what is wrong with an empty one."""

Expression = expected_value(
    _condition,
    "a CEL expression",
    {"type": ["string", "boolean"]},
    "put the expression in quotes",
)
"""CEL."""

NodeId = expected_value(
    _node_id, "the id of a node", {"type": ["string", "integer"], "minLength": 1}
)
"""The id of a node of the flow."""

Scalar = expected_value(
    _scalar, "a text, a number, `true` or `false`", {"type": ["string", "number", "boolean"]}
)
"""A value that a person can choose."""

Offered = expected_value(
    _scalar,
    "a text, a number, `true` or `false`",
    {"type": ["string", "number", "boolean"], "pattern": PLAIN},
)
"""The same of a choice, where the reader says what is wrong with a blank, or a template."""

Duration = expected_value(
    microseconds_from,
    "a duration",
    {
        "anyOf": [
            {"type": "string", "examples": ["90s", "1h30m", "2d"], "pattern": PATTERN},
            {"type": "number", "minimum": 0, "maximum": LONGEST // SECOND},
        ]
    },
    f"write {EXAMPLES}",
)
"""How long; microseconds once it is checked."""


def _some_time(written: Any) -> int | None:
    return microseconds_from(written) or None


Timeout = expected_value(
    _some_time,
    "a duration above 0",
    {
        "anyOf": [
            {
                "type": "string",
                "examples": ["90s", "1h30m", "2d"],
                "pattern": PATTERN.replace("[0-9])", "[1-9])", 1).replace("[^0-9]", "[^1-9]", 1),
            },
            {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST // SECOND},
        ]
    },
    f"write {EXAMPLES}",
)
"""How long something may take; microseconds once it is checked."""


def _moment(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


Moment = expected_value(
    _moment,
    "a date, or a CEL expression",
    {"type": "string", "pattern": r"\S"},
    "write it like `2025-12-24 18:00`",
)
"""Until when: a date, or CEL for a timestamp."""


def _rounds(value: Any) -> str | None:
    """A number of rounds as CEL."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    if isinstance(value, bool) or not text or _BELOW_ZERO(text):
        return None
    return text


_BELOW_ZERO: Final = re.compile(r"-\s*[0-9]+").fullmatch

Rounds = expected_value(
    _rounds,
    "a whole number of at least 0, or a CEL expression",
    {
        "anyOf": [
            {"type": "string", "pattern": r"^(?!\s*-\s*[0-9]+\s*$)[\s\S]*\S"},
            {"type": "integer", "minimum": 0},
        ]
    },
)
"""How many rounds a loop has, as CEL."""

_MOST_JOINED: Final = 1_000_000


def _joined(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _MOST_JOINED else None
    return value if value in ("all", "any") else None


Join = expected_value(
    _joined,
    "`all`, `any`, or a number of regions",
    {"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}]},
)
"""How many regions are waited for."""


def _version(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


Version = expected_value(
    _version,
    "a whole number or a text",
    {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"\S"}]},
    "put it in quotes; without them, `2.10` is the same as `2.1`",
)
"""What an author calls a version."""


def _error_kind(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 100 <= value <= 599 else None
    if not isinstance(value, str):
        return None
    own = value.lower()
    return own if own in _ERROR_KINDS or re.fullmatch("[1-5][0-9][0-9]", own) else None


_ERROR_KINDS: Final = (*(str(one) for one in ErrorClass), *STATUSES)


def _meant(value: Any) -> str:
    """What may have been meant instead of a class of errors that there is not."""
    known = did_you_mean(value, _ERROR_KINDS) if isinstance(value, str) else ""
    return known or "write `request`, `timeout`, …, or a status: `404`, `4xx`"


ErrorKind = expected_value(
    _error_kind,
    "a class of errors",
    {
        "anyOf": [
            {"enum": [*_ERROR_KINDS]},
            {"type": "integer", "minimum": 100, "maximum": 599},
            {"type": "string", "pattern": "^[1-5][0-9][0-9]$"},
        ]
    },
    _meant,
)
"""What went wrong: a class of errors, or a status of HTTP."""


def _list_or_map(value: Any) -> Any:
    return value if isinstance(value, list | dict) else None


Values = expected_value(
    _list_or_map,
    "a list, or a map from names to values",
    {"anyOf": [{"type": "array"}, {"type": "object"}]},
)
"""Values, with names or without."""


def _bound(value: Any) -> Any:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


Bound = expected_value(
    _bound, "a number, or a date, time or duration in quotes", {"type": ["number", "string"]}
)
"""The least or the greatest of what has an order."""
