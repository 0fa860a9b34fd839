"""A request goes to a host inside the server's own network, or to one that the user names.

What it does:
    Looks at the hosts of web requests: names and addresses of this machine, of private networks and
    of the services that give machines in clouds their credentials, in every notation that resolvers
    take (`127.1`, `2130706433`, `0x7f.1`, `[::ffff:10.0.0.1]`); and at hosts that are made of what
    the user typed.

Why it matters:
    The server stands where its own network trusts it. A request from there reads what nobody
    outside should read (server-side request forgery).

Example:
    start: ask
    variables: {site: string}
    nodes:
      ask: {type: question, text: "Which site?", variable: site, next: look}
      look: {type: http, url: "https://{{ site }}/status", success: bye, error: bye}
      bye: {type: end}

Instead:
    start: ask
    variables: {site: string}
    nodes:
      ask: {type: question, text: "Which site?", variable: site, next: look}
      look:
        type: http
        url: "https://api.example.com/status?site={{ site }}"
        success: bye
        error: bye
      bye: {type: end}

Known limits:
    A name may be resolved to a private address, too: the server looks at that when it connects, and
    refuses all that is private unless it is told otherwise. So this machine itself, and names
    inside a private network, are a warning. Hosts that the configuration lists under `hosts` are
    all right.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.hosts import (
    NEIGHBOUR,
    OWN_MACHINE,
    PRIVATE_NAME,
    not_public,
    plain_host,
)
from statewright.compiler.analysis.labels import carried, holds, spread
from statewright.compiler.analysis.requests import Request
from statewright.compiler.analysis.writes import Origin, plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import Path
from statewright.compiler.policy import is_host_among
from statewright.compiler.subject import Subject
from statewright.expressions import Hole
from statewright.flows.nodes import InputKind, Question

_DELIBERATE = frozenset({OWN_MACHINE, PRIVATE_NAME, NEIGHBOUR})
"""What somebody may well mean who runs the server, and lets requests go to private networks."""

_TYPED = frozenset({InputKind.TEXT, InputKind.URL})
"""Kinds of answer that may name a host."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Requests to hosts that are not public, and to hosts that users have a say in."""
    typed: frozenset[Path] | None = None
    for request in subject.requests:
        url = request.url
        if url.is_fixed:
            yield from _fixed(check, subject, request)
        elif holes := url.holes_in(url.host):
            typed = _typed(subject) if typed is None else typed
            read = [p for hole in holes if isinstance(hole, Hole) for p in carried(hole.expression)]
            if holds(typed, read):
                yield check.finding(
                    f"what the user typed decides about the host that `{request.node.id}` asks",
                    request.http.url.location,
                    node=request.node.id,
                    help="write the host out, or offer the hosts as choices",
                )


def _fixed(check: Check, subject: Subject, request: Request) -> Iterator[Finding]:
    host = plain_host(request.url.host)
    reason = not_public(request.url.host)
    if reason and not is_host_among(host, subject.policy.hosts or ()):
        yield check.finding(
            f"`{request.node.id}` asks `{request.url.host}`, which {reason}",
            request.http.url.location,
            node=request.node.id,
            help="ask a host of the public internet, or list this one under `hosts` "
            "in the configuration",
            severity=Severity.WARNING if reason in _DELIBERATE else None,
        )


def _typed(subject: Subject) -> frozenset[Path]:
    """The paths that hold what users typed, word by word."""
    own: set[Path] = {("event",)}
    for write in subject.writes:
        config = subject.nodes[write.node].config
        if write.origin is Origin.ANSWER and not (
            isinstance(config, Question) and config.input not in _TYPED
        ):
            own.add(plain_path(write.path))
    return spread(own, subject.writes)


CHECK = Check("E603", "private-host", Severity.ERROR, __doc__, find)
