"""Where the domains of variables, and of what comes from outside, are cut.

A constant with which a variable is compared cuts its domain. So it does that of whatever the
variable may get its value from; and so on, until nothing is cut any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.verification.dataflow.inside import readers_of_own_events
from statewright.compiler.verification.dataflow.rounds import OVER, ROUNDS, is_counter_of_rounds
from statewright.compiler.verification.dataflow.uses import Role, Site, Uses
from statewright.compiler.verification.dataflow.variables import Key, Read
from statewright.compiler.verification.inputs.literals import (
    LOST,
    Cut,
    answers_at,
    cut_at,
    cut_from_value,
    cut_of,
    spans_of_parts,
)
from statewright.compiler.verification.inputs.samples import range_of
from statewright.expressions.references import place_name, references
from statewright.expressions.syntax import Call, Index, Literal
from statewright.statechart.definition import Limits
from statewright.statechart.structure.nodes import Node, Variable
from statewright.statechart.structure.tree import Tree

EVENT = "~event"
"""Stands for the state in the keys of what an event brings; their name is the *group* of the
states that handle it."""

Place = tuple[Key, tuple[str, ...]]
"""A part of a variable, or of what an event brings: ``(("~event", "ask"), ("data", "text"))``."""


def group_of(node: Node) -> str:
    """The state that handles one event together with its children: a node that an author drew."""
    parent = node.parent
    if parent is not None and parent.state is not None and node.id.startswith(f"{parent.id}/"):
        return parent.id
    return node.id


ANYWHERE = "*"
"""The group of the states that wait for no event, and read that which brought the session there."""


RETURNED = frozenset(("outcome", "failed", "output"))
"""The parts of the event in which a flow ends that is run by this one."""


INSIDE = "*inside"
"""The group of those among them that only read what the session tells itself, such as an error."""


def groups_of(tree: Tree, uses: Mapping[str, Uses]) -> dict[str, str]:
    """State id → its group.

    Args:
        tree: of the chart.
        uses: of the chart.
    """
    groups = {node.id: group_of(node) for node in tree.nodes.values()}
    waiting = {groups[node.id] for node in tree.nodes.values() if _listens(node)}
    others = {state for state, group in groups.items() if group not in waiting}
    inside = readers_of_own_events(tree, uses, others)
    apart = {state: INSIDE if state in inside else ANYWHERE for state in others}
    return {"": ANYWHERE} | groups | apart


def _listens(node: Node) -> bool:
    """Whether a state handles events of others."""
    work = node.state is not None and bool(node.state.invocations)
    return work or any(stem.partition(".")[0] not in {"done", "error"} for stem in node.by_stem)


class Domains:
    """The cuts of a chart.

    Args:
        uses: of the chart.
        groups: see ``groups_of``.
        declared: its variables.
        hints: where else variables of the session are cut, by name.

    Attributes:
        cuts: by place.
        decisive: the places that decide, or flow into what decides.
    """

    def __init__(
        self,
        uses: Mapping[str, Uses],
        groups: Mapping[str, str],
        declared: Mapping[Key, Variable],
        hints: Mapping[str, Cut] = MappingProxyType({}),
    ) -> None:
        self.cuts: dict[Place, Cut] = defaultdict(Cut)
        self._groups = groups
        self._declared = declared
        self._flows: dict[Place, set[tuple[Place, bool]]] = defaultdict(set)
        self._carried: dict[tuple[str, ...], set[tuple[Place, bool]]] = defaultdict(set)
        for key, variable in declared.items():
            if variable.limits is not None:
                self._limit(key, (), variable.type, variable.limits)
        for name, cut in hints.items():
            self.cuts[("", name), ()].add(cut)
        parts = [part for one in uses.values() for part in one.parts()]
        for part in parts:
            for key, place, value in part.literals:
                self.cuts[key, place].add(cut_from_value(value))
            for site in part.sites:
                self._site(site)
        self._carry()
        self._count_rounds()
        self._propagate()

    def at(self, key: Key) -> Mapping[tuple[str, ...], Cut]:
        """The cuts of a variable, by part."""
        return self._by_key.get(key, {})

    def places(self, site: Site) -> Iterator[tuple[Place, Read]]:
        """The places that an expression reads."""
        for read in site.reads:
            place = self.place(read, site.state)
            if place is not None:
                yield place, read

    def place(self, read: Read, state: str) -> Place | None:
        """What is read; None for what no one outside decides."""
        if read.key is not None:
            return read.key, read.path
        if read.path[0] in {"event", "input"}:
            path = read.path[1:] if read.path[0] == "event" else read.path
            return (EVENT, self._groups[state]), path
        return None

    def _limit(self, key: Key, path: tuple[str, ...], kind: str, limits: Limits) -> None:
        """Cut where what a variable may hold ends."""
        bounds = (limits.minimum, limits.maximum, limits.shortest, limits.longest)
        self.cuts[key, path].add(cut_from_value([*limits.values, *limits.names]))
        self.cuts[key, path].add(cut_from_value([one for one in bounds if one is not None]))
        self.cuts[key, path].add(cut_from_value(list(range_of(limits))))
        if limits.pattern:
            self.cuts[key, path].add(Cut(predicates={("matches", limits.pattern)}))
        inside = [(member.name, member) for member in limits.fields]
        if limits.element is not None and kind == "list":
            inside.append((place_name(0), limits.element))
        for name, member in inside if len(path) < _DEPTH else ():
            self.cuts[key, (*path, name)].add(Cut(kinds={member.type}))
            if member.limits is not None:
                self._limit(key, (*path, name), member.type, member.limits)

    def _site(self, site: Site) -> None:
        found = list(self.places(site))
        places = [place for place, _ in found]
        if site.role is Role.TEST:
            for place, read in found:
                self.cuts[place].add(_tested(site, place, read))
        elif site.role is Role.FLOW:
            for place in places:
                self.cuts[place].add(cut_of(site.expression))
        elif site.role is Role.WORLD:
            # What is asked of the world only has to be there.
            for place in places:
                self.cuts[place].add(Cut(kinds={"string"} if place[1] else set()))
        if site.role is Role.CARRIED:
            self._carried[site.place] |= {(place, is_path(site)) for place in places}
            for place in places if site.place else ():
                self.cuts[place].add(cut_of(site.expression))
        if site.role is Role.FLOW and site.target is not None:
            self._flow(site, site.target, places)
        elif site.role is Role.TEST:
            for start, end in spans_of_parts(site.expression):
                own = [place for place, read in found if start <= read.start and read.end <= end]
                for place in own:
                    self._flows[place] |= {(other, False) for other in own if other != place}

    def _flow(self, site: Site, target: Key, places: Iterable[Place]) -> None:
        wanted = self._declared.get(target)
        typed = wanted is not None and wanted.type != "dyn" and not site.place
        for place in places:
            if wanted is not None and typed and self._may_be_anything(place):
                self.cuts[place].add(Cut(kinds={wanted.type}))
            own = self._declared.get(place[0])
            if wanted is not None and own is not None and own.type != wanted.type:
                # A number that is lost on the way is tried, too.
                lost = LOST.get(wanted.type) if typed else None
                self.cuts[place].add(Cut(numbers=set() if lost is None else {lost}))
            self._flows[target, site.place].add((place, is_path(site)))
        for place in self._elements(site):
            self._flows[target, site.place].add((place, True))

    def _elements(self, site: Site) -> Iterator[Place]:
        """Where an element of a list is taken, whichever: what it is cut at, the first one is."""
        root = site.expression.root
        if isinstance(root, Index) and not isinstance(root.index, Literal):
            for (key, path), read in self.places(site):
                if (read.start, read.end) == (root.operand.start, root.operand.end):
                    yield key, (*path, place_name(0))

    def _may_be_anything(self, place: Place) -> bool:
        """Whether it is not known of which type the values are at a place."""
        declared = self._declared.get(place[0])
        return bool(place[1]) or declared is None or declared.type == "dyn"

    def _carry(self) -> None:
        """What is read of an event may be what an event that was raised inside carries."""
        by_part: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for part in filter(None, self._carried):
            by_part[part[0]].append(part)
        for key, path in [*self.cuts]:
            if key == (EVENT, INSIDE) and path[:1] == ("data",):
                self._flows[key, ("data",)] |= self._carried.get((), set())
            if key[0] == EVENT and path[:1] == ("data",) and path[1:2]:
                for part in by_part.get(path[1], ()):
                    if _related(path[1:], part):
                        self._flows[key, ("data", *part)] |= self._carried[part]

    def _count_rounds(self) -> None:
        """Cut what a loop goes over at each number of rounds, where these are few."""
        for key in self._declared:
            if is_counter_of_rounds(key):
                most = self.rounds(key)
                over = (key[0], OVER)
                if most and over in self._declared:
                    self.cuts[over, ()].add(Cut(numbers=set(range(most + 1))))

    def rounds(self, key: Key) -> int:
        """How many rounds a loop may go, by the variable that counts them; 0 for many."""
        cut = self.cuts.get((key, ()), Cut())
        most = int(max(cut.numbers, default=0))
        return most if most <= ROUNDS else 0

    def _propagate(self) -> None:
        """Hand cuts back to where values come from, until nothing is new."""
        flows: dict[Key, list[tuple[tuple[str, ...], Place, bool]]] = defaultdict(list)
        for (key, path), sources in self._flows.items():
            flows[key] += [(path, source, same) for source, same in sources]
        waiting = list(self.cuts)
        while waiting:
            (key, path) = waiting.pop()
            cut = self.cuts[key, path]
            for target, (source, own), same in flows.get(key, ()):
                if not _related(target, path) or (key[0] == EVENT and len(path) < len(target)):
                    # Of a whole that the session tells itself, the parts are looked at one by one.
                    continue
                place = (source, (*own, *path[len(target) :])) if same else (source, own)
                if len(place[1]) > _DEPTH:
                    continue
                is_new = place not in self.cuts
                if self.cuts[place].add(cut) or is_new:
                    waiting.append(place)
        self._by_key: dict[Key, dict[tuple[str, ...], Cut]] = defaultdict(dict)
        for (key, path), cut in self.cuts.items():
            self._by_key[key][path] = cut


_DEPTH = 8


def _tested(site: Site, place: Place, read: Read) -> Cut:
    """Where a test cuts what it reads; the field of a form, also at an answer that will do."""
    cut = cut_at(site.expression, read.start, read.end)
    if place[0][0] != EVENT or place[1][:2] != ("data", "values"):
        return cut
    both = Cut()
    both.add(cut)
    both.add(answers_at(site.expression, read.start, read.end))
    return both


def _related(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def is_path(site: Site) -> bool:
    """Whether the value is that of a variable, or a part of one, as it is, if it is there."""
    spans = [(one.start, one.end) for one in references(site.expression, places=True)]
    root = site.expression.root
    if isinstance(root, Call) and root.function in {"orValue", "value"} and root.target is not None:
        root = root.target
    return site.alone and spans == [(root.start, root.end)]
