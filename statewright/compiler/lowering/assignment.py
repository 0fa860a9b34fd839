"""Changing variables: set, increment, append, remove, unset → ``Assign`` actions.

Of several assignments, each may read what those before it have written. So what there was of the
session's variables is kept while they run, and put back where one of them fails: a node changes all
that it says, or nothing. Of the contact and the tenant there is nothing to put back: a block that
fails changes nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from itertools import chain

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.lowering.texts import cel, content_from, location_from, quoted
from statewright.compiler.scope import declaration_at, is_private_at
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.declaring import chart_type_of, limits_of
from statewright.flows.model import Node, Variable
from statewright.flows.nodes import NEXT, Assignment, Operation, Set, Source
from statewright.statechart.actions import Action, Assign, Branch, If, Merge, Merging
from statewright.statechart.definition import Actions, Datum, State

OPERAND = "~value"
"""The variable that holds the operand while the new value is made of it and the old one; of several
assignments, each place that is written has one of its own, so that none depends on another one."""


OUTSIDE = frozenset({"contact", "tenant"})
"""Roots of what is written, but is no variable of the session."""


def lower_set(node: Node, config: Set, plan: Plan) -> Piece:
    """An atomic state whose entry actions assign; it is left when all of them have run."""
    declared = plan.variables
    operands = [_operand(assignment, plan) for assignment in config.assignments]
    steps = tuple(
        _assign(assignment, plan, operand.name)
        for assignment, operand in zip(config.assignments, operands, strict=True)
    )
    kept, actions, undone = _undoing(steps, declared)
    needed = {
        operand.name: operand
        for assignment, operand in zip(config.assignments, operands, strict=True)
        if assignment.operation in COMBINED and not counted(assignment, declared)
    }
    return Piece(
        State(
            plan.state(node.id),
            data=(*needed.values(), *kept),
            entry=(*block(plan.state(node.id), *actions), *undone),
            transitions=ways(plan, node.id, NEXT, events=(done(plan.state(node.id)),)),
        )
    )


def like(plan: Plan, place: Source) -> Datum:
    """A variable that holds what another one, or a part of it, may hold."""
    declared = declaration_at(plan.flow, place, plan.variables)
    name = f"~{place.text}"
    if declared is None:
        return Datum(name)
    limits = limits_of(replace(declared, read_only=False))
    private = is_private_at(plan.flow, place, plan.variables)
    return Datum(name, chart_type_of(declared), limits=limits, private=private)


def _operand(assignment: Assignment, plan: Plan) -> Datum:
    """What holds the operand; of what is removed, as an element of the list, which it has to equal.

    What is added or appended becomes what the variable holds as a part of its new value.
    """
    private = is_private_at(plan.flow, assignment.variable, plan.variables)
    untyped = Datum(f"{OPERAND}/{assignment.variable.text}", private=private)
    if assignment.operation is not Operation.REMOVE:
        return untyped
    variable = declaration_at(plan.flow, assignment.variable, plan.variables)
    element = None if variable is None or variable.type != "list" else variable.of
    if element is None:
        return untyped
    name = f"~{assignment.variable.text}[]"
    return Datum(name, chart_type_of(element), limits=limits_of(element), private=private)


def _undoing(
    steps: tuple[Actions, ...], declared: Mapping[str, Variable]
) -> tuple[tuple[Datum, ...], Actions, tuple[Actions, ...]]:
    """What keeps the variables that several assignments change; they; and what puts them back.

    What the last one fails to change is as it was.
    """
    actions = tuple(chain.from_iterable(steps))
    places = [last.location for *_, last in steps[:-1] if isinstance(last, Assign)]
    changed = dict.fromkeys(place[0] for place in places if not is_outside(place, declared))
    if not changed:
        return (), actions, ()
    kept = tuple(_keeping(name, declared) for name in changed)
    back = tuple(Assign((name,), _read(_was(name))) for name in changed)
    undone = If((Branch(parse(f"!vars[{quoted(WORKED)}]"), back),))
    worked = Assign((WORKED,), Literal(True))
    return (Datum(WORKED, "bool", Literal(False)), *kept), (*actions, worked), ((undone,),)


WORKED = "~worked"
"""The variable that says whether all assignments of a node have worked."""


def _was(name: str) -> str:
    return f"~was/{name}"


def _keeping(name: str, declared: Mapping[str, Variable]) -> Datum:
    variable = declared.get(name)
    if variable is None:
        return Datum(_was(name), value=_read(name))
    return Datum(_was(name), chart_type_of(variable), _read(name), private=variable.is_private)


def _read(name: str) -> Computed:
    return Computed(parse(f"vars[?{quoted(name)}]"))


def _assign(assignment: Assignment, plan: Plan, holder: str) -> tuple[Action, ...]:
    """The actions of one assignment; ``holder`` is the variable that holds the operand, if any."""
    declared = plan.variables
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
    operand = f"vars[{quoted(holder)}]"
    combined = Computed(parse(COMBINED[assignment.operation](old, operand)))
    merge = None
    if is_outside(path, declared):
        merge = Merge(Merging(assignment.operation), Computed(parse(operand)))
    held: tuple[Action, ...] = (Assign((holder,), value),)
    if assignment.operation is Operation.INCREMENT and _is_untyped(assignment, plan):
        held += _as_number(value, operand, holder)
    return (*held, Assign(path, combined, merge))


def _is_untyped(assignment: Assignment, plan: Plan) -> bool:
    place = declaration_at(plan.flow, assignment.variable, plan.variables)
    return place is None or place.type == "dyn"


def _as_number(value: Content, operand: str, holder: str) -> tuple[Action, ...]:
    """What is added where nothing says of which type: a text, such as an answer, is a number.

    Otherwise one text would be put behind the other.
    """
    if isinstance(value, Literal) and type(value.value) in {int, float}:
        return ()
    number = f"type({operand}) == string ? double({operand}) : {operand}"
    return (Assign((holder,), Computed(parse(number))),)


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
