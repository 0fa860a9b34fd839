"""What was run of earlier versions of a chart, for those who check it again after each edit.

What a macrostep does depends on the states that it is in and comes to, on those around them, and on
what is declared of the variables that these name. As long as an edit touches none of that, it does
the same as before; so only what an edit touched is run anew. Everything else is gone through as if
it had been run: what is found is the same, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from statewright.compiler.verification.boxes import frozen
from statewright.compiler.verification.dataflow.uses import Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.search.pieces import Piece
from statewright.compiler.verification.search.running import Run
from statewright.compiler.verification.world.situations import Carrier
from statewright.compiler.verification.world.world import World, declared_in
from statewright.statechart.definition import StateKind
from statewright.statechart.structure.nodes import Node, Variable, is_history

MOST: Final = 50_000
"""How many macrosteps are remembered."""

Marks = Mapping[str, Any]
"""State → all on which it depends what it does, but for what happens."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A macrostep that was run.

    Attributes:
        values: the variables that it read → what they were.
        types: the variables of which the type mattered → what it was.
        touched: the states on which it depends.
        needed: the variables of the session that were kept where it began.
        run: the macrostep.
    """

    values: Mapping[Key, Any]
    types: Mapping[Key, type]
    touched: frozenset[str]
    needed: frozenset[str]
    run: Run


class Memory:
    """Remembers the macrosteps of one flow, from one of its versions to the next."""

    def __init__(self) -> None:
        self._chart: dict[str, Any] = {}
        self._frame: Any = None
        self._marks: Marks = {}
        self._order: tuple[str, ...] = ()
        self._known: dict[Any, list[_Remembered]] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._count = 0
        self.recalled = 0

    def edited(self, chart: Mapping[str, Any]) -> None:
        """Hear what the chart is now, as ``wordless`` says it."""
        self._chart = dict(chart)

    def begin(self, world: World) -> bool:
        """Forget what an edit has touched; whether anything can be remembered of a chart.

        Args:
            world: of the version that is searched next.
        """
        if world.model.invented or world.model.predicates or world.chart.charts:
            return False
        written = dict(self._chart)
        states = dict(_states_in(written.pop("states", [])))
        declared = declared_in(world.tree)
        data = {one["name"]: one for one in written.pop("data", [])}
        marks = {
            name: (states.get(name), _around(node), _declared_of(world.uses[name], declared, data))
            for name, node in world.tree.nodes.items()
        }
        frame = (written, _declared_of(world.uses[""], declared, data))
        order = tuple(world.tree.nodes)
        if frame != self._frame or [name for name in order if name in self._marks] != [
            name for name in self._order if name in marks
        ]:
            self._known, self._sets, self._count = {}, {}, 0
        else:
            self._forget({name for name, mark in self._marks.items() if marks.get(name) != mark})
        self._frame, self._marks, self._order = frame, marks, order
        return True

    def recall(self, world: World, piece: Piece, line: str, carrier: Carrier) -> Run | None:
        """A macrostep that was run where all was as it is now; None where there was none.

        Args:
            world: what is searched.
            piece: where the session is.
            line: what happens, as a text.
            carrier: the session.
        """
        needed = self._needed(world, carrier)
        for one in self._known.get(_place_of(world, piece, line), ()):
            if (
                (needed is one.needed or needed <= one.needed)
                and all(frozen(carrier.value(key)) == value for key, value in one.values.items())
                and all(type(carrier.value(key)) is own for key, own in one.types.items())
            ):
                self.recalled += 1
                return one.run
        return None

    def keep(self, world: World, piece: Piece, line: str, carrier: Carrier, run: Run) -> None:
        """Remember a macrostep; as for ``recall``."""
        if self._count >= MOST:
            return
        self._count += 1
        outcome, configuration = run.outcome, carrier.snapshot.configuration
        known = self._known.setdefault(_place_of(world, piece, line), [])
        known.append(
            _Remembered(
                {key: frozen(carrier.value(key)) for key in outcome.read},
                {key: type(carrier.value(key)) for key in outcome.kinds},
                frozenset(_with_ancestors(world, outcome.visited.union(configuration))),
                self._needed(world, carrier),
                replace(run, before=carrier.snapshot),
            )
        )

    def _needed(self, world: World, carrier: Carrier) -> frozenset[str]:
        """What may be read after this; the same set is the same object: there may be hundreds."""
        needed = world.situations.needed(carrier.snapshot.configuration)
        return self._sets.setdefault(needed, needed)

    def _forget(self, changed: set[str]) -> None:
        """Forget what depends on any of these states."""
        if not changed:
            return
        self._known = {
            place: kept
            for place, known in self._known.items()
            if (kept := [one for one in known if one.touched.isdisjoint(changed)])
        }
        self._count = sum(map(len, self._known.values()))


def _place_of(world: World, piece: Piece, line: str) -> Any:
    # What a control is made of depends on which variables are told apart there.
    return piece.control, world.situations.dimensions(piece.control[0]), line


def _states_in(states: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each state by its id, without those inside it."""
    for state in states:
        yield state["id"], {name: part for name, part in state.items() if name != "states"}
        yield from _states_in(state.get("states", []))


def _around(node: Node) -> Any:
    """What of the states inside a state decides what entering and leaving it does."""
    initial = None if node.initial is None else [target.id for target in node.initial.targets]
    is_parallel = node.kind is StateKind.PARALLEL
    return initial, [one.id for one in node.children if is_parallel or is_history(one)]


def _declared_of(
    uses: Uses, declared: Mapping[Key, Variable], data: Mapping[str, Any]
) -> dict[Key, tuple[Variable | None, Any]]:
    """What is declared of the variables that a state names, and how those of the session begin."""
    keys = {key for part in uses.parts() for key in part.writes}
    for part in uses.parts():
        for site in part.sites:
            keys.update(read.key for read in site.reads if read.key is not None)
            keys.update(site.named())
    return {key: (declared.get(key), data.get(key[1]) if key[0] == "" else None) for key in keys}


def _with_ancestors(world: World, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        node = world.tree.nodes[name]
        yield name
        yield from (one.id for one in node.ancestors() if one.id in world.tree.nodes)
