"""Several regions write one variable.

What it does:
    Compares the variables that the regions of a `parallel` set, where it waits for more than one of
    them. That all add to a number, or to a list, is no conflict, nor that all set the same.

Why it matters:
    Which value is left depends on who was quicker.

Example:
    start: both
    variables: {result: string}
    nodes:
      both:
        type: parallel
        next: bye
        regions:
          left:
            nodes:
              ask: {type: question, text: "Your name?", variable: result, next: out}
              out: {type: leave}
          right:
            nodes:
              count: {type: set, actions: [{set: result, to: counted}], next: done}
              done: {type: leave}
      bye: {type: end, text: "{{ result }}"}

Instead:
    start: both
    variables: {name: string, result: string}
    nodes:
      both:
        type: parallel
        next: bye
        regions:
          left:
            nodes:
              ask: {type: question, text: "Your name?", variable: name, next: out}
              out: {type: leave}
          right:
            nodes:
              count: {type: set, actions: [{set: result, to: counted}], next: done}
              done: {type: leave}
      bye: {type: end, text: "{{ name }}: {{ result }}"}

Known limits:
    Where the first region to be left decides, all may write one variable. Whether two assignments
    can really happen in one conversation is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from statewright.compiler.analysis.writes import Write, plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import Path
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import Operation, Parallel

_COMMUTING = frozenset({Operation.INCREMENT, Operation.APPEND, Operation.REMOVE})
"""Changes whose order makes no difference to what is in there at last."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Variables that two regions set, each once for each pair of a node and a variable."""
    for node in subject.nodes.values():
        if isinstance(node.config, Parallel) and node.config.join > 1:
            yield from _conflicts(check, subject, node)


def _conflicts(check: Check, subject: Subject, parallel: Node) -> Iterator[Finding]:
    by_path: dict[Path, list[tuple[str, Write]]] = defaultdict(list)
    for write in subject.writes:
        region = _region(subject, write.node, parallel.id)
        if region is not None:
            by_path[plain_path(write.path)].append((region, write))
    for path, found in by_path.items():
        above = [pair for size in range(1, len(path)) for pair in by_path.get(path[:size], ())]
        pair = next(_clashing(above, found), None)
        if pair is not None:
            (other, first), (region, write) = pair
            yield check.finding(
                f"`{'.'.join(path)}` is written in the regions `{other}` and `{region}` "
                f"of `{parallel.id}`",
                write.source.location,
                node=write.node,
                help="write two variables, and put them together behind the regions",
                related=(first.source.location,),
            )


_Place = tuple[str, Write]
"""A region, and a place in it that writes."""


COMPARED: Final = 20
"""With how many places of each region others are compared."""


def _clashing(above: list[_Place], found: list[_Place]) -> Iterator[tuple[_Place, _Place]]:
    """Pairs of places in two regions that do not agree."""
    firsts: dict[str, list[_Place]] = defaultdict(list)
    for place in above:
        firsts[place[0]].append(place)
    for place in found:
        for region, before in firsts.items():
            if region != place[0]:
                yield from ((one, place) for one in before if not _agree(one[1], place[1]))
        if len(firsts[place[0]]) < COMPARED:
            firsts[place[0]].append(place)


def _region(subject: Subject, ident: str, parallel: str) -> str | None:
    """The region of a ``parallel`` in which a node stands, or None where it stands in none."""
    for one in (subject.nodes[ident], *subject.graph.containers(ident)):
        if one.container == parallel:
            return one.body
    return None


def _agree(one: Write, other: Write) -> bool:
    if one.operation in _COMMUTING:
        return one.operation is other.operation
    same = one.value is not None and other.value is not None and one.value.json == other.value.json
    return one.operation is other.operation and same and not one.expressions


CHECK = Check("X705", "write-conflict", Severity.ERROR, __doc__, find)
