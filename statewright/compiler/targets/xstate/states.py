"""States as the configuration of an XState machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.export import Place
from statewright.compiler.targets.naming import unique
from statewright.compiler.targets.timers import Timer
from statewright.compiler.targets.words import words_of_action
from statewright.compiler.targets.xstate.code import Code
from statewright.compiler.targets.xstate.contents import is_plain
from statewright.compiler.targets.xstate.events import Spelling, keys_of
from statewright.compiler.targets.xstate.implementations import Implementations
from statewright.compiler.targets.xstate.literals import quoted
from statewright.compiler.targets.xstate.names import Naming
from statewright.expressions import Literal
from statewright.statechart.actions import Action, Cancel, Say, Send
from statewright.statechart.definition import (
    Actions,
    Datum,
    Invoke,
    State,
    StateKind,
    Transition,
    TransitionKind,
)
from statewright.statechart.structure.nodes import Node, is_descendant
from statewright.statechart.structure.tree import Tree

Config = dict[str, Any]

_HISTORY: Final = {StateKind.SHALLOW_HISTORY: "shallow", StateKind.DEEP_HISTORY: "deep"}
_TYPES: Final = {StateKind.PARALLEL: "parallel", StateKind.FINAL: "final"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the states of one chart.

    Attributes:
        tree: the states in their places.
        naming: what they are called.
        spelling: how events are spelled.
        timers: the timers that become ``after``, by their events.
        code: what the configuration names.
        lingering: the states whose variables may be read after they were left.
    """

    tree: Tree
    naming: Naming
    spelling: Spelling
    timers: Mapping[str, Timer]
    code: Implementations
    lingering: frozenset[str]

    def states(self, states: tuple[State, ...]) -> Config:
        """States by their keys, in document order."""
        return {self.naming.keys[state.id]: self.state(state) for state in states}

    def state(self, state: State) -> Config:
        """A state with everything inside it."""
        config: Config = {"id": self.naming.ids[state.id]}
        if state.kind in _HISTORY:
            return config | self._history(state)
        if state.kind in _TYPES:
            config["type"] = _TYPES[state.kind]
        timers = {one.id for one in self.timers.values() if one.state == state.id}
        config |= _description(state, timers) | _meta(state)
        initial = self.initial(state)
        config |= {key: part for key, part in initial.items() if key != "states"}
        config |= self.blocks(state)
        if state.invocations:
            config["invoke"] = [self._invoke(state, one) for one in state.invocations]
        self.add_transitions(config, state)
        if state.kind is StateKind.FINAL:
            config |= self.output(state)
        if state.states:
            config["states"] = {**initial.get("states", {}), **self.states(state.states)}
        return config

    # What a state is made of

    def _history(self, state: State) -> Config:
        default = state.initial or Transition()
        if default.actions:
            self.code.lose(
                "history-actions",
                "the default transition of a history state has actions",
                "they are not run",
                Place(state.id),
            )
        targets = [self._target(target) for target in default.targets]
        return {"type": "history", "history": _HISTORY[state.kind], "target": targets}

    def initial(self, state: State) -> Config:
        """Where a compound state starts."""
        if state.kind is not StateKind.COMPOUND:
            return {}
        return self.beginning(state.id, state.states, state.initial)

    def beginning(
        self, owner: str, children: tuple[State, ...], initial: Transition | None
    ) -> Config:
        """``initial``; a state of its own that leads there where XState could not be told."""
        node = self.tree.nodes[owner] if owner else self.tree.root
        first = next(child.id for child in children if child.kind not in _HISTORY)
        target, *more = (first,) if initial is None else initial.targets
        actions = [] if initial is None else self.block(f"{owner} initial", initial.actions, node)
        if not more and target in {child.id for child in children}:
            key = self.naming.keys[target]
            return {"initial": {"target": key, "actions": actions} if actions else key}
        self.code.lose(
            "initial-inside",
            "a state starts in a state that is not its child, or in several",
            "it starts in a state of its own, which leads there at once",
            Place(owner),
        )
        key = unique("start", {self.naming.keys[child.id] for child in children})
        leads: Config = {"target": [self._target(one) for one in (target, *more)]}
        if actions:
            leads["actions"] = actions
        return {"initial": key, "states": {key: {"always": leads}}}

    def output(self, state: State) -> Config:
        """What a final state hands over; at the top, with how the session ended."""
        node = self.tree.nodes[state.id]
        content = state.donedata
        top = node.parent is self.tree.root
        if content is None and not top:
            return {}
        place = Place(state.id)
        written = "null"
        if content is not None:
            written = self.code.renderer(place, node.scope).typescript(content)
            if not isinstance(content, Literal):
                self.code.lose(
                    "donedata-errors",
                    "an error in what a final state hands over is no event",
                    "it hands over null",
                    place,
                )
        if top:
            written = (
                f"{{ outcome: {quoted(state.outcome)}, failed: {str(state.failed).lower()}, "
                f"output: {written} }}"
            )
        return {"output": Code(f"value((x) => ({written}))")}

    def _invoke(self, state: State, invoke: Invoke) -> Config:
        scope = self.tree.nodes[state.id].scope
        written = self.code.renderer(Place(state.id), scope).typescript(invoke.params)
        return {
            "id": invoke.id or self.naming.ids[state.id],
            "src": invoke.type or "scxml",
            "input": Code(f"params((x) => ({written}))"),
        }

    # Actions

    def blocks(self, state: State) -> Config:
        """Entry and exit actions, with what has to be done beside them."""
        node = self.tree.nodes[state.id]
        timers = {one.id for one in self.timers.values() if one.state == state.id}
        entry = self.entering(state, node)
        for number, block in enumerate(state.entry):
            name = f"{state.id} entry" + (f" {number + 1}" if number else "")
            entry += self.block(name, _without(block, timers), node)
        leaving: list[Any] = []
        for number, block in enumerate(state.exit):
            name = f"{state.id} exit" + (f" {number + 1}" if number else "")
            leaving += self.block(name, _without(block, timers), node)
        leaving += self.leaving(state)
        found = {"entry": entry, "exit": leaving}
        return {key: actions for key, actions in found.items() if actions}

    def entering(self, state: State, node: Node) -> list[Any]:
        """What has to be done before the entry actions."""
        needs = ["listens: true"] if state.awaits is not None else []
        needs += ["asked: true"] if state.id in self.code.asked else []
        needs += ["draws: true"] if node.draws else []
        lines = list(self.initial_values(state.id, state.data, node))
        if state.data:
            body = "".join(f"    {line}\n" for line in lines)
            needs.append(f"data: (x) => {{\n{body}  }}" if body else "data: () => {}")
        if not needs:
            return []
        inner = iter([f"{need}," for need in needs])
        opening = f"enter({quoted(state.id)}, {{"
        return [self.code.action(f"enter {state.id}", opening, inner, "})")]

    def initial_values(self, scope: str, data: tuple[Datum, ...], node: Node) -> Iterator[str]:
        """The statements that give variables their first values."""
        for datum in data:
            if datum.value is not None:
                renderer = self.code.renderer(Place(scope), node.scope, shown=datum.shown)
                value = renderer.typescript(datum.value)
                lazy = f"({value})" if value.startswith("{") else value
                yield f"x.initial({quoted(scope)}, {quoted(datum.name)}, () => {lazy});"

    def leaving(self, state: State) -> list[Any]:
        """What has to be done after the exit actions."""
        drops = bool(state.data) and state.id not in self.lingering
        if not drops and state.awaits is None and state.id not in self.code.asked:
            return []
        argument = ", { drops: true }" if drops else ""
        opening = f"leave({quoted(state.id)}{argument}"
        return [self.code.action(f"leave {state.id}", opening, iter(()), ")")]

    def block(self, name: str, actions: Actions, node: Node) -> list[Any]:
        """A block as the machine names it: what is only said, as the effects themselves."""
        if not actions:
            return []
        if all(isinstance(one, Say) and is_plain(one.content) for one in actions):
            return [_effect(one) for one in actions if isinstance(one, Say)]
        return [self.code.block(name, actions, Place(node.id), node.scope)]

    # Transitions

    def add_transitions(self, config: Config, state: State) -> None:
        """Put the transitions of a state where XState looks for them."""
        written = [self._transition(state, n, one) for n, one in enumerate(state.transitions)]
        always = [written[n] for n, one in enumerate(state.transitions) if not one.events]
        if always:
            config["always"] = always
        after: Config = {}
        on: Config = {}
        with_events = [(n, one) for n, one in enumerate(state.transitions) if one.events]
        own = (timer for timer in self.timers.values() if timer.state == state.id)
        delays = {self.spelling.timers[timer.event]: timer for timer in own}
        invocations = {one["id"]: one for one in config.get("invoke", ())}
        for key, numbers in keys_of(with_events, self.spelling).items():
            found = [written[number] for number in numbers]
            family, _, name = key.rpartition(".")
            if key in delays:
                after[str(delays[key].milliseconds)] = found
            elif family in _ON_INVOKE and name in invocations:
                invocations[name][_ON_INVOKE[family]] = found
            elif key == f"xstate.done.state.{self.naming.ids[state.id]}":
                config["onDone"] = found
            else:
                on[key] = found
        config |= {name: part for name, part in (("after", after), ("on", on)) if part}

    def _transition(self, state: State, number: int, transition: Transition) -> Config:
        node = self.tree.nodes[state.id]
        name = f"{state.id}#{number}"
        place = Place(state.id, name)
        config: Config = {}
        if transition.guard is not None:
            config["guard"] = self.code.guard(transition.guard, place, node.scope)
        if transition.targets:
            targets = [self._target(target) for target in transition.targets]
            config["target"] = targets[0] if len(targets) == 1 else targets
            if _reenters(transition, node, self.tree):
                config["reenter"] = True
        actions = self.block(name, transition.actions, node)
        if actions:
            config["actions"] = actions
        return config

    def _target(self, state: str) -> str:
        return f"#{self.naming.ids[state]}"


