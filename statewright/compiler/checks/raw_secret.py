"""A secret is written out in the flow.

What it does:
    Looks at headers, parameters and other values with the name of a credential (`Authorization`,
    `X-Api-Key`, `password`, …) that are a literal, and everywhere for what can be told by its
    shape: keys of cloud services, tokens, private keys.

Why it matters:
    A flow is stored, shown, exported and shared; so is the secret then.

Example:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {X-Api-Key: 9f86d081884c7d65}
        success: bye
        error: bye
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        headers: {X-Api-Key: "{{secret:status_key}}"}
        success: bye
        error: bye
      bye: {type: end}

Known limits:
    Placeholders such as `YOUR_API_KEY` are no secrets. Of values that no name betrays only
    well-known shapes are recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.compiler.analysis.credentials import (
    is_credential,
    is_credential_name,
    looks_like_credential,
)
from statewright.compiler.analysis.writes import template_from
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.flows.model import Node
from statewright.flows.nodes import Action, Client, Http, Value
from statewright.flows.outline import child
from statewright.statechart.sourcemap import Location

_HELP = "keep it with the secrets of the server, and write `{{secret:name}}`"


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Literal credentials, each place once."""
    told: set[Location] = set()
    for node in subject.nodes.values():
        for name, place in _named(node):
            told.add(place)
            yield check.finding(
                f"`{name}` of `{node.id}` is written out", place, node=node.id, help=_HELP
            )
    for parsed in subject.texts:
        source = parsed.text.source
        known = parsed.text.role is Role.TEMPLATE and source.location not in told
        if known and looks_like_credential(source.text):
            yield check.finding(
                "this looks like a credential", source.location, node=parsed.text.node, help=_HELP
            )


def _named(node: Node) -> Iterator[tuple[str, Location]]:
    """The values of a node that have the name of a credential, and are one."""
    config = node.config
    if isinstance(config, Http):
        for name, header in config.headers:
            if is_credential_name(name) and _is_written_out(header.text):
                yield name, header.location
        if config.body is not None:
            yield from _inside(config.body, config.body.json, "")
    elif isinstance(config, Action | Client):
        for name, value in config.parameters:
            if is_credential_name(name) and _is_written_out(value.json):
                yield name, value.location
            else:
                yield from _inside(value, value.json, "")


def _inside(whole: Value, value: Any, pointer: str) -> Iterator[tuple[str, Location]]:
    """The members of a JSON value (readers bound its depth)."""
    if isinstance(value, dict):
        for key, item in value.items():
            below = child(pointer, key)
            if is_credential_name(key) and _is_written_out(item):
                yield key, whole.locations.get(below, whole.location)
            else:
                yield from _inside(whole, item, below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(whole, item, child(pointer, index))


def _is_written_out(value: Any) -> bool:
    if not isinstance(value, str) or not is_credential(value):
        return False
    template = template_from(value)
    return template is not None and all(isinstance(part, str) for part in template.parts)


CHECK = Check("E605", "raw-secret", Severity.ERROR, __doc__, find)
