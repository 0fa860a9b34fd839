"""The arms of a split, or the variants of a message, cannot be drawn as they are written.

What it does:
    Looks for arms without an edge, for arms of which none has a weight, and for weights of arms or
    variants that look like percentages and do not make 100.

Why it matters:
    A conversation for which an arm without an edge is drawn fails. Shares that do not make 100 are
    not the shares that somebody had in mind.

Example:
    start: try
    nodes:
      try:
        type: split
        arms:
          - {name: old, weight: 50, to: bye}
          - {name: new, weight: 40, to: hello}
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Instead:
    start: try
    nodes:
      try:
        type: split
        arms:
          - {name: old, weight: 50, to: bye}
          - {name: new, weight: 50, to: hello}
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Known limits:
    Weights are shares, whatever their sum: `1` and `2` is all right, and so are three times `33`.
    Only sums from 80 to 120 are taken for percentages, and those are a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.model import Node
from statewright.flows.nodes import Message, Split, arm_port


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Arms without an edge, and odd sums of weights."""
    for node in subject.nodes.values():
        if isinstance(node.config, Message):
            yield from _shares(check, node, [one.weight for one in node.config.variants])
        if isinstance(node.config, Split):
            yield from _weights(check, node, node.config)
            for arm in node.config.arms:
                if arm.weight and not subject.graph.at(node.id, arm_port(arm.name)):
                    yield check.finding(
                        f"no edge leaves `{node.id}` where `{arm.name}` is drawn",
                        arm.location,
                        node=node.id,
                        port=arm_port(arm.name),
                        help="say where this arm leads",
                    )


def _weights(check: Check, node: Node, split: Split) -> Iterator[Finding]:
    weights = [arm.weight for arm in split.arms]
    total = sum(weights)
    if not total:
        yield check.finding(
            f"no arm of `{node.id}` is ever drawn: all weights are 0",
            node.location,
            node=node.id,
            help="give the arms weights",
        )
    yield from _shares(check, node, weights)


def _shares(check: Check, node: Node, weights: list[int]) -> Iterator[Finding]:
    total = sum(weights)
    if 80 <= total <= 120 and total != 100 and len(set(weights)) > 1:
        yield check.finding(
            f"the weights of `{node.id}` make {total}, and look like percentages",
            node.location,
            node=node.id,
            help="make them 100, or write shares such as 1 and 2",
            severity=Severity.WARNING,
        )


CHECK = Check("X707", "split-weights", Severity.ERROR, __doc__, find)
