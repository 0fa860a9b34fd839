"""From a flow to a verified statechart: ``compile(flow) → Compilation``.

``Rechecking`` checks a flow as often as it is edited. A machine that is written in SCXML is
compiled by ``compile_scxml(text)``.
"""

from __future__ import annotations

from statewright.compiler.compilation import (
    Compilation,
    compile,  # noqa: A004 (as in re.compile)
    compile_scxml,
    verify,
)
from statewright.compiler.findings import Finding, Severity, Verdict, Witness
from statewright.compiler.rechecking import Rechecking

__all__ = [
    "Compilation",
    "Finding",
    "Rechecking",
    "Severity",
    "Verdict",
    "Witness",
    "compile",
    "compile_scxml",
    "verify",
]
