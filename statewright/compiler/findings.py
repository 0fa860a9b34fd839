"""What the compiler has to say about a flow: findings. They are data, never raised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from statewright.statechart.sourcemap import NOWHERE, Location


class Severity(StrEnum):
    """How bad a finding is. An error stands in the way of a release."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """How sure a finding is."""

    VIOLATED = "violated"
    PROVED = "proved"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Witness:
    """A conversation that shows a finding, and that anybody can replay.

    Attributes:
        script: the lines of a conversation script.
        transcript: what happened, a JSON object per turn.
        data: values of the inputs of the flow.
        contact: values of the contact.
        tenant: values of the tenant.
        seed: of its chance, or ``""`` for that of any script.
        now: when it begins, or ``""`` for the time of any script.
    """

    script: tuple[Any, ...]
    transcript: tuple[Mapping[str, Any], ...]
    data: Mapping[str, Any] = field(default_factory=dict)
    contact: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)
    seed: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a flow, or might be.

    Attributes:
        code: of the check that found it: ``S103``.
        name: of the check, for people: ``dangling-edge``.
        severity: how bad it is.
        message: what was found: lower case, names in backticks, no full stop.
        help: what to do about it, or ``""``.
        location: where.
        node: id of the node, or ``""``.
        port: port of the node, or ``""``.
        related: other places that have to do with it.
        verdict: how sure it is.
        witness: a conversation that shows it, or None.
        reason: why it is UNDECIDED, or ``""``.
    """

    code: str
    name: str
    severity: Severity
    message: str
    help: str = ""
    location: Location = NOWHERE
    node: str = ""
    port: str = ""
    related: tuple[Location, ...] = ()
    verdict: Verdict = Verdict.VIOLATED
    witness: Witness | None = None
    reason: str = ""

    def __str__(self) -> str:
        """One line: ``file:line:column: error S103 dangling-edge: …``."""
        return f"{self.location}: {self.severity} {self.code} {self.name}: {self.message}"
