"""Something that must not happen twice is done anew when it seems to have failed.

What it does:
    Looks for web requests that change something (`POST`, `PATCH`) at nodes that are run anew after
    an error, by their own `on_error` or that of the flow, without a header `Idempotency-Key` of
    their own.

Why it matters:
    A request whose answer was lost has been carried out all the same. Sent again, it orders, or
    pays, a second time.

Example:
    start: pay
    nodes:
      pay:
        type: http
        method: POST
        url: https://api.example.com/payments
        on_error: {retry: 3, wait: 1s, then: fail}
        success: bye
        error: sorry
      sorry: {type: end, outcome: unpaid}
      bye: {type: end}

Instead:
    start: pay
    nodes:
      pay:
        type: http
        method: POST
        url: https://api.example.com/payments
        retries: 3
        success: bye
        error: sorry
      sorry: {type: end, outcome: unpaid}
      bye: {type: end}

Known limits:
    `retries` of a request is all right: all tries carry the same `Idempotency-Key`. Whether the
    service looks at it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Http

_CHANGING = frozenset({"POST", "PATCH"})
"""Methods that do something each time (RFC 9110, section 9.2.2)."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Requests that are made anew, each time with another key."""
    everywhere = subject.flow.settings.retries
    for node in subject.nodes.values():
        config = node.config
        if not isinstance(config, Http) or config.method not in _CHANGING:
            continue
        retries = everywhere if node.on_error is None else node.on_error.retries
        if retries and not any(name.lower() == "idempotency-key" for name, _ in config.headers):
            yield check.finding(
                f"`{node.id}` is run anew after an error, and may `{config.method}` twice",
                node.location,
                node=node.id,
                help="write `retries` instead, which sends the same `Idempotency-Key` each time, "
                "or give it a header `Idempotency-Key` of its own",
            )


CHECK = Check("E607", "unsafe-retry", Severity.WARNING, __doc__, find)
