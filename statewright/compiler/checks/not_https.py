"""A request is sent without encryption.

What it does:
    Looks at the scheme of the URLs of web requests, as far as it is written out.

Why it matters:
    Whoever is on the way can read what is sent and change what is answered, secrets included.

Example:
    start: ask
    nodes:
      ask: {type: http, url: "http://api.example.com/status", success: bye, error: bye}
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask: {type: http, url: "https://api.example.com/status", success: bye, error: bye}
      bye: {type: end}

Known limits:
    A URL that begins with a variable is not known, unless the variable never changes. Hosts that
    are not on the public internet are looked at by E603.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.hosts import not_public
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Requests with another scheme than https."""
    for request in subject.requests:
        url = request.url
        if url.scheme in ("", "https") or (url.is_fixed and not_public(url.host)):
            continue
        yield check.finding(
            f"`{request.node.id}` sends its request by `{url.scheme}`, where anybody can read it",
            request.http.url.location,
            node=request.node.id,
            help="write `https://`",
        )


CHECK = Check("E602", "not-https", Severity.ERROR, __doc__, find)
