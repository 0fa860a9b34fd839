"""Changing variables: set, increment, append, remove, unset → ``Assign`` actions."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.lowering.texts import cel, content_from, location_from, quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node, Variable
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
    needs_operand = any(
        a.operation in COMBINED and not counted(a, declared) for a in config.assignments
    )
    return Piece(
        State(
            plan.state(node.id),
            data=(Datum(OPERAND),) if needs_operand else (),
            entry=block(plan.state(node.id), *actions),
            transitions=ways(plan, node.id, NEXT, events=(done(plan.state(node.id)),)),
        )
    )


def assign(assignment: Assignment, declared: Mapping[str, Variable]) -> tuple[Action, ...]:
    """The actions of one assignment."""
    path = location_from(assignment.variable, declared)
    value = Literal(None) if assignment.value is None else content_from(assignment.value)
    if assignment.operation is Operation.SET:
        return (Assign(path, value),)
    if assignment.operation is Operation.UNSET:
        return (Assign(path, Computed(parse("optional.none()"))),)
    count = counted(assignment, declared)
    if count:
        return (Assign(path, Computed(parse(count))),)
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


def counted(assignment: Assignment, declared: Mapping[str, Variable]) -> str:
    """CEL for a declared number plus one that is written out; ``""`` where it is anything else.

    The types of both are known then, so that it takes no more than an addition.
    """
    value = assignment.value
    variable = declared.get(assignment.variable.text)
    if assignment.operation is not Operation.INCREMENT or value is None or variable is None:
        return ""
    kind = _NUMBERS.get((variable.type, type(value.json)))
    if kind is None:
        return ""
    return f"{reading((variable.name,), declared)}.orValue({kind(0)!r}) + {cel(kind(value.json))}"


_NUMBERS: Mapping[tuple[str, type], type] = {
    ("int", int): int,
    ("double", int): float,
    ("double", float): float,
}
"""The type of a variable and of what is added to it → that of the sum."""


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
