"""Invocations: work that the world does, and charts that run as sessions of their own (SCXML 6.4).

A session that was invoked is a part of the one around it: it has the same clock and lives in the
same snapshot. What the two say to each other is handled within the turn in which it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.values import type_name
from statewright.statechart.definition import Invoke, Statechart
from statewright.statechart.event import Event, EventKind
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.snapshot import Child, Snapshot, Status, path_to
from statewright.statechart.stepping.assignment import set_location
from statewright.statechart.stepping.bounds import CHILDREN, GENERATIONS
from statewright.statechart.stepping.evaluation import (
    ACTION_ERROR,
    ActionError,
    culprit,
    kept_value,
    text_of,
    value_of,
)
from statewright.statechart.stepping.execution import execute, initialise
from statewright.statechart.stepping.microsteps import microstep
from statewright.statechart.stepping.sending import parent_of
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.nodes import Node
from statewright.statechart.values.coercion import held

CHARTS: Final = frozenset(
    {"", "scxml", "http://www.w3.org/TR/scxml", "http://www.w3.org/TR/scxml/"}
)
"""Types of invocations that run a chart."""


def start_charts(working: Working) -> None:
    """Start the charts of states that were entered, in order of entry."""
    hatching, working.hatching = working.hatching, ()
    for node in hatching:
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.chart is not None:
                _start(working, node, invoke, index)


def start_work(working: Working) -> None:
    """Ask for the work of states that were entered, in order of entry."""
    fresh, working.fresh = working.fresh, ()
    for node in fresh:
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.chart is None:
                _start(working, node, invoke, index)


def _invocations_of(node: Node) -> tuple[Invoke, ...]:
    return () if node.state is None else node.state.invocations


def _start(working: Working, node: Node, invoke: Invoke, index: int) -> None:
    working.node = node
    working.place = ("invoke", invoke.id or index)
    name = invoke.id or f"{node.id}.{working.family.new_number()}.{index}"
    try:
        if invoke.id_location:
            _set_id(working, invoke, name)
        kind = invoke.type
        if invoke.type_expr is not None:
            kind = text_of(working, invoke.type_expr, "type of an invocation")
        if kind in CHARTS:
            _start_chart(working, node, invoke, name)
        else:
            working.start_work(name, kind, value_of(working, invoke.params))
    except ActionError as failed:
        if invoke.chart is not None:
            working.fail(ACTION_ERROR, failed.error, failed.expression)
        else:
            about = f"error.communication.{name}"
            working.fail(about, failed.error, failed.expression, code="params")


def _set_id(working: Working, invoke: Invoke, name: str) -> None:
    try:
        set_location(working, invoke.id_location, name)
    except EvaluationError as error:
        raise ActionError(error) from None


def _start_chart(working: Working, node: Node, invoke: Invoke, name: str) -> None:
    """Make a session of a chart; it begins when the one that invokes it has come to rest."""
    family, path = working.family, path_to(working.path, name)
    chart_name, chart = _chart(working, invoke)
    if len(family.children) >= CHILDREN or path.count("/") > GENERATIONS:
        reason = (
            f"at most {CHILDREN} sessions run inside one, "
            f"and at most {GENERATIONS} of them invoke each other in a row"
        )
        raise ActionError(EvaluationError(reason))
    given = _given(chart, kept_value(working, invoke.params))
    root = family.root
    blank = Snapshot(digest_of(chart), family.session + path, root.before.seed + path)
    made = Child(working.path, name, node.id, chart_name, blank)
    family.children = {**family.children, path: made}
    child = woken(family, path)
    child.given = given
    family.wake(child)


def _chart(working: Working, invoke: Invoke) -> tuple[str, Statechart]:
    if invoke.chart is None:
        raise ActionError(EvaluationError("there is no chart to be invoked"))
    name = text_of(working, invoke.chart, "name of a chart")
    chart = working.family.root.tree.chart.charts.get(name)
    if chart is None:
        reason = f"there is no chart `{name[:80]}` to be invoked"
        raise ActionError(EvaluationError(reason), culprit(working, invoke.chart))
    return name, chart


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


def begin(child: Working) -> None:
    """Begin a session that was invoked (appendix D, ``interpret``)."""
    given, child.given = child.given, None
    chart, root = child.tree.chart, child.tree.root
    initialise(child, root, chart.data, given or {})
    if root.initial is not None:
        microstep(child, [root.initial], None)


def finish(child: Working) -> None:
    """Tell whoever has invoked a session that it is over, and forget it (``returnDoneEvent``)."""
    family = child.family
    family.forget(child)
    if child.status is Status.FAILED:
        name = f"error.communication.{child.name}"
        output: Any = {
            "code": "failed",
            "message": f"the chart `{child.tree.chart.name}` has failed",
            "outcome": child.outcome,
        }
    else:
        name, output = f"done.invoke.{child.name}", child.output
    event = Event(name, output, family.now, EventKind.PLATFORM, invokeid=child.name)
    parent = woken(family, parent_of(child))
    parent.outbox.append(event)
    family.wake(parent)


def attend(working: Working, event: Event) -> None:
    """Before an external event is handled: finalize what it comes of, and forward it.

    So does ``mainEventLoop`` of appendix D.
    """
    if event.invokeid:
        for node in working.active:
            for index, invoke in enumerate(_invocations_of(node)):
                if invoke.finalize and _is_named(node, invoke, index, event.invokeid):
                    execute(working, node, invoke.finalize, f"finalize{index}")
    for path in working.children():
        child = working.family.children[path]
        node = working.tree.nodes[child.state]
        for index, invoke in enumerate(_invocations_of(node)):
            if invoke.autoforward and _is_named(node, invoke, index, child.name):
                receiver = woken(working.family, path)
                receiver.outbox.append(event)
                working.family.wake(receiver)


def _is_named(node: Node, invoke: Invoke, index: int, name: str) -> bool:
    """Whether an invocation has a name, be it its own or one that was made up for it."""
    if invoke.id:
        return invoke.id == name
    parts = name.rsplit(".", 2)
    return len(parts) == 3 and (parts[0], parts[2]) == (node.id, str(index))
