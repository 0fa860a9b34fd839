"""Secrets that are looked up anew, because somebody was not let in: once for each request."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Final

from statewright.runtime.effects.secret_texts import Secrets

KEPT: Final = 10_000
"""How many requests are remembered for which that was done: the last ones."""

_log = logging.getLogger(__name__)


class Refreshing:
    """Looks secrets up anew.

    It remembers for which requests it has, so that none goes on for ever; after a restart, and in
    another process, it may do so once more.

    Args:
        secrets: gives them.
        longest: seconds that this may take.
    """

    def __init__(self, secrets: Secrets, longest: float) -> None:
        self._secrets = secrets
        self._longest = longest
        self._done: OrderedDict[str, None] = OrderedDict()

    async def refreshed(self, tenant: str, effect: str) -> bool:
        """Look the secrets of a tenant up anew; whether another try of a request may use that.

        Args:
            tenant: whose.
            effect: the id of the request that was not let in.
        """
        refresh = getattr(self._secrets, "refresh", None)
        if refresh is None or effect in self._done:
            return False
        self._done[effect] = None
        if len(self._done) > KEPT:
            self._done.popitem(last=False)
        try:
            async with asyncio.timeout(self._longest):
                await refresh(tenant)
        except Exception as error:  # noqa: BLE001 (what gives secrets may raise anything)
            # Only the type is told: the text may hold secrets.
            _log.error("secrets cannot be refreshed: %s", type(error).__name__)
            return False
        return True
