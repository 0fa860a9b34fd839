"""Classes of python-statemachine as source: they read well, and do what our engine does."""

from __future__ import annotations

import importlib.util
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from statewright.compiler.targets import TARGETS, Export
from statewright.compiler.targets.python_statemachine.plain import python_from
from statewright.compiler.targets.python_statemachine.written import Chart, Model
from statewright.expressions import Literal, Text, parse, parse_template
from statewright.statechart import (
    Awaits,
    Datum,
    Event,
    Invoke,
    Macrostep,
    Release,
    Statechart,
    StateKind,
)
from statewright.statechart import State as OurState
from statewright.statechart.actions import Assign, Branch, ForEach, If, Log, Raise, Say, Send
from statewright.statechart.structure.tree import tree_of
from tests.compiler.hosted_runs import (
    CAMPAIGN,
    CONVERSATIONS,
    NEW_YEAR,
    WRITTEN,
    chart_of,
    computed,
    on,
    played,
    some_charts,
    some_events,
)
from tests.compiler.xstate_runs import has_no_end, ran, released


def module_from(export: Export, folder: Path) -> Any:
    """The module that an export is, imported from a file."""
    ((name, text),) = export.files.items()
    path = folder / name
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def class_from(release: Release, folder: Path) -> Any:
    module = module_from(TARGETS["python-statemachine"](release), folder)
    (found,) = (
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Chart) and one is not Chart
    )
    return found


def send(machine: Any, event: Event) -> None:
    """Send an event, after those of the timers that are due: what a host does."""
    model = machine.model
    while model.timers and model.timers[0]["due"] <= event.now and not machine.is_terminated:
        timer = model.timers.pop(0)
        machine.send(timer["event"], data=timer["data"], now=timer["due"])
    if event.name != "tick":
        machine.send(event.name, data=event.data, now=event.now)


def seen(machine: Any) -> tuple[list[str], dict[str, Any]]:
    return [state.name for state in machine.configuration], machine.model.data.get("", {})


def ours(step: Macrostep) -> tuple[list[str], dict[str, Any]]:
    return list(step.snapshot.configuration), dict(step.snapshot.data.get("", {}))


@pytest.mark.parametrize(("stem", "flow"), CONVERSATIONS, ids=str)
def test_a_written_class_holds_the_conversations_of_the_examples(
    stem: str, flow: Path, tmp_path: Path
) -> None:
    compilation, steps, data = played(stem, flow)
    release = compilation.release()
    losses = {loss.code for loss in TARGETS["python-statemachine"](release).losses}
    machine = class_from(release, tmp_path)(Model(data, session="s", seed="s", now=NEW_YEAR))
    for number, step in enumerate(steps):
        if number:
            send(machine, step.event)
        assert seen(machine) == ours(step)
        said = [one["content"] for one in machine.model.effects if one["kind"] == "say"]
        expected = [one.data["content"] for one in step.effects if one.kind == "say"]
        assert "draw" in losses or said == expected
        machine.model.effects.clear()


STRUCTURAL = {
    "history-from-inside",
    "initial-actions",
    "outermost-parallel",
    "remembered-variables",
}
"""Losses that show in the configuration or in the data."""


@CAMPAIGN
@given(some_charts(WRITTEN), some_events())
def test_written_classes_of_random_charts_run_the_same(
    tmp_path_factory: pytest.TempPathFactory, chart: Statechart, events: list[Event]
) -> None:
    chart = replace(chart, deferred=())
    steps = ran(chart, events)
    release = released(chart)
    losses = {loss.code for loss in TARGETS["python-statemachine"](release).losses}
    if has_no_end(steps) or losses & STRUCTURAL:
        return
    machine = class_from(release, tmp_path_factory.mktemp("written"))()
    for number, step in enumerate(steps):
        if number:
            send(machine, step.event)
        assert seen(machine) == ours(step)


def written(chart: Statechart) -> str:
    return next(iter(TARGETS["python-statemachine"](released(chart)).files.values()))


