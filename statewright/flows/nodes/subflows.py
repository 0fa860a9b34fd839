"""Nodes that run another flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Subflow:
    """Runs another flow, and goes on when that has ended.

    Ports: ``outcome:<outcome>``; ``error`` for an end that counts as failed, and when what is to be
    saved is not there; ``next`` for any other end.

    Attributes:
        flow: which one, in the author's words: a path beside the file, or the id of a flow.
        inputs: the flow's inputs by their names, evaluated before it begins.
        save: variable (or path) ← CEL over ``output`` (the flow's variables at its end) and
            ``outcome``.
    """

    flow: Source
    inputs: tuple[tuple[Source, Value], ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    kind: ClassVar[str] = "subflow"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")
