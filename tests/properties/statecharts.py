"""Random statecharts and random events, for laws that hold for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from statewright.errors import InvalidStatechart
from statewright.expressions import Computed, Literal, parse
from statewright.statechart import (
    Awaits,
    Datum,
    Event,
    Invoke,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.actions import Action, Assign, Branch, Cancel, If, Raise, Say, Send
from statewright.statechart.tree import tree_of

EVENTS = ("a", "b", "b.c", "d")
GUARDS = ("n < 3", "n % 2 == 0", "In('s1')", "missing", "x == 1", "draw(2) == 0")
TOO_LONG = "error.limit"


@dataclass
class Sketch:
    """A state while it is made up."""

    id: str
    kind: StateKind
    children: list[Sketch] = field(default_factory=list)


def computed(text: str) -> Computed:
    return Computed(parse(text))


ACTIONS: tuple[Action, ...] = (
    Assign(("n",), computed("n + 1")),
    Assign(("n",), computed("draw(5)")),
    Assign(("x",), computed("x + 1")),
    Assign(("missing",), Literal(1)),
    Assign(("m", "k"), computed("[n]")),
    Raise("a"),
    Raise("d", computed("n")),
    Say(computed("[n, event]")),
    Send("b"),
    Send("b.c", computed("n"), delay=Literal(3), id="t"),
    Send("a", delay=Literal(7)),
    Send("d", delay=computed("n"), id="u"),
    Cancel("t"),
    If(
        (Branch(parse("n > 2"), (Assign(("n",), Literal(0)),)),),
        (Assign(("x",), computed("n")),),
    ),
)


@st.composite
def sketches(draw: st.DrawFn, names: Iterator[int], depth: int = 0, final: bool = True) -> Sketch:  # noqa: FBT001, FBT002 - Hypothesis passes them by name
    kinds = [StateKind.ATOMIC]
    if depth < 3:
        kinds += [StateKind.COMPOUND, StateKind.COMPOUND, StateKind.PARALLEL]
    if final and depth > 0:
        kinds.append(StateKind.FINAL)
    kind = draw(st.sampled_from(kinds))
    sketch = Sketch(f"s{next(names)}", kind)
    if kind in {StateKind.COMPOUND, StateKind.PARALLEL}:
        in_regions = kind is StateKind.PARALLEL
        for _ in range(draw(st.integers(1, 3))):
            inner = sketches(names=names, depth=depth + 1, final=not in_regions)
            sketch.children.append(draw(inner))
        if draw(st.booleans()):
            history = draw(st.sampled_from((StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY)))
            sketch.children.insert(0, Sketch(f"s{next(names)}", history))
    return sketch


def below(sketch: Sketch) -> Iterator[Sketch]:
    for child in sketch.children:
        yield child
        yield from below(child)


@dataclass(frozen=True)
class Traits:
    """What the charts of a law may do."""

    guards: bool = True
    actions: bool = True
    invocations: bool = True
    guard_texts: tuple[str, ...] = GUARDS
    action_pool: tuple[Action, ...] = ACTIONS


@st.composite
def charts(draw: st.DrawFn, traits: Traits = Traits()) -> Statechart:
    """A chart that is sound; it may well run for ever, or do nothing."""
    names = iter(range(1_000))
    top = [draw(sketches(names=names)) for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        top.append(Sketch(f"s{next(names)}", StateKind.FINAL))
    every = [one for sketch in top for one in (sketch, *below(sketch))]
    ids = [sketch.id for sketch in every]
    made = tuple(draw(states(sketch, ids, traits)) for sketch in top)
    chart = Statechart(
        "random",
        made,
        data=(Datum("n", "int", Literal(0)), Datum("x"), Datum("m", "map")),
        deferred=draw(st.sampled_from(((), ("d",), ("a", "b")))),
        limit=60,
    )
    return sound(chart)


@st.composite
def states(draw: st.DrawFn, sketch: Sketch, ids: list[str], traits: Traits) -> State:
    if sketch.kind in {StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY}:
        # Its parent puts the default in: see below.
        return State(sketch.id, sketch.kind)
    children = tuple(draw(states(child, ids, traits)) for child in sketch.children)
    real = [child.id for child in children if "history" not in child.kind]
    initial = None
    if real and sketch.kind is StateKind.COMPOUND and draw(st.booleans()):
        initial = Transition((draw(st.sampled_from([one.id for one in below(sketch)])),))
    children = tuple(
        replace(child, initial=Transition((draw(st.sampled_from(real)),)))
        if "history" in child.kind
        else child
        for child in children
    )
    state = State(sketch.id, sketch.kind, children, initial)
    blocks = st.lists(actions(traits), max_size=1).map(tuple)
    if sketch.kind is StateKind.FINAL:
        return replace(state, entry=draw(blocks), donedata=Literal(1))
    atomic = sketch.kind is StateKind.ATOMIC
    invoked = atomic and traits.invocations and draw(st.integers(0, 5)) == 0
    return replace(
        state,
        transitions=tuple(draw(st.lists(transitions(ids, traits), max_size=3))),
        entry=draw(blocks),
        exit=draw(blocks),
        data=(Datum("x", value=Literal(1)),) if draw(st.integers(0, 3)) == 0 else (),
        invocations=(Invoke(f"call {sketch.id}", "http", computed("n")),) if invoked else (),
        awaits=Awaits("text", sketch.id) if atomic and draw(st.booleans()) else None,
    )


@st.composite
def transitions(draw: st.DrawFn, ids: list[str], traits: Traits) -> Transition:
    guard = draw(st.none() | st.sampled_from(traits.guard_texts)) if traits.guards else None
    eventless = traits.guards and draw(st.integers(0, 5)) == 0
    return Transition(
        targets=tuple(draw(st.lists(st.sampled_from(ids), max_size=2, unique=True))),
        events=() if eventless else (draw(st.sampled_from((*EVENTS, "*"))),),
        guard=parse("n < 2")
        if eventless and guard is None
        else None
        if not guard
        else parse(guard),
        kind=draw(st.sampled_from(TransitionKind)),
        actions=draw(actions(traits)),
    )


def actions(traits: Traits) -> st.SearchStrategy[tuple[Action, ...]]:
    if not traits.actions:
        return st.just(())
    return st.lists(st.sampled_from(traits.action_pool), max_size=2).map(tuple)


def sound(chart: Statechart) -> Statechart:
    """The chart, with transitions to one target only where several exclude each other."""
    try:
        tree_of(chart)
    except InvalidStatechart:
        return replace(chart, states=tuple(map(_simpler, chart.states)))
    return chart


def _simpler(state: State) -> State:
    return replace(
        state,
        states=tuple(map(_simpler, state.states)),
        transitions=tuple(
            replace(transition, targets=transition.targets[:1]) for transition in state.transitions
        ),
    )


def events() -> st.SearchStrategy[list[Event]]:
    """Events at times that never go back."""
    named = st.sampled_from((*EVENTS, "tick", "result"))
    steps = st.lists(st.tuples(named, st.integers(0, 4), st.integers(0, 3)), max_size=8)
    return steps.map(_timed)


def _timed(steps: list[tuple[str, int, int]]) -> list[Event]:
    made, now = [], 0
    for name, wait, data in steps:
        now += wait
        made.append(Event(name, {"value": data}, now))
    return made
