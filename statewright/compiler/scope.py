"""Which names the expressions of a flow may use, and of what type they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions import CelType, Environment, type_from_name
from statewright.expressions.overloads import function
from statewright.flows.model import Flow, Variable, VariableScope
from statewright.statechart.coercion import coerced
from statewright.statechart.definition import Limits

ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "contact": "map",
        "tenant": "map",
        "session": "map",
        "event": "map",
        "input": "dyn",
        "now": "timestamp",
        "vars": "map",
    }
)
"""The names that every expression may use, with their types; a declared variable hides none."""

CHART_TYPES: Mapping[str, str] = MappingProxyType({"date": "string"})
"""Types of variables that the chart knows under another name."""


def _of_the_chart(*_: object) -> object:
    raise EvaluationError("only a running chart can tell")


HOST_FUNCTIONS = (
    function("draw", (type_from_name("int"),), type_from_name("int"), _of_the_chart),
    function("In", (type_from_name("string"),), type_from_name("bool"), _of_the_chart),
)
"""The functions that a running chart adds to those of the expressions."""


def session_variables(flow: Flow) -> Mapping[str, Variable]:
    """The variables that a session holds itself, by name; not those of contact and tenant."""
    return {v.name: v for v in flow.variables if v.scope is VariableScope.SESSION}


def environment_of(flow: Flow, extra: tuple[str, ...] = ()) -> Environment:
    """The environment of the expressions of a flow, with ``extra`` names of any type."""
    types: dict[str, CelType] = {
        name: type_from_name(CHART_TYPES.get(variable.type, variable.type))
        for name, variable in session_variables(flow).items()
    }
    types |= {name: type_from_name(kind) for name, kind in ROOTS.items()}
    types |= dict.fromkeys(extra, type_from_name("dyn"))
    return Environment(types, HOST_FUNCTIONS)


def limits_of(variable: Variable) -> Limits | None:
    """What a variable may hold beside its type, or None where that is anything."""
    limits = Limits(tuple(_values(variable)), variable.minimum, variable.maximum)
    return None if limits == Limits() else limits


def _values(variable: Variable) -> Iterator[Any]:
    """The values that are declared, as the variable holds them; the reader reports the others."""
    for value in variable.values:
        try:
            yield coerced(value, CHART_TYPES.get(variable.type, variable.type))
        except EvaluationError:
            continue
