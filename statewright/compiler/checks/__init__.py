"""All checks, in the order in which they are documented."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from statewright.compiler.checks import (
    always_true,
    contradiction,
    dangling_edge,
    dead_branch,
    dead_end,
    disabled_on_path,
    duplicate_edge,
    duplicate_id,
    duplicate_key,
    enters_body,
    guard_error,
    ill_typed,
    infeasible_node,
    io_mismatch,
    join_starves,
    loop_never_runs,
    misplaced_node,
    missing_key,
    missing_locale,
    missing_subflow,
    multiple_starts,
    no_default,
    no_path_to_end,
    no_start,
    not_carried_over,
    not_exhaustive,
    placeholder_drift,
    read_only,
    reader_decision,
    recursion,
    shadowed_branch,
    shadowed_trigger,
    syntax_error,
    undefined_name,
    unhandled_outcome,
    unknown_dialect,
    unknown_key,
    unknown_placeholder,
    unreachable_node,
    unreadable_text,
    unwired_port,
    use_before_definition,
    wrong_value,
)
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding
from statewright.compiler.subject import Subject

CHECKS: tuple[Check, ...] = (
    unreadable_text.CHECK,
    unknown_dialect.CHECK,
    unknown_key.CHECK,
    wrong_value.CHECK,
    missing_key.CHECK,
    not_carried_over.CHECK,
    duplicate_key.CHECK,
    reader_decision.CHECK,
    no_start.CHECK,
    multiple_starts.CHECK,
    dangling_edge.CHECK,
    duplicate_id.CHECK,
    unreachable_node.CHECK,
    dead_end.CHECK,
    unwired_port.CHECK,
    no_default.CHECK,
    duplicate_edge.CHECK,
    disabled_on_path.CHECK,
    enters_body.CHECK,
    misplaced_node.CHECK,
    shadowed_trigger.CHECK,
    no_path_to_end.CHECK,
    infeasible_node.CHECK,
    loop_never_runs.CHECK,
    syntax_error.CHECK,
    ill_typed.CHECK,
    undefined_name.CHECK,
    guard_error.CHECK,
    contradiction.CHECK,
    always_true.CHECK,
    shadowed_branch.CHECK,
    not_exhaustive.CHECK,
    dead_branch.CHECK,
    use_before_definition.CHECK,
    unknown_placeholder.CHECK,
    read_only.CHECK,
    io_mismatch.CHECK,
    missing_subflow.CHECK,
    recursion.CHECK,
    unhandled_outcome.CHECK,
    join_starves.CHECK,
    missing_locale.CHECK,
    placeholder_drift.CHECK,
)

BY_CODE: Mapping[str, Check] = MappingProxyType({check.code: check for check in CHECKS})
"""Code → check."""

__all__ = ["BY_CODE", "CHECKS", "Check", "findings_of"]

READING = ("R001", "R002")
"""Where a text could not be read at all, whatever else is found is a consequence."""


def findings_of(subject: Subject) -> tuple[Finding, ...]:
    """What all checks find, in the order of the file, then of the catalogue."""
    unread = any(problem.code in READING for problem in subject.flow.problems)
    checks = [check for check in CHECKS if not unread or check.code in READING]
    order = {check.code: number for number, check in enumerate(CHECKS)}
    findings = [finding for check in checks for finding in check.find(check, subject)]
    return tuple(
        sorted(findings, key=lambda f: (f.location.line, f.location.column, order[f.code]))
    )
