"""Canonical JSON: one value has one text, and nothing changes on the way."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from statewright.errors import EvaluationError, InvalidEvent, InvalidSnapshot, InvalidStatechart
from statewright.expressions import (
    NOTHING,
    Literal,
    Maybe,
    Place,
    Record,
    Secret,
    SecretText,
    Sequence,
    Uint,
)
from statewright.statechart import (
    Awaits,
    Datum,
    Effect,
    EffectKind,
    Event,
    Invoke,
    Location,
    Release,
    Snapshot,
    State,
    Statechart,
    chart_from_json,
    chart_to_json,
    digest_of,
    effect_from_json,
    effect_to_json,
    event_from_json,
    event_to_json,
    macrostep,
    release_from_json,
    release_to_json,
    snapshot_from_json,
    snapshot_to_json,
)
from statewright.statechart.actions import Branch, Cancel, ForEach, If, Log, Send
from statewright.statechart.snapshot import Recorded
from statewright.statechart.values.canonical import json_from_value, text_from_json, value_from_json
from tests.statechart.building import (
    Raise,
    Say,
    assign,
    atom,
    begun,
    cel,
    chart,
    compound,
    final,
    history,
    parallel,
    text,
    to,
)


def written(value: Any) -> str:
    return text_from_json(json_from_value(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.0, "1.0"),
        (1e16, "1e+16"),
        (-0.0, "-0.0"),
        (10**18, "1000000000000000000"),
        (0.1, "0.1"),
        ("ä\n\x00", '"ä\\n\\u0000"'),
        ("$", '"$"'),
        ([1, [2.0]], "[1,[2.0]]"),
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        (Uint(5), '{"$":["uint","5"]}'),
        (math.inf, '{"$":["double","inf"]}'),
        (-math.inf, '{"$":["double","-inf"]}'),
        (b"hi", '{"$":["bytes","aGk="]}'),
        (datetime(1970, 1, 1, 0, 0, 1, 5, UTC), '{"$":["timestamp",1000005]}'),
        (timedelta(microseconds=-3), '{"$":["duration",-3]}'),
        (NOTHING, '{"$":["optional"]}'),
        (Maybe(True, Maybe(True, None)), '{"$":["optional",{"$":["optional",null]}]}'),
        ({"$": 1, "a": 2}, '{"$":["map",{"$":1,"a":2}]}'),
        ({"$": ["uint", "5"]}, '{"$":["map",{"$":["uint","5"]}]}'),
    ],
)
def test_a_value_has_one_text_and_comes_back_as_it_was(value: Any, expected: str) -> None:
    assert written(value) == expected
    back = value_from_json(json.loads(expected))
    assert back == value
    assert type(back) is type(value)
    assert written(back) == expected


def test_what_is_no_number_comes_back_too() -> None:
    assert written(math.nan) == '{"$":["double","nan"]}'
    assert math.isnan(value_from_json({"$": ["double", "nan"]}))


def test_half_a_character_is_written_as_its_escape() -> None:
    assert written("a\ud83dz") == '"a\\ud83dz"'
    assert value_from_json(json.loads(written({"\udfff": 1}))) == {"\udfff": 1}


@pytest.mark.parametrize(
    "broken",
    [
        {"$": 1},
        {"$": []},
        {"$": ["what", 1]},
        {"$": [["uint"], 1]},
        {"$": ["uint", 5]},
        {"$": ["uint", "-5"]},
        {"$": ["uint", "18446744073709551616"]},
        {"$": ["uint", "5"], "a": 1},
        {"$": ["double", "1"]},
        {"$": ["bytes", "a"]},
        {"$": ["bytes"]},
        {"$": ["timestamp", "now"]},
        {"$": ["timestamp", 10**30]},
        {"$": ["duration", 1.5]},
        {"$": ["duration", 10**30]},
        {"$": ["optional", 1, 2]},
        {"$": ["map", 1]},
        {"$": ["secret", "nowhere", "a"]},
        2**63,
        [{"a": -(2**63) - 1}],
    ],
)
def test_what_is_no_value_is_refused(broken: Any) -> None:
    with pytest.raises(EvaluationError):
        value_from_json(broken)


def test_what_is_no_value_is_not_written() -> None:
    for broken in (object(), {1: 2}, {1, 2}):
        with pytest.raises(EvaluationError):
            json_from_value(broken)


def everything() -> Statechart:
    actions = (
        assign("n.a", "n"),
        Raise("r", Literal([1.0, Uint(1)])),
        Say(Record((("z", text("{{ n }}", Place.HTML)), ("a", Sequence((cel("n"),)))))),
        Send("s", Literal(None), "world", None, "id"),
        Send("t", delay=cel("n")),
        Cancel("id"),
        If((Branch(cel("true").expression, (Log("x"),)),), (Log("y", Literal({"$": 1})),)),
        ForEach(cel("[1]").expression, "i", "", (Log("z"),)),
    )
    return chart(
        compound(
            "p",
            history("h", "q", deep=True),
            parallel("q", atom("q1"), atom("q2")),
            on=(to("q1", "q2", on="a b.*", when="n > 1", do=actions, internal=True), to()),
            initial=to("q", do=(Log("init"),)),
            entry=(actions, ()),
            exit=((Log("out"),),),
            invocations=(Invoke("i", "http", Literal({"a": b"x"})),),
            data=(Datum("v", "int", Literal(1)), Datum("w")),
            awaits=Awaits("choice", "node", cel("v").expression, text("hm?")),
        ),
        final("f", outcome="o", failed=True, donedata=cel("n")),
        data={"n": 1},
        inputs=("n",),
        deferred=("m",),
        limit=9,
        initial=to("q"),
    )


def test_a_chart_comes_back_as_it_was() -> None:
    assert chart_from_json(chart_to_json(everything())) == everything()
    assert chart_from_json(chart_to_json(everything()).encode()) == everything()


def test_the_digest_is_that_of_the_meaning_and_changes_with_it() -> None:
    assert digest_of(everything()) == digest_of(everything())
    assert digest_of(everything()) != digest_of(replace(everything(), limit=10))
    assert len(digest_of(everything())) == 64


def test_what_equals_its_default_is_left_out() -> None:
    assert chart_to_json(chart(atom("a"))) == '{"name":"test","states":[{"id":"a"}]}'


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("", "not JSON"),
        ("[]", "an object is expected"),
        ("{}", "`name` is missing"),
        ('{"name":1,"states":[]}', "`/name`"),
        ('{"name":"a","states":[],"colour":1}', "unknown key"),
        ('{"name":"a","states":[{"id":"a","kind":"odd"}]}', "`/states/0/kind`"),
        ('{"name":"a","states":[{"id":"a","transitions":[{"guard":"1 +"}]}]}', "guard"),
        ('{"name":"a","states":[{"id":"a","entry":[[{"do":"jump"}]]}]}', "`/states/0/entry/0/0`"),
        ('{"name":"a","states":[{"id":"a","donedata":{"cel":"1","x":2}}]}', "donedata"),
        ('{"name":"a","states":[{"id":"a","donedata":{"template":"{{"}}]}', "donedata"),
        ('{"name":"a","states":[{"id":"a"},{"id":"a"}]}', "rename"),
        ('{"name":"a","states":[],"limit":NaN}', "NaN"),
        ('{"name":"a","states":' + "[" * 5000, "not JSON|nested too deeply"),
        (b"\xff", "UTF-8"),
        ('{"name":"a","states":[{"id":"a"}],"limit":' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_a_text_that_is_no_chart_is_refused_with_the_place(broken: str, message: str) -> None:
    with pytest.raises(InvalidStatechart, match=message):
        chart_from_json(broken)


@pytest.mark.parametrize("depth", [150, 1000])
def test_states_that_are_nested_without_end_are_refused(depth: int) -> None:
    state = atom("s")
    for number in range(depth):
        state = compound(f"s{number}", state)
    with pytest.raises(InvalidStatechart, match="inside"):
        chart_to_json(Statechart("deep", (state,)))
    inner = '{"id":"s"}'
    for number in range(depth):
        inner = f'{{"id":"s{number}","kind":"compound","states":[{inner}]}}'
    with pytest.raises(InvalidStatechart, match=r"inside|nested too deeply"):
        chart_from_json(f'{{"name":"a","states":[{inner}]}}')


def test_states_may_be_nested_a_hundred_times() -> None:
    state = atom("s")
    for number in range(99):
        state = compound(f"s{number}", state)
    deep = Statechart("deep", (state,))
    assert chart_from_json(chart_to_json(deep)) == deep
    assert len(begun(deep).states) == 100


def test_contents_and_actions_that_are_nested_without_end_are_refused() -> None:
    content = '{"literal":1}'
    for _ in range(300):
        content = f'{{"list":[{content}]}}'
    with pytest.raises(InvalidStatechart, match=r"inside each other|nested too deeply"):
        chart_from_json(f'{{"name":"a","states":[{{"id":"a","donedata":{content}}}]}}')
    action: Any = Log("x")
    for _ in range(60):
        action = If((), (action,))
    with pytest.raises(InvalidStatechart):
        digest_of(chart(atom("a", entry=((action,),))))


def full_snapshot() -> Snapshot:
    state = State(
        "a",
        entry=((Send("late", Literal({"n": 1.0}), delay=Literal(5), id="t"),),),
        invocations=(Invoke("i", "http", Literal(1)),),
        transitions=(to("a", on="again", when="draw(6) >= 0"),),
        data=(Datum("x", value=Literal({"$": [Uint(3)]})),),
        awaits=Awaits("text", "a"),
    )
    p = compound("p", history("h", "a", deep=True), state, on=(to("b", on="out"),))
    b = atom("b", to("h", on="back"))
    session = begun(chart(p, b, data={"n": b"\x00"}, deferred=("m",)), now=7)
    session.send("m", {"text": "ä"})
    for event in ("out", "back", "again"):
        session.send(event)
    return session.snapshot


def test_a_snapshot_comes_back_as_it_was() -> None:
    snapshot = full_snapshot()
    for part in ("timers", "invocations", "deferred", "floor", "history", "visits", "data"):
        assert getattr(snapshot, part)
    assert snapshot_from_json(snapshot_to_json(snapshot)) == snapshot
    assert snapshot_to_json(snapshot_from_json(snapshot_to_json(snapshot))) == snapshot_to_json(
        snapshot
    )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("nonsense", "not JSON"),
        ("{}", "is missing"),
        ('{"digest":"d","session":"s","seed":"x","turns":1.0}', "`/turns`"),
        ('{"digest":"d","session":"s","seed":"x","turns":true}', "`/turns`"),
        ('{"digest":"d","session":"s","seed":"x","status":"odd"}', "`/status`"),
        ('{"digest":"d","session":"s","seed":"x","configuration":["a",1]}', "/configuration/1"),
        ('{"digest":"d","session":"s","seed":"x","configuration":"a"}', "/configuration"),
        ('{"digest":"d","session":"s","seed":"x","data":{"":{"n":{"$":1}}}}', "`/data`"),
        ('{"digest":"d","session":"s","seed":"x","data":{"":[]}}', "`/data/`"),
        ('{"digest":"d","session":"s","seed":"x","timers":[{"due":1}]}', "`/timers/0`"),
        ('{"digest":"d","session":"s","seed":"x","extra":1}', "unknown key `'extra'`"),
        ('{"digest":"d","session":"s","seed":"x","output":Infinity}', "Infinity"),
        (
            '{"digest":"d","session":"s","seed":"x","output":' + "[" * 400 + "]" * 400 + "}",
            "each other",
        ),
    ],
)
def test_a_text_that_is_no_snapshot_is_refused_with_the_place(broken: str, message: str) -> None:
    with pytest.raises(InvalidSnapshot, match=message):
        snapshot_from_json(broken)


def test_a_snapshot_that_holds_no_value_is_not_written() -> None:
    with pytest.raises(InvalidSnapshot):
        snapshot_to_json(Snapshot("d", "s", "x", output=object()))


def test_events_and_effects_come_back_as_they_were() -> None:
    event = Event("go", {"a": Uint(1)}, 5, contact={"b": 1.0})
    assert event_from_json(event_to_json(event)) == event
    secret = SecretText(("Bearer ", Secret("token")), Place.HEADER)
    effect = Effect(EffectKind.INVOKE, "s:a:1:0", "a", {"params": {"h": [secret]}})
    assert effect_from_json(effect_to_json(effect)) == effect
    with pytest.raises(InvalidEvent):
        event_from_json('{"name":3}')
    with pytest.raises(InvalidEvent):
        effect_from_json('{"kind":"say","id":"a","state":"b","data":3}')


def test_a_release_comes_back_as_it_was_and_knows_its_digest() -> None:
    release = Release(
        everything(),
        digest_of(everything()),
        {"p": Location("a.yaml", "/p", 3, 1), "q": Location()},
        ("n",),
        ({"never": "n > 1"},),
        ("the service answers",),
        ("G304 at `x`",),
    )
    assert release_from_json(release_to_json(release)) == release
    with pytest.raises(InvalidStatechart, match="changed after"):
        release_from_json(release_to_json(replace(release, digest="0" * 64)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"configuration": ()}, "never active together"),
        ({"configuration": ("a",)}, "never active together"),
        ({"configuration": ("p", "a", "b")}, "never active together"),
        ({"configuration": ("a", "p")}, "never active together"),
        ({"configuration": ("p", "h")}, "never active together"),
        ({"configuration": ("p", "p", "a")}, "never active together"),
        ({"configuration": ("p", "x")}, "`test` lacks|'x'"),
        ({"history": {"h": Recorded(())}}, "remembers nothing"),
        ({"history": {"h": Recorded(("b",))}}, "remembers `b`"),
        ({"history": {"h": Recorded(("h",))}}, "remembers `h`"),
        ({"history": {"h": Recorded(("x",))}}, "remembers `x`"),
    ],
)
def test_a_snapshot_that_cannot_be_is_refused(change: Any, message: str) -> None:
    p = compound("p", history("h", "a"), atom("a", to("h", on="go")))
    session = begun(chart(p, atom("b")))
    with pytest.raises(InvalidSnapshot, match=message):
        macrostep(session.chart, replace(session.snapshot, **change), Event("go"))
