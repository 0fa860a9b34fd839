"""What expressions see of a session, at the moment at which they are evaluated."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from statewright.statechart.event import Event
from statewright.statechart.nodes import Node
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.tree import Tree

Host = Mapping[str, Callable[..., Any]]
"""Functions that expressions may call besides those of CEL."""

ORDER: Final = attrgetter("order")


class Moment:
    """What the sessions of one turn have in common, as far as expressions see it.

    Attributes:
        turn: the number of the turn.
        now: the clock of the outermost session, microseconds since 1970 UTC.
        contact: the contact's values that this turn reads, with what it has written to them.
        tenant: the same of the tenant.
    """

    __slots__ = ("contact", "now", "tenant", "turn")

    def __init__(
        self, turn: int, now: int, contact: Mapping[str, Any], tenant: Mapping[str, Any]
    ) -> None:
        self.turn = turn
        self.now = now
        self.contact = contact
        self.tenant = tenant


class Scene:
    """One session, as far as expressions see it.

    The names that ``Snapshot`` has too mean what they mean there. The others:

    Attributes:
        tree: of the chart.
        before: the session as it was when the turn began.
        family: what it shares with the sessions that it has invoked.
        active: the configuration as nodes, in document order.
        event: what is being handled, or None at the start.
        node: the state whose expressions are evaluated.
        place: where in the state they stand, for ``draw``.
        writes: how often data may have changed.
    """

    __slots__ = (
        "active",
        "before",
        "data",
        "event",
        "family",
        "floor",
        "node",
        "place",
        "tree",
        "visits",
        "writes",
    )

    def __init__(
        self, tree: Tree, snapshot: Snapshot, family: Moment, active: Sequence[Node]
    ) -> None:
        self.tree = tree
        self.before = snapshot
        self.family = family
        self.active: Sequence[Node] = active
        self.data: Mapping[str, Mapping[str, Any]] = snapshot.data
        self.visits: Mapping[str, int] = snapshot.visits
        self.floor: tuple[str, ...] = snapshot.floor
        self.event: Event | None = None
        self.node: Node = tree.root
        self.place: tuple[Any, ...] = ()
        self.writes = 0

    def is_active(self, node: Node) -> bool:
        """Whether a state is in the configuration."""
        at = bisect_left(self.active, node.order, key=ORDER)
        return at < len(self.active) and self.active[at] is node
