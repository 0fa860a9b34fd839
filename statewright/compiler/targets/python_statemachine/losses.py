"""What in the structure of a chart python-statemachine, or a class that is written, cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.targets.declarations import losses_of_outside, losses_of_privacy
from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.history import is_remembered
from statewright.compiler.targets.python_statemachine.names import Naming
from statewright.compiler.targets.unwatched import unwatched
from statewright.statechart.actions import Send
from statewright.statechart.definition import State, Statechart, StateKind
from statewright.statechart.structure.nodes import Node, is_descendant, is_history
from statewright.statechart.structure.traversal import actions_in, states_in
from statewright.statechart.structure.tree import Tree

_DEPTH: Final = 99
"""How far Python lets code be indented, but for the class and the methods."""


def losses_of_machine(chart: Statechart) -> Iterator[Loss]:
    """What not even the machines of ``build`` do: they refuse such a chart."""
    yield from unwatched(chart)
    for state in states_in(chart):
        if any(invoke.chart is not None for invoke in state.invocations):
            yield Loss(
                "child-charts",
                "a chart that is invoked does not run inside the one that invokes it",
                "nothing is started",
                Place(state.id),
            )


def losses_of(tree: Tree, naming: Naming) -> Iterator[Loss]:
    """What a class that is written does otherwise, whatever its expressions are."""
    chart = tree.chart
    yield from losses_of_machine(chart)
    yield from _of_chart(chart, naming)
    for node in tree.nodes.values():
        if node.state is not None:
            yield from _of_state(node.state, node)
            yield from _of_transitions(node)
    for node in tree.root.children:
        if node.kind is StateKind.PARALLEL:
            yield Loss(
                "outermost-parallel",
                "a machine goes on when all regions of an outermost parallel state are done",
                "it is over",
                Place(node.id),
            )


def _of_chart(chart: Statechart, naming: Naming) -> Iterator[Loss]:
    for descriptor in chart.deferred:
        yield Loss(
            "deferred",
            f"`{descriptor}` is not kept until something listens to it",
            "an event that enables nothing is dropped",
        )
    sends = [action for action in actions_in(chart) if isinstance(action, Send)]
    if any(action.delay is not None for action in sends):
        yield Loss(
            "timers",
            "python-statemachine waits for delayed events, and keeps them in memory only",
            "they are listed in `model.timers`, and the host sends them when they are due",
        )
    yield Loss(
        "snapshots",
        "a session cannot be written down and restored",
        "the machine stays in memory; `build` makes one that can",
    )
    yield from losses_of_outside(chart)
    yield from losses_of_privacy(chart)
    yield Loss(
        "limit",
        "a macrostep that takes no end is not given up",
        "it takes no end",
    )
    yield Loss(
        "guard-errors",
        "a guard that fails is an event once in a macrostep",
        "it is one whenever the guard is asked",
    )
    renamed = sorted({event for event in _events(chart) if naming.event(event) != event})
    for event in renamed:
        if not event.startswith("done.state."):
            yield Loss(
                "renamed-events",
                f"`{event}` means something else to python-statemachine",
                f"it is called `{naming.event(event)}`, also in `event.name`",
            )


def _events(chart: Statechart) -> Iterator[str]:
    for state in states_in(chart):
        for transition in state.transitions:
            yield from (event for event in transition.events if event != "*")


def _of_state(state: State, node: Node) -> Iterator[Loss]:
    place = Place(state.id)
    if node.depth > _DEPTH:
        yield Loss(
            "nesting",
            f"more than {_DEPTH} states lie inside each other",
            "Python does not read classes that are nested so deeply",
            place,
        )
    if any(invoke.chart is None for invoke in state.invocations):
        yield Loss(
            "early-invocations",
            "invocations do not wait for the end of the macrostep",
            "they start on entry, also where the state is left at once",
            place,
        )
    for invoke in state.invocations:
        details = (invoke.finalize, invoke.id_location, invoke.type_expr, not invoke.id)
        if invoke.chart is None and any(details):
            yield Loss(
                "invocation-details",
                "an invocation finalizes, stores or makes up its id, or computes its type",
                "it does not; its id is the state's, with a number",
                place,
            )
    if state.data and is_remembered(node):
        yield Loss(
            "remembered-variables",
            "a history state does not remember variables",
            "they begin anew",
            place,
        )
    if state.awaits is not None and (state.awaits.choices or state.awaits.prompt):
        yield Loss(
            "awaiting",
            "what a state that waits offers, and would ask again, is not computed",
            "`model.floor` says only that it waits",
            place,
        )
    if state.outcome or state.failed:
        yield Loss(
            "outcomes",
            "a final state has an outcome, or says that the session failed",
            "the host knows it by the name of the state",
            place,
        )
    if node.kind is StateKind.COMPOUND and _is_passive(node):
        yield Loss(
            "initial-actions",
            "a state that starts deeper inside than in a child, or by a history, has actions for "
            "that",
            "python-statemachine does not run them",
            place,
        )


def _is_passive(node: Node) -> bool:
    """Whether actions belong to where a state starts that python-statemachine does not run."""
    initial = node.initial
    if initial is None:
        return False
    deeper = [one.parent for one in initial.targets] != [node]
    return (deeper and bool(initial.actions)) or any(
        is_history(one) and one.initial is not None and one.initial.actions
        for one in initial.targets
    )


def _of_transitions(node: Node) -> Iterator[Loss]:
    for arc in node.arcs:
        for target in arc.targets:
            parent = target.parent
            if (
                is_history(target)
                and parent is not None
                and (node is parent or is_descendant(node, parent))
            ):
                yield Loss(
                    "history-from-inside",
                    "a transition from inside to a history state enters only what it has left",
                    "states may be entered again that were not left",
                    Place(node.id, arc.id),
                )
