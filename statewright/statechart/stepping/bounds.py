"""How much one macrostep may do before it is discarded."""

from __future__ import annotations

from typing import Final

from statewright.errors import StatewrightError

ROUNDS: Final = 1_000_000
"""How many rounds all loops of one macrostep may take."""

WRITTEN: Final = 5_000_000
"""How many characters, and parts of lists and maps, one macrostep may write to variables."""

CHILDREN: Final = 1_000
"""How many sessions may run inside one."""

GENERATIONS: Final = 20
"""How many of them may have invoked each other in a row."""


class OutOfBoundsError(StatewrightError):
    """A macrostep does more than it may; it is caught where the macrostep was begun."""
