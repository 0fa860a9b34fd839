"""What evaluates an expression in a scope: the function that was written for it."""

from __future__ import annotations

from typing import Any

from statewright.expressions import Expression, evaluate
from statewright.statechart.stepping.scene import Scene
from statewright.statechart.structure.nodes import Program, Scope


def program_of(expression: Expression, scope: Scope) -> Program:
    """What evaluates an expression in a scope; kept there."""
    found = scope.programs.get(expression.text)
    if found is None:

        def value(scene: Scene) -> Any:
            return evaluate(expression, scene, scene.host)

        found = scope.programs[expression.text] = Program(value)
    return found
