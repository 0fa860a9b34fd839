"""Tokens: whoever has one may do all there is to do with its session."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from statewright.errors import UnknownSession
from statewright.runtime import Runtime
from statewright.runtime.clock import SECOND
from statewright.storage.records import SessionKey

KEPT: Final = 10_000
"""How many tokens are known without asking the store."""

TRUSTED: Final = 10 * SECOND
"""Microseconds after which it is asked again, in case somebody has revoked one in the database."""


class Tokens:
    """Tokens → sessions. Only hashes of tokens are kept.

    Args:
        runtime: knows what a token opens.
        tenant: whose sessions are opened here.
    """

    def __init__(self, runtime: Runtime, tenant: str) -> None:
        self._runtime = runtime
        self._tenant = tenant
        # Hash of the token → the session, and when it was looked up; the oldest first.
        self._known: OrderedDict[bytes, tuple[SessionKey, int]] = OrderedDict()

    async def key_of(self, token: str) -> SessionKey:
        """The session that a token opens, or has opened some seconds ago.

        Raises:
            UnknownSession: none of this tenant.
        """
        name = sha256(token.encode("utf-8", "backslashreplace")).digest()
        now = self._runtime.clock()
        key, since = self._known.get(name, (None, 0))
        if key is not None and 0 <= now - since < TRUSTED:
            return key
        self._known.pop(name, None)
        key = await self._runtime.key_of(token)
        if key.tenant != self._tenant:
            raise UnknownSession("the token opens no session; start one")
        self._known[name] = key, now
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return key
