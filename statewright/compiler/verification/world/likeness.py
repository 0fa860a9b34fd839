"""Lines that no session can tell apart: of those that are alike, the first one is tried.

What a macrostep does depends on what happens only by the expressions that read it. Where each of
them gives the same for two lines, both lead to the same. Of a value that is only shown or kept, and
decides nothing, it matters whether there is one, and of what type it is. A value that is kept, and
that nothing but a few expressions ever look at, is the same as another one of which these give the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from statewright.compiler.lowering.choices import CHOICES
from statewright.compiler.scope import HOST_FUNCTIONS
from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.dataflow.liveness import entered_by
from statewright.compiler.verification.dataflow.relevance import DECIDING
from statewright.compiler.verification.dataflow.uses import Part, Role, Site, Uses
from statewright.compiler.verification.dataflow.variables import Key, key_of, reads_of
from statewright.compiler.verification.inputs.literals import parts_of_test
from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate, expressions_in, references
from statewright.expressions.syntax import Call, Logic, Unary, walk
from statewright.expressions.values import Maybe
from statewright.statechart.event import Event
from statewright.statechart.playing.script import (
    Answered,
    Chosen,
    Happened,
    Line,
    Typed,
    event_for,
)
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.nodes import Arc, Variable
from statewright.statechart.structure.tree import Tree, stems_matching
from statewright.statechart.values.coercion import held

_HOSTS: Final = frozenset(one.name for one in HOST_FUNCTIONS)
_KNOWN: Final = frozenset(("data", "name"))
_TOLD_APART: Final = (Typed, Happened, Answered)
"""Lines that bring values; a choice brings what the session has offered."""

_PLAIN: Final = frozenset((type(None), bool, int, float, str))


@dataclass(frozen=True, slots=True)
class _Asked:
    """An expression that reads what happens.

    Attributes:
        site: the expression.
        alone: whether it reads nothing else.
        offer: the choices that it reads besides; None for none, or for more than these.
    """

    site: Site
    alone: bool
    offer: Key | None = None


class Likeness:
    """Tells which lines are alike to the sessions of one chart.

    Args:
        tree: of the chart.
        uses: of the chart.
        deciding: the variables that decide by their values.
        declared: every variable of the chart.
    """

    def __init__(
        self,
        tree: Tree,
        uses: Mapping[str, Uses],
        deciding: frozenset[Key],
        declared: Mapping[Key, Variable],
    ) -> None:
        self._tree = tree
        self._deciding = deciding
        self._declared = declared
        self._offered = _offered_always(tree)
        self._always = tuple(_asked_in(uses[""].left))
        states = {name: one for name, one in uses.items() if name}
        self._around = {
            name: (*_asked_in(one.entered), *_asked_in(one.left)) for name, one in states.items()
        }
        self._of_arcs = {
            name: (*_asked_in(guard), *_asked_in(one.acts[name]))
            for one in states.values()
            for name, guard in one.guards.items()
        }
        self._readers: dict[Key, tuple[Site, ...] | None] = dict(_readers(uses))
        self._sites: dict[tuple[tuple[str, ...], str], tuple[_Asked, ...]] = {}
        self._first: dict[tuple[Any, ...], frozenset[str]] = {}

    def first(self, snapshot: Snapshot, lines: Mapping[str, Line]) -> Iterator[tuple[str, Line]]:
        """Of each kind of lines the first one.

        Args:
            snapshot: where they may come.
            lines: by a text that tells them apart.
        """
        # Other machines may ask for anything.
        if self._tree.chart.charts:
            return iter(lines.items())
        place = (snapshot.configuration, *lines)
        known = self._first.get(place)
        if known is None:
            kinds: dict[Any, str] = {}
            for name, line in lines.items():
                kinds.setdefault(self.kind(snapshot, name, line), name)
            known = self._first[place] = frozenset(kinds.values())
        return ((name, line) for name, line in lines.items() if name in known)

    def kind(self, snapshot: Snapshot, name: str, line: Line) -> Any:
        """What is the same of two lines only if they are alike; ``name`` tells them apart."""
        several = isinstance(line, Chosen) and isinstance(line.value, list)
        if not (several or isinstance(line, _TOLD_APART)):
            return name
        event = event_for(line, self._tree.chart, snapshot, snapshot.now)
        place = (snapshot.configuration, event.name)
        sites = self._sites.get(place)
        if sites is None:
            sites = self._sites[place] = tuple(self._asked(*place))
        names = _names(event)
        return (
            event.name,
            event.invocation,
            *(
                self._told(one.site, names)
                if one.alone
                else self._picked(one, names, snapshot)
                if several
                else frozen(event.data)
                for one in sites
            ),
        )

    def _picked(self, asked: _Asked, names: Mapping[str, Any], snapshot: Snapshot) -> Any:
        """What comes of several choices, if the same ones are offered every time."""
        if asked.offer is None or asked.offer not in self._offered:
            return frozen(names["event"]["data"])
        scope, name = asked.offer
        offered = snapshot.data.get(scope, {}).get(name)
        return self._told(asked.site, {**names, "vars": {name: offered}})

    def _asked(self, configuration: tuple[str, ...], event: str) -> Iterator[_Asked]:
        """What may be asked of an event before another one is handled."""
        yield from self._always
        nodes = self._tree.nodes
        stems = stems_matching(self._tree, event)
        arcs = [
            arc
            for name in configuration
            for stem in stems
            for arc in nodes[name].by_stem.get(stem, ())
        ]
        met = dict.fromkeys(configuration)
        for name in configuration:
            arcs += nodes[name].eventless
        while arcs:
            arc = arcs.pop()
            yield from self._of_arcs[arc.id]
            for state in self._entered(arc):
                if state not in met:
                    met[state] = None
                    arcs += nodes[state].eventless
        for name in met:
            yield from self._around[name]

    def _entered(self, arc: Arc) -> Iterator[str]:
        return (name for name, _ in entered_by(arc))

    # What comes of a value

    def _told(self, site: Site, names: Mapping[str, Any], *, through: bool = True) -> Any:
        """What an expression gives, as far as that makes a difference."""
        try:
            value = evaluate(site.expression, names)
        except EvaluationError as error:
            return ("fails", error.reason)
        if site.role in DECIDING:
            return frozen(value)
        return self._kept(site, value, through) if site.role is Role.FLOW else _form(value)

    def _kept(self, site: Site, value: Any, through: bool) -> Any:  # noqa: FBT001 (a fact)
        """What a variable gets, as far as that makes a difference."""
        key = site.target
        variable = None if key is None else self._declared.get(key)
        if key is None or variable is None or variable.limits is not None:
            return frozen(value)
        if site.place or not site.alone:
            return frozen(value) if key in self._deciding else _form(value)
        return self._held(
            key, variable.type, value, self._readers.get(key, ()) if through else None
        )

    def _held(self, key: Key, kind: str, value: Any, readers: tuple[Site, ...] | None) -> Any:
        """What a variable of a type holds once it got a value, as far as that is looked at."""
        if type(value) is Maybe:
            if not value.present:
                return "unset"
            value = value.value
        try:
            own = held(value, kind, None)
        except EvaluationError:
            return frozen(value)
        if key not in self._deciding:
            return _form(own)
        if readers is None:
            return frozen(own)
        names = {key[1]: own, "vars": {key[1]: own}}
        return type(own), tuple(self._told(one, names, through=False) for one in readers)


def _form(value: Any) -> Any:
    """What of a value matters that decides nothing: whether there is one, and its type."""
    return type(value) if type(value) in _PLAIN else frozen(value)


def _names(event: Event) -> Mapping[str, Any]:
    """What expressions see that read nothing but an event."""
    data = {} if event.data is None else event.data
    names: dict[str, Any] = {"event": {"name": event.name, "data": data}}
    if isinstance(data, dict):
        if data.get("value") is not None:
            names["input"] = data["value"]
        elif isinstance(data.get("text"), str):
            names["input"] = data["text"].strip()
    return names


def _asked_in(part: Part) -> Iterator[_Asked]:
    for site in part.sites:
        paths = [one.path for one in references(site.expression)]
        if any(path[0] in {"event", "input"} for path in paths):
            alone = all(map(_is_said, paths)) and not _asks_host(site.expression)
            yield _Asked(site, alone, None if alone else _offer_in(site))


def _is_said(path: tuple[str, ...]) -> bool:
    """Whether it is read of what happens, or reads that."""
    if path[0] == "event":
        return bool(path[1:]) and path[1] in _KNOWN
    return path[0] in {"input", "answer"}


def _offer_in(site: Site) -> Key | None:
    """The choices that an expression reads, if it reads nothing else but what is answered."""
    paths = [one.path for one in references(site.expression)]
    others = [path for path in paths if not _is_said(path)]
    is_offer = bool(others) and all(path == ("vars", CHOICES) for path in others)
    return key_of(CHOICES, site.scope) if is_offer else None


def _offered_always(tree: Tree) -> frozenset[Key]:
    """The choices that are the same wherever they are offered, whatever has happened."""
    return frozenset(
        (node.id, datum.name)
        for node in tree.nodes.values()
        for datum in (() if node.state is None else node.state.data)
        if datum.name == CHOICES
        and datum.value is not None
        and next(expressions_in(datum.value), None) is None
    )


@lru_cache(maxsize=8192)
def _asks_host(expression: Expression) -> bool:
    # A tree that was made up has no text.
    if expression.text and not any(name in expression.text for name in _HOSTS):
        return False
    return any(
        isinstance(node, Call) and node.target is None and node.function in _HOSTS
        for node in walk(expression.root)
    )


def _readers(uses: Mapping[str, Uses]) -> Iterator[tuple[Key, tuple[Site, ...] | None]]:
    """Variable → all that reads it; None where any of that reads something else, too."""
    found: dict[Key, dict[int, Site]] = {}
    mixed: set[Key] = set()
    for site in _sites(uses):
        for part in _parts_of(site):
            keys = {read.key for read in part.reads if read.key is not None}
            for key in keys:
                found.setdefault(key, {})[id(part)] = part
            if len(keys) > 1 or not all(_is_alone(part, key) for key in keys):
                mixed |= keys
    for key, sites in found.items():
        yield key, None if key in mixed else tuple(sites.values())


def _parts_of(site: Site) -> Iterable[Site]:
    """The parts of a test: of what each of them gives, it follows what the test gives."""
    if site.role is not Role.TEST or not isinstance(site.expression.root, Logic | Unary):
        return (site,)
    parts = parts_of_test(site.expression)
    return tuple(replace(site, expression=one, reads=reads_of(one, site.scope)) for one in parts)


def _is_alone(site: Site, key: Key) -> bool:
    """Whether an expression reads nothing but one variable."""
    if site.target == key or _asks_host(site.expression):
        return False
    for one in references(site.expression):
        path = one.path[1:] if one.path[0] == "vars" else one.path
        if path[:1] != (key[1],) or key_of(path[0], site.scope) != key:
            return False
    return True


def _sites(uses: Mapping[str, Uses]) -> Iterable[Site]:
    return (site for one in uses.values() for part in one.parts() for site in part.sites)
