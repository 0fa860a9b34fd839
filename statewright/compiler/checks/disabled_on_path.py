"""A node that is switched off lies on a path of the conversation.

What it does:
    Looks for disabled nodes that can be reached from the start.

Why it matters:
    The conversation passes through it by its first port, without what it says or asks; what
    depends on it behaves differently.

Example:
    start: ask
    variables: {name: string}
    nodes:
      ask: {type: question, text: "Your name?", variable: name, disabled: true, next: hello}
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Known limits:
    Guards are not considered.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Handoff


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Disabled nodes that can be reached."""
    for node in subject.nodes.values():
        if node.disabled and node.id in subject.reachable:
            people = isinstance(node.config, Handoff) and not node.config.returns
            what = "ends at it, without people" if people else "passes through it"
            yield check.finding(
                f"`{node.id}` is disabled, and the conversation {what}",
                node.location,
                node=node.id,
                help="lead the edges past it, or switch it on",
            )


CHECK = Check("S110", "disabled-on-path", Severity.WARNING, __doc__, find)
