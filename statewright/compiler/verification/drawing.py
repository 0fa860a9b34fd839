"""What the nodes and edges of a flow became: the states and transitions to ask questions about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from statewright.compiler.findings import Finding, Severity, Verdict
from statewright.compiler.lowering.plan import FAILED
from statewright.compiler.lowering.texts import guard_from
from statewright.compiler.verification.questions import (
    EnterState,
    Impossible,
    Possible,
    Question,
    TakeTransition,
    Undecided,
)
from statewright.compiler.verification.verification import Verification
from statewright.compiler.verification.witnesses import witness_of
from statewright.expressions import Literal
from statewright.flows.model import Edge, Flow, Node
from statewright.flows.nodes import Subflow
from statewright.statechart.actions import Log
from statewright.statechart.definition import Transition, state_id
from statewright.statechart.structure.tree import Tree, tree_of


@dataclass(frozen=True, slots=True)
class Drawing:
    """A flow, and what is known of the chart that it became.

    Attributes:
        flow: the flow.
        verification: of its chart, or of that of a flow that runs it.
        prefix: the nodes that it is run by, the outermost first.
    """

    flow: Flow
    verification: Verification
    prefix: tuple[str, ...] = ()
    _inside: frozenset[str] = frozenset()
    _arcs: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _homes: Mapping[str, Node] = field(default_factory=dict, repr=False)

    @property
    def tree(self) -> Tree:
        """Of the real chart."""
        return tree_of(self.verification.chart)

    def has(self, node: str) -> bool:
        """Whether a node became a state."""
        return self.state(node) in self.tree.nodes

    def state(self, node: str) -> str:
        """The id of the state that a node became."""
        return state_id(*self.prefix, node)

    def is_met(self, node: str) -> bool:
        """Whether a conversation that comes to a node was met."""
        return self.verification.is_met(EnterState(self.state(node)))

    def untaken(self, edge: Edge) -> Impossible | Undecided | None:
        """Why an edge is never taken, as far as is known; None where it was, or is no edge."""
        return self.unmet(TakeTransition(name) for name in self._transitions_of(edge))

    def unmet(self, questions: Iterable[Question]) -> Impossible | Undecided | None:
        """Why none of several things happens, as far as is known; None where one does."""
        questions = tuple(questions)
        if not questions or any(map(self.verification.is_met, questions)):
            return None
        answers = [self.verification.answer(one) for one in questions]
        undecided = [one for one in answers if isinstance(one, Undecided)]
        proved = [one for one in answers if isinstance(one, Impossible)]
        return undecided[0] if undecided else proved[0]

    def transitions(self, node: str) -> tuple[tuple[str, Transition], ...]:
        """The transitions of a node: of its state, and of the states inside that."""
        states = (self.tree.nodes[name].state for name in self._arcs.get(self.state(node), ()))
        return tuple(
            (f"{state.id}#{number}", transition)
            for state in states
            if state is not None
            for number, transition in enumerate(state.transitions)
        )

    def losing(self, node: str, port: str) -> tuple[str, ...]:
        """The transitions that fail the session because no edge at a port can be taken."""
        left = "else" if port == "branch" else port  # what is left of the branches of a condition
        text = f"`{node}` was left at `{left}`,"
        return tuple(
            name
            for name, transition in self.transitions(node)
            if transition.targets == (FAILED,) and _says(transition, text)
        )

    def node_of(self, state: str) -> Node | None:
        """The node of the flow itself that a state belongs to, be it inside a flow that it runs."""
        return self._homes.get(_beginning(state, len(self.prefix) + 1))

    def owner_of(self, state: str) -> Node | None:
        """The same; None for a state that belongs to a node of a flow that is run by the node."""
        return None if self.is_inside(state) else self.node_of(state)

    def is_at_home(self, state: str) -> bool:
        """Whether a state belongs to the flow itself, not to one that it runs, or that runs it."""
        around = state_id(*self.prefix)
        is_within = not around or state.startswith(f"{around}/")
        return is_within and not self.is_inside(state)

    def is_inside(self, state: str) -> bool:
        """Whether a state belongs to a node of a flow that is run by a node of this one."""
        return _beginning(state, len(self.prefix) + 2) in self._inside

    def _transitions_of(self, edge: Edge) -> tuple[str, ...]:
        target = (self.state(edge.target),)
        guard = "" if edge.guard is None else guard_from(edge.guard).text
        return tuple(
            name
            for name, transition in self.transitions(edge.source)
            if transition.targets == target and _has_guard(transition, guard)
        )

    def shown(self, finding: Finding, question: Question) -> Finding:
        """A finding with the conversation that shows it, or with the reason why there is none."""
        answer = self.verification.answer(question)
        if isinstance(answer, Possible):
            witness = witness_of(self.verification.chart, answer.conversation)
            return replace(finding, verdict=Verdict.VIOLATED, witness=witness)
        reason = answer.reason if isinstance(answer, Undecided) else "it was proved impossible"
        return undecided(finding, reason)


def proved(finding: Finding, answer: Impossible | Undecided, tried: str = "") -> Finding:
    """A finding that something never happens, as sure as that is.

    Args:
        finding: what is told where that was proved.
        answer: what is known of it.
        tried: what is told where it is only known of what was tried; ``""`` for the same.
    """
    if isinstance(answer, Undecided):
        return undecided(replace(finding, message=tried or finding.message), answer.reason)
    return replace(finding, verdict=Verdict.PROVED)


def undecided(finding: Finding, reason: str) -> Finding:
    """A finding that may be wrong; it stands in nobody's way."""
    severity = Severity.WARNING if finding.severity is Severity.ERROR else finding.severity
    return replace(finding, verdict=Verdict.UNDECIDED, severity=severity, reason=reason)


