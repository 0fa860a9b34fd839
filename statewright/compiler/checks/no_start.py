"""A flow does not say where the conversation begins.

What it does:
    Looks for `start`, or a node of the type `start`, that names a node of the flow.

Why it matters:
    Nothing of the flow would ever be said.

Example:
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: Hello, next: bye}
      bye: {type: end}

Known limits:
    None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nearest import meant

_UNREAD: Final = re.compile(r"/start|/nodes(?:/[^/]+(?:/type)?)?").fullmatch
"""Pointers of what may say where a flow starts, in a file of the native format."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """A flow without an entry, or with one that names no node."""
    flow = subject.flow
    unread = any(_UNREAD(problem.location.pointer) for problem in flow.problems)
    if not flow.entries and not unread:
        yield check.finding(
            "the flow does not say where it starts",
            flow.location,
            help=f"add `start: {flow.nodes[0].id}`" if flow.nodes else "add a node, and `start`",
        )
    locations = (*flow.entry_locations, *(flow.location for _ in flow.entries))
    for entry, location in zip(flow.entries, locations, strict=False):
        node = subject.nodes.get(entry)
        if node is not None and node.container:
            yield check.finding(
                f"the flow starts at `{entry}`, which stands inside `{node.container}`",
                location,
                node=entry,
                help="start at a node that stands inside no other",
            )
        elif node is None:
            yield check.finding(
                f"the flow starts at `{entry}`, and there is no such node",
                location,
                help=meant(entry, subject.nodes),
            )


CHECK = Check("S101", "no-start", Severity.ERROR, __doc__, find)
