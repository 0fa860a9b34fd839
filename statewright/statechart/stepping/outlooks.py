"""What events may lead to in the short way: found out once for a configuration, and looked up then.

See ``ordinary``: what a transition leaves, enters and does depends on nothing but the configuration
and the name of the event, wherever all of it is ordinary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from statewright.errors import InvalidSnapshot
from statewright.expressions import Computed, Content
from statewright.statechart.actions import Action, Assign, Say, Send
from statewright.statechart.effects import EffectKind
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.sending import SPECIAL
from statewright.statechart.stepping.transitions import (
    compute_entry_set,
    compute_exit_set,
    transitions_offered,
)
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.nodes import Arc, Node, Program, Scope, Variable
from statewright.statechart.structure.tree import Tree


class Change:
    """A variable that gets a value.

    Attributes:
        variable: which.
        program: computes the value.
        place: where it stands in its state.
        plain: whether an int is kept as it is.
    """

    __slots__ = ("place", "plain", "program", "variable")

    def __init__(self, variable: Variable, program: Program, place: tuple[Any, ...]) -> None:
        self.variable = variable
        self.program = program
        self.place = place
        self.plain = variable.limits is None and variable.type in {"dyn", "int"}


class Request:
    """Something that is said, or sent to the world.

    Attributes:
        kind: which of both.
        content: what is computed for it, or None.
        program: computes that, where it is a single expression of what is sent; else None.
        address: what else is sent.
        place: where it stands in its state.
    """

    __slots__ = ("address", "content", "kind", "place", "program")

    def __init__(self, action: Say | Send, scope: Scope, place: tuple[Any, ...]) -> None:
        self.place = place
        self.program: Program | None = None
        self.address: Mapping[str, Any] = {}
        self.kind = EffectKind.SAY
        if isinstance(action, Say):
            self.content: Content | None = action.content
            return
        self.kind = EffectKind.SEND
        self.content = action.data
        self.address = {"event": action.event, "target": action.target}
        if action.id:
            self.address["id"] = action.id
        if isinstance(action.data, Computed):
            self.program = program_of(action.data.expression, scope)


class Course:
    """What comes of a transition, taken in one configuration.

    Attributes:
        node: the state that holds the transition.
        guard: tells whether it is enabled; None for always.
        taken: its id.
        deeds: what its actions do; None where they, or what they lead to, are not ordinary.
        between: the states that are active while they run.
        after: ids of the states that are active then.
        exited: ids of the states that were left, in that order.
        entered: ids of the states that were entered, in that order.
    """

    __slots__ = ("after", "between", "deeds", "entered", "exited", "guard", "node", "taken")

    def __init__(self, arc: Arc) -> None:
        self.node = arc.source
        self.guard = None if arc.guard is None else program_of(arc.guard, arc.source.scope)
        self.taken = arc.own
        self.deeds: tuple[Change | Request, ...] | None = None
        self.between: tuple[Node, ...] = ()
        self.after: tuple[str, ...] = ()
        self.exited: tuple[str, ...] = ()
        self.entered: tuple[str, ...] = ()


class Outlook:
    """What an event may lead to from one configuration.

    Attributes:
        nodes: the states that are active.
        courses: in the order of trying.
    """

    __slots__ = ("courses", "nodes")

    def __init__(self, nodes: tuple[Node, ...], courses: Sequence[Course]) -> None:
        self.nodes = nodes
        self.courses = courses


def found_outlook(tree: Tree, snapshot: Snapshot, stems: tuple[str, ...]) -> Outlook | None:
    """What an event that matches may lead to; None where none of that is ordinary.

    Raises:
        InvalidSnapshot: the snapshot names states that the chart lacks, or that cannot be active
            together.
    """
    nodes = nodes_of(tree, snapshot)
    leaves = [node for node in nodes if node.leaf]
    if len(leaves) != 1 or tree.chart.rules or any(node.eventless for node in nodes):
        return None
    offered = transitions_offered(leaves[0], stems)
    working = Working(tree, snapshot)
    courses = tuple(_course_of(working, arc) for arc in offered)
    working.family.part()
    if courses and all(course.deeds is None for course in courses):
        return None
    return Outlook(tuple(nodes), courses)


def _course_of(working: Working, arc: Arc) -> Course:
    course = Course(arc)
    try:
        exits = compute_exit_set(working, [arc])
        entries = compute_entry_set(working, [arc])
    except InvalidSnapshot:
        return course
    if not exits.bare or not entries.bare or entries is not arc.entries:
        return course
    between = tuple(node for node in working.active if node not in exits.nodes)
    after = sorted((*between, *entries.nodes), key=lambda node: node.order)
    if any(node.eventless for node in after):
        return course
    course.between = between
    course.after = tuple(node.id for node in after)
    course.exited, course.entered = exits.ids, entries.ids
    course.deeds = _deeds_of(arc)
    return course


def _deeds_of(arc: Arc) -> tuple[Change | Request, ...] | None:
    deeds = [_deed_of(arc, number, action) for number, action in enumerate(arc.actions)]
    made = tuple(deed for deed in deeds if deed is not None)
    return made if len(made) == len(deeds) else None


def _deed_of(arc: Arc, number: int, action: Action) -> Change | Request | None:
    scope, place = arc.source.scope, (arc.id, number)
    match action:
        case Assign((name,), Computed(expression)):
            variable = scope.variable(name)
            if variable is not None and name in scope.found and not _is_constant(variable):
                return Change(variable, program_of(expression, scope), place)
        case Say():
            return Request(action, scope, place)
        case Send() if _is_plain(action):
            return Request(action, scope, place)
    return None


def _is_plain(send: Send) -> bool:
    """Whether it is said beforehand what is sent to whom, at once, and that is the world."""
    computed = (send.event_expr, send.target_expr, send.type_expr, send.delay)
    return (
        all(content is None for content in computed)
        and not send.type
        and not send.id_location
        and bool(send.target)
        and not send.target.startswith(SPECIAL)
    )


def _is_constant(variable: Variable) -> bool:
    return variable.limits is not None and variable.limits.constant
