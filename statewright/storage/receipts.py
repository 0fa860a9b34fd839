"""What callers were told of changes they gave a key to, so that who asks again is told the same.

A receipt is kept in the transaction of the change it tells of. So either both are there or
neither, whatever crashes, and of two who bring one key at the same moment one changes something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from statewright.errors import AlreadyDone
from statewright.storage.limits import check_id, check_name, check_number, check_text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a caller was told of a change.

    Attributes:
        tenant: whose data was changed.
        key: what the caller calls the change; unique among those of the tenant.
        request: what was asked for, or a digest of it.
        answer: what was told, opaque to the store.
        at: when, microseconds since 1970 UTC.
    """

    tenant: str
    key: str
    request: str
    answer: str
    at: int

    def __post_init__(self) -> None:
        check_name("the tenant", self.tenant)
        check_id("the key of the change", self.key)
        check_text("what was asked for", self.request)
        check_text("what was told", self.answer)
        check_number("the time of the receipt", self.at)


class KeepsReceipts(Protocol):
    """Where receipts are kept: beside what they tell of."""

    async def receipt(self, tenant: str, key: str) -> Receipt | None:
        """What was told of the change that has this key, or None where nothing has it."""
        ...


class MemoryReceipts:
    """Receipts in a dictionary."""

    def __init__(self) -> None:
        self._receipts: dict[tuple[str, str], Receipt] = {}

    def of(self, tenant: str, key: str) -> Receipt | None:
        """The receipt that has this key."""
        return self._receipts.get((tenant, key))

    def keep(self, receipt: Receipt) -> None:
        """Keep a receipt.

        Raises:
            AlreadyDone: there is one with its key.
        """
        if self._receipts.setdefault((receipt.tenant, receipt.key), receipt) is not receipt:
            raise AlreadyDone(receipt.key)

    def tenants(self, after: str, limit: int) -> tuple[str, ...]:
        """See ``Store.receipted``."""
        return tuple(sorted({tenant for tenant, _ in self._receipts if tenant > after})[:limit])

    def forget(self, tenant: str, before: int, limit: int) -> int:
        """See ``Store.forget_receipts``."""
        old = [
            (one.at, place)
            for place, one in self._receipts.items()
            if place[0] == tenant and one.at < before
        ]
        for _, place in sorted(old)[:limit]:
            del self._receipts[place]
        return min(len(old), limit)
