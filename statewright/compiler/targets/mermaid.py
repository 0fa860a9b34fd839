"""A chart as a Mermaid state diagram (``stateDiagram-v2``), to be read by people.

The diagram shows states, transitions, events and guards. What it leaves out: actions, data,
invocations, and the order in which guards are tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.targets.export import Export, export_of, stem_of
from statewright.statechart.definition import State, Statechart, StateKind, Transition
from statewright.statechart.release import Release

LABEL_LIMIT = 60
"""Longer guards are cut."""


def mermaid_from(release: Release) -> Export:
    """One file with the diagram."""
    chart = release.statechart
    return export_of({f"{stem_of(chart.name)}.mmd": "\n".join(_lines(chart)) + "\n"})


def _lines(chart: Statechart) -> Iterator[str]:
    names = {state.id: f"s{number}" for number, state in enumerate(_all(chart.states))}
    yield "stateDiagram-v2"
    yield f"    %% {_plain(chart.name)}"
    initial = chart.initial.targets if chart.initial is not None else (chart.states[0].id,)
    for target in initial:
        yield f"    [*] --> {names[target]}"
    for state in chart.states:
        yield from _state(state, names, "    ")
    for state in _all(chart.states):
        for transition in state.transitions:
            yield from _transition(state, transition, names)
        if state.kind is StateKind.FINAL and state in chart.states:
            yield f"    {names[state.id]} --> [*]"


def _all(states: tuple[State, ...]) -> Iterator[State]:
    for state in states:
        yield state
        yield from _all(state.states)


def _state(state: State, names: dict[str, str], indent: str) -> Iterator[str]:
    name = names[state.id]
    yield f'{indent}state "{_quoted(state.id)}" as {name}'
    if not state.states:
        return
    yield f"{indent}state {name} {{"
    if state.kind is StateKind.COMPOUND:
        initial = state.initial.targets if state.initial is not None else (state.states[0].id,)
        if initial[0] in {child.id for child in state.states}:
            yield f"{indent}    [*] --> {names[initial[0]]}"
    for number, child in enumerate(state.states):
        if number and state.kind is StateKind.PARALLEL:
            yield f"{indent}    --"
        yield from _state(child, names, indent + "    ")
    yield f"{indent}}}"


def _transition(state: State, transition: Transition, names: dict[str, str]) -> Iterator[str]:
    label = " ".join(_plain(event) for event in transition.events)
    if transition.guard is not None:
        label = f"{label} [{_plain(transition.guard.text)}]".strip()
    suffix = f" : {label}" if label else ""
    for target in transition.targets or (state.id,):
        yield f"    {names[state.id]} --> {names[target]}{suffix}"


def _quoted(text: str) -> str:
    return _plain(text).replace('"', "#quot;")


def _plain(text: str) -> str:
    """A text that Mermaid takes literally: on one line, without its own signs."""
    line = " ".join(text.split())
    line = line if len(line) <= LABEL_LIMIT else line[: LABEL_LIMIT - 1] + "…"
    return line.translate(_ENTITIES)


_ENTITIES = str.maketrans(
    {"#": "#35;", ";": "#59;", ":": "#58;", "<": "#lt;", ">": "#gt;", "{": "#123;", "}": "#125;"}
)
