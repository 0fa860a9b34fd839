"""Nodes that run another flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source, Value


@dataclass(frozen=True, slots=True)
class Subflow:
    """Runs another flow, and goes on when that has ended.

    The flow becomes a part of this one when this one is compiled, as it is then. So what is
    published keeps it, and its digest says which it is, whatever becomes of the file: a change is
    taken over by publishing anew, and conversations that run stay with what they began with.
    ``version`` refuses to compile with a flow that says of itself that it is another version. A
    flow that would run itself, directly or through others, is refused with the names on the way.

    What is asked inside it, and answered, names its ``node`` as if the flow ran alone; but inside a
    ``parallel``, where it may run twice at once, by its path (``s1/colour``).

    Ports: ``outcome:<outcome>``; ``error`` for an end that counts as failed, for an error inside it
    that it does not answer itself, and when what is to be saved is not there; ``next`` for any
    other end.

    Attributes:
        flow: which one, in the author's words: a path beside the file, or the id of a flow.
        inputs: the flow's inputs by their names, evaluated before it begins.
        save: variable (or path) ← CEL over ``output`` (the flow's variables at its end) and
            ``outcome``.
        version: which version of the flow it has to be; None for any.
    """

    flow: Source
    inputs: tuple[tuple[Source, Value], ...] = ()
    save: tuple[tuple[Source, Source], ...] = ()
    version: Source | None = None
    kind: ClassVar[str] = "subflow"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")
