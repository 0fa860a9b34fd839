"""The machines that ``benchmarks.step`` measures ours beside: their guards are plain functions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harel import Event as HarelEvent
from harel import engine
from harel.definition.builder import build_definition
from harel.engine.execution import Execution, Status
from statemachine.io import create_machine_class_from_definition
from transitions import Machine

from benchmarks.step_flow import DATA, MESSAGE, Steps, Subject
from tests.compiler.node_tools import installed


class Model:
    """What machines in Python change: a state and data."""

    def __init__(self, state: str, data: dict[str, Any]) -> None:
        self.state = state
        self.data = data


def _state_of(model: Model) -> tuple[str, int]:
    return model.state, model.data["n"]


def python_statemachine(size: int) -> Steps:
    """A fresh instance per message, which is what restoring a session takes."""

    def count(model: Model) -> None:
        model.data["n"] += 1

    def patient(model: Model) -> bool:
        return bool(model.data["retries"] > 3)

    def accepted(least: int) -> Callable[..., bool]:
        return lambda model, choice: choice == "yes" and model.data["score"] >= least

    states: dict[str, Any] = {
        f"s{i}": {
            "initial": i == 0,
            "on": {
                "message": [
                    {"target": f"s{(i + 7) % size}", "cond": patient},
                    {"target": f"s{(i + 1) % size}", "cond": accepted(i % 4), "on": count},
                    {"target": f"s{(i + 2) % size}"},
                ]
            },
        }
        for i in range(size)
    }
    machine = create_machine_class_from_definition(f"Flow{size}", states=states)

    def step(session: Model) -> Model:
        model = Model(session.state, dict(session.data))
        machine(model=model).send("message", **MESSAGE)
        return model

    return Steps(Model("s0", dict(DATA)), step, _state_of, max(1, 1_000 // size))


def transitions_shared(size: int) -> Steps:
    """One machine for all sessions, its fastest way."""

    def count(event: Any) -> None:
        event.model.data["n"] += 1

    def patient(event: Any) -> bool:
        return bool(event.model.data["retries"] > 3)

    def accepted(least: int) -> Callable[[Any], bool]:
        return lambda event: event.kwargs["choice"] == "yes" and event.model.data["score"] >= least

    machine = Machine(
        model=None,
        states=[f"s{i}" for i in range(size)],
        initial="s0",
        send_event=True,
        auto_transitions=False,
    )
    for i in range(size):
        machine.add_transition("message", f"s{i}", f"s{(i + 7) % size}", conditions=patient)
        machine.add_transition(
            "message", f"s{i}", f"s{(i + 1) % size}", conditions=accepted(i % 4), before=count
        )
        machine.add_transition("message", f"s{i}", f"s{(i + 2) % size}")
    message = machine.events["message"]

    def step(session: Model) -> Model:
        model = Model(session.state, dict(session.data))
        message.trigger(model, **MESSAGE)
        return model

    return Steps(Model("s0", dict(DATA)), step, _state_of)


def _harel_definition(size: int) -> Any:
    def above(field: str, operator: str, value: int) -> Any:
        ref = {"source": "context", "field": field, "op": operator, "value": value}
        return {"__ref__": ref}

    plus_one = {
        "arith": {
            "op": "+",
            "left": {"ref": {"source": "context", "field": "n"}},
            "right": {"lit": 1},
        }
    }

    def transition(i: int, ahead: int, **more: Any) -> dict[str, Any]:
        return {"from": f"s{i}", "to": f"s{(i + ahead) % size}", "set": [], **more}

    transitions = [
        one
        for i in range(size)
        for one in (
            transition(i, 7, on_event={"type": "message", **above("retries", "gt", 3)}),
            transition(
                i,
                1,
                on_event={
                    "type": "message",
                    "all": [{"choice__eq": "yes"}, above("score", "ge", i % 4)],
                },
                set=[{"field": "n", "expr": plus_one}],
            ),
            transition(i, 2, on_event={"type": "message"}),
        )
    ]
    states: dict[str, Any] = {f"s{i}": {} for i in range(size)}
    document = {"start": "s0", "states": states, "transitions": transitions}
    return build_definition(document, None, "flow")


def _execution() -> Execution:
    return Execution(
        id="x",
        definition_id="flow",
        status=Status.RUNNING,
        active_path="s0",
        context=dict(DATA),
    )


def _harel_repetitions(size: int) -> int:
    return 1_000 if size < 1_000 else 20


def harel_objects(size: int) -> Steps:
    """Its engine alone, on an execution that is copied."""
    definition = _harel_definition(size)
    event = HarelEvent(kind="message", data=MESSAGE)

    def step(session: Execution) -> Execution:
        after = session.model_copy(update={"context": dict(session.context)})
        for _ in engine.process(definition, after, event):
            pass
        return after

    return Steps(
        _execution(),
        step,
        lambda session: (session.active_path, session.context["n"]),
        _harel_repetitions(size),
    )


def harel_json(size: int) -> Steps:
    """The same from JSON to JSON."""
    definition = _harel_definition(size)
    event = HarelEvent(kind="message", data=MESSAGE)

    def step(text: str) -> str:
        session = Execution.model_validate_json(text)
        for _ in engine.process(definition, session, event):
            pass
        return str(session.model_dump_json())

    def state_of(text: str) -> tuple[str, int]:
        session = json.loads(text)
        return session["active_path"], session["context"]["n"]

    return Steps(_execution().model_dump_json(), step, state_of, _harel_repetitions(size))


XSTATE = {
    "XState 5, transition() on a live snapshot": "transition",
    "XState 5, persisted snapshot": "persisted",
    "XState 5, JSON to JSON": "json",
}
"""Ways of taking a step with XState."""

WARMING = 5
"""Rounds before the first one that counts: V8 compiles what it has seen often enough."""


def xstate(name: str, way: str, size: int) -> Subject:
    """A node process with the machine, which measures itself.

    There is one for each way of taking steps: V8 optimises a function for all that it is used for.
    """
    process = subprocess.Popen(
        [
            "node",
            str(Path(__file__).with_name("step_xstate.mjs")),
            str(installed()),
            way,
            str(size),
            json.dumps({"data": DATA, "message": MESSAGE}),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asked, answered = process.stdin, process.stdout
    build = float(answered.readline()) / 1e3

    def measured() -> float:
        asked.write("2000\n")
        asked.flush()
        return float(answered.readline())

    def close() -> None:
        asked.close()
        answered.close()
        process.wait()

    for _ in range(WARMING):
        measured()
    return Subject(name, build, measured, close)
