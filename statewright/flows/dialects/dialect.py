"""What a dialect is: a format of flows that can be recognised and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statewright.flows.model import Flow
from statewright.flows.parts import Page


@dataclass(frozen=True, slots=True)
class Dialect:
    """A format of flows.

    Attributes:
        name: what programs call it: ``--dialect name``.
        title: what people call it.
        marker: what to add to a file so that it is recognised, or ``""``.
        marks: keys that its files have at the top, for a guess at what a file nearly is.
        recognises: whether a document (its plain value) is of this format.
        read: what a document says as a flow; what is wrong with it goes to the page.
        nodes: where a document keeps its nodes in a map by their ids, as a JSON pointer: a key that
            stands twice in there is the id of a node. ``"-"`` where it keeps none so.
    """

    name: str
    title: str
    marker: str
    marks: frozenset[str]
    recognises: Callable[[Any], bool]
    read: Callable[[Page], Flow]
    nodes: Callable[[Any], str]
