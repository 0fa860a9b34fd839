"""A conversation waits for something other than the user, and may do so for ever.

What it does:
    Looks for `client`, `approval` and `handoff` nodes that are to come back, without a `timeout`,
    in flows that have neither a `timeout` nor `inactivity`.

Why it matters:
    A program that crashed, or a person on holiday, does not answer. The user waits, and whatever is
    typed meanwhile is kept for a question that never comes.

Example:
    start: ask
    nodes:
      ask: {type: approval, request: "May I?", next: bye, on: {rejected: bye}}
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: approval
        request: May I?
        timeout: 2d
        next: bye
        on: {rejected: bye, timeout: bye}
      bye: {type: end}

Known limits:
    A question may wait for its answer for ever: the user is the one who wants something.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Approval, Client, Handoff, NodeConfig


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Waits without end."""
    settings = subject.flow.settings
    if settings.timeout is not None or settings.inactivity is not None:
        return
    for node in subject.nodes.values():
        if _waits_for_ever(node.config):
            yield check.finding(
                f"`{node.id}` may wait for ever",
                node.location,
                node=node.id,
                help="add a `timeout`, and `timeout` under `on`",
            )


def _waits_for_ever(config: NodeConfig) -> bool:
    if isinstance(config, Handoff):
        return config.returns and config.timeout is None
    return isinstance(config, Approval | Client) and config.timeout is None


CHECK = Check("I507", "no-timeout", Severity.WARNING, __doc__, find)
