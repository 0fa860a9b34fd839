"""A chart as one Python module that needs nothing but Python, and does what we do."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright import compiler, flows
from statewright.cli.flow_files import compiled_file
from statewright.compiler.targets import TARGETS
from statewright.errors import InvalidSnapshot
from statewright.expressions import Computed, Content, Literal, content_from_json, parse
from statewright.statechart import (
    Awaits,
    Datum,
    Event,
    Macrostep,
    Release,
    State,
    Statechart,
    StateKind,
    Transition,
    macrostep,
    parse_script,
    play,
    snapshot_from_json,
    start,
)
from statewright.statechart.actions import Assign, Say
from statewright.statechart.playing.play import json_from_effect
from tests.compiler.standalone import (
    assert_same,
    carrier_of,
    imported,
    release_of_chart,
    theirs,
    through_json,
    written,
)
from tests.properties.rules import watched
from tests.properties.statecharts import charts, events, families
from tests.properties.test_statechart_laws import heard

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.script.yaml"))
NOW = 1_767_603_600_000_000
FEW = settings(
    deadline=None,
    max_examples=int(os.environ.get("STATEWRIGHT_CHARTS", "40")) // 10,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@cache
def example(stem: str) -> Release:
    places = (EXAMPLES / f"{stem}{suffix}" for suffix in (".yaml", ".scxml"))
    (file,) = filter(Path.exists, places)
    return compiled_file(str(file)).compilation.release()


def extra(stem: str, what: str) -> Any:
    path = EXAMPLES / f"{stem}.{what}.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else {}


def conversation(script: Path) -> list[Macrostep]:
    """What we make of the conversation of an example."""
    stem = script.name.removesuffix(".script.yaml")
    turns = play(
        example(stem.split(".")[0]).statechart,
        parse_script(yaml.safe_load(script.read_text())),
        session="script",
        seed="statewright",
        now=NOW,
        data=extra(stem, "data"),
        fixtures=extra(stem, "fixtures"),
    )
    return [turn.macrostep for turn in turns]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name.removesuffix(".script.yaml"))
def test_a_module_holds_the_conversations_of_the_examples_byte_for_byte(
    script: Path, tmp_path: Path
) -> None:
    stem = script.name.removesuffix(".script.yaml")
    module = imported(example(stem.split(".")[0]).statechart, tmp_path)
    first, *others = conversation(script)
    begin = {"session": "script", "seed": "statewright", "now": NOW, "data": extra(stem, "data")}
    kept = reread = module.interpret(module.MACHINE, **begin)
    plain = module.start(**begin)
    assert_same(first, module, kept)
    for step in others:
        event = theirs(module, step.event)
        kept = module.macrostep(module.MACHINE, kept.snapshot, event)
        reread = module.macrostep(module.MACHINE, through_json(module, reread.snapshot), event)
        plain = module.step(plain.snapshot, {**said(step.event)})
        assert_same(step, module, kept)
        assert_same(step, module, reread)
        assert plain.snapshot == module.snapshot_to_json(kept.snapshot)
        assert list(plain.effects) == list(map(json_from_effect, step.effects))


def said(event: Event) -> dict[str, Any]:
    """An event as a host writes it."""
    found = {"name": event.name, "data": event.data, "now": event.now}
    return {**found, "invocation": event.invocation} if event.invocation else found


@FEW
@given(
    drawn=st.lists(
        st.tuples(charts() | charts().flatmap(watched), events()), min_size=8, max_size=12
    )
)
def test_a_module_does_what_we_do_with_random_charts(
    drawn: list[tuple[Statechart, list[Event]]], tmp_path: Path
) -> None:
    carried = {f"chart {number}": chart for number, (chart, _) in enumerate(drawn)}
    module = imported(carrier_of(carried), tmp_path)
    for (name, chart), (_, heard_events) in zip(carried.items(), drawn, strict=True):
        check_same(chart, heard_events, module, module.MACHINE.charts[name])


@FEW
@given(chart=families(), said=events())
def test_a_module_does_what_we_do_with_random_charts_that_invoke_charts(
    chart: Statechart, said: list[Event], tmp_path: Path
) -> None:
    module = imported(chart, tmp_path)
    check_same(chart, said, module, module.MACHINE)


def check_same(chart: Statechart, said: list[Event], module: Any, machine: Any) -> None:
    """That a machine of a module does what we do, kept and through JSON."""
    step = start(chart, session="s", seed="x", now=0)
    kept = module.interpret(machine, session="s", seed="x", now=0)
    assert_same(step, module, kept)
    for one in said:
        if step.snapshot.status != "active":
            return
        event = heard(step.snapshot, one)
        reread = through_json(module, kept.snapshot)
        step = macrostep(chart, step.snapshot, event)
        kept = module.macrostep(machine, kept.snapshot, theirs(module, event))
        assert_same(step, module, kept)
        again = module.macrostep(machine, reread, theirs(module, event))
        assert_same(step, module, again)


def test_a_module_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    file = written(example("order-status").statechart, tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); before = set(sys.modules)\n"
        f"import {file.stem} as module\n"
        "module.step(module.start(session='s', seed='x', now=0).snapshot,"
        " {'name': 'message', 'data': {'text': 'hi'}, 'now': 1})\n"
        "print(*(name.partition('.')[0] for name in set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert set(loaded) - {file.stem} <= sys.stdlib_module_names


@pytest.mark.parametrize("stem", ["order-status", "parking-gate", "support-triage"])
def test_a_module_makes_no_code_of_texts(stem: str) -> None:
    (text,) = TARGETS["python"](example(stem)).files.values()
    forbidden = {"eval", "exec", "compile", "__import__", "globals", "importlib", "open"}
    named = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not named & forbidden


def test_a_module_is_strictly_typed_and_clean(tmp_path: Path) -> None:
    found = {tool: shutil.which(tool, path=str(Path(sys.executable).parent)) for tool in TOOLS}
    if None in found.values():
        pytest.skip(f"not installed beside this Python: {found}")
    files = [written(example(stem).statechart, tmp_path) for stem in ("order-status", "quiz")]
    for tool, options in TOOLS.items():
        command = [str(found[tool]), *options, *map(str, files)]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout


TOOLS = {
    "mypy": ["--strict", "--config-file=", "--no-incremental", "--cache-dir=/dev/null"],
    "ruff": ["check", "--isolated", "--no-cache"],
}


def chart_saying(*contents: Content, name: str = "odd", **declared: Content) -> Statechart:
    data = tuple(Datum(variable, value=value) for variable, value in declared.items())
    entry = tuple(Say(content) for content in contents)
    return Statechart(name, (State("only", entry=(entry,)),), data=data)


def test_texts_of_an_author_stay_texts(tmp_path: Path) -> None:
    text = '"\'\'\'\\ \n\r\0\x1f\u2028\u202e\U0001f600 {{ }} """ é'
    chart = chart_saying(Literal(text), Literal({text: [text]}), name=f'{text}\n"""')
    module = imported(chart, tmp_path)
    step = module.start(session="s", seed="x", now=0)
    assert [effect["data"]["content"] for effect in step.effects] == [text, {text: [text]}]


