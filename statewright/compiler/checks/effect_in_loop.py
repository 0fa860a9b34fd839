"""Something that costs money, or changes something, is done again and again without end.

What it does:
    Looks for language models, actions and requests that change something on rings that nothing is
    known to end, and on which nobody is asked (see C202).

Why it matters:
    A single conversation can empty the account, with nobody there to notice.

Example:
    start: think
    variables: {idea: string}
    nodes:
      think:
        type: llm
        model: small
        prompt: Have an idea.
        save: {idea: answer}
        next: pause
        on: {error: pause}
      pause: {type: delay, duration: 10s, next: think}

Instead:
    start: think
    variables: {idea: string, more: bool}
    nodes:
      think:
        type: llm
        model: small
        prompt: Have an idea.
        save: {idea: answer}
        next: ask
        on: {error: bye}
      ask:
        type: question
        text: "{{ idea }} Another one?"
        input: boolean
        variable: more
        next: [{if: more, to: think}, {to: bye}]
      bye: {type: end}

Known limits:
    Those of C202. A ring that asks the user each time is all right, however often it is gone round.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.ways import node_of
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.rings import tireless_rings
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Action, Http, Llm, NodeConfig


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Effects on rings without end."""
    dear = [node for node in subject.nodes.values() if _is_dear(node.config)]
    for ring in tireless_rings(subject) if dear else ():
        on_ring = set(map(node_of, ring.vertices))
        for node in dear:
            if node.id in on_ring:
                yield check.finding(
                    f"`{node.id}` may be done again and again without end",
                    node.location,
                    node=node.id,
                    help="count the rounds, or ask the user whether to go on",
                )


def _is_dear(config: NodeConfig) -> bool:
    if isinstance(config, Http):
        return config.method not in ("GET", "HEAD", "OPTIONS")
    return isinstance(config, Llm | Action)


CHECK = Check("E610", "effect-in-loop", Severity.WARNING, __doc__, find)
