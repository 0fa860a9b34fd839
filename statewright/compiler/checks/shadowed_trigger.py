"""A trigger is not fired by what it names, because another one of the flow always comes first.

What it does:
    Compares the triggers of the flow, in the order in which they are asked: by priority, then by
    how much they ask for, then as they stand in the file. A trigger without a condition takes
    everything that it is fired by; what is left for the others is looked at.

Why it matters:
    The conversation never begins as the later trigger says.

Example:
    start: hello
    triggers:
      money: {type: keyword, words: [refund, money]}
      refund: {type: keyword, words: [refund please], to: refund}
    nodes:
      hello: {type: message, text: Hello, next: bye}
      refund: {type: message, text: You get it back., next: bye}
      bye: {type: end}

Instead:
    start: hello
    triggers:
      money: {type: keyword, words: [refund, money]}
      refund: {type: keyword, words: [refund please], to: refund, priority: 1}
    nodes:
      hello: {type: message, text: Hello, next: bye}
      refund: {type: message, text: You get it back., next: bye}
      bye: {type: end}

Known limits:
    Conditions, and regular expressions that are written differently, are not compared. Triggers of
    other flows are not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.triggers import Trigger
from statewright.statechart.answering import covers, order_of
from statewright.statechart.event import matches
from statewright.statechart.triggers import TriggerKind


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """For each trigger, the first one before it that takes something away from it."""
    triggers = sorted(subject.flow.triggers, key=order_of)
    for place, trigger in enumerate(triggers):
        for before in triggers[:place]:
            taken = _taken(before, trigger)
            if taken is not None:
                what = f"by `{taken}`" if taken else "at all"
                yield check.finding(
                    f"`{trigger.name}` is not fired {what}: `{before.name}` comes first",
                    trigger.location,
                    help="give it a greater `priority`, or the other one a condition",
                    related=(before.location,),
                )
                break


def _taken(before: Trigger, trigger: Trigger) -> str | None:
    """What a trigger takes from another one: a word, ``""`` for everything, None for nothing."""
    if before.guard is not None or before.reentry is not trigger.reentry:
        return None
    if before.kind is TriggerKind.MESSAGE and trigger.kind is TriggerKind.KEYWORD:
        return ""
    takes = _TAKES.get(trigger.kind)
    return takes(before, trigger) if takes is not None and before.kind is trigger.kind else None


def _taken_words(before: Trigger, trigger: Trigger) -> str | None:
    taken = [
        word.text
        for word in trigger.words
        if any(
            covers((before.matching, other.text), (trigger.matching, word.text))
            for other in before.words
        )
    ]
    if not taken:
        return None
    return "" if len(taken) == len(trigger.words) else taken[0]


_TAKES: Mapping[TriggerKind, Callable[[Trigger, Trigger], str | None]] = MappingProxyType(
    {
        TriggerKind.MESSAGE: lambda *_: "",
        TriggerKind.OPENED: lambda *_: "",
        TriggerKind.KEYWORD: _taken_words,
        TriggerKind.EVENT: lambda one, other: "" if matches(one.event, other.event) else None,
        TriggerKind.WEBHOOK: lambda one, other: "" if one.event == other.event else None,
    }
)
"""What the first of two triggers of a kind takes from the other. Schedules and people name what
they begin, and take nothing."""

CHECK = Check("S113", "shadowed-trigger", Severity.WARNING, __doc__, find)
