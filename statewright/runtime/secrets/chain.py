"""Several sources of secrets, asked in order."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.runtime.effects.secret_texts import Secrets, asked


class Chain:
    """``Secrets``: the first source that has a secret gives it.

    Args:
        sources: in the order in which they are asked.
    """

    def __init__(self, sources: Sequence[Secrets]) -> None:
        self._sources = tuple(sources)

    async def __call__(self, tenant: str, name: str) -> str | None:
        """What a secret stands for, or None where no source has it."""
        for source in self._sources:
            value = await asked(source, tenant, name)
            if value is not None:
                return value
        return None

    async def refresh(self, tenant: str) -> None:
        """Let every source that remembers secrets of a tenant look them up anew."""
        for source in self._sources:
            refresh = getattr(source, "refresh", None)
            if refresh is not None:
                await refresh(tenant)
