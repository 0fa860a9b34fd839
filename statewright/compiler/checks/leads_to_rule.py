"""Something happens, and what has to follow never does.

What it does:
    Goes through all that can happen, and reports rules that say `leads_to` where a conversation
    ends before what has to follow, or comes to where that cannot follow any more, however long it
    goes on. The witness is a conversation that gets there.

    People may go away, and effects may fail: what is asked is only whether it follows if whatever
    may happen again and again does happen at some time, an answer to a question for one.

Why it matters:
    Who wrote the rule relies on it. While sessions run it is watched, too, but then somebody is in
    the middle of a conversation, which goes no further.

Example:
    start: menu
    rules: {answered: {whenever: complaint, leads_to: sorry}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: complain, to: complaint}, {value: leave, to: bye}]
      complaint: {type: question, text: "What is wrong?", next: more}
      more: {type: question, text: "Is there more?", input: boolean, next: bye}
      sorry: {type: message, text: "We are sorry to hear that.", next: bye}
      bye: {type: end, text: "Bye."}

Instead:
    start: menu
    rules: {answered: {whenever: complaint, leads_to: sorry}}
    nodes:
      menu:
        type: question
        text: "What now?"
        choices: [{value: complain, to: complaint}, {value: leave, to: bye}]
      complaint: {type: question, text: "What is wrong?", next: more}
      more: {type: question, text: "Is there more?", input: boolean, next: sorry}
      sorry: {type: message, text: "We are sorry to hear that.", next: bye}
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
    """Rules that say what has to follow."""
    yield from breaches(check, subject, RuleKind.LEADS_TO)


CHECK = Check("T804", "leads-to-rule", Severity.ERROR, __doc__, find)
