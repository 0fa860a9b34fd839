"""Where a session of one chart goes on in another one, told from its snapshot. Pure.

A session moves without noticing: it rests in states of the same names, nothing is said or asked,
timers keep their deadlines, and work that is pending stays pending. What stands in the way of that
is said, all of it; then it takes a plan (see ``plan``), or the session stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from statewright.errors import EvaluationError, StatewrightError
from statewright.expressions import evaluate
from statewright.statechart.definition import Statechart
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.migration.plan import (
    Plan,
    is_pinned,
    renamed,
    renamed_event,
    restart_of,
)
from statewright.statechart.snapshot import Child, Invocation, Recorded, Snapshot, Timer
from statewright.statechart.stepping.execution import initialise
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.configuration import is_legal, nodes_of, remembered_nodes
from statewright.statechart.structure.nodes import Node, ids_of
from statewright.statechart.structure.tree import Tree, stems_matching, tree_of
from statewright.statechart.values.coercion import held


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a session cannot go on in another chart by itself.

    Attributes:
        code: of the check that looks for it beforehand: ``V901``.
        state: the state of the old chart that it has to do with, or ``""``.
        reason: in words.
    """

    code: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A session that can go on in another chart.

    Attributes:
        snapshot: its state there.
        enter: the state that it enters anew; ``""`` where it goes on as if nothing had happened.
    """

    snapshot: Snapshot
    enter: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """A session that stays on the chart that it runs.

    Attributes:
        hindrances: why it has to; empty where it was decided so.
    """

    hindrances: tuple[Hindrance, ...] = ()


def moved(old: Statechart, new: Statechart, snapshot: Snapshot, plan: Plan) -> Moved | Stays:
    """Where a session goes on in another chart.

    Args:
        old: what it runs.
        new: what it is to run.
        snapshot: where it stands; it belongs to ``old`` and is active.
        plan: what was decided.

    Raises:
        InvalidSnapshot: the snapshot names a state that ``old`` lacks.
    """
    move = _Move(tree_of(old), tree_of(new), snapshot, plan)
    leaves = [node for node in nodes_of(move.old, snapshot) if node.leaf]
    if any(is_pinned(plan, leaf) for leaf in leaves):
        return Stays()
    enter = next(filter(None, (restart_of(plan, leaf) for leaf in leaves)), "")
    if enter:
        return move.anew(enter)
    found = move.on(leaves)
    if isinstance(found, Stays) and plan.rest:
        again = move.anew(plan.rest)
        return again if isinstance(again, Moved) else found
    return found


class _Move:
    """One session on its way."""

    def __init__(self, old: Tree, new: Tree, snapshot: Snapshot, plan: Plan) -> None:
        self.old = old
        self.new = new
        self.snapshot = snapshot
        self.plan = plan
        self.hindrances: list[Hindrance] = []

    # --- the two ways --------------------------------------------------------------------------

    def on(self, leaves: list[Node]) -> Moved | Stays:
        """Go on where the session rests."""
        active = self._active(leaves)
        snapshot = replace(
            self.snapshot,
            digest=digest_of(self.new.chart),
            configuration=ids_of(active),
            history=dict(self._history()),
            visits=self._visits(),
            timers=tuple(self._timers()),
            invocations=tuple(self._invocations()),
            floor=tuple(self._floor()),
            monitors=self._monitors(),
            children=tuple(self._children()),
            data=self._data(active),
        )
        if self.hindrances:
            return Stays(tuple(self.hindrances))
        return self._with_new_variables(snapshot, active)

    def anew(self, enter: str) -> Moved | Stays:
        """Enter a state anew, with the variables of the session only."""
        self.hindrances.clear()
        if enter not in self.new.nodes:
            self._hinder("V901", "", f"the new version has no state `{enter}` to enter")
        snapshot = replace(
            self.snapshot,
            digest=digest_of(self.new.chart),
            configuration=(),
            history={},
            visits=self._visits(),
            timers=(),
            floor=(),
            monitors=self._monitors(),
            children=(),
            data=self._data([]),
        )
        if self.hindrances:
            return Stays(tuple(self.hindrances))
        there = self._with_new_variables(snapshot, [])
        return replace(there, enter=enter) if isinstance(there, Moved) else there

    def _hinder(self, code: str, state: str, reason: str) -> None:
        self.hindrances.append(Hindrance(code, state, reason))

    # --- states --------------------------------------------------------------------------------

    def _counterpart(self, name: str) -> Node | None:
        """The state of the new chart that takes the place of one of the old chart."""
        node = self.old.nodes.get(name)
        return None if node is None else self.new.nodes.get(renamed(self.plan, node))

    def _active(self, leaves: list[Node]) -> list[Node]:
        """The states that are active in the new chart, in document order."""
        found: set[Node] = set()
        for leaf in leaves:
            node = self._counterpart(leaf.id)
            if node is None or not node.leaf:
                is_ = "is no state to rest in" if node else "is gone"
                self._hinder("V901", leaf.id, f"`{leaf.id}` {is_} in the new version")
                continue
            found |= {node, *(one for one in node.ancestors() if one.parent is not None)}
        active = sorted(found, key=lambda node: node.order)
        if self.hindrances:
            return active
        if not is_legal(self.new.root, active):
            names = ", ".join(f"`{leaf.id}`" for leaf in leaves)
            self._hinder("V901", leaves[0].id, f"in the new version, {names} are never all active")
        old = {renamed(self.plan, node) for node in nodes_of(self.old, self.snapshot)}
        for node in active:
            if node.id not in old and _does_something(node):
                inside = f"`{leaves[0].id}` is inside `{node.id}` in the new version"
                self._hinder("V901", leaves[0].id, f"{inside}, which would have to be entered")
        return active

    def _history(self) -> Iterator[tuple[str, Recorded]]:
        for name, recorded in self.snapshot.history.items():
            node = self._counterpart(name)
            if node is None:
                continue  # Nothing leads back there any more.
            states = [self._counterpart(state) for state in recorded.states]
            found = tuple(state.id for state in states if state is not None)
            there = Recorded(found, self._scopes(recorded.data))
            try:
                remembered_nodes(self.new, node, there)
            except StatewrightError:
                gone = recorded.states[-1]
                self._hinder("V901", gone, f"the session would return to `{gone}`, which is gone")
                continue
            yield node.id, there

    def _visits(self) -> Mapping[str, int]:
        counted = ((self._counterpart(name), n) for name, n in self.snapshot.visits.items())
        return {node.id: n for node, n in counted if node is not None and node.draws}

    def _floor(self) -> Iterator[str]:
        for name in self.snapshot.floor:
            node = self._counterpart(name)
            if node is not None and node.state is not None and node.state.awaits is not None:
                yield node.id
            elif node is not None:
                self._hinder("V906", name, f"`{node.id}` does not listen in the new version")

    def _monitors(self) -> Mapping[str, int]:
        """Where the rules stand that are the same; others are watched from here on."""
        same = {rule.name for rule in self.new.chart.rules if rule in self.old.chart.rules}
        return {name: state for name, state in self.snapshot.monitors.items() if name in same}

    # --- what is pending -----------------------------------------------------------------------

    def _timers(self) -> Iterator[Timer]:
        for timer in self.snapshot.timers:
            if timer.owner:
                yield timer
                continue
            node = self._counterpart(timer.state)
            event = renamed_event(self.plan, self.old.nodes, timer.event)
            if node is None or not (timer.target or stems_matching(self.new, event)):
                reason = f"nothing in the new version hears the timer `{timer.event}`"
                self._hinder("V905", timer.state, reason)
                continue
            yield replace(timer, state=node.id, event=event)

    def _invocations(self) -> Iterator[Invocation]:
        for pending in self.snapshot.invocations:
            if pending.owner:
                yield pending
                continue
            node = self._counterpart(pending.state)
            name = renamed_event(self.plan, self.old.nodes, pending.name)
            if not _invokes(node, name, pending.type):
                reason = f"nothing in the new version waits for the work of `{pending.state}`"
                self._hinder("V905", pending.state, reason)
            elif node is not None:
                yield replace(pending, state=node.id, name=name)

    def _children(self) -> Iterator[Child]:
        old, new = self.old.chart.charts, self.new.chart.charts
        for child in self.snapshot.children:
            if child.owner:
                yield child
                continue
            node = self._counterpart(child.state)
            same = child.chart in new and digest_of(new[child.chart]) == digest_of(old[child.chart])
            if node is None or not same:
                reason = f"the chart `{child.chart}` that runs inside is another one there"
                self._hinder("V905", child.state, reason)
                continue
            yield replace(child, state=node.id)

    # --- variables -----------------------------------------------------------------------------

    def _data(self, active: list[Node]) -> Mapping[str, Mapping[str, Any]]:
        kept = self._scopes(self.snapshot.data)
        names = {"", *(node.id for node in active)}
        scopes = {scope: variables for scope, variables in kept.items() if scope in names}
        return {**scopes, "": {**scopes.get("", {}), **dict(self._converted())}}

    def _scopes(self, data: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        """Scopes with their variables, by the states of the new chart that have them."""
        found = {}
        for scope, variables in data.items():
            node = self.new.root if not scope else self._counterpart(scope)
            if node is not None and (not scope or (node.state is not None and node.state.data)):
                found[node.id] = dict(self._fitting(scope, node, variables))
        return found

    def _fitting(
        self, scope: str, node: Node, variables: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        for name, value in variables.items():
            declared = node.scope.declared.get(name)
            if declared is None or (not scope and name in self.plan.values):
                continue
            try:
                yield name, held(value, declared.type, declared.limits)
            except EvaluationError as error:
                self._hinder("V902", scope, f"`{name}` does not fit there: {error.reason}")

    def _converted(self) -> Iterator[tuple[str, Any]]:
        working = Working(self.old, self.snapshot)
        working.node = self.old.root
        for name, expression in self.plan.values.items():
            declared = self.new.root.scope.declared.get(name)
            if declared is None:
                self._hinder("V902", "", f"the new version has no variable `{name}`")
                continue
            working.place = ("migration", name)
            try:
                value = evaluate(expression, working, working.host)
                yield name, held(value, declared.type, declared.limits)
            except EvaluationError as error:
                self._hinder("V902", "", f"`{name}` cannot be converted: {error.reason}")
        working.family.part()

    def _with_new_variables(self, snapshot: Snapshot, active: list[Node]) -> Moved | Stays:
        """The session with the variables that it has not had so far, at their first values."""
        # What was not active before has no variables: ``_active`` sees to that.
        before = {renamed(self.plan, node): node for node in nodes_of(self.old, self.snapshot)}
        before[""] = self.old.root
        working = Working(self.new, snapshot if active else replace(snapshot, turns=0))
        data = dict(snapshot.data)
        for node in (self.new.root, *active):
            had = before[node.id].scope.declared if node.id in before else {}
            declared = self.new.chart.data if node.state is None else node.state.data
            has = data.get(node.id, {})
            # One that the old chart has, too, may have been unset since.
            create = [one for one in declared if one.name in has or one.name not in had]
            if len(create) > len(has.keys() & {one.name for one in create}):
                initialise(working, node, create, has)
                data[node.id] = {**has, **working.data.get(node.id, {})}
        for incident in working.family.incidents:
            self._hinder("V903", incident.state, incident.message)
        working.family.part()
        if self.hindrances:
            return Stays(tuple(self.hindrances))
        return Moved(replace(snapshot, data=data))


def _does_something(node: Node) -> bool:
    """Whether entering a state is more than being in it."""
    state = node.state
    if state is None:
        return False
    return bool(state.entry or state.invocations or state.data)


def _invokes(node: Node | None, name: str, kind: str) -> bool:
    """Whether a state invokes that work, and so waits for its result."""
    if node is None or node.state is None:
        return False
    return any(
        one.id in {name, ""} and (one.type == kind or one.type_expr is not None)
        for one in node.state.invocations
    )
