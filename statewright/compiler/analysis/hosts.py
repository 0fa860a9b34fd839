"""Whether the host of a URL is one of the public internet, as far as its name tells.

Names are judged as programs resolve them, not as people read them: an address may be written in
decimal, octal or hexadecimal, with fewer dots, in full-width digits, or as IPv6 around IPv4.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from typing import Final

_LOCAL_NAMES: Final = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
_LOCAL_ENDINGS: Final = (".localhost", ".localdomain", ".local", ".internal", ".lan", ".home.arpa")
"""Names that are reserved for private networks (RFC 6761, 6762, 8375; `.internal` by ICANN)."""

_METADATA: Final = frozenset(
    {
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "metadata.google.internal",
        "metadata",
        "instance-data",
    }
)
"""Where machines in clouds ask for their own credentials."""

_AROUND_IPV4: Final = (ip_network("64:ff9b::/96"), ip_network("::/96"))
_NOT_PUBLIC: Final = (
    ip_network("2002::/16"),
    ip_network("2001::/32"),
    ip_network("64:ff9b:1::/48"),
)


OWN_MACHINE: Final = "is this machine itself"
PRIVATE_NAME: Final = "is a name of a private network"
NEIGHBOUR: Final = "is a name of the network around the server"


# A flow asks a few hosts at many places.
@lru_cache(maxsize=1_024)
def not_public(host: str) -> str:
    """Why a host is not one of the public internet, as the end of a sentence; ``""`` if it is.

    >>> not_public("locale.example.com")
    ''
    >>> not_public("0x7f.1")
    'is this machine itself'
    """
    name = plain_host(host)
    address = address_from(name)
    if name in _METADATA or (address is not None and str(address) in _METADATA):
        return "gives the machine's own credentials"
    if address is not None:
        return _judged(address)
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return OWN_MACHINE
    if name.endswith(_LOCAL_ENDINGS):
        return PRIVATE_NAME
    if "." not in name:
        return NEIGHBOUR
    return ""


def plain_host(host: str) -> str:
    """A host as it is looked up: lower case, width and dots made plain, without brackets."""
    name = unicodedata.normalize("NFKC", host).lower().replace("\u3002", ".").strip("[]")
    return name.partition("%25")[0].partition("%")[0].rstrip(".") or name


def address_from(name: str) -> IPv4Address | IPv6Address | None:
    """The address that a name is, in any notation that resolvers take; None for other names."""
    try:
        address: IPv4Address | IPv6Address | None = ip_address(name)
    except ValueError:
        address = _loose_ipv4(name)
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _AROUND_IPV4) and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _loose_ipv4(name: str) -> IPv4Address | None:
    """An address as ``inet_aton`` reads it: ``127.1``, ``0x7f000001``, ``2130706433``."""
    parts = name.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers = [_number(part) for part in parts]
    value = 0
    for place, number in enumerate(numbers):
        last = place == len(numbers) - 1
        room = 8 * (5 - len(parts)) if last else 8
        if number is None or number >= 1 << room:
            return None
        value = (value << room) | number
    return IPv4Address(value)


def _number(part: str) -> int | None:
    if not part.isascii() or not part.isalnum() or len(part) > 20:
        return None
    base = 16 if part.startswith("0x") else 8 if part.startswith("0") and len(part) > 1 else 10
    try:
        return int(part.removeprefix("0x") or "0", base)
    except ValueError:
        return None


def _judged(address: IPv4Address | IPv6Address) -> str:
    if address.is_loopback or address.is_unspecified:
        return OWN_MACHINE
    if address.is_link_local:
        return "is an address of the local link"
    refused = any(
        address in network
        for network in _NOT_PUBLIC
        if isinstance(address, IPv4Address) == isinstance(network, IPv4Network)
    )
    if refused or not address.is_global or address.is_multicast or address.is_reserved:
        return "is no address of the public internet"
    return ""
