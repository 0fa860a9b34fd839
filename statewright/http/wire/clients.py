"""What a client says of what it was asked to do, in both contracts."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Told(BaseModel):
    """A result, or an error; each contract adds its own words around it."""

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
