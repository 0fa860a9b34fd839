"""What can go wrong with sessions of one version of a flow on another one, one check a file."""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.migration.checks import (
    meaning_changed,
    pending_effect,
    state_removed,
    stuck_after_migrate,
    type_narrowed,
    unset_in_new,
)
from statewright.compiler.migration.versions import Versions

CHECKS: tuple[Check[Versions], ...] = (
    state_removed.CHECK,
    type_narrowed.CHECK,
    unset_in_new.CHECK,
    stuck_after_migrate.CHECK,
    pending_effect.CHECK,
    meaning_changed.CHECK,
)

__all__ = ["CHECKS", "findings_of"]


def findings_of(versions: Versions) -> tuple[Finding, ...]:
    """What is to be known before sessions go on in another version, in the order of the checks."""
    return tuple(finding for check in CHECKS for finding in check.find(check, versions))
