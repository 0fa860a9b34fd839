"""Wriveted's api calls and webhooks → requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.durations import SECOND
from statewright.flows.json_paths import cel_from_json_path
from statewright.flows.names import path_in_cel
from statewright.flows.nodes import Backoff, Breaker, Http, Source, Value
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.placeholders import Path, path_from

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_DEFAULT_TIMEOUT: Final = 30 * SECOND
_MILLISECONDS_FROM: Final = 1000
"""From here on a length of time is meant in milliseconds: the documents write both."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|\{\{")
BODY: Final = "response.body"
"""CEL for what paths of a response begin with."""

KEYS: Final = frozenset(
    {
        "endpoint", "url", "method", "headers", "query_params", "params", "body", "payload",
        "timeout", "auth_type", "response_mapping", "response_variable", "error_variable",
        "circuit_breaker", "fallback_response", "retry", "retries", "description",
    }
)  # fmt: skip


def request_from(config: Part, scope: Scope) -> Http:
    """What an api call or webhook asks.

    Args:
        config: the map that describes it.
        scope: the state.
    """
    url = config.first("url", "endpoint")
    if not url.text():
        url.wrong("where the request goes")
    elif not _ABSOLUTE.match(url.text()):
        url.report(
            "R006",
            f"{shown(url.text())} is relative: the host must say relative to what",
            "write the whole URL",
            severity="warning",
        )
    _refuse_policies(config)
    body, fallback = config.first("body", "payload"), config["fallback_response"]
    method = config["method"]
    return Http(
        url=scope.source(url),
        method=method.value.upper()
        if isinstance(method.value, str) and method.value.upper() in METHODS
        else method.one_of(METHODS, "GET"),
        headers=tuple(_headers(config["headers"], scope)),
        query=tuple(
            (name, part.json(scope.template))
            for name, part in config.first("query_params", "params").members()
        ),
        body=_value(body, scope),
        timeout=_timeout(config["timeout"]),
        retries=_retries(config),
        backoff=_backoff(config["retry"]["delay"]),
        breaker=_breaker(config["circuit_breaker"]),
        save=tuple(_saved(config, scope)),
        fallback=_value(fallback, scope),
    )


def _refuse_policies(config: Part) -> None:
    """Report what the engine, or the host, decides and not the flow."""
    config["auth_type"].not_carried_over("the host must say who asks, or a header with a secret")
    config["error_variable"].not_carried_over("errors are not saved; wire a FAILURE connection")


def _value(part: Part, scope: Scope) -> Value | None:
    return part.json(scope.template) if part.present else None


def _headers(part: Part, scope: Scope) -> Iterator[tuple[str, Source]]:
    for name, value in part.members():
        if isinstance(value.value, str):
            yield name, scope.source(value)
        elif value.present:
            value.wrong("a text")


def _timeout(part: Part) -> int:
    return _span(part) or _DEFAULT_TIMEOUT


def _span(part: Part) -> int:
    """A length of time in microseconds; 0 where there is none."""
    number = part.number(least=0) or 0
    unit = SECOND // 1000 if number >= _MILLISECONDS_FROM else SECOND
    return round(number * unit)


def _backoff(delay: Part) -> Backoff:
    """The waits of an author who says how long the first one is."""
    usual = Backoff()
    wait = _span(delay)
    return replace(usual, wait=wait, longest=max(usual.longest, wait)) if wait else usual


def _breaker(part: Part) -> Breaker | None:
    if not part.present:
        return None
    usual = Breaker()
    failures = part["failure_threshold"].whole(1) or usual.failures
    rest = _span(part.first("timeout", "recovery_timeout")) or usual.rest
    return replace(usual, failures=failures, rest=rest)


def _retries(config: Part) -> int:
    retry = config["retry"]
    written = retry["attempts"] if isinstance(retry.value, dict) else retry
    written = written if written.present else config["retries"]
    return written.whole(0) or 0


# --- what is saved of the response ---------------------------------------------------------------


def _saved(config: Part, scope: Scope) -> Iterator[tuple[Source, Source]]:
    """Variable ← CEL over the response.

    An api call maps a path of the body to a variable, a webhook a variable to a JSONPath.
    """
    for key, value in config["response_mapping"].members():
        is_webhook = isinstance(value.value, str) and value.value.strip().startswith("$")
        written = value.text().strip()
        mapping = cel_from_json_path(written, BODY) if is_webhook else _cel(path_from(key))
        target = path_from(key if is_webhook else written)
        if mapping is None:
            value.report("R004", f"`{written if is_webhook else key}` is no path of a response")
        elif target is None:
            value.wrong("the name of a variable")
        else:
            name, *rest = scope.scoped(target)
            variable = Source(path_in_cel(name, rest), value.location, written)
            yield variable, Source(mapping, value.location, written)
    whole = config["response_variable"]
    target_of_whole = scope.target(whole) if whole.present else None
    if target_of_whole is not None:
        yield target_of_whole, whole.read_as(BODY)


def _cel(steps: Path | None) -> str | None:
    return None if steps is None else path_in_cel(BODY, steps)
