"""What clients say in both contracts: each adds its own words around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, Field

Said: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any]
"""A text as it was typed, or a value that was picked; a place and a file are maps."""

SAID = "What was typed, or the value that was picked; a place, or a file, is a map."

ANSWERED = (
    "Which question is answered, of several that are asked: its node; the one that has the floor"
    " where nothing is said."
)


class Seen(BaseModel):
    """Which revision somebody has seen who sends something to a session."""

    expected_revision: int | None = Field(
        default=None, ge=0, description="Refuse this where the session has another revision."
    )


class Spoken(Seen):
    """What the user says or picks."""

    input: Said = Field(description=SAID, examples=["Ada"])
    node_id: str | None = Field(default=None, min_length=1, description=ANSWERED)


class Filled(Seen):
    """All answers to the fields of a form."""

    values: dict[str, Any] = Field(
        description="Field → its answer: a text as people write it, or a value.",
        examples=[{"name": "Ada", "size": "M"}],
    )
    node_id: str | None = Field(
        default=None,
        min_length=1,
        description="Which form is answered: its node; every one that is asked just then where"
        " nothing is said.",
    )


class Told(Seen):
    """A result, or an error."""

    result: Any = Field(
        default=None, description="What came of it: any JSON.", examples=[{"city": "Rome"}]
    )
    error: dict[str, Any] | None = Field(
        default=None, description="What went wrong, in its place: whatever the flow is to be told."
    )
    node_id: str | None = Field(
        default=None,
        description="Which node is answered: the `node` of the message of the type `client`; every"
        " one that waits for a client where nothing is said.",
    )


def message_of(said: Said, node: str | None) -> str | Mapping[str, Any]:
    """What comes to the session: a text as it was typed, anything else as a value.

    Args:
        said: the text or the value.
        node: which question it answers, or None.
    """
    if node is None:
        return said if isinstance(said, str) else {"value": said}
    return {"text" if isinstance(said, str) else "value": said, "node": node}
