"""What an operator is, and the broken flow that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.verify.documents import Source
from benchmarks.verify.oracle import Facts

Judge = Callable[[Facts, Facts], bool]
"""Whether a defect is there, by what can happen in the broken flow, and in the clean one."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A flow with one mistake in it.

    Attributes:
        source: the flow.
        place: where the mistake is, for people.
        nodes: where it is to be found; empty where it may be anywhere.
        is_real: settles whether it is one; None where that can be read off the document.
        code: what is to be found, where that differs from site to site; ``""`` otherwise.
    """

    source: Source
    place: str
    nodes: frozenset[str] = frozenset()
    is_real: Judge | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """A kind of mistake.

    Attributes:
        name: of the mistake: ``drop-else``.
        code: what has to be found.
        make: makes it, at each place of a clean flow at which that can be.
        accepts: other codes that tell the same.
    """

    name: str
    code: str
    make: Callable[[Source], Iterable[Mutation]]
    accepts: tuple[str, ...] = field(default=())

    def mutations(self, source: Source) -> Iterator[Mutation]:
        """All that it makes of a flow."""
        yield from self.make(source)


DEAD = ("C205", "G305", "G306", "G307", "G310", "G311", "S105")
"""What tells that something is never done; which of these is a matter of the reason."""
