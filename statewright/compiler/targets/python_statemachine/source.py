"""A chart as the source of a ``StateChart`` class, to be read and changed by people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final

from statewright.compiler.targets.export import Export, Loss, Place, export_of, lines_of, stem_of
from statewright.compiler.targets.naming import unique
from statewright.compiler.targets.python_statemachine.blocks import Writer
from statewright.compiler.targets.python_statemachine.code import (
    Code,
    called,
    indented,
    python,
    quoted,
)
from statewright.compiler.targets.python_statemachine.losses import losses_of
from statewright.compiler.targets.python_statemachine.names import Naming, naming_of
from statewright.compiler.targets.words import shortened
from statewright.expressions import Literal
from statewright.expressions.functions.becoming import converted
from statewright.statechart.definition import Actions, Datum, Limits, Member, State, StateKind
from statewright.statechart.release import Release
from statewright.statechart.structure.nodes import Arc, Node, is_descendant, is_history
from statewright.statechart.structure.tree import Tree, tree_of

_HEAD: Final = '''"""{title}: a machine of python-statemachine, written by Statewright.

Release {digest}.
Needs python-statemachine>=3.2, and statewright: for expressions in CEL, and types of variables.

    from statewright.compiler.targets.python_statemachine.written import Model

    machine = {name}(Model({{…}}))  # with values of: {inputs}
    machine.send("message", data={{"text": "Hi"}}, now=microseconds)
    machine.model.effects, machine.model.timers  # what the host is to do, and when
{losses}"""

from __future__ import annotations

from typing import Any

from statemachine import {library}

from statewright.compiler.targets.python_statemachine.written import {support}
from statewright.statechart import {ours}
{also}'''

_COERCED: Final = "from statewright.statechart.values.coercion import coerced\n"


def python_statemachine_from(release: Release) -> Export:
    """One file with the class."""
    chart = release.statechart
    tree = tree_of(chart)
    page = _Page(tree, naming_of(chart))
    body = "\n".join(page.lines())
    losses = (*losses_of(tree, page.naming), *page.losses)
    listed = "".join(f"- {_plain(line)}\n" for line in lines_of(losses))
    head = _HEAD.format(
        title=_plain(chart.name) or "Chart",
        digest=release.digest,
        name=page.naming.machine,
        inputs=", ".join(map(_plain, chart.inputs)) or "nothing",
        losses=f"\nNot carried over:\n{listed}" if listed else "",
        library=_used(body, "HistoryState", "State"),
        support=_used(body, "Chart", "Model", "block", "guard"),
        ours=_used(body, "Datum", "Limits", "Member") or "Datum",
        also=_COERCED if "coerced(" in body else "",
    )
    stem = stem_of(chart.name).replace("-", "_")
    name = f"{stem if stem.isidentifier() else f'chart_{stem}'}.py"
    return export_of({name: f"{head}\n\n{body}\n"}, losses)


def _used(body: str, *names: str) -> str:
    """Those of some names that are called, or inherited from."""
    used = [
        name
        for name in names
        if f"{name}(" in body or f"{name}." in body or f"({name})" in body or f": {name}" in body
    ]
    return ", ".join(used)


def _plain(text: str) -> str:
    """A text inside the docstring of a module."""
    return shortened(text, len(text)).replace("\\", "\\\\").replace('"', "'")


@dataclass(slots=True)
class _Page:
    """What is written of one chart.

    Attributes:
        tree: of the chart.
        naming: its names.
        losses: what has no Python.
        methods: the methods of the class, in order.
        taken: their names.
    """

    tree: Tree
    naming: Naming
    losses: list[Loss] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[str]:
        """The class."""
        states = list(self._states())
        transitions = list(self._transitions())
        yield f"class {self.naming.machine}(Chart):"
        yield from indented([f'"""{_plain(self.tree.chart.name) or "A chart"}."""', ""])
        yield from indented(self._tables())
        yield from indented([*states, "", *transitions])
        for method in self.methods:
            yield ""
            yield from indented([method])

    # Tables

    def _tables(self) -> Iterator[str]:
        declared = self.tree.root.scope.declared.values()
        session = tuple(_datum(Datum(one.name, one.type, limits=one.limits)) for one in declared)
        variables: dict[str, Any] = {"": session} if session else {}
        for node in self.tree.nodes.values():
            if node.state is not None and node.state.data:
                name = self.naming.states[node.id]
                variables[name] = tuple(map(_datum, node.state.data))
        if variables:
            yield python(variables, "variables = ", 4)
        listening = [
            self.naming.states[node.id]
            for node in self.tree.nodes.values()
            if node.state is not None and node.state.awaits is not None
        ]
        if listening:
            yield python(called("frozenset", listening), "listening = ", 4)
        if variables or listening:
            yield ""

    # States

    def _states(self) -> Iterator[str]:
        root = self.tree.root
        yield self._begin(root)
        for child in root.children:
            yield from self._state(child)

    def _begin(self, root: Node) -> str:
        """The state in which the machine declares its variables, before it enters the chart."""
        declare = self._declare("", self.tree.chart.data, root)
        state = called("State", initial=True, enter=declare or None)
        return python(state, f"{self.naming.start} = ", 4)

    def _state(self, node: Node) -> Iterator[str]:
        name, state = self.naming.states[node.id], node.state
        if state is None:
            return
        if is_history(node):
            kind = "deep" if node.kind is StateKind.DEEP_HISTORY else "shallow"
            yield f"{name} = HistoryState({quoted(node.id)}, type={quoted(kind)})"
            return
        about: dict[str, Any] = {
            "initial": True if _is_marked(node) else None,
            "final": True if node.kind is StateKind.FINAL else None,
            **self._callbacks(node, state),
        }
        if node.leaf:
            yield python(called("State", node.id, **about), f"{name} = ", 4 * node.depth)
            return
        base = "State.Parallel" if node.kind is StateKind.PARALLEL else "State.Compound"
        head = called(f"class {name}", Code(base), name=node.id, **about)
        yield ""
        yield python(head, margin=4 * node.depth) + ":"
        inside = sorted((*node.children, *node.histories), key=lambda one: one.order)
        for child in inside:
            yield from indented(self._state(child))
        yield ""

    def _callbacks(self, node: Node, state: State) -> dict[str, Any]:
        name = self.naming.states[node.id]
        enter = [self._declare(name, state.data, node)] if state.data else []
        enter += self._blocks("enter", name, state.entry, node)
        enter += self._invocations(name, state, node)
        leaving = self._blocks("exit", name, state.exit, node)
        leaving += self._given_up(name, state, node)
        output = None
        if state.donedata is not None:
            writer = self._writer(node)
            value = python({"data": writer.content(state.donedata)}, "return ", 8)
            output = self._method(f"output_{name}", _mark(name), [value])
            self.losses += writer.losses
        return {
            "enter": _one_or_more([one for one in enter if one]),
            "exit": _one_or_more(leaving),
            "donedata": output,
        }

    def _declare(self, name: str, data: Iterable[Datum], node: Node) -> str:
        lines = []
        writer = self._writer(node)
        for datum in data:
            if datum.value is None and not (name == "" and datum.name in self.tree.chart.inputs):
                continue
            if datum.value is None:
                lines.append(writer.statement("model.declare", datum.name))
            else:
                value = writer.content(datum.value, shown=datum.shown)
                if not isinstance(datum.value, Literal) or isinstance(value, (dict, list)):
                    value = Code(python(value, "lambda: ", 8))
                lines.append(writer.statement("model.declare", datum.name, value))
        self.losses += writer.losses
        title = f"declare_{name or 'variables'}"
        return self._method(title, _mark(name), lines) if lines else ""

    def _blocks(self, kind: str, name: str, blocks: tuple[Actions, ...], node: Node) -> list[str]:
        return [self._block(f"{kind}_{name}", block, node) for block in blocks if block]

    def _block(self, title: str, actions: Actions, node: Node, place: Place | None = None) -> str:
        writer = self._writer(node, place)
        lines = list(writer.block(actions))
        self.losses += writer.losses
        name = self.naming.states.get(node.id, "")
        return self._method(title, _mark(name), lines)

    def _invocations(self, name: str, state: State, node: Node) -> list[str]:
        made = []
        for number, invoke in enumerate(state.invocations):
            if invoke.chart is not None:
                continue
            writer = self._writer(node)
            params = writer.content(invoke.params)
            line = writer.statement("model.invoke", _work(state, number), invoke.type, params)
            made.append(self._method(f"enter_{name}_invoke", _mark(name), [line]))
            self.losses += writer.losses
        return made

    def _given_up(self, name: str, state: State, node: Node) -> list[str]:
        writer = self._writer(node)
        lines = [
            writer.statement("model.give_up", _work(state, number))
            for number, invoke in enumerate(state.invocations)
            if invoke.chart is None
        ]
        return [self._method(f"exit_{name}_invoke", _mark(name), lines)] if lines else []

    # Transitions

    def _transitions(self) -> Iterator[str]:
        root = self.tree.root
        if root.initial is not None:
            acting = self._acting("act_start", root.initial, root)
            yield self._leads(self.naming.start, root.initial, on=acting)
        for node in self.tree.nodes.values():
            yield from self._beginning(node)
            for number, arc in enumerate(node.arcs):
                yield self._transition(node, number, arc)

    def _beginning(self, node: Node) -> Iterator[str]:
        """Where a compound or a history state leads by default."""
        initial = node.initial
        if initial is None:
            return
        name, path = self.naming.states[node.id], self._path(node)
        if is_history(node):
            acting = self._acting(f"act_{name}", initial, node.parent or node)
            for number, target in enumerate(initial.targets):
                on = acting if number == 0 else None
                yield python(called(f"{path}.to", Code(self._path(target)), on=on), margin=4)
        elif initial.actions or not _is_simple(initial):
            acting = self._acting(f"act_{name}_initial", initial, node)
            yield self._leads(path, initial, initial=True, on=acting)

    def _transition(self, node: Node, number: int, arc: Arc) -> str:
        name, state = self.naming.states[node.id], node.state
        place = Place(node.id, arc.id)
        events = () if state is None else state.transitions[number].events
        cond = None
        if arc.guard is not None:
            writer = self._writer(node, place)
            body = f"return {writer.guard(arc.guard)}"
            self.losses += writer.losses
            mark = python(called("@guard", name, arc.guard.text), margin=4)
            cond = self._method(f"guard_{name}_{number}", mark, [body])
        on = self._acting(f"act_{name}_{number}", arc, node)
        inside = arc.targets and all(is_descendant(one, node) for one in arc.targets)
        internal = inside and arc.internal and node.kind is StateKind.COMPOUND
        return self._leads(
            self._path(node),
            arc,
            event=" ".join(self.naming.descriptors(events)) or None,
            cond=cond,
            internal=True if internal else None,
            on=on,
        )

    def _acting(self, title: str, arc: Arc, node: Node) -> str | None:
        if not arc.actions:
            return None
        return self._block(title, arc.actions, node, Place(node.id, arc.id))

    def _leads(self, path: str, arc: Arc, **named: Any) -> str:
        targets = [Code(self._path(target)) for target in arc.targets]
        target: Any = targets if len(targets) > 1 else targets[0] if targets else None
        return python(called(f"{path}.to", target, **named), margin=4)

    def _path(self, node: Node) -> str:
        around = [one for one in node.ancestors() if one.parent is not None]
        return ".".join(self.naming.states[one.id] for one in (*reversed(around), node))

    # Methods

    def _writer(self, node: Node, place: Place | None = None) -> Writer:
        return Writer(self.naming, node.scope, place or Place(node.id))

    def _method(self, title: str, mark: str, lines: list[str]) -> str:
        name = unique(title, self.taken)
        kind = (
            "bool | None" if mark.startswith("@guard") else "Any" if "output_" in name else "None"
        )
        head = f"def {name}(self, model: Model) -> {kind}:"
        self.methods.append("\n".join([mark, head, *indented(lines or ["pass"])]))
        return name


def _mark(name: str) -> str:
    return f"@block({quoted(name)})"


def _one_or_more(names: list[str]) -> Any:
    return names[0] if len(names) == 1 else names or None


def _datum(datum: Datum) -> Any:
    limits = None
    if datum.limits is not None:
        limits = _limits(datum.limits)
    return called("Datum", datum.name, datum.type, limits=limits)


def _work(state: State, number: int) -> str:
    return state.invocations[number].id or f"{state.id}.{number}"


def _is_simple(initial: Arc) -> bool:
    """Whether an initial transition leads to one child, which can be marked as the first."""
    return len(initial.targets) == 1 and initial.targets[0].parent is initial.source


def _is_marked(node: Node) -> bool:
    """Whether a state is the child that its parent starts in, or starts inside of."""
    parent = node.parent
    if parent is None or parent.parent is None or parent.initial is None:
        return False
    targets = parent.initial.targets
    first = next(
        child
        for child in parent.children
        if any(target is child or is_descendant(target, child) for target in targets)
        or any(is_history(target) and target.parent is parent for target in targets)
    )
    return node is first and node is not parent.children[0]


def _limits(limits: Limits) -> Any:
    """What a variable may hold; bounds that are no literals of Python are read from texts."""
    named = {
        one.name: _limit(getattr(limits, one.name))
        for one in fields(limits)
        if getattr(limits, one.name) != one.default
    }
    return called("Limits", **named)


def _limit(value: Any) -> Any:
    match value:
        case Member():
            inner = None if value.limits is None else _limits(value.limits)
            return called(
                "Member",
                value.type,
                limits=inner,
                name=value.name or None,
                optional=value.optional or None,
            )
        case tuple():
            return tuple(_limit(one) for one in value)
        case datetime() | timedelta():
            declared = "timestamp" if isinstance(value, datetime) else "duration"
            return called("coerced", converted(value, "string"), declared)
        case _:
            return value
