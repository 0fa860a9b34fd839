"""What is done in a short way comes to the same as the long way, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.errors import InvalidEvent, InvalidSnapshot, StatewrightError
from statewright.expressions import Computed, Literal, Record, parse
from statewright.expressions.values import Maybe, Uint
from statewright.statechart import (
    Datum,
    Effect,
    EffectKind,
    Event,
    Macrostep,
    Moment,
    Rule,
    RuleKind,
    Snapshot,
    State,
    Statechart,
    Status,
    Transition,
    chart_from_json,
    chart_to_json,
    effect_to_json,
    event_to_json,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.actions import Assign, Raise, Say, Send
from statewright.statechart.definition import Actions, Limits
from statewright.statechart.forms.codec import read, written
from statewright.statechart.forms.happening_text import text_from_effect, text_from_event
from statewright.statechart.forms.snapshot_forms import EFFECT, EVENT, SNAPSHOT
from statewright.statechart.forms.snapshot_text import snapshot_from_text, text_from_snapshot
from statewright.statechart.stepping.acceptance import accepted
from statewright.statechart.stepping.algorithm import long_turn
from statewright.statechart.stepping.ordinary import short_turn
from statewright.statechart.stepping.programs import PATIENCE, Interpreted, prepare
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.values.canonical import text_from_json
from tests.properties.statecharts import GUARDS, Traits, charts, events, families
from tests.statechart.building import cel
from tests.statechart.building import text as template

SLOW = settings(
    deadline=None,
    max_examples=settings.default.max_examples // 4 if settings.default else 25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

FALLIBLE = (
    *GUARDS,
    "n * 9223372036854775807 > 9",
    "m.k[0] == n",
    "event.data.value == n",
    "n",
    "x > n",
    "size(x) > 0 || n < 1",
    "input == n",
    "now > timestamp(0)",
    "has(m.k) && m.k.exists(i, i > 1)",
    "vars['x'] == 1",
    "draw(0) == 1",
    "contact.age > 1",
    "session.turns > 3",
    "maybe == n",
    "maybe == null || fixed > n",
)
"""Guards that have no value for some data, or one that is neither true nor false."""

CHANGES = (
    Assign(("n",), Computed(parse("n + 1"))),
    Assign(("n",), Computed(parse("n * 9223372036854775807"))),
    Assign(("n",), Computed(parse("event.data.value"))),
    Assign(("n",), Computed(parse("'many'"))),
    Assign(("x",), Computed(parse("[x, n]"))),
    Assign(("x",), Computed(parse("m.?k"))),
    Assign(("x",), Computed(parse("missing"))),
    Assign(("x",), Computed(parse("draw(5)"))),
    Assign(("x",), Computed(parse("In('s1') ? 'in' : 'out'"))),
    Assign(("x",), Computed(parse("event"))),
    Assign(("small",), Computed(parse("n"))),
    Assign(("m", "k"), Computed(parse("[n]"))),
    Assign(("m",), Computed(parse("{'k': [n, 2]}"))),
    Assign(("maybe",), Computed(parse("n > 1 ? null : dyn(n)"))),
    Assign(("fixed",), Computed(parse("n"))),
    Assign(("contact", "age"), Computed(parse("n"))),
)

REQUESTS = (
    Say(Literal("hello")),
    Say(template("now {{ n }}, before {{ x }}")),
    Say(template("{{ draw(3) }} and {{ draw(3) }}")),
    Say(template("{{ missing }}!")),
    Say(template("my {{secret:key}}")),
    Say(cel("m")),
    Say(Record((("text", template("{{ n }}")), ("choices", Literal(["a"]))))),
    Say(Record((("text", template("{{secret:key}}")),))),
    Send("note", cel("{'n': n, 'x': x}"), target="ledger"),
    Send("note", cel("draw(2)"), target="ledger"),
    Send("note", cel("missing"), target="ledger"),
    Send("note", Record((("text", template("{{secret:key}} {{ n }}")),)), target="ledger", id="i"),
    Send("note", cel("m.?k"), target="ledger"),
    Send("note", target="ledger", type="effect"),
    Send("note", target="ledger", type_expr=cel("'scxml'")),
    Send("note", target_expr=cel("'ledger'")),
    Send("note", target="ledger", event_expr=cel("'b'")),
    Send("note", target="ledger", delay=Literal("2s")),
    Send("note", target="ledger", id_location=("x",)),
    Send("b"),
    Send("b", target="#_internal"),
    Send("b", target="#_nobody"),
)


DATA = (
    Datum("n", "int", Literal(1)),
    Datum("x"),
    Datum("m", "map"),
    Datum("small", "int", Literal(0), Limits(minimum=-1, maximum=3)),
    Datum("maybe", "int", None, Limits(nullable=True)),
    Datum("fixed", "int", Literal(1), Limits(constant=True)),
)

NO_NINE = Rule("no nine", RuleKind.NEVER, Moment(None, parse("n == 4 || n == 9")))


@st.composite
def flat_charts(draw: st.DrawFn) -> Statechart:
    """Charts of atomic states; in half of them, whatever is not ordinary is seldom."""
    plain = draw(st.booleans())
    names = [f"s{number}" for number in range(draw(st.integers(1, 4)))]
    named = st.lists(st.sampled_from(names), max_size=1).map(tuple)
    actions = st.sampled_from(CHANGES) | st.sampled_from(REQUESTS)
    transitions = st.builds(
        Transition,
        targets=named,
        events=st.sampled_from((("a",), ("b",), ("b.c",), ("*",), ("d", "a"))),
        guard=st.none() | st.sampled_from(GUARDS if plain else FALLIBLE).map(parse),
        actions=st.lists(actions, max_size=3).map(tuple),
    )
    unusual = st.sampled_from((Transition(("s0",), (), parse("n > 6")), Transition((), ("a",))))
    blocks: st.SearchStrategy[tuple[Actions, ...]] = st.sampled_from(
        ((),) if plain else ((), (), ((Raise("d"),),), ((Assign(("x",), Literal(2)),),))
    )
    states = tuple(
        State(
            name,
            transitions=(
                *draw(st.lists(transitions, max_size=4)),
                *draw(st.lists(unusual, max_size=0 if plain else 1)),
            ),
            entry=draw(blocks),
            data=() if plain else draw(st.sampled_from(((), (Datum("x", "int", Literal(1)),)))),
        )
        for name in names
    )
    data = (Datum("n", "int", Literal(draw(st.integers(-2, 5)))), *DATA[1:])
    seldom = st.integers(0, 5).map(lambda chance: chance == 5)
    return Statechart(
        "flat",
        states,
        data=data,
        deferred=("d",) if draw(seldom) else (),
        contact=(Datum("age", "int", Literal(7)),) if draw(seldom) else (),
        rules=(NO_NINE,) if draw(seldom) else (),
    )


ANY = flat_charts() | flat_charts() | charts(Traits(guard_texts=FALLIBLE)) | families()


def conversation(
    chart: Statechart, said: list[Event], step: Callable[[Snapshot, Event], Macrostep]
) -> Iterator[Macrostep]:
    """Every step of a session, as long as it runs."""
    made = start(chart, session="s", seed="x", now=0)
    yield made
    for event in said:
        if made.snapshot.status is not Status.ACTIVE:
            return
        if event.name == "result":
            continue
        made = step(made.snapshot, event)
        yield made


@SLOW
@given(chart=ANY, said=events(), contact=st.sampled_from(({}, {"age": 2}, {"age": "old"})))
def test_a_turn_that_goes_the_short_way_ends_where_the_long_way_does(
    chart: Statechart, said: list[Event], contact: dict[str, Any]
) -> None:
    def step(snapshot: Snapshot, event: Event) -> Macrostep:
        return both_ways(chart, snapshot, replace(event, contact=contact))

    for _ in conversation(chart, said * 2, step):
        pass


@SLOW
@given(
    actions=st.lists(st.sampled_from((*CHANGES, *REQUESTS)), min_size=1, max_size=4).map(tuple),
    values=st.lists(st.integers(-2, 5) | st.text(max_size=3), min_size=1, max_size=4),
)
def test_whatever_actions_do_or_ask_for_comes_to_the_same(
    actions: Actions, values: list[Any]
) -> None:
    chart = Statechart(
        "talking",
        (State("s0", transitions=(Transition(("s1",), ("a",), actions=actions),)), State("s1")),
        data=DATA,
    )
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    for value in values:
        made = both_ways(chart, snapshot, Event("a", {"value": value}))
        snapshot = replace(made.snapshot, configuration=snapshot.configuration)


def both_ways(chart: Statechart, snapshot: Snapshot, event: Event) -> Macrostep:
    """What comes of an event, the same whichever way it goes."""
    before = snapshot_to_json(snapshot)
    short = macrostep(chart, snapshot, event)
    long = long_turn(chart, snapshot, event, accepted(event))
    assert short == long
    assert snapshot_to_json(snapshot) == before
    assert snapshot_to_json(short.snapshot) == snapshot_to_json(long.snapshot)
    restored = macrostep(chart, snapshot_from_json(before), event)
    assert snapshot_to_json(restored.snapshot) == snapshot_to_json(short.snapshot)
    assert replace(restored, snapshot=short.snapshot) == short
    return short


def test_ordinary_turns_go_the_short_way() -> None:
    actions = (CHANGES[0], REQUESTS[1], REQUESTS[8])
    transition = Transition(("s1",), ("a",), parse("n < 3"), actions=actions)
    chart = Statechart(
        "plain",
        (State("s0", transitions=(transition,)), State("s1")),
        data=(Datum("n", "int", Literal(0)), Datum("x")),
    )
    snapshot = start(chart, session="s", seed="x", now=0).snapshot
    event = Event("a")
    snapshot = replace(snapshot, data={"": {"n": 1, "x": "a"}})
    long_turn(chart, snapshot, event, accepted(event))
    short = short_turn(tree_of(chart), snapshot, event, accepted(event))
    assert short is not None
    assert short.snapshot.configuration == ("s1",)
    assert short.snapshot.data == {"": {"n": 2, "x": "a"}}
    assert [effect.data.get("content") for effect in short.effects] == ["now 2, before a", None]


@SLOW
@given(chart=ANY, said=events())
def test_code_and_interpreter_come_to_the_same(chart: Statechart, said: list[Event]) -> None:
    copy = chart_from_json(chart_to_json(chart))
    for each in (copy, *copy.charts.values()):
        prepare(each)
    interpreted = conversation(
        chart, said * 2, lambda snapshot, event: macrostep(chart, snapshot, event)
    )
    coded = conversation(copy, said * 2, lambda snapshot, event: macrostep(copy, snapshot, event))
    for one, other in zip(interpreted, coded, strict=True):
        assert one == other


@SLOW
@given(chart=ANY, said=events(), left=st.integers(0, 3))
def test_what_was_evaluated_before_makes_no_difference(
    chart: Statechart, said: list[Event], left: int
) -> None:
    """The first time all is new; then turns are remembered, and code is made in the midst of it."""

    def step(snapshot: Snapshot, event: Event) -> Macrostep:
        return macrostep(chart, snapshot, event)

    new = list(conversation(chart, said * 2, step))
    for each in (chart, *chart.charts.values()):
        for node in (tree_of(each).root, *tree_of(each).nodes.values()):
            for program in node.scope.programs.values():
                if isinstance(program.function, Interpreted):
                    program.function.uses = PATIENCE - left
    assert list(conversation(chart, said * 2, step)) == new
    assert list(conversation(chart, said * 2, step)) == new


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(("", "\ud800", "$", "\x7f\x00\\u", 1e16, 1e-5, -0.0, 2**63, 10**18, -(2**63)))
)
values = st.recursive(
    scalars | st.sampled_from((Uint(3), b"bytes", Maybe(False), Maybe(True, 1), float("nan"))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("a", "b", "$", "é", "\ud800")), inner, max_size=3)
    ),
    max_leaves=12,
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """What a session has come to, with values in it that may be anything."""
    chart = draw(charts() | families())
    said = draw(events())
    *_, last = conversation(chart, said, lambda snapshot, event: macrostep(chart, snapshot, event))
    if draw(st.booleans()):
        return last.snapshot
    return replace(
        last.snapshot,
        data={"": draw(st.dictionaries(st.sampled_from(("n", "x", "$", "")), values))},
        session=draw(st.text(st.characters(), max_size=5)),
        now=draw(st.integers(-1, 2**63)),
        monitors=draw(st.dictionaries(st.just("rule"), st.integers(-1, 9))),
        output=draw(st.none() | st.sampled_from(([], {}, 0, 0.0, "", False)) | values),
    )


@SLOW
@given(snapshots())
def test_a_snapshot_is_written_and_read_as_the_tables_would(snapshot: Snapshot) -> None:
    try:
        text = written(SNAPSHOT, snapshot, InvalidSnapshot)
    except InvalidSnapshot:
        assert text_from_snapshot(snapshot) is None
        return
    assert text_from_snapshot(snapshot) in {None, text}
    assert_read_alike(text)
    assert_read_alike(json.dumps(json.loads(text), indent=1))


@SLOW
@given(st.data())
def test_a_text_is_refused_wherever_the_tables_refuse_it(data: st.DataObject) -> None:
    whole = json.loads(
        written(SNAPSHOT, data.draw(snapshots().filter(is_writable)), InvalidSnapshot)
    )
    key = data.draw(st.sampled_from((*whole, "timers", "turns", "history", "status", "unknown")))
    whole[key] = data.draw(
        st.sampled_from((None, 0, -1, 1.0, True, "", "active", [], ["a"], [1], {}, {"": 1}, 2**64))
        | st.just({"": {"": "", "deep": [[[[[[[[[1]]]]]]]]]}})
        | st.dictionaries(st.sampled_from(("", "a")), values.filter(is_json), max_size=2)
    )
    assert_read_alike(json.dumps(whole, allow_nan=True))


def is_writable(snapshot: Snapshot) -> bool:
    try:
        written(SNAPSHOT, snapshot, InvalidSnapshot)
    except InvalidSnapshot:
        return False
    return True


def is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def assert_read_alike(text: str) -> None:
    """What is read in the short way is what the tables read; what they refuse is not read at all."""
    short = snapshot_from_text(text)
    try:
        long = read(SNAPSHOT, text, InvalidSnapshot, "snapshot")
    except StatewrightError:
        assert short is None
        return
    if short is not None:
        assert short == long
        assert repr(short) == repr(long)
        assert written(SNAPSHOT, short, InvalidSnapshot) == written(SNAPSHOT, long, InvalidSnapshot)


def test_an_output_may_be_nothing_much() -> None:
    outputs: tuple[Any, ...] = ([], {}, 0, 0.0, "", False)
    for output in outputs:
        assert_read_alike(
            json.dumps({"digest": "d", "output": output, "seed": "", "session": "s", "turns": 1})
        )


def test_most_snapshots_are_read_and_written_in_the_short_way() -> None:
    text = (
        '{"configuration":["a","a/b"],"data":{"":{"price":12.5,"tags":["é",{"k":null}]}},'
        '"digest":"d","floor":["a/b"],"id_count":1,"now":5,"seed":"x","session":"s",'
        '"timer_count":1,"timers":[{"due":9,"event":"late","ordinal":0,"state":"a"}],"turns":2}'
    )
    snapshot = snapshot_from_text(text)
    assert snapshot is not None
    assert snapshot == read(SNAPSHOT, text, InvalidSnapshot, "snapshot")
    assert text_from_snapshot(snapshot) == text
    assert snapshot_from_json(text.encode()) == snapshot


words = st.sampled_from(("", "message", "\ud800", "é"))


@given(st.builds(Event, words, values, st.integers(0, 3), invocation=words, contact=values))
def test_an_event_is_written_as_the_tables_would(event: Event) -> None:
    assert event_to_json(event) == written(EVENT, event, InvalidEvent)


@given(st.builds(Effect, st.sampled_from(EffectKind), words, words, values, words))
def test_an_effect_is_written_as_the_tables_would(effect: Effect) -> None:
    assert effect_to_json(effect) == written(EFFECT, effect, InvalidEvent)


def test_most_events_and_effects_are_written_in_the_short_way() -> None:
    assert text_from_event(Event("message", {"text": "hi"}, 5, contact={"age": 2}))
    assert text_from_effect(Effect(EffectKind.SAY, "s:a:1:0", "a", {"content": {"text": "hi"}}))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(("$", "")) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_what_the_standard_library_writes(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert text_from_json(value) == text.encode("utf-8", "backslashreplace").decode()


@pytest.mark.parametrize("strange", [float("nan"), float("-inf"), b"", {1}, Uint, date(2026, 1, 5)])
def test_what_is_no_json_is_not_written(strange: Any) -> None:
    for value in (strange, [strange], {"a": {"b": strange}}):
        with pytest.raises((ValueError, TypeError)):
            text_from_json(value)
