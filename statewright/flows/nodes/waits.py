"""Nodes that wait for time to pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source


@dataclass(frozen=True, slots=True)
class Delay:
    """Waits.

    Attributes:
        duration: microseconds, or a CEL expression that gives a duration or seconds.
    """

    duration: int | Source
    kind: ClassVar[str] = "delay"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)
