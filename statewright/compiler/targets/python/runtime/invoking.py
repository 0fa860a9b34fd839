"""Invocations: work that the world does, and charts that run as sessions of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from statewright.compiler.targets.python.runtime.actions import execute, initialise
from statewright.compiler.targets.python.runtime.contents import (
    ACTION_ERROR,
    ActionError,
    culprit,
    kept_value,
    text_of,
    value_of,
)
from statewright.compiler.targets.python.runtime.sending import parent_of
from statewright.compiler.targets.python.runtime.session import Session
from statewright.compiler.targets.python.runtime.stepping import microstep
from statewright.compiler.targets.python.runtime.tables import Machine, Node
from statewright.compiler.targets.python.runtime.writing import set_location
from statewright.errors import EvaluationError
from statewright.expressions.values import type_name
from statewright.statechart.definition import Invoke, Statechart
from statewright.statechart.event import Event, EventKind
from statewright.statechart.snapshot import Child, Snapshot, Status, path_to
from statewright.statechart.stepping.bounds import CHILDREN, GENERATIONS
from statewright.statechart.values.coercion import held

_CHARTS: Final = frozenset(
    {"", "scxml", "http://www.w3.org/TR/scxml", "http://www.w3.org/TR/scxml/"}
)
"""Types of invocations that run a chart."""


def start_charts(session: Session) -> None:
    """Start the charts of states that were entered, in order of entry."""
    hatching, session.hatching = session.hatching, []
    for node in hatching:
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.chart is not None:
                _start(session, node, invoke, index)


def start_work(session: Session) -> None:
    """Ask for the work of states that were entered, in order of entry."""
    fresh, session.fresh = session.fresh, []
    for node in fresh:
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.chart is None:
                _start(session, node, invoke, index)


def _invocations_of(node: Node) -> tuple[Invoke, ...]:
    return () if node.state is None else node.state.invocations


def _start(session: Session, node: Node, invoke: Invoke, index: int) -> None:
    session.node = node
    session.place = ("invoke", invoke.id or index)
    name = invoke.id or f"{node.id}.{session.turn.new_number()}.{index}"
    try:
        if invoke.id_location:
            _set_id(session, invoke, name)
        kind = invoke.type
        if invoke.type_expr is not None:
            kind = text_of(session, invoke.type_expr, "type of an invocation")
        if kind in _CHARTS:
            _start_chart(session, node, invoke, name)
        else:
            session.start_work(name, kind, value_of(session, invoke.params))
    except ActionError as failed:
        if invoke.chart is not None:
            session.fail(ACTION_ERROR, failed.error, failed.expression)
        else:
            about = f"error.communication.{name}"
            session.fail(about, failed.error, failed.expression, code="params")


def _set_id(session: Session, invoke: Invoke, name: str) -> None:
    try:
        set_location(session, invoke.id_location, name)
    except EvaluationError as error:
        raise ActionError(error) from None


def _start_chart(session: Session, node: Node, invoke: Invoke, name: str) -> None:
    """Make a session of a chart; it begins when the one that invokes it has come to rest."""
    turn, path = session.turn, path_to(session.path, name)
    chart_name, machine = _machine(session, invoke)
    if len(turn.children) >= CHILDREN or path.count("/") > GENERATIONS:
        reason = (
            f"at most {CHILDREN} sessions run inside one, "
            f"and at most {GENERATIONS} of them invoke each other in a row"
        )
        raise ActionError(EvaluationError(reason))
    given = _given(machine.chart, kept_value(session, invoke.params))
    root = turn.root
    blank = Snapshot(machine.digest, root.id + path, root.before.seed + path)
    turn.children[path] = Child(session.path, name, node.id, chart_name, blank)
    child = turn.session(path)
    child.given = given
    turn.wake(child)


def _machine(session: Session, invoke: Invoke) -> tuple[str, Machine]:
    if invoke.chart is None:
        raise ActionError(EvaluationError("there is no chart to be invoked"))
    name = text_of(session, invoke.chart, "name of a chart")
    machine = session.turn.root.machine.charts.get(name)
    if machine is None:
        reason = f"there is no chart `{name[:80]}` to be invoked"
        raise ActionError(EvaluationError(reason), culprit(session, invoke.chart))
    return name, machine


def _given(chart: Statechart, params: Any) -> Mapping[str, Any]:
    """The values that a chart starts with: those of the parameters that are inputs of it."""
    if type(params) is not dict:
        reason = f"the parameters of a chart are a map, not a {type_name(params)}"
        raise ActionError(EvaluationError(reason))
    given = {}
    for datum in chart.data:
        if datum.name in chart.inputs and datum.name in params:
            try:
                given[datum.name] = held(params[datum.name], datum.type, datum.limits)
            except EvaluationError as error:
                reason = f"the input `{datum.name}`: {error.reason}"
                raise ActionError(EvaluationError(reason)) from None
    return given


def begin(child: Session) -> None:
    """Begin a session that was invoked."""
    given, child.given = child.given, None
    root = child.machine.root
    initialise(child, root, child.machine.chart.data, given or {})
    if root.initial is not None:
        microstep(child, [root.initial], None)


def finish(child: Session) -> None:
    """Tell whoever has invoked a session that it is over, and forget it."""
    turn = child.turn
    turn.forget(child)
    if child.status is Status.FAILED:
        name = f"error.communication.{child.name}"
        output: Any = {
            "code": "failed",
            "message": f"the chart `{child.machine.chart.name}` has failed",
            "outcome": child.outcome,
        }
    else:
        name, output = f"done.invoke.{child.name}", child.output
    parent = turn.session(parent_of(child))
    parent.outbox.append(Event(name, output, turn.now, EventKind.PLATFORM, invokeid=child.name))
    turn.wake(parent)


def attend(session: Session, event: Event) -> None:
    """Before an external event is handled: finalize what it comes of, and forward it."""
    if event.invokeid:
        for node in session.active:
            for index, invoke in enumerate(_invocations_of(node)):
                if invoke.finalize and _is_named(node, invoke, index, event.invokeid):
                    execute(session, node, invoke.finalize, f"finalize{index}")
    for path in session.children():
        child = session.turn.children[path]
        node = session.machine.nodes[child.state]
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.autoforward and _is_named(node, invoke, index, child.name):
                receiver = session.turn.session(path)
                receiver.outbox.append(event)
                session.turn.wake(receiver)


def _is_named(node: Node, invoke: Invoke, index: int, name: str) -> bool:
    """Whether an invocation has a name, be it its own or one that was made up for it."""
    if invoke.id:
        return invoke.id == name
    parts = name.rsplit(".", 2)
    return len(parts) == 3 and (parts[0], parts[2]) == (node.id, str(index))
