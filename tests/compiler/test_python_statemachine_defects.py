"""Known defects of python-statemachine 3.2.

When one of these tests fails, the defect was mended, and what ``machines.py`` and ``written.py`` do
about it can go.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any, ClassVar

import pytest
from statemachine import HistoryState, State, StateChart
from statemachine.io import load


class Ordered(StateChart[Any]):
    """Two regions, so that pre-order and the order of levels differ."""

    validate_trap_states = False

    class P(State.Parallel):
        class R(State.Compound):
            a = State(initial=True)
            b = State()
            a.to(b, event="e")

        class Q(State.Compound):
            c = State(initial=True)
            d = State()
            c.to(d, event="e")

    class Hist(State.Compound):
        f = State(initial=True)
        g = State()
        h = HistoryState()
        f.to(g, event="next")

    out = State()
    P.to(Hist, event="go")
    Hist.to(out, event="leave")
    out.to(Hist.h, event="back", on="count")
    counted = 0

    def count(self) -> None:
        type(self).counted += 1


class Kept:
    """A model that has a state already."""

    def __init__(self, state: Any) -> None:
        self.state = state


def through(*events: str) -> Any:
    machine = Ordered()
    for event in events:
        machine.send(event)
    return machine


def test_a_loaded_class_has_its_data_for_the_first_machine_only() -> None:
    goes = {"event": "go", "target": "b", "on": [{"assign": {"location": "n", "expr": "n + 1"}}]}
    states = {
        "a": {"initial": True, "transitions": [goes]},
        "b": {"transitions": [{"target": "a", "event": "back"}]},
    }
    made = load(json.dumps({"name": "L", "datamodel": {"n": "0"}, "states": states}), format="json")
    first, second = made(), made()
    for machine in (first, second):
        machine.send("go")
    assert first.model.n == 1
    assert not hasattr(second.model, "n")


def test_a_configuration_from_json_is_refused() -> None:
    written_down = json.loads(json.dumps(list(Ordered().model.state)))
    with pytest.raises(TypeError, match="unhashable"):
        Ordered(model=Kept(written_down)).send("e")


SET = """
from statemachine import State, StateChart
class Chart(StateChart):
    validate_trap_states = validate_disconnected_states = False
    x = State(); y = State()
    class p(State.Parallel):
        class r(State.Compound):
            a = State(initial=True)
        class q(State.Compound):
            c = State(initial=True)
    p.r.a.to(x, event="e"); p.q.c.to(y, event="e")
class Model: state = {"p", "r", "a", "q", "c"}
machine = Chart(model=Model()); machine.send("e"); print(machine.model.state)
"""


def test_which_transition_wins_depends_on_the_order_of_a_set() -> None:
    winners = {
        subprocess.run(
            [sys.executable, "-c", SET],
            env={"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in (0, 1)
    }
    assert winners == {"x", "y"}


def test_history_is_lost_with_the_instance() -> None:
    kept = through("go", "next", "leave")
    restored = Ordered(model=Kept(kept.model.state))
    kept.send("back")
    restored.send("back")
    assert list(kept.model.state) == ["Hist", "g"]
    assert restored.model.state is None


def test_document_order_goes_level_by_level() -> None:
    assert {name: state.document_order for name, state in Ordered.states_map.items()} == {
        "P": 1,
        "R": 2,
        "a": 3,
        "b": 4,
        "Q": 3,
        "c": 4,
        "d": 5,
        "Hist": 2,
        "f": 3,
        "g": 4,
        "out": 3,
    }


def test_a_delayed_event_blocks_its_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("statemachine.engines.sync.sleep", sleep)
    machine = through("go")
    machine.send("next", delay=5)
    assert slept
    assert list(machine.model.state) == ["Hist", "g"]


def test_a_machine_that_has_ended_is_dead_for_every_later_state() -> None:
    class Ending(StateChart[Any]):
        a = State(initial=True)
        b = State(final=True)
        a.to(b, event="end")

    machine = Ending()
    machine.send("end")
    machine.model.state = "a"
    machine.send("end")
    assert machine.model.state == "a"


def test_a_machine_with_history_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(through("go", "next", "leave"))


def test_actions_of_a_transition_to_a_history_state_run_twice() -> None:
    Ordered.counted = 0
    through("go", "leave", "back")
    assert Ordered.counted == 2


def test_an_outermost_parallel_state_that_is_done_ends_the_machine() -> None:
    class Regions(StateChart[Any]):
        validate_trap_states = False

        class P(State.Parallel):
            class R(State.Compound):
                a = State(initial=True)
                b = State(final=True)
                a.to(b, event="e")

        x = State()
        P.to(x, event="go")

    machine = Regions()
    machine.send("e")
    machine.send("go")
    assert machine.is_terminated
    assert "x" not in machine.configuration_values


def test_an_internal_transition_to_itself_enters_without_leaving() -> None:
    class Internal(StateChart[Any]):
        validate_trap_states = False
        a = State(initial=True, enter="entered", exit="left")
        a.to(a, event="e", internal=True)

        def __init__(self) -> None:
            self.seen: list[str] = []
            super().__init__()

        def entered(self) -> None:
            self.seen.append("entered")

        def left(self) -> None:
            self.seen.append("left")

    machine = Internal()
    machine.send("e")
    assert machine.seen == ["entered", "entered"]


def test_actions_of_an_initial_transition_to_a_grandchild_are_lost() -> None:
    class Deep(StateChart[Any]):
        validate_trap_states = False
        seen: ClassVar[list[int]] = []

        class C(State.Compound):
            class D(State.Compound):
                e = State(initial=True)
                f = State()

        C.to(C.D.f, initial=True, on="act")

        def act(self) -> None:
            self.seen.append(1)

    assert list(Deep().model.state) == ["C", "D", "f"]
    assert Deep.seen == []


def test_an_event_named_like_an_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match="name"):
        Ordered().send("model")


def test_eventless_transitions_are_asked_before_an_event_is_looked_at() -> None:
    class Asking(StateChart[Any]):
        validate_trap_states = False
        a = State(initial=True)
        b = State()
        a.to(b, cond="asked")
        a.to(b, event="e")

        def __init__(self) -> None:
            self.count = 0
            super().__init__()

        def asked(self) -> bool:
            self.count += 1
            return False

    machine = Asking()
    assert machine.count == 1
    machine.send("e")
    assert machine.count == 2
