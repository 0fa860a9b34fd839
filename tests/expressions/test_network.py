"""The network extension, where the conformance suite asks nothing."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import Environment, check, evaluate, parse


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cidr('192.168.1.0/24').isMask()", True),
        ("cidr('192.168.1.5/24').isMask()", False),
        ("cidr('192.168.1.5/24').ip() == ip('192.168.1.5')", True),
        ("cidr('10.0.0.0/8').containsCIDR('2001:db8::/32')", False),
        ("isCIDR('10.0.0.1/8')", True),
        ("isCIDR('10.0.0.1')", False),
        ("isCIDR('10.0.0.1/255.0.0.0')", False),
        ("isCIDR('10.0.0.1/08')", False),
        ("isCIDR('10.0.0.1/33')", False),
        ("isCIDR('::ffff:c0a8:1/120')", False),
        ("isIP('1.2.3')", False),
        ("isIP('01.2.3.4')", False),
        ("isIP('１.2.3.4')", False),
        ("isIP(' 1.2.3.4')", False),
        ("isIP('1.2.3.4/32')", False),
        ("isIP('')", False),
        ("isIP('::1.2.3.4')", True),
        ("string(ip('2001:DB8:0:0:1:0:0:1'))", "2001:db8::1:0:0:1"),
        ("ip.isCanonical('2001:db8:0:0:0:0:0:1')", False),
        ("ip('10.0.0.1') in [ip('10.0.0.2'), ip('10.0.0.1')]", True),
        ("[ip('10.0.0.1'), ip('10.0.0.1')].distinct().size()", 1),
        ("type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR", True),
        ("ip + '.'", "x."),
        ("given.isLoopback()", True),
    ],
)
def test_addresses_and_ranges(text: str, value: object) -> None:
    assert value_of(text, ip="x", given=ip_address("127.0.0.1")) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ip('256.0.0.1')", "not an IP address: '256.0.0.1'"),
        ("ip('fe80::1%eth0')", "not an IP address: 'fe80::1%eth0'"),
        ("cidr('10.0.0.0')", "not a CIDR range: '10.0.0.0'; it is written like `10.0.0.0/8`"),
        ("ip('1.1.1.1') < ip('2.2.2.2')", "no such overload: `<` of (net.IP, net.IP)"),
        ("[ip('1.1.1.1')].sort()", "a net.IP has no order"),
    ],
)
def test_what_is_no_address_says_so(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value_of(text)
    assert caught.value.reason == reason


def test_addresses_have_types() -> None:
    environment = Environment({})
    assert str(check(parse("cidr('10.0.0.0/8').ip()"), environment).type) == "net.IP"
    assert check(parse("'10.0.0.1'.isLoopback()"), environment).problems
