"""Circuit breakers: whoever fails too often is left alone for a while.

Closed, requests are made and failures counted. Too many of them within a time open it: nobody is
asked then, and requests fail at once, so that their fallback is taken. After a rest one request is
let through: if it succeeds, the breaker closes; if not, it rests again.

Each process keeps its own: what one has seen fail, another finds out by itself. That costs a few
requests more, and no round to a database before each of them.

Source: Michael T. Nygard, "Release It!", 2018, chapter 5.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from statewright.statechart import Effect

KEPT: Final = 1024
"""How many destinations are remembered: those that were asked last."""

Destination = tuple[str, str, str]
"""Who is asked: the tenant, the type of the work, and the host where there is one."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """When nobody is asked.

    Attributes:
        failures: how many open it.
        within: microseconds in which they happen.
        rest: microseconds for which nobody is asked then.
    """

    failures: int
    within: int
    rest: int


@dataclass(slots=True)
class _Record:
    """What is known of a destination.

    Attributes:
        failures: when requests failed, oldest first.
        opened: when it was opened, or None while it is closed.
        probing: whether one request was let through, of which nothing is known yet.
    """

    failures: deque[int] = field(default_factory=lambda: deque(maxlen=1_000))
    opened: int | None = None
    probing: bool = False


class Breakers:
    """What is known of all destinations."""

    def __init__(self) -> None:
        self._records: OrderedDict[Destination, _Record] = OrderedDict()

    def admits(self, whom: Destination, breaker: Breaker, now: int) -> bool:
        """Whether a request may be made; ``note`` is to be told what came of it."""
        record = self._record(whom)
        if record.opened is None:
            return True
        if record.probing or now < record.opened + breaker.rest:
            return False
        record.probing = True
        return True

    def note(self, whom: Destination, breaker: Breaker, now: int, *, failed: bool | None) -> None:
        """A request was made.

        Args:
            whom: who was asked.
            breaker: of the request.
            now: the time.
            failed: whether it failed; None where it was given up, which says nothing.
        """
        record = self._record(whom)
        probing, record.probing = record.probing, False
        if failed is None:
            return
        if not failed:
            record.opened = None
            record.failures.clear()
            return
        record.failures.append(now)
        recent = sum(at > now - breaker.within for at in record.failures)
        if (probing and record.opened is not None) or recent >= breaker.failures:
            record.opened = now

    def _record(self, whom: Destination) -> _Record:
        record = self._records.setdefault(whom, _Record())
        self._records.move_to_end(whom)
        if len(self._records) > KEPT:
            self._records.popitem(last=False)
        return record


def breaker_of(effect: Effect) -> Breaker | None:
    """The breaker that a request asks for; None for none."""
    given = _params(effect).get("breaker")
    if not isinstance(given, Mapping):
        return None
    failures, within, rest = (given.get(name) for name in ("failures", "within", "rest"))
    if not (_is_span(failures) and _is_span(within) and _is_span(rest)):
        return None
    return Breaker(failures, within, rest)


def _is_span(number: Any) -> TypeGuard[int]:
    return type(number) is int and number > 0


def destination_of(tenant: str, effect: Effect) -> Destination:
    """Whom a request asks."""
    return tenant, str(effect.data.get("type", "")), _host(_params(effect).get("url"))


def _host(url: Any) -> str:
    """The host and port of a URL; ``""`` of what is none, or holds a secret there."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower() if isinstance(url, str) else ""
    except ValueError:
        return ""


def _params(effect: Effect) -> Mapping[str, Any]:
    params = effect.data.get("params")
    return params if isinstance(params, Mapping) else {}
