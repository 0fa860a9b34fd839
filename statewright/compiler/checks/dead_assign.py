"""A variable is set, and set again before anybody reads it.

What it does:
    Follows the conversation from each assignment on: where every way leads to another assignment of
    the same variable before anything reads it, the first one is for nothing. What a variable holds
    at the end of a conversation, and while something is waited for, counts as read: the host may
    look at it.

Why it matters:
    Often another variable was meant, or the two are in the wrong order.

Example:
    start: first
    variables: {price: {type: int, default: 0}}
    nodes:
      first: {type: set, actions: [{set: price, to: 10}], next: second}
      second: {type: set, actions: [{set: price, to: 20}], next: bye}
      bye: {type: end, text: "{{ price }}"}

Instead:
    start: first
    variables: {price: {type: int, default: 0}}
    nodes:
      first: {type: set, actions: [{set: price, to: 10}], next: second}
      second: {type: set, actions: [{set: price, to: "{{ price + 20 }}"}], next: bye}
      bye: {type: end, text: "{{ price }}"}

Known limits:
    Only whole variables are followed, none that an interrupt or a flow inside this one may read,
    and none in `parallel` and `try`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from statewright.compiler.analysis.goals import goals_of
from statewright.compiler.analysis.graph import reachable_from, successors_of
from statewright.compiler.analysis.paces import Pace
from statewright.compiler.analysis.writes import Origin, Write, plain_path
from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.compiler.texts import Role
from statewright.expressions import Expression, references
from statewright.flows.goals import Goal
from statewright.flows.model import Flow
from statewright.flows.nodes import Interrupt, Operation, Parallel, Set, Try, bodies_of

REACH: Final = 1_000
"""How many nodes are followed behind an assignment; what may be read beyond counts as read."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Assignments whose value nobody can read."""
    apart = frozenset(node for node in subject.nodes if _is_apart(subject, node))
    last, firsts = _assigned(subject, apart)
    again = {name: where for name, where in last.items() if len(where) > 1}
    reads = _reads(subject, apart) if again else {}
    for name, where in again.items():
        if name not in reads.get("", ()):
            for write in where.values():
                if _is_dead(subject, write, where, reads):
                    yield _finding(check, write, name)
    for write, name in firsts:
        yield _finding(check, write, name)


def _finding(check: Check, write: Write, name: str) -> Finding:
    return check.finding(
        f"`{name}` is set here, and set again before anything reads it",
        write.source.location,
        node=write.node,
        help="remove this, or read it before it is set again",
    )


def _reads(subject: Subject, apart: Collection[str]) -> Mapping[str, Collection[str]]:
    """Node → the variables that it reads; under ``""`` those that may be read at any time."""
    reads: dict[str, set[str]] = defaultdict(set)
    goals = [one.node for one in _midway(subject.flow)]
    also = reachable_from(goals, successors_of(subject.flow)) if goals else frozenset()
    for parsed in subject.texts:
        node = parsed.text.node
        seen = reads["" if not node or node in apart or node in also else node]
        seen.update(parsed.names)
        if parsed.text.role is Role.VARIABLE and isinstance(parsed.form, Expression):
            # What is written in part is read as far as the rest of it goes.
            seen.update(plain_path(reference.path)[0] for reference in references(parsed.form))
    return reads


def _midway(flow: Flow) -> Iterator[Goal]:
    """The goals to which a conversation may go from a node that waits for nothing.

    Where triggers lead, and business hours, conversations only begin; and only one that waits may
    be silent for too long.
    """
    settings = flow.settings
    others = [trigger.to for trigger in flow.triggers]
    if settings.business_hours is not None:
        others.append(settings.business_hours.closed)
    if settings.inactivity is not None:
        others.append(settings.inactivity.to)
    apart = set(map(id, others))
    return (one.goal for one in goals_of(flow) if id(one.goal) not in apart)


def _is_apart(subject: Subject, node: str) -> bool:
    """Whether a node is run at other times than the ways say."""
    around = (subject.nodes[node], *subject.graph.containers(node))
    return any(isinstance(one.config, (Try, Parallel, Interrupt)) for one in around)


def _assigned(
    subject: Subject, apart: Collection[str]
) -> tuple[Mapping[str, Mapping[str, Write]], list[tuple[Write, str]]]:
    """Variable → node → its last assignment there; and those that the same node makes undone."""
    last: dict[str, dict[str, Write]] = defaultdict(dict)
    undone: list[tuple[Write, str]] = []
    for write in subject.writes:
        path = plain_path(write.path)
        name = path[0]
        if len(path) > 1 or name in ("contact", "tenant") or write.node in apart:
            continue
        if write.origin is not Origin.FLOW or not isinstance(subject.nodes[write.node].config, Set):
            continue
        before = last[name].get(write.node)
        if before is not None and _replaces(write) and not _reads_between(subject, before, write):
            undone.append((before, name))
        last[name][write.node] = write
    return last, undone


def _replaces(write: Write) -> bool:
    """Whether an assignment does not depend on what was there before."""
    own = plain_path(write.path)
    read = {
        plain_path(reference.path)[0]
        for expression in write.expressions
        for reference in references(expression)
    }
    return write.operation in (Operation.SET, Operation.UNSET) and own[0] not in read


def _reads_between(subject: Subject, first: Write, second: Write) -> bool:
    """Whether a node reads a variable between two of its assignments."""
    name = plain_path(first.path)[0]
    own = [write for write in subject.writes if write.node == first.node]
    between = own[own.index(first) + 1 : own.index(second)]
    return any(
        plain_path(reference.path)[0] == name
        for write in between
        for expression in write.expressions
        for reference in references(expression)
    )


def _is_dead(
    subject: Subject,
    write: Write,
    where: Mapping[str, Write],
    reads: Mapping[str, Collection[str]],
) -> bool:
    """Whether every way from an assignment leads at once to another one, and nothing reads it."""
    name = plain_path(write.path)[0]
    seen: set[str] = set()
    waiting = [write.node]
    replaced = False
    while waiting:
        ways = subject.ways.get(waiting.pop(), ())
        if not ways or len(seen) > REACH:
            return False
        for way in ways:
            vertex = way.target
            if vertex in seen:
                continue
            seen.add(vertex)
            if vertex not in subject.nodes or _may_be_seen(subject, vertex):
                return False
            if name in reads.get(vertex, ()):
                return False
            if vertex in where and _replaces(where[vertex]):
                replaced = True
            else:
                waiting.append(vertex)
    return replaced


def _may_be_seen(subject: Subject, ident: str) -> bool:
    """Whether the host may look at the variables while a node is run."""
    node = subject.nodes[ident]
    apart = bool(bodies_of(node.config))
    return apart or node.on_error is not None or subject.paces[ident] is not Pace.AT_ONCE


CHECK = Check("D402", "dead-assign", Severity.INFO, __doc__, find)
