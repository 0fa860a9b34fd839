"""What the wire tells of a publication besides its number: read once, for it never changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from statewright.storage import Store
from statewright.storage.records import Publication

KEPT: Final = 256
"""How many are kept in memory."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a publication.

    Attributes:
        name: what people call the flow.
        inputs: names of the variables that may be given when a session starts.
    """

    name: str
    inputs: tuple[str, ...]


class Charts:
    """Publications of a store → what is told of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: OrderedDict[str, Facts] = OrderedDict()

    async def facts_of(self, publication: Publication) -> Facts:
        """What is told of a publication.

        Raises:
            UnknownPublication: it was not published here.
        """
        facts = self._facts.get(publication.digest)
        if facts is None:
            release = await self._store.release(publication)
            facts = Facts(release.statechart.name, release.inputs)
        self._facts[publication.digest] = facts
        self._facts.move_to_end(publication.digest)
        if len(self._facts) > KEPT:
            self._facts.popitem(last=False)
        return facts
