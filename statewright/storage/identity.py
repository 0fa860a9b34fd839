"""Ids, tokens and hashes: pure functions. Chance comes in as an argument.

A session's id is the hash of who it is, so two that start the same session at once make one row
and the slower one finds it. A token is ``tenant.session.secret``: it is looked up by primary key,
and only the hash of its secret is stored.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from hashlib import sha256

from statewright.errors import UnstorableRecord
from statewright.storage.records import SessionKey

SECRET_BYTES = 32
"""How many random bytes a secret is made of."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token taken apart; that its secret is right is not yet said.

    Attributes:
        key: of the session it opens.
        secret: what the bearer knows.
    """

    key: SessionKey
    secret: str


def session_id(tenant: str, channel: str, conversation: str, flow: str, episode: int) -> str:
    """The id of a session: 160 bits of SHA-256 as 32 lower-case letters and digits.

    >>> session_id("acme", "web", "c1", "lead", 1)
    'nf2tozfjamzkbuyhmqlrgilffjbnzuun'
    """
    parts = json.dumps([tenant, channel, conversation, flow, episode])
    return base64.b32encode(sha256(parts.encode()).digest()[:20]).decode().lower()


def secret_from(chance: bytes) -> str:
    """The secret of a token from ``SECRET_BYTES`` random bytes."""
    return _base64(chance)


def token_from(key: SessionKey, secret: str) -> str:
    """The token that opens a session: letters, digits, ``-``, ``_`` and two dots."""
    return ".".join((_base64(key.tenant.encode()), _base64(key.session.encode()), secret))


def read_token(text: str) -> Token | None:
    """The parts of a token; None where the text is none."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > 2_000 or not text.isascii():
        return None
    try:
        tenant, session = (_from_base64(part).decode() for part in parts[:2])
        return Token(SessionKey(tenant, session), parts[2])
    except (ValueError, UnstorableRecord):
        return None


def secret_hash(secret: str) -> str:
    """What is stored of a secret: SHA-256, base64. A secret of 256 random bits needs no more."""
    return _hash(_utf8(secret))


def is_secret(secret: str, stored: str) -> bool:
    """Whether a secret is the one whose hash was stored, in constant time. No hash, no entry."""
    return bool(stored) and hmac.compare_digest(secret_hash(secret), stored)


def state_hash(snapshot: str | bytes) -> str:
    """The hash of a snapshot's canonical JSON: SHA-256, base64."""
    return _hash(_utf8(snapshot) if isinstance(snapshot, str) else snapshot)


def _hash(content: bytes) -> str:
    made = sha256()
    for start in range(0, len(content), _PIECE):
        made.update(content[start : start + _PIECE])
    return base64.b64encode(made.digest()).decode()


_PIECE = 2_047
"""How much is hashed at once. From one byte more, the library lets other threads run meanwhile,
and to be let run again takes longer than to hash a usual state."""


def _utf8(text: str) -> bytes:
    # Half a character is written as its escape, as canonical JSON does it.
    return text.encode("utf-8", "backslashreplace")


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
