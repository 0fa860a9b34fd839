"""All checks, in the order in which they are documented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from statewright.compiler.checks import (
    always_rule,
    always_true,
    at_most_rule,
    automatic_cycle,
    bad_literal,
    before_rule,
    choice_count,
    contradiction,
    credentials_in_url,
    dangling_edge,
    dead_assign,
    dead_branch,
    dead_choice,
    dead_end,
    disabled_on_path,
    duplicate_choice,
    duplicate_edge,
    duplicate_id,
    duplicate_key,
    effect_in_loop,
    enters_body,
    foreign_scope,
    guard_error,
    idle_suppression,
    ill_typed,
    impossible_answer,
    infeasible_node,
    io_mismatch,
    join_starves,
    leads_to_rule,
    long_text,
    loop_never_runs,
    misplaced_node,
    missing_key,
    missing_locale,
    missing_subflow,
    multiple_starts,
    never_rule,
    no_alternative_text,
    no_confirmation,
    no_default,
    no_error_edge,
    no_fallback,
    no_path_to_end,
    no_retry_limit,
    no_start,
    no_timeout,
    no_validation,
    not_carried_over,
    not_exhaustive,
    not_https,
    odd_timeout,
    overlap,
    personal_data_leak,
    placeholder_drift,
    private_host,
    raw_secret,
    read_only,
    reader_decision,
    recursion,
    secret_leak,
    secret_missing,
    shadowed_branch,
    shadowed_trigger,
    split_weights,
    step_budget,
    stuck,
    syntax_error,
    templated_query,
    type_conflict,
    unbounded_loop,
    undefined_name,
    unfit_parameter,
    unhandled_outcome,
    unknown_dialect,
    unknown_key,
    unknown_placeholder,
    unreachable_node,
    unreadable_text,
    unsafe_link,
    unsafe_retry,
    unsendable_request,
    unsupported_by_channel,
    untyped_response,
    unused_variable,
    unwired_port,
    use_before_definition,
    vacuous_rule,
    write_conflict,
    wrong_value,
)
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.consequences import without_consequences
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
    idle_suppression.CHECK,
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
    unfit_parameter.CHECK,
    automatic_cycle.CHECK,
    unbounded_loop.CHECK,
    no_path_to_end.CHECK,
    stuck.CHECK,
    infeasible_node.CHECK,
    loop_never_runs.CHECK,
    step_budget.CHECK,
    syntax_error.CHECK,
    ill_typed.CHECK,
    undefined_name.CHECK,
    guard_error.CHECK,
    contradiction.CHECK,
    always_true.CHECK,
    shadowed_branch.CHECK,
    overlap.CHECK,
    not_exhaustive.CHECK,
    dead_branch.CHECK,
    bad_literal.CHECK,
    use_before_definition.CHECK,
    dead_assign.CHECK,
    unused_variable.CHECK,
    type_conflict.CHECK,
    unknown_placeholder.CHECK,
    secret_leak.CHECK,
    personal_data_leak.CHECK,
    foreign_scope.CHECK,
    read_only.CHECK,
    no_validation.CHECK,
    no_retry_limit.CHECK,
    choice_count.CHECK,
    dead_choice.CHECK,
    duplicate_choice.CHECK,
    no_fallback.CHECK,
    no_timeout.CHECK,
    impossible_answer.CHECK,
    unsupported_by_channel.CHECK,
    no_confirmation.CHECK,
    unsafe_link.CHECK,
    no_error_edge.CHECK,
    not_https.CHECK,
    private_host.CHECK,
    credentials_in_url.CHECK,
    raw_secret.CHECK,
    secret_missing.CHECK,
    unsafe_retry.CHECK,
    odd_timeout.CHECK,
    untyped_response.CHECK,
    effect_in_loop.CHECK,
    templated_query.CHECK,
    unsendable_request.CHECK,
    io_mismatch.CHECK,
    missing_subflow.CHECK,
    recursion.CHECK,
    unhandled_outcome.CHECK,
    write_conflict.CHECK,
    join_starves.CHECK,
    split_weights.CHECK,
    never_rule.CHECK,
    always_rule.CHECK,
    before_rule.CHECK,
    leads_to_rule.CHECK,
    vacuous_rule.CHECK,
    at_most_rule.CHECK,
    no_alternative_text.CHECK,
    missing_locale.CHECK,
    placeholder_drift.CHECK,
    long_text.CHECK,
)

BY_CODE: Mapping[str, Check] = MappingProxyType({check.code: check for check in CHECKS})
"""Code → check."""

__all__ = ["BY_CODE", "CHECKS", "Check", "findings_of", "found_by_checks", "in_order"]

READING = ("R001", "R002")
"""Where a text could not be read at all, whatever else is found is a consequence."""


def findings_of(subject: Subject) -> tuple[Finding, ...]:
    """What all checks find, in the order of the file, then of the catalogue.

    What is only the consequence of something else is left out.
    """
    return in_order(found_by_checks(subject)[0])


def found_by_checks(
    subject: Subject, known: Mapping[str, tuple[Finding, ...]] = MappingProxyType({})
) -> tuple[list[Finding], Mapping[str, tuple[Finding, ...]]]:
    """What checks find, and what of it they find whatever is known of the chart.

    Args:
        subject: what they look at.
        known: code of a check → what it is known to find.

    Returns:
        All that they find; and by the code of a check what it finds, if it asked nothing of the
        chart.
    """
    unread = any(problem.code in READING for problem in subject.flow.problems)
    found: list[Finding] = []
    settled: dict[str, tuple[Finding, ...]] = {}
    for check in CHECKS:
        if unread and check.code not in READING:
            continue
        own = known.get(check.code)
        if own is None:
            subject.glance.taken = False
            own = tuple(check.find(check, subject))
            if not subject.glance.taken:
                settled[check.code] = own
        found += own
    return found, settled


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the file, then of the catalogue, without mere consequences."""
    order = {check.code: number for number, check in enumerate(CHECKS)}
    return tuple(
        sorted(
            without_consequences(findings),
            key=lambda f: (f.location.line, f.location.column, order[f.code]),
        )
    )
