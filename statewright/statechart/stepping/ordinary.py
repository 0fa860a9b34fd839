"""The short way of an ordinary turn.

Most events that most charts see lead from one atomic state to another, and change some variables on
the way: one transition is taken, and nothing follows. What it leaves and enters depends on nothing
but the configuration and the name of the event, so it is looked up; and as nothing can happen in
between, nothing is needed of what a turn keeps account of. This is several times as fast.

``short_turn`` gives what ``algorithm.turn`` would give, or None. It is None, and the turn has to go
the long way from its beginning, wherever something is out of the ordinary: a timer is due, an event
is waiting, something runs on entry or exit, an action asks for something, a guard or a value fails.
Nothing is lost with that, for a turn changes nothing but what it returns.

Tests hold the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidSnapshot
from statewright.expressions import Computed
from statewright.expressions.values import INT_MAX, INT_MIN, Maybe
from statewright.statechart.actions import Action, Assign
from statewright.statechart.event import TICK, Event
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.bounds import WRITTEN
from statewright.statechart.stepping.outside import values_read
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.scene import Scene, copied
from statewright.statechart.stepping.transitions import (
    compute_entry_set,
    compute_exit_set,
    transitions_offered,
)
from statewright.statechart.stepping.working import Working
from statewright.statechart.steps import Macrostep, Microstep
from statewright.statechart.structure.configuration import nodes_of
from statewright.statechart.structure.nodes import Arc, Node, Program, Variable
from statewright.statechart.structure.tree import Tree, stems_matching
from statewright.statechart.values.coercion import held

_macrostep = maker(Macrostep)
_microstep = maker(Microstep)
_snapshot = maker(Snapshot)
_NOTHING: Final[Mapping[str, Any]] = {}

OUTLOOKS: Final = 20_000
"""How many of them a chart remembers."""


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


class Course:
    """What comes of a transition, taken in one configuration.

    Attributes:
        node: the state that holds the transition.
        guard: tells whether it is enabled; None for always.
        taken: its id.
        changes: what its actions do; None where they, or what they lead to, are not ordinary.
        between: the states that are active while they run.
        after: ids of the states that are active then.
        exited: ids of the states that were left, in that order.
        entered: ids of the states that were entered, in that order.
    """

    __slots__ = ("after", "between", "changes", "entered", "exited", "guard", "node", "taken")

    def __init__(self, arc: Arc) -> None:
        self.node = arc.source
        self.guard = None if arc.guard is None else program_of(arc.guard, arc.source.scope)
        self.taken = arc.own
        self.changes: tuple[Change, ...] | None = None
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


_UNKNOWN: Final = Outlook((), ())


class Glance(Scene):
    """The scene of a turn that has no other sessions in it."""

    __slots__ = ("contact", "now", "tenant", "turn")

    turn: int
    now: int
    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]


def short_turn(tree: Tree, snapshot: Snapshot, event: Event, checked: Event) -> Macrostep | None:
    """What comes of an event, or None where that takes the long way.

    Args:
        tree: of the chart.
        snapshot: the session so far; it belongs to the chart, and is active.
        event: what happened; it is no result of an invocation.
        checked: the same, as it was accepted.

    Raises:
        InvalidEvent: the values of the contact or the tenant are not usable.
    """
    now = max(snapshot.now, event.now)
    outlook = _outlook(tree, snapshot, now, checked.name)
    if outlook is None:
        return None
    scene = Glance(tree, snapshot, outlook.nodes, checked)
    scene.turn = snapshot.turns + 1
    scene.now = now
    seen = values_read(tree.chart, event)
    if seen.misfits:
        return None
    scene.contact, scene.tenant = seen.contact, seen.tenant
    try:
        course = _chosen(outlook.courses, scene)
        if course is None and not tree.deferred:
            return _macrostep(event, (), _after(scene, snapshot.configuration), (), ())
        if course is None or course.changes is None:
            return None
        if course.changes:
            _change(course, scene)
    except EvaluationError:
        return None
    step = _microstep(checked, course.taken, course.exited, course.entered, "")
    return _macrostep(event, (step,), _after(scene, course.after), (), ())


def _outlook(tree: Tree, snapshot: Snapshot, now: int, name: str) -> Outlook | None:
    """What an event may lead to; None where something else has to happen besides or before."""
    timers = snapshot.timers
    if snapshot.deferred or snapshot.children or (timers and timers[0].due <= now) or name == TICK:
        return None
    stems = tree.matching.get(name) or stems_matching(tree, name)
    key = (stems, snapshot.configuration)
    outlook: Outlook | None = tree.outlooks.get(key, _UNKNOWN)
    if outlook is _UNKNOWN:
        outlook = _found_outlook(tree, snapshot, stems)
        if len(tree.outlooks) < OUTLOOKS:
            tree.outlooks[key] = outlook
    return outlook


def _chosen(courses: Sequence[Course], scene: Scene) -> Course | None:
    """The course of the first transition that is enabled.

    Raises:
        EvaluationError: a guard has no value, or one that is neither true nor false.
    """
    for course in courses:
        guard = course.guard
        if guard is None:
            return course
        scene.node = course.node
        scene.place = course.taken
        value = guard.function(scene)
        if value is True:
            return course
        if value is not False:
            raise EvaluationError("a guard is true or false")
    return None


def _change(course: Course, scene: Scene) -> None:
    """Do what the actions of a transition do.

    Raises:
        EvaluationError: a value cannot be had or kept, or all of them are too much.
    """
    scene.node = course.node
    scene.active = course.between
    written: dict[str, dict[str, Any]] = {}
    spent = [0]
    for change in course.changes or ():
        scene.place = change.place
        value = change.program.function(scene)
        plain = change.plain and type(value) is int and INT_MIN <= value <= INT_MAX
        if not plain and type(value) is Maybe:
            raise EvaluationError("what may be absent is not ordinary")
        variable = change.variable
        own = written.get(variable.scope)
        if own is None:
            own = copied(scene.data.get(variable.scope, _NOTHING))
            written[variable.scope] = own
            scene.data = {**scene.data, variable.scope: own}
        own[variable.name] = value if plain else held(value, variable.type, variable.limits, spent)
        scene.writes += 1
    if spent[0] > WRITTEN:
        raise EvaluationError("it writes too much")


def _after(scene: Glance, configuration: tuple[str, ...]) -> Snapshot:
    before = scene.before
    return _snapshot(
        before.digest,
        before.session,
        before.seed,
        scene.turn,
        scene.now,
        before.status,
        before.outcome,
        before.output,
        configuration,
        scene.data,
        before.history,
        before.visits,
        before.timers,
        before.invocations,
        (),
        before.floor,
        before.monitors,
        before.timer_count,
        (),
        before.id_count,
    )


def _found_outlook(tree: Tree, snapshot: Snapshot, stems: tuple[str, ...]) -> Outlook | None:
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
    if courses and all(course.changes is None for course in courses):
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
    course.changes = _changes_of(arc)
    return course


def _changes_of(arc: Arc) -> tuple[Change, ...] | None:
    changes = [_change_of(arc, number, action) for number, action in enumerate(arc.actions)]
    made = tuple(change for change in changes if change is not None)
    return made if len(made) == len(changes) else None


def _change_of(arc: Arc, number: int, action: Action) -> Change | None:
    match action:
        case Assign((name,), Computed(expression)):
            scope = arc.source.scope
            variable = scope.variable(name)
            if variable is not None and name in scope.found and not _is_constant(variable):
                return Change(variable, program_of(expression, scope), (arc.id, number))
    return None


def _is_constant(variable: Variable) -> bool:
    return variable.limits is not None and variable.limits.constant
