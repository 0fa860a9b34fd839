"""A node stands, or is gone to, where its kind means nothing.

What it does:
    Looks for `continue` and `break` outside a loop, for `leave` outside whatever it may leave, for
    an `interrupt` inside another node, and for edges, settings and policies that lead to one.

Why it matters:
    There is nothing to go on with, or to leave: the conversation would fail there. An `interrupt`
    begins by itself, beside the conversation; what leads there would leave that for good.

Example:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: again}
      again: {type: continue}

Instead:
    start: twice
    nodes:
      twice:
        type: loop
        times: 2
        next: bye
        nodes:
          hello: {type: message, text: Hello, next: again}
          again: {type: continue}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Flow
from statewright.flows.nodes import (
    Break,
    Container,
    Continue,
    Interrupt,
    Leave,
    Loop,
    Parallel,
    Try,
)
from statewright.statechart.sourcemap import Location

_HOMES: Mapping[type, tuple[type[Container], ...]] = MappingProxyType(
    {Continue: (Loop,), Break: (Loop,), Leave: (Try, Parallel, Interrupt)}
)
"""Kind of node → the kinds of container that it belongs into."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Nodes without the container that gives them a meaning, and ways to what is no way on."""
    yield from _ways_to_interrupts(check, subject)
    for node in subject.nodes.values():
        if isinstance(node.config, Interrupt) and node.container:
            yield check.finding(
                f"`{node.id}` may happen at any time, and stands inside `{node.container}`",
                node.location,
                node=node.id,
                help="put it beside the other nodes of the flow",
            )
        homes = _HOMES.get(type(node.config))
        if homes is None:
            continue
        names = " or ".join(f"`{home.kind}`" for home in homes)
        around = subject.graph.containers(node.id)
        if not any(isinstance(container.config, homes) for container in around):
            yield check.finding(
                f"`{node.id}` is a `{node.kind}`, and stands in no {names}",
                node.location,
                node=node.id,
                help=f"put it inside a {names}, or lead on with a `jump`",
            )


def _ways_to_interrupts(check: Check, subject: Subject) -> Iterator[Finding]:
    """Whatever leads to an interrupt."""
    interrupts = {
        node.id: node for node in subject.nodes.values() if isinstance(node.config, Interrupt)
    }
    if not interrupts:
        return
    for what, target, place, source, port in _ways(subject.flow):
        if target in interrupts:
            yield check.finding(
                f"{what} leads to `{target}`, which is an `interrupt`",
                place,
                node=source,
                port=port,
                help="it begins by itself; lead to a node outside, as its `next` may, too",
                related=(interrupts[target].location,),
            )


def _ways(flow: Flow) -> Iterator[tuple[str, str, Location, str, str]]:
    """Whatever leads somewhere: what it is, where to, where that is said, its node and its port."""
    places = (*flow.entry_locations, *(flow.location for _ in flow.entries))
    for entry, place in zip(flow.entries, places, strict=False):
        yield "`start` of the flow", entry, place, "", ""
    for edge in flow.edges:
        yield f"`{edge.source}`", edge.target, edge.location, edge.source, edge.port
    for one in goals_of(flow):
        yield one.what, one.goal.node, one.goal.location, one.source, ""


CHECK = Check("S112", "misplaced-node", Severity.ERROR, __doc__, find)
