"""One step of a conversation: a session in a row and a message in, the next row out.

    python -m benchmarks.step

Every machine gets the same flow (four guarded transitions per state), the same data (fourteen
variables) and the same message, in one process and in turns, so that the ratios hold whatever the
machine. Ours is measured with objects in and out, and from JSON to JSON. python-statemachine gets
a fresh instance per message, which is what restoring a session takes; transitions gets one shared
machine and a model per message, its fastest way.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from statemachine.io import create_machine_class_from_definition
from transitions import Machine

from statewright.expressions import Computed, Literal, parse
from statewright.statechart import (
    Datum,
    Event,
    State,
    Statechart,
    Transition,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.actions import Assign

SIZES = (20, 5_000)
ROUNDS = 9
LIMIT_MICROSECONDS = 20.0
LIMIT_GROWTH = 1.2

DATA: dict[str, Any] = {
    "score": 3,
    "retries": 0,
    "n": 0,
    "last": "",
    "name": "Ana",
    "email": "ana@example.org",
    "lang": "pt",
    "cart": [1, 2, 3],
    "utm": {"src": "ads", "id": 7},
    "channel": "wa",
    "age": 33,
    "vip": False,
    "tz": "UTC",
    "step": 4,
}
MESSAGE: dict[str, Any] = {"choice": "yes"}


@dataclass(frozen=True)
class Subject:
    """One way of taking a step; ``step`` takes a session and gives the next one."""

    name: str
    session: Any
    step: Callable[[Any], Any]
    state_of: Callable[[Any], tuple[str, int]]
    repetitions: int


def chart_of(size: int) -> Statechart:
    """The flow as a chart of ours; guards and assignments are CEL."""

    def target(step: int) -> tuple[str, ...]:
        return (f"s{step % size}",)

    states = tuple(
        State(
            f"s{i}",
            transitions=(
                Transition(target(i + 7), ("message",), parse("retries > 3")),
                Transition(
                    target(i + 1),
                    ("message",),
                    parse(f"event.data.choice == 'yes' && score >= {i % 4}"),
                    actions=(Assign(("n",), Computed(parse("n + 1"))),),
                ),
                Transition(target(i + 2), ("message",)),
                Transition(("s0",), ("cancel",), parse("score >= 0")),
            ),
        )
        for i in range(size)
    )
    data = tuple(Datum(name, value=Literal(value)) for name, value in DATA.items())
    return Statechart("benchmark", states, data=data)


def ours(size: int) -> Subject:
    """Objects in, objects out."""
    chart = chart_of(size)
    event = Event("message", MESSAGE)
    first = start(chart, session="s", seed="x", now=0).snapshot
    return Subject(
        "statewright, objects",
        first,
        lambda snapshot: macrostep(chart, snapshot, event).snapshot,
        lambda snapshot: (snapshot.configuration[0], snapshot.data[""]["n"]),
        2_000,
    )


def ours_through_json(size: int) -> Subject:
    """JSON in, JSON out."""
    chart = chart_of(size)
    event = Event("message", MESSAGE)
    first = snapshot_to_json(start(chart, session="s", seed="x", now=0).snapshot)

    def step(text: str) -> str:
        return snapshot_to_json(macrostep(chart, snapshot_from_json(text), event).snapshot)

    def state_of(text: str) -> tuple[str, int]:
        snapshot = snapshot_from_json(text)
        return snapshot.configuration[0], snapshot.data[""]["n"]

    return Subject("statewright, JSON to JSON", first, step, state_of, 1_000)


class Model:
    """What the other machines change: a state and data."""

    def __init__(self, state: str, data: dict[str, Any]) -> None:
        self.state = state
        self.data = data


def python_statemachine(size: int) -> Subject:
    """A fresh instance per message: guards and actions are plain Python functions."""

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

    return Subject(
        "python-statemachine, fresh instance",
        Model("s0", dict(DATA)),
        step,
        lambda model: (model.state, model.data["n"]),
        max(2, 1_000 // size),
    )


def transitions_shared(size: int) -> Subject:
    """One machine for all sessions: guards and actions are plain Python functions."""

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

    return Subject(
        "transitions, shared machine",
        Model("s0", dict(DATA)),
        step,
        lambda model: (model.state, model.data["n"]),
        2_000,
    )


SUBJECTS = (ours, ours_through_json, python_statemachine, transitions_shared)


def measured(subjects: list[Subject]) -> dict[str, float]:
    """Microseconds of CPU per step: the best of several rounds, taken in turns."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for subject in subjects:
            session = subject.session
            gc.collect()
            gc.disable()
            begin = time.process_time()
            for _ in range(subject.repetitions):
                session = subject.step(session)
            spent = (time.process_time() - begin) / subject.repetitions * 1e6
            gc.enable()
            best[subject.name] = min(best.get(subject.name, spent), spent)
    return best


def check(subjects: list[Subject], size: int) -> None:
    """All subjects go the same way, or the comparison means nothing."""
    for subject in subjects:
        session = subject.session
        for count in range(1, 3):
            session = subject.step(session)
            assert subject.state_of(session) == (f"s{count % size}", count), subject.name


def main() -> None:
    """Measure, and print microseconds and ratios."""
    table: dict[int, dict[str, float]] = {}
    for size in SIZES:
        subjects = [make(size) for make in SUBJECTS]
        check(subjects, size)
        table[size] = measured(subjects)
    small, large = SIZES
    base = {size: table[size]["statewright, objects"] for size in SIZES}
    print(f"{'µs per step':38}{small:>10} states{large:>10} states   growth")
    for name in table[small]:
        cells = "".join(
            f"{table[size][name]:>10.1f} {table[size][name] / base[size]:>5.1f}×" for size in SIZES
        )
        print(f"{name:38}{cells}{table[large][name] / table[small][name]:>8.2f}×")
    growth = base[large] / base[small]
    met = max(base.values()) <= LIMIT_MICROSECONDS and growth <= LIMIT_GROWTH
    verdict = "met" if met else "MISSED"
    print(f"target: at most {LIMIT_MICROSECONDS:.0f} µs, growth at most {LIMIT_GROWTH}×: {verdict}")


if __name__ == "__main__":
    main()