def drawing_of(flow: Flow, verification: Verification, prefix: tuple[str, ...] = ()) -> Drawing:
    """Index what a flow became.

    Args:
        flow: the flow.
        verification: of its chart, or of that of a flow that runs it.
        prefix: the nodes that it is run by, the outermost first.
    """
    states: dict[str, list[str]] = defaultdict(list)
    for name in _states_in(tree_of(verification.chart), prefix):
        states[_beginning(name, len(prefix) + 1)].append(name)
    homes: dict[str, Node] = {}
    for node in flow.nodes:
        homes.setdefault(state_id(*prefix, node.id), node)
    inside = frozenset(
        state_id(*prefix, node.id, one.id)
        for node in flow.nodes
        for inner in [flow_run_by(node, flow)]
        if inner is not None
        for one in inner.nodes
    )
    arcs = {name: tuple(states[name]) for name in homes if name in states}
    return Drawing(flow, verification, prefix, inside, arcs, homes)


def _states_in(tree: Tree, prefix: tuple[str, ...]) -> Iterator[str]:
    """The states of a flow, be they those of flows that it runs."""
    if not prefix:
        yield from tree.nodes
        return
    around = tree.nodes.get(state_id(*prefix))
    waiting = [] if around is None else list(reversed(around.children))
    while waiting:
        node = waiting.pop()
        yield node.id
        waiting.extend(reversed(node.children))


def flow_run_by(node: Node, flow: Flow) -> Flow | None:
    """The flow that a node of another one runs; None where it runs none that was found."""
    config = node.config
    return flow.subflows.get(config.flow.text) if isinstance(config, Subflow) else None


def _beginning(state: str, length: int) -> str:
    return "/".join(state.split("/", length)[:length])


def _has_guard(transition: Transition, guard: str) -> bool:
    own = "" if transition.guard is None else transition.guard.text
    return not guard or own == guard or own.endswith(f"&& ({guard}\n)")


def _says(transition: Transition, text: str) -> bool:
    return any(
        isinstance(one, Log) and isinstance(one.value, Literal) and text in str(one.value.value)
        for one in transition.actions
    )
