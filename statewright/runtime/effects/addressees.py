"""The addresses of emails: read strictly, so that none of them can bring another, or a header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any, Final

from statewright.errors import EffectFailed

MOST: Final = 100
"""The most people whom one email goes to."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LOCAL: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}")
_DOMAIN: Final = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


def addresses_from(what: str, values: Iterable[Any]) -> list[Address]:
    """The addresses that are given, each once.

    Args:
        what: which they are, for messages.
        values: texts (``ada@example.org``, ``Ada <ada@example.org>``), several in one with commas
            between them, or maps ``{address, name}``.

    Raises:
        EffectFailed: one of them is none (``address``).
    """
    found: dict[str, Address] = {}
    for value in values:
        for name, spec in _written(what, value):
            address = _address(what, name, spec)
            found.setdefault(address.addr_spec.lower(), address)
    if len(found) > MOST:
        raise EffectFailed("recipient", f"`{what}` has more than {MOST} addresses")
    return list(found.values())


def _written(what: str, value: Any) -> list[tuple[str, str]]:
    """Names and addresses as they are written."""
    if isinstance(value, Mapping):
        name, spec = value.get("name") or "", value.get("address") or value.get("email") or ""
        if isinstance(name, str) and isinstance(spec, str):
            return [(name, spec)]
    if not isinstance(value, str):
        raise _none(what)
    return [_parsed(what, part) for part in _parts(value)]


def _parts(text: str) -> list[str]:
    """A list of addresses at its commas, of which those between quotes are no such.

    >>> _parts('"Doe, Jo" <jo@x.org>, b@x.org')
    ['"Doe, Jo" <jo@x.org>', 'b@x.org']
    """
    found = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",])+', text)
    return [part.strip() for part in found if part.strip()]


def _parsed(what: str, part: str) -> tuple[str, str]:
    if _CONTROL.search(part):
        raise _none(what)
    if "<" not in part:
        return "", part
    name, spec = parseaddr(part)
    if not part.endswith(f"<{spec}>"):
        raise _none(what)
    return name, spec


def _address(what: str, name: str, spec: str) -> Address:
    local, at, domain = spec.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise _none(what) from None
    fits = at and _LOCAL.fullmatch(local) and not local.startswith(".") and ".." not in local
    if not fits or local.endswith(".") or not _DOMAIN.fullmatch(ascii_domain):
        raise _none(what)
    if _CONTROL.search(local) or _CONTROL.search(name):
        raise _none(what)
    try:
        return Address(name, username=local, domain=ascii_domain)
    except (ValueError, IndexError, TypeError):
        raise _none(what) from None


def _none(what: str) -> EffectFailed:
    return EffectFailed("recipient", f"`{what}` holds something that is no email address")
