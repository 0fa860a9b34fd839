"""A credential stands in a URL.

What it does:
    Looks for a name and a password before the host, and for parameters with the name of a
    credential (`api_key`, `token`, …) that hold a literal, a secret, or a variable that is one.

Why it matters:
    URLs are written to the logs of every server and proxy on the way.

Example:
    start: ask
    nodes:
      ask: {type: http, url: "https://bot:hunter22@api.example.com/", success: bye, error: bye}
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/
        headers: {Authorization: "Basic {{secret:bot_credentials}}"}
        success: bye
        error: bye
      bye: {type: end}

Known limits:
    A parameter that is a `{{secret:…}}` is a warning only: some services take their keys in no
    other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from statewright.compiler.analysis.credentials import (
    is_credential,
    is_credential_name,
    looks_like_credential,
)
from statewright.compiler.analysis.labels import carried, holds, labelled
from statewright.compiler.analysis.requests import Request
from statewright.compiler.analysis.writes import template_from
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import Path
from statewright.compiler.subject import Subject
from statewright.expressions import Hole, Place, Secret

_MARK = "\ue000"


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Credentials before the host, and among the parameters."""
    requests = subject.requests
    secret = labelled(subject.flow, subject.writes, "secret") if requests else frozenset()
    for request in requests:
        url = request.url
        if url.userinfo:
            yield check.finding(
                f"the URL of `{request.node.id}` has a name and a password in it",
                request.http.url.location,
                node=request.node.id,
                help="send them in the header `Authorization`, as a `{{secret:…}}`",
            )
        for name, literal, holes in _parameters(request):
            severity = _severity(name, literal, holes, secret)
            if severity is not None:
                yield check.finding(
                    f"the parameter `{name}` of `{request.node.id}` is a credential",
                    request.http.url.location,
                    node=request.node.id,
                    help="send it in a header, as a `{{secret:…}}`",
                    severity=severity,
                )


def _parameters(request: Request) -> Iterator[tuple[str, str, tuple[Hole | Secret, ...]]]:
    """Name, what is written out, and what is filled in, of each parameter."""
    for name, value in request.url.query:
        yield name, "" if _MARK in value else value, request.url.holes_in(value)
    for name, given in request.http.query:
        if isinstance(given.json, str):
            template = template_from(given.json, Place.VALUE)
            holes = tuple(p for p in template.parts if not isinstance(p, str)) if template else ()
            yield name, "" if holes else given.json, holes


def _severity(
    name: str, literal: str, holes: Iterable[Hole | Secret], secret: frozenset[Path]
) -> Severity | None:
    if looks_like_credential(literal) or (is_credential_name(name) and is_credential(literal)):
        return Severity.ERROR
    if any(isinstance(hole, Hole) and holds(secret, carried(hole.expression)) for hole in holes):
        return Severity.ERROR
    return Severity.WARNING if any(isinstance(hole, Secret) for hole in holes) else None


CHECK = Check("E604", "credentials-in-url", Severity.ERROR, __doc__, find)
