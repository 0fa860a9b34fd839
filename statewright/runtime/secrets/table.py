"""Secrets in the table of the database, sealed; see ``sealing``."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from statewright.errors import EffectFailed, StorageUnavailable
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.secrets.sealing import Keys, UnreadableSecret
from statewright.storage.secrets import SealedSecret, SealedSecrets

FRESH: Final = 10 * SECOND
"""Microseconds for which a secret is not looked up again."""

KEPT: Final = 1_000
"""How many secrets are remembered."""


@dataclass(frozen=True, slots=True)
class _Known:
    value: str | None
    until: int


class TableSecrets:
    """``Secrets`` of a table.

    Args:
        table: where they are kept.
        keys: they are sealed with.
        clock: tells the time.
    """

    def __init__(self, table: SealedSecrets, keys: Keys, clock: Clock = system_clock) -> None:
        self._table = table
        self._keys = keys
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    async def __call__(self, tenant: str, name: str) -> str | None:
        """What a secret stands for, or None where the table has none of that name.

        Raises:
            EffectFailed: it cannot be read now, or not with the keys that are here (``secret``).
        """
        now = self._clock()
        known = self._known.get((tenant, name))
        if known is not None and now < known.until:
            return known.value
        value = await self._looked_up(tenant, name)
        self._known[tenant, name] = _Known(value, now + FRESH)
        self._known.move_to_end((tenant, name))
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return value

    async def refresh(self, tenant: str) -> None:
        """Look up the secrets of a tenant anew, and those of whoever runs the server."""
        for key in [key for key in self._known if key[0] in {tenant, ""}]:
            del self._known[key]

    async def _looked_up(self, tenant: str, name: str) -> str | None:
        try:
            found = await self._table.read(tenant, name)
        except StorageUnavailable:
            raise EffectFailed(
                "secret", "secrets cannot be read now: the database is away", transient=True
            ) from None
        if found is None:
            return None
        try:
            return self._keys.unseal(tenant, name, found.sealed)
        except UnreadableSecret as error:
            raise EffectFailed("secret", f"the secret `{name}` cannot be read: {error}") from None


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of secrets when the key was rotated.

    Attributes:
        done: how many are sealed with the new key now.
        current: how many were already.
        unreadable: tenant and name of those that none of the keys opens.
    """

    done: int = 0
    current: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()


async def set_secret(
    table: SealedSecrets, keys: Keys, tenant: str, name: str, value: str, at: int
) -> None:
    """Keep a secret in the place of the one before it, if there is one.

    Raises:
        UnstorableRecord: the tenant or the name is none that can be kept.
    """
    await table.save(SealedSecret(tenant, name, keys.seal(tenant, name, value), at))


async def reseal_all(table: SealedSecrets, keys: Keys) -> Resealed:
    """Seal every secret with the first key. It may be stopped anywhere, and done again."""
    done, current = 0, 0
    unreadable: list[tuple[str, str]] = []
    after: tuple[str, str] | None = None
    while page := await table.page(after=after):
        for one in page:
            after = one.tenant, one.name
            if keys.is_current(one.sealed):
                current += 1
                continue
            try:
                value = keys.unseal(one.tenant, one.name, one.sealed)
            except UnreadableSecret:
                unreadable.append(after)
                continue
            # One that was set in between was sealed with its setter's first key.
            done += await table.reseal(one, keys.seal(one.tenant, one.name, value))
    return Resealed(done, current, tuple(unreadable))
