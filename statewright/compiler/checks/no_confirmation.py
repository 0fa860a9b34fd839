"""Something that cannot be undone is done, and nobody was asked.

What it does:
    Looks for requests that delete (`DELETE`) and for actions with the name of something final
    (`delete`, `cancel`, `refund`, `charge`, `pay`, …) to which a way leads on which the user never
    chose anything, and nobody approved.

Why it matters:
    A misunderstanding deletes an account.

Example:
    start: ask
    variables: {id: string}
    nodes:
      ask: {type: question, text: "Which order?", variable: id, next: cancel}
      cancel: {type: action, action: cancel_order, with: {order: "{{ id }}"}, next: bye}
      bye: {type: end, text: "It is cancelled."}

Instead:
    start: ask
    variables: {id: string, sure: bool}
    nodes:
      ask: {type: question, text: "Which order?", variable: id, next: confirm}
      confirm:
        type: question
        text: "Cancel the order {{ id }}?"
        input: boolean
        variable: sure
        next: [{if: sure, to: cancel}, {to: bye}]
      cancel: {type: action, action: cancel_order, with: {order: "{{ id }}"}, next: bye}
      bye: {type: end}

Known limits:
    Any question with choices or for yes or no on the way counts as asking, and so do a button and
    an approval. In flows that run inside others, the one around it may have asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.analysis.graph import reachable_from, successors_of
from statewright.compiler.analysis.paces import Pace
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import (
    Action,
    Approval,
    Http,
    InputKind,
    Message,
    NodeConfig,
    Question,
)

_CHOSEN = frozenset({InputKind.BOOLEAN, InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})
_FINAL = frozenset(
    {
        "delete", "erase", "purge", "destroy", "wipe", "terminate", "cancel", "refund", "charge",
        "pay", "purchase", "withdraw", "deactivate",
    }
)  # fmt: skip
"""Verbs of what cannot be undone."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Final actions that can be reached without having been asked."""
    final = [node for node in subject.nodes.values() if _is_final(node.config)]
    if not final:
        return
    successors = {
        source: targets
        for source, targets in successors_of(subject.flow).items()
        if source in subject.nodes and not _asks(subject, subject.nodes[source])
    }
    starts = (*subject.graph.beginnings, *(named.goal.node for named in goals_of(subject.flow)))
    unasked = reachable_from(starts, successors)
    for node in final:
        if node.id in unasked:
            yield check.finding(
                f"`{node.id}` cannot be undone, and nobody was asked before",
                node.location,
                node=node.id,
                help="ask for a yes or no before it",
            )


def _is_final(config: NodeConfig) -> bool:
    if isinstance(config, Http):
        return config.method == "DELETE"
    if not isinstance(config, Action):
        return False
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", config.action)
    return bool(words) and words[0].lower() in _FINAL


def _asks(subject: Subject, node: Node) -> bool:
    config = node.config
    if isinstance(config, Message):
        return subject.paces[node.id] is Pace.PEOPLE
    return isinstance(config, Approval) or (
        isinstance(config, Question) and config.input in _CHOSEN
    )


CHECK = Check("I510", "no-confirmation", Severity.WARNING, __doc__, find)
