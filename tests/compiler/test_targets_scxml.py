"""SCXML documents: well-formed, read by other tools, and read back as charts that do the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.compiler.sources.scxml import machine_from_scxml
from statewright.compiler.targets import TARGETS, Export
from statewright.compiler.targets.history import is_remembered
from statewright.compiler.targets.scxml.names import Naming, naming_of
from statewright.expressions import Computed, Literal, Record, evaluate, parse
from statewright.statechart import (
    Datum,
    Effect,
    Event,
    Invoke,
    Macrostep,
    Release,
    State,
    Statechart,
    StateKind,
    Status,
    Transition,
    TransitionKind,
    digest_of,
    macrostep,
    parse_script,
    play,
    start,
)
from statewright.statechart.actions import Assign, Branch, ForEach, If, Log, Raise, Say, Send
from statewright.statechart.definition import Limits
from statewright.statechart.structure.tree import tree_of
from tests.properties import statecharts
from tests.properties.statecharts import Traits

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMESPACE = "{http://www.w3.org/2005/07/scxml}"


def exported(chart: Statechart) -> Export:
    return TARGETS["scxml"](Release(chart, digest_of(chart)))


def document_of(chart: Statechart) -> str:
    (text,) = exported(chart).files.values()
    return text


def read_again(chart: Statechart) -> Statechart:
    machine = machine_from_scxml(document_of(chart))
    assert [problem for problem in machine.problems if problem.severity == "error"] == []
    return machine.statechart


def chart_of(*states: State, data: tuple[Datum, ...] = (), **more: Any) -> Statechart:
    return Statechart("test", states, data=data, **more)


def on(event: str, *targets: str, guard: str | None = None, **more: Any) -> Transition:
    condition = None if guard is None else parse(guard)
    return Transition(targets, (event,) if event else (), condition, **more)


def element_of(text: str | bytes) -> ET.Element:
    """The root of a document, read by Python's own parser."""
    return ET.fromstring(text)  # noqa: S314 - we have just written it


# What both charts do


def seen(step: Macrostep, naming: Naming | None) -> dict[str, Any]:
    """What is compared of a turn; of the chart that was exported, in the names of the document."""
    snapshot = step.snapshot
    configuration = [naming.ids[one] if naming else one for one in snapshot.configuration]
    return {
        "configuration": configuration,
        "ended": snapshot.status is not Status.ACTIVE,
        "data": _data(snapshot.data, naming, snapshot.configuration),
        "said": [_said(effect.data) for effect in step.effects if _is_said(effect)],
        "invoked": [child.snapshot.configuration for child in snapshot.children],
    }


def _is_said(effect: Effect) -> bool:
    return effect.kind == "say" or effect.data.get("target") == "user"


def _said(data: Mapping[str, Any]) -> Any:
    return comparable(data["content"] if "content" in data else data["data"])


def _data(
    data: Mapping[str, Mapping[str, Any]],
    naming: Naming | None,
    configuration: Sequence[str],
) -> dict[str, Any]:
    if naming is None:
        return {name: comparable(value) for name, value in data.get("", {}).items()}
    return {
        naming.variables[scope, name]: comparable(value)
        for scope, values in data.items()
        for name, value in values.items()
        if not scope or scope in configuration
    }


def comparable(value: Any) -> Any:
    """A value without what is spelled anew: the texts of expressions, and ids with spaces."""
    if isinstance(value, str):
        return value.replace(" ", "_")
    if isinstance(value, Mapping):
        if {"message", "expression"} <= value.keys():
            return "an error"
        return {key: comparable(part) for key, part in value.items()}
    return [comparable(part) for part in value] if isinstance(value, (list, tuple)) else value


def assert_same(chart: Statechart, events: Sequence[Event]) -> None:
    """The chart and what is read of its document do the same."""
    again = read_again(chart)
    naming = naming_of(tree_of(chart))
    ours = start(chart, session="s", seed="s", now=0)
    theirs = start(replace(again, limit=chart.limit * 3), session="s", seed="s", now=0)
    again = replace(again, limit=chart.limit * 3)
    for event in (None, *events):
        if event is not None:
            if ours.snapshot.status is not Status.ACTIVE:
                break
            ours = macrostep(chart, ours.snapshot, event)
            theirs = macrostep(again, theirs.snapshot, event)
        if any(one.name == "error.limit" for one in ours.incidents):
            break
        expected, found = seen(ours, naming), seen(theirs, None)
        active = {naming.variables[key] for key in naming.variables if _lives(key[0], ours)}
        found["data"] = {name: part for name, part in found["data"].items() if name in active}
        assert found == expected


