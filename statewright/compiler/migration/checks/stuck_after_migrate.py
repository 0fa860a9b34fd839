"""From where a conversation goes on, the new version never comes to an end.

What it does:
    For every state in which conversations go on as they are, looks whether an end can be reached in
    the new version, where one could be reached in the old one.

Why it matters:
    The conversation would be stuck where nobody of the new version ever gets stuck, because nobody
    gets there.

Example:
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: bye}
      more: {type: question, text: "Anything else?", next: more}
      bye: {type: end}

Instead:
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end}
    # file: new.yaml
    start: name
    nodes:
      name: {type: question, text: "Your name?", next: bye}
      more: {type: question, text: "Anything else?", next: more}
      bye: {type: end}
    # file: plan.yaml
    restarts: {more: name}

Known limits:
    Ways are told from the drawing, not from conditions. That an error, or a flow's time limit, ends
    a conversation is no way to an end.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.migration.versions import Versions, name_of, nearing_an_end


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """The states from which no end can be reached any more."""
    old, new = map(nearing_an_end, versions.trees)
    for before, node in versions.going_on:
        if before in old and node not in new:
            yield check.finding(
                f"conversations that wait at `{name_of(before)}` never come to an end in the new "
                "version",
                versions.new_place_of(node),
                node=name_of(node),
                help="lead on from there, or let them begin anew elsewhere (`restarts`)",
                related=(versions.place_of(before),),
            )


CHECK = Check("V904", "stuck-after-migrate", Severity.ERROR, __doc__, find)
