"""The process in which z3 runs: scripts in, outcomes out, a JSON text a line.

Run: ``python -m statewright.cli.solving_process WORK MEMORY``.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(work: int, memory: int) -> None:
    """Answer until there is nothing more to read.

    Args:
        work: how much one question may take, in the unit of z3's ``rlimit``.
        memory: how many bytes the process may use.
    """
    _limit(memory)
    import z3  # noqa: PLC0415 (within the limit)

    for line in sys.stdin:
        print(json.dumps(_answer(z3, json.loads(line), work)), flush=True)


def _limit(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415 (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _answer(z3: Any, script: str, work: int) -> dict[str, Any]:
    """What z3 says of a script; a context of its own keeps one question from another."""
    try:
        solver = z3.SolverFor("ALL", ctx=z3.Context())
        solver.set("rlimit", work)
        solver.set("random_seed", 0)
        solver.from_string(script)
        outcome = str(solver.check())
        model = solver.model() if outcome == "sat" else None
    except (z3.Z3Exception, MemoryError):
        return {"outcome": "unknown"}
    values = {} if model is None else {one.name(): _value(z3, model[one]) for one in model}
    return {"outcome": outcome, "model": {n: v for n, v in values.items() if v is not None}}


def _value(z3: Any, value: Any) -> int | float | str | bool | None:
    """A value of a model; None for what is none, or is too large."""
    if z3.is_int_value(value):
        return int(value.as_long())
    if z3.is_rational_value(value):
        return float(value.as_fraction())
    if z3.is_string_value(value):
        return str(value.py_value())
    if z3.is_true(value) or z3.is_false(value):
        return bool(z3.is_true(value))
    return None


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
