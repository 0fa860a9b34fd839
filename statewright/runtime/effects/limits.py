"""Limits: how often requests are made, for each tenant and to each host.

A limit is a window that slides: of a rate such as 10 a second, no second has more than ten
requests. What may not begin yet is given back to the outbox until its turn, so nothing waits in
memory, holds up others, or counts as a try.

*Fair.* Who waits keeps the place that it was given. Tenants that wait for the same host are given
places of their own, further apart the more of them there are, so that a backlog of one does not
keep another from its share.

*Of all processes.* What a process would make it notes before in the database, where the others see
it (see ``sharing``), unless it is told to count for itself alone. Places are those of each process:
who comes first among those that wait in several is left to chance.

A host that answers 429 with ``Retry-After`` is left alone until then by everything that the same
tenant wants of it, for a minute at most; the request that was answered so waits as long as it is
told.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from statewright.runtime.clock import SECOND
from statewright.runtime.effects.breakers import Destination
from statewright.runtime.effects.retrying import chance_of

REMEMBERED: Final = 10_000
"""How many requests that wait are remembered; of more, the first to come lose their places."""

KEPT: Final = 4096
"""How many tenants, hosts and destinations are remembered: those that were asked last."""

LONGEST_REST: Final = 60 * SECOND
"""The most microseconds for which a whole host is left alone because it asks for it."""

OWN: Final = "own"
"""What people write if each process is to count for itself."""

MOST: Final = 10_000
"""The most requests that a rate may name."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in a time.

    Attributes:
        count: how many, from 1 to ``MOST``.
        per: in how many microseconds, a week at most.
    """

    count: int
    per: int = SECOND


@dataclass(frozen=True, slots=True)
class Gated:
    """A rate that a request has to keep, together with all others of the same place.

    Attributes:
        place: whose, and of what; as for tallies.
        rate: the rate.
    """

    place: tuple[str, str]
    rate: Rate


@dataclass(frozen=True, slots=True)
class Limits:
    """How often requests are made, at most.

    Attributes:
        tenant: by each tenant that ``tenants`` does not name; None for as often as they like.
        host: to each host that ``hosts`` does not name, by all tenants together; None likewise.
        tenants: tenant → its rate.
        hosts: host, with the port where the URL has one → its rate.
        shared: whether all processes at one store keep them together, or each for itself.
    """

    tenant: Rate | None = None
    host: Rate | None = None
    tenants: Mapping[str, Rate] = field(default_factory=lambda: MappingProxyType({}))
    hosts: Mapping[str, Rate] = field(default_factory=lambda: MappingProxyType({}))
    shared: bool = True

    def on(self, whom: Destination) -> tuple[Gated | None, Gated | None]:
        """What limits requests to somebody: as those of a tenant, and as those to a host."""
        tenant, _, host = whom
        return (
            _gated((tenant, "requests"), self.tenants.get(tenant, self.tenant)),
            _gated(("", _named(host)), self.hosts.get(host, self.host) if host else None),
        )


def _gated(place: tuple[str, str], rate: Rate | None) -> Gated | None:
    return None if rate is None else Gated(place, rate)


def is_window(place: tuple[str, str]) -> bool:
    """Whether it is the place of a rate, of a tenant or a host."""
    return place[1].partition(" to ")[0] == "requests"


def _named(host: str) -> str:
    """The name of the tally of a host, which a flow may have made up."""
    plain = host.isascii() and host.isprintable() and len(host) <= LONGEST_HOST
    return f"requests to {host if plain else sha256(host.encode(errors='replace')).hexdigest()}"


LONGEST_HOST: Final = 260
"""The most characters of the name of a host with its port (RFC 1035, 2.3.4)."""

UNLIMITED: Final = Limits()
"""As often as anybody likes."""


class Limiter:
    """Says when requests may be made.

    Args:
        limits: how often.
    """

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        self._limits = limits
        self._gates: OrderedDict[tuple[str, str], _Gate] = OrderedDict()
        self._rests: OrderedDict[Destination, int] = OrderedDict()
        # Request → the gate that it waits at, and its place there.
        self._waiting: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wait(self, effect: str, whom: Destination, now: int) -> int:
        """Microseconds until a request may be made: 0 for now, and then it counts as made.

        Args:
            effect: the id of the request.
            whom: who is asked.
            now: the time.
        """
        rest = self._rests.get(whom, 0) - now
        if rest > 0:
            return rest + round(chance_of(effect, 0) * rest / 4)
        waited, place = self._waiting.pop(effect, (0, 0))
        gates: list[_Gate] = []
        for number, gated in enumerate(self._limits.on(whom)):
            if gated is None:
                continue
            gate = self._gate(gated)
            # Of a gate before the one that it waited at, it had been given a place, too.
            given = now if number < waited else place if number == waited else 0
            at = gate.place(whom[0], now, given)
            if at > now:
                self._remember(effect, number, at)
                return at - now
            gates.append(gate)
        # It counts where it passes through all of them, or what waits at one counts too soon.
        for gate in gates:
            gate.let_through(now)
        return 0

    def rest(self, whom: Destination, wait: int, now: int) -> None:
        """Somebody wants to be left alone for so many microseconds."""
        until = now + min(wait, LONGEST_REST)
        if wait > 0 and until > self._rests.get(whom, 0):
            self._rests[whom] = until
            self._rests.move_to_end(whom)
            _bound(self._rests, KEPT)

    def _gate(self, gated: Gated) -> _Gate:
        gate = self._gates.setdefault(gated.place, _Gate(gated.rate))
        self._gates.move_to_end(gated.place)
        _bound(self._gates, KEPT)
        return gate

    def _remember(self, effect: str, number: int, at: int) -> None:
        self._waiting[effect] = number, at
        _bound(self._waiting, REMEMBERED)


class _Gate:
    """Lets through so many in a time, those first who have waited for it.

    Args:
        rate: how many.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._gap = -(-rate.per // rate.count)
        self._passed: deque[int] = deque(maxlen=rate.count)
        # Tenant → the last place that it was given.
        self._last: OrderedDict[str, int] = OrderedDict()
        self._late = 0

    def place(self, tenant: str, now: int, given: int) -> int:
        """When somebody may pass; ``now`` or before is now.

        Args:
            tenant: whose request it is.
            now: the time.
            given: the place that the request was given before, or 0.
        """
        if given > now:
            return given
        full = len(self._passed) == self._rate.count
        free = max(now, self._passed[0] + self._rate.per) if full else now
        self._forget(now)
        if given:
            if free <= now:
                return now
            # Others have taken the place; those to whom that happens come one after another.
            self._late = max(self._late + self._gap, free)
            return self._late
        if free <= now and tenant not in self._last:
            return now
        others = len(self._last) + (tenant not in self._last)
        behind = self._last.get(tenant)
        place = free if behind is None else max(free, behind + self._gap * others)
        self._last[tenant] = place
        self._last.move_to_end(tenant)
        _bound(self._last, KEPT)
        return place

    def let_through(self, now: int) -> None:
        """Count somebody who passes."""
        self._passed.append(now)

    def _forget(self, now: int) -> None:
        """Let go of tenants that do not wait any more."""
        over = [tenant for tenant, place in self._last.items() if place < now]
        for tenant in over:
            del self._last[tenant]


def limits_from(texts: Iterable[str]) -> Limits:
    """The limits that people write.

    Each is ``tenant=RATE``, ``tenant:NAME=RATE``, ``host=RATE`` or ``host:NAME=RATE``; a rate is
    ``10/s``, ``100/m`` or ``5000/h``. Of two that are for the same, the last one counts. ``own``
    says that each process keeps them for itself.

    >>> limits_from(["host=10/s", "host:crm.example=100/m"]).host
    Rate(count=10, per=1000000)

    Raises:
        ValueError: one of them is none; the message says which.
    """
    usual: dict[str, Rate] = {}
    named: dict[str, dict[str, Rate]] = {"tenant": {}, "host": {}}
    given = [text.strip() for text in texts]
    for text in given:
        if text == OWN:
            continue
        found = _LIMIT.fullmatch(text)
        if found is None or not 1 <= int(found["count"]) <= MOST:
            raise ValueError(
                f"{text!r} is no limit: write one like `tenant=50/s`, `host=10/s` or "
                f"`host:crm.example=100/m`, with a number from 1 to {MOST:,}"
            )
        rate = Rate(int(found["count"]), _SPANS[found["span"]])
        if found["name"] is None:
            usual[found["kind"]] = rate
        else:
            name = found["name"] if found["kind"] == "tenant" else found["name"].lower()
            named[found["kind"]][name] = rate
    rates = usual.get("tenant"), usual.get("host"), named["tenant"], named["host"]
    return Limits(*rates, shared=OWN not in given)


_LIMIT: Final = re.compile(
    r"(?P<kind>tenant|host)(?::(?P<name>[^=\s]+))?=(?P<count>[0-9]{1,9})/(?P<span>[smh])", re.ASCII
)
_SPANS: Final = {"s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}


def _bound(remembered: OrderedDict[Any, Any], most: int) -> None:
    """Forget the first ones of too many."""
    while len(remembered) > most:
        remembered.popitem(last=False)
