"""Something happens more often than it may.

What it does:
    Goes through all that can happen, and reports rules that say `at_most` and are broken. The
    witness is a conversation in which it happens once too often.

Why it matters:
    Who wrote the rule relies on it. While sessions run it is watched, too, but then somebody is in
    the middle of a conversation, which goes no further.

Example:
    start: menu
    rules: {once: {at_most: 1, times: pay}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: pay, to: pay}, {value: leave, to: bye}]
      pay: {type: message, text: "Thank you for paying.", next: menu}
      bye: {type: end, text: "Bye."}

Instead:
    start: menu
    rules: {once: {at_most: 1, times: pay}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: pay, to: pay}, {value: leave, to: bye}]
      pay: {type: message, text: "Thank you for paying.", next: bye}
      bye: {type: end, text: "Bye."}

Known limits:
    Where more goes into conditions than comparisons with constants, and where the budget is spent,
    it may stay UNDECIDED. Changes from outside, by operators or patches, are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.breaches import breaches
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.statechart.rules import RuleKind


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Rules that say how often something may happen."""
    yield from breaches(check, subject, RuleKind.AT_MOST)


CHECK = Check("T806", "at-most-rule", Severity.ERROR, __doc__, find)
