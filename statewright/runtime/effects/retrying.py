"""When a request is tried again: how often, and after how long.

A request may say how often; one that does not is tried as often as the kind of its failure calls
for. A rejected identity is tried once more, whatever the request says, and what somebody has to
change first is not tried again.

The wait depends on the request and the number of the try alone, chance included: whoever computes
it again, in another process or after a restart, finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import FailureKind
from statewright.runtime.clock import SECOND
from statewright.statechart import Effect, EffectKind

MOST_RETRIES: Final = 20
"""The most tries that a request may ask for, besides the first."""

SEND_RETRIES: Final = 5
"""How often something that is sent is tried again: nobody waits for it, and nobody hears of it."""

USUAL_RETRIES: Final = 3
"""How often work is tried again that does not say it."""

LONGEST_WAIT: Final = 24 * 60 * 60 * SECOND
"""The most microseconds between two tries, whatever anybody asks for."""

_DOUBLINGS: Final = 40
"""Beyond this no wait grows: it is longer than any that is allowed."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """How a request is tried again.

    Attributes:
        retries: how often, besides the first time.
        growth: ``constant``, ``linear`` or ``exponential``.
        wait: microseconds before the second try.
        longest: microseconds that no wait is longer than.
        jitter: the share of a wait that chance may leave out.
    """

    retries: int = 0
    growth: str = "exponential"
    wait: int = SECOND
    longest: int = 60 * SECOND
    jitter: float = 0.2

    def before(self, effect: str, attempt: int, asked: int = 0) -> int:
        """Microseconds to wait before a try.

        Args:
            effect: the id of the request.
            attempt: the number of the try that failed, from 1.
            asked: microseconds that whoever was asked wants at least (``Retry-After``).
        """
        grow = _GROWTH.get(self.growth, _GROWTH["exponential"])
        wait = min(self.longest, self.wait * grow(attempt))
        wait -= round(wait * self.jitter * chance_of(effect, attempt))
        return min(LONGEST_WAIT, max(wait, asked))


_GROWTH: Final[Mapping[str, Callable[[int], int]]] = {
    "constant": lambda _: 1,
    "linear": lambda attempt: attempt,
    "exponential": lambda attempt: 1 << min(attempt - 1, _DOUBLINGS),
}


def retrying_of(effect: Effect, kind: FailureKind = FailureKind.TRANSIENT) -> Retrying:
    """How a request is tried again; what it does not say, or says wrongly, is the usual.

    Args:
        effect: the request.
        kind: what its failure calls for.
    """
    fixed = _FIXED.get(kind)
    if fixed is not None:
        return fixed
    growth = "linear" if kind is FailureKind.RATE_LIMIT else "exponential"
    if effect.kind is EffectKind.SEND:
        return Retrying(SEND_RETRIES, growth)
    params = effect.data.get("params")
    if not isinstance(params, Mapping):
        return Retrying(USUAL_RETRIES, growth)
    retries: Any = params.get("retries")
    known = type(retries) is int and 0 <= retries <= MOST_RETRIES
    usual = Retrying(retries if known else USUAL_RETRIES, growth)
    backoff = params.get("backoff")
    return usual if not isinstance(backoff, Mapping) else _with_backoff(usual, backoff)


_FIXED: Final[Mapping[FailureKind, Retrying]] = MappingProxyType(
    {
        FailureKind.AUTHENTICATION: Retrying(1, "constant", 0),
        FailureKind.CONFIGURATION: Retrying(0),
    }
)


def _with_backoff(usual: Retrying, backoff: Mapping[str, Any]) -> Retrying:
    wait = _span(backoff.get("wait"), usual.wait)
    jitter: Any = backoff.get("jitter")
    return Retrying(
        usual.retries,
        str(backoff.get("growth", usual.growth)),
        wait,
        _span(backoff.get("longest"), max(usual.longest, wait)),
        float(jitter) if type(jitter) in {int, float} and 0 <= jitter <= 1 else usual.jitter,
    )


def _span(value: Any, usual: int) -> int:
    return value if type(value) is int and 0 < value <= LONGEST_WAIT else usual


def chance_of(effect: str, attempt: int) -> float:
    """A number from 0 to 1, always the same for one try of one request."""
    digest = sha256(f"{effect}:{attempt}".encode()).digest()
    return int.from_bytes(digest[:8]) / (1 << 64)
