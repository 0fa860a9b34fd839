"""A place in which conversations wait is gone in the new version.

What it does:
    Looks at every state in which a conversation of the old version can wait, and reports those for
    which the new version has none of that name in which it could wait on.

Why it matters:
    A conversation that waits there cannot go on in the new version. It stays on the old one.

Example:
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: town}
      town: {type: question, text: "Where do you live?", next: bye}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: city}
      city: {type: question, text: "Where do you live?", next: bye}
      bye: {type: end}

Instead:
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: town}
      town: {type: question, text: "Where do you live?", next: bye}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: city}
      city: {type: question, text: "Where do you live?", next: bye}
      bye: {type: end}
    # file: plan.yaml
    states: {town: city}

Known limits:
    Whether a conversation ever gets there is told from the drawing, not from its conditions.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.migration.versions import Versions, name_of


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """The states in which nobody can wait any more."""
    seen: set[str] = set()
    for node, hindrances in versions.hindrances.items():
        for hindrance in hindrances:
            name = name_of(node)
            if hindrance.code == check.code and name not in seen:
                seen.add(name)
                yield check.finding(
                    f"conversations may wait at `{name}`, and {hindrance.reason}",
                    versions.place_of(node),
                    node=name,
                    help=f"let another place take its place (`states: {{{name}: …}}`), let them "
                    f"begin anew somewhere (`restarts`), or let them stay (`pinned: [{name}]`)",
                )


CHECK = Check("V901", "state-removed", Severity.ERROR, __doc__, find)
