"""A loop is reached, and never goes round.

What it does:
    Reports loops to which conversations come, of which no conversation ever enters the body.

Why it matters:
    What is to be done again and again is not even done once.

Example:
    start: each
    variables: {items: {type: list, default: []}}
    nodes:
      each:
        type: loop
        each: items
        item: item
        start: say
        nodes:
          say: {type: message, text: "{{ item }}", next: again}
          again: {type: continue}
        next: bye
      bye: {type: end, text: "Bye."}

Instead:
    start: each
    variables: {items: {type: list, default: [tea, coffee]}}
    nodes:
      each:
        type: loop
        each: items
        item: item
        start: say
        nodes:
          say: {type: message, text: "{{ item }}", next: again}
          again: {type: continue}
        next: bye
      bye: {type: end, text: "Bye."}

Known limits:
    A loop that runs for some conversations only is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import proved
from statewright.compiler.verification.questions import EnterState
from statewright.flows.nodes import Loop


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Loops that are entered, and whose bodies are not."""
    drawing = subject.drawing
    for node in subject.nodes.values() if drawing is not None else ():
        if drawing is None or not isinstance(node.config, Loop) or not drawing.is_met(node.id):
            continue
        entry = node.config.body.entry
        if entry not in subject.nodes or not drawing.has(entry):
            continue
        answer = drawing.unmet([EnterState(drawing.state(entry))])
        if answer is not None:
            finding = check.finding(
                f"the loop `{node.id}` never goes round", node.location, node=node.id
            )
            tried = f"the loop `{node.id}` goes round in no conversation that was tried"
            yield proved(finding, answer, tried)


CHECK = Check("C206", "loop-never-runs", Severity.WARNING, __doc__, find)
