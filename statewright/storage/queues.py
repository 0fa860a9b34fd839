"""What goes into the inbox, and what is lent of the outbox: records like those in ``records``."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.storage.limits import check_number, check_text
from statewright.storage.records import Request, SessionKey


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that was lent to whoever holds the token, until its deadline.

    Attributes:
        key: whose effect.
        revision: of the turn that asked for it.
        ordinal: its place in that turn.
        request: what is asked for.
        attempts: how often it was lent, this time included.
        token: proves the lease.
    """

    key: SessionKey
    revision: int
    ordinal: int
    request: Request
    attempts: int
    token: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed request.

    Attributes:
        claim: the request and the lease.
        result: as JSON, stored once; None gives the request back.
        at: when it was finished; or, given back, from when it may be claimed again.
        failed: whether it has failed for good: ``failed`` lists it then, and ``revive`` asks anew.
        tried: whether a request that is given back was begun; if not, that it was lent does not
            count.
    """

    claim: Claim
    result: str | None
    at: int
    failed: bool = False
    tried: bool = True

    def __post_init__(self) -> None:
        check_text("the result of an effect", self.result or "")
        check_number("the time of a result", self.at)


@dataclass(frozen=True, slots=True)
class Entry:
    """A request as lists show it: a row of the outbox.

    Attributes:
        key: whose effect.
        revision: of the turn that asked for it.
        ordinal: its place in that turn.
        request: what is asked for.
        attempts: how often it was lent.
        at: when it failed for good; of one that is not finished, from when it may be claimed.
        result: as JSON; ``""`` as long as it is not finished.
    """

    key: SessionKey
    revision: int
    ordinal: int
    request: Request
    attempts: int
    at: int
    result: str = ""

    @property
    def place(self) -> tuple[int, SessionKey, int, int]:
        """Where it stands in a list: by time, then by its key."""
        return self.at, self.key, self.revision, self.ordinal