def _lives(scope: str, step: Macrostep) -> bool:
    return not scope or scope in step.snapshot.configuration


TRAITS = Traits(
    invocations=False,
    guard_texts=tuple(text for text in statecharts.GUARDS if "draw" not in text),
    action_pool=(
        *(
            one
            for one in statecharts.ACTIONS
            if "draw" not in repr(one) and not isinstance(one, Say)
        ),
        Say(Computed(parse("[n, 'said']"))),
    ),
)
"""What is said always has a value here: where it has none, SCXML says nothing, and we a blank."""


def without_remembered_data(chart: Statechart) -> Statechart:
    tree = tree_of(chart)

    def plain(state: State) -> State:
        lost = is_remembered(tree.nodes[state.id])
        return replace(
            state, states=tuple(map(plain, state.states)), data=() if lost else state.data
        )

    return replace(chart, states=tuple(map(plain, chart.states)), deferred=())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(statecharts.charts(traits=TRAITS).map(without_remembered_data), statecharts.events())
def test_a_random_chart_is_read_back_as_one_that_does_the_same(
    chart: Statechart, events: list[Event]
) -> None:
    assert_same(chart, events)


CALM = tuple(one for one in TRAITS.action_pool if one in statecharts.CALM)
FAMILIES = replace(TRAITS, action_pool=CALM, eventless=False, charts=("c0", "c1"))


def spelled(chart: Statechart) -> Statechart:
    """The chart with parameters that SCXML can write, and without what its invocations lose."""

    def plain(state: State) -> State:
        fields = Record((("n", Computed(parse("n"))),))
        invocations = (
            replace(one, params=fields, id_location=() if one.id else one.id_location)
            for one in state.invocations
        )
        inside = tuple(map(plain, state.states))
        return replace(state, states=inside, invocations=tuple(invocations))

    charts = {name: without_remembered_data(spelled(one)) for name, one in chart.charts.items()}
    return replace(chart, states=tuple(map(plain, chart.states)), charts=charts)


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(
    statecharts.charts(traits=FAMILIES).map(spelled).map(without_remembered_data),
    statecharts.events(),
)
def test_random_charts_that_invoke_charts_are_read_back_as_such_that_do_the_same(
    chart: Statechart, events: list[Event]
) -> None:
    # A chart stands in the document as often as it is invoked, up to a point.
    assume("charts" not in {loss.code for loss in exported(chart).losses})
    assert_same(chart, [event for event in events if event.name != "result"])


def test_an_invoked_chart_stands_in_the_document_and_is_read_back_with_all_its_ties() -> None:
    told = on("more", actions=(Send("sum", Computed(parse("n")), "#_parent"),))
    inner = chart_of(
        State("wait", transitions=(told, on("stop", "stop"))),
        State("stop", StateKind.FINAL, donedata=Computed(parse("n"))),
        data=(Datum("n", value=Literal(0)),),
        inputs=("n",),
    )
    invoke = Invoke(
        "a b",
        "scxml",
        Record((("n", Computed(parse("n + 1"))),)),
        chart=Literal("inner"),
        finalize=(Assign(("n",), Computed(parse("n + 10"))),),
        autoforward=True,
    )
    outer = chart_of(
        State("s", invocations=(invoke,), transitions=(on("done.invoke.a b", "end"), on("sum"))),
        State("end", StateKind.FINAL),
        data=(Datum("n", value=Literal(1)),),
        charts={"inner": inner},
    )
    assert {loss.code for loss in exported(outer).losses} == {"cel", "names"}
    assert_same(outer, [Event("more"), Event("more"), Event("stop")])


def test_what_is_sent_to_a_chart_that_was_invoked_finds_it_under_its_name_in_the_document() -> None:
    inner = chart_of(
        State("wait", transitions=(on("go", "end"),)),
        State("end", StateKind.FINAL),
    )
    told = on("go", actions=(Send("go", target="#_a b"),))
    done = on("done.invoke.a b", "end")
    outer = chart_of(
        State(
            "s",
            invocations=(Invoke("a b", "scxml", Record(()), chart=Literal("inner")),),
            transitions=(told, done),
        ),
        State("end", StateKind.FINAL),
        charts={"inner": inner},
    )
    assert "#_a_b" in document_of(outer)
    assert {loss.code for loss in exported(outer).losses} == {"cel", "names"}
    assert_same(outer, [Event("go")])


