"""A chart as a graph for Graphviz (https://graphviz.org), to be read by people.

States are boxes, those with states inside are clusters; regions of a parallel state are dashed.
An edge to or from a cluster ends at its border.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.targets.drawing import Drawing, drawing_of, losses_of
from statewright.compiler.targets.export import Export, Loss, export_of, lines_of, stem_of
from statewright.compiler.targets.words import shortened
from statewright.statechart.definition import State, StateKind
from statewright.statechart.release import Release
from statewright.statechart.structure.traversal import states_in

_WRAP = 30
"""About how many characters of a label stand on one line."""

_STYLE = (
    "  compound=true; newrank=true; rankdir=TB; ranksep=0.45; nodesep=0.35;",
    '  fontname="Helvetica"; fontsize=12;',
    '  node [shape=box, style="rounded,filled", fillcolor="#f7f9fc", color="#51607a",',
    '        fontname="Helvetica", fontsize=11, margin="0.12,0.07"];',
    '  edge [color="#51607a", fontname="Helvetica", fontsize=9,',
    '        fontcolor="#33415c", arrowsize=0.7];',
)
_DOT = '[shape=circle, style=filled, fillcolor="#33415c", width=0.14, label=""]'
"""The sign for where something begins."""
_BEGINNING = frozenset({StateKind.COMPOUND, StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY})
_HISTORY = frozenset({StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY})


def dot_from(release: Release) -> Export:
    """One file with the graph."""
    drawing = drawing_of(release.statechart)
    losses = tuple(losses_of(drawing))
    text = "\n".join(_lines(drawing, losses)) + "\n"
    return export_of({f"{stem_of(release.statechart.name)}.dot": text}, losses)


def _lines(drawing: Drawing, losses: tuple[Loss, ...]) -> Iterator[str]:
    chart = drawing.chart
    for line in lines_of(losses):
        yield f"// not drawn: {line}"
    yield f"digraph {quoted(chart.name)} {{"
    yield from _STYLE
    yield f"  label={quoted(chart.name)}; labelloc=t;"
    yield f"  start {_DOT};"
    for state in chart.states:
        yield from _state(state, "", drawing, "  ")
    yield from _beginnings(drawing)
    for state in states_in(chart):
        for number in range(len(state.transitions)):
            yield from _transition(state, number, drawing)
    yield "}"


def _beginnings(drawing: Drawing) -> Iterator[str]:
    """Where the chart, its compound states and its history states lead at first.

    These edges stand outside of the clusters: an edge inside one would draw its ends into it.
    """
    yield from (f"  start -> {_head(target, drawing)};" for target in drawing.beginning(None))
    for state in states_in(drawing.chart):
        if state.kind in _BEGINNING:
            source = _anchor(state.id, drawing)
            for target in drawing.beginning(state):
                yield f"  {source} -> {_head(target, drawing)};"


def _head(target: str, drawing: Drawing) -> str:
    head = f" [lhead=cluster_{drawing.names[target]}]" if target in drawing.outer else ""
    return _anchor(target, drawing) + head


def _state(state: State, parent: str, drawing: Drawing, indent: str) -> Iterator[str]:
    name = drawing.names[state.id]
    title = drawing.title(state, parent)
    if not state.states:
        yield f"{indent}{name} [label={label(title, drawing.lines(state))}{_shape(state)}];"
        return
    dashed = ', style="rounded,dashed"' if state.kind is StateKind.PARALLEL else ", style=rounded"
    yield f"{indent}subgraph cluster_{name} {{"
    yield f'{indent}  graph [label={label(title, drawing.lines(state))}, color="#8a97ad"{dashed}];'
    if state.kind is StateKind.COMPOUND:
        yield f"{indent}  {name}_start {_DOT};"
    else:
        yield f'{indent}  {name}_start [shape=point, style=invis, width=0.01, label=""];'
    for child in state.states:
        yield from _state(child, state.id, drawing, f"{indent}  ")
    yield f"{indent}}}"


def _shape(state: State) -> str:
    if state.kind in _HISTORY:
        return ", shape=circle, margin=0.02"
    return ", peripheries=2" if state.kind is StateKind.FINAL else ""


def _transition(state: State, number: int, drawing: Drawing) -> Iterator[str]:
    shown = drawing.label(state, number)
    targets = state.transitions[number].targets
    attributes = [f"label={label('', _wrapped(shown))}"] if shown else []
    if not targets:
        # What only acts is a loop without an arrow: nothing is left.
        source = _anchor(state.id, drawing)
        yield f"  {source} -> {source} [{', '.join([*attributes, 'dir=none', 'style=dotted'])}];"
    for target in targets:
        yield f"  {_edge(state.id, target, drawing, *attributes)};"


def _edge(source: str, target: str, drawing: Drawing, *attributes: str) -> str:
    """An edge; at a cluster that does not hold its other end it stops at the border."""
    every = list(attributes)
    if source in drawing.outer and not drawing.is_within(target, source):
        every.append(f"ltail=cluster_{drawing.names[source]}")
    if target in drawing.outer and not drawing.is_within(source, target):
        every.append(f"lhead=cluster_{drawing.names[target]}")
    ends = f"{_anchor(source, drawing)} -> {_anchor(target, drawing)}"
    return ends + (f" [{', '.join(every)}]" if every else "")


def _anchor(state: str, drawing: Drawing) -> str:
    """The node that stands for a state in edges: of a cluster, the dot at which it begins."""
    name = drawing.names[state]
    return f"{name}_start" if state in drawing.outer else name


def _wrapped(text: str) -> tuple[str, ...]:
    """A text on lines of about the same length, broken between words."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) > _WRAP:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return tuple(lines)


def label(title: str, lines: tuple[str, ...]) -> str:
    r"""A label: the title in the middle, the lines below it from the left.

    >>> print(label("ask", ("say 'Hi'",)))
    "ask\nsay 'Hi'\l"
    """
    head = f"{_escaped(title)}\\n" if title else ""
    if not lines:
        return f'"{_escaped(title)}"'
    body = "".join(_escaped(line) + "\\l" for line in lines)
    return f'"{head}{body}"'


def quoted(text: str) -> str:
    """A text as a string of the language of Graphviz."""
    return f'"{_escaped(shortened(text, len(text)))}"'


def _escaped(text: str) -> str:
    """A text in a string: with backslashes and quotes as they are.

    Graphviz reads ``&name;`` as a character, and has no other sign for the ampersand.
    """
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
