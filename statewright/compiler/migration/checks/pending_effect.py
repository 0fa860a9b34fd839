"""A timer or a request is still under way, and nothing in the new version waits for it.

What it does:
    Looks at the timers and the work that conversations of the old version may have pending where
    they wait, and reports those that nothing in the new version hears.

Why it matters:
    The deadline would pass, or the answer would come, and nothing would happen.

Example:
    start: name
    nodes:
      name: {type: question, text: "Your name?", timeout: 1h, next: bye, on: {timeout: late}}
      late: {type: end, outcome: late}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: bye}
      bye: {type: end}

Instead:
    start: name
    nodes:
      name: {type: question, text: "Your name?", timeout: 1h, next: bye, on: {timeout: late}}
      late: {type: end, outcome: late}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: bye}
      bye: {type: end}
    # file: plan.yaml
    restarts: {name: name}

Known limits:
    It is assumed that whatever can be pending in a state is.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.migration.versions import Versions, name_of


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """What is pending and would not be heard."""
    for node, hindrances in versions.hindrances.items():
        if any(one.code == "V901" for one in hindrances):
            continue  # That it is gone is said already.
        for hindrance in hindrances:
            if hindrance.code == check.code:
                name = name_of(node)
                yield check.finding(
                    f"where conversations wait at `{name}`, {hindrance.reason}",
                    versions.place_of(node),
                    node=name,
                    help=f"let them begin anew there (`restarts: {{{name}: {name}}}`), or let them "
                    f"stay (`pinned: [{name}]`)",
                )


CHECK = Check("V905", "pending-effect", Severity.ERROR, __doc__, find)
