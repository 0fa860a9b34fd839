"""The new version reads a variable that conversations of the old one never set.

What it does:
    For every state in which conversations go on as they are, works out which variables the new
    version may read from there before it writes them, and reports those that are new and have no
    value to begin with.

Why it matters:
    Whoever began with the new version has gone past where the variable is set; whoever is moved has
    not. The expression fails there.

Example:
    start: name
    variables: {name: string}
    nodes:
      name: {type: question, text: "Your name?", variable: name, next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end, text: "Bye, {{ name }}."}
    # file: new.yaml
    start: name
    variables: {name: string, town: string}
    nodes:
      name: {type: question, text: "Your name?", variable: name, next: town}
      town: {type: question, text: "Where do you live?", variable: town, next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end, text: "Bye, {{ name }} from {{ town }}."}

Instead:
    start: name
    variables: {name: string}
    nodes:
      name: {type: question, text: "Your name?", variable: name, next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end, text: "Bye, {{ name }}."}
    # file: new.yaml
    start: name
    variables: {name: string, town: string}
    nodes:
      name: {type: question, text: "Your name?", variable: name, next: town}
      town: {type: question, text: "Where do you live?", variable: town, next: more}
      more: {type: question, text: "Anything else?", next: bye}
      bye: {type: end, text: "Bye, {{ name }} from {{ town }}."}
    # file: plan.yaml
    values: {town: "'somewhere'"}

Known limits:
    Ways through the new version are told from the drawing, not from its conditions. A variable that
    the old version has, and may not have set either, is left to the checks of the new version.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.migration.versions import Versions, name_of
from statewright.compiler.verification.dataflow.liveness import liveness_of, passages_of
from statewright.compiler.verification.dataflow.uses import Part, uses_of
from statewright.compiler.verification.dataflow.variables import Key


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """What is read and was never set."""
    _, new = versions.trees
    had = {datum.name for datum in versions.old.statechart.data}
    fresh = {
        datum.name
        for datum in versions.new.statechart.data
        if datum.value is None and datum.name not in had | versions.plan.values.keys()
    }
    if not fresh:
        return
    liveness = liveness_of(passages_of(new), uses_of(new), _needed)
    seen: set[str] = set()
    for before, node in versions.going_on:
        around = [one.id for one in node.ancestors() if one.parent is not None]
        live = liveness.at((*around, node.id))
        for name in sorted(fresh - seen):
            if ("", name) in live:
                seen.add(name)
                yield check.finding(
                    f"`{name}` is read behind `{name_of(node)}`, and conversations that wait there "
                    "have never set it",
                    versions.place_of(before),
                    node=name_of(before),
                    help=f"declare a default, or say what it holds: `values: {{{name}: …}}`",
                )


def _needed(part: Part) -> frozenset[Key]:
    """What a part reads without asking whether it is there."""
    return frozenset(
        read.key
        for site in part.sites
        for read in site.reads
        if read.key is not None and not read.tested
    )


CHECK = Check("V903", "unset-in-new", Severity.ERROR, __doc__, find)
