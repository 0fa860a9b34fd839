"""The expressions of a chart as functions of what they see: interpreted first, then generated code.

To generate the code of an expression takes as long as to interpret it some two hundred times. So
it is interpreted as often as that, and then code is made of it: a chart can be started as soon as
it is built, and an expression costs at most twice of what it would have cost had one known how
often it is asked. ``prepare`` makes the code of a whole chart beforehand.

Either way the value is the same, and so is the error where there is none: that is the law of
``statewright.expressions.codegen``. Variables are reached directly and believed to be of the type
that they are declared with, since what is written to them was coerced to it (``coercion``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Expression, evaluate
from statewright.expressions.codegen import (
    Attribute,
    Binding,
    Call,
    CodeCache,
    Request,
    Way,
    generate,
    load_or_generate,
    reach,
)
from statewright.expressions.environment import Environment
from statewright.expressions.overloads import function
from statewright.expressions.syntax import Name, walk
from statewright.expressions.types import (
    BOOL,
    DYN,
    INT,
    MAP,
    STRING,
    TIMESTAMP,
    CelType,
    type_from_name,
)
from statewright.statechart.definition import Statechart
from statewright.statechart.stepping.scene import Scene
from statewright.statechart.structure.nodes import ROOTS, Program, Scope, Variable
from statewright.statechart.structure.traversal import (
    conditions_of,
    expressions_of,
    expressions_outside,
)
from statewright.statechart.structure.tree import tree_of

PATIENCE: Final = 200
"""How often an expression is interpreted before code is made of it."""

_ROOT_TYPES: Final[Mapping[str, CelType]] = {
    **dict.fromkeys(ROOTS, DYN),
    **dict.fromkeys(("contact", "tenant", "session", "event", "vars"), MAP),
    "now": TIMESTAMP,
}

_ROOT_WAYS: Final[Mapping[tuple[str, ...], Way]] = {
    ("contact",): reach("scene", Attribute("contact")),
    ("tenant",): reach("scene", Attribute("tenant")),
    ("event", "name"): reach("scene", Attribute("event"), Attribute("name")),
    ("event", "data"): reach("scene", Attribute("event_data"), Call()),
    ("input",): reach("scene", Attribute("input"), Call()),
}
"""Ways that are shorter than to ask a ``Scene`` for a root."""


def _of_a_running_chart(*_: object) -> object:
    raise EvaluationError("only a running chart can tell")


_HOST: Final = (
    function("draw", (INT,), INT, _of_a_running_chart),
    function("In", (STRING,), BOOL, _of_a_running_chart),
)
"""The functions of ``Scene.host``, here for their types only."""


class Interpreted:
    """An expression that is interpreted, until it was so often enough for code to be made of it."""

    __slots__ = ("expression", "scope", "uses")

    def __init__(self, expression: Expression, scope: Scope) -> None:
        self.expression = expression
        self.scope = scope
        self.uses = 0

    def __call__(self, scene: Scene) -> Any:
        """The value, as ``evaluate`` gives it.

        Raises:
            EvaluationError: there is none.
        """
        self.uses += 1
        if self.uses > PATIENCE:
            # Two threads may do so at once; what they make is the same.
            (made,) = generate([_request(self.expression, self.scope)]).functions
            program_of(self.expression, self.scope).function = made
            return made(scene)
        return evaluate(self.expression, scene, scene.host)


def program_of(expression: Expression, scope: Scope) -> Program:
    """What evaluates an expression in a scope."""
    found = scope.programs.get(expression.text)
    if found is None:
        found = scope.programs[expression.text] = Program(Interpreted(expression, scope))
    return found


def prepare(chart: Statechart, cache: CodeCache | None = None) -> None:
    """Make the code of all guards and values of a chart, as one module, before it is run.

    Nobody has to: it spares the first turns of a chart that everybody is going to use.

    Args:
        chart: what will run; the charts that it invokes are prepared by themselves.
        cache: where the code is kept from one process to the next.

    Raises:
        InvalidStatechart: the chart breaks a rule of its own structure.
    """
    wanted = {
        (id(scope), expression.text): (expression, scope) for expression, scope in _used_in(chart)
    }
    requests = [_request(expression, scope) for expression, scope in wanted.values()]
    module = generate(requests) if cache is None else load_or_generate(requests, cache)
    for (expression, scope), made in zip(wanted.values(), module.functions, strict=True):
        program_of(expression, scope).function = made


def _used_in(chart: Statechart) -> Iterator[tuple[Expression, Scope]]:
    """Every expression of a chart that stands by itself, and the scope it is evaluated in."""
    tree = tree_of(chart)
    for expression in expressions_outside(chart):
        yield expression, tree.root.scope
    for node in tree.nodes.values():
        if node.state is not None:
            for expression in expressions_of(node.state):
                yield expression, node.scope
    for rule in chart.rules:
        owner = tree.nodes.get(rule.scope, tree.root)
        for expression in conditions_of(rule):
            yield expression, owner.scope


def _type_of(variable: Variable) -> CelType:
    """What its code may rely on: plain types only, so that what is inside is always looked at."""
    nullable = variable.limits is not None and variable.limits.nullable
    return DYN if nullable else type_from_name(variable.type)


def _request(expression: Expression, scope: Scope) -> Request:
    """How an expression becomes code: the types of what it names, and the ways to it."""
    types: dict[str, CelType] = dict(_ROOT_TYPES)
    ways: dict[tuple[str, ...], Way] = dict(_ROOT_WAYS)
    for node in walk(expression.root):
        variable = scope.variable(node.name) if isinstance(node, Name) else None
        if variable is not None and variable.name not in ROOTS:
            types[variable.name] = _type_of(variable)
            data = reach("scene", Attribute("data"))
            ways[(variable.name,)] = Way(
                data.parameter, (*data.steps, variable.scope, variable.name)
            )
    binding = Binding(("scene",), reach("scene"), reach("scene", Attribute("host")), ways)
    return Request(expression, Environment(types, _HOST), binding)
