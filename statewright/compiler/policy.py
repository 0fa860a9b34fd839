"""What an organisation asks of its flows beside what every flow must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from statewright.compiler.findings import Severity


@dataclass(frozen=True, slots=True)
class Exemption:
    """Findings that are not to be told.

    Attributes:
        code: of the check.
        reason: why they are all right.
        file: a pattern of paths, as in a shell, or ``""`` for all files.
        node: id of the node, or ``""`` for all nodes.
    """

    code: str
    reason: str
    file: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class HouseRule:
    """A rule of an organisation's own.

    Attributes:
        code: what reports call it: ``ACME-1``.
        when: CEL over ``node`` and ``flow`` that is true where the rule is broken.
        message: what is wrong: a template over the same.
        help: what to do about it, or ``""``: a template, too.
        severity: how bad that is.
    """

    code: str
    when: str
    message: str
    help: str = ""
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked for.

    Attributes:
        select: codes, or beginnings of codes, that are told; () for all.
        ignore: codes, or beginnings of codes, that are not told.
        severities: code, or beginning of codes → how bad its findings are; the longest counts.
        exemptions: findings that are not told, with reasons.
        hosts: the hosts that requests may go to (``*.example.com`` for all below it); None where
            nothing is said.
        secrets: the names of the secrets that there are; None where nothing is said.
        channels: what the flows are shown on: ``whatsapp``, …
        rules: rules of one's own.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    hosts: tuple[str, ...] | None = None
    secrets: tuple[str, ...] | None = None
    channels: tuple[str, ...] = ()
    rules: tuple[HouseRule, ...] = ()


EVERYTHING = Policy()
"""All checks, as they are."""


def is_host_among(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a host is one of some, which may be patterns: ``*.example.com``.

    >>> is_host_among("api.example.com", ("*.example.com",))
    True
    """
    return any(
        host.endswith(one[1:].lower()) if one.startswith("*.") else host == one.lower()
        for one in hosts
    )
