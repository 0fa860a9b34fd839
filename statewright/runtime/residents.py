"""What a process loads once and keeps for good.

Python's garbage collector looks through everything that is alive, again and again, and nothing else
happens meanwhile: with all modules of a server that takes a tenth of a second, which whoever talks
then waits longer. What was loaded before the first conversation stays until the process ends, so
there is nothing to be found in it.
"""

from __future__ import annotations

import gc


def spare_residents() -> None:
    """Have the garbage collector leave alone what is alive now.

    It is for processes that are ours, once they have loaded everything. Whoever embeds a runtime in
    a process of their own may call it there.
    """
    gc.collect()
    gc.freeze()
