"""Two branches are both for some values, and only their order decides between them.

What it does:
    Compares the branches of one port that look at the same variables, with all values of these, as
    far as the constants in the flow can tell them apart. It tells a value for which two guards are
    true, where either is true for others alone, too.

Why it matters:
    The first one is taken. Where one ends and the other begins, that is often one off: nobody said
    to whom the value between belongs.

Example:
    start: ask
    variables: {age: int}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches:
          - {if: "age <= 18", to: minor}
          - {if: "age >= 18 && age < 65", to: adult}
        else: senior
      minor: {type: end, text: "Half the price."}
      adult: {type: end, text: "The full price."}
      senior: {type: end, text: "Come in."}

Instead:
    start: ask
    variables: {age: int}
    nodes:
      ask: {type: question, text: "How old are you?", input: integer, variable: age, next: route}
      route:
        type: condition
        branches:
          - {if: "age < 18", to: minor}
          - {if: "age >= 18 && age < 65", to: adult}
        else: senior
      minor: {type: end, text: "Half the price."}
      adult: {type: end, text: "The full price."}
      senior: {type: end, text: "Come in."}

Known limits:
    A branch that asks for more before one that asks for less is what the order of branches is for,
    and is not told; nor are branches that look at different variables, or lead to the same node.
    Whether the value can come there is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.subject import Subject
from statewright.compiler.verification.branches import cases_of, is_true
from statewright.compiler.verification.dataflow.variables import reads_of
from statewright.compiler.verification.drawing import Drawing
from statewright.expressions import Expression
from statewright.expressions.syntax import Comparison, Literal
from statewright.flows.model import Edge
from statewright.statechart.structure.nodes import Scope


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Pairs of branches that share some values, and each have others."""
    drawing = subject.drawing
    if drawing is None:
        return
    for (source, _), edges in subject.graph.edges.items():
        guarded = [edge for edge in edges if edge.guard is not None]
        if len(guarded) < _PAIR or source not in subject.nodes or not drawing.is_met(source):
            continue
        alive = [edge for edge in guarded if drawing.untaken(edge) is None]
        for one, other, value in _overlaps(drawing, source, alive):
            yield _finding(check, one, other, value)


_PAIR: Final = 2


def _finding(check: Check, one: Edge, other: Edge, value: str) -> Finding:
    first, second = one.guard, other.guard
    if first is None or second is None:
        raise AssertionError("only branches with guards are compared")
    return check.finding(
        f"`{first.text}` and `{second.text}` are both true where {value}: the first one is taken",
        second.location,
        node=other.source,
        port=other.port,
        help="let one begin where the other ends, if that is not what is meant",
        related=(first.location,),
    )


def _overlaps(
    drawing: Drawing, source: str, edges: Sequence[Edge]
) -> Iterator[tuple[Edge, Edge, str]]:
    """Pairs of edges with values that both are for, as far as these can be tried."""
    world = drawing.verification.engines[0].world
    scope = world.tree.nodes[drawing.state(source)].scope
    groups: dict[frozenset[Any], list[tuple[Edge, Expression]]] = defaultdict(list)
    for edge in edges:
        if edge.guard is not None:
            guard = guard_from(edge.guard)
            groups[_reads(guard, scope)].append((edge, guard))
    for found in groups.values():
        if len(found) < _PAIR or all(_is_single(guard) for _, guard in found):
            continue
        cases = cases_of(world, scope, [guard for _, guard in found])
        if cases is not None:
            yield from _compared(found, cases)


def _reads(guard: Expression, scope: Scope) -> frozenset[Any]:
    return frozenset((read.key, read.path) for read in reads_of(guard, scope))


def _is_single(guard: Expression) -> bool:
    """Whether it is for one value alone."""
    root = guard.root
    return (
        isinstance(root, Comparison)
        and root.operator == "=="
        and (isinstance(root.left, Literal) or isinstance(root.right, Literal))
    )


def _compared(
    found: Sequence[tuple[Edge, Expression]], cases: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Edge, Edge, str]]:
    true = {
        id(edge): {number for number, names in enumerate(cases) if is_true(guard, names)}
        for edge, guard in found
    }
    for (one, _), (other, _) in combinations(found, 2):
        mine, theirs = true[id(one)], true[id(other)]
        both = mine & theirs
        if both and mine - theirs and theirs - mine and one.target != other.target:
            yield one, other, _told(cases[min(both)])


def _told(names: Mapping[str, Any]) -> str:
    shown = (f"`{name}` is `{value!r}`" for name, value in names.items() if name != "vars")
    return " and ".join(shown)


CHECK = Check("G308", "overlap", Severity.INFO, __doc__, find)
