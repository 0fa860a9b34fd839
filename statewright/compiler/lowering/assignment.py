"""Changing variables: set, increment, append, remove, unset → ``Assign`` actions."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.lowering.texts import content_from, location_from, quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Assignment, Operation, Set
from statewright.statechart.actions import Action, Assign, Merge, Merging
from statewright.statechart.definition import Datum, State

OPERAND = "~value"
"""The variable that holds the operand while the new value is made of it and the old one."""


OUTSIDE = frozenset({"contact", "tenant"})
"""Roots of what is written, but is no variable of the session."""


def lower_set(node: Node, config: Set, plan: Plan) -> Piece:
    """An atomic state whose entry actions assign; it is left when all of them have run."""
    declared = plan.variables
    actions = tuple(
        action for assignment in config.assignments for action in assign(assignment, declared)
    )
    needs_operand = any(a.operation in COMBINED for a in config.assignments)
    return Piece(
        State(
            plan.state(node.id),
            data=(Datum(OPERAND),) if needs_operand else (),
            entry=block(plan.state(node.id), *actions),
            transitions=ways(plan, node.id, NEXT, events=(done(plan.state(node.id)),)),
        )
    )


def assign(assignment: Assignment, declared: Container[str]) -> tuple[Action, ...]:
    """The actions of one assignment."""
    path = location_from(assignment.variable, declared)
    value = Literal(None) if assignment.value is None else content_from(assignment.value)
    if assignment.operation is Operation.SET:
        return (Assign(path, value),)
    if assignment.operation is Operation.UNSET:
        return (Assign(path, Computed(parse("optional.none()"))),)
    old = reading(path, declared)
    operand = f"vars[{quoted(OPERAND)}]"
    combined = Computed(parse(COMBINED[assignment.operation](old, operand)))
    merge = None
    if is_outside(path, declared):
        merge = Merge(Merging(assignment.operation), Computed(parse(operand)))
    return Assign((OPERAND,), value), Assign(path, combined, merge)


def is_outside(path: tuple[str, ...], declared: Container[str]) -> bool:
    """Whether a path leads to a value of the contact or the tenant."""
    return path[0] in OUTSIDE and path[0] not in declared


def reading(path: tuple[str, ...], declared: Container[str]) -> str:
    """CEL that reads a path and gives an optional: absent where any part of it is."""
    root, parts = (path[0], path[1:]) if is_outside(path, declared) else ("vars", path)
    return root + "".join(f"[?{quoted(part)}]" for part in parts)


COMBINED: Mapping[Operation, Callable[[str, str], str]] = {
    Operation.INCREMENT: lambda old, by: (
        f"{old}.hasValue() ? (type({old}.value()) == type({by}) ? {old}.value() + {by}"
        f" : double({old}.value()) + double({by})) : {by}"
    ),
    Operation.APPEND: lambda old, item: f"{old}.orValue([]) + [{item}]",
    Operation.REMOVE: lambda old, item: f"{old}.orValue([]).filter(it, it != {item})",
}
"""How the new value comes of the old one (an optional) and the operand."""
