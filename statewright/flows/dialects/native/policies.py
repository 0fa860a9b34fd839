"""What is done about errors, and nodes that are named outside of edges."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.relations import Relations, apart, has, where
from statewright.flows.dialects.native.shapes import TAG, Duration, NodeId, Shape
from statewright.flows.goals import Goal
from statewright.flows.model import ErrorPolicy, OnError
from statewright.flows.parts import Part


class ErrorShape(Shape):
    """What is done about errors of a node."""

    relations: ClassVar[Relations] = (
        {"minProperties": 1},
        *apart("then", "fallback"),
        where(has("wait"), has("retry", {"minimum": 1})),
    )
    retry: int = Field(
        0,
        ge=0,
        le=100,
        description="How often it is tried again before it is left, by `error` or otherwise.",
    )
    wait: Duration | None = Field(None, description="How long to wait before each time.")
    then: Literal["fail", "continue"] | None = Field(
        None, description="What is done then; by default what the flow does."
    )
    fallback: NodeId | None = Field(None, description="The node where the conversation goes on.")


def _tag(value: Any) -> str:
    return f"{TAG}policy" if isinstance(value, dict) else f"{TAG}word"


OnErrorField = Annotated[
    Annotated[Literal["fail", "continue", "retry"], Tag(f"{TAG}word")]
    | Annotated[ErrorShape, Tag(f"{TAG}policy")],
    Discriminator(_tag),
]
"""What is done about errors: a word, or all that can be said."""


def check_outcome(outcome: str, part: Part) -> None:
    """Report an outcome in which something would be filled in."""
    if "{{" in outcome:
        help_ = "write an `end` for each outcome, or save the value in a variable"
        part.report("R004", "an outcome is no template: its name is always the same", help_)


def goal_from(node: Any, part: Part) -> Goal | None:
    """A node that is named, with the place where it is."""
    return None if node is None else Goal(str(node), part.location)


def policy_from(written: Any, part: Part) -> ErrorPolicy | None:
    """What is done about the errors of a node; None where nothing is said."""
    if not isinstance(written, ErrorShape):
        if written is None:
            return None
        return ErrorPolicy(1) if written == "retry" else ErrorPolicy(then=OnError(written))
    if written.then is not None and written.fallback is not None:
        part["then"].report("R004", "`then` stands beside `fallback`", "remove one", at_key=True)
    if written.wait is not None and not written.retry:
        part["wait"].report(
            "R004", "`wait` means nothing without `retry`", "add `retry: 1`", at_key=True
        )
    if not part.value:
        part.report("R005", "`on_error` says nothing", "give it `retry`, `then` or `fallback`")
    fallback = goal_from(written.fallback, part["fallback"])
    then = OnError.FALLBACK if fallback else OnError(written.then) if written.then else None
    return ErrorPolicy(written.retry, written.wait or 0, then, fallback)
