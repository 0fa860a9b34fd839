"""The network extension: IP addresses, and ranges of them.

Source: https://github.com/google/cel-go/blob/master/ext/network.go and the conformance tests, which
take the address ``::ffff:c0a8:1`` for the IPv4 address that it maps, and refuse it with dots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
    ip_address,
    ip_interface,
)
from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import BOOL, INT, STRING, CelType

IP: Final = CelType("net.IP")
CIDR: Final = CelType("net.CIDR")

_Address = IPv4Address | IPv6Address
_Range = IPv4Interface | IPv6Interface

_LENGTH_LIMIT: Final = 60
"""The characters that an address or range may have."""
_PREFIX: Final = re.compile(r"[^/%]+/(?:0|[1-9][0-9]{0,2})", re.ASCII)
_BROADCAST: Final = IPv4Address("255.255.255.255")


def _address(text: str) -> _Address:
    if len(text) > _LENGTH_LIMIT or "%" in text:
        raise _no_address(text)
    try:
        found = ip_address(text)
    except ValueError:
        raise _no_address(text) from None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    if mapped is None:
        return found
    if "." in text:
        raise _no_address(text)
    return mapped


def _no_address(text: str) -> EvaluationError:
    return EvaluationError(f"not an IP address: {text[:60]!r}")


def _range(text: str) -> _Range:
    try:
        if len(text) <= _LENGTH_LIMIT and _PREFIX.fullmatch(text):
            found = ip_interface(text)
            if found.version == 4 or found.ip.ipv4_mapped is None:
                return found
    except ValueError:
        pass
    raise EvaluationError(f"not a CIDR range: {text[:60]!r}; it is written like `10.0.0.0/8`")


def _is(read: Callable[[str], object]) -> Callable[[str], bool]:
    def succeeds(text: str) -> bool:
        try:
            read(text)
        except EvaluationError:
            return False
        return True

    return succeeds


def _is_global_unicast(address: _Address) -> bool:
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or address == _BROADCAST
    )


def _is_link_local_multicast(address: _Address) -> bool:
    first, second, third = address.packed[:3]
    if isinstance(address, IPv4Address):
        return (first, second, third) == (224, 0, 0)
    return first == 0xFF and second & 0x0F == 0x02


def _contains_address(outer: _Range, inner: _Address) -> bool:
    return outer.version == inner.version and inner in outer.network


def _contains_range(outer: _Range, inner: _Range) -> bool:
    return outer.network.prefixlen <= inner.network.prefixlen and _contains_address(outer, inner.ip)


def _contains_address_text(outer: _Range, text: str) -> bool:
    return _contains_address(outer, _address(text))


def _contains_range_text(outer: _Range, text: str) -> bool:
    return _contains_range(outer, _range(text))


def _masked(whole: _Range) -> _Range:
    return ip_interface(whole.network)


_QUESTIONS: Final[Mapping[str, Callable[[_Address], bool]]] = {
    "isGlobalUnicast": _is_global_unicast,
    "isLinkLocalMulticast": _is_link_local_multicast,
    "isLinkLocalUnicast": lambda address: address.is_link_local,
    "isLoopback": lambda address: address.is_loopback,
    "isUnspecified": lambda address: address.is_unspecified,
}


NETWORK: Final[tuple[Overload, ...]] = (
    function("ip", (STRING,), IP, _address),
    function("isIP", (STRING,), BOOL, _is(_address)),
    function("ip.isCanonical", (STRING,), BOOL, lambda text: str(_address(text)) == text),
    function("cidr", (STRING,), CIDR, _range),
    function("isCIDR", (STRING,), BOOL, _is(_range)),
    function("string", (IP,), STRING, str),
    function("string", (CIDR,), STRING, str),
    member("family", (IP,), INT, lambda address: address.version),
    *(member(name, (IP,), BOOL, answer) for name, answer in _QUESTIONS.items()),
    member("containsIP", (CIDR, IP), BOOL, _contains_address),
    member("containsIP", (CIDR, STRING), BOOL, _contains_address_text),
    member("containsCIDR", (CIDR, CIDR), BOOL, _contains_range),
    member("containsCIDR", (CIDR, STRING), BOOL, _contains_range_text),
    member("ip", (CIDR,), IP, lambda whole: whole.ip),
    member("isMask", (CIDR,), BOOL, lambda whole: whole.ip == whole.network.network_address),
    member("masked", (CIDR,), CIDR, _masked),
    member("prefixLength", (CIDR,), INT, lambda whole: whole.network.prefixlen),
)
"""``ip cidr isIP isCIDR``, and what addresses and ranges are asked."""