def test_charts_that_are_invoked_again_and_again_are_written_out_so_often_and_no_more() -> None:
    def invoking(chart: str) -> tuple[Invoke, ...]:
        return tuple(Invoke(f"i{n}", "scxml", Record(()), chart=Literal(chart)) for n in range(2))

    charts = {
        f"c{n}": chart_of(State("s", invocations=invoking(f"c{n + 1}")), data=(Datum("n"),))
        for n in range(40)
    }
    charts["c40"] = chart_of(State("s", data=(Datum("n", "int"),)))
    outer = chart_of(State("s", invocations=invoking("c0")), charts=charts)
    export = exported(outer)
    assert "charts" in {loss.code for loss in export.losses}
    assert "types" in {loss.code for loss in export.losses}, "what inner charts lose is said, too"
    assert len(document_of(outer)) < 20_000_000


def test_an_id_that_is_given_and_written_down_is_a_loss() -> None:
    send = Send("x", id="i", id_location=("n",))
    chart = chart_of(State("s", entry=((send,),)), data=(Datum("n"),))
    assert {loss.code for loss in exported(chart).losses} == {"cel", "ids"}
    assert [state.id for state in read_again(chart).states] == ["s"]


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.script.yaml")), ids=lambda path: path.name.split(".script")[0]
)
def test_an_example_is_read_back_as_a_chart_that_holds_the_same_conversation(path: Path) -> None:
    stem = path.name.removesuffix(".script.yaml")
    given_data, fixtures = (
        yaml.safe_load(one.read_text()) if one.exists() else None
        for one in (EXAMPLES / f"{stem}.data.yaml", EXAMPLES / f"{stem}.fixtures.yaml")
    )
    chart = example(stem.split(".")[0])
    script = parse_script(yaml.safe_load(path.read_text()))
    turns = play(
        chart,
        script,
        session="s",
        seed="s",
        now=1_767_225_600_000_000,
        data=given_data,
        fixtures=fixtures,
    )
    steps = [turn.macrostep for turn in turns]
    again, naming = read_again(chart), naming_of(tree_of(chart))
    theirs = start(again, session="s", seed="s", now=steps[0].snapshot.now, data=given_data or {})
    for ours in steps[1:]:
        event = ours.event
        if event.invocation:
            (waiting,) = theirs.snapshot.invocations
            event = replace(event, invocation=waiting.id)
        theirs = macrostep(again, theirs.snapshot, event)
        assert list(theirs.snapshot.configuration) == [
            naming.ids[state] for state in ours.snapshot.configuration
        ]


def example(stem: str) -> Statechart:
    document = EXAMPLES / f"{stem}.scxml"
    if document.exists():
        return machine_from_scxml(document.read_text()).statechart
    return compiler.compile(flows.read(EXAMPLES / f"{stem}.yaml")).release().statechart


# What stands in the document


def test_every_part_of_a_chart_has_its_element() -> None:
    actions = (
        Assign(("total", "net price"), Computed(parse("1 + 1"))),
        Raise("a", Literal(1)),
        Send("b", Record((("n", Computed(parse("n"))),)), "somewhere", id="i"),
        Send("c", delay=Literal(1_500_000)),
        If((Branch(parse("n > 1"), (Log("yes"),)), Branch(parse("n > 0"), ())), (Log("no"),)),
        ForEach(parse("[1, 2]"), "item", "place", (Log("item", Computed(parse("item"))),)),
    )
    chart = chart_of(
        State(
            "s",
            StateKind.COMPOUND,
            (
                State("h", StateKind.DEEP_HISTORY, initial=Transition(("t",))),
                State("t", exit=((Log("bye"),),)),
                State("end", StateKind.FINAL, donedata=Computed(parse("n"))),
            ),
            Transition(("t",), actions=(Log("begin"),)),
            (
                on("x", "t", guard="n < 1 && In('t')", kind=TransitionKind.INTERNAL),
                on("", "s", guard="n == 7"),
            ),
            entry=(actions,),
        ),
        data=(Datum("n", value=Literal(0)), Datum("total", "map"), Datum("item"), Datum("place")),
    )
    root = element_of(document_of(chart))
    names = {element.tag.removeprefix(NAMESPACE) for element in root.iter()}
    assert names == {
        *("scxml", "datamodel", "data", "state", "initial", "transition", "history", "final"),
        *("donedata", "content", "onentry", "onexit", "assign", "send", "if", "elseif"),
        *("else", "foreach", "log"),
    }
    assert_same(chart, [Event("x"), Event("x")])


