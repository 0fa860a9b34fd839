"""Wriveted's api calls and webhooks → requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.durations import SECOND
from statewright.flows.names import path_in_cel
from statewright.flows.nodes import Http, Source, Value
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.placeholders import Path, path_from

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_DEFAULT_TIMEOUT: Final = 30 * SECOND
_MILLISECONDS_FROM: Final = 1000
"""A timeout of more is meant in milliseconds: the documents write both."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|\{\{")
_JSON_PATH = re.compile(r"\$(?:\.[A-Za-z_][\w-]*|\[(?:[0-9]+|'[^']*'|\"[^\"]*\")\])*")
_JSON_PATH_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[([0-9]+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
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
        save=tuple(_saved(config, scope)),
        fallback=_value(fallback, scope),
    )


def _refuse_policies(config: Part) -> None:
    """Report what the engine, or the host, decides and not the flow."""
    config["circuit_breaker"].not_carried_over("the engine decides when it gives a service up")
    config["auth_type"].not_carried_over("the host must say who asks, or a header with a secret")
    config["error_variable"].not_carried_over("errors are not saved; wire a FAILURE connection")
    config["retry"]["delay"].not_carried_over("the engine chooses how long it waits", "info")


def _value(part: Part, scope: Scope) -> Value | None:
    return part.json(scope.template) if part.present else None


def _headers(part: Part, scope: Scope) -> Iterator[tuple[str, Source]]:
    for name, value in part.members():
        if isinstance(value.value, str):
            yield name, scope.source(value)
        elif value.present:
            value.wrong("a text")


def _timeout(part: Part) -> int:
    number = part.number(least=0)
    if not number:
        return _DEFAULT_TIMEOUT
    unit = SECOND // 1000 if number > _MILLISECONDS_FROM else SECOND
    return round(number * unit)


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
        steps = steps_from_json_path(written) if is_webhook else path_from(key)
        target = path_from(key if is_webhook else written)
        if steps is None:
            value.report("R004", f"`{written if is_webhook else key}` is no path of a response")
        elif target is None:
            value.wrong("the name of a variable")
        else:
            name, *rest = scope.scoped(target)
            variable = Source(path_in_cel(name, rest), value.location, written)
            yield variable, Source(path_in_cel("response.body", steps), value.location, written)
    whole = config["response_variable"]
    target_of_whole = scope.target(whole) if whole.present else None
    if target_of_whole is not None:
        yield target_of_whole, whole.read_as("response.body")


def steps_from_json_path(text: str) -> Path | None:
    """The steps of a JSONPath (RFC 9535) that names one place; None for any other.

    >>> steps_from_json_path("$.data.books[0]['full title']")
    ('data', 'books', '0', 'full title')
    """
    if not _JSON_PATH.fullmatch(text):
        return None
    found = _JSON_PATH_STEP.findall(text)
    return tuple(next((part for part in step if part), "") for step in found)
