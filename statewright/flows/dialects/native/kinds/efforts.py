"""How often, and for how long, work is tried."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Discriminator, Field, Tag

from statewright.flows.dialects.native.relations import Relations, has, some_of, where
from statewright.flows.dialects.native.shapes import TAG, Shape, Timeout
from statewright.flows.nodes import Backoff, Breaker, Growth
from statewright.flows.parts import Part


class BackoffShape(Shape):
    """How long to wait before each new try."""

    grow: Literal["constant", "linear", "exponential"] = Field(
        "exponential", description="How the waits grow: not at all, by the first one, or twofold."
    )
    wait: Timeout | None = Field(None, description="The first wait; by default 1s.")
    longest: Timeout | None = Field(None, description="The longest wait; by default 60s.")
    jitter: float = Field(
        0.2, ge=0, le=1, description="The share of a wait that chance may leave out."
    )


class BreakerShape(Shape):
    """When a service is not asked at all, because it does not answer."""

    failures: int = Field(5, ge=1, le=1_000, description="How many failures open it.")
    within: Timeout | None = Field(None, description="In which time; by default 60s.")
    rest: Timeout | None = Field(
        None, description="For how long nobody is asked then; by default 30s."
    )
    last_good: Timeout | None = Field(
        None,
        description="While nobody is asked, what was answered last to the very same request is "
        "taken again, if it is not older than this; by default nothing is.",
    )


def _backoff_tag(value: Any) -> str:
    return f"{TAG}map" if isinstance(value, dict) else f"{TAG}word"


BackoffField = Annotated[
    Annotated[Literal["constant", "linear", "exponential"], Tag(f"{TAG}word")]
    | Annotated[BackoffShape, Tag(f"{TAG}map")],
    Discriminator(_backoff_tag),
]
"""How the waits grow, or all that can be said about them."""


_OF_RETRIES: Final = ("backoff", "retry_statuses", "try_timeout")
"""Keys that mean something to work that is tried again."""


class WorkShape(Shape):
    """What can be said about tries of any work."""

    relations: ClassVar[Relations] = (where(some_of(*_OF_RETRIES), has("retries", {"minimum": 1})),)
    timeout: Timeout | None = Field(
        None, description="When it counts as failed, with all its tries; by default after 30s."
    )
    retries: int = Field(
        0,
        ge=0,
        le=20,
        description="How often it is tried again after a failure that may pass. Who was not let in"
        " is tried once more, whatever it says, with secrets that are looked up anew.",
    )
    try_timeout: Timeout | None = Field(
        None, description="When a single try is given up; by default that is `timeout`."
    )
    backoff: BackoffField | None = Field(None, description="How long it waits before each try.")
    breaker: BreakerShape | None = Field(
        None, description="When nobody is asked at all: after too many failures."
    )


def effort_from(node: WorkShape, part: Part, timeout: int) -> dict[str, Any]:
    """How often, and for how long, it is tried: the fields of the node by name.

    Args:
        node: what is written.
        part: where.
        timeout: microseconds after which it counts as failed where nothing is said.
    """
    timeout = timeout if node.timeout is None else node.timeout
    backoff = _backoff(node.backoff)
    unread = "retries" in part.value and "retries" not in node.model_fields_set
    if not node.retries and not unread:
        for key in _OF_RETRIES:
            if part[key].present:
                part[key].report(
                    "R004",
                    f"`{key}` means nothing without `retries`",
                    "add `retries: 3`",
                    at_key=True,
                )
    elif node.retries and backoff.wait >= timeout:
        part["retries"].report(
            "R004",
            "it is never tried again: the first wait is as long as `timeout`",
            "make `timeout` longer, or `backoff.wait` shorter",
        )
    return {
        "timeout": timeout,
        "retries": node.retries,
        "try_timeout": node.try_timeout,
        "backoff": backoff,
        "breaker": _breaker(node.breaker),
    }


def _backoff(written: BackoffShape | str | None) -> Backoff:
    if not isinstance(written, BackoffShape):
        return Backoff() if written is None else Backoff(Growth(written))
    usual = Backoff()
    wait = written.wait or usual.wait
    return Backoff(
        Growth(written.grow), wait, written.longest or max(usual.longest, wait), written.jitter
    )


def _breaker(written: BreakerShape | None) -> Breaker | None:
    if written is None:
        return None
    usual = Breaker()
    return Breaker(
        written.failures,
        written.within or usual.within,
        written.rest or usual.rest,
        written.last_good or usual.last_good,
    )
