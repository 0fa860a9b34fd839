"""What requests carry beside a path and a body: headers, and parameters in the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from statewright.http import journal, operators
from statewright.runtime import Standing

Parameter = Mapping[str, Any]


def _header(name: str, description: str) -> Parameter:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string"}}


def _number(name: str, description: str, default: int, least: int, most: int) -> Parameter:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": description, "schema": schema}


KEY: Final = _header(
    "Idempotency-Key",
    "Names what is sent. Sent again with the same key, it is not done again: the first answer comes"
    " back.",
)
IF_MATCH: Final = _header("If-Match", "The `ETag` of the draft that was seen; refused if changed.")
IF_NONE_MATCH: Final = _header("If-None-Match", "`*`: refused if there is such a draft already.")
LIMIT: Final = _number("limit", "How many at most.", 100, 1, 100)
SKIP: Final = _number("skip", "How many to leave out at the beginning.", 0, 0, 100_000)
AFTER: Final[Parameter] = {
    "name": "after",
    "in": "query",
    "description": "The `next` of the page before.",
    "schema": {"type": "string"},
}
OPERATOR: Final = _header("Authorization", "`Bearer` and the key for operators.")
STATUS: Final[Parameter] = {
    "name": "status",
    "in": "query",
    "description": "Only sessions that stand so; `active` are those that go on.",
    "schema": {"type": "string", "enum": [operators.ACTIVE, *map(str, Standing)]},
}
FLOW: Final[Parameter] = {
    "name": "flow",
    "in": "query",
    "description": "Only sessions of this flow.",
    "schema": {"type": "string"},
}
CURSOR: Final[Parameter] = {
    **AFTER,
    "description": "The `next` of the answer before; nothing for the beginning, `now` for the end.",
}
WAIT: Final = _number("wait", "How many seconds to wait for news.", 0, 0, journal.LONGEST)
AFTER_VERSION: Final[Parameter] = {**AFTER, "schema": {"type": "integer", "minimum": 1}}
