"""All checks: those that are asked of a flow, and those that are asked of two versions of one."""

from __future__ import annotations

from typing import Any

from statewright.compiler import checks
from statewright.compiler.checks.check import Check
from statewright.compiler.migration import checks as of_versions

CATALOGUE: tuple[Check[Any], ...] = (*checks.CHECKS, *of_versions.CHECKS)
"""In the order in which they are documented."""
