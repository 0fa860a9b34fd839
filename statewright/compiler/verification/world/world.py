"""Everything that a search needs to know of a chart, worked out once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.scope import KNOWN
from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.dataflow.footprints import Footprints
from statewright.compiler.verification.dataflow.liveness import Passages, liveness_of, passages_of
from statewright.compiler.verification.dataflow.relevance import Relevance
from statewright.compiler.verification.dataflow.repeats import Repeats
from statewright.compiler.verification.dataflow.steadiness import steady
from statewright.compiler.verification.dataflow.uses import Part, Role, Uses, uses_of
from statewright.compiler.verification.dataflow.variables import CONTACT, TENANT, Key
from statewright.compiler.verification.inputs.alphabet import Alphabet, passing
from statewright.compiler.verification.inputs.domains import Domains, groups_of
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.samples import samples
from statewright.compiler.verification.inputs.timing import Timing, with_first
from statewright.compiler.verification.solving.trying import NO_VALUE
from statewright.compiler.verification.world.counters import ceilings
from statewright.compiler.verification.world.likeness import Likeness
from statewright.compiler.verification.world.model import Model
from statewright.compiler.verification.world.situations import Living, Situations
from statewright.expressions.types import MAP
from statewright.expressions.values import NOTHING
from statewright.flows.model import VariableScope
from statewright.statechart.definition import Statechart, StateKind
from statewright.statechart.playing.play import SCRIPT_NOW
from statewright.statechart.playing.script import UNITS, Line
from statewright.statechart.snapshot import Snapshot
from statewright.statechart.structure.nodes import Variable
from statewright.statechart.structure.tree import Tree, tree_of

NIGHT: Final = SCRIPT_NOW + 5 * UNITS["d"] + 14 * UNITS["h"]
"""Another time than that of scripts: Saturday, 2026-01-10, 23:00 UTC."""

AFTERNOON: Final = SCRIPT_NOW + 2 * UNITS["d"] + 7 * UNITS["h"]
"""And another one: Wednesday, 2026-01-07, 16:00 UTC."""

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class World:
    """A model that can be searched.

    Attributes:
        model: what is searched.
        tree: of its chart.
        passages: which of its states may follow on which.
        uses: what it reads and writes.
        relevance: which variables decide.
        domains: where domains are cut.
        alphabet: what can happen.
        likeness: what of that leads to the same.
        footprints: what macrosteps read.
        situations: when two snapshots are the same.
        timing: which timers fire first.
        inputs: what a session may be given: the variable → the values that are tried.
        free: the free variables, with their values.
        repeats: where free variables may be asked for more than once.
        moments: when sessions begin: more than once where something depends on the time.
    """

    model: Model
    tree: Tree
    passages: Passages
    uses: Mapping[str, Uses]
    relevance: Relevance
    domains: Domains
    alphabet: Alphabet
    likeness: Likeness
    footprints: Footprints
    situations: Situations
    timing: Timing
    inputs: Mapping[Key, Values]
    free: Mapping[Key, Values]
    repeats: Repeats
    moments: tuple[int, ...] = (SCRIPT_NOW,)

    @property
    def chart(self) -> Statechart:
        """The chart of the model."""
        return self.model.chart

    def start_of(
        self, given: Mapping[Key, Any], free: Mapping[Key, int]
    ) -> tuple[dict[str, Mapping[str, Any]], dict[str, Any]]:
        """The values of contact and tenant, and the inputs, that a session starts with."""
        outside: dict[str, dict[str, Any]] = {"contact": {}, "tenant": {}}
        data: dict[str, Any] = dict(self._freely(free))
        for (scope, name), value in given.items():
            if value is not NOTHING:
                home = data if scope == "" else outside[scope.removeprefix("~")]
                home[name] = value
        return dict(outside), data

    def _freely(self, chosen: Mapping[Key, int]) -> Iterator[tuple[str, Any]]:
        for key, values in self.free.items():
            value = values[chosen[key].bit_length() - 1] if key in chosen else values[0]
            if value is not NOTHING:
                yield key[1], value

    def free_values(self, chosen: Mapping[Key, int]) -> dict[Key, Any]:
        """The values of the free variables that were chosen for one macrostep."""
        return {key: self.free[key][bit.bit_length() - 1] for key, bit in chosen.items()}

    def usual_values(self, keys: Iterable[Key]) -> dict[Key, Any]:
        """The values of some free variables where nothing is chosen: the first ones."""
        return {key: self.free[key][0] for key in keys}

    def like_inputs(self, key: Key, bit: int) -> int:
        """The values of an input that have the type of one of them."""
        values = self.inputs[key]
        own = type(values[bit.bit_length() - 1])
        return sum(1 << number for number, value in enumerate(values) if type(value) is own)

    def free_among(self, read: frozenset[Key]) -> list[Key]:
        """The free variables among those read."""
        return sorted(read & self.free.keys()) if self.free else []

    def all_of(self, key: Key) -> int:
        """All values of a free variable."""
        return (1 << len(self.free[key])) - 1

    def with_unsure(self, unsure: Collection[str]) -> World:
        """The same where the entry of some states may fail before it has written what it writes."""
        return replace(self, situations=self.situations.with_unsure(unsure))

    def forced(self, snapshot: Snapshot) -> Iterator[tuple[Line, Snapshot]]:
        """Each timer but the first as if it came first: it depends on how long people took."""
        first = snapshot.timers[:1]
        for timer in snapshot.timers[1:]:
            if not self.timing.may_be_first(timer, snapshot.timers):
                continue
            yield passing(first[0].due - snapshot.now), with_first(snapshot, timer)

    def is_good_end(self, snapshot: Snapshot) -> bool:
        """Whether a session that is over has come to an end, be it that of an error."""
        ended = self.tree.nodes[snapshot.configuration[-1]] if snapshot.configuration else None
        return ended is not None and ended.kind is StateKind.FINAL


def world_of(
    model: Model,
    hints: Mapping[str, Cut] = MappingProxyType({}),
) -> World:
    """Work out what a search needs to know.

    Args:
        model: what is searched.
        hints: see ``Domains``.
    """
    tree = tree_of(model.chart)
    uses = uses_of(tree)
    groups = groups_of(tree, uses)
    declared = declared_in(tree)
    known = known_in(tree)
    relevance = Relevance(uses, known)
    domains = Domains(uses, groups, known, hints)
    free = {
        key: _free_values(key, model, domains)
        for key in (*model.lots, *model.guesses, *model.cells)
    }
    inputs = dict(_inputs(model, tree, domains, relevance))
    timing = Timing(model.chart)
    passages = passages_of(tree)
    return World(
        model=model,
        tree=tree,
        passages=passages,
        uses=uses,
        relevance=relevance,
        domains=domains,
        alphabet=Alphabet(tree, domains, groups, _is_local(uses)),
        likeness=Likeness(tree, uses, frozenset(relevance.values), declared),
        footprints=Footprints(tree, uses, relevance),
        situations=Situations(
            frozenset(relevance.values),
            Living(
                liveness_of(passages, uses, relevance.reads),
                liveness_of(passages, uses, _all_reads),
                liveness_of(passages, uses, _all_named, unsure=tree.nodes),
            ),
            frozenset(free),
            frozenset(model.predicates),
            ceilings(uses, declared, relevance, domains),
            steady(tree, uses, declared, inputs),
            timing,
        ),
        timing=timing,
        inputs=inputs,
        free=free,
        repeats=Repeats(tree, uses, uses_of(tree_of(model.real)) if free else {}, free.keys()),
        moments=(SCRIPT_NOW, NIGHT, AFTERNOON) if _tells_time(uses) else (SCRIPT_NOW,),
    )


def _is_local(uses: Mapping[str, Uses]) -> bool:
    """Whether answers are read in a language."""
    sites = (site for one in uses.values() for part in one.parts() for site in part.sites)
    return any("answer.numberIn(" in site.expression.text for site in sites)


def _tells_time(uses: Mapping[str, Uses]) -> bool:
    """Whether anything depends on when it happens."""
    return any(
        site.role is Role.TEST and any(read.path[:1] == ("now",) for read in site.reads)
        for one in uses.values()
        for part in one.parts()
        for site in part.sites
    )


def declared_in(tree: Tree) -> dict[Key, Variable]:
    """Every variable of a chart."""
    # Most states have the scope of one around them.
    scopes = {id(node.scope): node.scope for node in (tree.root, *tree.nodes.values())}
    return {
        (variable.scope, variable.name): variable
        for scope in scopes.values()
        for variable in scope.declared.values()
    }


def known_in(tree: Tree) -> dict[Key, Variable]:
    """Every variable of a chart, and what it declares of the contact and the tenant."""
    found = declared_in(tree)
    for scope, data in ((CONTACT, tree.chart.contact), (TENANT, tree.chart.tenant)):
        for one in data:
            found[scope, one.name] = Variable(scope, one.name, one.type, one.limits)
    return found


def of_the_session(tree: Tree) -> dict[str, Variable]:
    """The variables of the session, by name."""
    return {name: one for (scope, name), one in declared_in(tree).items() if scope == ""}


def _all_reads(part: Part) -> frozenset[Key]:
    return frozenset(read.key for site in part.sites for read in site.reads if read.key is not None)


def _all_named(part: Part) -> frozenset[Key]:
    return frozenset(key for site in part.sites for key in site.named())


def _free_values(key: Key, model: Model, domains: Domains) -> Values:
    if key in model.cells:
        return tuple(map(list, model.cells[key]))
    if key in model.guesses:
        return (True, False, NOTHING)
    return _lots(key, model.lots[key], domains)


def _lots(key: Key, outcomes: int, domains: Domains) -> Values:
    """Lots of which one stands for each other one."""
    cut = Cut(numbers=domains.at(key).get((), Cut()).numbers | {0, outcomes - 1})
    return tuple(n for n in samples("int", {(): cut}) if 0 <= n < outcomes)


def chart_inputs(model: Model) -> tuple[str, ...]:
    """The inputs that a search gives a session: those of the chart, and lots that are settled."""
    free = {name for _, name in (*model.lots, *model.guesses, *model.cells)}
    withheld = free | model.withheld
    return tuple(name for name in model.chart.inputs if name not in withheld)


def _inputs(
    model: Model, tree: Tree, domains: Domains, relevance: Relevance
) -> Iterator[tuple[Key, Values]]:
    """The inputs of the chart, and the values of the contact and the tenant that it reads."""
    declared = declared_in(tree)
    defaults = {datum.name: datum.value for datum in tree.chart.data}
    for name in chart_inputs(model):
        if ("", name) in model.predicates:
            yield ("", name), (True, False, NO_VALUE)
            continue
        if ("", name) in model.settled:
            yield ("", name), _lots(("", name), model.settled["", name], domains)
            continue
        variable = declared["", name]
        found = samples(variable.type, domains.at(("", name)), variable.limits)
        if ("", name) not in relevance.values:
            found = found[:1]
        default = _default(defaults.get(name))
        yield ("", name), _distinct((*default, *found))
    outside = {key for key in relevance.values if key[0] in {CONTACT, TENANT} and key[1]}
    known = known_in(tree)
    maps = {(CONTACT, name) for name, kind in KNOWN[VariableScope.CONTACT].items() if kind is MAP}
    for key in sorted(outside):
        # What does not fit is left out when it is read, as if it were not there.
        kind = "map" if key in maps else "dyn"
        one = known.get(key, Variable(*key, kind))
        yield key, (*samples(one.type, domains.at(key), one.limits), NOTHING)


def _distinct(values: Values) -> Values:
    return tuple({repr(frozen(value)): value for value in reversed(values)}.values())[::-1]


def _default(content: Any) -> Values:
    value = getattr(content, "value", None)
    return () if value is None else (value,)