_ON_INVOKE: Final = {"xstate.done.actor": "onDone", "xstate.error.actor": "onError"}


def _reenters(transition: Transition, node: Node, tree: Tree) -> bool:
    """Whether XState has to be told that a transition leaves its source."""
    targets = [tree.nodes[target] for target in transition.targets]
    inside = all(is_descendant(target, node) for target in targets)
    internal = transition.kind is TransitionKind.INTERNAL and node.kind is StateKind.COMPOUND
    if internal and inside:
        return False
    return all(target is node or is_descendant(target, node) for target in targets)


def _effect(action: Say) -> Config:
    content = action.content.value if isinstance(action.content, Literal) else None
    return {"type": "say", "params": {"content": content}}


def _without(block: Actions, timers: set[str]) -> Actions:
    """A block without the sends and cancels of timers that are ``after`` transitions."""
    return tuple(one for one in block if not _is_of(one, timers))


def _is_of(action: Action, timers: set[str]) -> bool:
    return isinstance(action, (Send, Cancel)) and action.id in timers


def _description(state: State, timers: set[str]) -> Config:
    """What the actions of a state do, for people who look at the machine."""
    words = [
        f"{kind}: {words_of_action(action)}"
        for kind, blocks in (("entry", state.entry), ("exit", state.exit))
        for block in blocks
        for action in _without(block, timers)
        if not (isinstance(action, Say) and isinstance(action.content, Literal))
    ]
    return {"description": "\n".join(words)} if words else {}


def _meta(state: State) -> Config:
    """What a state waits for, and how a session ends in it."""
    meta: Config = {}
    if state.awaits is not None:
        awaits = state.awaits
        meta["awaits"] = {"kind": awaits.kind, "node": awaits.node, "variable": awaits.variable}
    return {"meta": meta} if meta else {}
