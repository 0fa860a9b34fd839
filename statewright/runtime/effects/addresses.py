"""Which addresses of the network a flow may reach: those of the public internet, by default.

A flow names hosts, and its users may have a say in the names. The server stands where its own
network trusts it, so what is private, local, or serves the machine itself is not to be reached
through it (server-side request forgery, OWASP API7:2023). Names are resolved once, here, and the
connection goes to the address that was looked at: a name that resolves otherwise a moment later
gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from statewright.errors import EffectFailed

REFUSED: Final = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # serves virtual machines of Azure
        "64:ff9b::/96",  # IPv4 behind IPv6 (RFC 6052): whatever it is, it is to be said plainly
        "64:ff9b:1::/48",
        "2002::/16",  # 6to4
        "2001::/32",  # Teredo
        "fec0::/10",  # local to a site, as it was once (RFC 3879)
    )
)
"""Networks that count as public, and are not to be reached all the same."""


async def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, in the order in which they should be tried.

    Args:
        host: a name or an address.
        port: the port that is meant.
        allow_private: whether addresses that are not public will do.

    Raises:
        EffectFailed: there is no such host (``dns``), or one of its addresses is not to be reached
            (``address``).
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EffectFailed("dns", "the name of the host is not known", transient=True) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise EffectFailed(
            "address", "the host is not on the public internet, where alone requests may go"
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, and may be reached.

    >>> [is_public(one) for one in ("93.184.216.34", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False]
    """
    try:
        one: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False  # An address with a zone is one of a local link.
    if isinstance(one, IPv6Address) and one.ipv4_mapped is not None:
        one = one.ipv4_mapped
    if any(one in network for network in REFUSED if _same_kind(one, network)):
        return False
    return one.is_global and not one.is_multicast and not one.is_reserved


def _same_kind(one: IPv4Address | IPv6Address, network: object) -> bool:
    return isinstance(one, IPv6Address) == isinstance(network, IPv6Network)
