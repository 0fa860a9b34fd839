"""Flows that are being drawn: kept as their authors left them, right or wrong.

A draft is replaced as a whole, and only by somebody who has seen it: whoever names the digest of
what they saw finds out that it was changed since. What the flow says is of no concern here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, runtime_checkable

from statewright.errors import DraftChanged
from statewright.storage.limits import check_name, check_number, check_text
from statewright.storage.receipts import KeepsReceipts, MemoryReceipts, Receipt
from statewright.storage.store import PAGE

ABSENT = ""
"""The digest of a draft that is not there."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A draft as lists show it: everything but what was drawn.

    Attributes:
        tenant: whose it is.
        flow: the id of the flow.
        name: what people call it, or ``""``.
        digest: of the draft's contents; two drafts with one digest hold the same.
        created_at: when it was first saved, microseconds since 1970 UTC.
        updated_at: when it was last saved.
    """

    tenant: str
    flow: str
    name: str
    digest: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow that is being drawn.

    Attributes:
        tenant: whose it is.
        flow: the id of the flow.
        name: what people call it, or ``""``.
        text: the flow, as it was given.
        dialect: what the text is written in, or ``""`` where that can be seen by looking at it.
        ui: what the editor keeps beside it, as it was given, or ``""``.
        at: when it was saved, microseconds since 1970 UTC.
    """

    tenant: str
    flow: str
    name: str
    text: str
    dialect: str
    ui: str
    at: int

    @property
    def digest(self) -> str:
        """SHA-256 of all that was drawn, in letters, digits, ``-`` and ``_``."""
        parts = json.dumps([self.flow, self.name, self.text, self.dialect, self.ui])
        return base64.urlsafe_b64encode(sha256(parts.encode()).digest()).rstrip(b"=").decode()

    def __post_init__(self) -> None:
        check_name("the tenant", self.tenant)
        check_name("the id of the flow", self.flow)
        check_text("the name of the flow", self.name)
        check_text("the text of the flow", self.text)
        check_text("the dialect of the flow", self.dialect)
        check_text("what the editor keeps", self.ui)
        check_number("the time of the draft", self.at)


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it is kept.

    Attributes:
        heading: what lists show.
        text: see ``Draft``.
        dialect: see ``Draft``.
        ui: see ``Draft``.
    """

    heading: Heading
    text: str
    dialect: str
    ui: str


class Drafts(KeepsReceipts, Protocol):
    """Where drafts are kept. Every method may raise ``StorageUnavailable``."""

    async def read(self, tenant: str, flow: str) -> Saved | None:
        """A draft, or None where there is none of that flow."""
        ...

    async def headings(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Heading, ...]:
        """The drafts of a tenant by flow (code point order), behind the flow ``after``."""
        ...

    async def save(
        self,
        draft: Draft,
        *,
        seen: str | None = None,
        receipt: Callable[[Saved], Receipt] | None = None,
    ) -> Saved:
        """Keep a draft in the place of the one before it, if there is one.

        Args:
            draft: what to keep.
            seen: the digest of the draft that its author has seen, or ``ABSENT``; None where that
                does not matter.
            receipt: makes what is kept with it of what the caller is told.

        Raises:
            DraftChanged: what is there is not what was seen. Nothing is kept then.
            AlreadyDone: there is a receipt with that key. Nothing is kept then.
        """
        ...

    async def remove(
        self, tenant: str, flow: str, *, seen: str | None = None, receipt: Receipt | None = None
    ) -> bool:
        """Forget a draft; whether there was one. Where there was none, no receipt is kept.

        Raises:
            DraftChanged: what is there is not what was seen. It stays then.
            AlreadyDone: there is a receipt with that key. It stays then.
        """
        ...


@runtime_checkable
class KeepsDrafts(Protocol):
    """A store that keeps drafts, too, in the same place."""

    @property
    def drafts(self) -> Drafts:
        """The drafts beside the publications and sessions of this store."""
        ...


class MemoryDrafts:
    """``Drafts`` in a dictionary. Nothing of it outlives the process."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, str], Saved] = {}
        self.receipts = MemoryReceipts()

    async def receipt(self, tenant: str, key: str) -> Receipt | None:
        """See ``KeepsReceipts``."""
        return self.receipts.of(tenant, key)

    async def read(self, tenant: str, flow: str) -> Saved | None:
        """See ``Drafts``."""
        return self._drafts.get((tenant, flow))

    async def headings(
        self, tenant: str, *, after: str = "", limit: int = PAGE
    ) -> tuple[Heading, ...]:
        """See ``Drafts``."""
        found = sorted(key for key in self._drafts if key[0] == tenant and key[1] > after)
        return tuple(self._drafts[key].heading for key in found[:limit])

    async def save(
        self,
        draft: Draft,
        *,
        seen: str | None = None,
        receipt: Callable[[Saved], Receipt] | None = None,
    ) -> Saved:
        """See ``Drafts``."""
        key = (draft.tenant, draft.flow)
        before = self._drafts.get(key)
        _check_seen(draft.flow, seen, before)
        saved = saved_from(draft, before.heading.created_at if before else draft.at)
        if receipt is not None:
            self.receipts.keep(receipt(saved))
        self._drafts[key] = saved
        return saved

    async def remove(
        self, tenant: str, flow: str, *, seen: str | None = None, receipt: Receipt | None = None
    ) -> bool:
        """See ``Drafts``."""
        before = self._drafts.get((tenant, flow))
        _check_seen(flow, seen, before)
        if before is not None and receipt is not None:
            self.receipts.keep(receipt)
        return self._drafts.pop((tenant, flow), None) is not None


def saved_from(draft: Draft, created_at: int) -> Saved:
    """What is kept of a draft whose flow was first saved at a time."""
    heading = Heading(draft.tenant, draft.flow, draft.name, draft.digest, created_at, draft.at)
    return Saved(heading, draft.text, draft.dialect, draft.ui)


def _check_seen(flow: str, seen: str | None, before: Saved | None) -> None:
    there = before.heading.digest if before else ABSENT
    if seen not in {None, there}:
        raise DraftChanged(flow, there, seen or ABSENT)
