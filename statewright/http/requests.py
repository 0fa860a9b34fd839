"""What endpoints read of a request besides its body: its path, the query, the headers."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from statewright.errors import DraftChanged
from statewright.http.endpoint import Host
from statewright.http.problems import Refused
from statewright.storage.drafts import ABSENT
from statewright.storage.records import SessionKey

_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"', re.ASCII)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def root_of(request: Request) -> str:
    """The path under which the application is mounted, or ``""``."""
    return str(request.scope.get("root_path", ""))


async def session_in_path(host: Host, request: Request) -> SessionKey:
    """The session that the token in the path opens.

    Raises:
        UnknownSession: none of this tenant.
    """
    return await host.tokens.key_of(request.path_params["token"])


def message_id_from(request: Request, purpose: str = "") -> str | None:
    """The id that the caller gives to what is sent: ``Idempotency-Key``, or None.

    Args:
        request: with the key, or without.
        purpose: what is asked for, where that is no message: it has keys of its own.

    Raises:
        Refused: it is no such key.
    """
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    key = keys[0].strip()
    if len(keys) > 1 or not _KEY.fullmatch(key):
        raise Refused(
            "MALFORMED_REQUEST", "`Idempotency-Key` is one key of 1 to 255 visible ASCII characters"
        )
    # No key has a blank in it, so no key of a message is one of these.
    return f"{purpose} {key}" if purpose else key


def seen_from(request: Request, flow: str, current: str) -> str | None:
    """Which draft the caller has seen (RFC 9110, 13.1), or None where that does not matter.

    Args:
        request: with ``If-Match``, or ``If-None-Match: *``, or neither.
        flow: of which the draft is.
        current: the digest of the draft that is there, or ``ABSENT``.

    Returns:
        What the draft has to be when it is changed.

    Raises:
        DraftChanged: the condition does not hold already now.
    """
    # A header that comes in several lines is one list.
    match, none_match = (
        ", ".join(request.headers.getlist(name)) for name in ("if-match", "if-none-match")
    )
    if none_match:
        if none_match.strip() != "*":
            raise Refused("MALFORMED_REQUEST", "`If-None-Match` can only be `*` here")
        if current != ABSENT:
            raise DraftChanged(flow, current, ABSENT)
        return ABSENT
    if not match:
        return None
    wanted = {tag for weak, tag in _TAG.findall(match) if not weak}
    if current == ABSENT or (match.strip() != "*" and current not in wanted):
        raise DraftChanged(flow, current)
    return current


def number_in_query(request: Request, name: str, default: int, *, most: int, least: int = 1) -> int:
    """A number in the query of a request.

    Raises:
        Refused: it is none, or beyond its bounds.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 18 and least <= int(text) <= most:
        return int(text)
    raise Refused("INVALID_VALUE", f"`{name}` in the query is a number from {least} to {most}")
