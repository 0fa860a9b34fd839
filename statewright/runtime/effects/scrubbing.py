"""Secrets, taken out of what comes back: servers repeat what they were asked.

A secret is found as it is, and as it is written in a URL, in JSON, in markup and in base64. One
that was cut, reversed or hashed is not: nobody could tell.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

SECRET: Final = "[secret]"  # noqa: S105 (it is none)
"""What stands where a secret was."""

SHORTEST: Final = 6
"""Characters of the shortest secret that is looked for in results: shorter ones stand in every
text, and to take them out would spoil it."""


def forms_of(secret: str) -> tuple[str, ...]:
    """A secret, as it is and as it is written elsewhere; the longest first.

    >>> forms_of("a b")
    ('a%20b', 'YSBi', 'a b', 'a+b')
    """
    raw = secret.encode("utf-8", errors="replace")
    forms = {
        secret,
        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def scrubbed(value: Any, secrets: Iterable[str]) -> Any:
    """A JSON-like value without secrets, keys of maps included."""
    found = {form for one in secrets if len(one) >= SHORTEST for form in forms_of(one)}
    forms = sorted((form for form in found if len(form) >= SHORTEST), key=len, reverse=True)
    return _scrubbed(value, forms) if forms else value


def _scrubbed(value: Any, forms: list[str]) -> Any:
    match value:
        case str():
            return _text(value, forms)
        case Mapping():
            return {
                _text(key, forms) if isinstance(key, str) else key: _scrubbed(part, forms)
                for key, part in value.items()
            }
        case list() | tuple():
            return [_scrubbed(part, forms) for part in value]
        case _:
            return value


def _text(text: str, forms: list[str]) -> str:
    for form in forms:
        if form in text:
            text = text.replace(form, SECRET)
    return text
