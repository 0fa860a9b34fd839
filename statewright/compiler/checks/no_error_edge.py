"""Work that is done elsewhere can fail, and nothing says how the conversation goes on then.

What it does:
    Looks for the port `error` of web requests, language models, actions that are waited for, the
    user's client, and flows that can fail.

Why it matters:
    One day the service is down, and every conversation that comes there fails.

Example:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        success: bye
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        success: bye
        error: sorry
      sorry: {type: message, text: "We cannot tell right now.", next: bye}
      bye: {type: end}

Known limits:
    It is all right inside a `try` that leads on from `error` or has a clause for errors of requests
    (of a flow that is run: of subflows), at a node with an `on_error` of its own, in a flow whose
    `settings` say `on_error: continue` or `fallback`, and for a request with a `fallback`. Clauses
    for some errors of requests, `timeout` or `4xx`, leave the others. A flow may leave its errors
    to those that run it, where these answer them; checked by itself, it is told of all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.wiring import unwired
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Ports for errors that have no edge."""
    for node, port in unwired(subject):
        if port == "error":
            yield check.finding(
                f"`{node.id}` can fail, and no edge leaves it by `error`",
                node.location,
                node=node.id,
                port=port,
                help="say where the conversation goes on from `error`, or, for the whole flow, "
                "with `on_error` under `settings`",
            )


CHECK = Check("E601", "no-error-edge", Severity.ERROR, __doc__, find)
