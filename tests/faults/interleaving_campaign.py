"""Many stories of ``interleavings``, and what is wrong with those that end badly.

Run: ``python -m tests.faults.interleaving_campaign memory --stories 5000 --seed 1``.

Each story is named by its seed: ``--seed 4711 --stories 1`` tells it again.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence

from tests.faults.interleavings import Broken, told, worlds


def main(arguments: Sequence[str]) -> int:
    """Tell the stories; how many of them end badly."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.interleaving_campaign")
    parser.add_argument("database", choices=("memory", "sqlite"))
    parser.add_argument("--stories", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first story")
    parser.add_argument("--length", type=int, default=20, help="how much is asked for in each")
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    began, broken = time.monotonic(), 0
    for seed in range(asked.seed, asked.seed + asked.stories):
        with worlds(asked.database) as store:
            try:
                told(seed, store, length=asked.length)
            except Broken as error:
                broken += 1
                print(f"{seed}: {error}")
    seconds = time.monotonic() - began
    print(f"{asked.stories} stories on {asked.database}, {broken} end badly, {seconds:.0f} s")
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
