"""States as elements of SCXML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from statewright.compiler.targets.scxml.actions import content_of, elements_of, id_of, location_of
from statewright.compiler.targets.scxml.expressions import Speller
from statewright.compiler.targets.scxml.names import Naming, naming_of
from statewright.compiler.targets.scxml.xml import Element
from statewright.expressions import Literal, Record
from statewright.statechart.definition import (
    Datum,
    Invoke,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.structure.tree import Tree, tree_of

_NAMES: Final = {
    StateKind.ATOMIC: "state",
    StateKind.COMPOUND: "state",
    StateKind.PARALLEL: "parallel",
    StateKind.FINAL: "final",
    StateKind.SHALLOW_HISTORY: "history",
    StateKind.DEEP_HISTORY: "history",
}
_HISTORY: Final = {StateKind.SHALLOW_HISTORY: "shallow", StateKind.DEEP_HISTORY: "deep"}
ROOM: Final = 2_000
"""How many states of invoked charts a document takes beyond one copy of each: a chart stands there
as often as it is invoked, and charts that invoke charts twice double with every one of them."""

_UNSET: Final = "optional.none()"
"""What takes the value of a variable away when it is assigned."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the states of a chart.

    Attributes:
        tree: the states in their places.
        naming: what everything is called.
        charts: those that can be invoked, by name.
        around: the names of the charts that this one stands in.
        room: how many more states of copies the document takes: one number.
        written: collects the names of the charts that stand in the document.
        absent: collects the states whose invoked chart does not stand in the document.
    """

    tree: Tree
    naming: Naming
    charts: Mapping[str, Statechart]
    around: frozenset[str] = frozenset()
    room: list[int] = field(default_factory=lambda: [ROOM])
    written: set[str] = field(default_factory=set)
    absent: list[str] = field(default_factory=list)

    def document(self) -> Element:
        """The whole document."""
        chart = self.tree.chart
        speller = Speller(self.naming, self.tree.root.scope)
        attributes = [
            ("xmlns", "http://www.w3.org/2005/07/scxml"),
            ("version", "1.0"),
            ("name", chart.name),
            ("datamodel", "cel"),
        ]
        initial = chart.initial
        if initial is not None:
            attributes.append(("initial", self._targets(initial)))
        return Element(
            "scxml", attributes, (*self._datamodel(speller), *map(self.state, chart.states))
        )

    def state(self, state: State) -> Element:
        """A state with everything inside it."""
        speller = Speller(self.naming, self.tree.nodes[state.id].scope)
        attributes = [("id", self.naming.ids[state.id]), ("type", _HISTORY.get(state.kind, ""))]
        initial = state.initial
        if state.kind is StateKind.COMPOUND and initial is not None and not initial.actions:
            attributes.append(("initial", self._targets(initial)))
        if state.kind in _HISTORY:
            default = () if state.initial is None else (self._transition(state.initial, speller),)
            return Element("history", attributes, default)
        children = [
            *self._initial(state, speller),
            *_blocks("onentry", ((_first_value(datum, speller),) for datum in state.data)),
            *_blocks("onentry", (elements_of(block, speller) for block in state.entry)),
            *_blocks("onexit", (elements_of(block, speller) for block in state.exit)),
            *(self._invoke(state.id, invoke, speller) for invoke in state.invocations),
            *(self._transition(transition, speller) for transition in state.transitions),
            *map(self.state, state.states),
        ]
        if state.donedata is not None:
            children.append(Element("donedata", (), content_of(state.donedata, speller)))
        return Element(_NAMES[state.kind], attributes, children)

    # Variables

    def _datamodel(self, speller: Speller) -> Iterator[Element]:
        """Every variable of the chart; those of states have no value until they are entered."""
        own = {datum.name: datum for datum in self.tree.chart.data}
        data = []
        for (scope, name), spelled in self.naming.variables.items():
            datum = own.get(name) if not scope else None
            value = "" if datum is None or datum.value is None else speller.content(datum.value)
            data.append(Element("data", [("id", spelled), ("expr", value)]))
        if data:
            yield Element("datamodel", (), data)

    # Transitions

    def _initial(self, state: State, speller: Speller) -> Iterator[Element]:
        if state.initial is not None and state.initial.actions:
            yield Element("initial", (), (self._transition(state.initial, speller),))

    def _transition(self, transition: Transition, speller: Speller) -> Element:
        internal = transition.kind is TransitionKind.INTERNAL
        guard = transition.guard
        attributes = [
            ("event", " ".join(map(self.naming.descriptor, transition.events))),
            ("cond", "" if guard is None else speller.expression(guard)),
            ("target", self._targets(transition)),
            ("type", "internal" if internal else ""),
        ]
        if not any(value for _, value in attributes[:3]):
            # SCXML wants one of them; this one is always true.
            attributes[1] = ("cond", "true")
        return Element("transition", attributes, elements_of(transition.actions, speller))

    def _targets(self, transition: Transition) -> str:
        return " ".join(self.naming.ids[target] for target in transition.targets)

    def _invoke(self, owner: str, invoke: Invoke, speller: Speller) -> Element:
        inside = self._inside(owner, invoke)
        attributes = [
            ("type", invoke.type if invoke.type_expr is None else ""),
            ("typeexpr", "" if invoke.type_expr is None else speller.content(invoke.type_expr)),
            id_of(invoke, self.naming.invocations.get(invoke.id, ""), speller),
            ("srcexpr", "" if invoke.chart is None or inside else speller.content(invoke.chart)),
            ("autoforward", "true" if invoke.autoforward else ""),
        ]
        params = invoke.params.fields if isinstance(invoke.params, Record) else ()
        children = [
            Element("param", [("name", name), ("expr", speller.content(part))])
            for name, part in params
        ]
        children += inside
        if invoke.finalize:
            children.append(Element("finalize", (), elements_of(invoke.finalize, speller)))
        return Element("invoke", attributes, children)

    def _inside(self, owner: str, invoke: Invoke) -> list[Element]:
        """The chart that is invoked, where it is known which; none inside itself."""
        name = invoke.chart.value if isinstance(invoke.chart, Literal) else None
        chart = self.charts.get(name) if isinstance(name, str) else None
        if chart is None or not isinstance(name, str):
            return []
        tree = tree_of(chart)
        copied = len(tree.nodes) if name in self.written else 0
        if name in self.around or copied > self.room[0]:
            self.absent.append(owner)
            return []
        self.room[0] -= copied
        self.written.add(name)
        inner = replace(self, tree=tree, naming=naming_of(tree), around=self.around | {name})
        return [Element("content", (), (inner.document(),))]


def _blocks(name: str, blocks: Iterable[tuple[Element, ...]]) -> Iterator[Element]:
    """Blocks of executable content: an error in one of them leaves the others alone."""
    for block in blocks:
        if block:
            yield Element(name, (), block)


def _first_value(datum: Datum, speller: Speller) -> Element:
    value = _UNSET if datum.value is None else speller.content(datum.value)
    return Element("assign", [("location", location_of((datum.name,), speller)), ("expr", value)])
