"""``<state>``, ``<parallel>``, ``<final>``, ``<history>`` → states (SCXML 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.sources.scxml.actions import actions_from
from statewright.compiler.sources.scxml.content import Payloads
from statewright.compiler.sources.scxml.context import Context
from statewright.compiler.sources.scxml.data import late_bindings
from statewright.compiler.sources.scxml.elements import Attribute, Element
from statewright.compiler.sources.scxml.invocations import Invocations
from statewright.compiler.sources.scxml.language import guard_from
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import shown
from statewright.statechart.definition import (
    Actions,
    State,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.event import TICK, is_event_name, normalised

STATES: Final = frozenset({"state", "parallel", "final", "history"})
"""Elements that are states."""

_CHILDREN: Final[Mapping[str, frozenset[str]]] = {
    "state": frozenset(
        {"onentry", "onexit", "transition", "initial", "datamodel", "invoke", *STATES}
    ),
    "parallel": frozenset(
        {"onentry", "onexit", "transition", "datamodel", "invoke", *STATES - {"final"}}
    ),
    "final": frozenset({"onentry", "onexit", "donedata"}),
    "history": frozenset({"transition"}),
}
"""Element → the elements that have a place in it."""

_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": ("id", "initial"),
    "parallel": ("id",),
    "final": ("id",),
    "history": ("id", "type"),
}


@dataclass(frozen=True, slots=True)
class States:
    """Reads states.

    Attributes:
        context: the document.
        payloads: reads what their elements carry.
        invocations: reads their invocations.
        late: whether their variables get their values when they are first entered.
    """

    context: Context
    payloads: Payloads
    invocations: Invocations
    late: bool

    def read(self, element: Element) -> State:
        """A state, with all that lies inside it."""
        self.context.check_attributes(element, *_ATTRIBUTES[element.name])
        children = list(self._known(element))
        name = self._id(element)
        self.context.places[name] = element.location
        if element.name == "history":
            return self._history(element, name, children)
        states = tuple(self.read(child) for child in children if child.name in STATES)
        entry = tuple(self._blocks(children, "onentry"))
        return State(
            id=name,
            kind=_kind(element, states),
            states=states,
            initial=self._initial(element, states),
            transitions=self._transitions(name, children),
            entry=(*self._late(name, children), *entry),
            exit=tuple(self._blocks(children, "onexit")),
            invocations=tuple(
                self.invocations.read(child) for child in children if child.name == "invoke"
            ),
            donedata=next(
                (self.payloads.of(child) for child in children if child.name == "donedata"), None
            ),
        )

    def _known(self, element: Element) -> Iterator[Element]:
        """The children of a state that mean something; others are reported."""
        known = _CHILDREN[element.name]
        for child in element.elements:
            if not self.context.is_scxml(child):
                continue
            if child.name in known:
                yield child
                continue
            message = f"`<{child.name}>` has no place in `<{element.name}>`"
            self.context.report("R003", message, child.location, did_you_mean(child.name, known))
        if element.text.strip():
            message = f"text has no place in `<{element.name}>`: {shown(element.text.strip())}"
            self.context.report("R003", message, element.location, severity="warning")

    def _id(self, element: Element) -> str:
        attribute = element.attributes.get("id")
        if attribute is not None and attribute.value.strip():
            return attribute.value.strip()
        self.context.unnamed += 1
        return f"~{element.name}{self.context.unnamed}"

    def _late(self, name: str, children: list[Element]) -> Iterator[Actions]:
        if self.late:
            models = (child for child in children if child.name == "datamodel")
            yield from late_bindings(name, list(models), self.payloads)

    def _blocks(self, children: list[Element], name: str) -> Iterator[Actions]:
        for child in children:
            if child.name == name:
                self.context.check_attributes(child)
                yield actions_from(child, self.payloads)

    def _history(self, element: Element, name: str, children: list[Element]) -> State:
        kind = StateKind.SHALLOW_HISTORY
        attribute = element.attributes.get("type")
        if attribute is not None:
            if attribute.value.strip() == "deep":
                kind = StateKind.DEEP_HISTORY
            elif attribute.value.strip() != "shallow":
                message = f"a history is `shallow` or `deep`, not {shown(attribute.value)}"
                self.context.report("R004", message, attribute.location)
        defaults = [child for child in children if child.name == "transition"]
        initial = self._unguarded(defaults[0]) if len(defaults) == 1 else None
        if initial is None:
            message = f"the history {shown(name)} needs one transition: where it leads at first"
            self.context.report("R005", message, element.location)
        return State(name, kind, initial=initial)

    def _initial(self, element: Element, states: tuple[State, ...]) -> Transition | None:
        attribute = element.attributes.get("initial")
        elements = self.context.children(element, "initial")
        if not states or element.name != "state":
            for place in (attribute, *elements):
                if place is not None:
                    message = "only a state with states inside it has an initial one"
                    self.context.report("R004", message, place.location)
            return None
        if attribute is not None:
            return self.initial_from(attribute)
        for found in elements:
            self.context.check_attributes(found)
            inner = self.context.children(found, "transition")
            if len(inner) == 1:
                return self._unguarded(inner[0])
            message = "`<initial>` needs one transition: where the state starts"
            self.context.report("R005", message, found.location)
        return None

    def initial_from(self, attribute: Attribute) -> Transition | None:
        """The transition that the attribute ``initial`` stands for."""
        targets = self._targets(attribute)
        return Transition(targets) if targets else None

    def _unguarded(self, element: Element) -> Transition | None:
        """A transition that always runs: of an initial state, or of a history."""
        for name in ("event", "cond"):
            if name in element.attributes:
                message = f"this transition always runs, so it has no `{name}`"
                self.context.report("R004", message, element.attributes[name].location)
        self.context.check_attributes(element, "target", "event", "cond", "type")
        target = self.context.required(element, "target")
        targets = () if target is None else self._targets(target)
        if not targets:
            return None
        return Transition(targets, actions=actions_from(element, self.payloads))

    def _targets(self, attribute: Attribute) -> tuple[str, ...]:
        """The states that are named; what is none is reported, and left out."""
        found = []
        for name in attribute.value.split():
            if name in self.context.ids:
                found.append(name)
                continue
            message = f"there is no state {shown(name)}"
            help_ = did_you_mean(name, self.context.ids)
            self.context.report("S103", message, attribute.location, help_)
        return tuple(found)

    def _transitions(self, source: str, children: list[Element]) -> tuple[Transition, ...]:
        made: list[Transition] = []
        for child in children:
            if child.name == "transition":
                transition = self._transition(child)
                if transition is not None:
                    self.context.places[f"{source}#{len(made)}"] = child.location
                    made.append(transition)
        return tuple(made)

    def _transition(self, element: Element) -> Transition | None:
        """A transition; None for one that can never be taken as it was meant."""
        context = self.context
        context.check_attributes(element, "event", "cond", "target", "type")
        event, cond = element.attributes.get("event"), element.attributes.get("cond")
        target, kind = element.attributes.get("target"), element.attributes.get("type")
        if event is None and cond is None and target is None:
            message = "a transition needs an `event`, a `cond` or a `target`"
            context.report("R005", message, element.location)
        events = () if event is None else self._descriptors(event)
        targets = () if target is None else self._targets(target)
        guard = None if cond is None else guard_from(cond, context)
        actions = actions_from(element, self.payloads)
        if (event is not None and not events) or (target is not None and not targets):
            return None
        if kind is not None and kind.value.strip() not in {"internal", "external"}:
            message = f"a transition is `internal` or `external`, not {shown(kind.value)}"
            context.report("R004", message, kind.location)
        internal = kind is not None and kind.value.strip() == "internal"
        return Transition(
            targets=targets,
            events=events,
            guard=guard,
            kind=TransitionKind.INTERNAL if internal else TransitionKind.EXTERNAL,
            actions=actions,
        )

    def _descriptors(self, attribute: Attribute) -> tuple[str, ...]:
        found = []
        for descriptor in attribute.value.split():
            stem = normalised(descriptor)
            if stem == "*" or is_event_name(stem):
                found.append(descriptor)
                if stem == TICK:
                    message = "from outside, the event `tick` lets time pass and enables nothing"
                    help_ = "give the event another name, unless the machine raises it itself"
                    self.context.report("R006", message, attribute.location, help_, "warning")
                continue
            message = f"{shown(descriptor)} is no event descriptor"
            help_ = "use names joined by dots, with `.*` only at the end"
            self.context.report("R004", message, attribute.location, help_)
        if not attribute.value.split():
            self.context.report("R004", "the event has no name", attribute.location)
        return tuple(found)


def _kind(element: Element, states: tuple[State, ...]) -> StateKind:
    if element.name == "final":
        return StateKind.FINAL
    if element.name == "parallel":
        return StateKind.PARALLEL if states else StateKind.ATOMIC
    return StateKind.COMPOUND if states else StateKind.ATOMIC
