"""A web request can never be sent, because its URL or one of its headers is none.

What it does:
    Looks at the URLs of web requests, as far as they are written out: whether they begin with
    `https://`, name a host, and a port that there is; and at their headers, whose names are single
    words and whose values are single lines.

Why it matters:
    The request fails whatever the user says, before anything is sent.

Example:
    start: ask
    nodes:
      ask: {type: http, url: "api.example.com/status", success: bye, error: bye}
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask: {type: http, url: "https://api.example.com/status", success: bye, error: bye}
      bye: {type: end}

Known limits:
    What a template fills in is not known, unless the variable never changes. Whether there is such
    a host is not asked. Formats of other systems may leave out the host, and mean their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from statewright.compiler.analysis.requests import Request
from statewright.compiler.analysis.urls import Url
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.outline import shown
from statewright.statechart.sourcemap import Location

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_BROKEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
_IN_NO_HOST: Final = re.compile(r"[\s<>\"{}|\\^`]").search
_LARGEST: Final = 65_535
_NO_SCHEME: Final = "it does not begin with `https://`"
_ONE_OF_OURS: Final = "for example `https://api.example.com/orders`"


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Requests that are refused before they are sent."""
    for request in subject.requests:
        reason = _reason(request.url)
        if reason == _NO_SCHEME and subject.flow.dialect != "native":
            reason = ""
        if reason:
            place = request.http.url.location
            message = f"`{request.node.id}` asks no web address: {reason}"
            yield check.finding(message, place, node=request.node.id, help=_ONE_OF_OURS)
        yield from _of_headers(check, request)


def _reason(url: Url) -> str:
    """Why no request goes to a URL, or ``""``."""
    if not url.scheme:
        begins = url.host and url.holes_in(url.host)
        return "" if begins else _NO_SCHEME
    if url.scheme not in ("http", "https"):
        return ""
    if not url.host:
        return "it names no host"
    if _IN_NO_HOST(url.host):
        return f"{shown(url.host)} is no host"
    port = url.port
    if port and not url.holes_in(port) and not _is_port(port):
        return f"there is no port {shown(port)}; they go from 1 to {_LARGEST:,}"
    return ""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= _LARGEST


def _of_headers(check: Check, request: Request) -> Iterator[Finding]:
    for name, value in request.http.headers:
        if not _TOKEN(name):
            reason, place = f"{shown(name)} is no name of a header", value.location
            help_ = "write a single word, without spaces: `X-Request-Id`"
        elif _BROKEN(value.text):
            reason, place = f"the header `{name}` holds a line break", value.location
            help_ = "write the value on a single line; a header ends where its line does"
        else:
            continue
        yield _refused(check, request, reason, place, help_)


def _refused(check: Check, request: Request, reason: str, place: Location, help_: str) -> Finding:
    return check.finding(reason, place, node=request.node.id, help=help_)


CHECK = Check("E612", "unsendable-request", Severity.ERROR, __doc__, find)
