"""A solver in a process of its own: z3, of the extra ``prove``.

It is given scripts in SMT-LIB, a JSON text a line, and answers likewise. What it may do is bounded
by z3's own count of work, so that it answers alike on any machine; memory by the operating system;
and time only so that nothing can hang.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from select import select
from typing import Any, Final

from statewright.compiler.verification.solving.terms import Outcome, Sat, Solver, Unsat, Unsolved

WORK: Final = 300_000
"""How much one question may take, in the unit of z3's ``rlimit``: about a tenth of a second."""

MEMORY: Final = 1 << 30
"""How many bytes the process may use."""

PATIENCE: Final = 60.0
"""Seconds after which the process is taken for lost."""

KEPT: Final = 5_000
"""So many answers are remembered."""

LONGEST: Final = 200_000
"""Scripts of more characters are not asked."""


class Z3:
    """A running solver; it is started when it is first asked, and anew when it was lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._known: dict[str, Outcome] = {}

    def solve(self, script: str) -> Outcome:
        """See ``Solver``; none is asked twice."""
        known = self._known.get(script)
        if known is None:
            known = self._solved(script)
            if len(self._known) < KEPT:
                self._known[script] = known
        return known

    def _solved(self, script: str) -> Outcome:
        if len(script) > LONGEST:
            return Unsolved("there is too much to ask")
        try:
            answer = self._asked(script)
        except (OSError, ValueError):
            answer = None
        if answer is None:
            self.close()
            return Unsolved("the solver was lost")
        match answer.get("outcome"):
            case "sat":
                return Sat(answer["model"])
            case "unsat":
                return Unsat()
            case _:
                return Unsolved("the solver does not know")

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _asked(self, script: str) -> dict[str, Any] | None:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            return None
        process.stdin.write(json.dumps(script) + "\n")
        process.stdin.flush()
        if not select([process.stdout], [], [], PATIENCE)[0]:
            return None
        line = process.stdout.readline()
        answer: dict[str, Any] | None = json.loads(line) if line else None
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", "statewright.cli.solving_process", str(WORK), str(MEMORY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        return self._process


@contextmanager
def solver() -> Iterator[Solver | None]:
    """Whom to ask for as long as the block runs; None where z3 is not installed."""
    if find_spec("z3") is None:
        yield None
        return
    z3 = Z3()
    try:
        yield z3
    finally:
        z3.close()
