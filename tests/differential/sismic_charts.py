"""Charts for sismic (https://sismic.readthedocs.io): our charts as its, within what it supports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sismic.exceptions import ConflictingTransitionsError
from sismic.interpreter import Interpreter
from sismic.model import (
    BasicState,
    CompoundState,
    DeepHistoryState,
    FinalState,
    OrthogonalState,
    ShallowHistoryState,
    StateMixin,
)
from sismic.model import Statechart as SismicChart
from sismic.model import Transition as SismicTransition

from statewright.statechart import (
    Event,
    Macrostep,
    Snapshot,
    State,
    Statechart,
    StateKind,
    Status,
    Transition,
    TransitionKind,
)
from statewright.statechart.actions import Assign, Raise
from statewright.statechart.definition import Actions
from statewright.statechart.structure.nodes import Node
from statewright.statechart.structure.traversal import states_in
from statewright.statechart.structure.tree import Tree, tree_of
from tests.compiler.xstate_runs import ran

ROOT = "~root"

Seen = tuple[frozenset[str], object]
"""The active states and the variable `n`; no states where a session is over."""


def seen(snapshot: Snapshot) -> Seen:
    active = snapshot.configuration if snapshot.status is Status.ACTIVE else ()
    return frozenset(active), snapshot.data[""].get("n")


def run_in_sismic(chart: Statechart, steps: Sequence[Macrostep]) -> list[Seen]:
    """What sismic makes of the events of these steps, until it refuses to go on.

    It refuses steps in which a transition leaves a parallel state while another one is taken in it.
    """
    machine = Interpreter(sismic_from_chart(chart), initial_context={"n": 0})
    found = []
    for number, step in enumerate(steps):
        if number:
            machine.queue(step.event.name)
        try:
            machine.execute(max_steps=2_000)
        except ConflictingTransitionsError:
            break
        found.append((frozenset(machine.configuration) - {ROOT}, machine.context["n"]))
    return found


def sismic_from_chart(chart: Statechart) -> SismicChart:
    """The same chart below a state of its own, since sismic wants one around everything."""
    made = SismicChart(chart.name)
    made.add_state(CompoundState(ROOT, initial=_initial(chart.initial, chart.states)), None)
    for state in chart.states:
        _add(made, state, ROOT)
    for state in states_in(chart):
        for number, transition in enumerate(state.transitions):
            made.add_transition(_transition(state, transition, number))
    made.validate()
    return made


def _add(made: SismicChart, state: State, parent: str) -> None:
    made.add_state(_state(state), parent)
    for child in state.states:
        _add(made, child, state.id)


def _initial(initial: Transition | None, states: tuple[State, ...]) -> str:
    if initial is not None:
        return initial.targets[0]
    return next((state.id for state in states if "history" not in state.kind), "")


def _code(blocks: tuple[Actions, ...]) -> str:
    return "\n".join(_line(action) for block in blocks for action in block)


def _line(action: object) -> str:
    match action:
        case Assign():
            return "n = n + 1"
        case Raise(event):
            return f"send({event!r})"
        case _:
            raise AssertionError(action)


def _transition(state: State, written: Transition, number: int) -> SismicTransition:
    guard = None if written.guard is None else written.guard.text.replace("In(", "active(")
    return SismicTransition(
        source=state.id,
        target=written.targets[0] if written.targets else None,
        event=written.events[0] if written.events else None,
        guard=guard,
        action=_code((written.actions,)),
        priority=-number,  # document order
    )


def _state(state: State) -> StateMixin:
    code = {"on_entry": _code(state.entry), "on_exit": _code(state.exit)}
    first = _initial(state.initial, state.states or (state,))
    match state.kind:
        case StateKind.ATOMIC:
            return BasicState(state.id, **code)
        case StateKind.FINAL:
            return FinalState(state.id, **code)
        case StateKind.PARALLEL:
            return OrthogonalState(state.id, **code)
        case StateKind.COMPOUND:
            return CompoundState(state.id, initial=first, **code)
        case StateKind.SHALLOW_HISTORY:
            return ShallowHistoryState(state.id, memory=first)
        case StateKind.DEEP_HISTORY:
            return DeepHistoryState(state.id, memory=first)


# What sismic has


def supported(chart: Statechart) -> Statechart:
    """The chart without what sismic lacks, or is known to do otherwise (see DEPARTURES)."""
    gone = frozenset(
        child.id
        for state in states_in(chart)
        if state.kind is StateKind.PARALLEL
        for child in state.states
        if "history" in child.kind
    )
    states = tuple(_plain(state, gone) for state in chart.states)
    initial = _plain_initial(chart.initial, states)
    chart = replace(chart, deferred=(), initial=initial, states=states)
    quiet = any(state.kind is StateKind.PARALLEL for state in states_in(chart))
    told = tuple(_told(state, tree_of(chart), quiet=quiet) for state in chart.states)
    return replace(chart, states=told)


def _plain(state: State, gone: frozenset[str]) -> State:
    """A state without history in regions, variables, and starts that are deeper than a child."""
    children = tuple(_plain(child, gone) for child in state.states if child.id not in gone)
    initial = state.initial
    if "history" not in state.kind:
        initial = _plain_initial(initial, children)
    if initial is not None:
        initial = replace(initial, actions=())
    transitions = tuple(_one_target(one) for one in state.transitions if not gone & {*one.targets})
    return replace(
        state, states=children, initial=initial, transitions=transitions, data=(), awaits=None
    )


def _plain_initial(initial: Transition | None, states: tuple[State, ...]) -> Transition | None:
    if initial is None or initial.targets[0] not in {state.id for state in states}:
        return None
    return initial


def _told(state: State, tree: Tree, *, quiet: bool) -> State:
    """A state with the transitions and actions that sismic has words for."""
    own = tree.nodes[state.id]
    return replace(
        state,
        states=tuple(_told(child, tree, quiet=quiet) for child in state.states),
        transitions=tuple(
            replace(one, actions=_heard(one.actions, quiet=quiet))
            for one in state.transitions
            if _is_alike(one, own, tree) and not _is_hidden(one, state)
        ),
        entry=tuple(_heard(block, quiet=quiet) for block in state.entry),
        exit=tuple(_heard(block, quiet=quiet) for block in state.exit),
    )


def _one_target(written: Transition) -> Transition:
    events = tuple("a" if name == "*" else name.partition(".")[0] for name in written.events)
    kind = TransitionKind.EXTERNAL
    return replace(written, targets=written.targets[:1], events=events, kind=kind)


def _is_alike(written: Transition, source: Node, tree: Tree) -> bool:
    """Whether sismic leaves and enters the same states, as far as parallel states go."""
    if not written.targets:
        return True
    inside = {one for one in _regions(source) if one[1] != source.id}
    target = tree.nodes[written.targets[0]]
    return all(one in inside and one[1] != target.id for one in _regions(target))


def _is_hidden(written: Transition, state: State) -> bool:
    """Whether the transition of a state inside is taken instead in one region, and so in all."""
    _, *inside = states_in(Statechart("inside", (state,)))
    regions = any(one.kind is StateKind.PARALLEL for one in (state, *inside))
    return regions and any(
        other.events == written.events for one in inside for other in one.transitions
    )


def _regions(node: Node) -> Iterator[tuple[str, str]]:
    """The parallel states around a state, each with the region that the state is of, or is."""
    below, around = node, node.parent
    while around is not None:
        if around.kind is StateKind.PARALLEL:
            yield around.id, below.id
        below, around = around, around.parent


def _heard(actions: Actions, *, quiet: bool) -> Actions:
    """The actions; without events where the order of regions would decide what is first."""
    return tuple(one for one in actions if not (quiet and isinstance(one, Raise)))


def compared(chart: Statechart, events: list[Event]) -> tuple[list[Seen], list[Seen]]:
    """What we and sismic see after every event."""
    steps = ran(chart, events)
    theirs = run_in_sismic(chart, steps)
    return [seen(step.snapshot) for step in steps][: len(theirs)], theirs
