"""What conversations may cover of a flow, and what one of them did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from statewright.compiler.coverage.guards import OUTCOMES, Watch, atoms_of, is_bound
from statewright.compiler.coverage.ports import Port, ports_of
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.verification.dataflow.uses import Part, uses_of
from statewright.expressions import Expression
from statewright.flows.model import Flow
from statewright.statechart.definition import Statechart, state_id
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.tree import tree_of


class Criterion(StrEnum):
    """What is to be covered."""

    NODES = "nodes"
    PORTS = "ports"
    GUARDS = "guards"
    PAIRS = "pairs"
    BOUNDARIES = "boundaries"
    USES = "uses"


@dataclass(frozen=True, slots=True, order=True)
class Goal:
    """One thing to be covered.

    Attributes:
        criterion: of which kind.
        subject: in the words of the drawing: ``route.branch (age < 13) → child``.
        detail: what of it: ``true`` of a guard, the port that follows of a pair, …; ``""`` for
            all there is.
    """

    criterion: Criterion
    subject: str
    detail: str = ""

    def __str__(self) -> str:
        """In one line."""
        return f"{self.subject}: {self.detail}" if self.detail else self.subject


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of a conversation to tell what is covered next.

    Attributes:
        entered: node → the port by which the conversation came to it.
        defined: variable → the node that wrote it last.
    """

    entered: Mapping[str, int]
    defined: Mapping[str, str]

    @property
    def key(self) -> tuple[frozenset[tuple[str, int]], frozenset[tuple[str, str]]]:
        """Equal for equal pasts."""
        return frozenset(self.entered.items()), frozenset(self.defined.items())


START = "(start)"
"""What stands for the node that writes a variable before the conversation begins."""

ALL = frozenset(Criterion)


