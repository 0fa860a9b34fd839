"""The chart that is searched: the real one, with what nobody decides made visible.

Where a lot is drawn, a *free* variable is read instead, which has any of its values, anew in each
macrostep; where it falls the same way every time, one that is given when a session begins. Guards
that samples cannot decide may be given up in the same way: then the searches go through more than
can really happen, so that what they never meet never happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.solving.feasibility import Outcomes
from statewright.compiler.verification.world.predicates import Following, Predicate
from statewright.compiler.verification.world.rewriting import rewritten
from statewright.expressions import Computed, Expression, parse
from statewright.expressions import Literal as Constant
from statewright.expressions.syntax import Call, Literal, Name, Select, walk
from statewright.statechart.actions import Action, Assign
from statewright.statechart.definition import Datum, Statechart
from statewright.statechart.structure.traversal import (
    expressions_of,
    expressions_of_rules,
    expressions_outside,
    states_in,
)
from statewright.statechart.structure.tree import limited, tree_of

LIMIT: Final = 2_000
"""How many microsteps a macrostep takes in a search at most; real ones may take more."""

MODEL: Final = "model"
"""What stands for the digest of a model in its snapshots."""

LOT: Final = "~lot:"
SETTLED: Final = "~settled:"
GUARD: Final = "~guard:"
"""How the names of variables begin that only a model has."""

_DRAWING: Final = frozenset(("draw", "lot"))


@dataclass(frozen=True, slots=True)
class Model:
    """A chart that can be searched.

    Attributes:
        chart: the chart.
        real: the chart that it is a model of.
        lots: the free variables that stand for lots, with the number of outcomes of each.
        settled: the inputs that stand for lots that fall the same way all session long, likewise.
        guesses: the free variables that stand for guards, with the text of each guard.
        cells: the free variables that say what guards are after something was written, with all
            that these can be.
        predicates: what stands for a guard that is followed → the guard.
        withheld: inputs that nobody gives.
    """

    chart: Statechart
    real: Statechart
    lots: Mapping[Key, int] = field(default_factory=dict)
    settled: Mapping[Key, int] = field(default_factory=dict)
    guesses: Mapping[Key, str] = field(default_factory=dict)
    cells: Mapping[Key, tuple[Outcomes, ...]] = field(default_factory=dict)
    predicates: Mapping[Key, Predicate] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()

    @property
    def invented(self) -> frozenset[str]:
        """The names of the variables that the real chart does not have, but for guards."""
        keys = (*self.lots, *self.settled, *self.guesses, *self.cells)
        return frozenset(name for _, name in keys)

    @property
    def is_abstract(self) -> bool:
        """Whether more can happen in it than really can."""
        return bool(self.guesses or self.cells)


def model_of(
    chart: Statechart,
    given_up: frozenset[str] = frozenset(),
    withheld: frozenset[str] = frozenset(),
    following: Following | None = None,
) -> Model:
    """The model of a chart.

    Args:
        chart: the real one.
        given_up: the texts of the guards that are given up.
        withheld: inputs that nobody gives.
        following: those of the guards that are followed.
    """
    following = Following() if following is None else following
    limit = min(chart.limit, LIMIT)
    if not given_up and not following.predicates and not _draws_anywhere(chart):
        return Model(limited(chart, limit, MODEL), chart, withheld=withheld)
    making = _Making(given_up, following)
    # The variables are known only when everything is rewritten.
    made = rewritten(chart, making)
    data = (*made.data, *making.data())
    given = tuple(datum.name for datum in making.data() if datum.value is None)
    inputs = (*made.inputs, *given)
    made = replace(made, data=data, inputs=inputs, limit=limit)
    # Nobody asks which model a snapshot belongs to.
    tree_of(made).digest = MODEL
    guesses = {("", name): text for name, text in making.guesses.items()}
    lots = {("", name): outcomes for name, outcomes in making.lots.items()}
    settled = {("", name): outcomes for name, outcomes in making.settled.values()}
    cells = {("", name): outcomes for name, outcomes in making.cells.items()}
    predicates = {one.key: one for one in making.predicates.values()}
    return Model(made, chart, lots, settled, guesses, cells, predicates, withheld)


class _Making:
    """Counts the free variables while a chart is rewritten."""

    def __init__(self, given_up: frozenset[str], following: Following) -> None:
        self._given_up = given_up
        self._following = following
        self.predicates = following.predicates
        self.cells: dict[str, tuple[Outcomes, ...]] = {}
        self.lots: dict[str, int] = {}
        self.settled: dict[str, tuple[str, int]] = {}
        self.guesses: dict[str, str] = {}

    def __call__(self, expression: Expression, guard: bool) -> Expression:  # noqa: FBT001 (a fact)
        """Each place has a free variable of its own: the same lot falls otherwise elsewhere."""
        text = expression.text
        if guard and text in self.predicates:
            return parse(f"vars['{self.predicates[text].key[1]}']")
        if guard and text in self._given_up:
            name = f"{GUARD}{len(self.guesses) + len(self.cells)}"
            self.guesses[name] = text
            return parse(f"vars['{name}']")
        for call in reversed(tuple(_draws(expression))):
            name = self._lot(call, text[call.start : call.end])
            text = f"{text[: call.start]}vars['{name}']{text[call.end :]}"
        return expression if text == expression.text else parse(text)

    def _lot(self, call: Call, text: str) -> str:
        """The variable that stands for a lot; that with one key is the same one everywhere."""
        if _is_settled(call):
            known = self.settled.setdefault(
                text, (f"{SETTLED}{len(self.settled)}", _outcomes(call))
            )
            return known[0]
        name = f"{LOT}{len(self.lots)}"
        self.lots[name] = _outcomes(call)
        return name

    def following(self, assign: Assign) -> tuple[Action, ...]:
        """What was written may change the guards that read it."""
        reading, cells = self._following.after(assign)
        if not reading:
            return ()
        name = f"{GUARD}{len(self.guesses) + len(self.cells)}"
        self.cells[name] = cells
        return tuple(
            Assign((one.key[1],), Computed(parse(f"vars['{name}'][{number}]")))
            for number, one in enumerate(reading)
        )

    def data(self) -> Iterator[Datum]:
        for one in self.predicates.values():
            initial = None if one.is_open else Constant(one.initial)
            yield Datum(one.key[1], "dyn", initial)
        for name in (*self.lots, *(name for name, _ in self.settled.values())):
            yield Datum(name, "int")
        for name in (*self.guesses, *self.cells):
            yield Datum(name, "dyn")


def _outcomes(call: Call) -> int:
    """How many outcomes a lot has; two where that is computed."""
    last = call.arguments[-1] if call.arguments else None
    written = isinstance(last, Literal) and isinstance(last.value, int)
    return int(last.value) if written and isinstance(last, Literal) else 2


def _draws_anywhere(chart: Statechart) -> bool:
    """Whether a lot is drawn in a chart."""
    inside = (expressions_of(state) for state in states_in(chart))
    return any(
        next(_draws(one), None) is not None
        for one in chain(expressions_outside(chart), expressions_of_rules(chart), *inside)
    )


def _is_settled(call: Call) -> bool:
    """Whether nothing decides a lot but which session it is; a contact may be known only later."""
    named = {node.name for node in walk(call) if isinstance(node, Name)}
    parts = {node.field for node in walk(call) if isinstance(node, Select)}
    return call.function == "lot" and named == {"session"} and parts == {"id"}


def _draws(expression: Expression) -> Iterator[Call]:
    """The lots that are drawn in an expression, in the order of the text."""
    if not any(name in expression.text for name in _DRAWING):
        return
    for node in walk(expression.root):
        if isinstance(node, Call) and node.function in _DRAWING and node.target is None:
            yield node
