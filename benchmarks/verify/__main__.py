"""The command: ``python -m benchmarks.verify [--quick] [--json FILE] [--missed] [--held-out]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.verify.bases import bases
from benchmarks.verify.holdout import held_out, of_others
from benchmarks.verify.operators import OPERATORS
from benchmarks.verify.operators.drawn import DRAWN
from benchmarks.verify.scoring import scored
from benchmarks.verify.tables import missed, peers_table, summary, table, verdicts

Tell = Callable[[str], object]


def main() -> int:
    """Print the table; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description="How much of what is wrong the checker finds.")
    parser.add_argument("--quick", action="store_true", help="few flows, one place each")
    parser.add_argument("--flows", type=int, help="how many flows are generated")
    parser.add_argument("--sites", type=int, help="at how many places each mistake is made")
    parser.add_argument("--only", help="operators whose name or code begins so")
    parser.add_argument("--held-out", action="store_true", help="what was kept apart until now")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there, too")
    parser.add_argument("--missed", action="store_true", help="list what was not found")
    wishes = parser.parse_args()
    generating = wishes.flows if wishes.flows is not None else 3 if wishes.quick else 24
    operators = tuple(
        one for one in OPERATORS if not wishes.only or wishes.only in f"{one.code} {one.name}"
    )
    tell: Tell = lambda text: print(text, file=sys.stderr)  # noqa: E731 (it is passed on)
    sites = wishes.sites or (1 if wishes.quick else 3)
    if wishes.held_out:
        scores = scored(list(held_out()), sites, tell, operators)
        scores = scored(list(of_others()), sites, tell, DRAWN, scores)
    else:
        scores = scored(list(bases(generating, quick=wishes.quick)), sites, tell, operators)
    numbers = summary(scores)
    if wishes.json:
        Path(wishes.json).write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print("\n".join((*table(numbers), "", *peers_table(numbers), "")))
    for name, findings in scores.clean.items():
        for finding in findings:
            print(f"clean, and told all the same: {name}: {finding}")
    if wishes.missed:
        print("\n".join(missed(scores)))
    told = list(verdicts(numbers))
    for is_met, text in told:
        print(f"{'met' if is_met else 'MISSED'}: {text}")
    print(
        f"{numbers['mutants']} mutants of {numbers['clean_flows']} flows, recall "
        f"{numbers['recall']:.3f}, {numbers['findings_per_mutant']} findings each, "
        f"{numbers['undecided']:.1%} with something UNDECIDED, {numbers['median_ms']:.0f} ms each"
    )
    return 0 if all(is_met for is_met, _ in told) else 1


if __name__ == "__main__":
    sys.exit(main())
