"""Sealing secrets: AES-256-GCM under keys that are not in the database.

A sealed secret is ``v1.<key>.<nonce and ciphertext>``. Tenant and name are authenticated with it: a
row that somebody moves to another tenant, or to another name, does not open. Which key has sealed
it is told by the beginning of the key's SHA-256, so keys can be rotated: the first one seals, all
of them open.

Source: NIST SP 800-38D; RFC 5116, 5.2.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statewright.errors import InvalidSettings
from statewright.runtime.clock import Chance, system_chance

SIZE: Final = 32
"""Bytes of a key."""

NONCE: Final = 12
"""Random bytes in each sealed secret."""

_VERSION: Final = "v1"


class UnreadableSecret(ValueError):
    """A sealed secret was sealed with another key, for something else, or not by us."""


class Keys:
    """The keys that secrets are sealed with.

    Args:
        keys: of ``SIZE`` bytes; the first one seals, all of them open.
        chance: gives random bytes.

    Raises:
        InvalidSettings: there is none, or one of another size.
    """

    def __init__(self, keys: Sequence[bytes], chance: Chance = system_chance) -> None:
        if not keys or any(len(key) != SIZE for key in keys):
            raise InvalidSettings(
                f"secrets are sealed with at least one key of {SIZE} bytes, written in base64; "
                "`statewright secrets key` makes one"
            )
        self._keys = {_mark(key): AESGCM(key) for key in reversed(keys)}
        self._current = _mark(keys[0])
        self._chance = chance

    def seal(self, tenant: str, name: str, value: str) -> str:
        """A secret as it can be kept."""
        nonce = self._chance(NONCE)
        box = self._keys[self._current].encrypt(nonce, value.encode(), _bound_to(tenant, name))
        return f"{_VERSION}.{self._current}.{_written(nonce + box)}"

    def unseal(self, tenant: str, name: str, sealed: str) -> str:
        """What a sealed secret stands for.

        Raises:
            UnreadableSecret: it cannot be told.
        """
        version, _, rest = sealed.partition(".")
        mark, _, text = rest.partition(".")
        key = self._keys.get(mark)
        if version != _VERSION or key is None:
            raise UnreadableSecret("it was sealed with a key that is not here")
        try:
            box = _read(text)
            return key.decrypt(box[:NONCE], box[NONCE:], _bound_to(tenant, name)).decode()
        except (InvalidTag, ValueError):
            raise UnreadableSecret("it is not as it was sealed") from None

    def is_current(self, sealed: str) -> bool:
        """Whether a secret was sealed with the key that seals now."""
        return sealed.startswith(f"{_VERSION}.{self._current}.")


def keys_from(text: str) -> Keys:
    """The keys that a text lists, with commas or blanks between them.

    Raises:
        InvalidSettings: it lists none, or something that is none.
    """
    try:
        return Keys([_read(word) for word in text.replace(",", " ").split()])
    except ValueError:
        # What is wrong with it is not told: that would show it.
        raise InvalidSettings(
            "a key that secrets are sealed with is not written in base64; `statewright secrets "
            "key` makes one"
        ) from None


def new_key(chance: Chance = system_chance) -> str:
    """A key as it is written."""
    return _written(chance(SIZE))


def _bound_to(tenant: str, name: str) -> bytes:
    return json.dumps(["statewright secret", tenant, name]).encode()


def _mark(key: bytes) -> str:
    return sha256(key).hexdigest()[:8]


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise ValueError(str(error)) from None
