"""A variable may hold values that it may not hold in the new version.

What it does:
    Compares the declarations of every variable in both versions, and reports those that became
    narrower: another type into which not every value converts, fewer values, closer limits.

Why it matters:
    A conversation whose value does not fit cannot go on in the new version: it stays on the old.

Example:
    start: ask
    variables: {age: {type: int, maximum: 150}}
    nodes:
      ask: {type: question, input: number, text: "How old are you?", variable: age, next: bye}
      bye: {type: end}
    # file: new.yaml
    start: ask
    variables: {age: {type: int, maximum: 99}}
    nodes:
      ask: {type: question, input: number, text: "How old are you?", variable: age, next: bye}
      bye: {type: end}

Instead:
    start: ask
    variables: {age: {type: int, maximum: 150}}
    nodes:
      ask: {type: question, input: number, text: "How old are you?", variable: age, next: bye}
      bye: {type: end}
    # file: new.yaml
    start: ask
    variables: {age: {type: int, maximum: 99}}
    nodes:
      ask: {type: question, input: number, text: "How old are you?", variable: age, next: bye}
      bye: {type: end}
    # file: plan.yaml
    values: {age: "has(vars.age) ? math.least(age, 99) : 0"}

Known limits:
    Only declarations are compared, so it is UNDECIDED whether a conversation has such a value:
    that is known once the live ones are looked at. A whole number is taken to fit where a double is
    wanted. Variables of a loop, a form or a subflow are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.compiler.migration.declarations import narrowed
from statewright.compiler.migration.versions import Versions


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """The variables that became narrower."""
    before = {datum.name: datum for datum in versions.old.statechart.data}
    for datum in versions.new.statechart.data:
        was = before.get(datum.name)
        if was is None or datum.name in versions.plan.values:
            continue
        how = narrowed(was, datum)
        if how:
            finding = check.finding(
                f"`{datum.name}` {how} in the new version",
                help=f"say what becomes of the values: `values: {{{datum.name}: …}}`",
            )
            reason = "whether a conversation has such a value is known once they are looked at"
            yield replace(finding, verdict=Verdict.UNDECIDED, reason=reason)


CHECK = Check("V902", "type-narrowed", Severity.ERROR, __doc__, find)
