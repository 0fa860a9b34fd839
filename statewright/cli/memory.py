"""How often a process looks for memory that nobody uses any more."""

from __future__ import annotations

import gc
from typing import Final

_PATIENCE: Final = 50_000
"""How many more objects there are than before until the garbage collector looks."""

_ROUNDS: Final = 50
"""How often it looks at new objects before it looks again at those that were there before.

A flow of 10,000 nodes is read and compiled in half of that.
"""


def patient() -> None:
    """Let the garbage collector look less often.

    A flow of thousands of nodes is hundreds of thousands of objects, none of which is garbage; by
    default they are all looked through again and again while they are made, which takes half of the
    time.
    """
    gc.set_threshold(_PATIENCE, _ROUNDS, 100)
