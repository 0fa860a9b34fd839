"""Rings of nodes: those that are gone round without anybody being asked, and their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from statewright.compiler.analysis.bounds import Endless, endless_rings
from statewright.compiler.analysis.paces import Pace
from statewright.compiler.analysis.ways import node_of
from statewright.compiler.analysis.writes import Origin, plain_path, related
from statewright.compiler.subject import Subject
from statewright.flows.nearest import listed

_SHOWN = 4


def shown_ring(ids: Sequence[str]) -> str:
    """The nodes on a ring, as the subject of a sentence; of many only the first.

    >>> shown_ring(["a"]), shown_ring(["a", "b"])
    ('`a`', 'the ring of `a` and `b`')
    """
    if len(ids) == 1:
        return listed(ids)
    if len(ids) <= _SHOWN:
        return f"the ring of {listed(ids)}"
    first = ", ".join(listed([one]) for one in ids[:_SHOWN])
    return f"the ring of {first} and {len(ids) - _SHOWN} more"


def tireless_rings(subject: Subject) -> Iterator[Endless]:
    """Rings with work or waiting time on them, and no people, that nothing is known to end.

    Where the results of the work decide, it is taken for granted that they do so one day.
    """
    passed = {
        vertex
        for vertex in subject.ways
        if subject.paces[node_of(vertex)] is not Pace.PEOPLE
        and node_of(vertex) in subject.reachable
    }
    for ring in endless_rings(subject.ways, passed, subject.writes):
        nodes = set(map(node_of, ring.vertices))
        if all(subject.paces[node] is Pace.AT_ONCE for node in nodes):
            continue
        results = [
            plain_path(write.path)
            for write in subject.writes
            if write.node in nodes and write.origin is Origin.RESULT
        ]
        decided = any(related(path, result) for path in ring.doubts for result in results)
        if ring.sure or not (decided or _is_timely(ring)):
            yield ring


def _is_timely(ring: Endless) -> bool:
    """Whether the clock, or a contact that others change, decides."""
    return any(path[0] in ("now", "contact", "tenant", "event") for path in ring.doubts)
