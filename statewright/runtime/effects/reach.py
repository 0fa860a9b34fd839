"""How far requests go: which hosts the flows of a tenant may name, and whether private ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from statewright.errors import EffectFailed


@dataclass(frozen=True, slots=True)
class Reach:
    """What requests may be sent to.

    A pattern is a name (``api.example.com``), or everything below one (``*.example.com``); with
    ``:port`` it means that port only, else any.

    Attributes:
        hosts: patterns of the hosts that may be named; None for all.
        private: whether hosts may have addresses that are not of the public internet.
        private_hosts: patterns of the hosts that may have them all the same.
    """

    hosts: tuple[str, ...] | None = None
    private: bool = False
    private_hosts: tuple[str, ...] = ()

    def check(self, host: str, port: int) -> None:
        """Refuse a host that is not among those that may be named.

        Raises:
            EffectFailed: it is not (``host``).
        """
        if self.hosts is not None and not _is_among(self.hosts, host, port):
            raise EffectFailed(
                "host", "the host is not one that requests may go to; see `hosts` of the server"
            )

    def allows_private(self, host: str, port: int) -> bool:
        """Whether a host may have an address that is not public."""
        return self.private or _is_among(self.private_hosts, host, port)


PUBLIC: Final = Reach()
"""The public internet."""

ANYWHERE: Final = Reach(private=True)
"""For hosts that whoever runs the server has named."""


@dataclass(frozen=True, slots=True)
class Reaches:
    """How far the requests of each tenant go.

    Attributes:
        usual: those of tenants that are not named.
        tenants: those of the others.
    """

    usual: Reach = PUBLIC
    tenants: Mapping[str, Reach] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, tenant: str) -> Reach:
        """How far the requests of a tenant go."""
        return self.tenants.get(tenant, self.usual)


def _is_among(patterns: tuple[str, ...], host: str, port: int) -> bool:
    """Whether a host is meant by any of some patterns.

    >>> [_is_among(("*.example.com",), host, 443) for host in ("a.Example.com.", "example.com")]
    [True, False]
    >>> _is_among(("example.com:8443",), "example.com", 443)
    False
    """
    name = host.lower().removesuffix(".")
    for pattern in patterns:
        wanted, colon, number = _split(pattern.lower())
        if colon and number != str(port):
            continue
        below = wanted.removeprefix("*")
        if name == wanted or (below != wanted and name.endswith(below) and name != below):
            return True
    return False


def _split(pattern: str) -> tuple[str, str, str]:
    """A pattern as its host and its port; the colons of an IPv6 address are not the port's."""
    if pattern.count(":") > 1 and not pattern.startswith("["):
        return pattern, "", ""
    host, colon, number = pattern.rpartition(":")
    if not colon or pattern.endswith("]"):
        host, colon, number = pattern, "", ""
    return host.removeprefix("[").removesuffix("]"), colon, number
