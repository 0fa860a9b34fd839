"""A plain search of all conversations: breadth first, one at a time, on the executor itself.

It knows nothing of boxes, samples or drawings, which is why it may judge the verifier. What it
forgets is only what nothing that can follow mentions; what it cuts off are numbers beyond all that
the flow compares with. Where it does not come to an end, it judges nothing.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from benchmarks.verify.documents import Source, nodes_of
from benchmarks.verify.inputs import Inputs, inputs_of
from statewright.compiler.lowering import lower
from statewright.statechart import Statechart, macrostep, start
from statewright.statechart.forms.codec import chart_to_json
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of

STATES = 3_000
STEPS = 20_000
SEEDS = ("a", "b", "c", "d", "e", "f")
ENDLESS = 400
"""How many microsteps are as good as endless in flows of this size."""


@dataclass(slots=True)
class Facts:
    """What can happen in a flow.

    Attributes:
        complete: whether all situations were met.
        entered: the states that were entered.
        taken: the transitions (``state#n``) that were taken.
        incidents: what went wrong: name, node, message.
        resting: the nodes at which a session may rest and from which no end can be reached.
        endless: whether some turn does not come to an end.
        outcomes: how sessions end.
    """

    complete: bool = True
    entered: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    incidents: set[tuple[str, str, str]] = field(default_factory=set)
    resting: set[str] = field(default_factory=set)
    endless: bool = False
    outcomes: set[str] = field(default_factory=set)

    def went_wrong(self, name: str, *nodes: str) -> bool:
        """Whether an incident whose name begins so happens, at one of some nodes or anywhere."""
        return any(
            one.startswith(name) and (not nodes or node in nodes) for one, node, _ in self.incidents
        )


def facts_of(source: Source, states: int = STATES, steps: int = STEPS) -> Facts:
    """Search all that can happen in a flow, within limits."""
    if any(nodes_of(source.document, "interrupt")):
        # What interrupts a conversation is not among the inputs.
        return Facts(complete=False)
    chart = replace(lower(source.flow()).statechart, limit=ENDLESS)
    search = _Search(chart, inputs_of(source, chart))
    search.run(states, steps)
    return search.facts


class _Search:
    def __init__(self, chart: Statechart, inputs: Inputs) -> None:
        self.chart = chart
        self.inputs = inputs
        self.facts = Facts()
        self.memory = _Memory(chart, max(map(abs, inputs.numbers)) + 3)
        self._waiting: deque[tuple[str, Snapshot]] = deque()
        self._known: set[str] = set()
        self._before: dict[str, set[str]] = {}
        self._rests: dict[str, str] = {}
        self._ended: set[str] = set()

    def run(self, states: int, steps: int) -> None:
        seeds = SEEDS if self.memory.draws else SEEDS[:1]
        for data in self.inputs.starts(self.chart):
            for seed in seeds:
                step = start(
                    self.chart, session="s", seed=seed, now=1_767_603_600_000_000, data=data
                )
                self._arrive("", step)
        spent = 0
        while self._waiting:
            key, snapshot = self._waiting.popleft()
            for event in self.inputs.next(self.chart, snapshot):
                spent += 1
                if spent > steps or len(self._known) > states:
                    self.facts.complete = False
                    return
                self._arrive(key, macrostep(self.chart, snapshot, event))
        self._look_back()

    def _arrive(self, source: str, step: Macrostep) -> None:
        self._note(step)
        snapshot = step.snapshot
        if snapshot.status is not Status.ACTIVE:
            self.facts.outcomes.add(snapshot.outcome)
            if snapshot.configuration:
                self._ended.add(source)
            return
        key = self.memory.key(snapshot)
        self._before.setdefault(key, set()).add(source)
        if key not in self._known:
            self._known.add(key)
            self._rests[key] = snapshot.configuration[-1].partition("/")[0]
            self._waiting.append((key, snapshot))

    def _note(self, step: Macrostep) -> None:
        facts = self.facts
        for one in step.microsteps:
            facts.entered.update(one.entered)
            facts.taken.update(one.transitions)
        for incident in step.incidents:
            place = incident.state.partition("/")[0]
            facts.incidents.add((incident.name, place, incident.message))
        # What goes on for ever is given up, and leaves nothing but this.
        facts.endless = facts.endless or any(one.name == "error.limit" for one in step.incidents)

    def _look_back(self) -> None:
        """From where no end can be reached."""
        good = set(self._ended)
        waiting = list(good)
        while waiting:
            for source in self._before.get(waiting.pop(), ()):
                if source not in good:
                    good.add(source)
                    waiting.append(source)
        self.facts.resting = {place for key, place in self._rests.items() if key not in good}


_WORD = re.compile(r"[A-Za-z_~]\w*")


class _Memory:
    """What tells one situation from another."""

    def __init__(self, chart: Statechart, greatest: int) -> None:
        self._tree = tree_of(chart)
        self._greatest = greatest
        written = json.loads(chart_to_json(chart))
        self._words: dict[str, set[str]] = {}
        self._targets: dict[str, set[str]] = {}
        self._inside: dict[str, list[str]] = {}
        for state in written.get("states", ()):
            self._read(state, [])
        rest = {name: part for name, part in written.items() if name not in {"states", "data"}}
        self._always = set(_WORD.findall(json.dumps(rest)))
        self.draws = "draw(" in json.dumps(written) or "lot(" in json.dumps(written)
        self._mentioned = cache(self._mentioned_from)

    def key(self, snapshot: Snapshot) -> str:
        mentioned = self._mentioned(snapshot.configuration) | self._always
        data = [
            (scope, name, self._cut(value))
            for scope, variables in sorted(snapshot.data.items())
            for name, value in sorted(variables.items())
            if name in mentioned
        ]
        return repr(
            (
                snapshot.configuration,
                data,
                snapshot.floor,
                [(timer.event, timer.state) for timer in snapshot.timers],
                [one.state for one in snapshot.invocations],
                [(one.name, repr(one.data)) for one in snapshot.deferred],
                sorted((name, one.states) for name, one in snapshot.history.items()),
                sorted(snapshot.monitors.items()),
            )
        )

    def _cut(self, value: Any) -> Any:
        if type(value) is int and abs(value) > self._greatest:
            return self._greatest if value > 0 else -self._greatest
        return value

    def _read(self, state: dict[str, Any], around: list[str]) -> None:
        name = state["id"]
        own = json.dumps({part: value for part, value in state.items() if part != "states"})
        self._words[name] = set(_WORD.findall(own))
        self._targets[name] = set(_targets(state))
        for one in (*around, name):
            self._inside.setdefault(one, []).append(name)
        for child in state.get("states", ()):
            self._read(child, [*around, name])

    def _mentioned_from(self, configuration: tuple[str, ...]) -> set[str]:
        seen: set[str] = set()
        waiting = list(configuration)
        words: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self._words:
                continue
            seen.add(name)
            words |= self._words[name]
            for target in self._targets[name]:
                waiting += self._inside.get(target, [target])
                waiting += self._around(target)
        return words

    def _around(self, name: str) -> Iterator[str]:
        return (one for one, inside in self._inside.items() if name in inside)


def _targets(state: dict[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [value for part, value in state.items() if part != "states"]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.get("targets", ())
            if isinstance(value.get("target"), str):
                yield value["target"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
