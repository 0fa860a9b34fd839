"""The charts that sessions run, read once: a publication never changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

from statewright.errors import UnknownPublication
from statewright.runtime.turns.values import Needs, needs_of
from statewright.statechart import Statechart
from statewright.statechart.stepping.awaiting import PEOPLE
from statewright.statechart.structure.traversal import charts_in, states_in
from statewright.storage.records import Publication
from statewright.storage.store import Store

KEPT: Final = 256
"""How many charts, and how many publications, are kept in memory."""

_Version = tuple[str, str, int]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Running:
    """A chart that sessions run, and what has to be put on their events.

    Attributes:
        chart: the chart.
        contact: what it reads of the contact's values.
        tenant: what it reads of the tenant's values.
        hands_over: whether it ever gives the conversation to people.
    """

    chart: Statechart
    contact: Needs
    tenant: Needs
    hands_over: bool

    @property
    def is_alone(self) -> bool:
        """Whether its sessions read nothing but their own state."""
        return not (self.contact or self.tenant)


def running_of(chart: Statechart) -> Running:
    """A chart, with what it reads."""
    hands_over = any(
        state.awaits is not None and state.awaits.kind == PEOPLE
        for one in charts_in(chart)
        for state in states_in(one)
    )
    return Running(chart, needs_of(chart, "contact"), needs_of(chart, "tenant"), hands_over)


class Releases:
    """Publications of a store → what runs; those with one digest share one chart."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._digests: OrderedDict[_Version, str] = OrderedDict()
        self._running: OrderedDict[str, Running] = OrderedDict()

    def known(self, tenant: str, flow: str, version: int) -> Running | None:
        """What runs in sessions of a version, where that was asked for lately."""
        digest = self._digests.get((tenant, flow, version))
        running = None if digest is None else self._running.get(digest)
        if running is not None and digest is not None:
            self._running.move_to_end(digest)
        return running

    async def running(self, tenant: str, flow: str, version: int) -> Running:
        """What runs in sessions of a version.

        Raises:
            UnknownPublication: there is no such version.
        """
        running = self.known(tenant, flow, version)
        if running is None:
            publication = await self._store.publication(tenant, flow, version=version)
            if publication is None:
                raise UnknownPublication(tenant, flow, version)
            return await self.running_of(publication)
        return running

    async def running_of(self, publication: Publication) -> Running:
        """What runs in sessions of a publication.

        Raises:
            UnknownPublication: it was not published here.
        """
        version = (publication.tenant, publication.flow, publication.version)
        running = self._running.get(publication.digest)
        if running is None:
            chart = (await self._store.release(publication)).statechart
            # Somebody else may have read it meanwhile; what it needs is found out once.
            running = self._running.get(publication.digest) or running_of(chart)
        _keep(self._running, publication.digest, running)
        _keep(self._digests, version, publication.digest)
        return running


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > KEPT:
        kept.popitem(last=False)
