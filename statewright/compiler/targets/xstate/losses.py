"""What in the structure of a chart means something else to XState, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from statewright.compiler.targets.declarations import losses_of_declarations, losses_of_privacy
from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.history import is_remembered
from statewright.compiler.targets.timers import Timer
from statewright.compiler.targets.unwatched import unwatched
from statewright.expressions.syntax import Arithmetic, Call, Literal, walk
from statewright.statechart.actions import Send
from statewright.statechart.definition import (
    Invoke,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.event import INTERNAL, normalised, prefixes
from statewright.statechart.stepping.sending import SPECIAL
from statewright.statechart.structure.nodes import Node, is_descendant, is_history
from statewright.statechart.structure.traversal import actions_in, expressions_of, states_in
from statewright.statechart.structure.tree import Tree

_UNTYPED: Final = frozenset({"dyn", "list", "map"})
_UNKNOWN: Final = frozenset({"uint", "bytes", "timestamp", "duration"})


def losses_of(tree: Tree, timers: dict[str, Timer]) -> Iterator[Loss]:
    """What is lost whatever the expressions are, in document order."""
    chart = tree.chart
    yield from _of_chart(chart)
    for node in tree.nodes.values():
        if node.state is not None:
            yield from _of_state(node.state, node, tree)
    yield from _of_parallels(tree)
    yield from _of_time(chart, timers)


def _of_prefixes(chart: Statechart) -> Iterator[Loss]:
    """Descriptors of the platform's events that match those of several states or invocations."""
    states = [state.id for state in states_in(chart)]
    calls = [one.id for state in states_in(chart) for one in state.invocations]
    families = {"done.state.": states, "done.invoke.": calls, "error.communication.": calls}
    for state in states_in(chart):
        for descriptor in (one for arc in state.transitions for one in arc.events):
            stem = normalised(descriptor)
            for family, names in families.items():
                own = stem.removeprefix(family)
                if own != stem and any(name.startswith(f"{own}.") for name in names):
                    yield Loss(
                        "id-prefixes",
                        f"`{descriptor}` is not heard of what bears a longer id, behind a dot",
                        f"it is heard of `{own}` alone",
                        Place(state.id),
                    )


def asked_states(chart: Statechart) -> frozenset[str]:
    """The ids that expressions name in ``In``."""
    calls = (
        node
        for state in states_in(chart)
        for expression in expressions_of(state)
        for node in walk(expression.root)
        if isinstance(node, Call) and node.function == "In" and node.target is None
    )
    literals = (part for call in calls for part in call.arguments if isinstance(part, Literal))
    return frozenset(part.value for part in literals if isinstance(part.value, str))


# The chart as a whole


def _of_chart(chart: Statechart) -> Iterator[Loss]:
    yield from unwatched(chart)
    for descriptor in chart.deferred:
        yield Loss(
            "deferred",
            f"`{descriptor}` is not kept until something listens to it",
            "an event that enables nothing is dropped",
        )
    if _listens(chart, "error.execution.guard") and any(
        transition.guard is not None
        for state in states_in(chart)
        for transition in state.transitions
    ):
        yield Loss(
            "guard-errors",
            "an error in the guard of a transition is no event",
            "the guard counts as false, and `error.execution.guard` is not raised",
        )
    data = [*chart.data, *(datum for state in states_in(chart) for datum in state.data)]
    if any(datum.type in _UNTYPED for datum in data):
        yield Loss(
            "whole-doubles",
            "JavaScript does not tell 2.0 from 2",
            "a double without fraction that is kept in a variable of type dyn, list or map "
            "becomes an int",
        )
    if _shares_the_floor(chart):
        yield Loss(
            "floor",
            "of several states that listen, the one that was entered first has the floor",
            "a question that is asked again loses it, and what others than the user are to say may "
            "have it",
        )
    yield from _of_prefixes(chart)
    yield from losses_of_declarations(chart)
    yield from losses_of_privacy(chart)
    if any(datum.type == "int" for datum in data) or _calculates(chart):
        yield Loss(
            "large-ints",
            "ints have 53 bits instead of 64",
            "an int beyond that is an error of the expression",
        )


def _listens(chart: Statechart, event: str) -> bool:
    wider = frozenset(("*", *prefixes(event)))
    return any(
        not wider.isdisjoint(map(normalised, transition.events))
        for state in states_in(chart)
        for transition in state.transitions
    )


def _calculates(chart: Statechart) -> bool:
    return any(
        isinstance(node, Arithmetic)
        for state in states_in(chart)
        for expression in expressions_of(state)
        for node in walk(expression.root)
    )


def _shares_the_floor(chart: Statechart) -> bool:
    return any(
        "session.floor" in expression.text
        for state in states_in(chart)
        for expression in expressions_of(state)
    )


def _of_time(chart: Statechart, timers: dict[str, Timer]) -> Iterator[Loss]:
    sends = [action for action in actions_in(chart) if isinstance(action, Send)]
    own = [action for action in sends if not action.target]
    if timers or any(action.delay is not None for action in own):
        yield Loss(
            "timers-on-restore",
            "XState does not start timers again when a snapshot is restored",
            "they are lost, unless the host sends their events",
        )
    yield from _of_sends(sends)
    if any(action.delay is None for action in own):
        yield Loss(
            "sends-to-self",
            "an event that the session sends to itself is not handled in the same turn",
            "it is handled next, behind events that wait already",
        )


