"""A chart as a Mermaid state diagram (``stateDiagram-v2``), to be read by people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from statewright.compiler.targets.drawing import Drawing, drawing_of, losses_of
from statewright.compiler.targets.export import Export, Loss, Place, export_of, lines_of, stem_of
from statewright.compiler.targets.words import shortened
from statewright.statechart.definition import State, StateKind
from statewright.statechart.release import Release
from statewright.statechart.structure.traversal import states_in


def mermaid_from(release: Release) -> Export:
    """One file with the diagram."""
    drawing = drawing_of(release.statechart)
    losses = (*losses_of(drawing), *_own_losses(drawing))
    text = "\n".join(_lines(drawing, losses)) + "\n"
    return export_of({f"{stem_of(release.statechart.name)}.mmd": text}, losses)


def _own_losses(drawing: Drawing) -> Iterator[Loss]:
    for state in states_in(drawing.chart):
        if state.states and drawing.lines(state):
            yield Loss(
                "outer-actions",
                "Mermaid has no room for what a state with states inside it does",
                "it is not drawn",
                Place(state.id),
            )
        inside = {child.id for child in _below(state)}
        for number, transition in enumerate(state.transitions):
            if not inside.isdisjoint(transition.targets):
                yield Loss(
                    "inner-arrows",
                    "Mermaid has no room for an arrow from a state to one inside it",
                    "its label may be hidden",
                    Place(state.id, f"{state.id}#{number}"),
                )


def _below(state: State) -> Iterator[State]:
    """Every state inside a state."""
    stack = list(state.states)
    while stack:
        child = stack.pop()
        yield child
        stack.extend(child.states)


def _lines(drawing: Drawing, losses: tuple[Loss, ...]) -> Iterator[str]:
    chart = drawing.chart
    yield "stateDiagram-v2"
    yield f"    %% {_on_one_line(chart.name)}"
    for line in lines_of(losses):
        yield f"    %% not drawn: {_on_one_line(line)}"
    for target in drawing.beginning(None):
        yield f"    [*] --> {drawing.names[target]}"
    for state in chart.states:
        yield from _state(state, "", drawing, "    ")
    for (source, target), labels in _arrows(drawing).items():
        shown = "<br>".join(map(plain, labels))
        yield f"    {source} --> {target}" + (f" : {shown}" if shown else "")


def _state(state: State, parent: str, drawing: Drawing, indent: str) -> Iterator[str]:
    name = drawing.names[state.id]
    yield f'{indent}state "{plain(drawing.title(state, parent))}" as {name}'
    if not state.states:
        for line in drawing.lines(state):
            yield f"{indent}{name} : {plain(line)}"
        if state.kind is StateKind.FINAL:
            yield f"{indent}{name} --> [*]"
        return
    yield f"{indent}state {name} {{"
    if state.kind is StateKind.COMPOUND:
        inside = {child.id for child in state.states}
        for target in drawing.beginning(state):
            if target in inside:
                yield f"{indent}    [*] --> {drawing.names[target]}"
    for number, child in enumerate(state.states):
        if number and state.kind is StateKind.PARALLEL:
            yield f"{indent}    --"
        yield from _state(child, state.id, drawing, indent + "    ")
    yield f"{indent}}}"


def _arrows(drawing: Drawing) -> dict[tuple[str, str], list[str]]:
    """Every arrow with its labels: Mermaid would draw two of the same ends on top of each other."""
    found: dict[tuple[str, str], list[str]] = {}
    for state in states_in(drawing.chart):
        source = drawing.names[state.id]
        if state.kind in _HISTORY:
            for target in drawing.beginning(state):
                found.setdefault((source, drawing.names[target]), [])
        for number, transition in enumerate(state.transitions):
            for target in transition.targets or (state.id,):
                labels = found.setdefault((source, drawing.names[target]), [])
                labels += filter(None, (drawing.label(state, number),))
    return found


_HISTORY: Final = frozenset({StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY})

_SIGNS: Final = '#;:<>{}"*_`~\\&|%$'
"""What Mermaid, or the Markdown in its labels, would read as something else."""

_ENTITIES: Final = {ord(sign): f"#{ord(sign)};" for sign in _SIGNS}


_OUTER_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""An underscore that is not inside a word: there, Markdown leaves it alone."""


def _on_one_line(text: str) -> str:
    return shortened(text, len(text))


def plain(text: str) -> str:
    """A text that Mermaid takes literally: on one line, without its own signs.

    >>> plain("a: {b}"), plain("1. x")
    ('a#58; #123;b#125;', '1#46; x')
    """
    line = _on_one_line(text).translate(_ENTITIES).replace("](", "]#40;")
    line = _OUTER_UNDERSCORE.sub("#95;", line)
    # A line that begins like a list would become one.
    head = line.lstrip("0123456789")
    if line and head[:1] in {".", ")"} and head != line:
        digits = line[: len(line) - len(head)]
        return f"{digits}#{ord(head[0])};{head[1:]}"
    return f"#{ord(line[0])};{line[1:]}" if line[:1] in {"-", "+", "="} else line
