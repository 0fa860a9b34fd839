"""What can happen next: the lines of a script that a session may be given, one for each case.

What users say, what effects answer and what events bring is not known; it is assumed to be anything
that fits. Of all that, so much is tried as the guards of the chart can tell apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.verification.dataflow.variables import Key, reads_of
from statewright.compiler.verification.inputs.domains import ANYWHERE, EVENT, RETURNED, Domains
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.naming import names_of_choices
from statewright.compiler.verification.inputs.samples import (
    Cuts,
    Values,
    maps,
    part_samples,
    samples,
)
from statewright.compiler.verification.inputs.sayings import PICKING, said_to
from statewright.compiler.verification.inputs.schemas import ANSWER, answers_fitting, schema_of
from statewright.expressions import Expression, references
from statewright.expressions.references import PLACE
from statewright.statechart.definition import Statechart
from statewright.statechart.event import matches
from statewright.statechart.playing.script import (
    MESSAGE,
    UNITS,
    Advanced,
    Answered,
    Chosen,
    Happened,
    Line,
    Typed,
)
from statewright.statechart.snapshot import Invocation, Snapshot
from statewright.statechart.stepping.awaiting import offered_by
from statewright.statechart.structure.nodes import Node
from statewright.statechart.structure.tree import Tree

NONSENSE: Final = "none of that"
"""What a user says to a question that wants something else."""

Choices = tuple[Mapping[str, Any], ...]
"""What a question offers, as ``Awaiting.choices``."""

_SPOKEN: Final = (("input",), ("data", "text"), ("data", "value"))
"""Where it stands in an event what a user has said."""

_OF_FAILURES: Final[Mapping[str, str]] = MappingProxyType(
    {"code": "string", "message": "string", "kind": "string", "status": "int"}
)
"""Of which types the parts of a failure are, whoever tells it."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """What can happen to the sessions of one chart.

    Attributes:
        tree: of the chart.
        domains: its cuts.
        groups: state → its group.
        local: whether numbers are read in a language, which is not known.
    """

    tree: Tree
    domains: Domains
    groups: Mapping[str, str]
    local: bool = False

    @property
    def chart(self) -> Statechart:
        """The chart."""
        return self.tree.chart

    def lines(self, snapshot: Snapshot) -> list[Line]:
        """What can happen next in a session that is active."""
        return list(self.named(snapshot).values())

    def named(self, snapshot: Snapshot, alike: Iterable[Snapshot] = ()) -> dict[str, Line]:
        """The same, each line by a text that tells it apart from others.

        Args:
            snapshot: of the session.
            alike: the same with other values of variables, so that other choices are offered; what
                can happen in any of them is told.
        """
        active = [self.tree.nodes[name] for name in snapshot.configuration]
        found: list[Line] = []
        found += self._messages((snapshot, *alike), active)
        for invocation in snapshot.invocations:
            found += self._results(invocation)
        found += self._events(active)
        if snapshot.timers:
            found.append(passing(snapshot.timers[0].due - snapshot.now))
        return {repr(line): line for line in found}

    def offering(self, floor: Iterable[str]) -> Iterator[tuple[Key | None, ...]]:
        """On which variables it depends what questions offer, for each that offers choices.

        None among them stands for what is no variable.

        Args:
            floor: the states that listen.
        """
        for name in floor:
            node = self.tree.nodes[name]
            awaits = None if node.state is None else node.state.awaits
            if awaits is not None and awaits.choices is not None:
                reads = reads_of(awaits.choices, node.scope)
                yield tuple({read.key: None for read in reads})

    def unnamed(self, snapshot: Snapshot, alike: Iterable[Snapshot] = ()) -> str:
        """A state that listens and offers a choice that nothing chooses which is tried, or ``""``.

        Args:
            snapshot: of the session.
            alike: as for ``named``.
        """
        for one in (snapshot, *alike):
            for name in one.floor:
                state = self.tree.nodes[name].state
                awaits = None if state is None else state.awaits
                if awaits is None or awaits.kind not in PICKING:
                    continue
                choices = offered_by(self.chart, one, name)
                if len(names_of_choices(awaits.kind, choices)) < len(choices):
                    return name
        return ""

    def _messages(self, snapshots: tuple[Snapshot, ...], active: Iterable[Node]) -> Iterator[Line]:
        listening = [node for node in active if _is_heard(node)]
        if not listening:
            return
        cut = Cut()
        for node in listening:
            for path in _SPOKEN:
                cut.add(self._cuts(node.id).get(path, Cut()))
        floor = snapshots[0].floor
        if not floor:
            yield from map(Typed, samples("string", {(): cut}))
            return
        is_plain = self._is_plain(listening)
        for number, name in enumerate(floor):
            node = self.tree.nodes[name]
            awaits = None if node.state is None else node.state.awaits
            if awaits is None or node not in listening:
                continue
            offers = [offered_by(self.chart, one, name) for one in snapshots]
            said = self._said(awaits.kind, cut, offers, is_plain=is_plain)
            yield from said if number == 0 else _addressed(said, awaits.node)

    def _said(
        self, kind: str, cut: Cut, offers: Iterable[Choices], *, is_plain: bool
    ) -> list[Line]:
        """What users say to a question; picking a choice may come to the same as typing it."""
        lines: list[Line] = []
        names: list[set[str]] = []
        picking = PICKING.get(kind)
        if picking is not None:
            for choices in offers:
                lines += picking(names_of_choices(kind, choices))
                names.append(_names_in(choices))
        lines += said_to(kind, cut, local=self.local)
        picked = set.intersection(*names) if names and is_plain else set()
        others = cut.texts - picked
        if picking is not None and is_plain and not (any(others) or cut.predicates):
            # All that is no choice is one and the same.
            return [*lines, Typed(NONSENSE)]
        texts = samples("string", {(): Cut(texts=others, predicates=cut.predicates)})
        typed = () if is_plain else sorted(set().union(*names))
        lines += [Typed(text) for text in (*texts, *typed) if text]
        return [*lines, Typed(NONSENSE), Typed("")]

    def _is_plain(self, listening: Iterable[Node]) -> bool:
        """Whether it makes no difference if a choice is picked, or its name is typed."""
        known = self.domains.at((EVENT, ANYWHERE))
        if any(
            cut.texts or cut.predicates or cut.numbers
            for path, cut in known.items()
            if path in _SPOKEN
        ):
            return False
        return not any(
            arc.guard is not None and _hears_more(arc.guard)
            for node in listening
            for arc in node.by_stem[MESSAGE]
        )

    def _results(self, invocation: Invocation) -> Iterator[Line]:
        place = invocation.name
        cuts = _below(self._cuts(invocation.state), ("data",))
        if invocation.type == "http":
            for value in _bodies(_below(cuts, ("body",))):
                yield Answered(place, {"status": 200, "headers": {}, "body": value})
            yield Answered(place, {"status": 200, "headers": {}})
            for status in _statuses(cuts.get(("status",), Cut())):
                yield Answered(place, {"status": status, "headers": {}, "body": {}})
        else:
            apart = self._apart([invocation.state])
            schema = schema_of(self.tree.nodes[invocation.state], place)
            fitting = None if schema is None else answers_fitting(schema, _below(cuts, (ANSWER,)))
            bodies = _bodies(cuts, apart) if fitting is None else _with_answers(cuts, fitting)
            yield from (Answered(place, value) for value in bodies)
            yield Answered(place, None)
        failed = {"code": "failed", "message": "it failed"}
        yield Answered(place, failed, failed=True)
        for path, cut in cuts.items():
            if len(path) == 1 and (cut.texts or cut.numbers):
                for value in samples(_OF_FAILURES.get(path[0], "dyn"), {(): cut}):
                    yield Answered(place, {**failed, path[0]: value}, failed=True)

    def _events(self, active: Iterable[Node]) -> Iterator[Line]:
        """What else the active states wait for; not what only the session itself may send."""
        names: dict[str, list[str]] = {}
        for node in active:
            for stem in node.by_stem:
                if stem not in {MESSAGE, "*"} and not _is_internal(stem):
                    names.setdefault(stem, []).append(node.id)
        for name, states in names.items():
            cuts: dict[tuple[str, ...], Cut] = {}
            for state in states:
                for path, cut in _below(self._cuts(state), ("data",)).items():
                    cuts.setdefault(path, Cut()).add(cut)
            sent = _sent(cuts, self._apart(states), several=len(states) > 1)
            yield from (Happened(name, data or None) for data in sent)
            if "map" in cuts.get((), Cut()).kinds:
                yield Happened(name, NONSENSE)

    def _apart(self, states: Iterable[str]) -> frozenset[str]:
        """The parts of what ends a flow inside of this one that some states do not ask for."""
        own = [self.domains.at((EVENT, self.groups[state])) for state in states]
        return RETURNED - {path[1] for cuts in own for path in cuts if path[1:]}

    def _cuts(self, state: str) -> Cuts:
        own = self.domains.at((EVENT, self.groups[state]))
        anywhere = self.domains.at((EVENT, ANYWHERE))
        if not anywhere or own is anywhere:
            return own
        cuts = {path: Cut() for path in (*own, *anywhere)}
        for path, cut in chain(own.items(), anywhere.items()):
            cuts[path].add(cut)
        return cuts


def _names_in(choices: Choices) -> set[str]:
    """The texts that name one of some choices."""
    named = (one[part] for one in choices for part in ("value", "label"))
    return {text for text in named if isinstance(text, str)}


@lru_cache(maxsize=4096)
def _hears_more(guard: Expression) -> bool:
    """Whether a guard asks for more of what was said than which choice it means."""
    if any(f"answer.{name}(" in guard.text for name in ("choice", "choices")):
        return False
    paths = (one.path for one in references(guard))
    return any(
        path[:1] == ("input",)
        or path[:3] in {("event", "data", "text"), ("event", "data", "value")}
        for path in paths
    )


def passing(micros: int) -> Advanced:
    """The line that lets so much time pass, to the millisecond above."""
    rest = max(0, -(-micros // UNITS["ms"])) * UNITS["ms"]
    total, parts = rest, []
    for name, unit in sorted(UNITS.items(), key=lambda each: -each[1]):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count}{name}")
    return Advanced("".join(parts) or "0ms", total)


def _is_heard(node: Node) -> bool:
    """Whether a state does anything with what users say; to pass it over does nothing."""
    return any(arc.targets or arc.actions for arc in node.by_stem.get(MESSAGE, ()))


def _is_internal(stem: str) -> bool:
    return matches("done", stem) or matches("error", stem)


def _addressed(lines: Iterable[Line], node: str) -> Iterator[Line]:
    """What is said to a question that does not have the floor names its node."""
    for line in lines:
        match line:
            case Typed(text):
                yield Happened(MESSAGE, {"text": text, "node": node})
            case Chosen(value):
                yield Happened(MESSAGE, {"value": value, "node": node})
            case Happened(event, dict() as data) if event == MESSAGE:
                yield Happened(event, {**data, "node": node})


def _below(cuts: Cuts, prefix: tuple[str, ...]) -> Cuts:
    length = len(prefix)
    return {path[length:]: cut for path, cut in cuts.items() if path[:length] == prefix}


def _sent(cuts: Cuts, apart: Container[str] = (), *, several: bool) -> Iterator[dict[str, Any]]:
    """What an event may bring, which may say for which of several nodes it is."""
    node, rest = cuts.get(_NODE), {path: cut for path, cut in cuts.items() if path != _NODE}
    if node is None or any(path[:1] == _NODE for path in rest):
        yield from maps(cuts, apart)
        return
    whole = list(maps(rest, apart))
    for name in sorted(node.texts):
        yield from ({**one, _NODE[0]: name} for one in whole)
    yield from whole if several or not node.texts else whole[:1]
    yield from ({**whole[0], _NODE[0]: odd} for odd in samples("dyn", {(): node}))


_NODE: Final = ("node",)
"""Where it stands in what an event brings for which node it is."""


def _bodies(cuts: Cuts, apart: Container[str] = ()) -> Iterator[Any]:
    """What an effect may answer."""
    if any(cuts):
        named = {path: cut for path, cut in cuts.items() if path and not path[0].startswith(PLACE)}
        placed = {path: cut for path, cut in cuts.items() if path not in named}
        yield from part_samples(placed) if any(placed) else ()
        yield from _sent(named, apart, several=False) if named else ()
    if () in cuts:
        yield from samples("dyn", {(): cuts[()]})
    if not cuts:
        yield {}


def _with_answers(cuts: Cuts, answers: Values) -> Iterator[Any]:
    """What a language model brings beside one of some answers."""
    others = list(_bodies({path: cut for path, cut in cuts.items() if path[:1] != (ANSWER,)}))
    for value in others:
        if isinstance(value, dict):
            yield from ({**value, ANSWER: answer} for answer in answers)
    yield from others


def _statuses(cut: Cut) -> Iterator[int]:
    """What a server that has not done what was asked for may say."""
    usual = {500, *(int(number) for number in cut.numbers if 200 <= number <= 599)}
    yield from sorted(
        {*usual, *(n + 1 for n in usual), *(n - 1 for n in usual)} - {199, 200, 499, 501}
    )
