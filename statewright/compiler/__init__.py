"""From a flow to a verified statechart: ``compile(flow) → Compilation``."""

from __future__ import annotations

from statewright.compiler.compilation import Compilation, compile  # noqa: A004 (as in re.compile)
from statewright.compiler.findings import Finding, Severity, Verdict, Witness

__all__ = ["Compilation", "Finding", "Severity", "Verdict", "Witness", "compile"]