def test_ids_with_dots_stay_as_they_are_for_events_to_match_their_beginnings() -> None:
    inner = State("a.b", StateKind.COMPOUND, (State("i", transitions=(on("e", "fi"),)), FINAL))
    heard = on("done.state.a", actions=(Say(Literal("heard")),))
    chart = chart_of(State("a", StateKind.COMPOUND, (inner,), transitions=(heard,)))
    for one in (chart, read_again(chart)):
        begun = start(one, session="s", seed="s", now=0).snapshot
        step = macrostep(one, begun, Event("e", None, 1))
        assert [effect.data["content"] for effect in step.effects] == ["heard"]


FINAL = State("fi", StateKind.FINAL)


def test_names_that_xml_or_cel_cannot_spell_are_replaced_and_stay_apart() -> None:
    names = ["a b", "a_b", "1", "<&>", 'q"', "é", "--", "x\x00", "in", "event"]
    states = tuple(
        State(
            name,
            transitions=(
                on("next one", names[(number + 1) % len(names)]),
                on(f"done.state.{name}"),
            ),
            entry=((Assign((name,), Literal(name)), Say(Literal(f"{name}\n<&>\t--"))),),
        )
        for number, name in enumerate(names)
    )
    data = tuple(Datum(name, value=Literal(0)) for name in names)
    chart = chart_of(*states, data=data)
    text = document_of(chart)
    ids = [element.get("id") for element in element_of(text).iter(f"{NAMESPACE}state")]
    assert len(set(ids)) == len(names)
    events = [Event("next_one", None, 1)] * 3
    again = read_again(chart)
    step = start(again, session="s", seed="s", now=0)
    for event in events:
        step = macrostep(again, step.snapshot, event)
    assert step.snapshot.configuration == (ids[3],)


def test_losses_name_what_scxml_has_no_words_for() -> None:
    chart = chart_of(
        State(
            "a/b",
            data=(Datum("n", "int", Literal(1), Limits(minimum=0.0)),),
            entry=((Say(Literal("Hi")),),),
            transitions=(on("x", "end"),),
        ),
        State("end", StateKind.FINAL, outcome="done"),
        deferred=("x",),
    )
    codes = {loss.code for loss in exported(chart).losses}
    assert codes == {"cel", "deferred", "names", "outcomes", "say", "types", "variables"}


def test_python_statemachine_reads_the_structure_and_runs_it() -> None:
    from statemachine.io import load  # noqa: PLC0415 - it takes long to import

    chart = chart_of(
        State(
            "work",
            StateKind.COMPOUND,
            (
                State("h", StateKind.SHALLOW_HISTORY, initial=Transition(("draft",))),
                State("draft", transitions=(on("submit", "review"),)),
                State("review", transitions=(on("accept", "end"),)),
                State("end", StateKind.FINAL),
            ),
            transitions=(on("pause", "paused"), on("done.state.work", "both")),
        ),
        State("paused", transitions=(on("resume", "h"),)),
        State("both", StateKind.PARALLEL, (State("left"), State("right"))),
    )
    machine = load(document_of(chart), format="scxml")()
    for event, expected in (
        ("submit", {"work", "review"}),
        ("pause", {"paused"}),
        ("resume", {"work", "review"}),
        ("accept", {"both", "left", "right"}),
    ):
        machine.send(event)
        assert {state.id for state in machine.configuration} == expected
    assert_same(chart, [Event(name) for name in ("submit", "pause", "resume", "accept")])


def test_what_is_said_is_the_value_of_an_expression() -> None:
    chart = chart_of(State("s", entry=((Say(Literal({"text": 'it\'s "quoted" & <b>'})),),)))
    root = element_of(document_of(chart))
    (content,) = root.iter(f"{NAMESPACE}content")
    said = evaluate(parse(str(content.get("expr"))), {})
    assert said == {"text": 'it\'s "quoted" & <b>'}
    assert_same(chart, [])


def some_texts() -> st.SearchStrategy[str]:
    return st.text(max_size=20)


@settings(max_examples=60, deadline=None)
@given(some_texts(), some_texts())
def test_any_text_makes_a_document_that_is_well_formed(name: str, said: str) -> None:
    clean = said.encode("utf-8", "replace").decode()
    chart = replace(chart_of(State("s", entry=((Say(Literal(clean)), Log(name)),))), name=name)
    element_of(document_of(chart).encode("utf-8", "backslashreplace"))
