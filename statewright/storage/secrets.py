"""Secrets that are kept beside the sessions: sealed, so that the database alone tells nobody.

What seals and opens them is of no concern here: a store keeps texts that it cannot read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from statewright.storage.limits import check_name, check_number, check_text
from statewright.storage.store import PAGE


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as it is kept.

    Attributes:
        tenant: whose it is; ``""`` for whoever runs the server, which no flow can name.
        name: what flows call it.
        sealed: what it stands for, encrypted.
        at: when it was set, microseconds since 1970 UTC.
    """

    tenant: str
    name: str
    sealed: str
    at: int

    def __post_init__(self) -> None:
        if self.tenant:
            check_name("the tenant", self.tenant)
        check_name("the name of the secret", self.name)
        check_text("the sealed secret", self.sealed)
        check_number("the time of the secret", self.at)


class SealedSecrets(Protocol):
    """Where sealed secrets are kept. Every method may raise ``StorageUnavailable``."""

    async def read(self, tenant: str, name: str) -> SealedSecret | None:
        """A secret, or None where there is none of that name."""
        ...

    async def page(
        self, *, after: tuple[str, str] | None = None, limit: int = PAGE
    ) -> tuple[SealedSecret, ...]:
        """The secrets of everybody by tenant and name (code point order).

        Args:
            after: tenant and name of the last one that was seen; None for the beginning.
            limit: how many at most.
        """
        ...

    async def save(self, secret: SealedSecret) -> None:
        """Keep a secret in the place of the one before it, if there is one."""
        ...

    async def reseal(self, before: SealedSecret, sealed: str) -> bool:
        """Replace how a secret is sealed; False where it is not as it was seen any more."""
        ...

    async def remove(self, tenant: str, name: str) -> bool:
        """Forget a secret; whether there was one."""
        ...


@runtime_checkable
class KeepsSecrets(Protocol):
    """A store that keeps sealed secrets, too, in the same place."""

    @property
    def secrets(self) -> SealedSecrets:
        """The secrets beside the publications and sessions of this store."""
        ...


class MemorySecrets:
    """``SealedSecrets`` in a dictionary. Nothing of it outlives the process."""

    def __init__(self) -> None:
        self._secrets: dict[tuple[str, str], SealedSecret] = {}

    async def read(self, tenant: str, name: str) -> SealedSecret | None:
        """See ``SealedSecrets``."""
        return self._secrets.get((tenant, name))

    async def page(
        self, *, after: tuple[str, str] | None = None, limit: int = PAGE
    ) -> tuple[SealedSecret, ...]:
        """See ``SealedSecrets``."""
        found = sorted(key for key in self._secrets if after is None or key > after)
        return tuple(self._secrets[key] for key in found[:limit])

    async def save(self, secret: SealedSecret) -> None:
        """See ``SealedSecrets``."""
        self._secrets[secret.tenant, secret.name] = secret

    async def reseal(self, before: SealedSecret, sealed: str) -> bool:
        """See ``SealedSecrets``."""
        key = before.tenant, before.name
        if self._secrets.get(key) != before:
            return False
        self._secrets[key] = SealedSecret(*key, sealed, before.at)
        return True

    async def remove(self, tenant: str, name: str) -> bool:
        """See ``SealedSecrets``."""
        return self._secrets.pop((tenant, name), None) is not None
