"""Watches the guards of a chart while it runs: what they gave, and what decided that.

A guard is watched on a copy of the chart, so that nobody else pays for it. Beside its own outcome,
those of its *atoms* are told: the parts of it that are true or false and have no such parts.

Source: masking MC/DC (Chilenski, *An investigation of three forms of the modified condition
decision coverage criterion*, 2001): an atom decides where the other outcome of it alone would
change that of the guard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate, parse
from statewright.expressions.syntax import Comparison, Conditional, Literal, Logic, Node, Unary
from statewright.statechart.definition import Statechart
from statewright.statechart.stepping.programs import program_of
from statewright.statechart.stepping.scene import Scene
from statewright.statechart.structure.tree import tree_of

TRUE, FALSE, ERROR = "true", "false", "error"
OUTCOMES = (TRUE, FALSE, ERROR)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a guard once.

    Attributes:
        transition: whose guard.
        value: one of ``OUTCOMES``.
        decided: the numbers of the atoms that decided it, with their values.
        bounds: the numbers of the comparisons of which both sides were equal.
    """

    transition: str
    value: str
    decided: frozenset[tuple[int, bool]]
    bounds: frozenset[int]


def atoms_of(expression: Expression) -> tuple[Node, ...]:
    """The parts of a guard that are true or false and have no such parts, from left to right."""
    found: list[Node] = []
    waiting = [expression.root]
    while waiting:
        node = waiting.pop()
        inner = _parts(node)
        waiting.extend(reversed(inner))
        if not inner:
            found.append(node)
    return tuple(found)


def is_bound(atom: Node) -> bool:
    """Whether it compares the order of something with a literal number: ``age < 13``."""
    return (
        isinstance(atom, Comparison)
        and atom.operator in {"<", "<=", ">", ">="}
        and any(
            isinstance(side, Literal) and type(side.value) in {int, float}
            for side in (atom.left, atom.right)
        )
    )


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Logic():
            return node.operands
        case Unary(operator="!"):
            return (node.operand,)
        case Conditional():
            return (node.condition, node.then, node.otherwise)
    return ()


class Watch:
    """A chart whose guards are watched.

    Args:
        chart: the real one.
        guards: id of a transition → the guard that its author wrote, whose atoms are told.

    Attributes:
        chart: the copy; what it does is the same, and so is its digest.
        seen: what guards gave since the list was emptied last.
    """

    def __init__(self, chart: Statechart, guards: Mapping[str, Expression]) -> None:
        self.chart = replace(chart)
        self.seen: list[Outcome] = []
        self._judges = {name: _Judge(guard) for name, guard in guards.items()}
        arcs = tree_of(self.chart).arcs
        for name in guards:
            guard, scope = arcs[name].guard, arcs[name].source.scope
            if guard is not None:
                program_of(guard, scope).function = self._watched(guard)

    def _watched(self, guard: Expression) -> Callable[[Any], Any]:
        def function(scene: Scene) -> Any:
            judge = self._judges.get(scene.place[0]) if scene.place else None
            try:
                value = evaluate(guard, scene, scene.host)
            except EvaluationError:
                self._note(judge, scene, ERROR)
                raise
            self._note(judge, scene, ERROR if type(value) is not bool else _OUTCOME[value])
            return value

        return function

    def _note(self, judge: _Judge | None, scene: Scene, value: str) -> None:
        if judge is not None:
            self.seen.append(Outcome(scene.place[0], value, *judge.judged(scene)))


_OUTCOME: Mapping[Any, str] = {True: TRUE, False: FALSE}


class _Judge:
    """Tells which atoms of a guard decide."""

    def __init__(self, guard: Expression) -> None:
        self._guard = guard
        atoms = atoms_of(guard)
        self._numbers = {id(atom): number for number, atom in enumerate(atoms)}
        self._atoms = [parse(guard.text[atom.start : atom.end]) for atom in atoms]
        self._sides = {
            number: [parse(guard.text[side.start : side.end]) for side in (atom.left, atom.right)]
            for number, atom in enumerate(atoms)
            if isinstance(atom, Comparison) and is_bound(atom)
        }

    def judged(self, scene: Scene) -> tuple[frozenset[tuple[int, bool]], frozenset[int]]:
        values = [_value(atom, scene) for atom in self._atoms]
        whole = self._combined(self._guard.root, values)
        decided = frozenset(
            (number, value)
            for number, value in enumerate(values)
            if isinstance(value, bool)
            and whole != self._combined(self._guard.root, _flipped(values, number))
        )
        bounds = frozenset(
            number for number, sides in self._sides.items() if _are_equal(sides, scene)
        )
        return decided, bounds

    def _combined(self, node: Node, values: list[Any]) -> bool | None:
        """The value of a guard from those of its atoms; None for an error."""
        match node:
            case Logic():
                parts = [self._combined(part, values) for part in node.operands]
                strong = node.operator == "||"
                return strong if strong in parts else (None if None in parts else not strong)
            case Unary(operator="!"):
                inner = self._combined(node.operand, values)
                return None if inner is None else not inner
            case Conditional():
                chosen = self._combined(node.condition, values)
                if chosen is None:
                    return None
                return self._combined(node.then if chosen else node.otherwise, values)
        value = values[self._numbers[id(node)]]
        return value if isinstance(value, bool) else None


def _flipped(values: Iterable[Any], number: int) -> list[Any]:
    return [not value if at == number else value for at, value in enumerate(values)]


def _are_equal(sides: list[Expression], scene: Scene) -> bool:
    left, right = (_value(side, scene) for side in sides)
    return left is not None and bool(left == right)


def _value(expression: Expression, scene: Scene) -> Any:
    """The value; None where there is none."""
    try:
        return evaluate(expression, scene, scene.host)
    except EvaluationError:
        return None