class Goals:
    """All that may be covered of a flow.

    Args:
        flow: the drawing.
        chart: what it became.
        criteria: what of it counts.

    Attributes:
        ports: the ports of the flow.
        universe: the goals, in the order of the drawing.
        watch: the chart whose guards are watched: what is played on it can be judged.
    """

    def __init__(self, flow: Flow, chart: Statechart, criteria: Iterable[Criterion] = ALL) -> None:
        self.criteria = frozenset(criteria)
        self.ports = ports_of(flow, chart)
        self._nodes = {
            state_id(node.id): node.id
            for node in flow.nodes
            if state_id(node.id) in tree_of(chart).nodes
        }
        self._by_transition: dict[str, list[Port]] = defaultdict(list)
        for port in self.ports:
            for name in port.transitions:
                self._by_transition[name].append(port)
        self._guards = {
            port.number: guard_from(source)
            for port in self.ports
            if (source := flow.edges[port.number].guard) is not None
        }
        watched: dict[str, Expression] = {
            name: guard
            for port in self.ports
            if (guard := self._guards.get(port.number)) is not None
            for name in port.transitions
        }
        self.watch = Watch(chart, watched)
        self._define(flow, chart)
        self.universe: tuple[Goal, ...] = tuple(
            dict.fromkeys(goal for goal in self._all() if goal.criterion in self.criteria)
        )
        self._known = frozenset(self.universe)
        self._labels = {port.number: str(port) for port in self.ports}

    @property
    def remembers(self) -> bool:
        """Whether what is covered depends on what was before."""
        return bool(self.criteria & {Criterion.PAIRS, Criterion.USES})

    def port_goals(self) -> Iterator[tuple[Goal, Port]]:
        """The goal of each port."""
        for port in self.ports:
            yield Goal(Criterion.PORTS, str(port)), port

    def _all(self) -> Iterator[Goal]:
        for name in self._nodes.values():
            yield Goal(Criterion.NODES, name)
        for port in self.ports:
            yield Goal(Criterion.PORTS, str(port))
        for port in self.ports:
            guard = self._guards.get(port.number)
            if guard is not None:
                yield from (Goal(Criterion.GUARDS, str(port), one) for one in OUTCOMES)
        yield from self._pairs()
        for port in self.ports:
            yield from self._boundaries(port)
        for name, (defs, uses) in self._flow_of.items():
            for source in defs:
                for node in uses:
                    yield _use(name, source, node)

    def _pairs(self) -> Iterator[Goal]:
        onwards: dict[str, list[Port]] = defaultdict(list)
        for port in self.ports:
            onwards[port.node].append(port)
        for port in self.ports:
            for following in onwards.get(port.target, ()):
                yield Goal(Criterion.PAIRS, str(port), str(following))

    def _boundaries(self, port: Port) -> Iterator[Goal]:
        guard = self._guards.get(port.number)
        if guard is None:
            return
        for atom in atoms_of(guard):
            text = guard.text[atom.start : atom.end]
            yield Goal(Criterion.BOUNDARIES, str(port), f"`{text}` decides as true")
            yield Goal(Criterion.BOUNDARIES, str(port), f"`{text}` decides as false")
            if is_bound(atom):
                yield Goal(Criterion.BOUNDARIES, str(port), f"`{text}` with equal sides")

    def _define(self, flow: Flow, chart: Statechart) -> None:
        """Where the variables of the author are written, and where they are read."""
        self._writes: dict[int, frozenset[str]] = {}
        self._reads: dict[int, frozenset[str]] = {}
        self._uses = uses_of(tree_of(chart))
        names = [variable.name for variable in flow.variables]
        found: dict[str, tuple[dict[str, None], dict[str, None]]] = {n: ({}, {}) for n in names}
        for variable in flow.variables:
            if variable.has_default or variable.input:
                found[variable.name][0][START] = None
        for state, one in self._uses.items():
            node = self._node_of(state)
            for part in one.parts():
                writes = frozenset(n for scope, n in part.writes if not scope and n in found)
                reads = frozenset(
                    read.key[1]
                    for site in part.sites
                    for read in site.reads
                    if read.key is not None and not read.key[0] and read.key[1] in found
                )
                self._writes[id(part)] = writes if state else frozenset()
                self._reads[id(part)] = reads
                if node:
                    for name in writes:
                        found[name][0][node] = None
                    for name in reads:
                        found[name][1][node] = None
        self._flow_of = found

    def _node_of(self, state: str) -> str:
        return self._nodes.get(state.partition("/")[0], "")

    # What a conversation covers

    def begin(self) -> Past:
        """The past of a conversation before it begins."""
        defined = {name: START for name, (defs, _) in self._flow_of.items() if START in defs}
        return Past({}, defined if Criterion.USES in self.criteria else {})

    def covered(self, step: Macrostep, past: Past) -> tuple[frozenset[Goal], Past]:
        """What a macrostep of the watched chart covers, and what is to be remembered of it.

        What guards gave is taken from the watch, and forgotten there.
        """
        met: set[Goal] = set(self._outcomes())
        entered, defined = dict(past.entered), dict(past.defined)
        for one in step.microsteps:
            for name in one.exited:
                self._follow(name, self._uses[name].left, met, defined)
            for transition in one.transitions:
                source = transition.partition("#")[0]
                uses = self._uses[source]
                for part in (uses.guards[transition], uses.acts[transition]):
                    self._follow(source, part, met, defined)
                for port in self._by_transition.get(transition, ()):
                    met.add(Goal(Criterion.PORTS, str(port)))
                    if port.node in entered:
                        before = self._labels[entered[port.node]]
                        met.add(Goal(Criterion.PAIRS, before, str(port)))
                    if Criterion.PAIRS in self.criteria:
                        entered[port.target] = port.number
            for name in one.entered:
                if name in self._nodes:
                    met.add(Goal(Criterion.NODES, self._nodes[name]))
                self._follow(name, self._uses[name].entered, met, defined)
        here = {self._node_of(name) for name in step.snapshot.configuration}
        kept = {node: number for node, number in entered.items() if node in here}
        return frozenset(met & self._known), Past(kept, defined)

    def _follow(self, state: str, part: Part, met: set[Goal], defined: dict[str, str]) -> None:
        node = self._node_of(state)
        if Criterion.USES not in self.criteria or not node:
            return
        # Where a part does nothing, there is none.
        for name in self._reads.get(id(part), ()):
            if name in defined:
                met.add(_use(name, defined[name], node))
        for name in self._writes.get(id(part), ()):
            defined[name] = node

    def _outcomes(self) -> Iterator[Goal]:
        seen, self.watch.seen = self.watch.seen, []
        for one in dict.fromkeys(seen):
            for port in self._by_transition[one.transition]:
                guard = self._guards[port.number]
                yield Goal(Criterion.GUARDS, str(port), one.value)
                if Criterion.BOUNDARIES not in self.criteria:
                    continue
                atoms = atoms_of(guard)
                for number, value in one.decided:
                    text = guard.text[atoms[number].start : atoms[number].end]
                    way = "true" if value else "false"
                    yield Goal(Criterion.BOUNDARIES, str(port), f"`{text}` decides as {way}")
                for number in one.bounds:
                    text = guard.text[atoms[number].start : atoms[number].end]
                    yield Goal(Criterion.BOUNDARIES, str(port), f"`{text}` with equal sides")


def _use(name: str, source: str, node: str) -> Goal:
    return Goal(Criterion.USES, f"`{name}`", f"written in {source}, read in {node}")
