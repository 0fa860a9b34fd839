"""How often a process looks for memory that nobody uses any more."""

from __future__ import annotations

import gc
from typing import Final

_PATIENCE: Final = 2_000_000
"""How many more objects there are than before until the garbage collector looks.

A flow of 10,000 nodes is read and compiled in fewer. What nobody uses any more is freed at once as
ever; this is only about what holds itself, which is rare here.
"""

_ROUNDS: Final = 10
"""How often it looks at new objects before it looks again at those that were there before."""


def patient() -> None:
    """Let the garbage collector look less often.

    A flow of thousands of nodes is hundreds of thousands of objects, none of which is garbage; by
    default they are all looked through again and again while they are made, which takes half of the
    time.
    """
    gc.set_threshold(_PATIENCE, _ROUNDS, 100)


def lasting() -> None:
    """Let it look often enough for a process that runs for days, and is given work all the time.

    A turn leaves a little behind that holds itself, such as an error with the places it came from.
    """
    gc.set_threshold(_PATIENCE_OF_SERVERS, _ROUNDS_OF_SERVERS, 100)


_PATIENCE_OF_SERVERS: Final = 50_000
_ROUNDS_OF_SERVERS: Final = 50
