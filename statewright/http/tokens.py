"""Tokens: whoever has one may do all there is to do with its session."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from statewright.errors import UnknownSession
from statewright.runtime import Runtime
from statewright.storage.records import SessionKey

KEPT: Final = 10_000
"""How many tokens are known without asking the store: what a token opens never changes."""


class Tokens:
    """Tokens → sessions. Only hashes of tokens are kept.

    Args:
        runtime: knows what a token opens.
        tenant: whose sessions are opened here.
    """

    def __init__(self, runtime: Runtime, tenant: str) -> None:
        self._runtime = runtime
        self._tenant = tenant
        self._known: OrderedDict[bytes, SessionKey] = OrderedDict()

    async def key_of(self, token: str) -> SessionKey:
        """The session that a token opens.

        Raises:
            UnknownSession: none of this tenant.
        """
        name = sha256(token.encode("utf-8", "backslashreplace")).digest()
        key = self._known.get(name)
        if key is None:
            key = await self._runtime.key_of(token)
            if key.tenant != self._tenant:
                raise UnknownSession("the token opens no session; start one")
            self._known[name] = key
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return key