def test_lots_fall_as_with_us_wherever_they_are_drawn(tmp_path: Path) -> None:
    told = "{{ draw(1000) }} {{ draw(1000) + draw(1000) }}"
    chart = chart_saying(content_from_json({"a": told, "b": [told, "{{ draw(1000) }}"]}))
    module = imported(chart, tmp_path)
    ours = start(chart, session="s", seed="x", now=0)
    assert_same(ours, module, module.interpret(module.MACHINE, session="s", seed="x", now=0))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Lead capture", "lead_capture.py"),
        ("json", "chart_json.py"),
        ("3 wishes", "chart_3_wishes.py"),
        ("class", "chart_class.py"),
        ("…", "chart.py"),
    ],
)
def test_the_module_of_a_chart_can_be_imported_and_hides_none_of_pythons(
    name: str, file: str
) -> None:
    assert list(TARGETS["python"](release_of_chart(chart_saying(name=name))).files) == [file]


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("'x'.matches(pattern)", "not written out"),
        ("regex.extract('x', 'a') == optional.none()", "regex.extract"),
        (r"'x'.matches('\\pL')", r"\\p"),
    ],
)
def test_an_expression_that_cannot_be_carried_over_is_a_loss_and_never_silent(
    expression: str, what: str, tmp_path: Path
) -> None:
    chart = Statechart(
        "asking",
        (
            State("wait", transitions=(Transition(("end",), ("go",), parse(expression)),)),
            State("end"),
        ),
        data=(Datum("pattern", value=Literal("a+")),),
    )
    export = TARGETS["python"](release_of_chart(chart))
    (loss,) = export.losses
    assert loss.code == "expression"
    assert what in loss.what
    assert (loss.place.state, loss.place.expression) == ("wait", expression)
    module = imported(chart, tmp_path)
    begun = module.start(session="s", seed="x", now=0)
    with pytest.raises(module.NotCarriedOver):
        module.step(begun.snapshot, {"name": "go", "now": 0})


