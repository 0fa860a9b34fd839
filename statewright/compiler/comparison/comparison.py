"""Compares two versions of a flow: the drawings, and then all conversations."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.compiler.comparison.structure import Change, changes_of, names_of
from statewright.compiler.comparison.together import Compared, compared
from statewright.compiler.compilation import Compilation
from statewright.statechart.forms.codec import digest_of

STEPS = 20_000
"""How many lines are tried at most, unless somebody says otherwise."""

NOT_VERIFIED = "only flows without errors can be gone through"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two versions differ.

    Attributes:
        changes: of the drawing.
        compared: what came of going through all conversations.
    """

    changes: tuple[Change, ...]
    compared: Compared

    @property
    def are_the_same(self) -> bool:
        """Whether it is proved that users never see a difference."""
        return self.compared.difference is None and not self.compared.hindrance


def comparison_of(old: Compilation, new: Compilation, steps: int = STEPS) -> Comparison:
    """Compare two versions that were verified. Two that became one chart are the same.

    Args:
        old: the old version.
        new: the new one.
        steps: how many lines may be tried.
    """
    names = names_of(old.flow, new.flow)
    changes = changes_of(old.flow, new.flow, names)
    if digest_of(old.statechart) == digest_of(new.statechart):
        return Comparison(changes, Compared(None, "", 0))
    if old.verification is None or new.verification is None:
        return Comparison(changes, Compared(None, NOT_VERIFIED, 0))
    return Comparison(changes, compared(old.verification, new.verification, names, steps))
