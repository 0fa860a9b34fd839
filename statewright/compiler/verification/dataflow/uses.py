"""What each part of a chart reads and writes, and what becomes of what is read.

An expression has a *role*. What it gives decides how things go on (``TEST``), becomes the value of
a variable (``FLOW``), is asked of the world (``WORLD``: it only matters whether there is one), or
is shown to somebody (``SHOWN``: not even that changes how things go on). What an internal event
carries (``CARRIED``) may be read where that is handled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from statewright.compiler.verification.dataflow.records import parts_of
from statewright.compiler.verification.dataflow.variables import (
    OUTSIDE,
    Key,
    Read,
    key_of,
    named_in,
    reads_of,
)
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    Literal,
    Record,
    Text,
    expressions_in,
)
from statewright.expressions.references import references
from statewright.statechart.actions import (
    Action,
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions, Datum, State
from statewright.statechart.structure.nodes import Arc, Node, Scope
from statewright.statechart.structure.tree import Tree


class Role(Enum):
    """What becomes of a value."""

    TEST = "test"
    FLOW = "flow"
    WORLD = "world"
    SHOWN = "shown"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Site:
    """An expression in its place.

    Attributes:
        expression: what is evaluated.
        reads: what it reads.
        role: what becomes of its value.
        target: of a FLOW, the variable that gets it.
        place: of a FLOW, the part of the variable: ``("total",)`` of ``order.total``; of what is
            CARRIED, the part of it.
        alone: whether it is the whole value that the target gets.
        scope: where it stands.
        state: the id of the state in which it stands.
        guard: whether it is the guard of a transition or of a branch of actions.
    """

    expression: Expression
    reads: tuple[Read, ...]
    role: Role
    target: Key | None
    place: tuple[str, ...]
    alone: bool
    scope: Scope
    state: str
    guard: bool = False

    def named(self) -> Iterator[Key]:
        """The variables that it cannot do without, also those that decide nothing."""
        if "answer." in self.expression.text:
            # The languages in which answers are read are not among its reads.
            return named_in(self.expression, self.scope)
        return (read.key for read in self.reads if read.key is not None)


@dataclass(slots=True, eq=False)
class Part:
    """What happens together: what is done on entry to a state, by a transition, ….

    Attributes:
        sites: the expressions that may be evaluated.
        writes: the variables that may be written.
        sure: those of them that are written as a whole, and whatever happens, if nothing fails.
        literals: literals that a variable gets, with the part of it.
    """

    sites: list[Site] = field(default_factory=list)
    writes: set[Key] = field(default_factory=set)
    sure: set[Key] = field(default_factory=set)
    literals: list[tuple[Key, tuple[str, ...], object]] = field(default_factory=list)


_NOTHING: Final = Part()
"""Most parts: nothing is done there. It is never filled."""


@dataclass(frozen=True, slots=True)
class Uses:
    """The parts of a state.

    Attributes:
        entered: its variables, its entry blocks and the initial transition, what it invokes.
        left: its exit blocks.
        guards: id of a transition → its guard.
        acts: id of a transition → its actions.
        active: what may be done while the state is active, and when it is left; without parts in
            which nothing is done.
    """

    entered: Part
    left: Part
    guards: Mapping[str, Part]
    acts: Mapping[str, Part]
    active: tuple[Part, ...]

    def parts(self) -> Iterator[Part]:
        """All of them in which anything is done."""
        if self.entered is not _NOTHING:
            yield self.entered
        yield from self.active


def _uses_from(
    entered: Part, left: Part, guards: Mapping[str, Part], acts: Mapping[str, Part]
) -> Uses:
    parts = (left, *guards.values(), *acts.values())
    return Uses(entered, left, guards, acts, tuple([one for one in parts if one is not _NOTHING]))


def _only_says(action: Action) -> bool:
    """Whether an action says something, be it this or that, and does nothing else."""
    match action:
        case Say():
            return True
        case If(branches, otherwise):
            inside = (*otherwise, *(one for branch in branches for one in branch.actions))
            return all(map(_only_says, inside))
        case _:
            return False


def uses_of(tree: Tree) -> dict[str, Uses]:
    """State id → what it uses.

    ``""`` is the root: its variables are those of the session, and it is left whenever anything
    happens, since that is when rules are looked at.
    """
    chart = tree.chart
    found = {node.id: _uses(node) for node in tree.nodes.values()}
    root = Part()
    _Collecting(root, tree.root.scope, "").variables("", chart.data)
    if tree.root.initial is not None:
        _Collecting(root, tree.root.scope, "").actions(tree.root.initial.actions)
    return {"": _uses_from(root, _rules(tree), {}, {}), **found}


def _rules(tree: Tree) -> Part:
    """What the rules read, which are looked at all the time."""
    part = Part()
    for rule in tree.chart.rules:
        node = tree.nodes.get(rule.scope, tree.root)
        for moment in (rule.moment, rule.other):
            if moment is not None and moment.condition is not None:
                _Collecting(part, node.scope, node.id).add(moment.condition, Role.TEST, guard=True)
    return part


def _uses(node: Node) -> Uses:
    entered = left = _NOTHING
    state = node.state
    if state is not None and not (node.bare and _starts_plainly(node)):
        entered = Part()
        _enter(_Collecting(entered, node.scope, node.id), state, node)
    if state is not None and state.exit:
        left = Part()
        leaving = _Collecting(left, node.scope, node.id)
        for block in state.exit:
            leaving.actions(block)
    found = _uses_from(
        entered,
        left,
        {arc.id: _guard_part(arc) for arc in node.arcs},
        {arc.id: _act_part(arc) for arc in node.arcs},
    )
    if node.leaf and entered.sites:
        _forget_echoes(found, node.id)
    return found


def _forget_echoes(uses: Uses, state: str) -> None:
    """Leave out what a state only keeps of a variable to give it back to that.

    Whoever gets what it had before has not been changed; and that an entry may fail before it has
    written what it writes is told otherwise.
    """
    sites = [site for part in uses.parts() for site in part.sites]
    gone: set[int] = set()
    for kept in uses.entered.sites:
        key = kept.target
        if key is None or key[0] != state or not _is_copy(kept):
            continue
        (own,) = kept.reads
        others = [
            site for site in sites if site is not kept and (site.target == key or _reads(site, key))
        ]
        holds = _type_of(kept, key) in {"dyn", _type_of(kept, own.key)}
        if holds and others and all(_is_copy(one) and one.target == own.key for one in others):
            gone.update((id(kept), *map(id, others)))
    if gone:
        for part in uses.parts():
            part.sites[:] = [site for site in part.sites if id(site) not in gone]


def _is_copy(site: Site) -> bool:
    """Whether a variable gets another one as a whole, if that is there."""
    spans = [(one.start, one.end) for one in references(site.expression)]
    root = site.expression.root
    whole = [read.key is not None and read.path == () for read in site.reads]
    return site.alone and site.place == () and spans == [(root.start, root.end)] and whole == [True]


def _type_of(site: Site, key: Key | None) -> str:
    """The type of a variable that a site sees; ``""`` where none is declared."""
    variable = None if key is None else site.scope.variable(key[1])
    return "" if variable is None or key is None or variable.scope != key[0] else variable.type


def _reads(site: Site, key: Key) -> bool:
    return any(read.key == key for read in site.reads)


def _starts_plainly(node: Node) -> bool:
    """Whether nothing is done on the way to the first of the states inside."""
    return node.initial is None or not node.initial.actions


def _guard_part(arc: Arc) -> Part:
    if arc.guard is None:
        return _NOTHING
    part = Part()
    _Collecting(part, arc.source.scope, arc.source.id).add(arc.guard, Role.TEST, guard=True)
    return part


def _act_part(arc: Arc) -> Part:
    if not arc.actions:
        return _NOTHING
    part = Part()
    _Collecting(part, arc.source.scope, arc.source.id).actions(arc.actions)
    return part


def _enter(collecting: _Collecting, state: State, node: Node) -> None:
    collecting.variables(state.id, state.data)
    for block in state.entry:
        collecting.actions(block)
    defaults = [node.initial, *(history.initial for history in node.histories)]
    for arc in defaults:
        if arc is not None:
            collecting.actions(arc.actions)
    for invoke in state.invocations:
        collecting.content(invoke.params, Role.WORLD if invoke.chart is None else Role.TEST)
        for content in (invoke.type_expr, invoke.chart):
            collecting.content(content, Role.TEST)
        collecting.actions(invoke.finalize)
    is_end = node.parent is not None and node.parent.parent is None
    if is_end:
        collecting.content(state.donedata, Role.WORLD)
    else:
        collecting.carried(state.donedata)


@dataclass(slots=True)
class _Collecting:
    """Fills a part with what a state does; ``scope`` is where it stands."""

    part: Part
    scope: Scope
    state: str

    def add(
        self,
        expression: Expression,
        role: Role,
        target: Key | None = None,
        place: tuple[str, ...] = (),
        *,
        alone: bool = False,
        guard: bool = False,
    ) -> None:
        reads = reads_of(expression, self.scope)
        self.part.sites.append(
            Site(expression, reads, role, target, place, alone, self.scope, self.state, guard)
        )

    def content(
        self,
        content: Content | None,
        role: Role,
        target: Key | None = None,
        place: tuple[str, ...] = (),
    ) -> None:
        if content is None:
            return
        alone = isinstance(content, Computed) or (
            isinstance(content, Text) and content.template.lone_hole is not None
        )
        for expression in expressions_in(content):
            self.add(expression, role, target, place, alone=alone)

    def value(self, content: Content, target: Key, place: tuple[str, ...]) -> None:
        self.part.writes.add(target)
        if isinstance(content, Record):
            for name, part in content.fields:
                self.value(part, target, (*place, name))
            return
        if isinstance(content, Literal):
            self.part.literals.append((target, place, content.value))
        self.content(content, Role.FLOW, target, place)

    def variables(self, owner: str, data: Iterable[Datum]) -> None:
        for datum in data:
            self.part.writes.add((owner, datum.name))
            self.part.sure.add((owner, datum.name))
            if datum.value is not None:
                self.value(datum.value, (owner, datum.name), ())

    def actions(self, actions: Actions) -> None:
        for action in actions:
            if isinstance(action, Assign) and len(action.location) == 1:
                key = key_of(action.location[0], self.scope)
                if key is not None:
                    self.part.sure.add(key)
            self.action(action)

    def perhaps(self, actions: Actions) -> None:
        """Actions that run in some cases only."""
        for action in actions:
            self.action(action)

    def action(self, action: Action) -> None:
        match action:
            case Assign(location, value):
                self._assign(location, value)
            case If(branches, otherwise):
                says = _only_says(action)
                for branch in branches:
                    self.add(branch.guard, Role.WORLD if says else Role.TEST, guard=not says)
                    self.perhaps(branch.actions)
                self.perhaps(otherwise)
            case ForEach(collection, item, index, inner):
                self.add(collection, Role.TEST)
                for name in filter(None, (item, index)):
                    key = key_of(name, self.scope)
                    if key is not None:
                        self.part.writes.add(key)
                        self.add(collection, Role.FLOW, key)
                self.perhaps(inner)
            case Say(content):
                self.content(content, Role.SHOWN)
            case Log(_, content):
                self.content(content, Role.WORLD)
            case Raise(_, content):
                self.carried(content)
            case Send():
                self._send(action)
            case Cancel(_, content):
                self.content(content, Role.TEST)

    def carried(self, content: Content | None, place: tuple[str, ...] = ()) -> None:
        """What an event brings that the session sends itself."""
        parts = () if content is None else tuple(parts_of(content))
        for name, part in parts:
            self.carried(part, (*place, name))
        if not parts:
            self.content(content, Role.CARRIED, place=place)

    def _assign(self, location: tuple[str, ...], value: Content) -> None:
        key = key_of(location[0], self.scope)
        rest = location[1:]
        if key is None and location[0] in OUTSIDE and rest:
            key, rest = (OUTSIDE[location[0]], rest[0]), rest[1:]
        if key is None:
            self.content(value, Role.WORLD)
        else:
            self.value(value, key, rest)

    def _send(self, send: Send) -> None:
        inside = send.target == "" or send.target.startswith("#_")
        self.content(send.data, Role.CARRIED if inside else Role.WORLD)
        # When timers fire, and in which order, is searched in all ways, however long they are.
        self.content(send.delay, Role.WORLD)
        for content in (send.event_expr, send.target_expr, send.type_expr):
            self.content(content, Role.TEST)
