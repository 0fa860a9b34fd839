"""What was kept apart while the checks were built: flows, and kinds of mistakes, for the last run.

The flows are the mended examples in the documentation of the checks, generated ones with other
numbers than those that were looked at, and the flows of others without errors, where these are
there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.verify.documents import Source, source_from
from benchmarks.verify.generated import generated
from benchmarks.verify.operators.drawn import ReadFlow
from statewright import compiler, flows
from statewright.compiler.checks import CHECKS
from statewright.compiler.checks.check import sections_of

SEEDS = range(7_001, 7_007)
"""Numbers of generated flows; those up to 100 were looked at while the checks were built."""

EVERY = 3
"""One of so many examples is used."""


def documented() -> Iterator[Source]:
    """Mended examples of the documentation that stand alone, and in which nothing is found."""
    for check in CHECKS[::EVERY]:
        text = sections_of(check.documentation)["Instead"]
        if "# file: " in text or text.startswith("{") or "statewright: 1" in text:
            continue
        source = source_from(f"instead-{check.code}", f"statewright: 1\nid: example\n{text}")
        if not compiler.verify(compiler.compile(source.flow())).findings:
            yield source


def held_out() -> Iterator[Source]:
    """The flows that all operators break."""
    yield from documented()
    yield from map(generated, SEEDS)


def of_others() -> Iterator[Source]:
    """The flows of others, which the operators of ``drawn`` break, where they are there."""
    root = Path(__file__).parents[2]
    data = Path(os.environ.get("STATEWRIGHT_DATA", root / ".." / "shared" / "data"))
    for path in sorted((data / "flows").glob("0*/*.json")):
        flow = flows.read(path)
        # Behind errors, other findings hide.
        if flow.dialect and not compiler.verify(compiler.compile(flow)).errors:
            name = f"{path.parent.name}/{path.stem}"
            yield ReadFlow(name, {"nodes": {}}, read=flow)
