"""What must never be so is so in some conversation.

What it does:
    Goes through all that can happen, and reports rules that say `never` and are broken. The witness
    is a conversation that breaks the rule.

Why it matters:
    Who wrote the rule relies on it. While sessions run it is watched, too, but then somebody is in
    the middle of a conversation, which goes no further.

Example:
    start: ask
    variables: {age: int}
    rules: {adults: {never: "age < 18", at: pay}}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: pay}
      pay: {type: message, text: "Thank you for paying.", next: bye}
      bye: {type: end, text: "Bye."}

Instead:
    start: ask
    variables: {age: int}
    rules: {adults: {never: "age < 18", at: pay}}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: adult}
      adult:
        type: condition
        branches: [{if: "age >= 18", to: pay}]
        else: bye
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
    """Rules that say what must never be so."""
    yield from breaches(check, subject, RuleKind.NEVER)


CHECK = Check("T801", "never-rule", Severity.ERROR, __doc__, find)
