"""Nodes inside a node.

What stands inside a container forms *bodies*. A body is entered at its first node, never at
another one; it may be left for any node around it. The names that a container declares are known
inside it only.
"""

from __future__ import annotations

from dataclasses import dataclass

from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Body:
    """Nodes inside a container that are entered together.

    Attributes:
        name: what the container calls it; ``""`` where it has only one.
        entry: id of the node where it begins; may name no node at all.
        location: where it stands.
        names: names that expressions inside it may use beside those around it.
    """

    name: str = ""
    entry: str = ""
    location: Location = NOWHERE
    names: tuple[str, ...] = ()