def test_a_class_reads_like_one_that_was_written_by_hand() -> None:
    text = written(
        chart_of(
            OurState(
                "ask",
                StateKind.COMPOUND,
                (
                    OurState("wait", transitions=(on("answer", "done", guard="age >= 18"),)),
                    OurState("done", StateKind.FINAL, donedata=computed("age")),
                ),
                entry=((Say(Text(parse_template("Hi {{ name }}"))),),),
                transitions=(
                    on("done.state.ask", "bye", actions=(Assign(("age",), computed("age + 1")),)),
                ),
            ),
            OurState("bye", StateKind.FINAL),
            data=(Datum("age", "int", Literal(17)), Datum("name", "string")),
        )
    )
    assert text.partition("class Test(Chart):")[2] == READABLE


READABLE = '''
    """test."""

    variables = {"": (Datum("age", "int"), Datum("name", "string"))}

    start = State(initial=True, enter="declare_variables")

    class ask(State.Compound, name="ask", enter="enter_ask"):
        wait = State("wait")
        done = State("done", final=True, donedata="output_done")

    bye = State("bye", final=True)

    start.to(ask)
    ask.to(bye, event="done.state.ask", on="act_ask_0")
    ask.wait.to(ask.done, event="answer", cond="guard_wait_0")

    @block("")
    def declare_variables(self, model: Model) -> None:
        model.declare("age", 17)

    @block("ask")
    def enter_ask(self, model: Model) -> None:
        model.say(model.shown("Hi {{ name }}", place="text"))

    @block("done")
    def output_done(self, model: Model) -> Any:
        return {"data": model["age"]}

    @block("ask")
    def act_ask_0(self, model: Model) -> None:
        model.assign("age", model["age"] + 1)

    @guard("wait", "age >= 18")
    def guard_wait_0(self, model: Model) -> bool | None:
        return model["age"] >= 18
'''


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("n >= 18 && name != 'Ann'", 'model["n"] >= 18 and model["name"] != "Ann"'),
        ("!(n < 1.5) || flag", 'not (model["n"] < 1.5) or model["flag"]'),
        ("has(vars.name) && size(tags) > 1", '"name" in model and len(model["tags"]) > 1'),
        ("'vip' in tags", '"vip" in model["tags"]'),
        (
            "name.startsWith('A') && In('s/1')",
            'model["name"].startswith("A") and model.is_in("s_1")',
        ),
        ("n % 2 == 0", None),  # CEL's remainder has another sign
        ("any == 1", None),  # in Python, true is one
        ("1 in tags", None),
        ("n + 1 > 5", None),  # CEL has an end of ints
        ("input == 'yes'", None),
        ("tags.exists(t, t == 'a')", None),
        ("name == 1", None),
        ("n", None),  # no bool
    ],
)
def test_a_guard_is_plain_python_where_that_means_the_same(text: str, python: str | None) -> None:
    assert python_from(parse(text), SCOPE, {"s/1": "s_1"}, guard=True) == python


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("n + 1", 'model["n"] + 1'),
        ("name + '!'", 'model["name"] + "!"'),
        ("tags + ['x']", 'model["tags"] + ["x"]'),
        ("flag ? 1 : 0", '1 if model["flag"] else 0'),
        ("flag || missing", None),
        ("flag || n > 1", None),  # CEL forgives an error of one operand
        ("(n + 1) + 1", None),
        ("'" + "x" * 90 + "'", None),
    ],
)
def test_a_value_is_plain_python_where_it_also_fails_alike(text: str, python: str | None) -> None:
    assert python_from(parse(text), SCOPE, {}) == python


SCOPE = tree_of(
    chart_of(
        OurState("s"),
        data=(
            Datum("n", "int"),
            Datum("name", "string"),
            Datum("flag", "bool"),
            Datum("tags", "list"),
            Datum("any"),
        ),
    )
).root.scope


