"""One step of a conversation: a session in a row and a message in, the next row out.

    python -m benchmarks.step

Every machine gets the same flow (four guarded transitions per state), the same data (fourteen
variables) and the same message, in one run and in turns, so that the ratios hold whatever the
machine. Only CPU time counts, of all threads, and of it the best of several rounds: what else runs
meanwhile makes a step slower, never faster. XState and harel have two or three ways of taking a
step, and are measured in each; python-statemachine gets a fresh instance per message, which is what
restoring a session takes; transitions gets one shared machine, its fastest way.

XState needs node; npm installs it as the tests of the targets do (see CONTRIBUTING.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from benchmarks.step_flow import DATA, MESSAGE, Steps, Subject, subject
from benchmarks.step_peers import (
    XSTATE,
    harel_json,
    harel_objects,
    python_statemachine,
    transitions_shared,
    xstate,
)
from statewright.expressions import Computed, Literal, parse
from statewright.statechart import (
    Datum,
    Event,
    State,
    Statechart,
    Transition,
    chart_from_json,
    chart_to_json,
    digest_of,
    macrostep,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.actions import Assign
from statewright.statechart.stepping.programs import prepare

SIZES = (20, 5_000)
ROUNDS = 15

OBJECTS = "statewright, objects"
TEXT = "statewright, JSON to JSON"
PYTHON_STATEMACHINE = "python-statemachine, fresh instance"
HAREL = "harel, objects"


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


TEXTS = {size: chart_to_json(chart_of(size)) for size in SIZES}
"""The charts as they are stored; building begins with that."""


def built(size: int) -> Statechart:
    """The chart, its tables, its digest and the code of its expressions."""
    chart = chart_from_json(TEXTS[size])
    digest_of(chart)
    prepare(chart)
    return chart


def ours(size: int) -> Steps:
    """Objects in, objects out."""
    chart = built(size)
    event = Event("message", MESSAGE)
    return Steps(
        start(chart, session="s", seed="x", now=0).snapshot,
        lambda snapshot: macrostep(chart, snapshot, event).snapshot,
        lambda snapshot: (snapshot.configuration[0], snapshot.data[""]["n"]),
    )


def ours_through_json(size: int) -> Steps:
    """JSON in, JSON out, as bytes."""
    chart = built(size)
    event = Event("message", MESSAGE)

    def step(text: bytes) -> bytes:
        return snapshot_to_json(macrostep(chart, snapshot_from_json(text), event).snapshot).encode()

    def state_of(text: bytes) -> tuple[str, int]:
        snapshot = snapshot_from_json(text)
        return snapshot.configuration[0], snapshot.data[""]["n"]

    first = start(chart, session="s", seed="x", now=0).snapshot
    return Steps(snapshot_to_json(first).encode(), step, state_of)


def subjects_of(size: int) -> Iterator[Subject]:
    """All that is measured."""
    yield subject(OBJECTS, ours, size)
    yield subject(TEXT, ours_through_json, size)
    yield from (xstate(name, way, size) for name, way in XSTATE.items())
    yield subject(HAREL, harel_objects, size)
    yield subject("harel, JSON to JSON", harel_json, size)
    yield subject(PYTHON_STATEMACHINE, python_statemachine, size)
    yield subject("transitions, shared machine", transitions_shared, size)


def measured(size: int) -> tuple[dict[str, float], dict[str, float]]:
    """Microseconds per step, and seconds that building took."""
    with ExitStack() as stack:
        subjects = list(subjects_of(size))
        for one in subjects:
            stack.callback(one.close)
        rounds = [{one.name: one.measured() for one in subjects} for _ in range(ROUNDS)]
        steps = {one.name: min(times[one.name] for times in rounds) for one in subjects}
        return steps, {one.name: one.build for one in subjects}


def targets(
    small: Mapping[str, float], large: Mapping[str, float], build: float
) -> Iterator[tuple[str, float, float]]:
    """What is asked of a step: what it is, what was found, and what it may be at most."""
    yield "µs, objects, 20 states", small[OBJECTS], 8.0
    yield "µs, JSON to JSON, 20 states", small[TEXT], 16.0
    yield "growth to 5,000 states, objects", large[OBJECTS] / small[OBJECTS], 1.2
    yield "growth to 5,000 states, JSON to JSON", large[TEXT] / small[TEXT], 1.2
    yield "s, build of 5,000 states", build, 1.5
    yield "part of harel", small[OBJECTS] / small[HAREL], 1 / 2
    yield "part of python-statemachine", small[OBJECTS] / small[PYTHON_STATEMACHINE], 1 / 80
    for name, way in XSTATE.items():
        own = TEXT if way == "json" else OBJECTS
        yield f"part of {name}", small[own] / small[name], 1 / 2


def main() -> None:
    """Measure, and print microseconds and ratios."""
    (small, small_builds), (large, large_builds) = map(measured, SIZES)
    print(f"{'µs per step':44}{SIZES[0]:>9} states{SIZES[1]:>12} states  growth  build ms")
    for name in small:
        cells = "".join(
            f"{table[name]:>10.1f} {table[name] / table[OBJECTS]:>7.1f}×"
            for table in (small, large)
        )
        builds = f"{small_builds[name] * 1e3:.0f} {large_builds[name] * 1e3:.0f}"
        print(f"{name:44}{cells}{large[name] / small[name]:>7.2f}×{builds:>10}")
    print()
    for what, found, most in targets(small, large, large_builds[OBJECTS]):
        verdict = "met" if found <= most else "MISSED"
        print(f"{what:58}{found:>8.4g}, at most {most:<8.4g}{verdict}")


if __name__ == "__main__":
    main()
