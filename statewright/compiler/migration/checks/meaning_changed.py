"""A state has kept its name, and means something else.

What it does:
    For every state in which conversations go on as they are, compares what is waited for: the kind
    of question, the variable that gets the answer, the work, the events that are heard.

Why it matters:
    What the user was asked under the old version is answered under the new one.

Example:
    start: ask
    variables: {phone: string, email: string}
    nodes:
      ask: {type: question, text: "How can we reach you?", variable: phone, next: bye}
      bye: {type: end}
    # file: new.yaml
    start: ask
    variables: {phone: string, email: string}
    nodes:
      ask: {type: question, input: email, text: "How can we reach you?", variable: email, next: bye}
      bye: {type: end}

Instead:
    start: ask
    variables: {phone: string, email: string}
    nodes:
      ask: {type: question, text: "How can we reach you?", variable: phone, next: bye}
      bye: {type: end}
    # file: new.yaml
    start: ask
    variables: {phone: string, email: string}
    nodes:
      ask: {type: question, input: email, text: "How can we reach you?", variable: email, next: bye}
      bye: {type: end}
    # file: plan.yaml
    restarts: {ask: ask}

Known limits:
    Texts are not compared: `statewright diff` does that.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.migration.versions import INTERNAL, Versions, name_of
from statewright.statechart.migration.plan import renamed_event
from statewright.statechart.structure.nodes import Node


def find(check: Check[Versions], versions: Versions) -> Iterator[Finding]:
    """What means something else."""
    old, _ = versions.trees
    for before, node in versions.going_on:
        heard = {renamed_event(versions.plan, old.nodes, stem) for stem in _stems(before)}
        for what in _changes(before, node, heard):
            yield check.finding(
                f"conversations that wait at `{name_of(before)}` go on in it, and {what}",
                versions.new_place_of(node),
                node=name_of(node),
                help="call the new one something else, or let them be asked anew: "
                f"`restarts: {{{name_of(before)}: {name_of(node)}}}`",
                related=(versions.place_of(before),),
            )


def _changes(before: Node, node: Node, heard: set[str]) -> Iterator[str]:
    was, is_ = before.state, node.state
    if was is None or is_ is None:
        return
    if (was.awaits is None) != (is_.awaits is None):
        yield "it asks nothing any more" if is_.awaits is None else "it asks the user now"
    if was.awaits is not None and is_.awaits is not None:
        if was.awaits.kind != is_.awaits.kind:
            yield f"it asks for {is_.awaits.kind} now, not for {was.awaits.kind}"
        if was.awaits.variable != is_.awaits.variable:
            yield f"the answer goes to `{is_.awaits.variable}` now, not to `{was.awaits.variable}`"
    for event in sorted(heard - set(_stems(node)) if was.awaits is None else ()):
        yield f"it does not hear `{event}` any more"


def _stems(node: Node) -> Iterator[str]:
    """What a state waits for beside messages and timers, which other checks look at."""
    return (stem for stem in node.by_stem if not stem.startswith((*INTERNAL, "done.timer")))


CHECK = Check("V906", "meaning-changed", Severity.WARNING, __doc__, find)
