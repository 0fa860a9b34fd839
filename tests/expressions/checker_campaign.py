"""The long test of the checker: its laws on random worlds, and its types beside Google's.

Run: ``python -m tests.expressions.checker_campaign --cases 200000 --seed 1``. Half of the cases are
expressions that are evaluated on several data of the declared types, a few of them as large as
few ever are; of the other half the static types are compared with those of the C++ engine. What
breaks a law is printed, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random
from typing import Any

from statewright.expressions import BUDGET, Checked
from statewright.expressions.failures import EXTREMES
from tests.expressions.soundness import SMALL_BUDGET, attempt, broken_law
from tests.expressions.type_oracle import difference, shared_world, their_environment, their_type
from tests.expressions.typed_expressions import Writer
from tests.expressions.typed_worlds import World, data_from, world_from

PER_WORLD = 20
DATA_PER_EXPRESSION = 6


class Campaign:
    """Counts what happens."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()

    def judge(self) -> None:
        """Some expressions in one world, each on several data."""
        world = world_from(self.random)
        for _ in range(PER_WORLD):
            checked = attempt(self.random, world)
            if checked is not None:
                self.count(checked)
                self.try_out(checked, world)

    def count(self, checked: Checked) -> None:
        kinds = {failure.kind for failure in checked.failures}
        self.counts["evaluated"] += 1
        if checked.problems:
            self.counts["evaluated: with problems"] += 1
        elif not kinds:
            self.counts["evaluated: cannot fail"] += 1
        elif kinds <= EXTREMES:
            self.counts["evaluated: fail in extreme cases only"] += 1

    def try_out(self, checked: Checked, world: World) -> None:
        for turn in range(DATA_PER_EXPRESSION):
            large = turn == 0 and self.random.random() < 0.1
            data = data_from(self.random, world, large=large)
            law = broken_law(checked, data, SMALL_BUDGET if large else BUDGET)
            if law:
                self.breach(f"{law}\n  {checked.expression.text}", world, data)
                return

    def compare(self) -> None:
        """The types of some expressions beside theirs."""
        dynamic = self.random.random() < 0.5
        world = shared_world(self.random, dynamic=dynamic)
        theirs = their_environment(world)
        for _ in range(PER_WORLD):
            text = Writer(self.random, world).expression()
            self.counts["compared"] += 1
            self.counts["compared: taken by both"] += their_type(theirs, text) is not None
            found = difference(world, theirs, text, dynamic=dynamic)
            if found:
                self.breach(found, world, {})

    def breach(self, law: str, world: World, data: dict[str, Any]) -> None:
        self.counts["broken laws"] += 1
        print(law)
        for name, one in world.variables.items():
            print(f"  {name}: {one} {one.fields or ''} = {str(data.get(name, ''))[:200]}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    campaign = Campaign(arguments.seed)
    while campaign.counts["evaluated"] + campaign.counts["compared"] < arguments.cases:
        campaign.judge()
        campaign.compare()
    for name, number in sorted(campaign.counts.items()):
        print(f"{number:8} {name}")
    return 1 if campaign.counts["broken laws"] else 0


if __name__ == "__main__":
    sys.exit(main())
