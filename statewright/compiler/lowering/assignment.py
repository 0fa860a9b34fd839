"""Changing variables: set, increment, append, remove, unset → ``Assign`` actions.

Of several assignments, each may read what those before it have written. So what there was is kept
while they run, and put back where one of them fails: a node changes all that it says, or nothing.

What is known of the contact and the tenant is changed last, once all else has worked: others change
it, too, and would lose that if it were put back. Only where an assignment reads, or writes again,
what another one of its node has written there, it is written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways
from statewright.compiler.lowering.texts import cel, content_from, location_from, quoted
from statewright.compiler.scope import declaration_at
from statewright.expressions import (
    Computed,
    Literal,
    Reference,
    expressions_in,
    parse,
    references,
)
from statewright.flows.declaring import chart_type_of, limits_of
from statewright.flows.model import Node, Variable
from statewright.flows.nodes import NEXT, Assignment, Operation, Set, Source
from statewright.statechart.actions import Action, Assign, Branch, If, Merge, Merging
from statewright.statechart.definition import Actions, Datum, State

OPERAND = "~value"
"""The variable that holds the operand while the new value is made of it and the old one."""


OUTSIDE = frozenset({"contact", "tenant"})
"""Roots of what is written, but is no variable of the session."""


def lower_set(node: Node, config: Set, plan: Plan) -> Piece:
    """An atomic state whose entry actions assign; it is left when all of them have run."""
    declared = plan.variables
    waiting = _made_last(config.assignments, declared)
    operands = [
        _operand(assignment, plan, is_kept=waits)
        for assignment, waits in zip(config.assignments, waiting, strict=True)
    ]
    steps = tuple(
        assign(assignment, declared, operand.name)
        for assignment, operand in zip(config.assignments, operands, strict=True)
    )
    tried = tuple(
        like(plan, one.variable, _NEW) if waits else None
        for one, waits in zip(config.assignments, waiting, strict=True)
    )
    kept, actions, undone = _undoing(_tried_first(steps, tried), declared)
    needed = {
        operand.name: operand
        for assignment, operand in zip(config.assignments, operands, strict=True)
        if assignment.operation in COMBINED and not counted(assignment, declared)
    }
    return Piece(
        State(
            plan.state(node.id),
            data=(*needed.values(), *filter(None, tried), *kept),
            entry=(*block(plan.state(node.id), *actions), *undone),
            transitions=ways(plan, node.id, NEXT, events=(done(plan.state(node.id)),)),
        )
    )


def _made_last(assignments: tuple[Assignment, ...], declared: Container[str]) -> tuple[bool, ...]:
    """Which of several assignments are made when all the others have worked.

    Those that write what is known of the contact and the tenant; none of them, where any reads, or
    writes again, what one before it writes there.
    """
    paths = [location_from(one.variable, declared) for one in assignments]
    outside = tuple(is_outside(path, declared) for path in paths)
    none = (False,) * len(paths)
    if len(paths) <= 1 or not any(outside):
        return none
    written: set[tuple[str, ...]] = set()
    for assignment, path, is_out in zip(assignments, paths, outside, strict=True):
        read = {reference.path[:2] for reference in _references(assignment)}
        whole = {(root,) for root, *_ in written}
        if not read.isdisjoint(written | whole) or (is_out and path[:2] in written):
            return none
        if is_out:
            written.add(path[:2])
    return outside


def _references(assignment: Assignment) -> Iterator[Reference]:
    """What the operand of an assignment reads."""
    if assignment.value is not None:
        for expression in expressions_in(content_from(assignment.value)):
            yield from references(expression)


def _tried_first(
    steps: tuple[Actions, ...], tried: tuple[Datum | None, ...]
) -> tuple[Actions, ...]:
    """Assignments of which some write where it is only tried, and then, behind all, what was tried.

    Args:
        steps: the actions of each; the last one of them writes.
        tried: what takes the new value of those that are made last, whatever fits there.
    """
    first: list[Actions] = []
    last: list[Actions] = []
    for step, datum in zip(steps, tried, strict=True):
        *before, write = step
        if datum is None or not isinstance(write, Assign):
            first.append(step)
            continue
        first.append((*before, Assign((datum.name,), write.value)))
        value = Computed(parse(f"vars[?{quoted(datum.name)}]"))
        last.append((replace(write, value=value),))
    return (*first, *last)


_NEW: Final = "~new/"
"""Begins the names of variables in which it is tried whether a new value fits."""


def like(plan: Plan, place: Source, prefix: str = "~") -> Datum:
    """A variable that holds what another one, or a part of it, may hold.

    Args:
        plan: of the flow.
        place: the name or the path of the other one.
        prefix: what its own name begins with.
    """
    declared = declaration_at(plan.flow, place, plan.variables)
    name = f"{prefix}{place.text}"
    if declared is None:
        return Datum(name)
    limits = limits_of(replace(declared, read_only=False))
    private = declared.pii or declared.secret
    return Datum(name, chart_type_of(declared), limits=limits, private=private)


def _operand(assignment: Assignment, plan: Plan, *, is_kept: bool) -> Datum:
    """What holds the operand; of what is removed, as an element of the list, which it has to equal.

    What is added or appended becomes what the variable holds as a part of its new value. One that
    is kept until all assignments have worked has a name of its own.
    """
    if assignment.operation is not Operation.REMOVE:
        return Datum(f"{OPERAND}/{assignment.variable.text}" if is_kept else OPERAND)
    variable = declaration_at(plan.flow, assignment.variable, plan.variables)
    element = None if variable is None or variable.type != "list" else variable.of
    if element is None:
        return Datum(OPERAND)
    name = f"~{assignment.variable.text}[]"
    return Datum(name, chart_type_of(element), limits=limits_of(element))


def _undoing(
    steps: tuple[Actions, ...], declared: Mapping[str, Variable]
) -> tuple[tuple[Datum, ...], Actions, tuple[Actions, ...]]:
    """What keeps all that several assignments change; they themselves; and what puts it back.

    Of the contact and the tenant, only what was really written is put back: each time they are
    written, others are told.
    """
    if len(steps) <= 1:
        return (), tuple(chain.from_iterable(steps)), ()
    actions: list[Action] = []
    changed: dict[tuple[str, ...], int] = {}
    for number, step in enumerate(steps, start=1):
        *_, last = step
        path = _kept_path(last, declared)
        if not path[0].startswith(_NEW):
            changed.setdefault(path, number)
        actions += step
        if is_outside(path, declared) or number == len(steps):
            actions.append(Assign((DONE,), Literal(number)))
    kept = tuple(_keeping(path, declared) for path in changed)
    back = tuple(
        If((Branch(parse(f"{_IS_DONE} >= {number}"), (_putting_back(path),)),))
        if is_outside(path, declared)
        else _putting_back(path)
        for path, number in changed.items()
    )
    undone = If((Branch(parse(f"{_IS_DONE} < {len(steps)}"), back),))
    return (Datum(DONE, "int", Literal(0)), *kept), tuple(actions), ((undone,),)


DONE = "~done"
"""The variable that holds how many assignments have worked, as far as it matters."""

_IS_DONE = f"vars[{quoted(DONE)}]"


def _kept_path(action: Action, declared: Container[str]) -> tuple[str, ...]:
    """What is kept of what an assignment changes: the variable, or the value of the contact."""
    location = action.location if isinstance(action, Assign) else ()
    return location[: 2 if is_outside(location, declared) else 1]


def _was(path: tuple[str, ...]) -> str:
    return f"~was/{'.'.join(path)}"


def _keeping(path: tuple[str, ...], declared: Mapping[str, Variable]) -> Datum:
    value = Computed(parse(reading(path, declared)))
    variable = declared.get(path[0])
    if variable is None:
        return Datum(_was(path), value=value)
    private = variable.pii or variable.secret
    return Datum(_was(path), chart_type_of(variable), value, private=private)


def _putting_back(path: tuple[str, ...]) -> Action:
    return Assign(path, Computed(parse(f"vars[?{quoted(_was(path))}]")))


def assign(
    assignment: Assignment, declared: Mapping[str, Variable], holder: str = OPERAND
) -> tuple[Action, ...]:
    """The actions of one assignment.

    Args:
        assignment: what the author wrote.
        declared: the variables of the flow.
        holder: the variable that holds the operand, where one is needed.
    """
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
    return Assign((holder,), value), Assign(path, combined, merge)


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