def _of_sends(sends: list[Send]) -> Iterator[Loss]:
    if any(action.target.startswith(SPECIAL) and action.target != INTERNAL for action in sends):
        yield Loss(
            "sessions",
            "sessions do not send to each other by themselves",
            "what is sent to a session is the effect `send`, with its target",
        )
    if any(action.id_location or action.type_expr is not None for action in sends):
        yield Loss(
            "computed-sends",
            "a send stores its id or computes its type",
            "it does not",
        )


# States


def _of_state(state: State, node: Node, tree: Tree) -> Iterator[Loss]:
    place = Place(state.id)
    if state.invocations:
        yield Loss(
            "early-invocations",
            "invocations do not wait for the end of the macrostep",
            "they start on entry, also where the state is left at once",
            place,
        )
    for invoke in state.invocations:
        yield from _of_invoke(invoke, place)
    if state.data and is_remembered(node):
        yield Loss(
            "remembered-variables",
            "a history state does not remember variables",
            "they begin anew",
            place,
        )
    for datum in (*state.data, *(tree.chart.data if node.order == 1 else ())):
        if datum.type in _UNKNOWN:
            yield Loss(
                "types",
                f"there is no {datum.type} for the variable `{datum.name}`",
                "it holds what it is given, and expressions that read it are stubs",
                place,
            )
    initial = node.initial
    if (
        node.kind is StateKind.COMPOUND
        and initial is not None
        and initial.actions
        and any(one.histories or one.kind is StateKind.PARALLEL for one in node.ancestors())
    ):
        yield Loss(
            "initial-actions",
            "what is done where a state starts by default is done however that comes about",
            "it is not done where a history state leads to it, or a transition to a region beside",
            place,
        )
    if state.awaits is not None and (state.awaits.choices or state.awaits.prompt):
        yield Loss(
            "awaiting",
            "what a state that waits offers, and would ask again, is not computed",
            "its `meta` says only what kind of answer it waits for",
            place,
        )
    for number, transition in enumerate(state.transitions):
        yield from _of_transition(transition, node, Place(state.id, f"{state.id}#{number}"), tree)


def _of_invoke(invoke: Invoke, place: Place) -> Iterator[Loss]:
    if invoke.chart is not None:
        yield Loss(
            "child-charts",
            "a chart that is invoked is not exported with the one that invokes it",
            "the host provides an actor under the type of the invocation",
            place,
        )
    if invoke.finalize or invoke.autoforward or invoke.id_location or invoke.type_expr is not None:
        yield Loss(
            "invocation-details",
            "an invocation finalizes, forwards events, stores its id or computes its type",
            "it does not",
            place,
        )


def _of_transition(transition: Transition, node: Node, place: Place, tree: Tree) -> Iterator[Loss]:
    targets = [tree.nodes[target] for target in transition.targets]
    for target in targets:
        parent = target.parent
        if is_history(target) and parent is not None and _is_within(node, parent):
            yield Loss(
                "history-from-inside",
                "a transition from inside to a history state enters only what it has left",
                "XState may enter states again that it has not left",
                place,
            )
    internal = transition.kind is TransitionKind.INTERNAL and node.kind is StateKind.COMPOUND
    if not targets or (internal and all(is_descendant(one, node) for one in targets)):
        return
    around = next(
        one for one in node.ancestors() if all(is_descendant(target, one) for target in targets)
    )
    if around.kind is StateKind.PARALLEL:
        yield Loss(
            "parallel-domain",
            "a transition between regions leaves the parallel state around them, and enters it",
            f"XState leaves and enters what is inside `{around.id}`, but not itself",
            place,
        )


def _is_within(node: Node, other: Node) -> bool:
    return node is other or is_descendant(node, other)


# Parallel states


def _of_parallels(tree: Tree) -> Iterator[Loss]:
    for node in tree.nodes.values():
        if node.kind is not StateKind.PARALLEL:
            continue
        parent = node.parent
        if (
            parent is not None
            and parent.kind is StateKind.PARALLEL
            and _listens(tree.chart, f"done.state.{parent.id}")
        ):
            yield Loss(
                "nested-parallel-done",
                "a parallel state is done only by a final state of a region of its own",
                f"XState also says so of `{parent.id}` when `{node.id}` is done last",
                Place(parent.id),
            )
        yield from _of_outer_transitions(node)


def _of_outer_transitions(parallel: Node) -> Iterator[Loss]:
    """Transitions of a parallel state, or of one around it, beside those of its regions."""
    inside: dict[str, bool] = {}
    for stem, stays in _stems_below(parallel):
        inside[stem] = inside.get(stem, False) or stays
    for owner in (parallel, *parallel.ancestors()):
        for arc in owner.arcs:
            stems = [stem for stem, arcs in owner.by_stem.items() if arc in arcs]
            for stem in stems:
                rivals = [stays for other, stays in inside.items() if _overlap(stem, other)]
                if rivals and (not arc.targets or any(rivals)):
                    yield Loss(
                        "outer-transitions",
                        "a transition around regions is taken together with theirs where "
                        "they do not conflict",
                        f"XState does not try it while a region of `{parallel.id}` reacts",
                        Place(owner.id, arc.id),
                    )
                    break


def _stems_below(node: Node) -> Iterator[tuple[str, bool]]:
    """The descriptors of every transition inside a state, and whether it leads nowhere."""
    stack = list(node.children)
    while stack:
        child = stack.pop()
        stack.extend(child.children)
        for stem, arcs in child.by_stem.items():
            for arc in arcs:
                yield stem, not arc.targets


def _overlap(one: str, other: str) -> bool:
    """Whether two normalised descriptors can match the same event."""
    if "*" in (one, other):
        return True
    return one in prefixes(other) or other in prefixes(one)