@pytest.mark.parametrize(
    "text", ["now.getHours('Europe/Lisbon')", "schedule.at('2026-01-05', 'Europe/Lisbon')"]
)
def test_whoever_reads_time_zones_is_told_whose_they_are(text: str) -> None:
    chart = chart_saying(Computed(parse(text)))
    (loss,) = TARGETS["python"](release_of_chart(chart)).losses
    assert loss.code == "time-zones"


def test_a_deep_chart_and_a_deep_content_become_shallow_code(tmp_path: Path) -> None:
    state = State("s0")
    for number in range(1, 60):
        state = State(f"s{number}", kind=StateKind.COMPOUND, states=(state,))
    value: Any = 1
    for _ in range(60):
        value = [{"k": value}]
    chart = Statechart("deep", (state,), data=(Datum("v", value=Literal(value)),))
    module = imported(chart, tmp_path)
    assert module.start(session="s", seed="x", now=0).configuration[-1] == "s0"


def test_what_is_wrong_is_refused_as_by_us(tmp_path: Path) -> None:
    chart = Statechart("door", (State("shut", transitions=(Transition((), ("push",)),)),))
    module = imported(chart, tmp_path)
    begun = module.start(session="s", seed="x", now=0)
    for event in ({}, {"name": "a..b"}, {"name": "a", "kind": "platform"}, {"name": "done.x"}):
        with pytest.raises(module.InvalidEvent):
            module.step(begun.snapshot, event)
    with pytest.raises(module.InvalidEvent):
        module.start(session="s", seed="x", now=-1)
    with pytest.raises(module.InvalidSnapshot):
        module.step("{}", {"name": "push"})
    with pytest.raises(module.ForeignSnapshot):
        module.step(begun.snapshot.replace(module.DIGEST, "0" * 64), {"name": "push"})


@pytest.mark.parametrize(
    "event", [None, 5, "message", b"message", ["name"], {}, {1: 2}, {"name": 1}]
)
def test_an_event_that_is_none_is_refused(event: Any, tmp_path: Path) -> None:
    module = imported(Statechart("plain", (State("s"),)), tmp_path)
    begun = module.start(session="s", seed="s", now=0)
    with pytest.raises(module.InvalidEvent):
        module.step(begun.snapshot, event)


@pytest.mark.parametrize("snapshot", [None, 5, [], {}, "", b"\xff", "null", object()])
def test_a_snapshot_that_is_none_is_refused(snapshot: Any, tmp_path: Path) -> None:
    module = imported(Statechart("plain", (State("s"),)), tmp_path)
    with pytest.raises(module.InvalidSnapshot):
        module.step(snapshot, {"name": "e", "now": 1})
    with pytest.raises(module.InvalidSnapshot):
        module.awaiting(snapshot)
    with pytest.raises(InvalidSnapshot):
        snapshot_from_json(snapshot)


def test_a_module_tells_what_is_awaited(tmp_path: Path) -> None:
    ask = State(
        "ask",
        entry=((Assign(("offers",), Literal(["a", {"value": 2, "label": "b"}])),),),
        awaits=Awaits("choice", "ask", parse("offers")),
    )
    module = imported(Statechart("asks", (ask,), data=(Datum("offers"),)), tmp_path)
    assert module.awaiting(module.start(session="s", seed="x", now=0).snapshot) == {
        "kind": "choice",
        "node": "ask",
        "state": "ask",
        "owner": "",
        "choices": [{"value": "a", "label": "a"}, {"value": 2, "label": "b"}],
        "effects": [],
        "due": None,
    }


def test_declarations_are_carried_over_but_for_patterns() -> None:
    path = Path(flows.__file__).parent / "samples" / "variables.yaml"
    export = TARGETS["python"](compiler.compile(flows.read(path)).release())
    (text,) = export.files.values()
    assert {loss.code for loss in export.losses} == {"declared-patterns"}
    assert 'Member(type="double"' in text
    assert '"^[0-9]{5}$"' not in text.partition("CHART: Final")[2]
