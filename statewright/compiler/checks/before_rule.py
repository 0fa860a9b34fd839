"""Something happens before what has to come first.

What it does:
    Goes through all that can happen, and reports rules that say `before` and are broken. The
    witness is a conversation that gets there without what has to come first.

Why it matters:
    Who wrote the rule relies on it. While sessions run it is watched, too, but then somebody is in
    the middle of a conversation, which goes no further.

Example:
    start: menu
    rules: {consent: {first: terms, before: pay}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: pay, to: pay}, {value: terms, to: terms}]
      terms: {type: message, text: "These are our terms.", next: bye}
      pay: {type: message, text: "Thank you for paying.", next: bye}
      bye: {type: end, text: "Bye."}

Instead:
    start: menu
    rules: {consent: {first: terms, before: pay}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: pay, to: terms}, {value: leave, to: bye}]
      terms: {type: message, text: "These are our terms.", next: pay}
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
    """Rules that say what has to come first."""
    yield from breaches(check, subject, RuleKind.BEFORE)


CHECK = Check("T803", "before-rule", Severity.ERROR, __doc__, find)
