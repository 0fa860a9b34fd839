"""One turn takes more steps than the flow allows.

What it does:
    Adds up the nodes on the longest way on which nothing is waited for, loops with a fixed number
    of rounds as often as they are gone round, and compares the sum with the limit of steps of a
    turn: `step_limit` of the settings, else 20,000.

Why it matters:
    Over the limit, the turn is given up and the conversation fails.

Example:
    start: hours
    settings: {step_limit: 500}
    variables: {total: {type: int, default: 0}}
    nodes:
      hours:
        type: loop
        times: 24
        next: bye
        nodes:
          minutes:
            type: loop
            times: 60
            next: more_hours
            nodes:
              count: {type: set, actions: [{set: total, to: "{{ total + 1 }}"}], next: more_minutes}
              more_minutes: {type: continue}
          more_hours: {type: continue}
      bye: {type: end, text: "{{ total }}"}

Instead:
    start: count
    settings: {step_limit: 500}
    variables: {total: {type: int, default: 0}}
    nodes:
      count: {type: set, actions: [{set: total, to: "{{ 24 * 60 }}"}], next: bye}
      bye: {type: end, text: "{{ total }}"}

Known limits:
    Loops over lists, and loops with a condition, count as one round. A node counts as one step,
    though some take two or three.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from statewright.compiler.analysis.components import components_of
from statewright.compiler.analysis.paces import Pace
from statewright.compiler.analysis.ways import node_of
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.errors import ExpressionError
from statewright.expressions import parse
from statewright.expressions.syntax import Literal
from statewright.flows.model import Node
from statewright.flows.nodes import Loop, LoopKind
from statewright.statechart.definition import LIMIT


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """The node at which the longest way begins, if it is too long."""
    limit = subject.flow.settings.step_limit or LIMIT
    if _most(subject) <= limit:
        return
    longest = _longest(subject)
    start = max(longest, key=lambda vertex: longest[vertex], default="")
    if start and longest[start] > limit:
        node = subject.nodes[node_of(start)]
        yield check.finding(
            f"{longest[start]:,} steps are taken at once from `{node.id}` on, "
            f"and a turn may take {limit:,}",
            node.location,
            node=node.id,
            help="do less at once, or raise `step_limit` of the settings",
        )


def _most(subject: Subject) -> int:
    """More steps than any way can have that is gone once."""
    rounds = _rounds(subject)
    return sum(rounds[node.id] for node in subject.nodes.values())


def _longest(subject: Subject) -> Mapping[str, int]:
    """Vertex → the steps of the longest way from it at which nothing is waited for."""
    rounds = _rounds(subject)
    inner = {
        vertex: tuple(way.target for way in ways)
        for vertex, ways in subject.ways.items()
        if subject.paces[node_of(vertex)] is Pace.AT_ONCE
    }
    longest: dict[str, int] = {}
    for component in components_of(inner):
        behind = max(
            (longest.get(target, 0) for vertex in component for target in inner[vertex]), default=0
        )
        own = sum(rounds[vertex] for vertex in component if vertex in subject.nodes)
        longest |= dict.fromkeys(component, own + behind)
    return longest


def _rounds(subject: Subject) -> Mapping[str, int]:
    """Node → how often it is passed for each time that the outermost loop around it is entered."""
    rounds: dict[str, int] = {}
    for node in subject.nodes.values():  # A container comes before what is inside it.
        around = subject.nodes.get(node.container)
        times = _times(around) if around is not None else 1
        rounds[node.id] = rounds.get(node.container, 1) * times
    return rounds


def _times(node: Node) -> int:
    """How many rounds a loop is sure to have."""
    loop = node.config
    if not isinstance(loop, Loop) or loop.loop is not LoopKind.TIMES:
        return 1
    try:
        root = parse(loop.over.text).root
    except ExpressionError:
        return 1
    count = root.value if isinstance(root, Literal) and isinstance(root.value, int) else 1
    return max(0, min(count, loop.limit))


CHECK = Check("C207", "step-budget", Severity.WARNING, __doc__, find)
