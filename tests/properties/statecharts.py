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
from statewright.statechart.structure.tree import tree_of

EVENTS = ("a", "b", "b.c", "d")
GUARDS = ("n < 3", "n % 2 == 0", "In('s1')", "missing", "x == 1", "draw(2) == 0")
TOO_LONG = "error.limit"
HOST = "host"
"""The state that invokes charts, in a chart that does."""


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


CALM = tuple(
    action
    for action in ACTIONS
    if not isinstance(action, Raise) and not (isinstance(action, Send) and action.delay is None)
)
"""Actions after which nothing happens at once: several charts together else run for ever."""

TALK: tuple[Action, ...] = (
    Send("d", delay=Literal(5), id_location=("m", "id")),
    Cancel(id_expr=computed("m.id")),
    Send("a", target=f"#_i {HOST}"),
    Send("d", target=f"#_i {HOST}", delay=Literal("4us"), id="t"),
    Send("", event_expr=computed("'a'"), target_expr=computed("event.origin"), type="scxml"),
)
ANSWERS: tuple[Action, ...] = (
    Send("a", computed("n"), "#_parent"),
    Send("d", computed("[n]"), "#_parent"),
    Send("b.c", target="#_parent", delay=Literal(2)),
)
"""What charts that invoke may do besides, and those that are invoked."""


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
    """What the charts of a law may do.

    ``charts`` names those that a chart invokes, which it does in its state ``HOST`` at least;
    ``more`` are actions besides those of ``action_pool``.
    """

    guards: bool = True
    actions: bool = True
    invocations: bool = True
    eventless: bool = True
    charts: tuple[str, ...] = ()
    more: tuple[Action, ...] = ()
    guard_texts: tuple[str, ...] = GUARDS
    action_pool: tuple[Action, ...] = ACTIONS


@st.composite
def charts(draw: st.DrawFn, traits: Traits = Traits()) -> Statechart:
    """A chart that is sound; it may well run for ever, or do nothing."""
    if not traits.charts:
        return sound(draw(charts_alone(traits)))
    inner = {
        # Each may invoke those behind it, so that none invokes itself for ever.
        name: replace(traits, charts=traits.charts[number:], more=ANSWERS)
        for number, name in enumerate(traits.charts, 1)
    }
    return sound(
        replace(
            draw(charts_alone(replace(traits, more=TALK))),
            charts={name: sound(draw(charts_alone(own))) for name, own in inner.items()},
        )
    )


@st.composite
def charts_alone(draw: st.DrawFn, traits: Traits) -> Statechart:
    """A chart without those that it invokes; it need not be sound."""
    names = iter(range(1_000))
    top = [draw(sketches(names=names)) for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        top.append(Sketch(f"s{next(names)}", StateKind.FINAL))
    if traits.charts:
        region = Sketch("region", StateKind.COMPOUND, top)
        top = [Sketch("both", StateKind.PARALLEL, [region, Sketch(HOST, StateKind.ATOMIC)])]
    every = [one for sketch in top for one in (sketch, *below(sketch))]
    ids = [sketch.id for sketch in every]
    made = tuple(draw(states(sketch, ids, traits)) for sketch in top)
    return Statechart(
        "random",
        made,
        data=(Datum("n", "int", Literal(0)), Datum("x"), Datum("m", "map")),
        deferred=draw(st.sampled_from(((), ("d",), ("a", "b")))),
        inputs=("n",),
        limit=60,
    )


@st.composite
def states(draw: st.DrawFn, sketch: Sketch, ids: list[str], traits: Traits) -> State:
    if sketch.kind in {StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY}:
        # Its parent puts the default in: see below.
        return State(sketch.id, sketch.kind)
    children = tuple(draw(states(child, ids, traits)) for child in sketch.children)
    real = [child.id for child in children if "history" not in child.kind]
    initial = None
    if real and sketch.kind is StateKind.COMPOUND and draw(st.booleans()):
        first = draw(st.sampled_from([one.id for one in below(sketch)]))
        initial = Transition((first,), actions=draw(actions(traits)))
    children = tuple(
        replace(
            child,
            initial=Transition((draw(st.sampled_from(real)),), actions=draw(actions(traits))),
        )
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
    work = (Invoke(f"call {sketch.id}", "http", computed("n")),) if invoked else ()
    hatched: tuple[Invoke, ...] = ()
    if sketch.id == HOST or (atomic and traits.charts and draw(st.booleans())):
        inner = invocations(sketch.id, traits)
        hatched = tuple(draw(st.lists(inner, min_size=1, max_size=2, unique_by=_name)))
    return replace(
        state,
        transitions=tuple(draw(st.lists(transitions(ids, traits), max_size=3))),
        entry=draw(blocks),
        exit=draw(blocks),
        data=(Datum("x", value=Literal(1)),) if draw(st.integers(0, 3)) == 0 else (),
        invocations=(*work, *hatched),
        awaits=Awaits("text", sketch.id) if atomic and draw(st.booleans()) else None,
    )


@st.composite
def invocations(draw: st.DrawFn, state: str, traits: Traits) -> Invoke:
    """An invocation of a chart; its name is made up, or that of the state."""
    return Invoke(
        draw(st.sampled_from(("", f"i {state}"))),
        "scxml",
        computed(draw(st.sampled_from(("{'n': n}", "{'n': n, 'o': 1}", "{}")))),
        chart=Literal(draw(st.sampled_from(traits.charts))),
        finalize=draw(st.sampled_from(((), (Assign(("x",), computed("event.name")),)))),
        autoforward=draw(st.booleans()),
        id_location=draw(st.sampled_from(((), ("x",)))),
    )


def _name(invoke: Invoke) -> str:
    return invoke.id


@st.composite
def transitions(draw: st.DrawFn, ids: list[str], traits: Traits) -> Transition:
    guard = draw(st.none() | st.sampled_from(traits.guard_texts)) if traits.guards else None
    eventless = traits.guards and traits.eventless and draw(st.integers(0, 5)) == 0
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
    return st.lists(st.sampled_from((*traits.action_pool, *traits.more)), max_size=2).map(tuple)


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


def families(traits: Traits = Traits()) -> st.SearchStrategy[Statechart]:
    """Charts that invoke charts."""
    return charts(replace(traits, eventless=False, action_pool=CALM, charts=("c0", "c1")))


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
