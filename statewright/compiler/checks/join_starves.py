"""Parallel regions are begun, and never joined.

What it does:
    Reports parallel nodes to which conversations come, and which no conversation leaves by joining
    its regions.

Why it matters:
    Some region never comes to its end, so whatever stands behind the node never happens.

Example:
    start: both
    variables: {stop: {type: bool, default: false}}
    nodes:
      both:
        type: parallel
        next: bye
        regions:
          left: {nodes: {hi: {type: message, text: "Hi.", next: done}, done: {type: leave}}}
          right:
            nodes:
              ask: {type: question, text: "More?", next: check}
              check: {type: condition, branches: [{if: stop, to: over}], else: ask}
              over: {type: leave}
      bye: {type: end, text: "Bye."}

Instead:
    start: both
    variables: {stop: {type: bool, default: false}}
    nodes:
      both:
        type: parallel
        next: bye
        regions:
          left: {nodes: {hi: {type: message, text: "Hi.", next: done}, done: {type: leave}}}
          right:
            nodes:
              ask: {type: question, text: "Stop?", input: boolean, variable: stop, next: check}
              check: {type: condition, branches: [{if: stop, to: over}], else: ask}
              over: {type: leave}
      bye: {type: end, text: "Bye."}

Known limits:
    Which region it is that starves is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.verification.drawing import proved
from statewright.compiler.verification.questions import TakeTransition
from statewright.flows.nodes import Parallel


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Parallel nodes that are entered, and whose own ways out are never taken."""
    drawing = subject.drawing
    for node in subject.nodes.values() if drawing is not None else ():
        if drawing is None or not isinstance(node.config, Parallel) or not drawing.is_met(node.id):
            continue
        state = drawing.tree.nodes[drawing.state(node.id)].state
        ways = (
            []
            if state is None
            else [
                TakeTransition(f"{state.id}#{number}")
                for number, one in enumerate(state.transitions)
                if any(event.startswith("done.") for event in one.events)
            ]
        )
        answer = drawing.unmet(ways)
        if answer is not None:
            finding = check.finding(
                f"the regions of `{node.id}` are never joined", node.location, node=node.id
            )
            tried = f"the regions of `{node.id}` are joined in no conversation that was tried"
            yield proved(finding, answer, tried)


CHECK = Check("X706", "join-starves", Severity.ERROR, __doc__, find)
