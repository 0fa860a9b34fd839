"""A node can be left by a port that no edge leaves.

What it does:
    Looks at the ports that a node needs: `next`, `success` of a web request, `timeout` of a
    question or a form with a timeout, also with one of a field, and the choices of a question of
    which only some are wired.

Why it matters:
    The port is taken one day, and then the conversation fails.

Example:
    start: ask
    nodes:
      ask:
        type: question
        text: Shall we go on?
        input: boolean
        timeout: 1h
        next: bye
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: question
        text: Shall we go on?
        input: boolean
        timeout: 1h
        next: bye
        on: {timeout: later}
      later: {type: end, text: "Until later, then."}
      bye: {type: end}

Known limits:
    `fallback` may be left unwired: see I506. `error` is looked at by E601. `timeout` and `rejected`
    may be left unwired inside a `try` with a clause for these errors or an edge from its `error`,
    at a node with an `on_error` of its own, and in a flow whose `settings` say `on_error: continue`
    or `fallback`.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.wiring import unwired
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Ports that are needed and have no edge, but for those of errors."""
    for node, port in unwired(subject):
        if port != "error":
            yield check.finding(
                f"no edge leaves `{node.id}` by `{port}`",
                node.location,
                node=node.id,
                port=port,
                help=f"say where the conversation goes on from `{port}`",
            )


CHECK = Check("S107", "unwired-port", Severity.ERROR, __doc__, find)