def test_a_guard_that_python_cannot_decide_is_asked_of_cel(tmp_path: Path) -> None:
    chart = chart_of(
        OurState(
            "a",
            transitions=(
                on("e", "b", guard="unset > 1 || n == 0"),
                on("f", "b", guard="unset > 1"),
            ),
        ),
        OurState("b", transitions=(on("back", "a"),)),
        OurState("c"),
        data=(Datum("unset", "int"), Datum("n", "int", Literal(0))),
    )
    assert 'return model["unset"] > 1 or model["n"] == 0' in written(chart)
    machine = class_from(released(chart), tmp_path)()
    machine.send("f")
    assert machine.model.incidents == [("error.execution.guard", "`unset` has no value")]
    machine.send("e")
    assert seen(machine)[0] == ["b"]


def test_actions_of_every_kind_are_methods(tmp_path: Path) -> None:
    chart = chart_of(
        OurState(
            "a",
            entry=(
                (
                    Assign(("m", "k"), computed("[n]")),
                    If((Branch(parse("n > 5"), (Log("big", computed("n")),)),), (Log("small"),)),
                    ForEach(
                        parse("[1, 2]"), "it", "at", (Assign(("n",), computed("n + it * at")),)
                    ),
                    Send("later", computed("n"), delay=Literal("2s"), id="t"),
                    Send("ping", Literal({"a": [1]}), "partner"),
                    Raise("go"),
                ),
                (Assign(("nowhere",), Literal(1)),),
            ),
            transitions=(on("go", "b"),),
            awaits=Awaits("text", "a"),
        ),
        OurState(
            "b",
            invocations=(Invoke("call", "http", computed("{'n': n}")),),
            transitions=(on("later", "c"),),
        ),
        OurState("c", StateKind.FINAL, outcome="fine"),
        data=(Datum("n", "int", Literal(3)), Datum("m", "map")),
    )
    machine = class_from(released(chart), tmp_path)(Model(now=5))
    assert seen(machine) == (["b"], {"n": 5, "m": {"k": [3]}, "it": 2, "at": 1})
    assert machine.model.effects == [
        {"kind": "send", "target": "partner", "event": "ping", "data": {"a": [1]}},
        {"kind": "invoke", "name": "call", "type": "http", "params": {"n": 5}},
    ]
    assert machine.model.timers == [{"due": 2_000_005, "event": "later", "data": 5, "id": "t"}]
    assert [name for name, _ in machine.model.incidents] == ["log", "error.execution.action"]
    send(machine, Event("tick", now=2_000_005))
    assert machine.is_terminated
    assert machine.model.effects[-1] == {"kind": "cancel", "name": "call"}


HOSTILE = "\"\"\"'''\\\n{x}\t\u2028 ${1} %s"


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    chart = Statechart(
        HOSTILE,
        (
            OurState(
                HOSTILE,
                entry=(
                    (
                        Say(Literal({HOSTILE: HOSTILE})),
                        Log(HOSTILE),
                        Assign((HOSTILE,), Literal(HOSTILE)),
                    ),
                ),
                transitions=(on("e", HOSTILE, guard=f"vars[{HOSTILE!r}] == {HOSTILE!r}"),),
            ),
        ),
        data=(Datum(HOSTILE, "string"),),
        inputs=(HOSTILE,),
    )
    machine = class_from(released(chart), tmp_path)()
    assert machine.model.effects == [{"kind": "say", "content": {HOSTILE: HOSTILE}}]
    machine.send("e")
    assert len(machine.model.effects) == 2
    assert machine.model["" + HOSTILE] == HOSTILE


@pytest.mark.parametrize(
    "name", ["none", "", "State", "Model", "Datum", "2 go", "日本", "_", "block"]
)
def test_any_name_of_a_chart_becomes_that_of_a_class(name: str, tmp_path: Path) -> None:
    chart = Statechart(name, (OurState("a", entry=((Log("x"),),)),), data=(Datum("n", "int"),))
    ((file, text),) = TARGETS["python-statemachine"](released(chart)).files.items()
    assert file.endswith(".py")
    namespace = runpy.run_path(str(written_to(tmp_path / file, text)))
    (made,) = (
        one
        for one in namespace.values()
        if isinstance(one, type) and one.__module__ == "<run_path>" and issubclass(one, Chart)
    )
    assert seen(made())[0] == ["a"]


def written_to(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
