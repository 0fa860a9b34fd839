"""The short way of an ordinary turn.

Most events that most charts see lead from one atomic state to another, and change some variables,
say something or send something to the world on the way: one transition is taken, and nothing
follows. What it leaves and enters depends on nothing but the configuration and the name of the
event, so it is looked up; and as nothing can happen in between, nothing is needed of what a turn
keeps account of. This is several times as fast.

``short_turn`` gives what ``algorithm.turn`` would give, or None. It is None, and the turn has to go
the long way from its beginning, wherever something is out of the ordinary: a timer is due, an event
is waiting, something runs on entry or exit, an action does anything else, a guard or a value fails.
Nothing is lost with that, for a turn changes nothing but what it returns.

Tests hold the two ways against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from statewright.errors import EvaluationError
from statewright.expressions import render
from statewright.expressions.values import INT_MAX, INT_MIN, Maybe
from statewright.statechart.effects import Effect, EffectKind, effect_id
from statewright.statechart.event import TICK, Event
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.stepping.bounds import WRITTEN
from statewright.statechart.stepping.evaluation import without_secrets
from statewright.statechart.stepping.outlooks import (
    Change,
    Course,
    Outlook,
    Request,
    found_outlook,
)
from statewright.statechart.stepping.outside import values_read
from statewright.statechart.stepping.scene import Scene, copied
from statewright.statechart.steps import Macrostep, Microstep
from statewright.statechart.structure.tree import Tree, stems_matching
from statewright.statechart.values.coercion import held

_macrostep = maker(Macrostep)
_microstep = maker(Microstep)
_snapshot = maker(Snapshot)
_effect = maker(Effect)
_NOTHING: Final[Mapping[str, Any]] = {}

OUTLOOKS: Final = 20_000
"""How many of them a chart remembers."""


_UNKNOWN: Final = Outlook((), ())


class Glance(Scene):
    """The scene of a turn that has no other sessions in it, and what it asks of the world."""

    __slots__ = ("contact", "effects", "now", "tenant", "turn")

    turn: int
    now: int
    contact: Mapping[str, Any]
    tenant: Mapping[str, Any]
    effects: list[Effect]


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
    scene.effects = []
    seen = values_read(tree.chart, event)
    if seen.misfits:
        return None
    scene.contact, scene.tenant = seen.contact, seen.tenant
    try:
        course = _chosen(outlook.courses, scene)
        if course is None and not tree.deferred:
            return _macrostep(event, (), _after(scene, snapshot.configuration), (), ())
        if course is None or course.deeds is None:
            return None
        if course.deeds:
            _act(course.deeds, course, scene)
    except EvaluationError:
        return None
    step = _microstep(checked, course.taken, course.exited, course.entered, "")
    return _macrostep(event, (step,), _after(scene, course.after), tuple(scene.effects), ())


def _outlook(tree: Tree, snapshot: Snapshot, now: int, name: str) -> Outlook | None:
    """What an event may lead to; None where something else has to happen besides or before."""
    timers = snapshot.timers
    if snapshot.deferred or snapshot.children or (timers and timers[0].due <= now) or name == TICK:
        return None
    stems = tree.matching.get(name) or stems_matching(tree, name)
    key = (stems, snapshot.configuration)
    outlook: Outlook | None = tree.outlooks.get(key, _UNKNOWN)
    if outlook is _UNKNOWN:
        outlook = found_outlook(tree, snapshot, stems)
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


def _act(deeds: Sequence[Change | Request], course: Course, scene: Glance) -> None:
    """Do what the actions of a transition do.

    Raises:
        EvaluationError: a value cannot be had or kept, or all of them are too much.
    """
    scene.node = course.node
    scene.active = course.between
    written: dict[str, dict[str, Any]] = {}
    spent = [0]
    for deed in deeds:
        scene.place = deed.place
        if type(deed) is Change:
            _change(deed, scene, written, spent)
        elif type(deed) is Request:
            _ask(deed, scene)
    if spent[0] > WRITTEN:
        raise EvaluationError("it writes too much")


def _change(
    change: Change, scene: Scene, written: dict[str, dict[str, Any]], spent: list[int]
) -> None:
    """Give a variable its value.

    Args:
        change: which, and what.
        scene: where.
        written: the scopes that are written to already.
        spent: how much was written.

    Raises:
        EvaluationError: the value cannot be had or kept.
    """
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


def _ask(request: Request, scene: Glance) -> None:
    """Say something, or send it.

    Raises:
        EvaluationError: there is no value, or users are not to see it.
    """
    content, node = request.content, scene.node
    if request.program is not None:
        value = request.program.function(scene)
    else:
        value = None if content is None else render(content, scene, scene.host)
    if request.kind is EffectKind.SAY:
        value = value if type(value) is str else without_secrets(value, _refuse)
        data: Mapping[str, Any] = {"content": value}
    else:
        data = {"data": value, **request.address}
    name = effect_id(scene.before.session, node.key, scene.turn, len(scene.effects))
    scene.effects.append(_effect(request.kind, name, node.id, data, ""))


def _refuse(reason: str) -> NoReturn:
    raise EvaluationError(reason)


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
